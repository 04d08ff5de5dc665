"""Migrations at the start, under a lock, after a backup copy when there is something to migrate."""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, pool, text

from bot.ledger.engines import sqlite_path

if TYPE_CHECKING:
    from alembic.config import Config

FOLDER = Path(__file__).parent / "migrations"

LOCK_KEY = 4_120_409
"""PostgreSQL's advisory lock of migrations."""


class NewerLedger(RuntimeError):
    """The database was written by a newer version of the program."""


def _config(connection: Connection) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


@contextmanager
def _locked(url: str) -> Iterator[Connection]:
    """A plain connection while nobody else migrates."""
    engine = create_engine(url, poolclass=pool.NullPool)
    path = sqlite_path(url)
    if path is None:
        with engine.connect() as connection:
            connection.execute(text(f"SELECT pg_advisory_lock({LOCK_KEY})"))
            yield connection
        return
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    _whole_transactions(engine)
    with Path(f"{path}.lock").open("w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with engine.connect() as connection:
            yield connection


def _whole_transactions(engine: Engine) -> None:
    """Let SQLite roll back tables, too: its driver would commit each by itself (see `engines`)."""

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def current(connection: Connection) -> str | None:
    """The revision a database stands at, None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def revisions() -> tuple[str, ...]:
    """Every revision that this program knows, oldest first.

    They are numbered by their files, so that a start which has nothing to migrate needs no alembic.
    """
    return tuple(sorted(path.name[:4] for path in (FOLDER / "versions").glob("[0-9]*.py")))


def head() -> str:
    """The newest revision that this program knows."""
    return revisions()[-1]


def upgrade(url: str, *, now: datetime, backups: Path | None = None) -> tuple[str | None, str]:
    """Bring a database to the newest revision; gives (before, after).

    A SQLite file that holds something and has to change is copied into `backups` first. All steps are
    one transaction: what fails or is killed half way leaves the database as it was.

    Raises:
        NewerLedger: its revision is not known here.
    """
    with _locked(url) as connection:
        before, newest = current(connection), head()
        if before == newest:
            return before, newest
        if before is not None and before not in revisions():
            raise NewerLedger(before)
        path = sqlite_path(url)
        if before is not None and path is not None and backups is not None:
            _copy(path, backups / f"before-{newest}-{now:%Y%m%dT%H%M%S}.db")
        connection.rollback()
        from alembic import command

        command.upgrade(_config(connection), "head")
        connection.commit()
        return before, newest


def downgrade(url: str, revision: str) -> None:
    """Take a database back to an older revision (`base` for nothing): for tests and emergencies."""
    from alembic import command

    with _locked(url) as connection:
        command.downgrade(_config(connection), revision)
        connection.commit()


def write_revision(url: str, message: str, revision: str) -> Any:
    """Write a new step from the difference between the tables and a database: for developers."""
    from alembic import command

    with _locked(url) as connection:
        return command.revision(_config(connection), message, autogenerate=True, rev_id=revision)


def _copy(path: str, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    source, target = sqlite3.connect(path), sqlite3.connect(to)
    try:
        source.backup(target)
    finally:
        target.close()
        source.close()
