"""Items of a score in the ledger: entered, replaced, dropped; always with an event that repeats them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, bindparam, select, update

from bot.domain.campaign import Campaign, GroupKind
from bot.domain.scoring import Item, Kind, Scheme
from bot.ledger import events
from bot.ledger.desk import Work
from bot.ledger.prepared import Prepared
from bot.ledger.tables import score_items
from bot.services.scoring.lines import Entry

ADMIN = "admin"
OVERSIGHT = "oversight"

_counted = Prepared(
    select(
        score_items.c.region,
        score_items.c.source,
        score_items.c.kind,
        score_items.c.value,
        score_items.c.body,
    ).where(
        score_items.c.track == bindparam("track"),
        score_items.c.period == bindparam("period"),
        score_items.c.state == "active",
        score_items.c.kind != "none",
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
    entry_id: int | None = None,
    reviewed_by: int | None = None,
) -> list[int]:
    """Write entries of a period; gives their ids.

    With `replace`, a body's new mark takes the place of its earlier one for the same region and source.
    `rules` is each track's number of the 口径; `dedup` keys what may be written once.
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
            body=body,
            reason=one.reason,
            entry_id=entry_id,
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
        },
    )
    return ids


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


def of_region(work: Work, track: str, period: str, region: str) -> list[Row[Any]]:
    """The items that count for a region, in the order of entering."""
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


def counted(work: Work, track: str, period: str, scheme: Scheme) -> dict[str, list[Item]]:
    """What the rules need of a period's items, by region; equal items are one object."""
    found: dict[str, list[Item]] = {}
    known: dict[tuple[str, str, str, str], Item] = {}
    weights: dict[str, Decimal] = {}
    campaign = work.world.campaign
    for region, source, kind, value, body in _counted.all(work, track=track, period=period):
        key = (source, kind, value, body)
        item = known.get(key)
        if item is None:
            weight = weights.get(body)
            if weight is None:
                weight = weights[body] = weight_of(campaign, scheme, body)
            item = known[key] = Item(source, Kind(kind), Decimal(value), weight)
        mine = found.get(region)
        if mine is None:
            mine = found[region] = []
        mine.append(item)
    return found
