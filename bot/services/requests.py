"""Requests beside the state: 申请延期, decided by the leader; 非本辖区, by the office (SPEC §2)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, select, update

from bot.domain.entries import OPEN_STATES, State
from bot.domain.permissions import Action, Standing, may, standings
from bot.ledger import cards as card_book
from bot.ledger import entries as book
from bot.ledger import people
from bot.ledger.desk import Work
from bot.ledger.people import Reached
from bot.ledger.prepared import Prepared
from bot.ledger.tables import entries, requests
from bot.services import assignment, life, office, questions, telling, views
from bot.services.answering import Toast
from bot.services.incoming import Incoming
from bot.services.outgoing import Button, open_panel, refresh_cards, say, show_card
from bot.services.refusals import AlreadyAsked, AlreadyDecided, NoMoreTime, NotPossible, NotYours, TooLate

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


def _open(work: Work, row: Row[Any], kind: str, incoming: Incoming, wanted: datetime | None = None) -> None:
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


def withdraw(work: Work, request_id: int) -> Toast:
    """「撤销」 by the side that asked, while nobody has decided."""
    request, row = _request(work, request_id)
    if not may(ASKS[request.kind], life.having_of(work, row)):
        raise NotYours
    if request.state != "open":
        raise TooLate(entry=row.id)
    _decide(work, request, "withdrawn")
    life.amend(
        work, row, f"withdrew_{request.kind}", body=f"region:{row.region}", data={"request": request_id}
    )
    return Toast("request.withdrawn_toast", {"number": row.number})


# --- deciding -------------------------------------------------------------------------------------


def _request(work: Work, request_id: int) -> tuple[Row[Any], Row[Any]]:
    request = work.connection.execute(select(requests).where(requests.c.id == request_id)).first()
    if request is None or request.kind not in ASKS:
        raise TooLate
    return request, life.load(work, request.entry_id)


def decidable(work: Work, request: Row[Any], row: Row[Any]) -> bool:
    """Whether the actor may decide it now: an extension is the leader's, the office's where it fell to it."""
    having = life.having_of(work, row)
    if not may(DECIDES[request.kind], having):
        return False
    return request.kind == NOT_OURS or Standing.CHECK_LEADER in having or request.escalated_at is not None


def _to_decide(work: Work, request_id: int) -> tuple[Row[Any], Row[Any], str]:
    request, row = _request(work, request_id)
    if not decidable(work, request, row):
        raise NotYours
    if request.state != "open":
        raise AlreadyDecided(
            state=request.state, name=decided_by(work, row, request), at=_iso(request.decided_at)
        )
    if State(row.state) not in OPEN_STATES:
        raise NotPossible(state=row.state)
    return request, row, deciding_body(work, request, row)


def deciding_body(work: Work, request: Row[Any], row: Row[Any]) -> str:
    """The body for which the actor decides."""
    if request.kind == EXTENSION and Standing.CHECK_LEADER in life.having_of(work, row):
        return f"group:{row.checker}"
    return f"office:{row.track}"


def decided_by(work: Work, row: Row[Any], request: Row[Any]) -> str:
    """The body that decided a request, as people read it; empty while it is open."""
    for event in reversed(book.events_of(work, row.id)):
        if (event.data or {}).get("request") == request.id and event.at == request.decided_at:
            return life.body_shown(work, row, event.body)
    return ""


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None


def _decide(work: Work, request: Row[Any], state: str) -> None:
    work.connection.execute(
        update(requests)
        .where(requests.c.id == request.id)
        .values(state=state, decided_by=work.actor.member_id or None, decided_at=work.now)
    )


def grant(work: Work, request_id: int) -> Toast:
    """「同意」 to an extension: the new deadline holds, the contact is told.

    Raises:
        NoMoreTime: what was asked for is no later than the deadline that stands, or has gone by.
    """
    request, row, body = _to_decide(work, request_id)
    if request.kind != EXTENSION:
        raise NotPossible(state=row.state)
    if request.wanted <= max(row.deadline, work.now):
        # a return has set a later date since, or the leader came to it too late
        raise NoMoreTime(
            entry=row.id,
            number=row.number,
            wanted=request.wanted.isoformat(),
            deadline=row.deadline.isoformat(),
            past=request.wanted <= work.now,
        )
    _decide(work, request, "granted")
    fresh = life.amend(
        work, row, "extended", body=body,
        data={
            "request": request.id,
            "deadline": request.wanted.isoformat(),
            "before": row.deadline.isoformat(),
        },
        deadline=request.wanted,
    )  # fmt: skip
    _answer(work, request, fresh, "request.granted", body)
    return Toast("request.granted_toast", {"number": row.number, "deadline": request.wanted.isoformat()})


def refuse(work: Work, request_id: int) -> Toast:
    """「不同意」「驳回」: everything stands as it stood, the contact is told."""
    request, row, body = _to_decide(work, request_id)
    _decide(work, request, "refused")
    fresh = life.amend(work, row, f"refused_{request.kind}", body=body, data={"request": request.id})
    _answer(work, request, fresh, f"request.refused_{request.kind}", body)
    return Toast("request.refused_toast", {"number": row.number})


def reassign(work: Work, request_id: int, region: str) -> Toast:
    """「改派」: to the region it belongs to; the clock starts anew, the old card says where it went."""
    request, row, body = _to_decide(work, request_id)
    if request.kind != NOT_OURS:
        raise NotPossible(state=row.state)
    _decide(work, request, "granted")
    _answer(work, request, row, "request.reassigned", body)
    fresh = office.to_region(work, row, region, body=body, data={"request": request.id})
    return Toast(
        "office.reassigned_toast",
        {"number": row.number, "region": region, "deadline": fresh.deadline.isoformat()},
    )


def undo(work: Work, request_id: int) -> Toast:
    """「撤销」 within ten minutes: the extension is open again, the former deadline holds.

    Raises:
        TooLate: the time is over, or the deadline has been set anew since.
    """
    request, row = _request(work, request_id)
    if not decidable(work, request, row):
        raise NotYours
    if (
        not undoable(work, request)
        or State(row.state) not in OPEN_STATES
        or (request.state == "granted" and row.deadline != request.wanted)
    ):
        raise TooLate(entry=row.id)
    body = deciding_body(work, request, row)
    work.connection.execute(
        update(requests)
        .where(requests.c.id == request.id)
        .values(state="open", decided_by=None, decided_at=None)
    )
    deadline = _before_grant(work, request) if request.state == "granted" else row.deadline
    fresh = life.amend(
        work, row, "decision_undone", body=body,
        data={"request": request.id, "deadline": deadline.isoformat()},
        deadline=deadline,
    )  # fmt: skip
    _answer(work, request, fresh, "request.undone", body)
    return Toast("check.undone_toast", {"number": row.number})


def _before_grant(work: Work, request: Row[Any]) -> datetime:
    """The deadline that a grant replaced: a return may have moved it since it was asked for."""
    for event in reversed(book.events_of(work, request.entry_id)):
        if event.kind == "extended" and event.data.get("request") == request.id:
            return datetime.fromisoformat(event.data["before"])
    return datetime.fromisoformat(request.data["deadline"])


def undoable(work: Work, request: Row[Any]) -> bool:
    """Whether a decision is one that can be taken back, and its ten minutes run."""
    return (
        request.kind == EXTENSION
        and request.state in ("granted", "refused")
        and work.now <= request.decided_at + work.world.rules.undo_within
    )


def _answer(work: Work, request: Row[Any], row: Row[Any], text: str, body: str) -> None:
    """The contacts who have the card hear it as a new message in reply to it; an answer may sound."""
    values = {
        "number": row.number,
        "body": life.body_shown(work, row, body),
        "deadline": row.deadline.isoformat(),
        "wanted": request.wanted.isoformat() if request.wanted else None,
    }
    told = telling.contacts_line(work, row, text, values, silent=False)
    asked_in = (request.data or {}).get("chat")
    asker = standings(people.actor_by_id(work, request.member_id), book.facts_of(row), work.world.campaign)
    if not told and asked_in and Standing.CONTACT in asker:
        reply_to = card_book.message_of(work, asked_in, f"entry:{row.id}", "county")
        say(work, asked_in, text, values, reply_to=reply_to)


def choose_region(work: Work, request_id: int, chat_id: int, message_id: int, panel: str | None) -> None:
    """「改派」: the regions as buttons on the request; `None` folds them."""
    request, row = _request(work, request_id)
    if not decidable(work, request, row):
        raise NotYours
    if not open_panel(work, chat_id, message_id, panel):
        refresh_cards(work, row.id)


def fold(work: Work, entry_id: int, chat_id: int, message_id: int) -> None:
    """「返回」: the card's plain face."""
    row = life.load(work, entry_id)
    if not open_panel(work, chat_id, message_id, None):
        refresh_cards(work, row.id)


def open_kinds(work: Work, row: Row[Any]) -> list[Row[Any]]:
    """The requests about an entry that wait for their decision."""
    return [one for kind in ASKS if (one := book.open_request(work, row.id, kind)) is not None]
