"""Where photo files lie: a folder or an S3 bucket, below one root, under paths that are never renamed."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from bot.media.errors import PhotoMissing, StoreError, StoreFull, StoreRefused, StoreUnreachable

if TYPE_CHECKING:
    from obstore.store import ObjectStore

DERIVED = "derived/"
PAPERS = "papers"

Kind = Literal["before", "after"]
_SIDE: dict[Kind, str] = {"before": "前", "after": "后"}
_SAFE_PART = re.compile(r"[^\w\-.·()]+")


def photo_path(
    found_on: date, entry_id: int | str, rank: int, kind: Kind, sha256: str, extension: str
) -> str:
    """The path of a photo as received: `YYYY/MM/ENTRY-ID/NN_前|后_SHA8.EXT`.

    Args:
        found_on: the day of the entry, in the campaign's zone.
        entry_id: the entry's own id, because numbers change.
        rank: which photo of its kind, from 1.
        kind: before or after the rectification.
        sha256: of the file, in hexadecimal.
        extension: without the dot.
    """
    file = f"{rank:02d}_{_SIDE[kind]}_{sha256[:8]}.{safe_part(extension.lower())}"
    return f"{found_on:%Y/%m}/{safe_part(str(entry_id))}/{file}"


def file_path(folder: str, file_id: int, sha256: str, extension: str) -> str:
    """The path of a report's or notice's file as received: `papers/FOLDER/ID_SHA8.EXT`, made safe."""
    parts = [safe_part(part) for part in folder.split("/")]
    return "/".join((PAPERS, *parts, f"{file_id:05d}_{sha256[:8]}.{safe_part(extension.lower())}"))


def derived_path(path: str, what: str) -> str:
    """Where something made from a photo is kept: `derived/WHAT/<its path>.jpg`; may vanish at any time."""
    return f"{DERIVED}{safe_part(what)}/{path}.jpg"


def copy_name(number: str, rank: int, kind: Kind, village: str | None, extension: str = "jpg") -> str:
    """The name of a copy for people: `编号_序_前|后_村.jpg`; fit for every file system."""
    parts = [number, f"{rank:02d}", _SIDE[kind], *([village] if village else [])]
    return "_".join(safe_part(part) for part in parts) + f".{safe_part(extension)[:16]}"


def safe_part(text: str) -> str:
    """A part of a path that every file system takes."""
    return _SAFE_PART.sub("-", text).strip(".-")[:60] or "-"


class PhotoStore:
    """Files under paths, in a folder or a bucket; writes are whole or not there at all.

    Blocking: to be called from worker threads.

    Args:
        url: a folder, `s3://bucket/prefix` (keys and endpoint from the AWS_… environment), or
            `memory://` for what need not last.
    """

    def __init__(self, url: str | Path) -> None:
        self.url = str(url)
        self._root: Path | None = None
        self._opened: ObjectStore | None = None
        if "://" not in self.url:
            self._root = Path(self.url).absolute()
        elif self.url.startswith("file://"):
            self._root = Path(self.url.removeprefix("file://")).absolute()

    @property
    def root(self) -> Path | None:
        """The folder, when it is one: for backups and archives that copy whole trees."""
        return self._root

    def put(self, path: str, data: bytes) -> None:
        """Keep data under a path, in place of what was there; on return they are on the disk.

        Raises:
            StoreFull, StoreRefused, StoreUnreachable: nothing was changed.
        """
        import obstore

        _checked(path)
        try:
            obstore.put(self._store(path), path, data, use_multipart=False)
            if self._root is not None:
                _settle(self._root / path)
        except _failures() as error:
            raise _named(path, error) from error

    def get(self, path: str) -> bytes:
        """What is kept under a path.

        Raises:
            PhotoMissing: nothing is.
            StoreRefused, StoreUnreachable: it could not be read.
        """
        import obstore

        _checked(path)
        try:
            return bytes(obstore.get(self._store(path), path).bytes())
        except _failures() as error:
            raise _named(path, error) from error

    def missing(self, paths: Iterable[str]) -> set[str]:
        """Those of these that are not there."""
        return {path for path in paths if not self.exists(path)}

    def exists(self, path: str) -> bool:
        """Whether something is kept under a path."""
        return self.size(path) is not None

    def size(self, path: str) -> int | None:
        """How many bytes are kept under a path, None when nothing is.

        Raises:
            StoreRefused, StoreUnreachable: it could not be told.
        """
        import obstore

        _checked(path)
        try:
            return int(obstore.head(self._store(path), path)["size"])
        except _failures() as error:
            named = _named(path, error)
            if isinstance(named, PhotoMissing):
                return None
            raise named from error

    def paths(self, prefix: str = "", *, derived: bool = False) -> Iterator[str]:
        """Every path below a prefix, in no order; what is derived only when asked for."""
        import obstore

        try:
            for chunk in obstore.list(self._store(prefix), prefix or None):
                for item in chunk:
                    if derived or not item["path"].startswith(DERIVED):
                        yield item["path"]
        except _failures() as error:
            raise _named(prefix, error) from error

    def delete(self, path: str) -> None:
        """Take one photo out, and what was made from it: for what must not be kept (SPEC §1 (d)) only.

        Raises:
            StoreRefused, StoreUnreachable: it may still be there.
        """
        import obstore

        _checked(path)
        made = [one for one in self.paths(DERIVED.rstrip("/"), derived=True) if f"/{path}." in one]
        for doomed in (path, *made):
            try:
                obstore.delete(self._store(doomed), doomed)
            except _failures() as error:
                named = _named(path, error)
                if not isinstance(named, PhotoMissing):  # a stop half way may have left what was made from it
                    raise named from error

    def delete_derived(self) -> int:
        """Delete all that can be made again; how many files that were. Photos as received never go."""
        import obstore

        doomed = list(self.paths(DERIVED.rstrip("/"), derived=True))
        try:
            for path in doomed:
                obstore.delete(self._store(path), path)
        except _failures() as error:
            raise _named(DERIVED, error) from error
        return len(doomed)

    def check(self) -> None:
        """Prove that the store can be written, read and listed.

        Raises:
            StoreError: it cannot; the reason says why.
        """
        path = derived_path("check", "check")
        self.put(path, b"ok")
        if self.get(path) != b"ok":
            raise StoreUnreachable(path, "what was written is not what is read")

    def _store(self, path: str) -> ObjectStore:
        # On first use: building an application opens nothing.
        if self._opened is None:
            from obstore.store import LocalStore, from_url

            try:
                if self._root is not None:
                    self._opened = LocalStore(prefix=self._root, mkdir=True)
                else:
                    self._opened = from_url(self.url)
            except _failures() as error:
                raise _named(path, error) from error
        return self._opened


def _failures() -> tuple[type[Exception], ...]:
    # obstore raises Python's own errors for missing files and bad paths, and its own tree for the rest.
    from obstore.exceptions import BaseError

    return OSError, ValueError, BaseError, StoreError


def _checked(path: str) -> None:
    if not path or path.startswith("/") or "\\" in path or {"", ".", ".."} & set(path.split("/")):
        raise StoreRefused(path, "no path below the store")


def _settle(path: Path) -> None:
    # obstore writes beside the file and renames it: whole or nothing. A power cut asks for more.
    for target in (path, path.parent):
        handle = os.open(target, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _named(path: str, error: Exception) -> StoreError:
    from obstore import exceptions

    if isinstance(error, StoreError):
        return error
    text = str(error)
    reason = text.splitlines()[0] if text else type(error).__name__
    if isinstance(error, (FileNotFoundError, exceptions.NotFoundError)):
        return PhotoMissing(path, reason)
    if "No space left" in text or "os error 28" in text or "quota" in text.lower():
        return StoreFull(path, reason)
    refused = (PermissionError, exceptions.PermissionDeniedError, exceptions.UnauthenticatedError, ValueError)
    if isinstance(error, refused) or "Permission denied" in text or "Read-only file system" in text:
        return StoreRefused(path, reason)
    return StoreUnreachable(path, reason)
