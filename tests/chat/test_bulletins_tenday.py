"""旬查情况通报 on the wire: the locked ranking in the paper, printed after the ranking itself."""

from __future__ import annotations

import io
from typing import Any

import docx
import pytest

from tests.chat.test_bulletins import Desk
from tests.chat.test_closing_day import COUNTY, Scorers
from tests.town.scenes import People, labels, words
from tests.town.town import Town


class Closing(Desk):
    """The office on the working days after a closing day."""

    scorers: Scorers

    @classmethod
    async def join(cls, town: Town) -> Closing:
        scorers = await Scorers.join(town)
        found = cls(
            town, People(town, scorers.leaders[1], None, scorers.yanjin, scorers.chief, scorers.clerk)
        )
        found.scorers = scorers
        found.channel = town.server.channel("县(市)通报", owner=found.chief, bots=[])
        found.chief.sends(found.channel, "频道已建立")
        found.chief.adds(town.bot, found.channel)
        await town.settle()
        found.chief.sends(town.bot, "/bind")
        await town.settle()
        await found.press(found.chief, found.last(found.chief), "「县(市)通报」")
        return found

    async def locked(self) -> Any:
        """Marked, drafted, locked; the period's card."""
        scorers = self.scorers
        await scorers.rules_approved()
        await scorers.all_marked()
        await scorers.covert_none()
        await scorers.until(2019, 4, 19, 10)
        card = await scorers.period()
        await scorers.drafts(card)
        await scorers.until(2019, 4, 19, 17, 31)
        await self.press(self.chief, card, "锁定")
        return card

    async def morning(self) -> Any:
        """Monday the 22nd, 07:30: the ten-day bulletin is due at 18:00."""
        await self.scorers.until(2019, 4, 22, 7, 30)
        await self.town.passes(seconds=0)
        return next(
            m
            for m in reversed(self.people.new(self.chief))
            if m.photo and "旬查情况通报" in words(m) and m.buttons
        )

    def tenday(self) -> Any:
        return next(
            m
            for m in reversed(self.people.new(self.chief))
            if m.photo and "旬查情况通报" in words(m) and m.buttons
        )

    def document(self) -> Any:
        paper = next(
            m for m in reversed(self.people.new(self.chief)) if m.file is not None and "旬查" in m.file.name
        )
        return docx.Document(io.BytesIO(paper.file.data))

    def tables(self) -> list[list[list[str]]]:
        document = self.document()
        return [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]


@pytest.fixture
async def closing(town: Town) -> Closing:
    """Everybody of a closing day, and the track's channel."""
    return await Closing.join(town)


async def test_the_locked_ranking_stands_in_the_paper_and_goes_out_after_the_ranking(
    closing: Closing,
) -> None:
    period = await closing.locked()
    card = await closing.morning()
    by_region, ranking = closing.tables()[:2]
    await closing.press(closing.chief, card, "送审")
    await closing.press(closing.clerk, closing.people.showing(closing.clerk, "同意签发"), "同意签发")
    too_early = await closing.press(closing.chief, closing.tenday(), "印发")
    await closing.press(closing.chief, period, "送审")
    await closing.press(closing.clerk, closing.people.showing(closing.clerk, "同意"), "同意")
    await closing.press(closing.chief, closing.tenday(), "印发")
    await closing.town.passes(seconds=61)

    assert [row[0] for row in by_region] == ["单位", *COUNTY]
    assert ranking[0] == ["名次", "单位", "得分"]
    assert ranking[-1] == ["8", "延津县", "90.00"]
    assert "先在「打分」里印发排名" in too_early.text
    page, paper = closing.posts()[-2:]
    assert "4月中旬旬查情况通报 第1期" in words(page)
    assert paper.file.name.endswith(".pdf")
    assert "约谈" not in words(page)


async def test_the_order_alone_is_printed_when_the_office_chooses_so(closing: Closing) -> None:
    await closing.locked()
    card = await closing.morning()
    await closing.press(closing.chief, card, "只印名次")
    await closing.press(closing.chief, closing.tenday(), ".docx")

    assert closing.tables()[1][0] == ["名次", "单位"]
    assert "印得分" in labels(closing.tenday())


async def test_without_a_locked_ranking_it_is_not_sent_for_approval(closing: Closing) -> None:
    card = await closing.morning()

    answer = await closing.press(closing.chief, card, "送审")

    assert "排名尚未锁定" in words(card)
    assert "先在「打分」里锁定" in answer.text


async def test_the_second_periods_paper_begins_on_the_day_after_the_first_closed(closing: Closing) -> None:
    """The same days as in the ranking and in every report; each office signs for itself."""
    await closing.scorers.until(2019, 4, 30, 7, 30)
    await closing.town.passes(seconds=0)

    said = [paragraph.text for paragraph in closing.document().paragraphs]

    opening = next(text for text in said if "明察暗访" in text)
    assert opening.startswith("4月19日至4月28日，市农业农村局环境整治攻坚办组织各督查组")
    assert said[-2] == "市农业农村局环境整治攻坚办"
