"""The ranking's card and the score sheet: what they show, what they take back."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from PIL import Image

from bot.documents import score_sheet
from bot.documents.office_files import OfficeFileError
from bot.documents.ranking_card import WIDTH, RankingLine, ranking_card
from bot.documents.trend_card import TrendLine, trend_card
from bot.domain.aspects import ASPECTS
from bot.media.fonts import Fonts

TREND = tuple(Decimal(value) for value in (88, 90, 85))


def card(*lines: RankingLine) -> Image.Image:
    data = ranking_card("县(市)旬排名", "4月中旬", "只排本序列", lines, fonts=Fonts())
    assert len(data) < 1_000_000
    picture = Image.open(BytesIO(data))
    assert picture.format == "JPEG"
    assert not picture.getexif()
    return picture


def darkest(picture: Image.Image) -> int:
    found = picture.getextrema()[0]
    assert isinstance(found, int)
    return found


def test_a_card_is_as_high_as_its_regions() -> None:
    line = RankingLine(1, "延津县", "88.50", "督查 36.50", trend=TREND)

    few, many = card(line), card(*[line] * 8)

    assert few.width == many.width == WIDTH
    assert many.height - few.height == 7 * 128


def test_the_last_place_is_marked_by_strokes_and_a_word_not_by_colour_alone() -> None:
    plain = RankingLine(8, "延津县", "88.50", "督查 36.50")
    last = RankingLine(8, "延津县", "88.50", "督查 36.50", last="末位")

    with_mark, without = card(last).convert("L"), card(plain).convert("L")

    edge = (0, 150, 30, 320)
    assert darkest(with_mark.crop(edge)) < 60 < 200 < darkest(without.crop(edge))


def test_the_longest_names_and_all_tags_stay_on_the_card() -> None:
    line = RankingLine(
        12, "平原城乡一体化示范区", "100.00", "督查 31.6655 · 交办等 20.00 · 视察等 39.9999", "并列", "末位",
        "+12.34", trend=(None, *TREND),
    )  # fmt: skip

    picture = card(line, RankingLine(0, "平原城乡一体化示范区", "", "", status="不参加排名"))

    white = picture.convert("L").crop((WIDTH - 12, 0, WIDTH, picture.height))
    assert darkest(white) > 200


def trend(periods: int, *lines: TrendLine) -> Image.Image:
    axis = [f"4.{number}" for number in range(periods)]
    data = trend_card("县(市)旬排名走势", "4月中旬", ["▼ 末位"], axis, lines, fonts=Fonts())
    picture = Image.open(BytesIO(data)).convert("L")
    assert picture.width == WIDTH
    return picture


def went(*values: str | None, last: int = -1) -> TrendLine:
    known = tuple(None if value is None else Decimal(value) for value in values)
    marks = tuple(number == last for number in range(len(values)))
    return TrendLine(8, "平原城乡一体化示范区", known, tuple(value or "" for value in values), marks)


def test_a_trend_has_a_band_for_each_region_and_keeps_to_the_page() -> None:
    line = went("88.50", None, "100.00", "85.25", "90", "90", "90", "90", "90", "90", "90", "90")

    few, many = trend(12, line), trend(12, *[line] * 15)

    assert many.height - few.height == 14 * 150
    for picture in (few, many):
        assert darkest(picture.crop((WIDTH - 12, 0, WIDTH, picture.height))) > 200


def test_a_trend_tells_a_last_place_by_its_shape_and_leaves_out_what_was_not_ranked() -> None:
    def ink(picture: Image.Image, box: tuple[int, int, int, int]) -> int:
        return sum(value < 100 for value in picture.crop(box).tobytes())

    plain, last = trend(2, went("90", "80")), trend(2, went("90", "80", last=1))
    gap = trend(3, went("90", None, "90"))

    newest = (WIDTH - 100, 0, WIDTH, last.height)
    assert ink(last, newest) > ink(plain, newest) + 100
    full = trend(3, went("90", "90", "90"))
    middle = (560, 0, 760, gap.height)
    assert ink(full, middle) > ink(gap, middle) + 500


def test_a_trend_of_one_value_or_none_is_drawn_all_the_same() -> None:
    assert trend(1, went("90")).height == trend(1, went(None)).height


# ── the sheet ──

VALUES: dict[str, Any] = {
    "campaign": "百日攻坚行动",
    "window": {"key": "2019-04-18", "label": "4月中旬", "first_day": "2019-04-09", "last_day": "2019-04-18"},
    "columns": [
        {"key": "group", "label": "督查组", "most": "40"},
        {"key": "public", "label": "群众举报", "most": ""},
    ],
    "rows": [
        {"region": "卫辉市", "given": {"group": "33.25"}, "sources": ["group", "public"]},
        {"region": "延津县", "given": {}, "sources": ["group", "public"]},
    ],
}


def changed(**cells: object) -> bytes:
    name, data = score_sheet.write(VALUES)
    assert name == "打分表-2019-04-18.xlsx"
    book = openpyxl.load_workbook(BytesIO(data))
    for place, value in cells.items():
        book.worksheets[0][place] = value
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_sheet_says_its_period_and_has_a_column_for_each_kind() -> None:
    _, data = score_sheet.write(VALUES)

    rows = [[cell.value for cell in row] for row in openpyxl.load_workbook(BytesIO(data)).worksheets[0]]

    assert rows[1][:2] == ["打分表", "2019-04-18"]
    assert rows[3] == ["单位", "督查组 打分(0-40)", "督查组 加减分", "群众举报 加减分", "扣分依据"]
    assert rows[4][:2] == ["卫辉市", 33.25]


def test_a_sheet_comes_back_line_by_line_with_numbers_as_they_were_typed() -> None:
    found = score_sheet.read(changed(B6=36.333, D6=-0.1, E6="王楼镇举报属实"))

    assert found.period == "2019-04-18"
    assert [(one.row, one.region, one.source, one.kind, one.value, one.reason) for one in found.lines] == [
        (5, "卫辉市", "督查组", "mark", "33.25", ""),
        (6, "延津县", "督查组", "mark", "36.333", ""),
        (6, "延津县", "群众举报", "points", "-0.1", "王楼镇举报属实"),
    ]
    assert not found.faults


def test_what_is_typed_as_text_stays_as_typed_and_other_columns_are_named() -> None:
    found = score_sheet.read(changed(B6="３６", F4="备注", F6="好"))

    assert found.lines[-1].value == "３６"
    assert [(one.row, one.why) for one in found.faults] == [(6, "columns")]


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"name,age\n"])
def test_what_is_no_workbook_is_not_opened(data: bytes) -> None:
    with pytest.raises(OfficeFileError):
        score_sheet.read(data)


def test_another_workbook_is_no_score_sheet() -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["姓名", "身份"])
    out = BytesIO()
    book.save(out)

    with pytest.raises(score_sheet.NotAScoreSheet):
        score_sheet.read(out.getvalue())


def with_aspects(**cells: object) -> score_sheet.Filled:
    rows = [
        {**VALUES["rows"][0], "given": {"group": "36.5"}, "aspects": ["5", "5", "5", "5", "5", "6", "5.5"]},
        {**VALUES["rows"][1], "aspects": []},
    ]
    _, data = score_sheet.write({**VALUES, "rows": rows})
    book = openpyxl.load_workbook(BytesIO(data))
    assert [cell.value for cell in book.worksheets[0][4]][5:] == [
        f"七方面 {label}" for label in ASPECTS.values()
    ]
    for place, value in cells.items():
        book.worksheets[0][place] = value
    out = BytesIO()
    book.save(out)
    return score_sheet.read(out.getvalue())


def test_seven_columns_after_the_reasons_belong_to_the_rows_mark_or_give_it() -> None:
    found = with_aspects(F6=4, G6=4, H6=4.5)

    assert not found.faults
    assert [(one.row, one.region, one.kind, one.value, one.aspects) for one in found.lines] == [
        (5, "卫辉市", "mark", "36.5", ("5", "5", "5", "5", "5", "6", "5.5")),
        (6, "延津县", "mark", "", ("4", "4", "4.5", "", "", "", "")),
    ]
