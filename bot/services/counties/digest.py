"""What is in the office's morning list 「未送达」: entries whose region nobody could reach (SPEC §3)."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Row, select

from bot.ledger.desk import Work
from bot.ledger.tables import entries

MOST_NUMBERS = 5
"""Numbers a region's line names; the rest is counted."""


def lines(work: Work, track: str, before: datetime) -> list[dict[str, Any]]:
    """A line a region of a track: what could not be delivered before an instant.

    What could not be delivered later stands in the next morning's list.
    """
    rows = work.connection.execute(
        select(entries)
        .where(
            entries.c.undelivered_at.is_not(None),
            entries.c.undelivered_at < before,
            entries.c.track == track,
        )
        .order_by(entries.c.region, entries.c.id)
    ).all()
    return [_line(region, list(of)) for region, of in groupby(rows, key=lambda row: row.region)]


def _line(region: str, rows: list[Row[Any]]) -> dict[str, Any]:
    return {
        "region": region,
        "count": len(rows),
        "numbers": [row.number for row in rows[:MOST_NUMBERS]],
        "more": max(0, len(rows) - MOST_NUMBERS),
    }
