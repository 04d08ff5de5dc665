"""The command line: what each command prints, what it leaves on the disk, how it ends."""

from __future__ import annotations

import csv
import json
import re
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from bot import logs
from bot.app import open_desk
from bot.cli import main
from bot.clock import SystemClock
from bot.config import EXAMPLE, load_settings
from bot.domain.entries import Mode
from bot.ledger import people
from bot.ledger.desk import Desk, Work
from bot.ledger.tables import chats, entries, facts, members, outbox, photos, roles
from bot.media.store import PhotoStore
from tests.drawn import photo
from tests.town.ledger import empty_ledger

TOKEN = "7000000001:TEST-command-line"
NOWHERE = "http://127.0.0.1:9"  # the port «discard»: nobody listens
Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def _quiet_logs() -> Iterator[None]:
    """Commands set the process's logs up: on the streams of a runner that is gone afterwards."""
    yield
    logs.set_up()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with a configuration whose Telegram cannot be reached."""
    text = EXAMPLE.read_text("utf-8").replace("https://api.telegram.org", NOWHERE, 1)
    (tmp_path / "config.toml").write_text(text.replace('token = ""', f'token = "{TOKEN}"', 1), "utf-8")
    return tmp_path


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command with that configuration, from another folder."""
    monkeypatch.delenv("BOT_TOKEN", raising=False)

    def run(*words: str, config: Path = home / "config.toml") -> Result:
        return CliRunner().invoke(main, ["--config", str(config), *words])

    return run


@pytest.fixture
def desk(home: Path) -> Iterator[Desk]:
    """The ledger, as a bot that runs beside the commands holds it."""
    empty_ledger(home / "data" / "bot.db")
    desk = open_desk(load_settings(home / "config.toml", {}), SystemClock())
    yield desk
    desk.close()


@pytest.fixture
def known(desk: Desk) -> Desk:
    """A ledger whose bot was started once: its name is known."""

    def verb(work: Work) -> None:
        value = {"id": 7000000001, "username": "inspect_bot", "sees_all": True}
        work.connection.execute(facts.insert().values(key="bot", value=value))

    desk.do_now(verb)
    return desk


def entry(desk: Desk, number: str | None, **values: Any) -> int:
    """An entry straight into the ledger."""

    def verb(work: Work) -> int:
        given: dict[str, Any] = {
            "state": "filed", "track": "county", "group_key": "county/1", "region": "延津县",
            "village": "任庄村", "found_at": work.now, "created_at": work.now, "touched_at": work.now,
            **values,
        }  # fmt: skip
        return work.insert(entries, number=number, **given)

    return desk.do_now(verb)


# ── invite ──


@pytest.mark.parametrize(
    "words",
    [
        ["--role", "inspector", "--group", "county/1", "--leader"],
        ["--role", "inspector", "--group", "covert"],
        ["--role", "contact", "--region", "延津县", "--deputy", "--uses", "3"],
        ["--role", "township", "--region", "延津县", "--township", "王楼镇"],
        ["--role", "office", "--track", "county"],
        ["--role", "oversight"],
        ["--role", "city_leader"],
        ["--role", "admin"],
    ],
)
def test_invite_prints_the_link_alone_while_telegram_is_out_of_reach(
    run: Run, known: Desk, words: list[str]
) -> None:
    done = run("invite", *words)

    assert done.exit_code == 0, done.output
    assert re.fullmatch(r"https://t\.me/inspect_bot\?start=[A-Za-z0-9_-]{8,64}\n", done.stdout)


def test_a_bot_that_was_started_with_the_token_in_its_environment_is_known_without(
    run: Run, known: Desk, home: Path
) -> None:
    text = (home / "config.toml").read_text("utf-8")
    (home / "config.toml").write_text(text.replace(TOKEN, "", 1), "utf-8")

    done = run("invite", "--role", "admin")

    assert done.exit_code == 0
    assert done.stdout.startswith("https://t.me/inspect_bot?start=")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--role", "inspector"], "county/1"),
        (["--role", "inspector", "--group", "county/77"], "county/1"),
        (["--role", "contact"], "延津县"),
        (["--role", "contact", "--region", "火星县"], "延津县"),
        (["--role", "office"], "county"),
        (["--role", "office", "--track", "moon"], "county"),
        (["--role", "emperor"], "inspector"),
        (["--role", "admin", "--uses", "0"], "uses"),
        ([], "--role"),
    ],
)
def test_a_wrong_scope_ends_with_two_and_names_what_may_stand_there(
    run: Run, known: Desk, words: list[str], said: str
) -> None:
    done = run("invite", *words)

    assert done.exit_code == 2
    assert said in done.stderr
    assert done.stdout == ""


