"""The frozen values that every rule needs at hand: campaign, places, words, numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from bot.domain.calendar import WorkingDays, YearTable, weekends_only
from bot.domain.campaign import Campaign
from bot.domain.captions import CaptionReader
from bot.domain.deadlines import DeadlineSettings
from bot.domain.duties import DutyTimes
from bot.domain.entries import EntryRules
from bot.domain.evidence import EvidenceRules
from bot.domain.scoring import Scheme
from bot.domain.weekly import WeeklyForm


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours of a day on the campaign's wall clock, each a setting."""

    quiet_from: time = time(20, 0)
    quiet_to: time = time(7, 30)
    work_from: time = time(8, 30)
    work_to: time = time(18, 0)
    digest: time = time(9, 0)  # the morning's one message of each kind

    def quiet(self, local: datetime) -> bool:
        """Whether messages come without sound: 20:00–07:30 (SPEC §2)."""
        clock = local.time()
        return clock >= self.quiet_from or clock < self.quiet_to


@dataclass(frozen=True, slots=True)
class Upkeep:
    """What is kept how long, each a setting (DESIGN «What is kept»)."""

    inbox_kept: timedelta = timedelta(hours=48)  # updates, after they are done
    outbox_kept: timedelta = timedelta(days=90)  # texts, after they were sent
    outage: timedelta = timedelta(hours=23)  # so long without Telegram, and people are told


@dataclass(frozen=True, slots=True)
class World:
    """Everything a unit of work may know that is not in the ledger."""

    campaign: Campaign
    reader: CaptionReader
    rules: EntryRules = field(default_factory=EntryRules)
    deadlines: DeadlineSettings = field(default_factory=DeadlineSettings)
    hours: Hours = field(default_factory=Hours)
    upkeep: Upkeep = field(default_factory=Upkeep)
    evidence: EvidenceRules = field(default_factory=EvidenceRules)
    invitation_days: int = 7
    scoring: Scheme = field(default_factory=Scheme)
    year_days: YearTable = weekends_only
    duties: DutyTimes = field(default_factory=DutyTimes)
    weekly: WeeklyForm = field(default_factory=WeeklyForm)
    leaders_approve: bool = False
    """Who approves a 督办警示: the office, or the group's leader what a member has drafted."""

    def works_on(self, day: date) -> bool:
        """Whether a day is a working day by the table, before the office's own decisions."""
        return WorkingDays(self.year_days).works(day)

    def working_time(
        self, since: datetime, until: datetime, works_on: Callable[[date], bool] | None = None
    ) -> timedelta:
        """Time between two aware instants that lies in working hours of working days."""
        works = works_on or self.works_on
        start, end = self.campaign.local(since), self.campaign.local(until)
        total, day = timedelta(), start.date()
        while day <= end.date():
            if works(day):
                opens = datetime.combine(day, self.hours.work_from, start.tzinfo)
                closes = datetime.combine(day, self.hours.work_to, start.tzinfo)
                total += max(timedelta(), min(end, closes) - max(start, opens))
            day += timedelta(days=1)
        return total
