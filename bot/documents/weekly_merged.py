"""The merged workbook of a week's 周报 of a track: figures side by side, carried on, and the 小结."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from bot.documents.ledger_rows import risky
from bot.documents.weekly_form import A4, CITY
from bot.domain.weekly import Indicator, WeeklyForm

STATES: Final = {
    "on_time": "按时",
    "late": "迟报",
    "mending": "已收·待更正",
    "partly": "未报全",
    "missing": "未报",
}
TEXTS: Final = (("summary", "本周重点工作小结"), ("difficulties", "存在困难"), ("next_week", "下周重点"))
MOST_IN_A_CELL: Final = 32_000


def make(form: WeeklyForm, values: Mapping[str, Any]) -> tuple[str, bytes]:
    """Four sheets: 本周, 累计, 小结, 报送情况; what has errors is in none of them.

    `values`: `campaign`, `track`, `track_name`, `week` (number, start, end), `made`, `by`, and `regions`,
    each with `region`, `state`, `in`, `figures`, `totals`, `city`, `texts`, `at`, `revision`, `heads`,
    `scans`.
    """
    import xlsxwriter

    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        pages = _Pages(book, form.of_track(values["track"]), values)
        pages.figures("本周", "figures", 0)
        pages.figures("累计", "totals", 1)
        pages.texts()
        pages.handed_in()
    return "周报汇总.xlsx", buffer.getvalue()


class _Pages:
    def __init__(self, book: Any, rows: Sequence[Indicator], values: Mapping[str, Any]) -> None:
        self.book, self.rows, self.values = book, rows, values
        self.regions: Sequence[Mapping[str, Any]] = values["regions"]
        body = {"font_name": "宋体", "font_size": 10, "valign": "vcenter", "border": 1}
        add = book.add_format
        self.title = add({"font_name": "黑体", "font_size": 16, "align": "center", "valign": "vcenter"})
        self.mark = add({"font_name": "宋体", "font_size": 9, "font_color": "#C00000"})
        self.head = add({**body, "bold": True, "align": "center", "text_wrap": True, "bg_color": "#F2F2F2"})
        self.label = add({**body, "text_wrap": True})
        self.middle = add({**body, "align": "center", "text_wrap": True})
        self.warn = add({**body, "align": "center", "font_color": "#C00000"})
        self.number = add({**body, "num_format": "#,##0.##;-#,##0.##;0", "align": "right"})
        self.words = add({**body, "text_wrap": True, "valign": "top"})
        self.named = add({**body, "align": "center", "text_wrap": True, "quote_prefix": True})
        self.quoted = add({**body, "text_wrap": True, "valign": "top", "quote_prefix": True})

    def _page(self, name: str, columns: Sequence[tuple[str, float]]) -> Any:
        values, last = self.values, len(columns) - 1
        sheet = self.book.add_worksheet(name)
        sheet.set_paper(A4)
        sheet.set_landscape()
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.center_horizontally()
        sheet.repeat_rows(2)
        week = values["week"]
        title = f"{values['campaign']}第{week['number']}周周报汇总（{values['track_name']}·{name}）"
        sheet.merge_range(0, 0, 0, last, title, self.title)
        sheet.set_row(0, 28)
        span = f"{_time(week['start'])}—{_time(week['end'])}"
        mark = f"{span}　仅供工作使用 · {values['by']} · {_time(values['made'])}"
        sheet.write_string(1, 0, mark, self.mark)
        sheet.set_footer(f"&L&8{mark.replace('&', '&&')}&R&8第 &P 页 共 &N 页")
        for column, (head, width) in enumerate(columns):
            sheet.set_column(column, column, width)
            sheet.write_string(2, column, head, self.head)
        sheet.set_row(2, 22)
        return sheet

    def figures(self, name: str, key: str, city: int) -> None:
        columns = [("序号", 5.0), ("指标", 26.0), ("单位", 8.0)]
        columns += [(region["region"], 11.5) for region in self.regions]
        sheet = self._page(name, [*columns, ("合计", 12.0)])
        sheet.freeze_panes(3, 3)
        row = 3
        for number, indicator in enumerate(self.rows, 1):
            for unit in self._units(key, indicator):
                sheet.write_number(row, 0, number, self.middle)
                sheet.write_string(row, 1, indicator.label, self.label)
                sheet.write_string(row, 2, unit, self.middle)
                self._line(sheet, row, [_of_unit(one, key, indicator.key, unit) for one in self.regions])
                row += 1
        for number, (which, label) in enumerate(CITY, len(self.rows) + 1):
            sheet.write_number(row, 0, number, self.middle)
            sheet.write_string(row, 1, label, self.label)
            sheet.write_string(row, 2, "个", self.middle)
            self._line(sheet, row, [_city(one, which, city) for one in self.regions])
            row += 1
        sheet.merge_range(row, 0, row, 2, "报送情况", self.head)
        for column, region in enumerate(self.regions, 3):
            late = region["state"] != "on_time"
            sheet.write_string(row, column, STATES[region["state"]], self.warn if late else self.middle)
        handed_in = sum(region["state"] in ("on_time", "late") for region in self.regions)
        sheet.write_string(row, 3 + len(self.regions), f"{handed_in}/{len(self.regions)}", self.middle)

    def _units(self, key: str, indicator: Indicator) -> list[str]:
        """A row for each unit that is used: different units are never added up."""
        used = {unit for region in self.regions for _, unit in _figures(region, key, indicator.key)}
        return [unit for unit in indicator.units if unit in used] or [indicator.units[0]]

    def _line(self, sheet: Any, row: int, found: Sequence[Decimal | None]) -> None:
        for column, value in enumerate(found, 3):
            if value is None:
                sheet.write_blank(row, column, None, self.number)
            else:
                sheet.write_number(row, column, value, self.number)
        known = [value for value in found if value is not None]
        if known:
            sheet.write_number(row, 3 + len(found), sum(known, Decimal()), self.number)
        else:
            sheet.write_blank(row, 3 + len(found), None, self.number)

    def texts(self) -> None:
        sheet = self._page("小结", [("县(市、区)", 14.0), *((label, 44.0) for _, label in TEXTS)])
        sheet.freeze_panes(3, 1)
        for row, region in enumerate(self.regions, 3):
            sheet.write_string(row, 0, region["region"], self.middle)
            longest = 1
            for column, (key, _) in enumerate(TEXTS, 1):
                words = str(region["texts"].get(key, ""))[:MOST_IN_A_CELL]
                sheet.write_string(row, column, words, self.quoted if risky(words) else self.words)
                longest = max(longest, sum(1 + 2 * len(line) // 44 for line in words.splitlines()))
            sheet.set_row(row, min(400, 15 * longest + 6))

    def handed_in(self) -> None:
        """When it came and from whom: 附件2's head."""
        columns = [("县(市、区)", 16.0), ("报送情况", 14.0), ("报送时间", 20.0), ("版本", 8.0)]
        columns += [("填报人", 18.0), ("联系电话", 20.0), ("审核人", 18.0), ("扫描件", 10.0)]
        sheet = self._page("报送情况", columns)
        sheet.freeze_panes(3, 1)
        for row, region in enumerate(self.regions, 3):
            heads = region["heads"]
            cells = (
                region["region"],
                STATES[region["state"]],
                _time(region["at"]) if region["at"] else "",
                str(region["revision"] or ""),
                *(str(heads.get(key, "")) for key in ("filler", "filler_phone", "reviewer")),
                f"{region['scans']}份" if region["scans"] else "",
            )
            sheet.set_row(row, 22)
            for column, words in enumerate(cells):
                late = column == 1 and region["state"] != "on_time"
                plain = self.warn if late else self.middle
                sheet.write_string(row, column, words, self.named if risky(words) else plain)


def _figures(region: Mapping[str, Any], key: str, row: str) -> Sequence[Sequence[str]]:
    known = region[key].get(row)
    if known is None:
        return ()
    return [known] if key == "figures" else known


def _of_unit(region: Mapping[str, Any], key: str, row: str, unit: str) -> Decimal | None:
    return next((Decimal(value) for value, one in _figures(region, key, row) if one == unit), None)


def _city(region: Mapping[str, Any], which: str, at: int) -> Decimal | None:
    value = region["city"][which][at]
    return None if value is None else Decimal(value)


def _time(value: str) -> str:
    at = datetime.fromisoformat(value)
    return f"{at.month}月{at.day}日{at:%H:%M}"
