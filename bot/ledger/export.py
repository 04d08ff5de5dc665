"""Pages of entries, photos and events for an export: by key, so that no page costs more than the first.

What is covert 暗访 and not handed over is in none of them (SPEC §2): the filing group and the office of its
track read it in the chat, an export travels further.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, literal, or_, select

from bot.domain.entries import Mode, State
from bot.ledger.desk import Work
from bot.ledger.tables import entries, events, photos

PAGE = 500

# an entry whose filer has not yet said as whom is held as covert
hidden = or_(
    and_(entries.c.mode == Mode.COVERT.value, entries.c.handed_over_at.is_(None)),
    entries.c.identity_open.is_(True),
)
_exported = and_(entries.c.kind == "issue", ~hidden)


def count_entries(work: Work) -> int:
    """How many entries an export has."""
    return int(work.connection.execute(select(func.count()).where(_exported)).scalar_one())


def entry_pages(work: Work, page: int = PAGE) -> Iterator[Sequence[Row[Any]]]:
    """Entries in the order in which they were registered, page by page."""
    after = 0
    while True:
        rows = work.connection.execute(
            select(entries).where(_exported, entries.c.id > after).order_by(entries.c.id).limit(page)
        ).all()
        if not rows:
            return
        yield rows
        after = rows[-1].id


def entries_of(work: Work, entry_ids: Sequence[int], seen: ColumnElement[bool]) -> Sequence[Row[Any]]:
    """Entries by id, as far as an export may hold them and `seen` lets its reader see them."""
    return work.connection.execute(
        select(entries)
        .where(entries.c.id.in_(entry_ids), _exported, seen, entries.c.state != State.DRAFT.value)
        .order_by(entries.c.id)
    ).all()


def sizes(
    work: Work, conditions: Iterable[ColumnElement[bool]], given: Mapping[str, Any], most: int
) -> Sequence[Any]:
    """Id, track, region, signs and photos of the entries that an export with these conditions has."""
    columns = entries.c
    words = sum(
        (
            func.coalesce(func.length(column), 0)
            for column in (
                columns.description,
                columns.public_text,
                columns.measures,
                columns.void_reason,
                columns.village,
                columns.spot,
                columns.county_leader,
                columns.section_officer,
            )
        ),
        start=literal(0),
    )
    pictures = select(func.count()).where(photos.c.entry_id == columns.id).scalar_subquery()
    query = (
        select(columns.id, columns.track, columns.region, words.label("words"), pictures.label("photos"))
        .where(_exported, columns.state != State.DRAFT.value, *conditions)
        .order_by(columns.id)
        .limit(most)
    )
    return work.connection.execute(query, given).all()


def count_hidden(work: Work, conditions: Iterable[ColumnElement[bool]], given: Mapping[str, Any]) -> int:
    """How many entries with these conditions no export holds: covert ones that wait for their hand-over."""
    query = select(func.count()).where(
        entries.c.kind == "issue", hidden, entries.c.state != State.DRAFT.value, *conditions
    )
    return int(work.connection.execute(query, given).scalar_one())


def photos_of(work: Work, entry_ids: Iterable[int]) -> dict[int, list[Row[Any]]]:
    """Entry id → its before- and after-photos in their order."""
    found: dict[int, list[Row[Any]]] = {}
    query = (
        select(photos)
        .where(photos.c.entry_id.in_(list(entry_ids)), photos.c.kind.in_(("before", "after")))
        .order_by(photos.c.entry_id, photos.c.kind.desc(), photos.c.seq, photos.c.id)
    )
    for row in work.connection.execute(query):
        found.setdefault(row.entry_id, []).append(row)
    return found


def chains(
    work: Work, chain_ids: Iterable[int], seen: ColumnElement[bool] | None = None
) -> dict[int | None, str | None]:
    """Chain → the number of its first entry, where an export may speak of two of its entries at least.

    `seen`: of those alone that a reader sees.
    """
    rows = work.connection.execute(
        select(entries.c.chain_id, func.min(entries.c.id).label("first"))
        .where(
            _exported,
            entries.c.chain_id.in_(sorted(set(chain_ids))),
            *(() if seen is None else (seen, entries.c.state != State.DRAFT.value)),
        )
        .group_by(entries.c.chain_id)
        .having(func.count() > 1)
    ).all()
    numbers = numbers_of(work, [row.first for row in rows])
    return {row.chain_id: numbers.get(row.first) for row in rows}


def hidden_entries(work: Work) -> dict[int, str | None]:
    """Id → number of every entry that no export may speak of, visits by a covert group among them."""
    rows = work.connection.execute(select(entries.c.id, entries.c.number).where(hidden))
    return {row.id: row.number for row in rows}


def count_events(work: Work) -> int:
    """How many events an export has."""
    return int(work.connection.execute(select(func.count()).select_from(_spoken)).scalar_one())


_spoken = (
    select(events, entries.c.number, entries.c.source)
    .select_from(events.outerjoin(entries, entries.c.id == events.c.entry_id))
    .where(or_(events.c.entry_id.is_(None), ~hidden))
    .subquery()
)


def event_pages(work: Work, page: int = PAGE) -> Iterator[Sequence[Row[Any]]]:
    """The event log without what concerns hidden entries, page by page, oldest first."""
    after = 0
    while True:
        rows = work.connection.execute(
            select(_spoken).where(_spoken.c.id > after).order_by(_spoken.c.id).limit(page)
        ).all()
        if not rows:
            return
        yield rows
        after = rows[-1].id


def numbers_of(work: Work, entry_ids: Iterable[int]) -> dict[int, str | None]:
    """Entry id → number, of those that an export may speak of."""
    rows = work.connection.execute(
        select(entries.c.id, entries.c.number).where(entries.c.id.in_(list(entry_ids)), ~hidden)
    )
    return {row.id: row.number for row in rows}
