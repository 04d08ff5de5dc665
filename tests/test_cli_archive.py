"""`archive`: what lies in it, what it says when something is missing, and that there is never half of one."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from bot import logs
from bot.app import open_desk
from bot.cli import main
from bot.clock import SystemClock
from bot.config import EXAMPLE, load_settings
from bot.documents.archive.packing import Package
from bot.domain.entries import Mode
from bot.ledger import engines
from bot.ledger import events as log
from bot.ledger.desk import Desk, Work
from bot.ledger.tables import entries, events, photos
from bot.media.store import PhotoStore
from tests.drawn import photo
from tests.town.ledger import empty_ledger

Run = Callable[..., Result]
PHONE = "138" + "12345678"


@pytest.fixture(autouse=True)
def _quiet_logs(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(os, "sync", lambda: None)  # the power does not fail here
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
    """A ledger with three entries in two regions, one of them covert and handed over, and their photos."""
    empty_ledger(home / "data" / "bot.db")
    desk = open_desk(load_settings(home / "config.toml", {}), SystemClock())
    open_ = entry(desk, "县1-0412-01", description=f"<b>村口</b>垃圾 & 污水 {PHONE}", township="王楼镇")
    covert = entry(
        desk, "暗-0412-01", region="卫辉市", mode=Mode.COVERT.value, group_key="county/0",
        public_text="坑塘漂浮物", description="暗访时看到",
        handed_over_at=desk.clock.now() + timedelta(hours=1),
    )  # fmt: skip
    entry(desk, "暗-0412-02", mode=Mode.COVERT.value, group_key="county/0", description="不能说的")
    for at, (one, kind) in enumerate(((open_, "before"), (open_, "after"), (covert, "before"))):
        keep(desk, home, one, kind, at)
    yield desk
    desk.close()


def entry(desk: Desk, number: str, **values: Any) -> int:
    def verb(work: Work) -> int:
        given: dict[str, Any] = {
            "state": "assigned", "track": "county", "group_key": "county/1", "region": "延津县",
            "village": "任庄村", "found_at": work.now, "created_at": work.now, "touched_at": work.now,
            "assigned_at": work.now, "category": "waste.domestic", **values,
        }  # fmt: skip
        entry_id = work.insert(entries, number=number, **given)
        log.record(work, "assigned", entry_id=entry_id, to_state="assigned", body="office:county")
        return entry_id

    return desk.do_now(verb)


def keep(desk: Desk, home: Path, entry_id: int, kind: str, at: int) -> None:
    data = photo(size=(320, 240), seed=at, position=(35.1, 114.2))
    path = f"2019/04/{entry_id}/{at:02d}_{kind}.jpg"
    PhotoStore(home / "data" / "media").put(path, data)

    def verb(work: Work) -> None:
        work.insert(
            photos, entry_id=entry_id, kind=kind, medium="photo", file=path, file_id="x", file_unique_id="x",
            chat_id=1, message_id=at + 1, sent_at=work.now, received_at=work.now, state="stored",
            sha256=hashlib.sha256(data).hexdigest(), file_size=len(data),
        )  # fmt: skip

    desk.do_now(verb)


class Links(HTMLParser):
    """Everything that a page refers to, and whether it runs anything."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.runs = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note links and scripts."""
        self.runs |= tag == "script" or any(name.startswith("on") for name, _ in attrs)
        self.found += [value for name, value in attrs if name in ("href", "src") and value]


def left(folder: Path) -> list[str]:
    """Every name beside the ledger's own."""
    return sorted(one.name for one in folder.iterdir() if one.name not in ("config.toml", "data"))


