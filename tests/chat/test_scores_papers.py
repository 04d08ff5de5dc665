"""Scores on the wire beyond the plain day: the sheet, sealed marks sent back, corrections, ties, measures."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import openpyxl
import pytest

from bot.domain.aspects import ASPECTS
from bot.domain.permissions import Role
from tests.chat.test_closing_day import PAIRS, Scorers
from tests.drawn import photo
from tests.town.scenes import labels, words
from tests.town.town import Town


@pytest.fixture
async def scorers(town: Town) -> Scorers:
    """Everybody who has to do with scores, the rules approved."""
    found = await Scorers.join(town)
    await found.rules_approved()
    return found


async def drafted(scorers: Scorers, low: str = "30") -> Any:
    """All marked, the drafts out; gives the office's card."""
    await scorers.all_marked(low)
    await scorers.covert_none()
    await scorers.until(2019, 4, 19, 10)
    card = await scorers.period()
    await scorers.drafts(card)
    return card


async def published(scorers: Scorers, low: str = "30") -> Any:
    """… locked, agreed to, published; gives the office's card."""
    card = await drafted(scorers, low)
    await scorers.until(2019, 4, 19, 17, 31)
    await scorers.press(scorers.chief, card, "锁定")
    await scorers.press(scorers.chief, card, "送审")
    await scorers.press(scorers.clerk, scorers.last(scorers.clerk), "同意")
    return card


# ── the sheet ──


def filled(data: bytes, **cells: object) -> bytes:
    book = openpyxl.load_workbook(BytesIO(data))
    sheet = book.worksheets[0]
    for place, value in cells.items():
        sheet[place] = value
    out = BytesIO()
    book.save(out)
    return out.getvalue()


async def sheet_of(scorers: Scorers, person: Any) -> bytes:
    card = await scorers.sends(person, "打分")
    await scorers.press(person, card, "打分表")
    message = scorers.last(person)
    assert message.protected
    data: bytes = message.file.data
    return data


async def test_a_sheet_goes_out_prefilled_and_comes_back_filled_in(scorers: Scorers) -> None:
    leader = scorers.leaders[1]
    await scorers.sends(leader, "/score 卫辉市 督查 33.25")

    data = await sheet_of(scorers, leader)
    rows = [[cell.value for cell in row] for row in openpyxl.load_workbook(BytesIO(data)).worksheets[0]]
    leader.sends_document(scorers.town.bot, filled(data, B6=36.5, C6=-1, D6="王楼镇整改慢"), name="打分.xlsx")
    await scorers.town.settle()

    assert rows[1][:2] == ["打分表", "2019-04-18"]
    assert rows[3][:4] == ["单位", "督查组 打分(0-40)", "督查组 加减分", "扣分依据"]
    assert [row[:2] for row in rows[4:]] == [["卫辉市", 33.25], ["延津县", None]]
    said = words(scorers.last(leader))
    assert "延津县 督查组 36.5分" in said
    assert "延津县 督查组 -1：王楼镇整改慢" in said
    assert "卫辉市" not in said


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"B6": 41}, "第6行 延津县「41」：高于满分（40）"),
        ({"B6": "36,5"}, "小数点"),
        ({"B6": "３６"}, "半角"),
        ({"A6": "新乡", "B6": 30}, "名称不明确"),
        ({"A6": "卫辉市", "B6": 30}, "同一单位出现两次"),
        ({"A6": "卫辉", "C6": -1, "D6": "整改慢"}, "第6行 卫辉：同一单位出现两次"),
        ({"A6": "红旗区", "B6": 30}, "不属本序列"),
        ({"C6": -1}, "要写理由"),
        ({"A6": "辉县市", "B6": 30}, "不由您打分"),
    ],
)
async def test_a_wrong_cell_is_named_and_the_rest_is_not_stored(
    scorers: Scorers, cells: dict[str, object], said: str
) -> None:
    leader = scorers.leaders[1]
    data = await sheet_of(scorers, leader)

    leader.sends_document(scorers.town.bot, filled(data, B5=30, **cells), name="打分.xlsx")
    await scorers.town.settle()
    refused = words(scorers.last(leader))
    card = await scorers.sends(leader, "打分")

    assert said in refused
    assert "一条也没有录入" in refused
    assert "已打 0/2" in words(card)


