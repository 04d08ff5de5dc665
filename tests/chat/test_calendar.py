"""The calendar on the wire: moved times, closing days, the morning's digest (SPEC §3)."""

from __future__ import annotations

import io
from typing import Any

import docx
import openpyxl
import pytest

from bot.domain.permissions import Role
from tests.chat.reports import at, contact, last, new, office, until, words
from tests.drawn import photo
from tests.town.town import Town


@pytest.fixture
async def town(tmp_path: Any) -> Any:
    """The first morning of the campaign."""
    async with Town(tmp_path, start=at(4, 9, 9)) as town:
        yield town
        town.server.check()


def buttons(message: Any) -> list[str]:
    return [button.text for row in message.buttons or () for button in row]


def with_button(person: Any, town: Town, label: str) -> Any:
    """The newest message that has such a button."""
    return next(
        message for message in reversed(new(person, town)) if any(label in text for text in buttons(message))
    )


async def press(town: Town, person: Any, message: Any, label: str) -> str:
    whole = next(text for text in buttons(message) if label in text)
    pressed = person.presses(message, whole)
    await town.settle()
    return str((await pressed.answered(timeout=5)).text)


async def leader(town: Town, name: str = "李甲", group: str = "county/1") -> Any:
    return await town.join(name, Role.INSPECTOR, group=group, leader=True)


async def files(town: Town, person: Any, caption: str, seed: int = 1) -> None:
    person.sends_photo(town.bot, photo(seed=seed), caption=caption)
    await town.settle()
    await town.passes(seconds=61)


# --- moved times --------------------------------------------------------------------------------------


async def test_a_week_ahead_the_office_is_asked_and_one_tap_moves_and_tells_everybody(town: Town) -> None:
    wang, qian, sun = await contact(town), await office(town), await office(town, "孙戊")

    await until(town, at(4, 23, 9))
    asked = with_button(qian, town, "改到4月30日")
    toast = await press(town, qian, asked, "改到4月30日")
    await town.passes(seconds=1)

    assert "办法规定：5月3日(周五)10:00" in words(asked)
    assert "已改到 4月30日(周二)10:00" in toast
    assert "已由钱丁于" in words(with_text(sun, town, "遇放假"))
    assert buttons(with_text(sun, town, "遇放假")) == []
    assert words(last(wang, town)) == "周报改到 4月30日(周二)10:00（原 5月3日(周五)10:00，遇放假）。"
    assert last(wang, town).silent
    await until(town, at(4, 29, 15))
    assert "4月30日(周二)10:00 前报送" in words(last(wang, town))


def with_text(person: Any, town: Town, text: str) -> Any:
    return next(message for message in reversed(new(person, town)) if text in words(message))


async def test_the_first_of_two_presses_holds(town: Town) -> None:
    qian, sun = await office(town), await office(town, "孙戊")
    await until(town, at(4, 23, 9))
    mine, theirs = with_button(qian, town, "改到"), with_button(sun, town, "按原时间")

    sun.presses(theirs, "按原时间")
    pressed = qian.presses(mine, "改到4月30日")
    await town.settle()

    assert (await pressed.answered(timeout=5)).text == "已决定按原时间。"
    assert "决定按原时间" in words(with_text(qian, town, "遇放假"))


async def test_unconfirmed_the_notice_s_time_stands(town: Town) -> None:
    wang = await contact(town)
    await office(town)
    await until(town, at(4, 23, 9))

    await until(town, at(4, 30, 15))

    assert "5月3日(周五)10:00 前报送" in words(last(wang, town))


async def test_a_press_after_the_time_is_refused(town: Town) -> None:
    qian = await office(town)
    await until(town, at(4, 23, 9))
    asked = with_button(qian, town, "改到4月30日")
    await until(town, at(4, 30, 10))

    toast = await press(town, qian, asked, "改到4月30日")

    assert "已超过" in toast


# --- closing days -------------------------------------------------------------------------------------


