"""Other sources, and what a city leader handed over, heard."""

from __future__ import annotations

from bot.delivery.hearing import Hearing
from bot.domain.entries import Source
from bot.services.answering import Toast
from bot.services.offices import handed, sources


async def begin(here: Hearing) -> Toast:
    """「登记来源问题」."""
    return await here.do(sources.begin, here.heard.sender_id)


async def choose(here: Hearing) -> Toast:
    """A source."""
    return await here.do(sources.choose, here.heard.sender_id, here.pressed.one_of(list(Source)))


async def to_group(here: Hearing) -> Toast:
    """「转督查组核实」."""
    press, heard = here.pressed, here.heard
    return await here.do(
        sources.to_group, press.subject, press.version, press.arg, heard.chat_id, heard.pressed_message
    )


async def nothing_found(here: Hearing) -> Toast:
    """「未发现问题」."""
    press = here.pressed
    return await here.do(sources.nothing_found, press.subject, press.version)


async def take_on(here: Hearing) -> Toast:
    """「我来办」."""
    return await here.do(handed.take_on, here.pressed.subject)


async def other_office(here: Hearing) -> Toast:
    """「转另一攻坚办」."""
    return await here.do(handed.other_office, here.pressed.subject)


async def no_need(here: Hearing) -> Toast:
    """「无需登记」."""
    return await here.do(handed.drop, here.pressed.subject)


async def file(here: Hearing) -> Toast:
    """The region of what a leader handed over."""
    press = here.pressed
    return await here.do(handed.file, press.subject, press.number(below=100), here.heard.sender_id)


async def regions(here: Hearing) -> Toast:
    """「换县(市、区)」."""
    heard = here.heard
    return await here.do(handed.regions_panel, here.pressed.subject, heard.chat_id, heard.pressed_message)


async def originals(here: Hearing) -> Toast:
    """「看原件」."""
    return await here.do(handed.originals, here.pressed.subject, here.heard.sender_id)
