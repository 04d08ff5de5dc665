"""附件3 问题台账 as a workbook: one sheet to print (A4 across), one with every stored field."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from bot.documents import sheet_stream
from bot.documents.ledger_rows import EVENTS, PRINTED, STORED, Cell, Column, Row, Words, event_cells, risky
from bot.documents.sheet_stream import MOST_IN_A_CELL

if TYPE_CHECKING:
    from collections.abc import Iterator

    import xlsxwriter

A4: Final = 9
MOST_IN_A_SHEET: Final = sheet_stream.MOST_ROWS - 3
"""Rows beside the heads."""
BY_XLSXWRITER: Final = 50_000
"""Rows up to which XlsxWriter writes them itself."""


def write_ledger(
    path: Path,
    rows: Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]],
    words: Words,
    *,
    title: str,
    mark: str,
    total: int = 0,
) -> int:
    """Write the workbook; gives how many rows the sheet of all fields has.

    Args:
        path: where to; it is replaced.
        rows: (values, more) of `services.export.Exported`, in order.
        words: what keys are called.
        title: over the printed sheet.
        mark: 「仅供工作使用 · 导出人 · 时间」, over both sheets and at the foot of every page.
        total: how many rows will come, about: above `BY_XLSXWRITER` they are streamed.

    Raises:
        TooManyRows: more than a sheet has.
    """
    with sheets(path, title, mark, total) as (printed, stored):
        for values, more in rows:
            row = Row(values, more, words, printed.count + 1)
            stored.add([column.value(row) for column in STORED])
            if values["state"] != "draft":  # a draft has no number: it is on no paper yet
                printed.add([column.value(row) for column in PRINTED])
        stored.filter()
        return stored.count


@contextmanager
def sheets(path: Path, title: str, mark: str, total: int) -> Iterator[tuple[_Rows, _Rows]]:
    """附件3 and the sheet of all fields, to be filled row by row."""
    if total <= BY_XLSXWRITER:
        with _book(path, mark) as (book, formats):
            yield _laid_out(book, formats, title, mark)
        return
    with tempfile.TemporaryDirectory(prefix="ledger-") as scratch:
        laid_out = Path(scratch) / "laid_out.xlsx"
        with _book(laid_out, mark) as (book, formats):
            both = _laid_out(book, formats, title, mark)
            for sheet in both:
                sheet.add([*sheet_stream.SAMPLES])
            both[1].filter()
        with sheet_stream.filled(
            laid_out, path, Path(scratch), _Sheet.FIRST + 1, total, (len(PRINTED), len(STORED))
        ) as rows:
            yield rows


def _laid_out(
    book: xlsxwriter.Workbook, formats: dict[str, Any], title: str, mark: str
) -> tuple[_Sheet, _Sheet]:
    printed = _Sheet(book, formats, "问题台账", PRINTED, title, mark, wrap=True)
    stored = _Sheet(book, formats, "全部字段", STORED, f"{title}（全部字段）", mark)
    printed.sheet.fit_to_pages(1, 0)
    return printed, stored


def write_events(
    path: Path, events: Iterable[Mapping[str, Any]], words: Words, *, title: str, mark: str
) -> int:
    """Write the event log 办理记录 as a workbook; gives how many rows."""
    columns = [Column(column.head, column.width, lambda _: None) for column in EVENTS]
    with _book(path, mark) as (book, formats):
        sheet = _Sheet(book, formats, "办理记录", columns, title, mark)
        for event in events:
            sheet.add(event_cells(event, words))
        sheet.filter()
        return sheet.count


@contextmanager
def _book(path: Path, mark: str) -> Iterator[tuple[xlsxwriter.Workbook, dict[str, Any]]]:
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    with tempfile.TemporaryDirectory(prefix="ledger-") as scratch:
        book = xlsxwriter.Workbook(str(path), {**_OPTIONS, "tmpdir": scratch})
        book.set_properties({"title": "问题台账", "comments": mark})
        try:
            yield book, _formats(book)
        except BaseException:
            # closing the book would write what nobody wants, and hide the reason
            for sheet in book.worksheets():
                with suppress(OSError):
                    sheet.row_data_fh.close()
            raise
        try:
            book.close()
        except FileCreateError as error:
            (reason,) = error.args
            raise reason if isinstance(reason, OSError) else OSError(str(reason)) from error


_OPTIONS: Final = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "remove_timezone": True,
}


def _formats(book: xlsxwriter.Workbook) -> dict[str, Any]:
    body = {"font_name": "宋体", "font_size": 9, "valign": "vcenter", "border": 1}
    return {
        "title": book.add_format({"font_name": "黑体", "font_size": 16, "align": "center"}),
        "mark": book.add_format({"font_name": "宋体", "font_size": 9, "font_color": "#C00000"}),
        "head": book.add_format({**body, "bold": True, "align": "center", "text_wrap": True}),
        "line": book.add_format(body),
        "wrapped": book.add_format({**body, "text_wrap": True}),
        # typed over, the cell stays a text
        "quoted": book.add_format({**body, "text_wrap": True, "quote_prefix": True}),
        "time": book.add_format({**body, "num_format": "yyyy-mm-dd hh:mm"}),
    }


class _Rows(Protocol):
    """A sheet to be filled."""

    count: int

    def add(self, cells: Sequence[Cell]) -> None:
        """One more row."""

    def filter(self) -> None:
        """Let Excel filter by every column."""


class _Sheet:
    """A sheet written row by row: title, mark, heads, rows."""

    FIRST = 3

    def __init__(
        self,
        book: xlsxwriter.Workbook,
        formats: dict[str, Any],
        name: str,
        columns: Sequence[Column],
        title: str,
        mark: str,
        *,
        wrap: bool = False,
    ) -> None:
        self.sheet = book.add_worksheet(name)
        self.count = 0
        self._formats = formats
        self._columns = columns
        self._body = formats["wrapped" if wrap else "line"]
        sheet, last = self.sheet, len(columns) - 1
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.repeat_rows(self.FIRST - 1)
        sheet.freeze_panes(self.FIRST, 0)
        sheet.set_footer(f"&L&8{mark.replace('&', '&&')}&R&8第 &P 页 共 &N 页")
        for number, column in enumerate(columns):
            sheet.set_column(number, number, column.width)
        if wrap:
            sheet.merge_range(0, 0, 0, last, title, formats["title"])
        else:
            sheet.write_string(0, 0, title, formats["title"])
        sheet.write_string(1, 0, mark, formats["mark"])
        for number, column in enumerate(columns):
            sheet.write_string(self.FIRST - 1, number, column.head, formats["head"])

    def add(self, cells: Sequence[Cell]) -> None:
        """One more row."""
        row = self.FIRST + self.count
        for number, cell in enumerate(cells):
            self._write(row, number, cell)
        self.count += 1

    def filter(self) -> None:
        """Let Excel filter by every column."""
        self.sheet.autofilter(self.FIRST - 1, 0, self.FIRST - 1 + self.count, len(self._columns) - 1)

    def _write(self, row: int, column: int, cell: Cell) -> None:
        sheet, formats = self.sheet, self._formats
        if cell is None or cell == "":
            sheet.write_blank(row, column, None, self._body)
        elif isinstance(cell, datetime):
            sheet.write_datetime(row, column, cell, formats["time"])
        elif isinstance(cell, str):
            sheet.write_string(
                row, column, cell[:MOST_IN_A_CELL], formats["quoted"] if risky(cell) else self._body
            )
        else:
            sheet.write_number(row, column, cell, self._body)
