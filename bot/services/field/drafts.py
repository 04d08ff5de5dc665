"""Drafts 草稿: what still waits for its region, its words or its photos (SPEC §2 «Intake»)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Row, bindparam, select, update

from bot.domain.entries import State
from bot.domain.permissions import Action
from bot.ledger import entries as book
from bot.ledger import events
from bot.ledger.desk import Work
from bot.ledger.prepared import Prepared
from bot.ledger.tables import entries
from bot.services import life, pictures, telling
from bot.services.answering import Toast
from bot.services.field import filing
from bot.services.field.identity import Identity
from bot.services.incoming import Incoming
from bot.services.outgoing import new_card
from bot.services.refusals import NotPossible, NotUnderstood, NotYours

_GONE = (State.VOID.value, State.CLOSED.value, State.DEFERRED.value)


def choose_region(work: Work, entry_id: int, version: int, index: str) -> None:
    """The one tap: the region of a draft; its words are read again within that region."""
    row = life.load(work, entry_id, Action.EDIT)
    if row.state != State.DRAFT:
        raise life.already_moved(work, row)
    life.fresh_press(work, row, version)
    regions = work.world.campaign.regions
    if not index.isdigit() or int(index) >= len(regions):
        raise NotUnderstood(hint="old_button")
    identity = filing.identity_stored(work, row)
    fresh = life.amend(
        work, row, "worded", body=filing.body_of(identity), data={"fields": ["region"]},
        region=regions[int(index)].name, by_hand=[*(row.by_hand or ()), "region"],
        note=None, touched_at=work.now,
    )  # fmt: skip
    if pictures.last_of(work, row.id) is None and not filing.of_office(row):
        fresh = book.change(work, fresh, note="photos")
        filing.show_receipt(work, fresh)
        return
    if fresh.description:
        filing.apply_caption(work, fresh, fresh.description, sent_at=work.now)
        return
    fresh = filing.file(work, fresh)
    filing.show_receipt(work, fresh)


_mine = (entries.c.filer_id == bindparam("filer"), entries.c.chat_id == bindparam("chat"))
_touched_since = Prepared(
    select(entries)
    .where(*_mine, *(entries.c.state != state for state in _GONE), entries.c.touched_at >= bindparam("since"))
    .order_by(entries.c.id.desc())
)
_of_source = Prepared(
    select(entries)
    .where(
        *_mine,
        entries.c.state == State.DRAFT.value,
        entries.c.note == "source",
        entries.c.description == "",
        entries.c.created_at >= bindparam("since"),
    )
    .order_by(entries.c.id.desc())
    .limit(1)
)


def _recent(work: Work, incoming: Incoming, within: timedelta) -> list[Row[Any]]:
    """The member's entries in this chat that were touched within a time, the newest first."""
    return _touched_since.all(
        work, filer=work.actor.member_id, chat=incoming.chat_id, since=work.now - within
    )


def for_words(work: Work, incoming: Incoming) -> Row[Any] | None:
    """The member's newest entry in this chat that still waits for its words, for ten minutes.

    A draft, or one that a tap on its region has filed without a word.
    """
    waiting = _recent(work, incoming, work.world.rules.caption_within)
    return next((row for row in waiting if row.description == ""), None)


def of_source(work: Work, incoming: Incoming) -> Row[Any] | None:
    """The office's draft of a chosen source 来源 that waits for its words, for a day.

    Longer than others: what comes late must not become an entry of another source, whose words the
    county would read.
    """
    found: Row[Any] | None = _of_source.first(
        work,
        filer=work.actor.member_id,
        chat=incoming.chat_id,
        since=work.now - work.world.rules.reference_kept,
    )
    return found


def for_photos(work: Work, incoming: Incoming, identity: Identity) -> Row[Any] | None:
    """The entry that photos without words join.

    Photos each within two minutes of the last, while the words are still to come, or had come
    before the first of them.
    """
    rules = work.world.rules
    for row in _recent(work, incoming, rules.caption_within)[:2]:
        if row.group_key != identity.group or row.mode != identity.mode:
            continue
        last = pictures.last_of(work, row.id)
        if last is None:
            if row.state == State.DRAFT and (row.description or row.note == "source"):
                return row
            continue
        if last.proof_id is not None or not _close(incoming, last, rules.draft_gap):
            continue
        if not row.description or _words_first(work, row):
            return row
    return None


