"""The door: who has no role is answered here, before anything else is asked (SPEC §1 «Joining»)."""

from __future__ import annotations

from sqlalchemy import bindparam, update

from bot.ledger import people
from bot.ledger.desk import Work
from bot.ledger.prepared import Prepared
from bot.ledger.tables import chats
from bot.services import questions
from bot.services.incoming import Incoming
from bot.services.people import joining
from bot.services.refusals import AnonymousAdmin, CovertInGroup

_heard_from = Prepared(
    update(chats)
    .where(chats.c.id == bindparam("chat"), chats.c.unreachable_at.is_not(None))
    .values(unreachable_at=None, unreachable_why=None, heard_at=bindparam("now"))
)


def heard_from(work: Work, chat_id: int) -> None:
    """A private chat was heard from: it can be reached again."""
    _heard_from.run(work, chat=chat_id, now=work.now)


def turn_away(work: Work, sender_id: int, incoming: Incoming | None) -> None:
    """Answer a message of somebody without a role.

    In groups and channels silence; in private a newcomer goes on joining, everybody else gets one
    polite line a day.

    Raises:
        AnonymousAdmin: the group itself spoke to the bot: nobody knows who it was.
        CovertInGroup: it told there what was found covertly.
    """
    if incoming is None:
        return
    if incoming.anonymous:
        words = work.world.reader.words
        if not incoming.edited and words.is_covert_report(incoming.text, photo=incoming.has_photo):
            raise CovertInGroup
        if not incoming.edited and _meant_for_us(work, incoming):
            raise AnonymousAdmin
        return
    if not incoming.private or incoming.edited:
        return
    if work.actor.member_id:
        if incoming.text and not incoming.attachments and questions.answer(work, incoming):
            return
        joining.go_on(work, sender_id, work.actor.member_id)
        return
    joining.stranger(work, sender_id)


def _meant_for_us(work: Work, incoming: Incoming) -> bool:
    chat = people.chat(work, incoming.chat_id)
    if chat is None or (chat.group_key is None and chat.region is None):
        return incoming.text.startswith("/bind")
    wanted = chat.every_photo and incoming.has_photo and incoming.text
    return bool(incoming.tagged or wanted or incoming.text.startswith("/"))
