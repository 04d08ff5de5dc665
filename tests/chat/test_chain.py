"""The same problem 问题链 on the wire: offered, merged, linked, undone, and seen by those alone who may."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from bot.domain.permissions import Role
from bot.ledger.desk import Work
from bot.ledger.tables import entries, warning_items, warning_letters
from bot.services.looking import export
from tests.drawn import photo
from tests.town.scenes import CAPTION, People, labels, words
from tests.town.town import Town

OFFER = "可能是同一问题"
THREE = {"同一问题(合并)", "反弹(关联)", "不是"}
ELSEWHERE = "延津县司寨乡通郭村村东坑塘垃圾"


@pytest.fixture
async def people(town: Town) -> People:
    return await People.join(town)


async def closed(people: People) -> Any:
    """An entry that went all the way; gives its county's card."""
    card = await people.answered()
    await people.press(people.leader, people.last(people.leader), "销号")
    return card


async def files(people: People, person: Any, data: bytes, caption: str) -> Any:
    person.sends_photo(people.town.bot, data, caption=caption)
    await people.town.settle()
    return people.last(person)


async def test_same_village_and_category_are_offered_on_the_receipt(people: People) -> None:
    await closed(people)

    receipt = await files(people, people.leader, photo(seed=7), "延津县王楼镇任庄村路边又有垃圾")

    assert OFFER in words(receipt)
    assert "县1-0412-01 已销号" in words(receipt)
    assert "同村同类" in words(receipt)
    assert set(labels(receipt)) >= THREE


async def test_another_village_or_category_is_not_offered(people: People) -> None:
    await closed(people)

    one = await files(people, people.leader, photo(seed=7), ELSEWHERE)
    two = await files(people, people.leader, photo(seed=8), "延津县王楼镇任庄村村口污水横流")

    assert OFFER not in words(one)
    assert OFFER not in words(two)


async def test_after_a_hundred_days_nothing_is_offered(people: People) -> None:
    await closed(people)
    people.town.clock.advance(timedelta(days=101))

    receipt = await files(people, people.leader, photo(seed=7), CAPTION)

    assert OFFER not in words(receipt)


async def test_nearly_the_same_picture_is_offered_wherever_it_is_said_to_be(people: People) -> None:
    await closed(people)

    receipt = await files(people, people.leader, photo(seed=1, quality=60), ELSEWHERE)

    assert "照片相近" in words(receipt)


async def test_fifty_metres_are_offered(people: People) -> None:
    at = {"mime": "image/jpeg", "name": "1.jpg"}
    near, far = photo(seed=4, position=(35.20040, 114.2)), photo("stalls", seed=5, position=(35.2006, 114.2))
    people.leader.sends_document(
        people.town.bot, photo(seed=3, position=(35.2, 114.2)), caption="延津县王楼镇污水横流", **at
    )
    await people.town.settle()

    people.leader.sends_document(people.town.bot, near, caption="延津县王楼镇路边杂草", **at)
    await people.town.settle()
    one = people.last(people.leader)
    people.leader.sends_document(people.town.bot, far, caption="延津县王楼镇路边杂草", **at)
    await people.town.settle()

    assert "50米内" in words(one)
    assert "县1-0412-01" not in words(people.last(people.leader))


async def test_not_the_same_goes_on_to_the_next_and_is_not_asked_again(people: People) -> None:
    await closed(people)
    await files(people, people.leader, photo(seed=7), "延津县王楼镇任庄村学校北侧垃圾")
    receipt = await files(people, people.leader, photo(seed=8), "延津县王楼镇任庄村卫生室旁垃圾")
    assert "县1-0412-02" in words(receipt)
    assert "另有 1 条相似" in words(receipt)

    await people.press(people.leader, receipt, "不是")
    assert "县1-0412-01" in words(receipt)
    await people.press(people.leader, receipt, "不是")

    assert OFFER not in words(receipt)
    assert not THREE & set(labels(receipt))


