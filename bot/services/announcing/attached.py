"""What hangs on a 通知: kept like a report's files, handed on as it came."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Row

from bot.ledger import outbox
from bot.ledger.desk import Work
from bot.ledger.outbox import Kind, Priority
from bot.services.duties.audience import Reader
from bot.services.incoming import Incoming
from bot.services.keeping import files

MOST: Final = 20
"""So many pictures and files a 通知 may have: more is an archive, not a notice."""


def keep(work: Work, incoming: Incoming, announcement_id: int) -> None:
    """Keep a message's files with a 通知."""
    files.keep(work, incoming, f"notices/{announcement_id}", announcement_id=announcement_id)


def names(work: Work, announcement_id: int) -> list[dict[str, str]]:
    """What hangs on a 通知, by name where it has one."""
    found = files.of_notice(work, announcement_id)
    return [{"name": row.file_name or "", "medium": row.medium} for row in found]


def hand_on(work: Work, row: Row[Any], reader: Reader) -> None:
    """The files, without a sound and without their captions, ahead of the words that have the button."""
    found = files.of_notice(work, row.id)
    if not found:
        return
    params = {
        "chat_id": reader.chat_id,
        "from_chat_id": found[0].chat_id,
        "message_ids": sorted({one.message_id for one in found}),
        "remove_caption": True,
        "disable_notification": True,
    }
    outbox.put(
        work, chat_id=reader.chat_id, kind=Kind.CALL, priority=Priority.BROADCAST,
        dedup=f"announced:{row.id}:{reader.member_id}", payload={"method": "copyMessages", "params": params},
    )  # fmt: skip
