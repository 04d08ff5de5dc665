"""The registration list: what is heard, in the order in which it is looked for, and who answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from bot.handlers import entries, people
from bot.handlers.hearing import Hearing
from bot.services.answering import Toast, nothing
from bot.texts import buttons

Handler = Callable[[Hearing], Awaitable[Toast]]

COMMANDS: Mapping[str, Handler] = {
    "start": people.start,
}

PRESSES: Mapping[str, Handler] = {
    "iknow": people.red_lines_read,
    "assign": entries.assign,
    "ack": entries.acknowledge,
    "ackall": entries.acknowledge_all,
    "which": entries.which,
    "close": entries.close,
    "undo": entries.undo,
    "reopen": entries.reopen,
}

WORDS: Mapping[str, Handler] = {}
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
            return await entries.message(here)
        case _:
            return await here.do(nothing)


async def _press(here: Hearing) -> Toast:
    try:
        press = buttons.parse(here.heard.data)
        handler = PRESSES[press.act]
    except (buttons.Unreadable, KeyError):
        await here.do(nothing)
        return Toast("refusals.old_button", alert=True)
    return await handler(here.with_press(press))
