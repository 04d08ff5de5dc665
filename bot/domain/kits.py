"""How a kit's files are parted: Telegram takes 50 MB at a time (SPEC §6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

PART: Final = 45 * 1000 * 1000
"""Bytes of pictures in one part: the list and the zip's own lines come on top."""
DEFAULT_SIZE: Final = 20 * 1024 * 1024
"""Of a file whose size nobody told: no stored one is larger."""
MOST_PARTS: Final = 10
"""More parts than that are no message any more: the command line makes one file of them."""


def parted(sizes: Sequence[int], most: int = PART) -> list[list[int]]:
    """Ranks of files by part, in their order; no part is larger than `most` unless a single file is."""
    found: list[list[int]] = []
    filled = 0
    for rank, size in enumerate(sizes):
        if not found or filled + size > most:
            found.append([])
            filled = 0
        found[-1].append(rank)
        filled += size
    return found
