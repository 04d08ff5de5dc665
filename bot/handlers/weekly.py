"""The weekly report and the calendar's buttons: heard."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from telegram.error import TelegramError

from bot.delivery.hearing import Hearing
from bot.delivery.wire import TooLarge
from bot.documents import office_files
from bot.documents import weekly_reading as reading
from bot.services.answering import Toast, nothing
from bot.services.duties import due, moves, outlook
from bot.services.tenday import board as tenday_board
from bot.services.tenday import reporting
from bot.services.weekly import asking, board, receiving, reminding

Handler = Callable[[Hearing], Awaitable[Toast]]

LARGEST: Final = 20 * 1024 * 1024
SHEETS: Final = (".xlsx", ".xlsm", ".xls", ".et", ".csv", ".ods", ".xltx", ".xlsb")
WORDS: Final = (".docx", ".doc", ".wps", ".docm", ".rtf", ".odt")
WHY: Final[dict[type[office_files.OfficeFileError], str]] = {
    office_files.TooLarge: "too_big",
    office_files.Macros: "macros",
    office_files.Locked: "password",
    office_files.OldFormat: "old_format",
    office_files.PlainText: "plain_text",
    office_files.Unreadable: "unreadable",
    reading.NotWeekly: "not_weekly",
}


async def open_(here: Hearing) -> Toast:
    """`/weekly`, 「周报」; in a group it says nothing."""
    if not here.heard.private:
        return await here.do(nothing)
    return await here.do(asking.open_, here.heard.chat_id)


def may_be_report(here: Hearing) -> bool:
    """Whether a message is an office document in a private chat: only then its sender is asked about."""
    message = here.heard.message
    if message is None or not message.private or len(message.attachments) != 1:
        return False
    return (message.attachments[0].name or "").lower().endswith((*SHEETS, *WORDS))


async def document(here: Hearing, *, otherwise: Handler) -> Toast:
    """A workbook or a document of a region's contact: its 周报表, or its 小结."""
    message = here.heard.message
    assert message is not None
    if message.reply_to is not None and await here.desk.look(
        reporting.speaks_of, message.chat_id, message.reply_to, message.sender_id
    ):
        return await _changed_report(here)
    if not await here.desk.look(receiving.may_report, message.sender_id, message.chat_id, message.reply_to):
        return await otherwise(here)
    name = (message.attachments[0].name or "").lower()
    data = await _download(here)
    if isinstance(data, Toast):
        return data
    try:
        if name.endswith(WORDS):
            paper = await asyncio.to_thread(reading.read_document, data)
            return await here.do(receiving.take_document, message, paper.text, paper.words)
        sheet = await asyncio.to_thread(reading.read, here.desk.world.weekly, data)
    except office_files.OfficeFileError as error:
        return await here.do(receiving.refuse, message, WHY[type(error)])
    return await here.do(receiving.take_sheet, message, sheet)


async def form(here: Hearing) -> Toast:
    """「取表格」."""
    return await here.do(asking.again, here.heard.chat_id, here.pressed.arg)


async def copy(here: Hearing) -> Toast:
    """「照上周」."""
    return await here.do(
        receiving.as_last_week, here.pressed.arg, here.heard.chat_id, here.heard.pressed_message
    )


async def merged(here: Hearing) -> Toast:
    """「汇总表」."""
    return await here.do(board.merged, here.heard.chat_id, here.pressed.arg)


async def urge(here: Hearing) -> Toast:
    """「催报」."""
    return await here.do(reminding.urge, here.pressed.arg)


async def move(here: Hearing) -> Toast:
    """「改到…」「按原时间」."""
    return await here.do(moves.decide, here.pressed.arg, here.pressed.subject == 1)


async def known(here: Hearing) -> Toast:
    """「已知悉」."""
    return await here.do(due.know, here.pressed.arg, here.heard.chat_id, here.heard.pressed_message)


async def later(here: Hearing) -> Toast:
    """「1小时后」."""
    return await here.do(due.put_off, here.pressed.arg)


async def _download(here: Hearing) -> bytes | Toast:
    """The file of a message; what cannot be had is refused."""
    message = here.heard.message
    assert message is not None
    attachment = message.attachments[0]
    if (attachment.size or 0) > LARGEST:
        return await here.do(receiving.refuse, message, "too_big")
    try:
        described = await here.wire.call("getFile", {"file_id": attachment.file_id})
        return await here.wire.download(described["file_path"], expected=described.get("file_size"))
    except TooLarge:
        return await here.do(receiving.refuse, message, "too_big")
    except TelegramError:
        return await here.do(receiving.refuse, message, "lost")


# --- the ten-day report -------------------------------------------------------------------------------


async def _changed_report(here: Hearing) -> Toast:
    """A document in reply to a draft: the changed 督导报告."""
    message = here.heard.message
    assert message is not None
    data = await _download(here)
    if isinstance(data, Toast):
        return data
    try:
        paper = await asyncio.to_thread(reading.read_document, data)
    except office_files.OfficeFileError as error:
        return await here.do(receiving.refuse, message, WHY[type(error)])
    return await here.do(reporting.take_document, message, paper.text, paper.words)


async def open_drafts(here: Hearing) -> Toast:
    """「督导报告」."""
    if not here.heard.private:
        return await here.do(nothing)
    return await here.do(reporting.open_own, here.heard.chat_id)


async def open_draft(here: Hearing) -> Toast:
    """「看报告草稿」."""
    return await here.do(reporting.open_, here.heard.chat_id, here.pressed.arg)


async def draft(here: Hearing) -> Toast:
    """「报告草稿」."""
    return await here.do(reporting.send, here.pressed.arg, here.heard.chat_id, "paper")


async def draft_pdf(here: Hearing) -> Toast:
    """「督导报告 PDF」."""
    return await here.do(reporting.send, here.pressed.arg, here.heard.chat_id, "pdf")


async def draft_ledger(here: Hearing) -> Toast:
    """「问题台账」 of the period."""
    return await here.do(reporting.send, here.pressed.arg, here.heard.chat_id, "ledger")


async def submit(here: Hearing) -> Toast:
    """「上报」."""
    return await here.do(reporting.submit, here.pressed.arg, here.heard.chat_id)


async def urge_groups(here: Hearing) -> Toast:
    """「催办」 on the office's board of a closing day."""
    return await here.do(tenday_board.urge, here.pressed.arg)


async def cannot_lock(here: Hearing) -> Toast:
    """「锁定」 on the board while there is nothing to lock."""
    return await here.do(tenday_board.cannot_lock, here.pressed.arg)


# --- the calendar -------------------------------------------------------------------------------------


async def calendar(here: Hearing) -> Toast:
    """「日历」."""
    if not here.heard.private:
        return await here.do(nothing)
    return await here.do(outlook.show, here.heard.chat_id)
