"""县领导分包表: the form and the table of a region's register as a workbook, and reading one back."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.documents.office_files import workbook
from bot.domain.register import Level
from bot.services.register.table import MOST_LINES, Said

A4: Final = 9
CODE: Final = "表号："
CODE_END: Final = "/县领导分包"
HEADER_WITHIN: Final = 6
WIDEST: Final = 20
TOWNSHIPS, VILLAGES = "乡镇", "村"
NOTE: Final = (
    "只填黄色格：姓名、职务，不填电话。空着的格保持原备案不变；没有人负责了，姓名写「空缺」。填好发回机器人。"
)

IN_TOWNSHIP, IN_VILLAGE = "in_township", "in_village"
"""The columns of the place; the levels of the register name the columns of the persons."""

HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "region": ("县(市、区)", "县(市区)", "县区", "县市区", "单位"),
    IN_TOWNSHIP: (
        "乡镇(街道)", "乡(镇、办事处)", "乡镇(办事处)", "乡镇街道", "乡镇", "街道", "乡(镇)", "乡镇办",
    ),
    IN_VILLAGE: ("村(社区)", "村", "社区", "行政村", "村社区", "村名"),
    Level.LEADER.value: (
        "县级领导姓名", "县级领导", "县领导", "分包县领导", "分包县级领导", "包联县领导", "包联县级领导",
        "分包领导",
        "责任领导(县级)", "县级责任领导", "责任领导",
    ),
    Level.TOWNSHIP.value: (
        "乡镇责任人姓名", "乡镇责任人", "乡(镇)责任人", "乡镇(街道)责任人", "街道责任人", "具体责任人(科级)",
        "科级责任人",
        "具体责任人",
    ),
    Level.VILLAGE.value: ("村责任人姓名", "村责任人", "村(社区)责任人", "村级责任人", "社区责任人"),
    "post": ("职务", "单位及职务", "单位职务"),
}  # fmt: skip
"""Field → its headings, without spaces; 职务 belongs to the person whose column stands before it."""


class NotARegister(Exception):
    """A workbook, but without the columns of a register."""


# --- written --------------------------------------------------------------------------------------------


def make(values: Mapping[str, Any]) -> tuple[str, bytes]:
    """The workbook of one region: `filled` with the names, or the form with its yellow cells."""
    import xlsxwriter

    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as made:
        _Book(made, values).write()
    return f"县领导分包表-{values['region']}.xlsx", buffer.getvalue()


class _Book:
    def __init__(self, made: Any, values: Mapping[str, Any]) -> None:
        self.made, self.values, self.filled = made, values, bool(values["filled"])
        add = made.add_format
        cell = {"font_name": "宋体", "font_size": 10.5, "valign": "vcenter", "border": 1, "text_wrap": True}
        self.title = add({"font_name": "黑体", "font_size": 16, "align": "center", "valign": "vcenter"})
        self.note = add({"font_name": "宋体", "font_size": 9, "font_color": "#595959", "text_wrap": True,
                         "valign": "vcenter"})  # fmt: skip
        self.head = add({**cell, "font_name": "黑体", "align": "center", "bg_color": "#F2F2F2"})
        self.place = add({**cell, "bg_color": "#F2F2F2"})
        self.entry = add({**cell, "bg_color": "#FFFDE7", "locked": False, "num_format": "@"})
        self.done = add({**cell, "bg_color": "#F2F2F2", "align": "center", "font_color": "#595959"})
        self.name = add(cell)
        self.gap = add({**cell, "font_color": "#C00000"})
        self.small = add({"font_name": "宋体", "font_size": 8, "font_color": "#7F7F7F"})

    def write(self) -> None:
        """Two sheets: the townships with their leaders, the villages."""
        rows: list[tuple[list[str], list[Any]]] = [([WHOLE_ROW], [self.values["leader"], None])]
        rows += [([one["township"]], [one["leader"], one["officer"]]) for one in self.values["townships"]]
        self._sheet(
            TOWNSHIPS, [("乡镇(街道)", 18.0)], [("县级领导姓名", 15.0), ("乡镇责任人姓名", 15.0)], rows
        )
        villages: list[tuple[list[str], list[Any]]] = [
            ([one["township"], village["village"]], [village["person"]])
            for one in self.values["townships"]
            for village in one["villages"]
        ]
        self._sheet(VILLAGES, [("乡镇(街道)", 18.0), ("村(社区)", 22.0)], [("村责任人姓名", 15.0)], villages)

    def _sheet(
        self,
        name: str,
        places: Sequence[tuple[str, float]],
        people: Sequence[tuple[str, float]],
        rows: Sequence[tuple[list[str], list[Any]]],
    ) -> None:
        values, filled = self.values, self.filled
        columns = list(places)
        for head, width in people:
            columns += [(head, width), ("职务", 24.0)]
        if not filled:
            columns.append(("备案情况", 12.0))
        last = len(columns) - 1
        sheet = self.made.add_worksheet(name)
        sheet.set_paper(A4)
        sheet.set_landscape()
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.center_horizontally()
        sheet.repeat_rows(2)
        sheet.merge_range(0, 0, 0, last, f"{values['region']}县领导分包表（{name}）", self.title)
        sheet.set_row(0, 28)
        under = f"{values['campaign']}　截至{_day(values['day'])}　{values['mark']}" if filled else NOTE
        sheet.merge_range(1, 0, 1, last, under, self.note)
        sheet.set_row(1, 18 if filled else 30)
        for column, (head, width) in enumerate(columns):
            sheet.set_column(column, column, width)
            sheet.write_string(2, column, head, self.head)
        sheet.set_row(2, 22)
        sheet.freeze_panes(3, len(places))
        for row, (where, who) in enumerate(rows, 3):
            self._row(sheet, row, where, who, last)
        foot = 3 + len(rows)
        sheet.write_string(foot + 1, 0, f"{CODE}{values['region']}{CODE_END}", self.small)
        sheet.print_area(0, 0, foot + 1, last)
        footer = f"&L&8{values['mark'].replace('&', '&&')}" if filled else ""
        sheet.set_footer(f"{footer}&R&8第 &P 页 共 &N 页")
        if not filled:
            sheet.protect("", {"select_locked_cells": True, "format_rows": True, "format_columns": True})
            sheet.set_selection(3, len(places), 3, len(places))

    def _row(self, sheet: Any, row: int, where: Sequence[str], who: Sequence[Any], last: int) -> None:
        for column, place in enumerate(where):
            sheet.write_string(row, column, place, self.place)
        column = len(where)
        for person in who:
            if person is None:
                sheet.write_string(row, column, "—", self.place)
                sheet.write_string(row, column + 1, "—", self.place)
            elif self.filled:
                sheet.write_string(row, column, person[0] or "未备案", self.name if person[0] else self.gap)
                sheet.write_string(row, column + 1, person[1], self.name)
            else:
                sheet.write_blank(row, column, None, self.entry)
                sheet.write_blank(row, column + 1, None, self.entry)
            column += 2
        if not self.filled:
            filed = [one for one in who if one is not None]
            said = "已备案" if all(filed) else "部分备案" if any(filed) else "未备案"
            sheet.write_string(row, last, said, self.done)


WHOLE_ROW: Final = "牵头"
"""The row of the leader who answers for the whole region."""


def _day(value: str) -> str:
    year, month, day = value.split("-")
    return f"{year}年{int(month)}月{int(day)}日"


# --- read back ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Read:
    """What a workbook says: the region where it names one, and every person's cells."""

    region: str
    said: Sequence[Said]


