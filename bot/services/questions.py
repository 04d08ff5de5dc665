"""A question of the bot is a row in the ledger: answered by a reply, a tap, or the next plain text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, select, update

from bot.domain.captions import menu_word
from bot.ledger.desk import Work
from bot.ledger.tables import questions
from bot.services.incoming import Incoming
from bot.services.outgoing import Rows, say

Answer = Callable[[Work, Row[Any], Incoming], None]

ANSWERS: dict[str, Answer] = {}
"""Kind of question → what its answer does; each topic adds its own at import (see `answers`)."""


WITH_PHOTO: set[str] = set()
"""Kinds that a photo with words answers too, when it replies to the question."""


def answers(kind: str, *, photo: bool = False) -> Callable[[Answer], Answer]:
    """Register what the answer to a kind of question does; `photo`: a reply may bring one."""

    def register(function: Answer) -> Answer:
        ANSWERS[kind] = function
        if photo:
            WITH_PHOTO.add(kind)
        return function

    return register


def ask(
    work: Work,
    chat_id: int,
    kind: str,
    text: str,
    values: dict[str, Any] | None = None,
    *,
    subject: dict[str, Any] | None = None,
    telegram_id: int | None = None,
    buttons: Callable[[int], Rows] | Rows = (),
    reply_to: int | None = None,
    entry_id: int | None = None,
    stays: timedelta | None = None,
    protect: bool = False,
) -> int:
    """Ask a question in a chat; an older one of the same kind is replaced. Gives its id.

    `stays` is how long plain text answers it (default: ten minutes); a reply answers it at any time.
    `buttons` may be made from the question's id.
    """
    work.connection.execute(
        update(questions)
        .where(questions.c.chat_id == chat_id, questions.c.kind == kind, questions.c.state == "open")
        .values(state="replaced")
    )
    new_id = work.insert(
        questions,
        chat_id=chat_id,
        member_id=work.actor.member_id or None,
        telegram_id=telegram_id,
        kind=kind,
        subject=subject or {},
        asked_at=work.now,
        expires_at=work.now + (stays or work.world.rules.question_open),
    )
    question_id = new_id
    rows = buttons(question_id) if callable(buttons) else buttons
    say(
        work,
        chat_id,
        text,
        values,
        buttons=rows,
        reply_to=reply_to,
        entry_id=entry_id,
        question_id=question_id,
        protect=protect,
    )
    return question_id


def attach(work: Work, chat_id: int, message_id: int, kind: str, subject: dict[str, Any]) -> None:
    """Let a message that is there already be a question; an older one of the same kind is replaced."""
    drop(work, chat_id, kind)
    work.insert(
        questions,
        chat_id=chat_id,
        message_id=message_id,
        member_id=work.actor.member_id or None,
        kind=kind,
        subject=subject,
        asked_at=work.now,
        expires_at=work.now + work.world.rules.question_open,
    )


def get(work: Work, question_id: int) -> Row[Any] | None:
    """An open question by id."""
    return work.connection.execute(
        select(questions).where(questions.c.id == question_id, questions.c.state == "open")
    ).first()


def done(work: Work, question_id: int) -> None:
    """A question is answered: nothing answers it again."""
    work.connection.execute(update(questions).where(questions.c.id == question_id).values(state="answered"))


def drop(work: Work, chat_id: int, kind: str) -> None:
    """A question of a kind was settled another way: no text answers it any more."""
    work.connection.execute(
        update(questions)
        .where(questions.c.chat_id == chat_id, questions.c.kind == kind, questions.c.state == "open")
        .values(state="answered")
    )


def answer(work: Work, incoming: Incoming) -> bool:
    """Whether a plain text answered an open question: by a reply, or in private as the next text.

    Never a photo, a command or a menu word; of several open ones, the newest.
    """
    row = open_for(work, incoming)
    if row is None or menu_word(incoming.text, work.world.reader) is not None:
        return False
    done(work, row.id)
    ANSWERS[row.kind](work, row, incoming)
    return True


def answer_with_photo(work: Work, incoming: Incoming) -> bool:
    """Whether a photo that replies to a question which takes one answered it."""
    if incoming.reply_to is None or not incoming.has_photo:
        return False
    row = open_for(work, incoming)
    if row is None or row.kind not in WITH_PHOTO:
        return False
    done(work, row.id)
    ANSWERS[row.kind](work, row, incoming)
    return True


def open_for(work: Work, incoming: Incoming) -> Row[Any] | None:
    """The open question that a message would answer: the one it replies to, or in private the newest."""
    query = select(questions).where(questions.c.chat_id == incoming.chat_id, questions.c.state == "open")
    if incoming.reply_to is not None:
        return work.connection.execute(query.where(questions.c.message_id == incoming.reply_to)).first()
    return latest(work, incoming) if incoming.private else None


def latest(work: Work, incoming: Incoming) -> Row[Any] | None:
    """The newest question in a chat that plain text still answers."""
    return work.connection.execute(
        select(questions)
        .where(
            questions.c.chat_id == incoming.chat_id,
            questions.c.state == "open",
            questions.c.expires_at > work.now,
        )
        .order_by(questions.c.id.desc())
        .limit(1)
    ).first()
