"""What stands and lies about in the scenes: sky, ground, trees, rubbish, bins, stalls; and light upon it."""

from __future__ import annotations

import math
import random

from PIL import Image, ImageDraw, ImageFilter

Colour = tuple[int, int, int]

WIDE, HIGH = 1600, 1200  # what is drawn; then brought to the wanted size


def sky(rng: random.Random) -> Image.Image:
    """A sky with clouds, as the page to draw on."""
    high, low = shade((132, 170, 208), rng, 14), shade((222, 228, 228), rng, 8)
    line = Image.new("RGB", (1, 64))
    for y in range(64):
        line.putpixel((0, y), between(high, low, y / 63))
    page = Image.new("RGB", (WIDE, HIGH), low)
    page.paste(line.resize((WIDE, 640), Image.Resampling.BICUBIC), (0, 0))
    clouds = Image.new("L", (WIDE, 640), 0)
    puff = ImageDraw.Draw(clouds)
    for _ in range(5):
        x, y = rng.randint(0, WIDE), rng.randint(20, 260)
        for _ in range(9):
            dx, dy, r = rng.randint(-150, 150), rng.randint(-24, 24), rng.randint(30, 80)
            puff.ellipse((x + dx - r, y + dy - r // 2, x + dx + r, y + dy + r // 2), fill=120)
    page.paste((246, 247, 246), (0, 0), clouds.filter(ImageFilter.GaussianBlur(22)))
    return page


def floor(draw: ImageDraw.ImageDraw, rng: random.Random, top: int, far: Colour, near: Colour) -> None:
    """Bare ground from a height down to the lower edge."""
    for y in range(top, HIGH, 4):
        draw.rectangle((0, y, WIDE, y + 3), fill=between(far, near, (y - top) / (HIGH - top)))
    for _ in range(900):  # pebbles and clods, larger towards the eye
        y = rng.randint(top, HIGH)
        size = 2 + (y - top) * 9 // (HIGH - top)
        x = rng.randint(0, WIDE)
        colour = shade(between(far, near, (y - top) / (HIGH - top)), rng, 26)
        draw.ellipse((x, y, x + size * 2, y + size), fill=colour)


def crown(page: Image.Image, rng: random.Random, middle: tuple[int, int], radius: int) -> None:
    """The crown of a tree."""
    draw = ImageDraw.Draw(page)
    for leaf in range(260):
        angle, out = rng.random() * math.tau, radius * math.sqrt(rng.random())
        x, y = middle[0] + out * math.cos(angle), middle[1] + out * math.sin(angle) * 0.8
        size = rng.randint(7, 20)
        # Light from above: what lies higher, and is drawn later, is brighter.
        light = 1.1 - (y - middle[1] + radius) / (3 * radius) + leaf / 1300
        green = shade((66, 98, 46), rng, 12)
        draw.ellipse((x - size, y - size, x + size, y + size), fill=lit(green, light))


def heap(page: Image.Image, rng: random.Random, *, middle: tuple[int, int], wide: int, pieces: int) -> None:
    """A heap of rubbish with its shadow."""
    shadow = Image.new("L", page.size, 0)
    x, y = middle
    ImageDraw.Draw(shadow).ellipse((x - wide - 40, y - 20, x + wide + 70, y + 130), fill=150)
    page.paste((46, 40, 34), (0, 0), shadow.filter(ImageFilter.GaussianBlur(26)))
    draw = ImageDraw.Draw(page, "RGBA")
    for number in range(pieces):
        out = rng.uniform(-1, 1)
        high = (1 - out * out) * wide * 0.5 * (1 - number / pieces)
        piece(
            draw,
            rng,
            int(x + out * wide * (0.75 + 0.25 * number / pieces)),
            int(y + 70 * number / pieces - high * rng.random()),
            rng.randint(36, 88) * wide // 480,
        )


def strewn(
    draw: ImageDraw.ImageDraw, rng: random.Random, count: int, across: tuple[int, int], down: tuple[int, int]
) -> None:
    """Single pieces strewn about."""
    for _ in range(count):
        piece(draw, rng, rng.randint(*across), rng.randint(*down), rng.randint(16, 40))


def piece(draw: ImageDraw.ImageDraw, rng: random.Random, x: int, y: int, size: int) -> None:
    """One piece of rubbish: a sack, a box, a bottle, whatever comes."""
    kind = rng.choice(("sack", "sack", "bag", "bag", "box", "bottle", "paper", "rind"))
    draw.ellipse((x - size, y + size // 3, x + size, y + size), fill=(30, 26, 22, 70))
    if kind == "sack":
        colour = rng.choice(((44, 46, 50), (62, 64, 70), (52, 70, 60)))
        blob(draw, rng, x, y, size, colour)
        draw.polygon(
            (
                (x - size // 5, y - size * 3 // 4),
                (x + size // 5, y - size * 3 // 4),
                (x, y - size * 11 // 10),
            ),
            fill=lit(colour, 1.3),
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
        blob(draw, rng, x, y, size * 3 // 4, colour)
        for fold in range(3):
            dx = (fold - 1) * size // 4
            draw.line(
                (x + dx, y - size // 3, x + dx // 2, y + size // 3), fill=(*lit(colour, 0.7), 160), width=3
            )
    elif kind == "box":
        colour = shade((176, 134, 86), rng, 14)
        w, h, lean = size, size * 2 // 3, rng.randint(-size // 4, size // 4)
        draw.polygon(
            ((x - w, y - h), (x + w // 2, y - h + lean), (x + w // 2, y + h), (x - w, y + h - lean)),
            fill=colour,
        )
        draw.polygon(
            ((x + w // 2, y - h + lean), (x + w, y - h - 4), (x + w, y + h // 2), (x + w // 2, y + h)),
            fill=lit(colour, 0.7),
        )
        draw.line((x - w, y, x + w // 2, y + lean // 2), fill=lit(colour, 0.82), width=4)
    elif kind == "bottle":
        colour = rng.choice(((150, 190, 200), (86, 140, 96), (190, 206, 210)))
        r = max(3, size // 5)
        draw.rounded_rectangle((x - size // 2, y, x + size // 2, y + 2 * r), radius=r, fill=(*colour, 230))
        draw.rectangle(
            (x + size // 2, y + r // 2, x + size // 2 + r * 2, y + r * 3 // 2), fill=lit(colour, 0.8)
        )
        draw.rectangle(
            (x - size // 8, y, x + size // 8, y + 2 * r), fill=rng.choice(((200, 60, 50), (60, 100, 180)))
        )
        draw.line(
            (x - size // 2 + r, y + r // 2, x + size // 2 - r, y + r // 2), fill=(250, 252, 252), width=2
        )
    elif kind == "paper":
        points = [(x + rng.randint(-size, size) // 2, y + rng.randint(-size, size) // 3) for _ in range(5)]
        draw.polygon(points, fill=shade((232, 228, 216), rng, 12), outline=(170, 164, 150))
    else:
        colour = rng.choice(((118, 142, 64), (196, 150, 70), (110, 84, 58)))
        draw.chord((x - size // 2, y - size // 3, x + size // 2, y + size // 2), 10, 190, fill=colour)
        draw.chord(
            (x - size // 3, y - size // 4, x + size // 3, y + size // 3), 10, 190, fill=lit(colour, 1.35)
        )


def blob(draw: ImageDraw.ImageDraw, rng: random.Random, x: int, y: int, size: int, colour: Colour) -> None:
    """A round thing with light on it."""
    outline = []
    for step in range(16):
        angle = step * math.tau / 16
        out = size * rng.uniform(0.82, 1.06)
        outline.append((x + out * math.cos(angle), y + out * 0.78 * math.sin(angle)))
    draw.polygon(outline, fill=lit(colour, 0.72))
    for layer in range(1, 5):
        part = 1 - layer * 0.17
        draw.polygon(
            [
                (x - size * 0.07 * layer + (px - x) * part, y - size * 0.08 * layer + (py - y) * part)
                for px, py in outline
            ],
            fill=lit(colour, 0.72 + layer * 0.13),
        )


def bin_at(page: Image.Image, at: tuple[int, int]) -> None:
    """A green bin."""
    draw = ImageDraw.Draw(page, "RGBA")
    x, y = at
    draw.ellipse((x - 10, y + 180, x + 180, y + 216), fill=(40, 36, 30, 110))
    draw.polygon(((x, y), (x + 150, y), (x + 134, y + 196), (x + 16, y + 196)), fill=(38, 122, 72))
    draw.polygon(((x + 112, y), (x + 150, y), (x + 134, y + 196), (x + 108, y + 196)), fill=(28, 96, 56))
    draw.rounded_rectangle((x - 12, y - 26, x + 162, y + 8), radius=10, fill=(48, 140, 84))
    draw.rectangle((x + 42, y + 70, x + 90, y + 118), fill=(234, 238, 232))
    for wheel in (x + 24, x + 108):
        draw.ellipse((wheel, y + 184, wheel + 26, y + 210), fill=(36, 36, 38))


def stall(page: Image.Image, rng: random.Random, left: int, ground: int, colour: Colour) -> None:
    """A stall with an awning, fruit and crates."""
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
        draw.pieslice((a, top - 16, b, top + 22), 0, 180, fill=lit(fill, 0.86))
    table = ground - 60
    draw.rectangle((left, table, left + wide, ground + 96), fill=lit(colour, 0.62))
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
            draw.ellipse((fx - r, fy - r, fx + r, fy + r), fill=shade(fruit, rng, 22))
            draw.ellipse((fx - r // 2, fy - r // 2, fx, fy), fill=(255, 255, 255, 70))
    for crate in range(2):
        x, y = left + 40 + crate * 190, ground + 44
        draw.rectangle((x, y, x + 120, y + 70), fill=shade((186, 150, 100), rng, 12))
        for slat in (18, 42):
            draw.line((x, y + slat, x + 120, y + slat), fill=(120, 92, 60), width=5)


def sign_stroke(draw: ImageDraw.ImageDraw, rng: random.Random, x: int, y: int) -> None:
    """A stroke that reads as a character from afar."""
    ink = (250, 236, 190)
    draw.line((x, y + 12, x + 52, y + 12), fill=ink, width=6)
    draw.line((x + 26, y, x + 26, y + 54), fill=ink, width=6)
    for _ in range(3):
        ax, ay = x + rng.randint(0, 40), y + rng.randint(14, 50)
        draw.line((ax, ay, ax + rng.choice((-16, 16, 22)), ay + rng.choice((0, 12))), fill=ink, width=5)


def between(one: Colour, other: Colour, part: float) -> Colour:
    """A colour between two."""
    a, b, c = (round(x + (y - x) * part) for x, y in zip(one, other, strict=True))
    return a, b, c


def lit(colour: Colour, light: float) -> Colour:
    """A colour in more or less light."""
    a, b, c = (max(0, min(255, round(x * light))) for x in colour)
    return a, b, c


def shade(colour: Colour, rng: random.Random, most: int) -> Colour:
    """A colour a little off."""
    off = rng.randint(-most, most)
    a, b, c = (max(0, min(255, x + off + rng.randint(-3, 3))) for x in colour)
    return a, b, c
