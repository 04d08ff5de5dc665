"""A photo, an album or words of an inspector become an entry: one gesture, or two (SPEC §2 «Intake»)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from bot.domain.captions import CaptionReading, is_menu_word
from bot.domain.entries import Mode, State
from bot.ledger import entries as book
from bot.ledger import people
from bot.ledger.desk import Work
from bot.ledger.outbox import remember_message
from bot.services import life, pictures, secrecy
from bot.services.field import drafts, editing, filing
from bot.services.field.identity import Identity, identity_of
from bot.services.incoming import Incoming
from bot.services.refusals import AnonymousAdmin, CovertInGroup, NotUnderstood


def take(work: Work, incoming: Incoming) -> int:
    """Take a message with files from one who files; gives the entry it went to.

    Parts of its album that were kept as references join with it.

    Raises:
        SecretMaterial: caption or file name is marked as secret; nothing is kept.
        AnonymousAdmin, CovertInGroup: see there.
        NotYours: the actor does not file here.
    """
    secrecy.refuse_secret(work, incoming)
    album = (
        pictures.of_album(work, incoming.chat_id, incoming.media_group_id) if incoming.media_group_id else []
    )
    joined = next((part.entry_id for part in album if part.entry_id is not None), None)
    if joined is not None:
        return join_part(work, joined, incoming)
    if incoming.anonymous:
        raise AnonymousAdmin
    text = words_of(incoming)
    identity = identity_of(work, _chat_group(work, incoming), _source(work, text))
    if not incoming.private:
        _refuse_covert(work, identity, text, incoming)
    row = _opened_before(work, incoming, identity, text)
    if row is None:
        row = filing.open_entry(work, identity, chat_id=incoming.chat_id, found_at=incoming.sent_at)
    pictures.keep(work, incoming, entry_id=row.id, kind="before")
    for part in album:
        if part.entry_id is None:
            pictures.adopt(work, part, entry_id=row.id, kind="before")
    _after_files(work, row, incoming, text)
    return int(row.id)


def _opened_before(work: Work, incoming: Incoming, identity: Identity, text: str) -> Row[Any] | None:
    """The draft that files without words belong to; of a voice, what still waits for its words."""
    if text:
        return drafts.of_source(work, incoming) if incoming.private else None
    if _is_voice(incoming):
        return drafts.for_words(work, incoming) or drafts.for_photos(work, incoming, identity)
    return drafts.for_photos(work, incoming, identity)


def _after_files(work: Work, row: Row[Any], incoming: Incoming, text: str) -> None:
    """Files have come to a draft, or to what their sender has just filed: its words, or its receipt."""
    if text:
        filing.apply_caption(work, row, text, sent_at=incoming.sent_at, message_id=incoming.message_id)
    elif row.state == State.DRAFT and row.description:
        # the words came first: they opened this draft, the photos follow
        filing.apply_caption(work, row, row.description, sent_at=incoming.sent_at)
    elif row.state == State.DRAFT and _spoken(work, row, incoming):
        filing.apply_caption(work, row, "", sent_at=incoming.sent_at)
    else:
        row = _touched(work, row)
        life.refresh_cards(work, row.id)
        if row.state == State.DRAFT:
            filing.show_receipt(work, row, not_before=work.now + work.world.rules.album_pause)


def _is_voice(incoming: Incoming) -> bool:
    return any(attachment.medium == "voice" for attachment in incoming.attachments)


def _spoken(work: Work, row: Row[Any], incoming: Incoming) -> bool:
    """Whether a voice has told what the photos show: it is their caption, kept as an attachment."""
    kept = book.photos_of(work, row.id)
    voice = any(one.medium == "voice" for one in kept)
    return voice and any(one.kind == "before" for one in kept)


def to_draft(work: Work, row: Row[Any], incoming: Incoming) -> None:
    """A reply to a draft's receipt: more files, or its words.

    Raises:
        NotUnderstood: neither files nor words.
    """
    text = words_of(incoming)
    if incoming.attachments:
        if pictures.keep(work, incoming, entry_id=row.id, kind="before"):
            _after_files(work, row, incoming, text)
    elif text and not is_menu_word(text, work.world.reader):
        _caption(work, row, incoming, text)
    else:
        raise NotUnderstood(hint="inspector")


def _caption(work: Work, row: Row[Any], incoming: Incoming, text: str) -> None:
    """Words of a message of their own, for an entry that waits for them."""
    remember_message(work, incoming.chat_id, incoming.message_id, row.id, "part")
    photoless = row.state == State.DRAFT and pictures.last_of(work, row.id) is None
    if photoless and not filing.of_office(row):
        _words_only(work, row, incoming, text)
        return
    editing.reword(work, row, text, incoming.sent_at, incoming.message_id)


def words_of(incoming: Incoming) -> str:
    """The caption without the tag that calls the bot; its own words otherwise untouched."""
    text = incoming.text.strip()
    if text.startswith("#问题"):
        text = text[len("#问题") :].strip()
    return text


def join_part(work: Work, entry_id: int, incoming: Incoming) -> int:
    """One more part of an album that is an entry already: late, out of order, after a restart."""
    row = book.get(work, entry_id)
    assert row is not None
    if row.state == State.VOID:
        kept = pictures.keep(work, incoming, entry_id=entry_id, kind="before", round_=row.round)
        _to_the_others(work, row, incoming, kept)
        return entry_id
    after = next(
        (
            p
            for p in pictures.of_album(work, incoming.chat_id, incoming.media_group_id or "")
            if p.kind == "after"
        ),
        None,
    )
    kind, proof_id = ("after", after.proof_id) if after is not None else ("before", None)
    kept = pictures.keep(work, incoming, entry_id=entry_id, kind=kind, round_=row.round, proof_id=proof_id)
    if not kept:
        return entry_id
    if kind == "before":
        _to_the_others(work, row, incoming, kept)
    text = words_of(incoming)
    if kind == "before" and text and text not in row.description:
        row = _touched(work, row)
        words = "\n".join(part for part in (row.description, text) if part)
        editing.reword(work, row, words, incoming.sent_at, row.words_message or incoming.message_id)
        return entry_id
    row = _touched(work, row)
    life.refresh_cards(work, entry_id)
    if row.state == State.DRAFT and not row.description:
        filing.show_receipt(work, row, not_before=work.now + work.world.rules.album_pause)
    return entry_id


def _to_the_others(work: Work, row: Row[Any], incoming: Incoming, kept: list[int]) -> None:
    """A late part of an album whose entry was split into several goes to each: they share the photos."""
    parts = pictures.of_album(work, incoming.chat_id, incoming.media_group_id or "")
    for other_id in sorted({one.entry_id for one in parts if one.entry_id not in (None, row.id)}):
        other = book.get(work, other_id)
        if other is None or other.state == State.VOID:
            continue
        pictures.share(work, [one for one in parts if one.id in kept], other_id)
        _touched(work, other)
        life.refresh_cards(work, other_id)


def _touched(work: Work, row: Row[Any]) -> Row[Any]:
    return book.change(work, row, **filing.touch(work, row))


def words(work: Work, incoming: Incoming) -> int | None:
    """Words after, or before, the photos; gives the entry, None when the words are none of ours.

    The next text within ten minutes is the caption of the member's open draft in this chat. A text
    that names a place and a problem opens a draft from the other end. Menu words never are captions.
    """
    secrecy.refuse_secret(work, incoming)
    text = words_of(incoming)
    if not text or is_menu_word(text, work.world.reader):
        return None
    if incoming.anonymous:
        raise AnonymousAdmin
    waiting = drafts.for_words(work, incoming)
    if waiting is None and incoming.private:
        waiting = drafts.of_source(work, incoming)
    identity = identity_of(work, _chat_group(work, incoming), _source(work, text))
    if not incoming.private:
        _refuse_covert(work, identity, text, incoming)
    if waiting is not None:
        _caption(work, waiting, incoming, text)
        return int(waiting.id)
    reading = filing.read(work, text, identity, incoming.sent_at)
    reported = bool(reading.source and reading.names_place and work.actor.offices())
    if not reported and not _names_a_problem(reading):
        return None
    row = filing.open_entry(work, identity, chat_id=incoming.chat_id, found_at=incoming.sent_at)
    remember_message(work, incoming.chat_id, incoming.message_id, row.id, "part")
    if reported:
        filing.apply_caption(work, row, text, sent_at=incoming.sent_at, message_id=incoming.message_id)
    else:
        _words_only(work, row, incoming, text)
    return int(row.id)


def _words_only(work: Work, row: Row[Any], incoming: Incoming, text: str) -> None:
    """Words that came first: they open the draft, its photos are asked for."""
    reading = filing.read(work, text, filing.identity_stored(work, row), incoming.sent_at)
    asked = "elsewhere" if reading.elsewhere else "region"
    note = "photos" if reading.region or row.region else asked
    values: dict[str, Any] = {}
    if reading.covert and row.mode == Mode.OPEN:
        values["mode"] = Mode.COVERT.value
    fresh = book.change(
        work, row, description=text, note=note, words_message=incoming.message_id,
        touched_at=work.now, **values,
    )  # fmt: skip
    filing.show_receipt(work, fresh)


def _source(work: Work, text: str) -> str | None:
    """The source that an office's words begin with."""
    return work.world.reader.words.source_of(text)[0] if text else None


def _names_a_problem(reading: CaptionReading) -> bool:
    return reading.names_place and (reading.category is not None or reading.clean)


def _chat_group(work: Work, incoming: Incoming) -> str | None:
    if incoming.private:
        return None
    chat = people.chat(work, incoming.chat_id)
    if chat is None or chat.group_key is None:
        raise NotUnderstood(hint="unbound")
    return str(chat.group_key)


def _refuse_covert(work: Work, identity: Identity, text: str, incoming: Incoming) -> None:
    """Red line (b): a covert caption in a group chat is not filed."""
    if identity.mode is Mode.COVERT or filing.read(work, text, identity, incoming.sent_at).covert:
        raise CovertInGroup
