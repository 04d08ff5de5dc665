"""The second person 送审: proposed by one member of an office, agreed to by another (SPEC §1 (f)).

An office of one person has a hold of five minutes with 「撤销」 instead. What is proposed is an act
that registers here what carrying it out means; everything that two must agree to shares this way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Row, bindparam, select, update

from bot.domain.entries import State
from bot.domain.permissions import NOBODY, Role
from bot.ledger import entries as book
from bot.ledger import events, people
from bot.ledger.desk import Work
from bot.ledger.people import Reached
from bot.ledger.prepared import Prepared
from bot.ledger.tables import cards, requests
from bot.services.answering import Toast
from bot.services.outgoing import say, show_card
from bot.services.refusals import AlreadyDecided, AlreadyProposed, NoSuchEntry, NotYours, Refusal

KIND = "second"
OVERSIGHT = "oversight"
"""In place of a track, where 市「敢转争」办公室 decides."""

LAPSED = Toast("office.lapsed_toast", alert=True)
"""The answer to a press on what fell away: its card says so too."""

Carry = Callable[[Work, Row[Any], str], None]
"""Carries a proposal out: `work.actor` is who agreed (the proposer after a hold); the text keys its rows."""

ACTS: dict[str, Carry] = {}
"""Act → what carrying it out means; each topic adds its own at import (see `carries`)."""


PROTECTED: set[str] = set()
"""Acts whose cards tell of drafts of scores or of measures: sent with `protect_content` (SPEC §1 (c))."""


def carries(act: str, *, protect: bool = False) -> Callable[[Carry], Carry]:
    """Register what carrying an act out means; it raises a Refusal when it can no longer be done."""

    def register(function: Carry) -> Carry:
        ACTS[act] = function
        if protect:
            PROTECTED.add(act)
        return function

    return register


Fall = Callable[[Work, Row[Any], str], None]
"""Told that a proposal came to nothing: `refused`, `withdrawn` or `lapsed`."""

FALLS: dict[str, Fall] = {}
"""Act → what is done when it is not agreed to; most need nothing."""


def falls(act: str) -> Callable[[Fall], Fall]:
    """Register what is done when a proposal of an act comes to nothing."""

    def register(function: Fall) -> Fall:
        FALLS[act] = function
        return function

    return register


def propose(
    work: Work,
    act: str,
    *,
    track: str,
    reason: str = "",
    entry_id: int | None = None,
    data: dict[str, Any] | None = None,
) -> Toast:
    """Ask another member of the track's office to agree; alone, hold it for five minutes.

    Raises:
        AlreadyProposed: something about this entry waits for a second person already.
    """
    if entry_id is not None and open_about(work, entry_id) is not None:
        raise AlreadyProposed
    others = _others(work, track, _region_of(work, entry_id, data))
    hold = None if others else work.now + work.world.rules.lone_office_hold
    request_id = work.insert(
        requests,
        entry_id=entry_id,
        track=track,
        kind=KIND,
        state="open",
        member_id=work.actor.member_id,
        at=work.now,
        reason=reason,
        data={"act": act, **(data or {}), **_stand_of(work, entry_id)},
        hold_until=hold,
    )
    events.record(
        work,
        "proposed",
        entry_id=entry_id,
        body=_body(track),
        data={"act": act, "reason": reason, "request": request_id},
    )
    _show(work, request_id, entry_id, [_proposer(work), *others])
    return Toast("office.held_toast" if hold else "office.proposed_toast", {"act": act})


def _others(work: Work, body: str, region: str | None) -> list[Reached]:
    """Who can agree: of the body, not the proposer, and nobody who answers for the region it is about."""
    return [
        one
        for one in _members(work, body)
        if one.member_id != work.actor.member_id
        and not people.actor_by_id(work, one.member_id).answers_for(region)
    ]


def _region_of(work: Work, entry_id: int | None, data: dict[str, Any] | None) -> str | None:
    """The region of the entry, else the one that the proposal itself names."""
    row = book.get(work, entry_id) if entry_id is not None else None
    return row.region if row is not None else (data or {}).get("region")


def _stand_of(work: Work, entry_id: int | None) -> dict[str, Any]:
    """How the entry stands while it is judged, so that nothing is carried out under another standing."""
    row = book.get(work, entry_id) if entry_id is not None else None
    return {} if row is None else {"stand": _stand(work, row), "version": row.version}


def _stand(work: Work, row: Row[Any]) -> dict[str, Any]:
    # a signature changes nothing of what was judged; every other move does, one that was undone too
    return {
        "round": row.round,
        "region": row.region,
        "owed": row.state in (State.ASSIGNED, State.ACKNOWLEDGED),
        "move": book.last_settled_move(work, row.id),
    }


def lapse_moved(work: Work, row: Row[Any]) -> None:
    """An entry moved: what was proposed about it as it stood before falls away, and both are told."""
    request = book.open_request(work, row.id, KIND)
    if request is None or request.data.get("stand") in (None, _stand(work, row)):
        return
    # whoever moved it decided nothing here, and may be of the other side
    actor, work.actor = work.actor, NOBODY
    try:
        _close(work, request, "lapsed")
    finally:
        work.actor = actor
    _tell_lapsed(work, request, row)


def lapse(work: Work, act: str, name: str, value: Any) -> None:
    """What an act's waiting proposal was about has changed: it falls away, and its cards say so.

    `name`, `value`: what the proposal's data say it is about.
    """
    waiting = work.connection.execute(
        select(requests).where(requests.c.kind == KIND, requests.c.state == "open")
    ).all()
    actor, work.actor = work.actor, NOBODY  # nobody decided it
    try:
        for row in waiting:
            if row.data.get("act") == act and row.data.get(name) == value:
                _close(work, row, "lapsed")
    finally:
        work.actor = actor


def _tell_lapsed(work: Work, request: Row[Any], row: Row[Any], *, besides: int = 0) -> None:
    """One silent line to those who have the proposal's card; `besides` whoever is answered otherwise."""
    holders = work.connection.execute(
        select(cards.c.chat_id, cards.c.member_id)
        .where(cards.c.kind == "second", cards.c.subject == f"second:{request.id}")
        .order_by(cards.c.id)
    ).all()
    for card in holders:
        reader = people.actor_by_id(work, card.member_id) if card.member_id else NOBODY
        if request.track not in reader.offices() or card.member_id == besides:
            continue
        say(
            work,
            card.chat_id,
            "office.second_lapsed",
            {
                "number": row.number,
                "act": request.data["act"],
                "state": row.state,
                "region": row.region if row.track == request.track else "",
                "moved": row.region != (request.data.get("stand") or {}).get("region", row.region),
            },
            entry_id=row.id,
            silent=True,
            dedup=f"second:{request.id}:lapsed:{card.chat_id}",
        )


