"""市交办问题: the city's own figures of a region and week, counted from the ledger, never typed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.domain.calendar import Week
from bot.domain.entries import State
from bot.ledger.desk import Work
from bot.ledger.tables import entries, week_figures

KEYS = ("assigned", "closed", "open", "overdue")

Counted = dict[str, list[int | None]]
"""Row → [this week or now, since the first day]; 未到期 and 逾期 are what stands, not amounts."""


def count(work: Work, week: Week, region: str) -> Counted:
    """As they stand at the Friday's cut, or now while it has not come."""
    known = work.connection.execute(
        select(week_figures.c.figures).where(
            week_figures.c.key == week.key.isoformat(), week_figures.c.region == region
        )
    ).scalar()
    return dict(known) if known is not None else _counted(work, week, (region,))[region]


def keep(work: Work, week: Week, track: str) -> None:
    """Keep a track's figures as they stood at the cut: later moves change them no more."""
    regions = [region.name for region in work.world.campaign.regions_of(track)]
    dialect: Any = sqlite if work.dialect == "sqlite" else postgresql
    rows = [
        {"key": week.key.isoformat(), "region": region, "figures": figures, "at": work.now}
        for region, figures in _counted(work, week, regions).items()
    ]
    work.connection.execute(dialect.insert(week_figures).on_conflict_do_nothing(), rows)


def _counted(work: Work, week: Week, regions: Any) -> dict[str, Counted]:
    cut = min(week.end, work.now)
    counted = or_(entries.c.state != State.VOID.value, entries.c.closed_at.is_not(None))
    stands = and_(
        entries.c.assigned_at < cut,
        or_(entries.c.closed_at.is_(None), entries.c.closed_at >= cut),
        entries.c.state.not_in([State.VOID.value, State.DEFERRED.value]),
    )
    # what was sent before the cut waits for its check and is not late
    late = and_(
        stands, entries.c.deadline < cut, or_(entries.c.submitted_at.is_(None), entries.c.submitted_at >= cut)
    )

    def how_many(condition: Any) -> Any:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    rows = work.connection.execute(
        select(
            entries.c.region,
            how_many(and_(entries.c.assigned_at >= week.start, entries.c.assigned_at < cut)),
            how_many(entries.c.assigned_at < cut),
            how_many(and_(entries.c.closed_at >= week.start, entries.c.closed_at < cut)),
            how_many(entries.c.closed_at < cut),
            how_many(and_(stands, ~late)),
            how_many(late),
        )
        .where(entries.c.region.in_(list(regions)), entries.c.assigned_at.is_not(None), counted)
        .group_by(entries.c.region)
    ).all()
    found: dict[str, Counted] = {
        region: {"assigned": [0, 0], "closed": [0, 0], "open": [0, None], "overdue": [0, None]}
        for region in regions
    }
    for region, new, all_new, done, all_done, open_, late_ in rows:
        found[region] = {
            "assigned": [int(new), int(all_new)],
            "closed": [int(done), int(all_done)],
            "open": [int(open_), None],
            "overdue": [int(late_), None],
        }
    return found
