"""推进会: its card, its place, its papers; heard."""

from __future__ import annotations

from bot.delivery.hearing import Hearing
from bot.services.answering import Toast, nothing
from bot.services.meetings import calling, preparing


async def open_(here: Hearing) -> Toast:
    """「推进会」; in a group it is talk among people."""
    if not here.heard.private:
        return await here.do(nothing)
    return await here.do(preparing.open_latest, here.heard.chat_id)


async def place(here: Hearing) -> Toast:
    """A last region."""
    return await here.do(preparing.vote, here.pressed.subject, here.pressed.arg)


async def when(here: Hearing) -> Toast:
    """「时间会场」."""
    return await here.do(preparing.ask_when, here.pressed.subject, here.heard.chat_id)


async def attend(here: Hearing) -> Toast:
    """「参会范围」."""
    return await here.do(preparing.ask_attend, here.pressed.subject, here.heard.chat_id)


async def visit(here: Hearing) -> Toast:
    """A place that is worth a look."""
    return await here.do(preparing.toggle_visit, here.pressed.subject, here.pressed.arg)


async def visits(here: Hearing) -> Toast:
    """「自己写」."""
    return await here.do(preparing.ask_visits, here.pressed.subject, here.heard.chat_id)


async def speaker(here: Hearing) -> Toast:
    """检查发言, 经验发言."""
    return await here.do(preparing.toggle_speaker, here.pressed.subject, here.pressed.arg)


async def paper(here: Hearing) -> Toast:
    """「通知文稿」."""
    return await here.do(calling.draft, here.pressed.subject, here.heard.chat_id, here.pressed.arg)


async def call(here: Hearing) -> Toast:
    """「发会议通知」."""
    press = here.pressed
    return await here.do(calling.call, press.subject, press.version, here.heard.chat_id)


async def speech(here: Hearing) -> Toast:
    """「讲评稿」."""
    return await here.do(calling.speech, here.pressed.subject, here.heard.chat_id, here.pressed.arg)