def _body(track: str) -> str:
    return OVERSIGHT if track == OVERSIGHT else f"office:{track}"


def _members(work: Work, body: str) -> Sequence[Reached]:
    """Everybody of the body in which two must agree: a track's office, or 市「敢转争」办公室."""
    if body == OVERSIGHT:
        return people.holders_of(work, Role.OVERSIGHT)
    return people.office_of(work, body)


def _proposer(work: Work) -> Reached:
    member = people.member(work, work.actor.member_id)
    assert member is not None
    return Reached(member.id, member.telegram_id, member.name, leader=False, deputy=False, reachable=True)


def _show(work: Work, request_id: int, entry_id: int | None, readers: list[Reached]) -> None:
    for person in readers:
        show_card(
            work,
            person.chat_id,
            "second",
            subject=f"second:{request_id}",
            entry_id=entry_id,
            member_id=person.member_id,
        )


def get(work: Work, request_id: int) -> Row[Any] | None:
    """A proposal by id."""
    return work.connection.execute(
        select(requests).where(requests.c.id == request_id, requests.c.kind == KIND)
    ).first()


def open_about(work: Work, entry_id: int) -> Row[Any] | None:
    """The proposal about an entry that waits."""
    return work.connection.execute(
        select(requests).where(
            requests.c.entry_id == entry_id, requests.c.kind == KIND, requests.c.state == "open"
        )
    ).first()


def waiting_for(work: Work) -> list[Row[Any]]:
    """What waits for the actor's agreement, oldest first."""
    found = work.connection.execute(
        select(requests)
        .where(
            requests.c.kind == KIND,
            requests.c.state == "open",
            requests.c.track.in_(work.actor.bodies()),
            requests.c.member_id != work.actor.member_id,
        )
        .order_by(requests.c.id)
    ).all()
    return [one for one in found if not work.actor.answers_for(_region_of(work, one.entry_id, one.data))]


def agree(work: Work, request_id: int) -> Toast:
    """「同意」: carried out at once. What can no longer be done falls away, and both are told.

    Raises:
        NotYours: the proposer's own press, or one of somebody who answers for the entry's region.
        AlreadyDecided: somebody was first.
    """
    row = _to_decide(work, request_id)
    if row.state == "lapsed":
        return LAPSED
    return _carry_out(work, row, agreed_by=work.actor.member_id, key=f"second:{row.id}")


