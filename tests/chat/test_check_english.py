"""The checking side and the office in English: every sentence of their day is there."""

from __future__ import annotations

import re

import pytest

from bot.ledger.desk import Work
from bot.ledger.tables import members
from tests.drawn import photo
from tests.town.scenes import People, labels, words
from tests.town.town import Town

CHINESE = re.compile(r"[\u4e00-\u9fff]+")


@pytest.fixture
async def people(town: Town) -> People:
    """Everybody has chosen English."""
    people = await People.join(town)

    def speaks(work: Work) -> None:
        work.connection.execute(members.update().values(language="en"))

    await town.app.parts.desk.do(speaks)
    return people


def own_words(message: object) -> set[str]:
    """Chinese that a message holds beside the names of places, bodies and people, and the caption."""
    text = words(message) + " ".join(labels(message))
    for known in ("延津县王楼镇任庄村村口垃圾堆，限3天", "县(市)第一督查小组", "市环境整治攻坚办"):
        text = text.replace(known, "")
    names = {"延津县", "王楼镇", "任庄村", "村口", "县", "延津县王楼镇任庄村村口"}
    names |= {"李甲", "王乙", "钱丁", "孙戊"}
    return set(CHINESE.findall(text)) - names


async def test_a_day_of_the_group_and_the_office_is_all_in_english(people: People) -> None:
    english = people.town
    await people.answered(words="cleared")
    check = people.last(people.leader)
    shown = [check]
    for label in ("Send back", "Partly done", "Undo", "Close", "Relapse"):
        answer = await people.press(people.leader, check, label)
        assert not CHINESE.search(answer.text.replace("县1", ""))
        assert not own_words(check)
    people.chief.sends(english.bot, "县1-0412-01")
    await english.settle()
    card = people.last(people.chief)
    for label in ("Defer", "Weather"):
        await people.press(people.chief, card, label)
        assert not own_words(card)
    proposal = people.last(people.clerk)
    shown.append(proposal)
    await people.press(people.clerk, proposal, "Agree")
    await people.press(people.chief, card, "History")
    shown.append(people.last(people.chief))
    for text in ("/my", "/todo", "/ledger"):
        people.leader.sends(english.bot, text)
        await english.settle()
        shown.append(people.last(people.leader))
    people.leader.sends_photo(english.bot, photo(seed=3), reply_to=check)
    await english.settle()
    shown.append(people.last(people.leader))

    for message in shown:
        assert not own_words(message), words(message)