async def test_a_link_as_relapse_leaves_the_old_entry_closed(people: People) -> None:
    card = await closed(people)
    receipt = await files(people, people.leader, photo(seed=7), CAPTION)

    toast = await people.press(people.leader, receipt, "反弹(关联)")

    old, new = await people.row(1), await people.row(2)
    assert (old.state, old.round) == ("closed", 1)
    assert old.chain_id == new.chain_id == 1
    assert "在 县1-0412-01 上按「反弹」" in toast.text
    assert "🔗 同一问题：县1-0412-01（已销号）" in words(receipt)
    assert "已销号" in words(card)
    assert not THREE & set(labels(receipt))


async def test_a_merge_makes_one_entry_of_two(people: People) -> None:
    card = await people.handed_over()
    receipt = await files(people, people.member, photo(seed=7), "延津县王楼镇任庄村村口垃圾仍在")

    await people.press(people.member, receipt, "同一问题(合并)")
    assert "合并后本条作废" in words(receipt)
    assert (await people.row(2)).state == "filed"
    await people.press(people.member, receipt, "确认合并")
    await people.town.passes(seconds=70)

    old, new = await people.row(1), await people.row(2)
    assert (new.state, new.void_reason, new.duplicate_of) == ("void", "duplicate", 1)
    assert old.state == "assigned"
    assert "照片 2" in words(card) or card.file is not None
    assert not any("县1-0412-02" in words(m) for m in people.new(people.contact))


async def test_what_was_merged_away_is_on_no_chain(people: People) -> None:
    await closed(people)
    second = await files(people, people.leader, photo(seed=7), CAPTION)
    await people.press(people.leader, second, "反弹(关联)")
    await people.town.passes(seconds=61)
    third = await files(people, people.leader, photo(seed=8), "延津县王楼镇任庄村村口垃圾仍在")
    await people.press(people.leader, third, "同一问题(合并)")
    await people.press(people.leader, third, "确认合并")

    assert "🔗 同一问题：县1-0412-01（已销号）" in words(second)
    assert "县1-0412-03" not in words(second)


async def test_back_leaves_both_as_they_were(people: People) -> None:
    await people.handed_over()
    receipt = await files(people, people.leader, photo(seed=7), CAPTION)

    await people.press(people.leader, receipt, "同一问题(合并)")
    await people.press(people.leader, receipt, "返回")

    assert set(labels(receipt)) >= THREE
    assert (await people.row(2)).state == "filed"


async def test_what_the_county_was_told_is_told_again_when_it_is_merged(people: People) -> None:
    await people.handed_over()
    receipt = await files(people, people.leader, photo(seed=7), CAPTION)
    await people.press(people.leader, receipt, "立即交办")

    await people.press(people.leader, receipt, "同一问题(合并)")
    await people.press(people.leader, receipt, "确认合并")

    line = people.last(people.contact)
    assert "县1-0412-02 与 县1-0412-01 是同一问题，已合并" in words(line)


async def test_when_the_county_has_begun_a_merge_is_a_link(people: People) -> None:
    await people.handed_over()
    receipt = await files(people, people.leader, photo(seed=7), CAPTION)
    await people.press(people.leader, receipt, "立即交办")
    second = next(m for m in reversed(people.new(people.contact)) if "县1-0412-02" in words(m) and m.file)
    await people.press(people.contact, second, "签收")

    await people.press(people.leader, receipt, "同一问题(合并)")

    assert (await people.row(2)).state == "acknowledged"
    assert (await people.row(2)).chain_id == 1


async def test_a_link_is_undone_with_a_reason(people: People) -> None:
    await closed(people)
    receipt = await files(people, people.leader, photo(seed=7), CAPTION)
    await people.press(people.leader, receipt, "反弹(关联)")

    await people.press(people.leader, receipt, "问题链")
    chain = people.last(people.leader)
    await people.press(people.leader, chain, "解除关联")
    people.leader.sends(people.town.bot, "看错了，是两处")
    await people.town.settle()

    assert (await people.row(1)).chain_id is None
    assert (await people.row(2)).chain_id is None
    assert "没有关联的问题" in words(chain)
    assert OFFER not in words(receipt)
    await people.town.passes(seconds=61)
    await people.press(people.leader, receipt, "办理过程")
    assert "解除关联：看错了，是两处" in words(people.last(people.leader))


