"""What may be the same problem as a fresh entry: place and category, the ground, the picture (SPEC §2).

Computed when a receipt is shown, so that it follows every edit of place or category, and only out of what
the receipt's reader may see.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from math import cos, radians
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, and_, or_, select

from bot.domain.entries import State
from bot.domain.positions import distance
from bot.ledger.desk import Work
from bot.ledger.tables import entries, links, photos, resemblances
from bot.services import sight

OFFERED_FOR: Final = timedelta(hours=24)
"""A receipt offers for so long: whoever did not answer by then does not want to."""

MOST_LOOKED_AT: Final = 40
"""Candidates of one kind that are weighed: in a busy village the newest of them."""

_A_DEGREE: Final = 111_195.0
"""Metres of a degree of latitude."""

_WEIGHT: Final = {"picture": 4, "nearby": 2, "place": 1}


@dataclass(frozen=True, slots=True)
class Alike:
    """An earlier entry that may be the same problem, and why: `picture`, `nearby`, `place`."""

    row: Row[Any]
    why: tuple[str, ...]


def offers(work: Work, row: Row[Any]) -> list[Alike]:
    """What is offered on a receipt, the likeliest first; nothing once somebody has linked or dismissed it.

    The reader is `work.actor`: what that person may not see is not among them.
    """
    rules = work.world.evidence
    if row.kind != "issue" or row.number is None or row.identity_open or row.region is None:
        return []
    if row.state in (State.DRAFT, State.VOID, State.CLOSED) or work.now > row.created_at + OFFERED_FOR:
        return []
    if row.chain_id is not None:
        return []
    reasons: dict[int, tuple[Row[Any], set[str]]] = {}
    for why, found in (
        ("place", _same_place(work, row)),
        ("nearby", _nearby(work, row)),
        ("picture", _same_picture(work, row)),
    ):
        for other in found:
            reasons.setdefault(other.id, (other, set()))[1].add(why)
    if not reasons:
        return []
    for other_id in spoken_of(work, row.id) | _out_of_one_caption(work, row):
        reasons.pop(other_id, None)
    alike = [
        Alike(other, tuple(sorted(why, key=lambda one: -_WEIGHT[one]))) for other, why in reasons.values()
    ]
    alike.sort(key=lambda one: (-sum(_WEIGHT[why] for why in one.why), -one.row.id))
    return alike[: rules.offers]


def _earlier(work: Work, row: Row[Any]) -> ColumnElement[bool]:
    """Earlier entries of the last hundred days that the actor may see."""
    return and_(
        entries.c.id < row.id,
        entries.c.kind == "issue",
        entries.c.number.is_not(None),
        entries.c.state.not_in((State.DRAFT.value, State.VOID.value)),
        entries.c.found_at >= row.found_at - work.world.evidence.chain_within,
        sight.visible(work),
    )


def _newest(work: Work, condition: ColumnElement[bool]) -> Iterable[Row[Any]]:
    return work.connection.execute(
        select(entries).where(condition).order_by(entries.c.id.desc()).limit(MOST_LOOKED_AT)
    ).all()


def _same_place(work: Work, row: Row[Any]) -> Iterable[Row[Any]]:
    """The same village, the same main category; a township that both name is the same one."""
    if not row.village or not row.category:
        return ()
    main = row.category.partition(".")[0]
    condition = and_(
        entries.c.region == row.region,
        entries.c.village == row.village,
        entries.c.category >= main,
        entries.c.category < f"{main}/",  # all of `main` and `main.sub`: / follows the point
        _earlier(work, row),
    )
    if row.township:
        condition = and_(condition, or_(entries.c.township.is_(None), entries.c.township == row.township))
    return _newest(work, condition)


def _nearby(work: Work, row: Row[Any]) -> Iterable[Row[Any]]:
    """Within fifty metres by what photos or pins say."""
    if row.lat is None or row.lng is None:
        return ()
    metres = work.world.evidence.nearby_metres
    north = metres / _A_DEGREE
    east = north / max(0.01, cos(radians(row.lat)))
    found = _newest(
        work,
        and_(
            entries.c.lat.between(row.lat - north, row.lat + north),
            entries.c.lng.between(row.lng - east, row.lng + east),
            _earlier(work, row),
        ),
    )
    return [one for one in found if distance((one.lat, one.lng), (row.lat, row.lng)) <= metres]


def _same_picture(work: Work, row: Row[Any]) -> Iterable[Row[Any]]:
    """A before-photo is nearly the same picture as one of another entry, or the same file."""
    own = work.connection.execute(
        select(photos.c.id, photos.c.chat_id, photos.c.message_id, photos.c.sha256, photos.c.file_unique_id)
        .where(photos.c.entry_id == row.id, photos.c.kind == "before")
        .limit(MOST_LOOKED_AT)
    ).all()
    if not own:
        return ()
    ids = [one.id for one in own]
    pairs = work.connection.execute(
        select(resemblances.c.photo_id, resemblances.c.other_id).where(
            or_(resemblances.c.photo_id.in_(ids), resemblances.c.other_id.in_(ids))
        )
    ).all()
    near = {pair.photo_id for pair in pairs} | {pair.other_id for pair in pairs}
    files = [one.file_unique_id for one in own]
    hashes = [one.sha256 for one in own if one.sha256]
    shown = {(one.chat_id, one.message_id) for one in own}
    others = work.connection.execute(
        select(photos.c.entry_id, photos.c.chat_id, photos.c.message_id)
        .where(
            or_(
                photos.c.id.in_(near - set(ids)),
                photos.c.file_unique_id.in_(files),
                photos.c.sha256.in_(hashes),
            ),
            photos.c.kind == "before",
            photos.c.entry_id != row.id,
        )
        .order_by(photos.c.id.desc())
        .limit(MOST_LOOKED_AT)
    ).all()
    found = {one.entry_id for one in others if (one.chat_id, one.message_id) not in shown}
    return _newest(work, and_(entries.c.id.in_(found), _earlier(work, row))) if found else ()


def _out_of_one_caption(work: Work, row: Row[Any]) -> set[int]:
    """Entries that share a photo's message with this one: one caption told of several problems."""
    own = (
        select(photos.c.message_id)
        .where(photos.c.entry_id == row.id, photos.c.chat_id == row.chat_id)
        .scalar_subquery()
    )
    return set(
        work.connection.execute(
            select(photos.c.entry_id)
            .where(photos.c.chat_id == row.chat_id, photos.c.message_id.in_(own), photos.c.entry_id != row.id)
            .distinct()
        ).scalars()
    )


def spoken_of(work: Work, entry_id: int) -> set[int]:
    """Entries that somebody has linked with this one, or said are another problem; undone links too."""
    rows = work.connection.execute(
        select(links.c.entry_id, links.c.other_id).where(
            or_(links.c.entry_id == entry_id, links.c.other_id == entry_id)
        )
    ).all()
    return {one.other_id if one.entry_id == entry_id else one.entry_id for one in rows}
