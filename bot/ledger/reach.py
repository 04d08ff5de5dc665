"""Which chats can be written to, and where a group has moved."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, delete, exists, select, update

from bot.ledger.desk import Work
from bot.ledger.outbox import close, postpone
from bot.ledger.tables import cards, chats, entries, occurrences, outbox, questions


def not_delivered(work: Work, row_id: int, chat_id: int, why: str) -> None:
    """The chat cannot be reached: the row is ended, and with it what waits for that chat."""
    _bounced(work, chat_id, outbox.c.id == row_id)
    close(work, row_id, "unreachable", why)
    unreachable(work, chat_id, why)


def moved(work: Work, row_id: int, old: int, new: int) -> None:
    """A group became a supergroup while we wrote to it."""
    postpone(work, row_id, None, "migrated")
    move_chat(work, old, new)


def unreachable(work: Work, chat_id: int, why: str) -> None:
    """Mark a chat as not reachable and end what waits for it (reminders find another way)."""
    row = work.connection.execute(select(chats.c.unreachable_at).where(chats.c.id == chat_id)).first()
    if row is None:
        kind = "private" if chat_id > 0 else "group"
        work.connection.execute(
            chats.insert(), {"id": chat_id, "kind": kind, "unreachable_at": work.now, "unreachable_why": why}
        )
    elif row.unreachable_at is None:
        work.connection.execute(
            update(chats).where(chats.c.id == chat_id).values(unreachable_at=work.now, unreachable_why=why)
        )
    waiting = and_(outbox.c.chat_id == chat_id, outbox.c.state == "waiting")
    _bounced(work, chat_id, waiting)
    work.connection.execute(
        update(outbox).where(waiting).values(state="unreachable", error=why, sent_at=work.now)
    )


BOUNCED = "bounced"
"""The kind of occurrence that says that a reminder reached nobody: another reader is to be found."""


def _bounced(work: Work, chat_id: int, which: ColumnElement[bool]) -> None:
    """Write down which reminders did not arrive."""
    for key in work.connection.execute(select(outbox.c.dedup).where(which)).scalars().all():
        values = {"kind": BOUNCED, "subject": key[:64], "due_at": work.now, "recipient": chat_id}
        known = [occurrences.c[name] == value for name, value in values.items()]
        if (
            key.startswith("due:")
            and work.connection.execute(select(occurrences.c.at).where(*known)).first() is None
        ):
            work.connection.execute(occurrences.insert().values(**values, at=work.now))


def move_chat(work: Work, old: int, new: int) -> None:
    """A group became a supergroup: one transaction maps old to new and moves what waits."""
    connection = work.connection
    row = connection.execute(select(chats).where(chats.c.id == old)).first()
    if row is not None and row.moved_to == new:
        _move_waiting(work, old, new)
        return
    kept = ("title", "group_key", "region", "channel_of", "every_photo", "sees_photos")
    values = {key: row._mapping[key] for key in kept} if row is not None else {}
    if connection.execute(select(chats.c.id).where(chats.c.id == new)).first() is None:
        connection.execute(chats.insert().values(id=new, kind="supergroup", heard_at=work.now, **values))
    else:
        connection.execute(update(chats).where(chats.c.id == new).values(kind="supergroup", **values))
    if row is None:
        connection.execute(chats.insert().values(id=old, kind="group", moved_to=new))
    else:
        connection.execute(
            update(chats)
            .where(chats.c.id == old)
            .values(moved_to=new, group_key=None, region=None, channel_of=None)
        )
    # message ids of the old chat mean nothing in the new one: its cards are sent anew, once
    there = cards.alias()
    connection.execute(
        delete(cards).where(
            cards.c.chat_id == old,
            exists().where(
                there.c.chat_id == new, there.c.subject == cards.c.subject, there.c.kind == cards.c.kind
            ),
        )
    )
    connection.execute(
        update(cards)
        .where(cards.c.chat_id == old)
        .values(chat_id=new, message_id=None, shown=0, picture=None, with_picture=False)
    )
    connection.execute(update(questions).where(questions.c.chat_id == old).values(chat_id=new))
    connection.execute(update(entries).where(entries.c.chat_id == old).values(chat_id=new))
    _move_waiting(work, old, new)


def _move_waiting(work: Work, old: int, new: int) -> None:
    work.connection.execute(
        update(outbox).where(outbox.c.chat_id == old, outbox.c.state == "waiting").values(chat_id=new)
    )
