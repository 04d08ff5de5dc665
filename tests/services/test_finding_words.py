"""`/find`: words, numbers, slips; and that nobody finds by words what that reader may not read."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.clock import SteppedClock
from bot.domain.permissions import Role
from bot.ledger import entries as book
from bot.ledger import words
from bot.ledger.desk import Work
from bot.services.finding import index
from bot.services.refusals import NotUnderstood
from tests.services.conftest import Office
from tests.services.looking import Looking, Sight, entry

NOBODYS = "138" + "0000" + "1234"
"""Put together: nobody's number stands in a file."""


@pytest.fixture
def looking(office: Office) -> Looking:
    """Somebody's phone."""
    return Looking(office)


@pytest.fixture
def chief(office: Office) -> int:
    """Somebody of the county's office."""
    return office.member("钱丁", Role.OFFICE, track="county")


@pytest.fixture
def group(office: Office) -> int:
    """Somebody of the first county group."""
    return office.member("李甲", Role.INSPECTOR, track="county", group_key="county/1")


@pytest.fixture
def contact(office: Office) -> int:
    """延津县's contact."""
    return office.member("王乙", Role.CONTACT, track="county", region="延津县")


@pytest.fixture
def watch(office: Office) -> int:
    """Somebody of 敢转争."""
    return office.member("褚丑", Role.OVERSIGHT)


def test_an_entry_is_found_by_its_place_its_words_and_its_number(
    office: Office, looking: Looking, group: int
) -> None:
    entry(office, group, "县1-0412-01")
    entry(
        office,
        group,
        "县1-0412-02",
        township="司寨乡",
        village=None,
        spot="K14+950",
        description="路面有坑塘",
    )

    def found(typed: str) -> list[str]:
        return looking.find(group, typed).numbers

    assert found("垃圾") == ["县1-0412-01"]
    assert found("王楼镇 垃圾") == ["县1-0412-01"]
    assert found("延津县 坑塘") == ["县1-0412-02"]
    assert found("k14+950") == ["县1-0412-02"]
    assert found("1-0412") == ["县1-0412-02", "县1-0412-01"]
    assert found("司寨乡 垃圾") == []


def test_slips_are_forgiven_and_what_was_looked_for_instead_is_said(
    office: Office, looking: Looking, group: int
) -> None:
    entry(office, group, "县1-0412-01", description="村口有漂浮物")

    mended = looking.find(group, "王搂镇漂浮物")
    apart = looking.find(group, "王楼镇漂浮物")
    near = looking.find(group, "漂浮勿")
    nothing = looking.find(group, "占道经营")

    assert mended.numbers == apart.numbers == near.numbers == ["县1-0412-01"]
    assert "没有“王搂镇漂浮物”，按“王楼镇 漂浮物”查找" in mended.text
    assert "没有完全相同的，下面是相近的" in near.text
    assert "可以换一个词" in nothing.text
    assert "“塘”只有一个字，没有用上" in looking.find(group, "漂浮物 塘").text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("坑", "一个字查不准，请至少写两个字，例如“垃圾”。"),
        ("垃圾" * 1998, "太长了，请用几个词查找（60 字以内），例如“王楼镇 垃圾”。"),
        ("🗑️🙂", "没有可以查找的文字。请写地点、问题或编号，例如“王楼镇 垃圾”。"),
        ("县9-0412-77", "没有这条问题。请核对编号。"),
    ],
)
def test_what_cannot_be_looked_for_is_answered_in_one_line(
    looking: Looking, group: int, typed: str, said: str
) -> None:
    assert looking.find(group, typed).text == said


@pytest.mark.parametrize(
    "typed",
    [
        "'; DROP TABLE entries; --",
        '" OR told : 垃圾 *',
        "NEAR(垃圾 王楼)",
        "%%",
        "told:垃圾",
        "垃圾*^",
        "a" * 60,
    ],
)
def test_nothing_typed_is_a_command_to_the_database(
    office: Office, looking: Looking, group: int, typed: str
) -> None:
    entry(office, group, "县1-0412-01")

    shown = looking.find(group, typed)

    assert "没有" in shown.text or "找" in shown.text
    assert looking.find(group, "垃圾").numbers == ["县1-0412-01"]


