"""Sample photographs: drawn scenes in pairs, before and after, free to use by anybody for anything.

They are made by `python -m bot.playground.samples.draw`; no camera and no other work stands behind them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).parent
SOURCE: Final = "drawn by bot/playground/samples/draw.py"
LICENCE: Final = "CC0 1.0"
SIZE: Final = (1280, 960)
SHELF: Final = "sample:"
"""How the name of a sample begins where an act names a file."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One photograph: which pair it belongs to, and whether it shows the place afterwards."""

    key: str
    pair: str
    after: bool
    zh: str
    en: str

    def seen(self) -> dict[str, Any]:
        """The sample as the page lists it."""
        url = f"/page/samples/{self.key}.jpg"
        return {
            "key": self.key, "pair": self.pair, "after": self.after, "zh": self.zh, "en": self.en,
            "url": url, "thumb": url, "width": SIZE[0], "height": SIZE[1],
            "licence": LICENCE, "source": SOURCE,
        }  # fmt: skip


PAIRS: Final[dict[str, tuple[tuple[str, str], tuple[str, str]]]] = {
    "wall": (("墙边垃圾堆", "Rubbish by a wall"), ("墙边已清理", "The wall, cleared")),
    "ditch": (("沟渠黑臭、漂浮垃圾", "A foul ditch"), ("沟渠水清", "The ditch, clear")),
    "stalls": (("占道经营", "Stalls in the road"), ("道路畅通", "The road, free")),
    "bins": (("垃圾桶满溢", "Bins overflowing"), ("垃圾桶已清空", "The bins, emptied")),
    "lane": (("村道堆放建筑垃圾、柴草", "Rubble and straw in a lane"), ("村道整洁", "The lane, clear")),
    "pond": (("坑塘黑臭、漂浮垃圾", "A foul pond"), ("坑塘水清、有护栏", "The pond, clear and railed")),
    "posters": (("墙面乱贴小广告", "A wall stuck over with posters"), ("墙面已粉刷", "The wall, painted")),
}
"""By key: before and after, each in both languages."""

SAMPLES: Final[dict[str, Sample]] = {
    sample.key: sample
    for pair, (before, after) in PAIRS.items()
    for sample in (
        Sample(f"{pair}-before", pair, False, *before),
        Sample(f"{pair}-after", pair, True, *after),
    )
}


def path_of(key: str) -> Path | None:
    """The file of a sample, where there is one."""
    return HERE / f"{key}.jpg" if key in SAMPLES else None


@cache
def photo(key: str) -> bytes:
    """The bytes of a sample; raises KeyError."""
    return (HERE / f"{SAMPLES[key].key}.jpg").read_bytes()


def from_shelf(name: str) -> bytes | None:
    """The bytes that «sample:KEY» names; None for any other name."""
    key = name.removeprefix(SHELF)
    return photo(key) if key != name and key in SAMPLES else None
