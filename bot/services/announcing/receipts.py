"""「收到」 of a 通知: one for each region or group that it was addressed to."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select, update

from bot.ledger.desk import Work
from bot.ledger.tables import announcement_receipts


def of(work: Work, announcement_id: int, owner: str) -> Row[Any] | None:
    """What an addressed region or group answered; None before it did."""
    return work.connection.execute(
        select(announcement_receipts).where(
            announcement_receipts.c.announcement_id == announcement_id,
            announcement_receipts.c.owner == owner,
        )
    ).first()


def note(work: Work, announcement_id: int, owner: str, attendees: str | None) -> None:
    """It was received; `attendees` take the place of those named before."""
    if of(work, announcement_id, owner) is None:
        work.connection.execute(
            announcement_receipts.insert().values(
                announcement_id=announcement_id, owner=owner, member_id=work.actor.member_id,
                at=work.now, attendees=attendees,
            )
        )  # fmt: skip
    elif attendees is not None:
        work.connection.execute(
            update(announcement_receipts)
            .where(
                announcement_receipts.c.announcement_id == announcement_id,
                announcement_receipts.c.owner == owner,
            )
            .values(attendees=attendees)
        )