@pytest.mark.usefixtures("desk")
def test_a_folder_reads_without_bot_network_or_script_and_every_link_in_it_leads_somewhere(
    run: Run, home: Path
) -> None:
    done = run("archive", "--out", home / "out")

    assert done.exit_code == 0, done.output
    pages = sorted((home / "out").rglob("*.html"))
    assert len(pages) >= 9
    for page in pages:
        links = Links()
        links.feed(page.read_text("utf-8"))
        assert not links.runs
        for link in links.found:
            if not link.startswith("#"):
                assert (page.parent / unquote(link)).is_file(), f"{page.name}: {link}"


@pytest.mark.usefixtures("desk")
def test_nothing_hidden_nothing_personal_and_no_word_as_markup_is_in_it(run: Run, home: Path) -> None:
    run("archive", "--out", home / "out")

    every = b"".join(
        one.read_bytes() for one in (home / "out").rglob("*") if one.suffix in (".html", ".jsonl")
    )
    said = every.decode()
    assert not [word for word in ("暗-0412-02", "不能说的", "暗访时看到", PHONE, "<b>村口") if word in said]
    assert "&lt;b&gt;村口&lt;/b&gt;垃圾 &amp; 污水 138******78" in said
    assert "坑塘漂浮物" in said


@pytest.mark.usefixtures("desk")
def test_of_a_covert_finding_the_photo_is_made_anew_and_others_are_as_received(run: Run, home: Path) -> None:
    run("archive", "--out", home / "out")

    store = home / "data" / "media" / "2019" / "04"
    received = {hashlib.sha256(one.read_bytes()).hexdigest() for one in store.rglob("*.jpg")}
    kept = {one.name: hashlib.sha256(one.read_bytes()).hexdigest() for one in (home / "out").rglob("*.jpg")}
    assert sorted(name for name, digest in kept.items() if digest in received) == [
        "县1-0412-01_01_前_任庄村.jpg",
        "县1-0412-01_01_后_任庄村.jpg",
    ]
    covert = next((home / "out").rglob("暗-*.jpg")).read_bytes()
    assert b"Exif" not in covert


@pytest.mark.usefixtures("desk")
def test_whoever_gets_it_can_check_every_file_and_the_log_with_plain_python(run: Run, home: Path) -> None:
    run("archive", "--out", home / "out")

    def check() -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-I", home / "out" / "verify.py"],
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        return done.returncode, done.stdout

    assert check()[0] == 0
    assert run("archive", "--check", home / "out").exit_code == 0
    (home / "out" / "style.css").write_text("x")
    next((home / "out").rglob("暗-*.jpg")).unlink()
    code, words = check()
    assert code == 1
    assert "已改动 · changed: style.css" in words
    assert re.search(r"缺少 · missing: 照片/卫辉市/暗-", words)


@pytest.mark.usefixtures("desk")
def test_a_changed_event_is_found_even_when_its_file_has_a_new_sum(run: Run, home: Path) -> None:
    run("archive", "--out", home / "out")
    at = home / "out" / "办理记录" / "events.jsonl"
    before = at.read_bytes()
    at.write_bytes(before.replace(b"office:county", b"office:nobody", 1))
    sums = home / "out" / "SHA256SUMS"
    old, new = (hashlib.sha256(data).hexdigest() for data in (before, at.read_bytes()))
    sums.write_text(sums.read_text("utf-8").replace(old, new), "utf-8")

    done = run("archive", "--check", home / "out")

    assert done.exit_code == 1
    assert "办理记录第 1 条对不上" in done.output


