"""The month's report as the ledger keeps it: its window, its figures, its words, when it went."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Final

from bot.domain.calendar import Month
from bot.domain.duties import Duty, Timetable
from bot.ledger import events, reports
from bot.ledger.desk import Work
from bot.services.bulletins.figures import Window
from bot.services.duties import days
from bot.services.monthreport import groups, regions
from bot.services.refusals import NoSuchEntry, ReportNotNow

DUTY: Final = Duty.MONTHLY.value
OWNER: Final = "oversight"
TRACKS: Final = "*"
"""In place of a track: the report is about all of them."""


@dataclass(frozen=True, slots=True)
class Issue:
    """What a month's report is about: whole days up to the one on which it is due."""

    month: Month
    window: Window
    before: Window | None
    draft_at: datetime
    due: datetime
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Report:
    """A month's report as it stands."""

    issue: Issue
    id: int = 0
    version: int = 0
    figures: Mapping[str, Any] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    file: Mapping[str, Any] | None = None
    """The changed .docx that takes the draft's place: `file_id`, `name`, `chat_id`, `message_id`."""
    sent_at: datetime | None = None
    sent_version: int = 0
    """The version that the 领导小组 has."""
    sendings: int = 0
    sent_on: date | None = None
    """The day of the last of them: the paper's."""

    @property
    def changed(self) -> bool:
        """Whether it was changed since it was sent."""
        return self.sent_at is not None and self.version > self.sent_version


def issues(work: Work) -> list[Issue]:
    """Every report of the campaign, in the order of the months."""
    return list(_issues(days.timetable(work)))


@lru_cache(maxsize=8)
def _issues(timetable: Timetable) -> tuple[Issue, ...]:
    calendar = timetable.calendar
    zone = calendar.zone
    found: list[Issue] = []
    start = calendar.periods[0].start
    for month in calendar.months:
        due = timetable.monthly(month)
        day = due.due.astimezone(zone).date()
        window = Window(start, calendar.at(day, time()))
        found.append(
            Issue(
                month,
                window,
                found[-1].window if found else None,
                calendar.at(day, timetable.times.bulletin_drafted),
                due.due,
                start.astimezone(zone).date(),
                day - timedelta(days=1),
            )
        )
        start = window.cut
    return tuple(found)


def issue_of(work: Work, key: str) -> Issue:
    """The report of a month, `2019-04`.

    Raises:
        NoSuchEntry: the campaign has no such month.
    """
    for one in issues(work):
        if one.month.key == key:
            return one
    raise NoSuchEntry


def get(work: Work, issue: Issue) -> Report:
    """A month's report; an empty one where nothing was drafted yet."""
    row = reports.of_owner(work, DUTY, issue.month.key, OWNER)
    if row is None:
        return Report(issue)
    heads = row.heads or {}
    return Report(
        issue,
        row.id,
        row.revision,
        row.figures or {},
        dict(row.texts or {}),
        row.pending or None,
        row.table_at,
        int(heads.get("sent", 0)),
        int(heads.get("sendings", 0)),
        date.fromisoformat(heads["day"]) if heads.get("day") else None,
    )


def draft(work: Work, issue: Issue) -> Report:
    """The report of a month, its figures counted now if they were not before.

    Raises:
        ReportNotNow: its days are not over.
    """
    known = get(work, issue)
    if known.id:
        return known
    if work.now < issue.window.cut:
        raise ReportNotNow(why="early")
    tracks = [track.key for track in work.world.campaign.tracks]
    figures = {
        track: {
            "groups": groups.of_track(work, track, issue.window),
            "regions": regions.of_track(work, track, issue.window, issue.before),
        }
        for track in tracks
    }
    return keep(work, Report(issue, figures=figures), "drafted")


def keep(work: Work, report: Report, what: str) -> Report:
    """Write a report as its next version, with an event; gives it anew."""
    fresh = replace(report, version=report.version + 1)
    if what == "sent":
        fresh = replace(
            fresh, sent_version=fresh.version, sendings=fresh.sendings + 1, sent_on=work.local.date()
        )
    values = {
        "revision": fresh.version,
        "figures": dict(fresh.figures),
        "texts": dict(fresh.texts) or None,
        "pending": dict(fresh.file) if fresh.file else None,
        "heads": {
            "sent": fresh.sent_version,
            "sendings": fresh.sendings,
            "day": fresh.sent_on.isoformat() if fresh.sent_on else None,
        },
        "table_at": fresh.sent_at,
    }
    key = fresh.issue.month.key
    report_id = reports.write(work, fresh.id, values, duty=DUTY, key=key, track=TRACKS, owner=OWNER)
    said = {"month": key, "what": what, "version": fresh.version}
    events.record(work, "month_report", body=OWNER, data=said)
    return replace(fresh, id=report_id)


def fresh(report: Report, version: int) -> None:
    """Let a press pass when nothing has changed since its button was made.

    Raises:
        ReportNotNow: somebody was first.
    """
    if version != report.version:
        raise ReportNotNow(why="moved")
