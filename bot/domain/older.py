"""How the cells of an older ledger are read: days as people write them, numbers, yes and no."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Any, Final

_DAY = re.compile(
    r"(?:(\d{4})\s*[-/.年])?\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"
    r"(?:\s*[T ]?\s*(\d{1,2})\s*[:：时]\s*(\d{1,2})?(?::\d{1,2}(?:\.\d+)?)?\s*分?)?"
)
_EXCEL: Final = datetime.combine(date(1899, 12, 30), time())
_EXCEL_DAYS: Final = (30_000, 70_000)
"""1982 to 2091: a number in a date's cell that was never told to be a date."""


def read_moment(cell: Any, *, year: int, hour: time) -> datetime | None:
    """A day with or without an hour, naive; None when it is none.

    Args:
        cell: what a spreadsheet has: a date, a number of days, or words.
        year: of days without one.
        hour: of days without an hour.
    """
    if isinstance(cell, datetime):
        found = cell.replace(tzinfo=None, second=0, microsecond=0)
        return datetime.combine(found.date(), hour) if found.time() == time() else found
    if isinstance(cell, date):
        return datetime.combine(cell, hour)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if not _EXCEL_DAYS[0] <= cell <= _EXCEL_DAYS[1]:
            return None
        moment = _EXCEL + timedelta(minutes=round(cell * 1440))
        return datetime.combine(moment.date(), hour) if moment.time() == time() else moment
    match = _DAY.fullmatch(str(cell).strip())
    if match is None:
        return None
    written, month, day, at, minutes = match.groups()
    try:
        found_day = date(int(written or year), int(month), int(day))
        clock = hour if at is None else time(int(at), int(minutes or 0))
    except ValueError:
        return None
    return datetime.combine(found_day, clock)


def read_count(cell: Any) -> int | None:
    """A whole number, also written as 「2 次」; None when it is none."""
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int | float):
        return int(cell) if cell == int(cell) and 0 <= cell < 1000 else None
    match = re.fullmatch(r"(\d{1,3})\s*[次轮]?", str(cell).strip())
    return int(match[1]) if match else None


_YES_ON = re.compile(r"(?:是|已销号|已整改|✓|√)?\s*[(（]?\s*([^()（）]*?)\s*[)）]?")
_NO: Final = frozenset({"否", "未销号", "未整改", "×", "✗", "无", "-", "—", "整改中"})


def read_closed(cell: Any) -> tuple[bool, Any] | None:
    """「是（2019-04-20）」, 「否」, or a day alone: whether it is closed, and the cell of the day.

    None when it says neither.
    """
    if not isinstance(cell, str):
        return True, cell
    words = cell.strip()
    if words in _NO:
        return False, None
    match = _YES_ON.fullmatch(words)
    if match is None or not (match[1] or words[:1] in "是已✓√"):
        return None
    return True, match[1] or None


def times_in(remarks: str, what: str) -> int:
    """How many times a remark says: 警示2次, 退回1次; 0 when it says nothing."""
    match = re.search(rf"{what}\s*(\d{{1,3}})\s*次", remarks)
    return int(match[1]) if match else 0
