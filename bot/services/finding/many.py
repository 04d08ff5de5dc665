"""Many entries of a list at once: ticked, looked at once more, and done one by one (SPEC §6).

Sign for, ask for time, grant it, close what was found in order, hand over, 催办. Every entry goes through the
very verb that its own button calls, with the version that was ticked: what has moved meanwhile is left and
named, the others are done. The ticks stand in the list's card.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import Row, select, update

from bot.domain.entries import OPEN_STATES, Mode, State
from bot.domain.permissions import Action, Role, Standing, may
from bot.ledger import cards as card_book
from bot.ledger import entries as book
from bot.ledger.desk import Work
from bot.ledger.tables import cards, entries
from bot.services import life, outgoing, questions
from bot.services.checking import check
from bot.services.counties import assignment, county, deciding, requests
from bot.services.finding.asked import Asked
from bot.services.finding.looked import page_of
from bot.services.followup import urging
from bot.services.incoming import Incoming
from bot.services.outgoing import Button, Rows, Shown, say
from bot.services.refusals import (
    AlreadyAsked,
    AlreadyMoved,
    AlreadyUrged,
    CardChanged,
    NobodyReached,
    NotUnderstood,
    NotYours,
    Refusal,
)
from bot.services.views.places import place_of

MOST: Final = 50
"""Entries ticked at once: more is no longer looked at before it is done."""

NAMED: Final = 15
"""So many are named before they are done; the rest is counted."""

ACTS: Final = ("ack", "extend", "close", "grant", "assign", "urge")

_DO: Final[Mapping[str, Callable[[Work, int, int], Any]]] = {
    "ack": county.acknowledge,
    "close": check.close,
    "assign": assignment.assign_now,
    "grant": lambda work, entry_id, version: _grant(work, entry_id, version),
    "urge": lambda work, entry_id, version: _to_urge(work, entry_id, version),
}

_WHY: Final[tuple[tuple[type[Refusal], str], ...]] = (
    (AlreadyMoved, "moved"), (CardChanged, "changed"), (AlreadyAsked, "asked"), (AlreadyUrged, "urged"),
    (NobodyReached, "unreached"), (NotYours, "rights"),
)  # fmt: skip


def offered(work: Work) -> bool:
    """Whether there is anything that the actor could do to several entries."""
    lookers = (Role.OVERSIGHT, Role.CITY_LEADER, Role.TOWNSHIP, Role.ADMIN)
    return any(grant.role not in lookers for grant in work.actor.grants)


def acts_of(work: Work, row: Row[Any], having: frozenset[Standing]) -> set[str]:
    """What the actor may do now to an entry as one of several."""
    state, found = State(row.state), set()
    if state is State.ASSIGNED and may(Action.ACKNOWLEDGE, having):
        found.add("ack")
    if state in OPEN_STATES and may(Action.ASK_EXTENSION, having):
        found.add("extend")
    if state is State.SUBMITTED and may(Action.CLOSE, having):
        found.add("close")
    if state in OPEN_STATES and may(Action.DECIDE_EXTENSION, having) and _request(work, row) is not None:
        found.add("grant")
    plain = row.mode != Mode.COVERT and not assignment.waits_for_preview(row)
    if state is State.FILED and plain and may(Action.ASSIGN, having):
        found.add("assign")
    if urging.may_urge(row, having):
        found.add("urge")
    return found


def _request(work: Work, row: Row[Any]) -> Row[Any] | None:
    """The open request for more time that the actor may decide now."""
    request = book.open_request(work, row.id, requests.EXTENSION)
    return request if request is not None and deciding.decidable(work, request, row) else None


# --- ticking ------------------------------------------------------------------------------------------


def pick(work: Work, chat_id: int, message_id: int, entry_id: int, version: int) -> None:
    """A tap on a number ticks it or takes the tick off; without an entry the whole list is ticked.

    Raises:
        NotUnderstood: the message is no list of the presser's any more.
    """
    card = _card(work, chat_id, message_id)
    asked = _asked(card)
    picks = _picks(card)
    if not entry_id:
        for row in _all_of(work, asked, card):
            picks.setdefault(str(row.id), row.version)
    elif picks.pop(str(entry_id), None) is None:
        picks[str(entry_id)] = version
    _keep(work, card, picks=dict(list(picks.items())[:MOST]))
    outgoing.open_panel(work, chat_id, message_id, str(asked.showing("many")))


def choose(work: Work, chat_id: int, message_id: int, act: str) -> None:
    """What is to be done to those that are ticked: shown once more before it is done.

    Raises:
        NotUnderstood: the message is no list of the presser's any more, or there is no such act.
    """
    card = _card(work, chat_id, message_id)
    if act not in ACTS:
        raise NotUnderstood(hint="old_button")
    _keep(work, card, act=act)
    outgoing.open_panel(work, chat_id, message_id, str(_asked(card).showing("sure")))


def _all_of(work: Work, asked: Asked, card: Row[Any]) -> list[Row[Any]]:
    found: list[Row[Any]] = []
    page = page_of(work, asked.first(), card)
    while len(found) < MOST:
        found += page.rows
        if page.on is None:
            break
        page = page_of(work, Asked(asked.which, asked.filters, turned=page.on), card)
    return found[:MOST]


def _card(work: Work, chat_id: int, message_id: int) -> Row[Any]:
    card: Row[Any] | None = card_book.by_message(work, chat_id, message_id)
    if card is None or card.kind != "list" or card.member_id != work.actor.member_id:
        raise NotUnderstood(hint="old_button")
    return card


def _asked(card: Row[Any]) -> Asked:
    """The list as it stands; the buttons have no room for it beside an entry."""
    return Asked.read(card.panel or str(Asked(card.subject.partition(":")[2])))


def _picks(card: Row[Any]) -> dict[str, int]:
    return dict((card.chosen or {}).get("picks") or {})


def _keep(work: Work, card: Row[Any], **what: Any) -> None:
    work.connection.execute(
        update(cards).where(cards.c.id == card.id).values(chosen={**(card.chosen or {}), **what})
    )


# --- faces of the list --------------------------------------------------------------------------------


def values(card: Row[Any]) -> dict[str, Any]:
    """What the list says while entries are ticked."""
    return {"count": len(_picks(card)), "most": MOST}


def numbers(card: Row[Any], rows: Any, first: int) -> list[Button]:
    """The numbers of a page, those that are ticked marked."""
    picks = _picks(card)
    return [
        Button(
            "", "pick", row.id, row.version,
            text=f"{'✓ ' if str(row.id) in picks else ''}{first + at}",
        )
        for at, row in enumerate(rows)
    ]  # fmt: skip


def buttons(work: Work, card: Row[Any], asked: Asked) -> Rows:
    """「全选」, what can be done to those that are ticked, and the way back."""
    counted: dict[str, int] = {}
    for row in _picked(work, card):
        for act in acts_of(work, row, life.having_of(work, row)):
            counted[act] = counted.get(act, 0) + 1
    acts = [
        Button(f"many_{act}", "many", arg=act, values={"count": counted[act]})
        for act in ACTS
        if act in counted
    ]
    rows: list[tuple[Button, ...]] = [tuple(acts[at : at + 2]) for at in range(0, len(acts), 2)]
    rows.append(
        (Button("pick_all", "pick"), Button("back", "list", arg=str(asked.showing("")))),
    )
    return tuple(rows)


def sure(work: Work, card: Row[Any], asked: Asked) -> Shown:
    """Those that it will be done to, before it is done."""
    act = (card.chosen or {}).get("act", "")
    rows = [row for row in _picked(work, card) if act in acts_of(work, row, life.having_of(work, row))]
    back = Button("back", "list", arg=str(asked.showing("many")))
    if act == "extend":
        chosen = [
            Button("more_days", "domany", arg=str(days), values={"days": days}) for days in requests.DAYS
        ]
        buttons_: Rows = (tuple(chosen), (back,))
    else:
        buttons_ = ((Button("do_it", "domany"), back),)
    lines = [
        {"number": row.number, "place": place_of(work, row, life.having_of(work, row))}
        for row in rows[:NAMED]
    ]
    return Shown(
        "lists.sure",
        {"act": act, "count": len(rows), "rows": lines, "more": max(0, len(rows) - NAMED)},
        buttons_ if rows else ((back,),),
        silent=True,
        protect=any(book.facts_of(row).hidden for row in rows),
    )


def _picked(work: Work, card: Row[Any]) -> list[Row[Any]]:
    """The entries that are ticked, as far as the actor sees them still."""
    ids = [int(key) for key in _picks(card)]
    found = work.connection.execute(select(entries).where(entries.c.id.in_(ids)).order_by(entries.c.id)).all()
    return [row for row in found if life.having_of(work, row)]


# --- doing --------------------------------------------------------------------------------------------


def carry_out(work: Work, chat_id: int, message_id: int, arg: str = "") -> None:
    """Do it to every entry that is ticked; what cannot be done is named with its reason.

    Raises:
        NotUnderstood: the message is no list of the presser's any more, or it was done already.
    """
    card = _card(work, chat_id, message_id)
    act, picks = (card.chosen or {}).get("act", ""), _picks(card)
    mine = {
        row.id: picks[str(row.id)]
        for row in _picked(work, card)
        if act in acts_of(work, row, life.having_of(work, row))
    }
    if not mine:
        raise NotUnderstood(hint="old_button")
    _keep(work, card, picks={}, act="")
    outgoing.open_panel(work, chat_id, message_id, str(_asked(card).showing("")))
    if act == "extend":
        _ask_why(work, chat_id, mine, arg)
        return
    _tell(work, chat_id, act, *_each(work, mine, _DO[act]))


def _each(
    work: Work, picks: Mapping[int, int], do: Callable[[Work, int, int], Any]
) -> tuple[list[Row[Any]], list[dict[str, str]]]:
    """Those that were done, as they are now, and the others with the reason."""
    done: list[Row[Any]] = []
    left: list[dict[str, str]] = []
    for entry_id, version in picks.items():
        row = book.get(work, entry_id)
        assert row is not None
        try:
            with work.savepoint():
                do(work, entry_id, version)
        except Refusal as refusal:
            why = next((key for kind, key in _WHY if isinstance(refusal, kind)), "state")
            left.append({"number": row.number, "why": why})
            continue
        fresh = book.get(work, entry_id)
        assert fresh is not None
        done.append(fresh)
    return done, left


def _tell(work: Work, chat_id: int, act: str, done: list[Row[Any]], left: list[dict[str, str]]) -> None:
    if act == "urge":
        urged, unreached = urging.send(work, done)
        left += [{"number": row.number, "why": "unreached"} for row in unreached]
        done = urged
    undo = [
        Button("undo_one", "undo", row.id, row.version, values={"number": row.number}) for row in done[:NAMED]
    ]
    say(
        work,
        chat_id,
        "lists.done_many",
        {
            "act": act,
            "count": len(done),
            "numbers": [row.number for row in done[:NAMED]],
            "more": max(0, len(done) - NAMED),
            "left": left,
        },
        buttons=tuple(tuple(undo[at : at + 2]) for at in range(0, len(undo), 2)) if act == "close" else (),
    )


def _grant(work: Work, entry_id: int, version: int) -> None:
    row = life.load(work, entry_id)
    life.fresh_press(work, row, version, seen_all=True)
    request = _request(work, row)
    if request is None:
        raise NotYours
    deciding.grant(work, request.id)


def _to_urge(work: Work, entry_id: int, version: int) -> None:
    row = life.load(work, entry_id, Action.URGE)
    life.fresh_press(work, row, version)
    urging.check(work, row)


WHY: Final = "why_many"


def _ask_why(work: Work, chat_id: int, picks: Mapping[int, int], days: str) -> None:
    if days not in {str(one) for one in requests.DAYS}:
        raise NotUnderstood(hint="old_button")
    questions.ask(
        work,
        chat_id,
        WHY,
        "lists.why_many",
        {"count": len(picks), "days": int(days)},
        subject={"picks": {str(key): version for key, version in picks.items()}, "days": int(days)},
        buttons=lambda question_id: ((Button("cancel", "noanswer", question_id),),),
    )


@questions.answers(WHY)
def _why_said(work: Work, question: Row[Any], incoming: Incoming) -> None:
    picks = {int(key): version for key, version in question.subject["picks"].items()}

    def ask(work: Work, entry_id: int, version: int) -> None:
        requests.ask_days(work, entry_id, version, question.subject["days"], incoming)

    _tell(work, incoming.chat_id, "extend", *_each(work, picks, ask))
