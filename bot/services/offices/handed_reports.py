"""At the end a city leader 市领导 hears what became of what was handed over (SPEC §2 «Other sources»)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select, update

from bot.domain.entries import State
from bot.domain.permissions import Role
from bot.ledger import entries as book
from bot.ledger import people
from bot.ledger.desk import Work
from bot.ledger.prepared import Prepared
from bot.ledger.tables import handed, messages
from bot.services.outgoing import say
from bot.services.views.sheets import pair_picture
from bot.services.views.values import entry_values

_any_unreported = Prepared(
    select(handed.c.id).where(handed.c.state == "filed", handed.c.reported_at.is_(None)).limit(1)
)


def reports_due(work: Work) -> int:
    """At the end the leader gets the before/after picture, when nobody can take the closing back any more."""
    if _any_unreported.first(work) is None:
        return 0
    rows = work.connection.execute(
        select(handed).where(handed.c.state == "filed", handed.c.reported_at.is_(None))
    ).all()
    done = 0
    for row in rows:
        entry = book.get(work, row.entry_id)
        assert entry is not None
        over = State(entry.state) is State.VOID or (
            State(entry.state) is State.CLOSED
            and entry.closed_at is not None
            and work.now >= entry.closed_at + work.world.rules.undo_within
        )
        if over:
            done += _report(work, row, entry)
    return done


def _report(work: Work, row: Row[Any], entry: Row[Any]) -> int:
    work.connection.execute(update(handed).where(handed.c.id == row.id).values(reported_at=work.now))
    if not people.actor_by_id(work, row.member_id).has(Role.CITY_LEADER):
        return 0
    values = entry_values(work, entry)
    first = _first_message(work, row)
    closed = entry.state == State.CLOSED
    return say(
        work,
        row.chat_id,
        "handed.report" if closed else "handed.void",
        {
            "number": entry.number,
            "place": values["place"],
            "measures": values["measures"],
            "closed_at": entry.closed_at.isoformat() if entry.closed_at else None,
            "reason": entry.void_reason,
        },
        reply_to=first,
        entry_id=entry.id,
        picture=pair_picture(work, entry, row.member_id) if closed else None,
        dedup=f"handed:{row.id}:report",
    )


def _first_message(work: Work, row: Row[Any]) -> int | None:
    found: int | None = work.connection.execute(
        select(messages.c.message_id)
        .where(messages.c.entry_id == row.entry_id, messages.c.chat_id == row.chat_id)
        .order_by(messages.c.message_id)
        .limit(1)
    ).scalar()
    return found
