"""The words that a bulletin makes of its figures: brackets, comparisons, days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

Values = Mapping[str, Any]


def with_last(key: str, totals: Values, last: Values | None) -> str:
    """A number with the window before in brackets."""
    return f"{totals[key]}" if last is None else f"{totals[key]}（{last[key]}）"


def more(now: int, before: int | None, when: str) -> str:
    """How many more or fewer than in the window before."""
    if before is None:
        return ""
    if now == before:
        return f"，与{when}持平"
    return f"，比{when}{'增加' if now > before else '减少'}{abs(now - before)}个"


def better(totals: Values, last: Values | None) -> str:
    """In percentage points 百分点, from the exact shares."""
    if last is None or not totals["due"] or not last["due"]:
        return ""
    now, before = (Decimal(100) * one["closed"] / one["due"] for one in (totals, last))
    step = (now - before).quantize(Decimal("0.01"), ROUND_HALF_UP)
    if not step:
        return "，与上期持平"
    return f"，{'提高' if step > 0 else '下降'}{abs(step).normalize():f}个百分点"


def stands_out(rows: Sequence[Values]) -> str:
    """Who has nothing overdue, who has the most: facts, to be judged by a person."""
    late = [row for row in rows if row["overdue"]]
    if not late:
        return "各单位均无逾期问题。" if any(row["due"] for row in rows) else ""
    most = max(row["overdue"] for row in late)
    names = "、".join(row["region"] for row in late if row["overdue"] == most)
    return f"{names}逾期{most}个，为最多。"


def by_state(reports: Values) -> dict[str, Any]:
    """周报 by state: how many on time, who late, who missing."""
    missing = [region for region, state in reports.items() if state in ("missing", "partly", "mending")]
    return {
        "on_time": sum(state == "on_time" for state in reports.values()),
        "late": [region for region, state in reports.items() if state == "late"],
        "missing": missing,
    }


def day_of(day: date) -> str:
    """5月8日."""
    return f"{day.month}月{day.day}日"


def last_day(cut: datetime) -> date:
    """The last day that is printed of a window: a cut at midnight ends the day before."""
    return date.fromordinal(cut.date().toordinal() - (cut.hour == cut.minute == 0))


def midnight(cut: datetime) -> str:
    """A cut at midnight, as the hour 24 of the day before."""
    return f"{day_of(last_day(cut))}24时"


def deadline_of(deadline: str | None) -> str:
    """A deadline's day, or nothing."""
    return day_of(date.fromisoformat(deadline)) if deadline else ""


def day_of_photo(side: Values | None) -> str:
    """The day of a photo, or nothing."""
    return day_of(date.fromisoformat(side["day"])) if side else ""
