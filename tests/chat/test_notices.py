"""督办通知 and 现场交办单 on the wire: when, to whom, what stands on them."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
from docx import Document

from bot.domain.permissions import Role
from tests.drawn import photo
from tests.town.scenes import CAPTION, People, labels, words
from tests.town.town import ZONE, Town

SECOND = "延津县司寨乡通郭村村东坑塘垃圾，限3天"


@pytest.fixture
async def people(town: Town) -> People:
    return await People.join(town)


def papers(people: People, person: Any = None) -> list[Any]:
    return [one for one in people.new(person or people.contact) if "督办通知】" in words(one)]


def rows(message: Any) -> list[list[str]]:
    """The table of entries in a document that was sent."""
    data = message.file.data
    table = Document(BytesIO(data)).tables[0]
    return [[cell.text for cell in row.cells] for row in table.rows][1:]


async def evening(people: People, day: int = 12) -> None:
    people.until(datetime(2019, 4, day, 18, 0, 1, tzinfo=ZONE))
    await people.town.passes(seconds=1)


async def test_at_six_one_silent_document_names_all_of_the_day(people: People) -> None:
    await people.handed_over()
    await people.handed_over(caption=SECOND)

    await evening(people)
    await people.town.passes(minutes=5)

    (paper,) = papers(people)
    assert paper.silent
    assert paper.file is not None
    assert [row[1] for row in rows(paper)] == ["县1-0412-01", "县1-0412-02"]
    assert "交办 2 个问题" in words(paper)
    assert "县(市)第一督查小组" in words(paper)


async def test_when_the_leader_ends_the_day_it_goes_after_the_settle_time(people: People) -> None:
    await people.handed_over()
    await people.files(people.leader, SECOND)

    people.leader.sends(people.town.bot, "收工")
    await people.town.settle()
    await people.town.passes(seconds=1)
    early = papers(people)
    await people.town.passes(seconds=65)
    await people.town.passes(seconds=1)
    await evening(people)

    assert early == []
    (paper,) = papers(people)
    assert len(rows(paper)) == 2


async def test_a_member_who_goes_home_ends_nobodys_day(people: People) -> None:
    await people.handed_over()

    people.member.sends(people.town.bot, "收工")
    await people.town.settle()
    await people.town.passes(seconds=2)

    assert papers(people) == []


async def test_what_comes_after_the_notice_is_on_the_next_days(people: People) -> None:
    await people.handed_over()
    await evening(people)
    await people.handed_over(caption=SECOND)
    await people.town.passes(minutes=1)
    first = len(papers(people))

    await evening(people, 13)

    assert first == 1
    assert [row[1] for row in rows(papers(people)[1])] == ["县1-0412-02"]


async def test_an_empty_day_has_no_notice(people: People) -> None:
    await evening(people)

    assert papers(people) == []


async def test_on_the_spot_has_its_own_paper_and_no_notice(people: People) -> None:
    card = await people.handed_over(caption="延津县王楼镇任庄村村口垃圾堆，现场交办，立即整改")
    receipt = next(m for m in people.new(people.leader) if "县1-0412-01" in words(m))

    await people.press(people.leader, receipt, "交办单")
    slip = people.last(people.leader)
    await evening(people)

    assert slip.file is not None
    assert "现场交办单" in words(slip)
    assert papers(people) == []
    assert "现场交办" in words(card)


async def test_each_region_reads_its_own_only(people: People) -> None:
    other = await people.town.join("赵丙", Role.CONTACT, region="卫辉市")
    await people.handed_over()
    people.leader.sends_photo(people.town.bot, photo(seed=4), caption="卫辉市城郊乡垃圾堆")
    await people.town.settle()
    await people.town.passes(seconds=61)

    await evening(people)

    assert [row[1] for row in rows(papers(people)[0])] == ["县1-0412-01"]
    assert [row[1] for row in rows(papers(people, other)[0])] == ["县1-0412-02"]


async def test_a_covert_entry_is_on_no_notice_before_hand_over_and_the_offices_after(people: People) -> None:
    town = people.town
    covert = await town.join("郑壬", Role.INSPECTOR, group="county/0", leader=True)
    covert.sends_photo(town.bot, photo(seed=6), caption=CAPTION)
    await town.settle()
    await evening(people)
    before = papers(people)

    covert.sends(town.bot, "/issue 暗-0412-01")
    await town.settle()
    await people.press(covert, people.last(covert), "转交办")
    await people.press(covert, people.last(covert), "确认转交办")
    await evening(people, 13)

    assert before == []
    (paper,) = papers(people)
    assert "市环境整治攻坚办交办 1 个问题" in words(paper)
    data = paper.file.data
    text = "".join(one.text for one in Document(BytesIO(data)).paragraphs)
    assert "暗访" not in text
    assert "督查" not in text


async def test_where_nobody_can_be_reached_the_next_days_paper_has_it(people: People) -> None:
    await people.handed_over()
    await people.unreachable(people.contact)
    await evening(people)

    people.contact.sends(people.town.bot, "待办")
    await people.town.settle()
    await evening(people, 13)

    (paper,) = papers(people)
    assert len(rows(paper)) == 1


async def test_a_restart_at_six_sends_it_once(people: People) -> None:
    await people.handed_over()
    await evening(people)
    await people.town.stop_bot()
    await people.town.start_bot()
    await people.town.passes(seconds=5)

    assert len(papers(people)) == 1
    assert labels(papers(people)[0]) == ["逐条看"]
