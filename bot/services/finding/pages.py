"""Pages of a list, turned by key: a page costs the same at any depth, whoever looks (PERFORMANCE G9).

A list is one or several *segments*, each in an order of its own (what is open by its deadline, what is closed
by the latest). A segment is a union of *arms*: equalities that one index answers in that order, for the
track, region, group or person that the reader's rights hang on; what lies in two of them is shown once. The
table of permissions is asked of every row besides (`sight.visible`): an arm only tells where to look.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    bindparam,
    func,
    or_,
    select,
    tuple_,
    type_coerce,
    union,
    union_all,
)

from bot.domain.entries import State
from bot.domain.permissions import Role
from bot.ledger.desk import Work
from bot.ledger.prepared import Prepared
from bot.ledger.tables import entries
from bot.services import sight
from bot.services.finding import filters
from bot.services.finding.asked import Asked, Turned

PAGE: Final = 10
"""Entries on a page: two rows of five buttons."""

COUNTED: Final = 1000
"""A list is counted so far; what goes beyond is told as «more than»."""

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)

COLUMNS: Final = (
    *(
        entries.c[name]
        for name in (
            "id", "number", "version", "state", "kind", "track", "group_key", "filer_id", "checker", "mode",
            "source", "region", "township", "village", "spot", "by_hand", "deadline", "passed_to",
        )
    ),
    # only whether they are there is looked at: reading them as instants would cost as much as the query
    *(type_coerce(entries.c[name], String).label(name) for name in ("assigned_at", "handed_over_at")),
)  # fmt: skip
"""What a line of a list and the table of permissions need to know."""

Arms = list[ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a list in one order: by a column, falling or rising, then by id."""

    arms: Callable[[Work, Asked], Arms]
    order: str
    rising: bool = False
    keyless: bool = False
    """Whether some may have nothing to be ordered by."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its rows, the number of the first, and where to turn from here."""

    rows: Sequence[Any]
    first: int
    on: Turned | None
    back: Turned | None


# --- arms: where to look ------------------------------------------------------------------------------


def _scopes(work: Work, asked: Asked) -> Arms:
    """Parts of the ledger that hold all the actor may see; the filtered place where there is one."""
    column, campaign, actor = entries.c, work.world.campaign, work.actor
    place = [
        filters.condition(work, asked, kind) for kind, _ in asked.filters if kind in ("region", "township")
    ]
    if place and asked.value("region") is None:
        place.append(filters.condition(work, asked, "region"))
    if place:
        return [and_(*place)]
    tracks = filters.tracks_of(actor, campaign)
    regions = [
        one.name
        for one in campaign.regions
        if one.track not in tracks and one.name in filters.regions_of(actor, campaign)
    ]
    arms: Arms = [column.track == track for track in tracks]
    if len(tracks) == len(campaign.tracks):
        return [*arms, column.track.is_(None)]
    arms += [column.region == region for region in regions]
    arms += [column.group_key == group for group in actor.groups()]
    # of another group's, or of the office's
    arms += [
        and_(column.checker == group, column.checker.is_distinct_from(column.group_key))
        for group in actor.groups()
    ]
    arms += [
        and_(column.region == grant.region, column.passed_to == grant.township)
        for grant in actor.grants
        if grant.role is Role.TOWNSHIP
    ]
    if actor.has(Role.OFFICE):  # what somebody of an office has filed for another track
        arms += [and_(column.filer_id == bindparam("me"), column.group_key.is_(None))]
    return arms


def _ledger(work: Work, asked: Asked) -> Arms:
    column = entries.c
    stated: Arms = []
    if asked.value("state") is not None:
        stated = [filters.condition(work, asked, "state")]
    return [
        and_(arm, *stated, column.kind == "issue", column.state != State.DRAFT.value)
        for arm in _scopes(work, asked)
    ]


def _late(work: Work, asked: Asked) -> Arms:
    return [and_(arm, filters.LATE, entries.c.kind == "issue") for arm in _scopes(work, asked)]


def _own(*states: State) -> Callable[[Work, Asked], Arms]:
    """What the actor filed, and what the actor's region or township is to answer or has answered."""
    stated = sight.among(entries.c.state, [state.value for state in states])
    return lambda work, _: [and_(arm, stated) for arm in (*_filed(work), *_owing(work))]


def _open(work: Work, _: Asked) -> Arms:
    owed = entries.c.owed_by.is_not(None)
    return [and_(arm, owed) for arm in (*_filed(work), *_owing(work))]


def _filed(work: Work) -> Arms:
    return [entries.c.filer_id == bindparam("me")]


def _owing(work: Work) -> Arms:
    """What the county's side of the actor has to do with."""
    column, regions = entries.c, work.actor.regions()
    return [
        *(column.region == region for region in regions),
        *(
            and_(column.region == grant.region, column.passed_to == grant.township)
            for grant in work.actor.grants
            if grant.role is Role.TOWNSHIP and grant.region not in regions
        ),
    ]