async def test_pictures_come_side_by_side_in_one_silent_message(people: People) -> None:
    await closed(people)
    receipt = await files(people, people.leader, photo(seed=7), CAPTION)
    seen = len(people.new(people.leader))

    await people.press(people.leader, receipt, "并排看图")
    await people.press(people.leader, receipt, "并排看图")
    pair = people.last(people.leader)

    assert len(people.new(people.leader)) == seen + 1
    assert pair.file is not None
    assert pair.silent
    assert "左：县1-0412-01" in words(pair)
    assert set(labels(pair)) == THREE
    await people.press(people.leader, pair, "反弹(关联)")
    assert labels(pair) == []
    assert "🔗" in words(receipt)


async def test_the_chain_counts_returns_of_all(people: People) -> None:
    await people.answered()
    check = people.last(people.leader)
    await people.press(people.leader, check, "退回")
    await people.press(people.leader, check, "未清净")
    people.contact.sends_photo(
        people.town.bot, photo("clean", seed=2), reply_to=people.new(people.contact)[-1]
    )
    await people.town.settle()
    await people.town.passes(seconds=3)
    await people.press(people.leader, people.last(people.leader), "销号")
    receipt = await files(people, people.leader, photo(seed=7), CAPTION)
    await people.press(people.leader, receipt, "反弹(关联)")

    await people.press(people.leader, receipt, "问题链")

    assert "合计：退回 1 次，警示 0 次" in words(people.last(people.leader))


async def test_a_covert_entry_is_in_nobody_elses_resemblance_chain_or_export(people: People) -> None:
    town = people.town
    covert = await town.join("郑壬", Role.INSPECTOR, group="county/0", leader=True)
    await files(people, covert, photo(seed=1), CAPTION)

    receipt = await files(people, people.leader, photo(seed=1), CAPTION)
    await town.passes(seconds=61)
    assert OFFER not in words(receipt)
    second = await files(people, covert, photo(seed=9), CAPTION)
    await people.press(covert, second, "反弹(关联)")
    people.leader.sends(town.bot, "/issue 县1-0412-01")
    await town.settle()

    assert "县1-0412-01" in words(second)
    assert "🔗" not in words(people.last(people.leader))
    assert "🔗" not in words(receipt)

    def exported(work: Work) -> list[Any]:
        return [one.values["chain"] for one in export.entries(work)]

    assert await town.app.parts.desk.look(exported) == [None]


async def test_an_export_names_the_chain_by_its_first_entry(people: People) -> None:
    await closed(people)
    receipt = await files(people, people.leader, photo(seed=7), CAPTION)
    await people.press(people.leader, receipt, "反弹(关联)")

    def exported(work: Work) -> list[Any]:
        return [one.values["chain"] for one in export.entries(work)]

    assert await people.town.app.parts.desk.look(exported) == ["县1-0412-01", "县1-0412-01"]


async def test_the_office_links_by_number(people: People) -> None:
    await closed(people)
    await files(people, people.leader, photo("ditch", seed=3), ELSEWHERE)
    people.chief.sends(people.town.bot, "/issue 县1-0412-02")
    await people.town.settle()
    card = people.last(people.chief)

    await people.press(people.chief, card, "关联")
    people.chief.sends(people.town.bot, "县1-0412-01")
    await people.town.settle()

    assert (await people.row(2)).chain_id == 1
    assert "🔗 同一问题：县1-0412-01" in words(card)


async def test_the_county_sees_no_offer_and_may_not_link(people: People) -> None:
    await people.handed_over()
    await files(people, people.leader, photo(seed=7), CAPTION)
    await people.town.passes(seconds=61)

    for message in people.new(people.contact):
        assert OFFER not in words(message)
        assert not THREE & set(labels(message))