async def test_a_sheet_without_anything_new_says_so(scorers: Scorers) -> None:
    leader = scorers.leaders[1]
    data = await sheet_of(scorers, leader)

    leader.sends_document(scorers.town.bot, data, name="打分.xlsx")
    await scorers.town.settle()

    assert "没有新的分数" in words(scorers.last(leader))


# ── the seven aspects ──


async def test_a_mark_is_broken_down_at_a_tap_by_a_line_and_in_the_sheet(scorers: Scorers) -> None:
    """The seven give the mark, or are checked against it; sealed as marks are; the region reads its own."""
    leader, other, town = scorers.leaders[1], scorers.leaders[2], scorers.town
    card = await scorers.sends(leader, "打分")
    await scorers.press(leader, card, "延津县")
    await scorers.press(leader, card, "七方面")
    asked = scorers.last(leader)
    few = await scorers.sends(leader, "5 5 5", reply_to=asked)
    taken = await scorers.sends(leader, "5 5 5\n5 5 6 5.5 整体较好", reply_to=asked)
    await scorers.press(leader, card, "七方面")
    again = scorers.last(leader)
    apart = await scorers.sends(leader, "5 5 5 5 5 6 5", reply_to=again)
    changed = await scorers.sends(leader, "36分 七方面 5 5 5 5 5 6 5", reply_to=again)
    await scorers.sends(leader, "/score 延津县 督查 36.5 七方面 5 5 5 5 5 6 5.5 整体较好")

    assert "组织领导、宣传发动" in words(asked)
    assert "七项都要写" in words(few)
    assert "一条也没有录入" in words(few)
    assert "延津县 督查组 36.5分（组织领导 5、宣传发动 5、" in words(taken)
    assert "工作实效 5.5）：整体较好" in words(taken)
    assert "组织领导 5、宣传发动 5" in words(card)
    assert "合计须等于 36.5" in words(again)
    assert "「七方面」：合计与得分不一致，请改其中一个（36 ≠ 36.5）" in words(apart)
    assert "督查组 36分（组织领导 5、" in words(changed)
    assert "工作实效 5）：整体较好" in words(changed)
    refused = await scorers.sends(leader, "/score 延津县 督查 30 七方面 5 5 5 5 5 6 5")
    assert "36 ≠ 30" in words(refused)

    data = await sheet_of(scorers, leader)
    rows = [[cell.value for cell in row] for row in openpyxl.load_workbook(BytesIO(data)).worksheets[0]]
    assert rows[3][4:] == [f"七方面 {label}" for label in ASPECTS.values()]
    assert rows[5][1] == 36.5
    assert rows[5][4:] == [5, 5, 5, 5, 5, 6, 5.5]
    leader.sends_document(town.bot, filled(data, E5=4, E6=6), name="打分.xlsx")
    await town.settle()
    assert "第5行 卫辉市「七方面」：七项都要写" in words(scorers.last(leader))
    assert "第6行 延津县「七方面」：合计与得分不一致，请改其中一个（37.5 ≠ 36.5）" in words(
        scorers.last(leader)
    )
    leader.sends_document(
        town.bot, filled(data, E5=4, F5=4, G5=4, H5=4, I5=4, J5=4, K5=4.25), name="打分.xlsx"
    )
    await town.settle()
    assert "卫辉市 督查组 28.25分（组织领导 4、" in words(scorers.last(leader))
    assert "延津县" not in words(scorers.last(leader))

    sealed = await scorers.sends(scorers.chief, "/why 延津")
    assert "36.5" not in words(sealed)
    assert "组织领导" not in words(sealed)
    assert not any("组织领导" in said for said in [*scorers.said(other), *scorers.said(scorers.yanjin)])
    for number in (2, 3, 4):
        await scorers.sends(
            scorers.leaders[number], "/score " + "\n".join(f"{region} 督查 38" for region in PAIRS[number])
        )
    await scorers.covert_none()
    await scorers.until(2019, 4, 19, 10)
    await scorers.drafts(await scorers.period())
    own = await scorers.sends(scorers.yanjin, "得分明细")
    assert "督查组 36.5分（组织领导 5、宣传发动 5、行动计划 5、" in words(own)


# ── what is sealed, what is each one's own ──


