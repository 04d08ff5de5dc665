"""Looked at once more before it goes on: what was voided since, pictures that may not be shown any more."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Row

from bot.domain.bulletins import Stage
from bot.ledger.desk import Work
from bot.services.answering import Toast
from bot.services.bulletins import book, card, choosing, standing, values

MOST_NAMED: Final = 5


def files_of(work: Work, bulletin_id: int) -> list[str]:
    """The files of a bulletin's chosen pictures, to be looked for in the store."""
    row = book.get(work, bulletin_id)
    return [] if row is None else [file for one in row.content["pictures"] for file in _files(work, one)]


def _files(work: Work, chosen: dict[str, Any]) -> list[str]:
    found = values.picture(work, chosen)
    return [found[side]["file"] for side in ("before", "after") if found[side] is not None]


def fell(work: Work, row: Row[Any], lost: Collection[str] = ()) -> Toast | None:
    """Before it goes out: what was agreed to and is no longer so makes a draft of it again, and is named."""
    agreed = {_of(one) for one in (row.figures.get("living") or {}).get("gone", ())}
    since = [one for one in standing.gone(work, row.figures) if _of(one) not in agreed]
    return _back(work, row, [one["number"] for one in since], lost)


def pictures_fell(work: Work, row: Row[Any], lost: Collection[str] = ()) -> Toast | None:
    """Before it is sent for approval: pictures that cannot be shown any more are taken out, and named."""
    return _back(work, row, [], lost)


def _back(work: Work, row: Row[Any], numbers: list[str], lost: Collection[str]) -> Toast | None:
    """A draft without what fell; the card keeps naming the photos that the store has lost."""
    pictures = choosing.unusable(work, row)
    left = [one for one in row.content["pictures"] if one not in pictures]
    gone = [one for one in left if not set(lost).isdisjoint(_files(work, one))]
    if not numbers and not pictures and not gone:
        return None
    was = Stage(row.state)
    content = {**row.content, "pictures": [one for one in left if one not in gone]}
    if gone:
        content["lost"] = [*content.get("lost", ()), *_named(gone)][:MOST_NAMED]
    fresh = book.change(work, row, "fell", content)
    card.refresh(work, fresh)
    said = {
        "numbers": numbers[:MOST_NAMED],
        "pictures": _named(pictures),
        "lost": _named(gone),
        "again": was is not Stage.DRAFT,
    }
    return Toast("bulletins.fell_toast", said, alert=True)


def _named(pictures: Sequence[Mapping[str, Any]]) -> list[str]:
    return [one["number"] or one["place"] for one in pictures][:MOST_NAMED]


def _of(one: Mapping[str, Any]) -> tuple[Any, ...]:
    return one["number"], one["why"]
