"""导出: asked for, with another filter, in a format; heard."""

from __future__ import annotations

from bot.delivery.hearing import Hearing
from bot.services.answering import Toast
from bot.services.exporting import asking


async def begin(here: Hearing) -> Toast:
    """`/export`, 「导出」."""
    return await here.do(asking.begin, here.heard.sender_id, here.heard.chat_id)


async def other(here: Hearing) -> Toast:
    """「导出」 at a list, 「全部台账」."""
    return await here.do(asking.other, here.heard.sender_id, here.pressed.arg)


async def make(here: Hearing) -> Toast:
    """A format."""
    return await here.do(asking.make, here.heard.sender_id, here.pressed.arg)
