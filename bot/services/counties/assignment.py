"""交办: from the ledger to the county's first contact, with a deadline (SPEC §2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, bindparam, func, select, update

from bot.domain.deadlines import Deadline, DeadlineWish, resolve
from bot.domain.entries import OPEN_STATES, Mode, Source, State
from bot.domain.permissions import Action
from bot.ledger import entries as book
from bot.ledger import events, people
from bot.ledger.desk import Work
from bot.ledger.outbox import Priority
from bot.ledger.people import Reached
from bot.ledger.prepared import Prepared
from bot.ledger.tables import cards, chats, entries
from bot.services import faces, life
from bot.services.counties import heads, officers
from bot.services.duties import days
from bot.services.outgoing import Shown, new_card, show_card
from bot.services.refusals import NotPossible


class NotForTheCounty(Exception):
    """An entry that nobody previewed was about to be shown to its region: red line (b), our bug."""


AT_ONCE = 50
"""Cards that one beat delivers to a region at the most; the next beat goes on."""


_any_settled = Prepared(
    select(entries.c.id)
    .where(entries.c.settle_at.is_not(None), entries.c.settle_at <= bindparam("now"))
    .limit(1)
)


def settle_due(work: Work, most: int = 50) -> int:
    """Hand over every entry whose settle time is over; gives how many."""
    if _any_settled.first(work, now=work.now) is None:
        return 0
    rows = work.connection.execute(
        select(entries)
        .where(entries.c.settle_at.is_not(None), entries.c.settle_at <= work.now)
        .order_by(entries.c.settle_at, entries.c.id)
        .limit(most)
    ).all()
    for row in rows:
        if waits_for_preview(row):  # the clock hands nothing over that a person must look at first
            work.connection.execute(update(entries).where(entries.c.id == row.id).values(settle_at=None))
            continue
        assign(work, row, body=events.SYSTEM)
    return len(rows)


def waits_for_preview(row: Row[Any]) -> bool:
    """Whether an entry reaches its region only after a preview of what the county will see (`handover`).

    A covert finding until it was handed over; a 群众举报 until somebody wrote for the county what the
    caller said, and, closed before the county knew of it, until that was looked at.
    """
    if row.mode == Mode.COVERT:
        return row.handed_over_at is None
    if row.source != Source.PUBLIC:
        return False
    return not row.public_text or (row.state == State.CLOSED and row.assigned_at is None)


def action_for(row: Row[Any]) -> Action:
    """What the right to hand this entry over is called in the permission table."""
    return Action.HAND_OVER if row.mode == Mode.COVERT else Action.ASSIGN


def assign_now(work: Work, entry_id: int, version: int = 0) -> None:
    """「立即交办」, and 「交办」 of what an office holds."""
    row = life.load(work, entry_id, Action.ASSIGN)
    life.fresh_press(work, row, version)
    if row.mode == Mode.COVERT or waits_for_preview(row):
        raise NotPossible(state=row.state)  # these go by their preview (`handover`)
    assign(work, row, body=life.body_for(work, row, Action.ASSIGN))


def assign(work: Work, row: Row[Any], *, body: str, data: dict[str, Any] | None = None) -> Row[Any]:
    """已登记 → 已交办: the deadline is counted from now, the region's first contact gets the card.

    Raises:
        NotPossible: it is not waiting to be handed over; what closed or was deferred has ways of its own.
    """
    if row.state != State.FILED:
        raise NotPossible(state=row.state)
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
        note=due.note or (None if row.note in ("region", "photos", "elsewhere") else row.note),
        assigned_at=work.now,
        acknowledged_at=None,
        **officers.defaults(work, row),
    )
    deliver(work, fresh)
    return fresh


def again(work: Work, row: Row[Any], what: str, *, body: str, **data: Any) -> Row[Any]:
    """Closed or deferred → 已交办: the clock starts anew, the next round, the county's card anew."""
    due = deadline_of(work, row)
    fresh = life.move(
        work,
        row,
        State.ASSIGNED,
        what,
        body=body,
        data={**data, "deadline": due.due.isoformat()},
        round=row.round + 1,
        deadline=due.due,
        assigned_at=work.now,
        acknowledged_at=None,
        submitted_at=None,
        proof_sent_at=None,
        closed_at=None,
        closed_how=None,
        measures=None,
        deputy_told_at=None,
        contact_pressed_at=None,
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
        is_working_day=days.works_on(work),
    )


def deliver(work: Work, row: Row[Any], *, to_next: bool = False) -> Reached | None:
    """Show the county's card to the contact whose turn it is; gives whom, None when there is nobody.

    The first contact, the next one when that one cannot be reached; then the region's chat gets one
    line without any detail, and the office its morning list (SPEC §3 «Neither lost nor doubled»).
    `to_next`: those who have the card already are passed over, and nobody else is no trouble.

    Raises:
        NotForTheCounty: nobody has previewed what the county would see.
    """
    if waits_for_preview(row):
        raise NotForTheCounty(f"entry {row.id}")
    turn = [contact for contact in people.contacts_of(work, row.region) if contact.reachable]
    if to_next:
        having = set(county_of(work, row))
        turn = [contact for contact in turn if contact.chat_id not in having]
    if not turn:
        if not to_next:
            _reaches_nobody(work, row)
        return None
    contact = turn[0]
    _give(work, row, contact)
    return contact


