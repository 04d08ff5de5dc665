"""What is due, when, and when somebody is reminded of it (SPEC §3 «The calendar»).

The notice's times stand unless an office confirmed a moved one. Reminders hang on the time as moved. Nothing
here looks at a clock or a ledger: who has handed in, and who was told, is asked by the services.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType

from bot.domain.calendar import MONDAY, CampaignCalendar, Month, Period, Week, WorkingDays

_DAY = timedelta(days=1)


class Duty(StrEnum):
    """What the notice asks for at a time."""

    WEEKLY = "weekly"  # 周重点工作小结 + 周报表: each region, to its office
    WEEKLY_BULLETIN = "weekly_bulletin"  # 周工作通报: each office
    TEN_DAY = "ten_day"  # 督导报告 + 问题台账 + 打分: each regional and topic group
    MARKS = "marks"  # marks or 「本旬未检查」: 暗访组, 市「敢转争」督导组
    REVIEW = "review"  # 核对稿 to the regions; 异议 until 17:30
    TEN_DAY_BULLETIN = "ten_day_bulletin"  # 旬查情况通报 + 旬排名
    MONTH_RANKING = "month_ranking"  # 月排名, 推进会 papers
    MONTHLY = "monthly"  # 跟踪问效月报: 市「敢转争」办公室


MOVABLE = (Duty.WEEKLY, Duty.TEN_DAY, Duty.WEEKLY_BULLETIN)
"""What an office may move off a day off; marks follow the ten-day reports, the rest hangs on them."""


@dataclass(frozen=True, slots=True)
class DutyTimes:
    """Hours on the campaign's wall clock and spans, each a setting with the notice's or SPEC's default."""

    weekly: time = time(10)
    bulletin_drafted: time = time(7, 30)
    bulletin: time = time(11)
    ten_day: time = time(18)
    review: time = time(10)
    objections: time = time(17, 30)
    ten_day_bulletin: time = time(18)
    monthly: time = time(18)
    eve: time = time(15)
    weekly_morning: time = time(8, 30)
    ten_day_morning: time = time(9)
    ten_day_afternoon: time = time(16)
    digest: time = time(9)
    digest_until: time = time(20)
    list_after: timedelta = timedelta(minutes=5)
    proposed_before: timedelta = timedelta(days=7)
    late_after: timedelta = timedelta(minutes=5)
    """A message this much after its time is marked 「（补发）」."""
    snooze: timedelta = timedelta(hours=1)
    leader_days: int = 1
    """An entry so many days late is also the leader's matter."""
    office_days: int = 3


@dataclass(frozen=True, slots=True)
class Due:
    """A duty of a window: what the notice says, and what holds."""

    duty: Duty
    key: date
    """The notice's day of the window: the Friday, or the 8th, 18th, 28th; a month's: its due day."""
    track: str | None
    notice: datetime
    due: datetime

    @property
    def moved(self) -> bool:
        """Whether another time than the notice's holds."""
        return self.notice != self.due


@dataclass(frozen=True, slots=True)
class Move:
    """A moved time, as it is proposed to an office: until it is confirmed, the notice's stands."""

    duty: Duty
    key: date
    track: str
    notice: datetime
    target: datetime
    proposed_at: datetime
    until: datetime
    """From here on the question is pointless: the earlier of the two times has come."""
    provisional: bool = False


MoveKey = tuple[Duty, str, date]
"""Duty, track, the window's key."""

Moves = Mapping[MoveKey, date]
"""Confirmed moves: to which day."""


class SlotKind(StrEnum):
    """A reminder's place in its series."""

    EVE = "eve"  # 15:00 on the working day before
    MORNING = "morning"
    AFTERNOON = "afternoon"
    LIST = "list"  # to the office, when the time is over
    DIGEST = "digest"  # a day's one message at 09:00
    PROPOSAL = "proposal"  # to the office, a moved time


