"""The outbox's book: what waits, what is being sent, what Telegram answered (PERFORMANCE «Outbox»)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

import structlog
from sqlalchemy import BigInteger, Row, bindparam, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.ledger.desk import Work
from bot.ledger.prepared import Prepared
from bot.ledger.tables import cards, chats, messages, outbox, questions

log = structlog.get_logger(__name__)

WAKE = "outbox"
"""What a commit wakes when it has put something into the outbox."""

MOST_ERROR = 256


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


def messages_in(kind: str, payload: dict[str, Any] | None) -> int:
    """How many messages leave with a row: Telegram counts each of those that a call copies."""
    if kind != Kind.CALL or not payload:
        return 1
    return max(1, len((payload.get("params") or {}).get("message_ids") or ()))


_moved_to = Prepared(select(chats.c.moved_to).where(chats.c.id == bindparam("chat")))


_COLUMNS = (
    "dedup",
    "chat_id",
    "kind",
    "priority",
    "payload",
    "card_id",
    "entry_id",
    "created_at",
    "not_before",
)
_put = {
    name: Prepared(
        dialect.insert(outbox)
        .values(dict.fromkeys(_COLUMNS))
        .on_conflict_do_nothing(index_elements=["dedup"])
    )
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}


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
    key = dedup
    if key is None:
        if work.update_id is None:
            raise ValueError("an outbox row that no update caused needs a key")
        key = f"u{work.update_id}:{work.said}"
        work.said += 1
    if chat_id < 0:
        chat_id = _moved_to.scalar(work, chat=chat_id) or chat_id
    added = _put[work.dialect].run(
        work,
        dedup=key,
        chat_id=chat_id,
        kind=kind,
        priority=int(priority),
        payload=payload,
        card_id=card_id,
        entry_id=entry_id,
        created_at=work.now,
        not_before=not_before,
    )
    if not added:
        if dedup is None:
            raise ValueError(f"the row {key} is there already")
        return False
    work.wakes.add(WAKE)
    log.debug("to be sent", cause=key)
    return True


_next_due = Prepared(
    select(func.min(outbox.c.not_before)).where(
        outbox.c.state == "waiting", outbox.c.not_before > bindparam("now")
    )
)


def next_due(work: Work) -> datetime | None:
    """When the next row that was put off may go out."""
    found: datetime | None = _next_due.scalar(work, now=work.now)
    return found


def _short(error: str | None) -> str | None:
    return error[:MOST_ERROR] if error else None


def close(work: Work, row_id: int, state: str, error: str | None = None) -> None:
    """End a row that was not sent: `stale`, `failed`, `uncertain`, `unreachable`."""
    work.connection.execute(
        update(outbox).where(outbox.c.id == row_id).values(state=state, error=_short(error), sent_at=work.now)
    )


def postpone(
    work: Work, row_id: int, until: datetime | None, error: str | None, *, doubt: bool = False
) -> None:
    """Let a row wait again; `doubt`: it may have gone out."""
    work.connection.execute(
        update(outbox)
        .where(outbox.c.id == row_id)
        .values(
            state="waiting",
            not_before=until,
            error=_short(error),
            sending_since=None,
            doubts=outbox.c.doubts + int(doubt),
        )
    )
    work.wakes.add(WAKE)


def put_off(work: Work, row_id: int, pause: timedelta, error: str | None, *, doubt: bool = False) -> None:
    """Let a row wait again for a while."""
    postpone(work, row_id, work.now + pause, error, doubt=doubt)


def send_anew(work: Work, row_id: int, card_id: int | None) -> None:
    """The message to edit is gone: the card is sent anew, once."""
    if card_id is not None:
        work.connection.execute(
            update(cards)
            .where(cards.c.id == card_id)
            .values(message_id=None, shown=0, picture=None, with_picture=False)
        )
    postpone(work, row_id, None, "edit target gone")


def send_otherwise(work: Work, row_id: int, changes: dict[str, Any], why: str | None) -> None:
    """Send a row once more with a changed payload; a card's row keeps the changes beside what it shows."""
    payload = work.connection.execute(select(outbox.c.payload).where(outbox.c.id == row_id)).scalar()
    work.connection.execute(
        update(outbox).where(outbox.c.id == row_id).values(payload={**(payload or {}), **changes})
    )
    postpone(work, row_id, None, why)


@dataclass(frozen=True, slots=True)
class Sent:
    """Telegram's answer to a row: the messages, whose entry they speak of, the card that now stands.

    `card` is (card id, version shown, key of the picture shown). What is `secret` (a link that lets
    somebody in) is kept no longer than until it was sent.
    """

    row_id: int
    chat_id: int
    message_ids: tuple[int, ...] = ()
    entry_id: int | None = None
    card: tuple[int, int, str | None] | None = None
    question_id: int | None = None
    secret: bool = False


