"""The inbox: raw updates, durable before they are acknowledged (PERFORMANCE «Inbox»)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import orjson
from sqlalchemy import BigInteger, Row, bindparam, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.ledger.desk import Work
from bot.ledger.prepared import Prepared
from bot.ledger.tables import inbox

WAKE = "inbox"
MOST_ERROR = 256


class AlreadyDone(Exception):
    """The update's effects are in the ledger: nothing is done again."""


_around = Prepared(
    select(inbox.c.update_id)
    .where(inbox.c.update_id.between(bindparam("lowest"), bindparam("highest")))
    .limit(1)
)
_row = {name: bindparam(name, type_=inbox.c[name].type) for name in ("lane", "payload", "received_at")}
_inserts = {
    dialect.name: Prepared(
        module.insert(inbox)
        .values(update_id=bindparam("update_id", type_=BigInteger), **_row)
        .on_conflict_do_nothing(index_elements=["update_id"])
    )
    for dialect, module in ((sqlite.dialect, sqlite), (postgresql.dialect, postgresql))
}


def store(work: Work, batch: Sequence[tuple[int, int, str]]) -> list[int]:
    """Store (update_id, lane, raw JSON) rows; known ids are left as they are. Returns the new ids."""
    if not batch:
        return []
    ids = [row[0] for row in batch]
    known: set[int] = set()
    if _around.first(work, lowest=min(ids), highest=max(ids)) is not None:
        known.update(
            work.connection.execute(select(inbox.c.update_id).where(inbox.c.update_id.in_(ids))).scalars()
        )
    _inserts[work.connection.dialect.name].many(
        work,
        [
            {"update_id": update_id, "lane": lane, "payload": payload, "received_at": work.now}
            for update_id, lane, payload in batch
        ],
    )
    return [update_id for update_id in dict.fromkeys(ids) if update_id not in known]


def last_id(work: Work) -> int | None:
    """The update id that was received last (not the highest: after a quiet week Telegram starts anew)."""
    found: int | None = work.connection.execute(
        select(inbox.c.update_id).order_by(inbox.c.received_at.desc(), inbox.c.update_id.desc()).limit(1)
    ).scalar()
    return found


def pending(work: Work) -> Sequence[int]:
    """Ids of updates stored but not done, in the order in which they came: dispatched again at the start."""
    return (
        work.connection.execute(
            select(inbox.c.update_id)
            .where(inbox.c.state == "pending")
            .order_by(inbox.c.received_at, inbox.c.update_id)
        )
        .scalars()
        .all()
    )


def stored(work: Work, ids: Sequence[int]) -> Sequence[Row[Any]]:
    """Updates by their ids, in the order of the ids."""
    rows = {
        row.update_id: row
        for row in work.connection.execute(select(inbox).where(inbox.c.update_id.in_(ids))).all()
    }
    return [rows[one] for one in ids if one in rows]


_finish = Prepared(
    update(inbox)
    .where(inbox.c.update_id == bindparam("id"), inbox.c.state == "pending")
    .values(state="done", done_at=bindparam("now"))
)


def finish(work: Work, update_id: int) -> None:
    """Mark an update done in the transaction of its effects; raises AlreadyDone."""
    if _finish.run(work, id=update_id, now=work.now) != 1:
        raise AlreadyDone(update_id)


def empty(work: Work, update_id: int) -> None:
    """Blank the payload of an update that must not be kept (marked 绝密, SPEC §1 (d))."""
    work.connection.execute(update(inbox).where(inbox.c.update_id == update_id).values(payload="{}"))


def empty_message(work: Work, lane: int, message_id: int) -> None:
    """Blank every update that holds a message that must not be kept: as it came first, in a reply to it."""
    found = work.connection.execute(
        select(inbox.c.update_id, inbox.c.payload).where(
            inbox.c.lane == lane, inbox.c.state != "pending", inbox.c.payload.contains(str(message_id))
        )
    ).all()
    for row in found:
        if _speaks_of(orjson.loads(row.payload), message_id):
            empty(work, row.update_id)


def _speaks_of(said: Any, message_id: int) -> bool:
    """Whether an update holds the message, itself or in a reply or a press."""
    if not isinstance(said, dict):
        return False
    return said.get("message_id") == message_id or any(_speaks_of(one, message_id) for one in said.values())


def failed(work: Work, update_id: int, error: str) -> None:
    """Count a failed attempt: a restart does not begin anew."""
    work.connection.execute(
        update(inbox)
        .where(inbox.c.update_id == update_id, inbox.c.state == "pending")
        .values(attempts=inbox.c.attempts + 1, error=error[:MOST_ERROR])
    )


def set_aside(work: Work, update_id: int, error: str) -> bool:
    """Set a poison update aside for the admin to see; False when it was not pending any more."""
    result = work.connection.execute(
        update(inbox)
        .where(inbox.c.update_id == update_id, inbox.c.state == "pending")
        .values(error=error[:MOST_ERROR], state="aside", done_at=work.now)
    )
    return result.rowcount == 1


def aside(work: Work) -> int:
    """How many updates were set aside and wait for somebody to look at them."""
    return work.connection.execute(
        select(func.count()).select_from(inbox).where(inbox.c.state == "aside")
    ).scalar_one()


def sweep(work: Work, kept: timedelta) -> int:
    """Remove updates done long ago, but for the newest one: it carries the offset."""
    newest = last_id(work)
    return work.connection.execute(
        delete(inbox).where(
            inbox.c.state == "done", inbox.c.done_at < work.now - kept, inbox.c.update_id != newest
        )
    ).rowcount
