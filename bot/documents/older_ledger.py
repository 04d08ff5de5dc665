"""An older ledger 问题台账 as a workbook: its table found by its heads, every cell with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.documents.office_files import workbook

UNPACKED: Final = 400 * 1024 * 1024
PART: Final = 200 * 1024 * 1024
"""A file that the admin has on the server may be larger than what anybody sends."""

HEADS: Final[Mapping[str, tuple[str, ...]]] = {
    "number": ("问题编号", "编号"),
    "state": ("状态", "整改状态"),
    "track": ("序列",),
    "region": ("县(市、区)", "县(市,区)", "县市区", "县区", "单位", "责任单位"),
    "group": ("督查组", "检查组"),
    "mode": ("检查方式",),
    "source": ("问题来源", "来源"),
    "found_at": ("检查时间", "检查日期"),
    "created_at": ("登记时间", "登记日期"),
    "township": ("乡镇(街道)", "乡镇"),
    "village": ("村(社区)", "村"),
    "spot": ("点位",),
    "place": ("乡镇(街道)·村(社区)·点位", "地点"),
    "main": ("类别大类",),
    "category": ("类别小类", "问题类别", "类别"),
    "description": ("问题描述", "存在问题", "问题"),
    "severity": ("严重程度",),
    "handling": ("交办方式",),
    "assigned_at": ("交办时间", "交办日期"),
    "deadline": ("整改时限", "整改期限"),
    "acknowledged_at": ("签收时间",),
    "submitted_at": ("反馈时间",),
    "closed_at": ("销号时间", "销号日期"),
    "closed": ("是否销号(日期)", "是否销号"),
    "closed_how": ("复核方式",),
    "leader": ("责任领导(县级)",),
    "officer": ("具体责任人(科级)",),
    "people": ("责任领导(县级)/具体责任人(科级)",),
    "measures": ("整改措施",),
    "progress": ("整改情况",),
    "returns": ("退回次数",),
    "warnings": ("督办警示次数",),
    "round": ("轮次",),
    "lat": ("纬度",),
    "lng": ("经度",),
    "void_reason": ("作废理由",),
    "remarks": ("备注(警示次数、逾期天数)", "备注"),
}
"""Field → what its head may say (FORMS §1.2), the stored columns and the printed ones."""

COUNTED: Final = ("序号", "逾期天数", "是否反弹", "使用范围")
"""Heads of what the ledger counts itself."""
LEAST: Final = 4
"""So many known heads make a row of heads."""
LOOKED_AT: Final = 20
"""Rows at the top of a sheet among which the heads may be."""


class NoTable(Exception):
    """No sheet of the workbook has a row with the heads of a ledger."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its number in the sheet, field → what the cell holds (empty ones are not there)."""

    row: int
    cells: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Table:
    """The ledger's table. `columns`: field → its letter; `ignored`: heads that are not taken over."""

    sheet: str
    columns: Mapping[str, str]
    heads: Mapping[str, str]
    ignored: tuple[str, ...]
    lines: tuple[Line, ...]


def _plain(head: Any) -> str:
    words = str(head).translate(str.maketrans("（），／．", "(),/."))
    return re.sub(r"\s+", "", words)


_FIELDS: Final = {_plain(name): field for field, names in HEADS.items() for name in names}
_COUNTED: Final = frozenset(map(_plain, COUNTED))


def read(data: bytes) -> Table:
    """The table with the most known heads in a workbook.

    Raises:
        bot.documents.office_files.OfficeFileError: it must not or cannot be opened, and why.
        NoTable: there is no such table.
    """
    with workbook(data, unpacked=UNPACKED, largest_part=PART) as (book, _):
        best: tuple[int, Any, int, tuple[Any, ...]] | None = None
        for sheet in book.worksheets:
            for number, row in enumerate(
                sheet.iter_rows(max_row=LOOKED_AT, values_only=True), start=sheet.min_row or 1
            ):
                known = sum(cell is not None and _plain(cell) in _FIELDS for cell in row)
                if known >= LEAST and (best is None or known > best[0]):
                    best = (known, sheet, number, row)
        if best is None:
            raise NoTable
        _, sheet, at, row = best
        return _table(sheet, at, row)


def _table(sheet: Any, at: int, heads: tuple[Any, ...]) -> Table:
    from openpyxl.utils import get_column_letter

    first = sheet.min_column or 1
    places: dict[str, int] = {}
    ignored: list[str] = []
    for place, head in enumerate(heads):
        if head is None or not str(head).strip():
            continue
        field = _FIELDS.get(_plain(head))
        if field is None or field in places:
            if _plain(head) not in _COUNTED:
                ignored.append(str(head).strip())
            continue
        places[field] = place
    return Table(
        sheet.title,
        {field: get_column_letter(first + place) for field, place in places.items()},
        {field: str(heads[place]).strip() for field, place in places.items()},
        tuple(ignored),
        tuple(_lines(sheet, at, places)),
    )


def _lines(sheet: Any, at: int, places: Mapping[str, int]) -> Iterator[Line]:
    for number, row in enumerate(sheet.iter_rows(min_row=at + 1, values_only=True), start=at + 1):
        cells = {
            field: row[place].strip() if isinstance(row[place], str) else row[place]
            for field, place in places.items()
            if place < len(row) and row[place] is not None and str(row[place]).strip()
        }
        if cells:
            yield Line(number, cells)
