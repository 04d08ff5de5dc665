"""Scenes drawn for photographs: a heap of rubbish by a wall and the same wall clean; each from a seed.

The two scenes of a pair, drawn from one seed, share wall, ground and light: before and after are one view.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from functools import lru_cache
from typing import Literal

from PIL import Image, ImageDraw, ImageFilter

Scene = Literal["rubbish", "clean", "ditch", "ditch_clean", "stalls", "stalls_clean"]
Colour = tuple[int, int, int]

_WIDE, _HIGH = 1600, 1200  # what is drawn; then brought to the wanted size


def picture(kind: Scene, *, size: tuple[int, int], seed: int) -> Image.Image:
    """The scene as a picture of exactly that size; a tall size shows the middle of it."""
    drawn = _drawn(kind, seed)
    wide, high = size
    scale = max(wide / _WIDE, high / _HIGH)
    box_wide, box_high = wide / scale, high / scale
    left, top = (_WIDE - box_wide) / 2, (_HIGH - box_high) / 2
    return drawn.resize(size, Image.Resampling.BICUBIC, box=(left, top, left + box_wide, top + box_high))


# The scenes


@lru_cache(maxsize=16)
def _drawn(kind: Scene, seed: int) -> Image.Image:
    return _SCENES[kind](seed)


def _rubbish(seed: int) -> Image.Image:
    page, draw, rng = _yard(seed)
    _heap(page, rng, middle=(rng.randint(680, 920), 900), wide=rng.randint(430, 540), pieces=170)
    _strewn(draw, rng, 26, (200, 1400), (900, 1120))
    return page


def _clean(seed: int) -> Image.Image:
    page, draw, rng = _yard(seed)
    for stroke in range(46):  # the marks of a broom
        x, y = 320 + stroke * 21 + rng.randint(-8, 8), 880 + (stroke * 37) % 180
        draw.arc((x, y, x + 190, y + 70), 190, 300, fill=_shade((176, 163, 142), rng, 10), width=3)
    _bin(page, (1190, 690))
    return page


def _ditch(seed: int) -> Image.Image:
    page, draw, rng = _bank(seed, water=(78, 92, 58))
    for _ in range(60):  # scum
        x, y = rng.randint(380, 1180), rng.randint(760, 1180)
        w = rng.randint(20, 120) * (y - 560) // 400
        draw.ellipse((x, y, x + w, y + w // 4), fill=_shade((112, 124, 62), rng, 16))
    for _ in range(46):
        y = rng.randint(720, 1170)
        half = _half_width(y) - 40
        _piece(draw, rng, 800 + rng.randint(-half, half), y, 14 + (y - 640) // 14)
    _heap(page, rng, middle=(360, 1010), wide=230, pieces=60)
    return page


def _ditch_clean(seed: int) -> Image.Image:
    page, draw, rng = _bank(seed, water=(104, 138, 142))
    for _ in range(70):  # ripples
        y = rng.randint(660, 1180)
        half = _half_width(y) - 30
        x = 800 + rng.randint(-half, half - 10)
        draw.line((x, y, x + rng.randint(20, 90), y), fill=_shade((150, 178, 182), rng, 12), width=2)
    return page


def _stalls(seed: int) -> Image.Image:
    page, draw, rng = _street(seed)
    for place, (left, ground) in enumerate(((160, 850), (560, 880), (980, 860))):
        _stall(page, rng, left, ground, ((196, 52, 46), (46, 96, 164), (214, 148, 40))[(place + seed) % 3])
    _strewn(draw, rng, 22, (120, 1480), (950, 1130))
    return page


def _stalls_clean(seed: int) -> Image.Image:
    page, draw, _ = _street(seed)
    for x in (330, 860, 1330):  # street trees where stalls stood
        draw.rectangle((x - 10, 560, x + 10, 880), fill=(98, 78, 58))
        draw.rectangle((x - 60, 872, x + 60, 890), fill=(120, 112, 100))
        _crown(page, random.Random(f"tree {seed} {x}"), (x, 500), 105)
    return page


_SCENES: dict[str, Callable[[int], Image.Image]] = {
    "rubbish": _rubbish,
    "clean": _clean,
    "ditch": _ditch,
    "ditch_clean": _ditch_clean,
    "stalls": _stalls,
    "stalls_clean": _stalls_clean,
}


# Grounds: the same for a scene and its clean counterpart


def _yard(seed: int) -> tuple[Image.Image, ImageDraw.ImageDraw, random.Random]:
    rng = random.Random(f"yard {seed}")
    page = _sky(rng)
    for _ in range(5):
        _crown(page, rng, (rng.randint(0, _WIDE), rng.randint(250, 330)), rng.randint(120, 190))
    draw = ImageDraw.Draw(page, "RGBA")
    top, foot = rng.randint(330, 390), 800
    mortar = _shade((150, 128, 112), rng, 8)
    brick = rng.choice(((158, 84, 62), (172, 98, 70), (146, 104, 88)))
    draw.rectangle((0, top, _WIDE, foot), fill=mortar)
    high, long = 28, 92
    for row, y in enumerate(range(top, foot, high)):
        for x in range(-long + (row % 2) * long // 2, _WIDE, long):
            draw.rectangle((x + 2, y + 2, x + long - 3, y + high - 3), fill=_shade(brick, rng, 16))
    draw.rectangle((0, top - 16, _WIDE, top + 4), fill=_shade((128, 120, 114), rng, 6))
    # A whitewashed band with a faded patch, as on village walls.
    left = rng.randint(80, 300)
    draw.rectangle((left, top + 90, left + 620, top + 300), fill=(226, 222, 210, 225))
    for _ in range(40):
        x, y = rng.randint(left, left + 600), rng.randint(top + 90, top + 290)
        draw.ellipse(
            (x, y, x + rng.randint(8, 50), y + rng.randint(4, 18)), fill=(*_shade(brick, rng, 20), 120)
        )
    _floor(draw, rng, foot, (184, 170, 146), (150, 136, 112))
    for _ in range(130):  # grass at the foot of the wall
        x = rng.randint(0, _WIDE)
        draw.line(
            (x, foot + 8, x + rng.randint(-12, 12), foot - rng.randint(8, 46)),
            fill=_shade((92, 122, 54), rng, 22),
            width=4,
        )
    draw.rectangle((0, foot, _WIDE, foot + 16), fill=(60, 48, 38, 60))
    return page, draw, rng


def _bank(seed: int, *, water: Colour) -> tuple[Image.Image, ImageDraw.ImageDraw, random.Random]:
    rng = random.Random(f"bank {seed}")
    page = _sky(rng)
    for _ in range(14):
        _crown(page, rng, (rng.randint(-40, _WIDE + 40), rng.randint(470, 540)), rng.randint(60, 120))
    draw = ImageDraw.Draw(page, "RGBA")
    _floor(draw, rng, 570, (124, 138, 74), (96, 112, 52))
    draw.polygon(((690, 572), (910, 572), (1490, _HIGH), (110, _HIGH)), fill=(132, 112, 82))
    draw.polygon(((716, 580), (884, 580), (1350, _HIGH), (250, _HIGH)), fill=water)
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
            fill=_shade((104, 132, 56), rng, 26),
            width=max(2, high // 10),
        )
    return page, draw, rng


def _half_width(y: int) -> int:
    return 84 + (y - 580) * (550 - 84) // (_HIGH - 580)


def _street(seed: int) -> tuple[Image.Image, ImageDraw.ImageDraw, random.Random]:
    rng = random.Random(f"street {seed}")
    page = _sky(rng)
    draw = ImageDraw.Draw(page, "RGBA")
    draw.rectangle((0, 150, _WIDE, 860), fill=_shade((206, 194, 176), rng, 8))
    for x in range(40, _WIDE, 200):  # windows upstairs
        draw.rectangle((x, 190, x + 120, 320), fill=_shade((92, 112, 128), rng, 12))
        draw.line((x + 60, 190, x + 60, 320), fill=(230, 230, 226), width=5)
        draw.rectangle((x, 190, x + 120, 320), outline=(230, 230, 226), width=5)
    for shop, left in enumerate(range(0, _WIDE, 400)):
        ground = ((178, 38, 40), (28, 92, 160), (36, 120, 70), (196, 120, 24))[(shop + seed) % 4]
        draw.rectangle((left + 12, 370, left + 388, 470), fill=ground)
        for sign in range(4):  # strokes that read as a shop's name from afar
            _sign(draw, rng, left + 66 + sign * 72, 392)
        draw.rectangle((left + 30, 486, left + 370, 850), fill=_shade((72, 80, 84), rng, 10))
        for y in range(500, 690 + rng.randint(-60, 60), 15):  # a half-closed rolling shutter
            draw.line((left + 32, y, left + 368, y), fill=(156, 160, 160), width=9)
    draw.rectangle((0, 850, _WIDE, 980), fill=(168, 156, 146))
    for row, y in enumerate(range(850, 980, 33)):  # paving
        draw.line((0, y, _WIDE, y), fill=(140, 128, 118), width=2)
        for x in range(-60 + row * 30, _WIDE, 110):
            draw.line((x, y, x - 12, y + 33), fill=(140, 128, 118), width=2)
    draw.rectangle((0, 976, _WIDE, 1000), fill=(198, 196, 190))
    draw.rectangle((0, 1000, _WIDE, _HIGH), fill=(92, 94, 98))
    for x in range(-80, _WIDE, 330):
        draw.polygon(((x, 1100), (x + 190, 1100), (x + 170, 1120), (x - 26, 1120)), fill=(226, 224, 214))
    return page, draw, rng


# Things


def _sky(rng: random.Random) -> Image.Image:
    high, low = _shade((132, 170, 208), rng, 14), _shade((222, 228, 228), rng, 8)
    line = Image.new("RGB", (1, 64))
    for y in range(64):
        line.putpixel((0, y), _between(high, low, y / 63))
    page = Image.new("RGB", (_WIDE, _HIGH), low)
    page.paste(line.resize((_WIDE, 640), Image.Resampling.BICUBIC), (0, 0))
    clouds = Image.new("L", (_WIDE, 640), 0)
    puff = ImageDraw.Draw(clouds)
    for _ in range(5):
        x, y = rng.randint(0, _WIDE), rng.randint(20, 260)
        for _ in range(9):
            dx, dy, r = rng.randint(-150, 150), rng.randint(-24, 24), rng.randint(30, 80)
            puff.ellipse((x + dx - r, y + dy - r // 2, x + dx + r, y + dy + r // 2), fill=120)
    page.paste((246, 247, 246), (0, 0), clouds.filter(ImageFilter.GaussianBlur(22)))
    return page


def _floor(draw: ImageDraw.ImageDraw, rng: random.Random, top: int, far: Colour, near: Colour) -> None:
    for y in range(top, _HIGH, 4):
        draw.rectangle((0, y, _WIDE, y + 3), fill=_between(far, near, (y - top) / (_HIGH - top)))
    for _ in range(900):  # pebbles and clods, larger towards the eye
        y = rng.randint(top, _HIGH)
        size = 2 + (y - top) * 9 // (_HIGH - top)
        x = rng.randint(0, _WIDE)
        colour = _shade(_between(far, near, (y - top) / (_HIGH - top)), rng, 26)
        draw.ellipse((x, y, x + size * 2, y + size), fill=colour)


def _crown(page: Image.Image, rng: random.Random, middle: tuple[int, int], radius: int) -> None:
    draw = ImageDraw.Draw(page)
    for leaf in range(260):
        angle, out = rng.random() * math.tau, radius * math.sqrt(rng.random())
        x, y = middle[0] + out * math.cos(angle), middle[1] + out * math.sin(angle) * 0.8
        size = rng.randint(7, 20)
        # Light from above: what lies higher, and is drawn later, is brighter.
        light = 1.1 - (y - middle[1] + radius) / (3 * radius) + leaf / 1300
        green = _shade((66, 98, 46), rng, 12)
        draw.ellipse((x - size, y - size, x + size, y + size), fill=_lit(green, light))


def _heap(page: Image.Image, rng: random.Random, *, middle: tuple[int, int], wide: int, pieces: int) -> None:
    shadow = Image.new("L", page.size, 0)
    x, y = middle
    ImageDraw.Draw(shadow).ellipse((x - wide - 40, y - 20, x + wide + 70, y + 130), fill=150)
    page.paste((46, 40, 34), (0, 0), shadow.filter(ImageFilter.GaussianBlur(26)))
    draw = ImageDraw.Draw(page, "RGBA")
    for number in range(pieces):
        out = rng.uniform(-1, 1)
        high = (1 - out * out) * wide * 0.5 * (1 - number / pieces)
        _piece(
            draw,
            rng,
            int(x + out * wide * (0.75 + 0.25 * number / pieces)),
            int(y + 70 * number / pieces - high * rng.random()),
            rng.randint(36, 88) * wide // 480,
        )


def _strewn(
    draw: ImageDraw.ImageDraw, rng: random.Random, count: int, across: tuple[int, int], down: tuple[int, int]
) -> None:
    for _ in range(count):
        _piece(draw, rng, rng.randint(*across), rng.randint(*down), rng.randint(16, 40))


def _piece(draw: ImageDraw.ImageDraw, rng: random.Random, x: int, y: int, size: int) -> None:
    kind = rng.choice(("sack", "sack", "bag", "bag", "box", "bottle", "paper", "rind"))
    draw.ellipse((x - size, y + size // 3, x + size, y + size), fill=(30, 26, 22, 70))
    if kind == "sack":
        colour = rng.choice(((44, 46, 50), (62, 64, 70), (52, 70, 60)))
        _blob(draw, rng, x, y, size, colour)
        draw.polygon(
            (
                (x - size // 5, y - size * 3 // 4),
                (x + size // 5, y - size * 3 // 4),
                (x, y - size * 11 // 10),
            ),
            fill=_lit(colour, 1.3),
        )
        draw.arc(
            (x - size // 2, y - size // 2, x + size // 3, y + size // 4),
            190,
            270,
            fill=(150, 152, 156),
            width=3,
        )
    elif kind == "bag":
        colour = rng.choice(((222, 222, 216), (204, 66, 60), (74, 118, 182), (226, 206, 92), (120, 176, 120)))
        _blob(draw, rng, x, y, size * 3 // 4, colour)
        for fold in range(3):
            dx = (fold - 1) * size // 4
            draw.line(
                (x + dx, y - size // 3, x + dx // 2, y + size // 3), fill=(*_lit(colour, 0.7), 160), width=3
            )
    elif kind == "box":
        colour = _shade((176, 134, 86), rng, 14)
        w, h, lean = size, size * 2 // 3, rng.randint(-size // 4, size // 4)
        draw.polygon(
            ((x - w, y - h), (x + w // 2, y - h + lean), (x + w // 2, y + h), (x - w, y + h - lean)),
            fill=colour,
        )
        draw.polygon(
            ((x + w // 2, y - h + lean), (x + w, y - h - 4), (x + w, y + h // 2), (x + w // 2, y + h)),
            fill=_lit(colour, 0.7),
        )
        draw.line((x - w, y, x + w // 2, y + lean // 2), fill=_lit(colour, 0.82), width=4)
    elif kind == "bottle":
        colour = rng.choice(((150, 190, 200), (86, 140, 96), (190, 206, 210)))
        r = max(3, size // 5)
        draw.rounded_rectangle((x - size // 2, y, x + size // 2, y + 2 * r), radius=r, fill=(*colour, 230))
        draw.rectangle(
            (x + size // 2, y + r // 2, x + size // 2 + r * 2, y + r * 3 // 2), fill=_lit(colour, 0.8)
        )
        draw.rectangle(
            (x - size // 8, y, x + size // 8, y + 2 * r), fill=rng.choice(((200, 60, 50), (60, 100, 180)))
        )
        draw.line(
            (x - size // 2 + r, y + r // 2, x + size // 2 - r, y + r // 2), fill=(250, 252, 252), width=2
        )
    elif kind == "paper":
        points = [(x + rng.randint(-size, size) // 2, y + rng.randint(-size, size) // 3) for _ in range(5)]
        draw.polygon(points, fill=_shade((232, 228, 216), rng, 12), outline=(170, 164, 150))
    else:
        colour = rng.choice(((118, 142, 64), (196, 150, 70), (110, 84, 58)))
        draw.chord((x - size // 2, y - size // 3, x + size // 2, y + size // 2), 10, 190, fill=colour)
        draw.chord(
            (x - size // 3, y - size // 4, x + size // 3, y + size // 3), 10, 190, fill=_lit(colour, 1.35)
        )


def _blob(draw: ImageDraw.ImageDraw, rng: random.Random, x: int, y: int, size: int, colour: Colour) -> None:
    outline = []
    for step in range(16):
        angle = step * math.tau / 16
        out = size * rng.uniform(0.82, 1.06)
        outline.append((x + out * math.cos(angle), y + out * 0.78 * math.sin(angle)))
    draw.polygon(outline, fill=_lit(colour, 0.72))
    for layer in range(1, 5):
        part = 1 - layer * 0.17
        draw.polygon(
            [
                (x - size * 0.07 * layer + (px - x) * part, y - size * 0.08 * layer + (py - y) * part)
                for px, py in outline
            ],
            fill=_lit(colour, 0.72 + layer * 0.13),
        )


def _bin(page: Image.Image, at: tuple[int, int]) -> None:
    draw = ImageDraw.Draw(page, "RGBA")
    x, y = at
    draw.ellipse((x - 10, y + 180, x + 180, y + 216), fill=(40, 36, 30, 110))
    draw.polygon(((x, y), (x + 150, y), (x + 134, y + 196), (x + 16, y + 196)), fill=(38, 122, 72))
    draw.polygon(((x + 112, y), (x + 150, y), (x + 134, y + 196), (x + 108, y + 196)), fill=(28, 96, 56))
    draw.rounded_rectangle((x - 12, y - 26, x + 162, y + 8), radius=10, fill=(48, 140, 84))
    draw.rectangle((x + 42, y + 70, x + 90, y + 118), fill=(234, 238, 232))
    for wheel in (x + 24, x + 108):
        draw.ellipse((wheel, y + 184, wheel + 26, y + 210), fill=(36, 36, 38))


def _stall(page: Image.Image, rng: random.Random, left: int, ground: int, colour: Colour) -> None:
    draw = ImageDraw.Draw(page, "RGBA")
    wide, top = 380, ground - 340
    draw.ellipse((left - 20, ground + 70, left + wide + 40, ground + 130), fill=(40, 36, 34, 110))
    for x in (left + 14, left + wide - 14):
        draw.rectangle((x - 5, top, x + 5, ground + 100), fill=(120, 122, 124))
    stripes = 8
    for stripe in range(stripes):  # the awning
        a, b = left + stripe * wide // stripes, left + (stripe + 1) * wide // stripes
        fill = colour if stripe % 2 else (238, 234, 224)
        draw.polygon(((a + 24, top - 70), (b + 24 - 6, top - 70), (b, top), (a, top)), fill=fill)
        draw.pieslice((a, top - 16, b, top + 22), 0, 180, fill=_lit(fill, 0.86))
    table = ground - 60
    draw.rectangle((left, table, left + wide, ground + 96), fill=_lit(colour, 0.62))
    draw.polygon(
        ((left + 20, table - 56), (left + wide - 20, table - 56), (left + wide, table), (left, table)),
        fill=(146, 116, 84),
    )
    for tray in range(4):  # fruit and vegetables in trays
        x = left + 22 + tray * 88
        draw.polygon(
            ((x + 8, table - 52), (x + 76, table - 52), (x + 80, table - 4), (x, table - 4)),
            fill=(92, 70, 50),
        )
        fruit = rng.choice(((212, 60, 44), (230, 150, 40), (122, 160, 56), (226, 206, 84), (120, 60, 110)))
        for _ in range(34):
            fx, fy, r = x + rng.randint(8, 70), table - rng.randint(8, 62), rng.randint(8, 12)
            draw.ellipse((fx - r, fy - r, fx + r, fy + r), fill=_shade(fruit, rng, 22))
            draw.ellipse((fx - r // 2, fy - r // 2, fx, fy), fill=(255, 255, 255, 70))
    for crate in range(2):
        x, y = left + 40 + crate * 190, ground + 44
        draw.rectangle((x, y, x + 120, y + 70), fill=_shade((186, 150, 100), rng, 12))
        for slat in (18, 42):
            draw.line((x, y + slat, x + 120, y + slat), fill=(120, 92, 60), width=5)


def _sign(draw: ImageDraw.ImageDraw, rng: random.Random, x: int, y: int) -> None:
    ink = (250, 236, 190)
    draw.line((x, y + 12, x + 52, y + 12), fill=ink, width=6)
    draw.line((x + 26, y, x + 26, y + 54), fill=ink, width=6)
    for _ in range(3):
        ax, ay = x + rng.randint(0, 40), y + rng.randint(14, 50)
        draw.line((ax, ay, ax + rng.choice((-16, 16, 22)), ay + rng.choice((0, 12))), fill=ink, width=5)


# Light


def _between(one: Colour, other: Colour, part: float) -> Colour:
    a, b, c = (round(x + (y - x) * part) for x, y in zip(one, other, strict=True))
    return a, b, c


def _lit(colour: Colour, light: float) -> Colour:
    a, b, c = (max(0, min(255, round(x * light))) for x in colour)
    return a, b, c


def _shade(colour: Colour, rng: random.Random, most: int) -> Colour:
    off = rng.randint(-most, most)
    a, b, c = (max(0, min(255, x + off + rng.randint(-3, 3))) for x in colour)
    return a, b, c
