"""Group chats: what is meant for the bot there, and what never stands there (SPEC §1 red lines, §2)."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, select

from bot.domain.captions import secret_marking
from bot.domain.entries import Mode, State
from bot.domain.permissions import Role, Standing
from bot.ledger import entries as book
from bot.ledger import inbox, people
from bot.ledger.desk import Work
from bot.ledger.prepared import Prepared
from bot.ledger.tables import facts, photos
from bot.services import life, pictures, questions, secrecy
from bot.services.answering import Toast, after
from bot.services.field import filing, intake, renumbering
from bot.services.incoming import Incoming
from bot.services.looking import reader
from bot.services.outgoing import new_card
from bot.services.people import commands
from bot.services.refusals import ContactInGroup, CovertInGroup, GroupOnly


def heard(work: Work, incoming: Incoming) -> Row[Any] | None:
    """A member's message in a group chat; gives the entry that it belongs to, when the caller is to go on.

    The order: what a reply points at; an album that is known; what is meant for the bot; a reference
    to a part whose album may yet be tagged. All else is people's talk: silence.

    Raises:
        CovertInGroup: its words make it covert, tagged or not: nothing of it is kept.
        GroupOnly: it is meant for the bot, but not from a member of this chat's group.
        ContactInGroup: a county's proof belongs into its private chat.
        SecretMaterial: marked as secret and meant for the bot.
    """
    chat = people.chat(work, incoming.chat_id)
    ours = chat is not None and chat.group_key is not None and chat.group_key in work.actor.groups()
    if incoming.media_group_id is not None and _refused(work, incoming):
        return None
    words = work.world.reader.words
    if words.is_covert_report(incoming.text, photo=incoming.has_photo) and filing.may_file(work):
        secrecy.refuse_secret(work, incoming)
        raise CovertInGroup
    row = _entry_of(work, incoming)
    wanted = incoming.tagged or bool(chat is not None and chat.every_photo and _captioned(incoming))
    if row is None and not wanted:
        _overheard(work, incoming, ours)
        return None
    if row is None and not incoming.attachments and _answers(work, incoming):
        return None
    if not ours:
        _turn_away(work, incoming, chat, row)
        return None
    secrecy.refuse_secret(work, incoming)
    if words.is_covert(incoming.text):
        raise CovertInGroup
    if row is not None:
        return row
    incoming = replace(incoming, text=_without_mention(work, incoming.text))
    if incoming.attachments:
        intake.take(work, incoming)
    elif incoming.text:
        intake.words(work, incoming)
    return None


def _without_mention(work: Work, text: str) -> str:
    """The words without the bot's name, by which it was called."""
    bot = commands.bot(work)
    return re.sub(rf"@{re.escape(bot['username'])}\b\s*", "", text, flags=re.I) if bot else text


def _captioned(incoming: Incoming) -> bool:
    return incoming.has_photo and bool(incoming.text)


def _answers(work: Work, incoming: Incoming) -> bool:
    return bool(incoming.text) and incoming.reply_to is not None and questions.answer(work, incoming)


def _entry_of(work: Work, incoming: Incoming) -> Row[Any] | None:
    """The entry whose message was replied to, or of which another part of the album is one."""
    entry_id = None
    if incoming.reply_to is not None:
        entry_id = book.by_message(work, incoming.chat_id, incoming.reply_to)
    if entry_id is None and incoming.media_group_id is not None:
        parts = pictures.of_album(work, incoming.chat_id, incoming.media_group_id)
        entry_id = next((part.entry_id for part in parts if part.entry_id is not None), None)
    return book.get(work, entry_id) if entry_id is not None else None


def _turn_away(work: Work, incoming: Incoming, chat: Row[Any] | None, row: Row[Any] | None) -> None:
    """Somebody else's message that was meant for the bot; talk that only replies to a line is left alone."""
    if not incoming.attachments and (row is not None or not incoming.tagged):
        return
    actor = work.actor
    if actor.has(Role.CONTACT) or actor.has(Role.TOWNSHIP):
        if incoming.attachments:
            raise ContactInGroup
        return
    if chat is None or chat.group_key is None:
        if filing.may_file(work) and incoming.attachments:
            intake.take(work, incoming)  # says that the chat is not bound
        return
    raise GroupOnly


