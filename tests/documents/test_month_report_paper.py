"""跟踪问效月报 as a paper: its two parts, track by track, and what a person must write."""

from __future__ import annotations

import io
from typing import Any

from docx import Document

from bot.documents import month_report
from bot.documents.official import Paper, Table, Text
from bot.documents.official_pdf import pdf

COUNTIES = ("长垣县", "卫辉市", "辉县市", "新乡县", "获嘉县", "原阳县", "延津县", "封丘县")
DISTRICTS = ("卫滨区", "红旗区", "牧野区", "凤泉区", "平原示范区", "高新区", "经开区")
TOTALS = dict.fromkeys(
    ("teams", "townships", "villages", "spots", "found", "done", "due", "closed", "open", "overdue",
     "returned", "notices", "warnings"), 12,
)  # fmt: skip


def group(name: str, **changes: Any) -> dict[str, Any]:
    return {
        "group": name, "days": 9, "townships": 21, "villages": 64, "spots": 90, "unvisited": 2,
        "lacking": {"延津县": ["王楼镇", "司寨乡"]}, "found": 70, "on_time": [40, 50], "voided": 1,
        "check_days": "1.5", "checks": 40, "site": [10, 40], "upheld": 1, "reports": [2, 3], **changes,
    }  # fmt: skip


def region(name: str) -> dict[str, Any]:
    return {
        "region": name, "found": 20, "due": 18, "closed": 15, "rate": "83.33%", "on_time": [12, 18],
        "overdue": 3, "returned": 2, "again": 1, "warnings": 0, "weekly": [3, 3],
    }  # fmt: skip


def values(**changes: Any) -> dict[str, Any]:
    covert = group("督查暗访组", unvisited=None, lacking={}, check_days=None, site=[0, 0], reports=[0, 0])
    parts = (
        ("县(市)", [group("第一督查小组"), group("第二督查小组", unvisited=0, lacking={}), covert], COUNTIES),
        ("区", [group("卫滨—高新区组", unvisited=0, lacking={})], DISTRICTS),
    )
    return {
        "label": "4月", "month": 4, "first": "2019-04-09", "last": "2019-04-29", "day": "2019-04-30",
        "due": "2019-04-30T18:00:00+08:00", "draft": True, "corrected": False, "texts": {},
        "tracks": [
            {
                "track": name,
                "groups": rows,
                "regions": {
                    "totals": TOTALS, "last": None, "repeated": 2, "rows": [region(one) for one in regions],
                },
            }
            for name, rows, regions in parts
        ],
        **changes,
    }  # fmt: skip


def lines(paper: Paper) -> list[str]:
    return [block.words for block in paper.blocks if isinstance(block, Text)]


def tables(paper: Paper) -> list[Table]:
    return [block for block in paper.blocks if isinstance(block, Table)]


def test_it_has_the_groups_first_and_the_regions_then_each_track_by_itself() -> None:
    paper = month_report.paper(values())

    assert paper.title == ("关于4月城乡环境整治百日攻坚行动", "跟踪问效情况的报告")
    assert paper.addressee == "市领导小组："
    assert paper.signature == "市“敢转争”办公室"
    counties, districts, first, second = tables(paper)
    assert counties.rows[0] == (
        "第一督查小组", "9", "21/64", "2", "70", "40/50", "1", "1.5", "10/40", "1", "2/3",
    )  # fmt: skip
    assert counties.rows[2][3] == counties.rows[2][7] == counties.rows[2][8] == "—"
    assert len(districts.rows) == 1
    assert [row[0] for row in first.rows] == list(COUNTIES)
    assert [row[0] for row in second.rows] == list(DISTRICTS)
    assert first.rows[0][1:] == ("20", "18", "15", "83.33%", "12/18", "3", "2", "1", "0", "3/3")
    assert all(sum(table.widths) == 156 for table in tables(paper))
    said = lines(paper)
    assert "4月9日至4月29日，市“敢转争”办公室对各督查组的工作成效" in said[0]
    assert "县（市）督查组共3个，出动27天次" in said[3]
    assert "按期整改120个、占150个的80%" in said[3]
    assert "未走访乡镇（街道）2个，见附件。" in said[3]


def test_townships_where_a_group_was_not_are_listed_behind_it() -> None:
    (attachment,) = month_report.paper(values()).attachments
    (table,) = attachment.blocks

    assert isinstance(table, Table)
    assert table.rows == (("第一督查小组", "延津县", "2", "王楼镇、司寨乡"),)


def test_what_a_person_must_write_is_marked_and_goes_out_written_or_not_at_all() -> None:
    draft = month_report.paper(values())
    out = month_report.paper(values(draft=False, texts={"advice": "加强现场核查。\n\n落实责任。"}))

    marked = [block.words for block in draft.blocks if isinstance(block, Text) and block.draft]
    assert marked == ["（请填写）"] * 4
    assert "（请填写）" not in lines(out)
    assert [one for one in lines(out) if one[1] == "、"] == [
        "一、各督查组工作成效", "二、各县（市、区）整治工作", "三、工作建议",
    ]  # fmt: skip
    assert lines(out)[-2:] == ["加强现场核查。", "落实责任。"]


def test_no_measure_and_no_rank_stands_in_it() -> None:
    name, made = month_report.make(values())

    said = "\n".join(one.text for one in Document(io.BytesIO(made)).paragraphs)
    assert name == "跟踪问效月报.docx"
    assert not any(word in said for word in ("约谈", "诫勉", "问责", "名次", "第1名"))
    assert pdf(month_report.paper(values(corrected=True))).startswith(b"%PDF")
