"""What was found on a chain 问题链: rectified or not, at the place or by picture, in the order of time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, select

from bot.domain.entries import PICTURE_REASONS
from bot.ledger.desk import Work
from bot.ledger.tables import entries, events

KINDS: Final = ("returned", "revisit", "revisited", "closed", "fixed", "undone")


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: whether the work was found done, whether at the place, and which event says so."""

    at: datetime
    entry_id: int
    done: bool
    site: bool
    event_id: int
    kind: str


def chain_ids(work: Work, row: Row[Any]) -> list[int]:
    """Every entry of an entry's chain, whoever may see it; alone where there is none."""
    if row.chain_id is None:
        return [row.id]
    return list(
        work.connection.execute(select(entries.c.id).where(entries.c.chain_id == row.chain_id)).scalars()
    )


def of(work: Work, ids: Iterable[int]) -> list[Finding]:
    """The checks of these entries, oldest first; without what was taken back, and returns for the picture."""
    rows = work.connection.execute(
        select(events.c.id, events.c.entry_id, events.c.at, events.c.kind, events.c.from_state, events.c.data)
        .where(events.c.entry_id.in_(list(ids)), events.c.kind.in_(KINDS))
        .order_by(events.c.id)
    ).all()
    found: list[Finding | None] = []
    last: dict[int, int] = {}  # entry → where its latest move stands in `found`
    for row in rows:
        data = row.data or {}
        if row.kind == "undone":
            if row.from_state in ("returned", "closed") and row.entry_id in last:
                found[last.pop(row.entry_id)] = None
            continue
        if row.kind in ("returned", "closed"):
            last[row.entry_id] = len(found)
        picture = row.kind == "returned" and data.get("reason") in PICTURE_REASONS
        found.append(None if picture else _finding(row, data))
    return [one for one in found if one is not None]


def _finding(row: Any, data: dict[str, Any]) -> Finding:
    done = row.kind in ("revisited", "closed", "fixed")
    site = row.kind in ("revisit", "revisited", "fixed") or data.get("how") == "site"
    return Finding(row.at, row.entry_id, done, site, row.id, row.kind)
