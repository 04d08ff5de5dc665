"""回头看 on the wire: the list by township, the draw at a period's end, the photo that makes it 现场."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from bot.domain.permissions import Role
from bot.ledger.desk import Work
from bot.ledger.tables import draws
from tests.drawn import photo
from tests.town.scenes import CAPTION, People, labels, words
from tests.town.town import ZONE, Town

SECOND = "延津县司寨乡通郭村村东坑塘垃圾，限3天"


@pytest.fixture
async def people(town: Town) -> People:
    return await People.join(town)


async def closed(people: People, caption: str = CAPTION) -> None:
    """An entry closed by picture."""
    await people.answered(caption=caption)
    await people.press(people.leader, people.last(people.leader), "销号")


async def asks(people: People, person: Any) -> Any:
    person.sends(people.town.bot, "回头看")
    await people.town.settle()
    return people.last(person)


async def period_ends(people: People) -> None:
    people.until(datetime(2019, 4, 18, 18, 0, 1, tzinfo=ZONE))
    await people.town.passes(seconds=1)


async def chosen(people: People) -> list[Any]:
    def read(work: Work) -> list[Any]:
        return list(work.connection.execute(select(draws).order_by(draws.c.id)).all())

    return await people.town.app.parts.desk.look(read)


def told(people: People, person: Any) -> list[Any]:
    return [one for one in people.new(person) if words(one).startswith("【回头看】")]


async def test_the_word_lists_what_was_closed_by_township(people: People) -> None:
    await closed(people)
    await closed(people, SECOND)

    message = await asks(people, people.member)
    assert "已销号 2 条" in words(message)
    await people.press(people.member, message, "延津县 2")
    assert labels(message) == ["司寨乡 1", "王楼镇 1", "返回"] or labels(message) == [
        "王楼镇 1",
        "司寨乡 1",
        "返回",
    ]
    await people.press(people.member, message, "王楼镇 1")
    assert "县1-0412-01 延津县王楼镇任庄村村口" in words(message)
    assert "（看图）" in words(message)
    await people.press(people.member, message, "1")

    assert "县1-0412-01" in words(people.last(people.member))
    assert "点位" not in words(message)


async def test_a_photo_at_the_place_makes_the_check_one_on_site(people: People) -> None:
    await closed(people)
    people.member.sends(people.town.bot, "/issue 县1-0412-01")
    await people.town.settle()
    card = people.last(people.member)

    people.member.sends_photo(people.town.bot, photo("clean", seed=8), reply_to=card)
    await people.town.settle()
    question = people.last(people.member)
    assert "回头看：已整改" in labels(question)
    await people.press(people.member, question, "回头看：已整改")

    row = await people.row()
    assert (row.state, row.closed_how) == ("closed", "site")
    assert "核查改记为「现场」" in words(people.last(people.member))


async def test_words_with_the_photo_answer_the_question(people: People) -> None:
    await closed(people)
    people.leader.sends(people.town.bot, "/issue 县1-0412-01")
    await people.town.settle()

    people.leader.sends_photo(
        people.town.bot, photo("clean", seed=8), caption="回头看，已整改", reply_to=people.last(people.leader)
    )
    await people.town.settle()

    assert (await people.row()).closed_how == "site"


async def test_at_the_end_of_a_period_a_tenth_is_drawn_and_the_leader_hears_it_once(people: People) -> None:
    await closed(people)
    await closed(people, SECOND)

    await period_ends(people)
    await people.town.passes(minutes=1)

    (draw,) = await chosen(people)
    assert (draw.period, draw.checker, draw.of) == ("2019-04-18", "county/1", 2)
    (message,) = told(people, people.leader)
    assert message.silent
    assert "看图销号 2 条，抽查 1 条" in words(message)
    assert told(people, people.member) == []
    assert told(people, people.contact) == []


async def test_the_draw_is_the_same_after_a_restart_and_drawn_once(people: People) -> None:
    await closed(people)
    await people.town.stop_bot()
    people.until(datetime(2019, 4, 19, 9, 0, tzinfo=ZONE))
    await people.town.start_bot()
    await people.town.passes(seconds=1)
    await people.town.passes(seconds=1)

    assert len(await chosen(people)) == 1
    assert len(told(people, people.leader)) == 1


async def test_what_was_checked_at_the_place_is_not_drawn(people: People) -> None:
    await closed(people)
    people.leader.sends(people.town.bot, "/issue 县1-0412-01")
    await people.town.settle()
    people.leader.sends_photo(
        people.town.bot, photo("clean", seed=8), caption="已整改", reply_to=people.last(people.leader)
    )
    await people.town.settle()

    await period_ends(people)

    assert await chosen(people) == []
    assert told(people, people.leader) == []


async def test_the_drawn_one_is_done_when_somebody_looked_whatever_was_found(people: People) -> None:
    await closed(people)
    await period_ends(people)
    message = await asks(people, people.leader)
    assert "待看 1" in words(message)
    await people.press(people.leader, message, "本旬抽查（1）")
    await people.press(people.leader, message, "1")

    people.leader.sends_photo(
        people.town.bot, photo(seed=1), caption="回头看，仍未整改", reply_to=people.last(people.leader)
    )
    await people.town.settle()

    (draw,) = await chosen(people)
    assert draw.found == "unrectified"
    assert "反弹" in labels(people.last(people.leader))
    assert "待看 0，已看 1" in words(await asks(people, people.leader))


async def test_a_contact_has_nothing_to_look_back_at(people: People) -> None:
    await closed(people)

    message = await asks(people, people.contact)

    assert "回头看" not in words(message) or "不能" in words(message) or "权限" in words(message)


async def test_another_group_sees_nothing_of_it(people: People) -> None:
    other = await people.town.join("周庚", Role.INSPECTOR, group="county/2", leader=True)
    await closed(people)

    assert "还没有已销号的问题" in words(await asks(people, other))
