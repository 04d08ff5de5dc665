"""Clean places count too, and the day's summary."""

from __future__ import annotations

import pytest

from bot.domain.permissions import Role
from tests.chat.intake import HEAP, contact, inspector, labels, last, press, rows, said
from tests.drawn import photo
from tests.town.town import Town

CLEAN = "延津县王楼镇任庄村未发现问题，街道整洁"


async def test_a_clean_place_is_a_visit_record_without_a_number(town: Town) -> None:
    li, wang = await inspector(town), await contact(town)
    heard = len(said(wang, town))

    li.sends_photo(town.bot, photo("clean"), caption=CLEAN)
    await town.settle()
    await town.passes(minutes=6)

    row = (await rows(town))[0]
    assert (row.kind, row.number, row.state) == ("visit", None, "filed")
    assert "已记走访：延津县王楼镇任庄村 · 未发现问题" in last(li, town).text
    assert labels(last(li, town))[:2] == ["改为问题", "列入好的做法"]
    assert len(said(wang, town)) == heard


async def test_a_visit_becomes_a_problem_by_a_tap(town: Town) -> None:
    li, wang = await inspector(town), await contact(town)
    li.sends_photo(town.bot, photo("clean"), caption=CLEAN)
    await town.settle()

    await press(town, li, last(li, town), "改为问题")
    filed = last(li, town).text
    await town.passes(seconds=61)

    assert "县1-0412-01" in filed
    assert "县1-0412-01" in last(wang, town).caption


async def test_a_visit_is_listed_as_a_good_practice(town: Town) -> None:
    li = await inspector(town)
    li.sends_photo(town.bot, photo("clean"), caption=CLEAN)
    await town.settle()

    pressed = await press(town, li, last(li, town), "列入好的做法")

    assert "已列入好的做法" in (await pressed.answered()).text
    assert "好的做法" in last(li, town).text
    assert (await rows(town))[0].note == "good"


async def test_an_edited_caption_makes_a_problem_of_a_visit(town: Town) -> None:
    li = await inspector(town)
    sent = li.sends_photo(town.bot, photo("clean"), caption=CLEAN)
    await town.settle()

    li.edits(sent, HEAP)
    await town.settle()

    assert (await rows(town))[0].number == "县1-0412-01"
    assert "县1-0412-01" in last(li, town).text


async def test_the_days_summary_counts_visits_and_entries(town: Town) -> None:
    li = await inspector(town)
    for seed, caption in enumerate((HEAP, "司寨乡高寨村污水横流", CLEAN, "")):
        li.sends_photo(town.bot, photo(seed=seed), caption=caption)
        await town.settle()
    await town.passes(seconds=3)

    li.sends(town.bot, "收工")
    await town.settle()

    summary, rest = said(li, town)[-2:]
    assert "县(市)第一督查小组" in summary.text
    assert "走访 2 处（2 个乡镇）" in summary.text
    assert "发现问题 2 个" in summary.text
    assert "未发现问题 1 处" in summary.text
    assert "县1-0412-01" in summary.text
    assert "1 条没登记完" in rest.text


async def test_covert_findings_stand_in_no_summary(town: Town) -> None:
    li = await inspector(town)
    li.sends_photo(town.bot, photo(), caption=f"暗访：{HEAP}")
    await town.settle()

    li.sends(town.bot, "收工")
    await town.settle()

    assert "暗" not in last(li, town).text
    assert "任庄村" not in last(li, town).text


@pytest.mark.parametrize("role", [Role.CONTACT])
async def test_who_does_not_file_has_no_day_to_end(town: Town, role: Role) -> None:
    wang = await contact(town)

    wang.sends(town.bot, "收工")
    await town.settle()

    assert "没有这项操作的权限" in last(wang, town).text
    assert role
