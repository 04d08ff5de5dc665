"""The whole first campaign by the moved clock: every reminder, held against a table worked out by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bot.clock import SteppedClock
from bot.domain.permissions import Role
from bot.domain.weekly import Figure, SheetRead, WeeklyForm
from bot.domain.world import World
from bot.ledger.desk import Desk, Work
from bot.ledger.outbox import Priority
from bot.ledger.tables import cards, entries, members, outbox
from bot.services import post
from bot.services.duties import digest, due, moves
from bot.services.incoming import Incoming
from bot.services.weekly import receiving
from tests.services.conftest import Office

ZONE = ZoneInfo("Asia/Shanghai")
FIRST, LAST = date(2019, 4, 9), date(2019, 7, 31)
MINUTES = (0, 5, 30)
OFFICES = ("office", "city")


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock(datetime(2019, 4, 9, tzinfo=ZONE))


def by_hand(*days: str) -> dict[str, tuple[str, ...]]:
    """Lines «the notice's day: the moments», as they were written down from a paper calendar of 2019."""
    return {line.split(":", 1)[0]: tuple(line.split(":", 1)[1].split(",")) for line in days}


# the notice's Friday: 15:00 the working day before, 08:30 that day, the list five minutes after
WEEKLY = by_hand(
    "04-12:04-11 15:00,04-12 08:30,04-12 10:05",
    "04-19:04-18 15:00,04-19 08:30,04-19 10:05",
    "04-26:04-25 15:00,04-26 08:30,04-26 10:05",
    "05-03:04-29 15:00,04-30 08:30,04-30 10:05",  # moved to the Tuesday before the holiday
    "05-10:05-09 15:00,05-10 08:30,05-10 10:05",
    "05-17:05-16 15:00,05-17 08:30,05-17 10:05",
    "05-24:05-23 15:00,05-24 08:30,05-24 10:05",
    "05-31:05-30 15:00,05-31 08:30,05-31 10:05",
    "06-07:06-05 15:00,06-06 08:30,06-06 10:05",  # 端午: moved to the Thursday
    "06-14:06-13 15:00,06-14 08:30,06-14 10:05",
    "06-21:06-20 15:00,06-21 08:30,06-21 10:05",
    "06-28:06-27 15:00,06-28 08:30,06-28 10:05",
    "07-05:07-04 15:00,07-05 08:30,07-05 10:05",
    "07-12:07-11 15:00,07-12 08:30,07-12 10:05",
    "07-19:07-18 15:00,07-19 08:30,07-19 10:05",
)
# the notice's 8th, 18th, 28th: 15:00 the working day before, 09:00 and 16:00 that day, the list after 18:00
TEN_DAY = by_hand(
    "04-18:04-17 15:00,04-18 09:00,04-18 16:00,04-18 18:05",
    "04-28:04-26 15:00,04-28 09:00,04-28 16:00,04-28 18:05",  # a Sunday that is worked
    "05-08:05-07 15:00,05-08 09:00,05-08 16:00,05-08 18:05",
    "05-18:05-17 15:00,05-20 09:00,05-20 16:00,05-20 18:05",  # a Saturday: moved to Monday
    "05-28:05-27 15:00,05-28 09:00,05-28 16:00,05-28 18:05",
    "06-08:06-06 15:00,06-10 09:00,06-10 16:00,06-10 18:05",  # 端午: moved to Monday
    "06-18:06-17 15:00,06-18 09:00,06-18 16:00,06-18 18:05",
    "06-28:06-27 15:00,06-28 09:00,06-28 16:00,06-28 18:05",
    "07-08:07-05 15:00,07-08 09:00,07-08 16:00,07-08 18:05",  # a Monday: the eve is Friday
    "07-18:07-17 15:00,07-18 09:00,07-18 16:00,07-18 18:05",
)
# when a moved time is proposed to the office, and who is told when it is confirmed five minutes later
PROPOSED = by_hand(
    "05-03:04-23 09:00,contact",
    "05-18:05-10 09:00,leader covert oversight",
    "06-07:05-30 09:00,contact",
    "06-08:05-31 09:00,leader covert oversight",
)
# one entry, due on Wednesday 17 April 18:00, closed on Monday 22 April at noon
DIGESTS = (
    ("04-16 09:00", "contact", "blue"),
    ("04-17 09:00", "contact", "yellow"),
    ("04-18 09:00", "contact", "red"),
    ("04-18 09:00", "leader", "red"),
    ("04-19 09:00", "contact", "late"),
    ("04-19 09:00", "leader", "late"),
    ("04-22 09:00", "contact", "late"),
    ("04-22 09:00", "leader", "late"),
    ("04-22 09:00", "office", "late"),  # three days late by now
)


