"""Official papers: the page of GB/T 9704, the place of name and date, the warning letter to the word."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from PIL import Image

from bot.documents.official import (
    Attachment,
    Paper,
    Picture,
    Table,
    Text,
    chinese_day,
    docx,
    right_indents,
)
from bot.documents.warning_letter import UnitWithoutForm, WarningValues, address, letter

GROUP = "市城乡环境整治百日攻坚行动第一督查组"


def paper(**values: Any) -> Paper:
    given: dict[str, Any] = {
        "title": ("关于城乡环境整治", "工作情况的通报"),
        "blocks": (Text("一、总体情况", 1), Text("本周督查4组次。")),
        "signature": "市农业农村局",
        "day": date(2019, 5, 8),
    }
    return Paper(**given | values)


def picture(size: tuple[int, int]) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, "grey").save(written, "JPEG")
    return written.getvalue()


def opened(written: bytes) -> Any:
    return Document(io.BytesIO(written))


def words(document: Any) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs if paragraph.text]


def test_the_page_is_that_of_the_standard() -> None:
    document = opened(docx(paper()))

    section = document.sections[0]
    assert [round(side.mm) for side in (section.page_width, section.page_height)] == [210, 297]
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(side.mm) for side in margins] == [37, 35, 28, 26]
    spacing = document.styles["Normal"].element.pPr.find(qn("w:spacing"))
    assert (spacing.get(qn("w:line")), spacing.get(qn("w:lineRule"))) == ("579", "exact")
    assert 22 * 579 <= (297 - 37 - 35) / 25.4 * 1440 < 23 * 579, "22 lines a page"


def test_chinese_fonts_are_named_for_chinese_and_have_stand_ins() -> None:
    document = opened(docx(paper()))

    found = {
        paragraph.text: paragraph.runs[0]._r.rPr.rFonts.get(qn("w:eastAsia"))
        for paragraph in document.paragraphs
        if paragraph.runs and paragraph.text
    }
    assert found["关于城乡环境整治"] == "方正小标宋简体"
    assert found["一、总体情况"] == "黑体"
    assert found["本周督查4组次。"] == "仿宋_GB2312"
    (fonts,) = (r.target_part.blob for r in document.part.rels.values() if r.reltype.endswith("/fontTable"))
    assert "仿宋,FangSong" in fonts.decode()


def test_odd_pages_are_numbered_on_the_right_and_even_ones_on_the_left() -> None:
    section = opened(docx(paper())).sections[0]

    odd, even = section.footer.paragraphs[0], section.even_page_footer.paragraphs[0]

    assert (odd.alignment, even.alignment) == (2, 0)
    assert "PAGE" in odd._p.xml
    assert "PAGE" in even._p.xml


@pytest.mark.parametrize(
    ("signature", "day", "sealed", "expected"),
    [
        (GROUP, "2019年5月20日", False, (2, 11.5)),
        ("市农业农村局", "2019年5月20日", False, (4.5, 2)),
        ("市城管局", "2019年5月8日", True, (5.0, 4)),
        (GROUP, "2019年5月20日", True, (0, 5.75)),
    ],
)
def test_name_and_date_stand_where_the_standard_wants_them(
    signature: str, day: str, sealed: bool, expected: tuple[float, float]
) -> None:
    assert right_indents(signature, day, sealed=sealed) == expected


def test_a_day_has_no_leading_zeros() -> None:
    assert chinese_day(date(2019, 5, 8)) == "2019年5月8日"


def test_attachments_are_listed_without_marks_behind_them_and_begin_a_page() -> None:
    attachments = (Attachment("问题台账", (Text("略"),)), Attachment("督办警示清单", (Text("略"),)))

    document = opened(docx(paper(attachments=attachments)))

    said = words(document)
    assert said[said.index("附件：1. 问题台账") + 1] == "2. 督办警示清单"
    first = next(p for p in document.paragraphs if p.text == "附件1")
    assert first.paragraph_format.page_break_before


def test_what_goes_with_it_as_a_file_is_listed_and_gets_no_page() -> None:
    document = opened(
        docx(paper(enclosed=("问题台账",), attachments=(Attachment("督办警示清单", (Text("略"),)),)))
    )

    said = words(document)
    assert said[said.index("附件：1. 问题台账") + 1] == "2. 督办警示清单"
    assert "附件2" in said
    assert "附件1" not in said
    assert "附件：问题台账" in words(opened(docx(paper(enclosed=("问题台账",)))))


def test_a_table_keeps_its_order_its_head_and_what_is_marked() -> None:
    rows = (("长垣县", "1"), ("卫辉市", "0"))

    document = opened(docx(paper(blocks=(Table(("单位", "逾期"), rows, (40, 30), frozenset({(0, 1)})),))))

    (table,) = document.tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [["单位", "逾期"], *map(list, rows)]
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert [bool(row.cells[1].paragraphs[0].runs[0].bold) for row in table.rows] == [False, True, False]


def test_a_column_of_a_table_is_set_alike_in_all_its_lines() -> None:
    rows = (("延津县", "垃圾堆"), ("卫辉市", "村东坑塘水体黑臭、岸边垃圾成堆"))

    document = opened(docx(paper(blocks=(Table(("单位", "问题"), rows, (40, 60)),))))

    (table,) = document.tables
    sides = [[cell.paragraphs[0].alignment for cell in row.cells] for row in table.rows]
    centre, left = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.LEFT
    assert sides == [[centre, centre], [centre, left], [centre, left]]


def test_name_and_date_never_stand_alone_on_a_page() -> None:
    document = opened(docx(paper(attachments=(Attachment("问题台账", (Text("略"),)),))))

    kept = [paragraph.paragraph_format.keep_with_next for paragraph in document.paragraphs]
    last = next(rank for rank, one in enumerate(document.paragraphs) if one.text == "本周督查4组次。")
    day = next(rank for rank, one in enumerate(document.paragraphs) if one.text == "2019年5月8日")
    assert all(kept[last:day])
    assert not kept[day]


def test_marks_that_no_document_can_hold_are_left_out_and_others_stay_as_they_are() -> None:
    document = opened(docx(paper(blocks=(Text("张\x00三 <b>&\x0b村"),))))

    assert "张三 <b>&村" in words(document)


def test_a_picture_is_never_wider_than_the_text() -> None:
    wide = picture((3000, 500))

    document = opened(docx(paper(blocks=(Picture(wide, "王楼镇任庄村"),))))

    (shape,) = document.inline_shapes
    assert round(shape.width.mm) == 156
    assert round(shape.height.mm) == 26


def warning(**values: Any) -> WarningValues:
    given: dict[str, Any] = {
        "unit": "延津县",
        "group": GROUP,
        "short_group": "市城乡环境整治百日攻坚行动第一组",
        "phone": "0000-0000000",
        "inspected": date(2019, 4, 12),
        "subject": "王楼镇任庄村",
        "items": ("村口垃圾堆长期未清理", "村东坑塘水体黑臭。"),
        "due": date(2019, 4, 19),
        "matter": "垃圾堆和黑臭水体问题",
        "day": date(2019, 4, 12),
    }
    return WarningValues(**given | values)


def test_the_letter_is_the_notices_to_the_word() -> None:
    said = words(opened(docx(letter(warning()))))

    assert said == [
        "关于对延津县人居环境整治工作的督办警示",
        "延津县城乡环境整治百日攻坚行动办：",
        "4月12日，市城乡环境整治百日攻坚行动第一督查组对你县王楼镇任庄村进行了督导检查，发现如下问题：",
        "1.村口垃圾堆长期未清理。",
        "2.村东坑塘水体黑臭。",
        "接到《督办警示》后，请于4月19日前将垃圾堆和黑臭水体问题整改到位，同时将完成情况和责任领导（县级）、"
        "具体责任人（科级）反馈至市城乡环境整治百日攻坚行动第一组（联系电话0000-0000000）。",
        "延津县要针对此类问题，举一反三、全面排查，彻底整治，长效管理，防止反弹。",
        "市城乡环境整治百日攻坚行动第一督查组将对该督办警示的整改落实情况进行跟踪督查，"
        "对到期未整改到位的责任单位和责任人进行责任追究。",
        GROUP,
        "2019年4月12日",
    ]


@pytest.mark.parametrize(("unit", "you"), [("延津县", "你县"), ("卫辉市", "你市"), ("牧野区", "你区")])
def test_a_unit_is_addressed_by_its_kind_and_every_other_word_stays(unit: str, you: str) -> None:
    of_a_county = words(opened(docx(letter(warning()))))

    said = words(opened(docx(letter(warning(unit=unit)))))

    assert address(unit) == you
    assert said == [line.replace("延津县", unit).replace("你县", you) for line in of_a_county]


def test_a_unit_of_no_kind_gets_no_letter() -> None:
    with pytest.raises(UnitWithoutForm, match="某镇"):
        letter(warning(unit="某镇"))


def test_photographs_go_on_a_page_of_their_own() -> None:
    document = opened(docx(letter(warning(photos=((picture((800, 600)), "村口"),)))))

    said = words(document)
    assert "附件：问题照片" in said
    assert said[-3:] == ["附件", "问题照片", "村口"]
