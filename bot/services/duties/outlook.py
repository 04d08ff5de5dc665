"""What an office sees of the calendar 日历, and how it decides about a day: 「放假 5月4日」."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any, Final

from bot.domain.duties import Duty
from bot.ledger.desk import Work
from bot.services.duties import days
from bot.services.incoming import Incoming
from bot.services.outgoing import say
from bot.services.refusals import NotUnderstood, NotYours

AHEAD: Final = timedelta(days=21)
MOST: Final = 12
SHOWN: Final = (
    Duty.WEEKLY,
    Duty.WEEKLY_BULLETIN,
    Duty.TEN_DAY,
    Duty.REVIEW,
    Duty.TEN_DAY_BULLETIN,
    Duty.MONTH_RANKING,
)
MOST_DAYS: Final = 31
_SAID: Final = re.compile(r"^(放假|休息|上班|调休上班)[\s:：]*(?P<days>\d{1,2}月\d{1,2}日?.*)$")
_SPAN: Final = re.compile(r"(?:(\d{1,2})月)?(\d{1,2})日?(?:\s*[-—–~～至到]\s*(?:(\d{1,2})月)?(\d{1,2})日?)?")


def show(work: Work, chat_id: int) -> None:
    """「日历」: what falls due in the next three weeks, and the days off among them.

    Raises:
        NotYours: the actor is of no office.
    """
    if not work.actor.offices():
        raise NotYours
    timetable = days.timetable(work)
    local = work.world.campaign.local
    for track in work.actor.offices():
        found = [
            {
                "duty": due.duty.value,
                "due": local(due.due).isoformat(),
                "notice": local(due.notice).isoformat() if due.moved else None,
                "off": not due.moved and not timetable.days.works(local(due.due).date()),
            }
            for due in timetable.due_between(work.now, work.now + AHEAD)
            if due.track == track and due.duty in SHOWN
        ]
        values = {
            "track": work.world.campaign.track(track).name,
            "dues": found[:MOST],
            "off": _spans(_special(work)),
            "provisional": timetable.days.provisional(local(work.now + AHEAD).date()),
        }
        say(work, chat_id, "calendar.outlook", values)


def _special(work: Work) -> list[tuple[date, bool]]:
    """Days of the next three weeks that are not what their weekday says."""
    working = days.working_days(work)
    today = work.local.date()
    found = []
    for n in range(AHEAD.days):
        day = today + timedelta(days=n)
        if working.works(day) != (day.weekday() < 5):
            found.append((day, working.works(day)))
    return found


def _spans(found: list[tuple[date, bool]]) -> list[dict[str, Any]]:
    return [{"day": day.isoformat(), "works": works} for day, works in found]


def said(work: Work, incoming: Incoming) -> bool:
    """Whether a text decided about days: 「放假 5月1日-4日」, 「上班 4月28日、5月5日」; of an office only.

    Raises:
        NotUnderstood: the days cannot be read.
    """
    match = _SAID.match(incoming.text.strip())
    if match is None or not work.actor.offices():
        return False
    works = "上班" in match[1]
    found = _days(match["days"], work.local.date())
    if not found:
        raise NotUnderstood(hint="days_off")
    for day in found:
        days.decide(work, day, works)
    values = {"days": [day.isoformat() for day in found], "works": works}
    say(work, incoming.chat_id, "calendar.decided", values, reply_to=incoming.message_id)
    return True


def _days(text: str, today: date) -> list[date]:
    """The days that are named; of a month gone by long since, next year's."""
    found: list[date] = []
    month = 0
    for first_month, first, last_month, last in _SPAN.findall(text):
        month = int(first_month) if first_month else month
        start = _day(month, int(first), today)
        end = _day(int(last_month) if last_month else month, int(last), today) if last else start
        if start is None or end is None or not 0 <= (end - start).days < MOST_DAYS:
            return []
        found += [start + timedelta(days=n) for n in range((end - start).days + 1)]
    return sorted(set(found))


def _day(month: int, day: int, today: date) -> date | None:
    try:
        found = date(today.year, month, day)
        return found if (today - found).days < 180 else date(today.year + 1, month, day)
    except ValueError:
        return None
