"""Readings and the few writings of entries that every verb shares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, bindparam, func, select, update

from bot.domain.entries import Mode, State
from bot.domain.permissions import EntryFacts
from bot.ledger.desk import Work
from bot.ledger.tables import counts, entries, events, messages, photos, proofs, requests, serials

_by_id = select(entries).where(entries.c.id == bindparam("entry_id"))


class Stale(Exception):
    """The entry has moved on since it was read: somebody else was first."""


def get(work: Work, entry_id: int) -> Row[Any] | None:
    """An entry's row by id."""
    return work.connection.execute(_by_id, {"entry_id": entry_id}).first()


def by_number(work: Work, number: str) -> Row[Any] | None:
    """An entry's row by its number."""
    return work.connection.execute(select(entries).where(entries.c.number == number)).first()


def by_message(work: Work, chat_id: int, message_id: int) -> int | None:
    """The entry that a message, ours or a member's, speaks of."""
    found: int | None = work.connection.execute(
        select(messages.c.entry_id).where(messages.c.chat_id == chat_id, messages.c.message_id == message_id)
    ).scalar()
    return found


def facts_of(row: Row[Any]) -> EntryFacts:
    """What the permission rules need to know of an entry's row."""
    return EntryFacts(
        state=State(row.state),
        mode=Mode(row.mode),
        track=row.track,
        group=row.group_key,
        region=row.region,
        filer_id=row.filer_id,
        checker=row.checker,
        assigned_once=row.assigned_at is not None,
        handed_over=row.handed_over_at is not None,
        passed_to=row.passed_to,
    )


def photos_of(
    work: Work, entry_id: int, kind: str | None = None, round_: int | None = None
) -> Sequence[Row[Any]]:
    """Photos and attachments of an entry in their order."""
    query = select(photos).where(photos.c.entry_id == entry_id)
    if kind is not None:
        query = query.where(photos.c.kind == kind)
    if round_ is not None:
        query = query.where(photos.c.round == round_)
    return work.connection.execute(query.order_by(photos.c.kind.desc(), photos.c.seq, photos.c.id)).all()


def proof_photos(work: Work, entry_id: int) -> Sequence[Row[Any]]:
    """After-photos of the proof that counts: the latest that was not withdrawn, else the group's own."""
    latest = latest_proof(work, entry_id)
    query = select(photos).where(photos.c.entry_id == entry_id, photos.c.kind == "after")
    if latest is not None:
        query = query.where(photos.c.proof_id == latest.id)
    return work.connection.execute(query.order_by(photos.c.seq, photos.c.id)).all()


def latest_proof(work: Work, entry_id: int) -> Row[Any] | None:
    """The latest proof of the county that was not withdrawn."""
    return work.connection.execute(
        select(proofs)
        .where(proofs.c.entry_id == entry_id, proofs.c.state.in_(("submitted", "returned", "accepted")))
        .order_by(proofs.c.id.desc())
        .limit(1)
    ).first()


def open_request(work: Work, entry_id: int, kind: str) -> Row[Any] | None:
    """The open request of a kind (延期, 非本辖区, second person) of an entry."""
    return work.connection.execute(
        select(requests).where(
            requests.c.entry_id == entry_id, requests.c.kind == kind, requests.c.state == "open"
        )
    ).first()


def events_of(work: Work, entry_id: int) -> Sequence[Row[Any]]:
    """办理过程: everything that happened to an entry, oldest first."""
    return work.connection.execute(
        select(events).where(events.c.entry_id == entry_id).order_by(events.c.id)
    ).all()


def last_move(work: Work, entry_id: int) -> Row[Any] | None:
    """The latest event that changed the entry's state."""
    return work.connection.execute(
        select(events)
        .where(events.c.entry_id == entry_id, events.c.to_state.is_not(None))
        .order_by(events.c.id.desc())
        .limit(1)
    ).first()


def change(work: Work, row: Row[Any], **values: Any) -> Row[Any]:
    """Write an entry's fields if it still has the version that was read; gives the new row.

    Raises:
        Stale: somebody else was first.
    """
    result = work.connection.execute(
        update(entries)
        .where(entries.c.id == row.id, entries.c.version == row.version)
        .values(version=row.version + 1, **values)
    )
    if result.rowcount != 1:
        raise Stale(row.id)
    fresh = get(work, row.id)
    assert fresh is not None
    return fresh


def next_serial(work: Work, key: str) -> int:
    """The next serial of a prefix and day; never given twice, whatever becomes of the entry."""
    current = work.connection.execute(select(serials.c.value).where(serials.c.key == key)).scalar()
    if current is None:
        work.connection.execute(serials.insert().values(key=key, value=1))
        return 1
    work.connection.execute(update(serials).where(serials.c.key == key).values(value=current + 1))
    return int(current) + 1


def count(work: Work, region: str | None, state: State, step: int) -> None:
    """Keep the counter of (region, state) in the transaction of the change."""
    if region is None:
        return
    result = work.connection.execute(
        update(counts)
        .where(counts.c.region == region, counts.c.state == state.value)
        .values(value=counts.c.value + step)
    )
    if result.rowcount == 0:
        work.connection.execute(counts.insert().values(region=region, state=state.value, value=step))


def true_counts(work: Work) -> dict[tuple[str, str], int]:
    """(region, state) → entries as they are, against which the counters are checked nightly."""
    rows = work.connection.execute(
        select(entries.c.region, entries.c.state, func.count())
        .where(entries.c.region.is_not(None), entries.c.kind == "issue")
        .where((entries.c.mode != Mode.COVERT.value) | entries.c.handed_over_at.is_not(None))
        .group_by(entries.c.region, entries.c.state)
    ).all()
    return {(row[0], row[1]): row[2] for row in rows}
