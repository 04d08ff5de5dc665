"""What the outbox takes to be sent, made ready: values for the words, files for the picture."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, literal_column, or_, select, update

from bot.domain.entries import Mode, Source
from bot.domain.permissions import Role
from bot.ledger import outbox as book
from bot.ledger import people
from bot.ledger.desk import Work
from bot.ledger.engines import out_of_reach
from bot.ledger.outbox import Kind, Priority
from bot.ledger.prepared import Prepared
from bot.ledger.tables import cards, chats, entries, members, outbox, photos
from bot.services import views
from bot.services.outgoing import Shown, button_values, say

PICTURE_PATIENCE = timedelta(seconds=10)
"""A row that needs pictures waits for them this long, then goes without (DESIGN «Cards»)."""

LOOK_AGAIN = timedelta(seconds=1)

MOST_DOUBTS = 5

SPARE = 4
"""Rows read beyond what is wanted: several may belong to one chat."""


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
    doubts: int = 0
    entry_id: int | None = None
    card_id: int | None = None
    wanted: int = 0
    message_id: int | None = None
    shown_picture: str | None = None
    with_picture: bool = False
    photos: tuple[PhotoFile, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)
    cause: str = ""  # the row's key: `u17:0` is the first word about update 17


@dataclass(frozen=True, slots=True)
class Turn:
    """What one turn of the outbox gave: rows to send now, and when to look again (None: when woken).

    `more_unhurried` says that more than the limits let out is waiting below replies; `wanted`: so many
    messages must be free for what was held back whole. `broken` are rows
    that could not be made ready, with what they are; `unrecorded` ends that could not be written down:
    our bugs.
    """

    parcels: list[Parcel]
    next_due: datetime | None = None
    more_unhurried: bool = False
    wanted: int = 0
    broken: tuple[tuple[int, str], ...] = ()
    unrecorded: tuple[str, ...] = ()


Ending = book.Sent | Callable[[Work], None]
"""How the sending of one row ended: Telegram's answer, or what else is to be written down."""

_ready = (
    select(
        outbox.c.id,
        outbox.c.dedup,
        outbox.c.chat_id,
        outbox.c.kind,
        outbox.c.priority,
        outbox.c.attempts,
        outbox.c.doubts,
        outbox.c.payload,
        outbox.c.card_id,
        outbox.c.entry_id,
        outbox.c.created_at,
        outbox.c.not_before,
        members.c.language,
        chats.c.unreachable_at,
        cards.c.wanted,
        cards.c.message_id,
        cards.c.picture,
        cards.c.with_picture,
        cards.c.thread_id,
    )
    .select_from(
        outbox.outerjoin(members, members.c.telegram_id == outbox.c.chat_id)
        .outerjoin(chats, chats.c.id == outbox.c.chat_id)
        .outerjoin(cards, cards.c.id == outbox.c.card_id)
    )
    .where(
        outbox.c.state == literal_column("'waiting'"),  # a literal: for the partial index
        # what failed before and waits for another try keeps its place: it holds back what is behind it
        or_(outbox.c.not_before.is_(None), outbox.c.not_before <= bindparam("now"), outbox.c.attempts > 0),
        outbox.c.chat_id.not_in(bindparam("busy", expanding=True)),
        or_(
            outbox.c.priority == int(Priority.REPLY),
            outbox.c.chat_id.not_in(bindparam("paced", expanding=True)),
        ),
    )
    .order_by(outbox.c.priority, outbox.c.id)
    .limit(bindparam("most"))
)

_claim = Prepared(
    update(outbox)
    .where(outbox.c.id == bindparam("row"))
    .values(state="sending", sending_since=bindparam("since"), attempts=outbox.c.attempts + 1)
)