def test_without_telegram_and_without_a_name_invite_fails_and_says_what_to_do(run: Run) -> None:
    done = run("invite", "--role", "admin")

    assert done.exit_code == 1
    assert "[telegram] proxy" in done.stderr
    assert TOKEN not in done.output


# ── export ──


def test_json_is_a_list_with_one_object_an_entry(run: Run, desk: Desk, home: Path) -> None:
    entry(desk, "县1-0412-01", description="延津县任庄村 垃圾")
    entry(desk, "暗-0412-01", mode=Mode.COVERT.value)

    done = run("export", "--format", "json", "--out", str(home / "out.json"))

    assert done.exit_code == 0, done.output
    [found] = json.loads((home / "out.json").read_text("utf-8"))
    assert found["number"] == "县1-0412-01"
    assert found["found_at"].endswith("+08:00")
    assert found["photos"] == []


def test_an_empty_ledger_is_an_empty_list(run: Run, home: Path) -> None:
    done = run("export", "--format", "json", "--out", str(home / "out.json"))

    assert done.exit_code == 0
    assert json.loads((home / "out.json").read_text("utf-8")) == []


@pytest.mark.parametrize("what", ["entries", "events"])
def test_workbook_and_csv_open_again(run: Run, desk: Desk, home: Path, what: str) -> None:
    entry(desk, "县1-0412-01", description="=1+1")

    for form in ("xlsx", "csv"):
        done = run("export", "--format", form, "--out", str(home / f"out.{form}"), "--what", what)
        assert done.exit_code == 0, done.output

    sheet = openpyxl.load_workbook(home / "out.xlsx").worksheets[0]
    assert sheet["A2"].value.startswith("仅供工作使用 · ")
    rows = list(csv.reader((home / "out.csv").read_text("utf-8-sig").splitlines()))
    assert rows[0][-1] == "使用范围"
    assert len({len(row) for row in rows}) == 1


def test_photos_are_copied_under_names_for_people(run: Run, desk: Desk, home: Path) -> None:
    entry_id = entry(desk, "县1-0412-01")
    PhotoStore(home / "data" / "media").put("2019/04/1/01_前_x.jpg", photo())

    def keep(work: Work) -> None:
        for number, (kind, file) in enumerate(
            [("before", "2019/04/1/01_前_x.jpg"), ("before", None), ("after", "2019/04/1/gone.jpg")]
        ):
            work.insert(
                photos, entry_id=entry_id, kind=kind, medium="photo", seq=number + 1, file=file, file_id="x",
                file_unique_id="x", chat_id=1, message_id=number, sent_at=work.now, received_at=work.now,
            )  # fmt: skip

    desk.do_now(keep)

    done = run("export", "--format", "json", "--out", str(home / "o.json"), "--photos", str(home / "ph"))

    assert done.exit_code == 0, done.output
    assert [path.name for path in (home / "ph").iterdir()] == ["县1-0412-01_01_前_任庄村.jpg"]
    assert "2019/04/1/gone.jpg" in done.stderr


def test_photos_of_several_regions_go_out_unasked_and_the_office_is_told(
    run: Run, desk: Desk, home: Path
) -> None:
    def keep(work: Work, entry_id: int) -> None:
        work.insert(
            photos, entry_id=entry_id, kind="before", medium="photo", file="2019/04/1/01_前_x.jpg",
            file_id="x", file_unique_id="x", chat_id=1, message_id=1, sent_at=work.now, received_at=work.now,
        )  # fmt: skip

    def join(work: Work) -> None:
        office = work.insert(members, name="钱丁", telegram_id=9, created_at=work.now, red_lines_at=work.now)
        work.insert(roles, member_id=office, role="office", track="county", granted_at=work.now)

    PhotoStore(home / "data" / "media").put("2019/04/1/01_前_x.jpg", photo())
    desk.do_now(join)
    for number, region in (("县1-0412-01", "延津县"), ("县1-0412-02", "卫辉市")):
        desk.do_now(keep, entry(desk, number, region=region))
    entry(desk, "县1-0412-03", region="原阳县")

    done = run("export", "--format", "json", "--out", str(home / "o.json"), "--photos", str(home / "ph"))

    assert done.exit_code == 0, done.output
    [line] = desk.look_now(lambda work: work.connection.execute(select(outbox.c.payload)).scalars().all())
    assert (line["text"], line["values"]["regions"], line["values"]["entries"]) == (
        "office.photos_exported", 2, 2,
    )  # fmt: skip