def _give(work: Work, row: Row[Any], contact: Reached) -> None:
    sounds = heads.may_sound(work, row, contact.chat_id)
    card_id = new_card(
        work,
        contact.chat_id,
        "county",
        subject=f"entry:{row.id}",
        entry_id=row.id,
        member_id=contact.member_id,
    )
    _mark(work, card_id, row, contact.member_id, quiet=not sounds)
    if row.undelivered_at is not None:
        work.connection.execute(update(entries).where(entries.c.id == row.id).values(undelivered_at=None))
        _tell_region(work, row.region)
    heads.show(work, contact.chat_id, contact.member_id)


def _reaches_nobody(work: Work, row: Row[Any]) -> None:
    if row.undelivered_at is None:
        work.connection.execute(update(entries).where(entries.c.id == row.id).values(undelivered_at=work.now))
    _tell_region(work, row.region)


def _tell_region(work: Work, region: str) -> None:
    """The region's chats: one line a day, edited as the number changes."""
    day = work.world.campaign.today(work.now).isoformat()
    for chat_id in people.chats_of_region(work, region):
        show_card(work, chat_id, "unread", subject=f"unread:{region}:{day}", priority=Priority.REMINDER)


@faces.shows("unread")
def _unread(work: Work, card: Row[Any]) -> Shown:
    """「有 3 条待查收，请联系人私聊查看」: a number, nothing else (red line (a))."""
    region = card.subject.split(":")[1]
    count = work.connection.execute(
        select(func.count()).where(entries.c.region == region, entries.c.undelivered_at.is_not(None))
    ).scalar_one()
    return Shown("county.waiting_in_private", {"count": count})


def show_anew(work: Work, row: Row[Any], chat_id: int, *, kind: str = "county") -> None:
    """Show the county's (or the township's) card as a new message, as its reader asked: silently."""
    card_id = new_card(
        work, chat_id, kind, subject=f"entry:{row.id}", entry_id=row.id, member_id=work.actor.member_id
    )
    _mark(work, card_id, row, work.actor.member_id, quiet=True)


def _mark(work: Work, card_id: int, row: Row[Any], member_id: int, *, quiet: bool) -> None:
    # a card that was given up before is taken up again: its reader may have changed
    work.connection.execute(
        update(cards)
        .where(cards.c.id == card_id)
        .values(quiet=quiet, entry_id=row.id, member_id=member_id, panel=None)
    )


_any_unsigned = Prepared(
    select(entries.c.id)
    .where(
        entries.c.state == "assigned",
        entries.c.deputy_told_at.is_(None),
        entries.c.assigned_at <= bindparam("before"),
    )
    .limit(1)
)


def deputies_due(work: Work) -> int:
    """Show cards to the deputy that were not signed for in four hours of working time; gives how many."""
    if _any_unsigned.first(work, before=work.now - work.world.rules.deputy_after) is None:
        return 0
    rows = work.connection.execute(
        select(entries).where(
            entries.c.state == State.ASSIGNED.value,
            entries.c.deputy_told_at.is_(None),
            entries.c.assigned_at <= work.now - work.world.rules.deputy_after,
        )
    ).all()
    told, works_on = 0, days.works_on(work)
    for row in rows:
        if work.world.working_time(row.assigned_at, work.now, works_on) < work.world.rules.deputy_after:
            continue
        work.connection.execute(update(entries).where(entries.c.id == row.id).values(deputy_told_at=work.now))
        if row.undelivered_at is None and deliver(work, row, to_next=True) is not None:
            told += 1
    return told


_any_unreachable = Prepared(select(chats.c.id).where(chats.c.unreachable_at.is_not(None)).limit(1))
_waiting_regions = Prepared(select(entries.c.region).where(entries.c.undelivered_at.is_not(None)).distinct())


def redeliver_due(work: Work) -> int:
    """Cards whose reader cannot be reached go on to the next contact; gives how many found a reader.

    A card that nobody could get goes to the first contact who can be reached again, or has joined since.
    """
    found = 0
    for row in _cut_off(work) if _any_unreachable.first(work) is not None else ():
        having = _readers(work, row)
        if any(card.unreachable_at is None for card in having):
            continue
        # that card is not kept up any more; its messages stay known, so that replies find the entry
        work.connection.execute(
            update(cards).where(cards.c.id.in_([card.id for card in having])).values(entry_id=None)
        )
        found += deliver(work, row) is not None
    waiting = entries.c.undelivered_at.is_not(None)
    # by region, for this is asked every second, and thousands may wait where nobody has joined yet
    regions = [row.region for row in _waiting_regions.all(work)]
    if not regions:
        return found
    work.connection.execute(
        update(entries)
        .where(waiting, entries.c.state.not_in([state.value for state in OPEN_STATES]))
        .values(undelivered_at=None)
    )
    for region in regions:
        if not any(contact.reachable for contact in people.contacts_of(work, region)):
            continue
        rows = select(entries).where(waiting, entries.c.region == region).order_by(entries.c.id)
        for row in work.connection.execute(rows.limit(AT_ONCE)).all():
            found += deliver(work, row) is not None
    return found


def _cut_off(work: Work) -> Sequence[Any]:
    return work.connection.execute(
        select(entries)
        .distinct()
        .join(cards, cards.c.entry_id == entries.c.id)
        .join(chats, chats.c.id == cards.c.chat_id)
        .where(
            chats.c.unreachable_at.is_not(None),
            cards.c.kind == "county",
            entries.c.state.in_([state.value for state in OPEN_STATES]),
            entries.c.undelivered_at.is_(None),
        )
        .order_by(entries.c.id)
    ).all()


def _readers(work: Work, row: Row[Any]) -> Sequence[Any]:
    return work.connection.execute(
        select(cards.c.id, chats.c.unreachable_at)
        .outerjoin(chats, chats.c.id == cards.c.chat_id)
        .where(cards.c.entry_id == row.id, cards.c.kind == "county")
    ).all()


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
