"""The check 核查: close, return, reopen, and taking one's own move back (SPEC §2)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update

from bot.domain import deadlines
from bot.domain.entries import RETURN_REASONS, NothingToUndo, State, check_undo
from bot.domain.permissions import Action, Standing, may
from bot.ledger import entries as book
from bot.ledger import people
from bot.ledger.desk import Work
from bot.ledger.tables import photos, proofs
from bot.services import life, questions, telling
from bot.services.answering import Toast
from bot.services.counties import assignment, county
from bot.services.counties.assignment import again as again
from bot.services.field import duplicates
from bot.services.incoming import Incoming
from bot.services.offices import handover
from bot.services.outgoing import Button
from bot.services.refusals import NeedsPreview, NotPossible, NotYours, TooLate

CHECKED = frozenset({State.CLOSED, State.RETURNED})
"""Moves of the checking side that it may take back."""


def close(work: Work, entry_id: int, version: int = 0) -> Toast:
    """「销号」: by the checking side or the office, never the county.

    Raises:
        NoSuchEntry, NotYours: see `life.load`.
        AlreadyMoved, CardChanged: see `life.fresh_press`.
        NotPossible: nothing waits for a check.
    """
    row = life.load(work, entry_id, Action.CLOSE)
    life.fresh_press(work, row, version, seen_all=True)
    if row.state != State.SUBMITTED:
        raise NotPossible(state=row.state)
    how = how_checked(work, row)
    settle_proof(work, row, "accepted")
    body = life.body_for(work, row, Action.CLOSE)
    fresh = life.move(
        work, row, State.CLOSED, "closed", body=body, data={"how": how}, closed_at=work.now, closed_how=how
    )
    telling.quiet_line(work, fresh, "entry.closed", {"body": life.body_shown(work, fresh, body)})
    return Toast("check.closed_toast", {"number": row.number, "how": how})


def how_checked(work: Work, row: Row[Any]) -> str:
    """`site` 现场 when the checking side sent a photo of the place after the proof, else `photo` 看图."""
    if row.submitted_at is None:
        return "photo"
    own = work.connection.execute(
        select(photos.c.id).where(
            photos.c.entry_id == row.id,
            photos.c.kind == "after",
            photos.c.proof_id.is_(None),
            photos.c.round == row.round,
            photos.c.received_at >= row.submitted_at,
        )
    ).first()
    return "photo" if own is None else "site"


def to_return(work: Work, entry_id: int, version: int) -> Row[Any]:
    """The entry that can be sent back now.

    Raises:
        NoSuchEntry, NotYours: see `life.load`.
        AlreadyMoved, CardChanged: see `life.fresh_press`.
        NotPossible: nothing waits for a check.
    """
    row = life.load(work, entry_id, Action.RETURN)
    life.fresh_press(work, row, version, seen_all=True)
    if row.state != State.SUBMITTED:
        raise NotPossible(state=row.state)
    return row


def send_back(work: Work, entry_id: int, version: int, reason: str, words: str = "") -> Toast:
    """「退回」 with a reason: at least until 18:00 of the next day is left for the work."""
    if reason not in RETURN_REASONS:
        raise ValueError(reason)
    row = to_return(work, entry_id, version)
    words = duplicates.without_hidden(work, words)
    how = how_checked(work, row)
    settle_proof(work, row, "returned")
    local = work.world.campaign.local
    due = deadlines.after_return(local(row.deadline), local(work.now), work.world.deadlines)
    covered = book.drop_extensions(work, row.id, due)
    fresh = life.move(
        work,
        row,
        State.RETURNED,
        "returned",
        body=life.body_for(work, row, Action.RETURN),
        data={"reason": reason, "words": words, "deadline": due.isoformat(), "how": how},
        returns=row.returns + 1,
        deadline=due,
    )
    said = {"number": row.number, "reason": reason, "words": words, "deadline": due.isoformat()}
    said["covered"] = covered
    if not telling.contacts_line(work, fresh, "county.returned", said, silent=False):
        # whoever had the card has left: the contact whose turn it is now gets it
        assignment.deliver(work, fresh)
    telling.township_line(work, fresh, "county.returned", said)
    return Toast("check.returned_toast", {"number": row.number, "deadline": due.isoformat()})


def ask_reason(work: Work, entry_id: int, version: int, chat_id: int, reply_to: int | None) -> None:
    """「退回」→「其他」: the reason in the checker's own words."""
    row = to_return(work, entry_id, version)
    questions.ask(
        work,
        chat_id,
        "return_words",
        "check.which_reason",
        {"number": row.number},
        subject={"entry": row.id, "version": row.version},
        buttons=lambda question_id: ((Button("cancel", "noanswer", question_id),),),
        reply_to=reply_to,
        entry_id=row.id,
    )


@questions.answers("return_words")
def _reason_said(work: Work, row: Row[Any], incoming: Incoming) -> None:
    send_back(work, row.subject["entry"], row.subject["version"], "other", incoming.text.strip()[:500])