def test_found_pages_are_turned_and_filtered_and_keep_their_words(
    office: Office, looking: Looking, chief: int
) -> None:
    for serial in range(1, 13):
        entry(office, chief, f"县1-0412-{serial:02d}", state="closed" if serial == 3 else "assigned")
    first = looking.find(chief, "垃圾")

    second = looking.press(chief, first, "下一页", "find")
    again = looking.press(chief, second, "上一页", "find")
    closed = looking.press(chief, looking.press(chief, again, "按状态", "find"), "已销号", "find")

    assert first.text.splitlines()[0] == "<b>查找「垃圾」</b> 共 12 条，第 1–10 条"
    assert second.numbers == ["县1-0412-02", "县1-0412-01"]
    assert again.text == first.text
    assert closed.text.splitlines()[0] == "<b>查找「垃圾」</b> · 已销号 共 1 条"


def test_an_old_searchs_buttons_are_answered_kindly(office: Office, looking: Looking, chief: int) -> None:
    from bot.services.looking import lists

    with pytest.raises(NotUnderstood):
        office.does(chief, lists.turn, chief + 1000, 99, "f.s6")


def test_bare_find_asks_what_for_and_the_next_words_are_it(
    office: Office, looking: Looking, group: int
) -> None:
    from bot.ledger.tables import questions
    from bot.services.looking import listwords

    office.does(group, listwords.find, "", group + 1000, group + 1000)

    asked = office.desk.do_now(lambda work: work.connection.execute(questions.select()).one())
    assert (asked.kind, asked.state) == ("find", "open")


# --- what is not everybody's to read -----------------------------------------------------------------


def test_a_callers_words_are_found_by_the_office_alone(
    office: Office, looking: Looking, chief: int, group: int, contact: int, watch: int
) -> None:
    """Red line (b): that a search finds nothing must not depend on words that the reader may not read."""
    entry(
        office, chief, "办-0412-01", source="public", group_key=None, checker=None,
        description="赵家门前倒污水，邻居来电", public_text="街边有污水", village=None, spot="赵家门前",
    )  # fmt: skip

    for who in (group, contact, watch):
        assert looking.find(who, "赵家").numbers == []
        assert looking.find(who, "邻居").numbers == []
        assert looking.find(who, "街边 污水").numbers == ["办-0412-01"]
    assert looking.find(chief, "赵家").numbers == ["办-0412-01"]
    assert looking.find(chief, "街边").numbers == ["办-0412-01"]


def test_the_county_finds_by_the_words_that_were_written_for_it(
    office: Office, looking: Looking, group: int, contact: int
) -> None:
    entry(office, group, "县1-0412-01", description="支书不管，村口垃圾堆", public_text="村口垃圾堆")

    assert looking.find(contact, "支书").numbers == []
    assert looking.find(contact, "垃圾堆").numbers == ["县1-0412-01"]
    assert looking.find(group, "支书").numbers == ["县1-0412-01"]


def test_what_is_covert_is_found_by_its_group_and_the_office(
    office: Office, looking: Looking, chief: int, group: int, contact: int, watch: int
) -> None:
    covert = office.member("何午", Role.INSPECTOR, track="county", group_key="county/0")
    hidden = {
        "filer_id": covert, "group_key": "county/0", "checker": None, "mode": "covert", "state": "filed",
        "assigned_at": None, "description": "暗访发现村口垃圾堆",
    }  # fmt: skip
    nothing = [looking.find(who, "垃圾堆") for who in (group, contact, watch)]
    entry(office, covert, "暗-0412-01", **hidden)

    assert [looking.find(who, "垃圾堆") for who in (group, contact, watch)] == nothing
    for who in (covert, chief):
        shown = looking.find(who, "垃圾堆")
        assert shown.numbers == ["暗-0412-01"]
        assert shown.protect
    for who in (group, contact, watch):
        assert looking.find(who, "暗-0412-01") == looking.find(who, "暗-0412-99")


