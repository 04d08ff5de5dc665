"""The boards of the offices: one message a window and track, edited in place while reports come."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import select, update

from bot.ledger import cards as card_book
from bot.ledger import outbox as outbox_book
from bot.ledger.desk import Work
from bot.ledger.outbox import Priority
from bot.ledger.tables import cards
from bot.services.duties import audience
from bot.services.outgoing import new_card, show_card
from bot.services.refusals import NotUnderstood, NotYours

T = TypeVar("T")


def put_up(work: Work, kind: str, subject: str, track: str) -> None:
    """The board, silently, for everybody of the office with whom it does not stand yet."""
    for reader in audience.of_office(work, track):
        if card_book.known(work, reader.chat_id, subject, kind) is None:
            show_card(
                work, reader.chat_id, kind, subject=subject, member_id=reader.member_id,
                priority=Priority.REMINDER,
            )  # fmt: skip


def refresh(work: Work, kind: str, subject: str) -> None:
    """Something came: the boards that stand are edited, in their own time."""
    for row in work.connection.execute(
        select(cards.c.id, cards.c.chat_id, cards.c.wanted).where(
            cards.c.subject == subject, cards.c.kind == kind
        )
    ).all():
        card_book.want(work, row.id, row.wanted + 1)
        outbox_book.put_card(
            work, row.id, row.chat_id, row.wanted + 1, None, Priority.REMINDER, keep_pace=True
        )


def announce(work: Work, kind: str, subject: str, track: str) -> int:
    """The board anew, with a sound, its list open; gives how many were told."""
    readers = audience.of_office(work, track)
    for reader in readers:
        card_id = new_card(
            work, reader.chat_id, kind, subject=subject, member_id=reader.member_id,
            priority=Priority.REMINDER,
        )  # fmt: skip
        work.connection.execute(update(cards).where(cards.c.id == card_id).values(quiet=False, panel="list"))
    return len(readers)


def of_button(work: Work, argument: str, find: Callable[[Work, str], T | None]) -> tuple[T, str]:
    """Window and track of a board's button `KEY/TRACK`, for the office whose board it is.

    Raises:
        NotYours: another track's office.
        NotUnderstood: no window there is.
    """
    key, _, track = argument.partition("/")
    window = find(work, key)
    if window is None:
        raise NotUnderstood(hint="old_button")
    if track not in work.actor.offices():
        raise NotYours
    return window, track
