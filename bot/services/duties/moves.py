"""Moved duties: proposed to an office a week ahead, confirmed with one tap, announced (SPEC §3)."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from sqlalchemy import Row

from bot.domain.duties import Duty, Move, Slot
from bot.domain.permissions import Role
from bot.ledger import cards as card_book
from bot.ledger import outbox as outbox_book
from bot.ledger import people
from bot.ledger.desk import Work
from bot.ledger.outbox import Priority
from bot.ledger.tables import cards, moved_duties
from bot.services import faces
from bot.services.answering import Toast
from bot.services.duties import audience, days, told
from bot.services.outgoing import Button, Rows, Shown, say, show_card
from bot.services.refusals import NotUnderstood, NotYours, TooLate

CARD: Final = "move"


def propose(work: Work, slot: Slot) -> int:
    """Ask an office about a time that falls on a day off; gives how many members were asked."""
    move = slot.move
    assert move is not None
    if _decision(work, move) is not None:
        return 0
    readers = audience.of_office(work, move.track)
    for reader in readers:
        show_card(
            work, reader.chat_id, CARD, subject=_subject(move.duty, move.track, move.key),
            member_id=reader.member_id, priority=Priority.REMINDER,
        )  # fmt: skip
    return len(readers)


def _subject(duty: Duty, track: str, key: date) -> str:
    return f"move/{duty.value}/{track}/{key.isoformat()}"


def _decision(work: Work, move: Move) -> Row[Any] | None:
    table = moved_duties
    return work.connection.execute(
        table.select().where(
            table.c.duty == move.duty.value,
            table.c.track == move.track,
            table.c.key == move.key.isoformat(),
        )
    ).first()


def decide(work: Work, argument: str, yes: bool) -> Toast:
    """「改到…」 or 「按原时间」: the first press of the office holds; everybody concerned is told of a move.

    Raises:
        NotYours: another track's office.
        TooLate: the earlier of the two times has come.
        NotUnderstood: there is nothing to move any more.
    """
    duty_key, track, key = (*argument.split("/"), "", "")[:3]
    if track not in work.actor.offices():
        raise NotYours
    try:
        move = days.timetable(work).proposal((Duty(duty_key), track, date.fromisoformat(key)))
    except ValueError:
        move = None
    if move is None:
        raise NotUnderstood(hint="old_button")
    known = _decision(work, move)
    if known is not None:
        _refresh(work, move)
        return Toast("calendar.decided_already", {"moved": known.day is not None})
    if work.now >= move.until:
        _refresh(work, move)
        raise TooLate
    target = work.world.campaign.local(move.target).date()
    work.connection.execute(
        moved_duties.insert().values(
            duty=move.duty.value,
            track=track,
            key=move.key.isoformat(),
            day=target.isoformat() if yes else None,
            member_id=work.actor.member_id or None,
            at=work.now,
        )
    )
    _refresh(work, move)
    if yes:
        _announce(work, move)
    return Toast("calendar.moved_toast" if yes else "calendar.kept_toast", _values(work, move))


def _refresh(work: Work, move: Move) -> None:
    subject = _subject(move.duty, move.track, move.key)
    for row in work.connection.execute(
        cards.select().where(cards.c.subject == subject, cards.c.kind == CARD)
    ).all():
        card_book.want(work, row.id, row.wanted + 1)
        outbox_book.put_card(work, row.id, row.chat_id, row.wanted + 1, None, Priority.REPLY, keep_pace=True)


def _values(work: Work, move: Move) -> dict[str, Any]:
    local = work.world.campaign.local
    return {
        "duty": move.duty.value,
        "notice": local(move.notice).isoformat(),
        "target": local(move.target).isoformat(),
        "until": local(move.until).isoformat(),
        "provisional": move.provisional,
        "track": work.world.campaign.track(move.track).name,
    }


def _announce(work: Work, move: Move) -> None:
    """Everybody who owes the duty, silently; an office owes its bulletin itself."""
    readers: list[audience.Reader] = []
    if move.duty is Duty.WEEKLY:
        regions = [region.name for region in work.world.campaign.regions_of(move.track)]
        for one in audience.of_regions(work, move.track, regions):
            readers += one.readers
    elif move.duty is Duty.TEN_DAY:
        groups = [group.key for group in work.world.campaign.groups if group.track == move.track]
        covert = work.world.campaign.covert_group()
        if covert is not None and covert.key not in groups:
            groups.append(covert.key)
        for one in audience.of_groups(work, groups):
            readers += one.readers
        readers += audience.of_role(work, Role.OVERSIGHT, "oversight").readers
    told_already: set[int] = set()
    for reader in readers:
        if reader.member_id in told_already:
            continue
        told_already.add(reader.member_id)
        key = told.Key(
            "move", f"{move.duty.value}/{move.track}/{move.key.isoformat()}", move.target, reader.member_id
        )
        if told.note(work, key):
            say(
                work, reader.chat_id, "calendar.moved", _values(work, move), priority=Priority.REMINDER,
                dedup=key.dedup(), silent=True,
            )  # fmt: skip


@faces.shows(CARD)
def card(work: Work, card_row: Row[Any]) -> Shown | None:
    """The proposal, and afterwards what was decided by whom."""
    _, duty, track, key = card_row.subject.split("/")
    if track not in work.actor.offices():
        return None
    move = days.timetable(work).proposal((Duty(duty), track, date.fromisoformat(key)))
    if move is None:
        return None
    known = _decision(work, move)
    member = people.member(work, known.member_id) if known is not None else None
    values = {
        **_values(work, move),
        "state": "open" if known is None else "moved" if known.day is not None else "kept",
        "over": work.now >= move.until,
        "by": member.name if member is not None else "",
        "at": work.world.campaign.local(known.at).isoformat() if known is not None else None,
    }
    return Shown("calendar.move", values, _buttons(work, move) if known is None else ())


def _buttons(work: Work, move: Move) -> Rows:
    if work.now >= move.until:
        return ()
    argument = f"{move.duty.value}/{move.track}/{move.key.isoformat()}"
    target = work.world.campaign.local(move.target)
    yes = Button("move_to", "moveto_day", 1, arg=argument, values={"month": target.month, "day": target.day})
    return ((yes, Button("move_not", "moveto_day", 0, arg=argument)),)
