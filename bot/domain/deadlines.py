"""Deadlines as people say them, and the instant that follows (SPEC §2 «Deadline», FORMS §3.5)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Literal

Handling = Literal["onsite", "notice", "warning"]
WishKind = Literal[
    "now", "today", "tomorrow", "day_after", "days", "workdays", "hours",
    "weekday", "coming", "next_week", "date", "month_end",
]  # fmt: skip

DEFAULT_DAYS: Mapping[str, int] = MappingProxyType(
    {
        "street_order": 1,
        "garbage": 3,
        "road": 3,
        "stacking": 3,
        "appearance": 3,
        "courtyard": 3,
        "other": 3,
        "sewage": 7,
        "livestock": 7,
        "management": 7,
        "water_body": 10,
        "building": 15,
        "toilet": 15,
    }
)
"""Days by main category; there is no common standard, an office may change each (FORMS §3.5)."""


@dataclass(frozen=True, slots=True)
class DeadlineSettings:
    """The numbers of the deadline rules."""

    end_of_day: time = time(18)
    """A day that is granted includes its working hours (SPEC §2)."""
    onsite_until: time = time(15)
    """After this hour, nothing can be put right on the same day."""
    onsite_next_day: time = time(12)
    """… so 立即 and 现场交办 run until noon of the next day."""
    grace: timedelta = timedelta(minutes=30)
    """Proof this much later still counts as in time: networks are bad."""
    days: Mapping[str, int] = field(default_factory=lambda: DEFAULT_DAYS)
    """Days by main category, for 督办通知."""
    other_days: int = 3
    """Days without a category."""
    warning_days: int = 7
    """What is offered for 督办警示; the term is asked for (FORMS §3.5)."""
    most_days: int = 365
    """A longer term in a caption is no term but a slip."""


@dataclass(frozen=True, slots=True)
class DeadlineWish:
    """A deadline as it was said, kept until the hand-over from which it is counted.

    `value` is the number of days, the ISO weekday or the day of the month; `month` belongs to `date` and
    `month_end`; `hour` where one was named (「明天12点前」); `words` is the caption's own wording.
    """

    kind: WishKind
    value: int = 0
    month: int = 0
    hour: int | None = None
    words: str = ""

    def __str__(self) -> str:
        """A short form for storage: `today`, `days:3`, `date:4-15@12`, then `|` and the words."""
        text: str = self.kind
        if self.month and self.value:
            text += f":{self.month}-{self.value}"
        elif self.month or self.value:
            text += f":{self.month or self.value}"
        if self.hour is not None:
            text += f"@{self.hour}"
        return f"{text}|{self.words}" if self.words else text

    @classmethod
    def parse(cls, text: str) -> DeadlineWish:
        """The wish of a stored short form.

        Raises:
            ValueError: when it is none.
        """
        found = _STORED.fullmatch(text)
        if found is None:
            raise ValueError(f"no deadline: {text!r}")
        kind = _KINDS[found["kind"]]
        value, month = int(found["value"] or 0), int(found["month"] or 0)
        if kind == "month_end":
            value, month = 0, value
        hour = int(found["hour"]) if found["hour"] else None
        return cls(kind, value, month, hour, found["words"] or "")


@dataclass(frozen=True, slots=True)
class Deadline:
    """When something is due, on the campaign's wall clock, and why."""

    due: datetime
    basis: Literal["wish", "handling", "category"]
    note: Literal["past"] | None = None
    """`past`: the day that was said had gone by, so the default stands."""


_KINDS: dict[str, WishKind] = {
    "now": "now", "today": "today", "tomorrow": "tomorrow", "day_after": "day_after", "days": "days",
    "workdays": "workdays", "hours": "hours", "weekday": "weekday", "coming": "coming",
    "next_week": "next_week", "date": "date", "month_end": "month_end",
}  # fmt: skip
_STORED = re.compile(
    r"(?P<kind>" + "|".join(_KINDS) + r")(?::(?:(?P<month>\d{1,2})-)?(?P<value>\d{1,3}))?"
    r"(?:@(?P<hour>\d{1,2}))?(?:\|(?P<words>.*))?",
    re.DOTALL,
)