def turn(
    work: Work,
    endings: Sequence[Ending],
    *,
    busy: Collection[int] = (),
    paced: Collection[int] = (),
    most: int,
    unhurried: int,
    room: int | None = None,
    burst: int | None = None,
) -> Turn:
    """One turn of the outbox: record how sendings ended, then claim what may go out now.

    At most `most` rows, `unhurried` of them no replies; the most urgent first, one a chat. A row may be
    several messages: `room` is how many of those may leave now, `burst` how many ever may at once. `busy` are
    chats that are being written to or must be left alone, `paced` such that only a reply may go to now.
    Rows whose subject has moved on are closed as stale.
    """
    unrecorded = _record(work, endings)
    broken: list[tuple[int, str]] = []
    found: list[Parcel] = []
    left_alone = set(busy)
    slow, more, spent, wanted = 0, False, 0, 0
    while len(found) < most and not more:
        asked = most - len(found) + SPARE
        rows = work.connection.execute(
            _ready, {"now": work.now, "most": asked, "busy": left_alone, "paced": paced}
        ).all()
        for row in rows:
            if len(found) >= most:
                break
            if row.chat_id in left_alone:
                continue
            if row.not_before is not None and row.not_before > work.now:
                left_alone.add(row.chat_id)
                continue
            if row.priority > Priority.REPLY and slow >= unhurried:
                more = True  # rows come by priority: nothing behind it is more urgent
                break
            weight = book.messages_in(row.kind, row.payload)
            if room is not None and spent + min(weight, burst or weight) > room:
                wanted = wanted or weight
                left_alone.add(row.chat_id)
                more = row.priority > Priority.REPLY  # nor does what is lighter and behind it go first
                if more:
                    break
                continue
            parcel = _made_ready(work, row, broken)
            if parcel is not None:
                left_alone.add(row.chat_id)
                found.append(parcel)
                spent += weight
                slow += weight if row.priority > Priority.REPLY else 0
        if len(rows) < asked:
            break
    if found:
        _claim.many(work, [{"row": parcel.row_id, "since": work.now} for parcel in found])
    for row_id, what in broken:
        alarm(work, row_id, what, "our bug")
    # while something is under way its end brings the next turn, which asks again
    due = book.next_due(work) if most and not found else None
    return Turn(found, due, more, wanted, tuple(broken), tuple(unrecorded))


def _record(work: Work, endings: Sequence[Ending]) -> list[str]:
    """Write down how sendings ended; one that cannot be written costs the others nothing."""
    if not endings:
        return []
    try:
        with work.savepoint():
            book.sent(work, [ending for ending in endings if isinstance(ending, book.Sent)])
            for ending in endings:
                if not isinstance(ending, book.Sent):
                    ending(work)
        return []
    except Exception as error:
        if out_of_reach(error):
            raise
    unrecorded = []
    for ending in endings:
        try:
            with work.savepoint():
                if isinstance(ending, book.Sent):
                    book.sent(work, [ending])
                else:
                    ending(work)
        except Exception as error:
            if out_of_reach(error):
                raise
            unrecorded.append(f"{type(error).__name__}: {error}")
    return unrecorded


def _made_ready(work: Work, row: Any, broken: list[tuple[int, str]]) -> Parcel | None:
    if row.unreachable_at is not None and row.kind != Kind.CALL:
        book.close(work, row.id, "unreachable", "the chat is not reachable")
        return None
    if row.kind == Kind.TEXT and "picture" not in row.payload:
        return _parcel(row, _as_of_now(work, row), (), {})
    try:
        with work.savepoint():
            return _dressed(work, row)
    except Exception as error:
        if out_of_reach(error):
            raise
        book.close(work, row.id, "failed", f"our bug: {type(error).__name__}: {error}")
        broken.append((row.id, row.kind))
        return None


def _as_of_now(work: Work, row: Any) -> dict[str, Any]:
    """A reminder that Telegram's silence has held up says so 「（补发）」, where its words know how to."""
    payload: dict[str, Any] = row.payload
    values = payload.get("values")
    if row.priority != Priority.REMINDER or not values or values.get("late") is not False:
        return payload
    if work.now - row.created_at <= work.world.duties.late_after:
        return payload
    return {**payload, "values": {**values, "late": True}}


