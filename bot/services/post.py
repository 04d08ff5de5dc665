"""What the outbox takes to be sent, made ready: values for the words, files for the picture."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, bindparam, or_, select, update

from bot.ledger import outbox as book
from bot.ledger.desk import Work
from bot.ledger.outbox import Kind
from bot.ledger.tables import cards, chats, entries, members, outbox, photos
from bot.services import views
from bot.services.outgoing import Shown

PICTURE_PATIENCE = timedelta(seconds=10)
"""A row that needs pictures waits for them this long, then goes without (DESIGN «Cards»)."""

LOOK_AGAIN = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class PhotoFile:
    """A photo as the composer needs it: where its file is, or what Telegram knows it by."""

    id: int
    kind: str
    medium: str
    state: str
    file: str | None
    file_id: str
    sent_at: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """One outbox row that was claimed, with everything that its sending needs."""

    row_id: int
    chat_id: int
    kind: str
    priority: int
    attempts: int
    payload: dict[str, Any]
    language: str | None
    entry_id: int | None = None
    card_id: int | None = None
    wanted: int = 0
    message_id: int | None = None
    shown_picture: str | None = None
    with_picture: bool = False
    photos: tuple[PhotoFile, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)


_ready = (
    select(
        outbox.c.id,
        outbox.c.chat_id,
        outbox.c.kind,
        outbox.c.priority,
        outbox.c.attempts,
        outbox.c.payload,
        outbox.c.card_id,
        outbox.c.entry_id,
        outbox.c.created_at,
        members.c.language,
        cards.c.wanted,
        cards.c.message_id,
        cards.c.picture,
        cards.c.with_picture,
    )
    .select_from(
        outbox.outerjoin(members, members.c.telegram_id == outbox.c.chat_id).outerjoin(
            cards, cards.c.id == outbox.c.card_id
        )
    )
    .where(outbox.c.state == "waiting")
    .where(or_(outbox.c.not_before.is_(None), outbox.c.not_before <= bindparam("now")))
    .order_by(outbox.c.priority, outbox.c.id)
    .limit(bindparam("most"))
)


def take(work: Work, *, busy: Collection[int], most: int, lowest: int) -> list[Parcel]:
    """Claim rows that may go out now, the most urgent first, one a chat.

    `busy` are chats that are being written to or must be left alone; `lowest` is the lowest
    priority that the limits let out now. Rows whose subject has moved on are closed as stale.
    """
    found: list[Parcel] = []
    taken = set(busy)
    for row in work.connection.execute(_ready, {"now": work.now, "most": most * 4 + len(taken)}).all():
        if len(found) >= most:
            break
        if row.chat_id in taken or row.priority > lowest:
            continue
        parcel = _parcel(work, row)
        if parcel is None:
            continue
        taken.add(row.chat_id)
        work.connection.execute(
            update(outbox)
            .where(outbox.c.id == row.id)
            .values(state="sending", sending_since=work.now, attempts=row.attempts + 1)
        )
        found.append(parcel)
    return found


def _parcel(work: Work, row: Any) -> Parcel | None:
    payload = row.payload
    if row.kind == Kind.CARD:
        shown = views.card(work, row.card_id)
        if shown is None:
            book.close(work, row.id, "stale")
            return None
        payload = payload_of(shown)
    pictures = payload.get("picture") if payload else None
    files = photo_files(work, pictures["values"]) if pictures else ()
    if any(file.state == "pending" for file in files) and work.now < row.created_at + PICTURE_PATIENCE:
        book.postpone(work, row.id, work.now + LOOK_AGAIN, None)
        return None
    return Parcel(
        row_id=row.id,
        chat_id=row.chat_id,
        kind=row.kind,
        priority=row.priority,
        attempts=row.attempts,
        payload=payload or {},
        language=row.language,
        entry_id=row.entry_id,
        card_id=row.card_id,
        wanted=row.wanted or 0,
        message_id=row.message_id,
        shown_picture=row.picture,
        with_picture=bool(row.with_picture),
        photos=files,
        facts=_picture_facts(work, row.entry_id) if pictures else {},
    )


def payload_of(shown: Shown) -> dict[str, Any]:
    """What a card shows, in the form in which a message's payload is stored."""
    payload: dict[str, Any] = {
        "text": shown.text,
        "values": shown.values,
        "buttons": [[asdict(button) for button in row] for row in shown.buttons if row],
    }
    if shown.picture is not None:
        payload["picture"] = asdict(shown.picture)
    for key in ("silent", "protect", "reply_to"):
        value = getattr(shown, key)
        if value:
            payload[key] = value
    return payload


def photo_files(work: Work, values: dict[str, Any]) -> tuple[PhotoFile, ...]:
    """The photos a picture is made of, in the order of its values."""
    ids = [*values.get("photos", ()), *values.get("before", ()), *values.get("after", ())]
    if not ids:
        return ()
    rows = {row.id: row for row in work.connection.execute(select(photos).where(photos.c.id.in_(ids))).all()}
    local = work.world.campaign.local
    return tuple(
        PhotoFile(
            row.id, row.kind, row.medium, row.state, row.file, row.file_id, local(row.sent_at).isoformat()
        )
        for one in ids
        if (row := rows.get(one)) is not None
    )


def _picture_facts(work: Work, entry_id: int | None) -> dict[str, Any]:
    if entry_id is None:
        return {}
    entry = work.connection.execute(select(entries).where(entries.c.id == entry_id)).one()
    values = views.entry_values(work, entry)
    return {
        "number": entry.number,
        "region": entry.region,
        "spot": values["spot"],
        "problem": views.what_county_reads(entry),
        "deadline": values["deadline"],
        "found_at": values["found_at"],
    }


def reached(work: Work, chat_id: int) -> None:
    """A chat was heard from, or took a message: it can be reached again."""
    work.connection.execute(
        update(chats)
        .where(chats.c.id == chat_id, chats.c.unreachable_at.is_not(None))
        .values(unreachable_at=None, unreachable_why=None)
    )
