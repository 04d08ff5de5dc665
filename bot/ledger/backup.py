"""A copy of the ledger while it is used: whole, verified, with a list of the photos that belong to it.

What is in the ledger is in the copy; tokens and passwords are in neither (invitations are kept as hashes).
"""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import create_engine, pool

from bot.ledger import events
from bot.ledger.desk import Desk
from bot.ledger.engines import sqlite_path

NAME = "ledger-"


class BackupError(Exception):
    """Why there is no copy.

    BackupError
    ├── NotHere     the database is not one that can be copied from here
    └── NotWhole    the copy does not hold what it should; it was removed
    """


class NotHere(BackupError):
    """The database is not a SQLite file."""


class NotWhole(BackupError):
    """The copy is damaged, or the ledger itself is."""


@dataclass(frozen=True, slots=True)
class Copied:
    """A finished copy."""

    path: Path
    list: Path
    photos: int

    @property
    def megabytes(self) -> float:
        """Its size."""
        return self.path.stat().st_size / 1e6


def copy(desk: Desk, folder: Path, *, now: datetime, keep: int) -> Copied:
    """Copy the ledger into a folder, verify the copy, list its photos; only the newest `keep` copies stay.

    Raises:
        NotHere: PostgreSQL has tools of its own.
        NotWhole: the copy was not what it should be.
        OSError: the folder cannot be written.
    """
    source = sqlite_path(desk.url)
    if source is None:
        raise NotHere("PostgreSQL 请用 pg_dump 备份 · this command copies SQLite; use pg_dump for PostgreSQL")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{NAME}{now:%Y%m%dT%H%M%S}.db"
    part = path.with_suffix(".part")
    try:
        _copy(source, part)
        verify(part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    listed = path.with_suffix(".photos.csv")
    photos = _list_photos(path, listed)
    for old in sorted(folder.glob(f"{NAME}*.db"))[:-keep]:
        old.unlink()
        old.with_suffix(".photos.csv").unlink(missing_ok=True)
    return Copied(path, listed, photos)


def _copy(source: str, to: Path) -> None:
    to.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(source)) as ledger, closing(sqlite3.connect(to)) as target:
            ledger.backup(target)
            target.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
    except sqlite3.Error as error:
        raise NotWhole(f"备份没有完成 · the copy was not finished: {error}") from error


def verify(path: Path) -> None:
    """Open a copy and look through it: its pages and the chain of its event log; raises NotWhole."""
    try:
        with closing(sqlite3.connect(path)) as copied:
            found = copied.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.Error as error:
        raise NotWhole(f"备份打不开 · the copy cannot be opened: {error}") from error
    if found != "ok":
        raise NotWhole(f"备份已损坏 · the copy is damaged: {found}")
    engine = create_engine(f"sqlite:///{path}", poolclass=pool.NullPool)
    with engine.connect() as connection:
        broken = events.first_broken(connection)
    if broken is not None:
        raise NotWhole(f"办理记录第 {broken} 条对不上 · the event log does not fit from event {broken} on")


def _list_photos(path: Path, to: Path) -> int:
    count = 0
    with to.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "sha256", "entry_id"])
        for row in _photos(path):
            writer.writerow(row)
            count += 1
    return count


def _photos(path: Path) -> Iterator[tuple[str, str, int]]:
    with closing(sqlite3.connect(path)) as copied:
        yield from copied.execute(
            "SELECT file, sha256, entry_id FROM photos WHERE file IS NOT NULL ORDER BY file"
        )
