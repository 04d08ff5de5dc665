"""The registration list: what is heard, in the order in which it is looked for, and who answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from bot.domain.captions import menu_word
from bot.handlers import check, covert, entries, lists, office, people
from bot.handlers.hearing import Hearing
from bot.services.answering import Toast, nothing
from bot.texts import buttons

Handler = Callable[[Hearing], Awaitable[Toast]]

COMMANDS: Mapping[str, Handler] = {
    "start": people.start,
    "my": lists.my,
    "todo": lists.todo,
    "ledger": lists.ledger,
    "issue": lists.issue,
}

PRESSES: Mapping[str, Handler] = {
    "iknow": people.red_lines_read,
    "assign": entries.assign,
    "ack": entries.acknowledge,
    "ackall": entries.acknowledge_all,
    "which": entries.which,
    "close": check.close,
    "return": check.send_back,
    "undo": check.undo,
    "reopen": check.reopen,
    "fixed": check.fix,
    "filed": check.which_photo,
    "noanswer": check.no_answer,
    "panel": office.panel,
    "void": office.void,
    "defer": office.defer,
    "resume": office.resume,
    "reassign": office.reassign,
    "agree": office.agree,
    "disagree": office.disagree,
    "unpropose": office.take_back,
    "proposals": lists.proposals,
    "list": lists.turn,
    "open": lists.opened,
    "history": lists.history,
    "tocheck": lists.to_check,
    "covertmode": covert.covert_mode,
    "identity": covert.identity,
    "mode": covert.mode,
    "preview": covert.preview,
    "unpreview": covert.unpreview,
    "handover": covert.confirm,
    "ctext": covert.other_words,
    "ctake": covert.take_words,
    "passcheck": covert.pass_check,
}

WORDS: Mapping[str, Handler] = {
    "我的": lists.my,
    "待办": lists.todo,
    "待核查": lists.to_check,
    "台账": lists.ledger,
    "销号": check.close_by_word,
    "暗访": covert.covert_on,
    "明访": covert.covert_off,
}
"""Menu words (their usual form) → who answers: no job needs a typed command."""


async def dispatch(here: Hearing) -> Toast:
    """Find who answers; an update that asks for nothing is done all the same."""
    heard = here.heard
    match heard.kind:
        case "press":
            return await _press(here)
        case "message" if heard.command:
            return await COMMANDS.get(heard.command, entries.message)(here)
        case "message":
            return await (_by_word(here) or entries.message)(here)
        case _:
            return await here.do(nothing)


def _by_word(here: Hearing) -> Handler | None:
    """Who answers a menu word; a word that nobody answers is a message like any other."""
    message = here.heard.message
    if message is None or message.attachments or not message.text:
        return None
    word = menu_word(message.text, here.desk.world.reader) or here.catalogue.menu_word(message.text)
    return WORDS.get(word) if word else None


async def _press(here: Hearing) -> Toast:
    try:
        press = buttons.parse(here.heard.data)
        handler = PRESSES[press.act]
    except (buttons.Unreadable, KeyError):
        await here.do(nothing)
        return Toast("refusals.old_button", alert=True)
    return await handler(here.with_press(press))
