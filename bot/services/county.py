"""The county's half: sign for, answer, ask for time, say «not ours» (SPEC §2)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update

from bot.domain.entries import OPEN_STATES, ForbiddenMove, State, check_move
from bot.domain.permissions import Action
from bot.ledger import entries as book
from bot.ledger.desk import Work
from bot.ledger.tables import cards, entries, proofs
from bot.services import assignment, checkers, life, pictures
from bot.services.incoming import Incoming
from bot.services.outgoing import say, show_card
from bot.services.refusals import NeedsPhoto, NotPossible


def acknowledge(work: Work, entry_id: int, version: int = 0) -> None:
    """「签收」: one tap."""
    row = life.load(work, entry_id, Action.ACKNOWLEDGE)
    life.fresh_press(work, row, version)
    _acknowledge(work, row)


def _acknowledge(work: Work, row: Row[Any]) -> Row[Any]:
    fresh = life.move(
        work,
        row,
        State.ACKNOWLEDGED,
        "acknowledged",
        body=f"region:{row.region}",
        acknowledged_at=work.now,
        contact_pressed_at=work.now,
    )
    refresh_heads(work, fresh)
    return fresh


def refresh_heads(work: Work, row: Row[Any]) -> None:
    """Bring the day's head messages of the contacts who have this card up to date."""
    day = work.world.campaign.today(row.assigned_at).isoformat()
    for chat_id in assignment.county_of(work, row):
        if work.connection.execute(
            select(cards.c.id).where(
                cards.c.chat_id == chat_id,
                cards.c.kind == "head",
                cards.c.subject == f"day:{day}",
            )
        ).first():
            show_card(work, chat_id, "head", subject=f"day:{day}")


def acknowledge_all(work: Work) -> None:
    """「全部签收」: everything that waits for the contact's signature."""
    rows = work.connection.execute(
        select(entries).where(
            entries.c.state == State.ASSIGNED.value, entries.c.region.in_(work.actor.regions())
        )
    ).all()
    for row in rows:
        life.load(work, row.id, Action.ACKNOWLEDGE)
        _acknowledge(work, row)


def submit(work: Work, entry_id: int, incoming: Incoming) -> None:
    """Replying with photos is the submission; its words are the 整改措施.

    More photos while the proof waits for the check join it. A contact's proof implies the signature.

    Raises:
        NoSuchEntry, NotYours: see `life.load`.
        NotPossible: the entry is closed, deferred, void, or not handed over.
        NeedsPhoto: files came, but no picture among them.
    """
    row = life.load(work, entry_id, Action.SUBMIT)
    if row.state == State.SUBMITTED:
        _add_to_proof(work, row, incoming)
        return
    if not incoming.has_photo:
        raise NeedsPhoto(number=row.number)
    proof_id = _open_proof(
        work, row, incoming.sent_at, incoming.text, incoming.chat_id, incoming.media_group_id
    )
    pictures.keep(work, incoming, entry_id=row.id, kind="after", round_=row.round, proof_id=proof_id)
    _hand_in(work, row, proof_id, incoming.sent_at, incoming.text, incoming.chat_id, incoming.message_id)


def submit_kept(work: Work, entry_id: int, parts: Sequence[Row[Any]], words: str) -> None:
    """Photos that were kept until the contact said which entry they answer become its proof."""
    row = life.load(work, entry_id, Action.SUBMIT)
    first = parts[0]
    if row.state == State.SUBMITTED:
        proof = book.latest_proof(work, row.id)
        assert proof is not None
        proof_id = int(proof.id)
    else:
        proof_id = _open_proof(work, row, first.sent_at, words, first.chat_id, first.media_group_id)
    for part in parts:
        pictures.adopt(work, part, entry_id=row.id, kind="after", round_=row.round, proof_id=proof_id)
    if row.state == State.SUBMITTED:
        life.refresh_cards(work, row.id)
        checkers.tell(work, row)
        return
    _hand_in(work, row, proof_id, first.sent_at, words, first.chat_id, first.message_id)


def _hand_in(
    work: Work, row: Row[Any], proof_id: int, sent_at: datetime, words: str, chat_id: int, message_id: int
) -> None:
    fresh = _submitted(work, row, proof_id, sent_at=sent_at, measures=words)
    checkers.tell(work, fresh)
    say(
        work, chat_id, "county.submitted", {"number": row.number},
        reply_to=message_id, entry_id=row.id, silent=True, buttons=((life.undo_button(fresh),),),
    )  # fmt: skip


def _open_proof(
    work: Work,
    row: Row[Any],
    sent_at: datetime,
    words: str,
    chat_id: int,
    media_group_id: str | None,
    *,
    township: bool = False,
) -> int:
    try:
        check_move(State(row.state), State.SUBMITTED)
    except ForbiddenMove:
        raise NotPossible(state=row.state) from None
    new_id = work.insert(
        proofs,
        entry_id=row.id,
        round=row.round,
        member_id=work.actor.member_id,
        from_township=township,
        state="waiting" if township else "submitted",
        sent_at=sent_at,
        measures=words or None,
        chat_id=chat_id,
        media_group_id=media_group_id,
    )
    return new_id


def _submitted(work: Work, row: Row[Any], proof_id: int, *, sent_at: datetime, measures: str) -> Row[Any]:
    return life.move(
        work,
        row,
        State.SUBMITTED,
        "submitted",
        body=f"region:{row.region}",
        data={"proof": proof_id, "sent_at": sent_at.isoformat()},
        submitted_at=work.now,
        proof_sent_at=sent_at,
        acknowledged_at=row.acknowledged_at or work.now,
        contact_pressed_at=work.now,
        measures=measures.strip() or row.measures,
    )


def _add_to_proof(work: Work, row: Row[Any], incoming: Incoming) -> None:
    proof = book.latest_proof(work, row.id)
    assert proof is not None
    kept = pictures.keep(work, incoming, entry_id=row.id, kind="after", round_=row.round, proof_id=proof.id)
    if not kept:
        return
    values: dict[str, Any] = {"touched_at": work.now}
    if incoming.text.strip():
        words = "\n".join(part for part in (row.measures, incoming.text.strip()) if part)
        values["measures"] = words
        work.connection.execute(update(proofs).where(proofs.c.id == proof.id).values(measures=words))
    book.change(work, row, **values)
    life.refresh_cards(work, row.id, kinds=("county", "receipt", "line"))
    checkers.tell(work, assignment.reload(work, row.id))


def open_entries(work: Work) -> list[Row[Any]]:
    """What the contact's regions owe, most urgent first."""
    return list(
        work.connection.execute(
            select(entries)
            .where(
                entries.c.region.in_(work.actor.regions()),
                entries.c.state.in_([state.value for state in OPEN_STATES]),
            )
            .order_by(entries.c.deadline, entries.c.id)
        ).all()
    )


def undo_submission(work: Work, row: Row[Any], previous: State) -> Row[Any]:
    """The proof is withdrawn: its photos stay in the store, it no longer counts."""
    proof = book.latest_proof(work, row.id)
    assert proof is not None
    work.connection.execute(update(proofs).where(proofs.c.id == proof.id).values(state="withdrawn"))
    return life.put_state(
        work,
        row,
        previous,
        "undone",
        body=f"region:{row.region}",
        data={"proof": proof.id},
        submitted_at=None,
        proof_sent_at=None,
    )
