"""The campaign's working days and timetable, as the offices have changed them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from zoneinfo import ZoneInfo

from sqlalchemy import select

from bot.domain.calendar import CampaignCalendar, WorkingDays, YearTable
from bot.domain.duties import Duty, DutyTimes, MoveKey, Timetable
from bot.ledger.desk import Work
from bot.ledger.prepared import Prepared
from bot.ledger.tables import day_overrides, moved_duties
from bot.services.refusals import NotYours

_overrides = Prepared(select(day_overrides.c.day, day_overrides.c.works).order_by(day_overrides.c.day))
_moves = Prepared(
    select(moved_duties.c.duty, moved_duties.c.track, moved_duties.c.key, moved_duties.c.day).order_by(
        moved_duties.c.duty, moved_duties.c.track, moved_duties.c.key
    )
)

Overrides = tuple[tuple[date, bool], ...]
Moved = tuple[tuple[MoveKey, date], ...]


def overrides(work: Work) -> Overrides:
    """The days that an office has decided about, in order."""
    return tuple((date.fromisoformat(row.day), bool(row.works)) for row in _overrides.all(work))


def working_days(work: Work) -> WorkingDays:
    """The table of days with the offices' own."""
    return WorkingDays(work.world.year_days, dict(overrides(work)))


def works_on(work: Work) -> Callable[[date], bool]:
    """Whether a day is a working day, for rules that ask about days."""
    return working_days(work).works


def timetable(work: Work) -> Timetable:
    """What is due when, as the offices have moved it; the same object as long as nobody changes anything."""
    moved: Moved = tuple(
        ((Duty(row.duty), row.track, date.fromisoformat(row.key)), date.fromisoformat(row.day))
        for row in _moves.all(work)
        if row.day is not None
    )
    campaign = work.world.campaign
    return _timetable(
        campaign.first_day,
        campaign.last_day,
        campaign.zone,
        tuple(track.key for track in campaign.tracks),
        work.world.year_days,
        work.world.duties,
        overrides(work),
        moved,
    )


@lru_cache(maxsize=8)
def _timetable(
    first: date,
    last: date,
    zone: ZoneInfo,
    tracks: tuple[str, ...],
    table: YearTable,
    times: DutyTimes,
    decided: Overrides,
    moved: Moved,
) -> Timetable:
    calendar = CampaignCalendar(first, last, zone, times.ten_day, times.weekly)
    return Timetable(calendar, WorkingDays(table, dict(decided)), tracks, dict(moved), times)


def decide(work: Work, day: date, works: bool) -> None:
    """An office makes a day a working day or a day off.

    Raises:
        NotYours: the actor is of no office.
    """
    if not work.actor.offices():
        raise NotYours
    key = day.isoformat()
    work.connection.execute(day_overrides.delete().where(day_overrides.c.day == key))
    if WorkingDays(work.world.year_days).works(day) != works or work.world.year_days(day.year).provisional:
        work.connection.execute(
            day_overrides.insert().values(
                day=key, works=works, member_id=work.actor.member_id or None, at=work.now
            )
        )
