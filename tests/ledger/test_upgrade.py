"""An upgrade from the previous schema, and the way back: proven with a step that does not exist yet."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.ledger import backup, migrate
from tests.town.ledger import empty_ledger

NOW = datetime(2019, 5, 1, 1, 0, tzinfo=UTC)
STEP = '''"""The next schema."""
from alembic import op
import sqlalchemy as sa

revision, down_revision, branch_labels, depends_on = "0002", "{before}", None, None


def upgrade():
    with op.batch_alter_table("facts") as table:
        table.add_column(sa.Column("of_later", sa.Integer(), nullable=True))
    {then}


def downgrade():
    with op.batch_alter_table("facts") as table:
        table.drop_column("of_later")
'''


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """A ledger of today's program that holds something."""
    path = tmp_path / "data" / "bot.db"
    empty_ledger(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO facts (key, value) VALUES ('kept', '1')")
        connection.commit()
    return path


def newer_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, then: str = "pass") -> None:
    """From now on the program is one that knows a step more."""
    folder = tmp_path / "migrations"
    shutil.copytree(migrate.FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    step = STEP.format(before=migrate.head(), then=then)
    (folder / "versions" / "0002_the_next.py").write_text(step, "utf-8")
    monkeypatch.setattr(migrate, "FOLDER", folder)


def columns(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        return {row[1] for row in connection.execute("PRAGMA table_info(facts)")}


def test_a_newer_program_upgrades_and_the_old_one_goes_on_with_the_copy_made_before(
    ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, backups, before = f"sqlite:///{ledger}", tmp_path / "backups", backup.tally(ledger)
    with monkeypatch.context() as patch:
        newer_program(tmp_path, patch)
        assert migrate.upgrade(url, now=NOW, backups=backups) == ("0001", "0002")
        after = backup.tally(ledger)
    assert "of_later" in columns(ledger)
    assert (after.rows, after.newest_event) == (
        before.rows,
        before.newest_event,
    )  # nothing was lost
    with pytest.raises(migrate.NewerLedger):  # the old program does not touch it
        migrate.upgrade(url, now=NOW)

    ledger.unlink()
    shutil.copyfile(backups / "before-0002-20190501T010000.db", ledger)  # as docs/operations.md says

    assert migrate.upgrade(url, now=NOW) == ("0001", "0001")
    assert backup.tally(ledger) == before
    assert "of_later" not in columns(ledger)


def test_a_step_also_leads_back_in_place(
    ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = backup.tally(ledger)
    newer_program(tmp_path, monkeypatch)
    migrate.upgrade(f"sqlite:///{ledger}", now=NOW)

    migrate.downgrade(f"sqlite:///{ledger}", "0001")

    assert backup.tally(ledger) == before


def test_an_upgrade_that_fails_half_way_leaves_the_old_ledger_as_it_was(
    ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = backup.tally(ledger)
    newer_program(tmp_path, monkeypatch, then='raise RuntimeError("the power failed")')

    with pytest.raises(RuntimeError, match="power"):
        migrate.upgrade(f"sqlite:///{ledger}", now=NOW, backups=tmp_path / "backups")

    assert backup.tally(ledger) == before
    assert "of_later" not in columns(ledger)
