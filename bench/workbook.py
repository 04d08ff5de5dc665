"""G10: the ledger of more than 50,000 rows as a workbook, streamed, beside XlsxWriter's constant memory.

The cells are made beforehand and are the same for both, so that the writing alone is measured.
"""

from __future__ import annotations

import random
import tempfile
import tracemalloc
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from unittest import mock

from bench.ratio import in_turns, row
from bot.app import build_world
from bot.config import EXAMPLE, load_settings
from bot.documents import ledger_xlsx
from bot.documents.ledger_rows import PRINTED, STORED, Row, Words
from bot.texts.catalogue import Catalogue

SEED: Final = 20190412
ROWS: Final = 50_001
MEASURED: Final = 4_000
"""Rows of a round: the cost of a row does not grow, and XlsxWriter is slow."""
AT: Final = datetime(2019, 4, 12, 1, 0, tzinfo=UTC)
TITLE: Final = "问题台账"
MARK: Final = "仅供工作使用 · 甲 · 2019-04-12 09:00 · 全部"


def main() -> None:
    """Print the ratio of CPU, and the memory of a ledger of 50,001 rows."""
    world = build_world(load_settings(EXAMPLE, {"BOT_TOKEN": "7000000001:BENCH"}))
    words = Words(Catalogue(world.campaign))
    chance = random.Random(SEED)
    cells = [_cells(number, words, world.reader.gazetteer.villages, chance) for number in range(MEASURED)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.xlsx"
        spent = in_turns(
            {
                "XlsxWriter": lambda: _write(path, cells, MEASURED, streamed=False),
                "streamed": lambda: _write(path, cells, MEASURED, streamed=True),
            }
        )
        tracemalloc.start()
        _write(path, cells, ROWS, streamed=True)
        peak = tracemalloc.get_traced_memory()[1] / 1_000_000
        tracemalloc.stop()
    print(row("G10", "a row of the ledger as .xlsx, of XlsxWriter's CPU",
              spent["streamed"] / spent["XlsxWriter"], 0.15))  # fmt: skip
    print(row("G10", f"memory of {ROWS:,} rows", peak, 5.0, " MB"))


def _write(path: Path, cells: list[tuple[Any, Any]], many: int, *, streamed: bool) -> None:
    with (
        mock.patch.object(ledger_xlsx, "BY_XLSXWRITER", -1 if streamed else many),
        ledger_xlsx.sheets(path, TITLE, MARK, many) as (printed, stored),
    ):
        for number in range(many):
            on_paper, all_fields = cells[number % len(cells)]
            stored.add(all_fields)
            printed.add(on_paper)
        stored.filter()


def _cells(
    number: int, words: Words, places: Sequence[Any], chance: random.Random
) -> tuple[list[Any], list[Any]]:
    """An entry as both sheets have it; every seventh has signs that XML does not take as they are."""
    found = AT + timedelta(minutes=37 * number)
    values: Mapping[str, Any] = {
        "number": f"县1-{found:%m%d}-{number:02d}", "state": "closed", "track": "county", "group": "county/1",
        "source": "group", "inspection_mode": "open", "region": "延津县", "township": "王楼镇",
        "village": chance.choice(places).name,
        "spot": f"村东坑塘往北{chance.randrange(900)}米", "category": "garbage.domestic",
        "description": "".join(chance.choice(places).name for _ in range(chance.randrange(3, 12)))
        + ("（A&B）" if number % 7 == 0 else ""),
        "handling": "notice", "severity": "normal", "deadline": found + timedelta(days=3), "found_at": found,
        "assigned_at": found, "acknowledged_at": found, "submitted_at": found + timedelta(days=1),
        "closed_at": found + timedelta(days=2), "overdue_days": number % 3, "returns": number % 2,
        "warnings": 0, "chain": None, "round": 1,
        "photos": [
            {"kind": "before", "file": f"2019/04/{number}/01_前_{chance.getrandbits(32):08x}.jpg"},
            {"kind": "after", "file": f"2019/04/{number}/01_后_{chance.getrandbits(32):08x}.jpg"},
        ],
    }  # fmt: skip
    more = {
        "created_at": found, "lat": 35.1 + number / 1000, "lng": 114.2, "public_text": None,
        "county_leader": "甲", "section_officer": "乙", "measures": "出动人员12人、铲车1台，已清理",
        "closed_how": "photo", "void_reason": None, "duplicate_of": None, "recurrence": False,
    }  # fmt: skip
    one = Row(values, more, words, number + 1)
    return [column.value(one) for column in PRINTED], [column.value(one) for column in STORED]
