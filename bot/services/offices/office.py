"""The office's powers over an entry: 作废, 缓办, 恢复, 改派 (SPEC §2 «Life of an entry»)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from bot.domain.entries import OPEN_STATES, ForbiddenMove, State, check_move
from bot.domain.permissions import Action
from bot.ledger import entries as book
from bot.ledger.desk import Work
from bot.services import life, questions, telling
from bot.services.answering import Toast
from bot.services.checking import check
from bot.services.counties import assignment, officers
from bot.services.field import duplicates
from bot.services.incoming import Incoming
from bot.services.looking import lookup
from bot.services.offices import seconds
from bot.services.outgoing import Button
from bot.services.refusals import NoSuchEntry, NotPossible

VOID_REASONS = ("false", "duplicate", "not_ours", "withdrawn", "other")
"""不属实 · 与另一条重复 · 不属本市职责 · 登记人要求撤回 · 其他."""

DEFER_REASONS = ("works", "weather", "dispute", "other")
"""施工需要工期 · 天气原因 · 权属待定 · 其他."""


MOST_REASON = 500


def _stands(row: Row[Any], to: State) -> None:
    try:
        check_move(State(row.state), to)
    except ForbiddenMove:
        raise NotPossible(state=row.state) from None


# --- 作废 -----------------------------------------------------------------------------------------


def void(
    work: Work, entry_id: int, version: int, reason: str, words: str = "", duplicate_of: int | None = None
) -> Toast:
    """「作废」 with a reason; what the county has signed for needs a second person.

    Raises:
        NotPossible: it is closed, deferred or void already.
        AlreadyProposed: a proposal about it waits.
    """
    if reason not in VOID_REASONS:
        raise ValueError(reason)
    row = life.load(work, entry_id, Action.VOID)
    life.fresh_press(work, row, version)
    _stands(row, State.VOID)
    data = {"reason": reason, "words": words, "duplicate_of": duplicate_of}
    if signed_for(work, row):
        return seconds.propose(work, "void", track=row.track, entry_id=row.id, reason=words, data=data)
    _make_void(work, row, data)
    return Toast("office.voided_toast", {"number": row.number})


def signed_for(work: Work, row: Row[Any]) -> bool:
    """Whether a county has signed for the entry, in this round or an earlier one, this county or another.

    Proof implies it, a township's that went up by itself too; a re-assignment clears the entry's own
    marks, so the log is asked.
    """
    return (
        row.acknowledged_at is not None
        or row.round > 1
        or row.state in (State.SUBMITTED, State.RETURNED)
        or book.ever_signed(work, row.id)
    )


def _make_void(
    work: Work, row: Row[Any], data: dict[str, Any], *, key: str | None = None, **signed: Any
) -> None:
    body = f"office:{row.track}"
    fresh = life.move(
        work,
        row,
        State.VOID,
        "voided",
        body=body,
        data={**data, **signed},
        settle_at=None,
        void_reason=data["words"] or data["reason"],
        duplicate_of=data["duplicate_of"] or None,
    )
    book.drop_requests(work, row.id)
    telling.quiet_line(
        work,
        fresh,
        "entry.voided",
        {"body": life.body_shown(work, fresh, body), "reason": data["reason"], "words": data["words"]},
        for_each=lambda reader: {"duplicate_of": duplicates.number_for(work, fresh.duplicate_of, reader)},
        key=key,
    )


@seconds.carries("void")
def _carry_void(work: Work, request: Row[Any], key: str) -> None:
    row = life.load(work, request.entry_id, Action.VOID)
    _stands(row, State.VOID)
    data = {name: request.data[name] for name in ("reason", "words", "duplicate_of")}
    _make_void(work, row, data, key=key, **seconds.signatures(work, request))


def ask_void(
    work: Work, entry_id: int, version: int, reason: str, chat_id: int, reply_to: int | None
) -> None:
    """「作废」→「重复登记」 asks for the other's number, 「其他」 for a reason in words."""
    row = life.load(work, entry_id, Action.VOID)
    life.fresh_press(work, row, version)
    _stands(row, State.VOID)
    questions.ask(
        work,
        chat_id,
        "void_words",
        "office.void_duplicate" if reason == "duplicate" else "office.void_why",
        {"number": row.number},
        subject={"entry": row.id, "version": version, "reason": reason},
        buttons=lambda question_id: ((Button("cancel", "noanswer", question_id),),),
        reply_to=reply_to,
        entry_id=row.id,
    )


def _reason(work: Work, incoming: Incoming) -> str:
    """A reason in words as the county will read it."""
    return duplicates.without_hidden(work, incoming.text.strip()[:MOST_REASON])


