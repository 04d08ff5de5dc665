"""What a camera wrote into a photo: when, where, which way up; broken data are missing data."""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from PIL import Image

# What Pillow's reader raises over damaged EXIF; UserWarning where warnings are errors.
_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    ArithmeticError,
    struct.error,
    UserWarning,
)

_ORIENTATION, _MODIFIED = 0x0112, 0x0132
_EXIF_IFD, _ORIGINAL, _DIGITIZED = 0x8769, 0x9003, 0x9004
_GPS_IFD = 0x8825
_OLDEST_YEAR = 1995  # before it a clock that was never set speaks


@dataclass(frozen=True, slots=True)
class CameraFacts:
    """What is kept of EXIF.

    Attributes:
        taken: local time on the camera's clock, naive, because cameras write no zone.
        position: latitude and longitude in degrees, WGS-84.
        orientation: 1 to 8 as EXIF counts; 1 is upright.
    """

    taken: datetime | None = None
    position: tuple[float, float] | None = None
    orientation: int = 1


def read_facts(raw: bytes | None) -> CameraFacts:
    """Read the facts from an EXIF block; each that cannot be read is missing, none is an error."""
    if not raw:
        return CameraFacts()
    exif = Image.Exif()
    try:
        exif.load(raw)
        top = dict(exif)
    except _BROKEN:
        return CameraFacts()
    camera, gps = _folder(exif, _EXIF_IFD), _folder(exif, _GPS_IFD)
    taken = _time(camera.get(_ORIGINAL)) or _time(camera.get(_DIGITIZED)) or _time(top.get(_MODIFIED))
    orientation = top.get(_ORIENTATION)
    return CameraFacts(
        taken=taken,
        position=_position(gps),
        orientation=orientation if isinstance(orientation, int) and 1 <= orientation <= 8 else 1,
    )


def _folder(exif: Image.Exif, tag: int) -> Mapping[int, Any]:
    try:
        return dict(exif.get_ifd(tag))
    except _BROKEN:
        return {}


def _time(value: object) -> datetime | None:
    if isinstance(value, bytes):
        value = value.decode("ascii", "replace")
    if not isinstance(value, str):
        return None
    text = value.strip("\0 ").replace("-", ":").replace("/", ":").replace("T", " ")[:19]
    try:
        taken = datetime.strptime(text, "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 - cameras write no zone
    except ValueError:
        return None
    return taken if taken.year >= _OLDEST_YEAR else None


def _position(gps: Mapping[int, Any]) -> tuple[float, float] | None:
    latitude = _degrees(gps.get(2), gps.get(1), {"N": 1, "S": -1}, 90)
    longitude = _degrees(gps.get(4), gps.get(3), {"E": 1, "W": -1}, 180)
    if latitude is None or longitude is None:
        return None
    if latitude == 0 and longitude == 0:  # what a receiver without a fix writes
        return None
    return latitude, longitude


def _degrees(value: object, side: object, signs: Mapping[str, int], most: int) -> float | None:
    if isinstance(side, bytes):
        side = side.decode("ascii", "replace")
    if not isinstance(side, str) or not isinstance(value, (tuple, list)) or not 1 <= len(value) <= 3:
        return None
    sign = signs.get(side.strip("\0 ").upper()[:1])
    if sign is None:
        return None
    try:
        degrees = sum(float(part) / unit for part, unit in zip(value, (1, 60, 3600), strict=False))
    except (TypeError, ValueError, ArithmeticError):
        return None
    if not math.isfinite(degrees) or not 0 <= degrees <= most:
        return None
    return round(sign * degrees, 6)
