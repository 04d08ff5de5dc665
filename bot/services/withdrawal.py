"""「撤回」: free for ten minutes, unless a contact has pressed or answered (SPEC §2 «Intake»)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from bot.domain.entries import State
from bot.domain.permissions import Action
from bot.ledger.desk import Work
from bot.services import filing, life, telling
from bot.services.answering import Toast
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
