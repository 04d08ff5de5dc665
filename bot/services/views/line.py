"""One short line in a group's chat."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from bot.domain.entries import Mode, State
from bot.ledger.desk import Work
from bot.services.outgoing import Button, Shown
from bot.services.views.values import entry_values


def group_line(work: Work, entry: Row[Any]) -> Shown | None:
    """One short line in a group's chat: number, place down to the township, state (red line (a)).

    Nothing of a covert entry ever (red line (b)): the line of one that became covert is taken back.
    """
    if entry.mode == Mode.COVERT:
        return None
    values = entry_values(work, entry)
    public = {key: values[key] for key in ("number", "state", "township_place", "before", "after")}
    public["draft"] = entry.state == State.DRAFT
    public["kind"] = entry.kind
    return Shown("group.line", public, ((Button("see_in_private", "private", entry.id, 0),),))