@pytest.mark.usefixtures("desk")
def test_a_zip_holds_the_same_in_one_folder_and_is_checked_as_it_is(run: Run, home: Path) -> None:
    done = run("archive", "--out", home / "out.zip")

    assert done.exit_code == 0, done.output
    with zipfile.ZipFile(home / "out.zip") as packed:
        assert packed.testzip() is None
        names = packed.namelist()
    assert {name.partition("/")[0] for name in names} == {"out"}
    assert run("archive", "--check", home / "out.zip").exit_code == 0
    assert left(home) == ["out.zip"]
    whole = (home / "out.zip").read_bytes()
    (home / "cut.zip").write_bytes(whole[: len(whole) // 2])
    assert run("archive", "--check", home / "cut.zip").exit_code == 1


def test_it_is_logged_with_the_hash_of_its_list(run: Run, home: Path, desk: Desk) -> None:
    run("archive", "--out", home / "out")

    sums = hashlib.sha256((home / "out" / "SHA256SUMS").read_bytes()).hexdigest()
    rows = desk.look_now(lambda work: work.connection.execute(select(events)).all())
    assert (rows[-1].kind, rows[-1].data["sha256"]) == ("archived", sums)
    assert (rows[-1].data["entries"], rows[-1].data["photos"], rows[-1].data["regions"]) == (2, 3, 2)


@pytest.mark.usefixtures("desk")
def test_missing_changed_and_broken_photos_are_named_and_the_rest_goes_on(run: Run, home: Path) -> None:
    store = home / "data" / "media" / "2019" / "04"
    found = sorted(store.rglob("*.jpg"))
    found[0].unlink()
    found[1].write_bytes(photo(size=(320, 240), seed=77))
    found[2].write_bytes(found[2].read_bytes()[:300])

    done = run("archive", "--out", home / "out")

    assert done.exit_code == 0, done.output
    page = (home / "out" / "缺失与异常.html").read_text("utf-8")
    wrong = ("照片文件缺失", "与登记时的校验值不符", "无法去除拍摄信息")
    assert not [word for word in wrong if word not in page]
    assert "缺失" in done.stderr
    assert run("archive", "--check", home / "out").exit_code == 0


@pytest.mark.usefixtures("desk")
def test_a_store_without_any_of_the_photos_is_a_wrong_setting_and_makes_no_archive(
    run: Run, home: Path
) -> None:
    for one in (home / "data" / "media").rglob("*.jpg"):
        one.unlink()

    done = run("archive", "--out", home / "out.zip")

    assert done.exit_code == 1
    assert "[media]" in done.stderr
    assert left(home) == []


@pytest.mark.parametrize("full_at", ["index.html", "照片/延津县/县1-0412-01_01_前_任庄村.jpg"])
@pytest.mark.parametrize("name", ["out", "out.zip"])
def test_a_full_disk_leaves_nothing_and_logs_nothing(
    run: Run, home: Path, desk: Desk, monkeypatch: pytest.MonkeyPatch, name: str, full_at: str
) -> None:
    whole = Package.add

    def full(self: Package, path: str, data: bytes) -> None:
        if path == full_at:
            raise OSError(28, "No space left on device")
        whole(self, path, data)

    monkeypatch.setattr(Package, "add", full)

    done = run("archive", "--out", home / name)

    assert done.exit_code == 1
    assert "腾出空间" in done.stderr
    assert left(home) == []
    assert "archived" not in desk.look_now(
        lambda work: work.connection.execute(select(events.c.kind)).scalars().all()
    )


@pytest.mark.parametrize(
    ("out", "code", "said"),
    [("config.toml", 2, "已存在"), ("data", 2, "已存在"), ("nowhere/out.zip", 2, "没有文件夹")],
)
@pytest.mark.usefixtures("desk")
def test_it_overwrites_nothing_and_says_what_to_do(
    run: Run, home: Path, out: str, code: int, said: str
) -> None:
    done = run("archive", "--out", home / out)

    assert done.exit_code == code
    assert said in done.stderr


@pytest.mark.parametrize("name", ["out", "out.zip"])
@pytest.mark.usefixtures("desk")
def test_what_a_killed_run_has_left_is_cleared_away(run: Run, home: Path, name: str) -> None:
    part = home / f".{name}.part"
    (home / f".{name}.scratch").mkdir()
    if name == "out":
        part.mkdir()
        (part / "half").write_text("x")
    else:
        part.write_text("half")

    done = run("archive", "--out", home / name)

    assert done.exit_code == 0, done.output
    assert left(home) == [name]
