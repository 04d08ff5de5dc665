"""At the place: 现场整改, 现场核查, 回头看, offered and done (SPEC §2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from bot.domain.entries import OPEN_STATES, Mode, State
from bot.domain.permissions import Action, may
from bot.ledger import entries as book
from bot.ledger import events
from bot.ledger.desk import Work
from bot.services import life, telling
from bot.services.answering import Toast
from bot.services.followup import lookback
from bot.services.outgoing import Button, Rows, say
from bot.services.refusals import NeedsPhoto, NotPossible, NotYours

FIXABLE = OPEN_STATES | {State.FILED}
"""States out of which 现场整改 closes an entry."""


def action_for(row: Row[Any]) -> Action:
    """What the right to close an entry at the place is called in the permission table.

    What a covert group has handed over is the office's to check, and whoever it passed the check to.
    """
    handed_over = row.mode == Mode.COVERT and row.handed_over_at is not None
    return Action.CLOSE if handed_over else Action.FIX_ON_SITE


def offer_fix(work: Work, row: Row[Any], chat_id: int, reply_to: int | None) -> None:
    """An after-photo of the group's own: 「现场整改」 is offered while it can close the entry."""
    fresh = book.get(work, row.id)
    assert fresh is not None
    having = life.having_of(work, fresh)
    buttons: Rows = ()
    if State(fresh.state) in FIXABLE and may(action_for(row), having):
        buttons = ((Button("fix_on_site", "fixed", row.id, fresh.version),),)
    elif fresh.state == State.SUBMITTED and may(Action.CLOSE, having):
        offer_close(work, fresh, chat_id, reply_to)
        return
    say(
        work,
        chat_id,
        "entry.after_kept",
        {"number": row.number, "offered": bool(buttons)},
        buttons=buttons,
        reply_to=reply_to,
        entry_id=row.id,
    )


def offer_close(work: Work, row: Row[Any], chat_id: int, reply_to: int | None) -> None:
    """The checking side was at the place: the check it makes now is one at the place."""
    fresh = book.get(work, row.id)
    assert fresh is not None
    at = (row.id, fresh.version)
    key = f"site:{row.id}:{fresh.round}:{fresh.returns}:{work.actor.member_id}"
    say(
        work,
        chat_id,
        "check.at_the_place",
        {"number": row.number},
        buttons=((Button("close", "close", *at), Button("send_back", "return", *at)),),
        reply_to=reply_to,
        entry_id=row.id,
        dedup=key,
    )


def fix(work: Work, entry_id: int, version: int = 0) -> Toast:
    """「现场整改」: the group closes it with its own before- and after-photo.

    A photo that cannot be opened is none, and what was photographed after the work of an earlier round
    says nothing of this one.

    Raises:
        NeedsPhoto: one of the two is missing.
        NotPossible: the state does not allow it.
    """
    row = life.load(work, entry_id)
    life.load(work, entry_id, action_for(row))
    life.fresh_press(work, row, version)
    if State(row.state) not in FIXABLE:
        raise NotPossible(state=row.state)
    own = [one for one in book.photos_of(work, row.id) if one.proof_id is None and one.fault is None]
    now = {one.kind for one in own if one.kind == "before" or one.round == row.round}
    if not {"before", "after"} <= now:
        raise NeedsPhoto(number=row.number)
    body = life.body_for(work, row, Action.FIX_ON_SITE)
    fresh = life.move(
        work,
        row,
        State.CLOSED,
        "fixed",
        body=body,
        data={"how": "site"},
        settle_at=None,
        closed_at=work.now,
        closed_how="site",
    )
    telling.quiet_line(work, fresh, "entry.fixed", {"body": life.body_shown(work, fresh, body)})
    return Toast("check.fixed_toast", {"number": row.number})


def found_again(
    work: Work, row: Row[Any], kept: Sequence[int], words: str, chat_id: int, reply_to: int | None
) -> None:
    """回头看：仍未整改: an event with its photos; on a closed entry 「反弹」 is offered."""
    having = life.having_of(work, row)
    if not may(Action.REVISIT, having):
        raise NotYours
    body = life.body_for(work, row, Action.REVISIT)
    events.record(
        work, "revisit", entry_id=row.id, body=body,
        data={"found": "unrectified", "photos": list(kept), "words": words, "round": row.round},
    )  # fmt: skip
    lookback.mark(work, row, lookback.UNRECTIFIED)
    fresh = book.get(work, row.id)
    assert fresh is not None
    closed = fresh.state == State.CLOSED
    buttons: Rows = ((Button("relapse", "reopen", row.id, fresh.version),),) if closed else ()
    say(
        work,
        chat_id,
        "entry.revisited",
        {"number": row.number, "closed": closed},
        buttons=buttons,
        reply_to=reply_to,
        entry_id=row.id,
    )
