"""Requests beside the state: 申请延期, decided by the leader; 非本辖区, by the office (SPEC §2)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, select, update

from bot.domain.entries import OPEN_STATES, State
from bot.domain.permissions import Action
from bot.ledger import entries as book
from bot.ledger import people
from bot.ledger.desk import Work
from bot.ledger.people import Reached
from bot.ledger.prepared import Prepared
from bot.ledger.tables import entries, requests
from bot.services import life, questions, views
from bot.services.counties import assignment
from bot.services.incoming import Incoming
from bot.services.outgoing import Button, open_panel, say, show_card
from bot.services.refusals import AlreadyAsked, NotPossible

EXTENSION, NOT_OURS = "extension", "not_ours"
PANEL = "extend"
"""The card's face on which a new date is chosen."""

DAYS = (1, 2, 3, 7)
MOST_REASON = 500

ASKS = {EXTENSION: Action.ASK_EXTENSION, NOT_OURS: Action.SAY_NOT_OURS}
DECIDES = {EXTENSION: Action.DECIDE_EXTENSION, NOT_OURS: Action.DECIDE_NOT_OURS}


def _askable(work: Work, entry_id: int, version: int, kind: str) -> Row[Any]:
    row = life.load(work, entry_id, ASKS[kind])
    life.fresh_press(work, row, version)
    if State(row.state) not in OPEN_STATES:
        raise NotPossible(state=row.state)
    if book.open_request(work, row.id, kind) is not None:
        raise AlreadyAsked(number=row.number, kind=kind)
    return row


# --- asking ---------------------------------------------------------------------------------------


def choose_date(work: Work, entry_id: int, version: int, chat_id: int, message_id: int) -> None:
    """「申请延期」: the new dates as buttons on the card.

    Raises:
        NotPossible: the county owes no work.
        AlreadyAsked: a request of the kind waits for its decision.
    """
    row = _askable(work, entry_id, version, EXTENSION)
    if not open_panel(work, chat_id, message_id, PANEL):
        assignment.show_anew(work, row, chat_id)


def dates(work: Work, row: Row[Any]) -> list[tuple[int, datetime]]:
    """Days more and what they come to: from the deadline, or from today when that has passed."""
    local = work.world.campaign.local
    start = max(local(row.deadline), work.local).date()
    hour = work.world.deadlines.end_of_day
    return [
        (days, datetime.combine(start + timedelta(days=days), hour, tzinfo=work.world.campaign.zone))
        for days in DAYS
    ]


def ask_extension(work: Work, entry_id: int, version: int, day: date, chat_id: int, reply_to: int) -> None:
    """A date was chosen: one question for the reason."""
    row = _askable(work, entry_id, version, EXTENSION)
    wanted = next((due for _, due in dates(work, row) if due.date() == day), None)
    if wanted is None:
        raise life.already_moved(work, row)
    open_panel(work, chat_id, reply_to, None)
    _ask(work, row, EXTENSION, chat_id, reply_to, wanted=wanted.isoformat())


def ask_days(work: Work, entry_id: int, version: int, days: int, incoming: Incoming) -> None:
    """So many days more for one of several entries; their one answer is the caller's.

    Raises:
        NotPossible: the county owes no work.
        AlreadyAsked: a request of the kind waits for its decision.
    """
    row = _askable(work, entry_id, version, EXTENSION)
    _open(work, row, EXTENSION, incoming, wanted=dict(dates(work, row))[days], tell=False)


def ask_not_ours(work: Work, entry_id: int, version: int, chat_id: int, reply_to: int) -> None:
    """「非本辖区」: one question for the reason."""
    row = _askable(work, entry_id, version, NOT_OURS)
    _ask(work, row, NOT_OURS, chat_id, reply_to)


def _ask(work: Work, row: Row[Any], kind: str, chat_id: int, reply_to: int, **subject: str) -> None:
    questions.ask(
        work,
        chat_id,
        f"why_{kind}",
        f"request.why_{kind}",
        {"number": row.number, **subject},
        subject={"entry": row.id, **subject},
        buttons=lambda question_id: ((Button("cancel", "noanswer", question_id),),),
        reply_to=reply_to,
        entry_id=row.id,
    )


