"""A caption becomes an entry: region, place, number, deadline, source, and what is held (SPEC §2)."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bot.clock import SteppedClock
from bot.domain.permissions import Role
from bot.ledger import entries as book
from bot.ledger.desk import Desk, Work
from bot.ledger.tables import cards
from bot.services import views
from bot.services.counties import assignment
from bot.services.field import intake
from bot.services.incoming import Attachment, Incoming
from bot.services.offices import handed
from bot.services.views.receipt import receipt

ZONE = ZoneInfo("Asia/Shanghai")
HEAP = "延津县王楼镇任庄村村口垃圾堆"

_messages = itertools.count(100)


def entry(desk: Desk, entry_id: int) -> Any:
    """An entry's row as it stands."""
    return desk.look_now(book.get, entry_id)


def photo(number: int) -> Attachment:
    return Attachment("photo", f"file{number}", f"unique{number}", 1000)


@pytest.fixture
def files(office: Any, desk: Desk, clock: SteppedClock) -> Callable[..., Any]:
    """A member sends a photo with a caption; gives the entry's row."""

    def send(member: int, text: str, *, pictured: bool = True, verb: Any = intake.take) -> Any:
        number = next(_messages)
        incoming = Incoming(
            member + 1000, number, member + 1000, clock.now(), text=text,
            attachments=(photo(number),) if pictured else (),
        )  # fmt: skip
        entry_id = office.does(member, verb, incoming)
        return entry(desk, entry_id)

    return send


@pytest.fixture
def li(office: Any) -> int:
    """An inspector of the first county group, which looks after 卫辉市 and 延津县."""
    return int(office.member("李甲", Role.INSPECTOR, group_key="county/1", leader=True))


def due_of(office: Any, member: int, row: Any) -> Any:
    """The deadline, and the note about it, if the entry was handed over now."""
    return office.does(member, lambda work: assignment.deadline_of(work, row))


def local(clock: SteppedClock, hour: int, minute: int = 0) -> None:
    """The clock goes on to an hour of the day, by the campaign's wall clock."""
    wanted = clock.now().astimezone(ZONE).replace(hour=hour, minute=minute)
    clock.advance(wanted - clock.now())


# --- region and place ------------------------------------------------------------------------------


def test_the_whole_place_is_read_from_one_line(files: Any, li: int) -> None:
    row = files(li, HEAP)

    assert (row.number, row.state) == ("县1-0412-01", "filed")
    assert (row.region, row.township, row.village, row.spot) == ("延津县", "王楼镇", "任庄村", "村口")
    assert (row.category, row.track, row.checker) == ("garbage.domestic", "county", "county/1")


def test_a_village_that_is_unique_in_the_groups_regions_gives_region_and_township(
    files: Any, li: int, world: Any
) -> None:
    village = _unique_village(world, ("卫辉市", "延津县"))

    row = files(li, f"{village.name}村口垃圾堆")

    assert (row.state, row.region, row.township) == ("filed", village.region, village.township)
    assert row.village == village.name


def _unique_village(world: Any, regions: tuple[str, ...]) -> Any:
    """A long village name that stands once in these regions."""
    gazetteer = world.reader.gazetteer
    return next(
        one
        for one in gazetteer.villages
        if one.region in regions
        and len(one.name) == 4
        and one.name.endswith("村")
        and len(gazetteer.villages_named(one.name)) == 1
    )


def test_a_village_that_stands_twice_is_offered_and_the_entry_filed(files: Any, li: int, world: Any) -> None:
    names = Counter(one.name for one in world.reader.gazetteer.villages if one.region == "延津县")
    twice = next(name for name, count in names.items() if count == 2 and len(name) == 3 and name[-1] == "村")

    row = files(li, f"延津县{twice}垃圾堆")

    assert (row.state, row.region, row.village) == ("filed", "延津县", None)
    assert len(row.choices) == 2
    assert {choice[2] for choice in row.choices} == {twice}


def test_without_a_region_it_is_a_draft_without_a_number(files: Any, li: int) -> None:
    row = files(li, "村口垃圾堆")

    assert (row.state, row.number, row.note, row.settle_at) == ("draft", None, "region", None)


def test_a_place_is_taken_over_within_half_an_hour(files: Any, li: int, clock: SteppedClock) -> None:
    files(li, HEAP)
    clock.advance(timedelta(minutes=29))

    row = files(li, "路边污水横流")

    assert (row.region, row.township, row.village, row.note) == ("延津县", "王楼镇", "任庄村", "same_place")
    assert row.spot != "村口"


