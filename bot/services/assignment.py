"""交办: from the ledger to the county's first contact, with a deadline (SPEC §2)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, func, select, update

from bot.domain.deadlines import Deadline, DeadlineWish, resolve
from bot.domain.entries import Mode, State
from bot.domain.permissions import Action
from bot.ledger import entries as book
from bot.ledger import events, people
from bot.ledger.desk import Work
from bot.ledger.outbox import Priority
from bot.ledger.people import Reached
from bot.ledger.tables import cards, entries
from bot.services import life
from bot.services.outgoing import new_card, say, show_card
from bot.services.refusals import NotPossible


def settle_due(work: Work, most: int = 50) -> int:
    """Hand over every entry whose settle time is over; gives how many."""
    rows = work.connection.execute(
        select(entries)
        .where(entries.c.settle_at.is_not(None), entries.c.settle_at <= work.now)
        .order_by(entries.c.settle_at, entries.c.id)
        .limit(most)
    ).all()
    for row in rows:
        assign(work, row, body=events.SYSTEM)
    return len(rows)


def assign_now(work: Work, entry_id: int, version: int = 0) -> None:
    """「立即交办」, and 「交办」 of what an office holds."""
    row = life.load(work, entry_id, Action.ASSIGN)
    life.fresh_press(work, row, version)
    if row.mode == Mode.COVERT:
        raise NotPossible(state=row.state, why="covert")
    assign(work, row, body=life.body_for(work, row, Action.ASSIGN))


def assign(work: Work, row: Row[Any], *, body: str, data: dict[str, Any] | None = None) -> Row[Any]:
    """已登记 → 已交办: the deadline is counted from now, the region's first contact gets the card."""
    due = deadline_of(work, row)
    fresh = life.move(
        work,
        row,
        State.ASSIGNED,
        "assigned",
        body=body,
        data={**(data or {}), "deadline": due.due.isoformat()},
        settle_at=None,
        deadline=due.due,
        note=due.note or (None if row.note in ("region", "photos") else row.note),
        assigned_at=work.now,
        acknowledged_at=None,
    )
    deliver(work, fresh)
    return fresh


def deadline_of(work: Work, row: Row[Any], wish: str | None = None) -> Deadline:
    """The deadline an entry has when it is handed over now."""
    said = wish or row.wish
    return resolve(
        DeadlineWish.parse(said) if said else None,
        handed_over=work.local,
        handling=row.handling,
        category=row.category,
        settings=work.world.deadlines,
        is_working_day=work.world.works_on,
    )


def deliver(work: Work, row: Row[Any], *, to_deputy: bool = False) -> Reached | None:
    """Show the county's card to the contact whose turn it is; gives whom, None when nobody can be reached.

    The first contact, the next one when that one cannot be reached; then the region's chat gets one
    line without any detail, and the office its list (SPEC §3 «Neither lost nor doubled»).
    """
    turn = [contact for contact in people.contacts_of(work, row.region) if contact.reachable]
    if to_deputy:
        turn = turn[1:]
    if not turn:
        if not to_deputy:
            _undeliverable(work, row)
        return None
    contact = turn[0]
    new_card(
        work,
        contact.chat_id,
        "county",
        subject=f"entry:{row.id}",
        entry_id=row.id,
        member_id=contact.member_id,
    )
    show_head(work, contact)
    return contact


def _undeliverable(work: Work, row: Row[Any]) -> None:
    day = work.world.campaign.today(work.now)
    for chat_id in people.chats_of_region(work, row.region):
        waiting = work.connection.execute(
            select(func.count()).where(
                entries.c.region == row.region, entries.c.state == State.ASSIGNED.value
            )
        ).scalar_one()
        say(
            work, chat_id, "county.waiting_in_private", {"count": waiting},
            dedup=f"waiting:{row.region}:{day}:{chat_id}", priority=Priority.REMINDER,
        )  # fmt: skip
    for member in people.office_of(work, row.track):
        say(
            work, member.chat_id, "office.undelivered",
            {"number": row.number, "region": row.region},
            dedup=f"undelivered:{row.id}:{row.round}:{member.member_id}",
            priority=Priority.REMINDER, entry_id=row.id, silent=True,
        )  # fmt: skip


def show_head(work: Work, contact: Reached) -> None:
    """The day's one head message 「今日交办 N 条：待签收 M」, edited in place; from the second card on."""
    day = work.world.campaign.today(work.now)
    if cards_of_day(work, contact.chat_id, day) < 2:
        return
    show_card(work, contact.chat_id, "head", subject=f"day:{day.isoformat()}", member_id=contact.member_id)


def cards_of_day(work: Work, chat_id: int, day: date) -> int:
    """How many entries were handed over to a contact on a day of the campaign's calendar."""
    return len(handed_over_on(work, chat_id, day))


def handed_over_on(work: Work, chat_id: int, day: date) -> list[Row[Any]]:
    """The entries handed over to a contact on a day, oldest first."""
    zone = work.world.campaign.zone
    start = datetime(day.year, day.month, day.day, tzinfo=zone)
    rows = work.connection.execute(
        select(entries)
        .join(cards, cards.c.entry_id == entries.c.id)
        .where(cards.c.chat_id == chat_id, cards.c.kind == "county", entries.c.assigned_at >= start)
        .order_by(entries.c.id)
    ).all()
    return [row for row in rows if work.world.campaign.today(row.assigned_at) == day]


def deputies_due(work: Work) -> int:
    """Show cards to the deputy that were not signed for in four hours of working time; gives how many."""
    rows = work.connection.execute(
        select(entries).where(
            entries.c.state == State.ASSIGNED.value,
            entries.c.deputy_told_at.is_(None),
            entries.c.assigned_at <= work.now - work.world.rules.deputy_after,
        )
    ).all()
    told = 0
    for row in rows:
        if work.world.working_time(row.assigned_at, work.now) < work.world.rules.deputy_after:
            continue
        work.connection.execute(update(entries).where(entries.c.id == row.id).values(deputy_told_at=work.now))
        if deliver(work, row, to_deputy=True) is not None:
            told += 1
    return told


def county_of(work: Work, row: Row[Any]) -> list[int]:
    """Private chats of the contacts who have this entry's card."""
    return list(
        work.connection.execute(
            select(cards.c.chat_id)
            .where(cards.c.entry_id == row.id, cards.c.kind == "county")
            .order_by(cards.c.id)
        ).scalars()
    )


def reload(work: Work, entry_id: int) -> Row[Any]:
    """An entry's row that is known to be there."""
    row = book.get(work, entry_id)
    assert row is not None
    return row
