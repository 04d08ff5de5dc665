"""Group chats, heard."""

from __future__ import annotations

from bot.delivery.hearing import Hearing
from bot.services.answering import Toast
from bot.services.field import groupchat


async def details(here: Hearing) -> Toast:
    """「私聊看详情」 on a group's line."""
    return await here.do(groupchat.details, here.pressed.subject, here.heard.sender_id)
