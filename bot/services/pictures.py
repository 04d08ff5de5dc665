"""Photos and attachments as rows: kept at once by reference, downloaded later by the media job."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, select, update

from bot.domain.entries import Source
from bot.domain.permissions import Actor
from bot.ledger import outbox as book
from bot.ledger import people
from bot.ledger.desk import Work
from bot.ledger.prepared import Prepared
from bot.ledger.tables import entries, facts, photos
from bot.services.incoming import Attachment, Incoming

WAKE = "media"
"""What a commit wakes when a photo waits for its download."""

ERASE = "erase:"
"""Facts under this key name files that the media job still has to take out of the store."""

MOST_BYTES = 20 * 1024 * 1024
"""Telegram hands out files up to 20 MB; larger ones are kept by reference (BOTAPI §5.6)."""

_source = Prepared(select(entries.c.source, entries.c.checker).where(entries.c.id == bindparam("entry")))
_kinds = Prepared(
    select(photos.c.kind).where(
        photos.c.chat_id == bindparam("chat"), photos.c.message_id == bindparam("message")
    )
)
_last_seq = Prepared(
    select(func.max(photos.c.seq)).where(
        photos.c.entry_id == bindparam("entry"), photos.c.kind == bindparam("sort")
    )
)


CALLERS = "source"
"""Pictures of a 群众举报 as they came: they stay with the office, the county's are taken anew."""


def keep(
    work: Work,
    incoming: Incoming,
    *,
    entry_id: int | None,
    kind: str,
    round_: int = 1,
    proof_id: int | None = None,
) -> list[int]:
    """Keep a message's attachments under an entry (or as references); gives the new rows' ids.

    A picture becomes `kind` (`before`, `after`, `reference`), any other file an `attachment`. What
    is over 20 MB is kept by reference with the fault `too_big`: the entry stands. A message that is
    kept already adds nothing.
    """
    kept: list[int] = []
    kind = _as_its_album(work, incoming, entry_id, kind_for(work, entry_id, kind, work.actor))
    for attachment in incoming.attachments:
        own = kind if attachment.pictorial or kind == "reference" else "attachment"
        known = _kinds.all(work, chat=incoming.chat_id, message=incoming.message_id)
        if any(row.kind in (own, "reference") for row in known):
            continue
        kept.append(_insert(work, incoming, attachment, entry_id, own, round_, proof_id))
    if entry_id is not None:
        book.remember_message(work, incoming.chat_id, incoming.message_id, entry_id, "part")
    if kept:
        work.wakes.add(WAKE)
    return kept


def kind_for(work: Work, entry_id: int | None, kind: str, sender: Actor) -> str:
    """The kind of a picture that somebody sends as `kind`: a caller's, where it may be one.

    Of a 群众举报 that is every before-photo but those that the verifying group takes.
    """
    if kind != "before" or entry_id is None:
        return kind
    row = _source.first(work, entry=entry_id)
    callers = row.source == Source.PUBLIC and row.checker not in sender.groups()
    return CALLERS if callers else kind


def _as_its_album(work: Work, incoming: Incoming, entry_id: int | None, kind: str) -> str:
    """What one part of an album is, the others are: given to the county with it, or kept from it."""
    if kind != CALLERS or incoming.media_group_id is None:
        return kind
    parts = of_album(work, incoming.chat_id, incoming.media_group_id)
    given = any(part.entry_id == entry_id and part.kind == "before" for part in parts)
    return "before" if given else kind


def withhold(work: Work, entry_id: int) -> None:
    """An entry turned out to be a 群众举报: its pictures so far are the caller's."""
    work.connection.execute(
        update(photos).where(photos.c.entry_id == entry_id, photos.c.kind == "before").values(kind=CALLERS)
    )
    # where a caller stood when it was photographed is the caller's, too
    work.connection.execute(
        update(entries)
        .where(entries.c.id == entry_id, entries.c.position_from == "exif")
        .values(lat=None, lng=None, position_from=None)
    )


def give_back(work: Work, entry_id: int) -> None:
    """An entry is no 群众举报 after all: its pictures are before-photos again."""
    work.connection.execute(
        update(photos).where(photos.c.entry_id == entry_id, photos.c.kind == CALLERS).values(kind="before")
    )


def _insert(
    work: Work,
    incoming: Incoming,
    attachment: Attachment,
    entry_id: int | None,
    kind: str,
    round_: int,
    proof_id: int | None,
) -> int:
    too_big = attachment.size is not None and attachment.size > MOST_BYTES
    values: dict[str, Any] = {
        "entry_id": entry_id,
        "kind": kind,
        "medium": attachment.medium,
        "seq": _next_seq(work, entry_id, kind),
        "round": round_,
        "proof_id": proof_id,
        "file_id": attachment.file_id,
        "file_unique_id": attachment.file_unique_id,
        "file_size": attachment.size,
        "file_name": attachment.name[:128] if attachment.name else None,
        "mime": attachment.mime,
        "chat_id": incoming.chat_id,
        "message_id": incoming.message_id,
        "media_group_id": incoming.media_group_id,
        "member_id": work.actor.member_id or None,
        "caption": incoming.text or None,
        "forwarded": incoming.forwarded,
        "sent_at": incoming.sent_at,
        "received_at": work.now,
        "state": "by_reference" if too_big or kind == "reference" else "pending",
        "fault": "too_big" if too_big else None,
        "next_try_at": work.now,
    }
    return work.insert(photos, **values)