async def test_a_leader_hands_in_the_report_and_the_office_sees_it_in_one_message(town: Town) -> None:
    li, qian = await leader(town), await office(town)
    await files(town, li, "延津县王楼镇任庄村村口垃圾堆，限3天")
    await files(town, li, "延津县司寨乡大佛村村北坑塘漂浮物，限3天", seed=2)

    await until(town, at(4, 18, 9))
    reminder = with_text(li, town, "今天 18:00 前上报")
    board = with_text(qian, town, "报告 0/4")
    await press(town, li, reminder, "看报告草稿")
    card = last(li, town)
    await press(town, li, card, "上报")

    assert "县(市)第一督查小组：督导报告和台账、打分" in words(reminder)
    assert board.silent
    assert "发现 2，现场解决 0，交办 2" in words(card)
    assert "✅ 已于 4月18日(周四)09:00 上报，按时" in words(card)
    assert "报告 1/4" in words(board)
    assert "县(市)第一督查小组：打分" in words(board)
    sent = [message.file.name for message in new(qian, town) if message.file is not None]
    names = [name for name in sent if "督导报告" in name or "问题台账" in name]
    assert [name for name in names if "2019-04-18" in name] == [
        "督导报告-县(市)第一督查小组-2019-04-18.docx",
        "问题台账-县(市)第一督查小组-2019-04-18.xlsx",
    ]


async def test_remarks_in_a_reply_stand_in_the_paper_and_the_ledger_has_pictures(town: Town) -> None:
    li = await leader(town)
    await files(town, li, "延津县王楼镇任庄村村口垃圾堆，限3天")
    await until(town, at(4, 18, 9))
    await press(town, li, with_button(li, town, "看报告草稿"), "看报告草稿")

    li.sends(town.bot, "整改态度积极\n突出问题：坑塘漂浮物多", reply_to=last(li, town))
    await town.settle()
    card = last(li, town)
    await press(town, li, card, "督导报告 .docx")
    paper = docx.Document(io.BytesIO(bytes(last(li, town).file.data)))
    await press(town, li, card, "督导报告 PDF")
    assert bytes(last(li, town).file.data).startswith(b"%PDF")
    await press(town, li, card, "问题台账 .xlsx")
    ledger = openpyxl.load_workbook(io.BytesIO(bytes(last(li, town).file.data)))["问题台账"]

    text = "\n".join(one.text for one in paper.paragraphs)
    assert "总体评价：整改态度积极" in words(card)
    assert "整改态度积极" in text
    assert "坑塘漂浮物多" in text
    assert "关于4月中旬督导检查情况的报告" in text
    assert ledger["B4"].value == "县1-0409-01"
    assert len(ledger._images) == 1
    assert ledger.page_setup.orientation == "landscape"


async def test_the_changed_document_takes_the_draft_s_place(town: Town) -> None:
    li, qian = await leader(town), await office(town)
    await until(town, at(4, 18, 9))
    await press(town, li, with_button(li, town, "看报告草稿"), "看报告草稿")
    written = docx.Document()
    written.add_paragraph("改过的督导报告")
    out = io.BytesIO()
    written.save(out)

    li.sends_document(town.bot, out.getvalue(), "督导报告改.docx", reply_to=last(li, town))
    await town.settle()

    card = last(li, town)
    await press(town, li, card, "上报")

    assert "采用您改的文件：督导报告改.docx" in words(card)
    sent = [message.file for message in new(qian, town) if message.file is not None]
    files = [file for file in sent if "督导报告" in file.name or "问题台账" in file.name]
    assert [file.name for file in files] == ["督导报告改.docx", "问题台账-县(市)第一督查小组-2019-04-18.xlsx"]
    assert bytes(files[0].data) == out.getvalue()


async def test_only_the_leader_hands_in(town: Town) -> None:
    await leader(town)
    member = await town.join("张己", Role.INSPECTOR, group="county/1")
    await until(town, at(4, 18, 9))

    member.sends(town.bot, "督导报告")
    await town.settle()

    assert "由组长上报" in words(last(member, town))
    assert "上报" not in buttons(last(member, town))


async def test_who_leads_two_groups_hears_once(town: Town) -> None:
    li = await leader(town)
    await town.also(li, Role.INSPECTOR, group="county/0", leader=True)
    before = len(new(li, town))

    await until(town, at(4, 17, 15))

    said = [words(message) for message in new(li, town)[before:]]
    assert len(said) == 1
    assert "县(市)第一督查小组" in said[0]
    assert "暗访组" in said[0]


async def test_five_minutes_after_six_the_office_reads_who_is_missing(town: Town) -> None:
    await leader(town)
    qian = await office(town)
    await until(town, at(4, 18, 9))

    await until(town, at(4, 18, 18, 5))

    board = with_text(qian, town, "4月中旬")
    assert "未报：" in words(board)
    assert not board.silent