def settle_proof(work: Work, row: Row[Any], state: str) -> None:
    """Write down what became of the proof that counts."""
    proof = book.latest_proof(work, row.id)
    if proof is not None:
        work.connection.execute(update(proofs).where(proofs.c.id == proof.id).values(state=state))


def reopen(work: Work, entry_id: int, version: int = 0) -> Toast:
    """「反弹」: a closed entry is handed over again, with a new deadline and the next round.

    What was closed before its county knew of it (暗访, 群众举报) is shown first as the county would see
    it: the move is made by 「确认转交办」 under that preview.

    Raises:
        NoSuchEntry, NotYours: see `life.load`.
        AlreadyMoved: see `life.fresh_press`.
        NeedsPreview: it would have to be previewed, and the actor may not hand it over.
        NotPossible: it is not closed.
    """
    row = life.load(work, entry_id, Action.REOPEN)
    life.fresh_press(work, row, version)
    if row.state != State.CLOSED:
        raise NotPossible(state=row.state)
    if assignment.waits_for_preview(row):
        return _by_preview(work, row)
    fresh = again(work, row, "reopened", body=life.body_for(work, row, Action.REOPEN))
    return Toast("check.reopened_toast", {"number": row.number, "deadline": fresh.deadline.isoformat()})


def _by_preview(work: Work, row: Row[Any]) -> Toast:
    member = people.member(work, work.actor.member_id)
    if member is None or member.telegram_id is None or not may_hand_over(work, row):
        raise NeedsPreview(number=row.number)
    handover.preview(work, row.id, row.version, member.telegram_id)
    return Toast("check.preview_toast", {"number": row.number})


def may_hand_over(work: Work, row: Row[Any]) -> bool:
    """Whether the actor may hand over what its county does not know of yet."""
    return may(handover.action_for(row), life.having_of(work, row))


def undo(work: Work, entry_id: int, version: int = 0) -> Toast:
    """「撤销」 within ten minutes restores the previous state and deadline, as an event of its own.

    Raises:
        NoSuchEntry, NotYours: see `life.load`; what the office did, the group does not take back.
        AlreadyMoved: the entry has moved since.
        TooLate: there is no move to take back, or its time is over.
    """
    row = life.load(work, entry_id)
    life.fresh_press(work, row, version)
    previous = undoable(work, row)
    if previous is None:
        raise TooLate(entry=row.id)
    current = State(row.state)
    ours = current in CHECKED
    life.load(work, entry_id, Action.UNDO_CHECK if ours else Action.UNDO_COUNTY)
    if ours:
        _only_own(work, row)
    if current is State.SUBMITTED:
        county.undo_submission(work, row, previous)
        return Toast("check.undone_toast", {"number": row.number})
    _restore(work, row, current, previous)
    return Toast("check.undone_toast", {"number": row.number})


def undoable(work: Work, row: Row[Any]) -> State | None:
    """What 「撤销」 would restore now; None when there is nothing to take back, or no longer."""
    last = book.last_move(work, row.id)
    if last is None or last.from_state is None or last.to_state != row.state or last.kind == "undone":
        return None
    previous = State(last.from_state)
    try:
        check_undo(State(row.state), previous)
    except NothingToUndo:
        return None
    return previous if work.now <= last.at + work.world.rules.undo_within else None


def _only_own(work: Work, row: Row[Any]) -> None:
    last = book.last_move(work, row.id)
    by_office = last is not None and last.body.startswith("office:")
    if by_office and row.checker is not None and Standing.OFFICE not in life.having_of(work, row):
        raise NotYours


def _restore(work: Work, row: Row[Any], current: State, previous: State) -> None:
    values: dict[str, Any] = {}
    match current:
        case State.RETURNED:
            values.update(returns=row.returns - 1, deadline=_before_return(work, row))
        case State.CLOSED:
            values.update(closed_at=None, closed_how=None)
        case _:  # a signature sets no deadline: one granted since stays
            values = {"acknowledged_at": None}
    ours = current in CHECKED
    if ours:
        settle_proof(work, row, "submitted")
    body = life.body_for(work, row, Action.UNDO_CHECK if ours else Action.UNDO_COUNTY)
    fresh = life.put_state(work, row, previous, "undone", body=body, **values)
    if ours:
        shown = life.body_shown(work, fresh, body)
        said = {"number": row.number, "body": shown, "what": current.value}
        if current is State.CLOSED:
            telling.quiet_line(work, fresh, "entry.undone", said)
        else:  # a return was news to the county alone
            telling.contacts_line(work, fresh, "entry.undone", said)
            telling.township_line(work, fresh, "entry.undone", said)
    else:
        county.refresh_heads(work, fresh)


def _before_return(work: Work, row: Row[Any]) -> datetime | None:
    """The deadline that a return replaced; one that was granted since stands."""
    last = book.last_move(work, row.id)
    data = (last.data if last is not None else None) or {}
    before = data.get("before", {}).get("deadline")
    if before is None or row.deadline != datetime.fromisoformat(data["deadline"]):
        return row.deadline  # type: ignore[no-any-return]
    return datetime.fromisoformat(before)
