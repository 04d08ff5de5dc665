"""The first part of a 跟踪问效月报: the inspection groups as units, never a person (SPEC §6).

What is covert and was not handed over by the cut is in none of the numbers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, and_, or_, select

from bot.domain.campaign import Group, GroupKind
from bot.domain.deadlines import in_time
from bot.domain.entries import Mode, State
from bot.ledger.desk import Work
from bot.ledger.tables import entries, events, score_items, score_objections
from bot.services.bulletins.figures import Window
from bot.services.duties import days
from bot.services.tenday import standing

_SITE: Final = frozenset({"revisit", "revisited", "fixed", "verified"})
"""Events of somebody who stood at the place."""
_CHECKS: Final = frozenset({"closed", "returned"})
_OWN_MISTAKES: Final = ("withdrawn", "merged", "secret")
"""What made an entry void without anybody's having found it wrong: it was taken back, joined, not kept."""
_DAY: Final = 86_400

_COLUMNS: Final = [
    entries.c[name]
    for name in (
        "id", "kind", "state", "group_key", "region", "township", "village", "found_at", "deadline",
        "proof_sent_at", "closed_at", "void_reason",
    )
]  # fmt: skip
"""What is read of an entry: thousands are, and most of what they hold is in no number."""

Place = tuple[str, str]
"""Region, township."""


@dataclass(slots=True)
class _Seen:
    """What one group did in a window."""

    days: set[Any] = field(default_factory=set)
    townships: set[Place] = field(default_factory=set)
    villages: set[tuple[str, str, str]] = field(default_factory=set)
    spots: int = 0
    found: int = 0
    voided: int = 0
    due: int = 0
    on_time: int = 0
    checks: int = 0
    on_site: int = 0
    waits: list[float] = field(default_factory=list)
    """Seconds from proof to check."""


def of_track(work: Work, track: str, window: Window) -> list[dict[str, Any]]:
    """A row for each of a track's groups, in the order of their numbers, as JSON values."""
    seen: dict[str, _Seen] = defaultdict(_Seen)
    _places(work, window, seen)
    _outcomes(work, window, seen)
    _checks(work, window, seen)
    upheld = _upheld(work, window)
    reports = _reports(work, track, window)
    groups = [group for group in work.world.campaign.groups if group.track == track]
    return [_row(work, group, seen[group.key], upheld, reports) for group in groups]


def known(window: Window) -> ColumnElement[bool]:
    """Entries that may be counted at the cut: a covert one from its hand-over on."""
    return or_(entries.c.mode != Mode.COVERT.value, entries.c.handed_over_at < window.cut)


def _places(work: Work, window: Window, seen: Mapping[str, _Seen]) -> None:
    rows = work.connection.execute(
        select(*_COLUMNS).where(
            entries.c.group_key.is_not(None),
            or_(
                entries.c.found_at >= window.start,
                # found before, and nobody's to know until now
                and_(entries.c.mode == Mode.COVERT.value, entries.c.handed_over_at >= window.start),
            ),
            entries.c.found_at < window.cut,
            entries.c.state != State.DRAFT.value,
            known(window),
        )
    ).all()
    for row in rows:
        one = seen[row.group_key]
        if row.state == State.VOID:
            one.voided += row.kind == "issue" and row.void_reason not in _OWN_MISTAKES
            continue
        one.spots += 1
        one.found += row.kind == "issue"
        if row.found_at >= window.start:
            _was_there(work, one, row, row.found_at)


def _was_there(work: Work, one: _Seen, row: Row[Any], at: datetime) -> None:
    one.days.add(work.world.campaign.today(at))
    if row.township:
        one.townships.add((row.region, row.township))
        if row.village:
            one.villages.add((row.region, row.township, row.village))


def in_time_of(work: Work, row: Row[Any], window: Window) -> bool | None:
    """Whether an entry whose deadline fell into the window was put right in time; None: not judged yet."""
    settings = work.world.deadlines
    sent = row.proof_sent_at
    if row.state == State.CLOSED and row.closed_at < window.cut:
        return in_time(sent if sent is not None else row.closed_at, row.deadline, settings)
    if row.state == State.SUBMITTED and sent is not None and in_time(sent, row.deadline, settings):
        return None
    return False


def fallen_due(work: Work, window: Window, *where: ColumnElement[bool]) -> Sequence[Row[Any]]:
    """Entries that the counties owed and whose deadline fell into the window; 作废 and 缓办 are out."""
    return work.connection.execute(
        select(*_COLUMNS).where(
            entries.c.kind == "issue",
            entries.c.deadline >= window.start,
            entries.c.deadline < window.cut,
            entries.c.assigned_at.is_not(None),
            entries.c.state.not_in([State.DRAFT.value, State.VOID.value, State.DEFERRED.value]),
            known(window),
            *where,
        )
    ).all()


