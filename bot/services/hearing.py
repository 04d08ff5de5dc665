"""What a message belongs to: the one order in which that is decided (SPEC §2)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from bot.domain.entries import State
from bot.domain.permissions import Action, Role, Standing, may
from bot.ledger import entries as book
from bot.ledger.desk import Work
from bot.services import life, pictures, questions, secrecy
from bot.services.announcing import forwarding
from bot.services.announcing import notices as announcing
from bot.services.answering import Toast
from bot.services.bulletins import editing as bulletins
from bot.services.counties import loose, remarks
from bot.services.counties.material import Material
from bot.services.duties import outlook
from bot.services.field import drafts, editing, filer_photos, filing, groupchat, intake, pins
from bot.services.incoming import Incoming
from bot.services.looking import lookup, reader
from bot.services.monthreport import writing as monthreport
from bot.services.offices import handed, sources
from bot.services.refusals import NoSuchEntry, NotUnderstood
from bot.services.tenday import reporting as tenday
from bot.services.weekly import receiving as weekly


def message(work: Work, incoming: Incoming) -> Toast | None:
    """A member's message that is no command and no menu word: files, words, or both.

    The order: what a reply points at; an album that is known; the open question; a contact's proof;
    a filer's photo; a filer's words; one short hint.
    """
    if not incoming.private:
        row = groupchat.heard(work, incoming)
        if row is not None:
            _in_group(work, row, incoming)
        return None
    secrecy.refuse_secret(work, incoming)
    plain = bool(incoming.text) and not incoming.attachments
    if handed.is_for(work):
        return _of_leader(work, incoming, plain)
    if work.actor.offices() and forwarding.taken(work, incoming):
        return None
    if plain and incoming.reply_to is not None and questions.answer(work, incoming):
        return None
    if questions.answer_with_photo(work, incoming):
        return None
    if incoming.reply_to is not None:
        entry_id = book.by_message(work, incoming.chat_id, incoming.reply_to)
        if entry_id is not None:
            about_entry(work, entry_id, incoming)
            return None
    if incoming.reply_to is not None and announcing.replied(work, incoming):
        return None
    if plain and (announcing.written(work, incoming) or outlook.said(work, incoming)):
        return None
    if incoming.reply_to is not None and work.actor.regions() and weekly.replied(work, incoming):
        return None
    if incoming.reply_to is not None and work.actor.groups() and tenday.replied(work, incoming):
        return None
    if incoming.reply_to is not None and work.actor.offices() and bulletins.replied(work, incoming):
        return None
    if incoming.reply_to is not None and monthreport.replied(work, incoming):
        return None
    if incoming.location is not None:
        pins.heard(work, incoming)
        return None
    if incoming.media_group_id is not None:
        known = [p for p in pictures.of_album(work, incoming.chat_id, incoming.media_group_id) if p.entry_id]
        if known and known[0].kind != "before" and loose.answers(work, known[0].entry_id):
            loose.receive(work, incoming)
            return None
        if known:
            intake.join_part(work, known[0].entry_id, incoming)
            return None
    unasked = plain and incoming.reply_to is None
    if unasked and not _for_draft(work, incoming) and questions.answer(work, incoming):
        return None
    if plain and incoming.private and lookup.number_in(incoming.text) is not None:
        reader.by_number(work, incoming.text, incoming.sender_id)
        return None
    if incoming.attachments:
        return _files(work, incoming)
    if incoming.text:
        return _words(work, incoming)
    return _hint(work, incoming)


def _for_draft(work: Work, incoming: Incoming) -> bool:
    """Whether a draft waits for its words that is newer than the bot's last question: the newest is meant."""
    if not filing.may_file(work):
        return False
    asked, draft = questions.latest(work, incoming), drafts.for_words(work, incoming)
    return asked is not None and draft is not None and bool(draft.touched_at > asked.asked_at)


def _of_leader(work: Work, incoming: Incoming, plain: bool) -> Toast | None:
    """Whatever a city leader sends is handed over, but for an answer and the number of an entry."""
    if plain and questions.answer(work, incoming):
        return None
    if plain and lookup.number_in(incoming.text) is not None:
        reader.by_number(work, incoming.text, incoming.sender_id)
        return None
    if incoming.text.startswith("/") or not (plain or incoming.attachments or incoming.location):
        return _hint(work, incoming)
    handed.take(work, incoming)
    return None


def _in_group(work: Work, row: Row[Any], incoming: Incoming) -> None:
    """A message in a group chat that belongs to an entry: a part of its album, or a reply."""
    album = incoming.media_group_id
    if album is not None and any(
        part.entry_id == row.id for part in pictures.of_album(work, incoming.chat_id, album)
    ):
        intake.join_part(work, row.id, incoming)
    else:
        about_entry(work, row.id, incoming)


def _files(work: Work, incoming: Incoming) -> Toast | None:
    if filing.may_file(work):
        intake.take(work, incoming)
        return None
    if work.actor.has(Role.CONTACT) or work.actor.has(Role.TOWNSHIP):
        loose.receive(work, incoming)
        return None
    return _hint(work, incoming)


def _words(work: Work, incoming: Incoming) -> Toast | None:
    if filing.may_file(work) and intake.words(work, incoming) is not None:
        return None
    if weekly.take_lines(work, incoming):
        return None
    return _hint(work, incoming)


def _hint(work: Work, incoming: Incoming) -> Toast | None:
    """Nothing is dropped in silence: one short hint."""
    raise NotUnderstood(hint=hint_for(work))


def hint_for(work: Work) -> str:
    """Which hint fits the member's first role."""
    if work.actor.groups():
        return "inspector"
    for role in (Role.CONTACT, Role.TOWNSHIP, Role.OFFICE, Role.OVERSIGHT, Role.CITY_LEADER, Role.ADMIN):
        if work.actor.has(role):
            return str(role)
    return "nobody"


def about_entry(work: Work, entry_id: int, incoming: Incoming) -> None:
    """A message that belongs to an entry: proof, one more photo, a pin, a remark.

    Raises:
        NoSuchEntry: the sender may not see the entry.
    """
    row = book.get(work, entry_id)
    if row is None:
        raise NoSuchEntry
    having = life.having_of(work, row)
    if not having:
        raise NoSuchEntry
    if incoming.location is not None:
        pins.join(work, row, incoming)
    elif row.state == State.DRAFT and Standing.FILER in having:
        intake.to_draft(work, row, incoming)
    elif sources.awaits(row) and Standing.CHECKER in having:
        sources.verify(work, row, incoming)
    elif incoming.attachments and having & {Standing.CONTACT, Standing.TOWNSHIP}:
        loose.prove(work, row, Material.of(incoming))
    elif incoming.attachments and may(Action.ADD_PHOTO, having):
        filer_photos.photo(work, row, incoming)
    elif incoming.text and not row.description and Standing.FILER in having:
        editing.reword(work, row, intake.words_of(incoming), incoming.sent_at, incoming.message_id)
    else:
        remarks.remark(work, row, incoming)
