"""Readings and the few writings of entries that every verb shares."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, func, or_, select, update

from bot.domain.entries import Mode, State
from bot.domain.permissions import EntryFacts
from bot.ledger.desk import Work
from bot.ledger.prepared import Prepared, writing
from bot.ledger.tables import counts, entries, events, messages, photos, proofs, requests, serials

_by_id = Prepared(select(entries).where(entries.c.id == bindparam("entry_id")))
_by_message = Prepared(
    select(messages.c.entry_id).where(
        messages.c.chat_id == bindparam("chat"), messages.c.message_id == bindparam("message")
    )
)
_photos_of = Prepared(
    select(photos)
    .where(photos.c.entry_id == bindparam("entry"))
    .order_by(photos.c.kind.desc(), photos.c.seq, photos.c.id)
)
_latest_proof = Prepared(
    select(proofs)
    .where(
        proofs.c.entry_id == bindparam("entry"),
        or_(proofs.c.state == "submitted", proofs.c.state == "returned", proofs.c.state == "accepted"),
    )
    .order_by(proofs.c.id.desc())
    .limit(1)
)
_last_move = Prepared(
    select(events)
    .where(events.c.entry_id == bindparam("entry"), events.c.to_state.is_not(None))
    .order_by(events.c.id.desc())
    .limit(1)
)
_last_settled_move = Prepared(
    select(events.c.id)
    .where(
        events.c.entry_id == bindparam("entry"),
        events.c.to_state.is_not(None),
        events.c.kind != "acknowledged",
        or_(events.c.kind != "undone", events.c.from_state != State.ACKNOWLEDGED.value),
    )
    .order_by(events.c.id.desc())
    .limit(1)
)
_open_request = Prepared(
    select(requests).where(
        requests.c.entry_id == bindparam("entry"),
        requests.c.kind == bindparam("kind"),
        requests.c.state == "open",
    )
)
_serial = Prepared(
    update(serials)
    .where(serials.c.key == bindparam("serial"))
    .values(value=serials.c.value + 1)
    .returning(serials.c.value)
)
_count = Prepared(
    update(counts)
    .where(counts.c.region == bindparam("of"), counts.c.state == bindparam("in_state"))
    .values(value=counts.c.value + bindparam("step"))
)


class Stale(Exception):
    """The entry has moved on since it was read: somebody else was first."""


def get(work: Work, entry_id: int) -> Row[Any] | None:
    """An entry's row by id."""
    found: Row[Any] | None = _by_id.first(work, entry_id=entry_id)
    return found


def add(work: Work, **values: Any) -> Row[Any]:
    """A new entry; gives its row."""
    row: Row[Any] = writing(entries).add(work, values)
    return row


def by_number(work: Work, number: str) -> Row[Any] | None:
    """An entry's row by its number."""
    return work.connection.execute(select(entries).where(entries.c.number == number)).first()


def by_message(work: Work, chat_id: int, message_id: int) -> int | None:
    """The entry that a message, ours or a member's, speaks of."""
    found: int | None = _by_message.scalar(work, chat=chat_id, message=message_id)
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
    return [
        row
        for row in _photos_of.all(work, entry=entry_id)
        if (kind is None or row.kind == kind) and (round_ is None or row.round == round_)
    ]


def proof_photos(work: Work, entry_id: int) -> Sequence[Row[Any]]:
    """After-photos of the proof that counts: the latest that was not withdrawn, else the group's own."""
    latest = latest_proof(work, entry_id)
    return [row for row in photos_of(work, entry_id, "after") if latest is None or row.proof_id == latest.id]


def latest_proof(work: Work, entry_id: int) -> Row[Any] | None:
    """The latest proof of the county that was not withdrawn."""
    found: Row[Any] | None = _latest_proof.first(work, entry=entry_id)
    return found


def waiting_proof(work: Work, row: Row[Any]) -> Row[Any] | None:
    """The township's proof that waits for its county, in this round and with this region."""
    return work.connection.execute(
        select(proofs)
        .where(
            proofs.c.entry_id == row.id,
            proofs.c.state == "waiting",
            proofs.c.round == row.round,
            proofs.c.sent_at >= row.assigned_at.replace(microsecond=0),
        )
        .order_by(proofs.c.id.desc())
        .limit(1)
    ).first()


