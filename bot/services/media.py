"""The download queue: which photos wait, what was learnt of them, what could not be had."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, func, literal_column, select, update

from bot.ledger import entries as book
from bot.ledger.desk import Work
from bot.ledger.tables import entries, photos
from bot.services import pictures
from bot.services.outgoing import refresh_cards

PAUSES = tuple(timedelta(seconds=seconds) for seconds in (2, 10, 60, 300, 1800, 7200))
"""A failed download is tried again after these."""


def pause_after(attempts: int) -> timedelta:
    """How long after so many failed downloads the next one is tried."""
    return PAUSES[min(attempts, len(PAUSES) - 1)]


HASHES = "dhash"
"""The serial that numbers hashes as they come, in the order of the commits."""


def waiting(work: Work, most: int = 8) -> Sequence[Row[Any]]:
    """Photos to be downloaded now, oldest first, with the day and number of their entry.

    Chats take turns: who sends hundreds waits for them, and nobody else does.
    """
    turn = func.row_number().over(partition_by=photos.c.chat_id, order_by=(photos.c.next_try_at, photos.c.id))
    now = (
        select(photos.c.id, turn.label("turn"))
        .where(photos.c.state == literal_column("'pending'"), photos.c.next_try_at <= work.now)
        .subquery()
    )
    return work.connection.execute(
        select(photos, entries.c.found_at, entries.c.number)
        .select_from(
            now.join(photos, photos.c.id == now.c.id).join(entries, entries.c.id == photos.c.entry_id)
        )
        .order_by(now.c.turn, photos.c.next_try_at, photos.c.id)
        .limit(most)
    ).all()


def day_of(work: Work, row: Row[Any]) -> date:
    """The day of a photo's entry, under which its file is kept."""
    return work.world.campaign.today(row.found_at)


def stored(work: Work, photo_id: int, values: dict[str, Any]) -> None:
    """A photo's file is in the store; its cards are shown anew."""
    hashed = values.get("dhash") is not None
    seq = {"hash_seq": book.next_serial(work, HASHES)} if hashed else {}
    _finish(work, photo_id, {"state": "stored", "fault": None, **seq, **values})


def refused(work: Work, photo_id: int, fault: str, values: dict[str, Any] | None = None) -> None:
    """A photo that cannot be read: the entry stands, the receipt asks for another one."""
    _finish(work, photo_id, {"state": "refused", "fault": fault, **(values or {})})


def _finish(work: Work, photo_id: int, values: dict[str, Any]) -> None:
    work.connection.execute(update(photos).where(photos.c.id == photo_id).values(**values))
    row = work.connection.execute(select(photos).where(photos.c.id == photo_id)).first()
    if row is None:  # it was taken back as secret while it was fetched
        if values.get("file"):
            pictures.name_for_erasure(work, photo_id, values["file"])
        return
    if row.entry_id is None:
        return
    entry = book.get(work, row.entry_id)
    assert entry is not None
    if _usable(work, values) and entry.lat is None and row.kind == "before":
        work.connection.execute(
            update(entries)
            .where(entries.c.id == entry.id)
            .values(lat=values["lat"], lng=values["lng"], position_from="exif")
        )
    refresh_cards(work, row.entry_id)


def _usable(work: Work, values: dict[str, Any]) -> bool:
    """Whether a photo tells where it was taken, and that is in the city."""
    lat, lng, bounds = values.get("lat"), values.get("lng"), work.world.campaign.bounds
    return lat is not None and lng is not None and (bounds is None or bounds.holds(lat, lng))


def failed(work: Work, photo_id: int, *, theirs: bool = False) -> None:
    """A download failed: it is tried again later.

    Without end while line or disk are at fault; `theirs`: Telegram answers that it has no such file, and
    a photo that it denies to the last is named as lost.
    """
    row = work.connection.execute(select(photos.c.attempts).where(photos.c.id == photo_id)).first()
    if row is None:
        return
    if theirs and row.attempts >= len(PAUSES):
        refused(work, photo_id, "lost")
        return
    work.connection.execute(
        update(photos)
        .where(photos.c.id == photo_id)
        .values(attempts=row.attempts + 1, next_try_at=work.now + pause_after(row.attempts))
    )