def expected() -> Counter[tuple[str, str, str]]:
    """Moment, who, what: of everything that is said from 9 April to 31 July."""
    found: Counter[tuple[str, str, str]] = Counter()
    for eve, morning, listed in WEEKLY.values():
        found[(eve, "contact", "weekly.reminder")] += 1
        found[(morning, "contact", "weekly.reminder")] += 1
        for office in OFFICES:
            found[(listed, office, "weekly_board")] += 1
            # the other regions have no contact: the office's morning list names them
            found[(f"{morning[:5]} 09:00", office, "calendar.digest")] += 1
    for eve, morning, afternoon, listed in TEN_DAY.values():
        for moment in (eve, morning, afternoon):
            for who in ("leader", "covert", "oversight"):
                found[(moment, who, "tenday.reminder")] += 1
        for office in OFFICES:
            found[(morning, office, "tenday_board")] += 1
            found[(listed, office, "tenday_board")] += 1
    for at, told in PROPOSED.values():
        confirmed = at.replace("09:00", "09:05")
        for office in OFFICES:
            found[(at, office, "move")] += 1
            found[(confirmed, office, "move")] += 1  # the card says who decided
        for who in told.split():
            # 暗访组 and 敢转争 mark both tracks: they hear of both
            found[(confirmed, who, "calendar.moved")] += 2 if who in ("covert", "oversight") else 1
    for at, who, _ in DIGESTS:
        found[(at, who, "calendar.digest")] += 1
    return found


@dataclass(frozen=True)
class Said:
    """One row of the outbox."""

    at: datetime
    who: str
    what: str
    late: bool
    dedup: str
    values: dict[str, Any]
    loud: bool

    @property
    def line(self) -> tuple[str, str, str]:
        return self.at.astimezone(ZONE).strftime("%m-%d %H:%M"), self.who, self.what


class Run:
    """The campaign's people, and the clock moved from tick to tick."""

    def __init__(self, desk: Desk, office: Office, clock: SteppedClock) -> None:
        self.desk, self.office, self.clock = desk, office, clock
        self.ids = {
            "contact": office.member("王乙", Role.CONTACT, region="延津县"),
            "leader": office.member("李甲", Role.INSPECTOR, group_key="county/1", leader=True),
            "covert": office.member("赵暗", Role.INSPECTOR, group_key="county/0", leader=True),
            "oversight": office.member("周督", Role.OVERSIGHT),
            "office": office.member("钱丁", Role.OFFICE, track="county"),
            "city": office.member("吴城", Role.OFFICE, track="district"),
        }
        self.said: list[Said] = []
        self._seen = 0

    def entry(self) -> None:
        def verb(work: Work) -> None:
            at = datetime(2019, 4, 15, 10, tzinfo=ZONE)
            work.insert(
                entries, number="县1-0415-01", state="acknowledged", track="county", group_key="county/1",
                checker="county/1", region="延津县", township="王楼镇", found_at=at, created_at=at,
                touched_at=at, assigned_at=at, deadline=datetime(2019, 4, 17, 18, tzinfo=ZONE),
            )  # fmt: skip

        self.desk.do_now(verb)

    def close(self) -> None:
        self.desk.do_now(
            lambda work: work.connection.execute(entries.update().values(state="closed", closed_at=work.now))
        )

    def goes(self, ticks: Iterator[datetime]) -> list[Said]:
        """Beat at every tick; a proposal is confirmed by the office with the next one."""
        entered = closed = False
        for at in ticks:
            self.clock.move_to(at)
            if not entered and at >= datetime(2019, 4, 15, 10, tzinfo=ZONE):
                self.entry()
                entered = True
            if not closed and at >= datetime(2019, 4, 22, 12, tzinfo=ZONE):
                self.close()
                closed = True
            self._confirm()
            self.desk.do_now(self._beat)
        return self.said

    def _beat(self, work: Work) -> None:
        if due.due(work) + digest.due(work):
            self._collect(work)

    def _confirm(self) -> None:
        waiting = [one for one in self.said if one.what == "move" and not one.values]
        for one in waiting:
            one.values["answered"] = True
            argument = one.dedup.removeprefix("move/")
            if self.clock.now() < one.at + timedelta(hours=12):
                self.office.does(self.ids[one.who], moves.decide, argument, True)
                self.desk.do_now(self._collect)

    def _collect(self, work: Work) -> None:
        names = {member_id + 1000: name for name, member_id in self.ids.items()}
        rows = work.connection.execute(
            select(outbox, cards.c.kind.label("card"), cards.c.subject)
            .outerjoin(cards, cards.c.id == outbox.c.card_id)
            .where(outbox.c.id > self._seen)
            .order_by(outbox.c.id)
        ).all()
        for row in rows:
            self._seen = row.id
            payload = row.payload or {}
            values = payload.get("values", {})
            answered = row.card == "move" and any(
                one.dedup == row.subject and one.what == "move" for one in self.said
            )
            self.said.append(
                Said(
                    work.now, names[row.chat_id], row.card or payload["text"], bool(values.get("late")),
                    row.subject or row.dedup, {"answered": True} if answered else values,
                    row.priority == Priority.REMINDER and not payload.get("silent"),
                )
            )  # fmt: skip
        # what was said has been sent, so that a card that is raised again makes a row of its own
        work.connection.execute(
            outbox.update().where(outbox.c.state == "waiting").values(state="sent", message_id=outbox.c.id)
        )


