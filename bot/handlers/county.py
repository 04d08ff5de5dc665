"""The county's side, heard: signing, answering, asking for time, passing on."""

from __future__ import annotations

from bot.delivery.hearing import Hearing
from bot.services.answering import Toast
from bot.services.counties import county, county_cards, deciding, loose, officers, onward, requests, townships

CARDS = county_cards.__name__
"""Imported for what it registers: what the county's cards show."""


async def acknowledge(here: Hearing) -> Toast:
    """「签收」."""
    press = here.pressed
    return await here.do(county.acknowledge, press.subject, press.version)


async def acknowledge_all(here: Hearing) -> Toast:
    """「全部签收」."""
    return await here.do(county.acknowledge_all)


async def answer(here: Hearing) -> Toast:
    """「反馈整改」."""
    press, heard = here.pressed, here.heard
    return await here.do(
        county.how_to_answer, press.subject, press.version, heard.sender_id, heard.pressed_message
    )


async def which(here: Hearing) -> Toast:
    """The entry that loose photos answer."""
    press = here.pressed
    return await here.do(loose.choose, press.subject, press.number())


async def not_this(here: Hearing) -> Toast:
    """「不是这条」."""
    return await here.do(loose.not_this, here.pressed.subject, here.heard.chat_id)


async def extend(here: Hearing) -> Toast:
    """「申请延期」."""
    press, heard = here.pressed, here.heard
    return await here.do(
        requests.choose_date, press.subject, press.version, heard.chat_id, heard.pressed_message
    )


async def extend_to(here: Hearing) -> Toast:
    """A new date."""
    press, heard = here.pressed, here.heard
    day = press.day()
    return await here.do(
        requests.ask_extension, press.subject, press.version, day, heard.chat_id, heard.pressed_message
    )


async def not_ours(here: Hearing) -> Toast:
    """「非本辖区」."""
    press, heard = here.pressed, here.heard
    return await here.do(
        requests.ask_not_ours, press.subject, press.version, heard.chat_id, heard.pressed_message
    )


async def unask(here: Hearing) -> Toast:
    """「撤销」 of a request."""
    return await here.do(deciding.withdraw, here.pressed.subject)


async def grant(here: Hearing) -> Toast:
    """「同意」."""
    return await here.do(deciding.grant, here.pressed.subject)


async def refuse(here: Hearing) -> Toast:
    """「不同意」「驳回」."""
    return await here.do(deciding.refuse, here.pressed.subject)


async def undecide(here: Hearing) -> Toast:
    """「撤销」 of a decision."""
    return await here.do(deciding.undo, here.pressed.subject)


async def regions(here: Hearing) -> Toast:
    """「改派」: the regions, opened or folded."""
    press, heard = here.pressed, here.heard
    panel = "regions" if press.version else None
    return await here.do(deciding.choose_region, press.subject, heard.chat_id, heard.pressed_message, panel)


async def move_to(here: Hearing) -> Toast:
    """The region that an entry goes to."""
    press = here.pressed
    names = [region.name for region in here.desk.world.campaign.regions]
    return await here.do(deciding.reassign, press.subject, names[press.number(len(names))])


async def fold(here: Hearing) -> Toast:
    """「返回」."""
    return await here.do(deciding.fold, here.pressed.subject, here.heard.chat_id, here.heard.pressed_message)


async def pass_on(here: Hearing) -> Toast:
    """「转乡镇」."""
    press, heard = here.pressed, here.heard
    return await here.do(townships.choose, press.subject, press.version, heard.chat_id, heard.pressed_message)


async def pass_to(here: Hearing) -> Toast:
    """The township that an entry is passed on to."""
    press = here.pressed
    return await here.do(townships.pass_on, press.subject, press.version, press.arg)


async def take_over(here: Hearing) -> Toast:
    """「收回自办」."""
    press = here.pressed
    return await here.do(townships.take_over, press.subject, press.version)


async def report(here: Hearing) -> Toast:
    """「审核上报」."""
    return await here.do(townships.report, here.pressed.subject)


async def send_back(here: Hearing) -> Toast:
    """「退回乡镇」."""
    return await here.do(townships.send_back, here.pressed.subject)


async def location(here: Hearing) -> Toast:
    """「位置」."""
    heard = here.heard
    return await here.do(onward.location, here.pressed.subject, heard.sender_id, heard.pressed_message)


async def forward(here: Hearing) -> Toast:
    """「转发版」."""
    return await here.do(onward.forward, here.pressed.subject, here.heard.sender_id)


async def set_officers(here: Hearing) -> Toast:
    """「责任人」."""
    press, heard = here.pressed, here.heard
    return await here.do(officers.ask, press.subject, press.version, heard.sender_id, heard.pressed_message)
