"""The month's report 跟踪问效月报: the word, the presses, the paper that is sent back."""

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
from bot.services.bulletins import editing
from bot.services.monthreport import sending, writing

Handler = Callable[[Hearing], Awaitable[Toast]]

LARGEST: Final = 20 * 1024 * 1024
PAPERS: Final = (".docx", ".doc", ".wps", ".docm", ".rtf", ".odt")
WHY: Final[dict[type[office_files.OfficeFileError], str]] = {
    office_files.TooLarge: "too_big",
    office_files.Macros: "macros",
    office_files.Locked: "password",
    office_files.OldFormat: "old_format",
}


async def open_list(here: Hearing) -> Toast:
    """「跟踪问效」; in a group it says nothing."""
    if not here.heard.private:
        return await here.do(nothing)
    return await here.do(writing.open_list, here.heard.chat_id)


async def open_one(here: Hearing) -> Toast:
    """「打开月报」."""
    return await here.do(writing.open_one, here.pressed.arg, here.heard.chat_id)


async def file(here: Hearing) -> Toast:
    """「.docx」「PDF」."""
    return await here.do(sending.send_file, here.pressed.arg, here.heard.chat_id)


async def send(here: Hearing) -> Toast:
    """「上报领导小组」「更正后再报」."""
    press = here.pressed
    return await here.do(sending.send, press.arg, press.version, here.heard.chat_id)


async def own_draft(here: Hearing) -> Toast:
    """「恢复代拟稿」."""
    press = here.pressed
    return await here.do(writing.own_draft, press.arg, press.version, here.heard.chat_id)


async def document(here: Hearing, *, otherwise: Handler) -> Toast:
    """The changed .docx of a month's report; anything else is somebody else's."""
    message = here.heard.message
    assert message is not None
    if message.reply_to is None or not (message.attachments[0].name or "").lower().endswith(PAPERS):
        return await otherwise(here)
    if not await here.desk.look(writing.speaks_of, message.chat_id, message.reply_to, message.sender_id):
        return await otherwise(here)
    attachment = message.attachments[0]
    if (attachment.size or 0) > LARGEST:
        return await here.do(editing.refuse, "too_big")
    try:
        described = await here.wire.call("getFile", {"file_id": attachment.file_id})
        data = await here.wire.download(described["file_path"], expected=described.get("file_size"))
        paper = await asyncio.to_thread(reading.read_document, data)
    except TooLarge:
        return await here.do(editing.refuse, "too_big")
    except TelegramError:
        return await here.do(editing.refuse, "lost")
    except office_files.OfficeFileError as error:
        return await here.do(editing.refuse, WHY.get(type(error), "no_docx"))
    return await here.do(writing.take_document, message, paper.text, paper.words)