_DIGITS = {sign: value for value, sign in enumerate("〇一二三四五六七八九")} | {"两": 2, "零": 0}
_N = r"(\d{1,3}|[一二两三四五六七八九十]{1,3})"
_WEEKDAY = r"(?:周|星期|礼拜)([一二三四五六日天1-6])"
_BY = r"(?:之前|以前|前|为限|截止|内|底)"
_DONE = r"(?:整改|清理|清除|完成|处理|解决|改正|到位|清|改|务必|必须|要|办结|反馈|上报)"
_TERM = r"(?:整改)?(?:时限|期限|限期|限时|限|截止(?:到|至)?|截至|要求|请|务必|于|在|至)[为是：:\s]{0,2}"
_CLOCK = r"(?:上午|下午|晚上?|中午)?\d{1,2}(?:点|时|:00|：00)"
_HOUR = rf"(?:(?:{_CLOCK}|中午|下班|上午|晚上?|下午)(?:之前|以前|前)?)"
_HOUR_BY = rf"(?:{_CLOCK}(?:{_DONE}|之前|以前|前)|(?:中午|下班|上午|晚上?|下午)(?:之前|以前|前))"
_STOP = r"(?=$|[\s，,。；;、！!）)<])"

_Make = Callable[["re.Match[str]"], "DeadlineWish | None"]


def _number(written: str) -> int:
    """1 to 99 in digits or Chinese numerals; 0 where it is no number."""
    if written.isdigit():
        return int(written)
    tens, ten, units = written.rpartition("十")
    if not ten:
        return _DIGITS.get(written, 0)
    return _DIGITS.get(tens or "一", 0) * 10 + (_DIGITS.get(units, 0) if units else 0)


def _weekday(written: str) -> int:
    return int(written) if written.isdigit() else 7 if written in "日天" else _DIGITS[written]


def _counted(kind: WishKind, times: int = 1) -> _Make:
    def make(found: re.Match[str]) -> DeadlineWish | None:
        number = _number(next(group for group in found.groups() if group)) * times
        return DeadlineWish(kind, number) if number else None

    return make


def _plain(kind: WishKind, value: int = 0) -> _Make:
    return lambda found: DeadlineWish(kind, value)


def _on_weekday(kind: WishKind) -> _Make:
    return lambda found: DeadlineWish(kind, _weekday(found[1]))


def _on_date(found: re.Match[str]) -> DeadlineWish | None:
    groups = [group for group in found.groups() if group]
    month, day = (0, int(groups[0])) if len(groups) == 1 else (int(groups[0]), int(groups[1]))
    return DeadlineWish("date", day, month) if 1 <= day <= 31 and month <= 12 else None


def _at_month_end(found: re.Match[str]) -> DeadlineWish | None:
    month = int(found[1] or 0)
    return DeadlineWish("month_end", month=month) if month <= 12 else None


