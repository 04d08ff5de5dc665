"""A bot that is watched: what monitors read, and what admins hear while nothing can be written down."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp

from bot.domain.permissions import Role
from bot.ledger.desk import LedgerUnavailable
from bot.services.operating import keeping
from tests.drawn import photo
from tests.town.town import TOKEN, Town


async def get(url: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return answer.status, await answer.text()


def number(page: str, name: str) -> float:
    found = re.search(rf"(?m)^{re.escape(name)} (\S+)$", page)
    assert found is not None, name
    return float(found[1])


async def test_monitors_read_queues_ages_outcomes_clock_ledger_backup_and_disks(tmp_path: Path) -> None:
    async with Town(tmp_path, BOT_SERVER__LISTEN="127.0.0.1:0") as town:
        inspector = await town.join("李甲", Role.INSPECTOR, group="county/1")
        inspector.sends_photo(town.bot, photo(seed=1), caption="延津县王楼镇任庄村村口垃圾堆")
        await town.settle()
        await town.app.parts.desk.do(keeping.backed_up, town.clock.now(), "a.db", {})
        town.clock.advance(timedelta(minutes=2))
        await town.app.watch.note()
        url = town.app._served[-1].url

        alive, ready, page = [await get(f"{url}/{name}") for name in ("healthz", "readyz", "metrics")]

        assert alive == (200, "ok\n")
        assert ready[0] == 200, ready[1]
        for queue in ("inbox", "outbox", "photos"):
            assert number(page[1], f'bot_queue_length{{queue="{queue}"}}') >= 0
            assert number(page[1], f'bot_queue_age_seconds{{queue="{queue}"}}') >= 0
        assert number(page[1], 'bot_updates_total{outcome="done"}') == town.app.parts.receiver.handled > 0
        assert number(page[1], 'bot_sends_total{outcome="sent"}') == town.app.parts.sender.sent > 0
        assert number(page[1], "bot_beats") == 1
        assert number(page[1], "bot_update_age_seconds") == 120
        assert number(page[1], "bot_backup_age_seconds") == 120
        assert number(page[1], "bot_ledger_writable") == 1
        assert number(page[1], "bot_ledger_bytes") > 0
        assert number(page[1], 'bot_disk_free_bytes{holds="database"}') > 0
        # nothing of people or entries
        for word in ("李甲", "延津", "任庄", "县1-", str(inspector.id), TOKEN):
            assert word not in page[1] + ready[1]


async def test_while_nothing_can_be_written_the_admin_is_told_past_the_outbox_and_once(town: Town) -> None:
    admin = await town.join("管", Role.ADMIN)
    await town.app.watch.note()
    before = len(admin.chat(town.bot).messages)
    full = LedgerUnavailable("database or disk is full")

    await town.app.watch.ledger_failed(full)
    await town.app.watch.ledger_failed(full)
    wrong = {name: check() for name, check in town.app.watch.wrong().items()}
    town.clock.advance(timedelta(minutes=10))
    await town.app.watch.note()
    await town.settle()

    told: list[Any] = [message.text for message in admin.chat(town.bot).messages[before:]]
    assert len(told) == 2
    assert "数据库写不进去" in told[0]
    assert "磁盘满了" in told[0]
    assert "数据库恢复了：4月12日(周五)09:00 至 4月12日(周五)09:10" in told[1]
    assert wrong["ledger"]
    assert town.app.watch.wrong()["ledger"]() is None


async def test_a_disk_that_fills_is_told_before_it_is_full(town: Town) -> None:
    admin = await town.join("管", Role.ADMIN)
    town.app.watch._free = lambda _folder: (300_000_000, 40_000_000_000)

    await town.app.watch.look()
    await town.app.watch.look()
    await town.settle()

    assert sum("磁盘快满了" in (message.text or "") for message in admin.chat(town.bot).messages) == 1
