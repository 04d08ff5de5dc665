"""「概况」 and 「覆盖」: always answered in private."""

from __future__ import annotations

from bot.delivery.hearing import Hearing
from bot.services.answering import Toast
from bot.services.overview import card, coverage


async def overview(here: Hearing) -> Toast:
    """「概况」."""
    return await here.do(card.show, here.heard.sender_id, here.heard.chat_id)


async def other(here: Hearing) -> Toast:
    """Another scope or span of 「概况」."""
    heard = here.heard
    return await here.do(card.turn, heard.chat_id, heard.pressed_message, here.pressed.arg)


async def covered(here: Hearing) -> Toast:
    """「覆盖」."""
    return await here.do(coverage.show, here.heard.sender_id, here.heard.chat_id)


async def further(here: Hearing) -> Toast:
    """Another page, township or group of 「覆盖」; tomorrow's round; the good practices."""
    heard = here.heard
    return await here.do(coverage.turn, heard.chat_id, heard.pressed_message, here.pressed.arg)
