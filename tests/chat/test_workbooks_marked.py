"""Workbooks that are marked as secret, in the name, the caption or a cell: refused, not fetched, not kept."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from bot.domain.permissions import Role
from bot.ledger.desk import Work
from bot.ledger.tables import inbox, invitations, rosters, score_items
from tests.chat.test_closing_day import Scorers
from tests.chat.test_people_roster import PEOPLE
from tests.chat.test_scores_papers import filled, sheet_of
from tests.documents.test_roster_files import workbook
from tests.town.scenes import words
from tests.town.town import Town

MARKED = [("机密-表.xlsx", ""), ("表.xlsx", "机密，请收"), ("表.XLSX", "延津县【绝密】")]


async def kept(town: Town) -> list[int]:
    """How many updates still hold a file, and how much was taken out of workbooks."""

    def query(work: Work) -> list[int]:
        count = [
            select(func.count()).where(inbox.c.payload.contains("file_id")),
            *(select(func.count()).select_from(table) for table in (rosters, score_items)),
            select(func.count()).where(invitations.c.roster_id.is_not(None)),
        ]
        return [work.connection.execute(one).scalar_one() for one in count]

    return list(await town.app.parts.desk.look(query))


def fetched(town: Town) -> int:
    """How many files the bot has asked for."""
    return len(town.bot.calls_of("getFile"))


@pytest.fixture
async def office(town: Town) -> Any:
    """A member of an office."""
    return await town.join("办乙", Role.OFFICE, track="county")


@pytest.mark.parametrize(("name", "caption"), MARKED)
async def test_nothing_is_kept_of_a_roster_that_is_marked(
    town: Town, office: Any, name: str, caption: str
) -> None:
    office.sends_document(town.bot, workbook(PEOPLE), name, caption)
    await town.settle()

    assert "不保存" in words(office.chat(town.bot).last)
    assert await kept(town) == [0, 0, 0, 0]
    assert fetched(town) == 0


@pytest.mark.parametrize(("name", "caption"), MARKED)
async def test_nothing_is_kept_of_a_score_sheet_that_is_marked(town: Town, name: str, caption: str) -> None:
    scorers = await Scorers.join(town)
    leader = scorers.leaders[1]
    data = await sheet_of(scorers, leader)

    leader.sends_document(town.bot, filled(data, B6=36.5), name, caption)
    await town.settle()

    assert "不保存" in words(scorers.last(leader))
    assert await kept(town) == [0, 0, 0, 0]
    assert fetched(town) == 0


async def test_nothing_is_kept_of_a_marked_workbook_that_is_too_big_or_broken(
    town: Town, office: Any
) -> None:
    office.sends_document(town.bot, b"no zip at all", "秘密.xlsx")
    await town.settle()
    office.sends_document(town.bot, workbook(PEOPLE), "秘密2.xlsx", size=21 * 1024 * 1024)
    await town.settle()

    assert await kept(town) == [0, 0, 0, 0]


async def test_a_marking_in_a_cell_refuses_a_score_sheet(town: Town) -> None:
    scorers = await Scorers.join(town)
    leader = scorers.leaders[1]
    data = await sheet_of(scorers, leader)

    leader.sends_document(town.bot, filled(data, C6=-1, D6="机密★1年 材料"), name="打分.xlsx")
    await town.settle()

    assert "不保存" in words(scorers.last(leader))
    assert await kept(town) == [0, 0, 0, 0]


async def test_a_marking_in_a_cell_refuses_a_roster(town: Town, office: Any) -> None:
    lines = [*PEOPLE, ("赵四", "机密★1年", "联系人", "延津县")]

    office.sends_document(town.bot, workbook(lines), "花名册.xlsx")
    await town.settle()

    assert "不保存" in words(office.chat(town.bot).last)
    assert await kept(town) == [0, 0, 0, 0]
