"""催办: one message with a sound to a region's contact, at most one an entry and working day (SPEC §3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any, Final

from sqlalchemy import Row, and_, select

from bot.domain.entries import OPEN_STATES, State, is_overdue
from bot.domain.permissions import Action, may
from bot.ledger import entries as book
from bot.ledger import events, people
from bot.ledger.desk import Work
from bot.ledger.people import Reached
from bot.ledger.tables import entries, occurrences
from bot.services import life, sight, telling
from bot.services.answering import Toast
from bot.services.duties.days import working_days
from bot.services.incoming import Incoming
from bot.services.outgoing import Button, Rows, refresh_cards, say
from bot.services.refusals import AlreadyUrged, NobodyReached, NotPossible, NotYours
from bot.services.views.places import place_of, spot_of
from bot.services.views.values import what_county_reads

KIND: Final = "urged"

MOST_LINES: Final = 8
"""Entries that a region's message names; the rest is counted and found under 「待办」."""

_OWED: Final = tuple(state.value for state in OPEN_STATES)


def may_urge(row: Row[Any], having: frozenset[Any]) -> bool:
    """Whether 「催办」 is offered: the county owes work, and the reader leads or is of the office."""
    return State(row.state) in OPEN_STATES and may(Action.URGE, having)


def button(row: Row[Any], having: frozenset[Any]) -> tuple[Button, ...]:
    """「催办」 where the reader may."""
    return (Button("urge", "urge", row.id, row.version),) if may_urge(row, having) else ()


def urge(work: Work, entry_id: int, version: int = 0) -> Toast:
    """「催办」 of one entry.

    Raises:
        NoSuchEntry, NotYours: see `life.load`.
        NotPossible: the county owes nothing.
        AlreadyUrged: somebody did, this working day.
        NobodyReached: no contact of the region can be reached.
    """
    row = life.load(work, entry_id, Action.URGE)
    life.fresh_press(work, row, version)
    check(work, row)
    contact = _contact(work, row.region)
    body = life.body_for(work, row, Action.URGE)
    _note(work, row, body)
    say(
        work,
        contact.chat_id,
        "urging.one",
        {"by": life.body_shown(work, row, body), **_line(work, row)},
        buttons=_buttons(row),
        reply_to=telling.county_message(work, contact.chat_id, row),
        entry_id=row.id,
    )
    return Toast("urging.done_toast", {"region": row.region})


def check(work: Work, row: Row[Any]) -> None:
    """That an entry can be urged now.

    Raises:
        NotPossible: the county owes nothing.
        AlreadyUrged: somebody did, this working day.
    """
    if State(row.state) not in OPEN_STATES:
        raise NotPossible(state=row.state)
    before = _urged(work, row)
    if before is not None:
        at = work.world.campaign.local(before)
        raise AlreadyUrged(number=row.number, at=at.isoformat(), today=at.date() == work.local.date())


def _buttons(row: Row[Any]) -> Rows:
    at = (row.id, row.version)
    first = [Button("acknowledge", "ack", *at)] if row.state == State.ASSIGNED else []
    return ((*first, Button("answer", "answer", *at)), (Button("ask_extension", "extend", *at),))


def _contact(work: Work, region: str) -> Reached:
    """The region's first contact who can be reached."""
    found = next((one for one in people.contacts_of(work, region) if one.reachable), None)
    if found is None:
        raise NobodyReached(region=region)
    return found


def _note(work: Work, row: Row[Any], body: str) -> None:
    """Write down that an entry was urged on this working day."""
    work.connection.execute(
        occurrences.insert().values(
            kind=KIND, subject=f"entry:{row.id}", due_at=_day(work), recipient=0, at=work.now
        )
    )
    events.record(work, KIND, entry_id=row.id, body=body)
    refresh_cards(work, row.id, kinds=("county",))


def _day(work: Work) -> datetime:
    """The instant that stands for the working day: what is urged on a day off counts for the one before."""
    day: date = working_days(work).on_or_before(work.local.date())
    return datetime.combine(day, time(), work.world.campaign.zone)


def _urged(work: Work, row: Row[Any]) -> datetime | None:
    found: datetime | None = work.connection.execute(
        select(occurrences.c.at).where(
            occurrences.c.kind == KIND,
            occurrences.c.subject == f"entry:{row.id}",
            occurrences.c.due_at == _day(work),
        )
    ).scalar()
    return found


