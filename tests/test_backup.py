"""`backup` and `restore`: everything is there again, and whatever is not whole is refused."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot import logs
from bot.app import backup_plan, open_desk
from bot.cli import main
from bot.clock import SteppedClock
from bot.config import EXAMPLE, load_settings, without_secrets
from bot.domain.entries import Mode
from bot.jobs.backup.copies import Files
from bot.jobs.backup.making import Made, make
from bot.ledger import backup as book
from bot.ledger.desk import Desk, Work
from bot.ledger.outbox import Priority
from bot.ledger.tables import facts, outbox, serials
from bot.media.store import PhotoStore
from bot.services.field import filing
from bot.services.outgoing import say
from tests.drawn import photo
from tests.town.ledger import empty_ledger

TOKEN = "7000000001:TEST-backup"
PROXY = "http://somebody:her-password@127.0.0.1:1"
NOW = datetime(2019, 4, 12, 19, 30, tzinfo=UTC)  # half past three in the morning of the 13th
Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def _quiet_logs() -> Iterator[None]:
    yield
    logs.set_up("WARNING")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A deployment: configuration with secrets, a ledger with two photos."""
    folder = tmp_path / "home"
    folder.mkdir()
    text = EXAMPLE.read_text("utf-8").replace('token = ""', f'token = "{TOKEN}"', 1)
    (folder / "config.toml").write_text(text.replace('proxy = ""', f'proxy = "{PROXY}"', 1), "utf-8")
    empty_ledger(folder / "data" / "bot.db")
    return folder


@pytest.fixture
def desk(home: Path) -> Iterator[Desk]:
    empty_ledger(home / "data" / "bot.db")
    desk = open_desk(load_settings(home / "config.toml", {}), SteppedClock(NOW))
    desk.do_now(filled)
    store = PhotoStore(home / "data" / "media")
    for row in desk.look_now(photos):
        store.put(row["file"], row["data"])
    yield desk
    desk.close()


def files_of(seeds: tuple[int, ...] = (1, 2)) -> list[dict[str, Any]]:
    import hashlib

    made = []
    for seed in seeds:
        data = photo(seed=seed, size=(96, 72))
        digest = hashlib.sha256(data).hexdigest()
        made.append({"file": f"2019/04/1/{seed:02d}_前_{digest[:8]}.jpg", "sha256": digest, "data": data})
    return made


def photos(_work: Work) -> list[dict[str, Any]]:
    return files_of()


def filled(work: Work) -> None:
    from bot.ledger import entries as entry_book
    from bot.ledger import events
    from bot.ledger.tables import photos as table

    number = filing.number_for(work, "county/1", Mode.OPEN, NOW - timedelta(hours=12))
    row = entry_book.add(
        work, kind="issue", number=number, state="filed", version=1, track="county", group_key="county/1",
        mode="open", region="延津县", description="村口垃圾堆", found_at=NOW, created_at=NOW,
        touched_at=NOW, chat_id=5, round=1,
    )  # fmt: skip
    events.record(work, "filed", entry_id=row.id, data={"number": number})
    for seq, one in enumerate(files_of(), 1):
        work.insert(
            table, entry_id=row.id, chat_id=5, message_id=seq, kind="before", seq=seq, round=1,
            file_id="f", file_unique_id=f"u{seq}", state="stored", file=one["file"], sha256=one["sha256"],
            sent_at=NOW, received_at=NOW, medium="photo",
        )  # fmt: skip


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.delenv("BOT_TOKEN", raising=False)

    def run(*words: str, config: Path = home / "config.toml") -> Result:
        return CliRunner().invoke(main, ["--config", str(config), *words])

    return run


def made(home: Path, **changes: Any) -> Made:
    from dataclasses import replace

    return make(replace(backup_plan(load_settings(home / "config.toml", {})), **changes), NOW)


# ── one command there, one command back ──


def test_a_backup_restored_into_an_empty_folder_is_the_same_ledger_with_the_same_photos(
    run: Run, desk: Desk, home: Path, tmp_path: Path
) -> None:
    kept = run("backup")
    shutil.move(home, tmp_path / "burnt")
    saved = tmp_path / "burnt" / "data" / "backups"

    done = run("restore", str(saved), "--into", str(home))

    assert kept.exit_code == done.exit_code == 0, kept.output + done.output
    assert "1 条台账" in done.output
    assert "2 张照片" in done.output
    before = book.tally(Files.named(saved).ledger)
    after = book.tally(home / "data" / "bot.db")
    assert after.newest_event == before.newest_event
    changed = {name for name in before.rows if before.rows[name] != after.rows[name]}
    assert changed == {"facts", "serials"}  # what it must not forget: that it was restored
    for one in files_of():
        assert (home / "data" / "media" / one["file"]).read_bytes() == one["data"]


