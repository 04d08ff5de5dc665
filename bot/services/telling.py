"""Who hears what becomes of an entry beside the cards: its contacts, its filer (SPEC §2, the table)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Row, select

from bot.domain.masking import mask_values
from bot.domain.permissions import Actor, Standing, standings
from bot.ledger import cards as card_book
from bot.ledger import entries as book
from bot.ledger import people
from bot.ledger.desk import Work
from bot.ledger.tables import cards
from bot.services.outgoing import Rows, say

ForEach = Callable[[Actor], dict[str, Any]]
"""What a line says to one reader and not to another."""


def contacts(work: Work, row: Row[Any]) -> list[int]:
    """Private chats of the contacts who have this entry's card and may still see it."""
    return [chat_id for chat_id, _ in _contacts(work, row)]


def _contacts(work: Work, row: Row[Any]) -> list[tuple[int, Actor]]:
    """Those contacts' chats and who they are.

    A card of another region's contact, left behind by a re-assignment, and a removed member's hear
    nothing any more.
    """
    found = work.connection.execute(
        select(cards.c.chat_id, cards.c.member_id)
        .where(cards.c.entry_id == row.id, cards.c.kind == "county")
        .order_by(cards.c.id)
    ).all()
    facts, campaign = book.facts_of(row), work.world.campaign
    holders = [
        (card.chat_id, people.actor_by_id(work, card.member_id))
        for card in found
        if card.member_id is not None
    ]
    return [one for one in holders if Standing.CONTACT in standings(one[1], facts, campaign)]


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
    for_each: ForEach | None = None,
    key: str | None = None,
) -> int:
    """One line to each contact who has the card, in reply to it; gives how many.

    `key` names the occasion where no update causes it (a job).
    """
    found = _contacts(work, row)
    for chat_id, reader in found:
        say(
            work,
            chat_id,
            text,
            mask_values({**values, **(for_each(reader) if for_each else {})}),
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
            say(work, card.chat_id, text, mask_values(values), reply_to=card.message_id, entry_id=row.id)


def quiet_line(
    work: Work,
    row: Row[Any],
    text: str,
    values: dict[str, Any] | None = None,
    *,
    for_each: ForEach | None = None,
    key: str | None = None,
) -> None:
    """Closed, deferred, void and their like: one line without a sound to contacts and filer.

    Whoever did it needs no line about it. Texts get `number` and whatever `values` add.
    """
    said = {"number": row.number, **(values or {})}
    contacts_line(work, row, text, said, for_each=for_each, key=key)
    chat_id = filer(work, row)
    if chat_id is None or row.filer_id == work.actor.member_id or chat_id in contacts(work, row):
        return
    say(
        work,
        chat_id,
        text,
        mask_values({**said, **(for_each(people.actor_by_id(work, row.filer_id)) if for_each else {})}),
        reply_to=card_book.message_of(work, chat_id, f"entry:{row.id}", "receipt"),
        entry_id=row.id,
        silent=True,
        protect=book.facts_of(row).hidden,
        dedup=f"{key}:{chat_id}:filer" if key else None,
    )