def _overheard(work: Work, incoming: Incoming, ours: bool) -> None:
    """An untagged part of an album is kept as a reference for 24 h; talk is none of ours.

    Red lines (b) and (d): what is marked as secret or tells of 暗访 leaves nothing behind.
    """
    if not incoming.attachments:
        return
    words = [incoming.text, *(one.name or "" for one in incoming.attachments)]
    marked = any(secret_marking(text, work.world.reader) for text in words)
    if marked or work.world.reader.words.is_covert(incoming.text):
        forget(work, incoming)
        return
    if ours and incoming.media_group_id is not None:
        pictures.keep(work, incoming, entry_id=None, kind="reference")


# --- nothing covert stays ------------------------------------------------------------------------


def _key(incoming: Incoming) -> str:
    return f"covert:{incoming.chat_id}:{incoming.media_group_id}"


def _refused(work: Work, incoming: Incoming) -> bool:
    """Whether another part of this album was refused."""
    if secrecy.album_refused(work, incoming):
        return True
    return (
        work.connection.execute(select(facts.c.key).where(facts.c.key == _key(incoming))).first() is not None
    )


@after(CovertInGroup)
def forget(work: Work, incoming: Incoming) -> None:
    """Leave nothing of a refused message: its payload is blanked, references of its album go.

    An entry that another part of the album has made is covert from now on, and its line goes. Runs
    outside the refused verb's savepoint, in the same transaction.
    """
    if work.update_id is not None:
        inbox.empty(work, work.update_id)
    row = _entry_of(work, incoming)
    own = row is not None and row.filer_id == work.actor.member_id and row.mode == Mode.OPEN
    if row is not None and own and row.state in renumbering.BEFORE and row.handed_over_at is None:
        renumbering.turn_covert(work, row)
    if incoming.media_group_id is None:
        return
    if row is None and not _refused(work, incoming):
        work.connection.execute(facts.insert().values(key=_key(incoming), value=work.now.isoformat()))
    parts = pictures.of_album(work, incoming.chat_id, incoming.media_group_id)
    loose = [part.id for part in parts if part.entry_id is None]
    work.connection.execute(delete(photos).where(photos.c.id.in_(loose)))


_any_reference = Prepared(
    select(photos.c.id)
    .where(
        photos.c.kind == "reference",
        photos.c.entry_id.is_(None),
        photos.c.chat_id < 0,
        photos.c.received_at < bindparam("before"),
    )
    .limit(1)
)


def sweep(work: Work) -> int:
    """References of untagged photos in group chats go after 24 h, with the marks of refused albums."""
    before = work.now - work.world.rules.reference_kept
    if _any_reference.first(work, before=before) is None:
        return _sweep_marks(work, before.isoformat())
    gone = work.connection.execute(
        delete(photos).where(
            photos.c.kind == "reference",
            photos.c.entry_id.is_(None),
            photos.c.chat_id < 0,
            photos.c.received_at < before,
        )
    ).rowcount
    return gone + _sweep_marks(work, before.isoformat())


_marks = Prepared(select(facts).where(func.substr(facts.c.key, 1, 7) == "covert:"))


def _sweep_marks(work: Work, before: str) -> int:
    old = [row.key for row in _marks.all(work) if str(row.value) < before]
    if not old:
        return 0
    work.connection.execute(delete(facts).where(facts.c.key.in_(old)))
    return len(old)


# --- details in private --------------------------------------------------------------------------


def details(work: Work, entry_id: int, presser_id: int) -> Toast:
    """「私聊看详情」: the entry as the presser may see it, in the presser's private chat.

    Raises:
        GroupOnly: the presser may not see it (or it is not there: the same words).
    """
    row = book.get(work, entry_id)
    having = life.having_of(work, row) if row is not None else frozenset()
    if row is None or not having:
        raise GroupOnly
    chat = people.chat(work, presser_id)
    if chat is None or chat.unreachable_at is not None:
        bot = commands.bot(work)
        return (
            Toast(url=f"https://t.me/{bot['username']}?start=e{row.id}")
            if bot
            else Toast("group.start_first")
        )
    show(work, row, presser_id)
    return Toast("group.sent_in_private")


def by_link(work: Work, entry_id: int, chat_id: int) -> None:
    """The link behind 「私聊看详情」; raises NoSuchEntry."""
    show(work, life.load(work, entry_id), chat_id)


def show(work: Work, row: Row[Any], chat_id: int) -> None:
    """The receipt for its filer, the fitting card for everybody else."""
    mine = Standing.FILER in life.having_of(work, row)
    if mine and row.state in (State.DRAFT.value, State.FILED.value):
        new_card(
            work, chat_id, "receipt", subject=f"entry:{row.id}", entry_id=row.id,
            member_id=work.actor.member_id,
        )  # fmt: skip
    else:
        reader.show(work, row, chat_id)