async def test_a_contact_reads_its_own_details_only_and_only_from_the_draft_on(scorers: Scorers) -> None:
    await scorers.all_marked()

    before = await scorers.sends(scorers.yanjin, "得分明细")
    other = await scorers.sends(scorers.yanjin, "/why 封丘")
    card = await drafted(scorers)
    after = await scorers.sends(scorers.yanjin, "得分明细")
    inspector = await scorers.sends(scorers.leaders[1], "/why 延津")

    assert card is not None
    assert "没有可看的" in words(before)
    assert "没有这项操作的权限" in words(other)
    assert "督查组 30分" in words(after)
    assert "第一督查小组" not in words(after)
    assert after.protected
    assert "没有这项操作的权限" in words(inspector)


async def test_marks_are_sent_back_and_given_anew(scorers: Scorers) -> None:
    await scorers.all_marked()
    await scorers.covert_none()
    card = await scorers.period()

    await scorers.press(scorers.chief, card, "打分尺度")
    yard = words(card)
    await scorers.press(scorers.chief, card, "退回县(市)第四督查小组")
    asked = words(scorers.last(scorers.leaders[4]))
    fresh = await scorers.period()

    assert "尺度差异" in yard
    assert "样本不足" in yard
    assert "请复核打分" in asked
    assert "还差 县(市)第四督查小组 0/2" in words(fresh)


async def test_a_missing_mark_is_given_by_two_with_a_reason(scorers: Scorers) -> None:
    for number in (1, 2, 3):
        first, second = {1: ("卫辉市", "延津县"), 2: ("辉县市", "获嘉县"), 3: ("新乡县", "原阳县")}[number]
        await scorers.sends(scorers.leaders[number], f"/score {first} 督查 35\n{second} 督查 34")
    await scorers.until(2019, 4, 19, 10)
    card = await scorers.period()
    await scorers.press(scorers.chief, card, "结束打分")
    await scorers.press(scorers.chief, card, "缺项、未检查")
    await scorers.press(scorers.chief, card, "封丘：给分")
    await scorers.sends(scorers.chief, "33")
    no_reason = words(scorers.last(scorers.chief))
    await scorers.sends(scorers.chief, "33 按上旬得分")
    asked = scorers.last(scorers.clerk)
    await scorers.press(scorers.clerk, asked, "同意")
    await scorers.press(scorers.chief, card, "长垣：不排名")
    await scorers.press(scorers.chief, card, "返回")

    assert "写明理由" in no_reason
    assert asked.protected
    assert "封丘县 33：按上旬得分" in words(asked)
    assert "封丘县　93.00" in words(card)
    assert "—　长垣县　不参加排名" in words(card)
    assert "锁定前须定" not in words(card)


async def test_a_tie_for_last_is_decided_for_all_or_none_before_locking(scorers: Scorers) -> None:
    card = await drafted(scorers, low="36")
    await scorers.until(2019, 4, 19, 17, 31)
    in_the_way = await scorers.press(scorers.chief, card, "锁定")
    shown = words(card)
    await scorers.press(scorers.chief, card, "并列都不算")
    locked = await scorers.press(scorers.chief, card, "锁定")

    assert "末位并列" in in_the_way.text
    assert "卫辉市、延津县" in shown
    assert "7　卫辉市　96.00 并列 ▼末位" in shown
    assert "校验码" in locked.text
    assert "▼末位" not in words(card)


async def test_what_waits_for_its_second_person_is_not_published_by_one(scorers: Scorers) -> None:
    card = await drafted(scorers)
    await scorers.until(2019, 4, 19, 17, 31)
    await scorers.press(scorers.chief, card, "锁定")
    await scorers.press(scorers.chief, card, "送审")

    agree = next(b.data for row in scorers.last(scorers.clerk).buttons for b in row if b.text == "同意")
    own = scorers.chief.presses(scorers.last(scorers.chief), data=agree)
    await scorers.town.settle()

    assert "没有这项操作的权限" in (await own.answered()).text
    assert not any("排名已印发" in text for text in scorers.said(scorers.yanjin))


# ── published ──


async def test_a_published_ranking_is_seen_by_all_as_a_picture_and_never_changes(scorers: Scorers) -> None:
    await published(scorers)

    seen = await scorers.sends(scorers.fengqiu, "排名")
    late = await scorers.sends(scorers.leaders[1], "/score 2019-04-18 延津县 督查 40")

    assert seen.file is not None
    assert "8　延津县　90.00 ▼末位" in words(seen)
    assert "已锁定" in words(late)