@dataclass(slots=True)
class _Columns:
    """Which field stands in which column; `posts`: a person's column → that of the post beside it."""

    at: dict[str, int]
    posts: dict[str, int]

    @property
    def any(self) -> bool:
        """Whether these are the headings of a register: a place, and whose name is asked for."""
        return (IN_TOWNSHIP in self.at or IN_VILLAGE in self.at) and any(level in self.at for level in Level)


def read(data: bytes) -> Read:
    """Every sheet with the columns of a register, in any order; merged cells count for all their rows.

    Raises:
        OfficeFileError: it cannot be read, and why.
        NotARegister: no sheet has such columns.
    """
    region, said, found = "", list[Said](), False
    with workbook(data) as (opened, _):
        for sheet in opened.worksheets:
            rows = [
                [_text(value) for value in row] for row in sheet.iter_rows(max_col=WIDEST, values_only=True)
            ]
            columns, first = _headings(rows)
            if columns is None:
                continue
            found = True
            region = region or _written_region(rows, columns, first)
            said += _people(rows, columns, first)
            if len(said) > MOST_LINES:
                break
    if not found:
        raise NotARegister
    return Read(region, said)


def _headings(rows: Sequence[Sequence[str]]) -> tuple[_Columns | None, int]:
    """The columns, and the first row below the headings; headings of two rows are read as one."""
    for number, cells in enumerate(rows[:HEADER_WITHIN]):
        below = rows[number + 1] if number + 1 < len(rows) else []
        double = any(_plain(cell) == "姓名" for cell in below)
        columns = _columns(_joined(cells, below) if double else cells)
        if columns.any:
            return columns, number + (2 if double else 1)
    return None, 0


