"""Scenes of a village: a wall with posters, a lane with rubble, a pond; each also as it should be."""

from __future__ import annotations

import random

from PIL import Image, ImageDraw, ImageFilter

from .things import HIGH, WIDE, Colour, between, crown, floor, lit, shade, sky, strewn

Ground = tuple[Image.Image, ImageDraw.ImageDraw, random.Random]


def posters(page: Image.Image, draw: ImageDraw.ImageDraw, rng: random.Random, *, gone: bool) -> Image.Image:
    """The wall of the yard, stuck over with posters; or painted white, with flowers before it."""
    wall = random.Random("wall")
    top, foot = 400, 800
    draw.rectangle((0, top, WIDE, foot - 110), fill=(233, 230, 220))
    draw.rectangle((0, foot - 110, WIDE, foot), fill=(96, 128, 150))
    for _ in range(300):  # weather on the paint
        x, y = wall.randint(0, WIDE), wall.randint(top, foot)
        draw.ellipse((x, y, x + wall.randint(6, 60), y + wall.randint(2, 10)), fill=(120, 116, 108, 26))
    draw.rectangle((0, top - 6, WIDE, top + 6), fill=(150, 146, 138))
    if gone:
        for x in range(30, WIDE, 26):
            _flower(draw, wall, x + wall.randint(-8, 8), foot + 26)
        return page
    for _ in range(34):
        _poster(draw, wall, wall.randint(20, WIDE - 220), wall.randint(top + 10, foot - 180))
    strewn(draw, rng, 16, (100, 1500), (840, 1000))
    return page


