"""What was handed on of something that must not be kept is taken back, as far as Telegram lets us."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Row, or_, select, update

from bot.ledger import outbox as book
from bot.ledger.desk import Work
from bot.ledger.outbox import Kind
from bot.ledger.tables import outbox


def files(work: Work, file_ids: Collection[str]) -> None:
    """Whatever hands on one of these files, by the name that Telegram gave it."""
    wanted = sorted(one for one in file_ids if one)
    if not wanted:
        return
    rows = work.connection.execute(
        select(outbox).where(or_(*(outbox.c.payload.contains(one, autoescape=True) for one in wanted)))
    ).all()
    messages(work, rows)


def messages(work: Work, rows: Iterable[Row[Any]]) -> None:
    """What waits is not sent, what was sent is deleted; nothing of either is kept."""
    for row in rows:
        if row.state == "sending":
            continue  # its end is written down by whoever sends it
        payload = row.payload or {}
        arrived = [row.message_id] if row.state == "sent" and row.message_id is not None else []
        for message_id in (*payload.get("sent_ids", ()), *arrived):
            book.put(
                work, chat_id=row.chat_id, kind=Kind.DELETE, payload={"message_id": message_id},
                dedup=f"recalled:{row.id}:{message_id}",
            )  # fmt: skip
        ended: dict[str, Any] = {}
        if row.state == "waiting":
            ended = {"state": "stale", "error": "marked as secret", "sent_at": work.now}
        work.connection.execute(update(outbox).where(outbox.c.id == row.id).values(payload=None, **ended))
