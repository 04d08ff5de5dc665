"""附件3 as workbook and CSV: what is printed, what is stored, and that nothing in it runs."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from bot.app import build_world
from bot.config import EXAMPLE, load_settings
from bot.documents import ledger_files, ledger_rows, ledger_xlsx, sheet_stream
from bot.documents.ledger_rows import Words
from bot.texts.catalogue import Catalogue

MARK = "仅供工作使用 · 管理员（命令行） · 2019-04-12 09:00"
TITLE = "新乡市城乡环境整治百日攻坚行动问题台账"
AT = datetime(2019, 4, 12, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))

VALUES: dict[str, Any] = {
    "number": "县1-0412-01", "state": "closed", "track": "county", "group": "county/1", "source": "group",
    "inspection_mode": "open", "region": "延津县", "township": "王楼镇", "village": "任庄村", "spot": "村口",
    "category": "garbage.domestic", "description": "村口垃圾堆", "handling": "notice", "severity": "normal",
    "deadline": AT.replace(day=15, hour=18), "found_at": AT, "assigned_at": AT, "acknowledged_at": AT,
    "submitted_at": AT, "closed_at": AT.replace(day=13), "overdue_days": 2, "returns": 1, "warnings": 1,
    "chain": None, "round": 1,
    "photos": [{"kind": "before", "file": "2019/04/1/01_前_x.jpg", "sha256": "x", "sent_at": AT}],
}  # fmt: skip
MORE: dict[str, Any] = {
    "created_at": AT, "place_type": None, "lat": 35.1, "lng": 114.2, "public_text": None,
    "county_leader": "甲", "section_officer": "乙", "measures": "已清理", "handed_over_at": None,
    "closed_how": "photo", "void_reason": None, "duplicate_of": None, "recurrence": False,
}  # fmt: skip


@pytest.fixture(scope="module")
def words() -> Words:
    settings = load_settings(EXAMPLE, {"BOT_TOKEN": "7000000001:TEST"})
    return Words(Catalogue(build_world(settings).campaign))


def workbook(path: Path, words: Words, *changes: dict[str, Any]) -> Any:
    """A written ledger, read again; each change is one entry."""
    rows = [({**VALUES, **change}, {**MORE, **change}) for change in changes or ({},)]
    ledger_xlsx.write_ledger(path / "ledger.xlsx", rows, words, title=TITLE, mark=MARK)
    return openpyxl.load_workbook(path / "ledger.xlsx")


def test_the_printed_sheet_has_the_twelve_columns_of_the_form_on_a4_across(
    tmp_path: Path, words: Words
) -> None:
    sheet = workbook(tmp_path, words)["问题台账"]

    heads = [cell.value for cell in sheet[3]]
    assert heads == [column.head for column in ledger_rows.PRINTED]
    assert len(heads) == 12
    assert [cell.value for cell in sheet[4]] == [
        1, "县1-0412-01", "2019-04-12", "延津县 王楼镇·任庄村·村口", "生活垃圾", "村口垃圾堆", "督办通知",
        "2019-04-15 18:00", "甲/乙", "已销号；已清理", "是（2019-04-13）", "警示1次；逾期2天；退回1次",
    ]  # fmt: skip
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.print_title_rows == "$3:$3"


def test_both_sheets_and_every_page_say_that_it_is_for_work_only(tmp_path: Path, words: Words) -> None:
    book = workbook(tmp_path, words)

    for sheet in book:
        assert sheet["A1"].value.startswith(TITLE)
        assert sheet["A2"].value == MARK
        assert MARK in sheet.oddFooter.left.text


def test_the_second_sheet_has_every_field_with_times_as_times(tmp_path: Path, words: Words) -> None:
    sheet = workbook(tmp_path, words)["全部字段"]

    row = dict(zip((cell.value for cell in sheet[3]), (cell.value for cell in sheet[4]), strict=True))
    assert row["状态"] == "已销号"
    assert row["督查组"] == "县(市)第一督查小组"
    assert row["序列"] == "县(市)"
    assert row["类别大类"] == "垃圾"
    assert row["检查时间"] == datetime(2019, 4, 12, 9, 0)  # noqa: DTZ001 - a cell of a workbook has no zone
    assert row["整改前照片"] == "2019/04/1/01_前_x.jpg"


@pytest.mark.parametrize("text", ["=1+1", "+86", "-2", "@SUM(A1)", "\t=1"])
def test_words_that_look_like_a_formula_stay_words(tmp_path: Path, words: Words, text: str) -> None:
    book = workbook(tmp_path, words, {"description": text, "spot": text})

    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value == text]
    assert len(cells) == 3
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in cells)


def test_a_draft_is_stored_but_not_printed(tmp_path: Path, words: Words) -> None:
    book = workbook(tmp_path, words, {"number": None, "state": "draft"}, {})

    assert book["问题台账"].max_row == 4
    assert book["全部字段"].max_row == 5


def test_neither_a_callers_words_nor_a_covert_visits_are_printed(tmp_path: Path, words: Words) -> None:
    book = workbook(
        tmp_path, words,
        {"source": "public", "description": "来电原话"},
        {"source": "public", "description": "来电原话", "public_text": "村口有垃圾"},
        {"inspection_mode": "covert", "description": "我组今早暗访发现村口有垃圾"},
        {"inspection_mode": "covert", "description": "我组今早暗访发现有垃圾", "public_text": "村口有垃圾"},
    )  # fmt: skip

    printed = [row[5].value for row in book["问题台账"].iter_rows(min_row=4)]
    assert printed == [
        "（群众举报，原文由攻坚办保存）", "村口有垃圾", "（原文由攻坚办保存）", "村口有垃圾",
    ]  # fmt: skip


def test_csv_opens_in_excel_carries_the_mark_and_runs_nothing(tmp_path: Path, words: Words) -> None:
    path = tmp_path / "ledger.csv"
    row = ledger_rows.Row({**VALUES, "description": "=cmd|' /C calc'!A0"}, MORE, words)
    cells = [[column.value(row) for column in ledger_rows.STORED]]

    count = ledger_files.write_csv(path, [column.head for column in ledger_rows.STORED], cells, MARK)

    assert count == 1
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    [found] = csv.DictReader(path.read_text("utf-8-sig").splitlines())
    assert found["问题描述"] == "'=cmd|' /C calc'!A0"
    assert found["问题编号"] == "县1-0412-01"
    assert found["整改时限"] == "2019-04-15 18:00"
    assert found["使用范围"] == MARK


def test_a_big_ledger_is_written_without_being_held(tmp_path: Path, words: Words) -> None:
    rows = ((VALUES | {"number": f"县1-0412-{number}"}, MORE) for number in range(3000))

    count = ledger_xlsx.write_ledger(tmp_path / "big.xlsx", rows, words, title=TITLE, mark=MARK)

    sheet = openpyxl.load_workbook(tmp_path / "big.xlsx", read_only=True)["问题台账"]
    assert count == 3000
    assert sheet.max_row == 3003


TRICKY: tuple[dict[str, Any], ...] = (
    {}, {"number": None, "state": "draft"},
    {"description": "A&B <br> \"引号\" _x0041_ 两\n行", "spot": " 前后有空格 ", "measures": "控\x07制"},
    {"description": "=1+1", "spot": "-2", "lat": None, "closed_at": None, "overdue_days": 0},
    {"description": "长" * 40_000}, {"source": "public", "deadline": AT.replace(second=59)},
)  # fmt: skip


def looks(cell: Any) -> tuple[Any, ...]:
    """How a cell looks, so that two books can be compared."""
    styles = (cell.font, cell.border, cell.alignment, cell.fill)
    return (cell.number_format, cell.quotePrefix, *(repr(style) for style in styles))


def test_a_ledger_that_is_streamed_is_the_same_as_one_by_xlsxwriter(
    tmp_path: Path, words: Words, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every cell with its words and looks, whatever stands in it; heads, print settings, the filter."""
    rows = [({**VALUES, **change}, {**MORE, **change}) for change in TRICKY]

    def written(name: str) -> Any:
        path = tmp_path / name
        count = ledger_xlsx.write_ledger(path, iter(rows), words, title=TITLE, mark=MARK, total=len(rows))
        assert count == len(rows)
        return openpyxl.load_workbook(path)

    plain = written("plain.xlsx")
    monkeypatch.setattr(ledger_xlsx, "BY_XLSXWRITER", 0)
    streamed = written("streamed.xlsx")

    assert streamed.sheetnames == plain.sheetnames
    for sheet, other in zip(plain, streamed, strict=True):
        assert other.dimensions == sheet.dimensions
        for row, its in zip(sheet.iter_rows(), other.iter_rows(), strict=True):
            for cell, one in zip(row, its, strict=True):
                assert (one.value, one.data_type) == (cell.value, cell.data_type), cell.coordinate
                assert looks(one) == looks(cell), cell.coordinate
        assert other.auto_filter.ref == sheet.auto_filter.ref
        assert other.freeze_panes == sheet.freeze_panes
        assert other.oddFooter.left.text == sheet.oddFooter.left.text
        assert other.print_title_rows == sheet.print_title_rows
        widths = {key: one.width for key, one in sheet.column_dimensions.items()}
        assert {key: one.width for key, one in other.column_dimensions.items()} == widths


def test_more_rows_than_a_sheet_has_are_not_dropped_in_silence(
    tmp_path: Path, words: Words, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_xlsx, "BY_XLSXWRITER", 0)
    monkeypatch.setattr(sheet_stream, "MOST_ROWS", 5)

    with pytest.raises(sheet_stream.TooManyRows):
        ledger_xlsx.write_ledger(
            tmp_path / "x.xlsx", [(VALUES, MORE)] * 3, words, title=TITLE, mark=MARK, total=3
        )
