"""Items of a score in the ledger: entered, replaced, dropped; always with an event that repeats them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, insert, literal_column, or_, select, update

from bot.domain.campaign import Campaign, GroupKind
from bot.domain.score_words import MOST_PLACES, Kind
from bot.domain.scoring import Part, Scheme, Sums, average
from bot.ledger import events
from bot.ledger.desk import Work
from bot.ledger.prepared import Prepared
from bot.ledger.tables import score_counted, score_items
from bot.services.field import duplicates
from bot.services.scoring.lines import Entry

ADMIN = "admin"
OVERSIGHT = "oversight"

_KEYS = (score_items.c.region, score_items.c.source, score_items.c.kind, score_items.c.body)
_IN_PERIOD = (
    score_items.c.track == bindparam("track"),
    score_items.c.period == bindparam("period"),
    score_items.c.state == "active",
)
_summed = Prepared(
    select(*_KEYS, func.sum(score_items.c.units).label("units"), func.count().label("count"))
    .where(*_IN_PERIOD, score_items.c.kind != "none")
    .group_by(*_KEYS)
)
# without GROUP BY: it would lure SQLite to another index, and these are few rows
_one_by_one: tuple[Any, ...] = (*_KEYS, score_items.c.units, literal_column("1").label("count"))
_of_one_region = Prepared(
    select(*_one_by_one).where(
        *_IN_PERIOD, score_items.c.region == bindparam("region"), score_items.c.kind != "none"
    )
)
_marks = Prepared(
    select(*_KEYS, score_items.c.value).where(
        *_IN_PERIOD, or_(score_items.c.kind == "mark", score_items.c.kind == "none")
    )
)
_marks_of_source = Prepared(
    select(*_one_by_one).where(
        *_IN_PERIOD, score_items.c.source == bindparam("source"), score_items.c.kind == "mark"
    )
)


def add(
    work: Work,
    period: str,
    entries: Sequence[Entry],
    *,
    body: str,
    origin: str,
    rules: Mapping[str, int],
    replace: bool = True,
    dedup: str | None = None,
    evidence: Mapping[int, int] = MappingProxyType({}),
    reviewed_by: int | None = None,
) -> list[int]:
    """Write entries of a period; gives their ids.

    With `replace`, a body's new mark takes the place of its earlier one for the same region and source.
    A region reads the reasons: the number of an entry that is hidden now 暗访 is in none. `rules` is each
    track's number of the 口径; `dedup` keys what may be written once;
    `evidence` gives the entry that a line rests on, by the line's row.
    """
    if replace:
        _replace_marks(work, period, entries, body)
    ids = [
        work.insert(
            score_items,
            track=one.track,
            period=period,
            region=one.region,
            source=one.source,
            kind=one.kind.value,
            value=str(one.value),
            units=units_of(one.value),
            aspects=[f"{value:f}" for value in one.aspects] or None,
            body=body,
            reason=duplicates.without_hidden(work, one.reason),
            entry_id=evidence.get(one.row),
            state="active",
            origin=origin,
            dedup=f"{dedup}:{number}" if dedup else None,
            rules=rules[one.track],
            member_id=work.actor.member_id or None,
            at=work.now,
            confirmed_by=reviewed_by,
            confirmed_at=work.now if reviewed_by else None,
        )
        for number, one in enumerate(entries)
    ]
    events.record(
        work,
        "score_items",
        body=body,
        data={
            "period": period,
            "origin": origin,
            "items": [
                [item_id, one.region, one.source, one.kind.value, str(one.value)]
                for item_id, one in zip(ids, entries, strict=True)
            ],
            **_aspects(ids, entries),
        },
    )
    return ids


def _aspects(ids: Sequence[int], entries: Sequence[Entry]) -> dict[str, Any]:
    """For the event: the aspects of those marks that have them."""
    found = [
        [item_id, *(f"{value:f}" for value in one.aspects)]
        for item_id, one in zip(ids, entries, strict=True)
        if one.aspects
    ]
    return {"aspects": found} if found else {}


def _replace_marks(work: Work, period: str, entries: Sequence[Entry], body: str) -> None:
    marked = {(one.region, one.source) for one in entries if one.kind is Kind.MARK}
    if not marked:
        return
    rows = work.connection.execute(
        select(score_items.c.id, score_items.c.region, score_items.c.source).where(
            score_items.c.period == period,
            score_items.c.body == body,
            score_items.c.kind == Kind.MARK.value,
            score_items.c.state == "active",
        )
    ).all()
    drop(work, [row.id for row in rows if (row.region, row.source) in marked], body=body, why="replaced")


def drop(work: Work, ids: Iterable[int], *, body: str, why: str) -> None:
    """Take items out of the count; they stay in the ledger, with an event."""
    wanted = list(ids)
    if not wanted:
        return
    work.connection.execute(update(score_items).where(score_items.c.id.in_(wanted)).values(state="dropped"))
    events.record(work, "score_dropped", body=body, data={"items": wanted, "why": why})


def get(work: Work, item_id: int) -> Row[Any] | None:
    """An item by id."""
    return work.connection.execute(select(score_items).where(score_items.c.id == item_id)).first()


def of_region(work: Work, track: str, period: str, region: str, most: int | None = None) -> list[Row[Any]]:
    """The items that count for a region, in the order of entering; no more than `most`."""
    return list(
        work.connection.execute(
            select(score_items)
            .where(
                score_items.c.track == track,
                score_items.c.period == period,
                score_items.c.region == region,
                score_items.c.state == "active",
                score_items.c.kind != "none",
            )
            .order_by(score_items.c.id)
            .limit(most)
        ).all()
    )


def entered(work: Work, track: str, period: str) -> bool:
    """Whether anything counts in a track's period."""
    found = select(score_items.c.id).where(
        score_items.c.track == track,
        score_items.c.period == period,
        score_items.c.state == "active",
        score_items.c.kind != "none",
    )
    return work.connection.execute(found.limit(1)).first() is not None


