"""The edited caption of a proof: its measures 整改措施 follow while nobody has decided (SPEC §2)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select, update

from bot.domain.entries import State
from bot.domain.permissions import Action, may
from bot.ledger import entries as book
from bot.ledger import events
from bot.ledger.desk import Work
from bot.ledger.tables import photos, proofs
from bot.services import life
from bot.services.counties import officers
from bot.services.incoming import Incoming


def edited(work: Work, incoming: Incoming) -> bool:
    """Whether an edited message is part of a proof; its own sender's words then take the old ones' place.

    Of a proof that was checked, withdrawn or replaced nothing changes any more.
    """
    photo = work.connection.execute(
        select(photos).where(
            photos.c.chat_id == incoming.chat_id,
            photos.c.message_id == incoming.message_id,
            photos.c.proof_id.is_not(None),
        )
    ).first()
    if photo is None:
        return False
    row = book.get(work, photo.entry_id)
    proof = work.connection.execute(select(proofs).where(proofs.c.id == photo.proof_id)).one()
    assert row is not None
    action = Action.TOWNSHIP_PROOF if proof.from_township else Action.SUBMIT
    mine = photo.member_id == work.actor.member_id and may(action, life.having_of(work, row))
    if mine and incoming.text != (photo.caption or "") and _undecided(work, row, proof):
        _change(work, row, proof, photo, incoming, action)
    return True


def _undecided(work: Work, row: Row[Any], proof: Row[Any]) -> bool:
    if proof.state == "waiting":
        return True
    latest = book.latest_proof(work, row.id)
    counts = latest is not None and latest.id == proof.id
    return bool(counts and proof.state == "submitted" and row.state == State.SUBMITTED)


def _change(
    work: Work, row: Row[Any], proof: Row[Any], photo: Row[Any], incoming: Incoming, action: Action
) -> None:
    said, before = officers.read(incoming.text.strip()), officers.read(photo.caption or "").rest
    if may(Action.SET_OFFICERS, life.having_of(work, row)):
        row = officers.keep(work, row, said)
    waits = proof.state == "waiting"
    words = _with(proof.measures if waits else row.measures, before, said.rest)
    work.connection.execute(update(photos).where(photos.c.id == photo.id).values(caption=incoming.text))
    work.connection.execute(update(proofs).where(proofs.c.id == proof.id).values(measures=words))
    body, data = life.body_for(work, row, action), {"fields": ["measures"], "words": said.rest}
    if waits:
        events.record(work, "edited", entry_id=row.id, body=body, data=data)
        life.refresh_cards(work, row.id)
    else:
        life.amend(work, row, "edited", body=body, data=data, measures=words, touched_at=work.now)


def _with(words: str | None, before: str, after: str) -> str | None:
    """The measures with one message's words replaced; other messages' stay."""
    told = words or ""
    told = told.replace(before, after, 1) if before and before in told else f"{told}\n{after}"
    return "\n".join(line for line in told.splitlines() if line.strip()) or None
