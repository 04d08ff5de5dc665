"""What becomes of a request: decided by the leader or the office, taken back, undone (SPEC §2)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update

from bot.domain.entries import OPEN_STATES, State
from bot.domain.permissions import Standing, may, standings
from bot.ledger import cards as card_book
from bot.ledger import entries as book
from bot.ledger import people
from bot.ledger.desk import Work
from bot.ledger.tables import requests
from bot.services import life, telling
from bot.services.answering import Toast
from bot.services.counties.requests import ASKS, DECIDES, EXTENSION, NOT_OURS
from bot.services.offices import office
from bot.services.outgoing import open_panel, refresh_cards, say
from bot.services.refusals import AlreadyDecided, NoMoreTime, NotPossible, NotYours, TooLate


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