async def test_where_the_office_publishes_the_order_alone_a_county_reads_its_own_score_and_no_other(
    scorers: Scorers,
) -> None:
    card = await drafted(scorers)
    await scorers.until(2019, 4, 19, 17, 31)
    await scorers.press(scorers.chief, card, "锁定")
    await scorers.press(scorers.chief, card, "只公布名次")
    chosen = words(card)
    await scorers.press(scorers.chief, card, "送审")
    asked = words(scorers.last(scorers.clerk))
    await scorers.press(scorers.clerk, scorers.last(scorers.clerk), "同意")

    own = scorers.last(scorers.fengqiu)
    await scorers.press(scorers.fengqiu, own, "得分明细")
    details = words(scorers.last(scorers.fengqiu))
    seen = await scorers.sends(scorers.fengqiu, "排名")
    whole = await scorers.sends(scorers.chief, "/rank 县")

    assert "只公布名次" in chosen
    assert "（只公布名次）" in asked
    assert "封丘县：第 1 名，99.00 分" in words(own)
    assert "督查组 39分" in details
    assert "1　封丘县　99.00" in words(seen)
    assert "8　延津县 ▼末位" in words(seen)
    assert "90.00" not in words(seen)
    assert "本期只公布名次" in words(seen)
    assert whole is not None
    assert any("8　延津县　90.00" in text for text in scorers.said(scorers.chief)[-3:])


async def test_a_correction_is_given_up_and_the_published_ranking_stands(scorers: Scorers) -> None:
    card = await published(scorers)
    await scorers.press(scorers.chief, card, "更正")
    await scorers.sends(scorers.chief, "看错了")
    fresh = scorers.last(scorers.chief)
    reason = words(fresh)
    read = await scorers.sends(scorers.yanjin, "得分明细")
    answer = await scorers.press(scorers.chief, fresh, "放弃更正")

    assert "更正原因：看错了" in reason
    assert "合计 90.00，第 8 名" in words(read)
    assert "原排名有效" in answer.text
    assert "已印发" in words(fresh)


async def test_a_correction_goes_the_whole_way_and_gets_a_number(scorers: Scorers) -> None:
    card = await published(scorers)
    await scorers.press(scorers.chief, card, "更正")
    await scorers.sends(scorers.chief, "第一组登记错误")
    fresh = scorers.last(scorers.chief)
    stands = await scorers.sends(scorers.fengqiu, "排名")
    await scorers.sends(scorers.leaders[1], "/score 2019-04-18 延津县 督查 39.5")
    await scorers.drafts(fresh)
    await scorers.until(2019, 4, 22, 17, 31)
    await scorers.press(scorers.chief, fresh, "锁定")
    await scorers.press(scorers.chief, fresh, "送审")
    await scorers.press(scorers.clerk, scorers.last(scorers.clerk), "同意")
    seen = await scorers.sends(scorers.fengqiu, "排名")
    await scorers.sends(scorers.chief, "结果运用")

    assert "更正1" in words(fresh)
    assert "8　延津县　90.00 ▼末位" in words(stands)
    assert "更正1" in words(seen)
    assert "1　延津县　99.50" in words(seen)
    assert "8　卫辉市　96.00 ▼末位" in words(seen)
    measures = words(scorers.last(scorers.chief))
    assert "卫辉市 4月中旬 通报批评" in measures
    assert "延津县" not in measures


async def test_a_measure_is_confirmed_by_two_and_carried_out_with_words_only(scorers: Scorers) -> None:
    await published(scorers)
    measure = scorers.last(scorers.chief)
    await scorers.press(scorers.chief, measure, "认定：因工作不力")
    await scorers.press(scorers.clerk, scorers.last(scorers.clerk), "同意")
    confirmed = words(measure)
    await scorers.press(scorers.chief, measure, "已落实")
    question = scorers.last(scorers.chief)
    scorers.chief.sends_photo(scorers.town.bot, photo(seed=1), caption="通报第1期", reply_to=question)
    await scorers.town.settle()
    still = words(measure)
    await scorers.sends(scorers.chief, "旬查情况通报第1期", reply_to=question)

    assert "待落实" in confirmed
    assert "待落实" in still
    assert "已落实" in words(measure)
    assert "旬查情况通报第1期" in words(measure)
    for person in (scorers.yanjin, scorers.fengqiu, *scorers.leaders.values()):
        assert not any("通报批评" in text for text in scorers.said(person))


