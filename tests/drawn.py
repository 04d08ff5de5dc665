"""Drawn photographs: a heap of rubbish by a wall, the same wall clean, a ditch, stalls; each from a seed.

The scenes of one seed share wall, ground and light, so that before and after are the same view.
"""

from __future__ import annotations

import random
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from typing import Literal

from PIL import Image, ImageChops, ImageFilter

from bot.playground.samples.scenes import Scene, picture


def scene(kind: Scene, *, size: tuple[int, int] = (1280, 960), seed: int = 0) -> Image.Image:
    """The scene as a picture of exactly that size; a tall size shows the middle of it."""
    return _grained(picture(kind, size=size, seed=seed), random.Random(f"grain {kind} {seed}"))


@lru_cache(maxsize=64)
def photo(
    kind: Scene = "rubbish",
    *,
    size: tuple[int, int] = (1280, 960),
    seed: int = 0,
    format: Literal["JPEG", "PNG", "WEBP"] = "JPEG",
    taken: datetime | None = None,
    position: tuple[float, float] | None = None,
    orientation: int = 1,
    quality: int = 88,
) -> bytes:
    """A photograph's file; `size` is as seen, the stored pixels lie as `orientation` says."""
    shown = scene(kind, size=size, seed=seed)
    lay = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }.get(orientation)
    if lay is not None:
        shown = shown.transpose(lay)
    out = BytesIO()
    exif = camera_exif(taken=taken, position=position, orientation=orientation)
    shown.save(out, format, quality=quality, exif=exif)
    return out.getvalue()


def camera_exif(
    *,
    taken: datetime | None = None,
    position: tuple[float, float] | None = None,
    orientation: int = 1,
) -> Image.Exif:
    """EXIF as a phone writes it; nothing in it when nothing is given."""
    exif = Image.Exif()
    if taken is None and position is None and orientation == 1:
        return exif
    exif[0x010F], exif[0x0110] = "Drawn", "Pencil 1"
    exif[0x0112] = orientation
    if taken is not None:
        exif.get_ifd(0x8769)[0x9003] = f"{taken:%Y:%m:%d %H:%M:%S}"
    if position is not None:
        latitude, longitude = position
        exif.get_ifd(0x8825).update(
            {
                1: "N" if latitude >= 0 else "S",
                2: _sexagesimal(abs(latitude)),
                3: "E" if longitude >= 0 else "W",
                4: _sexagesimal(abs(longitude)),
            }
        )
    return exif


def _sexagesimal(degrees: float) -> tuple[float, float, float]:
    whole = int(degrees)
    minutes = int((degrees - whole) * 60)
    return float(whole), float(minutes), round((degrees - whole - minutes / 60) * 3600, 4)


def _grained(shown: Image.Image, rng: random.Random) -> Image.Image:
    # What tells a photograph from a drawing is grain; a tile of it is enough.
    tile = Image.frombytes("L", (512, 512), rng.randbytes(512 * 512)).filter(ImageFilter.GaussianBlur(0.8))
    grain = Image.new("L", shown.size)
    for x in range(0, shown.width, 512):
        for y in range(0, shown.height, 512):
            grain.paste(tile.transpose(Image.Transpose(rng.randrange(7))), (x, y))
    grain = grain.point(lambda value: 128 + (value - 128) // 4)
    return ImageChops.add(shown, Image.merge("RGB", (grain,) * 3), scale=1, offset=-128)