_sent = Prepared(
    update(outbox)
    .where(outbox.c.id == bindparam("row"))
    .values(state="sent", sent_at=bindparam("now"), message_id=bindparam("message"), error=None)
)
_card_shown = Prepared(
    update(cards)
    .where(cards.c.id == bindparam("card"))
    .values(
        shown=bindparam("version"),
        picture=bindparam("key"),
        with_picture=bindparam("pictured"),
        message_id=func.coalesce(bindparam("message", type_=BigInteger), cards.c.message_id),
    )
)
_card_wanted = Prepared(
    select(cards.c.wanted, cards.c.chat_id, cards.c.entry_id).where(cards.c.id == bindparam("card"))
)


def sent(work: Work, answers: Sequence[Sent]) -> None:
    """Record Telegram's answers."""
    if not answers:
        return
    _sent.many(
        work,
        [
            {
                "row": answer.row_id,
                "now": work.now,
                "message": answer.message_ids[0] if answer.message_ids else None,
            }
            for answer in answers
        ],
    )
    for answer in answers:
        if answer.secret:
            work.connection.execute(update(outbox).where(outbox.c.id == answer.row_id).values(payload=None))
        message_id = answer.message_ids[0] if answer.message_ids else None
        if answer.card is not None:
            _shown(work, answer.card, message_id)
        if answer.entry_id is not None:
            for one in answer.message_ids:
                remember_message(
                    work, answer.chat_id, one, answer.entry_id, "card" if answer.card else "said"
                )
        if answer.question_id is not None and message_id is not None:
            work.connection.execute(
                update(questions).where(questions.c.id == answer.question_id).values(message_id=message_id)
            )


def piece_sent(work: Work, answer: Sent, changes: Mapping[str, Any]) -> None:
    """A piece of a row's words arrived: its messages are known, and the row waits for the next piece.

    They stand in the payload as `sent_ids`, so that all of them can be taken back.
    """
    if answer.entry_id is not None:
        for one in answer.message_ids:
            remember_message(work, answer.chat_id, one, answer.entry_id, "said")
    payload = work.connection.execute(select(outbox.c.payload).where(outbox.c.id == answer.row_id)).scalar()
    sent_ids = [*(payload or {}).get("sent_ids", ()), *answer.message_ids]
    send_otherwise(work, answer.row_id, {**changes, "sent_ids": sent_ids}, None)
    work.connection.execute(update(outbox).where(outbox.c.id == answer.row_id).values(attempts=0, doubts=0))


def _shown(work: Work, card: tuple[int, int, str | None], message_id: int | None) -> None:
    card_id, version, picture = card
    _card_shown.run(
        work,
        card=card_id,
        version=version,
        key=picture,
        pictured=picture is not None,
        message=message_id,
    )
    behind = _card_wanted.first(work, card=card_id)
    if behind.wanted > version:
        # raised while this one was under way: the outbox holds at most one open row a card
        put_card(work, card_id, behind.chat_id, behind.wanted, behind.entry_id, Priority.REPLY)


_open_rows = Prepared(
    select(outbox.c.id, outbox.c.state, outbox.c.not_before).where(
        outbox.c.card_id == bindparam("card"),
        or_(outbox.c.state == "waiting", outbox.c.state == "sending"),
    )
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
    fresh: bool = False,
) -> None:
    """Let the outbox show a card; at most one row a card waits.

    A row that waits already takes the new `not_before`, unless `keep_pace` says to leave it. A `fresh`
    card has none.
    """
    rows = [] if fresh else _open_rows.all(work, card=card_id)
    row = next((row for row in rows if row.state == "waiting"), None)
    if row is not None:
        if not keep_pace and row.not_before != not_before:
            work.connection.execute(update(outbox).where(outbox.c.id == row.id).values(not_before=not_before))
            work.wakes.add(WAKE)
        return
    if rows:
        return  # it is being sent: `sent` sees that more is wanted by now
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
    _remember[work.connection.dialect.name].run(
        work, chat_id=chat_id, message_id=message_id, entry_id=entry_id, kind=kind
    )


def _upsert(dialect: Any) -> Prepared:
    names = ("chat_id", "message_id", "entry_id", "kind")
    statement = dialect.insert(messages).values(dict.fromkeys(names))
    return Prepared(
        statement.on_conflict_do_update(
            index_elements=["chat_id", "message_id"],
            set_={"entry_id": statement.excluded.entry_id, "kind": statement.excluded.kind},
            where=messages.c.entry_id != statement.excluded.entry_id,
        )
    )


_remember = {"sqlite": _upsert(sqlite), "postgresql": _upsert(postgresql)}


def in_doubt(work: Work, before: datetime) -> Sequence[Row[Any]]:
    """Rows that a crash left in `sending`: whether they went out is not known."""
    return work.connection.execute(
        select(outbox).where(outbox.c.state == "sending", outbox.c.sending_since <= before)
    ).all()


def sweep(work: Work, kept: timedelta) -> int:
    """Empty the texts of rows sent long ago; their keys stay. Returns how many."""
    return work.connection.execute(
        update(outbox)
        .where(outbox.c.state != "waiting", outbox.c.state != "sending")
        .where(outbox.c.sent_at < work.now - kept, outbox.c.payload.is_not(None))
        .values(payload=None)
    ).rowcount
