"""The register 备案: its card, its form, and the files that are sent for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from telegram.error import TelegramError

from bot.delivery.hearing import Hearing
from bot.delivery.wire import TooLarge
from bot.documents import register_xlsx
from bot.documents.office_files import OfficeFileError
from bot.ledger.desk import Work
from bot.services.answering import Toast, nothing
from bot.services.register import book, card, entering, papers, table

Handler = Callable[[Hearing], Awaitable[Toast]]

LARGEST: Final = 20 * 1024 * 1024
WORKBOOK: Final = ".xlsx"


async def open_(here: Hearing) -> Toast:
    """`/register`, 「备案」; in a group it says nothing."""
    if not here.heard.private:
        return await here.do(nothing)
    return await here.do(card.open_card, here.heard.chat_id)


async def open_region(here: Hearing) -> Toast:
    """「看备案」 under the line that something changed."""
    return await here.do(_open_region, here.pressed.arg, here.heard.chat_id)


def _open_region(work: Work, index: str, chat_id: int) -> None:
    book.region_at(work, index)
    card.open_card(work, chat_id, f"r.{index}")


async def ask(here: Hearing) -> Toast:
    """「县级领导」「乡镇责任人」「村责任人」, or a village's own button."""
    return await here.do(entering.ask, here.pressed.arg, here.heard.chat_id)


async def same_leader(here: Hearing) -> Toast:
    """A county leader who is named already."""
    press = here.pressed
    return await here.do(entering.set_leader, press.subject, press.arg, here.heard.chat_id)


async def paper(here: Hearing) -> Toast:
    """「报联动机制」."""
    return await here.do(papers.ask, here.pressed.arg, here.heard.chat_id)


async def see_paper(here: Hearing) -> Toast:
    """「第2版」."""
    return await here.do(papers.send, here.pressed.subject, here.heard.chat_id)


async def form(here: Hearing) -> Toast:
    """「取表格」."""
    return await here.do(table.send_form, here.pressed.arg, here.heard.chat_id)


async def whole_table(here: Hearing) -> Toast:
    """「分包表」."""
    return await here.do(table.send_table, here.pressed.arg, here.heard.chat_id)


# --- files ----------------------------------------------------------------------------------------------


def may_reply(here: Hearing) -> bool:
    """Whether a message is a file in reply to something in a private chat."""
    message = here.heard.message
    return (
        message is not None
        and message.private
        and message.reply_to is not None
        and len(message.attachments) == 1
    )


async def replied(here: Hearing, *, otherwise: Handler) -> Toast:
    """A file in reply to a message about a register: its table when it is one, else the next paper."""
    message = here.heard.message
    assert message is not None
    assert message.reply_to is not None
    region = await here.desk.look(papers.speaks_of, message.chat_id, message.reply_to, message.sender_id)
    if region is None:
        return await otherwise(here)
    if not (message.attachments[0].name or "").lower().endswith(WORKBOOK):
        return await here.do(papers.take, message, region)
    data = await _download(here)
    if isinstance(data, Toast):
        return data
    try:
        read = await asyncio.to_thread(register_xlsx.read, data)
    except register_xlsx.NotARegister:  # a paper may be a workbook, too
        return await here.do(papers.take, message, region)
    except OfficeFileError:
        return await here.do(table.refuse, "unreadable")
    return await here.do(table.take, message, region, read.region, read.said)


async def workbook(here: Hearing, *, otherwise: Handler) -> Toast:
    """A workbook out of the blue: a register when its columns say so, else like any file."""
    message = here.heard.message
    assert message is not None
    if not await here.desk.look(book.may_send, message.sender_id):
        return await otherwise(here)
    if (message.attachments[0].size or 0) > LARGEST:
        return await otherwise(here)
    try:
        described = await here.wire.call("getFile", {"file_id": message.attachments[0].file_id})
        data = await here.wire.download(described["file_path"], expected=described.get("file_size"))
        read = await asyncio.to_thread(register_xlsx.read, data)
    except (TelegramError, TooLarge, OfficeFileError, register_xlsx.NotARegister):
        return await otherwise(here)  # what is the matter with it is said there
    return await here.do(table.take, message, None, read.region, read.said)


async def _download(here: Hearing) -> bytes | Toast:
    """The file of a message; what cannot be had is refused."""
    message = here.heard.message
    assert message is not None
    attachment = message.attachments[0]
    if (attachment.size or 0) > LARGEST:
        return await here.do(table.refuse, "too_big")
    try:
        described = await here.wire.call("getFile", {"file_id": attachment.file_id})
        return await here.wire.download(described["file_path"], expected=described.get("file_size"))
    except TooLarge:
        return await here.do(table.refuse, "too_big")
    except TelegramError:
        return await here.do(table.refuse, "lost")
