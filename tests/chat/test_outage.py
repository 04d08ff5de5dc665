"""The bot was away for longer than Telegram keeps messages."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.permissions import Role
from tests.town.town import Town


async def test_everybody_hears_once_from_when_to_when_messages_may_be_missing(town: Town) -> None:
    inspector = await town.join("李甲", Role.INSPECTOR, group="county/1")
    await town.passes(seconds=61)

    await town.stop_bot()
    town.clock.advance(timedelta(hours=30))
    await town.start_bot()
    inspector.sends(town.bot, "帮助")
    await town.settle()
    await town.passes(seconds=1)
    await town.passes(minutes=5)

    said = [m.text for m in inspector.chat(town.bot).messages if m.by_bot and "连不上 Telegram" in m.text]
    assert len(said) == 1
    assert "4月12日(周五)09:01 至 4月13日(周六)15:01" in said[0]


async def test_a_clock_that_is_moved_on_is_no_outage(town: Town) -> None:
    inspector = await town.join("李甲", Role.INSPECTOR, group="county/1")
    await town.passes(seconds=61)

    await town.passes(days=5)

    assert not any("连不上" in (m.text or "") for m in inspector.chat(town.bot).messages)
