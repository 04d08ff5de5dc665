"""Migrations: there and back, a copy before anything changes, one at a time, never over a newer ledger."""

from __future__ import annotations

import fcntl
import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine

from bot.ledger import guards, migrate, words
from bot.ledger.tables import metadata

NOW = datetime(2019, 4, 12, 1, 0, tzinfo=UTC)
UPGRADE = """
import sys
from datetime import UTC, datetime
from bot.ledger import guards, migrate
print(migrate.upgrade(sys.argv[1], now=datetime(2019, 4, 12, tzinfo=UTC)))
"""


def tables(path: Path) -> set[str]:
    with sqlite3.connect(path) as connection:
        rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    connection.close()
    return {row[0] for row in rows if not words.ours(row[0])} - {"sqlite_sequence"}


def _ours(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or not words.ours(name or "")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "bot.db"


def test_an_empty_place_gets_every_table_and_a_second_time_nothing_happens(path: Path) -> None:
    before, after = migrate.upgrade(f"sqlite:///{path}", now=NOW)
    again = migrate.upgrade(f"sqlite:///{path}", now=NOW)

    assert (before, after) == (None, migrate.head())
    assert again == (after, after)
    assert tables(path) == {*metadata.tables, "alembic_version"}


def test_the_steps_lead_exactly_to_the_tables_of_the_program(path: Path) -> None:
    migrate.upgrade(f"sqlite:///{path}", now=NOW)

    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": _ours})
        found = compare_metadata(context, metadata)
    engine.dispose()

    assert found == []


def test_the_steps_lead_back_to_nothing_and_up_again(path: Path) -> None:
    url = f"sqlite:///{path}"
    migrate.upgrade(url, now=NOW)

    migrate.downgrade(url, "base")
    assert tables(path) == {"alembic_version"}

    assert migrate.upgrade(url, now=NOW) == (None, migrate.head())
    assert "entries" in tables(path)


def test_a_ledger_that_has_to_change_is_copied_first(path: Path, tmp_path: Path) -> None:
    url, backups = f"sqlite:///{path}", tmp_path / "backups"
    migrate.upgrade(url, now=NOW, backups=backups)
    assert not backups.exists()  # nothing was there to be copied
    with sqlite3.connect(path) as connection:
        connection.execute("INSERT INTO facts (key, value) VALUES ('kept', '1')")
        connection.execute("UPDATE alembic_version SET version_num = '0000'")
    connection.close()

    copies: list[Path] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("alembic.command.upgrade", lambda *_: copies.extend(backups.iterdir()))
        patch.setattr(migrate, "revisions", lambda: ("0000", "0001"))
        migrate.upgrade(url, now=NOW, backups=backups)

    assert [copy.name for copy in copies] == [f"before-{migrate.head()}-20190412T010000.db"]
    with sqlite3.connect(copies[0]) as connection:
        assert connection.execute("SELECT value FROM facts").fetchall() == [("1",)]
    connection.close()


def test_a_newer_ledger_is_left_alone(path: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{path}"
    migrate.upgrade(url, now=NOW)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()

    with pytest.raises(migrate.NewerLedger, match="9999"):
        migrate.upgrade(url, now=NOW, backups=tmp_path / "backups")

    assert not (tmp_path / "backups").exists()


def test_a_second_process_waits_until_the_first_has_migrated(path: Path) -> None:
    url = f"sqlite:///{path}"
    path.parent.mkdir(parents=True)
    with Path(f"{path}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = threading.Event()

        def second() -> None:
            migrate.upgrade(url, now=NOW)
            done.set()

        thread = threading.Thread(target=second)
        thread.start()
        assert not done.wait(0.1)
        assert not path.exists()
    thread.join(10)

    assert done.is_set()


def test_two_processes_at_once_migrate_once(path: Path) -> None:
    path.parent.mkdir(parents=True)
    started = [
        subprocess.Popen(
            [sys.executable, "-c", UPGRADE, f"sqlite:///{path}"], stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    said = sorted(process.communicate(timeout=60)[0].strip() for process in started)

    head = migrate.head()
    assert said == [f"('{head}', '{head}')", f"(None, '{head}')"]
    assert "entries" in tables(path)


def test_the_numbers_of_the_files_are_the_revisions_of_the_chain() -> None:
    from alembic.script import ScriptDirectory

    chain = ScriptDirectory(str(migrate.FOLDER))

    assert tuple(reversed([step.revision for step in chain.walk_revisions()])) == migrate.revisions()
    assert chain.get_current_head() == migrate.head()


def test_a_step_that_fails_half_way_leaves_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_connection: object) -> None:
        raise RuntimeError("the power failed")

    with monkeypatch.context() as broken_off:
        broken_off.setattr(guards, "protect_events", broken)
        with pytest.raises(RuntimeError, match="power"):
            migrate.upgrade(f"sqlite:///{path}", now=NOW)
    left = tables(path)
    migrate.upgrade(f"sqlite:///{path}", now=NOW)

    assert left == set()
    assert tables(path) == {*metadata.tables, "alembic_version"}
