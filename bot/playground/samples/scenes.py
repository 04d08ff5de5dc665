"""Scenes drawn for photographs: a heap of rubbish by a wall and the same wall clean; each from a seed.

The two scenes of a pair, drawn from one seed, share wall, ground and light: before and after are one view.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import lru_cache
from typing import Literal

from PIL import Image, ImageDraw

from .things import (
    HIGH,
    WIDE,
    Colour,
    bin_at,
    crown,
    floor,
    heap,
    piece,
    shade,
    sign_stroke,
    sky,
    stall,
    strewn,
)
from .village import lane, pond, posters

Scene = Literal[
    "rubbish", "clean", "ditch", "ditch_clean", "stalls", "stalls_clean", "posters", "posters_gone",
    "bins", "bins_emptied", "lane", "lane_clear", "pond", "pond_clear",
]  # fmt: skip


def picture(kind: Scene, *, size: tuple[int, int], seed: int) -> Image.Image:
    """The scene as a picture of exactly that size; a tall size shows the middle of it."""
    drawn = _drawn(kind, seed)
    wide, high = size
    scale = max(wide / WIDE, high / HIGH)
    box_wide, box_high = wide / scale, high / scale
    left, top = (WIDE - box_wide) / 2, (HIGH - box_high) / 2
    return drawn.resize(size, Image.Resampling.BICUBIC, box=(left, top, left + box_wide, top + box_high))


# The scenes


@lru_cache(maxsize=16)
def _drawn(kind: Scene, seed: int) -> Image.Image:
    return _SCENES[kind](seed)


def _rubbish(seed: int) -> Image.Image:
    page, draw, rng = _yard(seed)
    heap(page, rng, middle=(rng.randint(680, 920), 900), wide=rng.randint(430, 540), pieces=170)
    strewn(draw, rng, 26, (200, 1400), (900, 1120))
    return page


def _clean(seed: int) -> Image.Image:
    page, draw, rng = _yard(seed)
    for stroke in range(46):  # the marks of a broom
        x, y = 320 + stroke * 21 + rng.randint(-8, 8), 880 + (stroke * 37) % 180
        draw.arc((x, y, x + 190, y + 70), 190, 300, fill=shade((176, 163, 142), rng, 10), width=3)
    bin_at(page, (1190, 690))
    return page


def _ditch(seed: int) -> Image.Image:
    page, draw, rng = _bank(seed, water=(78, 92, 58))
    for _ in range(60):  # scum
        x, y = rng.randint(380, 1180), rng.randint(760, 1180)
        w = rng.randint(20, 120) * (y - 560) // 400
        draw.ellipse((x, y, x + w, y + w // 4), fill=shade((112, 124, 62), rng, 16))
    for _ in range(46):
        y = rng.randint(720, 1170)
        half = _half_width(y) - 40
        piece(draw, rng, 800 + rng.randint(-half, half), y, 14 + (y - 640) // 14)
    heap(page, rng, middle=(360, 1010), wide=230, pieces=60)
    return page


def _ditch_clean(seed: int) -> Image.Image:
    page, draw, rng = _bank(seed, water=(104, 138, 142))
    for _ in range(70):  # ripples
        y = rng.randint(660, 1180)
        half = _half_width(y) - 30
        x = 800 + rng.randint(-half, half - 10)
        draw.line((x, y, x + rng.randint(20, 90), y), fill=shade((150, 178, 182), rng, 12), width=2)
    return page


def _stalls(seed: int) -> Image.Image:
    page, draw, rng = _street(seed)
    for place, (left, ground) in enumerate(((160, 850), (560, 880), (980, 860))):
        stall(page, rng, left, ground, ((196, 52, 46), (46, 96, 164), (214, 148, 40))[(place + seed) % 3])
    strewn(draw, rng, 22, (120, 1480), (950, 1130))
    return page


def _stalls_clean(seed: int) -> Image.Image:
    page, draw, _ = _street(seed)
    for x in (330, 860, 1330):  # street trees where stalls stood
        draw.rectangle((x - 10, 560, x + 10, 880), fill=(98, 78, 58))
        draw.rectangle((x - 60, 872, x + 60, 890), fill=(120, 112, 100))
        crown(page, random.Random(f"tree {seed} {x}"), (x, 500), 105)
    return page


def _bins(seed: int, *, emptied: bool) -> Image.Image:
    page, draw, rng = _street(seed)
    for x in (330, 1330):
        draw.rectangle((x - 10, 560, x + 10, 880), fill=(98, 78, 58))
        crown(page, random.Random(f"tree {seed} {x}"), (x, 500), 105)
    for x in (640, 830):
        bin_at(page, (x, 700))
    if emptied:
        return page
    for x in (640, 830):  # lids up, sacks on top
        for _ in range(9):
            piece(draw, rng, x + rng.randint(10, 140), 690 - rng.randint(0, 66), rng.randint(34, 54))
    heap(page, rng, middle=(560, 900), wide=190, pieces=46)
    heap(page, rng, middle=(1090, 905), wide=170, pieces=40)
    strewn(draw, rng, 26, (360, 1300), (900, 1130))
    return page


_SCENES: dict[str, Callable[[int], Image.Image]] = {
    "rubbish": _rubbish,
    "clean": _clean,
    "ditch": _ditch,
    "ditch_clean": _ditch_clean,
    "stalls": _stalls,
    "stalls_clean": _stalls_clean,
    "posters": lambda seed: posters(*_yard(seed), gone=False),
    "posters_gone": lambda seed: posters(*_yard(seed), gone=True),
    "bins": lambda seed: _bins(seed, emptied=False),
    "bins_emptied": lambda seed: _bins(seed, emptied=True),
    "lane": lambda seed: lane(seed, clear=False),
    "lane_clear": lambda seed: lane(seed, clear=True),
    "pond": lambda seed: pond(seed, clear=False),
    "pond_clear": lambda seed: pond(seed, clear=True),
}


# Grounds: the same for a scene and its clean counterpart


def _yard(seed: int) -> tuple[Image.Image, ImageDraw.ImageDraw, random.Random]:
    rng = random.Random(f"yard {seed}")
    page = sky(rng)
    for _ in range(5):
        crown(page, rng, (rng.randint(0, WIDE), rng.randint(250, 330)), rng.randint(120, 190))
    draw = ImageDraw.Draw(page, "RGBA")
    top, foot = rng.randint(330, 390), 800
    mortar = shade((150, 128, 112), rng, 8)
    brick = rng.choice(((158, 84, 62), (172, 98, 70), (146, 104, 88)))
    draw.rectangle((0, top, WIDE, foot), fill=mortar)
    high, long = 28, 92
    for row, y in enumerate(range(top, foot, high)):
        for x in range(-long + (row % 2) * long // 2, WIDE, long):
            draw.rectangle((x + 2, y + 2, x + long - 3, y + high - 3), fill=shade(brick, rng, 16))
    draw.rectangle((0, top - 16, WIDE, top + 4), fill=shade((128, 120, 114), rng, 6))
    # A whitewashed band with a faded patch, as on village walls.
    left = rng.randint(80, 300)
    draw.rectangle((left, top + 90, left + 620, top + 300), fill=(226, 222, 210, 225))
    for _ in range(40):
        x, y = rng.randint(left, left + 600), rng.randint(top + 90, top + 290)
        draw.ellipse(
            (x, y, x + rng.randint(8, 50), y + rng.randint(4, 18)), fill=(*shade(brick, rng, 20), 120)
        )
    floor(draw, rng, foot, (184, 170, 146), (150, 136, 112))
    for _ in range(130):  # grass at the foot of the wall
        x = rng.randint(0, WIDE)
        draw.line(
            (x, foot + 8, x + rng.randint(-12, 12), foot - rng.randint(8, 46)),
            fill=shade((92, 122, 54), rng, 22),
            width=4,
        )
    draw.rectangle((0, foot, WIDE, foot + 16), fill=(60, 48, 38, 60))
    return page, draw, rng


def _bank(seed: int, *, water: Colour) -> tuple[Image.Image, ImageDraw.ImageDraw, random.Random]:
    rng = random.Random(f"bank {seed}")
    page = sky(rng)
    for _ in range(14):
        crown(page, rng, (rng.randint(-40, WIDE + 40), rng.randint(470, 540)), rng.randint(60, 120))
    draw = ImageDraw.Draw(page, "RGBA")
    floor(draw, rng, 570, (124, 138, 74), (96, 112, 52))
    draw.polygon(((690, 572), (910, 572), (1490, HIGH), (110, HIGH)), fill=(132, 112, 82))
    draw.polygon(((716, 580), (884, 580), (1350, HIGH), (250, HIGH)), fill=water)
    for step in range(140):  # darker towards the eye
        y = 580 + step * 620 // 140
        half = _half_width(y)
        draw.line((800 - half, y, 800 + half, y), fill=(20, 30, 20, step // 2), width=6)
    for _ in range(420):  # grass of both banks
        y = rng.randint(600, 1190)
        out = _half_width(y) + 40 + abs(int(rng.gauss(0, 190)))
        x = 800 + rng.choice((-1, 1)) * out
        high = (y - 520) // 9
        draw.line(
            (x, y, x + rng.randint(-high, high) // 2, y - high),
            fill=shade((104, 132, 56), rng, 26),
            width=max(2, high // 10),
        )
    return page, draw, rng


def _half_width(y: int) -> int:
    return 84 + (y - 580) * (550 - 84) // (HIGH - 580)


def _street(seed: int) -> tuple[Image.Image, ImageDraw.ImageDraw, random.Random]:
    rng = random.Random(f"street {seed}")
    page = sky(rng)
    draw = ImageDraw.Draw(page, "RGBA")
    draw.rectangle((0, 150, WIDE, 860), fill=shade((206, 194, 176), rng, 8))
    for x in range(40, WIDE, 200):  # windows upstairs
        draw.rectangle((x, 190, x + 120, 320), fill=shade((92, 112, 128), rng, 12))
        draw.line((x + 60, 190, x + 60, 320), fill=(230, 230, 226), width=5)
        draw.rectangle((x, 190, x + 120, 320), outline=(230, 230, 226), width=5)
    for shop, left in enumerate(range(0, WIDE, 400)):
        ground = ((178, 38, 40), (28, 92, 160), (36, 120, 70), (196, 120, 24))[(shop + seed) % 4]
        draw.rectangle((left + 12, 370, left + 388, 470), fill=ground)
        for sign in range(4):  # strokes that read as a shop's name from afar
            sign_stroke(draw, rng, left + 66 + sign * 72, 392)
        draw.rectangle((left + 30, 486, left + 370, 850), fill=shade((72, 80, 84), rng, 10))
        for y in range(500, 690 + rng.randint(-60, 60), 15):  # a half-closed rolling shutter
            draw.line((left + 32, y, left + 368, y), fill=(156, 160, 160), width=9)
    draw.rectangle((0, 850, WIDE, 980), fill=(168, 156, 146))
    for row, y in enumerate(range(850, 980, 33)):  # paving
        draw.line((0, y, WIDE, y), fill=(140, 128, 118), width=2)
        for x in range(-60 + row * 30, WIDE, 110):
            draw.line((x, y, x - 12, y + 33), fill=(140, 128, 118), width=2)
    draw.rectangle((0, 976, WIDE, 1000), fill=(198, 196, 190))
    draw.rectangle((0, 1000, WIDE, HIGH), fill=(92, 94, 98))
    for x in range(-80, WIDE, 330):
        draw.polygon(((x, 1100), (x + 190, 1100), (x + 170, 1120), (x - 26, 1120)), fill=(226, 224, 214))
    return page, draw, rng
