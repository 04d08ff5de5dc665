"""Messages about entries, and the presses of those who file and check."""

from __future__ import annotations

from bot.handlers.hearing import Hearing
from bot.services import assignment, county, hearing, loose
from bot.services.answering import Toast


async def message(here: Hearing) -> Toast:
    """A member's files or words."""
    assert here.heard.message is not None
    return await here.do(hearing.message, here.heard.message)


async def assign(here: Hearing) -> Toast:
    """「立即交办」「交办」."""
    press = here.pressed
    return await here.do(assignment.assign_now, press.subject, press.version)


async def acknowledge(here: Hearing) -> Toast:
    """「签收」."""
    press = here.pressed
    return await here.do(county.acknowledge, press.subject, press.version)


async def acknowledge_all(here: Hearing) -> Toast:
    """「全部签收」."""
    return await here.do(county.acknowledge_all)


async def which(here: Hearing) -> Toast:
    """The entry that loose photos answer."""
    press = here.pressed
    return await here.do(loose.choose, press.subject, int(press.arg))
