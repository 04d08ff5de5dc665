"""G9: lists, counts and search in a ledger of a million entries with three million photos, made from a seed.

The ledger is written once into a folder of its own (`$BENCH_LEDGER` keeps it for the next run) and is
measured through the very functions that the chat asks.
"""

from __future__ import annotations

import os
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

from bench.ratio import row
from bot.app import build_world
from bot.clock import SteppedClock
from bot.config import EXAMPLE, load_settings
from bot.domain.entries import State
from bot.domain.finding import terms
from bot.domain.permissions import Actor, Grant, Role
from bot.domain.world import World
from bot.ledger import migrate, words
from bot.ledger.desk import Desk, Work
from bot.media.photo_index import PhotoIndex
from bot.services.finding import index, pages, search, totals
from bot.services.finding.asked import Asked, Turned

ENTRIES: Final = 1_000_000
PHOTOS: Final = 3
SEED: Final = 20190409
START: Final = datetime(2019, 4, 9, tzinfo=UTC)
DAYS: Final = 100

THINGS: Final = (
    ("垃圾堆", "garbage.domestic"), ("建筑垃圾", "garbage.construction_waste"),
    ("污水横流", "sewage.sewage_flow"),
    ("坑塘漂浮物", "water_body.ditch_garbage"), ("占道经营", "street_order.road_occupation"),
    ("乱堆乱放", "stacking.clutter"), ("小广告", "appearance.posters"), ("旱厕未改", "toilet.dry_toilet"),
    ("柴草堆", "stacking.firewood"), ("路面破损", "road.road_damage"),
)  # fmt: skip
SPOTS: Final = ("村口", "村东坑塘", "学校往北200米", "村委会门前", "主街两侧", "K14+950处", "河道边")
STATES: Final = (
    ("closed", 0.90), ("submitted", 0.02), ("assigned", 0.02), ("acknowledged", 0.02), ("returned", 0.01),
    ("void", 0.02), ("deferred", 0.005), ("filed", 0.005),
)  # fmt: skip


def main() -> None:
    """Make the ledger and print the table."""
    with tempfile.TemporaryDirectory() as folder:
        kept = os.environ.get("BENCH_LEDGER")
        path = Path(kept or f"{folder}/ledger.db")
        world = build_world(load_settings(EXAMPLE, {"BOT_TOKEN": "7000000001:BENCH"}))
        made = path.exists()
        desk = Desk(_ledger(path), SteppedClock(START + timedelta(days=DAYS)), world)
        try:
            if not made:
                fill(desk, path)
            for line in figures(desk):
                print(line)
        finally:
            desk.close()


def _ledger(path: Path) -> str:
    url = f"sqlite:///{path}"
    migrate.upgrade(url, now=START)
    return url


# --- the ledger, from a seed --------------------------------------------------------------------------


def fill(desk: Desk, path: Path, entries: int = ENTRIES) -> None:
    """Write entries and photos through the driver, then let the product index and count them."""
    desk.do_now(lambda work: None)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("BEGIN")
    connection.execute(
        "INSERT INTO members (id, name, created_at) VALUES (1, '李甲', '2019-04-09 00:00:00.000000')"
    )
    done = 0
    rows = _rows(desk.world, entries)
    while chunk := [next(rows) for _ in range(min(20_000, entries - done))]:
        columns = list(chunk[0])
        connection.executemany(
            f"INSERT INTO entries ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",
            [tuple(one.values()) for one in chunk],
        )
        connection.executemany(
            "INSERT INTO photos (entry_id, kind, medium, seq, file_id, file_unique_id, chat_id, message_id,"
            " sent_at, received_at, state, dhash, dhash_version, hash_seq, compared_at)"
            " VALUES (?, ?, 'photo', ?, ?, ?, 1001, ?, ?, ?, 'stored', ?, 1, ?, ?)",
            [photo for one in chunk for photo in _photos(one)],
        )
        done += len(chunk)
        print(f"\r{done:,} entries", end="", file=sys.stderr)
    connection.execute("COMMIT")
    connection.close()
    while count := desk.do_now(lambda work: index.due(work, most=20_000)):
        done -= count
        print(f"\r{done:,} to index ", end="", file=sys.stderr)
    desk.do_now(totals.mend)
    while desk.do_now(words.tidy):
        print("\rjoining    ", end="", file=sys.stderr)
    print("\r", end="", file=sys.stderr)


