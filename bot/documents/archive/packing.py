"""Where an archive is written: a folder or a zip, whole or not there at all, a hash kept of every file."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import zipfile
from contextlib import ExitStack, suppress
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
        self.scratch = path.with_name(f".{path.name}.scratch")
        """A folder for what is put in as a whole when it is done; it goes with the block."""
        self._at = at
        self._zip: zipfile.ZipFile | None = None
        self.files = 0
        self.bytes = 0

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            lock = os.open(self.path.parent, os.O_RDONLY)
            stack.callback(os.close, lock)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise BeingMade from None
            self._clear()  # what a killed one has left
            stack.callback(self._clear)
            self.scratch.mkdir()
            # on the disk: a hundred thousand lines need no memory
            self._sums = (self.scratch / "sums").open("w+b")
            stack.callback(self._let_go, self._sums)
            if self.path.suffix.lower() == ".zip":
                self._zip = zipfile.ZipFile(self._part, "x", zipfile.ZIP_STORED)
                stack.callback(self._drop_zip, self._zip)
            else:
                self._part.mkdir()
            self._undo = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._undo.close()

    @staticmethod
    def _let_go(file: IO[bytes]) -> None:
        """Close a file that goes anyway: what its buffer holds may not fit on the disk."""
        with suppress(OSError):
            file.close()

    def _drop_zip(self, packed: zipfile.ZipFile) -> None:
        """Close a zip without writing its list of contents onto what is thrown away, or a full disk."""
        if packed.fp is not None:
            self._let_go(packed.fp)
            packed.fp = None

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
        shutil.rmtree(self.scratch, ignore_errors=True)
        if self._part.is_dir():
            shutil.rmtree(self._part, ignore_errors=True)
        else:
            self._part.unlink(missing_ok=True)
