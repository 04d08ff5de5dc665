"""The second part of a 跟踪问效月报: the regions' work, by track, in the notice's order."""

from __future__ import annotations

from collections import Counter
from typing import Any

from bot.ledger.desk import Work
from bot.ledger.tables import entries
from bot.services.bulletins import figures
from bot.services.bulletins.figures import Window
from bot.services.duties import days
from bot.services.monthreport.groups import fallen_due, in_time_of
from bot.services.weekly import book as weekly


def of_track(work: Work, track: str, window: Window, before: Window | None) -> dict[str, Any]:
    """`rows` by region and `totals` with `last` (those of the month before), as JSON values."""
    last = figures.totals_of(work, track, before) if before is not None else None
    counted = figures.of_track(work, track, window, last)
    again = Counter(one["region"] for one in counted["repeated"])
    on_time = _on_time(work, track, window)
    weeks = _weeks(work, track, window)
    return {
        "totals": counted["totals"],
        "last": last,
        "repeated": len(counted["repeated"]),
        "rows": [
            {
                **{
                    name: row[name]
                    for name in (
                        "region", "found", "due", "closed", "rate", "overdue", "returned", "warnings",
                    )
                },
                "on_time": on_time.get(row["region"], [0, 0]),
                "again": again[row["region"]],
                "weekly": weeks.get(row["region"], [0, 0]),
            }
            for row in counted["rows"]
        ],
    }  # fmt: skip


def _on_time(work: Work, track: str, window: Window) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for row in fallen_due(work, window, entries.c.track == track):
        done = in_time_of(work, row, window)
        if done is not None:
            counted = found.setdefault(row.region, [0, 0])
            counted[0] += done
            counted[1] += 1
    return found


def _weeks(work: Work, track: str, window: Window) -> dict[str, list[int]]:
    """周报 by region: on time, of those that were due in the window."""
    found: dict[str, list[int]] = {}
    for week in days.timetable(work).calendar.weeks:
        if window.start <= weekly.due_of(work, week, track) < window.cut:
            for report in weekly.of_week(work, week, track):
                counted = found.setdefault(report.region, [0, 0])
                counted[0] += report.state == "on_time"
                counted[1] += 1
    return found
