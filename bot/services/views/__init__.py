"""What a card shows to its reader, as values: the permission table decides, `texts` finds the words."""

from __future__ import annotations

from bot.ledger import cards as card_book
from bot.ledger import entries as book
from bot.ledger import people
from bot.ledger.desk import Work
from bot.services import faces
from bot.services.outgoing import Shown
from bot.services.views.line import group_line
from bot.services.views.places import place_of, spot_of
from bot.services.views.receipt import receipt
from bot.services.views.sheets import before_picture, pair_picture
from bot.services.views.values import (
    entry_values,
    identity_title,
    last_body,
    sender_of,
    what_county_reads,
)

__all__ = [
    "before_picture",
    "card",
    "entry_values",
    "identity_title",
    "last_body",
    "pair_picture",
    "place_of",
    "sender_of",
    "spot_of",
    "what_county_reads",
]

GONE = None
"""A card whose subject has moved on is closed as stale."""

IN_GROUPS = ("line",)
"""Kinds of an entry's cards that may stand in a group's chat."""


def card(work: Work, card_id: int) -> Shown | None:
    """What a card should show now; None when there is nothing to show any more."""
    row = card_book.get(work, card_id)
    if row is None:
        return GONE
    if row.member_id is not None:
        work.actor = people.actor_by_id(work, row.member_id)
    elif row.chat_id > 0:
        work.actor = people.actor_of(work, row.chat_id)
    if row.chat_id > 0 and not work.actor.grants:
        return GONE  # who left hears nothing more, not even by an edit
    if row.chat_id < 0 and row.entry_id is not None and row.kind not in IN_GROUPS:
        return GONE  # one reader's card never stands before several (red line (a))
    if row.kind in faces.FACES:
        return faces.FACES[row.kind](work, row)
    if row.entry_id is None:
        return GONE
    entry = book.get(work, row.entry_id)
    if entry is None:
        return GONE
    match row.kind:
        case "receipt":
            return receipt(work, entry, row.panel, sent=row.message_id is not None)
        case "line":
            return group_line(work, entry)
        case _:
            return GONE
