"""Who may draft a warning letter about an entry, and the button for it."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Row

from bot.domain.entries import OPEN_STATES, State
from bot.domain.permissions import Action, Standing, may
from bot.ledger.desk import Work
from bot.services.outgoing import Button
from bot.services.warnings import letters

WARNABLE: Final = OPEN_STATES
"""What the county owes can be warned about; proof that waits is checked first."""


def action(work: Work) -> Action:
    """What drafting is called in the permission table: it depends on who approves."""
    return Action.WARN_AS_MEMBER if work.world.leaders_approve else Action.WARN


def see(work: Work, row: Row[Any]) -> tuple[Button, ...]:
    """「看警示」 of the latest letter in force about an entry, where the reader may read it."""
    if not row.warnings:
        return ()
    found = [one for one in letters.naming(work, [row.id], letters.ISSUED) if letters.having_of(work, one)]
    return (Button("see_letter", "wopen", found[-1].id),) if found else ()


def button(work: Work, row: Row[Any], having: frozenset[Standing]) -> tuple[Button, ...]:
    """「警示」 where the reader may draft one and the county owes work."""
    if State(row.state) not in WARNABLE or row.kind != "issue" or not may(action(work), having):
        return ()
    return (Button("warn", "warn", row.id, row.version),)
