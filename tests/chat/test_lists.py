"""「我的」「待办」「待核查」「台账」 and one entry by its number, for every eye."""

from __future__ import annotations

import pytest

from bot.domain.permissions import Role
from tests.drawn import photo
from tests.town.scenes import People, labels, words
from tests.town.town import Town

NO_SUCH = "没有这条问题。请核对编号。"


@pytest.fixture
async def people(town: Town) -> People:
    """The group, the contact, the office."""
    return await People.join(town)


async def says(people: People, person: object, text: str) -> object:
    """A person types something; gives the bot's last message."""
    person.sends(people.town.bot, text)  # type: ignore[attr-defined]
    await people.town.settle()
    return people.last(person)


async def test_my_list_has_drafts_first_and_counts_by_state(people: People) -> None:
    await people.handed_over()
    people.leader.sends_photo(people.town.bot, photo(seed=4), caption="路边有垃圾")
    await people.town.settle()
    people.leader.sends_photo(people.town.bot, photo(seed=5))
    await people.town.settle()

    shown = await says(people, people.leader, "我的")

    lines = words(shown).splitlines()
    assert lines[0].startswith("我的 共 3 条")
    assert "草稿 1" in lines[1] or "草稿 2" in lines[1]
    assert lines[3].startswith("1. 草稿")
    assert words(shown) == words(await says(people, people.leader, "/my"))


async def test_a_list_is_paged_by_ten_and_turned_in_place(people: People) -> None:
    for number in range(12):
        await people.files(people.leader, f"延津县王楼镇任庄村村口第{number + 1}处垃圾堆，限3天")
    shown = await says(people, people.leader, "我的")
    first, first_labels = words(shown), labels(shown)
    seen = len(people.new(people.leader))

    await people.press(people.leader, shown, "下一页")
    second, second_labels = words(shown), labels(shown)
    await people.press(people.leader, shown, "上一页")

    assert "共 12 条，第 1–10 条" in first
    assert first_labels == [*"123456789", "10", "下一页", "批量办理"]
    assert "第 11–12 条" in second
    assert second_labels == ["11", "12", "上一页", "批量办理"]
    assert words(shown) == first
    assert len(people.new(people.leader)) == seen


async def test_a_number_of_a_list_opens_the_entry_anew(people: People) -> None:
    receipt = await people.files(people.leader)
    shown = await says(people, people.leader, "我的")

    await people.press(people.leader, shown, "1")

    anew = people.last(people.leader)
    assert anew is not receipt
    assert words(anew) == words(receipt)
    assert "立即交办" in labels(anew)


async def test_what_waits_for_the_check_comes_oldest_first(people: People) -> None:
    await people.answered(caption="延津县王楼镇任庄村村北坑塘漂浮物，限3天")
    await people.town.passes(minutes=30)
    await people.answered()

    shown = await says(people, people.leader, "待核查")
    await people.press(people.leader, shown, "1")

    rows = [line for line in words(shown).splitlines() if line[:2] in ("1.", "2.")]
    assert "县1-0412-01" in rows[0]
    assert "县1-0412-02" in rows[1]
    assert labels(people.last(people.leader)) == ["销号", "退回", "办理过程"]
    assert people.last(people.leader).file is not None


async def test_todo_is_what_waits_for_its_reader(people: People) -> None:
    await people.answered()
    await people.handed_over(caption="延津县王楼镇任庄村村北坑塘漂浮物，限3天")

    groups = words(await says(people, people.leader, "待办"))
    countys = words(await says(people, people.contact, "待办"))

    assert "县1-0412-01" in groups
    assert "县1-0412-02" not in groups
    assert "县1-0412-02" in countys


@pytest.mark.parametrize(
    "typed", ["县1-0412-01", " 县1－0412－1 ", "#县1-0412-01", "0412-01", "/issue 县1-0412-01"]
)
async def test_an_entry_is_opened_by_its_number_as_people_type_it(people: People, typed: str) -> None:
    await people.handed_over()

    shown = await says(people, people.chief, typed)

    assert words(shown).startswith("【已交办】县1-0412-01 延津县")
    assert labels(shown) == ["改派", "缓办", "作废", "办理过程", "催办", "关联", "警示"]


async def test_everyone_gets_the_card_that_fits(people: People) -> None:
    oversight = await people.town.join("褚丑", Role.OVERSIGHT)
    leader = await people.town.join("卫寅", Role.CITY_LEADER)
    await people.answered()

    countys = await says(people, people.contact, "县1-0412-01")
    groups = await says(people, people.member, "县1-0412-01")
    looking = [await says(people, one, "县1-0412-01") for one in (oversight, leader)]

    assert "【点位】" in words(countys)
    assert labels(groups) == ["销号", "退回", "办理过程"]
    for shown in looking:
        assert words(shown).startswith("【待核查】县1-0412-01")
        assert labels(shown) == ["办理过程"]


