"""Which photos a card's picture is made of: before-photos on a sheet, before and after in pairs."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from bot.ledger import entries as book
from bot.ledger.desk import Work
from bot.services.outgoing import Picture


def before_picture(work: Work, entry: Row[Any]) -> Picture | None:
    """The contact sheet of before-photos with a thin grid and 「请从同一角度拍」."""
    rows = [row for row in book.photos_of(work, entry.id, "before") if row.fault is None]
    if not rows:
        return None
    ids = [row.id for row in rows][:9]
    ready = sum(row.state == "stored" for row in rows[:9])
    return Picture("sheet", f"sheet:{'-'.join(map(str, ids))}:{ready}", {"photos": ids, "entry": entry.id})


def pair_picture(work: Work, entry: Row[Any]) -> Picture | None:
    """Before and after side by side, pairs by rank, three rows at most."""
    before = [row.id for row in book.photos_of(work, entry.id, "before") if row.fault is None][:3]
    after_rows = [row for row in book.proof_photos(work, entry.id) if row.fault is None]
    after = [row.id for row in after_rows][:3]
    if not before and not after:
        return None
    stored = sum(row.state == "stored" for row in book.photos_of(work, entry.id))
    key = f"pair:{'-'.join(map(str, before))}/{'-'.join(map(str, after))}:{stored}"
    return Picture("pair", key, {"before": before, "after": after, "entry": entry.id})
