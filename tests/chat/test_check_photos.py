"""What the filer's side sends to an entry: more photos, 现场整改, 回头看 (SPEC §2)."""

from __future__ import annotations

import pytest

from tests.drawn import photo
from tests.town.scenes import People, labels, words
from tests.town.town import Town

QUESTION = ["补充照片", "现场已整改", "回头看：仍未整改"]


@pytest.fixture
async def people(town: Town) -> People:
    """The group, the contact, the office."""
    return await People.join(town)


async def kinds(people: People) -> list[str]:
    """The kinds of an entry's photos in the order in which they came."""

    def query(work):  # type: ignore[no-untyped-def]
        from sqlalchemy import select

        from bot.ledger.tables import photos

        return list(work.connection.execute(select(photos.c.kind).order_by(photos.c.id)).scalars())

    found: list[str] = await people.town.app.parts.desk.look(query)
    return found


async def test_while_the_settle_time_runs_a_reply_is_one_more_before_photo(people: People) -> None:
    receipt = await people.files(people.leader)

    people.leader.sends_photo(people.town.bot, photo(seed=2), reply_to=receipt)
    await people.town.settle()

    assert await kinds(people) == ["before", "before"]
    assert "照片 2" in words(receipt)


async def test_put_right_before_the_county_knew_it_is_closed_by_the_group(people: People) -> None:
    receipt = await people.files(people.leader)
    heard = len(people.new(people.contact))

    people.leader.sends_photo(people.town.bot, photo("clean", seed=1), caption="已清理完毕", reply_to=receipt)
    await people.town.settle()
    offered = people.last(people.leader)
    answer = await people.press(people.leader, offered, "现场整改")
    await people.town.passes(minutes=10)

    row = await people.row()
    assert labels(offered) == ["现场整改"]
    assert "现场整改销号" in answer.text
    assert (row.state, row.closed_how, row.assigned_at) == ("closed", "site", None)
    assert len(people.new(people.contact)) == heard


async def test_put_right_after_the_county_knew_edits_its_card_with_one_silent_line(people: People) -> None:
    card = await people.handed_over(people.member)
    receipt = next(m for m in people.new(people.member) if "县1-0412-01" in words(m))

    people.leader.sends(people.town.bot, "县1-0412-01")
    await people.town.settle()
    people.leader.sends_photo(
        people.town.bot, photo("clean", seed=1), caption="整改后", reply_to=people.last(people.leader)
    )
    await people.town.settle()
    await people.press(people.leader, people.last(people.leader), "现场整改")

    line = people.last(people.contact)
    assert "【已销号】" in words(card)
    assert words(line) == "县1-0412-01 已由县(市)第一督查小组现场整改销号。"
    assert line.silent
    assert "已销号" in words(receipt)
    assert "现场整改销号" in words(people.last(people.member))


async def test_without_an_after_photo_of_the_group_nothing_is_fixed_on_site(people: People) -> None:
    receipt = await people.files(people.leader)
    people.leader.sends_photo(people.town.bot, photo("clean"), caption="已整改", reply_to=receipt)
    await people.town.settle()
    offered = people.last(people.leader)
    await people.town.passes(seconds=61)
    card = people.last(people.contact)
    people.contact.sends_photo(people.town.bot, photo("clean"), reply_to=card)
    await people.town.settle()

    answer = await people.press(people.leader, offered, "现场整改")

    assert "已由延津县于" in answer.text
    assert (await people.row()).state == "submitted"


async def test_a_photo_without_words_on_an_assigned_entry_is_asked_about_once(people: People) -> None:
    await people.handed_over()
    receipt = next(m for m in people.new(people.leader) if "县1-0412-01" in words(m))

    people.leader.sends_album(people.town.bot, [photo(seed=n) for n in (3, 4, 5)], reply_to=receipt)
    await people.town.settle()
    asked = [m for m in people.new(people.leader) if "这是：" in words(m)]

    assert len(asked) == 1
    assert labels(asked[0]) == QUESTION
    assert await kinds(people) == ["before", "reference", "reference", "reference"]