def _dressed(work: Work, row: Any) -> Parcel | None:
    payload = row.payload or {}
    if row.kind == Kind.CARD:
        shown = views.card(work, row.card_id)
        if shown is None:
            book.close(work, row.id, "stale")
            return None
        payload = {**payload_of(shown), "thread": row.thread_id, **payload}
    pictures = payload.get("picture")
    files = photo_files(work, pictures["values"]) if pictures else ()
    patient = row.created_at + PICTURE_PATIENCE
    if work.now < patient and any(file.state == "pending" for file in files):
        book.postpone(work, row.id, min(work.now + LOOK_AGAIN, patient), None)
        return None
    return _parcel(row, payload, files, _picture_facts(work, row.entry_id) if pictures else {})


def _parcel(row: Any, payload: dict[str, Any], files: tuple[PhotoFile, ...], facts: dict[str, Any]) -> Parcel:
    return Parcel(
        row_id=row.id,
        chat_id=row.chat_id,
        kind=row.kind,
        priority=row.priority,
        attempts=row.attempts,
        doubts=row.doubts,
        payload=payload,
        language=row.language,
        entry_id=row.entry_id,
        card_id=row.card_id,
        wanted=row.wanted or 0,
        message_id=row.message_id,
        shown_picture=row.picture,
        with_picture=bool(row.with_picture),
        photos=files,
        facts=facts,
        cause=row.dedup,
    )


def recover(work: Work) -> list[int]:
    """At the start: what a crash left in `sending` is in doubt.

    What somebody waits for is sent once more after each crash, `MOST_DOUBTS` times, lest it be what
    crashes us; edits do no harm. Reminders and broadcasts are not sent again, but listed. Gives the ids
    of the rows in doubt.
    """
    rows = book.in_doubt(work, work.now)
    for row in rows:
        edits = row.card_id is not None and _message_of(work, row.card_id) is not None
        if edits or row.kind == Kind.DELETE or (row.priority == Priority.REPLY and row.doubts < MOST_DOUBTS):
            book.postpone(work, row.id, None, "uncertain: sent once more", doubt=not edits)
        else:
            book.close(work, row.id, "uncertain", "in doubt after a crash")
    return [int(row.id) for row in rows]


def _message_of(work: Work, card_id: int) -> int | None:
    found: int | None = work.connection.execute(
        select(cards.c.message_id).where(cards.c.id == card_id)
    ).scalar()
    return found


def alarm(work: Work, row_id: int, text: str, detail: str) -> None:
    """Tell the admins that a message could not be sent as it was meant, once a day and text.

    Never about such a telling itself, and no word of the message: an admin sees no entries (SPEC §1).
    """
    if text.startswith("wire."):
        return
    today = work.world.campaign.today(work.now)
    for admin in people.holders_of(work, Role.ADMIN):
        say(
            work,
            admin.chat_id,
            "wire.refused",
            {"text": text, "detail": detail[:120], "row": row_id},
            dedup=f"alarm:{text}:{today}:{admin.member_id}"[:96],
            silent=True,
        )


def payload_of(shown: Shown) -> dict[str, Any]:
    """What a card shows, in the form in which a message's payload is stored."""
    payload: dict[str, Any] = {
        "text": shown.text,
        "values": shown.values,
        "buttons": [[button_values(button) for button in row] for row in shown.buttons if row],
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
    given = (values.get(which) for which in ("photos", "before", "after"))
    ids = [one for found in given if isinstance(found, list | tuple) for one in found]
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
        # the county gets a covert entry's photos, and those of other sources, only made anew
        "originals": entry.mode == Mode.OPEN and entry.source == Source.GROUP,
    }


def reached(work: Work, chat_id: int) -> None:
    """A chat was heard from, or took a message: it can be reached again."""
    work.connection.execute(
        update(chats)
        .where(chats.c.id == chat_id, chats.c.unreachable_at.is_not(None))
        .values(unreachable_at=None, unreachable_why=None)
    )
