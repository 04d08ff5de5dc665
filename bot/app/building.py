"""What is built out of the configuration: the rules' world, the ledger's door, what a backup holds."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import structlog
from rapidfuzz import fuzz

from bot.clock import Clock, SystemClock
from bot.config import Settings, without_secrets
from bot.config.days_off import days_off
from bot.domain.captions import CaptionReader
from bot.domain.weekly import WeeklyForm
from bot.domain.world import World
from bot.jobs.backup.making import Plan
from bot.ledger import migrate
from bot.ledger.desk import Desk
from bot.ledger.engines import look_through, sqlite_path
from bot.media.store import PhotoStore

log = structlog.get_logger(__name__)


def build_world(settings: Settings) -> World:
    """The frozen values that the rules need, out of the configuration; raises ConfigError."""
    campaign = settings.to_campaign()
    data = resources.files("bot") / "data"
    reader = CaptionReader.build(
        places_csv=settings.places_file().read_text("utf-8-sig"),
        regions=campaign.regions,
        categories_toml=(data / "categories.toml").read_text("utf-8"),
        words_toml=(data / "words.toml").read_text("utf-8"),
        similarity=fuzz.ratio,
    )
    return World(
        campaign=campaign,
        reader=reader,
        rules=settings.entry_rules(),
        deadlines=settings.deadline_settings(),
        hours=settings.hours(),
        upkeep=settings.upkeep(),
        evidence=settings.evidence_rules(),
        invitation_days=settings.invitations.days,
        scoring=settings.scheme(),
        leaders_approve=settings.warnings.approval == "leader",
        year_days=days_off,
        weekly=WeeklyForm.parse((data / "weekly.toml").read_text("utf-8")),
    )


def open_desk(settings: Settings, clock: Clock | None = None, world: World | None = None) -> Desk:
    """The ledger's door, migrated first; for the application and for the command line."""
    clock = clock or SystemClock()
    url = settings.database_url()
    look_through(url)
    before, after = migrate.upgrade(url, now=clock.now(), backups=settings.backup_folder())
    if before not in (None, after):
        log.info("the ledger was migrated", before=before, after=after)
    return Desk(url, clock, world or build_world(settings))


def backup_plan(settings: Settings) -> Plan:
    """What a backup holds and where it goes; raises OSError when the configuration cannot be read."""
    return Plan(
        folder=settings.backup_folder(),
        keep=settings.backup.keep,
        database_url=settings.database_url(),
        store=PhotoStore(settings.media_url()),
        config=without_secrets(settings),
        places=settings.own_places(),
        photos=settings.backup.photos,
    )


def folders(settings: Settings) -> dict[str, Path]:
    """Where the bot writes on this machine, by name."""
    found = {"backups": settings.backup_folder()}
    if (ledger := sqlite_path(settings.database_url())) is not None:
        found = {"database": Path(ledger).parent, **found}
    if "://" not in settings.media_url():
        found["photos"] = Path(settings.media_url())
    return found