@questions.answers("void_words")
def _void_words(work: Work, question: Row[Any], incoming: Incoming) -> None:
    subject = question.subject
    if subject["reason"] != "duplicate":
        void(work, subject["entry"], subject["version"], "other", words=_reason(work, incoming))
        return
    other = lookup.by_words(work, incoming.text)
    if other.id == subject["entry"]:
        raise NoSuchEntry
    void(work, subject["entry"], subject["version"], "duplicate", duplicate_of=other.id)


# --- 缓办, 恢复 -----------------------------------------------------------------------------------


def defer(work: Work, entry_id: int, version: int, reason: str, words: str = "") -> Toast:
    """「缓办」 with a reason: always with a second person."""
    if reason not in DEFER_REASONS:
        raise ValueError(reason)
    row = life.load(work, entry_id, Action.DEFER)
    life.fresh_press(work, row, version)
    _stands(row, State.DEFERRED)
    data = {"reason": reason, "words": words}
    return seconds.propose(work, "defer", track=row.track, entry_id=row.id, reason=words, data=data)


def ask_defer(work: Work, entry_id: int, version: int, chat_id: int, reply_to: int | None) -> None:
    """「缓办」→「其他」: the reason in words."""
    row = life.load(work, entry_id, Action.DEFER)
    life.fresh_press(work, row, version)
    _stands(row, State.DEFERRED)
    questions.ask(
        work,
        chat_id,
        "defer_words",
        "office.defer_why",
        {"number": row.number},
        subject={"entry": row.id, "version": version},
        buttons=lambda question_id: ((Button("cancel", "noanswer", question_id),),),
        reply_to=reply_to,
        entry_id=row.id,
    )


@questions.answers("defer_words")
def _defer_words(work: Work, question: Row[Any], incoming: Incoming) -> None:
    defer(work, question.subject["entry"], question.subject["version"], "other", _reason(work, incoming))


@seconds.carries("defer")
def _carry_defer(work: Work, request: Row[Any], key: str) -> None:
    row = life.load(work, request.entry_id, Action.DEFER)
    _stands(row, State.DEFERRED)
    data = {name: request.data[name] for name in ("reason", "words")}
    body = f"office:{row.track}"
    fresh = life.move(
        work,
        row,
        State.DEFERRED,
        "deferred",
        body=body,
        data={**data, **seconds.signatures(work, request)},
    )
    book.drop_requests(work, row.id)
    telling.quiet_line(
        work, fresh, "entry.deferred", {"body": life.body_shown(work, fresh, body), **data}, key=key
    )


def resume(work: Work, entry_id: int, version: int = 0) -> Toast:
    """「恢复办理」: a deferred entry is handed over again, with a new deadline and the next round."""
    row = life.load(work, entry_id, Action.DEFER)
    life.fresh_press(work, row, version)
    if row.state != State.DEFERRED:
        raise NotPossible(state=row.state)
    fresh = check.again(work, row, "resumed", body=f"office:{row.track}")
    return Toast("check.reopened_toast", {"number": row.number, "deadline": fresh.deadline.isoformat()})


# --- 改派 -----------------------------------------------------------------------------------------


def reassign(work: Work, entry_id: int, version: int, region: str) -> Toast:
    """「改派」: to another region; the clock starts anew."""
    row = life.load(work, entry_id, Action.REASSIGN)
    life.fresh_press(work, row, version)
    fresh = to_region(work, row, region, body=f"office:{row.track}")
    return Toast(
        "office.reassigned_toast",
        {"number": row.number, "region": region, "deadline": fresh.deadline.isoformat()},
    )


def to_region(
    work: Work, row: Row[Any], region: str, *, body: str, data: dict[str, Any] | None = None
) -> Row[Any]:
    """Hand an entry to another region: a new deadline, the new contact's card; the old card says it is gone.

    What was asked about it by the old region is dropped.

    Raises:
        NotPossible: the state does not allow it, or it is that region's already.
    """
    if State(row.state) not in OPEN_STATES or region == row.region:
        raise NotPossible(state=row.state)
    due = assignment.deadline_of(work, row)
    fresh = life.move(
        work,
        row,
        State.ASSIGNED,
        "reassigned",
        body=body,
        data={**(data or {}), "region": region, "deadline": due.due.isoformat()},
        region=region,
        track=work.world.campaign.track_of(region).key,
        township=None,
        village=None,
        choices=None,
        by_hand=sorted({*(row.by_hand or ()), "region"}),
        passed_to=None,
        passed_at=None,
        **{"county_leader": None, "section_officer": None, **officers.of_place(work, region, None)},
        measures=None,
        deadline=due.due,
        assigned_at=work.now,
        acknowledged_at=None,
        submitted_at=None,
        proof_sent_at=None,
        deputy_told_at=None,
    )
    book.drop_requests(work, row.id)
    assignment.deliver(work, fresh)
    return fresh
