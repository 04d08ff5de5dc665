"""Red line (d): what is marked 绝密/机密/秘密/内部资料 is not stored, nor what was sent with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import Row, delete, func, select, update

from bot.domain.captions import CaptionReader, secret_marking
from bot.domain.entries import State
from bot.ledger import entries as book
from bot.ledger import events, inbox
from bot.ledger.desk import Work
from bot.ledger.prepared import Prepared
from bot.ledger.tables import facts, photos
from bot.ledger.tables import inbox as inbox_table
from bot.services import life, pictures
from bot.services.answering import after
from bot.services.counties import county
from bot.services.incoming import Incoming
from bot.services.keeping import files
from bot.services.refusals import SecretMaterial


def refuse_secret(work: Work, incoming: Incoming) -> None:
    """Let a message pass that carries no marking of secrecy, in words or file names.

    Raises:
        SecretMaterial: with the word that was found; without a second line for the album's other parts.
    """
    word = marking_of(incoming, work.world.reader)
    if album_refused(work, incoming):
        raise SecretMaterial(word=word or "", told=True)
    if word is not None:
        raise SecretMaterial(word=word)


def marking_of(incoming: Incoming, reader: CaptionReader) -> str | None:
    """The marking that a message carries in its words or the names of its files."""
    names = [attachment.name for attachment in incoming.attachments if attachment.name]
    return _first_marking((incoming.text, *names), reader)


def _first_marking(texts: Iterable[str], reader: CaptionReader) -> str | None:
    return next((found for text in texts if (found := secret_marking(text, reader))), None)


def refuse_secret_words(work: Work, texts: Iterable[str]) -> None:
    """Let a file pass whose own words, its cells or paragraphs, carry no marking.

    Raises:
        SecretMaterial: with the word that was found.
    """
    word = _first_marking(texts, work.world.reader)
    if word is not None:
        raise SecretMaterial(word=word)


def album_refused(work: Work, incoming: Incoming) -> bool:
    """Whether another part of this album was marked as secret."""
    if incoming.media_group_id is None:
        return False
    return (
        work.connection.execute(select(facts.c.key).where(facts.c.key == _album_key(incoming))).first()
        is not None
    )


def _album_key(incoming: Incoming) -> str:
    return f"secret:{incoming.chat_id}:{incoming.media_group_id}"


Forget = Callable[[Work, Incoming], None]
"""Forgets what a topic made of a message that turned out to be marked, words and all."""

FORGETS: list[Forget] = []


def forgets(function: Forget) -> Forget:
    """Register what else is forgotten; each topic adds its own at import."""
    FORGETS.append(function)
    return function


def where(incoming: Incoming) -> dict[str, Any]:
    """Where something came from, for what is kept of it: by this it is found when it is marked later."""
    return {"chat": incoming.chat_id, "message": incoming.message_id, "album": incoming.media_group_id}


def came_with(kept: Mapping[str, Any] | None, incoming: Incoming) -> bool:
    """Whether what is kept came with this message, or with a part of its album."""
    if not kept or kept["chat"] != incoming.chat_id:
        return False
    album = incoming.media_group_id
    return bool(kept["message"] == incoming.message_id or (album is not None and kept["album"] == album))


@after(SecretMaterial)
def wipe(work: Work, incoming: Incoming) -> None:
    """After the refusal: blank the updates, forget the album's parts and their files.

    Runs outside the refused verb's savepoint, in the same transaction.
    """
    if work.update_id is not None:
        inbox.empty(work, work.update_id)
    parts: list[Row[Any]] = []
    if incoming.media_group_id is not None:
        if not album_refused(work, incoming):
            work.connection.execute(
                facts.insert().values(key=_album_key(incoming), value=work.now.isoformat())
            )
        work.connection.execute(
            update(inbox_table)
            .where(
                inbox_table.c.lane == incoming.chat_id,
                inbox_table.c.payload.contains(incoming.media_group_id, autoescape=True),
                inbox_table.c.state != "pending",
            )
            .values(payload="{}")
        )
        parts = _rows(work, photos.c.media_group_id == incoming.media_group_id, incoming)
    parts += _rows(work, photos.c.message_id == incoming.message_id, incoming)
    _forget(work, {row.id: row for row in parts}.values())
    files.forget(work, incoming)
    for forget in FORGETS:
        forget(work, incoming)
    if incoming.edited:
        inbox.empty_message(work, incoming.chat_id, incoming.message_id)
        entry_id = book.by_message(work, incoming.chat_id, incoming.message_id)
        if entry_id is not None:
            _void(work, entry_id)


def _rows(work: Work, condition: Any, incoming: Incoming) -> list[Row[Any]]:
    return list(
        work.connection.execute(select(photos).where(photos.c.chat_id == incoming.chat_id, condition)).all()
    )


def _forget(work: Work, rows: Any) -> None:
    """Delete photos; what stood on them alone is undone."""
    for row in rows:
        pictures.forget(work, row)
    for entry_id in {row.entry_id for row in rows if row.entry_id is not None}:
        _void(work, entry_id)
        entry = book.get(work, entry_id)
        proof = book.latest_proof(work, entry_id)
        if entry is None or proof is None or entry.state != State.SUBMITTED:
            continue
        if not any(one.proof_id == proof.id for one in book.photos_of(work, entry_id, "after")):
            moved = book.last_move(work, entry_id)
            back = State(moved.from_state) if moved is not None and moved.from_state else State.ACKNOWLEDGED
            county.undo_submission(work, entry, back)


def _void(work: Work, entry_id: int) -> None:
    row = book.get(work, entry_id)
    if row is not None and row.state in (State.DRAFT, State.FILED):
        life.move(
            work, row, State.VOID, "secret", body=events.SYSTEM, description="", void_reason="secret",
            settle_at=None, nag_at=None,
        )  # fmt: skip
    elif row is not None:
        life.refresh_cards(work, row.id)


_marks = Prepared(select(facts).where(func.substr(facts.c.key, 1, 7) == "secret:"))


def sweep(work: Work) -> int:
    """The marks of refused albums go after a day: their last parts have come by then."""
    before = (work.now - work.world.rules.reference_kept).isoformat()
    old = [row.key for row in _marks.all(work) if str(row.value) < before]
    if not old:
        return 0
    work.connection.execute(delete(facts).where(facts.c.key.in_(old)))
    return len(old)
