"""「撤回」: free for ten minutes, unless a contact has pressed or answered (SPEC §2 «Intake»)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select

from bot.domain.entries import State
from bot.domain.permissions import Action
from bot.ledger import entries as book
from bot.ledger.desk import Work
from bot.ledger.tables import entries
from bot.services import life, telling
from bot.services.answering import Toast
from bot.services.field import filing
from bot.services.incoming import Incoming
from bot.services.outgoing import say
from bot.services.refusals import TooLate

FREE = (State.DRAFT, State.FILED, State.ASSIGNED)
"""States in which the filer may still take an entry back."""


def still_free(work: Work, row: Row[Any]) -> bool:
    """Whether 「撤回」 is still offered to the filer."""
    return (
        row.filer_id == work.actor.member_id
        and row.state in FREE
        and row.contact_pressed_at is None
        and work.now <= row.created_at + work.world.rules.withdraw_within
    )


def by_word(work: Work, incoming: Incoming) -> None:
    """The word 「撤回」: for the entry it replies to; else the newest receipt is shown, to be pressed.

    A word alone takes nothing back: it does not say which.

    Raises:
        TooLate: there is none that could be taken back.
    """
    if incoming.reply_to is not None:
        entry_id = book.by_message(work, incoming.chat_id, incoming.reply_to)
        if entry_id is not None:
            toast = withdraw(work, entry_id, 0)
            say(work, incoming.chat_id, toast.text, toast.values, reply_to=incoming.message_id)
            return
    row = work.connection.execute(
        select(entries)
        .where(
            entries.c.filer_id == work.actor.member_id,
            entries.c.chat_id == incoming.chat_id,
            entries.c.created_at >= work.now - work.world.rules.withdraw_within,
            entries.c.state.in_([state.value for state in FREE]),
            entries.c.contact_pressed_at.is_(None),
        )
        .order_by(entries.c.id.desc())
        .limit(1)
    ).first()
    if row is None:
        raise TooLate(why="time")
    filing.show_receipt(work, row, anew=True)


def withdraw(work: Work, entry_id: int, version: int) -> Toast:
    """The filer takes an entry back: it is void, its number spent, the county's card edited.

    Raises:
        TooLate: ten minutes have gone by, or the region has begun: the office voids with a reason.
    """
    row = life.load(work, entry_id, Action.WITHDRAW)
    life.fresh_press(work, row, version)
    if row.state not in FREE or row.contact_pressed_at is not None:
        raise TooLate(why="begun")
    if row.state != State.DRAFT and work.now > row.created_at + work.world.rules.withdraw_within:
        raise TooLate(why="time")
    known = row.assigned_at is not None
    fresh = life.move(
        work, row, State.VOID, "withdrawn", body=filing.body_of(filing.identity_stored(work, row)),
        void_reason="withdrawn", settle_at=None, nag_at=None,
    )  # fmt: skip
    if known:
        telling.contacts_line(work, fresh, "receipt.withdrawn_for_county", {"number": row.number})
    return Toast("receipt.withdrawn_toast", {"number": row.number})
