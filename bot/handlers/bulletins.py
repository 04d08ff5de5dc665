"""Bulletins 通报: presses, and the papers that are sent back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from telegram.error import TelegramError

from bot.delivery.hearing import Hearing
from bot.delivery.wire import TooLarge
from bot.documents import bulletin_reading as reading
from bot.documents import office_files
from bot.services.answering import Toast, nothing
from bot.services.bulletins import (
    arriving,
    drafting,
    editing,
    pictures,
    posting,
    recheck,
    sealing,
    taking_back,
    way,
)
from bot.services.bulletins import forgetting as forgetting  # registers what is forgotten

Handler = Callable[[Hearing], Awaitable[Toast]]

PDF_MARK: Final = b"%PDF-"
MARK_WITHIN: Final = 1024
LARGEST: Final = 20 * 1024 * 1024
PAPERS: Final = (".docx", ".doc", ".wps", ".docm", ".rtf", ".odt", ".pdf")
WHY: Final[dict[type[office_files.OfficeFileError], str]] = {
    office_files.TooLarge: "too_big",
    office_files.Macros: "macros",
    office_files.Locked: "password",
    office_files.OldFormat: "old_format",
    office_files.PlainText: "no_docx",
    office_files.Unreadable: "no_docx",
    reading.Tracked: "tracked",
    reading.TooLong: "too_long",
    reading.NotBulletin: "not_bulletin",
}


async def open_list(here: Hearing) -> Toast:
    """`/bulletin`, 「通报」; in a group it says nothing."""
    if not here.heard.private:
        return await here.do(nothing)
    return await here.do(drafting.open_list, here.heard.chat_id)


async def open_one(here: Hearing) -> Toast:
    """「打开」."""
    return await here.do(drafting.open_one, here.pressed.subject, here.heard.chat_id)


async def file(here: Hearing) -> Toast:
    """「.docx」「PDF」."""
    press = here.pressed
    return await here.do(editing.send_file, press.subject, press.version, press.arg, here.heard.chat_id)


async def sources(here: Hearing) -> Toast:
    """「数据出处」."""
    return await here.do(editing.sources, here.pressed.subject, here.heard.chat_id, here.pressed.arg)


async def switch(here: Hearing) -> Toast:
    """「只印名次」「不列通报批评」「恢复代拟稿」「放弃更正」."""
    press = here.pressed
    if press.arg == "drop":
        return await here.do(way.drop, press.subject, press.version)
    return await here.do(editing.switch, press.subject, press.version, press.arg)


async def ours(here: Hearing) -> Toast:
    """「台账」: the ledger's figure."""
    press = here.pressed
    return await here.do(editing.take_ours, press.subject, press.version, press.arg)


async def theirs(here: Hearing) -> Toast:
    """「来件」: the paper's figure, with a reason."""
    press = here.pressed
    return await here.do(editing.ask_theirs, press.subject, press.version, press.arg, here.heard.chat_id)


async def choose_pictures(here: Hearing) -> Toast:
    """「选图」, and the pages of what is offered."""
    press = here.pressed
    return await here.do(pictures.offer, press.subject, press.arg, here.heard.chat_id)


async def picture(here: Hearing) -> Toast:
    """「用这组」「换一张」「不用」."""
    press = here.pressed
    return await here.do(pictures.choose, press.subject, press.arg, here.heard.chat_id)


async def pages(here: Hearing) -> Toast:
    """「对比图页」."""
    return await here.do(pictures.send_pages, here.pressed.subject, here.heard.chat_id)


async def submit(here: Hearing) -> Toast:
    """「送审」."""
    press = here.pressed
    return await here.do(way.submit, press.subject, press.version, gone=await _gone(here))


async def report(here: Hearing) -> Toast:
    """「报送市领导」."""
    press = here.pressed
    return await here.do(posting.report, press.subject, press.version, gone=await _gone(here))


async def publish(here: Hearing) -> Toast:
    """「印发」."""
    press = here.pressed
    return await here.do(posting.publish, press.subject, press.version, gone=await _gone(here))


async def both(here: Hearing) -> Toast:
    """「报送并印发」."""
    press = here.pressed
    gone = await _gone(here)
    return await here.do(posting.publish, press.subject, press.version, both=True, gone=gone)


async def _gone(here: Hearing) -> set[str]:
    """The files of chosen pictures that the store has lost: nothing goes on without being told of them."""
    files = await here.desk.look(recheck.files_of, here.pressed.subject)
    return await asyncio.to_thread(here.missing, files) if files else set()


async def take_down(here: Hearing) -> Toast:
    """「撤销」「撤下」."""
    return await here.do(taking_back.take_down, here.pressed.subject, here.pressed.version)


async def again(here: Hearing) -> Toast:
    """「补发」."""
    return await here.do(arriving.again, here.pressed.subject, here.pressed.version)


async def correct(here: Hearing) -> Toast:
    """「更正」."""
    press = here.pressed
    return await here.do(way.ask_correction, press.subject, press.version, here.heard.chat_id)


# --- papers sent back ---------------------------------------------------------------------------------


def may_be_paper(here: Hearing) -> bool:
    """Whether a message is a paper that replies to something in a private chat."""
    message = here.heard.message
    if message is None or not message.private or message.reply_to is None or len(message.attachments) != 1:
        return False
    return (message.attachments[0].name or "").lower().endswith(PAPERS)


async def document(here: Hearing, *, otherwise: Handler) -> Toast:
    """The changed .docx of a bulletin, or its sealed PDF; anything else is somebody else's."""
    message = here.heard.message
    assert message is not None
    assert message.reply_to is not None
    if not await here.desk.look(editing.speaks_of, message.chat_id, message.reply_to, message.sender_id):
        return await otherwise(here)
    data = await _download(here)
    if isinstance(data, Toast):
        return data
    if (message.attachments[0].name or "").lower().endswith(".pdf"):
        if PDF_MARK not in data[:MARK_WITHIN]:
            return await here.do(editing.refuse, "no_pdf")
        return await here.do(sealing.seal, message)
    try:
        paper = await asyncio.to_thread(reading.read, data)
    except office_files.OfficeFileError as error:
        return await here.do(editing.refuse, WHY.get(type(error), "no_docx"))
    return await here.do(editing.take_paper, message, paper)


async def _download(here: Hearing) -> bytes | Toast:
    """The file of a message; what cannot be had is refused."""
    message = here.heard.message
    assert message is not None
    attachment = message.attachments[0]
    if (attachment.size or 0) > LARGEST:
        return await here.do(editing.refuse, "too_big")
    try:
        described = await here.wire.call("getFile", {"file_id": attachment.file_id})
        return await here.wire.download(described["file_path"], expected=described.get("file_size"))
    except TooLarge:
        return await here.do(editing.refuse, "too_big")
    except TelegramError:
        return await here.do(editing.refuse, "lost")
