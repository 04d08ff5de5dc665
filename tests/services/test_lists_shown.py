"""Lists as their readers see them: pages, filters, what is nobody else's to know."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import and_, select

from bot.clock import SteppedClock
from bot.domain.entries import State
from bot.domain.permissions import Role
from bot.ledger import entries as book
from bot.ledger.desk import Desk, Work
from bot.ledger.tables import entries
from bot.services import sight
from bot.services.finding import filters, pages, totals
from bot.services.finding.asked import Asked, Turned
from bot.services.looking import lists
from bot.services.refusals import NotUnderstood
from tests.services.conftest import Office
from tests.services.looking import Looking, entry
from tests.services.test_sight import ACTORS
from tests.services.test_sight import ledger as ledger

KNOWN_FILTERS: tuple[tuple[tuple[str, int], ...], ...] = (
    (), (("region", 6),), (("region", 6), ("state", 2)), (("state", 6),), (("late", 1),),
    (("region", 6), ("late", 1)), (("state", 5), ("period", 1)), (("source", 0),), (("group", 0),),
    (("group", 99),),
)  # fmt: skip


@pytest.fixture
def looking(office: Office) -> Looking:
    """Somebody's phone."""
    return Looking(office)


@pytest.fixture
def chief(office: Office) -> int:
    """Somebody of the county's office."""
    return office.member("钱丁", Role.OFFICE, track="county")


@pytest.fixture
def contact(office: Office) -> int:
    """延津县's contact."""
    return office.member("王乙", Role.CONTACT, track="county", region="延津县")


# --- pages ----------------------------------------------------------------------------------------------


def test_the_ledger_is_turned_page_by_page_and_back(
    office: Office, looking: Looking, chief: int, clock: SteppedClock
) -> None:
    for serial in range(1, 24):
        entry(office, chief, f"县1-0412-{serial:02d}")
        clock.advance(timedelta(minutes=1))

    first = looking.list(chief, "ledger")
    second = looking.press(chief, first, "下一页")
    third = looking.press(chief, second, "下一页")
    again = looking.press(chief, third, "上一页")

    assert first.text.splitlines()[0] == "<b>台账</b> 共 23 条，第 1–10 条"
    assert first.rows[0] == ["1", "2", "3", "4", "5"]
    assert (first.numbers[0], first.numbers[-1]) == ("县1-0412-23", "县1-0412-14")
    assert second.numbers[0] == "县1-0412-13"
    assert third.numbers == ["县1-0412-03", "县1-0412-02", "县1-0412-01"]
    assert "下一页" not in third.buttons
    assert again.text == second.text
    assert looking.press(chief, again, "上一页").text == first.text


@pytest.mark.parametrize("name", list(ACTORS))
def test_the_pages_of_a_list_hold_exactly_what_its_reader_may_see(ledger: Desk, name: str) -> None:
    """Whatever index answers: every page forth and back, under every filter, against the table itself."""

    def check(work: Work) -> list[str]:
        work.actor = ACTORS[name]
        offices = len(work.world.campaign.groups)
        wrong = []
        for chosen in KNOWN_FILTERS:
            asked = Asked("ledger", tuple((kind, offices if at == 99 else at) for kind, at in chosen))
            wanted, given = _wanted(work, asked)
            forth, back = _turned(work, asked)
            if sorted(forth) != wanted or back != forth[: len(back)]:
                wrong.append(f"{asked}: {len(forth)} forth, {len(back)} back, {len(wanted)} wanted")
            if totals.of(work, asked) != len(wanted):
                wrong.append(f"{asked}: counted {totals.of(work, asked)} of {len(wanted)} {given.keys()}")
        return wrong

    def tracks_follow_regions(work: Work) -> None:
        for region in work.world.campaign.regions:
            work.connection.execute(
                entries.update().where(entries.c.region == region.name).values(track=region.track)
            )

    ledger.do_now(tracks_follow_regions)
    ledger.do_now(totals.mend)

    assert ledger.do_now(check) == []


def _wanted(work: Work, asked: Asked) -> tuple[list[int], dict[str, Any]]:
    given = {"me": work.actor.member_id, **filters.values(work, asked)}
    where = and_(
        sight.visible(work), entries.c.kind == "issue", entries.c.state != State.DRAFT.value,
        *(filters.condition(work, asked, kind) for kind, _ in asked.filters),
    )  # fmt: skip
    named = where.compile().params.keys()
    found = work.connection.execute(
        select(entries.c.id).where(where), {key: given[key] for key in given if key in named}
    )
    return sorted(found.scalars()), given