def _next_seq(work: Work, entry_id: int | None, kind: str) -> int:
    if entry_id is None:
        return 1
    return int(_last_seq.scalar(work, entry=entry_id, sort=kind) or 0) + 1


def adopt(
    work: Work, row: Row[Any], *, entry_id: int, kind: str, round_: int = 1, proof_id: int | None = None
) -> None:
    """Turn a kept reference of an untagged part into a photo of an entry, and fetch it."""
    kind = kind_for(work, entry_id, kind, people.actor_by_id(work, row.member_id or 0))
    own = kind if row.medium in ("photo", "image") else "attachment"
    state = "by_reference" if row.fault == "too_big" else "pending"
    work.connection.execute(
        update(photos)
        .where(photos.c.id == row.id)
        .values(
            entry_id=entry_id,
            kind=own,
            seq=_next_seq(work, entry_id, own),
            round=round_,
            proof_id=proof_id,
            state=state,
            next_try_at=work.now,
        )
    )
    book.remember_message(work, row.chat_id, row.message_id, entry_id, "part")
    work.wakes.add(WAKE)


def forget(work: Work, row: Row[Any]) -> None:
    """Delete a photo that must not be kept; its file, if there is one, is named for erasure."""
    if row.file:
        name_for_erasure(work, row.id, row.file)
    work.connection.execute(delete(photos).where(photos.c.id == row.id))


def name_for_erasure(work: Work, photo_id: int | str, file: str) -> None:
    """Have the media job take a file out of the store."""
    work.connection.execute(facts.insert().values(key=f"{ERASE}{photo_id}", value=file))
    work.wakes.add(WAKE)


def to_erase(work: Work) -> list[tuple[str, str]]:
    """(key, file) of what the media job is to take out of the store."""
    rows = work.connection.execute(select(facts).where(facts.c.key.startswith(ERASE))).all()
    return [(row.key, str(row.value)) for row in rows]


def erased(work: Work, key: str) -> None:
    """A file is out of the store."""
    work.connection.execute(delete(facts).where(facts.c.key == key))


def rename(work: Work, row: Row[Any], kind: str) -> None:
    """Give a picture of an entry another kind, as the last of that kind; its file stays where it is."""
    seq = _next_seq(work, row.entry_id, kind)
    work.connection.execute(update(photos).where(photos.c.id == row.id).values(kind=kind, seq=seq))


def move(work: Work, rows: Sequence[Row[Any]], entry_id: int, round_: int = 1) -> None:
    """Let photos and attachments of one entry belong to another; their files stay where they are."""
    for row in rows:
        seq = _next_seq(work, entry_id, row.kind)
        work.connection.execute(
            update(photos).where(photos.c.id == row.id).values(entry_id=entry_id, seq=seq, round=round_)
        )
        book.remember_message(work, row.chat_id, row.message_id, entry_id, "part")


def share(work: Work, rows: Sequence[Row[Any]], entry_id: int) -> None:
    """Let another entry have the same photos: rows of its own, the files by reference."""
    for row in rows:
        values = {key: value for key, value in row._mapping.items() if key != "id"}
        work.insert(photos, **{**values, "entry_id": entry_id, "round": 1, "proof_id": None})
    work.wakes.add(WAKE)


def groups_of(work: Work, entry_id: int) -> list[list[Row[Any]]]:
    """An entry's photos and attachments by what was sent at once, oldest first."""
    found: dict[str, list[Row[Any]]] = {}
    for row in work.connection.execute(
        select(photos)
        .where(photos.c.entry_id == entry_id, photos.c.kind.in_(("before", "attachment")))
        .order_by(photos.c.message_id, photos.c.id)
    ).all():
        found.setdefault(row.media_group_id or str(row.message_id), []).append(row)
    return list(found.values())


def of_album(work: Work, chat_id: int, media_group_id: str) -> list[Row[Any]]:
    """Every part of an album that is known so far, oldest first."""
    return list(
        work.connection.execute(
            select(photos)
            .where(photos.c.chat_id == chat_id, photos.c.media_group_id == media_group_id)
            .order_by(photos.c.id)
        ).all()
    )


def last_of(work: Work, entry_id: int) -> Row[Any] | None:
    """The newest photo of an entry."""
    return work.connection.execute(
        select(photos).where(photos.c.entry_id == entry_id).order_by(photos.c.id.desc()).limit(1)
    ).first()


def counted(work: Work, entry_id: int, kind: str) -> int:
    """How many photos of a kind an entry has."""
    return int(
        work.connection.execute(
            select(func.count()).where(photos.c.entry_id == entry_id, photos.c.kind == kind)
        ).scalar_one()
    )
