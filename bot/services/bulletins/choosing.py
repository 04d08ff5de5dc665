"""Which pictures a bulletin may show, and which photo before belongs to which after (SPEC §6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, and_, or_, select

from bot.domain.bulletins import INDOORS, PRIVATE_CATEGORIES, PRIVATE_PLACES
from bot.domain.entries import Mode, Source, State
from bot.ledger import entries as entry_book
from bot.ledger.desk import Work
from bot.ledger.tables import entries
from bot.services.bulletins import book
from bot.services.field.visits import GOOD
from bot.services.views.places import village_for

MOST: Final = 6
"""Pairs in one bulletin: a page holds two."""
OWED: Final = (State.ASSIGNED.value, State.ACKNOWLEDGED.value, State.RETURNED.value)


def offered(work: Work, row: Row[Any]) -> list[Row[Any]]:
    """What may be shown: what was closed in the window first, then what is late, what else was found in it.

    Good places 「列入好的做法」 come last. None of 庭院, 厕所, indoors; none that a caller reported, nothing
    covert (red line (b)), nothing void.
    """
    window = book.issue_of(work, row).window
    closed = and_(entries.c.state == State.CLOSED.value, entries.c.closed_at >= window.start)
    late = and_(entries.c.state.in_(OWED), entries.c.deadline < window.cut)
    good = and_(entries.c.kind == "visit", entries.c.note == GOOD, entries.c.found_at >= window.start)
    issue = and_(entries.c.kind == "issue", or_(entries.c.found_at >= window.start, closed, late))
    rows = work.connection.execute(
        select(entries)
        .where(
            entries.c.track == row.track,
            entries.c.found_at < window.cut,
            or_(issue, good),
            *_showable(),
        )
        .order_by(entries.c.found_at, entries.c.id)
    ).all()
    kept = [one for one in rows if not _private(one) and pair(work, one) is not None]
    return sorted(kept, key=lambda one: _rank(one, window.cut))


def _rank(entry: Row[Any], cut: Any) -> int:
    if entry.kind == "visit":
        return 3
    if entry.state == State.CLOSED:
        return 0
    return 1 if entry.state in OWED and entry.deadline is not None and entry.deadline < cut else 2


def _showable() -> tuple[ColumnElement[bool], ...]:
    return (
        entries.c.region.is_not(None),
        entries.c.mode == Mode.OPEN.value,
        entries.c.source != Source.PUBLIC.value,
        or_(
            entries.c.kind == "visit",
            entries.c.state.not_in([State.DRAFT.value, State.FILED.value]),
        ),
        entries.c.state != State.VOID.value,
    )


def unusable(work: Work, row: Row[Any]) -> list[dict[str, Any]]:
    """The chosen pictures that may not be shown any more: voided, moved, found to be private."""
    chosen = {one["entry"]: one for one in row.content["pictures"]}
    if not chosen:
        return []
    found = work.connection.execute(
        select(entries).where(entries.c.id.in_(chosen), entries.c.track == row.track, *_showable())
    ).all()
    good = {one.id for one in found if not _private(one) and _as_chosen(work, one, chosen[one.id])}
    return [one for key, one in chosen.items() if key not in good]


def _as_chosen(work: Work, entry: Row[Any], chosen: dict[str, Any]) -> bool:
    """Whether the photos are still the entry's own, its place as written, what is shown as done done."""
    ids = {one.id for one in (*before_of(work, entry), *after_of(work, entry))}
    wanted = {chosen[which] for which in ("before", "after") if chosen[which] is not None}
    return wanted <= ids and place_of(work, entry) == chosen["place"]


def _private(entry: Row[Any]) -> bool:
    words = f"{entry.spot or ''}{entry.description}{entry.public_text or ''}"
    return (
        (entry.category or "").split(".")[0] in PRIVATE_CATEGORIES
        or (entry.place_type or "") in PRIVATE_PLACES
        or any(word in words for word in INDOORS)
    )


# --- photos -------------------------------------------------------------------------------------------


def before_of(work: Work, entry: Row[Any]) -> list[Row[Any]]:
    """The photos of the find that are stored."""
    return [one for one in entry_book.photos_of(work, entry.id, "before") if one.state == "stored"]


def after_of(work: Work, entry: Row[Any]) -> list[Row[Any]]:
    """The photos of the accepted proof; none before it is closed: what was refused is not shown as done."""
    if entry.state != State.CLOSED:
        return []
    return [one for one in entry_book.proof_photos(work, entry.id) if one.state == "stored"]


def pair(work: Work, entry: Row[Any], before: int = 0, after: int | None = None) -> dict[str, Any] | None:
    """A pair as a bulletin keeps it; None while no photo of the find is stored.

    Without `after` it is the first one held as the one before was, upright or across.
    """
    firsts, seconds = before_of(work, entry), after_of(work, entry)
    if not firsts:
        return None
    first = firsts[before % len(firsts)]
    at = _alike(first, seconds) if after is None else after
    return {
        "entry": entry.id,
        "number": entry.number or "",
        "kind": entry.kind,
        "place": place_of(work, entry),
        "region": entry.region,
        "category": entry.category,
        "before": first.id,
        "after": seconds[at % len(seconds)].id if seconds else None,
    }


def place_of(work: Work, entry: Row[Any]) -> str:
    """Region, township and, where it is one of the list, village."""
    return f"{entry.region}{entry.township or ''}{village_for(work, entry)}"


def _alike(first: Row[Any], seconds: Sequence[Row[Any]]) -> int:
    upright = _upright(first)
    return next((at for at, one in enumerate(seconds) if _upright(one) == upright), 0)


def _upright(photo: Row[Any]) -> bool | None:
    return None if not photo.width or not photo.height else bool(photo.height > photo.width)
