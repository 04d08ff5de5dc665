"""跟踪问效月报 on the wire: drafted on its day, written, sent to the 领导小组, read by nobody else."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import docx
import pytest

from bot.domain.permissions import Role
from tests.town.scenes import People, labels, words
from tests.town.town import ZONE, Town


class Overseers(People):
    """市「敢转争」办公室 with two, a city leader, and the people of a group, a county, an office."""

    overseer: Any
    second: Any
    mayor: Any

    @classmethod
    async def joined(cls, town: Town) -> Overseers:
        people = await People.join(town)
        found = cls(town, people.leader, people.member, people.contact, people.chief, people.clerk)
        found.overseer = await town.join("褚丑", Role.OVERSIGHT)
        found.second = await town.join("卫寅", Role.OVERSIGHT)
        found.mayor = await town.join("冯庚", Role.CITY_LEADER)
        return found

    async def until_the_day(self, hour: int, minute: int = 0) -> None:
        """The last working day of April."""
        self.until(datetime(2019, 4, 30, hour, minute, tzinfo=ZONE))
        await self.town.passes(seconds=0)

    def card(self, person: Any) -> Any:
        return next(
            one
            for one in reversed(self.new(person))
            if "跟踪问效月报" in words(one) and ("上报" in words(one)) and one.buttons
        )

    def papers(self, person: Any) -> list[Any]:
        return [one for one in self.new(person) if one.file is not None and "跟踪问效" in one.file.name]

    async def says(self, person: Any, text: str, **more: Any) -> Any:
        person.sends(self.town.bot, text, **more)
        await self.town.settle()
        return self.last(person)


@pytest.fixture
async def people(town: Town) -> Overseers:
    return await Overseers.joined(town)


async def test_drafted_on_its_morning_written_and_sent_to_the_leading_group_alone(people: Overseers) -> None:
    await people.answered()
    await people.until_the_day(7, 30)
    card = people.card(people.overseer)
    draft = docx.Document(io.BytesIO(people.papers(people.overseer)[-1].file.data))

    await people.says(people.overseer, "存在问题：现场核查偏少。\n建议：每旬至少走遍一次。", reply_to=card)
    card = people.card(people.overseer)
    answer = await people.press(people.overseer, card, "上报领导小组")

    said = [one.text for one in draft.paragraphs if one.text]
    assert said[:3] == ["关于4月城乡环境整治百日攻坚行动", "跟踪问效情况的报告", "市领导小组："]
    first = draft.tables[0].rows[1]
    assert [cell.text for cell in first.cells][:5] == ["第一督查小组", "1", "1/1", "34", "1"]
    assert "存在问题：现场核查偏少。" in words(card)
    assert "已上报市领导小组 1 人" in answer.text
    (paper,) = people.papers(people.mayor)
    assert paper.file.name == "跟踪问效月报-2019-04.pdf"
    assert "县(市)：5 个组出动 1 天次" in words(paper)
    for other in (people.leader, people.member, people.contact, people.chief, people.clerk):
        assert not any("跟踪问效" in words(one) for one in people.new(other))
    assert "已于" in words(people.card(people.second)), "the other's card is edited"
    assert not any("上报" in one or "再报" in one for one in labels(people.card(people.overseer)))


async def test_what_is_changed_after_it_was_sent_goes_out_as_a_correction(people: Overseers) -> None:
    await people.until_the_day(8)
    await people.press(people.overseer, people.card(people.overseer), "上报领导小组")
    (first,) = people.papers(people.mayor)

    await people.says(people.overseer, "建议：加强现场核查。", reply_to=people.card(people.overseer))
    early = await people.press(people.mayor, first, ".docx")
    await people.press(people.overseer, people.card(people.overseer), "更正后再报")

    assert "建议" not in "".join(words(one) for one in people.new(people.mayor)), "not before it is sent"
    assert early.alert
    newest = people.papers(people.mayor)[-1]
    assert "更正，以本稿为准" in words(newest)
    await people.press(people.mayor, newest, ".docx")
    paper = docx.Document(io.BytesIO(people.papers(people.mayor)[-1].file.data))
    assert next(one.text for one in paper.paragraphs) == "（更正）"
    assert "加强现场核查。" in [one.text for one in paper.paragraphs]


async def test_it_is_reminded_of_once_when_late_and_never_sent_by_itself(people: Overseers) -> None:
    await people.until_the_day(8)
    await people.until_the_day(18, 1)
    await people.until_the_day(19)

    late = [one for one in people.new(people.overseer) if "还没有上报" in words(one)]
    assert len(late) == 1
    assert people.papers(people.mayor) == []


async def test_the_word_opens_it_for_its_office_and_for_nobody_else(people: Overseers) -> None:
    early = await people.says(people.overseer, "跟踪问效")
    await people.until_the_day(8)

    opened = await people.says(people.overseer, "月报")
    refused = [
        words(await people.says(one, "跟踪问效")) for one in (people.leader, people.chief, people.contact)
    ]

    assert "还没有过完" in words(early)
    assert "4月跟踪问效月报" in words(opened)
    assert not any("出动" in one for one in refused)


async def test_no_person_is_named_in_it_and_nobody_to_read_it_is_said(people: Overseers) -> None:
    await people.until_the_day(8)
    card = people.card(people.overseer)

    named = await people.says(people.overseer, "存在问题：李甲核查不及时。", reply_to=card)
    people.mayor.blocks(people.town.bot)
    await people.unreachable(people.mayor)
    nobody = await people.press(people.overseer, people.card(people.overseer), "上报领导小组")

    assert "不按个人" in words(named)
    assert "李甲" in words(named)
    assert "领导小组还没有人能收到" in nobody.text


async def test_the_changed_paper_comes_back_and_goes_out_in_its_place(people: Overseers) -> None:
    await people.until_the_day(8)
    draft = people.papers(people.overseer)[-1]
    changed = docx.Document(io.BytesIO(draft.file.data))
    changed.add_paragraph("补充一段。")
    written = io.BytesIO()
    changed.save(written)

    people.overseer.sends_document(people.town.bot, written.getvalue(), name="月报改稿.docx", reply_to=draft)
    await people.town.settle()
    card = people.card(people.overseer)
    await people.press(people.overseer, card, "上报领导小组")

    assert "按改后的文稿上报：月报改稿.docx" in words(card)
    assert "恢复代拟稿" in labels(card)
    last = people.last(people.mayor)
    assert last.file is not None
    assert "补充一段。" in [one.text for one in docx.Document(io.BytesIO(last.file.data)).paragraphs]
