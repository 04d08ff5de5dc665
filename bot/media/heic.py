"""HEIC, the format of iPhones' files, decoded outside this process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from PIL import Image

from bot.media import heic_child
from bot.media.errors import NotAnImage, TooManyPixels, Truncated

_TIMEOUT = 90  # seconds; the child gives up by itself after 60 of CPU


def decode_heic(
    data: bytes, *, name: str | None, most_pixels: int, long_side: int | None
) -> tuple[Image.Image, int, int, bytes]:
    """The picture (upright, RGB, perhaps reduced), the file's own width and height, its EXIF block.

    Raises:
        NotAnImage, TooManyPixels, Truncated: as the child found, or because it came to its end over it.
    """
    if _cut_short(data):
        raise Truncated(name, "shorter than its boxes say")
    # The child is a file and not a fork: threads hold locks here, and it needs nothing of the bot.
    command = [sys.executable, "-I", str(Path(heic_child.__file__)), str(most_pixels), str(long_side or 0)]
    try:
        answer = subprocess.run(command, input=data, capture_output=True, timeout=_TIMEOUT, check=False)
    except subprocess.TimeoutExpired as error:
        raise NotAnImage(name, f"HEIC not decoded within {_TIMEOUT} s") from error
    if answer.returncode == heic_child.TOO_MANY:
        raise TooManyPixels(name, int(json.loads(answer.stdout)["pixels"]), most_pixels)
    if answer.returncode == heic_child.DAMAGED:
        raise Truncated(name, answer.stderr.decode("utf-8", "replace"))
    if answer.returncode == heic_child.UNREADABLE:
        raise NotAnImage(name, "unreadable HEIC")
    if answer.returncode != 0:
        raise NotAnImage(name, f"the HEIC decoder ended with {answer.returncode}")
    line, _, rest = answer.stdout.partition(b"\n")
    head = json.loads(line)
    exif, pixels = rest[: head["exif"]], rest[head["exif"] :]
    picture = Image.frombytes("RGB", tuple(head["size"]), pixels)
    return picture, head["width"], head["height"], exif


def _cut_short(data: bytes) -> bool:
    at = 0
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if size == 1:
            size = int.from_bytes(data[at + 8 : at + 16], "big")
        if size < 8:  # 0: up to the end of the file; else no box
            return False
        at += size
    return at > len(data)
