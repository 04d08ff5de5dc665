"""The archive of 10,000 entries with photos: memory, time, and what it costs beside copying the photos.

The ledger is drawn from a seed: fifteen regions, two photos an entry of the size that Telegram sends, five
events an entry. The archive is made by the command in a process of its own, whose peak memory is read.
"""

from __future__ import annotations

import hashlib
import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from bench.ratio import row
from bot.app import open_desk
from bot.clock import SystemClock
from bot.config import EXAMPLE, load_settings
from bot.ledger import events as log
from bot.ledger.desk import Desk, Work
from bot.ledger.tables import entries, photos
from bot.media.store import PhotoStore

ENTRIES: Final = 10_000
BATCH: Final = 500
PHOTO_BYTES: Final = 100_000
"""A photo of 1280 px as Telegram sends it."""
MOST_MB: Final = 200.0
STEPS: Final = ("filed", "assigned", "acknowledged", "submitted", "closed")


def home(folder: Path) -> Path:
    """A configuration of its own in a folder."""
    text = EXAMPLE.read_text("utf-8").replace('token = ""', 'token = "7000000001:BENCH"', 1)
    (folder / "config.toml").write_text(text, "utf-8")
    return folder / "config.toml"


def fill(desk: Desk, store: PhotoStore, count: int, *, photo_bytes: int = PHOTO_BYTES, seed: int = 1) -> None:
    """Entries with photos and events, straight into the ledger and the store."""
    chance = random.Random(seed)
    regions = desk.world.campaign.regions
    state = ("closed",) * 8 + ("assigned", "void")
    for start in range(0, count, BATCH):
        numbers = range(start, min(start + BATCH, count))
        files = {
            (number, kind): (f"2019/04/{number}/01_{kind}.jpg", chance.randbytes(photo_bytes))
            for number in numbers
            for kind in ("before", "after")
        }
        for path, data in files.values():
            at = Path(str(store.root)) / path
            at.parent.mkdir(parents=True, exist_ok=True)
            at.write_bytes(data)

        def verb(work: Work, numbers: range = numbers, files: Any = files) -> None:
            for number in numbers:
                region = regions[number % len(regions)]
                at = work.now - timedelta(hours=number % 2000)
                entry_id = work.insert(
                    entries, number=f"县1-{4 + number // 3000:02d}{1 + number % 28:02d}-{number:05d}",
                    state=chance.choice(state), track=region.track, group_key=f"{region.track}/1",
                    region=region.name, township="王楼镇", village="任庄村", spot=f"村东坑塘{number}",
                    category="waste.domestic", description="村口坑塘边生活垃圾成堆，污水横流，需尽快清运" * 2,
                    measures="出动人员12人、铲车1台，已全部清理", found_at=at, created_at=at, touched_at=at,
                    assigned_at=at, deadline=at + timedelta(days=3), submitted_at=at + timedelta(days=1),
                    closed_at=at + timedelta(days=2), proof_sent_at=at + timedelta(days=1),
                )  # fmt: skip
                bodies = ("group:county/1", "system", *[f"region:{region.name}"] * 3)
                for kind, body in zip(STEPS, bodies, strict=True):
                    log.record(work, kind, entry_id=entry_id, body=body, to_state=kind, data={"version": 2})
                for kind in ("before", "after"):
                    path, data = files[number, kind]
                    work.insert(
                        photos, entry_id=entry_id, kind=kind, medium="photo", file=path, file_id="x",
                        file_unique_id="x", chat_id=1, message_id=2 * number + (kind == "after"), sent_at=at,
                        received_at=at, state="stored", sha256=hashlib.sha256(data).hexdigest(),
                        file_size=len(data),
                    )  # fmt: skip

        desk.do_now(verb)


WATCHED: Final = """
import os, sys
from bot.cli import main
try:
    main()
finally:
    peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1]
    used = os.times()
    print(peak, used.user + used.system)
"""
"""The command line, and what it has used: a forked process' own figure would begin with its parent's."""


def made(config: Path, out: Path) -> tuple[float, float, float]:
    """Make an archive in a process of its own; seconds, CPU seconds and peak megabytes."""
    words = [sys.executable, "-c", WATCHED, "--config", str(config), "archive", "--out", str(out)]
    start = time.perf_counter()
    done = subprocess.run(words, check=True, capture_output=True, encoding="utf-8")
    peak, cpu = done.stdout.splitlines()[-1].split()
    return time.perf_counter() - start, float(cpu), int(peak) / 1024


def copied(store: PhotoStore, out: Path) -> float:
    """CPU seconds of the least that must be done: read each photo, hash it, write it."""
    before = resource.getrusage(resource.RUSAGE_SELF)
    with out.open("wb") as target:
        for path in sorted(Path(str(store.root)).rglob("*.jpg")):
            data = path.read_bytes()
            hashlib.sha256(data).hexdigest()
            target.write(data)
    after = resource.getrusage(resource.RUSAGE_SELF)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main(count: int = ENTRIES) -> None:
    """Print the archive's memory and time."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config = home(folder)
        settings = load_settings(config, {})
        store = PhotoStore(settings.media_url())
        desk = open_desk(settings, SystemClock())
        fill(desk, store, count)
        desk.close()
        least = copied(store, folder / "copied")
        (folder / "copied").unlink()
        seconds, cpu, peak = made(config, folder / "out.zip")
        size = (folder / "out.zip").stat().st_size / 1e6
    what = f"archive of {count} entries, {2 * count} photos, {size:.0f} MB: peak memory"
    print(row("A", what, peak, MOST_MB, " MB"))
    each = f"{1000 * cpu / count:.1f} ms an entry"
    print(f"     {seconds:.0f} s, {cpu:.0f} s CPU ({each}); the photos alone copied and hashed {least:.0f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ENTRIES)
