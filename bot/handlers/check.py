"""Presses of the checking side: 销号, 退回, 撤销, 反弹, 现场整改."""

from __future__ import annotations

from bot.delivery.hearing import Hearing
from bot.domain.entries import RETURN_REASONS
from bot.services.answering import Toast
from bot.services.checking import check, checkwords, onsite
from bot.services.field import filer_photos


async def close(here: Hearing) -> Toast:
    """「销号」."""
    press = here.pressed
    return await here.do(check.close, press.subject, press.version)


async def send_back(here: Hearing) -> Toast:
    """「退回」 opens its reasons; a reason sends back, 「其他」 asks for words."""
    press, heard = here.pressed, here.heard
    reason = press.one_of(("", *RETURN_REASONS))
    return await here.do(
        checkwords.send_back, press.subject, press.version, reason, heard.chat_id, heard.pressed_message
    )


async def undo(here: Hearing) -> Toast:
    """「撤销」."""
    press = here.pressed
    return await here.do(check.undo, press.subject, press.version)


async def reopen(here: Hearing) -> Toast:
    """「反弹」."""
    press = here.pressed
    return await here.do(check.reopen, press.subject, press.version)


async def fix(here: Hearing) -> Toast:
    """「现场整改」."""
    press = here.pressed
    return await here.do(onsite.fix, press.subject, press.version)


async def which_photo(here: Hearing) -> Toast:
    """One of 「补充照片 / 现场已整改 / 回头看：仍未整改」."""
    press = here.pressed
    return await here.do(filer_photos.choose, press.subject, press.arg)


async def close_by_word(here: Hearing) -> Toast:
    """「销号」 typed: in reply to a card it closes; alone it shows what waits."""
    assert here.heard.message is not None
    return await here.do(checkwords.close, here.heard.message)


async def no_answer(here: Hearing) -> Toast:
    """「取消」 of a question."""
    return await here.do(checkwords.no_answer, here.pressed.subject)
