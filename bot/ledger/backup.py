"""A copy of the ledger while it is used, what it holds, and what a restored one must forget.

What is in the ledger is in the copy; tokens and passwords are in neither (invitations are kept as hashes).
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote

from sqlalchemy import Connection, create_engine, or_, pool, select, update
from sqlalchemy.exc import DBAPIError

from bot.ledger import events, migrate
from bot.ledger.engines import sqlite_path
from bot.ledger.tables import facts, metadata, outbox, serials

RESTORED: Final = "restored"
"""The fact that lists what was lost: from when to when messages may have gone out that this ledger forgot."""

SKIPPED_NUMBERS: Final = 100
"""Numbers of the days that a restored ledger has forgotten: so many are not given again."""
SKIPPED_LETTERS: Final = 20


class BackupError(Exception):
    """Why there is no copy, or why it cannot be taken back.

    BackupError
    ├── NotHere     the database is not one that can be copied from here
    ├── NotWhole    the copy does not hold what it should
    └── NotEmpty    something lies already where the copy should go
    """


class NotHere(BackupError):
    """The database is not a SQLite file."""


class NotWhole(BackupError):
    """The copy is damaged, or the ledger itself is."""


class NotEmpty(BackupError):
    """A restored ledger takes nobody's place."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What a ledger holds: its revision, the rows of each table, the hash of its newest event."""

    revision: str
    rows: dict[str, int]
    newest_event: str

    def differs_from(self, other: Tally) -> list[str]:
        """What is not the same, by name."""
        names = sorted(self.rows.keys() | other.rows.keys())
        found = [
            f"{name} {self.rows.get(name)} ≠ {other.rows.get(name)}"
            for name in names
            if self.rows.get(name) != other.rows.get(name)
        ]
        if self.newest_event != other.newest_event:
            found.append("event log")
        if self.revision != other.revision:
            found.append(f"revision {self.revision} ≠ {other.revision}")
        return found


@dataclass(frozen=True, slots=True)
class Listed:
    """A file of the store that a ledger names: where it lies, its hash where that is known, the table."""

    file: str
    sha256: str | None
    table: str


def file_of(url: str) -> Path:
    """The file of a SQLite ledger; raises NotHere for another database."""
    path = sqlite_path(url)
    if path is None:
        raise NotHere(
            "PostgreSQL 请用 pg_dump、pg_restore 备份和恢复 · "
            "this command copies SQLite: use pg_dump and pg_restore for PostgreSQL"
        )
    return Path(path)


def copy(source: Path, to: Path) -> None:
    """Copy a ledger that may be in use into one file, as it stands at one instant; raises NotWhole."""
    to.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(source)) as ledger, closing(sqlite3.connect(to)) as target:
            ledger.backup(target)
            target.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
    except sqlite3.Error as error:
        raise NotWhole(f"备份没有完成 · the copy was not finished: {error}") from error


def tally(path: Path) -> Tally:
    """Look a copy through, its pages and the chain of its event log, and count; raises NotWhole."""
    try:
        with _opened(path) as connection:
            found = str(connection.exec_driver_sql("PRAGMA integrity_check").scalar())
            if found != "ok":
                raise NotWhole(f"数据库已损坏 · the database is damaged: {found.splitlines()[0]}")
            broken = events.first_broken(connection)
            if broken is not None:
                raise NotWhole(
                    f"办理记录第 {broken} 条对不上 · the event log does not fit from event {broken} on"
                )
            rows = {
                name: int(connection.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar_one())
                for name in sorted(metadata.tables)
            }
            return Tally(migrate.current(connection) or "", rows, events.newest(connection))
    except DBAPIError as error:
        raise NotWhole(f"数据库打不开 · the database cannot be opened: {error.orig}") from error


def listed(path: Path) -> list[Listed]:
    """Every photo, attachment and document that a ledger says it has in the store, each file once.

    They are found by their columns, so that a table that comes later is not forgotten.
    """
    found: dict[str, Listed] = {}
    with _opened(path) as connection:
        for table in metadata.sorted_tables:
            if not {"file", "sha256"} <= set(table.columns.keys()):
                continue
            for row in connection.execute(
                select(table.c.file, table.c.sha256).where(table.c.file.is_not(None)).order_by(table.c.file)
            ):
                found.setdefault(row.file, Listed(row.file, row.sha256, table.name))
    return [found[file] for file in sorted(found)]


def sha256_of(path: Path) -> str:
    """The hash of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# --- a restored ledger --------------------------------------------------------------------------------


def forget_since(
    path: Path, *, copied: datetime, now: datetime, heads: Sequence[str], days: list[date]
) -> None:
    """Prepare a copy to be lived in again: what went on after it was made is not known to it.

    Messages that waited then may have gone out since: they are in doubt, as after a crash (what somebody
    waits for is sent once more, reminders are listed). Numbers given since are not given again: those of
    the lost days begin `SKIPPED_NUMBERS` higher. Buttons of messages sent since will be refused.
    """
    engine = create_engine(f"sqlite:///{path}", poolclass=pool.NullPool)
    with engine.begin() as connection:
        connection.execute(
            update(outbox)
            .where(outbox.c.state == "waiting")
            .where(or_(outbox.c.not_before.is_(None), outbox.c.not_before <= now))
            .values(state="sending", sending_since=copied)
        )
        for key in [f"{head}-{day:%Y%m%d}" for head in heads for day in days]:
            _skip(connection, key, SKIPPED_NUMBERS)
        letters = connection.execute(select(serials.c.key).where(serials.c.key.startswith("warning:")))
        for key in letters.scalars().all():
            _skip(connection, key, SKIPPED_LETTERS)
        gone = gaps(connection)
        gone.append({"from": copied.isoformat(), "to": now.isoformat()})
        if len(gone) > 1:
            connection.execute(update(facts).where(facts.c.key == RESTORED).values(value=gone))
        else:
            connection.execute(facts.insert().values(key=RESTORED, value=gone))


def _skip(connection: Connection, key: str, by: int) -> None:
    changed = connection.execute(
        update(serials).where(serials.c.key == key).values(value=serials.c.value + by)
    )
    if changed.rowcount == 0:
        connection.execute(serials.insert().values(key=key, value=by))


def gaps(connection: Connection) -> list[dict[str, str]]:
    """The times that a restored ledger has forgotten, each from and to (ISO 8601); none for most."""
    return list(connection.execute(select(facts.c.value).where(facts.c.key == RESTORED)).scalar() or [])


@contextmanager
def _opened(path: Path) -> Iterator[Connection]:
    def connect() -> sqlite3.Connection:
        return sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=10)

    with create_engine("sqlite://", creator=connect, poolclass=pool.NullPool).connect() as connection:
        yield connection
