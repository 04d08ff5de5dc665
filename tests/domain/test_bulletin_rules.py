"""Bulletins: the rate, the way to publication, what differs in a changed paper, what may not be said."""

from __future__ import annotations

import pytest

from bot.domain.bulletins import Grid, Stage, cells_of, compare, may_go, never_said, rate, settled, telephones

OURS = Grid(
    "regions",
    ("单位", "发现", "到期整改率", "周报"),
    (("延津县", "5", "93.72%", "按时"), ("封丘县", "7", "—", "未报")),
)


@pytest.mark.parametrize(
    ("closed", "due", "printed"),
    [(911, 972, "93.72%"), (737, 972, "75.82%"), (5, 8, "62.5%"), (8, 8, "100%"), (0, 3, "0%"), (0, 0, "—")],
)
def test_the_rate_is_what_was_closed_of_what_was_due(closed: int, due: int, printed: str) -> None:
    assert rate(closed, due) == printed


def test_nothing_is_printed_that_nobody_agreed_to() -> None:
    assert not may_go(Stage.DRAFT, Stage.PUBLISHED)
    assert not may_go(Stage.SUBMITTED, Stage.PUBLISHED)
    assert not may_go(Stage.WITHDRAWN, Stage.PUBLISHED)
    assert may_go(Stage.APPROVED, Stage.PUBLISHED)


def test_a_paper_with_the_same_figures_differs_in_nothing() -> None:
    theirs = Grid(
        "0",
        ("单 位", "发现", "整改率（备注）", "到期整改率", "周报"),
        (("封丘县", "７", "好", "—", "未报"), ("延津县", " 5", "", "93.72％", "按时")),
    )

    found = compare([OURS], [theirs])

    assert found.differences == ()
    assert found.missing_rows == ()


def test_what_differs_is_named_by_row_and_column() -> None:
    theirs = Grid("0", OURS.head, (("延津县", "6", "93.72%", "按时"), ("封丘县", "7", "", "未报")))

    found = compare([OURS], [theirs])

    assert [(one.row, one.column, one.ours, one.theirs) for one in found.differences] == [
        ("延津县", "发现", "5", "6"),
        ("封丘县", "到期整改率", "—", ""),
    ]


def test_a_lost_table_and_a_lost_row_are_named() -> None:
    half = Grid("0", OURS.head, OURS.rows[:1])

    assert compare([OURS], []).missing_tables == ("regions",)
    assert compare([OURS], [half]).missing_rows == (("regions", "封丘县"),)
    assert compare([OURS], [Grid("0", ("日期", "会议"), (("1", "2"),))]).missing_tables == ("regions",)


def test_the_ledgers_figures_come_back_where_they_were_chosen() -> None:
    paper = {
        "blocks": [
            {"kind": "text", "words": "说明", "level": 0},
            {
                "kind": "table",
                "head": list(OURS.head),
                "rows": [["延津县", "6", "93.72%", "按时"]],
                "widths": [],
            },
        ]
    }
    chosen = [
        {"table": "regions", "row": "延津县", "column": "发现", "ours": "5", "theirs": "6", "choice": "ours"},
        {"table": "regions", "row": "封丘县", "column": "", "ours": "", "theirs": "", "choice": "ours"},
    ]

    table = settled(paper, chosen, [OURS])["blocks"][1]

    assert table["rows"] == [["延津县", "5", "93.72%", "按时"], ["封丘县", "7", "—", "未报"]]


def test_measures_that_are_told_nowhere_are_found() -> None:
    assert never_said("建议诫勉谈话并约谈") == ("约谈", "诫勉")
    assert never_said("予以通报批评") == ()


def test_telephones_are_found_and_numbers_of_entries_are_not() -> None:
    assert telephones("请联系0373-3012345") == ("0373-3012345",)
    assert telephones("电话：3012345") == ("电话：3012345",)
    assert telephones("县1-0412-03 逾期，2019年4月12日，共12345678元") == ()


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("前B2 C3 后A1", {"before": ["B2", "C3"], "after": ["A1"]}),
        ("b2，b2、d4", {"before": ["B2", "D4"], "after": []}),
        ("右图 a1", {"before": [], "after": ["A1"]}),
        ("E5", None),
        ("左上角", None),
        ("前", None),
    ],
)
def test_cells_are_read_as_people_write_them(text: str, cells: dict[str, list[str]] | None) -> None:
    assert cells_of(text) == cells
