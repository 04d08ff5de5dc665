"""Which photos a card's picture is made of: before-photos on a sheet, before and after in pairs."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from bot.ledger import entries as book
from bot.ledger.desk import Work
from bot.services.outgoing import Picture
from bot.services.pictures import CALLERS


def before_picture(work: Work, entry: Row[Any]) -> Picture | None:
    """The contact sheet of before-photos with a thin grid and 「请从同一角度拍」."""
    rows = [row for row in book.photos_of(work, entry.id, "before") if row.fault is None]
    if not rows:
        return None
    ids = [row.id for row in rows][:9]
    ready = sum(row.state == "stored" for row in rows[:9])
    return Picture("sheet", f"sheet:{'-'.join(map(str, ids))}:{ready}", {"photos": ids, "entry": entry.id})


def pair_picture(work: Work, entry: Row[Any], sender: int | None = None) -> Picture | None:
    """Before and after side by side, pairs by rank, three rows at most.

    `sender` is the one who gets it: who sent pictures that are withheld from others sees them again.
    """
    before = [
        row.id
        for row in book.photos_of(work, entry.id)
        if row.fault is None
        and (row.kind == "before" or (row.kind == CALLERS and sender is not None and row.member_id == sender))
    ][:3]
    after_rows = [row for row in book.proof_photos(work, entry.id) if row.fault is None]
    after = [row.id for row in after_rows][:3]
    if not before and not after:
        return None
    stored = sum(row.state == "stored" for row in book.photos_of(work, entry.id))
    key = f"pair:{'-'.join(map(str, before))}/{'-'.join(map(str, after))}:{stored}"
    return Picture("pair", key, {"before": before, "after": after, "entry": entry.id})
