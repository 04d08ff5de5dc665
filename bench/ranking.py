"""A province's ranking out of the ledger, and the details of one region among a million items."""

from __future__ import annotations

import random
import tempfile
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from time import process_time
from typing import Any
from zoneinfo import ZoneInfo

from bench.ratio import row
from bot.app import build_world
from bot.clock import SystemClock
from bot.config import EXAMPLE, load_settings
from bot.domain.campaign import Campaign, Region, Track
from bot.domain.permissions import Actor, Grant, Role
from bot.domain.score_words import Kind
from bot.domain.scoring import Item, Scheme, score_track
from bot.domain.world import World
from bot.ledger import migrate
from bot.ledger.desk import Desk, Work
from bot.ledger.tables import score_items, score_sheets
from bot.services.scoring import sheets, why, windows
from bot.services.scoring.items import units_of

REGIONS, ITEMS = 3_000, 100
MOST_SECONDS = 1.0
MOST_DETAILS = 0.05
PERIODS = ("2019-04-18", "2019-04-28", "2019-05-08", "2019-05-18")
SOURCES = ("group", "public", "media", "reporting", "leader", "covert")


def province(world: World) -> World:
    """The example's world with one track of many regions and no groups."""
    given = world.campaign
    campaign = Campaign(
        name=given.name,
        first_day=date(2019, 4, 9),
        last_day=date(2019, 7, 17),
        zone=ZoneInfo("Asia/Shanghai"),
        tracks=(Track("county", "县", "局"),),
        regions=tuple(Region(f"第{number}县", "county") for number in range(REGIONS)),
        groups=(),
    )
    return replace(world, campaign=campaign)


def filled(work: Work, period: str) -> None:
    """A hundred items for each region of a period."""
    dice = random.Random(period)
    rows: list[dict[str, Any]] = []
    for region in work.world.campaign.regions:
        for number in range(ITEMS):
            source = SOURCES[number % len(SOURCES)]
            mark = source == "group"
            cents = dice.randrange(2000, 4000) if mark else dice.randrange(-30, 10)
            value = Decimal(cents).scaleb(-2)
            rows.append(
                {
                    "track": "county", "period": period, "region": region.name, "source": source,
                    "kind": "mark" if mark else "points", "value": str(value), "units": units_of(value),
                    "body": "admin", "reason": "王楼镇垃圾", "origin": "import", "at": work.now,
                }
            )  # fmt: skip
    work.connection.execute(score_items.insert(), rows)
    work.connection.execute(score_sheets.insert().values(track="county", period=period, decisions={}))


def best(run: Any, rounds: int = 5) -> float:
    """The quickest of some rounds, in seconds: what else the machine does is not measured."""
    spent = []
    for _ in range(rounds):
        start = process_time()
        run()
        spent.append(process_time() - start)
    return min(spent)


def rules_alone() -> float:
    """The rules without a ledger: no two items alike."""
    dice = random.Random(1)
    items = {
        f"第{region}县": [
            Item(source, Kind.MARK, Decimal(dice.randrange(0, 4000)).scaleb(-2))
            if (source := SOURCES[number % len(SOURCES)]) == "group"
            else Item(source, Kind.POINTS, Decimal(dice.randrange(-300, 100)).scaleb(-2))
            for number in range(ITEMS)
        ]
        for region in range(REGIONS)
    }
    names, scheme = list(items), Scheme()
    return best(lambda: score_track(items, names, scheme))


def main() -> None:
    """Print the figures beside their goals."""
    world = province(build_world(load_settings(EXAMPLE, {"BOT_TOKEN": "7000000001:TEST"})))
    print(
        row("S1", f"rules alone: {REGIONS:,} regions, {ITEMS} items each", rules_alone(), MOST_SECONDS, " s")
    )
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bot.db'}"
        migrate.upgrade(url, now=SystemClock().now())
        desk = Desk(url, SystemClock(), world)
        for period in PERIODS:
            desk.do_now(filled, period)

        def rank(work: Work) -> Any:
            return sheets.board(work, "county", windows.window(work, PERIODS[0]))

        def details(work: Work) -> Any:
            work.actor = Actor(1, (Grant(Role.OFFICE, track="county"),))
            window = windows.window(work, PERIODS[0])
            return why.details(work, "第1500县", window, sheets.find(work, "county", window.key))

        total = len(PERIODS) * REGIONS * ITEMS
        print(row("S1", "the same out of the ledger", best(lambda: desk.look_now(rank)), MOST_SECONDS, " s"))
        took = best(lambda: desk.look_now(details))
        print(row("S2", f"/why of a region that is not locked, {total:,} items", took, MOST_DETAILS, " s"))
        desk.close()


if __name__ == "__main__":
    main()
