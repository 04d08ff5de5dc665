"""Lists and single entries asked for in a chat: details go to the asker's private chat only."""

from __future__ import annotations

from bot.ledger.desk import Work
from bot.services.answering import Toast
from bot.services.finding import asking, many
from bot.services.looking import history as histories
from bot.services.looking import lists, reader
from bot.services.outgoing import say
from bot.services.refusals import NotUnderstood

IN_PRIVATE = "lists.in_private"


def show(work: Work, which: str, private: int, chat_id: int) -> None:
    """A list; asked for in a group it comes in private, and the group reads nothing of it (red line (a))."""
    lists.show(work, which, private)
    _point(work, private, chat_id)


def issue(work: Work, text: str, private: int, chat_id: int) -> None:
    """One entry by its number; without a number the ledger.

    Raises:
        NoSuchEntry: there is none, or none for this reader: the same words.
    """
    if not text.strip():
        lists.show(work, "ledger", private)
    else:
        reader.by_number(work, text, private)
    _point(work, private, chat_id)


def find(work: Work, text: str, private: int, chat_id: int) -> None:
    """`/find 王楼镇 垃圾`; asked for in a group it comes in private."""
    asking.find(work, text, private)
    _point(work, private, chat_id)


def _point(work: Work, private: int, chat_id: int) -> None:
    if private != chat_id:
        say(work, chat_id, IN_PRIVATE, silent=True)


def turn(work: Work, chat_id: int, message_id: int, words: str) -> None:
    """Another page or filter."""
    lists.turn(work, chat_id, message_id, words)


def pick(work: Work, chat_id: int, message_id: int, entry_id: int, version: int) -> None:
    """A number of a list, ticked or not."""
    many.pick(work, chat_id, message_id, entry_id, version)


def many_chosen(work: Work, chat_id: int, message_id: int, act: str) -> None:
    """What is to be done to those that are ticked."""
    many.choose(work, chat_id, message_id, act)


def do_many(work: Work, chat_id: int, message_id: int, arg: str) -> None:
    """It is done to each of them."""
    many.carry_out(work, chat_id, message_id, arg)


def opened(work: Work, entry_id: int, private: int) -> None:
    """An entry of a list, anew."""
    reader.opened(work, entry_id, private)


def history(work: Work, entry_id: int, page: str, private: int, chat_id: int, message_id: int) -> None:
    """「办理过程」, in reply to the card in a private chat."""
    histories.show(
        work,
        entry_id,
        private,
        int(page) if page.isdigit() else -1,
        reply_to=message_id if private == chat_id else None,
    )


def proposals(work: Work, private: int) -> Toast | None:
    """What waits for the actor's agreement, anew."""
    if not lists.seconds_waiting(work, private):
        raise NotUnderstood(hint="answered")
    return None
