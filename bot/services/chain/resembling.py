"""What may be the same problem as a fresh entry: place and category, the ground, the picture (SPEC §2).

Computed when a receipt is shown, so that it follows every edit of place or category, and only out of what
the receipt's reader may see. Receipts are the hot path: the statements are compiled once, and the sight of
the few that they find is judged by the permission table itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import cos, radians
from typing import Any, Final

from sqlalchemy import Row, and_, bindparam, or_, select, union

from bot.domain.entries import State
from bot.domain.positions import distance
from bot.ledger import entries as book
from bot.ledger.desk import Work
from bot.ledger.prepared import Prepared
from bot.ledger.tables import entries, links, photos, resemblances
from bot.services import life

OFFERED_FOR: Final = timedelta(hours=24)
"""A receipt offers for so long: whoever did not answer by then does not want to."""

MOST_LOOKED_AT: Final = 12
"""Candidates of one kind that are weighed: in a busy village the newest of them."""

_A_DEGREE: Final = 111_195.0
"""Metres of a degree of latitude."""

_WEIGHT: Final = {"picture": 4, "nearby": 2, "place": 1}

_OVER: Final = (State.DRAFT.value, State.VOID.value)

_earlier = and_(
    entries.c.id < bindparam("this"),
    entries.c.kind == "issue",
    entries.c.number.is_not(None),
    *(entries.c.state != state for state in _OVER),
    entries.c.found_at >= bindparam("since"),
)
_same_place = Prepared(
    select(entries)
    .where(
        entries.c.region == bindparam("of_region"),
        entries.c.village == bindparam("of_village"),
        entries.c.category >= bindparam("main"),
        entries.c.category < bindparam("beyond"),
        _earlier,
    )
    .order_by(entries.c.id.desc())
    .limit(MOST_LOOKED_AT)
)
_nearby = Prepared(
    select(entries)
    .where(
        entries.c.lat.is_not(None),
        entries.c.lat.between(bindparam("south"), bindparam("north")),
        entries.c.lng.between(bindparam("west"), bindparam("east")),
        _earlier,
    )
    .order_by(entries.c.id.desc())
    .limit(MOST_LOOKED_AT)
)

_own, _theirs = photos.alias("own"), photos.alias("theirs")
_both_before = and_(
    _own.c.entry_id == bindparam("this"),
    _own.c.kind == "before",
    _theirs.c.kind == "before",
    _theirs.c.entry_id < bindparam("this"),
    # one message may show several problems: its photo is no other one
    or_(_theirs.c.chat_id != _own.c.chat_id, _theirs.c.message_id != _own.c.message_id),
)


_earlier_one = _own.join(resemblances, resemblances.c.photo_id == _own.c.id)
_later_one = _own.join(resemblances, resemblances.c.other_id == _own.c.id)
_same_picture = Prepared(
    union(
        *(
            select(_theirs.c.entry_id).select_from(joined).where(_both_before)
            for joined in (
                _earlier_one.join(_theirs, _theirs.c.id == resemblances.c.other_id),
                _later_one.join(_theirs, _theirs.c.id == resemblances.c.photo_id),
                _own.join(_theirs, _theirs.c.file_unique_id == _own.c.file_unique_id),
                _own.join(_theirs, _theirs.c.sha256 == _own.c.sha256),
            )
        )
    ).limit(MOST_LOOKED_AT)
)
_spoken_of = Prepared(
    select(links.c.entry_id, links.c.other_id).where(
        or_(links.c.entry_id == bindparam("this"), links.c.other_id == bindparam("this"))
    )
)
_out_of_one_caption = Prepared(
    select(_theirs.c.entry_id)
    .select_from(
        _own.join(
            _theirs,
            and_(_theirs.c.chat_id == _own.c.chat_id, _theirs.c.message_id == _own.c.message_id),
        )
    )
    .where(_own.c.entry_id == bindparam("this"), _theirs.c.entry_id != bindparam("this"))
)


@dataclass(frozen=True, slots=True)
class Alike:
    """An earlier entry that may be the same problem, and why: `picture`, `nearby`, `place`."""

    row: Row[Any]
    why: tuple[str, ...]


def offers(work: Work, row: Row[Any]) -> list[Alike]:
    """What is offered on a receipt, the likeliest first; nothing once somebody has linked or dismissed it.

    The reader is `work.actor`: what that person may not see is not among them.
    """
    if row.kind != "issue" or row.number is None or row.identity_open or row.region is None:
        return []
    if row.state in (State.DRAFT, State.VOID, State.CLOSED) or work.now > row.created_at + OFFERED_FOR:
        return []
    if row.chain_id is not None:
        return []
    since = row.found_at - work.world.evidence.chain_within
    reasons: dict[int, tuple[Row[Any], set[str]]] = {}
    for why, found in (
        ("place", _of_place(work, row, since)),
        ("nearby", _of_ground(work, row, since)),
        ("picture", _of_picture(work, row, since)),
    ):
        for other in found:
            reasons.setdefault(other.id, (other, set()))[1].add(why)
    if not reasons:
        return []
    for other_id in spoken_of(work, row.id) | _siblings(work, row):
        reasons.pop(other_id, None)
    alike = [
        Alike(other, tuple(sorted(why, key=lambda one: -_WEIGHT[one])))
        for other, why in reasons.values()
        if life.having_of(work, other)
    ]
    alike.sort(key=lambda one: (-sum(_WEIGHT[why] for why in one.why), -one.row.id))
    return alike[: work.world.evidence.offers]


def _of_place(work: Work, row: Row[Any], since: datetime) -> list[Row[Any]]:
    """The same village, the same main category; a township that both name is the same one."""
    if not row.village or not row.category:
        return []
    main = row.category.partition(".")[0]
    found = _same_place.all(
        work,
        this=row.id,
        since=since,
        of_region=row.region,
        of_village=row.village,
        main=main,
        beyond=f"{main}/",  # all of `main` and `main.sub`: / follows the point
    )
    return [one for one in found if not (one.township and row.township and one.township != row.township)]


def _of_ground(work: Work, row: Row[Any], since: datetime) -> list[Row[Any]]:
    """Within fifty metres by what photos or pins say."""
    if row.lat is None or row.lng is None:
        return []
    metres = work.world.evidence.nearby_metres
    up = metres / _A_DEGREE
    aside = up / max(0.01, cos(radians(row.lat)))
    found = _nearby.all(
        work,
        this=row.id,
        since=since,
        south=row.lat - up,
        north=row.lat + up,
        west=row.lng - aside,
        east=row.lng + aside,
    )
    return [one for one in found if distance((one.lat, one.lng), (row.lat, row.lng)) <= metres]


def _of_picture(work: Work, row: Row[Any], since: datetime) -> list[Row[Any]]:
    """A before-photo is nearly the same picture as one of another entry, or the same file."""
    found = [book.get(work, one.entry_id) for one in _same_picture.all(work, this=row.id)]
    return [
        one
        for one in found
        if one is not None
        and one.kind == "issue"
        and one.number is not None
        and one.state not in _OVER
        and one.found_at >= since
    ]


def _siblings(work: Work, row: Row[Any]) -> set[int]:
    """Entries that share a photo's message with this one: one caption told of several problems."""
    return {one.entry_id for one in _out_of_one_caption.all(work, this=row.id)}


def spoken_of(work: Work, entry_id: int) -> set[int]:
    """Entries that somebody has linked with this one, or said are another problem; undone links too."""
    rows = _spoken_of.all(work, this=entry_id)
    return {one.other_id if one.entry_id == entry_id else one.entry_id for one in rows}