def _turned(work: Work, asked: Asked) -> tuple[list[int], list[int]]:
    """The ids of all pages turned forth, and of all pages turned back from the last."""
    page, forth = pages.fetch(work, asked), []
    while True:
        forth += [row.id for row in page.rows]
        if page.on is None:
            break
        page = pages.fetch(work, Asked(asked.which, asked.filters, turned=page.on))
    back: list[int] = [row.id for row in page.rows]
    while page.back is not None:
        page = pages.fetch(work, Asked(asked.which, asked.filters, turned=page.back))
        back = [row.id for row in page.rows] + back
    assert len(forth) == len(set(forth))
    return forth, back


def test_a_page_whose_place_is_gone_begins_anew(office: Office, looking: Looking, chief: int) -> None:
    for serial in range(1, 12):
        entry(office, chief, f"县1-0412-{serial:02d}")
    first = looking.list(chief, "ledger")
    everything = entries.update().values(state="draft")
    office.desk.do_now(lambda work: work.connection.execute(everything.where(entries.c.id == 1)) and None)

    turned = looking.press(chief, first, "下一页")

    assert turned.numbers == first.numbers


# --- filters --------------------------------------------------------------------------------------------


def test_every_filter_narrows_and_is_taken_off_again(office: Office, looking: Looking, chief: int) -> None:
    entry(office, chief, "县1-0412-01")
    entry(office, chief, "县1-0412-02", township="司寨乡", village=None, category="road.road_dirty")
    entry(office, chief, "县1-0412-03", region="卫辉市", township="后河镇", state="closed")
    entry(office, chief, "办-0412-01", group_key=None, checker=None, source="media", state="filed")

    def narrowed(*labels: str) -> list[str]:
        shown = looking.list(chief, "ledger")
        for label in labels:
            shown = looking.press(chief, shown, label)
        return sorted(shown.numbers)

    assert narrowed("按县区", "卫辉市") == ["县1-0412-03"]
    assert narrowed("按状态", "已销号") == ["县1-0412-03"]
    assert narrowed("按状态", "逾期") == []
    assert narrowed("按县区", "延津县", "更多筛选", "按乡镇", "司寨乡") == ["县1-0412-02"]
    assert narrowed("更多筛选", "按类别", "道路") == ["县1-0412-02"]
    assert narrowed("更多筛选", "按督查组", "攻坚办") == ["办-0412-01"]
    assert narrowed("更多筛选", "按旬", "4月中旬") == [
        "办-0412-01", "县1-0412-01", "县1-0412-02", "县1-0412-03",
    ]  # fmt: skip
    assert narrowed("更多筛选", "按来源", "媒体曝光") == ["办-0412-01"]
    assert narrowed("按县区", "延津县", "按状态", "已登记", "更多筛选", "✕ 延津县", "全部") == [
        "办-0412-01", "县1-0412-01", "县1-0412-02", "县1-0412-03",
    ]  # fmt: skip


def test_what_is_overdue_comes_by_its_deadline(
    office: Office, looking: Looking, chief: int, clock: SteppedClock
) -> None:
    for serial, days in enumerate((3, 1, 2), 1):
        entry(office, chief, f"县1-0412-{serial:02d}", deadline=clock.now() + timedelta(days=days))
    clock.advance(timedelta(days=2, hours=1))

    shown = looking.press(chief, looking.press(chief, looking.list(chief, "ledger"), "按状态"), "逾期")

    assert shown.numbers == ["县1-0412-02", "县1-0412-03"]
    assert shown.text.splitlines()[0] == "<b>台账</b> · 逾期 共 2 条"


def test_a_filter_that_matches_nothing_says_so_and_offers_to_widen(
    office: Office, looking: Looking, chief: int
) -> None:
    entry(office, chief, "县1-0412-01")
    shown = looking.list(chief, "ledger")
    for label in ("按县区", "卫辉市", "按状态", "已销号"):
        shown = looking.press(chief, shown, label)

    assert "没有符合条件的。可以去掉一个条件再看：" in shown.text
    assert shown.rows[:2] == [["✕ 卫辉市"], ["✕ 已销号"]]
    assert looking.press(chief, shown, "全部").numbers == ["县1-0412-01"]