def every_tick(lost: Callable[[datetime], bool] = lambda _: False) -> Iterator[datetime]:
    """Thrice an hour from 07:00 to 21:00, and once at night, but for an outage."""
    day = FIRST
    while day <= LAST:
        for hour in (3, *range(7, 21)):
            for minute in MINUTES if hour > 3 else (0,):
                at = datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE)
                if not lost(at):
                    yield at
        day += timedelta(days=1)


@pytest.fixture
def run(desk: Desk, office: Office, clock: SteppedClock, world: World) -> Run:
    assert world.campaign.first_day == FIRST
    return Run(desk, office, clock)


def test_every_reminder_of_the_first_campaign_is_the_one_worked_out_by_hand(run: Run) -> None:
    wanted = expected()

    said = run.goes(every_tick())

    found = Counter(one.line for one in said)
    assert found - wanted == Counter(), "said, and not in the table"
    assert wanted - found == Counter(), "in the table, and not said"
    assert not any(one.late for one in said)
    tones = [
        (one.line[0], one.who, one.values["lines"][0]["tone"])
        for one in said
        if one.what == "calendar.digest" and one.values["lines"]
    ]
    assert tones == list(DIGESTS)


OUTAGES = [
    # from Thursday 14:00 to Friday 09:50, every week
    lambda at: (
        (at.weekday() == 3 and at.hour >= 14) or (at.weekday() == 4 and (at.hour, at.minute) < (9, 50))
    ),
    # every third day from noon to noon
    lambda at: (at - timedelta(hours=12)).toordinal() % 3 == 0,
    # a whole week, twice
    lambda at: (
        at.date() in {date(2019, 4, 15) + timedelta(days=n) for n in range(8)}
        or at.date() in {date(2019, 6, 5) + timedelta(days=n) for n in range(7)}
    ),
]


