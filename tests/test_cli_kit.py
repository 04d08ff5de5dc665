"""`kit`: one zip of what was agreed to in the chat, and never half of one."""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot import logs
from bot.app import open_desk
from bot.cli import main
from bot.clock import SystemClock
from bot.config import EXAMPLE, load_settings
from bot.documents import kit as documents
from bot.domain.permissions import Role
from bot.ledger import engines
from bot.ledger.desk import Desk, Work
from bot.ledger.tables import entries, events, kits, photos
from bot.media.errors import StoreUnreachable
from bot.media.store import PhotoStore
from tests.drawn import photo
from tests.services.conftest import Office
from tests.town.ledger import empty_ledger

Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(os, "sync", lambda: None)
    monkeypatch.setattr(engines, "SYNCHRONOUS", "OFF")
    yield
    logs.set_up()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with the example's configuration."""
    text = EXAMPLE.read_text("utf-8").replace('token = ""', 'token = "7000000001:TEST"', 1)
    (tmp_path / "config.toml").write_text(text, "utf-8")
    return tmp_path


@pytest.fixture
def run(home: Path) -> Run:
    """Run a command with it."""
    return lambda *words: CliRunner().invoke(main, ["--config", str(home / "config.toml"), *map(str, words)])


@pytest.fixture
def desk(home: Path) -> Iterator[Desk]:
    """A ledger with one entry, its picture, and two kits: one made, one a draft."""
    empty_ledger(home / "data" / "bot.db")
    desk = open_desk(load_settings(home / "config.toml", {}), SystemClock())
    who = Office(desk).member("甲", Role.OFFICE, track="county")
    data = photo(size=(320, 240), seed=1)
    PhotoStore(home / "data" / "media").put("2019/04/1/01.jpg", data)

    def verb(work: Work) -> None:
        at: dict[str, Any] = dict.fromkeys(("found_at", "created_at", "touched_at", "assigned_at"), work.now)
        entry_id = work.insert(
            entries, number="县1-0412-01", state="assigned", track="county", group_key="county/1",
            region="延津县", township="王楼镇", village="任庄村", description="垃圾", **at,
        )  # fmt: skip
        work.insert(
            photos, entry_id=entry_id, kind="before", medium="photo", file="2019/04/1/01.jpg", file_id="x",
            file_unique_id="x", chat_id=1, message_id=1, sent_at=work.now, received_at=work.now,
            state="stored", sha256=hashlib.sha256(data).hexdigest(), file_size=len(data),
        )  # fmt: skip
        for state in ("ready", "draft"):
            work.insert(
                kits, track="county", month="2019-04", state=state, items=[entry_id], member_id=who,
                chat_id=1, at=work.now,
            )  # fmt: skip

    desk.do_now(verb)
    yield desk
    desk.close()


def left(home: Path) -> list[str]:
    """Every name beside the ledger's own."""
    return sorted(one.name for one in home.iterdir() if one.name not in ("config.toml", "data"))


def test_a_kit_that_was_agreed_to_is_one_zip_and_is_logged(run: Run, home: Path, desk: Desk) -> None:
    done = run("kit", 1, "--out", home / "kit.zip")

    with zipfile.ZipFile(home / "kit.zip") as packed:
        assert packed.testzip() is None
        names = packed.namelist()
    logged = desk.do_now(
        lambda work: work.connection.execute(events.select().where(events.c.kind == "exported")).one()
    )
    assert done.exit_code == 0, done.output
    assert names == [documents.LEADS, "县1-0412-01_01_前_任庄村.jpg", documents.LIST]
    assert (logged.body, logged.data["what"], logged.data["photos"]) == ("admin", "kit", 1)


@pytest.mark.usefixtures("desk")
def test_a_kit_that_nobody_agreed_to_is_none_and_an_unknown_one_is_said_to_be_so(
    run: Run, home: Path
) -> None:
    assert run("kit", 2, "--out", home / "kit.zip").exit_code == 1
    assert run("kit", 9, "--out", home / "kit.zip").exit_code == 2
    assert run("kit", 1, "--out", home / "kit.tar").exit_code == 2
    assert left(home) == []


@pytest.mark.usefixtures("desk")
def test_a_kit_that_fails_leaves_no_half_file(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(self: PhotoStore, path: str) -> bytes:
        raise StoreUnreachable(path, "the bucket is away")

    monkeypatch.setattr(PhotoStore, "get", away)
    done = run("kit", 1, "--out", home / "kit.zip")

    assert done.exit_code == 1
    assert "读不了照片库" in done.output
    assert left(home) == []
