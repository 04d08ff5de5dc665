"""How the machine fares, in numbers: for monitors, for alerts, for the morning's report to the admins."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, or_, select

from bot.domain.permissions import Role
from bot.ledger import inbox as inbox_book
from bot.ledger import people
from bot.ledger.desk import Work
from bot.ledger.tables import inbox, outbox, photos
from bot.services import upkeep
from bot.services.duties import told
from bot.services.operating import alerts, keeping
from bot.services.outgoing import say

MACHINE: Final = "machine"
"""The fact that holds how much room the disks had when somebody last looked."""
KIND: Final = "operating.morning"


@dataclass(frozen=True, slots=True)
class Reading:
    """One look at the queues; ages in seconds."""

    inbox: int = 0
    inbox_age: float = 0.0
    aside: int = 0
    outbox: int = 0
    outbox_age: float = 0.0
    photos: int = 0
    photos_age: float = 0.0
    last_update: datetime | None = None
    last_backup: datetime | None = None
    troubles: frozenset[str] = frozenset()
    admins: tuple[int, ...] = field(default=())


def read(work: Work) -> Reading:
    """Look at the queues."""
    pending = work.connection.execute(
        select(func.count(), func.min(inbox.c.received_at)).where(inbox.c.state == "pending")
    ).one()
    waiting = work.connection.execute(
        select(func.count(), func.min(func.coalesce(outbox.c.not_before, outbox.c.created_at))).where(
            or_(outbox.c.state == "waiting", outbox.c.state == "sending"),
            or_(outbox.c.not_before.is_(None), outbox.c.not_before <= work.now),
        )
    ).one()
    fetching = work.connection.execute(
        select(func.count(), func.min(photos.c.received_at)).where(
            photos.c.state == "pending", photos.c.kind != "reference"
        )
    ).one()

    def age(since: datetime | None) -> float:
        return 0.0 if since is None else max(0.0, (work.now - since).total_seconds())

    return Reading(
        inbox=pending[0],
        inbox_age=age(pending[1]),
        aside=inbox_book.aside(work),
        outbox=waiting[0],
        outbox_age=age(waiting[1]),
        photos=fetching[0],
        photos_age=age(fetching[1]),
        last_update=work.connection.execute(select(func.max(inbox.c.received_at))).scalar(),
        last_backup=keeping.last(work).good,
        troubles=frozenset(upkeep.fact(work, alerts.FACT) or {}),
        admins=tuple(admin.chat_id for admin in people.holders_of(work, Role.ADMIN)),
    )


def values(work: Work) -> dict[str, Any]:
    """What `/health` and the morning's report say of machine and backups."""
    return {
        "backup": keeping.last(work).values(work),
        "disks": upkeep.fact(work, MACHINE) or [],
        "doubtful": _ended(work, "uncertain"),
        "failed": _ended(work, "failed"),
        "aside": inbox_book.aside(work),
        "troubles": sorted(upkeep.fact(work, alerts.FACT) or {}),
    }


def _ended(work: Work, state: str) -> int:
    """Messages of the last day that ended so."""
    return int(
        work.connection.execute(
            select(func.count()).where(outbox.c.state == state, outbox.c.sent_at > work.now - alerts.AGAIN)
        ).scalar_one()
    )


def morning_due(work: Work) -> int:
    """The admins' report at the digest's hour, each day, without sound; gives how many it went to."""
    local = work.local
    slot = datetime.combine(local.date(), work.world.hours.digest, local.tzinfo)
    if local < slot or work.world.hours.quiet(local) or slot <= told.began(work):
        return 0
    if not told.work_off(work, KIND, slot):
        return 0
    report = {
        **values(work),
        "day": local.date().isoformat(),
        # updates, and no entries: their number would tell of covert ones
        "updates": work.connection.execute(
            select(func.count()).select_from(inbox).where(inbox.c.received_at > work.now - alerts.AGAIN)
        ).scalar_one(),
    }
    return sum(
        say(
            work, admin.chat_id, "operating.morning", report,
            dedup=f"{KIND}:{local.date()}:{admin.member_id}", silent=True,
        )
        for admin in people.holders_of(work, Role.ADMIN)
    )  # fmt: skip