def disagree(work: Work, request_id: int) -> Toast:
    """「不同意」: it is dropped; the proposer's card says so."""
    row = _to_decide(work, request_id)
    if row.state == "lapsed":
        return LAPSED
    _close(work, row, "refused")
    return Toast("office.refused_toast")


def take_back(work: Work, request_id: int) -> Toast:
    """「撤销」 of one's own proposal while it waits."""
    row = get(work, request_id)
    if row is None:
        raise NoSuchEntry
    if row.member_id != work.actor.member_id:
        raise NotYours
    _still_open(work, row)
    if row.state == "lapsed":
        return LAPSED
    _close(work, row, "withdrawn")
    return Toast("office.withdrawn_toast")


_any_held = Prepared(
    select(requests.c.id)
    .where(requests.c.kind == KIND, requests.c.state == "open", requests.c.hold_until <= bindparam("now"))
    .limit(1)
)


def held_due(work: Work, most: int = 20) -> int:
    """Carry out what an office of one person has held long enough; gives how many."""
    if _any_held.first(work, now=work.now) is None:
        return 0
    rows = work.connection.execute(
        select(requests)
        .where(requests.c.kind == KIND, requests.c.state == "open", requests.c.hold_until <= work.now)
        .order_by(requests.c.id)
        .limit(most)
    ).all()
    before = work.actor
    for row in rows:
        work.actor = people.actor_by_id(work, row.member_id)
        if row.track not in work.actor.bodies():
            _close(work, row, "lapsed")
        else:
            _carry_out(work, row, agreed_by=None, key=f"second:{row.id}")
    work.actor = before  # what else falls due is not this member's doing
    return len(rows)


def _to_decide(work: Work, request_id: int) -> Row[Any]:
    row = get(work, request_id)
    if row is None or row.track not in work.actor.bodies():
        raise NoSuchEntry
    if row.member_id == work.actor.member_id or work.actor.answers_for(
        _region_of(work, row.entry_id, row.data)
    ):
        raise NotYours
    _still_open(work, row)
    return row


def _still_open(work: Work, row: Row[Any]) -> None:
    if row.state in ("open", "lapsed"):
        return
    decider = people.member(work, row.decided_by)
    raise AlreadyDecided(
        state=row.state,
        name=decider.name if decider else "",
        at=row.decided_at.isoformat() if row.decided_at else None,
    )


def _carry_out(work: Work, row: Row[Any], *, agreed_by: int | None, key: str) -> Toast:
    act = row.data["act"]
    try:
        with work.savepoint():
            _close(work, row, "granted")
            ACTS[act](work, row, key)
    except Refusal as refusal:
        _close(work, row, "lapsed")
        entry = book.get(work, row.entry_id) if row.entry_id is not None else None
        if entry is not None:
            _tell_lapsed(work, row, entry, besides=work.actor.member_id if agreed_by else 0)
        return Toast("office.lapsed_toast", {"why": refusal.key, "values": refusal.values}, alert=True)
    return Toast("office.agreed_toast", {"act": act, "held": agreed_by is None})


def signatures(work: Work, row: Row[Any]) -> dict[str, Any]:
    """Who proposed and who agreed, for the event of what was carried out."""
    agreed = None if row.member_id == work.actor.member_id else work.actor.member_id
    return {"request": row.id, "proposed_by": row.member_id, "agreed_by": agreed}


def _close(work: Work, row: Row[Any], state: str) -> None:
    work.connection.execute(
        update(requests)
        .where(requests.c.id == row.id)
        .values(state=state, decided_by=work.actor.member_id or None, decided_at=work.now)
    )
    if state in ("refused", "withdrawn", "lapsed"):
        events.record(
            work,
            f"proposal_{state}",
            entry_id=row.entry_id,
            body=_body(row.track),
            data={"act": row.data["act"], "request": row.id},
        )
        if row.data["act"] in FALLS:
            FALLS[row.data["act"]](work, row, state)
    refresh(work, row)


def refresh(work: Work, row: Row[Any]) -> None:
    """Bring every card of a proposal up to date."""
    found = work.connection.execute(
        select(cards.c.chat_id).where(cards.c.kind == "second", cards.c.subject == f"second:{row.id}")
    ).scalars()
    for chat_id in list(found):
        show_card(work, chat_id, "second", subject=f"second:{row.id}", entry_id=row.entry_id)
