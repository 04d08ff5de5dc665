"""The inbox: raw updates, durable before they are acknowledged (PERFORMANCE «Inbox»)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.ledger.desk import Work
from bot.ledger.tables import inbox

WAKE = "inbox"


class AlreadyDone(Exception):
    """The update's effects are in the ledger: nothing is done again."""


def store(work: Work, batch: Sequence[tuple[int, int, str]]) -> list[int]:
    """Store (update_id, lane, raw JSON) rows; known ids are left as they are. Returns the new ids."""
    if not batch:
        return []
    dialect = work.connection.dialect.name
    insert = (sqlite if dialect == "sqlite" else postgresql).insert(inbox)
    known = set(
        work.connection.execute(
            select(inbox.c.update_id).where(inbox.c.update_id.in_([row[0] for row in batch]))
        ).scalars()
    )
    work.connection.execute(
        insert.on_conflict_do_nothing(index_elements=["update_id"]),
        [
            {"update_id": update_id, "lane": lane, "payload": payload, "received_at": work.now}
            for update_id, lane, payload in batch
        ],
    )
    return [row[0] for row in batch if row[0] not in known]


def last_id(work: Work) -> int | None:
    """The update id that was received last (not the highest: after a quiet week Telegram starts anew)."""
    found: int | None = work.connection.execute(
        select(inbox.c.update_id).order_by(inbox.c.received_at.desc(), inbox.c.update_id.desc()).limit(1)
    ).scalar()
    return found


def pending(work: Work, most: int = 1000, after: int = -1) -> Sequence[Row[Any]]:
    """Updates stored but not done, oldest first: dispatched again at the start."""
    return work.connection.execute(
        select(inbox)
        .where(inbox.c.state == "pending", inbox.c.update_id > after)
        .order_by(inbox.c.update_id)
        .limit(most)
    ).all()


_finish = update(inbox).where(inbox.c.state == "pending").values(state="done")


def finish(work: Work, update_id: int) -> None:
    """Mark an update done in the transaction of its effects; raises AlreadyDone."""
    result = work.connection.execute(_finish.where(inbox.c.update_id == update_id).values(done_at=work.now))
    if result.rowcount != 1:
        raise AlreadyDone(update_id)


def empty(work: Work, update_id: int) -> None:
    """Blank the payload of an update that must not be kept (marked 绝密, SPEC §1 (d))."""
    work.connection.execute(update(inbox).where(inbox.c.update_id == update_id).values(payload="{}"))


def failed(work: Work, update_id: int, error: str, *, aside: bool) -> None:
    """Count a failed attempt; `aside` sets the poison update aside for the admin to see."""
    work.connection.execute(
        update(inbox)
        .where(inbox.c.update_id == update_id, inbox.c.state == "pending")
        .values(attempts=inbox.c.attempts + 1, error=error[:256], state="aside" if aside else "pending")
    )


def sweep(work: Work, kept: timedelta) -> int:
    """Remove updates done long ago, but for the newest one: it carries the offset."""
    newest = last_id(work)
    return work.connection.execute(
        delete(inbox).where(
            inbox.c.state == "done", inbox.c.done_at < work.now - kept, inbox.c.update_id != newest
        )
    ).rowcount