def _poster(draw: ImageDraw.ImageDraw, rng: random.Random, x: int, y: int) -> None:
    wide, high = rng.randint(90, 210), rng.randint(70, 150)
    lean = rng.randint(-10, 10)
    paper = rng.choice(((250, 246, 200), (252, 252, 250), (248, 190, 180), (190, 220, 244), (250, 214, 90)))
    corners = ((x, y + lean), (x + wide, y), (x + wide, y + high - lean), (x + 4, y + high))
    draw.polygon([(a + 5, b + 6) for a, b in corners], fill=(60, 56, 50, 70))
    draw.polygon(corners, fill=paper, outline=lit(paper, 0.8))
    ink = rng.choice(((190, 30, 34), (30, 40, 120), (40, 40, 44)))
    for line in range(3):
        left = x + 12
        size = (22, 13, 13)[line]
        row = y + 16 + (0, 38, 62)[line]
        if row + size > y + high - 10:
            break
        while left < x + wide - 26:
            draw.rectangle((left, row, left + size * 3 // 4, row + size), outline=ink, width=3)
            draw.line((left, row + size // 2, left + size * 3 // 4, row + size // 2), fill=ink, width=2)
            left += size + 6
    if rng.random() < 0.3:  # half torn off
        draw.polygon(((x + wide, y), (x + wide, y + high // 2), (x + wide // 2, y)), fill=(214, 210, 200))


def _flower(draw: ImageDraw.ImageDraw, rng: random.Random, x: int, y: int) -> None:
    for _ in range(5):
        draw.line(
            (x, y, x + rng.randint(-14, 14), y - rng.randint(20, 44)),
            fill=shade((70, 120, 52), rng, 18),
            width=4,
        )
    colour = rng.choice(((224, 60, 80), (240, 180, 40), (230, 110, 170), (250, 240, 230)))
    for _ in range(3):
        a, b = x + rng.randint(-14, 14), y - rng.randint(24, 46)
        for dx, dy in ((-5, 0), (5, 0), (0, -5), (0, 5)):
            draw.ellipse((a + dx - 5, b + dy - 5, a + dx + 5, b + dy + 5), fill=colour)
        draw.ellipse((a - 3, b - 3, a + 3, b + 3), fill=(250, 220, 90))


# --- the lane -----------------------------------------------------------------------------------------


def lane(seed: int, *, clear: bool) -> Image.Image:
    """A concrete lane between farmyard walls: with building rubble and straw, or swept, with beds."""
    page, draw, rng = _lane(seed)
    if clear:
        for side in (-1, 1):
            for step in range(26):
                y = 606 + int((step / 25) ** 2 * 580)
                edge = 66 + (y - 592) * 464 // 608
                x = 800 + side * (edge + 12 + (y - 592) // 9)
                for _ in range(1 + step // 6):
                    _flower(draw, rng, x + rng.randint(-12, 12) * (y - 560) // 300, y)
        return page
    _rubble(page, rng, (430, 930), 270)
    _straw(page, rng, (1180, 900), 250)
    strewn(draw, rng, 18, (500, 1150), (820, 1150))
    return page


def _lane(seed: int) -> Ground:
    rng = random.Random(f"lane {seed}")
    page = sky(rng)
    for _ in range(9):
        crown(page, rng, (rng.randint(300, 1300), rng.randint(430, 520)), rng.randint(70, 130))
    draw = ImageDraw.Draw(page, "RGBA")
    floor(draw, rng, 590, (170, 158, 130), (146, 132, 104))
    draw.polygon(((735, 592), (865, 592), (1330, HIGH), (270, HIGH)), fill=(178, 178, 174))
    for joint in range(9):  # joints of the slabs
        near = (joint / 8) ** 2
        y = 600 + int(near * 590)
        half = 66 + int((y - 592) * 464 / 608)
        draw.line((800 - half, y, 800 + half, y), fill=(140, 140, 136), width=2 + joint // 2)
    _side(draw, rng, left=True)
    _side(draw, rng, left=False)
    return page, draw, rng


def _side(draw: ImageDraw.ImageDraw, rng: random.Random, *, left: bool) -> None:
    """A farmyard's wall in perspective, with a gate."""

    def across(x: int) -> int:
        return x if left else WIDE - x

    brick = (166, 96, 70) if left else (150, 104, 84)
    draw.polygon(((across(0), 250), (across(690), 520), (across(690), 600), (across(0), 1010)), fill=brick)
    for row in range(17):  # courses of bricks
        high = row / 17
        a, b = 250 + high * 760, 520 + high * 80
        draw.line((across(0), a, across(690), b), fill=(196, 170, 150, 150), width=3)
        for x in range((row % 2) * 24, 690, 48 + row):
            y = a + (b - a) * x / 690
            tall = (760 - 680 * x / 690) / 17
            draw.line((across(x), y, across(x), y + tall), fill=(196, 170, 150, 110), width=2)
    draw.polygon(
        ((across(0), 226), (across(694), 512), (across(694), 524), (across(0), 262)), fill=(120, 112, 106)
    )
    gate = (160, 44, 40) if left else (48, 92, 140)
    draw.polygon(
        ((across(330), 420), (across(470), 466), (across(470), 728), (across(330), 814)), fill=lit(gate, 0.8)
    )
    draw.line((across(400), 444, across(400), 770), fill=lit(gate, 0.5), width=5)
    for y in (520, 600, 680):
        for x in (358, 440):
            draw.ellipse((across(x) - 6, y - 6, across(x) + 6, y + 6), fill=(226, 190, 90))


def _shadow(page: Image.Image, middle: tuple[int, int], wide: int) -> None:
    soft = Image.new("L", page.size, 0)
    x, y = middle
    ImageDraw.Draw(soft).ellipse((x - wide - 30, y - 30, x + wide + 60, y + 110), fill=150)
    page.paste((50, 44, 38), (0, 0), soft.filter(ImageFilter.GaussianBlur(24)))


def _rubble(page: Image.Image, rng: random.Random, middle: tuple[int, int], wide: int) -> None:
    """Broken bricks, blocks and mortar."""
    _shadow(page, middle, wide)
    draw = ImageDraw.Draw(page, "RGBA")
    colours: tuple[Colour, ...] = (
        (172, 88, 64),
        (150, 146, 140),
        (196, 190, 180),
        (128, 122, 116),
        (186, 110, 82),
    )
    for number in range(330):
        part = number / 330
        out = rng.uniform(-1, 1)
        high = (1 - out * out) * wide * 0.62 * (1 - part)
        x = middle[0] + out * wide
        y = middle[1] + 64 * part - high * rng.random()
        size = rng.randint(12, 34)
        colour = shade(rng.choice(colours), rng, 14)
        a, b, lean = size, size * 0.55, rng.uniform(-0.5, 0.5) * size
        front = ((x - a, y - b + lean), (x + a, y - b - lean), (x + a, y + b - lean), (x - a, y + b + lean))
        draw.polygon([(p, q - b * 0.9) for p, q in front], fill=lit(colour, 1.16))
        draw.polygon(front, fill=lit(colour, 0.86))
    for _ in range(7):  # laths
        x, y = middle[0] + rng.randint(-wide, wide) * 2 // 3, middle[1] - rng.randint(20, 130)
        draw.line((x, y, x + rng.randint(-130, 130), y - rng.randint(-30, 60)), fill=(150, 116, 76), width=11)


def _straw(page: Image.Image, rng: random.Random, middle: tuple[int, int], wide: int) -> None:
    """A stack of stalks, come apart."""
    _shadow(page, middle, wide)
    draw = ImageDraw.Draw(page, "RGBA")
    for number in range(1900):
        part = number / 1900
        out = rng.uniform(-1, 1)
        high = (1 - abs(out) ** 1.5) * wide * 0.95 * (1 - part)
        x = middle[0] + out * wide
        y = middle[1] + 80 * part - high * rng.random()
        length, lean = rng.randint(24, 74), rng.uniform(-0.6, 0.6)
        colour = lit(shade((198, 166, 92), rng, 20), 0.62 + 0.5 * rng.random())
        draw.line(
            (x - length, y + lean * length, x + length, y - lean * length),
            fill=colour,
            width=rng.randint(2, 4),
        )


# --- the pond -----------------------------------------------------------------------------------------


def pond(seed: int, *, clear: bool) -> Image.Image:
    """A village pond: black, with weed and rubbish, or clear, with a railing around it."""
    page, draw, rng = _pond(seed)
    water: Colour = (92, 140, 160) if clear else (58, 66, 46)
    far: Colour = (170, 200, 212) if clear else (92, 98, 70)
    for y in range(700, 1120, 2):
        part = (y - 700) / 420
        half = int(690 * (1 - (2 * part - 1) ** 2) ** 0.5)
        draw.line((800 - half, y, 800 + half, y), fill=between(far, water, part), width=2)
    if clear:
        for _ in range(90):
            y = rng.randint(740, 1090)
            x = rng.randint(330, 1270)
            draw.line((x, y, x + rng.randint(20, 110), y), fill=(200, 222, 230, 130), width=2)
        for x in range(130, 1480, 96):
            draw.rectangle((x - 6, 640, x + 6, 730), fill=(236, 236, 230))
        for y in (652, 690):
            draw.rectangle((118, y, 1482, y + 10), fill=(236, 236, 230))
        for x in range(60, 1560, 40):
            _flower(draw, rng, x, 1186)
        return page
    for _ in range(150):  # duckweed and scum
        x, y = rng.randint(260, 1280), rng.randint(760, 1070)
        size = rng.randint(16, 120)
        draw.ellipse((x, y, x + size, y + size // 5), fill=(*shade((104, 132, 58), rng, 22), 190))
    strewn(draw, rng, 60, (330, 1270), (760, 1050))
    strewn(draw, rng, 34, (120, 640), (1050, 1150))
    return page


def _pond(seed: int) -> Ground:
    rng = random.Random(f"pond {seed}")
    page = sky(rng)
    draw = ImageDraw.Draw(page, "RGBA")
    for left in (60, 470, 900, 1250):  # houses behind
        _house(draw, rng, left, rng.randint(390, 430))
    for _ in range(7):
        crown(page, rng, (rng.randint(0, WIDE), rng.randint(500, 560)), rng.randint(60, 110))
    draw = ImageDraw.Draw(page, "RGBA")
    floor(draw, rng, 610, (126, 136, 80), (110, 118, 66))
    draw.ellipse((80, 690, 1520, 1136), fill=(128, 108, 78))
    for _ in range(260):
        x, y = rng.randint(0, WIDE), rng.randint(1110, 1190)
        draw.line(
            (x, y, x + rng.randint(-16, 16), y - rng.randint(20, 60)),
            fill=shade((98, 128, 56), rng, 24),
            width=4,
        )
    return page, draw, rng


def _house(draw: ImageDraw.ImageDraw, rng: random.Random, left: int, top: int) -> None:
    wide, foot = 300, 620
    wall = rng.choice(((222, 214, 200), (206, 190, 170), (230, 228, 220)))
    draw.rectangle((left, top, left + wide, foot), fill=wall)
    draw.polygon(
        (
            (left - 24, top + 6),
            (left + 30, top - 74),
            (left + wide - 30, top - 74),
            (left + wide + 24, top + 6),
        ),
        fill=(146, 66, 52),
    )
    for x in range(left + 10, left + wide - 10, 18):
        draw.line((x - 8, top + 4, x + 6, top - 72), fill=(116, 50, 40), width=3)
    draw.rectangle((left + 120, top + 70, left + 180, foot), fill=(120, 52, 44))
    for x in (left + 30, left + 210):
        draw.rectangle(
            (x, top + 50, x + 60, top + 110), fill=(84, 108, 124), outline=(236, 232, 224), width=5
        )
