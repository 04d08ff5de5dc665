"""Cards that show no entry (members, invitations, a roster): each topic adds what its kind shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Row, select, update

from bot.ledger.desk import Work
from bot.ledger.tables import cards
from bot.services.outgoing import Shown, open_panel, show_card
from bot.services.refusals import NotUnderstood

Face = Callable[[Work, Row[Any]], Shown | None]

FACES: dict[str, Face] = {}
"""Kind of card → what it shows; filled at import (see `shows`)."""


def shows(kind: str) -> Callable[[Face], Face]:
    """Register what a kind of card shows; `work.actor` is the card's reader."""

    def register(function: Face) -> Face:
        FACES[kind] = function
        return function

    return register


def turn(work: Work, chat_id: int, message_id: int, panel: str) -> None:
    """A tap that only shows another face of the presser's own card.

    Raises:
        NotUnderstood: the message shows no card any more, or somebody else's.
    """
    row = work.connection.execute(
        select(cards).where(cards.c.chat_id == chat_id, cards.c.message_id == message_id)
    ).first()
    if row is None or row.kind not in FACES or row.member_id != work.actor.member_id:
        raise NotUnderstood(hint="old_button")
    open_panel(work, chat_id, message_id, panel or None)


def show_plain(work: Work, chat_id: int, kind: str) -> None:
    """Bring the actor's card of that kind, if it was ever shown, back to its first face."""
    work.connection.execute(
        update(cards).where(cards.c.chat_id == chat_id, cards.c.kind == kind).values(panel=None)
    )
    show_again(work, chat_id, kind)


def show_again(work: Work, chat_id: int, kind: str) -> None:
    """Bring the actor's card of that kind, if it was ever shown, up to date."""
    found = work.connection.execute(
        select(cards.c.id).where(cards.c.chat_id == chat_id, cards.c.kind == kind)
    ).first()
    if found is not None:
        show_card(work, chat_id, kind, subject=kind, member_id=work.actor.member_id)