def _close(incoming: Incoming, last: Row[Any], gap: timedelta) -> bool:
    return bool(abs(incoming.sent_at - last.sent_at) <= gap)


def _words_first(work: Work, row: Row[Any]) -> bool:
    """Whether the words came as a message of their own, before the first photo."""
    first = book.photos_of(work, row.id, "before")
    if row.words_message is None or not first:
        return False
    return int(row.words_message) < int(first[0].message_id)


# --- 补到上一条, 并入上一条 ------------------------------------------------------------------------


def previous(work: Work, row: Row[Any]) -> Row[Any] | None:
    """The filer's entry next to this one in time, same chat and identity, that photos can still join."""
    rows = work.connection.execute(
        select(entries)
        .where(
            entries.c.filer_id == row.filer_id,
            entries.c.chat_id == row.chat_id,
            entries.c.id != row.id,
            entries.c.state.not_in(_GONE),
            entries.c.created_at >= row.created_at - timedelta(days=1),
        )
        .order_by(entries.c.id.desc())
        .limit(20)
    ).all()
    same = [one for one in rows if _alike(one, row)]
    older = [one for one in same if one.id < row.id]
    return next(iter(older or same), None)


def _alike(one: Row[Any], other: Row[Any]) -> bool:
    """Same identity; what a caller said joins nothing but a caller's."""
    return (one.group_key, one.mode, one.source) == (other.group_key, other.mode, other.source)


def join_previous(work: Work, entry_id: int, version: int) -> Toast:
    """「补到上一条」 of a draft, 「并入上一条」 of what is filed: photos and words go to the entry before.

    A number that was given is spent.

    Raises:
        NotYours: not the filer.
        NotPossible: handed over already, or there is no entry to join.
    """
    row = life.load(work, entry_id, Action.EDIT)
    if row.filer_id != work.actor.member_id:
        raise NotYours
    life.fresh_press(work, row, version, seen_all=True)
    if row.state not in (State.DRAFT, State.FILED):
        raise NotPossible(state=row.state)
    target = previous(work, row)
    if target is None:
        raise NotUnderstood(hint="nothing_before")
    body = filing.body_of(filing.identity_stored(work, row))
    pictures.move(work, book.photos_of(work, row.id), target.id, target.round)
    if row.description:
        events.record(work, "remark", entry_id=target.id, body=body, data={"text": row.description})
    life.move(
        work, row, State.VOID, "merged", body=body, data={"into": target.number or ""},
        settle_at=None, nag_at=None, void_reason="merged", duplicate_of=target.id,
    )  # fmt: skip
    fresh = book.change(work, target, **filing.touch(work, target))
    life.amend(work, fresh, "merged", body=body, data={"from": row.number or ""})
    found = book.get(work, target.id)
    assert found is not None
    filing.show_receipt(work, found, anew=True)
    return Toast("receipt.joined_toast", {"number": found.number})


# --- the nag --------------------------------------------------------------------------------------


_any_to_nag = Prepared(
    select(entries.c.id)
    .where(entries.c.state == "draft", entries.c.nag_at.is_not(None), entries.c.nag_at <= bindparam("now"))
    .limit(1)
)


def nag_due(work: Work, most: int = 50) -> int:
    """After 15 min, once: a draft is shown anew to its filer; gives how many."""
    if _any_to_nag.first(work, now=work.now) is None:
        return 0
    rows = work.connection.execute(
        select(entries)
        .where(
            entries.c.state == State.DRAFT.value,
            entries.c.nag_at.is_not(None),
            entries.c.nag_at <= work.now,
        )
        .order_by(entries.c.nag_at, entries.c.id)
        .limit(most)
    ).all()
    for row in rows:
        work.connection.execute(update(entries).where(entries.c.id == row.id).values(nag_at=None))
        chat_id = telling.filer(work, row)
        if chat_id is not None:  # a group is not the place to ask one person
            new_card(
                work, chat_id, "receipt", subject=f"entry:{row.id}", entry_id=row.id, member_id=row.filer_id
            )
    return len(rows)
