"""The ledger as a plain file: JSON for machines, CSV for any spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import orjson


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
