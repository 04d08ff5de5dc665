"""Looked at once more before it goes on: what was voided since, pictures that may not be shown any more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Row

from bot.domain.bulletins import Stage
from bot.ledger.desk import Work
from bot.services.answering import Toast
from bot.services.bulletins import book, card, choosing, standing

MOST_NAMED: Final = 5


def fell(work: Work, row: Row[Any]) -> Toast | None:
    """Before it goes out: what was agreed to and is no longer so makes a draft of it again, and is named."""
    agreed = {_of(one) for one in (row.figures.get("living") or {}).get("gone", ())}
    since = [one for one in standing.gone(work, row.figures) if _of(one) not in agreed]
    pictures = choosing.unusable(work, row)
    if not since and not pictures:
        return None
    return _back(work, row, [one["number"] for one in since], pictures)


def pictures_fell(work: Work, row: Row[Any]) -> Toast | None:
    """Before it is sent for approval: pictures that may not be shown any more are taken out, and named."""
    pictures = choosing.unusable(work, row)
    return _back(work, row, [], pictures) if pictures else None


def _back(work: Work, row: Row[Any], numbers: list[str], pictures: list[dict[str, Any]]) -> Toast:
    kept = [one for one in row.content["pictures"] if one not in pictures]
    was = Stage(row.state)
    fresh = book.change(work, row, "fell", {**row.content, "pictures": kept})
    card.refresh(work, fresh)
    said = {
        "numbers": numbers[:MOST_NAMED],
        "pictures": [one["number"] or one["place"] for one in pictures][:MOST_NAMED],
        "again": was is not Stage.DRAFT,
    }
    return Toast("bulletins.fell_toast", said, alert=True)


def _of(one: Mapping[str, Any]) -> tuple[Any, ...]:
    return one["number"], one["why"]
