"""The outbox's book: what waits, what is being sent, what Telegram answered (PERFORMANCE «Outbox»)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

from sqlalchemy import Row, bindparam, func, select, update

from bot.ledger.desk import Work
from bot.ledger.tables import cards, chats, messages, outbox, questions

WAKE = "outbox"
"""What a commit wakes when it has put something into the outbox."""


class Priority(IntEnum):
    """Strict: a reply goes before a reminder, a reminder before a broadcast."""

    REPLY = 0
    REMINDER = 1
    BROADCAST = 2


class Kind:
    """Kinds of outbox rows."""

    TEXT = "text"  # rendered from the values written in its transaction
    CARD = "card"  # rendered from what stands when it is sent
    DELETE = "delete"  # takes back a message of ours
    CALL = "call"  # a plain method call, e.g. setMyCommands


_insert = outbox.insert()
_waiting = (
    select(outbox)
    .where(outbox.c.state == "waiting")
    .where((outbox.c.not_before.is_(None)) | (outbox.c.not_before <= bindparam("now")))
    .order_by(outbox.c.priority, outbox.c.id)
    .limit(bindparam("most"))
)


def put(
    work: Work,
    *,
    chat_id: int,
    kind: str,
    payload: dict[str, Any] | None,
    priority: Priority = Priority.REPLY,
    dedup: str | None = None,
    card_id: int | None = None,
    entry_id: int | None = None,
    not_before: datetime | None = None,
) -> bool:
    """Put one row into the outbox; False when a row with that key is there already.

    Without a key, the row belongs to the update that caused it and is counted.
    """
    if dedup is None:
        if work.update_id is None:
            raise ValueError("an outbox row that no update caused needs a key")
        dedup = f"u{work.update_id}:{work.said}"
        work.said += 1
    elif work.connection.execute(select(outbox.c.id).where(outbox.c.dedup == dedup)).first():
        return False
    work.connection.execute(
        _insert,
        {
            "dedup": dedup,
            "chat_id": chat_id,
            "kind": kind,
            "priority": int(priority),
            "payload": payload,
            "card_id": card_id,
            "entry_id": entry_id,
            "created_at": work.now,
            "not_before": not_before,
        },
    )
    work.wakes.add(WAKE)
    return True


def waiting(work: Work, most: int) -> Sequence[Row[Any]]:
    """Rows that may go out now, in order of priority and age."""
    return work.connection.execute(_waiting, {"now": work.now, "most": most}).all()


def next_due(work: Work) -> datetime | None:
    """When the next row that was put off may go out."""
    found: datetime | None = work.connection.execute(
        select(func.min(outbox.c.not_before)).where(
            outbox.c.state == "waiting", outbox.c.not_before > work.now
        )
    ).scalar()
    return found


def claim(work: Work, row_id: int) -> bool:
    """Mark a row as being sent, before the call is made; False when somebody else has it."""
    result = work.connection.execute(
        update(outbox)
        .where(outbox.c.id == row_id, outbox.c.state == "waiting")
        .values(state="sending", sending_since=work.now, attempts=outbox.c.attempts + 1)
    )
    return result.rowcount == 1


def close(work: Work, row_id: int, state: str, error: str | None = None) -> None:
    """End a row that was not sent: `stale`, `failed`, `uncertain`, `unreachable`."""
    work.connection.execute(
        update(outbox).where(outbox.c.id == row_id).values(state=state, error=error, sent_at=work.now)
    )


def postpone(work: Work, row_id: int, until: datetime | None, error: str | None) -> None:
    """Let a row wait again: what certainly did not go out."""
    work.connection.execute(
        update(outbox)
        .where(outbox.c.id == row_id)
        .values(state="waiting", not_before=until, error=error, sending_since=None)
    )
    work.wakes.add(WAKE)


def put_off(work: Work, row_id: int, pause: timedelta, error: str | None) -> None:
    """Let a row wait again for a while."""
    postpone(work, row_id, work.now + pause, error)


def send_anew(work: Work, row_id: int, card_id: int | None) -> None:
    """The message to edit is gone: the card is sent anew, once."""
    if card_id is not None:
        work.connection.execute(
            update(cards)
            .where(cards.c.id == card_id)
            .values(message_id=None, shown=0, picture=None, with_picture=False)
        )
    postpone(work, row_id, None, "edit target gone")


def without_reply(work: Work, row_id: int, payload: dict[str, Any]) -> None:
    """The message replied to is gone: the row goes out without the reply."""
    kept = {key: value for key, value in payload.items() if key != "reply_to"}
    work.connection.execute(
        update(outbox).where(outbox.c.id == row_id, outbox.c.card_id.is_(None)).values(payload=kept)
    )
    postpone(work, row_id, None, "reply target gone")


def plainly(work: Work, row_id: int, payload: dict[str, Any]) -> None:
    """Telegram refused what we composed: once more, without picture and file."""
    kept = {key: value for key, value in payload.items() if key not in ("picture", "file", "buttons")}
    work.connection.execute(
        update(outbox).where(outbox.c.id == row_id, outbox.c.card_id.is_(None)).values(payload=kept)
    )
    postpone(work, row_id, None, "refused, tried plainly")


def not_delivered(work: Work, row_id: int, chat_id: int, why: str) -> None:
    """The chat cannot be reached: the row is ended, and with it what waits for that chat."""
    close(work, row_id, "unreachable", why)
    unreachable(work, chat_id, why)


def moved(work: Work, row_id: int, old: int, new: int) -> None:
    """A group became a supergroup while we wrote to it."""
    postpone(work, row_id, None, "migrated")
    move_chat(work, old, new)


def sent(
    work: Work,
    row_id: int,
    *,
    chat_id: int,
    message_ids: Sequence[int],
    entry_id: int | None,
    card: tuple[int, int, str | None] | None,
    question_id: int | None,
) -> None:
    """Record Telegram's answer: message ids, the card that now stands, whose entry it speaks of.

    `card` is (card id, version shown, key of the picture shown).
    """
    connection = work.connection
    message_id = message_ids[0] if message_ids else None
    connection.execute(
        update(outbox)
        .where(outbox.c.id == row_id)
        .values(state="sent", sent_at=work.now, message_id=message_id, error=None)
    )
    if card is not None:
        card_id, shown, picture = card
        values: dict[str, Any] = {"shown": shown, "picture": picture, "with_picture": picture is not None}
        if message_id is not None:
            values["message_id"] = message_id
        connection.execute(update(cards).where(cards.c.id == card_id).values(**values))
        behind = connection.execute(
            select(cards.c.wanted, cards.c.chat_id, cards.c.entry_id).where(cards.c.id == card_id)
        ).one()
        if behind.wanted > shown:
            # raised while this one was under way: the outbox holds at most one open row a card
            put_card(work, card_id, behind.chat_id, behind.wanted, behind.entry_id, Priority.REPLY)
    if entry_id is not None:
        for one in message_ids:
            remember_message(work, chat_id, one, entry_id, "card" if card else "said")
    if question_id is not None and message_id is not None:
        connection.execute(
            update(questions).where(questions.c.id == question_id).values(message_id=message_id)
        )


def put_card(
    work: Work,
    card_id: int,
    chat_id: int,
    wanted: int,
    entry_id: int | None,
    priority: Priority,
    not_before: datetime | None = None,
    *,
    keep_pace: bool = False,
) -> None:
    """Let the outbox show a card; at most one row a card waits.

    A row that waits already takes the new `not_before`, unless `keep_pace` says to leave it.
    """
    row = work.connection.execute(
        select(outbox.c.id, outbox.c.not_before).where(
            outbox.c.card_id == card_id, outbox.c.state == "waiting"
        )
    ).first()
    if row is not None:
        if not keep_pace and row.not_before != not_before:
            work.connection.execute(update(outbox).where(outbox.c.id == row.id).values(not_before=not_before))
            work.wakes.add(WAKE)
        return
    if work.connection.execute(
        select(outbox.c.id).where(outbox.c.card_id == card_id, outbox.c.state == "sending")
    ).first():
        return  # `sent` sees that more is wanted by now
    put(
        work,
        chat_id=chat_id,
        kind=Kind.CARD,
        payload=None,
        priority=priority,
        dedup=f"card:{card_id}:{wanted}",
        card_id=card_id,
        entry_id=entry_id,
        not_before=not_before,
    )


def remember_message(work: Work, chat_id: int, message_id: int, entry_id: int, kind: str) -> None:
    """Remember that a message speaks of an entry, so that a reply to it finds the entry."""
    known = work.connection.execute(
        select(messages.c.entry_id).where(messages.c.chat_id == chat_id, messages.c.message_id == message_id)
    ).scalar()
    if known is None:
        work.connection.execute(
            messages.insert().values(chat_id=chat_id, message_id=message_id, entry_id=entry_id, kind=kind)
        )
    elif known != entry_id:
        work.connection.execute(
            update(messages)
            .where(messages.c.chat_id == chat_id, messages.c.message_id == message_id)
            .values(entry_id=entry_id, kind=kind)
        )


def in_doubt(work: Work, before: datetime) -> Sequence[Row[Any]]:
    """Rows that a crash left in `sending`: whether they went out is not known."""
    return work.connection.execute(
        select(outbox).where(outbox.c.state == "sending", outbox.c.sending_since <= before)
    ).all()


def unreachable(work: Work, chat_id: int, why: str) -> None:
    """Mark a chat as not reachable and end what waits for it (reminders find another way)."""
    work.connection.execute(
        update(chats)
        .where(chats.c.id == chat_id, chats.c.unreachable_at.is_(None))
        .values(unreachable_at=work.now, unreachable_why=why)
    )
    work.connection.execute(
        update(outbox)
        .where(outbox.c.chat_id == chat_id, outbox.c.state == "waiting")
        .values(state="unreachable", error=why, sent_at=work.now)
    )


def move_chat(work: Work, old: int, new: int) -> None:
    """A group became a supergroup: one transaction maps old to new and moves what waits."""
    connection = work.connection
    row = connection.execute(select(chats).where(chats.c.id == old)).first()
    exists = connection.execute(select(chats.c.id).where(chats.c.id == new)).first()
    if row is not None:
        values = {
            key: row._mapping[key] for key in ("title", "group_key", "region", "channel_of", "every_photo")
        }
        if exists is None:
            connection.execute(chats.insert().values(id=new, kind="supergroup", heard_at=work.now, **values))
        else:
            connection.execute(update(chats).where(chats.c.id == new).values(kind="supergroup", **values))
        connection.execute(
            update(chats)
            .where(chats.c.id == old)
            .values(moved_to=new, group_key=None, region=None, channel_of=None)
        )
    connection.execute(
        update(outbox).where(outbox.c.chat_id == old, outbox.c.state == "waiting").values(chat_id=new)
    )
    # message ids of the old chat mean nothing in the new one: its cards are sent anew, once
    connection.execute(
        update(cards).where(cards.c.chat_id == old).values(chat_id=new, message_id=None, shown=0)
    )
    connection.execute(update(questions).where(questions.c.chat_id == old).values(chat_id=new))


def sweep(work: Work, kept: timedelta) -> int:
    """Empty the texts of rows sent long ago; their keys stay. Returns how many."""
    return work.connection.execute(
        update(outbox)
        .where(outbox.c.state != "waiting", outbox.c.state != "sending")
        .where(outbox.c.sent_at < work.now - kept, outbox.c.payload.is_not(None))
        .values(payload=None)
    ).rowcount
