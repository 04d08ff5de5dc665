"""G1, G2, G4, G12: what one update costs through the whole chain, against a bare echo that stores nothing.

Each measurement is a bot in a fresh process: it starts, warms up, and counts its own CPU seconds (user and
sys, all threads) from the arrival of a backlog to the last answer. Telegram's stand-in is another process.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.ratio import row
from bench.standin import FIRST_CHAT, TOKEN, feed, standing_in

WARM = 640
CHATS = 32


def main(rounds: int = 5, updates: int = 2000) -> None:
    """Print the lines of the table."""
    with standing_in() as url:
        spent: dict[str, list[dict[str, float]]] = {}
        for _ in range(rounds):
            for name, kind, chats in (
                ("echo", "text", CHATS),
                ("help", "text", CHATS),
                ("photo", "photo", CHATS),
                ("one", "text", 1),
                ("many", "text", 256),
                ("others", "others", CHATS),
                ("poison", "poison", CHATS),
            ):
                bot = "echo" if name == "echo" else "product"
                spent.setdefault(name, []).append(measured(bot, url, kind, chats, updates))
        cost = {name: statistics.median(one["ms"] for one in found) for name, found in spent.items()}
        note = f"({cost['help']:.2f} ms against {cost['echo']:.2f})"
        print(
            row(
                "G1", f"「帮助」 through the whole chain / bare echo {note}", cost["help"] / cost["echo"], 0.5
            )
        )
        note = f"({cost['photo']:.2f} ms)"
        print(row("G1", f"a captioned photo filed / bare echo {note}", cost["photo"] / cost["echo"], 1.5))
        note = f"({cost['many']:.2f} ms against {cost['one']:.2f})"
        print(row("G2", f"an update, 256 chats at once / 1 chat {note}", cost["many"] / cost["one"], 1.1))
        note = f"({cost['poison']:.2f} ms against {cost['others']:.2f})"
        print(
            row(
                "G4",
                f"an update beside a poison one / without it {note}",
                cost["poison"] / cost["others"],
                1.01,
            )
        )
        started = [one for name, found in spent.items() if name != "echo" for one in found]
        print(
            row("G12", "start to first getUpdates", statistics.median(o["start"] for o in started), 1.0, " s")
        )
        print(row("G12", "resident memory", statistics.median(o["mb"] for o in started), 120, " MB"))


def measured(bot: str, url: str, kind: str, chats: int, updates: int) -> dict[str, float]:
    """One run of a bot in a fresh process."""
    command = [sys.executable, "-m", "bench.chain", bot, url, kind, str(chats), str(updates)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    if done.returncode:
        raise RuntimeError(done.stderr)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


class Count:
    """Answers so far, and who waits for how many."""

    def __init__(self) -> None:
        self.done = 0
        self.wanted = 0
        self.event = asyncio.Event()

    def one(self) -> None:
        self.done += 1
        if self.done >= self.wanted:
            self.event.set()

    async def until(self, wanted: int) -> None:
        self.wanted = wanted
        self.event.clear()
        if self.done < wanted:
            await self.event.wait()


def cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def timed(count: Count, url: str, kind: str, chats: int, updates: int) -> dict[str, float]:
    """Warm up, then the CPU milliseconds an update."""
    spared = kind in ("others", "poison")  # the chat with the poison waits, and is not counted
    warm, due = (n - n // chats if spared else n for n in (WARM, updates))
    await feed(url, WARM, chats, "others" if spared else kind)
    await count.until(warm)
    await asyncio.sleep(0.2)
    before, began = cpu(), time.perf_counter()
    await feed(url, updates, chats, kind)
    await count.until(warm + due)
    await asyncio.sleep(0.05)  # the last answers are written down
    spent, wall = cpu() - before, time.perf_counter() - began
    return {"ms": spent / updates * 1000, "wall": wall / updates * 1000}


async def echo(url: str, kind: str, chats: int, updates: int) -> dict[str, float]:
    """python-telegram-bot as its examples have it: polling, nothing stored."""
    from telegram import Update
    from telegram.ext import Application, ContextTypes, MessageHandler, filters

    count = Count()

    async def answer(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message is not None
        await update.message.reply_text(update.message.text or "")
        count.one()

    application = (
        Application.builder().token(TOKEN).base_url(f"{url}/bot").base_file_url(f"{url}/file/bot").build()
    )
    application.add_handler(MessageHandler(filters.ALL, answer))
    async with application:
        await application.start()
        assert application.updater is not None
        await application.updater.start_polling()
        found = await timed(count, url, kind, chats, updates)
        await application.updater.stop()
        await application.stop()
    return found


async def product(url: str, kind: str, chats: int, updates: int) -> dict[str, float]:
    """The bot on a fresh ledger, limits lifted, its members joined. Photos are filed, not fetched: see G6."""
    start = time.perf_counter() - process_age()
    from bot import logs
    from bot.app import Application, open_desk
    from bot.config import EXAMPLE, load_settings

    logs.set_up("WARNING")
    with tempfile.TemporaryDirectory() as folder:
        environ = {
            "BOT_TOKEN": TOKEN,
            "BOT_TELEGRAM__API_URL": url,
            "BOT_DATABASE__URL": f"sqlite:///{Path(folder) / 'bot.db'}",
            "BOT_MEDIA__URL": str(Path(folder) / "media"),
            "BOT_BACKUP__DIR": str(Path(folder) / "backups"),
            "BOT_SERVER__LISTEN": "",
            "BOT_LOGGING__LEVEL": "WARNING",
            **{f"BOT_OUTBOX__{name}": "0" for name in ("PER_SECOND", "PER_CHAT", "PER_GROUP_MINUTE")},
        }
        settings = load_settings(EXAMPLE, environ)
        clock = standing_clock()
        aside = time.perf_counter()
        desk = open_desk(settings, clock)
        desk.do_now(members_joined, chats)
        desk.close()
        aside = time.perf_counter() - aside  # not a part of a start
        application = Application(settings, clock)
        await application.start()
        started = time.perf_counter() - start - aside

        async def nothing() -> int:
            return 0

        application.parts.downloader.round = nothing  # type: ignore[method-assign]
        count = Count()
        sender = application.parts.sender
        sent = sender._sent

        def counted(parcel: Any, *rest: Any) -> Any:
            if parcel.chat_id != spared:
                count.one()
            return sent(parcel, *rest)

        spared = FIRST_CHAT if kind in ("others", "poison") else 0

        sender._sent = counted  # type: ignore[method-assign]
        with profiled():
            found = await timed(count, url, kind, chats, updates)
        found["mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        found["start"] = started
        await application.close()
    return found


@contextlib.contextmanager
def profiled() -> Any:
    """With $PROFILE=FILE the loop's thread is profiled into FILE.loop, the ledger's into FILE.writer."""
    into = os.environ.get("PROFILE")
    if not into:
        yield
        return
    import cProfile

    from bot.ledger.desk import Desk

    loop, writer, run = cProfile.Profile(), cProfile.Profile(), Desk._run_batch
    Desk._run_batch = lambda *args: writer.runcall(run, *args)  # type: ignore[method-assign]
    loop.enable()
    try:
        yield
    finally:
        loop.disable()
        loop.dump_stats(f"{into}.loop")
        writer.dump_stats(f"{into}.writer")


def process_age() -> float:
    """Seconds since this process was begun."""
    ticks = float(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
    uptime = float(Path("/proc/uptime").read_text().split()[0])
    return uptime - ticks / os.sysconf("SC_CLK_TCK")


def standing_clock() -> Any:
    """A clock that runs, beginning in the campaign."""
    from datetime import UTC, datetime, timedelta

    class Running:
        def now(self) -> datetime:
            return datetime(2019, 4, 12, 1, 0, tzinfo=UTC) + timedelta(seconds=time.monotonic() - began)

    began = time.monotonic()
    return Running()


def members_joined(work: Any, chats: int) -> None:
    """Inspectors who have joined, one a chat."""
    from bot.ledger import tables

    for number in range(chats):
        telegram_id = FIRST_CHAT + number
        work.connection.execute(
            tables.chats.insert().values(id=telegram_id, kind="private", heard_at=work.now)
        )
        member = work.insert(
            tables.members,
            telegram_id=telegram_id,
            name="李甲",
            post="干部",
            created_at=work.now,
            joined_at=work.now,
            red_lines_at=work.now,
        )
        work.insert(
            tables.roles, member_id=member, role="inspector", group_key="county/1", granted_at=work.now
        )


if __name__ == "__main__":
    if len(sys.argv) > 2:
        _, which, at, what, wide, long = sys.argv
        run = {"echo": echo, "product": product}[which](at, what, int(wide), int(long))
        print(json.dumps(asyncio.run(run)))
    else:
        main()
