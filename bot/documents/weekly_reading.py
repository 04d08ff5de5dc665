"""Reads a filled-in 周报表 back, and the words of a .docx; nothing in either is ever run or computed.

Rows are found by their labels, so an added or moved row does no harm; values are taken from the column
「本周」 alone. Every value that cannot be taken is named by its cell.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from bot.documents.office_files import OfficeFileError, Unreadable, open_package, words_of, workbook
from bot.documents.weekly_form import CODE, SHEET
from bot.domain.weekly import (
    HEADS,
    Fault,
    Figure,
    Indicator,
    SheetRead,
    WeeklyForm,
    check_number,
    name_key,
    plain_number,
    read_heads,
    read_number,
    said_unit,
)

MOST_ROWS: Final = 200
MOST_COLUMNS: Final = 16
HEADER_WITHIN: Final = 20
MOST_TEXT: Final = 4000
_TEXTS: Final = (("小结", "summary"), ("存在困难", "difficulties"), ("下周重点", "next_week"))


class NotWeekly(OfficeFileError):
    """A workbook, but no 周报表."""


def read(form: WeeklyForm, data: bytes) -> SheetRead:
    """A filled-in form.

    Raises:
        OfficeFileError: it cannot be read as one, and why.
    """
    with workbook(data, computed=False) as (book, archive):
        for sheet in sorted(book.worksheets, key=lambda sheet: sheet.title != SHEET):
            found = _Sheet(form, _cells(sheet), _merges(archive, sheet)).read()
            if found is not None:
                return replace(found, words=tuple(words_of(archive)))
    raise NotWeekly


@dataclass(frozen=True, slots=True)
class _Cell:
    value: Any
    kind: str = "n"


_EMPTY: Final = _Cell(None)


def _cells(sheet: Any) -> list[list[_Cell]]:
    found: list[list[_Cell]] = []
    for row in sheet.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS):
        found.append([_Cell(cell.value, getattr(cell, "data_type", "n")) for cell in row])
    return found


_MERGE: Final = re.compile(rb'<mergeCell [^>]*ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')


def _merges(archive: zipfile.ZipFile, sheet: Any) -> list[tuple[int, int, int, int]]:
    """Merged ranges as (first row, first column, last row, last column) from 0."""
    path = str(getattr(sheet, "_worksheet_path", "")).lstrip("/")
    try:
        words = archive.read(path)
    except KeyError:
        return []
    return [
        (int(one) - 1, _column(left), int(other) - 1, _column(right))
        for left, one, right, other in _MERGE.findall(words)
    ]


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _name(row: int, column: int) -> str:
    return f"{chr(ord('A') + column)}{row + 1}"


@dataclass
class _Sheet:
    form: WeeklyForm
    cells: Sequence[Sequence[_Cell]]
    merges: Sequence[tuple[int, int, int, int]]
    figures: dict[str, Figure] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def read(self) -> SheetRead | None:
        at = self._header()
        if at is None:
            return None
        header, columns = at
        for row in range(header + 1, len(self.cells)):
            label = _words(self._at(row, columns["指标"]))
            indicator = self.form.row(label) if label else None
            if indicator is not None:
                self._value(row, columns, indicator)
        region, key = self._whose()
        texts, heads = self._texts(header), read_heads(self._heads(header))
        return SheetRead(region, key, self.figures, tuple(self.faults), texts, heads)

    def _header(self) -> tuple[int, dict[str, int]] | None:
        for row in range(min(HEADER_WITHIN, len(self.cells))):
            names = {name_key(_words(cell)): column for column, cell in enumerate(self.cells[row])}
            if "指标" in names and "本周" in names:
                return row, names
        return None

    def _at(self, row: int, column: int) -> _Cell:
        line = self.cells[row]
        return line[column] if column < len(line) else _EMPTY

    def _value(self, row: int, columns: Mapping[str, int], indicator: Indicator) -> None:
        column = columns["本周"]
        cell, where = self._at(row, column), _name(row, column)
        if indicator.key in self.seen:
            self._fault(where, indicator, _words(cell), "twice")
            return
        self.seen.add(indicator.key)
        if any(
            top <= row <= bottom and left <= column <= right and (top, left) != (bottom, right)
            for top, left, bottom, right in self.merges
        ):
            self._fault(where, indicator, _words(cell), "merged")
            return
        unit_at = columns.get("单位")
        unit_cell = self._at(row, unit_at) if unit_at is not None else _EMPTY
        number, typed_unit = _number(cell, indicator)
        if isinstance(number, str):
            self._fault(where, indicator, _words(cell), number)
            return
        written = typed_unit or _words(unit_cell)
        unit = said_unit(written, indicator) if written else None
        if unit is None and len(indicator.units) == 1 and not written:
            unit = indicator.units[0]
        if unit is None:
            self._fault(_name(row, unit_at if unit_at is not None else column), indicator, written, "unit")
            return
        self.figures[indicator.key] = Figure(number, unit)

    def _fault(self, where: str, indicator: Indicator, value: str, why: Any) -> None:
        self.faults.append(Fault(where, indicator.label, value[:40], why, indicator.units))

    def _whose(self) -> tuple[str, str]:
        """Region and week by the sheet's own number, else the unit that is written."""
        region = key = ""
        for row in self.cells:
            for column, cell in enumerate(row):
                words = _words(cell)
                if words.startswith(CODE):
                    region, _, key = words.removeprefix(CODE).strip().partition("/")
                elif name_key(words) == "填报单位" and not region:
                    region = next((_words(one) for one in row[column + 1 :] if _words(one)), "")
        try:
            date.fromisoformat(key)
        except ValueError:
            key = ""
        return region, key

    def _heads(self, header: int) -> dict[str, str]:
        """Who filled it in and who looked at it: each stands right of its label, before the next one."""
        found: dict[str, str] = {}
        for row in self.cells[:header]:
            key = ""
            for cell in row:
                words = _words(cell)
                label = HEADS.get(name_key(words), "")
                if label:
                    key = label
                elif key and words:
                    found.setdefault(key, words)
                    key = ""
        return found

    def _texts(self, header: int) -> dict[str, str]:
        found: dict[str, str] = {}
        for row in range(header + 1, len(self.cells)):
            for column, cell in enumerate(self.cells[row]):
                label = name_key(_words(cell))
                key = next((key for word, key in _TEXTS if word in label and len(label) < 30), "")
                if not key:
                    continue
                said = next((_words(one) for one in self.cells[row][column + 1 :] if _words(one)), "")
                if said and key not in found:
                    found[key] = said[:MOST_TEXT]
                break
        return found


