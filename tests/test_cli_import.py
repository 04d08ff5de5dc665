"""`import`: an older ledger is tried first, refused by the cell, stored as a whole, and never twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
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
from bot.domain.permissions import Role
from bot.ledger import engines
from bot.ledger.desk import Desk, Work
from bot.ledger.tables import chats, counts, entries, events, members, outbox, roles
from bot.services.field import filing
from bot.services.looking import export
from bot.services.upkeep import check_counters
from tests.town.ledger import empty_ledger

Run = Callable[..., Result]
STORED = (
    "问题编号", "状态", "县(市、区)", "督查组", "检查方式", "检查时间", "乡镇(街道)", "村(社区)", "点位",
    "类别小类", "问题描述", "交办方式", "交办时间", "整改时限", "销号时间", "退回次数",
)  # fmt: skip
CLOSED = (
    "县1-0412-07", "已销号", "延津县", "县(市)第一督查小组", "明察",
    datetime.fromisoformat("2019-04-12 09:30"), "王楼镇",
    "任庄村",
    "村口", "生活垃圾", "村口垃圾堆", "督办通知", "2019-04-12", "2019年4月15日",
    "4月14日", "1次",
)  # fmt: skip
OPEN = (
    "旧-2",
    "",
    "延津",
    "",
    "",
    "2019/4/13",
    "",
    "",
    "",
    "",
    "坑塘漂浮物",
    "",
    "",
    date(2019, 4, 20),
    None,
    None,
)


@pytest.fixture(autouse=True)
def _quiet_logs(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
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
    """The ledger, as a bot that runs beside the command holds it."""
    empty_ledger(home / "data" / "bot.db")
    desk = open_desk(load_settings(home / "config.toml", {}), SystemClock())
    yield desk
    desk.close()


@pytest.fixture
def sheet(home: Path) -> Callable[..., Path]:
    """A workbook with a title above its heads, and rows."""

    def write(*rows: tuple[Any, ...], heads: tuple[str, ...] = STORED) -> Path:
        book = openpyxl.Workbook()
        table = book.active
        assert table is not None
        table.append(["新乡市问题台账"])
        table.append([])
        for row in (heads, *rows):
            table.append(list(row))
        book.save(home / "old.xlsx")
        return home / "old.xlsx"

    return write


def stored(desk: Desk) -> list[Any]:
    return list(desk.look_now(lambda work: work.connection.execute(select(entries)).all()))


def test_a_trial_says_what_would_be_stored_and_writes_nothing(
    run: Run, desk: Desk, sheet: Callable[..., Path]
) -> None:
    done = run("import", sheet(CLOSED, OPEN))

    assert done.exit_code == 0, done.output
    assert "2 行 rows（assigned 1，closed 1）" in done.stdout
    assert "延津县 2" in done.stdout
    assert "--commit" in done.stderr
    assert stored(desk) == []


def test_what_is_stored_is_what_the_ledger_said_with_its_numbers(
    run: Run, desk: Desk, sheet: Callable[..., Path]
) -> None:
    done = run("import", sheet(CLOSED, OPEN), "--commit")

    assert done.exit_code == 0, done.output
    first, second = desk.look_now(lambda work: [one.values for one in export.entries(work)])
    told = {key: first[key] for key in ("number", "state", "region", "township", "village", "spot", "group")}
    assert tuple(told.values()) == (
        "县1-0412-07", "closed", "延津县", "王楼镇", "任庄村", "村口", "county/1",
    )  # fmt: skip
    assert first["found_at"].isoformat() == "2019-04-12T09:30:00+08:00"
    assert first["deadline"].isoformat() == "2019-04-15T18:00:00+08:00"
    assert (first["closed_at"].date().isoformat(), first["returns"]) == ("2019-04-14", 1)
    assert (second["number"], second["state"], second["track"]) == ("旧-2", "assigned", "county")
    assert second["category"] is not None


def test_the_printed_form_is_read_as_well(run: Run, desk: Desk, sheet: Callable[..., Path]) -> None:
    heads = (
        "序号", "问题编号", "检查日期", "乡镇（街道）·村（社区）·点位", "问题类别", "问题描述", "交办方式",
        "整改时限", "责任领导(县级)/具体责任人(科级)", "整改情况", "是否销号(日期)",
        "备注(警示次数、逾期天数)",
    )  # fmt: skip
    row = (
        1, "县1-0412-01", "2019-04-12", "延津县 王楼镇·任庄村·村口", "生活垃圾", "垃圾堆", "现场交办",
        "2019-04-15 18:00", "甲/乙", "已销号；已清运", "是（2019-04-14）", "警示2次；退回1次",
    )  # fmt: skip

    done = run("import", sheet(row, heads=heads), "--commit")

    assert done.exit_code == 0, done.output
    [one] = stored(desk)
    assert (one.region, one.township, one.village, one.spot) == ("延津县", "王楼镇", "任庄村", "村口")
    assert (one.state, one.handling, one.measures) == ("closed", "onsite", "已清运")
    assert (one.warnings, one.returns, one.county_leader, one.section_officer) == (2, 1, "甲", "乙")


def test_an_export_of_ours_comes_back_as_it_was(
    run: Run, home: Path, desk: Desk, sheet: Callable[..., Path]
) -> None:
    run("import", sheet(CLOSED, OPEN), "--commit")
    run("export", "--format", "xlsx", "--out", home / "ours.xlsx")

    again = run("import", home / "ours.xlsx")

    assert again.exit_code == 1  # the numbers are there, from another file
    assert "已有这个编号" in again.stderr
    assert "不是日期" not in again.stderr


@pytest.mark.parametrize(
    ("head", "value", "said"),
    [
        ("问题编号", None, "A4 问题编号：不能为空"),
        ("县(市、区)", "火星县", "C4 县(市、区)「火星县」：不认识，可填：长垣县"),
        ("督查组", "第九十九组", "D4 督查组「第九十九组」：不认识，可填：县(市)第一督查小组"),
        ("检查时间", "13月40日", "F4 检查时间「13月40日」：不是日期，请写成 2019-04-15"),
        ("检查时间", "2999-01-01", "F4 检查时间「2999-01-01」：日期还没到"),
        ("乡镇(街道)", "不存在镇", "G4 乡镇(街道)「不存在镇」：不是延津县的乡镇"),
        ("类别小类", "噪音", "J4 类别小类「噪音」：不认识，可填："),
        ("问题描述", None, "K4 问题描述：不能为空"),
        ("问题描述", "秘密 垃圾", "K4 问题描述：含涉密标记"),
        ("问题描述", "#REF!", "K4 问题描述「#REF!」：公式出错"),
        ("整改时限", "2019-04-01", "N4 整改时限「2019-04-01」：早于检查时间 2019-04-12"),
        ("销号时间", None, "O4 销号时间：已销号须有日期"),
        ("退回次数", "多次", "P4 退回次数「多次」：应为次数"),
        ("状态", "草稿", "B4 状态「草稿」：草稿不能导入"),
        ("点位", "长" * 129, "最多 128 字"),
    ],
)
def test_a_cell_that_cannot_be_taken_is_named_with_its_mend_and_nothing_is_stored(
    run: Run, desk: Desk, sheet: Callable[..., Path], head: str, value: Any, said: str
) -> None:
    row = list(CLOSED)
    row[STORED.index(head)] = value

    done = run("import", sheet(tuple(row), OPEN), "--commit")

    assert done.exit_code == 1
    assert said in done.stderr
    assert "没有写入" in done.stderr
    assert stored(desk) == []


def test_the_same_number_twice_in_a_file_is_refused(run: Run, desk: Desk, sheet: Callable[..., Path]) -> None:
    done = run("import", sheet(CLOSED, CLOSED), "--commit")

    assert "A5 问题编号「县1-0412-07」：与第 4 行编号重复" in done.stderr
    assert stored(desk) == []


def test_a_file_that_comes_again_is_passed_over_and_a_changed_row_is_refused(
    run: Run, desk: Desk, sheet: Callable[..., Path]
) -> None:
    run("import", sheet(CLOSED), "--commit")

    again = run("import", sheet(CLOSED, OPEN), "--commit")
    other = run("import", sheet((*CLOSED[:10], "别的描述", *CLOSED[11:])), "--commit")

    assert again.exit_code == 0
    assert "1 行已导入过" in again.stderr
    assert len(stored(desk)) == 2
    assert other.exit_code == 1
    assert "已有这个编号" in other.stderr


def test_counters_serials_and_the_log_go_on_from_what_was_imported(
    run: Run, desk: Desk, sheet: Callable[..., Path]
) -> None:
    run("import", sheet(CLOSED, OPEN), "--commit")

    off = desk.do_now(check_counters)
    kept = desk.look_now(lambda work: work.connection.execute(select(counts)).all())
    first = stored(desk)[0]
    number = desk.do_now(filing.new_number, first)
    rows = desk.look_now(lambda work: work.connection.execute(select(events)).all())
    assert off == 0
    assert {(row.region, row.state): row.value for row in kept} == {
        ("延津县", "closed"): 1,
        ("延津县", "assigned"): 1,
    }
    assert number == "县1-0412-08"
    assert [(row.kind, row.data["file"]) for row in rows] == [("imported", "old.xlsx")] * 3


def test_covert_rows_wait_for_their_hand_over_and_a_callers_words_for_the_office(
    run: Run, desk: Desk, sheet: Callable[..., Path]
) -> None:
    heads = (*STORED, "问题来源")
    covert = ("暗-0413-01", "已交办", *OPEN[2:4], "暗访", *OPEN[5:], None)
    caller = ("办-0413-01", "", *OPEN[2:], "群众举报")

    done = run("import", sheet(covert, caller, heads=heads), "--commit")

    hidden, public = stored(desk)
    assert "1 条暗访待转交办" in done.stderr
    assert (hidden.state, hidden.assigned_at, hidden.handed_over_at) == ("filed", None, None)
    assert (public.source, public.public_text) == ("public", None)
    assert desk.do_now(check_counters) == 0


def test_open_ones_wait_for_their_cards_and_only_the_office_hears_of_it(
    run: Run, desk: Desk, sheet: Callable[..., Path]
) -> None:
    def office(work: Work) -> int:
        member = work.insert(
            members,
            name="钱丁",
            telegram_id=9,
            created_at=work.now,
            joined_at=work.now,
            red_lines_at=work.now,
        )
        work.connection.execute(chats.insert().values(id=9, kind="private"))
        return work.insert(
            roles, member_id=member, role=Role.OFFICE.value, track="county", granted_at=work.now
        )

    desk.do_now(office)
    run("import", sheet(CLOSED, OPEN), "--commit")

    closed, waiting = stored(desk)
    assert closed.undelivered_at is None
    assert waiting.undelivered_at is not None
    [line] = desk.look_now(lambda work: work.connection.execute(select(outbox)).all())
    assert (line.chat_id, line.payload["text"], line.payload["silent"]) == (9, "archive.imported", True)
    assert {key: line.payload["values"][key] for key in ("rows", "owed")} == {"rows": 2, "owed": 1}


def test_what_is_no_ledger_says_so(run: Run, home: Path, sheet: Callable[..., Path]) -> None:
    (home / "text.xlsx").write_text("问题编号,检查日期")

    assert "是文本" in run("import", home / "text.xlsx").stderr
    assert "里没有台账" in run("import", sheet(("1", "2"), heads=("姓名", "电话"))).stderr
    assert run("import", home / "nothing.xlsx").exit_code == 2