@dataclass(frozen=True, slots=True)
class Slot:
    """A moment at which somebody is told something, and until when telling it still makes sense."""

    kind: SlotKind
    at: datetime
    until: datetime
    due: Due | None = None
    move: Move | None = None
    urgent: bool = False
    """Due that very day: it may come on a day off and in the quiet hours."""

    @property
    def series(self) -> tuple[str, str, datetime]:
        """Reminders of one series replace one another: duty, track and due instant."""
        if self.due is not None:
            return self.due.duty.value, self.due.track or "", self.due.due
        if self.move is not None:
            return f"move.{self.move.duty.value}", self.move.track, self.move.target
        return self.kind.value, "", self.at


@dataclass(frozen=True, eq=False)
class Timetable:
    """The campaign's duties and reminders for given working days and confirmed moves.

    Two of them are never equal, so that what is worked out from one can be remembered by it.
    """

    calendar: CampaignCalendar
    days: WorkingDays
    tracks: tuple[str, ...]
    moves: Moves = field(default_factory=lambda: MappingProxyType({}))
    times: DutyTimes = field(default_factory=DutyTimes)

    # --- what is due ------------------------------------------------------------------------------

    def weekly(self, week: Week, track: str) -> Due:
        """A week's 周报, as a track's regions owe it."""
        return self._due(Duty.WEEKLY, week.key, track, week.key, self.times.weekly)

    def weekly_bulletin(self, week: Week, track: str) -> Due:
        """The 周工作通报 on the Monday after a week's Friday."""
        monday = week.key + timedelta(days=(MONDAY - week.key.weekday()) % 7)
        return self._due(Duty.WEEKLY_BULLETIN, week.key, track, monday, self.times.bulletin)

    def ten_day(self, period: Period, track: str) -> Due:
        """A period's 督导报告, 台账 and marks, as a track's groups owe them."""
        return self._due(Duty.TEN_DAY, period.key, track, period.key, self.times.ten_day)

    def marks(self, period: Period, track: str) -> Due:
        """The marks of 暗访组 and 市「敢转争」督导组 for a track: with its groups' reports."""
        reports = self.ten_day(period, track)
        return Due(Duty.MARKS, period.key, track, reports.notice, reports.due)

    def review(self, period: Period, track: str) -> Due:
        """The 核对稿: 10:00 on the first working day after the reports' due day as moved."""
        return self._after_reports(Duty.REVIEW, period, track, 1, self.times.review)

    def objections_until(self, period: Period, track: str) -> datetime:
        """Until when a region may object to the 核对稿, unless its publishing was late."""
        return self.calendar.at(self._local(self.review(period, track).due), self.times.objections)

    def ten_day_bulletin(self, period: Period, track: str) -> Due:
        """The 旬查情况通报: 18:00 on the second working day after the reports' due day as moved."""
        return self._after_reports(Duty.TEN_DAY_BULLETIN, period, track, 2, self.times.ten_day_bulletin)

    def month_ranking(self, month: Month, track: str) -> Due:
        """A month's ranking: with its last ten-day bulletin."""
        last = self.calendar.periods_of(month)[-1]
        bulletin = self.ten_day_bulletin(last, track)
        return Due(Duty.MONTH_RANKING, last.key, track, bulletin.notice, bulletin.due)

    def monthly(self, month: Month) -> Due:
        """The 跟踪问效月报: the last working day of the month."""
        day = self.days.last_of_month(month.year, month.number)
        at = self.calendar.at(day, self.times.monthly)
        return Due(Duty.MONTHLY, day, None, at, at)

    @cached_property
    def dues(self) -> tuple[Due, ...]:
        """Everything that is due in the whole campaign, in the order of time."""
        return tuple(sorted(self._all(), key=lambda due: (due.due, due.duty.value, due.track or "")))

    def due_between(self, start: datetime, end: datetime) -> tuple[Due, ...]:
        """What falls due from `start` on and before `end`."""
        return tuple(due for due in self.dues if start <= due.due < end)

    # --- moved times ------------------------------------------------------------------------------

    @cached_property
    def proposals(self) -> tuple[Move, ...]:
        """Every time that falls on a day off and has a working day to go to, confirmed or not."""
        found = [move for due in self.dues if due.duty in MOVABLE for move in self._proposal(due)]
        return tuple(sorted(found, key=lambda move: (move.proposed_at, move.duty.value, move.track)))

    def proposal(self, key: MoveKey) -> Move | None:
        """The moved time of one duty, if there is one to be proposed."""
        return next((m for m in self.proposals if (m.duty, m.track, m.key) == key), None)

    # --- reminders --------------------------------------------------------------------------------

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        """All reminders of duties and proposals of the campaign, in the order of time; no digests."""
        found = [*self._reminders(), *self._questions()]
        return tuple(sorted(found, key=lambda slot: (slot.at, slot.series, slot.kind.value)))

    def live(self, now: datetime) -> tuple[Slot, ...]:
        """The reminders whose time has come and that still make sense, the digest's included."""
        found = [slot for slot in self._window(now) if slot.at <= now < slot.until]
        digest = self.digest(self._local(now))
        if digest.at <= now < digest.until:
            found.append(digest)
        return tuple(found)

    def digest(self, day: date) -> Slot:
        """A day's digest 每日摘要, worth sending until the quiet hours.

        On a day off it is urgent: nothing but what is due that very day may be in it.
        """
        at, until = self.calendar.at(day, self.times.digest), self.calendar.at(day, self.times.digest_until)
        return Slot(SlotKind.DIGEST, at, until, urgent=not self.days.works(day))

    def asked_at(self, due: Due) -> datetime:
        """When a duty is first reminded of: 15:00 on the working day before."""
        return self.calendar.at(self.days.before(self._local(due.due)), self.times.eve)

    def late(self, slot: Slot, now: datetime) -> bool:
        """Whether what is said now must be marked 「（补发）」."""
        return now - slot.at > self.times.late_after

    # --- inside -----------------------------------------------------------------------------------

    def _local(self, instant: datetime) -> date:
        return instant.astimezone(self.calendar.zone).date()

    def _due(self, duty: Duty, key: date, track: str, day: date, clock: time) -> Due:
        holds = self.moves.get((duty, track, key), day)
        return Due(duty, key, track, self.calendar.at(day, clock), self.calendar.at(holds, clock))

    def _after_reports(self, duty: Duty, period: Period, track: str, days: int, clock: time) -> Due:
        reports = self.ten_day(period, track)
        by_notice = self.days.after(self._local(reports.notice), days)
        day = self.days.after(self._local(reports.due), days)
        return Due(duty, period.key, track, self.calendar.at(by_notice, clock), self.calendar.at(day, clock))

    def _all(self) -> Iterator[Due]:
        for track in self.tracks:
            for week in self.calendar.weeks:
                yield self.weekly(week, track)
                yield self.weekly_bulletin(week, track)
            for period in self.calendar.periods:
                yield self.ten_day(period, track)
                yield self.marks(period, track)
                yield self.review(period, track)
                yield self.ten_day_bulletin(period, track)
            for month in self.calendar.months:
                yield self.month_ranking(month, track)
        for month in self.calendar.months:
            yield self.monthly(month)

    def _proposal(self, due: Due) -> Iterable[Move]:
        day = self._local(due.notice)
        if due.track is None or self.days.works(day):
            return
        if due.duty is Duty.WEEKLY:
            # «周报 moves to the working day before», as long as the week has begun by then
            target = self.days.on_or_before(day)
            week = self.calendar.week(due.key)
            if week is None or self.calendar.at(target, self.times.weekly) <= week.start:
                return
        else:
            target = self.days.on_or_after(day)
        clock = due.notice.astimezone(self.calendar.zone).time()
        first = min(day, target)
        # on the last working day that is a week ahead or more, so that somebody sees it
        asked = self.days.on_or_before(first - self.times.proposed_before)
        yield Move(
            due.duty,
            due.key,
            due.track,
            due.notice,
            self.calendar.at(target, clock),
            self.calendar.at(asked, self.times.digest),
            self.calendar.at(first, clock),
            any(self.days.provisional(one) for one in (day, target)),
        )

    def _reminders(self) -> Iterator[Slot]:
        times = self.times
        for due in self.dues:
            if due.duty is Duty.WEEKLY:
                yield from self._series(due, ((SlotKind.MORNING, times.weekly_morning),))
            elif due.duty in (Duty.TEN_DAY, Duty.MARKS):
                clocks = (
                    (SlotKind.MORNING, times.ten_day_morning),
                    (SlotKind.AFTERNOON, times.ten_day_afternoon),
                )
                yield from self._series(due, clocks)

    def _series(self, due: Due, on_the_day: Iterable[tuple[SlotKind, time]]) -> Iterator[Slot]:
        day = self._local(due.due)
        eve = self.asked_at(due)
        # in the evening it is pointless: the morning's takes its place
        evening = self.calendar.at(self._local(eve), self.times.digest_until)
        yield Slot(SlotKind.EVE, eve, min(evening, due.due), due)
        for kind, clock in on_the_day:
            yield Slot(kind, self.calendar.at(day, clock), due.due, due, urgent=True)
        listed = due.due + self.times.list_after
        if due.duty is not Duty.MARKS:  # the office's one list names the missing marks, too
            yield Slot(SlotKind.LIST, listed, self._listed_until(due), due, urgent=True)

    def _listed_until(self, due: Due) -> datetime:
        """A list of who is missing is of use until the end of the next working day."""
        day = self.days.after(self._local(due.due))
        return self.calendar.at(day, self.times.ten_day_bulletin)

    def _questions(self) -> Iterator[Slot]:
        for move in self.proposals:
            if (move.duty, move.track, move.key) not in self.moves:
                yield Slot(SlotKind.PROPOSAL, move.proposed_at, move.until, move=move)

    @cached_property
    def _starts(self) -> list[datetime]:
        return [slot.at for slot in self.slots]

    @cached_property
    def _longest(self) -> timedelta:
        return max((slot.until - slot.at for slot in self.slots), default=timedelta())

    def _window(self, now: datetime) -> tuple[Slot, ...]:
        return self.slots[bisect_left(self._starts, now - self._longest) : bisect_right(self._starts, now)]


# --- what of it goes out ------------------------------------------------------------------------------


def last_of_series(live: Iterable[Slot]) -> tuple[Slot, ...]:
    """Of reminders whose time has come, the last of each series: earlier ones are replaced by it."""
    newest: dict[tuple[str, str, datetime], Slot] = {}
    for slot in live:
        known = newest.get(slot.series)
        if known is None or slot.at >= known.at:
            newest[slot.series] = slot
    return tuple(newest.values())


class Tone(StrEnum):
    """三色督办: how near an entry's deadline is."""

    BLUE = "blue"  # the last working day before
    YELLOW = "yellow"  # the day itself
    RED = "red"  # the first working day after
    LATE = "late"  # later: in the daily digest only


def tone(deadline: date, today: date, days: WorkingDays) -> Tone | None:
    """How an entry with that deadline is named in the digest of a working day; None: not yet."""
    if today == deadline:
        return Tone.YELLOW
    if today < deadline:
        return Tone.BLUE if days.before(deadline) == today else None
    return Tone.RED if days.after(deadline) == today else Tone.LATE


def days_late(deadline: date, today: date) -> int:
    """Calendar days past a deadline's day; 0 when it is not."""
    return max(0, (today - deadline).days)
