"""通知 of an office: heard."""

from __future__ import annotations

from bot.delivery.hearing import Hearing
from bot.services.announcing import notices
from bot.services.answering import Toast, nothing


async def begin(here: Hearing) -> Toast:
    """「通知」; in a group it is talk among people."""
    if not here.heard.private:
        return await here.do(nothing)
    return await here.do(notices.begin, here.heard.chat_id)


async def pick(here: Hearing) -> Toast:
    """A region or group, or all of them."""
    return await here.do(notices.pick, here.pressed.subject, here.pressed.arg)


async def send(here: Hearing) -> Toast:
    """「发出」."""
    return await here.do(notices.send, here.pressed.subject)


async def cancel(here: Hearing) -> Toast:
    """「取消」."""
    return await here.do(notices.cancel, here.pressed.subject)


async def received(here: Hearing) -> Toast:
    """「收到」."""
    return await here.do(notices.receive, here.pressed.subject, here.pressed.arg)
