"""A database file that is not whole: detected at the start, refused, and brought back by a restore."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot import logs
from bot.cli import main
from bot.config import EXAMPLE
from bot.ledger.engines import Damaged, look_through
from tests.town.ledger import empty_ledger

TOKEN = "7000000001:TEST-damaged"


@pytest.fixture(autouse=True)
def _quiet_logs() -> Iterator[None]:
    yield
    logs.set_up("WARNING")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "config.toml").write_text(
        EXAMPLE.read_text("utf-8").replace('token = ""', f'token = "{TOKEN}"', 1), "utf-8"
    )
    empty_ledger(tmp_path / "data" / "bot.db")
    return tmp_path


def ruin(path: Path) -> None:
    """Write over a page in the middle, as a dying disk does."""
    data = bytearray(path.read_bytes())
    for page in range(3, len(data) // 4096, 2):
        data[page * 4096 : page * 4096 + 64] = b"\xa5" * 64
    path.write_bytes(data)


@pytest.mark.parametrize("how", ["a page", "the head"])
def test_a_damaged_database_is_refused_with_the_way_back_and_the_way_back_works(home: Path, how: str) -> None:
    def run(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(main, ["--config", str(home / "config.toml"), *words])
        return done.exit_code, done.output

    ledger = home / "data" / "bot.db"
    assert run("backup")[0] == 0
    for beside in ledger.parent.glob("bot.db-*"):
        beside.unlink()
    if how == "a page":
        ruin(ledger)
    else:
        ledger.write_bytes(b"not a database" + ledger.read_bytes()[14:])

    refused = [run(*words) for words in (["members"], ["run"], ["backup"])]
    before = ledger.read_bytes()
    ledger.rename(ledger.with_suffix(".kept"))
    restored = run("restore")

    for code, said in refused:
        assert code == 1, said
        assert "restore" in said
        assert len(said.strip().splitlines()) == 1, said
    assert ledger.with_suffix(".kept").read_bytes() == before  # nothing was written into it
    assert restored[0] == 0, restored[1]
    look_through(f"sqlite:///{ledger}")


def test_a_whole_one_a_missing_one_and_a_locked_one_pass(home: Path, tmp_path: Path) -> None:
    look_through(f"sqlite:///{home / 'data' / 'bot.db'}")
    look_through(f"sqlite:///{tmp_path / 'none.db'}")
    look_through("postgresql+psycopg://nowhere/x")
    ruin(home / "data" / "bot.db")
    with pytest.raises(Damaged):
        look_through(f"sqlite:///{home / 'data' / 'bot.db'}")
    with closing(sqlite3.connect(home / "other.db")) as holder:
        holder.execute("CREATE TABLE a (b)")