def _drafts(work: Work, _: Asked) -> Arms:
    return [and_(arm, entries.c.state == State.DRAFT.value) for arm in _filed(work)]


def _checks(work: Work, _: Asked) -> Arms:
    column, actor = entries.c, work.actor
    waiting = sight.to_check(actor)
    submitted = column.state == State.SUBMITTED.value
    arms = [and_(submitted, column.checker == group, waiting) for group in actor.groups()]
    arms += [
        and_(submitted, column.checker.is_(None), column.track == track, waiting) for track in actor.offices()
    ]
    return arms


def _owed(work: Work, _: Asked) -> Arms:
    return [and_(arm, entries.c.owed_by.is_not(None)) for arm in _owing(work)]


SEGMENTS: Final[dict[str, tuple[Segment, ...]]] = {
    # drafts first: they wait for their owner; what is over comes last
    "my": (
        Segment(_drafts, "listed_at"),
        Segment(_own(State.SUBMITTED), "listed_at"),
        Segment(_open, "owed_by", rising=True),
        Segment(_own(State.FILED), "listed_at"),
        Segment(_own(State.DEFERRED), "listed_at"),
        Segment(_own(State.CLOSED), "listed_at"),
    ),
    "todo": (
        Segment(_drafts, "listed_at"),
        Segment(_checks, "proof_sent_at", rising=True, keyless=True),
        Segment(_owed, "owed_by", rising=True),
    ),
    "check": (Segment(_checks, "proof_sent_at", rising=True, keyless=True),),
    "ledger": (Segment(_ledger, "listed_at"),),
    "late": (Segment(_late, "owed_by", rising=True),),
}


def segments(asked: Asked) -> tuple[Segment, ...]:
    """The parts of a list in their order; what is overdue comes by its deadline."""
    if asked.which == "ledger" and asked.value("late") is not None:
        return SEGMENTS["late"]
    return SEGMENTS[asked.which]


# --- statements, kept ---------------------------------------------------------------------------------

_KEPT: Final = 512
_statements: OrderedDict[tuple[Any, ...], tuple[Any, Prepared | None]] = OrderedDict()


def prepared(work: Work, asked: Asked, what: tuple[Any, ...], build: Callable[[], Any]) -> Prepared | None:
    """A statement of this shape for this actor, compiled once; values are not part of the shape.

    None where there is nothing to ask for.
    """
    campaign = work.world.campaign
    key = (id(campaign), work.actor, asked.which, filters.shape(work, asked), what)
    found = _statements.get(key)
    if found is None:
        statement = build()
        # the campaign lives as long as its key
        found = _statements[key] = (campaign, None if statement is None else Prepared(statement))
        while len(_statements) > _KEPT:
            _statements.popitem(last=False)
    return found[1]


def residual(work: Work, asked: Asked) -> Arms:
    """What is asked of every row besides where it was looked for."""
    rest = [
        filters.condition(work, asked, kind)
        for kind, _ in asked.filters
        if kind in ("category", "group", "period", "source")
        or (kind == "state" and asked.value("late") is not None)
    ]
    return [sight.visible(work), *rest]


def _union(work: Work, asked: Asked, segment: Segment, columns: Sequence[Any], *more: Any) -> Any:
    rest = residual(work, asked)
    parts: list[Select[Any]] = [
        select(*columns).where(arm, *more, *rest) for arm in segment.arms(work, asked)
    ]
    if not parts:
        return None
    if len(parts) == 1:
        return parts[0]
    return union_all(*parts) if _apart(work, asked) else union(*parts)


def _apart(work: Work, asked: Asked) -> bool:
    """Whether no entry lies in two of a list's arms: whole tracks, or a contact's regions."""
    grants = work.actor.grants
    return asked.which == "ledger" and all(
        grant.role in (Role.OVERSIGHT, Role.CITY_LEADER, Role.CONTACT, Role.ADMIN) for grant in grants
    )


def _page(work: Work, asked: Asked, at: int, back: bool, inside: bool, keyless: bool) -> Any:
    segment = segments(asked)[at]
    column, own = entries.c[segment.order], entries.c.id
    down = segment.rising is back  # falling as it stands, rising when turned back
    after: list[Any] = []
    if inside and keyless:  # entries without a deadline stand ahead of all that have one
        after = [and_(column.is_(None), own < bindparam("id"))]
        if not down:
            after = [or_(column.is_not(None), own > bindparam("id"))]
    elif inside:
        place = tuple_(bindparam("key", type_=column.type), bindparam("id"))
        after = [tuple_(column, own) < place if down else tuple_(column, own) > place]
        if segment.keyless and back:
            after = [or_(column.is_(None), *after)]
    key = type_coerce(column, String).label("key")
    if len(segment.arms(work, asked)) > 1 and not _apart(work, asked):
        return _joined(_union(work, asked, segment, (own, key), *after), down)
    found = _union(work, asked, segment, (*COLUMNS, key), *after)
    if found is None:
        return None
    names = found.selected_columns
    order = [names["key"], names["id"]]
    return found.order_by(*(one.desc() if down else one.asc() for one in order)).limit(bindparam("most"))