async def test_what_does_not_exist_and_what_is_hidden_read_the_same(people: People) -> None:
    covert = await people.town.join("何午", Role.INSPECTOR, group="county/0", leader=True)
    admin = await people.town.join("韩巳", Role.ADMIN)
    stranger = await people.town.join("沈辰", Role.INSPECTOR, group="county/2")
    await people.files(covert)
    await people.files(people.leader)

    for person in (people.leader, people.contact, stranger, admin):
        hidden = words(await says(people, person, "暗-0412-01"))
        missing = words(await says(people, person, "暗-0412-09"))
        assert hidden == missing == NO_SUCH
    assert words(await says(people, people.contact, "县1-0412-01")) == NO_SUCH
    assert words(await says(people, stranger, "/issue 县1-0412-01")) == NO_SUCH
    assert "暗-0412-01" in words(await says(people, people.chief, "暗-0412-01"))


async def test_a_hidden_entry_is_in_no_list_of_others(people: People) -> None:
    covert = await people.town.join("何午", Role.INSPECTOR, group="county/0", leader=True)
    oversight = await people.town.join("褚丑", Role.OVERSIGHT)
    await people.files(covert)

    for person in (people.leader, people.contact, oversight):
        assert "共 0 条" in words(await says(people, person, "/ledger"))
    own = await says(people, covert, "/ledger")
    offices = await says(people, people.chief, "台账")

    assert "暗-0412-01" in words(own)
    assert "暗-0412-01" in words(offices)


async def test_the_ledger_is_filtered_by_state_and_region(people: People) -> None:
    second = await people.town.join("沈辰", Role.INSPECTOR, group="county/2")
    await people.answered()
    await people.files(second, "新乡县古固寨镇前辛庄村垃圾堆，限3天")
    shown = await says(people, people.chief, "/ledger")

    await people.press(people.chief, shown, "按状态")
    states = labels(shown)
    await people.press(people.chief, shown, "待核查")
    by_state = words(shown)
    await people.press(people.chief, shown, "全部")
    everything = words(shown)

    assert "待核查" in states
    assert by_state.startswith("台账 · 待核查 共 1 条")
    assert everything.startswith("台账 共 2 条")


async def test_the_ledger_of_one_track_is_no_other_tracks(people: People) -> None:
    district = await people.town.join("郑壬", Role.OFFICE, track="district")
    await people.handed_over()

    shown = await says(people, district, "/ledger")

    assert "共 0 条" in words(shown)


async def test_words_are_found_from_the_menu_by_a_typed_line_and_by_the_command(people: People) -> None:
    await people.handed_over()
    await people.town.passes(seconds=2)

    asked = await says(people, people.leader, "查找")
    answered = await says(people, people.leader, "王楼镇 垃圾")
    typed = await says(people, people.contact, "查找 垃圾堆")
    commanded = await says(people, people.chief, "/find 王搂镇垃圾堆")
    await people.press(people.leader, answered, "1")

    assert words(asked).startswith("要找什么？")
    assert words(answered).startswith("查找「王楼镇 垃圾」 共 1 条")
    assert words(typed).startswith("查找「垃圾堆」 共 1 条")
    assert "按“王楼镇 垃圾堆”查找" in words(commanded)
    assert "县1-0412-01" in words(people.last(people.leader))
    assert words(await says(people, people.leader, "/find 垃")).startswith("一个字查不准")


async def test_asked_for_in_a_group_everything_comes_in_private(people: People) -> None:
    await people.handed_over()
    group = people.town.server.group(
        "第一督查小组", members=[people.leader, people.member], bots=[people.town.bot]
    )
    people.leader.sends(group, "/ledger")
    await people.town.settle()

    people.leader.sends(group, "/find 垃圾")
    people.leader.sends(group, "/issue 县1-0412-01")
    await people.town.settle()

    public = [words(m) for m in group.messages if m.by_bot]
    assert public[1:] == ["已私聊发送。"] * 3
    assert "县1-0412-01" in words(people.last(people.leader))


async def test_an_old_lists_buttons_bring_a_new_list(people: People) -> None:
    for number in range(11):
        await people.files(people.leader, f"延津县王楼镇任庄村村口第{number + 1}处垃圾堆，限3天")
    old = await says(people, people.leader, "我的")
    await says(people, people.leader, "我的")

    await people.press(people.leader, old, "下一页")

    assert words(people.last(people.leader)).startswith("我的 共 11 条，第 11–11 条")


async def test_admin_sees_no_entries(people: People) -> None:
    admin = await people.town.join("韩巳", Role.ADMIN)
    await people.handed_over()

    shown = await says(people, admin, "/ledger")

    assert words(shown) == "您没有这项操作的权限。"


async def test_a_removed_members_buttons_are_dead(people: People) -> None:
    await people.answered(people.member)
    check = people.new(people.member)[-1]

    def leaves(work):  # type: ignore[no-untyped-def]
        from bot.ledger.tables import members

        work.connection.execute(
            members.update().where(members.c.telegram_id == people.member.id).values(left_at=work.now)
        )

    await people.town.app.parts.desk.do(leaves)
    answer = await people.press(people.member, check, "销号")

    assert answer.alert
    assert (await people.row()).state == "submitted"
