"""县领导分包表 as counties keep it: headings of one row or two, merged cells, any order of columns."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import openpyxl
import pytest

from bot.documents import register_xlsx
from bot.documents.office_files import Unreadable
from bot.domain.register import Level


def workbook(rows: Sequence[Sequence[Any]], merged: Sequence[str] = ()) -> bytes:
    """A workbook of one sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    for area in merged:
        sheet.merge_cells(area)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_one_table_with_merged_townships_and_headings_of_two_rows_is_read() -> None:
    rows = [
        ["延津县县领导分包情况表"],
        ["序号", "乡镇", "分包县领导", None, "乡镇责任人", None, "村", "村责任人", None],
        [None, None, "姓名", "职务", "姓名", "职务", None, "姓名", "职务"],
        [1, "王楼镇", "某甲", "副县长", "某乙", "镇长", "任庄村", "某丙", "村支书"],
        [2, None, None, None, None, None, "王庄村", "某丁", None],
    ]

    read = register_xlsx.read(workbook(rows, ["B4:B5", "C4:C5", "E4:E5", "C2:D2"]))

    assert [(one.cell, one.township, one.level, one.village, one.name, one.post) for one in read.said] == [
        ("C4", "王楼镇", Level.LEADER, "", "某甲", "副县长"),
        ("E4", "王楼镇", Level.TOWNSHIP, "", "某乙", "镇长"),
        ("H4", "王楼镇", Level.VILLAGE, "任庄村", "某丙", "村支书"),
        ("H5", "王楼镇", Level.VILLAGE, "王庄村", "某丁", ""),
    ]


def test_names_with_the_post_in_one_cell_and_the_region_in_a_column_are_read() -> None:
    rows = [
        ["县（市、区）", "责任领导（县级）", "乡镇（街道）", "具体责任人（科级）", "联系电话"],
        ["延津县", "某甲 副县长", "王楼镇", "某乙 镇长", "0373"],
    ]

    read = register_xlsx.read(workbook(rows))

    assert read.region == "延津县"
    assert [(one.level, one.name) for one in read.said] == [
        (Level.LEADER, "某甲 副县长"),
        (Level.TOWNSHIP, "某乙 镇长"),
    ]


def test_another_workbook_is_no_register_and_a_broken_one_is_said_to_be_so() -> None:
    with pytest.raises(register_xlsx.NotARegister):
        register_xlsx.read(
            workbook([["姓名", "单位及职务", "身份", "组/县"], ["甲", "", "联系人", "延津县"]])
        )
    with pytest.raises(Unreadable):
        register_xlsx.read(b"\0\1\2")
