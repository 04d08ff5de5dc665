"""All settings in one value, and what the rules are given of them."""

from __future__ import annotations

import hashlib
from datetime import time, timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field, PrivateAttr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.config import sections as table
from bot.config.faults import ConfigInvalid, Fault
from bot.domain.campaign import Campaign, Group, GroupKind, Region, Track
from bot.domain.deadlines import DeadlineSettings
from bot.domain.entries import EntryRules
from bot.domain.evidence import EvidenceRules
from bot.domain.positions import Bounds
from bot.domain.scoring import Final, Scheme, Uninspected
from bot.domain.world import Hours, Upkeep

_PACKAGE_DATA = Path(__file__).resolve().parent.parent / "data"


class Settings(BaseSettings):
    """Every setting; read it with `load_settings`, which also looks across the sections."""

    model_config = SettingsConfigDict(
        env_prefix="BOT_",
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
    )

    telegram: table.TelegramSection = table.TelegramSection()
    database: table.DatabaseSection = table.DatabaseSection()
    media: table.MediaSection = table.MediaSection()
    inbox: table.InboxSection = table.InboxSection()
    outbox: table.OutboxSection = table.OutboxSection()
    server: table.ServerSection = table.ServerSection()
    backup: table.BackupSection = table.BackupSection()
    logging: table.LoggingSection = table.LoggingSection()
    fonts: table.FontsSection = table.FontsSection()
    texts: table.TextsSection = table.TextsSection()
    campaign: table.CampaignSection
    places: table.PlacesSection = table.PlacesSection()
    tracks: Annotated[tuple[table.TrackSection, ...], Field(min_length=1)]
    regions: Annotated[tuple[table.RegionSection, ...], Field(min_length=1)]
    groups: tuple[table.GroupSection, ...] = ()
    intake: table.IntakeSection = table.IntakeSection()
    deadlines: table.DeadlinesSection = table.DeadlinesSection()
    escalation: table.EscalationSection = table.EscalationSection()
    working_hours: table.HoursSection = table.HoursSection(start=time(8, 30), end=time(18, 0))
    quiet: table.HoursSection = table.HoursSection(start=time(20, 0), end=time(7, 30))
    invitations: table.InvitationsSection = table.InvitationsSection()
    warnings: table.WarningsSection = table.WarningsSection()
    scoring: table.ScoringSection = table.ScoringSection()
    evidence: table.EvidenceSection = table.EvidenceSection()

    _folder: Path = PrivateAttr(default_factory=Path.cwd)
    _file: Path | None = PrivateAttr(default=None)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what it is given: `load_settings` reads the environment that it is handed."""
        return (init_settings,)

    @property
    def folder(self) -> Path:
        """The configuration file's folder, from which relative paths are looked up."""
        return self._folder

    @property
    def file(self) -> Path | None:
        """The configuration file; None when the example's campaign is played."""
        return self._file

    @property
    def token(self) -> str:
        """The bot's token; empty when there is none."""
        return self.telegram.token.get_secret_value()

    @property
    def webhook_secret(self) -> str:
        """The webhook's secret; where none is set, one that only holders of the token can compute."""
        given = self.telegram.webhook_secret.get_secret_value()
        return given or hashlib.sha256(f"webhook {self.token}".encode()).hexdigest()

    def database_url(self) -> str:
        """The database's address for SQLAlchemy: SQLite's path absolute, psycopg named for PostgreSQL."""
        scheme, rest = self.database.url.split("://", 1)
        if scheme == "sqlite":
            path, *query = rest[1:].split("?", 1)
            return "sqlite:///" + "?".join([self.path(path).as_posix(), *query])
        return f"postgresql+psycopg://{rest}"

    def media_url(self) -> str:
        """The photo store: an absolute folder, or `s3://bucket/prefix`."""
        return self.media.url if "://" in self.media.url else str(self.path(self.media.url))

    def backup_folder(self) -> Path:
        """Where copies of the ledger lie, absolute."""
        return self.path(self.backup.dir)

    def path(self, written: str) -> Path:
        """A path of the file, absolute: relative ones are looked up from the file's folder."""
        return (self._folder / Path(written).expanduser()).resolve()

    def own_places(self) -> str:
        """The text of a places file that is not the package's own, else nothing; raises ConfigInvalid."""
        found = self.places_file()
        return "" if found.parent == _PACKAGE_DATA else found.read_text("utf-8-sig")

    def places_file(self) -> Path:
        """The places file: beside the configuration, then in the package; raises ConfigInvalid."""
        for candidate in (self.path(self.places.file), _PACKAGE_DATA / self.places.file):
            if candidate.is_file():
                return candidate
        raise ConfigInvalid(
            Fault(
                "places.file",
                f"找不到文件：{self._folder} 和程序自带的数据中都没有",
                f"no such file, neither in {self._folder} nor in the package's data",
                f'"{self.places.file}"',
            )
        )

    def to_campaign(self) -> Campaign:
        """The campaign as the rules see it; topic and covert groups get their default regions."""
        return Campaign(
            name=self.campaign.name,
            first_day=self.campaign.first_day,
            last_day=self.campaign.last_day,
            zone=ZoneInfo(self.campaign.time_zone),
            tracks=tuple(Track(t.key, t.prefix, t.office, t.channel, t.label) for t in self.tracks),
            regions=tuple(Region(r.name, r.track, r.short) for r in self.regions),
            groups=tuple(
                Group(g.track, g.number, GroupKind(g.kind), g.name, g.regions or self.default_regions(g))
                for g in self.groups
            ),
            office_name=self.campaign.office_name,
            bounds=Bounds(*self.campaign.bounds) if self.campaign.bounds else None,
        )

    def default_regions(self, group: table.GroupSection) -> tuple[str, ...]:
        """Where a group without regions goes: a topic group to its track's, the covert group to all."""
        if group.kind == "regional":
            return ()
        return tuple(r.name for r in self.regions if group.kind == "covert" or r.track == group.track)

    def entry_rules(self) -> EntryRules:
        """The numbers of an entry's life."""
        intake, escalation = self.intake, self.escalation
        return EntryRules(
            settle=timedelta(seconds=intake.settle_seconds),
            settle_max=timedelta(seconds=max(intake.settle_seconds, intake.settle_max_seconds)),
            draft_gap=timedelta(seconds=intake.draft_gap_seconds),
            caption_within=timedelta(minutes=intake.caption_minutes),
            album_pause=timedelta(seconds=intake.album_seconds),
            nag_after=timedelta(minutes=intake.nag_minutes),
            same_place_within=timedelta(minutes=intake.same_place_minutes),
            withdraw_within=timedelta(minutes=intake.withdraw_minutes),
            undo_within=timedelta(minutes=intake.undo_minutes),
            pin_within=timedelta(minutes=intake.pin_minutes),
            question_open=timedelta(minutes=intake.question_minutes),
            reference_kept=timedelta(hours=intake.reference_hours),
            escalate_after=timedelta(hours=escalation.office_hours),
            deputy_after=timedelta(hours=escalation.deputy_hours),
            lone_office_hold=timedelta(minutes=escalation.hold_minutes),
        )

    def deadline_settings(self) -> DeadlineSettings:
        """The numbers of the deadline rules."""
        given = self.deadlines
        days = given.days.model_dump()
        return DeadlineSettings(
            end_of_day=given.end_of_day,
            onsite_until=given.onsite_until,
            onsite_next_day=given.onsite_next_day,
            grace=timedelta(minutes=given.grace_minutes),
            other_days=days.pop("none"),
            days=days,
            warning_days=given.warning_days,
            most_days=given.most_days,
        )

    def upkeep(self) -> Upkeep:
        """What is kept how long."""
        return Upkeep(
            inbox_kept=timedelta(hours=self.inbox.keep_hours),
            outbox_kept=timedelta(days=self.outbox.keep_days),
            outage=timedelta(hours=self.inbox.outage_hours),
        )

    def evidence_rules(self) -> EvidenceRules:
        """The numbers of hints, resemblance and looking back."""
        given = self.evidence
        return EvidenceRules(
            near=given.near_bits,
            far_metres=given.far_metres,
            nearby_metres=given.nearby_metres,
            chain_within=timedelta(days=given.chain_days),
            offers=given.offers,
            clock_slack=timedelta(minutes=given.clock_minutes),
            drawn_share=given.drawn_share,
        )

    def scheme(self) -> Scheme:
        """The 口径 that holds until an office has approved one."""
        given = self.scoring.model_dump(exclude={"uninspected", "final"})
        return Scheme(
            uninspected=Uninspected(self.scoring.uninspected),
            final=Final(self.scoring.final) if self.scoring.final else None,
            **given,
        )

    def hours(self) -> Hours:
        """Hours of the day on the campaign's wall clock."""
        return Hours(
            quiet_from=self.quiet.start,
            quiet_to=self.quiet.end,
            work_from=self.working_hours.start,
            work_to=self.working_hours.end,
        )