def keep_counted(work: Work, sheet: Row[Any]) -> None:
    """Write down which items a ranking is made of, when it is locked."""
    forget_counted(work, sheet.id)
    active = select(literal_column(str(int(sheet.id))), score_items.c.id).where(
        score_items.c.track == sheet.track,
        score_items.c.period == sheet.period,
        score_items.c.state == "active",
    )
    work.connection.execute(insert(score_counted).from_select(["sheet_id", "item_id"], active))


def forget_counted(work: Work, sheet_id: int) -> None:
    """A ranking is no longer locked: it is made of what is active."""
    work.connection.execute(delete(score_counted).where(score_counted.c.sheet_id == sheet_id))


def restore(work: Work, sheet: Row[Any], *, body: str) -> None:
    """Let exactly the items of a locked ranking count again in its period."""
    made_of = set(
        work.connection.execute(
            select(score_counted.c.item_id).where(score_counted.c.sheet_id == sheet.id)
        ).scalars()
    )
    active = work.connection.execute(
        select(score_items.c.id).where(
            score_items.c.track == sheet.track,
            score_items.c.period == sheet.period,
            score_items.c.state == "active",
        )
    ).scalars()
    drop(work, sorted(set(active) - made_of), body=body, why="correction_given_up")
    back = work.connection.execute(
        select(score_items)
        .join(score_counted, score_counted.c.item_id == score_items.c.id)
        .where(score_counted.c.sheet_id == sheet.id, score_items.c.state == "dropped")
        .order_by(score_items.c.id)
    ).all()
    if not back:
        return
    work.connection.execute(
        update(score_items).where(score_items.c.id.in_([one.id for one in back])).values(state="active")
    )
    events.record(
        work,
        "score_items",
        body=body,
        data={
            "period": sheet.period,
            "origin": "correction_given_up",
            "items": [[one.id, one.region, one.source, one.kind, one.value] for one in back],
        },
    )


