"""G5: taking updates in, durably, against python-telegram-bot's polling that keeps them in memory.

Each run is a fresh process. CPU: a backlog is taken in, each update stored before the next is asked for.
Memory: 100,000 updates wait while nothing is worked off.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.chain import cpu, members_joined, standing_clock
from bench.ratio import row
from bench.standin import TOKEN, feed, standing_in

CHATS = 256
BACKLOG = 20_000
WAITING = 100_000


def main(rounds: int = 5) -> None:
    """Print the lines of the table."""
    spent: dict[str, list[float]] = {"library": [], "inbox": []}
    for _ in range(rounds):
        for name, found in spent.items():
            found.append(measured(name, BACKLOG)["ms"])
    cost = {name: statistics.median(found) for name, found in spent.items()}
    note = f"({cost['inbox']:.3f} ms against {cost['library']:.3f})"
    print(
        row(
            "G5",
            f"an update taken in and stored / kept in memory {note}",
            cost["inbox"] / cost["library"],
            1.05,
        )
    )
    usual = measured("library", WAITING)["mb"]
    ours = measured("waiting", WAITING)["mb"]
    print(row("G5", f"memory while 100,000 updates wait (the usual way: {usual:.0f} MB)", ours, 20, " MB"))


def measured(name: str, updates: int) -> dict[str, float]:
    """One run in a fresh process, with a stand-in of its own."""
    with standing_in() as url:
        command = [sys.executable, "-m", "bench.receiving", name, url, str(updates)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    if done.returncode:
        raise RuntimeError(done.stderr)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def resident() -> float:
    """Megabytes in use now."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise LookupError("VmRSS")


async def until(done: Callable[[], bool]) -> None:
    """Look again and again: nothing tells."""
    loop = asyncio.get_running_loop()
    while not done():
        rest = loop.create_future()
        loop.call_later(0.02, rest.set_result, None)
        await rest


async def library(url: str, updates: int) -> dict[str, float]:
    """python-telegram-bot's updater, its queue not worked off."""
    from telegram.ext import Application

    application = (
        Application.builder().token(TOKEN).base_url(f"{url}/bot").base_file_url(f"{url}/file/bot").build()
    )
    assert application.updater is not None
    async with application.updater:
        memory, before = resident(), cpu()
        await feed(url, updates, CHATS, "text")
        await application.updater.start_polling()
        await until(lambda: application.update_queue.qsize() >= updates)
        found = {"ms": (cpu() - before) / updates * 1000, "mb": resident() - memory}
        await application.updater.stop()
    return found


async def inbox(url: str, updates: int, *, stuck: bool = False) -> dict[str, float]:
    """The product's poller and inbox; handlers that do nothing, or never end."""
    from bot.app import open_desk
    from bot.config import EXAMPLE, load_settings
    from bot.delivery.polling import Poller, State
    from bot.delivery.receiver import Receiver
    from bot.delivery.wire import Wire

    never = asyncio.Event()
    handled = 0

    async def handle(heard: Any) -> None:
        nonlocal handled
        if stuck:
            await never.wait()
        handled += 1

    with tempfile.TemporaryDirectory() as folder:
        environ = {"BOT_TOKEN": TOKEN, "BOT_DATABASE__URL": f"sqlite:///{Path(folder) / 'bot.db'}"}
        settings = load_settings(EXAMPLE, environ)
        desk = open_desk(settings, standing_clock())
        desk.do_now(members_joined, 1)
        receiver = Receiver(desk, handle, bot_id=7000000001, bot_name="inspect_bot")
        async with Wire(TOKEN, url) as wire:
            limit = settings.inbox.waiting_limit
            poller = Poller(wire, receiver.store, room=receiver.lanes, bound=limit)
            memory, before = resident(), cpu()
            await feed(url, updates, CHATS, "text")
            polling = asyncio.get_running_loop().create_task(poller.run())
            await until(lambda: poller.state is State.FULL if stuck else handled >= updates)
            await asyncio.sleep(0.2)
            found = {"ms": (cpu() - before) / updates * 1000, "mb": resident() - memory}
            poller.stop()
            await polling
            await receiver.lanes.drain(0)
        await asyncio.to_thread(desk.close)
    return found


if __name__ == "__main__":
    if len(sys.argv) > 2:
        _, which, at, count = sys.argv
        if which == "library":
            print(json.dumps(asyncio.run(library(at, int(count)))))
        else:
            print(json.dumps(asyncio.run(inbox(at, int(count), stuck=which == "waiting"))))
    else:
        main()
