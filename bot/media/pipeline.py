"""One decode of a received photo feeds everything: proof that it is whole, hash, thumbnail, stamped copy.

Memory for a photo of 12 megapixels stays under 30 MB, because a JPEG is reduced while it is decoded.
All functions are plain and may run in threads; Pillow releases the lock where it works long.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import BinaryIO

from PIL import Image, ImageDraw

from bot.media.decoding import PictureFormat, decode, power_within
from bot.media.fonts import BOLD, Fonts
from bot.media.lettering import draw_text, shorten

# Raised whenever the same file could give another hash; stored beside each hash.
DHASH_VERSION = 1

THUMBNAIL_SIDE = 320
COPY_SIDE = 1280  # the copy's long side is at least this and less than twice this
_THUMBNAIL_QUALITY = 78
_COPY_QUALITY = 80
_STRIP_GROUND, _STRIP_INK, _STRIP_QUIET = "#20262b", "#ffffff", "#c9d1d6"


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the strip below a stamped copy says: number, place and date, worded by the caller."""

    number: str
    place: str
    date: str


@dataclass(frozen=True, slots=True)
class Studied:
    """What was learnt of a photo.

    Attributes:
        sha256: of the bytes as received, 64 hexadecimal digits.
        format: what it is by its bytes, whatever its name says.
        size: in bytes.
        width, height: in pixels, the right way up.
        dhash: 64 bits, as ImageHash's dhash of the upright picture; 0 ≤ dhash < 2**64.
        dhash_version: of the way the hash is made; hashes of different versions are not compared.
        taken: the camera's local time, naive, or None.
        position: latitude, longitude in degrees (WGS-84), or None.
        orientation: 1 to 8 as EXIF said; already applied to everything here.
        thumbnail: JPEG, at most 320 pixels, no metadata.
        copy: JPEG without metadata, stamped when a stamp was given; None when not wanted.
    """

    sha256: str
    format: PictureFormat
    size: int
    width: int
    height: int
    dhash: int
    dhash_version: int
    taken: datetime | None
    position: tuple[float, float] | None
    orientation: int
    thumbnail: bytes
    copy: bytes | None


def study(
    data: bytes,
    *,
    name: str | None = None,
    wants_copy: bool = False,
    stamp: Stamp | None = None,
    fonts: Fonts | None = None,
) -> Studied:
    """Learn everything about a received photo from one decode.

    Args:
        data: the file as received.
        name: its name, for errors alone.
        wants_copy: also make a copy for people; a stamp implies it.
        stamp: what to write below the copy.
        fonts: needed with a stamp.

    Raises:
        PhotoRefused: as NotAnImage, Truncated, TooManyPixels or TooLarge.
        FontMissing: when the stamp cannot be written.
    """
    if stamp is not None and fonts is None:
        raise ValueError("a stamp needs fonts")
    wants_copy = wants_copy or stamp is not None
    decoded = decode(data, name=name, long_side=COPY_SIDE if wants_copy else THUMBNAIL_SIDE)
    picture = decoded.picture
    factor = power_within(max(picture.size) / THUMBNAIL_SIDE)
    small = picture.reduce(factor) if factor > 1 else picture
    copy = None
    if wants_copy:
        shown = picture if stamp is None or fonts is None else _stamped(picture, stamp, fonts)
        copy = encode(shown, _COPY_QUALITY)
    return Studied(
        sha256=hashlib.sha256(data).hexdigest(),
        format=decoded.format,
        size=len(data),
        width=decoded.width,
        height=decoded.height,
        dhash=dhash(small),
        dhash_version=DHASH_VERSION,
        taken=decoded.facts.taken,
        position=decoded.facts.position,
        orientation=decoded.facts.orientation,
        thumbnail=encode(shrunk(small, THUMBNAIL_SIDE), _THUMBNAIL_QUALITY),
        copy=copy,
    )


def dhash(picture: Image.Image) -> int:
    """The difference hash of a picture: 64 bits, row by row, the first bit the highest; as ImageHash's."""
    grey = picture.convert("L").resize((9, 8), Image.Resampling.LANCZOS).tobytes()
    bits = 0
    for row in range(8):
        for column in range(8):
            left = row * 9 + column
            bits = bits << 1 | (grey[left + 1] > grey[left])
    return bits


def distance(one: int, other: int) -> int:
    """In how many of their 64 bits two hashes of the same version differ; up to about 8 is the same view."""
    return (one ^ other).bit_count()


def shrunk(picture: Image.Image, long_side: int) -> Image.Image:
    """The picture with its long side at most so many pixels; a smaller one is left as it is."""
    longest = max(picture.size)
    if longest <= long_side:
        return picture
    size = (
        max(1, round(picture.width * long_side / longest)),
        max(1, round(picture.height * long_side / longest)),
    )
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2)


def encode(picture: Image.Image, quality: int) -> bytes:
    """A picture as JPEG; nothing but pixels goes in when it comes from `decode`."""
    # Pillow lets other threads run while it writes to a file, not while it writes to a BytesIO: with
    # that the event loop would stand for 10 ms a picture. A file in memory gives both.
    with _memory_file() as out:
        picture.save(out, "JPEG", quality=quality)
        out.seek(0)
        return out.read()


def _memory_file() -> BinaryIO:
    create = getattr(os, "memfd_create", None)  # Linux
    return BytesIO() if create is None else os.fdopen(create("picture"), "w+b")


def _stamped(picture: Image.Image, stamp: Stamp, fonts: Fonts) -> Image.Image:
    # Below the picture and not across it: a strip on the picture could hide what is to be seen.
    width, height = picture.size
    size = max(14, min(width, 1600) // 40)
    narrow = width < height
    pad, line = size * 3 // 4, size * 8 // 5
    lines = 2 if narrow or width < 500 else 1
    canvas = Image.new("RGB", (width, height + line * lines + pad), _STRIP_GROUND)
    canvas.paste(picture, (0, 0))
    draw = ImageDraw.Draw(canvas)
    bold, plain = fonts.face(size, BOLD), fonts.face(size)
    baseline = height + pad // 2 + size * 6 // 5
    draw_text(draw, (pad, baseline), stamp.number, bold, _STRIP_INK)
    draw_text(draw, (width - pad, baseline), stamp.date, plain, _STRIP_QUIET, align="right")
    if lines == 1:
        left = pad + bold.width(stamp.number) + size
        room = width - pad - plain.width(stamp.date) - size - left
    else:
        left, room, baseline = pad, width - 2 * pad, baseline + line
    draw_text(draw, (left, baseline), shorten(stamp.place, plain, room), plain, _STRIP_INK)
    return canvas
