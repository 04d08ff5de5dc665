"""The papers of bulletins: one page a week, what they print, and how a changed one is read back."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn

from bot.app import build_world
from bot.config import EXAMPLE, load_settings
from bot.documents import bulletin_reading, office_files, official_pdf
from bot.documents.bulletin import Bulletins
from bot.documents.ledger_rows import Words
from bot.domain.bulletins import grids, rate, to_resolve
from bot.media.fonts import Fonts
from bot.media.store import PhotoStore
from bot.texts.catalogue import Catalogue

COUNTY = ("长垣县", "卫辉市", "辉县市", "新乡县", "获嘉县", "原阳县", "延津县", "封丘县")


@pytest.fixture(scope="module")
def words() -> Words:
    """The official labels."""
    return Words(Catalogue(build_world(load_settings(EXAMPLE, {"BOT_TOKEN": "7000000001:TEST"})).campaign))


@pytest.fixture
def bulletins(words: Words, tmp_path: Path) -> Bulletins:
    """The maker of papers, with a store that holds no photo."""
    return Bulletins(words, PhotoStore(str(tmp_path)), Fonts(None))


def values(**changes: Any) -> dict[str, Any]:
    """A full week of the county's track."""
    rows = [
        {
            "region": region, "found": 5 + rank, "due": 10 + rank, "closed": 9, "overdue": rank % 3,
            "returned": 1, "warnings": 0, "rate": rate(9, 10 + rank),
        }
        for rank, region in enumerate(COUNTY)
    ]  # fmt: skip
    totals = dict.fromkeys(
        ("teams", "townships", "villages", "spots", "found", "done", "due", "closed", "open", "overdue",
         "returned", "notices", "warnings"), 12,
    )  # fmt: skip
    line = {
        "number": "县1-0412-01", "region": "延津县", "township": "王楼镇", "place": "王楼镇任庄村",
        "category": "garbage.domestic", "deadline": "2019-04-15", "state": "assigned", "days": 4, "rounds": 1,
    }  # fmt: skip
    return {
        "id": 1, "kind": "weekly", "key": "2019-04-19", "label": "第2周", "number": 2, "correction": 0,
        "correction_of": None, "campaign": "百日攻坚", "track": "县(市)", "office": "市农业农村局",
        "signature": "市环境整治攻坚办", "draft": True, "day": "2019-04-22", "first": "2019-04-12",
        "cut": "2019-04-19T10:00:00+08:00",
        "figures": {
            "totals": totals, "last": totals | {"found": 20, "closed": 6}, "rows": rows, "void": 1,
            "deferred": 0, "categories": [["garbage", 20], ["stacking", 9]],
            "kinds": {region: [["garbage", 3]] for region in COUNTY}, "overdue": [line], "repeated": [],
            "entries": [line], "entries_in_all": 1,
            "letters": [
                {"region": "延津县", "day": "2019-04-15", "due": "2019-04-20", "numbers": ["县1-0412-01"]}
            ],
        },
        "texts": {}, "paper": None, "scores": True, "pictures": [], "regions": list(COUNTY),
        "reports": dict.fromkeys(COUNTY, "on_time") | {"封丘县": "missing", "原阳县": "late"},
        "ranking": None, "criticised": [], "good": ["延津县王楼镇任庄村"],
        "next": {"dues": [{"duty": "weekly", "at": "2019-04-26T10:00:00+08:00"}], "deadlines": 14},
        **changes,
    }  # fmt: skip


def ranked(**changes: Any) -> dict[str, Any]:
    """A ten-day period with its ranking."""
    places = [1, 2, 2, 4, 5, 6, 7, 8]
    ranking = {
        "sheet": 1, "hash": "x", "correction": 0, "published": True, "notes": [],
        "rows": [
            {
                "region": region, "rank": places[at], "total": f"{95 - places[at]}.06",
                "tied": places[at] == 2, "status": "ranked",
                "basis": {"oversight": "average"} if region == "封丘县" else {},
            }
            for at, region in enumerate(COUNTY)
        ],
    }  # fmt: skip
    return values(
        kind="tenday", key="2019-04-18", label="4月中旬", first="2019-04-09",
        cut="2019-04-18T18:00:00+08:00", ranking=ranking, criticised=["封丘县"], **changes,
    )  # fmt: skip


def text_of(data: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(data)).paragraphs)


def test_a_full_week_stands_on_one_page_and_its_lists_behind_it(bulletins: Bulletins) -> None:
    pages = official_pdf.pictures(bulletins.paper(values()), width=300)

    assert len(pages) == 2


def test_the_weekly_page_says_what_a_leader_asks(bulletins: Bulletins) -> None:
    said = text_of(bulletins.docx(values())[1])

    assert "第2期" in said
    assert "发现问题12（20）个" in said
    assert "比上周减少8个" in said
    assert "提高50个百分点" in said
    assert "作废1个未计入" in said
    assert "按时6个；迟报1个（原阳县）；未报1个（封丘县）。" in said
    assert "4月26日报送周报；七日内到期问题14个。" in said


