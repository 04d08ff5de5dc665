"""What is made from photos as received and kept only to save work: thumbnails and stamped copies.

All of it lies below `derived/`, may be deleted at any time and comes back when it is asked for.
"""

from __future__ import annotations

import hashlib

from bot.media.errors import PhotoMissing
from bot.media.fonts import Fonts
from bot.media.pipeline import Stamp, study
from bot.media.store import PhotoStore, derived_path


def thumbnail_path(path: str) -> str:
    """Where the thumbnail of the photo under a path is kept."""
    return derived_path(path, "thumbnails")


def stamped_path(path: str, stamp: Stamp) -> str:
    """Where the stamped copy is kept; another stamp (a new number, a corrected place) is another copy."""
    words = "\n".join((stamp.number, stamp.place, stamp.date))
    return derived_path(path, f"stamped-{hashlib.sha256(words.encode()).hexdigest()[:8]}")


def thumbnail(store: PhotoStore, path: str) -> bytes:
    """The thumbnail of a kept photo, made anew when it is gone.

    Raises:
        StoreError: the photo itself is missing, or the store fails.
        PhotoRefused: what is kept cannot be read.
    """
    kept = thumbnail_path(path)
    try:
        return store.get(kept)
    except PhotoMissing:
        made = study(store.get(path), name=path).thumbnail
        store.put(kept, made)
        return made


def stamped_copy(store: PhotoStore, path: str, stamp: Stamp, *, fonts: Fonts) -> bytes:
    """The stamped copy of a kept photo, made anew when it is gone.

    Raises:
        StoreError: the photo itself is missing, or the store fails.
        PhotoRefused: what is kept cannot be read.
        FontMissing: there is nothing to write with.
    """
    kept = stamped_path(path, stamp)
    try:
        return store.get(kept)
    except PhotoMissing:
        made = study(store.get(path), name=path, stamp=stamp, fonts=fonts).copy or b""
        store.put(kept, made)
        return made
