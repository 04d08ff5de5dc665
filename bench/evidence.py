"""Nearly the same picture: the thresholds measured on altered copies, retakes and unrelated pictures; G7.

The set is drawn, from seeds; camera photographs from `$PHOTO_SAMPLES` join it where they are at hand.
"""

from __future__ import annotations

import os
import random
import statistics
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from bench.ratio import row
from bot.domain.evidence import EvidenceRules
from bot.media.errors import PhotoRefused
from bot.media.photo_index import PhotoIndex
from bot.media.pipeline import dhash, distance, study
from tests.drawn import photo

SCENES: Final = ("rubbish", "ditch", "stalls")
DRAWN: Final = 25  # seeds of each scene
MILLION: Final = 1_000_000

Change = Callable[[Image.Image, random.Random], Image.Image]


def main() -> None:
    """Print the table of hits and false alarms, then G7."""
    for line in table():
        print(line)
    for line in million():
        print(line)


# --- what is done to a picture ------------------------------------------------------------------------


def _jpeg(quality: int) -> Change:
    def change(picture: Image.Image, _: random.Random) -> Image.Image:
        out = BytesIO()
        picture.save(out, "JPEG", quality=quality)
        return Image.open(BytesIO(out.getvalue())).convert("RGB")

    return change


def _smaller(side: int) -> Change:
    def change(picture: Image.Image, _: random.Random) -> Image.Image:
        copy = picture.copy()
        copy.thumbnail((side, side))
        return copy

    return change


def _cropped(share: float) -> Change:
    """A share of width and of height is cut off, anywhere at the edges."""

    def change(picture: Image.Image, rng: random.Random) -> Image.Image:
        wide, high = picture.size
        left, top = rng.uniform(0, share) * wide, rng.uniform(0, share) * high
        box = (left, top, left + wide * (1 - share), top + high * (1 - share))
        return picture.resize((wide, high), Image.Resampling.BICUBIC, box=box)

    return change


def _light(factor: float) -> Change:
    return lambda picture, _: ImageEnhance.Brightness(picture).enhance(factor)


def _contrast(factor: float) -> Change:
    return lambda picture, _: ImageEnhance.Contrast(picture).enhance(factor)


def _blurred(picture: Image.Image, _: random.Random) -> Image.Image:
    return picture.filter(ImageFilter.GaussianBlur(3))


def _marked(picture: Image.Image, _: random.Random) -> Image.Image:
    """A watermark's box in a corner, as camera applications print it."""
    copy = picture.copy()
    wide, high = copy.size
    ImageDraw.Draw(copy).rectangle((0, high * 0.8, wide * 0.45, high), fill=(40, 60, 120))
    return copy