def test_regions_keep_the_notices_order_and_only_what_matters_is_marked(bulletins: Bulletins) -> None:
    table = docx.Document(io.BytesIO(bulletins.docx(values())[1])).tables[0]

    marked = {
        (row.cells[0].text, table.rows[0].cells[column].text)
        for row in table.rows[1:]
        for column, cell in enumerate(row.cells)
        if any(run.bold for run in cell.paragraphs[0].runs)
    }
    assert [row.cells[0].text for row in table.rows[1:]] == list(COUNTY)
    assert ("封丘县", "周报") in marked
    assert {column for _, column in marked} == {"逾期", "周报"}


def test_what_is_drafted_is_shaded_and_what_a_person_wrote_is_not(bulletins: Bulletins) -> None:
    document = docx.Document(io.BytesIO(bulletins.docx(values(texts={"bad": "坑塘<垃圾>&杂物较多。"}))[1]))

    shaded = [
        run.text
        for paragraph in document.paragraphs
        for run in paragraph.runs
        if run._r.rPr is not None and run._r.rPr.find(qn("w:shd")) is not None
    ]
    assert any(words.startswith("本周发现问题") for words in shaded)
    assert "坑塘<垃圾>&杂物较多。" in text_of(
        bulletins.docx(values(texts={"bad": "坑塘<垃圾>&杂物较多。"}))[1]
    )
    assert not any("坑塘" in words for words in shaded)


def test_a_printed_paper_has_no_shade_and_no_placeholder(bulletins: Bulletins) -> None:
    made = bulletins.docx(ranked(draft=False, good=[]))[1]

    with zipfile.ZipFile(io.BytesIO(made)) as package:
        assert b"w:shd" not in package.read("word/document.xml")
    assert "请填写" not in text_of(made)


def test_the_ten_day_paper_has_its_six_heads_and_the_ranking(bulletins: Bulletins) -> None:
    made = bulletins.docx(ranked())[1]
    said = text_of(made)
    document = docx.Document(io.BytesIO(made))

    for head in (
        "一、总体情况",
        "二、主要做法和成效",
        "三、存在问题",
        "四、督办和整改情况",
        "五、考评排名",
        "六、下步要求",
    ):
        assert head in said
    ranking = [[cell.text for cell in row.cells] for row in document.tables[1].rows]
    assert ranking[2:4] == [["2（并列）", "卫辉市", "93.06"], ["2（并列）", "辉县市", "93.06"]]
    assert "封丘县未检查部分按本序列已检查单位平均分计。" in said
    assert "对封丘县予以通报批评" in said
    assert "约谈" not in said
    letters = [[cell.text for cell in row.cells] for row in document.tables[-1].rows]
    assert letters[1] == ["延津县", "4月15日", "县1-0412-01", "4月20日"]


def test_the_order_alone_shows_no_score(bulletins: Bulletins) -> None:
    document = docx.Document(io.BytesIO(bulletins.docx(ranked(scores=False))[1]))

    assert [cell.text for cell in document.tables[1].rows[1].cells] == ["1", "长垣县"]


def test_a_month_is_called_a_month(bulletins: Bulletins) -> None:
    said = text_of(bulletins.docx(ranked() | {"kind": "monthly", "key": "2019-04", "label": "4月"})[1])

    assert "关于4月城乡环境整治百日攻坚行动\n工作考评情况的通报" in said
    assert "比上月减少8个" in said


def test_a_correction_names_the_number_that_it_corrects(bulletins: Bulletins) -> None:
    said = text_of(bulletins.docx(values(number=3, correction=1, correction_of=2))[1])

    assert "第3期（更正第2期）" in said


def test_a_pair_whose_photos_are_gone_is_told_to_the_office_alone(bulletins: Bulletins) -> None:
    gone = {
        "number": "县1-0412-01", "place": "延津县王楼镇", "category": None, "hide": {},
        "before": {"file": "2019/04/1/01_x.jpg", "day": "2019-04-12"}, "after": None,
    }  # fmt: skip

    assert "照片缺失" in text_of(bulletins.docx(values(pictures=[gone]))[1])
    assert "照片缺失" not in text_of(bulletins.docx(values(pictures=[gone], draft=False))[1])


@pytest.mark.parametrize("given", [values(), ranked()], ids=["weekly", "ten days"])
def test_an_unchanged_paper_comes_back_as_it_was(bulletins: Bulletins, given: dict[str, Any]) -> None:
    made = bulletins.docx(given)[1]
    paper = bulletin_reading.read(made)
    again = bulletins.docx(given | {"paper": paper})[1]

    assert to_resolve(paper, grids(given)) == []
    assert text_of(again) == text_of(made)


def test_what_cannot_be_a_bulletin_is_told_apart(bulletins: Bulletins) -> None:
    document = docx.Document()
    document.add_paragraph("会议纪要")
    written = io.BytesIO()
    document.save(written)

    with pytest.raises(bulletin_reading.NotBulletin):
        bulletin_reading.read(written.getvalue())
    with pytest.raises(office_files.OfficeFileError):
        bulletin_reading.read(b"PK\x03\x04 nothing")


def test_what_is_too_long_is_refused_and_not_cut(bulletins: Bulletins) -> None:
    document = docx.Document(io.BytesIO(bulletins.docx(values())[1]))
    document.add_paragraph("很长" * 3000)
    written = io.BytesIO()
    document.save(written)

    with pytest.raises(bulletin_reading.TooLong):
        bulletin_reading.read(written.getvalue())
