"""Decodes one HEIC file in a process of its own: damaged ones have been seen to end the process.

Run by path, importing nothing of the bot: the file comes on standard input, the answer goes to standard
output as one line of JSON, the EXIF block, and the pixels (RGB, row by row). Exit codes: 0 decoded,
3 unreadable, 4 too many pixels (the JSON says how many), 5 damaged. Anything else is a crash.
"""

from __future__ import annotations

import json
import sys
from io import BytesIO

UNREADABLE, TOO_MANY, DAMAGED = 3, 4, 5
_MEMORY = 2 * 1024**3  # bytes of address space
_SECONDS = 60  # of CPU

# What pi_heif and libheif's binding raise.
_FAILURES = (OSError, SyntaxError, ValueError, RuntimeError, EOFError, MemoryError, KeyError, IndexError)


def main(most_pixels: int, long_side: int) -> int:
    """Decode standard input; reduced to about `long_side` unless that is 0."""
    _limit()
    import pi_heif

    out = sys.stdout.buffer
    # Thumbnails, depth and auxiliary pictures are of no use and only more to stumble over.
    pi_heif.options.DEPTH_IMAGES = False
    pi_heif.options.AUX_IMAGES = False
    pi_heif.options.THUMBNAILS = False
    try:
        file = pi_heif.open_heif(BytesIO(sys.stdin.buffer.read()), convert_hdr_to_8bit=True)
        width, height = file.size
    except _FAILURES as error:
        sys.stderr.write(str(error))
        return UNREADABLE
    if width * height > most_pixels:
        out.write(json.dumps({"pixels": width * height}).encode())
        return TOO_MANY
    try:
        picture = file.to_pillow()
    except _FAILURES as error:
        sys.stderr.write(str(error))
        return DAMAGED
    exif = picture.info.get("exif") or b""
    factor = 1
    while long_side and max(picture.size) >= factor * 2 * long_side:
        factor *= 2
    if picture.mode != "RGB":
        picture = picture.convert("RGB")
    if factor > 1:
        picture = picture.reduce(factor)
    head = {"width": width, "height": height, "size": picture.size, "exif": len(exif)}
    out.write(json.dumps(head).encode() + b"\n")
    out.write(exif)
    out.write(picture.tobytes())
    return 0


def _limit() -> None:
    try:
        import resource
    except ImportError:  # not on Windows
        return
    for what, most in ((resource.RLIMIT_AS, _MEMORY), (resource.RLIMIT_CPU, _SECONDS)):
        hard = resource.getrlimit(what)[1]
        if hard == resource.RLIM_INFINITY or hard > most:
            resource.setrlimit(what, (most, hard))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
