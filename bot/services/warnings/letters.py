"""Letters in the ledger: read, changed by version, seen through the permission table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row, select, update

from bot.domain.letter_rights import LetterAct, LetterFacts, LetterStanding, letter_standings, may_letter
from bot.domain.permissions import Actor, Role
from bot.ledger import events
from bot.ledger.desk import Work
from bot.ledger.tables import cards, entries, warning_items
from bot.ledger.tables import warning_letters as table
from bot.services.outgoing import show_card
from bot.services.refusals import LetterNotNow, NoSuchLetter, NotYours

DRAFT, WAITING, ISSUED, REVOKED, DROPPED = "draft", "waiting", "issued", "revoked", "dropped"

CARD = "warning"
"""A letter for the inspecting side: its draft, its approval, what became of it."""

SERVED = "warned"
"""A letter for the county's contact."""


def get(work: Work, letter_id: int) -> Row[Any] | None:
    """A letter by id."""
    return work.connection.execute(select(table).where(table.c.id == letter_id)).first()


def facts_of(row: Row[Any]) -> LetterFacts:
    """What the permission rules need to know of a letter's row."""
    return LetterFacts(row.state, row.track, row.group_key, row.region, row.member_id, row.body)


def having_of(work: Work, row: Row[Any]) -> frozenset[LetterStanding]:
    """The actor's standings towards a letter."""
    return letter_standings(work.actor, facts_of(row))


def reads_all(actor: Actor) -> bool:
    """Whether the actor reads every letter from its issue on."""
    return actor.has(Role.OVERSIGHT) or actor.has(Role.CITY_LEADER)


def load(
    work: Work, letter_id: int, act: LetterAct, version: int = 0, *, states: Sequence[str] = ()
) -> Row[Any]:
    """The letter, when the actor may do that with it now.

    Raises:
        NoSuchLetter: it is not there, or not for this actor.
        NotYours: the actor sees it but may not do that.
        LetterNotNow: it has moved since the button was made, or its state does not allow it.
    """
    row = get(work, letter_id)
    if row is None:
        raise NoSuchLetter
    having = having_of(work, row)
    if not having:
        raise NoSuchLetter
    if not may_letter(act, having):
        raise NotYours
    if (states and row.state not in states) or (version and row.version != version):
        raise LetterNotNow(why="moved", state=row.state)
    return row


def entries_of(work: Work, letter_id: int) -> list[Row[Any]]:
    """The entries in a letter, in its order."""
    return list(
        work.connection.execute(
            select(entries)
            .join(warning_items, warning_items.c.entry_id == entries.c.id)
            .where(warning_items.c.letter_id == letter_id)
            .order_by(warning_items.c.seq, entries.c.id)
        ).all()
    )


def naming(work: Work, entry_ids: Iterable[int], *states: str) -> list[Row[Any]]:
    """Letters in one of these states that name one of these entries, oldest first."""
    return list(
        work.connection.execute(
            select(table)
            .where(
                table.c.id.in_(
                    select(warning_items.c.letter_id).where(warning_items.c.entry_id.in_(list(entry_ids)))
                ),
                table.c.state.in_(states),
            )
            .order_by(table.c.id)
        ).all()
    )


def put_items(work: Work, letter_id: int, entry_ids: Sequence[int]) -> None:
    """Let a draft name these entries, in this order."""
    work.connection.execute(warning_items.delete().where(warning_items.c.letter_id == letter_id))
    for seq, entry_id in enumerate(entry_ids, 1):
        work.insert(warning_items, letter_id=letter_id, entry_id=entry_id, seq=seq)


def change(work: Work, row: Row[Any], **values: Any) -> Row[Any]:
    """Write a letter's fields if it still has the version that was read; its cards follow.

    Raises:
        LetterNotNow: somebody else was first.
    """
    done = work.connection.execute(
        update(table)
        .where(table.c.id == row.id, table.c.version == row.version)
        .values(version=row.version + 1, **values)
    )
    if done.rowcount == 0:
        raise LetterNotNow(why="moved", state=row.state)
    refresh(work, row.id)
    fresh = get(work, row.id)
    assert fresh is not None
    return fresh


def refresh(work: Work, letter_id: int) -> None:
    """Bring every card of a letter up to date."""
    subject = f"warning:{letter_id}"
    found = work.connection.execute(
        select(cards.c.chat_id, cards.c.kind).where(
            cards.c.subject == subject, cards.c.kind.in_((CARD, SERVED))
        )
    ).all()
    for card in found:
        show_card(work, card.chat_id, card.kind, subject=subject)


def record(work: Work, kind: str, row: Row[Any], body: str, /, **data: Any) -> None:
    """One event in the history of every entry that a letter names."""
    for entry in entries_of(work, row.id):
        events.record(work, kind, entry_id=entry.id, body=body, data={"warning": row.id, **data})