def test_no_secret_is_in_a_backup_and_the_configuration_runs_once_given_a_token(
    run: Run, desk: Desk, home: Path
) -> None:
    assert run("backup").exit_code == 0

    saved = [path for path in (home / "data" / "backups").rglob("*") if path.is_file()]
    config = next(path for path in saved if path.suffix == ".toml")

    for path in saved:
        for secret in (TOKEN, PROXY, "her-password"):
            assert secret.encode() not in path.read_bytes(), path.name
    assert load_settings(config, {"BOT_TOKEN": TOKEN}).campaign.name.startswith("新乡市")


@pytest.mark.parametrize(
    "line",
    [
        'token = "{s}"', "token = '{s}'", 'token="{s}"  # a note', 'webhook_secret = "{s}"',
        'proxy = "socks5://a:{s}@h:1"',
    ],
)  # fmt: skip
def test_secrets_are_emptied_however_they_are_written(tmp_path: Path, line: str) -> None:
    key = line.partition("=")[0].strip()
    text = EXAMPLE.read_text("utf-8").replace(f'\n{key} = ""', "\n" + line.format(s="a1b2c3d4"), 1)
    (tmp_path / "config.toml").write_text(text, "utf-8")

    cleaned = without_secrets(load_settings(tmp_path / "config.toml", {}))

    assert "a1b2c3d4" not in cleaned
    (tmp_path / "config.toml").write_text(cleaned, "utf-8")
    load_settings(tmp_path / "config.toml", {})


def test_a_places_file_of_ones_own_comes_back_too(desk: Desk, home: Path, tmp_path: Path, run: Run) -> None:
    places = Path(EXAMPLE.parent / "bot" / "data" / "xinxiang_places.csv").read_text("utf-8")
    (home / "ours.csv").write_text(places, "utf-8")
    text = (home / "config.toml").read_text("utf-8").replace('"xinxiang_places.csv"', '"ours.csv"', 1)
    (home / "config.toml").write_text(text, "utf-8")
    backup = made(home)

    done = run("restore", str(backup.files.paper), "--into", str(tmp_path / "new"))

    assert done.exit_code == 0, done.output
    assert load_settings(tmp_path / "new" / "config.toml", {}).own_places() == places


# ── nothing is overwritten, nothing damaged is taken ──


def test_a_restore_takes_nobodys_place(run: Run, desk: Desk, home: Path) -> None:
    made(home)

    over_the_ledger = run("restore")
    into_a_full_folder = run("restore", "--into", str(home))

    assert (over_the_ledger.exit_code, into_a_full_folder.exit_code) == (1, 1)
    assert "已经存在" in over_the_ledger.output
    assert desk.look_now(lambda work: work.connection.execute(serials.select()).all())


@pytest.mark.parametrize("what", ["a byte of the ledger", "the photo list", "the paper", "a missing ledger"])
def test_a_backup_that_is_not_whole_is_refused_and_leaves_the_place_empty(
    run: Run, desk: Desk, home: Path, tmp_path: Path, what: str
) -> None:
    files = made(home).files
    if what == "a byte of the ledger":
        data = bytearray(files.ledger.read_bytes())
        data[-100] ^= 1
        files.ledger.write_bytes(data)
    elif what == "the photo list":
        files.listing.write_text("file,sha256,table\n", "utf-8")
    elif what == "the paper":
        files.paper.write_text("{}", "utf-8")
    else:
        files.ledger.unlink()

    done = run("restore", str(files.listing), "--into", str(tmp_path / "new"))

    assert done.exit_code == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "new" / "data" / "bot.db").exists()


def test_a_damaged_ledger_makes_no_backup_and_the_good_ones_stay(desk: Desk, home: Path) -> None:
    good = made(home).files
    desk.close()
    with closing(sqlite3.connect(home / "data" / "bot.db")) as ledger:
        ledger.execute("DROP TRIGGER events_update")
        ledger.execute("UPDATE events SET body = 'somebody'")
        ledger.commit()

    with pytest.raises(book.NotWhole, match="办理记录第 1 条"):
        make(backup_plan(load_settings(home / "config.toml", {})), NOW + timedelta(days=1))

    assert sorted(path.name for path in good.ledger.parent.glob("ledger-*")) == sorted(
        path.name for path in good.all if path.exists()
    )


