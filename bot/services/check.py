"""The check 核查: close, return, reopen, and taking one's own move back (SPEC §2)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, update

from bot.domain import deadlines
from bot.domain.entries import RETURN_REASONS, NothingToUndo, State, check_undo
from bot.domain.permissions import Action
from bot.ledger import cards
from bot.ledger import entries as book
from bot.ledger.desk import Work
from bot.ledger.tables import proofs
from bot.services import assignment, county, life
from bot.services.outgoing import say
from bot.services.refusals import NotPossible, TooLate


def close(work: Work, entry_id: int, version: int = 0, *, how: str = "photo") -> None:
    """「销号」: by the checking side or the office, never the county. `how`: `photo` 看图, `site` 现场."""
    row = life.load(work, entry_id, Action.CLOSE)
    life.fresh_press(work, row, version)
    if row.state != State.SUBMITTED:
        raise NotPossible(state=row.state)
    _settle_proof(work, row, "accepted")
    fresh = life.move(
        work,
        row,
        State.CLOSED,
        "closed",
        body=life.body_for(work, row, Action.CLOSE),
        data={"how": how},
        closed_at=work.now,
        closed_how=how,
    )
    _quiet_line(work, fresh, "entry.closed")


def send_back(work: Work, entry_id: int, version: int, reason: str, words: str = "") -> None:
    """「退回」 with a reason: at least until 18:00 of the next day is left for the work."""
    if reason not in RETURN_REASONS:
        raise ValueError(reason)
    row = life.load(work, entry_id, Action.RETURN)
    life.fresh_press(work, row, version)
    if row.state != State.SUBMITTED:
        raise NotPossible(state=row.state)
    _settle_proof(work, row, "returned")
    local = work.world.campaign.local
    due = deadlines.after_return(local(row.deadline), local(work.now), work.world.deadlines)
    fresh = life.move(
        work,
        row,
        State.RETURNED,
        "returned",
        body=life.body_for(work, row, Action.RETURN),
        data={"reason": reason, "words": words, "deadline": due.isoformat()},
        returns=row.returns + 1,
        deadline=due,
    )
    for chat_id in assignment.county_of(work, fresh):
        say(
            work,
            chat_id,
            "county.returned",
            {"number": row.number, "reason": reason, "words": words, "deadline": due.isoformat()},
            reply_to=county_message(work, chat_id, fresh),
            entry_id=row.id,
        )


def county_message(work: Work, chat_id: int, row: Row[Any]) -> int | None:
    """The message that shows the county's card in a chat, to reply to."""
    return cards.message_of(work, chat_id, f"entry:{row.id}", "county")


def _settle_proof(work: Work, row: Row[Any], state: str) -> None:
    proof = book.latest_proof(work, row.id)
    if proof is not None:
        work.connection.execute(update(proofs).where(proofs.c.id == proof.id).values(state=state))


def _quiet_line(work: Work, row: Row[Any], text: str) -> None:
    """Closed, deferred, void: cards are edited and each contact gets one line without a sound."""
    for chat_id in assignment.county_of(work, row):
        say(
            work,
            chat_id,
            text,
            {"number": row.number, "body": _checking_body(work, row)},
            reply_to=county_message(work, chat_id, row),
            entry_id=row.id,
            silent=True,
        )


def _checking_body(work: Work, row: Row[Any]) -> str:
    last = book.last_move(work, row.id)
    return life.body_shown(work, row, last.body) if last else ""


def reopen(work: Work, entry_id: int, version: int = 0) -> None:
    """「反弹」: a closed entry is handed over again, with a new deadline and the next round."""
    row = life.load(work, entry_id, Action.REOPEN)
    life.fresh_press(work, row, version)
    if row.state != State.CLOSED:
        raise NotPossible(state=row.state)
    due = assignment.deadline_of(work, row)
    fresh = life.move(
        work,
        row,
        State.ASSIGNED,
        "reopened",
        body=life.body_for(work, row, Action.REOPEN),
        data={"deadline": due.due.isoformat()},
        round=row.round + 1,
        deadline=due.due,
        assigned_at=work.now,
        acknowledged_at=None,
        submitted_at=None,
        proof_sent_at=None,
        closed_at=None,
        closed_how=None,
        deputy_told_at=None,
    )
    assignment.deliver(work, fresh)


def undo(work: Work, entry_id: int, version: int = 0) -> None:
    """「撤销」 within ten minutes restores the previous state and deadline, as an event of its own.

    Raises:
        TooLate: there is no move of this side to take back, or its time is over.
    """
    row = life.load(work, entry_id)
    last = book.last_move(work, row.id)
    if last is None or last.from_state is None or last.to_state != row.state or last.kind == "undone":
        raise TooLate
    previous, current = State(last.from_state), State(row.state)
    try:
        check_undo(current, previous)
    except NothingToUndo:
        raise TooLate from None
    ours = current in (State.CLOSED, State.RETURNED)
    life.load(work, entry_id, Action.UNDO_CHECK if ours else Action.UNDO_COUNTY)
    if work.now > last.at + work.world.rules.undo_within:
        raise TooLate
    life.fresh_press(work, row, version)
    before = (last.data or {}).get("before", {})
    if current is State.SUBMITTED:
        county.undo_submission(work, row, previous)
        return
    deadline = before.get("deadline")
    values: dict[str, Any] = {"deadline": datetime.fromisoformat(deadline) if deadline else None}
    if current is State.RETURNED:
        values["returns"] = row.returns - 1
    if current is State.CLOSED:
        values.update(closed_at=None, closed_how=None)
    if current is State.ACKNOWLEDGED:
        values["acknowledged_at"] = None
    if ours:
        _settle_proof(work, row, "submitted")
    body = life.body_for(work, row, Action.UNDO_CHECK if ours else Action.UNDO_COUNTY)
    fresh = life.put_state(work, row, previous, "undone", body=body, **values)
    if ours:
        county.tell_checkers(work, fresh)
