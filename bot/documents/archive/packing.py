"""Where an archive is written: a folder or a zip, whole or not there at all, a hash kept of every file."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
import zipfile
from datetime import datetime
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import IO, Final, Self

from bot.documents.archive.verify import PIECE, SUMS

_PACKED: Final = (".html", ".css", ".jsonl", ".py", ".txt")
"""What is worth packing: photos and Office files are packed already."""


class BeingMade(Exception):
    """Another archive is being written into the same folder."""


class Package:
    """An archive while it is made; leaving the block with an error leaves nothing behind.

    Args:
        path: where it will be: a zip when its name ends so, else a folder. Nothing may be there.
        at: the time that its files carry.
    """

    def __init__(self, path: Path, at: datetime) -> None:
        self.path = path
        self._part = path.with_name(f".{path.name}.part")
        self._at = at
        self._zip: zipfile.ZipFile | None = None
        self.files = 0
        self.bytes = 0

    def __enter__(self) -> Self:
        self._lock = os.open(self.path.parent, os.O_RDONLY)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            raise BeingMade from None
        self._clear()  # what a killed one has left
        # its own temporary file: a hundred thousand lines need no memory
        self._sums = tempfile.TemporaryFile("w+b")
        try:
            if self.path.suffix.lower() == ".zip":
                self._zip = zipfile.ZipFile(self._part, "x", zipfile.ZIP_STORED)
            else:
                self._part.mkdir()
        except BaseException:
            self._sums.close()
            os.close(self._lock)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._sums.close()
        if self._zip is not None and self._zip.fp is not None:
            # closing it properly would write a list of contents onto what is thrown away, or a full disk
            self._zip.fp.close()
            self._zip.fp = None
        self._clear()
        os.close(self._lock)

    def add(self, path: str, data: bytes) -> None:
        """Put a file in.

        Raises:
            OSError: it could not be written: the disk is full, or gone.
        """
        self._count(path, hashlib.sha256(data).hexdigest(), len(data))
        self._write(path, data)

    def add_file(self, path: str, source: Path) -> None:
        """Put in a file that lies on the disk, piece by piece."""
        found, size = hashlib.sha256(), 0
        with source.open("rb") as file, self._opened(path, source.stat().st_size) as target:
            while piece := file.read(PIECE):
                found.update(piece)
                size += len(piece)
                target.write(piece)
        self._count(path, found.hexdigest(), size)

    def finish(self) -> str:
        """Write the list of hashes and close; gives the list's own hash. `place` puts it where it belongs."""
        self._sums.seek(0)
        sums = self._sums.read()
        self._write(SUMS, sums)
        if self._zip is not None:
            self._zip.close()
        os.sync()  # a name must not be there before what it names
        return hashlib.sha256(sums).hexdigest()

    def place(self) -> None:
        """Give it its name."""
        if self.path.exists():  # a folder would move into the one that somebody has made meanwhile
            raise FileExistsError(17, "File exists", str(self.path))
        self._part.rename(self.path)

    def _count(self, path: str, digest: str, size: int) -> None:
        self._sums.write(f"{digest}  {path}\n".encode())
        self.files += 1
        self.bytes += size

    def _write(self, path: str, data: bytes) -> None:
        with self._opened(path, len(data)) as target:
            target.write(data)

    def _opened(self, path: str, size: int) -> IO[bytes]:
        if self._zip is None:
            at = self._part / path
            at.parent.mkdir(parents=True, exist_ok=True)
            return at.open("xb")
        info = zipfile.ZipInfo(f"{self.path.stem}/{path}", self._at.timetuple()[:6])
        info.external_attr = 0o644 << 16
        info.file_size = size
        if PurePosixPath(path).suffix in _PACKED:
            info.compress_type = zipfile.ZIP_DEFLATED
        return self._zip.open(info, "w")

    def _clear(self) -> None:
        if self._part.is_dir():
            shutil.rmtree(self._part, ignore_errors=True)
        else:
            self._part.unlink(missing_ok=True)