def open_request(work: Work, entry_id: int, kind: str) -> Row[Any] | None:
    """The open request of a kind (延期, 非本辖区, second person) of an entry."""
    found: Row[Any] | None = _open_request.first(work, entry=entry_id, kind=kind)
    return found


def drop_requests(work: Work, entry_id: int) -> None:
    """Withdraw what the county asked about an entry: it has no subject any more."""
    work.connection.execute(
        update(requests)
        .where(
            requests.c.entry_id == entry_id,
            requests.c.state == "open",
            requests.c.kind.in_(("extension", "not_ours")),
        )
        .values(state="withdrawn", decided_at=work.now)
    )


def drop_extensions(work: Work, entry_id: int, deadline: datetime) -> bool:
    """Withdraw requests for more time that a new deadline covers; gives whether there was one."""
    done = work.connection.execute(
        update(requests)
        .where(
            requests.c.entry_id == entry_id,
            requests.c.state == "open",
            requests.c.kind == "extension",
            requests.c.wanted <= deadline,
        )
        .values(state="withdrawn", decided_at=work.now)
    )
    return bool(done.rowcount)


def events_of(work: Work, entry_id: int) -> Sequence[Row[Any]]:
    """办理过程: everything that happened to an entry, oldest first."""
    return work.connection.execute(
        select(events).where(events.c.entry_id == entry_id).order_by(events.c.id)
    ).all()


_SIGNS = ("acknowledged", "submitted")


def ever_signed(work: Work, entry_id: int) -> bool:
    """Whether a county has signed for an entry or answered it, in any round, and not taken that back."""
    moves = work.connection.execute(
        select(events.c.kind, events.c.from_state, events.c.to_state)
        .where(events.c.entry_id == entry_id, events.c.kind.in_((*_SIGNS, "undone")))
        .order_by(events.c.id)
    ).all()
    standing: list[str] = []
    for move in moves:
        if move.kind in _SIGNS:
            standing.append(move.to_state)
        elif move.from_state in _SIGNS and move.from_state in standing:
            standing.remove(move.from_state)
    return bool(standing)


def last_settled_move(work: Work, entry_id: int) -> int:
    """The id of the latest move but for signatures and their taking back: what was judged stands."""
    found: int | None = _last_settled_move.scalar(work, entry=entry_id)
    return found or 0


def last_move(work: Work, entry_id: int) -> Row[Any] | None:
    """The latest event that changed the entry's state."""
    found: Row[Any] | None = _last_move.first(work, entry=entry_id)
    return found


_WORDS = frozenset(
    {
        "number", "region", "township", "village", "spot", "description", "public_text", "source", "mode",
        "handed_over_at", "group_key", "checker", "by_hand", "kind", "track",
    }
)  # fmt: skip
"""What the index of words reads of an entry; a change of any of them has it read again."""


def change(work: Work, row: Row[Any], **values: Any) -> Row[Any]:
    """Write an entry's fields if it still has the version that was read; gives the new row.

    Raises:
        Stale: somebody else was first.
    """
    if not _WORDS.isdisjoint(values) or row.state == State.DRAFT:
        values["unread"] = True
    fresh: Row[Any] | None = writing(entries).update(
        work, {"id": row.id, "version": row.version}, {"version": row.version + 1, **values}
    )
    if fresh is None:
        raise Stale(row.id)
    return fresh


def next_serial(work: Work, key: str) -> int:
    """The next serial of a prefix and day; never given twice, whatever becomes of the entry."""
    found: int | None = _serial.scalar(work, serial=key)
    if found is None:
        work.connection.execute(serials.insert().values(key=key, value=1))
        return 1
    return found


def count(work: Work, region: str | None, state: State, step: int) -> None:
    """Keep the counter of (region, state) in the transaction of the change."""
    if region is None:
        return
    if _count.run(work, of=region, in_state=state.value, step=step) == 0:
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