def test_a_hand_over_makes_it_found_by_the_words_for_the_county(
    office: Office, looking: Looking, chief: int, contact: int, watch: int, clock: SteppedClock
) -> None:
    covert = office.member("何午", Role.INSPECTOR, track="county", group_key="county/0")
    entry_id = entry(
        office, covert, "暗-0412-01", filer_id=covert, group_key="county/0", checker=None, mode="covert",
        state="filed", assigned_at=None, description="何午暗访发现猪圈", public_text="村口有粪污",
    )  # fmt: skip
    looking.read()

    def hand_over(work: Work) -> None:
        row = book.get(work, entry_id)
        assert row is not None
        book.change(work, row, state="assigned", handed_over_at=work.now, assigned_at=work.now)

    clock.advance(timedelta(days=1))
    office.desk.do_now(hand_over)

    for who in (contact, watch):
        assert looking.find(who, "猪圈").numbers == []
        assert looking.find(who, "何午").numbers == []
        assert looking.find(who, "粪污").numbers == ["暗-0412-01"]
    for who in (covert, chief):
        assert looking.find(who, "猪圈").numbers == ["暗-0412-01"]


def test_who_is_two_things_reads_of_each_entry_what_one_of_them_may(
    office: Office, looking: Looking, chief: int
) -> None:
    """An office's member who is another county's contact finds there no more than that county."""
    both = office.member("吴未", Role.OFFICE, track="district")

    def contact_too(work: Work) -> None:
        from bot.ledger.tables import roles

        work.insert(
            roles, member_id=both, role="contact", track="county", region="延津县", granted_at=work.now
        )

    office.desk.do_now(contact_too)
    entry(office, chief, "县1-0412-01", description="支书不管", public_text="村口垃圾堆")
    entry(
        office, chief, "区1-0412-01", track="district", group_key="district/1", region="卫滨区",
        township=None, village=None, description="支书不管",
    )  # fmt: skip

    assert looking.find(both, "支书").numbers == ["区1-0412-01"]
    assert looking.find(both, "垃圾堆").numbers == ["县1-0412-01"]


def test_a_telephone_number_is_in_no_index(office: Office, looking: Looking, group: int) -> None:
    entry(office, group, "县1-0412-01", description=f"垃圾堆，联系 {NOBODYS}")

    shown: Sight = looking.find(group, NOBODYS)

    assert shown.numbers == []


def test_words_that_change_are_found_anew_and_the_old_ones_no_more(
    office: Office, looking: Looking, group: int
) -> None:
    entry_id = entry(office, group, "县1-0412-01")
    looking.read()

    def reword(work: Work) -> None:
        row = book.get(work, entry_id)
        assert row is not None
        book.change(work, row, description="坑塘漂浮物")

    office.desk.do_now(reword)

    assert looking.find(group, "漂浮物").numbers == ["县1-0412-01"]
    assert looking.find(group, "垃圾堆").numbers == []


def test_at_night_the_index_is_checked_and_what_is_off_is_read_again(
    office: Office, looking: Looking, chief: int, group: int
) -> None:
    lost = entry(office, group, "县1-0412-01")
    entry(office, group, "县1-0412-02")
    hidden = entry(office, group, "暗-0412-01", mode="covert", state="filed", assigned_at=None)
    looking.read()

    def spoil(work: Work) -> None:
        words.forget(work, lost)
        row = book.get(work, hidden)
        assert row is not None
        words.put(work, hidden, index.texts(work, row), covert=False)

    office.desk.do_now(spoil)

    assert office.desk.do_now(index.check, 1) == 2
    assert looking.find(group, "垃圾堆").numbers == ["暗-0412-01", "县1-0412-02", "县1-0412-01"]
    assert not office.desk.do_now(words.holds, hidden, covert=False)
    assert office.desk.do_now(index.check, 1) == 0