def _joined(cells: Sequence[str], below: Sequence[str]) -> list[str]:
    """「县级领导」 over 「姓名｜职务」 → the heading itself, then 职务."""
    found, above = [], ""
    for cell, under in zip(cells, below, strict=False):
        above = cell or above
        found.append("职务" if _plain(under) == "职务" else (above if _plain(under) == "姓名" else cell))
    return found


def _plain(cell: str) -> str:
    return cell.replace(" ", "").replace("（", "(").replace("）", ")").replace("/", "").strip("*：:")


def _columns(cells: Sequence[str]) -> _Columns:
    at: dict[str, int] = {}
    posts: dict[str, int] = {}
    last = ""
    for column, cell in enumerate(cells):
        plain = _plain(cell)
        field = next((name for name, ways in HEADINGS.items() if plain in ways), "")
        if field == "post" and last and last not in posts:
            posts[last] = column
        elif field and field != "post" and field not in at:
            at[field] = column
            last = field if field in {level.value for level in Level} else last
        elif plain.endswith("职务"):  # 「县级领导职务」
            owner = next((name for name, ways in HEADINGS.items() if plain.removesuffix("职务") in ways), "")
            if owner:
                posts[owner] = column
    return _Columns(at, posts)


def _written_region(rows: Sequence[Sequence[str]], columns: _Columns, first: int) -> str:
    """The region that the sheet's own code or its column names."""
    for row in rows:
        for cell in row[:2]:
            if cell.startswith(CODE) and cell.endswith(CODE_END):
                return cell.removeprefix(CODE).removesuffix(CODE_END)
    at = columns.at.get("region")
    if at is None:
        return ""
    named = {row[at] for row in rows[first:] if at < len(row) and row[at]}
    return named.pop() if len(named) == 1 else ""


def _people(rows: Sequence[Sequence[str]], columns: _Columns, first: int) -> list[Said]:
    found: list[Said] = []
    township = ""

    def cell(row: Sequence[str], column: int | None) -> str:
        return row[column] if column is not None and column < len(row) else ""

    for number, row in enumerate(rows[first:], first + 1):
        if cell(row, 0).startswith(CODE):
            continue
        township = cell(row, columns.at.get(IN_TOWNSHIP)) or township
        village = cell(row, columns.at.get(IN_VILLAGE))
        for level in Level:
            column = columns.at.get(level.value)
            name = cell(row, column)
            if not name or name in ("—", "未备案") or column is None:
                continue
            found.append(
                Said(
                    f"{chr(ord('A') + column)}{number}",
                    township.replace(" ", ""),
                    level,
                    name,
                    cell(row, columns.posts.get(level.value)),
                    village.replace(" ", "") if level is Level.VILLAGE else "",
                )
            )
    return found


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " ".join(str(value).split())