def test_after_half_an_hour_a_place_is_not_taken_over(files: Any, li: int, clock: SteppedClock) -> None:
    files(li, HEAP)
    clock.advance(timedelta(minutes=31))

    row = files(li, "路边污水横流")

    assert (row.state, row.region) == ("draft", None)


def test_a_covert_entrys_place_is_not_taken_over_by_an_open_one(files: Any, li: int) -> None:
    files(li, f"暗访，{HEAP}")

    row = files(li, "路边污水横流")

    assert (row.state, row.mode, row.region) == ("draft", "open", None)


def test_numbers_count_by_prefix_and_day(files: Any, li: int, clock: SteppedClock) -> None:
    first, second = files(li, HEAP), files(li, f"暗访，{HEAP}")
    clock.advance(timedelta(days=1))

    third, fourth = files(li, HEAP), files(li, HEAP)

    assert [first.number, second.number] == ["县1-0412-01", "暗-0412-01"]
    assert [third.number, fourth.number] == ["县1-0413-01", "县1-0413-02"]


# --- deadlines -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("caption", "day"),
    [(HEAP, 15), ("延津县王楼镇任庄村污水横流", 19), ("延津县王楼镇任庄村坑塘漂浮垃圾", 22)],
)
def test_without_a_wish_the_categorys_days_stand(
    office: Any, files: Any, li: int, caption: str, day: int
) -> None:
    row = files(li, caption)

    due = due_of(office, li, row)

    assert row.wish is None
    assert (due.due, due.note) == (datetime(2019, 4, day, 18, tzinfo=ZONE), None)


@pytest.mark.parametrize(
    ("hour", "minute", "day", "until"), [(14, 59, 12, 18), (15, 1, 13, 12), (19, 0, 13, 12)]
)
def test_at_once_is_today_until_three_in_the_afternoon_and_then_the_next_noon(
    office: Any, files: Any, li: int, clock: SteppedClock, hour: int, minute: int, day: int, until: int
) -> None:
    local(clock, hour, minute)
    row = files(li, f"{HEAP}，立即整改")

    due = due_of(office, li, row)

    assert due.due == datetime(2019, 4, day, until, tzinfo=ZONE)


def test_a_day_that_has_gone_by_is_not_taken_and_the_receipt_says_so(
    office: Any, files: Any, li: int
) -> None:
    row = files(li, f"{HEAP}，4月10日前完成")

    due = due_of(office, li, row)

    assert due.note == "past"
    assert due.due == datetime(2019, 4, 15, 18, tzinfo=ZONE)
    assert _receipt(office, li, row).values["past"]


def _receipt(office: Any, member: int, row: Any) -> Any:
    return office.does(member, receipt, row)


# --- held, clean, other sources ---------------------------------------------------------------------


def test_an_open_entry_settles_for_a_minute(files: Any, li: int, clock: SteppedClock) -> None:
    row = files(li, HEAP)

    assert row.settle_at == clock.now() + timedelta(seconds=60)


@pytest.mark.parametrize("caption", [f"暗访，{HEAP}", f"{HEAP}（暗访发现）"])
def test_the_word_makes_it_covert_held_and_checked_by_nobody_yet(files: Any, li: int, caption: str) -> None:
    row = files(li, caption)

    assert (row.number, row.mode, row.state) == ("暗-0412-01", "covert", "filed")
    assert (row.settle_at, row.checker, row.handed_over_at) == (None, None, None)


@pytest.mark.parametrize("words", ["现场整洁", "未发现问题", "环境良好", "亮点"])
def test_a_clean_place_is_a_visit_without_a_number(files: Any, li: int, words: str) -> None:
    row = files(li, f"延津县王楼镇任庄村{words}")

    assert (row.kind, row.state, row.number, row.settle_at) == ("visit", "filed", None, None)


def test_clean_words_beside_a_problem_are_a_problem(files: Any, li: int) -> None:
    row = files(li, "延津县王楼镇任庄村整体良好，村口垃圾堆")

    assert (row.kind, row.number) == ("issue", "县1-0412-01")