@pytest.mark.parametrize(
    ("answer", "kind", "says"),
    [
        ("补充照片", "before", None),
        ("现场已整改", "after", "整改后照片已存入"),
        ("回头看：仍未整改", "before", "回头看，仍未整改"),
    ],
)
async def test_each_answer_makes_the_photo_what_it_is(
    people: People, answer: str, kind: str, says: str | None
) -> None:
    await people.handed_over()
    receipt = next(m for m in people.new(people.leader) if "县1-0412-01" in words(m))
    people.leader.sends_photo(people.town.bot, photo(seed=3), reply_to=receipt)
    await people.town.settle()
    question = people.last(people.leader)

    await people.press(people.leader, question, answer)
    again = await people.press(people.leader, question, answer)

    assert await kinds(people) == ["before", kind]
    assert "已经回答过了" in again.text
    if says is not None:
        assert says in words(people.last(people.leader))


async def test_an_answer_in_words_will_do(people: People) -> None:
    await people.handed_over()
    receipt = next(m for m in people.new(people.leader) if "县1-0412-01" in words(m))
    people.leader.sends_photo(people.town.bot, photo("clean"), reply_to=receipt)
    await people.town.settle()

    people.leader.sends(people.town.bot, "现场已整改")
    await people.town.settle()

    assert await kinds(people) == ["before", "after"]
    assert labels(people.last(people.leader)) == ["现场整改"]


async def test_unanswered_for_ten_minutes_it_is_one_more_before_photo_and_can_still_be_corrected(
    people: People,
) -> None:
    card = await people.handed_over()
    receipt = next(m for m in people.new(people.leader) if "县1-0412-01" in words(m))
    people.leader.sends_photo(people.town.bot, photo("clean"), reply_to=receipt)
    await people.town.settle()
    question = people.last(people.leader)

    await people.town.passes(minutes=11)
    silent = await kinds(people)
    await people.press(people.leader, question, "现场已整改")

    assert silent == ["before", "before"]
    assert await kinds(people) == ["before", "after"]
    assert "【已交办】" in words(card)


async def test_the_words_of_a_later_part_answer_for_the_album(people: People) -> None:
    await people.handed_over()
    receipt = next(m for m in people.new(people.leader) if "县1-0412-01" in words(m))
    album = people.leader.begins_album(
        people.town.bot, [photo("clean", seed=n) for n in (1, 2, 3)], captions={1: "已清理"}, reply_to=receipt
    )

    album.send(0)
    await people.town.settle()
    album.send_rest()
    await people.town.settle()

    assert await kinds(people) == ["before", "after", "after", "after"]


async def test_a_contacts_press_on_the_filers_question_is_refused(people: People) -> None:
    await people.handed_over()
    receipt = next(m for m in people.new(people.leader) if "县1-0412-01" in words(m))
    people.leader.sends_photo(people.town.bot, photo(seed=3), reply_to=receipt)
    await people.town.settle()
    press = people.last(people.leader).buttons[1][0].data

    pressed = people.contact.presses(people.last(people.contact), data=press)
    await people.town.settle()

    assert (await pressed.answered(timeout=5)).text == "您没有这项操作的权限。"
    assert await kinds(people) == ["before", "reference"]


async def test_looking_again_at_a_closed_entry_offers_the_relapse(people: People) -> None:
    await people.answered()
    check = people.last(people.leader)
    await people.press(people.leader, check, "销号")

    people.leader.sends_photo(people.town.bot, photo(seed=8), caption="回头看，又出现垃圾", reply_to=check)
    await people.town.settle()
    offered = people.last(people.leader)
    await people.press(people.leader, offered, "反弹")

    row = await people.row()
    assert labels(offered) == ["反弹"]
    assert (row.state, row.round) == ("assigned", 2)
    assert people.last(people.contact).file is not None


async def test_looking_again_at_an_open_entry_is_an_event_only(people: People) -> None:
    await people.handed_over()
    receipt = next(m for m in people.new(people.leader) if "县1-0412-01" in words(m))

    people.leader.sends_photo(people.town.bot, photo(seed=8), caption="仍未整改", reply_to=receipt)
    await people.town.settle()

    line = people.last(people.leader)
    assert words(line) == "已记入 县1-0412-01：回头看，仍未整改。"
    assert labels(line) == []
    assert (await people.row()).state == "assigned"


async def test_a_remark_of_the_group_is_kept_and_told_to_nobody(people: People) -> None:
    await people.handed_over()
    heard = len(people.new(people.contact))
    receipt = next(m for m in people.new(people.leader) if "县1-0412-01" in words(m))

    people.leader.sends(people.town.bot, "村支书答应明天清运", reply_to=receipt)
    await people.town.settle()

    assert words(people.last(people.leader)) == "已记入 县1-0412-01 的办理过程。"
    assert len(people.new(people.contact)) == heard