_SPOKEN: tuple[tuple[re.Pattern[str], _Make], ...] = tuple(
    (re.compile(pattern), make)
    for pattern, make in (
        (rf"(?:{_TERM})?(?<!\d)(\d{{1,2}})\s?月\s?(\d{{1,2}})\s?[日号](?:{_HOUR})?{_BY}", _on_date),
        (rf"{_TERM}(\d{{1,2}})\s?月\s?(\d{{1,2}})\s?[日号]"
         rf"|{_TERM}(\d{{1,2}})\.(\d{{1,2}})(?![\d.])"
         rf"|(?<![\d.])(\d{{1,2}})\.(\d{{1,2}})(?:之前|以前|前)", _on_date),
        (rf"(?<!\d)(\d{{1,2}})月(\d{{1,2}})[日号]?{_BY}", _on_date),
        (rf"(?:{_TERM})?(?:本月)?(?<![\d月第])(\d{{1,2}})\s?[日号](?:之前|以前|前)", _on_date),
        (rf"{_TERM}(?<!\d)(\d{{1,2}})号", _on_date),
        (rf"(?:{_TERM})?(?:本|这个?)?(?:(?<!\d)(\d{{1,2}}))?月(?:底|末)(?:之前|以前|前)?|本月(?:之|以)?内()",
         _at_month_end),
        (rf"(?:{_TERM})?{_N}\s?个?工作日(?:之内|以内|内)?", _counted("workdays")),
        (rf"(?:{_TERM})?(?<![\d第]){_N}\s?(?:天|日)(?:时间)?(?:之内|以内|内)", _counted("days")),
        (rf"(?:限期|限时|限|期限|时限|期限为)[为是：:\s]{{0,2}}{_N}\s?(?:天|日)", _counted("days")),
        (rf"(?:要求|请|于){_N}(?:天|日)(?:{_DONE})|(?<![\d第月]){_N}(?:天|日)后?(?:整改|清理)?(?:完成|完毕|到位|清完)",
         _counted("days")),
        (rf"(?:^|[\s，,。；;、！!（(]){_N}天{_STOP}", _counted("days")),
        (rf"(?<![\d第]){_N}\s?个?小时(?:之内|以内|内)?(?:{_DONE})?", _counted("hours")),
        (r"(?:一|1)(?:周|星期|个星期)(?:之内|以内|内)", _plain("days", 7)),
        (r"(?:两|二|2)(?:周|星期|个星期)(?:之内|以内|内)", _plain("days", 14)),
        (r"半个?月(?:之内|以内|内)", _plain("days", 15)),
        (rf"下个?{_WEEKDAY}(?:{_HOUR})?(?:之前|以前|前)?", _on_weekday("next_week")),
        (rf"(?:本|这个?){_WEEKDAY}(?:{_HOUR})?(?:之前|以前|前)?", _on_weekday("weekday")),
        (r"(?:本|这)(?:周|星期)(?:之内|以内|内|末前?|底前?)|周末(?:之前|以前|前)", _plain("weekday", 7)),
        (rf"{_WEEKDAY}(?:{_HOUR})?(?:之前|以前|前)|{_TERM}{_WEEKDAY}", lambda found: DeadlineWish(
            "coming", _weekday(found[1] or found[2]))),
        (r"大后天(?:之前|以前|前)?", _plain("days", 3)),
        (rf"后天(?:{_HOUR})?(?:之前|以前|前)?", _plain("day_after")),
        (rf"(?:明天|明日|明早|次日|第二天)(?:{_HOUR})?(?:之前|以前|前)?", _plain("tomorrow")),
        (r"立即|立刻|马上|立行立改|立整立改|立查立改|即行即改|立马", _plain("now")),
        (rf"(?:{_TERM})(?:今天|今日|当天|当日|今晚)(?:{_HOUR})?(?:之前|以前|前|内)?"
         rf"|下班(?:之前|以前|前)|(?:今天|今日|当天|当日|今晚)(?:{_HOUR_BY}|(?:之前|以前|前|之?内|(?=务?必?须?要?{_DONE})|{_STOP}))",
         _plain("today")),
    )
)  # fmt: skip
_HOUR_SAID = re.compile(r"(上午|下午|晚上|晚|中午)?(\d{1,2})(?:点|时|:00|：00)|(中午)")


def read_wish(text: str) -> tuple[DeadlineWish, tuple[int, int]] | None:
    """The deadline that a text asks for, with where it stands; None where it asks for none.

    The first kind of the table that fits wins: an exact date before a number of days before 立即.
    """
    for pattern, make in _SPOKEN:
        for found in pattern.finditer(text):
            wish = make(found)
            if wish is not None:
                words = found[0].strip()
                return DeadlineWish(wish.kind, wish.value, wish.month, _hour(words), words), found.span()
    return None


def _hour(words: str) -> int | None:
    found = _HOUR_SAID.search(words)
    if found is None:
        return None
    if found[3]:
        return 12
    hour = int(found[2])
    if found[1] in {"下午", "晚上", "晚"} and hour < 12:
        hour += 12
    return hour if hour <= 23 else None