def _outcomes(work: Work, window: Window, seen: Mapping[str, _Seen]) -> None:
    for row in fallen_due(work, window, entries.c.group_key.is_not(None)):
        done = in_time_of(work, row, window)
        if done is not None:
            seen[row.group_key].due += 1
            seen[row.group_key].on_time += done


def _checks(work: Work, window: Window, seen: Mapping[str, _Seen]) -> None:
    """Decisions about proof, how long the proof waited for them, and who stood at the place."""
    touched = (
        select(events.c.entry_id)
        .where(
            events.c.at >= window.start,
            events.c.at < window.cut,
            events.c.body.like("group:%"),
            events.c.kind.in_([*_CHECKS, *_SITE]),
        )
        .distinct()
    )
    rows = {
        row.id: row
        for row in work.connection.execute(
            select(*_COLUMNS).where(
                entries.c.id.in_(touched), entries.c.state != State.DRAFT.value, known(window)
            )
        )
    }
    log = work.connection.execute(
        select(events.c.entry_id, events.c.at, events.c.kind, events.c.body, events.c.to_state, events.c.data)
        .where(events.c.entry_id.in_(touched), events.c.at < window.cut)
        .order_by(events.c.id)
    ).all()
    by_entry: dict[int, list[Any]] = defaultdict(list)
    for event in log:
        if event.entry_id in rows:
            by_entry[event.entry_id].append(event)
    for entry_id, found in by_entry.items():
        _of_entry(work, rows[entry_id], _standing_moves(found), window, seen)


def _standing_moves(log: Iterable[Any]) -> list[Any]:
    """The events that stood: 「撤销」 takes the check before it back."""
    kept: list[Any] = []
    for event in log:
        if event.kind == "undone":
            last = next((at for at in range(len(kept) - 1, -1, -1) if kept[at].to_state), None)
            if last is not None:
                kept.pop(last)
        else:
            kept.append(event)
    return kept


def _of_entry(
    work: Work, row: Row[Any], log: Sequence[Any], window: Window, seen: Mapping[str, _Seen]
) -> None:
    sent: datetime | None = None
    for event in log:
        if event.to_state == State.SUBMITTED:
            sent = event.at
        kind, _, group = event.body.partition(":")
        if kind != "group" or event.at < window.start:
            continue
        site = event.kind in _SITE or (event.data or {}).get("how") == "site"
        if event.kind in _CHECKS:
            seen[group].checks += 1
            seen[group].on_site += site
            if sent is not None:
                seen[group].waits.append((event.at - sent).total_seconds())
                sent = None
        if site:
            _was_there(work, seen[group], row, event.at)


def _upheld(work: Work, window: Window) -> dict[str, int]:
    """异议采纳 by group: objections to what the group had entered that the office granted."""
    found: dict[str, int] = defaultdict(int)
    for body in work.connection.execute(
        select(score_items.c.body)
        .select_from(score_objections.join(score_items, score_items.c.id == score_objections.c.item_id))
        .where(
            score_objections.c.state == "granted",
            score_objections.c.decided_at >= window.start,
            score_objections.c.decided_at < window.cut,
        )
    ).scalars():
        found[body.removeprefix("group:")] += 1
    return found


def _reports(work: Work, track: str, window: Window) -> dict[str, list[int]]:
    """旬报 by group: handed in on time, of those that were due in the window."""
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for period in days.timetable(work).calendar.periods:
        if window.start <= standing.due_of(work, period, track) < window.cut:
            for report in standing.of_period(work, period, track):
                found[report.group][0] += report.state == "on_time"
                found[report.group][1] += 1
    return found


def _row(
    work: Work, group: Group, one: _Seen, upheld: Mapping[str, int], reports: Mapping[str, list[int]]
) -> dict[str, Any]:
    lacking = unvisited(work, group, one.townships) if group.kind is GroupKind.REGIONAL else {}
    return {
        "group": group.name,
        "days": len(one.days),
        "townships": len(one.townships),
        "villages": len(one.villages),
        "spots": one.spots,
        "unvisited": (
            sum(len(names) for names in lacking.values()) if group.kind is GroupKind.REGIONAL else None
        ),
        "lacking": lacking,
        "found": one.found,
        "on_time": [one.on_time, one.due],
        "voided": one.voided,
        "check_days": _in_days(one.waits),
        "checks": one.checks,
        "site": [one.on_site, one.checks],
        "upheld": upheld.get(group.key, 0),
        "reports": reports.get(group.key, [0, 0]),
    }


def unvisited(work: Work, group: Group, visited: set[Place]) -> dict[str, list[str]]:
    """Region → its townships where the group was not in the window, in the places file's order."""
    known_townships = work.world.reader.gazetteer.townships
    found = {
        region: [name for name in known_townships.get(region, ()) if (region, name) not in visited]
        for region in group.regions
    }
    return {region: names for region, names in found.items() if names}


def _in_days(waits: Sequence[float]) -> str | None:
    """The median of what proof waited for its check, in days with one place."""
    return f"{median(waits) / _DAY:.1f}" if waits else None