async def test_the_office_opens_its_board_by_the_word(town: Town) -> None:
    qian = await office(town)
    for _ in range(2):
        before = len(new(qian, town))

        qian.sends(town.bot, "督导报告")
        await town.settle()

        assert len(new(qian, town)) == before + 1
        assert "4月中旬 · 县(市) · 报告 0/4" in words(last(qian, town))


# --- the digest ---------------------------------------------------------------------------------------


async def test_the_three_colours_reach_the_contact_then_the_leader_then_the_office(town: Town) -> None:
    li, wang, qian = await leader(town), await contact(town), await office(town)
    await files(town, li, "延津县王楼镇任庄村村口垃圾堆，限3天")  # 12 April, a Friday
    heard: dict[str, list[str]] = {"contact": [], "leader": [], "office": []}

    for day in (11, 12, 13, 14, 15, 16):
        await until(town, at(4, day, 9))
        for name, person in (("contact", wang), ("leader", li), ("office", qian)):
            for line in map(words, new(person, town)):
                if f"4月{day}日" in line.split("\n")[0] and "提醒" in line:
                    heard[name].append(f"{day}:{line.split('垃圾')[-1].strip()}")

    assert heard["contact"] == [
        "11:🔵 4月12日(周五)18:00",
        "12:🟡 今天 18:00",
        "15:🔴 逾期3天",
        "16:🔴 逾期4天",
    ]
    assert heard["leader"] == ["15:🔴 逾期3天", "16:🔴 逾期4天"]
    assert heard["office"] == ["15:🔴 逾期3天", "16:🔴 逾期4天"]


async def test_a_digest_names_five_and_counts_the_rest(town: Town) -> None:
    li, wang = await leader(town), await contact(town)
    for seed in range(7):
        await files(town, li, f"延津县王楼镇任庄村村口垃圾堆{seed}，限3天", seed=seed)

    await until(town, at(4, 12, 9))

    digest = words(last(wang, town))
    assert "今天到期 7" in digest
    assert digest.count("县1-0409-") == 5
    assert "另有 2 条" in digest


async def test_on_a_day_off_only_what_is_due_that_day_is_said(town: Town) -> None:
    li, wang = await leader(town), await contact(town)
    await until(town, at(4, 10, 9))
    await files(town, li, "延津县王楼镇任庄村村口垃圾堆，限3天")  # due on Saturday 13 April
    await files(town, li, "延津县司寨乡大佛村村北坑塘漂浮物，限5天", seed=2)  # due on Monday

    await until(town, at(4, 13, 9))
    saturday = words(last(wang, town))
    count = len(new(wang, town))
    await until(town, at(4, 14, 9))

    assert "县1-0410-01" in saturday
    assert "县1-0410-02" not in saturday
    assert len(new(wang, town)) == count


# --- the office's own days ----------------------------------------------------------------------------


async def test_the_office_decides_about_a_day_and_is_asked_what_falls_on_it(town: Town) -> None:
    qian = await office(town)

    qian.sends(town.bot, "放假 4月15日")
    await town.settle()
    answer = words(last(qian, town))
    await town.passes(seconds=1)
    asked = with_button(qian, town, "改到4月16日")
    qian.sends(town.bot, "日历")
    await town.settle()
    outlook = words(last(qian, town))

    assert "4月15日(周一) 放假" in answer
    assert "办法规定：4月15日(周一)11:00" in words(asked)
    assert "4月15日(周一)放假" in outlook
    assert "4月28日(周日)上班" in outlook
    assert "4月12日(周五)10:00 周报" in outlook


async def test_a_day_that_does_not_exist_is_not_taken(town: Town) -> None:
    qian = await office(town)

    qian.sends(town.bot, "放假 4月31日")
    await town.settle()

    assert "看不懂是哪几天" in words(last(qian, town))


async def test_a_mark_brings_the_office_s_board_up_to_date(town: Town) -> None:
    li, qian = await leader(town, group="county/1"), await office(town)
    await until(town, at(4, 18, 9))
    board = with_text(qian, town, "报告 0/4")
    before = words(board)

    li.sends(town.bot, "/score 延津县 督查 36.5\n卫辉市 督查 35")
    await town.settle()

    assert "打分 0/" in before
    assert "打分 1/" in words(board)
