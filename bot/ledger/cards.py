"""Cards, what is edited later: readings, and the version that is wanted."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, bindparam, select, update

from bot.ledger.desk import Work
from bot.ledger.prepared import Prepared
from bot.ledger.tables import cards

_get = Prepared(select(cards).where(cards.c.id == bindparam("id")))


def get(work: Work, card_id: int) -> Row[Any] | None:
    """A card's row."""
    found: Row[Any] | None = _get.first(work, id=card_id)
    return found


_known = Prepared(
    select(cards.c.id, cards.c.wanted).where(
        cards.c.chat_id == bindparam("chat"),
        cards.c.subject == bindparam("of"),
        cards.c.kind == bindparam("sort"),
    )
)
_of_entry = Prepared(
    select(cards.c.id, cards.c.chat_id, cards.c.kind, cards.c.wanted).where(
        cards.c.entry_id == bindparam("entry")
    )
)
_want = Prepared(update(cards).where(cards.c.id == bindparam("card")).values(wanted=bindparam("version")))
_close_panels = Prepared(
    update(cards).where(cards.c.entry_id == bindparam("entry"), cards.c.panel.is_not(None)).values(panel=None)
)


def known(work: Work, chat_id: int, subject: str, kind: str) -> Any:
    """Id and wanted version of a card in a chat, None where there is none."""
    return _known.first(work, chat=chat_id, of=subject, sort=kind)


def of_entry(work: Work, entry_id: int) -> list[Any]:
    """Id, chat, kind and wanted version of every card of an entry."""
    return _of_entry.all(work, entry=entry_id)


def want(work: Work, card_id: int, version: int) -> None:
    """Raise what a card should show."""
    _want.run(work, card=card_id, version=version)


def close_panels(work: Work, entry_id: int) -> None:
    """Close what readers have opened on an entry's cards."""
    _close_panels.run(work, entry=entry_id)


def message_of(work: Work, chat_id: int, subject: str, kind: str) -> int | None:
    """The message that shows a card in a chat."""
    found: int | None = work.connection.execute(
        select(cards.c.message_id).where(
            cards.c.chat_id == chat_id, cards.c.subject == subject, cards.c.kind == kind
        )
    ).scalar()
    return found


_by_message = Prepared(
    select(cards).where(cards.c.chat_id == bindparam("chat"), cards.c.message_id == bindparam("message"))
)


def by_message(work: Work, chat_id: int, message_id: int) -> Row[Any] | None:
    """The card that a message shows."""
    found: Row[Any] | None = _by_message.first(work, chat=chat_id, message=message_id)
    return found
