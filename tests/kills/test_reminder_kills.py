"""Reminders over a process that is killed at any moment: none lost, none doubled (SPEC §3)."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.ledger.desk import Work
from bot.ledger.tables import outbox
from tests.kills import reminding
from tests.kills.harness import ROOT


def keys(work: Work) -> list[tuple[int, str]]:
    rows = work.connection.execute(select(outbox.c.chat_id, outbox.c.dedup)).all()
    return [(row.chat_id, row.dedup) for row in rows]


def besieged(folder: Path, kills: int, seed: int) -> list[tuple[int, str]]:
    """Every reminder that stands in the ledger after so many kills and one undisturbed run."""
    url = f"sqlite:///{folder / 'bot.db'}"
    reminding.prepare(url)
    dice = random.Random(seed)
    command = [sys.executable, "-m", "tests.kills.reminding", url]
    began = time.monotonic()
    subprocess.run([*command[:-1], "sqlite:///:memory:"], cwd=ROOT, capture_output=True, check=False)
    warm = time.monotonic() - began
    for _ in range(kills):
        with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as process:
            try:
                process.wait(timeout=warm * dice.uniform(0.4, 1.4))
            except subprocess.TimeoutExpired:
                process.kill()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    desk, _ = reminding.opened(url)
    found = desk.do_now(keys)
    desk.close()
    return found


def balanced(found: list[tuple[int, str]]) -> None:
    heard = Counter(chat for chat, _ in found)
    assert set(heard) == {10_000 + n for n in range(1, reminding.PEOPLE + 1)}
    assert set(heard.values()) == {len(reminding.MOMENTS)}, "lost or doubled"
    assert len(set(found)) == len(found)


def test_a_process_that_is_killed_loses_and_doubles_no_reminder(tmp_path: Path) -> None:
    found = besieged(tmp_path, kills=3, seed=1)

    balanced(found)


@pytest.mark.soak
def test_ninety_kills(tmp_path: Path) -> None:
    found = besieged(tmp_path, kills=90, seed=2)

    balanced(found)
