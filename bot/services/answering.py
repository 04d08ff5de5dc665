"""One update, one transaction: the verb, its refusal's answer, and «done» in the inbox."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Concatenate, ParamSpec

from bot.domain.permissions import NOBODY
from bot.ledger import inbox, people
from bot.ledger.desk import Work
from bot.services.incoming import Incoming
from bot.services.outgoing import refresh_cards, say
from bot.services.people import door
from bot.services.refusals import NoSuchEntry, NotYours, Refusal

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Toast:
    """The words of an answered press: a key of the catalogue and its values, in the presser's language."""

    text: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    alert: bool = False
    url: str = ""
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """Whose update it is and where an answer goes."""

    update_id: int
    sender_id: int
    chat_id: int
    private: bool
    message: Incoming | None = None
    press: bool = False
    anybody: bool = False  # what is asked for may be asked by a stranger, too
    thread_id: int | None = None


QUIET = Toast()

AFTER: dict[type[Refusal], Callable[[Work, Incoming], None]] = {}
"""Refusal → what is done about the refused message beside the answer; each topic adds its own."""


def after(
    refusal: type[Refusal],
) -> Callable[[Callable[[Work, Incoming], None]], Callable[[Work, Incoming], None]]:
    """Register what is done, outside the undone verb, about a message that was so refused."""

    def register(function: Callable[[Work, Incoming], None]) -> Callable[[Work, Incoming], None]:
        AFTER[refusal] = function
        return function

    return register


def settle(
    work: Work,
    heading: Heading,
    verb: Callable[Concatenate[Work, P], Toast | None],
    *args: P.args,
    **kwargs: P.kwargs,
) -> Toast:
    """Run a verb for an update and mark the update done, in one transaction.

    A refusal undoes the verb's effects only; its answer is written, and the update is done all the
    same. Any other exception leaves the update pending.

    Raises:
        AlreadyDone: the update's effects are in the ledger.
    """
    toast = _settled(work, heading, verb, *args, **kwargs)
    if not heading.press:
        return toast
    member = people.by_telegram(work, heading.sender_id)
    return toast if member is None else replace(toast, language=member.language)


def _settled(
    work: Work,
    heading: Heading,
    verb: Callable[Concatenate[Work, P], Toast | None],
    *args: P.args,
    **kwargs: P.kwargs,
) -> Toast:
    work.update_id = heading.update_id
    work.topic = (heading.chat_id, heading.thread_id) if heading.thread_id else None
    inbox.finish(work, heading.update_id)
    work.actor = people.actor_of(work, heading.sender_id) if heading.sender_id else NOBODY
    if heading.private and (heading.message is not None or heading.press):
        door.heard_from(work, heading.chat_id)
    if not work.actor.grants and not heading.anybody:
        return _not_admitted(work, heading)
    try:
        with work.savepoint():
            return verb(work, *args, **kwargs) or QUIET
    except Refusal as refusal:
        return refused(work, heading, refusal)


def _not_admitted(work: Work, heading: Heading) -> Toast:
    if heading.press and not heading.private:
        return Toast("refusals.group_only", alert=True)
    if heading.press:
        return Toast("refusals.stranger", {"joining": bool(work.actor.member_id)}, alert=True)
    try:
        with work.savepoint():
            door.turn_away(work, heading.sender_id, heading.message)
    except Refusal as refusal:
        return refused(work, heading, refusal)
    return QUIET


def refused(work: Work, heading: Heading, refusal: Refusal) -> Toast:
    """Write a refusal's answer: a press is answered by a toast, a message by one line.

    In a group nothing but what every reader may know: the line goes to the sender's private chat,
    except where the sentence itself is the point (「暗访请私聊发送」).
    """
    values = dict(refusal.values)
    follow = AFTER.get(type(refusal))
    if follow is not None and heading.message is not None:
        follow(work, heading.message)
    if "entry" in values:
        refresh_cards(work, int(values["entry"]))
    if heading.press and not heading.private and isinstance(refusal, NotYours | NoSuchEntry):
        return Toast("refusals.group_only", alert=True)
    if heading.press:
        return Toast(refusal.key, values, alert=True)
    if values.get("told"):
        return QUIET  # another part of the same album has had the answer
    reply_to = heading.message.message_id if heading.message else None
    if heading.private or refusal.in_group:
        say(work, heading.chat_id, refusal.key, values, reply_to=reply_to)
    else:
        say(work, heading.sender_id, refusal.key, values)
    return QUIET


def nothing(work: Work) -> Toast | None:
    """An update that asks for nothing: it is done."""
    return None


def set_aside(work: Work, update_id: int, error: str, sender_id: int) -> None:
    """Set a poison update aside and tell its sender, in private (PERFORMANCE «Inbox»)."""
    if inbox.set_aside(work, update_id, error) and sender_id > 0:
        say(work, sender_id, "refusals.set_aside", dedup=f"aside:{update_id}")