def _joined(found: Any, down: bool) -> Any:
    """The entries of a union that holds only keys: what is compared and thrown away stays small."""
    names = found.selected_columns
    order = [names["key"], names["id"]]
    some = found.order_by(*(one.desc() if down else one.asc() for one in order)).limit(bindparam("most"))
    keys = some.subquery()
    order = [keys.c.key, keys.c.id]
    return (
        select(*COLUMNS, keys.c.key)
        .select_from(keys.join(entries, entries.c.id == keys.c.id))
        .order_by(*(one.desc() if down else one.asc() for one in order))
    )


def fetch(work: Work, asked: Asked) -> Page:
    """The page that is asked for; ten statements at the most, mostly one."""
    turned = asked.turned
    back = turned is not None and turned.back
    parts = range(len(segments(asked)))
    start = min(turned.segment, len(parts) - 1) if turned is not None else 0
    order = list(reversed(parts[: start + 1])) if back else list(parts[start:])
    given = {"me": work.actor.member_id, **filters.values(work, asked)}
    found: list[tuple[int, Any]] = []
    for at in order:
        inside = turned is not None and at == start
        found += [
            (at, row)
            for row in _rows(work, asked, at, back, turned if inside else None, given, PAGE + 1 - len(found))
        ]
        if len(found) > PAGE:
            break
    more, found = len(found) > PAGE, found[:PAGE]
    if back:
        found.reverse()
    before = turned.before if turned is not None else 0
    if back:
        before = max(0, before - len(found)) if more else 0
    ends = [(found[0], before), (found[-1], before + len(found))] if found else []
    places = [
        Turned(at == 0, part, _key(row.key), row.id, count) for at, ((part, row), count) in enumerate(ends)
    ]
    ahead, behind = (more, True) if back else (before > 0, more)
    return Page(
        [row for _, row in found],
        before + 1,
        places[1] if places and behind else None,
        places[0] if places and ahead else None,
    )


def _rows(
    work: Work, asked: Asked, at: int, back: bool, turned: Turned | None, given: dict[str, Any], most: int
) -> Sequence[Any]:
    keyless = turned is not None and turned.key is None
    what = ("page", at, back, turned is not None, keyless)
    statement = prepared(work, asked, what, lambda: _page(work, asked, at, back, turned is not None, keyless))
    if statement is None:
        return []
    if turned is not None:
        given = {**given, "id": turned.id, "key": _instant(turned.key)}
    return statement.all(work, **given, most=most)


def count(work: Work, asked: Asked) -> int:
    """How many entries a list has, up to `COUNTED` + 1."""
    given = {"me": work.actor.member_id, **filters.values(work, asked)}
    total = 0
    for at, segment in enumerate(segments(asked)):

        def build(segment: Segment = segment) -> Any:
            found = _union(work, asked, segment, (entries.c.id,))
            if found is None:
                return None
            return select(func.count()).select_from(found.limit(bindparam("most")).subquery())

        statement = prepared(work, asked, ("count", at), build)
        if statement is not None and total <= COUNTED:
            total += int(statement.scalar(work, **given, most=COUNTED + 1))
    return min(total, COUNTED + 1)


def by_state(work: Work, asked: Asked) -> list[dict[str, Any]]:
    """How many there are of each state, in the order of an entry's life; empty where there are too many."""
    given = {"me": work.actor.member_id, **filters.values(work, asked)}

    def build() -> Any:
        arms = [*_filed(work), *_owing(work)]
        parts = [
            select(entries.c.id, entries.c.state).where(
                arm, sight.visible(work), entries.c.state != State.VOID.value
            )
            for arm in arms
        ]
        some = union(*parts).limit(bindparam("most")).subquery()
        return select(some.c.state, func.count().label("many")).group_by(some.c.state)

    statement = prepared(work, asked, ("states",), build)
    assert statement is not None
    found = {row.state: row.many for row in statement.all(work, **given, most=COUNTED + 1)}
    if sum(found.values()) > COUNTED:
        return []
    return [{"state": state.value, "count": found[state.value]} for state in State if state.value in found]


def key_of(instant: datetime | None) -> int | None:
    """An instant as buttons carry it: microseconds, so that nothing is rounded."""
    return None if instant is None else (instant - _EPOCH) // timedelta(microseconds=1)


def _key(written: str | None) -> int | None:
    return None if written is None else key_of(datetime.fromisoformat(written).replace(tzinfo=UTC))


def _instant(key: int | None) -> datetime | None:
    return None if key is None else _EPOCH + timedelta(microseconds=key)
