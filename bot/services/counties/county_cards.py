"""What the cards of the county's side show: the contact's, the township's, the day's head, a request."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from bot.domain.entries import OPEN_STATES, State
from bot.domain.masking import mask_numbers
from bot.domain.permissions import Standing, may, sees_names_of
from bot.ledger import entries as book
from bot.ledger import people
from bot.ledger.desk import Work
from bot.ledger.tables import requests as requests_table
from bot.services import faces, life, views
from bot.services.checking import check
from bot.services.counties import deciding, heads, requests, townships
from bot.services.outgoing import Button, Rows, Shown, gone
from bot.services.views.county import county_picture, county_values

A_ROW = 3


# --- the contact's card ---------------------------------------------------------------------------


@faces.shows("county")
def county(work: Work, card: Row[Any]) -> Shown | None:
    """The contact's card: number, place, problem, deadline with days left, what to send back."""
    row = book.get(work, card.entry_id) if card.entry_id is not None else None
    if row is None:
        return None
    having = life.having_of(work, row)
    if Standing.CONTACT not in having:
        return gone(card, "county.gone", {"number": row.number})
    values = county_values(work, row)
    return Shown(
        "county.card",
        values,
        _panel(work, row, card.panel) or _contact_buttons(work, row),
        county_picture(work, row),
        silent=bool(card.quiet),
    )


def _contact_buttons(work: Work, row: Row[Any]) -> Rows:
    at = (row.id, row.version)
    state = State(row.state)
    undo = Button("undo", "undo", *at)
    history = Button("history", "history", row.id)
    undoable = check.undoable(work, row) is not None
    if state is State.SUBMITTED:
        return ((undo, history),) if undoable else ((history,),)
    if state not in OPEN_STATES:
        return ((history,),)
    first = [Button("acknowledge", "ack", *at)] if state is State.ASSIGNED else []
    first.append(Button("answer", "answer", *at))
    if state is State.ACKNOWLEDGED and undoable:
        first.append(undo)
    return (
        tuple(first),
        (
            Button("ask_extension", "extend", *at),
            Button("not_ours", "notours", *at),
            Button("location", "where", row.id),
        ),
        (
            Button("pass_on", "pass", *at),
            Button("forward", "forward", row.id),
            Button("officers", "officers", *at),
        ),
    )


def _panel(work: Work, row: Row[Any], panel: str | None) -> Rows | None:
    """The card's opened face: new dates, or the townships; None where the plain one stands."""
    if panel is None or State(row.state) not in OPEN_STATES:
        return None
    at = (row.id, row.version)
    back = (Button("back", "fold", row.id),)
    if panel == requests.PANEL:
        choices = [
            Button(
                "days_more",
                "extendto",
                *at,
                due.date().isoformat(),
                values={"days": days, "date": _short(due)},
            )
            for days, due in requests.dates(work, row)
        ]
        return (*_in_rows(choices, 2), back)
    if panel == townships.PANEL:
        names = sorted(townships.joined(work, row.region), key=lambda name: (name != row.township, name))
        choices = [Button("", "passto", *at, name, text=name) for name in names if name != row.passed_to]
        last = (Button("take_back", "takeback", *at), *back) if row.passed_to else back
        return (*_in_rows(choices, A_ROW), last)
    return None


def _short(due: datetime) -> str:
    return f"{due.month}/{due.day}"


def _in_rows(buttons: list[Button], width: int) -> Rows:
    return tuple(tuple(buttons[at : at + width]) for at in range(0, len(buttons), width))


# --- the township's card --------------------------------------------------------------------------


@faces.shows("township")
def township(work: Work, card: Row[Any]) -> Shown | None:
    """The township's card: what its county passed on, and what to send back."""
    row = book.get(work, card.entry_id) if card.entry_id is not None else None
    if row is None:
        return None
    if Standing.TOWNSHIP not in life.having_of(work, row):
        return gone(card, "county.gone", {"number": row.number})
    values = county_values(work, row)
    buttons: Rows = ()
    if State(row.state) in OPEN_STATES:
        buttons = (
            (
                Button("answer", "answer", row.id, row.version),
                Button("location", "where", row.id),
                Button("forward", "forward", row.id),
            ),
        )
    return Shown("township.card", values, buttons, county_picture(work, row), silent=bool(card.quiet))


