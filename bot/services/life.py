"""The one place where an entry moves: table, version, event, counters, cards."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row

from bot.domain.entries import ForbiddenMove, Mode, State, check_move
from bot.domain.permissions import Action, Standing, may, standings
from bot.ledger import entries as book
from bot.ledger import events
from bot.ledger.desk import Work
from bot.services.counties import heads
from bot.services.offices import seconds
from bot.services.outgoing import Button, close_panels
from bot.services.outgoing import refresh_cards as refresh_cards
from bot.services.refusals import AlreadyMoved, CardChanged, NoSuchEntry, NotPossible, NotYours


def load(work: Work, entry_id: int, action: Action = Action.SEE) -> Row[Any]:
    """The entry, when the actor may do that to it.

    Raises:
        NoSuchEntry: it is not there, or not for this actor.
        NotYours: the actor sees it but may not do that.
    """
    row = book.get(work, entry_id)
    if row is None:
        raise NoSuchEntry
    having = having_of(work, row)
    if not having:
        raise NoSuchEntry
    if not may(action, having):
        raise NotYours
    return row


def having_of(work: Work, row: Row[Any]) -> frozenset[Standing]:
    """The actor's standings towards an entry."""
    return standings(work.actor, book.facts_of(row), work.world.campaign)


def body_for(work: Work, row: Row[Any], action: Action) -> str:
    """The body the actor acts for when doing that to this entry, as events name it."""
    having = having_of(work, row)
    county = {Action.ACKNOWLEDGE, Action.SUBMIT, Action.ASK_EXTENSION, Action.SAY_NOT_OURS, Action.PASS_ON}
    if action in county or action in (Action.UNDO_COUNTY, Action.SET_OFFICERS):
        return f"region:{row.region}"
    if action is Action.TOWNSHIP_PROOF:
        return f"township:{row.region}/{row.passed_to}"
    if Standing.OFFICE in having and not having & {Standing.CHECKER, Standing.FILER, Standing.GROUP}:
        return f"office:{row.track}"
    if Standing.CHECKER in having and row.checker:
        return f"group:{row.checker}"
    if Standing.GROUP in having and row.group_key:
        return f"group:{row.group_key}"
    for grant in work.actor.grants:
        return grant.body
    return events.SYSTEM


def fresh_press(work: Work, row: Row[Any], version: int, *, seen_all: bool = False) -> None:
    """Let a press pass when the entry has not moved since its button was made.

    `seen_all` asks for more: that the presser judged everything there is, the last photo included.

    Raises:
        AlreadyMoved: the entry moved since the button was made: says who moved it, and when.
        CardChanged: it stands where it stood, but the card has more to show now.
    """
    if not version or row.version == version:
        return
    last = book.last_move(work, row.id)
    moved_at = int((last.data or {}).get("version", row.version)) if last else 0
    if moved_at > version:
        raise already_moved(work, row)
    if seen_all:
        raise CardChanged(entry=row.id)


def already_moved(work: Work, row: Row[Any]) -> AlreadyMoved:
    """The refusal «already done by which body, when», with the entry's cards refreshed after it."""
    last = book.last_move(work, row.id)
    return AlreadyMoved(
        entry=row.id,
        number=row.number,
        state=row.state,
        what=last.kind if last else "",
        body=body_shown(work, row, last.body if last else events.SYSTEM),
        at=work.world.campaign.local(last.at).strftime("%H:%M") if last else "",
    )


def body_shown(work: Work, row: Row[Any], body: str) -> str:
    """How a body is named to people: the region, the group with its track, the office.

    A covert entry's bodies on the inspecting side are the office's to the outside (SPEC §2).
    """
    kind, _, rest = body.partition(":")
    campaign = work.world.campaign
    match kind:
        case "region":
            return rest
        case "township":
            return rest.replace("/", "")
        case "group":
            return campaign.office_name if row.mode == Mode.COVERT else campaign.group_title(rest)
        case "office":
            return campaign.office_name
        case "oversight":
            return "市「敢转争」督导组"
        case "city_leader":
            return "市领导"
        case _:
            return ""


def move(
    work: Work,
    row: Row[Any],
    to: State,
    what: str,
    /,
    *,
    body: str,
    data: dict[str, Any] | None = None,
    **values: Any,
) -> Row[Any]:
    """Move an entry along the transition table; gives its new row.

    Raises:
        NotPossible: the table does not have this pair.
        AlreadyMoved: somebody else was first.
    """
    current = State(row.state)
    try:
        check_move(current, to)
    except ForbiddenMove:
        raise NotPossible(state=row.state) from None
    return put_state(work, row, to, what, body=body, data=data, **values)


def put_state(
    work: Work,
    row: Row[Any],
    to: State,
    what: str,
    /,
    *,
    body: str,
    data: dict[str, Any] | None = None,
    **values: Any,
) -> Row[Any]:
    """Set a state (the caller has checked that it may be), write the event, keep the counters."""
    before = {
        "deadline": _iso(row.deadline),
        "region": row.region,
        "round": row.round,
    }
    try:
        fresh = book.change(work, row, state=to.value, touched_at=work.now, **values)
    except book.Stale:
        now_row = book.get(work, row.id)
        assert now_row is not None
        raise already_moved(work, now_row) from None
    events.record(
        work,
        what,
        entry_id=row.id,
        body=body,
        from_state=row.state,
        to_state=to.value,
        data={"before": before, "version": fresh.version, **(data or {})},
    )
    _count(work, row, fresh)
    close_panels(work, row.id)
    refresh_cards(work, row.id)
    heads.refresh(work, row)
    if fresh.round != row.round:
        book.drop_requests(work, row.id)
    seconds.lapse_moved(work, fresh)
    if fresh.assigned_at != row.assigned_at:
        heads.refresh(work, fresh)
    return fresh


def amend(
    work: Work, row: Row[Any], what: str, /, *, body: str, data: dict[str, Any] | None = None, **values: Any
) -> Row[Any]:
    """Change fields without moving the entry; an event and refreshed cards follow."""
    try:
        fresh = book.change(work, row, **values)
    except book.Stale:
        now_row = book.get(work, row.id)
        assert now_row is not None
        raise already_moved(work, now_row) from None
    events.record(work, what, entry_id=row.id, body=body, data=data)
    if _place_in_counts(fresh) != _place_in_counts(row):
        _count(work, row, fresh)
    refresh_cards(work, row.id)
    return fresh


def _count(work: Work, old: Row[Any], new: Row[Any]) -> None:
    """Keep the counters of (region, state): everybody reads them, so what is hidden is not in them."""
    for place, step in ((_place_in_counts(old), -1), (_place_in_counts(new), +1)):
        if place is not None:
            book.count(work, place[0], State(place[1]), step)


def _place_in_counts(row: Row[Any]) -> tuple[str, str] | None:
    if row.kind != "issue" or row.region is None or book.facts_of(row).hidden:
        return None
    return row.region, row.state


def _iso(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()


def undo_button(row: Row[Any]) -> Button:
    """「撤销」 for the move that has just been made."""
    return Button("undo", "undo", row.id, row.version)
