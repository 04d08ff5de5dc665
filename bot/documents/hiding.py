"""遮挡: parts of a photo made unrecognisable by cells of a grid, A1 at the top left to D4 (SPEC §6)."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO

from PIL import Image, ImageDraw

from bot.domain.bulletins import GRID_COLUMNS, GRID_ROWS
from bot.media.decoding import decode
from bot.media.fonts import BOLD, Fonts
from bot.media.lettering import draw_text
from bot.media.pipeline import shrunk

LONG_SIDE = 1280
BLOCKS = 5
"""Blocks along a cell: a face in it is a spot of colour."""
_QUALITY = 88


def hidden(photo: bytes, cells: Iterable[str]) -> bytes:
    """The photo as a JPEG without metadata, with those cells in coarse blocks.

    Raises:
        PhotoRefused: the file cannot be read.
    """
    picture = _picture(photo)
    for name in cells:
        box = _box(picture, name)
        part = picture.crop(box)
        small = part.resize((BLOCKS, BLOCKS), Image.Resampling.BOX)
        picture.paste(small.resize(part.size, Image.Resampling.NEAREST), box)
    return _jpeg(picture)


def with_grid(photo: bytes, *, fonts: Fonts) -> bytes:
    """The photo with the grid and the names of its cells, to choose from.

    Raises:
        PhotoRefused: the file cannot be read.
        FontMissing: there is nothing to write with.
    """
    picture = _picture(photo)
    draw = ImageDraw.Draw(picture)
    face = fonts.face(picture.width // 16, BOLD)
    for column in GRID_COLUMNS:
        for row in GRID_ROWS:
            left, top, right, bottom = _box(picture, f"{column}{row}")
            draw.rectangle((left, top, right, bottom), outline="#ffffff", width=3)
            at = ((left + right) / 2, (top + bottom) / 2 + face.size / 3)
            for off in ((2, 2), (0, 0)):
                ink = "#000000" if off[0] else "#ffd60a"
                draw_text(draw, (at[0] + off[0], at[1] + off[1]), f"{column}{row}", face, ink, align="middle")
    return _jpeg(picture)


def _box(picture: Image.Image, name: str) -> tuple[int, int, int, int]:
    column, row = GRID_COLUMNS.index(name[0]), GRID_ROWS.index(name[1])
    wide, high = picture.width / len(GRID_COLUMNS), picture.height / len(GRID_ROWS)
    return (
        round(column * wide),
        round(row * high),
        round((column + 1) * wide),
        round((row + 1) * high),
    )


def _picture(photo: bytes) -> Image.Image:
    return shrunk(decode(photo, long_side=LONG_SIDE).picture, LONG_SIDE).convert("RGB")


def _jpeg(picture: Image.Image) -> bytes:
    written = BytesIO()
    picture.save(written, "JPEG", quality=_QUALITY)
    return written.getvalue()
