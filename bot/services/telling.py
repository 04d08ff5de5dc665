"""Who hears what becomes of an entry beside the cards: its contacts, its filer (SPEC §2, the table)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select

from bot.domain.permissions import Standing, standings
from bot.ledger import cards as card_book
from bot.ledger import entries as book
from bot.ledger import people
from bot.ledger.desk import Work
from bot.ledger.tables import cards
from bot.services.outgoing import Rows, say


def contacts(work: Work, row: Row[Any]) -> list[int]:
    """Private chats of the contacts who have this entry's card and may still see it.

    A card of another region's contact, left behind by a re-assignment, and a removed member's hear
    nothing any more.
    """
    found = work.connection.execute(
        select(cards.c.chat_id, cards.c.member_id)
        .where(cards.c.entry_id == row.id, cards.c.kind == "county")
        .order_by(cards.c.id)
    ).all()
    facts, campaign = book.facts_of(row), work.world.campaign
    return [
        card.chat_id
        for card in found
        if card.member_id is not None
        and Standing.CONTACT in standings(people.actor_by_id(work, card.member_id), facts, campaign)
    ]


def filer(work: Work, row: Row[Any]) -> int | None:
    """The filer's private chat, when the filer is still a member who may see the entry."""
    member = people.member(work, row.filer_id)
    if member is None or member.telegram_id is None:
        return None
    having = standings(people.actor_by_id(work, member.id), book.facts_of(row), work.world.campaign)
    return int(member.telegram_id) if having else None


def county_message(work: Work, chat_id: int, row: Row[Any]) -> int | None:
    """The message that shows the county's card in a chat, to reply to."""
    return card_book.message_of(work, chat_id, f"entry:{row.id}", "county")


def contacts_line(
    work: Work,
    row: Row[Any],
    text: str,
    values: dict[str, Any],
    *,
    silent: bool = True,
    buttons: Rows = (),
    key: str | None = None,
) -> int:
    """One line to each contact who has the card, in reply to it; gives how many.

    `key` names the occasion where no update causes it (a job).
    """
    found = contacts(work, row)
    for chat_id in found:
        say(
            work,
            chat_id,
            text,
            values,
            reply_to=county_message(work, chat_id, row),
            entry_id=row.id,
            silent=silent,
            buttons=buttons,
            dedup=f"{key}:{chat_id}" if key else None,
        )
    return len(found)


def township_line(work: Work, row: Row[Any], text: str, values: dict[str, Any]) -> None:
    """One line, with a sound, to the township's contact to whom the entry is passed on."""
    found = work.connection.execute(
        select(cards.c.chat_id, cards.c.member_id, cards.c.message_id)
        .where(cards.c.entry_id == row.id, cards.c.kind == "township")
        .order_by(cards.c.id)
    ).all()
    facts, campaign = book.facts_of(row), work.world.campaign
    for card in found:
        actor = people.actor_by_id(work, card.member_id)
        if Standing.TOWNSHIP in standings(actor, facts, campaign):
            say(work, card.chat_id, text, values, reply_to=card.message_id, entry_id=row.id)


def quiet_line(
    work: Work, row: Row[Any], text: str, values: dict[str, Any] | None = None, *, key: str | None = None
) -> None:
    """Closed, deferred, void and their like: one line without a sound to contacts and filer.

    Whoever did it needs no line about it. Texts get `number` and whatever `values` add.
    """
    said = {"number": row.number, **(values or {})}
    contacts_line(work, row, text, said, key=key)
    chat_id = filer(work, row)
    if chat_id is None or row.filer_id == work.actor.member_id:
        return
    say(
        work,
        chat_id,
        text,
        said,
        reply_to=card_book.message_of(work, chat_id, f"entry:{row.id}", "receipt"),
        entry_id=row.id,
        silent=True,
        protect=book.facts_of(row).hidden,
        dedup=f"{key}:{chat_id}:filer" if key else None,
    )
