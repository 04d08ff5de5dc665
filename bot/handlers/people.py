"""Joining and leaving, heard."""

from __future__ import annotations

from bot.handlers.hearing import Hearing
from bot.services import joining
from bot.services.answering import Toast


async def start(hearing: Hearing) -> Toast:
    """`/start PAYLOAD`."""
    heard = hearing.heard
    return await hearing.do(joining.start, heard.sender_id, heard.args, language=heard.language)


async def red_lines_read(hearing: Hearing) -> Toast:
    """「我已知晓」."""
    return await hearing.do(joining.acknowledge, hearing.heard.sender_id)


async def stranger(hearing: Hearing) -> Toast:
    """Somebody unknown."""
    return await hearing.do(joining.stranger, hearing.heard.sender_id)
