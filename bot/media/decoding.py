"""Opening picture files from strangers: what they are, how large they claim to be, whether they are whole."""

from __future__ import annotations

import re
import struct
import warnings
import zlib
from dataclasses import dataclass, replace
from enum import StrEnum
from io import BytesIO
from typing import Any

from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from bot.media.errors import NotAnImage, TooLarge, TooManyPixels, Truncated
from bot.media.exif import CameraFacts, read_facts
from bot.media.heic import decode_heic

MOST_BYTES = 20 * 1024 * 1024  # what Telegram lets a bot download
MOST_PIXELS = 40_000_000

# Pillow looks at the size before it decodes; the same bound is looked at again below, because
# warning filters belong to the process and others may reset them.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)

# What the readers raise over damaged data.
_DAMAGED = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    ArithmeticError,
    EOFError,
    RuntimeError,
    struct.error,
    zlib.error,
    UserWarning,
)
_HEIC_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"))
_SMALLEST_SCALE = 8  # the strongest reduction that libjpeg does while it decodes
_FILLED_GREY = ((128, 128),) * 3  # what libjpeg fills in where data are missing


class PictureFormat(StrEnum):
    """The formats that are taken."""

    JPEG = "jpg"
    PNG = "png"
    WEBP = "webp"
    HEIC = "heic"

    @property
    def extension(self) -> str:
        """The file name's ending, without the dot."""
        return self.value


@dataclass(frozen=True, slots=True)
class Decoded:
    """A picture, upright, RGB, free of metadata, and what the file said about itself.

    Attributes:
        picture: possibly smaller than the file's own size.
        width, height: the file's own size in pixels, the right way up.
    """

    picture: Image.Image
    format: PictureFormat
    width: int
    height: int
    facts: CameraFacts


def decode(data: bytes, *, name: str | None = None, long_side: int | None = None) -> Decoded:
    """Decode a photo once, no larger than is needed.

    Args:
        data: the file.
        name: its name, for the error alone; what it is, its bytes tell.
        long_side: the long side that will be used, in pixels; the result has at least that many (or
            as many as there are), at most about twice as many. Everything when left out.

    Raises:
        TooLarge, NotAnImage, TooManyPixels, Truncated: the file cannot be taken.
    """
    if len(data) > MOST_BYTES:
        raise TooLarge(name, len(data), MOST_BYTES)
    kind = _kind(data)
    if kind is None:
        raise NotAnImage(name, "no JPEG, PNG, WebP or HEIC" if data else "empty file")
    if kind is PictureFormat.HEIC:
        picture, width, height, exif = decode_heic(
            data, name=name, most_pixels=MOST_PIXELS, long_side=long_side
        )
        # libheif has turned it already, whatever EXIF says.
        return Decoded(picture, kind, width, height, replace(read_facts(exif), orientation=1))
    image = _open(data, kind, name)
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise TooManyPixels(name, width * height, MOST_PIXELS)
    if kind is PictureFormat.JPEG and not _has_end(data):
        raise Truncated(name, "no end marker after the scan")
    try:
        if long_side is not None:
            image.draft("RGB", _at_least(image.size, long_side))
        picture = _load(image)
    except _DAMAGED as error:
        raise Truncated(name, str(error)) from error
    if kind is PictureFormat.JPEG and _ends_grey(picture):
        raise Truncated(name, "the lower part has no data")
    # Read after the pixels: a PNG may carry its EXIF behind them.
    facts = read_facts(_exif(image))
    del image
    if long_side is not None:
        picture = _reduced(picture, long_side)
    picture = _turned(picture, facts.orientation)
    if facts.orientation >= 5:
        width, height = height, width
    return Decoded(picture, kind, width, height, facts)