# --- the contact's day ----------------------------------------------------------------------------


@faces.shows("head")
def head(work: Work, card: Row[Any]) -> Shown:
    """「今日交办 7 条：待签收 5」, one message a day, edited in place; it never sounds."""
    day = datetime.fromisoformat(card.subject.partition(":")[2]).date()
    regions = work.actor.regions()
    found = [row for row in heads.handed_over_on(work, card.chat_id, day) if row.region in regions]
    waiting = sum(row.state == State.ASSIGNED for row in found)
    owed = sum(State(row.state) in OPEN_STATES for row in found)
    checked = sum(row.state == State.SUBMITTED for row in found)
    buttons = []
    if waiting:
        buttons.append(Button("acknowledge_all", "ackall"))
    if owed:
        buttons.append(Button("one_by_one", "todo"))
    return Shown(
        "county.head",
        {"day": day, "count": len(found), "waiting": waiting, "owed": owed, "checked": checked},
        (tuple(buttons),) if buttons else (),
        silent=True,
    )


# --- a request, for those who decide ---------------------------------------------------------------


@faces.shows("request")
def request(work: Work, card: Row[Any]) -> Shown | None:
    """申请延期 or 非本辖区, with its reason: 「同意」「不同意」, 「改派」「驳回」."""
    found = work.connection.execute(
        select(requests_table).where(requests_table.c.id == int(card.subject.partition(":")[2]))
    ).first()
    row = book.get(work, found.entry_id) if found is not None else None
    if found is None or row is None:
        return None
    having = life.having_of(work, row)
    if not may(requests.DECIDES[found.kind], having):
        return gone(card, "request.gone", {"number": row.number})
    values = {
        "number": row.number,
        "kind": found.kind,
        "state": found.state,
        "entry_state": row.state,
        "place": (found.data or {}).get("place") or views.place_of(work, row),
        "region": (found.data or {}).get("region") or row.region,
        "problem": views.what_county_reads(row),
        "reason": mask_numbers(found.reason),
        "deadline": (found.data or {}).get("deadline"),
        "wanted": found.wanted.isoformat() if found.wanted else None,
        "asked_at": found.at.isoformat(),
        "decided_at": found.decided_at.isoformat() if found.decided_at else None,
        "body": deciding.decided_by(work, row, found),
        "name": _name(work, found.member_id) if sees_names_of(having, "county") else "",
        "escalated": found.kind == requests.EXTENSION and found.escalated_at is not None,
    }
    return Shown("request.card", values, _request_buttons(work, row, found, card.panel))


def _name(work: Work, member_id: int | None) -> str:
    member = people.member(work, member_id)
    return member.name if member is not None else ""


def _request_buttons(work: Work, row: Row[Any], found: Row[Any], panel: str | None) -> Rows:
    if not deciding.decidable(work, found, row):
        return ()
    owed = State(row.state) in OPEN_STATES
    if found.state == "open" and owed and found.kind == requests.EXTENSION:
        return ((Button("agree", "grant", found.id), Button("disagree", "refuse", found.id)),)
    if found.state == "open" and owed and panel == "regions":
        names = [region.name for region in work.world.campaign.regions]
        choices = [
            Button("", "moveto", found.id, 0, str(index), text=name)
            for index, name in enumerate(names)
            if name != row.region
        ]
        return (*_in_rows(choices, A_ROW), (Button("back", "regions", found.id),))
    if found.state == "open" and owed:
        return ((Button("reassign", "regions", found.id, 1), Button("reject", "refuse", found.id)),)
    if owed and deciding.undoable(work, found):
        return ((Button("undo", "undecide", found.id),),)
    return ()
