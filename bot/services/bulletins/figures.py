"""The figures of a bulletin: what the ledger said at the cut, told anew from the event log (FORMS §4).

An entry is counted in the window in which it was found, once everybody may know of it: a draft when its
region is given, a covert one from its hand-over. Later moves change no figure of an earlier cut.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, func, or_, select

from bot.domain.bulletins import rate
from bot.domain.entries import OPEN_STATES, Mode, State, is_overdue
from bot.ledger.desk import Work
from bot.ledger.tables import entries, events, notices
from bot.services.views.places import village_for

COLUMNS: Final = (
    "found", "due", "closed", "overdue", "returned", "warnings", "open", "done", "void", "deferred",
)  # fmt: skip
"""By region. `due` and `closed`: since the first day, due by the cut, and closed of those; `found`, `done`
(closed), `returned`, `warnings`: of the window; `overdue` and `open`: as they stand."""

WARNED, UNWARNED = "warned", "warning_revoked"
"""The events of a 督办警示 that was issued on an entry, and of its 「撤销」; each names its letter."""

MOST_LISTED: Final = 200


@dataclass(frozen=True, slots=True)
class Window:
    """What is counted: found from `start` up to `cut`."""

    start: datetime
    cut: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """An entry as it stood at the cut."""

    row: Row[Any]
    state: State
    known_at: datetime
    """When it could first be counted."""
    moves: tuple[Row[Any], ...]
    """Its moves up to the cut, those undone left out; the last alone where nothing moved in the window."""
    warned: tuple[tuple[int, Row[Any]], ...] = ()
    """The letters 督办警示 that name it, those revoked left out."""
    assigned: bool = False
    """Whether the county had it by then."""

    def closed_since(self, start: datetime) -> bool:
        """Whether it is closed, and came to be so since an instant."""
        return self.state is State.CLOSED and self.moves[-1].at >= start

    def returned_since(self, start: datetime) -> int:
        """How often it was sent back 退回 since an instant."""
        return sum(move.to_state == State.RETURNED and move.at >= start for move in self.moves)

    def counts_in(self, window: Window) -> bool:
        """Whether it is one of a window's finds; a void one is none.

        Found before, but not to be known of until now, it is this window's.
        """
        if self.state is State.VOID or self.row.found_at >= window.cut:
            return False
        return bool(self.row.found_at >= window.start) or self.known_at >= window.start


class _Counted:
    """How many by column and region, and which entries stand behind each figure."""

    def __init__(self) -> None:
        self.numbers: dict[str, Counter[str]] = defaultdict(Counter)
        self.trace: dict[str, dict[str, list[str]]] = defaultdict(dict)

    def add(self, column: str, entry: Row[Any], count: int = 1) -> None:
        if count:
            self.numbers[column][entry.region] += count
            self.trace[entry.region].setdefault(column, []).append(entry.number or "")

    def in_all(self, column: str) -> int:
        return self.numbers[column].total()


def of_track(work: Work, track: str, window: Window, last: dict[str, int] | None = None) -> dict[str, Any]:
    """Everything that a bulletin of a track prints, as JSON values.

    `totals`, `last` (those of the window before), `rows` by region in the notice's order, `void` and
    `deferred` beside the rate, the lists of overdue and repeated entries, and `trace`: the numbers of the
    entries behind each figure.
    """
    standings = _standings(work, track, window)
    counted = _count(standings, window)
    regions = [region.name for region in work.world.campaign.regions_of(track)]
    found = [one for one in standings if one.counts_in(window)]
    again = [one for one in found if one.row.round > 1]
    rows = [_row(counted, region) for region in regions]
    return {
        "start": window.start.isoformat(),
        "cut": window.cut.isoformat(),
        "totals": _totals(work, track, window, counted, found),
        "last": last,
        "rows": rows,
        "void": counted.in_all("void"),
        "deferred": counted.in_all("deferred"),
        "categories": _categories(found),
        "kinds": {
            region: _categories([one for one in found if one.row.region == region])[:4] for region in regions
        },
        "overdue": _overdue(work, standings, window),
        "repeated": [_listed(work, one, window) for one in again[:MOST_LISTED]],
        "entries": [_listed(work, one, window) for one in found[:MOST_LISTED]],
        "entries_in_all": len(found),
        "letters": _letters(work, standings, window),
        "trace": {region: counted.trace[region] for region in regions if region in counted.trace},
    }


def totals_of(work: Work, track: str, window: Window) -> dict[str, int]:
    """The numbers of a window alone, for the brackets of the next one."""
    standings = _standings(work, track, window)
    found = [one for one in standings if one.counts_in(window)]
    return _totals(work, track, window, _count(standings, window), found)


# --- entries as they stood ----------------------------------------------------------------------------


_COLUMNS: Final = [
    entries.c[name]
    for name in (
        "id", "number", "region", "township", "village", "group_key", "filer_id", "source", "mode", "by_hand",
        "category", "deadline", "round", "found_at", "created_at", "assigned_at", "handed_over_at",
    )
]  # fmt: skip
"""What is read of an entry: thousands are, and most of what they hold is in no figure."""


def _standings(work: Work, track: str, window: Window) -> list[Standing]:
    moves, warned = _log(work, track, window)
    rows = work.connection.execute(
        select(*_COLUMNS)
        .where(
            entries.c.track == track,
            entries.c.kind == "issue",
            entries.c.region.is_not(None),
            or_(entries.c.mode != Mode.COVERT.value, entries.c.handed_over_at < window.cut),
        )
        .order_by(entries.c.found_at, entries.c.id)
    ).all()
    found = []
    for row in rows:
        made = moves.get(row.id, [])
        state = State(made[-1].to_state) if made else State.DRAFT
        if state is not State.DRAFT:
            letters = tuple(warned[row.id].items()) if row.id in warned else ()
            kept = tuple(_not_undone(made))
            owed = _was_assigned(row, state, kept, window.cut)
            found.append(Standing(row, state, _known_at(row, made), kept, letters, owed))
    return found


def _was_assigned(row: Row[Any], state: State, moves: Sequence[Any], cut: datetime) -> bool:
    if state in (*OPEN_STATES, State.SUBMITTED, State.DEFERRED):
        return True
    earlier: bool = row.assigned_at is not None and row.assigned_at < cut
    return earlier or any(move.to_state == State.ASSIGNED for move in moves)


def _log(work: Work, track: str, window: Window) -> tuple[dict[int, list[Any]], dict[int, dict[int, Any]]]:
    """Moves before the cut, and letters: all of what moved in the window, the last move of the rest."""
    of_track = (entries.c.track == track, entries.c.kind == "issue", events.c.at < window.cut)
    kinds = or_(events.c.to_state.is_not(None), events.c.kind.in_((WARNED, UNWARNED)))
    fields = (events.c.entry_id, events.c.at, events.c.kind, events.c.to_state, events.c.data)
    joined = events.join(entries, entries.c.id == events.c.entry_id)
    last = (
        select(func.max(events.c.id))
        .select_from(joined)
        .where(*of_track, events.c.to_state.is_not(None))
        .group_by(events.c.entry_id)
    )
    moved = select(events.c.entry_id).select_from(joined).where(*of_track, kinds, events.c.at >= window.start)
    moves: dict[int, list[Any]] = {}
    for move in work.connection.execute(select(*fields[:4]).where(events.c.id.in_(last))):
        moves[move.entry_id] = [move]
    recent: dict[int, list[Any]] = defaultdict(list)
    warned: dict[int, dict[int, Any]] = defaultdict(dict)
    for event in work.connection.execute(
        select(*fields)
        .where(events.c.entry_id.in_(moved), events.c.at < window.cut, kinds)
        .order_by(events.c.id)
    ):
        if event.kind == WARNED:
            warned[event.entry_id][event.data["warning"]] = event
        elif event.kind == UNWARNED:
            warned[event.entry_id].pop(event.data["warning"], None)
        if event.to_state is not None:
            recent[event.entry_id].append(event)
    return moves | recent, warned


def _known_at(row: Row[Any], moves: Sequence[Row[Any]]) -> datetime:
    # of what moved before the window alone the last move was read: it is before the window all the same
    first: datetime = next(move.at for move in moves if move.to_state != State.DRAFT)
    return max(first, row.handed_over_at) if row.mode == Mode.COVERT else first


def _not_undone(moves: Iterable[Row[Any]]) -> list[Row[Any]]:
    """The moves that stood: a 「撤销」 takes the one before it back."""
    kept: list[Row[Any]] = []
    for move in moves:
        if move.kind == "undone" and len(kept) > 1:
            kept.pop()
        else:
            kept.append(move)
    return kept


def _count(standings: Sequence[Standing], window: Window) -> _Counted:
    counted = _Counted()
    letters: set[tuple[str, int]] = set()  # a letter that names several entries is one
    for one in standings:
        row, state = one.row, one.state
        late = is_overdue(state, row.deadline, window.cut)
        if one.counts_in(window):
            counted.add("found", row)
        if row.deadline is not None and row.deadline <= window.cut and one.assigned:
            counted.add({State.VOID: "void", State.DEFERRED: "deferred"}.get(state, "due"), row)
            counted.add("closed", row, int(state is State.CLOSED))
        counted.add("overdue", row, int(late))
        counted.add("open", row, int(state in (*OPEN_STATES, State.FILED, State.SUBMITTED) and not late))
        counted.add("done", row, int(one.closed_since(window.start)))
        counted.add("returned", row, one.returned_since(window.start))
        fresh = {(row.region, letter) for letter, event in one.warned if event.at >= window.start} - letters
        counted.add("warnings", row, len(fresh))
        letters |= fresh
    return counted


def _row(counted: _Counted, region: str) -> dict[str, Any]:
    values: dict[str, Any] = {name: counted.numbers[name][region] for name in COLUMNS}
    return {"region": region, **values, "rate": rate(values["closed"], values["due"])}


# --- the numbers of the page --------------------------------------------------------------------------


def _totals(
    work: Work, track: str, window: Window, counted: _Counted, found: Sequence[Standing]
) -> dict[str, int]:
    places = [*(one.row for one in found), *_visits(work, track, window)]
    today = work.world.campaign.today
    return {
        "teams": len({(row.group_key, today(row.found_at)) for row in places if row.group_key}),
        "townships": len({(row.region, row.township) for row in places if row.township}),
        "villages": len({(row.region, row.township, row.village) for row in places if row.village}),
        "spots": len(places),
        "found": counted.in_all("found"),
        "done": counted.in_all("done"),
        "due": counted.in_all("due"),
        "closed": counted.in_all("closed"),
        "open": counted.in_all("open"),
        "overdue": counted.in_all("overdue"),
        "returned": counted.in_all("returned"),
        "notices": _notices(work, track, window),
        "warnings": counted.in_all("warnings"),
    }


def _visits(work: Work, track: str, window: Window) -> Sequence[Row[Any]]:
    """走访记录 of a window: clean places count for where one was; covert ones are nobody's to know."""
    return work.connection.execute(
        select(entries).where(
            entries.c.track == track,
            entries.c.kind == "visit",
            entries.c.region.is_not(None),
            entries.c.found_at >= window.start,
            entries.c.found_at < window.cut,
            entries.c.state.not_in([State.DRAFT.value, State.VOID.value]),
            entries.c.mode != Mode.COVERT.value,
        )
    ).all()


