"""Reminders: a tick with nothing due, and the Friday of 5,000 contacts in one transaction."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from bench.ratio import row
from bot.app import build_world
from bot.clock import SteppedClock
from bot.config import EXAMPLE, load_settings
from bot.domain.permissions import Role
from bot.jobs.timetable import beat
from bot.ledger import migrate
from bot.ledger.desk import Desk, Work
from bot.ledger.tables import chats, members, outbox, roles
from bot.services.duties import due

PEOPLE = 5_000
ROUNDS = 5
ZONE = ZoneInfo("Asia/Shanghai")


def main() -> None:
    """Print both figures."""
    for line in table():
        print(line)


def table() -> Iterator[str]:
    """Milliseconds of CPU time: of the whole beat, and of one transaction with a Friday's reminders."""
    quiet, waiting = [], []
    friday = []
    for _ in range(ROUNDS):
        with ledger() as (desk, clock):
            clock.move_to(datetime(2019, 4, 10, 12, 0, tzinfo=ZONE))
            quiet.append(_median(lambda: desk.do_now(beat), 300))
            clock.move_to(datetime(2019, 4, 11, 15, 0, tzinfo=ZONE))
            start = time.process_time()
            told = desk.do_now(due.due)
            friday.append(time.process_time() - start)
            assert told == PEOPLE == desk.do_now(_rows), "somebody was not told"
            waiting.append(_median(lambda: desk.do_now(beat), 100))
    yield row("", f"a tick with nothing due, {PEOPLE:,} members", 1000 * statistics.median(quiet), 1, " ms")
    yield row("", "… with the Friday's reminders still waiting", 1000 * statistics.median(waiting), 1, " ms")
    told_in = 1000 * statistics.median(friday)
    yield row("", f"a Friday's reminders for {PEOPLE:,} contacts, one commit", told_in, 1000, " ms")


def _median(run: Callable[[], Any], times: int) -> float:
    spent = []
    for _ in range(times):
        start = time.process_time()
        run()
        spent.append(time.process_time() - start)
    return statistics.median(spent)


def _rows(work: Work) -> int:
    return int(work.connection.execute(select(func.count()).select_from(outbox)).scalar_one())


@contextmanager
def ledger() -> Iterator[tuple[Desk, SteppedClock]]:
    """A ledger on disk in which so many contacts have joined, a third of a thousand a region."""
    clock = SteppedClock(datetime(2019, 4, 9, tzinfo=ZONE))
    world = build_world(load_settings(EXAMPLE, {"BOT_TOKEN": "7000000001:BENCH"}))
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bot.db'}"
        migrate.upgrade(url, now=clock.now())
        desk = Desk(url, clock, world)
        try:
            desk.do_now(_join)
            yield desk, clock
        finally:
            desk.close()


def _join(work: Work) -> None:
    regions = work.world.campaign.regions
    now = work.now
    work.connection.execute(
        members.insert(),
        [
            {"id": n, "telegram_id": 10_000 + n, "name": f"联系人{n}", "created_at": now, "joined_at": now,
             "red_lines_at": now}
            for n in range(1, PEOPLE + 1)
        ],
    )  # fmt: skip
    work.connection.execute(
        chats.insert(), [{"id": 10_000 + n, "kind": "private"} for n in range(1, PEOPLE + 1)]
    )
    work.connection.execute(
        roles.insert(),
        [
            {"member_id": n, "role": Role.CONTACT.value, "region": regions[n % len(regions)].name,
             "granted_at": now}
            for n in range(1, PEOPLE + 1)
        ],
    )  # fmt: skip


if __name__ == "__main__":
    main()
