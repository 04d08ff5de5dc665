"""附件2 周报表: the prefilled workbook that a region fills in, on one sheet of A4."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from bot.domain.weekly import SUMMARY_MOST, Indicator, WeeklyForm

A4: Final = 9
SHEET: Final = "周报表"
HEADS: Final = ("序号", "指标", "单位", "本周", "上周累计", "累计", "说明")
WIDTHS: Final = (7.5, 26, 10, 12, 14.5, 14.5, 17.5)
CITY: Final = (
    ("assigned", "市交办问题：交办"),
    ("closed", "市交办问题：销号"),
    ("open", "市交办问题：未到期"),
    ("overdue", "市交办问题：逾期"),
)
TEXTS: Final = (
    ("summary", f"本周重点工作小结（必填，{SUMMARY_MOST}字以内）", 128),
    ("difficulties", "存在困难", 52),
    ("next_week", "下周重点", 52),
)
CODE: Final = "表号："

_BODY: Final = {"font_name": "宋体", "font_size": 11, "valign": "vcenter", "border": 1}
_LOCKED: Final = {**_BODY, "bg_color": "#F2F2F2"}


def code_of(region: str, key: str) -> str:
    """What names region and week on the sheet itself: `延津县/2019-04-12`."""
    return f"{region}/{key}"


@dataclass(frozen=True, slots=True)
class Values:
    """What the bot fills in.

    `totals`: row → (累计, unit) before this week; `units`: row → last week's unit; `city`: row of `CITY`
    → (this week or now, since the first day), `as_of` the instant they were counted; `heads`: who filled
    in and who looked at the last one; times are local.
    """

    campaign: str
    region: str
    track: str
    number: int
    key: str
    start: str
    end: str
    due: str
    totals: Mapping[str, Sequence[str]]
    units: Mapping[str, str]
    city: Mapping[str, Sequence[int | None]]
    as_of: str
    heads: Mapping[str, str] = field(default_factory=dict)


def make(form: WeeklyForm, values: Mapping[str, Any]) -> tuple[str, bytes]:
    """The workbook for one region and week; `values` as `Values` describes them."""
    import xlsxwriter

    given = Values(**values)
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        _Page(book, form.of_track(given.track), given).write()
    return f"周报表-{given.region}-{given.key}.xlsx", buffer.getvalue()


class _Page:
    def __init__(self, book: Any, rows: tuple[Indicator, ...], given: Values) -> None:
        self.given, self.rows = given, rows
        self.sheet = book.add_worksheet(SHEET)
        add = book.add_format
        self.title = add({"font_name": "黑体", "font_size": 16, "align": "center", "valign": "vcenter"})
        self.head = add({**_LOCKED, "font_name": "黑体", "align": "center", "text_wrap": True})
        self.label = add({**_LOCKED, "text_wrap": True})
        self.middle = add({**_LOCKED, "align": "center"})
        self.number = add({**_LOCKED, "num_format": "#,##0.##;-#,##0.##;0"})
        self.note = add({**_LOCKED, "font_size": 9, "text_wrap": True, "font_color": "#595959"})
        self.entry = add({**_BODY, "locked": False, "num_format": "General", "bg_color": "#FFFDE7"})
        self.choice = add({**_BODY, "locked": False, "align": "center", "bg_color": "#FFFDE7"})
        self.words = add(
            {**_BODY, "locked": False, "text_wrap": True, "valign": "top", "bg_color": "#FFFDE7",
             "num_format": "@"}
        )  # fmt: skip
        # a name that begins like a formula stays a text when the cell is edited
        self.who = add(
            {**_BODY, "locked": False, "bg_color": "#FFFDE7", "num_format": "@", "quote_prefix": True,
             "shrink": True}
        )  # fmt: skip
        self.small = add({"font_name": "宋体", "font_size": 8, "font_color": "#7F7F7F"})
        self.foot = add({"font_name": "宋体", "font_size": 10.5})

    def write(self) -> None:
        sheet, given = self.sheet, self.given
        for column, width in enumerate(WIDTHS):
            sheet.set_column(column, column, width)
        sheet.set_default_row(22)
        sheet.set_paper(A4)
        sheet.set_portrait()
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.5)
        sheet.center_horizontally()
        sheet.fit_to_pages(1, 1)
        sheet.merge_range(0, 0, 0, 6, f"{given.campaign}周报表", self.title)
        sheet.set_row(0, 28)
        start, end, due = (datetime.fromisoformat(one) for one in (given.start, given.end, given.due))
        span = f"{_day(start)}—{_day(end)}"
        self._pair(1, "填报单位", given.region, f"第{given.number}周", span)
        self._who(2)
        note = f"只填黄色格；没有就填 0，不要留空。{_day(due)}{due:%H:%M}前发给机器人，也可逐行写成文字。"
        sheet.merge_range(3, 0, 3, 6, note, self.note)
        sheet.set_row(3, 18)
        for column, name in enumerate(HEADS):
            sheet.write_string(4, column, name, self.head)
        sheet.freeze_panes(5, 0)
        row = 5
        for number, indicator in enumerate(self.rows, 1):
            self._indicator(row, number, indicator)
            row += 1
        row = self._city(row)
        for _, label, height in TEXTS:
            sheet.merge_range(row, 0, row, 1, label, self.label)
            sheet.merge_range(row, 2, row, 6, "", self.words)
            sheet.set_row(row, height)
            row += 1
        sheet.write_string(row + 1, 0, "单位负责人（签字）：", self.foot)
        sheet.write_string(row + 1, 4, "（盖章）　　　年　　月　　日", self.foot)
        sheet.write_string(row + 2, 0, CODE + code_of(given.region, given.key), self.small)
        sheet.print_area(0, 0, row + 2, 6)
        sheet.protect("", {"select_locked_cells": True, "format_rows": True, "format_columns": True})
        sheet.set_selection(5, 3, 5, 3)

    def _pair(self, row: int, name: str, value: str, other: str, more: str) -> None:
        sheet = self.sheet
        sheet.merge_range(row, 0, row, 1, name, self.label)
        sheet.merge_range(row, 2, row, 3, value, self.middle)
        sheet.write_string(row, 4, other, self.middle)
        sheet.merge_range(row, 5, row, 6, more, self.middle)

    def _who(self, row: int) -> None:
        """填报人、联系电话、审核人: last week's, so that nobody is asked twice."""
        sheet, heads = self.sheet, self.given.heads
        sheet.write_string(row, 0, "填报人", self.middle)
        sheet.write_string(row, 1, heads.get("filler", ""), self.who)
        sheet.write_string(row, 2, "联系电话", self.middle)
        sheet.merge_range(row, 3, row, 4, heads.get("filler_phone", ""), self.who)
        sheet.write_string(row, 5, "审核人", self.middle)
        sheet.write_string(row, 6, heads.get("reviewer", ""), self.who)

    def _indicator(self, row: int, number: int, indicator: Indicator) -> None:
        sheet, given = self.sheet, self.given
        sheet.write_number(row, 0, number, self.middle)
        sheet.write_string(row, 1, indicator.label, self.label)
        unit = given.units.get(indicator.key, indicator.units[0])
        if len(indicator.units) > 1:
            sheet.write_string(row, 2, unit, self.choice)
            sheet.data_validation(
                row, 2, row, 2,
                {"validate": "list", "source": list(indicator.units), "error_title": "请选单位",
                 "error_message": "请从列表里选一个单位。"},
            )  # fmt: skip
        else:
            sheet.write_string(row, 2, unit, self.middle)
        sheet.write_blank(row, 3, None, self.entry)
        sheet.data_validation(
            row, 3, row, 3,
            {"validate": "decimal", "criteria": ">=", "value": 0, "error_title": "请填数字",
             "error_message": "请填 0 或大于 0 的数字，不要写单位和文字。"},
        )  # fmt: skip
        before = given.totals.get(indicator.key)
        same = before is not None and before[1] == unit
        if before is not None and same:
            sheet.write_number(row, 4, Decimal(before[0]), self.number)
        elif before is not None:
            sheet.write_string(row, 4, f"{before[0]}{before[1]}", self.middle)
        else:
            sheet.write_number(row, 4, 0, self.number)
        self._total(row, indicator, Decimal(before[0]) if before is not None and same else None, before)
        sheet.write_string(row, 6, _hint(indicator), self.note)

    def _total(
        self, row: int, indicator: Indicator, before: Decimal | None, known: Sequence[str] | None
    ) -> None:
        """累计 is counted by the sheet for the eye, and by the bot anew: what stands here is never read."""
        line = row + 1
        if indicator.stock:
            formula = f'=IF(D{line}="",E{line},D{line})'
        elif known is not None and before is None:
            formula = f'=IF(D{line}="","",D{line})'  # another unit than before: never added up
        else:
            formula = f"=N(E{line})+N(D{line})"
        self.sheet.write_formula(row, 5, formula, self.number, before or 0)

    def _city(self, row: int) -> int:
        given = self.given
        as_of = datetime.fromisoformat(given.as_of)
        for number, (key, label) in enumerate(CITY, len(self.rows) + 1):
            week, total = given.city.get(key, (None, None))
            self.sheet.write_number(row, 0, number, self.middle)
            self.sheet.write_string(row, 1, label, self.label)
            self.sheet.write_string(row, 2, "个", self.middle)
            for column, value in ((3, week), (4, None), (5, total)):
                if value is None:
                    self.sheet.write_string(row, column, "—", self.middle)
                else:
                    self.sheet.write_number(row, column, value, self.number)
            first = number == len(self.rows) + 1
            told = f"截至{as_of.month}月{as_of.day}日{as_of:%H:%M}" if first else ""
            self.sheet.write_string(row, 6, told or "系统统计，不用填", self.note)
            row += 1
        return row


def _hint(indicator: Indicator) -> str:
    if indicator.stock:
        return "填目前总数"
    if len(indicator.units) > 1:
        return "先选单位，再填数字"
    return ""


def _day(instant: datetime) -> str:
    return f"{instant.month}月{instant.day}日"
