"""Presses of the office: its powers over an entry, and the second person's answer."""

from __future__ import annotations

from bot.delivery.hearing import Hearing
from bot.services.answering import Toast
from bot.services.offices import officewords, seconds


async def panel(here: Hearing) -> Toast:
    """「改派」「缓办」「作废」 open their choices on the card; 「返回」 closes them."""
    press, heard = here.pressed, here.heard
    return await here.do(
        officewords.panel, press.subject, press.version, press.arg, heard.chat_id, heard.pressed_message
    )


async def void(here: Hearing) -> Toast:
    """「作废」 with its reason."""
    press, heard = here.pressed, here.heard
    return await here.do(
        officewords.void, press.subject, press.version, press.arg, heard.chat_id, heard.pressed_message
    )


async def defer(here: Hearing) -> Toast:
    """「缓办」 with its reason."""
    press, heard = here.pressed, here.heard
    return await here.do(
        officewords.defer, press.subject, press.version, press.arg, heard.chat_id, heard.pressed_message
    )


async def resume(here: Hearing) -> Toast:
    """「恢复办理」."""
    press = here.pressed
    return await here.do(officewords.resume, press.subject, press.version)


async def reassign(here: Hearing) -> Toast:
    """「改派」 to the region that was chosen."""
    press = here.pressed
    return await here.do(officewords.reassign, press.subject, press.version, press.arg)


async def agree(here: Hearing) -> Toast:
    """「同意」."""
    return await here.do(seconds.agree, here.pressed.subject)


async def disagree(here: Hearing) -> Toast:
    """「不同意」."""
    return await here.do(seconds.disagree, here.pressed.subject)


async def take_back(here: Hearing) -> Toast:
    """「撤销」 of one's own proposal."""
    return await here.do(seconds.take_back, here.pressed.subject)
