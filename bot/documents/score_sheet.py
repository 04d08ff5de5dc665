"""考评打分表 as a workbook: written prefilled for one body, read back cell by cell."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from bot.documents.office_files import workbook
from bot.domain.aspects import ASPECTS, SOURCE, WORD
from bot.domain.score_words import label_of
from bot.services.scoring.lines import Fault, Line

MOST_ROWS: Final = 4000
HEAD: Final = 4
"""The row of the column heads, from 1; above it title, period and hint."""

MARK = "打分表"
REASON = "扣分依据"
HINT: Final = f"打分填在「打分」列；加减分写正负数并在「{REASON}」列写明依据。空格不计。"
ASPECTS_HINT: Final = f"{WORD}选填：要填就七项都填，合计须等于督查组打分；打分空着的，以合计为得分。"


class NotAScoreSheet(Exception):
    """A workbook, but not this one."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What was read: the period's key, the lines, and faults of single cells (`row` is the sheet's)."""

    period: str
    lines: Sequence[Line]
    faults: Sequence[Fault]


def write(values: Mapping[str, Any]) -> tuple[str, bytes]:
    """The sheet to fill in: a row a region; a column for marks and one for points a source, one for reasons.

    `values`: `campaign`, `window` (key, label, days), `columns` (key, label, most), `rows` (region, given,
    sources; `aspects`: those that stand, None where they are not the writer's). Papers for offices are
    Chinese.
    """
    import xlsxwriter

    out = io.BytesIO()
    window, columns = values["window"], values["columns"]
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("打分")
        title = book.add_format({"bold": True, "font_size": 15})
        quiet = book.add_format({"font_color": "#59636b", "font_size": 10})
        head = book.add_format(
            {"bold": True, "border": 1, "align": "center", "valign": "vcenter", "text_wrap": True}
        )
        cell = book.add_format({"border": 1, "num_format": "0.00##", "align": "center"})
        words = book.add_format({"border": 1, "text_wrap": True})
        closed = book.add_format({"border": 1, "bg_color": "#e6e9eb"})
        sheet.write_string(0, 0, f"{values['campaign']}考评打分表", title)
        sheet.write_string(1, 0, MARK)
        sheet.write_string(1, 1, window["key"])
        sheet.write_string(
            1, 2, f"{window['label']}（{window['first_day']} 至 {window['last_day']}）仅供工作使用", quiet
        )
        broken = any(row.get("aspects") is not None for row in values["rows"])
        sheet.write_string(2, 0, HINT + (ASPECTS_HINT if broken else ""), quiet)
        sheet.write_string(HEAD - 1, 0, "单位", head)
        at = 1
        places: dict[str, tuple[int | None, int]] = {}
        for column in columns:
            mark_at = at if column["most"] else None
            if mark_at is not None:
                sheet.write_string(HEAD - 1, at, f"{column['label']} 打分(0-{column['most']})", head)
                at += 1
            places[column["key"]] = (mark_at, at)
            sheet.write_string(HEAD - 1, at, f"{column['label']} 加减分", head)
            at += 1
        sheet.write_string(HEAD - 1, at, REASON, head)
        for offset, label in enumerate(ASPECTS.values() if broken else (), start=at + 1):
            sheet.write_string(HEAD - 1, offset, f"{WORD} {label}", head)
        for number, row in enumerate(values["rows"], start=HEAD):
            sheet.write_string(number, 0, row["region"], words)
            for key, (mark_at, points_at) in places.items():
                allowed = key in row["sources"]
                for place in (mark_at, points_at):
                    if place is None:
                        continue
                    given = row["given"].get(key) if place == mark_at else None
                    if given is not None:
                        sheet.write_number(number, place, float(given), cell)
                    else:
                        sheet.write_blank(number, place, None, cell if allowed else closed)
            sheet.write_blank(number, at, None, words)
            for offset in range(len(ASPECTS) if broken else 0):
                mine = row.get("aspects")
                if mine:
                    sheet.write_number(number, at + 1 + offset, float(mine[offset]), cell)
                else:
                    sheet.write_blank(number, at + 1 + offset, None, closed if mine is None else cell)
        sheet.set_row(HEAD - 1, 48)
        sheet.set_column(0, 0, 14)
        sheet.set_column(1, max(1, at - 1), 13)
        sheet.set_column(at, at, 36)
        sheet.set_column(at + 1, at + len(ASPECTS), 12)
        sheet.freeze_panes(HEAD, 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
    return f"打分表-{window['key']}.xlsx", out.getvalue()


def read(data: bytes) -> Filled:
    """The lines of a sheet that came back; empty cells say nothing.

    Raises:
        OfficeFileError: it cannot be read, and why.
        NotAScoreSheet: see there.
    """
    with workbook(data) as (book, _):
        rows = [
            list(row)
            for row in book.worksheets[0].iter_rows(max_row=HEAD + MOST_ROWS, max_col=30, values_only=True)
        ]
    if len(rows) < HEAD or _text(rows[1], 0) != MARK:
        raise NotAScoreSheet
    return _read(_text(rows[1], 1), rows)


def _read(period: str, rows: list[list[Any]]) -> Filled:
    heads = [_text(rows[HEAD - 1], at) for at in range(len(rows[HEAD - 1]))]
    reason_at = heads.index(REASON) if REASON in heads else -1
    lines: list[Line] = []
    faults: list[Fault] = []
    for number, row in enumerate(rows[HEAD:], start=HEAD + 1):
        region = _text(row, 0)
        if not any(_text(row, at) for at in range(len(row))):
            continue
        reason = _text(row, reason_at) if reason_at >= 0 else ""
        broken = dict.fromkeys(ASPECTS.values(), "")
        for at, head in enumerate(heads):
            value = _text(row, at)
            if not value or at in (0, reason_at) or not head:
                continue
            name, _, what = head.rpartition(" ")
            if name == WORD and what in broken:
                broken[what] = value
                continue
            kind = "mark" if what.startswith("打分") else "points" if what == "加减分" else ""
            if not kind:
                faults.append(Fault(number, region, value, "columns"))
                continue
            lines.append(Line(number, region, name, kind, value, reason if kind == "points" else ""))
        if any(broken.values()):
            _break_down(lines, number, region, tuple(broken.values()))
    return Filled(period, lines, faults)


def _break_down(lines: list[Line], number: int, region: str, given: tuple[str, ...]) -> None:
    """Give a row's aspects to its mark of 督查组; where that cell is empty, they are the mark."""
    label = label_of(SOURCE)
    for at, line in enumerate(lines):
        if (line.row, line.source, line.kind) == (number, label, "mark"):
            lines[at] = replace(line, aspects=given)
            return
    lines.append(Line(number, region, label, "mark", "", aspects=given))


def _text(row: Sequence[Any], at: int) -> str:
    """A cell as it would be typed: numbers in their shortest decimal form."""
    value = row[at] if at < len(row) else None
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    return " ".join(str(value).split())
