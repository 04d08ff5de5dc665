"""What can go wrong with photo files.

The tree::

    MediaError
    ├── PhotoRefused            this file is no photo that can be taken
    │   ├── NotAnImage          no JPEG, PNG, WebP or HEIC, or its head cannot be read
    │   ├── Truncated           begins as a picture, but its data end early
    │   ├── TooManyPixels       claims more pixels than are decoded (a bomb, or a poster)
    │   └── TooLarge            more bytes than are taken
    ├── StoreError              the photo store did not do what was asked
    │   ├── PhotoMissing        nothing is kept under that path
    │   ├── StoreFull           no room left on the disk
    │   ├── StoreRefused        not allowed: rights, keys, a read-only disk, a path outside the store
    │   └── StoreUnreachable    anything else: the network, the bucket, the disk
    └── FontMissing             no font with Chinese characters was found
"""

from __future__ import annotations


class MediaError(Exception):
    """The root of what this layer raises."""


class PhotoRefused(MediaError):
    """A file that cannot be taken as a photo; carries facts, the sentence is made elsewhere."""

    def __init__(self, name: str | None, reason: str) -> None:
        super().__init__(f"{name or 'photo'}: {reason}")
        self.name = name
        self.reason = reason


class NotAnImage(PhotoRefused):
    """No readable JPEG, PNG, WebP or HEIC."""


class Truncated(PhotoRefused):
    """A picture whose data end before the picture does."""


class TooManyPixels(PhotoRefused):
    """A picture that claims more pixels than are decoded.

    Attributes:
        pixels: width times height, as the file claims.
        limit: the most that are decoded.
    """

    def __init__(self, name: str | None, pixels: int, limit: int) -> None:
        super().__init__(name, f"{pixels} pixels, at most {limit} are decoded")
        self.pixels = pixels
        self.limit = limit


class TooLarge(PhotoRefused):
    """A file of more bytes than are taken.

    Attributes:
        size, limit: bytes.
    """

    def __init__(self, name: str | None, size: int, limit: int) -> None:
        super().__init__(name, f"{size} bytes, at most {limit} are taken")
        self.size = size
        self.limit = limit


class StoreError(MediaError):
    """The photo store failed; `path` is the key it was asked for."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class PhotoMissing(StoreError):
    """Nothing is kept under that path."""


class StoreFull(StoreError):
    """There is no room left."""


class StoreRefused(StoreError):
    """The store does not allow it."""


class StoreUnreachable(StoreError):
    """The store could not be reached, or failed in a way of its own."""


class FontMissing(MediaError):
    """No font with Chinese characters was found; `looked_at` says where it was looked for."""

    def __init__(self, looked_at: list[str]) -> None:
        super().__init__("no font with Chinese characters; looked at: " + ", ".join(looked_at))
        self.looked_at = looked_at