def _kind(data: bytes) -> PictureFormat | None:
    head = data[:64]
    if head.startswith(b"\xff\xd8\xff"):
        return PictureFormat.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PictureFormat.PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return PictureFormat.WEBP
    if head[4:8] == b"ftyp":
        size = int.from_bytes(head[:4], "big")
        brands = {head[8:12], *(head[at : at + 4] for at in range(16, min(size, 64), 4))}
        if brands & _HEIC_BRANDS and b"avif" not in brands:
            return PictureFormat.HEIC
    return None


def _open(data: bytes, kind: PictureFormat, name: str | None) -> Image.Image:
    try:
        if kind is PictureFormat.JPEG:
            # Directly, and not by Image.open: a phone's second picture (MPO) is of no use here.
            return JpegImageFile(BytesIO(data))
        if kind is PictureFormat.WEBP and len(data) < 8 + int.from_bytes(data[4:8], "little"):
            raise Truncated(name, "shorter than its head says")
        return Image.open(BytesIO(data), formats=(kind.name,))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        claim = re.search(r"\((\d+) pixels\)", str(error))
        raise TooManyPixels(name, int(claim[1]) if claim else MOST_PIXELS + 1, MOST_PIXELS) from error
    except _DAMAGED as error:
        if kind is PictureFormat.JPEG and not _has_end(data):
            raise Truncated(name, "ends within its head") from error
        raise NotAnImage(name, f"unreadable {kind.name}") from error


def _has_end(data: bytes) -> bool:
    # Bytes behind the end are normal: phones append a second picture, a film, maker's notes.
    scan = _scan_start(data)
    return scan is not None and data.rfind(b"\xff\xd9", scan) >= 0


def _scan_start(data: bytes) -> int | None:
    # Along the segments, because EXIF holds a small JPEG with markers of its own.
    at = 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            break
        marker = data[at + 1]
        if marker == 0xDA:
            return at
        if marker == 0xFF:  # fill byte
            at += 1
            continue
        if marker == 0x01 or 0xD0 <= marker <= 0xD8:
            at += 2
            continue
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    else:
        return None
    found = data.find(b"\xff\xda", at)  # rubbish between segments
    return found if found >= 0 else None


def _ends_grey(picture: Image.Image) -> bool:
    # The end marker may come from what was appended to half a file.
    if picture.mode != "RGB" or picture.height < 16:
        return False
    tail = picture.crop((0, picture.height - picture.height // 4, picture.width, picture.height))
    return tail.getextrema() == _FILLED_GREY


def _exif(image: Image.Image) -> bytes | None:
    raw: Any = image.info.get("exif")
    return raw if isinstance(raw, bytes) else None


def _at_least(size: tuple[int, int], long_side: int) -> tuple[int, int]:
    longest = max(size)
    return max(1, size[0] * long_side // longest), max(1, size[1] * long_side // longest)


def _load(image: Image.Image) -> Image.Image:
    image.load()
    if image.mode in ("I;16", "I;16B", "I;16L", "I;16N", "I"):
        # Pillow's own conversion cuts off at 255 instead of scaling.
        return image.convert("I").point(lambda value: value * (1 / 257)).convert("L").convert("RGB")
    if image.has_transparency_data:
        layered = image.convert("RGBA")
        ground = Image.new("RGB", layered.size, "white")
        ground.paste(layered, mask=layered.getchannel("A"))
        return ground
    return image if image.mode == "RGB" else image.convert("RGB")


def _reduced(picture: Image.Image, long_side: int) -> Image.Image:
    factor = power_within(max(picture.size) / long_side)
    return picture.reduce(factor) if factor > 1 else picture


def power_within(ratio: float) -> int:
    """The largest of 8, 4, 2, 1 that is no larger than the ratio: the steps in which libjpeg reduces."""
    factor = _SMALLEST_SCALE
    while factor > 1 and factor > ratio:
        factor //= 2
    return factor


def _turned(picture: Image.Image, orientation: int) -> Image.Image:
    turn = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }.get(orientation)
    upright = picture if turn is None else picture.transpose(turn)
    # Writers copy comments, profiles and XMP from here.
    upright.info = {}
    return upright
