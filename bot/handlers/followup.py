"""After the assignment: 催办, 督办通知, 回头看, heard."""

from __future__ import annotations

from bot.delivery.hearing import Hearing
from bot.services import faces
from bot.services.answering import Toast
from bot.services.followup import lookback, notices, urging


async def urge(here: Hearing) -> Toast:
    """「催办」."""
    press = here.pressed
    return await here.do(urging.urge, press.subject, press.version)


async def urge_region(here: Hearing) -> Toast:
    """「催办延津县(3)」."""
    press = here.pressed
    return await here.do(urging.urge_region, press.number(len(here.desk.world.campaign.regions)))


async def urge_by_word(here: Hearing) -> Toast:
    """「催办」「催一下」, typed."""
    assert here.heard.message is not None
    return await here.do(urging.by_word, here.heard.message)


async def slip(here: Hearing) -> Toast:
    """「交办单」."""
    press, heard = here.pressed, here.heard
    reply_to = heard.pressed_message if heard.private else None
    return await here.do(notices.slip, press.subject, heard.sender_id, reply_to)


async def look_back(here: Hearing) -> Toast:
    """「回头看」, typed."""
    return await here.do(lookback.show, here.heard.sender_id)


async def look_turn(here: Hearing) -> Toast:
    """Another face of 「回头看」."""
    heard = here.heard
    return await here.do(faces.turn, heard.chat_id, heard.pressed_message, here.pressed.arg[:24])
