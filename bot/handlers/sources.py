"""Other sources, and what a city leader handed over, heard."""

from __future__ import annotations

from bot.delivery.hearing import Hearing
from bot.domain.entries import Source
from bot.services import sources
from bot.services.answering import Toast


async def begin(here: Hearing) -> Toast:
    """「登记来源问题」."""
    return await here.do(sources.begin, here.heard.sender_id)


async def choose(here: Hearing) -> Toast:
    """A source."""
    return await here.do(sources.choose, here.heard.sender_id, here.pressed.one_of(list(Source)))


async def to_group(here: Hearing) -> Toast:
    """「转督查组核实」."""
    press, heard = here.pressed, here.heard
    return await here.do(
        sources.to_group, press.subject, press.version, press.arg, heard.chat_id, heard.pressed_message
    )


async def nothing_found(here: Hearing) -> Toast:
    """「未发现问题」."""
    press = here.pressed
    return await here.do(sources.nothing_found, press.subject, press.version)
