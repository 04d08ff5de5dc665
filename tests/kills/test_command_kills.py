"""Commands that are killed at any moment: backup, export, migration. What is there is whole, and goes on."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bot.app import open_desk
from bot.clock import SystemClock
from bot.config import EXAMPLE, load_settings
from bot.jobs.backup.copies import finished
from bot.jobs.backup.restoring import take_ledger
from bot.ledger import backup as book
from bot.ledger.desk import Work
from bot.ledger.tables import facts
from tests.town.ledger import empty_ledger

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "7000000001:TEST-command-kills"


def command(home: Path, *words: str) -> subprocess.Popen[bytes]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("BOT_")}
    return subprocess.Popen(
        [sys.executable, "-m", "bot", "--config", str(home / "config.toml"), *words],
        cwd=ROOT, env={**clean, "BOT_TOKEN": TOKEN}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def killed(home: Path, chance: random.Random, *words: str) -> None:
    process = command(home, *words)
    time.sleep(chance.uniform(0.2, 1.6))
    process.send_signal(signal.SIGKILL)
    process.communicate()


def done(home: Path, *words: str) -> str:
    process = command(home, *words)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err.decode()
    return out.decode()


@pytest.mark.soak
@pytest.mark.parametrize("what", ["backup", "export", "migrate"])
def test_a_command_that_is_killed_again_and_again_leaves_nothing_half_done(tmp_path: Path, what: str) -> None:
    chance = random.Random(3)
    (tmp_path / "config.toml").write_text(EXAMPLE.read_text("utf-8"), "utf-8")
    ledger, out = tmp_path / "data" / "bot.db", tmp_path / "out.json"
    if what != "migrate":
        empty_ledger(ledger)
        settings = load_settings(tmp_path / "config.toml", {"BOT_TOKEN": TOKEN})
        desk = open_desk(settings, SystemClock())

        def filled(work: Work) -> None:
            for number in range(3000):
                work.connection.execute(facts.insert().values(key=f"k{number}", value="x" * 3000))

        desk.do_now(filled)
        desk.close()
    words = ["export", "--format", "json", "--out", str(out)] if what == "export" else [what]

    for _ in range(20):
        killed(tmp_path, chance, *words)
        if what == "export" and out.exists():
            json.loads(out.read_text("utf-8"))
        for files in finished(tmp_path / "data" / "backups"):
            take_ledger(files, files.read_paper(), tmp_path / "trial" / "bot.db")
            (tmp_path / "trial" / "bot.db").unlink()
    done(tmp_path, *words)

    assert book.tally(ledger).revision == "0001"
    if what == "backup":
        left = [path.name for path in (tmp_path / "data" / "backups").glob("ledger-*")]
        assert {name.partition(".")[0] for name in left} == {
            files.ledger.stem for files in finished(tmp_path / "data" / "backups")
        }
        assert not list((tmp_path / "data" / "backups").glob(".verify-*"))
    elif what == "export":
        assert json.loads(out.read_text("utf-8")) == []
