"""A photo, an album or words of an inspector become an entry: one gesture, or two (SPEC §2 «Intake»)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Row, select

from bot.domain.captions import CaptionReading, is_menu_word, secret_marking
from bot.domain.entries import Mode, State
from bot.ledger import entries as book
from bot.ledger import events, inbox, people
from bot.ledger.desk import Work
from bot.ledger.tables import entries, facts, photos
from bot.services import filing, life, pictures
from bot.services.identity import Identity, identity_of
from bot.services.incoming import Incoming
from bot.services.refusals import AnonymousAdmin, CovertInGroup, NotUnderstood, SecretMaterial


def take(work: Work, incoming: Incoming, *, wanted: bool = True) -> int | None:
    """Take a message with files from one who files; gives the entry it went to.

    `wanted` is False for an untagged group photo: it is kept as a reference for 24 h and joins when
    a part of its album with the tag comes.

    Raises:
        SecretMaterial: caption or file name is marked as secret; nothing is kept.
        AnonymousAdmin, CovertInGroup: see there.
        NotYours: the actor does not file here.
    """
    refuse_secret(work, incoming)
    album = (
        pictures.of_album(work, incoming.chat_id, incoming.media_group_id) if incoming.media_group_id else []
    )
    joined = next((part.entry_id for part in album if part.entry_id is not None), None)
    if joined is not None and not album_refused(work, incoming):
        return join_part(work, joined, incoming)
    if not wanted and not any(part.caption and "#问题" in part.caption for part in album):
        pictures.keep(work, incoming, entry_id=None, kind="reference")
        return None
    if incoming.anonymous:
        raise AnonymousAdmin
    identity = identity_of(work, _chat_group(work, incoming))
    text = words_of(incoming)
    if not incoming.private:
        _refuse_covert(work, identity, text, incoming)
    row = None if text else _open_draft(work, incoming, identity)
    if row is None:
        row = filing.open_entry(work, identity, chat_id=incoming.chat_id, found_at=incoming.sent_at)
    pictures.keep(work, incoming, entry_id=row.id, kind="before")
    for part in album:
        if part.entry_id is None:
            pictures.adopt(work, part, entry_id=row.id, kind="before")
    if text:
        filing.apply_caption(work, row, text, sent_at=incoming.sent_at)
    elif row.description:
        # the words came first: they opened this draft, the photos follow
        filing.apply_caption(work, row, row.description, sent_at=incoming.sent_at)
    else:
        row = _touched(work, row)
        pause = work.now + work.world.rules.album_pause
        filing.show_receipt(work, row, not_before=pause)
    return int(row.id)


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
    text = words_of(incoming)
    if kind == "before" and text and row.state == State.DRAFT and not row.description:
        filing.apply_caption(work, row, text, sent_at=incoming.sent_at)
        return entry_id
    row = _touched(work, row)
    life.refresh_cards(work, entry_id)
    if row.state == State.DRAFT and not row.description:
        filing.show_receipt(work, row, not_before=work.now + work.world.rules.album_pause)
    return entry_id


def _touched(work: Work, row: Row[Any]) -> Row[Any]:
    return book.change(work, row, **filing.touch(work, row))


def words(work: Work, incoming: Incoming) -> int | None:
    """Words after, or before, the photos; gives the entry, None when the words are none of ours.

    The next text within ten minutes is the caption of the member's open draft in this chat. A text
    that names a place and a problem opens a draft from the other end. Menu words never are captions.
    """
    refuse_secret(work, incoming)
    text = words_of(incoming)
    if not text or is_menu_word(text, work.world.reader):
        return None
    if incoming.anonymous:
        raise AnonymousAdmin
    draft = open_draft_for_words(work, incoming)
    identity = identity_of(work, _chat_group(work, incoming))
    if not incoming.private:
        _refuse_covert(work, identity, text, incoming)
    if draft is not None:
        filing.apply_caption(work, draft, text, sent_at=incoming.sent_at)
        return int(draft.id)
    reading = filing.read(work, text, identity, incoming.sent_at)
    if not _names_a_problem(reading):
        return None
    row = filing.open_entry(work, identity, chat_id=incoming.chat_id, found_at=incoming.sent_at)
    work.connection.execute(
        entries.update()
        .where(entries.c.id == row.id)
        .values(description=text, note="photos" if reading.region else "region")
    )
    opened = book.get(work, row.id)
    assert opened is not None
    filing.show_receipt(work, opened)
    return int(opened.id)


def _names_a_problem(reading: CaptionReading) -> bool:
    return reading.names_place and (reading.category is not None or reading.clean)


def open_draft_for_words(work: Work, incoming: Incoming) -> Row[Any] | None:
    """The member's newest draft in this chat that still waits for its words."""
    since = work.now - work.world.rules.caption_within
    return work.connection.execute(
        select(entries)
        .where(
            entries.c.filer_id == work.actor.member_id,
            entries.c.chat_id == incoming.chat_id,
            entries.c.state == State.DRAFT.value,
            entries.c.description == "",
            entries.c.touched_at >= since,
        )
        .order_by(entries.c.id.desc())
        .limit(1)
    ).first()


