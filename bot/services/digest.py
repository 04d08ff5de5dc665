"""The office's morning list 「未送达」: entries whose region nobody could reach (SPEC §3)."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Row, select

from bot.ledger import people
from bot.ledger.desk import Work
from bot.ledger.outbox import Priority
from bot.ledger.tables import entries
from bot.services.outgoing import say

MOST_NUMBERS = 5
"""Numbers a region's line names; the rest is counted."""


def undelivered_due(work: Work) -> int:
    """At the digest's hour, one list a day to each member of a track's office; gives how many were written.

    What could not be delivered after that hour stands in the next morning's list.
    """
    slot = datetime.combine(work.local.date(), work.world.hours.digest, work.local.tzinfo)
    if work.local < slot or work.world.hours.quiet(work.local):
        return 0
    rows = work.connection.execute(
        select(entries)
        .where(entries.c.undelivered_at.is_not(None), entries.c.undelivered_at < slot)
        .order_by(entries.c.track, entries.c.region, entries.c.id)
    ).all()
    told = 0
    for track, found in groupby(rows, key=lambda row: row.track):
        lines = [_line(region, list(of)) for region, of in groupby(found, key=lambda row: row.region)]
        for person in people.office_of(work, track):
            told += say(
                work,
                person.chat_id,
                "office.undelivered",
                {"lines": lines, "count": sum(line["count"] for line in lines)},
                dedup=f"undelivered:{track}:{slot:%Y%m%d}:{person.member_id}",
                priority=Priority.REMINDER,
            )
    return told


def _line(region: str, rows: list[Row[Any]]) -> dict[str, Any]:
    return {
        "region": region,
        "count": len(rows),
        "numbers": [row.number for row in rows[:MOST_NUMBERS]],
        "more": max(0, len(rows) - MOST_NUMBERS),
    }