def test_every_export_leaves_an_event(run: Run, desk: Desk, home: Path) -> None:
    entry(desk, "县1-0412-01")
    run("export", "--format", "csv", "--out", str(home / "out.csv"))

    run("export", "--format", "json", "--out", str(home / "events.json"), "--what", "events")

    [event] = json.loads((home / "events.json").read_text("utf-8"))
    assert (event["kind"], event["body"], event["data"]["rows"]) == ("exported", "admin", 1)


@pytest.mark.parametrize(
    "words",
    [
        ["--format", "pdf", "--out", "x"],
        ["--format", "json"],
        ["--format", "json", "--out", "no/such/folder/x.json"],
        ["--format", "json", "--out", "x.json", "--what", "events", "--photos", "ph"],
    ],
)
def test_a_wrong_way_to_export_ends_with_two_and_writes_nothing(
    run: Run, home: Path, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(home)

    done = run("export", *words)

    assert done.exit_code == 2
    assert sorted(path.name for path in home.iterdir()) == ["config.toml"]


def test_a_failed_export_leaves_the_old_file_as_it_was(
    run: Run, desk: Desk, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "out.json").write_text("old", "utf-8")

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("bot.documents.ledger_files.write_json", full)

    done = run("export", "--format", "json", "--out", str(home / "out.json"))

    assert done.exit_code == 1
    assert "No space left" in done.stderr
    assert (home / "out.json").read_text("utf-8") == "old"
    assert not list(home.glob(".*part"))


# ── members ──


def test_members_lists_people_with_roles_and_scopes_but_no_telephone(run: Run, desk: Desk) -> None:
    phone = "138" + "12345678"

    def verb(work: Work) -> None:
        for number, (name, role, scope) in enumerate(
            [
                ("李甲", "inspector", {"track": "county", "group_key": "county/1", "leader": True}),
                ("王乙", "contact", {"region": "延津县", "deputy": True}),
            ]
        ):
            member_id = work.insert(
                members, telegram_id=number + 1, name=name, post="干部", phone=phone, created_at=work.now,
                joined_at=work.now, red_lines_at=work.now,
            )  # fmt: skip
            work.insert(roles, member_id=member_id, role=role, granted_at=work.now, **scope)
        work.connection.execute(chats.insert().values(id=2, kind="private", unreachable_at=work.now))

    desk.do_now(verb)

    done = run("members")

    assert done.exit_code == 0, done.output
    first, second = done.stdout.splitlines()[1:]
    assert all(word in first for word in ("李甲", "组长", "县(市)第一督查小组"))
    assert all(word in second for word in ("王乙", "延津县", "副", "联系不上"))
    assert phone not in done.output


# ── init, check ──


def test_init_writes_the_example_and_says_the_next_two_steps(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "new.toml"

    done = run("init", config=path)

    assert done.exit_code == 0
    assert path.read_text("utf-8") == EXAMPLE.read_text("utf-8")
    assert path.stat().st_mode & 0o077 == 0
    assert re.findall(r"(?m)^(\d)\. ", done.stdout) == ["1", "2"]


def test_init_never_touches_a_configuration_that_is_there(run: Run, home: Path) -> None:
    before = (home / "config.toml").read_text("utf-8")

    done = run("init")

    assert done.exit_code == 2
    assert (home / "config.toml").read_text("utf-8") == before


def test_check_names_each_mend_and_ends_with_one(run: Run, home: Path) -> None:
    done = run("check")

    assert done.exit_code == 1
    assert "✓ 字体 fonts" in done.stdout
    assert "✗ Telegram" in done.stdout
    assert "    → 检查网络" in done.stdout
    assert not (home / "data" / "bot.db").exists()
    assert TOKEN not in done.output


def test_check_warns_of_regions_without_places(run: Run, home: Path) -> None:
    (home / "xinxiang_places.csv").write_text(
        "code,region,township,village\n1,延津县,王楼镇,任庄村\n2,火星县,环形山乡,一村\n", "utf-8"
    )

    done = run("check")

    assert "! 配置 configuration: regions「卫辉市」" in done.stdout
    assert "火星县" in done.stdout


def test_check_finds_a_broken_event_log(run: Run, home: Path) -> None:
    run("export", "--format", "json", "--out", str(home / "o.json"))
    with sqlite3.connect(home / "data" / "bot.db") as ledger:
        ledger.execute("DROP TRIGGER events_update")
        ledger.execute("UPDATE events SET body = 'somebody'")

    done = run("check")

    assert "✗ 办理记录 event log" in done.stdout


def test_check_names_health_pages_that_other_machines_can_reach(run: Run, home: Path) -> None:
    text = (home / "config.toml").read_text("utf-8")
    quiet = run("check")
    (home / "config.toml").write_text(text.replace("127.0.0.1:8090", "0.0.0.0:8090", 1), "utf-8")

    done = run("check")

    assert "别的机器也能访问" in done.stdout
    assert "别的机器也能访问" not in quiet.stdout


# ── migrate ──


def test_migrate_says_from_what_to_what(run: Run) -> None:
    first = run("migrate")
    second = run("migrate")

    assert first.exit_code == second.exit_code == 0
    assert "→" in first.stdout
    assert "up to date" in second.stdout


def test_a_ledger_of_a_newer_program_is_left_alone(run: Run, home: Path) -> None:
    run("migrate")
    with sqlite3.connect(home / "data" / "bot.db") as ledger:
        ledger.execute("UPDATE alembic_version SET version_num = '9999'")

    for words in (["migrate"], ["members"]):
        done = run(*words)
        assert done.exit_code == 1
        assert "9999" in done.stderr


# ── configuration and help ──


def test_a_configuration_that_is_not_there_ends_with_two(run: Run, tmp_path: Path) -> None:
    for words in (["members"], ["check"], ["run"], ["export", "--format", "json", "--out", "x.json"]):
        done = run(*words, config=tmp_path / "none.toml")
        assert done.exit_code == 2
        assert "init" in done.stderr


def test_a_misspelt_key_ends_with_two_and_never_shows_the_token(run: Run, home: Path) -> None:
    text = (home / "config.toml").read_text("utf-8")
    (home / "config.toml").write_text(text.replace("token =", "tokem =", 1), "utf-8")

    done = run("members")

    assert done.exit_code == 2
    assert "tokem" in done.stderr
    assert TOKEN not in done.output


def test_the_commands_work_while_the_bot_writes(run: Run, known: Desk, home: Path) -> None:
    stop, written = threading.Event(), 0

    def busy(work: Work) -> None:
        work.connection.execute(facts.update().where(facts.c.key == "bot").values(value=facts.c.value))

    def write() -> None:
        nonlocal written
        while not stop.is_set():
            known.do_now(busy)
            written += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        done = [
            run("invite", "--role", "admin"),
            run("members"),
            run("export", "--format", "json", "--out", str(home / "o.json")),
            run("backup"),
        ]
    finally:
        stop.set()
        writer.join()

    assert [one.exit_code for one in done] == [0, 0, 0, 0]
    assert written > 10


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_command_has_help(run: Run, name: str) -> None:
    done = run(name, "--help")

    assert done.exit_code == 0
    assert "Usage" in done.stdout


# ── forget ──


def test_forgetting_lists_shows_and_only_then_does_it(run: Run, desk: Desk) -> None:
    def left(work: Work) -> int:
        return work.insert(
            members, name="李甲", post="科员", telegram_id=77, created_at=work.now, left_at=work.now
        )

    number = desk.do_now(left)

    listed = run("forget")
    shown = run("forget", str(number))
    before = desk.look_now(lambda work: people.member(work, number))
    done = run("forget", str(number), "--yes")
    after = desk.look_now(lambda work: people.member(work, number))

    assert "李甲" in listed.stdout
    assert f"李甲，科员 → 成员№{number}" in shown.stdout
    assert "--yes" in shown.stderr
    assert before is not None
    assert after is not None
    assert (before.name, after.name, after.telegram_id) == ("李甲", f"成员№{number}", None)
    assert done.exit_code == 0
    assert run("forget", str(number), "--yes").exit_code == 1
    assert run("forget", "999").exit_code == 2
