"""The weekly form as a workbook: prefilled, locked, read back without running anything, merged."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from importlib import resources
from typing import Any

import docx
import openpyxl
import pytest

from bot.documents import office_files, weekly_form, weekly_merged, weekly_reading
from bot.domain.weekly import SheetRead, WeeklyForm
from tests.chat.reports import SUMMARY, filled

FORM = WeeklyForm.parse((resources.files("bot") / "data" / "weekly.toml").read_text("utf-8"))

VALUES: dict[str, Any] = {
    "campaign": "新乡市城乡环境整治百日攻坚行动",
    "region": "延津县",
    "track": "county",
    "number": 2,
    "key": "2019-04-19",
    "start": "2019-04-12T10:00:00+08:00",
    "end": "2019-04-19T10:00:00+08:00",
    "due": "2019-04-19T10:00:00+08:00",
    "totals": {"people": ["320", "人次"], "domestic_waste": ["12.5", "吨"]},
    "units": {"people": "人次", "domestic_waste": "立方米"},
    "city": {"assigned": [7, 12], "closed": [5, 8], "open": [3, None], "overdue": [1, None]},
    "as_of": "2019-04-18T15:00:00+08:00",
    "heads": {"filler": "=王乙", "filler_phone": "", "reviewer": "李审"},
}


@pytest.fixture(scope="module")
def form() -> bytes:
    return weekly_form.make(FORM, VALUES)[1]


def read(data: bytes) -> SheetRead:
    return weekly_reading.read(FORM, data)


def fault(form: bytes, change: Callable[[Any], None]) -> tuple[str, str, str]:
    """Cell, value, why of the one thing that is wrong with a changed form."""
    (found,) = read(filled(form, change=change)).faults
    return found.cell, found.value, found.why


def sheet_of(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data))["周报表"]


# --- the form -----------------------------------------------------------------------------------------


def test_the_form_names_region_week_and_rows_and_fits_one_page(form: bytes) -> None:
    sheet = sheet_of(form)
    labels = [sheet.cell(row, 2).value for row in range(6, 25)]

    assert sheet["C2"].value == "延津县"
    assert labels == [row.label for row in FORM.of_track("county")]
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.page_setup.paperSize == 9


def test_only_what_the_region_fills_in_can_be_typed_into(form: bytes) -> None:
    sheet = sheet_of(form)
    city = next(row for row in range(20, 32) if str(sheet.cell(row, 2).value).startswith("市交办问题"))

    assert sheet.protection.sheet
    assert not sheet["D6"].protection.locked
    assert sheet["B6"].protection.locked
    assert sheet["F6"].protection.locked
    assert all(sheet.cell(row, 4).protection.locked for row in range(city, city + 4))
    assert [sheet.cell(row, 4).value for row in range(city, city + 4)] == [7, 5, 3, 1]


def test_the_sheet_itself_asks_for_numbers_and_offers_units(form: bytes) -> None:
    rules = sheet_of(form).data_validations.dataValidation
    kinds = {rule.type for rule in rules}

    assert kinds == {"decimal", "list"}
    assert any(rule.formula1 == '"吨,立方米"' for rule in rules)


def test_totals_are_carried_on_and_never_over_another_unit(form: bytes) -> None:
    sheet = sheet_of(form)

    assert sheet["E6"].value == 320
    assert sheet["F6"].value == "=N(E6)+N(D6)"
    assert (sheet["C8"].value, sheet["E8"].value) == ("立方米", "12.5吨")
    assert "E8" not in sheet["F8"].value


def test_the_head_is_last_week_s_and_a_name_that_begins_like_a_formula_stays_a_text(form: bytes) -> None:
    sheet = sheet_of(form)

    assert [sheet[cell].value for cell in ("A3", "B3", "C3", "D3", "F3", "G3")] == [
        "填报人", "=王乙", "联系电话", None, "审核人", "李审",
    ]  # fmt: skip
    assert (sheet["B3"].data_type, sheet["B3"].quotePrefix) == ("s", True)
    assert not any(sheet[cell].protection.locked for cell in ("B3", "D3", "G3"))


# --- read back ----------------------------------------------------------------------------------------


def test_a_filled_in_form_is_read_whole(form: bytes) -> None:
    found = read(filled(form, {"出动人员": 300, "清理生活垃圾": "12.5", "投入资金": "１，２００"}))

    assert (found.region, found.key) == ("延津县", "2019-04-19")
    assert found.faults == ()
    assert found.figures["people"].text == "300"
    assert (found.figures["domestic_waste"].text, found.figures["domestic_waste"].unit) == ("12.5", "立方米")
    assert found.figures["funds_wan"].text == "1200"
    assert found.texts["summary"] == SUMMARY


def put(cell: str, value: Any) -> Callable[[Any], None]:
    def change(sheet: Any) -> None:
        sheet[cell] = value

    return change


@pytest.mark.parametrize(
    ("cell", "value", "expected"),
    [
        ("D6", "三百", ("D6", "三百", "text")),
        ("D6", -2, ("D6", "-2", "negative")),
        ("D6", "=1+1", ("D6", "=1+1", "formula")),
        ("D6", '=HYPERLINK("http://x")', ("D6", '=HYPERLINK("http://x")', "formula")),
        ("D6", None, ("D6", "", "empty")),
        ("D6", 99912345678, ("D6", "99912345678", "too_big")),
        ("D6", 3.125, ("D6", "3.125", "places")),
        ("D6", True, ("D6", "True", "text")),
        ("C8", "车", ("C8", "车", "unit")),
        ("C8", None, ("C8", "", "unit")),
    ],
)
def test_a_wrong_value_is_named_by_its_cell(
    form: bytes, cell: str, value: Any, expected: tuple[str, str, str]
) -> None:
    assert fault(form, put(cell, value)) == expected


def test_a_merged_cell_is_named(form: bytes) -> None:
    found = read(filled(form, change=lambda sheet: sheet.merge_cells("D6:D7"))).faults

    assert {(one.cell, one.why) for one in found} == {("D6", "merged"), ("D7", "merged")}


def test_a_deleted_row_is_missing_and_the_others_are_read(form: bytes) -> None:
    found = read(filled(form, {"出动机械车辆": 30}, change=lambda sheet: sheet.delete_rows(6)))

    assert "people" not in found.figures
    assert found.figures["vehicles"].text == "30"
    assert found.faults == ()


@pytest.mark.parametrize(
    ("filler", "phone", "expected"),
    [
        ("张 三", "0373-0000000", {"filler": "张 三", "filler_phone": "0373-0000000"}),
        ("张三（00000-1）", None, {"filler": "张三（00000-1）"}),
        (f"张三，{'1' + '0' * 10}", None, {"filler": "张三", "filler_phone": "1" + "0" * 10}),
        (None, None, {}),
    ],
)
def test_who_filled_in_the_form_is_read(
    form: bytes, filler: str | None, phone: str | None, expected: dict[str, str]
) -> None:
    def change(sheet: Any) -> None:
        sheet["B3"], sheet["D3"] = filler, phone

    assert read(filled(form, change=change)).heads == {**expected, "reviewer": "李审"}


def test_a_marking_on_any_sheet_is_among_the_words(form: bytes) -> None:
    found = read(filled(form, change=lambda sheet: sheet.parent.create_sheet("封面").cell(1, 1, "机密★1年")))

    assert "机密★1年" in found.words


def test_a_row_that_is_there_twice_is_named(form: bytes) -> None:
    assert fault(form, put("B7", "出动人员"))[::2] == ("D7", "twice")


def test_a_unit_typed_beside_the_number_is_taken(form: bytes) -> None:
    found = read(filled(form, change=put("D8", "320吨")))

    assert (found.figures["domestic_waste"].text, found.figures["domestic_waste"].unit) == ("320", "吨")


def test_figures_of_the_city_cannot_be_typed(form: bytes) -> None:
    found = read(filled(form, change=put("D25", 999)))

    assert not any(key.startswith("city") for key in found.figures)


# --- what is refused as a whole -----------------------------------------------------------------------


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(name, content)
    return out.getvalue()


def doctyped(data: bytes) -> bytes:
    """The same workbook with a document type in its sheet."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for part in source.infolist():
            content = source.read(part)
            if part.filename.startswith("xl/worksheets/"):
                content = content.replace(b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet', 1)
            target.writestr(part, content)
    return out.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("spoilt", "error"),
    [
        (lambda form: with_part(form, "xl/vbaProject.bin", b"x"), office_files.Macros),
        (lambda _: OLE + b"\0" * 512 + "EncryptedPackage".encode("utf-16-le"), office_files.Locked),
        (lambda _: OLE + b"\0" * 512 + "Workbook".encode("utf-16-le"), office_files.OldFormat),
        (lambda _: "指标,本周\n出动人员,3\n".encode("gb18030"), office_files.PlainText),
        (lambda form: form[: len(form) // 2], office_files.Unreadable),
        (lambda _: b"", office_files.Unreadable),
        (
            lambda form: with_part(form, "xl/worksheets/sheet9.xml", b" " * (9 * 2**20)),
            office_files.TooLarge,
        ),
        (doctyped, office_files.Unreadable),
    ],
    ids=["macros", "password", "xls", "csv", "broken", "empty", "oversize", "entities"],
)
def test_what_must_not_be_opened_is_told_apart(
    form: bytes, spoilt: Callable[[bytes], bytes], error: type[Exception]
) -> None:
    with pytest.raises(error):
        read(spoilt(form))


def test_another_workbook_is_no_weekly_report() -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "姓名"
    out = io.BytesIO()
    book.save(out)

    with pytest.raises(weekly_reading.NotWeekly):
        read(out.getvalue())


def test_a_merged_range_over_the_whole_sheet_costs_nothing(form: bytes) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(filled(form))) as source, zipfile.ZipFile(out, "w") as target:
        for part in source.infolist():
            content = source.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                content = content.replace(b"<mergeCell ", b'<mergeCell ref="A90:XFD1048576"/><mergeCell ', 1)
            target.writestr(part, content)

    assert read(out.getvalue()).figures["people"].text == "1"


# --- words --------------------------------------------------------------------------------------------


def test_the_words_of_a_document_are_read_with_its_tables() -> None:
    document = docx.Document()
    document.add_paragraph("本周小结")
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "清理坑塘", "3处"
    out = io.BytesIO()
    document.save(out)

    assert weekly_reading.read_document(out.getvalue()).text == "本周小结\n清理坑塘 3处"


def test_every_word_of_a_document_is_known_wherever_it_stands() -> None:
    document = docx.Document()
    document.add_paragraph("本周小结 & 说明")
    marked = document.sections[0].header.paragraphs[0]
    marked.add_run("机")
    marked.add_run("密★1年")
    out = io.BytesIO()
    document.save(out)

    found = weekly_reading.read_document(out.getvalue())

    assert {"本周小结 & 说明", "机密★1年"} <= set(found.words)
    assert "机密" not in found.text


def test_a_broken_document_is_refused() -> None:
    with pytest.raises(office_files.Unreadable):
        weekly_reading.read_document(b"PK\x03\x04 no zip")


# --- merged -------------------------------------------------------------------------------------------


def column(region: str, state: str, figures: dict[str, list[str]], summary: str = "") -> dict[str, Any]:
    return {
        "region": region,
        "state": state,
        "in": bool(figures),
        "figures": figures,
        "totals": {key: [value] for key, value in figures.items()},
        "city": {"assigned": [1, 2], "closed": [0, 1], "open": [1, None], "overdue": [0, None]},
        "texts": {"summary": summary} if summary else {},
        "at": "2019-04-12T09:50:00+08:00" if figures else None,
        "revision": 2 if figures else 0,
        "heads": {"filler": "王乙", "filler_phone": "+0", "reviewer": "=李审"} if figures else {},
        "scans": int(bool(figures)),
    }


def merged(*regions: dict[str, Any]) -> Any:
    values = {
        "campaign": "新乡市城乡环境整治百日攻坚行动",
        "track": "county",
        "track_name": "县(市)",
        "week": {"number": 1, "start": "2019-04-09T00:00:00+08:00", "end": "2019-04-12T10:00:00+08:00"},
        "made": "2019-04-12T10:05:00+08:00",
        "by": "钱丁",
        "regions": list(regions),
    }
    return openpyxl.load_workbook(io.BytesIO(weekly_merged.make(FORM, values)[1]))


def test_the_merged_workbook_adds_up_what_counts_and_keeps_units_apart() -> None:
    book = merged(
        column("长垣县", "on_time", {"people": ["300", "人次"], "domestic_waste": ["5", "吨"]}),
        column("延津县", "late", {"people": ["20", "人次"], "domestic_waste": ["7", "立方米"]}),
        column("封丘县", "missing", {}),
    )
    rows = [[cell.value for cell in row] for row in book["本周"].iter_rows(min_row=3)]
    by_label = {(row[1], row[2]): row[3:] for row in rows}

    assert rows[0][3:6] == ["长垣县", "延津县", "封丘县"]
    assert by_label[("出动人员", "人次")] == [300, 20, None, 320]
    assert by_label[("清理生活垃圾", "吨")] == [5, None, None, 5]
    assert by_label[("清理生活垃圾", "立方米")] == [None, 7, None, 7]
    assert rows[-1][3:] == ["按时", "迟报", "未报", "2/3"]


def test_the_merged_workbook_says_when_each_report_came_and_from_whom() -> None:
    book = merged(column("长垣县", "late", {"people": ["300", "人次"]}), column("封丘县", "missing", {}))
    rows = [[cell.value for cell in row] for row in book["报送情况"].iter_rows(min_row=4)]

    assert rows[0] == ["长垣县", "迟报", "4月12日09:50", "2", "王乙", "+0", "=李审", "1份"]
    assert rows[1][:2] == ["封丘县", "未报"]
    assert book["报送情况"]["G4"].data_type == "s"
    assert book["报送情况"]["F4"].quotePrefix


def test_a_summary_that_begins_like_a_formula_stays_a_text() -> None:
    book = merged(column("长垣县", "on_time", {}, summary='=HYPERLINK("http://x","点")'))
    cell = book["小结"]["B4"]

    assert cell.data_type == "s"
    assert cell.value.startswith("=HYPERLINK")
    assert cell.quotePrefix