def _notices(work: Work, track: str, window: Window) -> int:
    regions = [region.name for region in work.world.campaign.regions_of(track)]
    count: int = work.connection.execute(
        select(func.count())
        .select_from(notices)
        .where(notices.c.region.in_(regions), notices.c.at >= window.start, notices.c.at < window.cut)
    ).scalar_one()
    return count


def _categories(found: Sequence[Standing]) -> list[list[Any]]:
    """Main categories with their counts, the most frequent first."""
    main = Counter((one.row.category or "other").split(".")[0] for one in found)
    return [[key, count] for key, count in main.most_common()]


def _overdue(work: Work, standings: Sequence[Standing], window: Window) -> list[dict[str, Any]]:
    late = [one for one in standings if is_overdue(one.state, one.row.deadline, window.cut)]
    listed = [_listed(work, one, window) for one in late]
    order = {region.name: rank for rank, region in enumerate(work.world.campaign.regions)}
    return sorted(listed, key=lambda one: (order.get(one["region"], 99), -one["days"]))[:MOST_LISTED]


def _letters(work: Work, standings: Sequence[Standing], window: Window) -> list[dict[str, Any]]:
    """督办警示清单: region, day, the entries that a letter names, its term; in the notice's order."""
    local = work.world.campaign.local
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for one in standings:
        for letter, event in one.warned:
            if event.at < window.start:
                continue
            due = (event.data or {}).get("deadline")
            line = found.setdefault(
                (one.row.region, letter),
                {
                    "region": one.row.region,
                    "day": local(event.at).date().isoformat(),
                    "due": local(datetime.fromisoformat(due)).date().isoformat() if due else None,
                    "letter": letter,
                    "numbers": [],
                },
            )
            line["numbers"].append(one.row.number or "")
    order = {region.name: rank for rank, region in enumerate(work.world.campaign.regions)}
    return sorted(found.values(), key=lambda line: (order.get(line["region"], 99), line["day"]))


def _listed(work: Work, one: Standing, window: Window) -> dict[str, Any]:
    """A line of a list: number, place down to the village, kind; no spot, no words of anybody."""
    row, local = one.row, work.world.campaign.local
    late = is_overdue(one.state, row.deadline, window.cut)
    days = (local(window.cut).date() - local(row.deadline).date()).days if late else 0
    return {
        "number": row.number or "",
        "region": row.region,
        "township": row.township or "",
        "place": f"{row.township or ''}{village_for(work, row)}",
        "category": row.category,
        "deadline": local(row.deadline).date().isoformat() if row.deadline else None,
        "state": one.state.value,
        "days": max(days, 1) if late else 0,
        "rounds": row.round,
    }