def resolve(
    wish: DeadlineWish | None,
    *,
    handed_over: datetime,
    handling: Handling = "notice",
    category: str | None = None,
    settings: DeadlineSettings | None = None,
    is_working_day: Callable[[date], bool] | None = None,
) -> Deadline:
    """When an entry is due that is handed over at `handed_over` (aware, in the campaign's zone).

    `category` is a main category or `main.sub`. A day off is named by the caller, never moved here.
    Without `is_working_day`, Monday to Friday count as working days for 「3个工作日」.

    Raises:
        ValueError: when `handed_over` is naive.
    """
    if handed_over.tzinfo is None:
        raise ValueError("naive time")
    rules = settings or DeadlineSettings()
    if wish is not None:
        due = _due(wish, handed_over, rules, is_working_day or (lambda day: day.weekday() < 5))
        if due is not None and due > handed_over:
            return Deadline(due, "wish")
    note: Literal["past"] | None = None if wish is None else "past"
    if handling == "onsite":
        return Deadline(_at_once(handed_over, rules), "handling", note)
    if handling == "warning":
        return Deadline(_end_of(handed_over, rules.warning_days, rules), "handling", note)
    days = rules.days.get((category or "").partition(".")[0], rules.other_days)
    return Deadline(_end_of(handed_over, days, rules), "category", note)


def in_time(sent_at: datetime, due: datetime, settings: DeadlineSettings) -> bool:
    """Whether proof sent then counts as in time, the silent half hour included."""
    return sent_at <= due + settings.grace


def after_return(due: datetime, returned_at: datetime, settings: DeadlineSettings) -> datetime:
    """The deadline after a return 退回整改, which leaves at least until 18:00 next day for the work."""
    return max(due, _end_of(returned_at.astimezone(due.tzinfo), 1, settings))


def _end_of(start: datetime, days: int, rules: DeadlineSettings) -> datetime:
    return _on(start, start.date() + timedelta(days=days), rules.end_of_day)


def _on(start: datetime, day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, tzinfo=start.tzinfo)


def _at_once(start: datetime, rules: DeadlineSettings) -> datetime:
    if start.time() > rules.onsite_until:
        return _on(start, start.date() + timedelta(days=1), rules.onsite_next_day)
    return _on(start, start.date(), rules.end_of_day)


def _due(
    wish: DeadlineWish, start: datetime, rules: DeadlineSettings, is_working_day: Callable[[date], bool]
) -> datetime | None:
    if wish.kind == "now":
        return _at_once(start, rules)
    if wish.kind == "hours":
        return start + timedelta(hours=wish.value) if wish.value <= rules.most_days * 24 else None
    day = _day(wish, start.date(), rules, is_working_day)
    hour = rules.end_of_day if wish.hour is None else time(wish.hour)
    return None if day is None else _on(start, day, hour)


def _day(
    wish: DeadlineWish, today: date, rules: DeadlineSettings, is_working_day: Callable[[date], bool]
) -> date | None:
    monday = today - timedelta(days=today.weekday())
    match wish.kind:
        case "today":
            return today
        case "tomorrow":
            return today + timedelta(days=1)
        case "day_after":
            return today + timedelta(days=2)
        case "days":
            return today + timedelta(days=wish.value) if wish.value <= rules.most_days else None
        case "workdays":
            return _working_days_on(today, wish.value, rules, is_working_day)
        case "weekday":
            return monday + timedelta(days=wish.value - 1)
        case "coming":
            day = monday + timedelta(days=wish.value - 1)
            return day if day >= today else day + timedelta(days=7)
        case "next_week":
            return monday + timedelta(days=wish.value + 6)
        case "month_end":
            return _month_end(_year_of(wish.month, today), wish.month or today.month)
        case "date":
            return _calendar_day(_year_of(wish.month, today), wish.month or today.month, wish.value)
    return None


def _working_days_on(
    today: date, count: int, rules: DeadlineSettings, is_working_day: Callable[[date], bool]
) -> date | None:
    day = today
    for _ in range(rules.most_days):
        day += timedelta(days=1)
        count -= is_working_day(day)
        if count <= 0:
            return day
    return None


def _year_of(month: int, today: date) -> int:
    """A month that lies more than half a year back is next year's: in December, 「1月5日前」."""
    return today.year + 1 if month and today.month - month > 6 else today.year


def _month_end(year: int, month: int) -> date:
    first_of_next = date(year + month // 12, month % 12 + 1, 1)
    return first_of_next - timedelta(days=1)


def _calendar_day(year: int, month: int, day: int) -> date:
    """That day; the 31st of a shorter month is its last."""
    last = _month_end(year, month)
    return last if day > last.day else last.replace(day=day)
