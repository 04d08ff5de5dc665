"""How a database is opened, and what its errors say of it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

READERS: Final = 3
_SQLITE: Final = {"check_same_thread": False, "timeout": 10, "cached_statements": 1024}
BUSY_TIMEOUT_MS = 10_000
SYNCHRONOUS = "FULL"
"""A commit is on the disk when it is said: the power may go, too."""

_OUT_OF_REACH: Final = frozenset(
    (
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_NOTADB,
    )
)
"""SQLite's primary error codes that speak of the file and the machine, not of the statement."""

_LATER: Final = ("08", "40", "53", "57", "58")
"""PostgreSQL's classes of the same: connection, rollback, resources, intervention, system."""


def out_of_reach(error: BaseException) -> bool:
    """Whether an error says that the database cannot be had now: locked, full, lost.

    Anything else (a wrong statement, a broken constraint) is the verb's own.
    """
    original: Any = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(original, sqlite3.Error):
        code = getattr(original, "sqlite_errorcode", None)
        return code is not None and code & 0xFF in _OUT_OF_REACH
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or str(getattr(original, "sqlstate", None) or "").startswith(
            _LATER
        )
    return False


class Damaged(RuntimeError):
    """The database's file is not whole: nothing may be written into it; a backup must be restored."""


CHECKED_AT_START: Final = 64 * 1024 * 1024
"""A larger ledger is looked through by the night's backup alone: a start must be quick."""


def look_through(url: str) -> None:
    """Look through a SQLite ledger before it is used; raises Damaged."""
    path = sqlite_path(url)
    if path is None or not Path(path).is_file() or Path(path).stat().st_size > CHECKED_AT_START:
        return
    try:
        with closing(sqlite3.connect(path, timeout=10)) as ledger:
            found = str(ledger.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code not in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            return  # locked or out of reach: whoever opens it says so
        found = str(error)
    if found != "ok":
        raise Damaged(found.splitlines()[-1])


def sqlite_path(url: str) -> str | None:
    """The file behind a sqlite URL, None for another database or memory."""
    if not url.startswith("sqlite"):
        return None
    return url.split(":///", 1)[1] or None


def writer_engine(url: str) -> Engine:
    """An engine whose transactions take SQLite's write lock at BEGIN (plain on other databases)."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_size=8, max_overflow=0)
    engine = create_engine(url, poolclass=QueuePool, pool_size=2, connect_args=_SQLITE)
    _sqlite_events(engine, "BEGIN IMMEDIATE", readonly=False)
    return engine


def reader_engine(url: str) -> Engine:
    """An engine for readings: a snapshot each, no way to write, never the write lock."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_size=READERS, max_overflow=0)
    engine = create_engine(url, poolclass=QueuePool, pool_size=READERS, connect_args=_SQLITE)
    _sqlite_events(engine, "BEGIN", readonly=True)
    return engine


def _sqlite_events(engine: Engine, begin: str, *, readonly: bool) -> None:
    # The driver's own transaction handling drops savepoints and begins late: it is switched off
    # (isolation_level None) and BEGIN is said by us. A test proves that savepoints hold.
    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute(f"PRAGMA synchronous={SYNCHRONOUS}")
        cursor.execute("PRAGMA foreign_keys=ON")
        if readonly:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)
