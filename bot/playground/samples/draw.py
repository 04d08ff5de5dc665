"""Writes the sample photographs anew: `python -m bot.playground.samples.draw`."""

from __future__ import annotations

from typing import Final

from bot.playground.samples import HERE, SAMPLES, SIZE
from bot.playground.samples.scenes import Scene, picture

MOST_BYTES: Final = 60_000
SEED: Final = 3
SCENES: Final[dict[str, Scene]] = {
    "wall-before": "rubbish",
    "wall-after": "clean",
    "ditch-before": "ditch",
    "ditch-after": "ditch_clean",
    "stalls-before": "stalls",
    "stalls-after": "stalls_clean",
    "bins-before": "bins",
    "bins-after": "bins_emptied",
    "lane-before": "lane",
    "lane-after": "lane_clear",
    "pond-before": "pond",
    "pond-after": "pond_clear",
    "posters-before": "posters",
    "posters-after": "posters_gone",
}


def main() -> None:
    """Draw and write every sample, as good as fits."""
    for key in SAMPLES:
        drawn = picture(SCENES[key], size=SIZE, seed=SEED)
        path = HERE / f"{key}.jpg"
        for quality in range(84, 20, -4):
            drawn.save(path, "JPEG", quality=quality, optimize=True, progressive=True)
            if path.stat().st_size <= MOST_BYTES:
                break


if __name__ == "__main__":
    main()
