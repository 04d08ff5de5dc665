"""月评通报 on the wire: drafted with the last ten-day bulletin of its month, printed, corrected."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import docx
import pytest

from bot.services.scoring import intake, publishing
from bot.services.scoring.lines import Line
from tests.chat.test_bulletins import Desk
from tests.chat.test_closing_day import COUNTY
from tests.town.scenes import words
from tests.town.town import ZONE, Town

PERIODS = ("2019-04-18", "2019-04-28")
MORNING = datetime(2019, 4, 30, 7, 30, tzinfo=ZONE)


class Month(Desk):
    """The county's office on the second working day after the reports of 28 April."""

    def card_of(self, what: str) -> Any:
        return next(
            m for m in reversed(self.people.new(self.chief)) if m.photo and what in words(m) and m.buttons
        )

    def document(self) -> Any:
        paper = next(m for m in reversed(self.people.new(self.chief)) if m.file and "月评" in m.file.name)
        return docx.Document(io.BytesIO(paper.file.data))

    async def ranked(self) -> None:
        """Both periods of April and the month itself are published; 封丘县 is last."""
        desk = self.town.app.parts.desk
        for period in PERIODS:
            lines = [
                Line(row, region, "group", "mark", f"{40 - row}.5", "")
                for row, region in enumerate(COUNTY, 1)
            ]
            await desk.do(intake.import_lines, period, lines, period.encode())
            await desk.do(publishing.publish_now, "county", period)
        await desk.do(publishing.publish_now, "county", "2019-04")


@pytest.fixture
async def month(town: Town) -> Month:
    """Everybody of an office, and the track's channel."""
    found = await Month.join(town)
    assert isinstance(found, Month)
    return found


async def test_a_month_is_drafted_with_its_last_ten_days_and_goes_the_same_way(month: Month) -> None:
    await month.people.answered()
    await month.until(MORNING)
    both = (words(month.card_of("旬查情况通报")), words(month.card_of("月评通报")))
    card = month.card_of("月评通报")
    unranked = await month.press(month.chief, card, "送审")

    await month.ranked()
    await month.press(month.chief, month.card_of("月评通报"), ".docx")
    paper = month.document()
    await month.press(month.chief, month.card_of("月评通报"), "送审")
    await month.press(month.clerk, month.people.showing(month.clerk, "同意签发"), "同意签发")
    await month.press(month.chief, month.card_of("月评通报"), "报送并印发")
    await month.town.passes(seconds=61)
    await month.town.passes(seconds=2)  # once it stands, each county hears its own line

    assert "4月下旬" in both[0]
    assert "4月月评通报" in both[1].replace(" ", "")
    assert "先在「打分」里锁定" in unranked.text
    said = [one.text for one in paper.paragraphs if one.text]
    assert said[:3] == ["第1期", "关于4月城乡环境整治百日攻坚行动", "工作考评情况的通报"]
    assert any(one.startswith("4月9日至4月28日，市农业农村局环境整治攻坚办") for one in said)
    ranking = [[cell.text for cell in row.cells] for row in paper.tables[1].rows]
    assert ranking[0] == ["名次", "单位", "得分"]
    assert [row[1] for row in ranking[1:]] == list(COUNTY)
    page, file = month.posts()[-2:]
    assert "4月月评通报第1期" in words(page).replace(" ", "")
    assert file.file.name.endswith(".pdf")
    assert any("月评通报" in words(one) for one in month.people.new(month.mayor))
    lines = [words(one) for one in month.people.new(month.people.contact) if "月评通报" in words(one)]
    assert len(lines) == 1
    assert "封丘县" not in lines[0]


async def test_a_months_paper_is_taken_down_and_corrected_under_a_new_number(month: Month) -> None:
    await month.until(MORNING)
    await month.ranked()
    await month.press(month.chief, month.card_of("月评通报"), "送审")
    await month.press(month.clerk, month.people.showing(month.clerk, "同意签发"), "同意签发")
    await month.press(month.chief, month.card_of("月评通报"), "印发")
    await month.town.passes(seconds=61)
    await month.town.passes(seconds=2)  # once it stands, each county hears its own line

    await month.press(month.chief, month.card_of("月评通报"), "撤下")
    left = month.posts()
    await month.press(month.chief, month.card_of("月评通报"), "更正")
    month.chief.sends(month.town.bot, "得分有误")
    await month.town.settle()

    assert left == []
    assert "第2期" in words(month.card_of("月评通报"))
