"""Letters that wait for somebody, for 「待办」: to be approved, sent, signed for, answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, and_, or_, select

from bot.domain.letter_rights import LetterAct, may_letter
from bot.ledger.desk import Work
from bot.ledger.prepared import Prepared
from bot.ledger.tables import warning_letters as table
from bot.services.warnings import deciding, letters
from bot.services.warnings.letters import DRAFT, ISSUED, WAITING

SIGN, ANSWER, APPROVE, SEND = "sign", "answer", "approve", "send"
RANK: Final = (APPROVE, SIGN, ANSWER, SEND)
"""What stands first: what holds up others."""

_any_open = Prepared(
    select(table.c.id)
    .where(or_(table.c.state == DRAFT, table.c.state == WAITING, table.c.state == ISSUED))
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Pending:
    """A letter and what its reader is to do with it."""

    row: Row[Any]
    what: str


def of_actor(work: Work) -> list[Pending]:
    """Every letter that waits for the actor, the most pressing first."""
    if _any_open.first(work) is None:
        return []
    actor = work.actor
    rows = work.connection.execute(
        select(table)
        .where(
            or_(
                and_(table.c.state == DRAFT, table.c.member_id == actor.member_id),
                and_(
                    table.c.state == WAITING,
                    or_(table.c.track.in_(actor.offices()), table.c.group_key.in_(actor.groups())),
                ),
                and_(
                    table.c.state == ISSUED,
                    table.c.replied_at.is_(None),
                    table.c.region.in_(actor.regions()),
                ),
            )
        )
        .order_by(table.c.due, table.c.id)
    ).all()
    found = [Pending(row, what) for row in rows if (what := _what(work, row)) is not None]
    return sorted(found, key=lambda one: RANK.index(one.what))


def _what(work: Work, row: Row[Any]) -> str | None:
    """What the actor is to do with a letter; None: nothing."""
    having = letters.having_of(work, row)
    if row.state == WAITING:
        return APPROVE if deciding.may_decide(work, row) else None
    if row.state == DRAFT:
        return SEND if may_letter(LetterAct.EDIT, having) else None
    if not may_letter(LetterAct.SIGN, having):
        return None
    return SIGN if row.signed_at is None else ANSWER