def counted(work: Work, sheet: Row[Any], region: str, most: int | None = None) -> list[Row[Any]]:
    """The items that a locked ranking is made of for a region, whatever became of them since."""
    return list(
        work.connection.execute(
            select(score_items)
            .join(score_counted, score_counted.c.item_id == score_items.c.id)
            .where(
                score_items.c.track == sheet.track,
                score_items.c.period == sheet.period,
                score_items.c.region == region,
                score_counted.c.sheet_id == sheet.id,
            )
            .order_by(score_items.c.id)
            .limit(most)
        ).all()
    )


def of_period(work: Work, track: str, period: str) -> list[Row[Any]]:
    """Every item of a track's period that is proposed or counts, statements 「本旬未检查」 included."""
    return list(
        work.connection.execute(
            select(score_items)
            .where(
                score_items.c.track == track,
                score_items.c.period == period,
                score_items.c.state.in_(["active", "proposed"]),
            )
            .order_by(score_items.c.id)
        ).all()
    )


def weight_of(campaign: Campaign, scheme: Scheme, body: str) -> Decimal:
    """What a mark of that body weighs: a topic group's a quarter, every other's one."""
    kind, _, key = body.partition(":")
    if kind == "group" and campaign.group(key).kind is GroupKind.TOPIC:
        return scheme.topic_weight
    return Decimal(1)


def sums(work: Work, track: str, period: str, scheme: Scheme) -> dict[str, dict[str, Sums]]:
    """What a track's items of a period come to, for every region of the campaign in its order."""
    found = {region.name: _empty(scheme) for region in work.world.campaign.regions_of(track)}
    add = _Adding(work, scheme)
    for row in _summed.all(work, track=track, period=period):
        mine = found.get(row[0])
        if mine is not None:  # else of a region that the configuration no longer has
            add(mine, row)
    return found


def sums_of(work: Work, track: str, period: str, region: str, scheme: Scheme) -> dict[str, Sums]:
    """The same for one region alone."""
    found = _empty(scheme)
    add = _Adding(work, scheme)
    for row in _of_one_region.all(work, track=track, period=period, region=region):
        add(found, row)
    return found


def average_of(work: Work, track: str, period: str, part: Part, scheme: Scheme) -> Fraction | None:
    """The mean over the regions that were inspected in a part; None when none was."""
    found: dict[str, dict[str, Sums]] = {}
    add = _Adding(work, scheme)
    for source in part.sources:
        for row in _marks_of_source.all(work, track=track, period=period, source=source):
            mine = found.get(row[0])
            if mine is None:
                mine = found[row[0]] = _empty(scheme)
            add(mine, row)
    return average(base for one in found.values() if (base := one[part.key].base) is not None)


def _empty(scheme: Scheme) -> dict[str, Sums]:
    return {part.key: Sums() for part in scheme.parts}


class _Adding:
    """Adds a row of sums (region, source, kind, body, units, count) to a region's parts."""

    def __init__(self, work: Work, scheme: Scheme) -> None:
        self._parts = {source: part.key for part in scheme.parts for source in part.sources}
        self._weights: dict[str, Decimal] = {}
        self._campaign, self._scheme = work.world.campaign, scheme

    def __call__(self, found: Mapping[str, Sums], row: Sequence[Any]) -> None:
        _, source, kind, body, units, count = row
        key = self._parts.get(source)
        if key is None:
            return
        value = Decimal(int(units)).scaleb(-MOST_PLACES)
        if kind == Kind.POINTS:
            found[key].point(value)
            return
        weight = self._weights.get(body)
        if weight is None:
            weight = self._weights[body] = weight_of(self._campaign, self._scheme, body)
        found[key].mark(value, weight, int(count))


def marks(work: Work, track: str, period: str) -> list[Any]:
    """The marks of a track's period and the statements 「本旬未检查」: region, source, kind, body, value."""
    return _marks.all(work, track=track, period=period)


def units_of(value: Decimal) -> int:
    """A value in ten-thousandths."""
    return int(value.scaleb(MOST_PLACES))
