"""The contact's day: one head message 「今日交办 7 条」, which card may sound, a new day's 「剩2天」."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Row, select, update

from bot.domain.budget import ON_TOP, sounds
from bot.domain.entries import OPEN_STATES
from bot.ledger import cards as card_book
from bot.ledger import outbox as book
from bot.ledger.desk import Work
from bot.ledger.outbox import Priority
from bot.ledger.prepared import Prepared
from bot.ledger.tables import cards, entries, facts, occurrences
from bot.services.outgoing import show_card

FROM = 2
"""The head message comes with the day's second entry."""

NEW_DAY = time(0, 5)
"""From then on the cards of what is open are brought to the new day."""

DAY = "county day"
"""The fact that says how far the cards of each region have been brought to which day."""


def may_sound(work: Work, row: Row[Any], chat_id: int) -> bool:
    """Whether an entry's card may come with sound now; the day's first one uses the budget up.

    What comes in the quiet hours makes no sound and uses nothing up.
    """
    if work.world.hours.quiet(work.local):
        return False
    day = work.local.date()
    midnight = datetime(day.year, day.month, day.day, tzinfo=work.local.tzinfo)
    key = {"kind": "first_card", "subject": "", "due_at": midnight, "recipient": chat_id}
    known = work.connection.execute(
        select(occurrences.c.at).where(*(occurrences.c[name] == value for name, value in key.items()))
    ).first()
    if known is None:
        work.connection.execute(occurrences.insert().values(**key, at=work.now))
    kind = row.handling if row.handling in ON_TOP else "first_card"
    return sounds(kind, () if known is None else ("first_card",), quiet=False)


def show(work: Work, chat_id: int, member_id: int) -> None:
    """Show the day's head message to a contact; from the second entry of the day on."""
    day = work.world.campaign.today(work.now)
    if len(handed_over_on(work, chat_id, day)) < FROM:
        return
    show_card(work, chat_id, "head", subject=subject_of(day), member_id=member_id)


def subject_of(day: date) -> str:
    """The subject of a day's head card."""
    return f"day:{day.isoformat()}"


def handed_over_on(work: Work, chat_id: int, day: date) -> list[Row[Any]]:
    """The entries handed over to a contact on a day of the campaign's calendar, oldest first."""
    start = datetime(day.year, day.month, day.day, tzinfo=work.world.campaign.zone)
    rows = work.connection.execute(
        select(entries)
        .join(cards, cards.c.entry_id == entries.c.id)
        .where(cards.c.chat_id == chat_id, cards.c.kind == "county", entries.c.assigned_at >= start)
        .order_by(entries.c.id)
    ).all()
    return [row for row in rows if work.world.campaign.today(row.assigned_at) == day]


def refresh(work: Work, row: Row[Any]) -> None:
    """Bring the head messages of the contacts who have this entry's card up to date."""
    if row.assigned_at is None:
        return
    subject = subject_of(work.world.campaign.today(row.assigned_at))
    holders = select(cards.c.chat_id).where(cards.c.entry_id == row.id, cards.c.kind == "county")
    for head in work.connection.execute(
        select(cards.c.id, cards.c.chat_id, cards.c.wanted).where(
            cards.c.chat_id.in_(holders.scalar_subquery()),
            cards.c.subject == subject,
            cards.c.kind == "head",
        )
    ).all():
        work.connection.execute(cards.update().where(cards.c.id == head.id).values(wanted=head.wanted + 1))
        book.put_card(work, head.id, head.chat_id, head.wanted + 1, None, Priority.REPLY, keep_pace=True)


_done = Prepared(select(facts.c.value).where(facts.c.key == DAY))


def new_day_due(work: Work) -> int:
    """Bring the county's cards of what it owes to the new day: 「剩3天」 → 「剩2天」; gives how many cards.

    By edits, which make no sound, behind everything else that is to be sent; one entry a region and beat,
    so that neither a contact's chat nor the outbox fills up. What was handed over today says it already.
    """
    local = work.local
    if local.time() < NEW_DAY:
        return 0
    day = local.date()
    known = _done.scalar(work)
    done: dict[str, Any] = known if known and known["day"] == day.isoformat() else {"day": day.isoformat()}
    if done.get("over"):
        return 0
    midnight = datetime(day.year, day.month, day.day, tzinfo=local.tzinfo)
    reached: dict[str, int] = dict(done.get("reached", {}))
    shown, over = 0, True
    for region in work.world.campaign.regions:
        entry_id = _next_open(work, region.name, reached.get(region.name, 0), midnight)
        if entry_id is not None:
            over, reached[region.name] = False, entry_id
            shown += _edit(work, entry_id)
    value = {"day": done["day"], "reached": reached, "over": over}
    if known is None:
        work.connection.execute(facts.insert().values(key=DAY, value=value))
    else:
        work.connection.execute(update(facts).where(facts.c.key == DAY).values(value=value))
    return shown


def _next_open(work: Work, region: str, after: int, midnight: datetime) -> int | None:
    found: int | None = work.connection.execute(
        select(entries.c.id)
        .where(
            entries.c.region == region,
            entries.c.state.in_([state.value for state in OPEN_STATES]),
            entries.c.id > after,
            entries.c.assigned_at < midnight,
            entries.c.deadline.is_not(None),
        )
        .order_by(entries.c.id)
        .limit(1)
    ).scalar()
    return found


def _edit(work: Work, entry_id: int) -> int:
    """Raise an entry's cards of the county's side; what was never sent is not sent now."""
    found = work.connection.execute(
        select(cards.c.id, cards.c.chat_id, cards.c.wanted).where(
            cards.c.entry_id == entry_id,
            cards.c.kind.in_(("county", "township")),
            cards.c.message_id.is_not(None),
        )
    ).all()
    for card in found:
        card_book.want(work, card.id, card.wanted + 1)
        book.put_card(
            work, card.id, card.chat_id, card.wanted + 1, entry_id, Priority.BROADCAST, keep_pace=True
        )
    return len(found)
