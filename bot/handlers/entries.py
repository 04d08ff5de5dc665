"""Messages about entries, and the presses of those who file and check."""

from __future__ import annotations

from bot.delivery.hearing import Hearing
from bot.services import hearing
from bot.services.answering import Toast
from bot.services.counties import assignment


async def message(here: Hearing) -> Toast:
    """A member's files or words."""
    assert here.heard.message is not None
    return await here.do(hearing.message, here.heard.message)


async def assign(here: Hearing) -> Toast:
    """「立即交办」「交办」."""
    press = here.pressed
    return await here.do(assignment.assign_now, press.subject, press.version)
