"""Presses about the same problem 问题链: the offer on a receipt, pictures side by side, the chain."""

from __future__ import annotations

from bot.delivery.hearing import Hearing
from bot.services.answering import Toast
from bot.services.chain import linking, view
from bot.texts.buttons import Unreadable


async def alike(here: Hearing) -> Toast:
    """「同一问题(合并)」「反弹(关联)」「不是」."""
    press, heard = here.pressed, here.heard
    kind, _, other = press.arg.partition(".")
    if kind not in linking.KINDS or not other.isdecimal() or len(other) > 18:
        raise Unreadable(press.arg)
    return await here.do(
        linking.answer,
        press.subject,
        press.version,
        kind,
        int(other),
        heard.sender_id,
        heard.pressed_message,
    )


async def merge(here: Hearing) -> Toast:
    """「确认合并」."""
    press = here.pressed
    return await here.do(linking.merge, press.subject, press.version, press.number())


async def side_by_side(here: Hearing) -> Toast:
    """「并排看图」."""
    press = here.pressed
    return await here.do(view.show_pair, press.subject, press.number(), here.heard.sender_id)


async def chain(here: Hearing) -> Toast:
    """「问题链」."""
    return await here.do(view.show, here.pressed.subject, here.heard.sender_id)


async def link_to(here: Hearing) -> Toast:
    """「关联」."""
    press, heard = here.pressed, here.heard
    return await here.do(linking.ask_number, press.subject, heard.sender_id, heard.pressed_message)


async def unlink(here: Hearing) -> Toast:
    """「解除关联」."""
    press, heard = here.pressed, here.heard
    return await here.do(linking.ask_undo, press.subject, heard.sender_id, heard.pressed_message)