@pytest.mark.parametrize(
    ("words", "source"),
    [
        ("举报：", "public"),
        ("曝光：", "media"),
        ("交办：", "assigned"),
        ("", "assigned"),
        ("交办：有群众来电，", "public"),
    ],
)
def test_an_offices_words_tell_the_source_and_it_is_held(
    office: Any, files: Any, words: str, source: str
) -> None:
    chief = office.member("钱丁", Role.OFFICE, track="county")

    row = files(chief, f"{words}{HEAP}")

    assert (row.number, row.source, row.state) == ("办-0412-01", source, "filed")
    assert (row.settle_at, row.checker, row.group_key) == (None, None, None)


def test_an_inspectors_caption_that_begins_with_a_source_is_the_groups(files: Any, li: int) -> None:
    row = files(li, f"举报：{HEAP}")

    assert (row.number, row.source) == ("县1-0412-01", "group")


def test_a_text_without_a_photo_opens_a_draft_that_waits_for_it(files: Any, li: int) -> None:
    row = files(li, HEAP, pictured=False, verb=intake.words)

    assert (row.state, row.note, row.description) == ("draft", "photos", HEAP)


def test_the_oversights_entry_settles_and_goes_by_the_regions_track(
    office: Any, files: Any, clock: SteppedClock
) -> None:
    overseer = office.member("周戌", Role.OVERSIGHT)

    row = files(overseer, HEAP)

    assert (row.number, row.source, row.track) == ("办-0412-01", "ganzhuanzheng", "county")
    assert row.settle_at is not None


# --- a city leader ----------------------------------------------------------------------------------


def test_a_leaders_matter_without_a_place_goes_to_both_offices_and_the_first_to_press_has_it(
    office: Any, desk: Desk, clock: SteppedClock
) -> None:
    mayor = office.member("冯市长", Role.CITY_LEADER)
    county = office.member("钱丁", Role.OFFICE, track="county")
    district = office.member("卫戊", Role.OFFICE, track="district")
    number = next(_messages)
    incoming = Incoming(
        mayor + 1000, number, mayor + 1000, clock.now(), text="沿路垃圾多", attachments=(photo(number),)
    )
    office.does(mayor, handed.take, incoming)

    offered = desk.look_now(_cards_of)
    office.does(district, handed.take_on, 1)
    late = office.does(county, handed.take_on, 1)
    office.does(district, handed.file, 1, _index(office, county, "红旗区"), district + 1000)

    row = entry(desk, 1)
    assert offered == sorted((county + 1000, district + 1000))
    assert late.text == "handed.late"
    assert (row.number, row.source, row.track, row.region) == ("办-0412-01", "leader", "district", "红旗区")
    assert (row.filer_id, row.state) == (district, "filed")


def test_a_leaders_matter_with_a_place_goes_to_that_tracks_office(
    office: Any, desk: Desk, clock: SteppedClock
) -> None:
    mayor = office.member("冯市长", Role.CITY_LEADER)
    county = office.member("钱丁", Role.OFFICE, track="county")
    office.member("卫戊", Role.OFFICE, track="district")

    incoming = Incoming(mayor + 1000, next(_messages), mayor + 1000, clock.now(), text=HEAP)
    office.does(mayor, handed.take, incoming)

    assert desk.look_now(_cards_of) == [county + 1000]


def test_what_a_caller_told_a_leader_is_filed_as_a_callers(
    office: Any, desk: Desk, clock: SteppedClock
) -> None:
    mayor = office.member("冯市长", Role.CITY_LEADER)
    county = office.member("钱丁", Role.OFFICE, track="county")
    number = next(_messages)
    incoming = Incoming(
        mayor + 1000, number, mayor + 1000, clock.now(),
        text=f"刚有群众某甲来电，{HEAP}", attachments=(photo(number),),
    )  # fmt: skip
    office.does(mayor, handed.take, incoming)

    office.does(county, handed.file, 1, _index(office, county, "延津县"), county + 1000)

    row = entry(desk, 1)
    kinds = [one.kind for one in desk.look_now(book.photos_of, 1)]
    assert (row.source, row.settle_at, row.public_text) == ("public", None, None)
    assert kinds == ["source"]
    assert views.what_county_reads(row) == ""


def _index(office: Any, member: int, region: str) -> int:
    names = office.does(member, lambda work: [one.name for one in work.world.campaign.regions])
    return int(names.index(region))


def _cards_of(work: Work) -> list[int]:
    return sorted(work.connection.execute(select(cards.c.chat_id).where(cards.c.kind == "handed")).scalars())