def _line(work: Work, row: Row[Any]) -> dict[str, Any]:
    local = work.world.campaign.local
    due = local(row.deadline) if row.deadline else None
    return {
        "number": row.number,
        "region": row.region,
        "spot": spot_of(work, row) or place_of(work, row),
        "problem": what_county_reads(row),
        "state": row.state,
        "deadline": due.isoformat() if due else None,
        "days_left": (due.date() - work.local.date()).days if due else None,
        "overdue": is_overdue(State(row.state), row.deadline, work.now),
    }


# --- by word, and many at once ------------------------------------------------------------------------------


def by_word(work: Work, incoming: Incoming) -> None:
    """「催办」「催一下」: of the entry it replies to; else what is late, region by region.

    Raises:
        NotYours: the actor leads nothing and is of no office.
    """
    entry_id = book.by_message(work, incoming.chat_id, incoming.reply_to) if incoming.reply_to else None
    if entry_id is None:
        overview(work, incoming.sender_id)
        return
    toast = urge(work, entry_id)
    say(
        work,
        incoming.sender_id,
        toast.text,
        toast.values,
        reply_to=incoming.message_id if incoming.private else None,
        entry_id=entry_id,
    )


def overview(work: Work, chat_id: int) -> None:
    """What is late and was not urged yet, by region, each with one button."""
    if not (work.actor.offices() or any(work.actor.leads(key) for key in work.actor.groups())):
        raise NotYours
    found = {region.name: _late(work, region.name) for region in work.world.campaign.regions}
    late = {name: rows for name, rows in found.items() if rows}
    names = [region.name for region in work.world.campaign.regions]
    waiting = {name: sum(_urged(work, row) is None for row in rows) for name, rows in late.items()}
    buttons = [
        Button("urge_region", "urgeall", arg=str(names.index(name)), values={"region": name, "count": count})
        for name, count in waiting.items()
        if count
    ]
    say(
        work,
        chat_id,
        "urging.overview",
        {
            "regions": [
                {"region": name, "count": len(rows), "urged": len(rows) - waiting[name]}
                for name, rows in late.items()
            ]
        },
        buttons=tuple((one,) for one in buttons),
        silent=True,
    )


def urge_region(work: Work, index: int) -> Toast:
    """「催办延津县(3)」: one message that names what is late there and was not urged this working day.

    Raises:
        NotYours: nothing there is the actor's to urge.
        NobodyReached: no contact of the region can be reached.
    """
    region = work.world.campaign.regions[index].name
    rows = _late(work, region)
    if not rows:
        raise NotYours
    fresh = [row for row in rows if _urged(work, row) is None]
    if not fresh:
        return Toast("urging.all_urged_toast", {"region": region}, alert=True)
    _send(work, region, fresh)
    return Toast("urging.many_toast", {"region": region, "count": len(fresh)})


def send(work: Work, rows: Sequence[Row[Any]]) -> tuple[list[Row[Any]], list[Row[Any]]]:
    """One message a region about entries that can be urged; gives those told of, and the others."""
    told: list[Row[Any]] = []
    unreached: list[Row[Any]] = []
    by_region: dict[str, list[Row[Any]]] = {}
    for row in rows:
        by_region.setdefault(row.region, []).append(row)
    for region, some in by_region.items():
        try:
            with work.savepoint():
                _send(work, region, some)
        except NobodyReached:
            unreached += some
        else:
            told += some
    return told, unreached


def _send(work: Work, region: str, fresh: Sequence[Row[Any]]) -> None:
    """The one message to a region.

    Raises:
        NobodyReached: no contact of the region can be reached.
    """
    contact = _contact(work, region)
    bodies = []
    for row in fresh:
        body = life.body_for(work, row, Action.URGE)
        _note(work, row, body)
        bodies.append(life.body_shown(work, row, body))
    say(
        work,
        contact.chat_id,
        "urging.many",
        {
            "region": region,
            "by": "、".join(dict.fromkeys(bodies)),
            "count": len(fresh),
            "lines": [_line(work, row) for row in fresh[:MOST_LINES]],
            "more": max(0, len(fresh) - MOST_LINES),
        },
        buttons=((Button("one_by_one", "todo"),),),
    )


def _late(work: Work, region: str) -> Sequence[Row[Any]]:
    """What is past its deadline in a region and the actor's to urge, the latest first."""
    rows = work.connection.execute(
        select(entries)
        .where(
            and_(
                entries.c.region == region,
                entries.c.state.in_(_OWED),
                entries.c.deadline < work.now,
                sight.visible(work),
            )
        )
        .order_by(entries.c.deadline, entries.c.id)
        .limit(200)
    ).all()
    return [row for row in rows if may(Action.URGE, life.having_of(work, row))]
