"""Sheets of very many rows, written as they come: rows of XML into a workbook that XlsxWriter has laid out.

XlsxWriter writes the book with one row of samples: its styles, heads, print settings stand. This puts any
number of rows in place of the samples. A row costs a tenth of what it costs there, and nothing is held.
"""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Final

from xlsxwriter.utility import xl_col_to_name

from bot.documents.ledger_rows import FORMULA, Cell

LEVEL: Final = 1
"""Of compression: the file is a quarter larger than at the usual level, and costs a third."""
BATCH: Final = 64
"""Rows that are handed on at once."""
MANY: Final = 300_000
"""Rows of which a sheet's XML may pass 2 GB: its place in the zip is then of the larger kind."""
MOST_ROWS: Final = 1_048_576
"""Rows of a sheet."""
MOST_IN_A_CELL: Final = 32_000
"""Excel takes 32,767 characters."""
SAMPLES: Final = ("字", "=字", datetime(2019, 4, 9, 9, 0))  # noqa: DTZ001 - a cell has no zone
"""A sample of each style, in the order in which a sheet's columns show them."""

_BEFORE: Final = datetime(1899, 12, 30).toordinal()  # noqa: DTZ001
"""The day from which a workbook counts."""
_SIGNS: Final = re.compile(r"[&<>\x00-\x08\x0b-\x1f\ufffe\uffff]")
_SPOKEN: Final = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_STYLE: Final = re.compile(r' s="(\d+)"')
_SPACES: Final = frozenset(" \t\n")
_EDGES: Final = _SPACES | frozenset(FORMULA)


class TooManyRows(Exception):
    """More rows than a sheet has."""


class Rows:
    """The rows of one sheet: `add` writes one, `count` says how many there are."""

    def __init__(self, file: IO[bytes], first: int, samples: str, columns: int) -> None:
        self.count = 0
        self._file = file
        self._first = first
        self._waiting: list[str] = []
        body, quoted, time = _STYLE.findall(samples)[: len(SAMPLES)]
        self._text = f'" s="{body}" t="inlineStr"><is><t>'
        self._quoted = f'" s="{quoted}" t="inlineStr"><is><t>'
        self._start = (
            self._text, f'" s="{time}"><v>', f'" s="{body}"><v>', f'" s="{body}"/>', _EDGES, _SPACES,
        )  # fmt: skip
        self._places = "|".join(f'<c r="{xl_col_to_name(column)}#' for column in range(columns))

    def add(self, cells: Sequence[Cell]) -> None:
        """One more row."""
        row = self._first + self.count
        if row > MOST_ROWS:
            raise TooManyRows
        joined = "".join([cell for cell in cells if type(cell) is str])
        if _SIGNS.search(joined) is not None or "_x" in joined:
            cells = [_escaped(cell) if type(cell) is str else cell for cell in cells]
        elif len(joined) > MOST_IN_A_CELL:
            cells = [cell[:MOST_IN_A_CELL] if type(cell) is str else cell for cell in cells]
        text, time, number, blank, edges, spaces = self._start
        found = [f'<row r="{row}">']
        add = found.append
        for place, cell in zip(self._places.replace("#", str(row)).split("|"), cells, strict=True):
            if type(cell) is str and cell:
                if cell[0] in edges or cell[-1] in spaces:
                    add(f"{place}{self._kept(cell)}")
                else:
                    add(f"{place}{text}{cell}</t></is></c>")
            elif cell is None or cell == "":
                add(f"{place}{blank}")
            elif type(cell) is datetime:
                seconds = cell.hour * 3600 + cell.minute * 60 + cell.second
                add(f"{place}{time}{cell.toordinal() - _BEFORE + round(seconds / 86_400, 8)}</v></c>")
            else:
                add(f"{place}{number}{cell}</v></c>")
        add("</row>")
        self._waiting.append("".join(found))
        self.count += 1
        if len(self._waiting) >= BATCH:
            self.flush()

    def _kept(self, cell: str) -> str:
        """A cell whose spaces count, or that a spreadsheet would take for a formula."""
        start = self._quoted if cell[0] in FORMULA else self._text
        return start[:-1] + ' xml:space="preserve">' + cell + "</t></is></c>"

    def flush(self) -> None:
        """Hand on what waits."""
        self._file.write("".join(self._waiting).encode())
        self._waiting.clear()

    def filter(self) -> None:
        """Its book has the filter already; here it gets its last row."""


def _escaped(text: str) -> str:
    """Words as XML takes them; signs that it does not take as Excel writes them."""
    if _SIGNS.search(text) is None and "_x" not in text:
        return text[:MOST_IN_A_CELL]
    spoken = _SPOKEN.sub(lambda sign: f"_x{ord(sign[0]):04X}_", text[:MOST_IN_A_CELL])
    return spoken.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@contextmanager
def filled(
    laid_out: Path, path: Path, scratch: Path, first: int, total: int, columns: tuple[int, int]
) -> Iterator[tuple[Rows, Rows]]:
    """The two sheets of a book to be filled, written to `path` when they are.

    The second goes into the file as it comes, the first waits in `scratch` until the second is whole.

    Args:
        laid_out: the book with one row of `SAMPLES` in each sheet.
        path: where to; it is replaced.
        scratch: a folder for what waits.
        first: the number of the samples' row.
        total: how many rows will come, about.
        columns: how many the sheets have.
    """
    with (
        zipfile.ZipFile(laid_out) as source,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as packed,
        (scratch / "rows.xml").open("w+b") as waiting,
    ):
        names = ("xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml")
        one, two = (_split(source.read(name).decode(), first) for name in names)
        waits = Rows(waiting, first, one[1], columns[0])
        with packed.open(names[1], "w", force_zip64=total > MANY) as file:
            file.write(two[0].encode())
            comes = Rows(file, first, two[1], columns[1])
            yield waits, comes
            comes.flush()
            file.write(_to_last(two[2], first, comes.count).encode())
        waits.flush()
        waiting.seek(0)
        with packed.open(names[0], "w", force_zip64=total > MANY) as file:
            file.write(one[0].encode())
            shutil.copyfileobj(waiting, file, 1 << 16)
            file.write(_to_last(one[2], first, waits.count).encode())
        for name in source.namelist():
            if name not in names:
                data = source.read(name)
                if name == "xl/workbook.xml":
                    data = _to_last(data.decode(), first, comes.count).encode()
                packed.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED, LEVEL)


def _split(sheet: str, first: int) -> tuple[str, str, str]:
    """A sheet's XML ahead of its samples, the samples, and behind them."""
    head, _, rest = sheet.partition(f'<row r="{first}"')
    samples, end, tail = rest.partition("</row>")
    return re.sub(r"<dimension [^>]*/>", "", head), samples + end, tail


def _to_last(xml: str, first: int, count: int) -> str:
    """The range of a filter with its true last row in place of the samples'."""
    last = first + max(count, 1) - 1
    xml = re.sub(rf'(<autoFilter ref="[A-Z]+\d+:[A-Z]+){first}"', rf'\g<1>{last}"', xml)
    return re.sub(rf"(_FilterDatabase[^<]*\$[A-Z]+\$){first}<", rf"\g<1>{last}<", xml)
