"""Which photos are nearly the same picture, written down once for each photo.

The search runs outside the ledger, over all hashes in memory; here stand its questions and its answers. A
hash that was stored and not yet compared is found again after any stop: nothing is lost, nothing doubled.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, update

from bot.ledger.desk import Work
from bot.ledger.tables import photos, resemblances
from bot.services.outgoing import refresh_cards

PICTURES = ("before", "after", "waiting")
"""Kinds of photos that are compared, a township's that wait for their county among them; a caller's
pictures 群众举报 stay with the office, compared with none."""


def hashed_since(work: Work, version: int, upto: int, most: int = 50_000) -> list[tuple[int, int, int]]:
    """(photo id, hash, sequence number) of the hashes of a version that came after `upto`, in order."""
    rows = work.connection.execute(
        select(photos.c.id, photos.c.dhash, photos.c.hash_seq)
        .where(photos.c.hash_seq > upto, photos.c.dhash_version == version)
        .order_by(photos.c.hash_seq)
        .limit(most)
    ).all()
    return [(row.id, row.dhash, row.hash_seq) for row in rows]


def uncompared(work: Work, version: int, most: int = 100) -> list[tuple[int, int, int]]:
    """(photo id, hash, sequence number) of what has not been compared yet, in order."""
    rows = work.connection.execute(
        select(photos.c.id, photos.c.dhash, photos.c.hash_seq)
        .where(
            photos.c.hash_seq.is_not(None),
            photos.c.compared_at.is_(None),
            photos.c.dhash_version == version,
        )
        .order_by(photos.c.hash_seq)
        .limit(most)
    ).all()
    return [(row.id, row.dhash, row.hash_seq) for row in rows]


def compared(work: Work, photo_id: int, found: Sequence[tuple[int, int]]) -> int:
    """Write down what a photo resembles: (earlier photo, distance); gives how many resemblances are new.

    What came later than the photo is left to its own comparing. The cards that a resemblance concerns are
    shown anew: a check whose photo it is, and the receipt of an entry that may be known already.
    """
    this = work.connection.execute(select(photos).where(photos.c.id == photo_id)).first()
    if this is None or this.compared_at is not None:
        return 0
    work.connection.execute(update(photos).where(photos.c.id == photo_id).values(compared_at=work.now))
    if this.kind not in PICTURES or this.entry_id is None or not found:
        return 0
    apart = {other: bits for other, bits in found if other != photo_id}
    others = work.connection.execute(
        select(photos.c.id, photos.c.entry_id, photos.c.kind).where(
            photos.c.id.in_(apart),
            photos.c.hash_seq < this.hash_seq,
            photos.c.kind.in_(PICTURES),
            photos.c.entry_id.is_not(None),
            # one message may show the same problem in several entries: its photo is no other one
            (photos.c.chat_id != this.chat_id) | (photos.c.message_id != this.message_id),
        )
    ).all()
    for other in others:
        work.connection.execute(
            resemblances.insert().values(photo_id=photo_id, other_id=other.id, distance=apart[other.id])
        )
    if others:
        refresh_cards(work, this.entry_id, kinds=("check", "receipt"))
    for entry_id in {other.entry_id for other in others if other.kind == "after"} - {this.entry_id}:
        refresh_cards(work, entry_id, kinds=("check",))
    return len(others)
