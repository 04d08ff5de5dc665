"""专题片素材包: choosing its leads, having it made; heard."""

from __future__ import annotations

from bot.delivery.hearing import Hearing
from bot.ledger.desk import Work
from bot.services.answering import Toast, nothing
from bot.services.kits import card, making
from bot.services.meetings import book as meetings


async def open_(here: Hearing) -> Toast:
    """「素材包」; in a group it is talk among people."""
    if not here.heard.private:
        return await here.do(nothing)
    return await here.do(card.open_newest, here.heard.chat_id)


async def of_meeting(here: Hearing) -> Toast:
    """「素材包」 on a meeting's card."""
    return await here.do(_of_meeting, here.pressed.subject, here.heard.chat_id)


def _of_meeting(work: Work, meeting_id: int, chat_id: int) -> None:
    card.open_of_meeting(work, meetings.get(work, meeting_id).month, chat_id)


async def item(here: Hearing) -> Toast:
    """A lead in or out."""
    return await here.do(card.choose, here.pressed.subject, here.pressed.arg)


async def fill(here: Hearing) -> Toast:
    """「选突出问题」「选暗访问题」「清空」."""
    return await here.do(card.fill, here.pressed.subject, here.pressed.arg)


async def make(here: Hearing) -> Toast:
    """「生成」."""
    return await here.do(making.make, here.pressed.subject, here.pressed.version)


async def another(here: Hearing) -> Toast:
    """「新建」."""
    return await here.do(card.another, here.pressed.subject, here.heard.chat_id)
