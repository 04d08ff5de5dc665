"""Readings of cards: what is edited later."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select

from bot.ledger.desk import Work
from bot.ledger.tables import cards


def get(work: Work, card_id: int) -> Row[Any] | None:
    """A card's row."""
    return work.connection.execute(select(cards).where(cards.c.id == card_id)).first()


def message_of(work: Work, chat_id: int, subject: str, kind: str) -> int | None:
    """The message that shows a card in a chat."""
    found: int | None = work.connection.execute(
        select(cards.c.message_id).where(
            cards.c.chat_id == chat_id, cards.c.subject == subject, cards.c.kind == kind
        )
    ).scalar()
    return found
