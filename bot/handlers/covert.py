"""暗访, identity, and the hand-over after a preview, heard: whatever is shown of it is shown in private."""

from __future__ import annotations

from bot.delivery.hearing import Hearing
from bot.domain.entries import Mode
from bot.services.answering import Toast
from bot.services.counties import county_photos
from bot.services.field import renumbering
from bot.services.offices import covert, handover


async def covert_on(here: Hearing) -> Toast:
    """The word 「暗访」: everything filed from now on is covert."""
    return await here.do(covert.switch, here.heard.chat_id, here.heard.private, True)


async def covert_off(here: Hearing) -> Toast:
    """The word 「明访」."""
    return await here.do(covert.switch, here.heard.chat_id, here.heard.private, False)


async def covert_mode(here: Hearing) -> Toast:
    """The same by a button."""
    return await here.do(covert.switch, here.heard.chat_id, here.heard.private, here.pressed.arg == "1")


async def identity(here: Hearing) -> Toast:
    """As whom an entry is filed: 「切换身份」, 「返回」, or a group."""
    press, heard = here.pressed, here.heard
    if press.arg in ("?", "-"):
        open_ = press.arg == "?"
        return await here.do(renumbering.ask, press.subject, heard.chat_id, heard.pressed_message, open_)
    return await here.do(renumbering.choose, press.subject, press.arg)


async def mode(here: Hearing) -> Toast:
    """「改为暗访」「改为明察」 on a receipt."""
    press = here.pressed
    return await here.do(renumbering.set_mode, press.subject, press.version, Mode(press.one_of(list(Mode))))


async def preview(here: Hearing) -> Toast:
    """「转交办」: what the county would see."""
    press = here.pressed
    return await here.do(handover.preview, press.subject, press.version, here.heard.sender_id)


async def unpreview(here: Hearing) -> Toast:
    """「取消」 on a preview."""
    return await here.do(handover.cancel, here.heard.chat_id, here.heard.pressed_message)


async def confirm(here: Hearing) -> Toast:
    """「确认转交办」."""
    press = here.pressed
    return await here.do(handover.confirm, press.subject, press.version, press.arg)


async def other_words(here: Hearing) -> Toast:
    """「改文字」."""
    return await here.do(handover.ask_words, here.pressed.subject, here.heard.sender_id)


async def take_words(here: Hearing) -> Toast:
    """The offered words are taken."""
    press = here.pressed
    return await here.do(handover.take_words, press.subject, press.version, here.heard.sender_id)


async def pass_check(here: Hearing) -> Toast:
    """「转区域组核查」: to the region's group, or a choice of groups."""
    press, heard = here.pressed, here.heard
    return await here.do(
        covert.pass_check, press.subject, press.version, press.arg, heard.chat_id, heard.pressed_message
    )


async def ask_identity(here: Hearing) -> Toast:
    """The word 「切换」."""
    return await here.do(covert.ask_identity, here.heard.chat_id, here.heard.private)


async def choose_identity(here: Hearing) -> Toast:
    """The day's identity."""
    return await here.do(covert.choose_identity, here.pressed.arg)


async def give_photo(here: Hearing) -> Toast:
    """「补充给县级」 under a photo that stayed inside."""
    return await here.do(county_photos.pressed, here.pressed.subject, here.pressed.number())
