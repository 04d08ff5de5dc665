"""What was said when: occurrences, so that nothing is lost and nothing is said twice (SPEC §3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.ledger.desk import Work
from bot.ledger.outbox import Priority
from bot.ledger.prepared import Prepared
from bot.ledger.tables import members, occurrences, outbox

NOBODY = 0
"""The recipient of the row that says a slot was worked off."""

KIND = "slot"

_NAMES = ("kind", "subject", "due_at", "recipient", "at")
_add = {
    name: Prepared(dialect.insert(occurrences).values(dict.fromkeys(_NAMES)).on_conflict_do_nothing())
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}
_worked_off = Prepared(
    select(occurrences.c.subject, occurrences.c.due_at).where(
        occurrences.c.kind == KIND, occurrences.c.at >= bindparam("since")
    )
)
_is_there = Prepared(
    select(occurrences.c.at).where(
        occurrences.c.kind == bindparam("kind"),
        occurrences.c.subject == bindparam("subject"),
        occurrences.c.due_at == bindparam("due_at"),
        occurrences.c.recipient == bindparam("recipient"),
    )
)


@dataclass(frozen=True, slots=True)
class Key:
    """What makes a telling one of its kind."""

    kind: str
    subject: str
    due_at: datetime
    recipient: int

    def dedup(self) -> str:
        """The key of its row in the outbox."""
        return f"due:{self.kind}:{self.subject}:{self.due_at:%y%m%d%H%M}:{self.recipient}"[:96]


def note(work: Work, key: Key) -> bool:
    """Write a telling down; False when it was there already."""
    return bool(
        _add[work.dialect].run(
            work,
            kind=key.kind,
            subject=key.subject,
            due_at=key.due_at,
            recipient=key.recipient,
            at=work.now,
        )
    )


def known(work: Work, key: Key) -> bool:
    """Whether a telling was written down."""
    return (
        _is_there.first(work, kind=key.kind, subject=key.subject, due_at=key.due_at, recipient=key.recipient)
        is not None
    )


def worked_off(work: Work, since: datetime) -> set[tuple[str, datetime]]:
    """Subject and due instant of the slots that were worked off since an instant."""
    return {(row.subject, row.due_at) for row in _worked_off.all(work, since=since)}


def work_off(work: Work, subject: str, due_at: datetime) -> bool:
    """A slot was worked off; False when it had been before."""
    return note(work, Key(KIND, subject, due_at, NOBODY))


_began = Prepared(select(func.min(members.c.created_at)))


def began(work: Work) -> datetime:
    """When the database began: nothing from before is told to anybody."""
    found: datetime | None = _began.scalar(work)
    return found or work.now


_silence = Prepared(
    update(outbox)
    .where(
        outbox.c.state == "waiting",
        outbox.c.priority == int(Priority.REMINDER),
        func.substr(outbox.c.dedup, 1, bindparam("size")) == bindparam("start"),
    )
    .values(state="stale", sent_at=bindparam("now"))
)


def silence(work: Work, kinds: Iterable[str], subject: str, due_at: datetime | None = None) -> int:
    """Close what still waits and has become pointless, silently; gives how many rows.

    A reminder that was replaced by a later one, or whose owner has handed in.
    """
    closed = 0
    for kind in kinds:
        start = f"due:{kind}:{subject}:" + (f"{due_at:%y%m%d%H%M}:" if due_at else "")
        closed += _silence.run(work, start=start, size=len(start), now=work.now)
    return closed


_of_message = Prepared(
    select(outbox.c.dedup).where(
        outbox.c.priority == int(Priority.REMINDER),
        outbox.c.chat_id == bindparam("chat"),
        outbox.c.message_id == bindparam("message"),
    )
)


def spoken_of(work: Work, chat_id: int, message_id: int) -> tuple[str, str] | None:
    """Kind and subject of the reminder that a message is, if it is one."""
    row: Any = _of_message.first(work, chat=chat_id, message=message_id)
    parts = row.dedup.split(":") if row is not None else []
    return (parts[1], parts[2]) if len(parts) >= 5 and parts[0] == "due" else None