def test_a_restore_that_was_broken_off_goes_on_with_the_same_command(
    run: Run, desk: Desk, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = made(home)
    config = tmp_path / "new.toml"
    shutil.copyfile(home / "config.toml", config)
    with monkeypatch.context() as patch:
        patch.setattr(
            book, "forget_since", lambda *_, **__: (_ for _ in ()).throw(OSError(28, "No space left"))
        )
        broken_off = run("restore", str(backup.files.ledger), config=config)
    assert broken_off.exit_code == 1
    assert "No space left" in broken_off.stderr
    assert not (tmp_path / "data" / "bot.db").exists()

    again = run("restore", str(backup.files.ledger), config=config)

    assert again.exit_code == 0, again.output


# ── photos ──


def test_a_photo_is_copied_once_and_old_backups_take_theirs_along(desk: Desk, home: Path) -> None:
    plan = backup_plan(load_settings(home / "config.toml", {}))

    copied = [make(plan, NOW + timedelta(days=day)).copied for day in range(12)]

    assert copied == [2, *[0] * 11]
    assert len(list(plan.folder.glob("*.db"))) == plan.keep == 10
    assert len(list(plan.folder.glob("*.json"))) == 10


def test_a_photo_that_the_store_lost_or_damaged_is_named_and_comes_back(
    run: Run, desk: Desk, home: Path
) -> None:
    first, second = files_of()
    made(home)
    (home / "data" / "media" / first["file"]).unlink()
    (home / "data" / "media" / second["file"]).write_bytes(b"not what it was")
    # each lies in the backup already; the store is read again on the day of its share
    shutil.rmtree(home / "data" / "backups" / "photos")
    without = make(backup_plan(load_settings(home / "config.toml", {})), NOW + timedelta(days=1)).paper
    assert (without.missing, without.damaged) == ((first["file"],), (second["file"],))
    for one in (first, second):
        PhotoStore(home / "data" / "backups" / "photos").put(one["file"], one["data"])

    done = run("restore", "--photos")

    assert done.exit_code == 0, done.output
    assert "2/2" in done.output
    assert (home / "data" / "media" / second["file"]).read_bytes() == second["data"]


def test_a_photo_that_rots_in_the_backup_is_copied_anew_within_a_week(desk: Desk, home: Path) -> None:
    plan = backup_plan(load_settings(home / "config.toml", {}))
    make(plan, NOW)
    for one in files_of():
        (plan.folder / "photos" / one["file"]).write_bytes(b"rotten")

    copied = sum(make(plan, NOW + timedelta(days=day)).copied for day in range(1, 8))

    assert copied == 2


# ── what a restored ledger must not do ──


def test_a_restored_ledger_gives_no_number_twice_and_doubts_what_waited(
    run: Run, desk: Desk, home: Path, tmp_path: Path
) -> None:
    def waiting(work: Work) -> None:
        say(work, 5, "upkeep.outage", {}, dedup="reminder", priority=Priority.REMINDER)
        say(work, 5, "upkeep.outage", {}, dedup="later", not_before=NOW + timedelta(days=36500))

    desk.do_now(waiting)
    backup = made(home)
    done = run("restore", str(backup.files.ledger), "--into", str(tmp_path / "new"))
    assert done.exit_code == 0, done.output

    clock = SteppedClock(NOW)
    again = open_desk(load_settings(tmp_path / "new" / "config.toml", {}), clock)
    try:
        number = again.do_now(filing.number_for, "county/1", Mode.OPEN, NOW)
        unseen = again.do_now(filing.number_for, "district/1", Mode.OPEN, NOW)
        states = again.look_now(
            lambda work: {row.dedup: row.state for row in work.connection.execute(outbox.select())}
        )
        known = again.look_now(
            lambda work: work.connection.execute(facts.select().where(facts.c.key == book.RESTORED)).first()
        )
    finally:
        again.close()

    assert int(number.rpartition("-")[2]) > book.SKIPPED_NUMBERS
    assert int(unseen.rpartition("-")[2]) > book.SKIPPED_NUMBERS
    assert states == {"reminder": "sending", "later": "waiting"}  # as after a crash: listed, not sent again
    assert known is not None
    assert json.loads(json.dumps(known.value))[0]["from"] == NOW.isoformat()


def test_every_table_that_names_a_file_of_the_store_is_in_the_backup(desk: Desk, home: Path) -> None:
    """Whoever adds a table with files is told here: they are found by the columns `file` and `sha256`."""
    from bot.ledger.tables import metadata

    naming = {table.name for table in metadata.sorted_tables if "file" in table.columns}

    assert all("sha256" in metadata.tables[name].columns for name in naming)
    assert naming >= {"photos", "kept_files"}
    assert {one.table for one in made(home).files.read_list()} == {"photos"}