def _number(cell: _Cell, indicator: Indicator) -> tuple[Decimal | str, str]:
    """The value of a cell and a unit typed beside it; or why there is none."""
    value = cell.value
    if cell.kind == "f" or (isinstance(value, str) and value.startswith("=")):
        return "formula", ""
    if cell.kind == "e":
        return "error", ""
    if value is None:
        return "empty", ""
    if isinstance(value, bool | datetime | date):
        return "text", ""
    if isinstance(value, int | float):
        return check_number(Decimal(str(value))), ""
    words = _words(cell)
    for unit in indicator.units:
        if words.endswith(unit) and not isinstance(read_number(words.removesuffix(unit)), str):
            return read_number(words.removesuffix(unit)), unit
    return read_number(words), ""


def _words(cell: _Cell) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, float):
        return plain_number(Decimal(str(value)))
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    return str(value).strip()


# --- words --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Document:
    """A .docx: `text` its paragraphs and tables, "" when it holds none; `words` all that stands in it."""

    text: str
    words: tuple[str, ...]


def read_document(data: bytes) -> Document:
    """The words of a .docx, paragraph by paragraph, tables included.

    Raises:
        OfficeFileError: it cannot be read, and why.
    """
    import docx
    from docx.opc.exceptions import PackageNotFoundError

    with open_package(data) as archive:
        words = tuple(words_of(archive))
    try:
        document = docx.Document(io.BytesIO(data))
        lines = [line for line in _paragraphs(document) if line]
    except (PackageNotFoundError, KeyError, ValueError, TypeError, AttributeError, SyntaxError) as error:
        raise Unreadable(str(error)) from error
    return Document("\n".join(lines)[:MOST_TEXT], words)


def _paragraphs(document: Any) -> Iterator[str]:
    for block in document.iter_inner_content():
        if hasattr(block, "rows"):
            for row in block.rows:
                yield " ".join(cell.text.strip() for cell in row.cells if cell.text.strip())
        else:
            yield block.text.strip()