def _open_draft(work: Work, incoming: Incoming, identity: Identity) -> Row[Any] | None:
    """The draft that photos without words join: each within two minutes of the last, or words first."""
    rows = work.connection.execute(
        select(entries)
        .where(
            entries.c.filer_id == work.actor.member_id,
            entries.c.chat_id == incoming.chat_id,
            entries.c.state == State.DRAFT.value,
            entries.c.touched_at >= work.now - work.world.rules.caption_within,
        )
        .order_by(entries.c.id.desc())
        .limit(2)
    ).all()
    for row in rows:
        last = pictures.last_of(work, row.id)
        if last is None and row.description:
            return row  # words first, photos after
        if last is not None and not row.description and _close(incoming, last, work.world.rules.draft_gap):
            return row
    return None


def _close(incoming: Incoming, last: Row[Any], gap: timedelta) -> bool:
    return abs(incoming.sent_at - last.sent_at) <= gap and last.proof_id is None


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


def refuse_secret(work: Work, incoming: Incoming) -> None:
    """Red line (d): what is marked 绝密/机密/秘密/内部资料 is not stored, not even in the inbox.

    Raises:
        SecretMaterial: with the word that was found.
    """
    names = [attachment.name for attachment in incoming.attachments if attachment.name]
    reader = work.world.reader
    word = next((found for text in (incoming.text, *names) if (found := secret_marking(text, reader))), None)
    if word is not None or album_refused(work, incoming):
        raise SecretMaterial(word=word or "")


def wipe(work: Work, incoming: Incoming) -> None:
    """After the refusal of secret material: blank the update's payload, forget the album's parts.

    Runs outside the refused verb's savepoint, in the same transaction.
    """
    if work.update_id is not None:
        inbox.empty(work, work.update_id)
    if incoming.media_group_id:
        _forget_album(work, incoming)


def _album_key(incoming: Incoming) -> str:
    return f"secret:{incoming.chat_id}:{incoming.media_group_id}"


def album_refused(work: Work, incoming: Incoming) -> bool:
    """Whether another part of this album was marked as secret."""
    if incoming.media_group_id is None:
        return False
    return (
        work.connection.execute(select(facts.c.key).where(facts.c.key == _album_key(incoming))).first()
        is not None
    )


def _forget_album(work: Work, incoming: Incoming) -> None:
    if not album_refused(work, incoming):
        work.connection.execute(facts.insert().values(key=_album_key(incoming), value=work.now.isoformat()))
    parts = pictures.of_album(work, incoming.chat_id, incoming.media_group_id or "")
    for entry_id in {part.entry_id for part in parts if part.entry_id is not None}:
        row = book.get(work, entry_id)
        if row is not None and row.state in (State.DRAFT, State.FILED):
            life.move(
                work, row, State.VOID, "secret", body=events.SYSTEM, description="", void_reason="secret"
            )
    work.connection.execute(photos.delete().where(photos.c.id.in_([part.id for part in parts])))
