"""Lists, one entry by its number, and its history: always answered in private."""

from __future__ import annotations

from bot.delivery.hearing import Hearing
from bot.domain.finding import asked_for
from bot.services.answering import Toast
from bot.services.looking import listwords


async def my(here: Hearing) -> Toast:
    """`/my`, 「我的」."""
    return await here.do(listwords.show, "my", here.heard.sender_id, here.heard.chat_id)


async def todo(here: Hearing) -> Toast:
    """`/todo`, 「待办」."""
    return await here.do(listwords.show, "todo", here.heard.sender_id, here.heard.chat_id)


async def to_check(here: Hearing) -> Toast:
    """「待核查」."""
    return await here.do(listwords.show, "check", here.heard.sender_id, here.heard.chat_id)


async def ledger(here: Hearing) -> Toast:
    """`/ledger`, 「台账」."""
    return await here.do(listwords.show, "ledger", here.heard.sender_id, here.heard.chat_id)


async def find(here: Hearing) -> Toast:
    """`/find WORDS`, 「查找」 with words or without."""
    heard = here.heard
    words = heard.args
    if not heard.command and heard.message is not None:
        words = asked_for(heard.message.text) or ""
    return await here.do(listwords.find, words, heard.sender_id, heard.chat_id)


async def issue(here: Hearing) -> Toast:
    """`/issue NUMBER`."""
    return await here.do(listwords.issue, here.heard.args, here.heard.sender_id, here.heard.chat_id)


async def turn(here: Hearing) -> Toast:
    """A page, or a filter, of a list."""
    heard = here.heard
    return await here.do(listwords.turn, heard.chat_id, heard.pressed_message, here.pressed.arg)


async def pick(here: Hearing) -> Toast:
    """A number of a list, ticked or not."""
    press, heard = here.pressed, here.heard
    return await here.do(listwords.pick, heard.chat_id, heard.pressed_message, press.subject, press.version)


async def many(here: Hearing) -> Toast:
    """What is to be done to those that are ticked."""
    heard = here.heard
    return await here.do(listwords.many_chosen, heard.chat_id, heard.pressed_message, here.pressed.arg)


async def do_many(here: Hearing) -> Toast:
    """「确认」: it is done to each of them."""
    heard = here.heard
    return await here.do(listwords.do_many, heard.chat_id, heard.pressed_message, here.pressed.arg)


async def opened(here: Hearing) -> Toast:
    """An entry chosen from a list."""
    return await here.do(listwords.opened, here.pressed.subject, here.heard.sender_id)


async def history(here: Hearing) -> Toast:
    """「办理过程」."""
    press, heard = here.pressed, here.heard
    return await here.do(
        listwords.history, press.subject, press.arg, heard.sender_id, heard.chat_id, heard.pressed_message
    )


async def proposals(here: Hearing) -> Toast:
    """What waits for the presser's agreement."""
    return await here.do(listwords.proposals, here.heard.sender_id)
