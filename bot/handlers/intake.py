"""Intake and the receipt's taps, heard."""

from __future__ import annotations

from bot.delivery.hearing import Hearing
from bot.ledger.desk import Work
from bot.services import secrecy
from bot.services.answering import Toast
from bot.services.field import drafts, editing, splitting, visits, withdrawal
from bot.services.incoming import Incoming
from bot.services.weekly import receiving


async def edited(here: Hearing) -> Toast:
    """An edited message."""
    assert here.heard.message is not None
    return await here.do(_edited, here.heard.message)


def _edited(work: Work, incoming: Incoming) -> None:
    secrecy.refuse_secret(work, incoming)
    if not receiving.edited(work, incoming):
        editing.edited(work, incoming)


async def region(here: Hearing) -> Toast:
    """The one tap on a region."""
    press = here.pressed
    return await here.do(drafts.choose_region, press.subject, press.version, press.arg)


async def village(here: Hearing) -> Toast:
    """One of the offered villages, or 「都不是」."""
    press = here.pressed
    return await here.do(editing.choose_village, press.subject, press.version, press.arg)


async def turn(here: Hearing) -> Toast:
    """「修改」 and what it leads to."""
    press, heard = here.pressed, here.heard
    return await here.do(editing.turn, press.subject, heard.chat_id, heard.pressed_message, press.arg)


async def set_field(here: Hearing) -> Toast:
    """A field's new value."""
    press = here.pressed
    return await here.do(editing.set_field, press.subject, press.version, press.arg)


async def ask(here: Hearing) -> Toast:
    """「打字写地点」「改文字」."""
    press = here.pressed
    return await here.do(editing.ask, press.subject, here.heard.chat_id, press.arg)


async def adopt(here: Hearing) -> Toast:
    """「采用修改」."""
    press = here.pressed
    return await here.do(editing.adopt, press.subject, press.number())


async def join(here: Hearing) -> Toast:
    """「补到上一条」「并入上一条」."""
    press = here.pressed
    return await here.do(drafts.join_previous, press.subject, press.version)


async def split(here: Hearing) -> Toast:
    """「拆成两条」."""
    press = here.pressed
    return await here.do(splitting.split_photos, press.subject, press.version)


async def split_problems(here: Hearing) -> Toast:
    """「拆成N条」."""
    press = here.pressed
    return await here.do(splitting.split_problems, press.subject, press.version)


async def withdraw(here: Hearing) -> Toast:
    """「撤回」."""
    press = here.pressed
    return await here.do(withdrawal.withdraw, press.subject, press.version)


async def withdraw_word(here: Hearing) -> Toast:
    """The word 「撤回」."""
    assert here.heard.message is not None
    return await here.do(withdrawal.by_word, here.heard.message)


async def make_issue(here: Hearing) -> Toast:
    """「改为问题」."""
    press = here.pressed
    return await here.do(visits.make_issue, press.subject, press.version)


async def list_as_good(here: Hearing) -> Toast:
    """「列入好的做法」."""
    press = here.pressed
    return await here.do(visits.list_as_good, press.subject, press.version)


async def day_end(here: Hearing) -> Toast:
    """「收工」."""
    return await here.do(visits.day_end, here.heard.chat_id)