def test_the_group_of_a_covert_entry_is_no_filter_to_who_may_not_know_it(
    office: Office, looking: Looking, chief: int, clock: SteppedClock
) -> None:
    """Handed over, its sender is the office; by no filter is it told who filed it, or when."""
    watch = office.member("褚丑", Role.OVERSIGHT)
    leader = office.member("李甲", Role.INSPECTOR, track="county", group_key="county/1", leader=True)
    found_at = clock.now()
    clock.advance(timedelta(days=8))
    entry(
        office, leader, "暗-0412-01", mode="covert", checker=None, found_at=found_at,
        handed_over_at=clock.now(), public_text="村口垃圾堆",
    )  # fmt: skip
    group = "县(市)第一督查小组"

    def narrowed(who: int, *labels: str) -> list[str]:
        shown = looking.list(who, "ledger")
        for label in labels:
            shown = looking.press(who, shown, label)
        return shown.numbers

    assert narrowed(watch, "更多筛选", "按督查组", group) == []
    assert narrowed(watch, "更多筛选", "按督查组", "攻坚办") == ["暗-0412-01"]
    assert narrowed(watch, "更多筛选", "按旬", "4月中旬") == []
    assert narrowed(chief, "更多筛选", "按督查组", group) == ["暗-0412-01"]
    assert narrowed(leader, "更多筛选", "按督查组", group) == ["暗-0412-01"]


def test_a_county_has_no_filter_by_source_or_group(office: Office, looking: Looking, contact: int) -> None:
    shown = looking.press(contact, looking.list(contact, "ledger"), "更多筛选")

    assert shown.rows == [["按乡镇", "按类别", "按旬"], ["返回"]]
    for forged in ("l.q5", "l.g0", "l.r1", "l.w99", "l.s0", "l.p50", "l.o2", "l.z1", "x", "l?g", "l~>9-z-zz"):
        with pytest.raises(NotUnderstood):
            office.does(contact, lists.turn, contact + 1000, 77, forged)


def test_a_hidden_entry_changes_nothing_for_others(
    office: Office, looking: Looking, chief: int, contact: int
) -> None:
    watch = office.member("褚丑", Role.OVERSIGHT)
    group = office.member("李甲", Role.INSPECTOR, track="county", group_key="county/1")
    entry(office, group, "县1-0412-01")
    before = [looking.list(who, "ledger") for who in (watch, group, contact)]

    entry(
        office,
        0,
        "暗-0412-01",
        filer_id=None,
        group_key="county/0",
        mode="covert",
        checker=None,
        state="filed",
    )

    assert [looking.list(who, "ledger") for who in (watch, group, contact)] == before
    own = looking.list(chief, "ledger")
    assert "共 2 条" in own.text
    assert own.protect


def test_a_button_carries_a_list_under_all_its_filters() -> None:
    asked = Asked(
        "ledger",
        (
            ("region", 14),
            ("township", 22),
            ("state", 8),
            ("category", 12),
            ("group", 10),
            ("period", 10),
            ("source", 7),
        ),
        turned=Turned(True, 0, 2**53, 10**6, 10**6),
    )

    assert Asked.read(str(asked)) == asked
    assert len(f"1:list:0:0:{asked}") <= 64


def test_my_list_counts_by_state_and_puts_drafts_first(
    office: Office, looking: Looking, clock: SteppedClock
) -> None:
    filer = office.member("张己", Role.INSPECTOR, track="county", group_key="county/1")
    for at, state in enumerate(("closed", "assigned", "submitted", "returned"), 1):
        entry(office, filer, f"县1-0412-{at:02d}", state=state, deadline=clock.now() + timedelta(days=at))
    entry(office, filer, None, state="draft", region=None, township=None, village=None, spot=None)

    shown = looking.list(filer, "my")

    assert shown.text.splitlines()[1] == "草稿 1 · 已交办 1 · 待核查 1 · 退回整改 1 · 已销号 1"
    assert shown.numbers[1:] == ["县1-0412-03", "县1-0412-02", "县1-0412-04", "县1-0412-01"]
    assert shown.numbers[0] == "草稿"


def test_a_list_reads_as_english_in_english(office: Office, looking: Looking, chief: int) -> None:
    looking.language = "en"
    entry(office, chief, "县1-0412-01")

    shown = looking.list(chief, "ledger")
    more = looking.press(chief, shown, "More filters")

    assert shown.text.startswith("<b>Ledger</b>: 1\n")
    assert more.rows == [["By category", "By group", "By period"], ["By source"], ["Back"]]
    assert looking.press(chief, looking.press(chief, more, "By period"), "to 4/18").text.startswith(
        "<b>Ledger</b> · ten days to 4/18: 1"
    )


def test_an_entry_keeps_its_row_in_the_reader_of_a_list(office: Office, chief: int) -> None:
    """What a page reads of an entry is enough for the table of permissions."""
    entry_id = entry(office, chief, "县1-0412-01")

    def both(work: Work) -> bool:
        (row,) = pages.fetch(work, Asked("ledger")).rows
        whole = book.get(work, entry_id)
        assert whole is not None
        return book.facts_of(row) == book.facts_of(whole)

    assert office.does(chief, both)