async def test_a_measure_that_does_not_apply_needs_a_reason_and_two(scorers: Scorers) -> None:
    await published(scorers)
    measure = scorers.last(scorers.chief)

    await scorers.press(scorers.chief, measure, "不适用")
    await scorers.sends(scorers.chief, "不属工作不力")
    await scorers.press(scorers.clerk, scorers.last(scorers.clerk), "同意")

    assert "不适用" in words(measure)
    assert "不属工作不力" in words(measure)
    assert labels(measure) == []


async def test_an_office_of_one_waits_five_minutes_with_a_way_back(town: Town) -> None:
    alone = await town.join("钱丁", Role.OFFICE, track="county")
    alone.sends(town.bot, "考评口径")
    await town.settle()
    page = alone.chat(town.bot).last
    alone.presses(page, "送审")
    await town.settle()
    held = words(alone.chat(town.bot).last)
    await town.passes(minutes=5, seconds=1)

    assert "09:05自动生效" in held
    assert "第1号" in words(page)


async def test_a_later_change_of_the_rules_has_a_number_and_holds_from_the_next_period(
    scorers: Scorers,
) -> None:
    page = await scorers.sends(scorers.chief, "考评口径")
    await scorers.press(scorers.chief, page, "未检查")
    await scorers.press(scorers.chief, page, "满分")
    await scorers.press(scorers.chief, page, "专题组权重")
    opened = words(page)
    wide = await scorers.sends(scorers.chief, "1.5", reply_to=page)
    taken = await scorers.sends(scorers.chief, "0.35")
    await scorers.press(scorers.chief, page, "异议时间")
    await scorers.press(scorers.chief, page, "返回")
    said_later = await scorers.sends(scorers.chief, "12")
    await scorers.press(scorers.chief, page, "送审")
    asked = words(scorers.last(scorers.clerk))
    await scorers.press(scorers.clerk, scorers.last(scorers.clerk), "同意")

    assert "现为 0.25" in opened
    assert "0 至 1" in opened
    assert "专题组权重「1.5」：不在范围内。请回复 0 至 1 的一个数。" in words(wide)
    assert "专题组权重 改为 0.35，送审同意后生效。" in words(taken)
    assert "改为 12" not in words(said_later)  # the rule was closed: the number is no answer to it
    assert "专题组打分权重 0.35" in words(page)
    assert "专题组权重 0.25→0.35，未检查 按平均分→满分" in asked
    assert "异议小时" not in asked
    assert "第2号" in words(page)
    assert "自 4月28日(周日) 一期起" in words(page)
    assert any("第2号" in text for text in scorers.said(scorers.yanjin))


async def test_in_english_the_day_reads_as_well(scorers: Scorers) -> None:
    leader, chief = scorers.leaders[1], scorers.chief
    for person in (leader, chief):
        card = await scorers.sends(person, "/language")
        await scorers.press(person, card, "English")

    refused = await scorers.sends(leader, "/score 延津县 督查 41")
    entered = await scorers.sends(leader, "/score 延津县 督查 36")
    page = await scorers.sends(chief, "考评口径")
    await scorers.all_marked()
    await scorers.covert_none()
    card = await scorers.period()
    seen = words(card)

    assert "Line 1 延津县 “41”: above the maximum (40)" in words(refused)
    assert "Entered" in words(entered)
    assert "Not in the notice, for now" in words(page)
    assert "▼last" in seen
    assert "Marks in: 5/5" in seen


async def test_a_decision_about_a_tie_holds_for_these_regions_only(scorers: Scorers) -> None:
    await scorers.all_marked("36")
    await scorers.covert_none()
    card = await scorers.period()
    await scorers.press(scorers.chief, card, "并列都不算")
    decided = words(card)
    await scorers.sends(scorers.leaders[1], "/score 卫辉市 督查 35\n延津县 督查 35")
    same = words(card)
    await scorers.sends(scorers.leaders[2], "/score 获嘉县 督查 35")
    other = words(card)

    assert "▼末位" not in decided
    assert "▼末位" not in same
    assert "末位并列：卫辉市、获嘉县、延津县，须定" in other
    assert other.count("▼末位") == 3