@questions.answers("why_extension")
def _extension_reason(work: Work, question: Row[Any], incoming: Incoming) -> None:
    row = _askable(work, question.subject["entry"], 0, EXTENSION)
    _open(work, row, EXTENSION, incoming, wanted=datetime.fromisoformat(question.subject["wanted"]))


@questions.answers("why_not_ours")
def _not_ours_reason(work: Work, question: Row[Any], incoming: Incoming) -> None:
    row = _askable(work, question.subject["entry"], 0, NOT_OURS)
    _open(work, row, NOT_OURS, incoming)


def _open(
    work: Work,
    row: Row[Any],
    kind: str,
    incoming: Incoming,
    wanted: datetime | None = None,
    *,
    tell: bool = True,
) -> None:
    reason = incoming.text.strip()[:MOST_REASON]
    request_id = work.insert(
        requests,
        entry_id=row.id,
        track=row.track,
        kind=kind,
        state="open",
        member_id=work.actor.member_id,
        at=work.now,
        reason=reason,
        wanted=wanted,
        data={
            "chat": incoming.chat_id,
            "deadline": row.deadline.isoformat(),
            # as it was when it was asked: a re-assigned entry lies elsewhere
            "region": row.region,
            "place": views.place_of(work, row),
        },
    )
    data: dict[str, Any] = {"request": request_id, "reason": reason}
    if wanted is not None:
        data["wanted"] = wanted.isoformat()
    fresh = life.amend(
        work, row, f"asked_{kind}", body=f"region:{row.region}", data=data, contact_pressed_at=work.now
    )
    deciders: Sequence[Reached] = leaders(work, fresh) if kind == EXTENSION else ()
    if not deciders:
        deciders = people.office_of(work, row.track)
        work.connection.execute(
            update(requests).where(requests.c.id == request_id).values(escalated_at=work.now)
        )
    _show(work, request_id, row.id, deciders)
    if not tell:
        return
    say(
        work, incoming.chat_id, f"request.asked_{kind}",
        {"number": row.number, "wanted": data.get("wanted"), "body": _body_asked(work, fresh, kind)},
        reply_to=incoming.message_id, entry_id=row.id, silent=True,
        buttons=((Button("undo", "unask", request_id),),),
    )  # fmt: skip


def leaders(work: Work, row: Row[Any]) -> Sequence[Reached]:
    """The leaders of the checking side who can be reached and may decide; none for what the office checks.

    Whoever answers for the region as well decides nothing about it.
    """
    if row.checker is None:
        return []
    return [
        person
        for person in people.group_of(work, row.checker)
        if person.leader
        and person.reachable
        and not people.actor_by_id(work, person.member_id).answers_for(row.region)
    ]


def _body_asked(work: Work, row: Row[Any], kind: str) -> str:
    if kind == EXTENSION and leaders(work, row):
        return life.body_shown(work, row, f"group:{row.checker}")
    return work.world.campaign.office_name


def _show(work: Work, request_id: int, entry_id: int, persons: Sequence[Reached]) -> None:
    for person in persons:
        if person.reachable:
            show_card(
                work, person.chat_id, "request", subject=f"request:{request_id}", entry_id=entry_id,
                member_id=person.member_id,
            )  # fmt: skip


_any_open = Prepared(
    select(requests.c.id)
    .where(requests.c.state == "open", requests.c.kind == EXTENSION, requests.c.escalated_at.is_(None))
    .limit(1)
)


def escalate_due(work: Work) -> int:
    """A leader's 24 hours are over without an answer, or there is none: the office may decide; how many."""
    if _any_open.first(work) is None:
        return 0
    waiting = work.connection.execute(
        select(requests)
        .join(entries, entries.c.id == requests.c.entry_id)
        .where(
            requests.c.state == "open",
            requests.c.kind == EXTENSION,
            requests.c.escalated_at.is_(None),
            entries.c.state.in_([state.value for state in OPEN_STATES]),
        )
    ).all()
    late = work.now - work.world.rules.escalate_after
    rows = [one for one in waiting if one.at <= late or not leaders(work, _entry_of(work, one))]
    for request in rows:
        work.connection.execute(
            update(requests).where(requests.c.id == request.id).values(escalated_at=work.now)
        )
        _show(work, request.id, request.entry_id, people.office_of(work, request.track))
    return len(rows)


def _entry_of(work: Work, request: Row[Any]) -> Row[Any]:
    row = book.get(work, request.entry_id)
    assert row is not None
    return row