def _rows(world: World, many: int) -> Iterator[dict[str, Any]]:
    rng = random.Random(SEED)
    campaign, villages = world.campaign, world.reader.gazetteer.villages
    groups = {
        region.name: [one.key for one in campaign.groups_for(region.name)] for region in campaign.regions
    }
    names, weights = zip(*STATES, strict=True)
    states = rng.choices(names, weights, k=many)
    for at in range(1, many + 1):
        place, (thing, category) = rng.choice(villages), rng.choice(THINGS)
        found = START + timedelta(seconds=at * DAYS * 86_400 // many, microseconds=rng.randrange(10**6))
        state = states[at - 1]
        covert = rng.random() < 0.05
        group = "county/0" if covert else rng.choice(groups[place.region])
        hidden = covert and rng.random() < 0.3
        state = "filed" if hidden else state
        assigned = None if state == "filed" else _stored(found + timedelta(minutes=5))
        spot = rng.choice(SPOTS)
        yield {
            "id": at,
            "number": f"{'暗' if covert else group[:1]}-{at}",
            "state": state,
            "version": 3,
            "track": campaign.track_of(place.region).key,
            "group_key": group,
            "checker": None if covert else group,
            "filer_id": 1,
            "mode": "covert" if covert else "open",
            "region": place.region,
            "township": place.township,
            "village": place.name,
            "spot": spot,
            "category": category,
            "description": f"{place.region}{place.township}{place.name}{spot}有{thing}，限3天",
            "public_text": f"{spot}有{thing}" if covert else None,
            "found_at": _stored(found),
            "created_at": _stored(found),
            "touched_at": _stored(found),
            "deadline": _stored(found + timedelta(days=3)),
            "assigned_at": assigned,
            "handed_over_at": assigned if covert and not hidden else None,
            "proof_sent_at": _stored(found + timedelta(days=1)) if state in ("submitted", "closed") else None,
        }


def _stored(instant: datetime) -> str:
    return instant.replace(tzinfo=None).isoformat(" ", "microseconds")


def _photos(entry: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    rng = random.Random(entry["id"])
    for seq in range(PHOTOS):
        at, number = entry["found_at"], entry["id"] * PHOTOS + seq
        kind = "after" if seq == PHOTOS - 1 else "before"
        yield (
            entry["id"], kind, seq + 1, f"f{number}", f"u{number}", number, at, at,
            rng.getrandbits(64) - 2**63, number, at,
        )  # fmt: skip


# --- the figures --------------------------------------------------------------------------------------

OFFICE = Actor(2, (Grant(Role.OFFICE, "county"),))
GROUP = Actor(2, (Grant(Role.INSPECTOR, "county", "county/1", leader=True),))
CONTACT = Actor(2, (Grant(Role.CONTACT, "county", region="延津县"),))
OVERSIGHT = Actor(2, (Grant(Role.OVERSIGHT),))
READERS: Final = {"office": OFFICE, "group": GROUP, "contact": CONTACT, "敢转争": OVERSIGHT}

LISTS: Final = {
    "all": Asked("ledger"),
    "region and state": Asked("ledger", (("region", 6), ("state", tuple(State).index(State.CLOSED)))),
    "region": Asked("ledger", (("region", 6),)),
    "township": Asked("ledger", (("region", 6), ("township", 2))),
    "overdue": Asked("ledger", (("late", 1),)),
    "category": Asked("ledger", (("category", 0),)),
    "period": Asked("ledger", (("period", 3),)),
}
SEARCHES: Final = (
    "王楼镇 垃圾",
    "垃圾",
    "任庄村",
    "K14+950",
    "坑塘漂浮物",
    "学校往北 占道经营",
    "没有这个词",
)


def figures(desk: Desk) -> Iterator[str]:
    """Every figure, by the slowest of what was asked."""

    def measured(work: Work) -> list[str]:
        return [*_pages(work), *_counts(work), *_searches(work), *_photos_near(work)]

    yield from desk.look_now(measured)


def _median(run: Callable[[], object], times: int = 40) -> float:
    """The median milliseconds of CPU time in the quietest of five runs: a shared machine is no quiet one."""
    run()
    medians = []
    for _ in range(5):
        spent = []
        for _ in range(times):
            started = time.thread_time()
            run()
            spent.append(time.thread_time() - started)
        medians.append(statistics.median(spent))
    return min(medians) * 1e3


def _pages(work: Work) -> Iterator[str]:
    worst: dict[str, float] = {}
    for who, actor in READERS.items():
        for name, asked in LISTS.items():
            if who == "contact" and name.startswith("region"):
                continue
            work.actor = actor
            depths = _depths(work, asked)
            worst[f"{name}, {who}"] = max(_median(partial(pages.fetch, work, one)) for one in depths)
    for name, took in sorted(worst.items(), key=lambda one: -one[1]):
        yield row("G9", f"a page of ten, at any depth: {name}", took, 0.1, " ms")


def _depths(work: Work, asked: Asked) -> list[Asked]:
    """The first page, the third, one from the middle and one near the end of the list."""
    found, page = [asked], pages.fetch(work, asked)
    for _ in range(2):
        if page.on is not None:
            asked = Asked(asked.which, asked.filters, turned=page.on)
            page = pages.fetch(work, asked)
    found.append(asked)
    if pages.segments(asked)[0].order != "listed_at":
        return found
    since, until = (0.4, 0.6) if asked.value("period") is None else (0.21, 0.25)
    for share in (since, until, 0.05 if asked.value("period") is None else 0.22):
        at = START + timedelta(days=DAYS * share)
        found.append(Asked(asked.which, asked.filters, turned=Turned(False, 0, pages.key_of(at), 2**40, 500)))
    return found


def _photos_near(work: Work) -> Iterator[str]:
    """G7 over every photo of the ledger: goals in proportion to their number."""
    index_ = PhotoIndex()
    rows = work.driver.execute("SELECT id, dhash, hash_seq FROM photos ORDER BY hash_seq").fetchall()
    index_.add(rows)
    rng, hits, times = random.Random(7), 0, []
    for _ in range(60):
        photo, asked, _seq = rng.choice(rows)
        for bit in rng.sample(range(64), 8):
            asked ^= 1 << bit
        started = time.thread_time()
        found = index_.near(asked, 8)
        times.append(time.thread_time() - started)
        hits += any(one == photo for one, _ in found)
    share = len(rows) / 1_000_000
    took = statistics.median(times) * 1e3
    yield row("G7", f"nearly the same among the ledger's {len(rows):,} photos", took, share, " ms")
    yield row("G7", "its memory", index_.size / 1e6, 10 * share, " MB")
    yield f"G7   recall at distance 8: {hits / 60:.1%} of 60"


def _counts(work: Work) -> Iterator[str]:
    took = _median(lambda: totals.by_region_and_state(work))
    yield row("G9", "counts by region and state", took, 0.2, " ms")


def _searches(work: Work) -> Iterator[str]:
    for who, actor in READERS.items():
        work.actor = actor
        for typed in SEARCHES:
            found = terms(typed)
            took = _median(partial(search.fetch, work, Asked("find"), found), 20)
            yield row("G9", f"text search «{typed}», {who}", took, 0.5, " ms")


if __name__ == "__main__":
    main()