@pytest.mark.parametrize("lost", OUTAGES, ids=["thursdays", "every third day", "weeks"])
def test_an_outage_loses_nothing_still_true_doubles_nothing_and_marks_what_is_late(
    run: Run, lost: Callable[[datetime], bool]
) -> None:
    said = run.goes(every_tick(lost))

    keys = Counter((one.who, one.dedup) for one in said if one.what not in ("move", "tenday_board"))
    boards = Counter(one.dedup for one in said if one.what == "weekly_board")
    assert [key for key, count in keys.items() if count > 1 and key[1] not in boards] == []
    assert all(count == 1 for count in boards.values())
    told = {one.line for one in said}
    for moment, who, what in expected():
        at = datetime.strptime(f"2019-{moment}", "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)
        if not lost(at) and what in ("weekly.reminder", "tenday.reminder", "weekly_board"):
            # what did not fall into an outage is said at its time, unless its move could not be confirmed
            assert (moment, who, what) in told or _moved(at), (moment, who, what)
    for one in said:
        in_time = one.line in expected()
        if one.what in ("weekly.reminder", "tenday.reminder", "calendar.digest") and not _moved(one.at):
            assert one.late is not in_time, one
    for one in said:
        if one.what in ("weekly.reminder", "tenday.reminder"):
            assert not one.values["over"], one  # «please hand in» is never said when the time is over
            assert 7 * 60 + 30 <= one.at.astimezone(ZONE).hour * 60 + one.at.astimezone(ZONE).minute < 20 * 60
    by_day = Counter((one.at.astimezone(ZONE).date(), one.who, one.what) for one in said if one.loud)
    for (day, who, what), count in by_day.items():
        if what == "calendar.digest":
            assert count == 1, (day, who)  # the budget: one digest a day
        if what == "weekly.reminder":
            assert count <= 2, (day, who)


def _moved(at: datetime) -> bool:
    """Whether the day lies near one whose move may not have been confirmed in an outage."""
    local = at.astimezone(ZONE).date()
    near = ((4, 29, 5, 5), (5, 16, 5, 21), (6, 5, 6, 11))
    return any(date(2019, a, b) <= local <= date(2019, c, d) for a, b, c, d in near)


def test_who_joins_later_hears_nothing_from_before(desk: Desk, office: Office, clock: SteppedClock) -> None:
    office.member("李甲", Role.INSPECTOR, group_key="county/1", leader=True)
    clock.move_to(datetime(2019, 4, 12, 8, 40, tzinfo=ZONE))
    late = office.member("王乙", Role.CONTACT, region="延津县")

    desk.do_now(due.due)
    clock.move_to(datetime(2019, 4, 18, 15, 0, tzinfo=ZONE))
    desk.do_now(due.due)

    def texts(work: Work) -> list[str]:
        return list(
            work.connection.execute(select(outbox.c.dedup).where(outbox.c.chat_id == late + 1000)).scalars()
        )

    assert [key.split(":")[1] for key in desk.do_now(texts)] == ["weekly.eve"]


def test_a_member_who_left_is_told_nothing(desk: Desk, office: Office, clock: SteppedClock) -> None:
    gone = office.member("王乙", Role.CONTACT, region="延津县")
    clock.move_to(datetime(2019, 4, 11, 14, 0, tzinfo=ZONE))
    desk.do_now(
        lambda work: work.connection.execute(
            members.update().where(members.c.id == gone).values(left_at=work.now)
        )
    )
    clock.move_to(datetime(2019, 4, 11, 15, 0, tzinfo=ZONE))

    desk.do_now(due.due)

    assert desk.do_now(lambda work: work.connection.execute(select(outbox.c.id)).all()) == []


def test_what_a_crash_undoes_is_told_whole_at_the_next_beat(
    desk: Desk, office: Office, clock: SteppedClock
) -> None:
    for n in range(30):
        office.member(f"联系人{n}", Role.CONTACT, region="延津县")
    clock.move_to(datetime(2019, 4, 11, 15, 0, tzinfo=ZONE))

    class Killed(Exception):
        pass

    def killed(work: Work) -> None:
        due.due(work)
        raise Killed

    def told(work: Work) -> int:
        return len(work.connection.execute(select(outbox.c.id)).all())

    with pytest.raises(Killed):
        desk.do_now(killed)
    after_the_crash = desk.do_now(told)
    desk.do_now(due.due)
    desk.do_now(due.due)

    assert after_the_crash == 0
    assert desk.do_now(told) == 30


def states(work: Work) -> dict[str, str]:
    """Kind of reminder → state of its row, for the weekly ones."""
    rows = work.connection.execute(select(outbox.c.dedup, outbox.c.state)).all()
    return {row.dedup.split(":")[1]: row.state for row in rows if row.dedup.startswith("due:weekly.")}


def test_a_reminder_that_still_waits_is_replaced_by_the_next(
    desk: Desk, office: Office, clock: SteppedClock
) -> None:
    office.member("王乙", Role.CONTACT, region="延津县")
    clock.move_to(datetime(2019, 4, 11, 15, 0, tzinfo=ZONE))
    desk.do_now(due.due)  # Telegram cannot be reached: it waits

    clock.move_to(datetime(2019, 4, 12, 8, 30, tzinfo=ZONE))
    desk.do_now(due.due)

    assert desk.do_now(states) == {"weekly.eve": "stale", "weekly.morning": "waiting"}
    clock.move_to(datetime(2019, 4, 12, 10, 5, tzinfo=ZONE))
    desk.do_now(due.due)
    assert desk.do_now(states) == {"weekly.eve": "stale", "weekly.morning": "stale"}


def test_what_telegram_s_silence_held_up_says_that_it_is_late(
    desk: Desk, office: Office, clock: SteppedClock
) -> None:
    office.member("王乙", Role.CONTACT, region="延津县")
    clock.move_to(datetime(2019, 4, 11, 15, 0, tzinfo=ZONE))
    desk.do_now(due.due)

    clock.advance(timedelta(minutes=40))
    turn = desk.do_now(lambda work: post.turn(work, (), most=5, unhurried=5))

    assert turn.parcels[0].payload["values"]["late"] is True


def test_what_waits_is_closed_when_the_report_comes(desk: Desk, office: Office, clock: SteppedClock) -> None:
    contact = office.member("王乙", Role.CONTACT, region="延津县")
    clock.move_to(datetime(2019, 4, 11, 15, 0, tzinfo=ZONE))
    desk.do_now(due.due)
    form = WeeklyForm.parse((resources.files("bot") / "data" / "weekly.toml").read_text("utf-8"))
    figures = {row.key: Figure(Decimal(1), row.units[0]) for row in form.of_track("county")}
    sheet = SheetRead("延津县", "2019-04-12", figures, (), {"summary": "本周集中清理村口和坑塘，成效明显。"})

    office.does(
        contact, receiving.take_sheet, Incoming(contact + 1000, 7, contact + 1000, clock.now()), sheet
    )

    assert desk.do_now(states) == {"weekly.eve": "stale"}
