"""Weekly reports as the ledger keeps them: what counts, what waits to be mended, what is lacking."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Row

from bot.domain.calendar import Week
from bot.domain.duties import Duty
from bot.domain.weekly import Fault, Figure, carried_on
from bot.ledger import reports
from bot.ledger.desk import Work
from bot.services.duties import days

DUTY = Duty.WEEKLY.value


@dataclass(frozen=True, slots=True)
class Report:
    """A region's report of one week, as it stands."""

    region: str
    week: Week
    due: datetime
    id: int = 0
    revision: int = 0
    figures: Mapping[str, Figure] = field(default_factory=dict)
    pending: Mapping[str, Figure] = field(default_factory=dict)
    faults: Sequence[Fault] = ()
    pending_since: datetime | None = None
    texts: Mapping[str, str] = field(default_factory=dict)
    table_at: datetime | None = None
    summary_at: datetime | None = None
    heads: Mapping[str, str] = field(default_factory=dict)
    """filler, filler_phone, reviewer."""

    @property
    def done(self) -> bool:
        """Whether table and summary are in."""
        return self.table_at is not None and self.summary_at is not None

    @property
    def lacks(self) -> tuple[str, ...]:
        """What is still missing: `table`, `mending`, `summary`."""
        found = []
        if self.table_at is None:
            found.append("mending" if self.pending_since else "table")
        if self.summary_at is None:
            found.append("summary")
        return tuple(found)

    @property
    def in_at(self) -> datetime | None:
        """Since when the whole report counts as handed in."""
        if self.table_at is None or self.summary_at is None:
            return None
        return max(self.table_at, self.summary_at)

    @property
    def state(self) -> str:
        """`on_time`, `late`, `mending` 已收·待更正, `partly`, or `missing`."""
        at = self.in_at
        if at is not None:
            return "on_time" if at <= self.due else "late"
        if self.pending_since is not None and self.table_at is None:
            return "mending"
        return "partly" if self.revision else "missing"


def _report(row: Row[Any] | None, region: str, week: Week, due: datetime) -> Report:
    if row is None:
        return Report(region, week, due)
    return Report(
        region,
        week,
        due,
        row.id,
        row.revision,
        figures_of(row.figures),
        figures_of(row.pending),
        tuple(_fault(one) for one in row.faults or ()),
        row.pending_since,
        dict(row.texts or {}),
        row.table_at,
        row.summary_at,
        dict(row.heads or {}),
    )


def get(work: Work, week: Week, region: str) -> Report:
    """A region's report of a week; an empty one where nothing came."""
    row = reports.of_owner(work, DUTY, week.key.isoformat(), region)
    return _report(row, region, week, due_of(work, week, work.world.campaign.region(region).track))


def due_of(work: Work, week: Week, track: str) -> datetime:
    """When a week's reports of a track are due, as moved."""
    return days.timetable(work).weekly(week, track).due


def of_week(work: Work, week: Week, track: str) -> list[Report]:
    """All reports of a track's week, in the notice's order, missing ones included."""
    rows = reports.of_track(work, DUTY, week.key.isoformat(), track)
    due = due_of(work, week, track)
    return [
        _report(rows.get(region.name), region.name, week, due)
        for region in work.world.campaign.regions_of(track)
    ]


def write(work: Work, report: Report) -> int:
    """Write a report as it stands now; gives its id."""
    values = {
        "revision": report.revision,
        "figures": figures_values(report.figures) or None,
        "pending": figures_values(report.pending) or None,
        "faults": [fault_values(one) for one in report.faults] or None,
        "pending_since": report.pending_since,
        "texts": dict(report.texts) or None,
        "heads": dict(report.heads) or None,
        "table_at": report.table_at,
        "summary_at": report.summary_at,
    }
    track = work.world.campaign.region(report.region).track
    key = report.week.key.isoformat()
    return reports.write(work, report.id, values, duty=DUTY, key=key, track=track, owner=report.region)


