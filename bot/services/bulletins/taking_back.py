"""撤销 within the minute, 撤下 within 48 hours (SPEC §6)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from bot.domain.bulletins import Stage
from bot.ledger import outbox as outbox_book
from bot.ledger.desk import Work
from bot.ledger.outbox import Kind, Priority
from bot.services.answering import Toast
from bot.services.bulletins import book, card, posting
from bot.services.bulletins.posting import DOWN, LEADERS, OWN, POSTED
from bot.services.outgoing import say
from bot.services.refusals import BulletinNotNow


def take_down(work: Work, bulletin_id: int, version: int) -> Toast:
    """「撤销」 within 60 s: nothing leaves. 「撤下」 within 48 h: the posts are deleted.

    Raises:
        BulletinNotNow: it is not out, or out for too long.
    """
    row = book.held(work, bulletin_id)
    book.fresh(row, version)
    if card.undoable(work, row):
        return undo(work, row)
    if Stage(row.state) is not Stage.PUBLISHED or row.published_at is None:
        raise BulletinNotNow(why="moved", state=row.state)
    if work.now > row.published_at + book.DOWN_WITHIN:
        raise BulletinNotNow(why="too_late", state=row.state)
    posting.close_waiting(work, row, POSTED, OWN, LEADERS)
    count = delete(work, row, posting.rows(work, row, POSTED))
    fresh = book.go(work, row, Stage.WITHDRAWN, "bulletin_withdrawn", withdrawn_at=work.now)
    _tell_readers(work, fresh)
    card.refresh(work, fresh)
    return Toast("bulletins.withdrawn_toast", {"count": count})


def undo(work: Work, row: Row[Any]) -> Toast:
    """What was pressed last is undone: 印发, with the 报送 that went with it, or 报送 alone."""
    printed = Stage(row.state) is Stage.PUBLISHED
    with_leaders = row.reported_at is not None and (not printed or row.reported_at == row.published_at)
    posting.close_waiting(work, row, POSTED, OWN, *((LEADERS,) if with_leaders else ()))
    reported = None if with_leaders else row.reported_at
    fresh = book.go(
        work, row, Stage.REPORTED if reported else Stage.APPROVED,
        "bulletin_unpublished" if printed else "bulletin_unreported", published_at=None, reported_at=reported,
    )  # fmt: skip
    card.refresh(work, fresh)
    return Toast("bulletins.undone_toast")


def delete(work: Work, row: Row[Any], rows: list[Any]) -> int:
    """Delete every message that arrived of these; gives how many."""
    found = posting.messages(rows)
    for one, chat_id, message in found:
        outbox_book.put(
            work, chat_id=chat_id, kind=Kind.DELETE, payload={"message_id": message},
            dedup=f"bulletin:{row.id}:{row.version}:{DOWN}:{one}:{message}",
        )  # fmt: skip
    return len(found)


def _tell_readers(work: Work, row: Row[Any]) -> None:
    """Who had it in private knows that it does not stand, without a sound."""
    had = {one.chat_id for one in posting.rows(work, row, LEADERS, OWN) if one.state == "sent"}
    for chat_id in sorted(had):
        say(
            work, chat_id, "bulletins.taken_down", card.named(work, row), silent=True,
            dedup=f"bulletin:{row.id}:{row.version}:told:{chat_id}", priority=Priority.REMINDER,
        )  # fmt: skip
