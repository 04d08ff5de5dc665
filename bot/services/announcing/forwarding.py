"""An office forwards as a 通知 what it was sent itself: words, pictures, documents, whole albums (SPEC §3).

A photo that the office took itself needs a reply to the question: without one it is a photo like any other.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Row, select

from bot.ledger import cards as card_book
from bot.ledger.desk import Work
from bot.ledger.tables import announcements
from bot.services import questions, secrecy
from bot.services.announcing import notices
from bot.services.incoming import Incoming

BATCH: Final = timedelta(seconds=10)
"""What is forwarded at once has dates this near to each other."""


def awaited(work: Work, incoming: Incoming) -> bool:
    """Whether a message of an office is for a 通知: it answers the question, begins one, or adds to one."""
    if not (incoming.private and work.actor.offices()):
        return False
    return (
        _headed(work, incoming) is not None
        or _question(work, incoming) is not None
        or _draft(work, incoming) is not None
    )


def taken(work: Work, incoming: Incoming) -> bool:
    """Whether a message with files, a forwarded one, or a reply to a draft was taken for a 通知.

    Raises:
        SecretMaterial, TooLate: nothing was taken.
    """
    if not (incoming.attachments or incoming.forwarded or incoming.reply_to) or not awaited(work, incoming):
        return False
    secrecy.refuse_secret(work, incoming)
    draft = _draft(work, incoming)
    if draft is not None:
        notices.add(work, draft, incoming)
        return True
    question = _question(work, incoming)
    if question is not None:
        questions.done(work, question.id)
    words = _headed(work, incoming)
    notices.write(work, incoming, incoming.text if words is None else words)
    return True


def _headed(work: Work, incoming: Incoming) -> str | None:
    """The words after 「通知：」 of what is no reply: a reply belongs to what it replies to."""
    if incoming.reply_to is not None:
        return None
    return notices.headed(incoming.text, work.world.reader)


def _question(work: Work, incoming: Incoming) -> Row[Any] | None:
    """The open question for a 通知 that files may answer; words alone answer it like any question."""
    if not incoming.attachments:
        return None
    if incoming.reply_to is None and incoming.has_photo and not incoming.forwarded:
        return None
    row = questions.open_for(work, incoming)
    return row if row is not None and row.kind == notices.DRAFT else None


def _draft(work: Work, incoming: Incoming) -> Row[Any] | None:
    """The draft that a message adds to: by a reply, as part of its album, or forwarded together with it."""
    mine = select(announcements).where(announcements.c.member_id == work.actor.member_id)
    if incoming.media_group_id is not None:
        known = mine.where(announcements.c.media_group_id == incoming.media_group_id)
        row = work.connection.execute(known.order_by(announcements.c.id.desc())).first()
        if row is not None:
            return row
    if incoming.reply_to is not None:
        card = card_book.by_message(work, incoming.chat_id, incoming.reply_to)
        if card is None or card.kind != notices.DRAFT:
            return None
        row_id = int(card.subject.partition("/")[2])
        return work.connection.execute(mine.where(announcements.c.id == row_id)).first()
    if not incoming.forwarded:
        return None
    together = mine.where(
        announcements.c.state == "draft", announcements.c.forwarded_at >= incoming.sent_at - BATCH
    )
    return work.connection.execute(together.order_by(announcements.c.id.desc())).first()
