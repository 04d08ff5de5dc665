"""Rosters: read as offices type them, told apart from other workbooks; the page stands alone."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pytest
import xlsxwriter

from bot.app import build_world
from bot.config import EXAMPLE, load_settings
from bot.documents import roster
from bot.documents.office_files import OfficeFileError
from bot.texts.catalogue import Catalogue

HEADER = ("姓名", "单位及职务", "身份", "组/县")
PERSON = ("张一", "延津县农业农村局 科长", "联系人", "延津县")


def workbook(rows: Sequence[Sequence[object]], *, sheets: int = 1) -> bytes:
    """An .xlsx with these rows on its last sheet."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    for number in range(sheets):
        sheet = book.add_worksheet()
        for at, row in enumerate(rows if number == sheets - 1 else ()):
            sheet.write_row(at, 0, row)
    book.close()
    return out.getvalue()


def test_the_four_columns_are_read_with_the_row_of_each_line() -> None:
    read = roster.read(workbook([HEADER, PERSON]))

    (line,) = read.lines
    assert (line.row, line.name, line.identity, line.scope) == (2, "张一", "联系人", "延津县")
    assert line.post == "延津县农业农村局 科长"
    assert read.columns == {"name": "A", "post": "B", "identity": "C", "scope": "D"}


def test_a_title_above_other_column_orders_spaces_and_empty_lines_do_no_harm() -> None:
    rows = [
        ("百日攻坚人员花名册",),
        ("序号", "身份", " 姓 名 ", "组/县", "单位及职务"),
        (1, "组长", "李 三", "县(市)第一督查小组", "副局长"),
        (),
        (2.0, "成员", "王二", "县(市)第一督查小组", ""),
    ]

    read = roster.read(workbook(rows, sheets=2))

    assert [(line.row, line.name, line.identity) for line in read.lines] == [
        (3, "李三", "组长"),
        (5, "王二", "成员"),
    ]
    assert read.columns["identity"] == "B"
    assert read.columns["post"] == "E"


def test_a_workbook_without_these_columns_is_no_roster() -> None:
    with pytest.raises(roster.NotARoster):
        roster.read(workbook([("县区", "出动人员"), ("延津县", 320)]))


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 half", b"name,post\n", workbook([HEADER])[:-200]])
def test_what_is_no_workbook_is_unreadable(data: bytes) -> None:
    with pytest.raises(OfficeFileError):
        roster.read(data)


def test_the_page_is_one_file_with_a_sheet_a_unit_and_a_code_a_person() -> None:
    settings = load_settings(EXAMPLE, {"BOT_TOKEN": "7000000001:TEST"})
    catalogue = Catalogue(build_world(settings).campaign)
    title = {"role": "contact", "scope": "延津县", "township": "", "leader": False, "deputy": True}
    links = [
        {"unit": unit, "name": name, "post": "<科长>", "title": title, "link": f"https://t.me/b?start={name}"}
        for unit, name in (("延津县", "a"), ("延津县", "b"), ("卫辉市", "c"))
    ]

    name, data = roster.page(
        catalogue, {"campaign": "行动", "until": "2019-04-19T09:00:00+08:00", "links": links}
    )

    html = data.decode()
    assert name.endswith(".html")
    assert html.count("<section>") == 2
    assert html.count("<svg") == 3
    assert "延津县（2人）" in html
    assert "4月19日" in html
    assert "&lt;科长&gt;" in html
    assert "src=" not in html
    assert "http" not in html.replace("https://t.me/", "").replace("http://www.w3.org/2000/svg", "")
