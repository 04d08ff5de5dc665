"""Who owes what for a ten-day period: reports of the groups, marks of everybody who marks (SPEC §3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from bot.domain.calendar import Period
from bot.domain.campaign import Group
from bot.domain.duties import Duty
from bot.ledger import reports
from bot.ledger.desk import Work
from bot.services.duties import days
from bot.services.scoring import marking, windows

DUTY = Duty.TEN_DAY.value
OVERSIGHT = "oversight"
"""市「敢转争」督导组, as an owner of marks."""


@dataclass(frozen=True, slots=True)
class Report:
    """A group's report of a period as it stands; `sent_at` is 「上报」."""

    group: str
    period: Period
    due: datetime
    id: int = 0
    revision: int = 0
    texts: Mapping[str, str] = field(default_factory=dict)
    file: Mapping[str, Any] | None = None
    """The changed .docx that takes the draft's place: `file_id`, `name`."""
    sent_at: datetime | None = None

    @property
    def state(self) -> str:
        """`on_time`, `late` or `missing`."""
        if self.sent_at is None:
            return "missing"
        return "on_time" if self.sent_at <= self.due else "late"


@dataclass(frozen=True, slots=True)
class Owed:
    """What a body owes for a period: `report`, `marks`."""

    owner: str
    title: str
    lacks: tuple[str, ...]


def groups_of(work: Work, track: str) -> list[Group]:
    """The groups that report for a track: the regional and topic ones."""
    return [group for group in work.world.campaign.groups if group.track == track and not group.covert]


def due_of(work: Work, period: Period, track: str) -> datetime:
    """When a period's reports of a track are due, as moved."""
    return days.timetable(work).ten_day(period, track).due


def get(work: Work, period: Period, group: str) -> Report:
    """A group's report of a period; an empty one where nothing was handed in."""
    track = work.world.campaign.group(group).track
    row = reports.of_owner(work, DUTY, period.key.isoformat(), group)
    return _report(row, period, group, due_of(work, period, track))


def _report(row: Row[Any] | None, period: Period, group: str, due: datetime) -> Report:
    if row is None:
        return Report(group, period, due)
    return Report(
        group, period, due, row.id, row.revision, dict(row.texts or {}), row.pending or None, row.table_at
    )


def of_period(work: Work, period: Period, track: str) -> list[Report]:
    """The reports of a track's groups, in the order of their numbers."""
    rows = reports.of_track(work, DUTY, period.key.isoformat(), track)
    due = due_of(work, period, track)
    return [_report(rows.get(group.key), period, group.key, due) for group in groups_of(work, track)]


def write(work: Work, report: Report) -> int:
    """Write a report as it stands now; gives its id."""
    values = {
        "revision": report.revision,
        "texts": dict(report.texts) or None,
        "pending": dict(report.file) if report.file else None,
        "table_at": report.sent_at,
    }
    track = work.world.campaign.group(report.group).track
    key = report.period.key.isoformat()
    return reports.write(work, report.id, values, duty=DUTY, key=key, track=track, owner=report.group)


def markers(work: Work, period: Period, track: str) -> Sequence[marking.Marker]:
    """Everybody who is to mark a track's period."""
    return marking.markers(work, track, windows.of_period(period))


def owed(work: Work, period: Period, track: str) -> list[Owed]:
    """Who has not handed in everything, and what: the groups, 暗访组, 市「敢转争」督导组."""
    unmarked = {one.body: one for one in markers(work, period, track) if not one.done}
    found = []
    for report in of_period(work, period, track):
        lacks = ["report"] if report.sent_at is None else []
        if f"group:{report.group}" in unmarked:
            lacks.append("marks")
        if lacks:
            title = work.world.campaign.group_title(report.group)
            found.append(Owed(report.group, title, tuple(lacks)))
    reporting = {f"group:{group.key}" for group in groups_of(work, track)}
    for body, one in unmarked.items():
        if body not in reporting:
            found.append(Owed(body.removeprefix("group:"), one.title, ("marks",)))
    return found


def period_of_key(work: Work, key: str) -> Period | None:
    """The period of a stored key."""
    return next((one for one in days.timetable(work).calendar.periods if one.key.isoformat() == key), None)


def printed(work: Work, period: Period) -> dict[str, Any]:
    """A period's label and dates for the words."""
    return {
        "label": period.label,
        "key": period.key.isoformat(),
        "first": period.first_day.isoformat(),
        "last": period.last_day.isoformat(),
    }


def current_period(work: Work, track: str) -> Period:
    """The period whose reports were last asked for; the first one before that."""
    timetable = days.timetable(work)
    asked = [
        period
        for period in timetable.calendar.periods
        if timetable.asked_at(timetable.ten_day(period, track)) <= work.now
    ]
    return asked[-1] if asked else timetable.calendar.periods[0]