def _strip(picture: Image.Image, _: random.Random) -> Image.Image:
    """A strip below the picture, as on a stamped copy."""
    wide, high = picture.size
    page = Image.new("RGB", (wide, high + high // 14), (32, 38, 43))
    page.paste(picture, (0, 0))
    return page


def _painted(share: float) -> Change:
    """Retouched: a patch of the foreground is covered with ground from beside it."""

    def change(picture: Image.Image, rng: random.Random) -> Image.Image:
        copy = picture.copy()
        wide, high = copy.size
        w, h = int(wide * (share * 1.6) ** 0.5), int(high * (share / 1.6) ** 0.5)
        left, top = rng.randint(0, wide - w), rng.randint(high // 2, high - h)
        source = (left - w if left >= w else min(left + w, wide - w), top)
        patch = copy.crop((source[0], source[1], source[0] + w, source[1] + h))
        copy.paste(patch.filter(ImageFilter.GaussianBlur(6)), (left, top))
        return copy

    return change


def _retaken(by: float, turn: float) -> Change:
    """The same view taken again by hand: shifted, turned, in another light."""

    def change(picture: Image.Image, rng: random.Random) -> Image.Image:
        turned = picture.rotate(rng.uniform(-turn, turn), Image.Resampling.BICUBIC)
        wide, high = picture.size
        edge = 0.06 + by
        x, y = rng.uniform(0.06, 0.06 + 2 * by), rng.uniform(0.06, 0.06 + 2 * by)
        scale = 1 - 2 * edge + rng.uniform(-by, by) / 2
        box = (x * wide, y * high, min(wide, (x + scale) * wide), min(high, (y + scale) * high))
        view = turned.resize((wide, high), Image.Resampling.BICUBIC, box=box)
        return ImageEnhance.Brightness(view).enhance(rng.uniform(0.75, 1.25))

    return change


ALTERED: Final[dict[str, Change]] = {
    "JPEG, quality 60": _jpeg(60),
    "JPEG, quality 25": _jpeg(25),
    "1280 pixels": _smaller(1280),
    "320 pixels": _smaller(320),
    "cropped by 3 %": _cropped(0.03),
    "cropped by 6 %": _cropped(0.06),
    "cropped by 12 %": _cropped(0.12),
    "a third darker": _light(0.66),
    "a half brighter": _light(1.5),
    "contrast ×0.7": _contrast(0.7),
    "contrast ×1.4": _contrast(1.4),
    "blurred": _blurred,
    "watermark in a corner": _marked,
    "strip below": _strip,
    "retouched, 3 % of the picture": _painted(0.03),
    "retouched, 10 %": _painted(0.10),
}
RETAKEN: Final[dict[str, Change]] = {
    "the same view again, still hand": _retaken(0.02, 1),
    "the same view again, free hand": _retaken(0.06, 3),
}


# --- the table ------------------------------------------------------------------------------------------


def pictures() -> Iterator[tuple[str, Image.Image]]:
    """Every original, by name."""
    for kind in SCENES:
        for seed in range(DRAWN):
            data = photo(kind, size=(800, 600), seed=seed)
            yield f"{kind} {seed}", Image.open(BytesIO(data)).convert("RGB")
    samples = Path(os.environ.get("PHOTO_SAMPLES", Path(__file__).parents[2] / "shared/data/photos"))
    for path in sorted(samples.glob("*.jpg")) if samples.is_dir() else ():
        try:
            study(path.read_bytes())
        except PhotoRefused:
            continue
        shown = Image.open(path).convert("RGB")
        shown.thumbnail((1280, 1280))
        yield path.name, shown


def spread(distances: list[int], rules: EvidenceRules) -> str:
    """One line's figures: middle, highest, and the share within each threshold."""
    many = len(distances)
    within = [sum(one <= limit for one in distances) / many for limit in (4, rules.near, 12)]
    shares = " ".join(f"{share:7.1%}" for share in within)
    return f"{statistics.median(distances):5.0f} {max(distances):4d} {min(distances):4d} {shares}  n={many}"


def table() -> Iterator[str]:
    """The measured distances, one line a kind of change."""
    rules = EvidenceRules()
    originals = list(pictures())
    hashes = [dhash(picture) for _, picture in originals]
    yield f"distance of hashes (64 bits)     middle  max  min      ≤4      ≤{rules.near}     ≤12"
    for name, change in {**ALTERED, **RETAKEN}.items():
        rng = random.Random(name)
        found = [
            distance(hashes[at], dhash(change(picture, rng))) for at, (_, picture) in enumerate(originals)
        ]
        yield f"{name:32s} {spread(found, rules)}"
    cleaned = []
    for at, (name, _) in enumerate(originals):
        kind, _, seed = name.partition(" ")
        if kind in SCENES:
            after = "clean" if kind == "rubbish" else f"{kind}_clean"
            data = photo(after, size=(800, 600), seed=int(seed))  # type: ignore[arg-type]
            view = _retaken(0.02, 1)(Image.open(BytesIO(data)).convert("RGB"), random.Random(seed))
            cleaned.append(distance(hashes[at], dhash(view)))
    yield f"{'cleaned, the same view again':32s} {spread(cleaned, rules)}"
    for label, among in (("unrelated, drawn", SCENES), ("unrelated, by camera", None)):
        chosen = [
            one
            for one, (name, _) in zip(hashes, originals, strict=True)
            if (name.partition(" ")[0] in SCENES) == (among is not None)
        ]
        apart = [distance(a, b) for at, a in enumerate(chosen) for b in chosen[at + 1 :]]
        if apart:
            yield f"{label:32s} {spread(apart, rules)}"


# --- G7 -------------------------------------------------------------------------------------------------


def million(queries: int = 300) -> Iterator[str]:
    """G7: time, memory and recall among a million hashes."""
    rng, rules = random.Random(7), EvidenceRules()
    index = PhotoIndex()
    hashes = [rng.getrandbits(64) for _ in range(MILLION)]
    index.add((at, one, at) for at, one in enumerate(hashes, 1))
    times, hits = [], 0
    for _ in range(queries):
        at = rng.randrange(MILLION)
        asked = hashes[at]
        for bit in rng.sample(range(64), rules.near):
            asked ^= 1 << bit
        started = time.perf_counter()
        found = index.near(asked, rules.near)
        times.append(time.perf_counter() - started)
        hits += any(one == at + 1 for one, _ in found)
    yield row("G7", "nearly the same among 1,000,000 photos", statistics.median(times) * 1e3, 1, " ms")
    yield row("G7", "its memory", index.size / 1e6, 10, " MB")
    yield f"G7   recall at distance {rules.near}: {hits / queries:.1%} of {queries}"


if __name__ == "__main__":
    main()