async def test_a_split_caption_is_not_offered_to_itself(people: People) -> None:
    receipt = await files(people, people.leader, photo(seed=2), "延津县王楼镇任庄村村口垃圾堆；村东建筑垃圾")
    split = next(one for one in labels(receipt) if one.startswith("拆成"))

    await people.press(people.leader, receipt, split)

    assert all(OFFER not in words(m) for m in people.new(people.leader))


async def warned(people: People, *entry_ids: int) -> None:
    """A warning letter for each entry, the later ones issued when the earlier ones' terms were over."""

    def verb(work: Work) -> None:
        for at, entry_id in enumerate(entry_ids):
            issued = work.now - timedelta(days=20 - 5 * at)
            letter = work.insert(
                warning_letters,
                number=f"警{at}",
                state="issued",
                track="county",
                region="延津县",
                group_key="county/1",
                member_id=1,
                at=issued,
                approved_at=issued,
                due=issued + timedelta(days=2),
            )
            work.insert(warning_items, letter_id=letter, entry_id=entry_id, seq=1)
        work.connection.execute(update(entries).where(entries.c.id.in_(entry_ids)).values(warnings=1))

    await people.town.app.parts.desk.do(verb)


async def test_a_link_that_adds_up_warnings_needs_the_office_and_a_second_person(people: People) -> None:
    await closed(people)
    await files(people, people.leader, photo("ditch", seed=3), ELSEWHERE)
    await warned(people, 1, 2)
    people.leader.sends(people.town.bot, "/issue 县1-0412-02")
    await people.town.settle()

    for person in (people.leader, people.chief):
        person.sends(people.town.bot, "/issue 县1-0412-02")
        await people.town.settle()
        if "关联" in labels(people.last(person)):
            await people.press(person, people.last(person), "关联")
            person.sends(people.town.bot, "县1-0412-01")
            await people.town.settle()
    assert (await people.row(2)).chain_id is None
    proposal = next(m for m in reversed(people.new(people.clerk)) if "同意" in labels(m))
    await people.press(people.clerk, proposal, "同意")

    assert (await people.row(2)).chain_id == 1


async def test_a_member_is_told_that_the_office_must_link_what_adds_up_warnings(people: People) -> None:
    await closed(people)
    receipt = await files(people, people.leader, photo(seed=7), CAPTION)
    await warned(people, 1, 2)

    toast = await people.press(people.leader, receipt, "反弹(关联)")

    assert "请攻坚办办理并送审" in toast.text
    assert (await people.row(2)).chain_id is None


async def test_what_two_entries_share_only_through_a_covert_one_is_shown_after_its_hand_over(
    people: People,
) -> None:
    """Before it, neither card nor refusal nor offer tells that somebody linked them."""
    town = people.town
    covert = await town.join("郑壬", Role.INSPECTOR, group="county/0", leader=True)
    await closed(people)
    ditch = await files(people, people.leader, photo("ditch", seed=3), ELSEWHERE)
    await town.passes(seconds=61)
    await files(people, covert, photo(seed=9), CAPTION)
    for number in ("县1-0412-01", "县1-0412-02"):
        covert.sends(town.bot, "/issue 暗-0412-01")
        await town.settle()
        await people.press(covert, people.last(covert), "问题链" if number.endswith("02") else "反弹(关联)")
    await people.press(covert, people.last(covert), "关联")
    covert.sends(town.bot, "县1-0412-02")
    await town.settle()

    assert "🔗" not in words(ditch)
    assert (await people.row(1)).chain_id is None
    covert.sends(town.bot, "/issue 暗-0412-01")
    await town.settle()
    await people.press(covert, people.last(covert), "转交办")
    await people.press(covert, people.last(covert), "确认转交办")
    await town.passes(seconds=2)

    assert (await people.row(1)).chain_id == (await people.row(2)).chain_id == 1
    assert "🔗 同一问题：县1-0412-01" in words(ditch)
