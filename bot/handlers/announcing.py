"""通知 of an office: heard."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from telegram.error import TelegramError

from bot.delivery.hearing import Hearing
from bot.delivery.wire import TooLarge
from bot.documents import office_files
from bot.ledger import people
from bot.ledger.desk import Work
from bot.services import hearing, secrecy
from bot.services.announcing import forgetting as forgetting  # registers what is forgotten
from bot.services.announcing import forwarding, notices
from bot.services.answering import Toast, nothing
from bot.services.incoming import Incoming
from bot.services.weekly import receiving

Handler = Callable[[Hearing], Awaitable[Toast]]

OFFICE_FILES: Final = (".docx", ".docm", ".xlsx", ".xlsm", ".pptx", ".pptm")
LARGEST: Final = 20 * 1024 * 1024


async def begin(here: Hearing) -> Toast:
    """「通知」; in a group it is talk among people."""
    if not here.heard.private:
        return await here.do(nothing)
    return await here.do(notices.begin, here.heard.chat_id)


def may_be_notice(here: Hearing) -> bool:
    """Whether a message is an office document in a private chat: only then its sender is asked about."""
    message = here.heard.message
    if message is None or not message.private or len(message.attachments) != 1:
        return False
    return (message.attachments[0].name or "").lower().endswith(OFFICE_FILES)


async def document(here: Hearing, *, otherwise: Handler) -> Toast:
    """A document for a 通知 is looked into before it is handed on; any other is somebody else's."""
    message = here.heard.message
    assert message is not None
    if not await here.desk.look(_awaited, message):
        return await otherwise(here)
    try:
        words = await _words(here, message)
    except office_files.Macros:
        return await here.do(receiving.refuse, message, "macros")
    return await here.do(_take, message, words)


def _awaited(work: Work, message: Incoming) -> bool:
    work.actor = people.actor_of(work, message.sender_id)
    return forwarding.awaited(work, message)


def _take(work: Work, message: Incoming, words: list[str]) -> Toast | None:
    secrecy.refuse_secret_words(work, words)
    return hearing.message(work, message)


async def _words(here: Hearing, message: Incoming) -> list[str]:
    """All that stands in the document; nothing where it cannot be had or read: it is handed on as it is.

    Raises:
        Macros: it carries some.
    """
    attachment = message.attachments[0]
    if (attachment.size or 0) > LARGEST:
        return []
    try:
        described = await here.wire.call("getFile", {"file_id": attachment.file_id})
        data = await here.wire.download(described["file_path"], expected=described.get("file_size"))
        return await asyncio.to_thread(_read, data)
    except office_files.Macros:
        raise
    except (TooLarge, TelegramError, office_files.OfficeFileError):
        return []


def _read(data: bytes) -> list[str]:
    with office_files.open_package(data) as archive:
        return list(office_files.words_of(archive))


async def pick(here: Hearing) -> Toast:
    """A region or group, or all of them."""
    return await here.do(notices.pick, here.pressed.subject, here.pressed.arg)


async def send(here: Hearing) -> Toast:
    """「发出」."""
    return await here.do(notices.send, here.pressed.subject)


async def cancel(here: Hearing) -> Toast:
    """「取消」."""
    return await here.do(notices.cancel, here.pressed.subject)


async def received(here: Hearing) -> Toast:
    """「收到」."""
    return await here.do(notices.receive, here.pressed.subject, here.pressed.arg)
