"""`kill -9` at any moment, by polling and by webhook: nothing is lost, nothing done twice."""

from __future__ import annotations

import asyncio
import os
import resource
import socket
import sys
from pathlib import Path

import pytest

from tests.kills.harness import Siege, siege


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


# starting over is what takes the time: the long run has both ways of hearing
@pytest.mark.parametrize("mode", ["polling", pytest.param("webhook", marks=pytest.mark.soak)])
async def test_a_few_kills_lose_nothing_and_double_nothing(tmp_path: Path, mode: str) -> None:
    port = free_port() if mode == "webhook" else 0
    async with Siege(tmp_path, seed=4, webhook_port=port, people=6) as besieged:
        figures = await siege(besieged, kills=3, updates=120, longest=1.2)

    assert figures.kills == 3 + 3
    assert figures.updates >= 120
    assert figures.broadcasts == 1
    assert figures.proofs > 0


async def test_a_clean_stop_and_a_kill_behind_it_lose_nothing(tmp_path: Path) -> None:
    async with Siege(tmp_path, seed=7, people=6) as besieged:
        besieged.write(120)
        await besieged.start()
        await besieged.server.wait_for(lambda: besieged.bot.queue.confirmed > 0, timeout=30)
        assert await besieged.stop() == 0
        await besieged.through()
        await besieged.kill()
        await besieged.through()
        assert await besieged.stop() == 0

        figures = besieged.balance()

    assert figures.doubled_messages == 0


@pytest.mark.soak
@pytest.mark.parametrize(("mode", "kills", "updates"), [("polling", 180, 13_000), ("webhook", 125, 8_000)])
async def test_three_hundred_kills_over_twenty_thousand_updates(
    tmp_path: Path, mode: str, kills: int, updates: int, capsys: pytest.CaptureFixture[str]
) -> None:
    share = float(os.environ.get("SOAK", "1"))
    port = free_port() if mode == "webhook" else 0
    async with Siege(tmp_path, seed=11, webhook_port=port) as besieged:
        figures = await siege(besieged, kills=round(kills * share), updates=round(updates * share))

    with capsys.disabled():
        sys.stdout.write(f"\nG3 {mode}: {figures}\n")


@pytest.mark.soak
async def test_a_bot_without_room_and_then_without_file_handles_loses_nothing_and_goes_on(
    tmp_path: Path,
) -> None:
    """The limits are the process's own: writing fails as on a full disk, opening as without handles."""
    async with Siege(tmp_path, seed=5, people=6) as besieged:
        await besieged.start()
        assert besieged.process is not None
        while not besieged._listens():
            await besieged.lives(0.05)
        for limit, most in (
            (resource.RLIMIT_FSIZE, (besieged.folder / "bot.db-wal").stat().st_size),  # database and photos
            (resource.RLIMIT_NOFILE, besieged.handles()),
        ):
            whole = resource.prlimit(besieged.process.pid, limit)
            resource.prlimit(besieged.process.pid, limit, (most, whole[1]))
            besieged.write(30)
            await besieged.lives(1.5)
            resource.prlimit(besieged.process.pid, limit, whole)
            besieged.write(10)
            await besieged.lives(0.5)
        async with asyncio.timeout(120):
            await besieged.server.acknowledged(besieged.bot, timeout=100)
            while not besieged._settled():
                await besieged.lives(0.1)
        assert await besieged.stop() == 0, besieged.tail()

        figures = besieged.balance()

    assert figures.updates >= 30 + 10 + 30 + 10
    assert "disk" in (tmp_path / "bot.log").read_text("utf-8", "replace")  # it said so
