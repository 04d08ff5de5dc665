"""The check by taps and words in a chat: which card was meant, what is asked next."""

from __future__ import annotations

from bot.domain.permissions import Action
from bot.ledger import entries as book
from bot.ledger.desk import Work
from bot.services import life, outgoing, questions
from bot.services.answering import Toast
from bot.services.checking import check, checkcard
from bot.services.incoming import Incoming
from bot.services.looking import lists
from bot.services.refusals import NotUnderstood, NotYours


def send_back(
    work: Work, entry_id: int, version: int, reason: str, chat_id: int, message_id: int
) -> Toast | None:
    """「退回」: the first tap opens the reasons on the card, the second sends back."""
    if reason == "other":
        check.ask_reason(work, entry_id, version, chat_id, message_id)
        return None
    if reason:
        return check.send_back(work, entry_id, version, reason)
    row = check.to_return(work, entry_id, version)
    if not outgoing.open_panel(work, chat_id, message_id, "return"):
        outgoing.say(
            work,
            chat_id,
            "check.which_return",
            {"number": row.number},
            buttons=checkcard.return_buttons(row)[:-1],
            reply_to=message_id,
            entry_id=row.id,
        )
    return None


def close(work: Work, incoming: Incoming) -> Toast | None:
    """「销号」 in reply to a message about an entry closes it; without a reply it shows what waits."""
    entry_id = book.by_message(work, incoming.chat_id, incoming.reply_to) if incoming.reply_to else None
    if entry_id is None:
        lists.show(work, "check", incoming.sender_id)
        return None
    toast = check.close(work, entry_id)
    row = life.load(work, entry_id, Action.SEE)
    outgoing.say(
        work,
        incoming.sender_id,
        toast.text,
        toast.values,
        buttons=((life.undo_button(row),),),
        reply_to=incoming.message_id if incoming.private else None,
        entry_id=entry_id,
    )
    return None


def no_answer(work: Work, question_id: int) -> Toast | None:
    """「取消」 of a question: nothing answers it any more.

    Raises:
        NotUnderstood: it has been answered.
        NotYours: it was asked of somebody else.
    """
    question = questions.get(work, question_id)
    if question is None:
        raise NotUnderstood(hint="answered")
    if question.member_id != work.actor.member_id:
        raise NotYours
    questions.done(work, question_id)
    return Toast("check.cancelled_toast")
