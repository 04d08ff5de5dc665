"""The ledger as a plain file: JSON for machines, CSV for any spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from bot.documents.ledger_rows import Cell, risky


def write_json(path: Path, rows: Iterable[Mapping[str, Any]]) -> int:
    """A list, one object a row and line; times as ISO 8601 with their offset. Gives how many."""
    count = 0
    with path.open("wb") as file:
        file.write(b"[")
        for row in rows:
            file.write(b",\n" if count else b"\n")
            file.write(orjson.dumps(row))
            count += 1
        file.write(b"\n]\n" if count else b"]\n")
    return count


def write_marked_json(path: Path, head: Mapping[str, Any], rows: Iterable[Mapping[str, Any]]) -> int:
    """An object: what `head` says of the export, then `entries`, a list like that of `write_json`."""
    count = 0
    with path.open("wb") as file:
        file.write(orjson.dumps(head)[:-1] + b',"entries":[')
        for row in rows:
            file.write(b",\n" if count else b"\n")
            file.write(orjson.dumps(row))
            count += 1
        file.write(b"\n]}\n")
    return count


def write_csv(path: Path, heads: Sequence[str], rows: Iterable[Sequence[Cell]], mark: str) -> int:
    """UTF-8 with its mark at the beginning, so that Excel reads the Chinese; gives how many rows.

    The last column carries the mark 「仅供工作使用 · …」 in every row: copied rows take it with them.
    What a spreadsheet would take for a formula begins with an apostrophe.
    """
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*heads, "使用范围"])
        for row in rows:
            writer.writerow([*(_text(cell) for cell in row), mark])
            count += 1
    return count


def _text(cell: Cell) -> str | int | float:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    if isinstance(cell, str):
        return f"'{cell}" if risky(cell) else cell
    return cell
