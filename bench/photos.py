"""G6: what a photo costs, against one bare decode of the same file by libjpeg-turbo."""

from __future__ import annotations

import asyncio
import hashlib
import os
import resource
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from pathlib import Path

from PIL import Image

from bench.ratio import in_turns, row
from bot.documents import pictures
from bot.media.fonts import Fonts
from bot.media.pipeline import Stamp, study
from bot.media.workers import photo_workers
from tests.drawn import photo

STAMP = Stamp("县1-0412-03", "延津县王楼镇任庄村村口", "2019年4月12日 09:12")
REPEATS = 6  # decodes in one turn: os.times counts in hundredths of a second


def main() -> None:
    data = photo(
        "rubbish",
        size=(4000, 3000),
        taken=datetime(2019, 4, 12, 9, 12),  # noqa: DTZ001 - as a camera has it
        position=(35.2, 114.2),
        orientation=1,
    )
    print(f"drawn photo, 12 megapixels, {len(data) / 1e6:.1f} MB")
    for line in ratios(data):
        print(line)
    print(row("G6", "peak memory of intake with copy and thumbnail", peak_megabytes(data), 30, " MB"))
    late, machine = asyncio.run(lateness(data))
    print(row("G6", f"event loop p99 with two workers (machine: {machine:.1f} ms)", late, 5, " ms"))
    print(row("G6", "comparison of two photos of 1280 pixels, CPU", comparison(), 0.1, " s"))
    samples = Path(os.environ.get("PHOTO_SAMPLES", Path(__file__).parents[2] / "shared/data/photos"))
    camera = samples / "iphone_12mp.jpg"
    if camera.is_file():
        data = camera.read_bytes()
        print(f"a telephone's photo, {len(data) / 1e6:.1f} MB")
        for line in ratios(data):
            print(line)


def comparison() -> float:
    """Seconds of CPU for one picture before and after, the median of five."""
    pair = (photo("rubbish", size=(1280, 960)), photo("clean", size=(1280, 960)))
    words = pictures.PairWords("县1-0412-03", "延津县王楼镇", "整改前", "整改后", "4月12日", "4月14日")
    fonts, spent = Fonts(), []
    for _ in range(6):
        start = time.process_time()
        pictures.before_after([pair], words, fonts=fonts)
        spent.append(time.process_time() - start)
    return statistics.median(spent[1:])  # the first loads the font


def ratios(data: bytes) -> list[str]:
    fonts = Fonts()

    def bare() -> None:
        for _ in range(REPEATS):
            Image.open(BytesIO(data)).load()

    def intake() -> None:
        for _ in range(REPEATS):
            study(data)

    def whole() -> None:
        for _ in range(REPEATS):
            study(data, stamp=STAMP, fonts=fonts)

    spent = in_turns({"bare": bare, "intake": intake, "whole": whole})
    note = f"(bare decode: {spent['bare'] / REPEATS * 1000:.0f} ms)"
    return [
        row("G6", f"intake with thumbnail {note}", spent["intake"] / spent["bare"], 0.8),
        row("G6", "the same with stamped copy", spent["whole"] / spent["bare"], 1.6),
    ]


def peak_megabytes(data: bytes) -> float:
    """In a fresh process, what one photo adds to the memory in use; the file itself not counted."""
    answer = subprocess.run(
        [sys.executable, "-m", "bench.photos", "--peak"], input=data, capture_output=True, check=True
    )
    return float(answer.stdout)


def _peak() -> None:
    fonts = Fonts()
    data = sys.stdin.buffer.read()
    study(photo("clean", size=(640, 480)), stamp=STAMP, fonts=fonts)  # imports and fonts are not the photo's
    before, reset = _status("VmRSS"), True
    try:
        Path("/proc/self/clear_refs").write_text("5")  # sets the peak back to what is in use now
    except OSError:
        reset = False
    study(data, stamp=STAMP, fonts=fonts)
    peak = _status("VmHWM") if reset else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print((peak - before) / 1024)


def _status(field: str) -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1])
    raise LookupError(field)


async def lateness(data: bytes, *, windows: int = 5, seconds: float = 2.0) -> tuple[float, float]:
    """How late a loop's timers are beside two workers: the 99th percentile in ms, median of the windows.

    The second figure is the machine's own share: the same beside two threads that never hold the lock.
    """
    fonts = Fonts()
    study(data, stamp=STAMP, fonts=fonts)

    async def beside(work: Callable[[], object]) -> float:
        done = threading.Event()

        def keep_working() -> None:
            while not done.is_set():
                work()

        with photo_workers() as workers:
            running = [workers.submit(keep_working) for _ in range(2)]
            late = await _ticks(seconds)
            done.set()
        for each in running:
            each.result()
        return late

    photos, machine = [], []
    for _ in range(windows):
        machine.append(await beside(lambda: hashlib.pbkdf2_hmac("sha256", b"", b"", 60_000)))
        photos.append(await beside(lambda: study(data, stamp=STAMP, fonts=fonts)))
    return statistics.median(photos), statistics.median(machine)


async def _ticks(seconds: float) -> float:
    step, late = 0.002, []
    end = time.perf_counter() + seconds
    while (start := time.perf_counter()) < end:
        await asyncio.sleep(step)
        late.append((time.perf_counter() - start - step) * 1000)
    return sorted(late)[int(len(late) * 0.99)]


if __name__ == "__main__":
    if "--peak" in sys.argv:
        _peak()
    else:
        main()
