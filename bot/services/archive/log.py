"""The event log 办理记录 of an archive: hash-chained, with what must not be told held back by its hash.

A row stands whole, with its salt, or with its id and hash alone: no word in it is changed, so that every
whole row can be checked against the row before, whoever reads it. The salt keeps what is held back from
being guessed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson
from sqlalchemy import Row, func, select

from bot.domain.entries import Mode, Source
from bot.ledger import events as book
from bot.ledger import export as exports
from bot.ledger.desk import Work
from bot.ledger.tables import entries, events
from bot.services.archive.entries import said
from bot.services.looking import export, history

PUBLIC: Final = history.MOVES | history.REQUESTS | history.LETTERS | {"opened", "filed", "imported"}
"""Kinds of events about an entry that an archive tells whole; of `history.OWN` the county's."""

HOUSE: Final = frozenset(
    {
        "exported", "archived", "score_locked", "score_published",
        "invited", "invitation_revoked", "joined", "red_lines", "left", "removed", "lent", "lending_ended",
    }
)  # fmt: skip
"""Kinds about no entry that it tells."""

BULLETINS: Final = ("published", "withdrawn", "superseded")
"""Stages of a bulletin that everybody knows of."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the log: `whole` is what its hash covers, None where it is held back."""

    id: int
    hash: str
    whole: Mapping[str, Any] | None
    number: str | None
    fits: bool


def count(work: Work) -> int:
    """How many events there are."""
    return int(work.connection.execute(select(func.count()).select_from(events)).scalar_one())


_query = select(
    events,
    entries.c.number,
    entries.c.source,
    entries.c.mode,
    entries.c.group_key,
    entries.c.handed_over_at,
    entries.c.state.label("entry_state"),
    entries.c.identity_open,
).select_from(events.outerjoin(entries, entries.c.id == events.c.entry_id))


def lines(work: Work, page: int = 500) -> Iterator[Line]:
    """Every event, oldest first."""
    hidden = frozenset(exports.hidden_entries(work))
    after, previous = 0, book.GENESIS
    while rows := work.connection.execute(
        _query.where(events.c.id > after).order_by(events.c.id).limit(page)
    ).all():
        for row in rows:
            covered = book.covered(row)
            told = _may_be_told(work, row, hidden)
            fits = book.link(previous, covered) == row.hash
            yield Line(row.id, row.hash, covered if told else None, row.number if told else None, fits)
            previous = row.hash
        after = rows[-1].id


def _may_be_told(work: Work, row: Row[Any], hidden: frozenset[int]) -> bool:
    if row.entry_id is None:
        return _of_the_house(work, row, hidden)
    if row.entry_id in hidden or row.entry_state == "draft":
        return False
    county = row.body.startswith(("region:", "township:"))
    if row.kind not in PUBLIC and not (row.kind in history.OWN and county):
        return False
    if row.mode == Mode.COVERT and (
        row.handed_over_at is None or row.at < row.handed_over_at or row.body.startswith("group:")
    ):
        return False
    if row.source == Source.PUBLIC and not county and _says_something(row.data):
        return False  # the office's words may be the caller's
    if (row.data or {}).get("number", row.number) != row.number:
        return False  # a number that was spent before hand-over
    return _unchanged(work, row.data, hidden)


def _of_the_house(work: Work, row: Row[Any], hidden: frozenset[int]) -> bool:
    stage = (row.data or {}).get("to")
    out = row.kind in HOUSE or ("bulletin" in (row.data or {}) and stage in BULLETINS)
    out = out and not export.of_hidden(row.kind, row.data)
    return out and _unchanged(work, row.data, hidden)


def _says_something(data: Any) -> bool:
    return any((data or {}).get(key) for key in ("words", "text", "offered", "reason"))


NAMES_AN_ENTRY: Final = frozenset(
    {"entry", "entries", "other", "others", "with", "into", "of", "from", "chain", "linked", "duplicate_of"}
)


def _unchanged(work: Work, data: Any, hidden: frozenset[int]) -> bool:
    """Whether an event's data may stand as it is: no number of a person, no hidden entry, no measure."""
    if data is None:
        return True
    words = orjson.dumps(data).decode()
    return said(work, words) == words and not _names_hidden(data, hidden)


def _names_hidden(data: Any, hidden: frozenset[int], key: str = "") -> bool:
    match data:
        case dict():
            return any(_names_hidden(value, hidden, name) for name, value in data.items())
        case list():
            return any(_names_hidden(value, hidden, key) for value in data)
        case int() if not isinstance(data, bool):
            return key in NAMES_AN_ENTRY and data in hidden
        case _:
            return False
