"""After the assignment: 催办, 督办通知, 回头看, heard."""

from __future__ import annotations

from bot.delivery.hearing import Hearing
from bot.services.answering import Toast
from bot.services.followup import urging


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
