"""The rows behind 「概况」: what of the ledger a reader may see, in a scope and a window."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, select, true

from bot.domain.calendar import CampaignCalendar
from bot.domain.entries import Mode, State
from bot.domain.overview import Found, Numbers, Scope, ScopeKind, count
from bot.ledger.desk import Work
from bot.ledger.tables import entries
from bot.services import sight

_COLUMNS: Final = [
    entries.c[name]
    for name in (
        "region", "category", "state", "found_at", "assigned_at", "deadline", "proof_sent_at",
        "submitted_at", "closed_at", "returns", "round",
    )
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Span:
    """When entries were found: from `start` up to `end`; without them, ever."""

    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """The numbers of a scope, by region in the notice's order, main categories, and week by week."""

    all: Numbers
    regions: tuple[tuple[str, Numbers], ...]
    categories: tuple[tuple[str, int], ...]
    weeks: tuple[tuple[str, int, int], ...]
    """Last day (ISO), found, closed of each week of the campaign that has begun."""


def rows_of(work: Work, scope: Scope, span: Span) -> Sequence[Any]:
    """Entries in a scope that the actor may see; drafts and hidden ones are in no number."""
    return work.connection.execute(
        select(*_COLUMNS).where(
            sight.visible(work),
            ~sight.hidden,
            entries.c.kind == "issue",
            entries.c.region.is_not(None),
            entries.c.state != State.DRAFT.value,
            _within(work, scope),
            *(() if span.start is None else (entries.c.found_at >= span.start,)),
            *(() if span.end is None else (entries.c.found_at < span.end,)),
        )
    ).all()


def _within(work: Work, scope: Scope) -> ColumnElement[bool]:
    match scope.kind:
        case ScopeKind.TRACK:
            return entries.c.track == scope.key
        case ScopeKind.GROUP:
            # whose covert visit it was is told by no number either
            return and_(entries.c.group_key == scope.key, sight.told_of(work.actor))
        case ScopeKind.REGION:
            return entries.c.region == scope.key
        case ScopeKind.CAMPAIGN:
            return true()


def counted(work: Work, scope: Scope, span: Span, calendar: CampaignCalendar) -> Counted:
    """Everything that the card of a scope shows."""
    rows = rows_of(work, scope, span)
    found = [(row, _found(row)) for row in rows]
    grace = work.world.deadlines.grace
    order = [region.name for region in work.world.campaign.regions]
    of_region: dict[str, list[Found]] = {}
    for row, one in found:
        of_region.setdefault(row.region, []).append(one)
    kept = [row for row, one in found if one.state is not State.VOID]
    main = Counter((row.category or "other").partition(".")[0] for row in kept)
    return Counted(
        all=count((one for _, one in found), work.now, grace),
        regions=tuple((name, count(of_region[name], work.now, grace)) for name in order if name in of_region),
        categories=tuple(main.most_common()),
        weeks=_weeks(kept, calendar, work.now),
    )


def _found(row: Any) -> Found:
    return Found(
        state=State(row.state),
        found_at=row.found_at,
        assigned_at=row.assigned_at,
        deadline=row.deadline,
        proof_at=row.proof_sent_at,
        answered=row.submitted_at is not None or row.returns > 0,
        closed_at=row.closed_at,
        returns=row.returns,
        round=row.round,
    )


def _weeks(
    kept: Sequence[Any], calendar: CampaignCalendar, now: datetime
) -> tuple[tuple[str, int, int], ...]:
    found, closed = Counter[int](), Counter[int]()
    for row in kept:
        if (week := calendar.week_of(row.found_at)) is not None:
            found[week.number] += 1
        if row.state == State.CLOSED and row.closed_at and (week := calendar.week_of(row.closed_at)):
            closed[week.number] += 1
    return tuple(
        (week.last_day.isoformat(), found[week.number], closed[week.number])
        for week in calendar.weeks
        if week.start <= now
    )


def visited(work: Work, regions: Sequence[str], span: Span) -> Sequence[Any]:
    """Where the groups were, openly: region, township, village and the newest time there.

    Covert visits 暗访 are in no coverage: when and where they were is nobody's to know.
    """
    return work.connection.execute(
        select(
            entries.c.region,
            entries.c.township,
            entries.c.village,
            func.max(entries.c.found_at).label("last_at"),
        )
        .where(
            entries.c.region.in_(list(regions)),
            entries.c.township.is_not(None),
            entries.c.group_key.is_not(None),
            entries.c.mode == Mode.OPEN.value,
            entries.c.state.not_in([State.DRAFT.value, State.VOID.value]),
            *(() if span.start is None else (entries.c.found_at >= span.start,)),
            *(() if span.end is None else (entries.c.found_at < span.end,)),
        )
        .group_by(entries.c.region, entries.c.township, entries.c.village)
    ).all()