# --- weeks --------------------------------------------------------------------------------------------


def current_week(work: Work, track: str) -> Week:
    """The week that was last asked for: from the eve of its report on; the first one before that."""
    timetable = days.timetable(work)
    weeks = timetable.calendar.weeks
    asked = [week for week in weeks if timetable.asked_at(timetable.weekly(week, track)) <= work.now]
    return asked[-1] if asked else weeks[0]


def wanted_week(work: Work, region: str) -> Week:
    """The week that what a region sends now belongs to, when it does not say itself.

    The one last asked for; the next one when that is complete and its bulletin is out.
    """
    track = work.world.campaign.region(region).track
    week = current_week(work, track)
    timetable = days.timetable(work)
    follows = following(work, week)
    if (
        follows is not None
        and get(work, week, region).done
        and timetable.weekly_bulletin(week, track).due <= work.now
    ):
        return follows
    return week


def following(work: Work, week: Week) -> Week | None:
    """The week after a week."""
    weeks = days.timetable(work).calendar.weeks
    return weeks[week.number] if week.number < len(weeks) else None


def preceding(work: Work, week: Week) -> Week | None:
    """The week before a week."""
    return days.timetable(work).calendar.weeks[week.number - 2] if week.number > 1 else None


def week_of_key(work: Work, key: str) -> Week | None:
    """The week of a stored key."""
    try:
        return days.timetable(work).calendar.week(date.fromisoformat(key))
    except ValueError:
        return None


# --- figures ------------------------------------------------------------------------------------------


def before(work: Work, week: Week, region: str) -> list[dict[str, Figure]]:
    """The figures that counted in the weeks before, oldest first."""
    rows = reports.figures_before(work, DUTY, week.key.isoformat(), region)
    return [figures_of(one) for one in rows]


def last_heads(work: Work, week: Week, region: str) -> dict[str, str]:
    """Who filled in and looked at the last report before a week's."""
    return reports.heads_before(work, DUTY, week.key.isoformat(), region)


def totals(work: Work, week: Week, region: str) -> dict[str, tuple[Figure, ...]]:
    """累计 before a week."""
    track = work.world.campaign.region(region).track
    return carried_on(work.world.weekly, track, before(work, week, region))


def figures_of(stored: Mapping[str, Sequence[str]] | None) -> dict[str, Figure]:
    """Figures as they are stored → figures."""
    return {key: Figure(Decimal(value), unit) for key, (value, unit) in (stored or {}).items()}


def figures_values(figures: Mapping[str, Figure]) -> dict[str, list[str]]:
    """Figures → as they are stored."""
    return {key: [figure.text, figure.unit] for key, figure in figures.items()}


def fault_values(fault: Fault) -> dict[str, Any]:
    """A fault → as it is stored and said."""
    return {
        "cell": fault.cell,
        "label": fault.label,
        "value": fault.value,
        "why": fault.why,
        "units": list(fault.units),
    }


def _fault(stored: Mapping[str, Any]) -> Fault:
    return Fault(stored["cell"], stored["label"], stored["value"], stored["why"], tuple(stored["units"]))


def lacking(work: Work, week: Week, track: str) -> dict[str, tuple[str, ...]]:
    """Regions of a track that have not handed in, and what each lacks."""
    return {report.region: report.lacks for report in of_week(work, week, track) if not report.done}


def printed(work: Work, week: Week) -> dict[str, Any]:
    """A week's number and dates for the words."""
    local = work.world.campaign.local
    end = week.end - timedelta(seconds=1) if week.last else week.end
    return {
        "number": week.number,
        "key": week.key.isoformat(),
        "start": local(week.start).isoformat(),
        "end": local(end).isoformat(),
        "last": week.last,
    }


def regions_of_actor(work: Work, names: Iterable[str] | None = None) -> tuple[str, ...]:
    """The regions the actor reports for."""
    mine = work.actor.regions()
    return tuple(name for name in mine if names is None or name in set(names))
