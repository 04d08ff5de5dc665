"""The append-only event log, hash-chained: each row's hash covers the one before."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Row, select

from bot.ledger.desk import Work
from bot.ledger.prepared import Prepared
from bot.ledger.tables import events

GENESIS = "0" * 64

SYSTEM = "system"


_last = Prepared(select(events.c.hash).order_by(events.c.id.desc()).limit(1))


def link(previous: str, row: dict[str, Any]) -> str:
    """The hash of a row: SHA-256 over the previous hash and the row's canonical JSON."""
    canonical = orjson.dumps(row, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(previous.encode() + canonical).hexdigest()


def _canonical(
    entry_id: int | None,
    at: datetime,
    kind: str,
    member_id: int | None,
    body: str,
    from_state: str | None,
    to_state: str | None,
    data: Any,
    salt: str,
) -> dict[str, Any]:
    return {
        "entry": entry_id,
        "at": at.isoformat(timespec="microseconds"),
        "kind": kind,
        "member": member_id,
        "body": body,
        "from": from_state,
        "to": to_state,
        "data": data,
        "salt": salt,
    }


def record(
    work: Work,
    kind: str,
    *,
    entry_id: int | None = None,
    body: str = SYSTEM,
    from_state: str | None = None,
    to_state: str | None = None,
    data: dict[str, Any] | None = None,
) -> int:
    """Append one event and return its id; `data` holds JSON values only."""
    last = work.chain or _last.scalar(work)
    member = work.actor.member_id or None
    salt = secrets.token_hex(16)
    row = _canonical(entry_id, work.now, kind, member, body, from_state, to_state, data, salt)
    work.chain = link(last or GENESIS, row)
    return work.insert(
        events,
        entry_id=entry_id,
        at=work.now,
        kind=kind,
        member_id=member,
        body=body,
        from_state=from_state,
        to_state=to_state,
        data=data,
        salt=salt,
        hash=work.chain,
    )


def covered(row: Row[Any]) -> dict[str, Any]:
    """What a row's hash covers, beside the hash of the row before: what `link` takes."""
    return _canonical(
        row.entry_id,
        row.at,
        row.kind,
        row.member_id,
        row.body,
        row.from_state,
        row.to_state,
        row.data,
        row.salt,
    )


def newest(connection: Connection) -> str:
    """The hash of the newest event: it covers all that were before it."""
    found = connection.execute(select(events.c.hash).order_by(events.c.id.desc()).limit(1)).scalar()
    return str(found or GENESIS)


def first_broken(connection: Connection) -> int | None:
    """The id of the first event whose hash does not fit, None when the whole chain holds."""
    previous = GENESIS
    for row in connection.execute(select(events).order_by(events.c.id)):
        if link(previous, covered(row)) != row.hash:
            return int(row.id)
        previous = row.hash
    return None
