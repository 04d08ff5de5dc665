"""推进会: where it is held, when, and how an office says so (考评办法 四.3, SPEC §6)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

LATEST: Final = timedelta(days=62)
"""A meeting of a month is not called for later than that: it would be a slip."""
MOST_PLACE: Final = 60

_DATE: Final = re.compile(
    r"(?:(?P<year>\d{4})\s*[年/-]\s*)?(?P<month>\d{1,2})\s*[月/.-]\s*(?P<day>\d{1,2})\s*[日号]?"
    r"|(?P<soon>今天|明天|后天)"
)
_WEEKDAY: Final = re.compile(r"^[\s,，]*[（(]?(?:周|星期)[一二三四五六日天][)）]?")
_HOUR: Final = re.compile(
    r"(?P<half>上午|下午|晚上|中午|早上|凌晨)?\s*(?P<hour>\d{1,2})\s*(?:[:：](?P<minute>\d{2})|[点时]\s*(?P<words>半|\d{1,2}分?)?)"
    r"|(?P<am>\d{1,2}(?::\d{2})?)\s*(?P<ampm>am|pm)",
    re.IGNORECASE,
)
_SOON: Final = {"今天": 0, "明天": 1, "后天": 2}
_EDGES: Final = " \t\n,，。；;、在于"


@dataclass(frozen=True, slots=True)
class When:
    """What was said: the instant on the wall clock, and the hall where one was named."""

    at: datetime
    hall: str


class NoSuchTime(ValueError):
    """The words name no day and hour, or none that a meeting can be called for; `why` says which."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def read_when(text: str, now: datetime, zone: ZoneInfo) -> When:
    """「6月5日上午9:00 县政务中心三楼」 → the instant and the hall.

    Raises:
        NoSuchTime: `unread`, `past` or `far`.
    """
    today = now.astimezone(zone).date()
    found = _DATE.search(text)
    if found is None:
        raise NoSuchTime("unread")
    rest = text[found.end() :]
    weekday = _WEEKDAY.match(rest)
    rest = rest[weekday.end() :] if weekday else rest
    hour = _HOUR.search(rest)
    if hour is None:
        raise NoSuchTime("unread")
    try:
        at = datetime.combine(_day(found, today), _time(hour), zone)
    except ValueError:
        raise NoSuchTime("unread") from None
    if at <= now:
        raise NoSuchTime("past")
    if at - now > LATEST:
        raise NoSuchTime("far")
    hall = (rest[: hour.start()] + " " + rest[hour.end() :]).strip(_EDGES)
    return When(at, re.sub(r"\s+", " ", hall)[:MOST_PLACE])


def _day(found: re.Match[str], today: date) -> date:
    if found["soon"]:
        return today + timedelta(days=_SOON[found["soon"]])
    year = int(found["year"]) if found["year"] else today.year
    day = date(year, int(found["month"]), int(found["day"]))
    if not found["year"] and day < today - timedelta(days=180):
        return day.replace(year=year + 1)
    return day


def _time(found: re.Match[str]) -> time:
    if found["ampm"]:
        hour, _, minute = found["am"].partition(":")
        after = 12 if found["ampm"].lower() == "pm" and int(hour) < 12 else 0
        return time(int(hour) + after, int(minute or 0))
    hours = int(found["hour"])
    if found["half"] in ("下午", "晚上") and hours < 12:
        hours += 12
    words = found["words"] or ""
    minutes = (
        int(found["minute"]) if found["minute"] else 30 if words == "半" else int(words.strip("分") or 0)
    )
    return time(hours, minutes)


def decided(votes: Mapping[str, str], offices: Collection[str]) -> str | None:
    """The place: a last region on which every office agrees; None while one is missing or differs."""
    said = {votes.get(track) for track in offices}
    return said.pop() if len(said) == 1 and None not in said else None


@dataclass(frozen=True, slots=True)
class Ranked:
    """One region in a published month: its rank, and whether it is last."""

    region: str
    rank: int
    last: bool


def leading(rows: Iterable[Ranked], most: int = 2) -> tuple[str, ...]:
    """排序靠前: the first two ranks, never a last region; nobody where all are equal."""
    return tuple(one.region for one in rows if one.rank <= most and not one.last)


def last(rows: Iterable[Ranked]) -> tuple[str, ...]:
    """The last regions of a published month."""
    return tuple(one.region for one in rows if one.last)
