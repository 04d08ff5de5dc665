"""What a verb says: messages and cards, written into the outbox in the verb's own transaction."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update

from bot.ledger import cards as card_book
from bot.ledger import outbox as book
from bot.ledger.desk import Work
from bot.ledger.outbox import Kind, Priority
from bot.ledger.tables import cards


@dataclass(frozen=True, slots=True)
class Button:
    """One inline button.

    `label` is a key of the catalogue's `buttons` topic (`group/key` of another; `✓` ahead ticks it, `✕`
    takes it off), `values` its values; `text` overrides it with literal words (a place's name). A press
    carries action, subject, version and argument in at most 64 bytes; `url` buttons open a link instead.
    """

    label: str
    act: str = ""
    subject: int = 0
    version: int = 0
    arg: str = ""
    text: str = ""
    url: str = ""
    values: dict[str, Any] = field(default_factory=dict)


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture to be composed when the message is sent.

    `make`: `sheet` (before-photos as a contact sheet), `pair` (before and after), `photo` (one
    clean copy), `qr`. `key` changes when the picture would look different.
    """

    make: str
    key: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class File:
    """A document to be made when the message is sent: `make` names the maker, `values` its input.

    Without a maker it is one that Telegram has already, by the `file_id` in `values`.
    `otherwise`: the text, with the message's values, that goes out where it could not be made.
    """

    make: str
    name: str
    values: dict[str, Any] = field(default_factory=dict)
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a card shows now, for its reader: rendered by `texts`, drawn by `documents`."""

    text: str
    values: dict[str, Any]
    buttons: Rows = ()
    picture: Picture | None = None
    silent: bool = False
    protect: bool = False
    reply_to: int | None = None


def gone(card: Row[Any], text: str, values: dict[str, Any]) -> Shown | None:
    """The last words of a card whose reader may see its subject no more; None where nothing was sent.

    What was shown is covered by an edit; a message is never opened to say that there is nothing to say.
    """
    return None if card.message_id is None else Shown(text, values)


def say(
    work: Work,
    chat_id: int,
    text: str,
    values: dict[str, Any] | None = None,
    *,
    buttons: Rows = (),
    reply_to: int | None = None,
    priority: Priority = Priority.REPLY,
    dedup: str | None = None,
    entry_id: int | None = None,
    question_id: int | None = None,
    silent: bool = False,
    loud: bool = False,
    protect: bool = False,
    picture: Picture | None = None,
    file: File | None = None,
    keyboard: list[list[str]] | None = None,
    not_before: datetime | None = None,
    secret: bool = False,
    location: tuple[float, float] | None = None,
    force_reply: bool = False,
) -> bool:
    """Write one message into the outbox, rendered later from the values given now.

    `text` is a key of the catalogue; `values` hold JSON values. `keyboard` shows a reply keyboard of
    label keys, an empty list takes it away; `force_reply` opens the reader's reply to it; `location`
    (latitude, longitude) is sent as a pin, in place of the words. What is `secret` (a link that lets
    somebody in) is kept until it is sent and no longer. False when `dedup` was there already.
    """
    payload: dict[str, Any] = {"text": text, "values": values or {}}
    if buttons:
        payload["buttons"] = [[button_values(button) for button in row] for row in buttons]
    for key, value in (
        ("reply_to", reply_to),
        ("location", list(location) if location else None),
        ("force_reply", force_reply or None),
        ("question", question_id),
        ("silent", silent or None),
        ("loud", loud or None),
        ("secret", secret or None),
        ("protect", protect or None),
        ("keyboard", keyboard),
        ("thread", _thread(work, chat_id)),
        ("picture", _made(picture) if picture else None),
        ("file", _made(file) if file else None),
    ):
        if value is not None:
            payload[key] = value
    return book.put(
        work,
        chat_id=chat_id,
        kind=Kind.TEXT,
        payload=payload,
        priority=priority,
        dedup=dedup,
        entry_id=entry_id,
        not_before=not_before,
    )


def _made(what: Picture | File) -> dict[str, Any]:
    """A picture or document as a payload keeps it; `asdict` would copy its values one by one."""
    return {name: getattr(what, name) for name in _FIELDS[type(what)]}


_FIELDS = {kind: tuple(one.name for one in fields(kind)) for kind in (Picture, File)}


def _thread(work: Work, chat_id: int) -> int | None:
    """The topic that what is said in a chat belongs to: the one that was heard there."""
    return work.topic[1] if work.topic is not None and work.topic[0] == chat_id else None


_BUTTON = tuple(one.name for one in fields(Button))


def button_values(button: Button) -> dict[str, Any]:
    """A button as a message's payload keeps it: without what is empty."""
    return {name: value for name in _BUTTON if (value := getattr(button, name))}


def show_card(
    work: Work,
    chat_id: int,
    kind: str,
    *,
    subject: str,
    entry_id: int | None = None,
    member_id: int | None = None,
    priority: Priority = Priority.REPLY,
    not_before: datetime | None = None,
) -> int:
    """Create a card in a chat, or raise what it should show; returns the card's id.

    `not_before` puts the message off (an album's parts are still coming); a later call moves it.
    """
    row = card_book.known(work, chat_id, subject, kind)
    if row is None:
        new_id = work.insert(
            cards,
            chat_id=chat_id,
            subject=subject,
            kind=kind,
            entry_id=entry_id,
            member_id=member_id,
            wanted=1,
            thread_id=_thread(work, chat_id),
        )
        card_id, wanted = new_id, 1
    else:
        card_id, wanted = row.id, row.wanted + 1
        card_book.want(work, card_id, wanted)
    book.put_card(work, card_id, chat_id, wanted, entry_id, priority, not_before, fresh=row is None)
    return card_id


def new_card(work: Work, chat_id: int, kind: str, *, subject: str, **rest: Any) -> int:
    """Show a card as a new message: the old one, if any, is no longer edited."""
    work.connection.execute(
        update(cards)
        .where(cards.c.chat_id == chat_id, cards.c.subject == subject, cards.c.kind == kind)
        .values(message_id=None, shown=0, picture=None, with_picture=False, panel=None)
    )
    return show_card(work, chat_id, kind, subject=subject, **rest)


def take_back(work: Work, entry_id: int, *kinds: str) -> None:
    """Delete the messages that show some cards of an entry; shown again, they are new messages."""
    for row in work.connection.execute(
        select(cards.c.id, cards.c.chat_id, cards.c.message_id).where(
            cards.c.entry_id == entry_id, cards.c.kind.in_(kinds), cards.c.message_id.is_not(None)
        )
    ).all():
        book.put(work, chat_id=row.chat_id, kind=Kind.DELETE, payload={"message_id": row.message_id})
        work.connection.execute(
            update(cards)
            .where(cards.c.id == row.id)
            .values(message_id=None, shown=0, picture=None, with_picture=False, panel=None)
        )


def refresh_cards(work: Work, entry_id: int, *, kinds: tuple[str, ...] | None = None) -> None:
    """Raise every card of an entry, so that each shows what stands now."""
    for row in card_book.of_entry(work, entry_id):
        if kinds is not None and row.kind not in kinds:
            continue
        card_book.want(work, row.id, row.wanted + 1)
        book.put_card(work, row.id, row.chat_id, row.wanted + 1, entry_id, Priority.REPLY, keep_pace=True)


def open_panel(work: Work, chat_id: int, message_id: int, panel: str | None) -> bool:
    """Open another face of the card that a message shows: its reasons, a page; None closes it.

    False when the message shows no card any more: it was sent anew since.
    """
    row = work.connection.execute(
        select(cards).where(cards.c.chat_id == chat_id, cards.c.message_id == message_id)
    ).first()
    if row is None:
        return False
    work.connection.execute(
        update(cards).where(cards.c.id == row.id).values(panel=panel, wanted=row.wanted + 1)
    )
    book.put_card(work, row.id, chat_id, row.wanted + 1, row.entry_id, Priority.REPLY, keep_pace=True)
    return True


def close_panels(work: Work, entry_id: int) -> None:
    """An entry moved: what its cards' readers had opened is closed."""
    card_book.close_panels(work, entry_id)
