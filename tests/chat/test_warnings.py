"""督办警示 on the wire: from the entry to the served letter, its signature, its answer, its revoking."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
from docx import Document
from sqlalchemy import update

from bot.domain.permissions import Role
from bot.ledger import entries as book
from bot.ledger.desk import Work
from bot.ledger.tables import chats
from bot.services.warnings import letters
from tests.drawn import photo
from tests.town.scenes import CAPTION, People, labels, words
from tests.town.town import ZONE, Town

SECOND = "延津县司寨乡通郭村村东坑塘垃圾，限3天"
PHONE = "0000-0000000"


@pytest.fixture
async def people(town: Town) -> People:
    return await People.join(town)


async def card_of(people: People, person: Any, number: str = "县1-0412-01") -> Any:
    """The entry's card as that person opens it."""
    person.sends(people.town.bot, number)
    await people.town.settle()
    return people.last(person)


async def with_phone(people: People) -> None:
    people.leader.sends(people.town.bot, "组电话")
    await people.town.settle()
    people.leader.sends(people.town.bot, PHONE)
    await people.town.settle()


async def drafted(people: People, number: str = "县1-0412-01", term: str = "7天") -> Any:
    """A draft by the leader with its term; gives its card."""
    await people.press(people.leader, await card_of(people, people.leader, number), "警示")
    card = people.showing(people.leader, "督办警示")
    await people.press(people.leader, card, next(one for one in labels(card) if term in one))
    return card


async def approving(people: People, person: Any = None) -> Any:
    """The letter for whoever approves it."""
    return people.showing(person or people.chief, "同意签发")


async def issued(people: People, number: str = "县1-0412-01", term: str = "7天") -> Any:
    """Drafted, sent, approved; gives the county's card."""
    card = await drafted(people, number, term)
    await people.press(people.leader, card, "送审")
    await people.press(people.chief, await approving(people), "同意签发")
    return people.showing(people.contact, "【督办警示】")


async def letter(people: People, letter_id: int = 1) -> Any:
    return await people.town.app.parts.desk.look(letters.get, letter_id)


def paragraphs(message: Any) -> list[str]:
    return [one.text for one in Document(BytesIO(message.file.data)).paragraphs if one.text]


def papers(people: People, person: Any) -> list[Any]:
    return [one for one in people.new(person) if one.file is not None and "督办警示" in words(one)]


async def test_three_taps_and_one_bring_a_letter_to_the_county_to_the_word(people: People) -> None:
    await with_phone(people)
    await people.handed_over()

    served = await issued(people)

    (paper,) = papers(people, people.contact)
    assert paper.silent
    assert not served.silent
    assert paragraphs(paper)[:7] == [
        "关于对延津县人居环境整治工作的督办警示",
        "延津县城乡环境整治百日攻坚行动办：",
        "4月12日，市城乡环境整治百日攻坚行动第一督查组对你县王楼镇任庄村进行了督导检查，发现如下问题：",
        "1.村口垃圾堆。",
        "接到《督办警示》后，请于4月19日前将任庄村村口垃圾堆问题整改到位，同时将完成情况和责任领导（县级）、"
        f"具体责任人（科级）反馈至市城乡环境整治百日攻坚行动第一组（联系电话{PHONE}）。",
        "延津县要针对此类问题，举一反三、全面排查，彻底整治，长效管理，防止反弹。",
        "市城乡环境整治百日攻坚行动第一督查组将对该督办警示的整改落实情况进行跟踪督查，"
        "对到期未整改到位的责任单位和责任人进行责任追究。",
    ]
    assert len(Document(BytesIO(paper.file.data)).inline_shapes) == 1
    assert b"Exif" not in paper.file.data
    assert labels(served)[:2] == ["签收", "反馈警示"]
    assert "警县1" not in words(served)
    assert (await letter(people)).number == "警县1-2019-001"
    assert (await people.row()).warnings == 1


async def test_the_county_signs_and_answers_in_three_lines(people: People) -> None:
    await with_phone(people)
    await people.handed_over()
    served = await issued(people)

    await people.press(people.contact, served, "签收")
    assert "签收" not in labels(served)
    await people.press(people.contact, served, "反馈警示")
    people.contact.sends(people.town.bot, "已全部清运")
    await people.town.settle()
    lacking = words(people.last(people.contact))
    people.contact.sends(
        people.town.bot, "完成情况：已全部清运\n责任领导（县级）：副县长甲\n具体责任人（科级）：科长乙"
    )
    await people.town.settle()

    assert "还缺：责任领导（县级）、具体责任人（科级）" in lacking
    assert (await letter(people)).reply == {"done": "已全部清运", "leader": "副县长甲", "officer": "科长乙"}
    assert "副县长甲" in words(people.showing(people.leader, "反馈了督办警示"))
    assert "副县长甲" in words(people.showing(people.chief, "反馈了督办警示"))
    assert "已反馈：已全部清运" in words(served)


async def todo(people: People, person: Any) -> Any:
    """「待办」 as that person reads it."""
    person.sends(people.town.bot, "待办")
    await people.town.settle()
    return people.last(person)


async def test_a_letter_stands_in_the_todo_of_whoever_is_to_act_on_it(people: People) -> None:
    await with_phone(people)
    await people.handed_over()

    card = await drafted(people)
    drafting = await todo(people, people.leader)
    await people.press(people.leader, card, "送审")
    sent, approving_ = await todo(people, people.leader), await todo(people, people.chief)
    before = await todo(people, people.contact)
    await people.press(people.chief, approving_, "签发延津县警示")
    await people.press(people.chief, people.last(people.chief), "同意签发")
    to_sign = await todo(people, people.contact)
    await people.press(people.contact, to_sign, "签收警示")
    await people.press(people.contact, people.last(people.contact), "签收")
    to_answer = await todo(people, people.contact)
    decided = await todo(people, people.chief)

    assert "督办警示（延津县）：草稿，待送审" in words(drafting)
    assert "督办警示（延津县）：待您签发 · 限 4月19日" in words(approving_)
    assert "督办警示（延津县）：待签收 · 限 4月19日" in words(to_sign)
    assert "督办警示（延津县）：待反馈 · 限 4月19日" in words(to_answer)
    assert "反馈警示" in labels(to_answer)
    assert not any("督办警示" in words(one) for one in (sent, before, decided))


async def test_without_the_groups_telephone_no_letter_is_sent_for_approval(people: People) -> None:
    await people.handed_over()
    await people.press(people.leader, await card_of(people, people.leader), "警示")
    asked = words(people.last(people.leader))
    card = people.showing(people.leader, "草稿")
    await people.press(people.leader, card, next(one for one in labels(card) if "7天" in one))

    refused = await people.press(people.leader, card, "送审")
    people.leader.sends(people.town.bot, "找老李")
    await people.town.settle()
    wrong = words(people.last(people.leader))
    people.leader.sends(people.town.bot, PHONE)
    await people.town.settle()
    toast = await people.press(people.leader, card, "送审")

    assert "联系电话" in asked
    assert "还没有县(市)第一督查小组的联系电话" in refused.text
    assert "只回复电话号码" in wrong
    assert "已送攻坚办签发" in toast.text
    assert PHONE in words(card)


async def test_the_office_alone_approves_and_sends_back_with_a_reason(people: People) -> None:
    await with_phone(people)
    await people.handed_over()
    card = await drafted(people)
    await people.press(people.leader, card, "送审")
    assert "同意签发" not in labels(card)

    asked = await approving(people)
    await people.press(people.chief, asked, "退改")
    people.chief.sends(people.town.bot, "期限改为5天")
    await people.town.settle()

    assert "退改意见：期限改为5天" in words(card)
    assert (await letter(people)).state == "draft"
    assert people.showing(people.clerk, "同意签发") is None
    assert papers(people, people.contact) == []


async def test_two_presses_issue_one_letter(people: People) -> None:
    await with_phone(people)
    await people.handed_over()
    await people.press(people.leader, await drafted(people), "送审")
    first, second = await approving(people), await approving(people, people.clerk)

    pressed = [people.chief.presses(first, "同意签发"), people.clerk.presses(second, "同意签发")]
    await people.town.settle()
    toasts = [(await one.answered(timeout=5)).text for one in pressed]

    assert sum("已签发" in toast for toast in toasts) == 1
    assert sum("已有变化" in toast for toast in toasts) == 1
    assert len(papers(people, people.contact)) == 1


async def test_several_entries_of_a_region_stand_in_one_letter(people: People) -> None:
    await with_phone(people)
    await people.handed_over()
    await people.handed_over(caption=SECOND)
    card = await drafted(people)

    await people.press(people.leader, card, "加减问题")
    await people.press(people.leader, card, next(one for one in labels(card) if "县1-0412-02" in one))
    await people.press(people.leader, card, "返回")
    await people.press(people.leader, card, "送审")
    await people.press(people.chief, await approving(people), "同意签发")

    (paper,) = papers(people, people.contact)
    said = paragraphs(paper)
    assert said[2].endswith("对你县王楼镇任庄村、司寨乡通郭村进行了督导检查，发现如下问题：")
    assert said[3:5] == ["1.王楼镇任庄村村口垃圾堆。", "2.司寨乡通郭村村东坑塘垃圾。"]
    assert "将上述问题整改到位" in said[5]
    assert ((await people.row(1)).warnings, (await people.row(2)).warnings) == (1, 1)


async def test_words_are_changed_by_sending_a_line_back(people: People) -> None:
    await with_phone(people)
    await people.handed_over()
    card = await drafted(people)

    await people.press(people.leader, card, "改文字")
    people.leader.sends(people.town.bot, "1.村口垃圾堆长期未清理\n整改事项：村口垃圾堆")
    await people.town.settle()

    fresh = people.last(people.leader)
    assert "1.村口垃圾堆长期未清理" in words(fresh)
    assert "将村口垃圾堆问题整改到位" in words(fresh)


async def test_a_second_letter_counts_only_after_the_firsts_term(people: People) -> None:
    await with_phone(people)
    await people.handed_over()
    await issued(people, term="3天")
    await issued(people)
    early = (await people.row()).warnings
    people.until(datetime(2019, 4, 20, 10, 0, tzinfo=ZONE))
    await people.town.passes(seconds=1)

    card = await drafted(people)
    hint = words(card)
    await people.press(people.leader, card, "送审")
    office = words(await approving(people))
    await people.press(people.chief, await approving(people), "同意签发")

    assert early == 1
    assert (await people.row()).warnings == 2
    assert "第 2 次警示" in hint
    assert "书面检查" not in hint
    assert "书面检查" in office
    assert all("书面检查" not in words(one) for one in people.new(people.contact))


async def test_revoked_by_two_it_is_kept_and_stamped_and_counted_anew(
    people: People,
) -> None:
    oversight = await people.town.join("周庚", Role.OVERSIGHT)
    await with_phone(people)
    await people.handed_over()
    served = await issued(people)
    proposed = people.showing(oversight, "通报批评")
    people.chief.sends(people.town.bot, "警示")
    await people.town.settle()
    await people.press(people.chief, people.last(people.chief), "1")
    card = people.last(people.chief)

    await people.press(people.chief, card, "撤销警示")
    people.chief.sends(people.town.bot, "点位有误")
    await people.town.settle()
    assert (await people.row()).warnings == 1
    await people.press(people.clerk, people.showing(people.clerk, "撤销督办警示"), "同意")

    assert proposed is not None
    assert (await letter(people)).state == "revoked"
    assert (await people.row()).warnings == 0
    assert "已撤销：点位有误" in words(people.last(people.contact))
    assert "签收" not in labels(served)
    await people.press(people.chief, card, "看文件")
    assert paragraphs(people.last(people.chief))[0] == "（已于2019年4月12日撤销，仅供存档）"


async def test_not_signed_within_a_working_day_deputy_and_office_hear(
    people: People,
) -> None:
    deputy = await people.town.join("赵副", Role.CONTACT, region="延津县", deputy=True)
    await with_phone(people)
    await people.handed_over()
    await issued(people)
    people.until(datetime(2019, 4, 15, 8, 40, tzinfo=ZONE))
    await people.town.passes(seconds=1)
    early = papers(people, deputy)
    people.until(datetime(2019, 4, 15, 9, 30, tzinfo=ZONE))
    await people.town.passes(seconds=1)
    await people.town.passes(minutes=5)

    assert early == []
    assert len(papers(people, deputy)) == 1
    assert "签收" in labels(people.showing(deputy, "【督办警示】"))
    assert len([one for one in people.new(people.chief) if "未签收督办警示" in words(one)]) == 1


async def test_overdue_three_working_days_the_leader_is_advised_and_drafts_from_it(people: People) -> None:
    await with_phone(people)
    await people.handed_over()
    people.until(datetime(2019, 4, 17, 9, 30, tzinfo=ZONE))
    await people.town.passes(seconds=1)
    early = people.showing(people.leader, "建议警示")
    people.until(datetime(2019, 4, 18, 9, 30, tzinfo=ZONE))
    await people.town.passes(seconds=1)
    await people.town.passes(minutes=1)

    advice = people.showing(people.leader, "建议警示")
    assert early is None
    assert "逾期满 3 个工作日" in words(advice)
    await people.press(people.leader, advice, "起草警示")
    assert "草稿" in words(people.last(people.leader))
    assert people.showing(people.chief, "建议警示") is None
    assert "已起草警示" in words(advice)


async def test_found_unrectified_twice_is_advised_returns_for_the_picture_never_count(
    people: People,
) -> None:
    for reason in ("请拍同一角度", "请补拍现状", "未清净"):
        if reason == "请拍同一角度":
            card = await people.answered()
        else:
            people.contact.sends_photo(people.town.bot, photo("clean", seed=2), reply_to=card)
            await people.town.settle()
            await people.town.passes(seconds=3)
        check = people.showing(people.leader, "退回")
        await people.press(people.leader, check, "退回")
        await people.press(people.leader, check, reason)
        await people.town.passes(seconds=1)
    once = people.showing(people.leader, "建议警示")

    people.contact.sends_photo(people.town.bot, photo("clean", seed=3), reply_to=card)
    await people.town.settle()
    await people.town.passes(seconds=3)
    check = people.showing(people.leader, "退回")
    await people.press(people.leader, check, "退回")
    await people.press(people.leader, check, "部分整改")
    await people.town.passes(seconds=1)

    assert once is None
    assert "两次核查仍未整改到位" in words(people.showing(people.leader, "建议警示"))


async def test_a_term_that_ran_out_unfulfilled_is_the_offices_to_hold_to_account(people: People) -> None:
    await with_phone(people)
    await people.handed_over()
    await issued(people, term="3天")
    people.until(datetime(2019, 4, 16, 9, 0, tzinfo=ZONE))
    await people.town.passes(seconds=1)

    advice = people.showing(people.chief, "建议责令问责")
    assert advice is not None
    assert people.showing(people.leader, "建议责令问责") is None
    await people.press(people.chief, advice, "已责令，记日期")
    people.chief.sends(people.town.bot, "4月16日 县纪委")
    await people.town.settle()
    refused = words(people.last(people.chief))
    people.chief.sends(people.town.bot, "4月16日")
    await people.town.settle()

    assert "只回复日期" in refused
    assert "已责令问责：4月16日" in words(advice)

    def kinds(work: Work) -> list[Any]:
        return [(one.kind, one.data) for one in book.events_of(work, 1) if one.kind == "accounted"]

    assert await people.town.app.parts.desk.look(kinds) == [("accounted", {"day": "2019-04-16"})]


async def test_a_covert_finding_goes_out_in_the_covert_groups_name_or_the_groups_after_its_visit(
    people: People,
) -> None:
    town = people.town
    covert = await town.join("郑壬", Role.INSPECTOR, group="county/0", leader=True)
    await with_phone(people)
    covert.sends_photo(town.bot, photo(seed=6), caption=CAPTION)
    await town.settle()
    hidden = await card_of(people, covert, "暗-0412-01")
    assert "警示" not in labels(hidden)
    await people.press(covert, hidden, "转交办")
    await people.press(covert, people.last(covert), "确认转交办")

    await people.press(people.chief, await card_of(people, people.chief, "暗-0412-01"), "警示")
    card = people.showing(people.chief, "草稿")
    assert "督查暗访组对你县" in words(card)
    assert "换落款" not in labels(card)
    leaders = await card_of(people, people.leader, "暗-0412-01")
    assert "警示" not in labels(leaders)
    await people.press(people.chief, await card_of(people, people.chief, "暗-0412-01"), "转区域组核查")
    people.leader.sends_photo(
        town.bot,
        photo(seed=7),
        caption="仍未整改",
        reply_to=await card_of(people, people.leader, "暗-0412-01"),
    )
    await town.settle()
    if "仍未整改" in "".join(labels(people.last(people.leader))):
        await people.press(people.leader, people.last(people.leader), "回头看：仍未整改")

    await people.press(people.leader, await card_of(people, people.leader, "暗-0412-01"), "警示")
    mine = people.showing(people.leader, "草稿")
    assert "换落款" in labels(mine)


async def test_the_lone_office_holds_its_own_letter_for_five_minutes(town: Town) -> None:
    leader = await town.join("李甲", Role.INSPECTOR, group="county/1", leader=True)
    contact = await town.join("王乙", Role.CONTACT, region="延津县")
    chief = await town.join("钱丁", Role.OFFICE, track="county")
    people = People(town, leader, leader, contact, chief, chief)
    await with_phone(people)
    await people.handed_over()

    await people.press(chief, await card_of(people, chief), "警示")
    card = people.showing(chief, "草稿")
    await people.press(chief, card, next(one for one in labels(card) if "7天" in one))
    toast = await people.press(chief, card, "送审")
    before = papers(people, contact)
    await town.passes(minutes=5, seconds=1)
    await town.passes(seconds=1)

    assert "5分钟后自动签发" in toast.text
    assert before == []
    assert len(papers(people, contact)) == 1


async def test_where_nobody_can_be_reached_it_is_served_later(people: People) -> None:
    await with_phone(people)
    await people.handed_over()
    await people.unreachable(people.contact)
    card = await drafted(people)
    await people.press(people.leader, card, "送审")
    toast = await people.press(people.chief, await approving(people), "同意签发")
    before = papers(people, people.contact)

    people.contact.sends(people.town.bot, "待办")
    await people.town.settle()
    await people.town.passes(seconds=2)
    await people.town.passes(seconds=2)

    assert "暂时联系不上" in toast.text
    assert before == []
    assert len(papers(people, people.contact)) == 1


async def test_no_group_chat_reads_a_word_of_it(people: People) -> None:
    """Red line (b): who has not signed, proposed measures, telephones never stand before several readers."""
    town = people.town
    group = town.server.group(
        "督查组和延津县", members=[people.leader, people.contact], bots=[town.bot], bot_admin=True
    )
    await town.settle()

    def bind(work: Work) -> None:
        work.connection.execute(
            update(chats).where(chats.c.id == group.id).values(group_key="county/1", region="延津县")
        )

    await town.app.parts.desk.do(bind)
    await with_phone(people)
    await people.handed_over()
    await issued(people)
    people.until(datetime(2019, 4, 22, 9, 30, tzinfo=ZONE))
    await town.passes(seconds=1)

    said = " ".join(one.words for one in group.messages if one.by_bot)
    assert "警示" not in said
    assert PHONE not in said


async def test_a_filed_wish_for_a_warning_is_put_to_the_leader(people: People) -> None:
    receipt = await people.files(people.leader)
    await people.press(people.leader, receipt, "修改")
    await people.press(people.leader, receipt, "交办方式")
    await people.press(people.leader, receipt, next(one for one in labels(receipt) if "督办警示" in one))
    await people.town.passes(seconds=61)
    await people.town.passes(seconds=1)
    await people.town.passes(seconds=1)

    assert "登记时选了督办警示" in words(people.showing(people.leader, "建议警示"))


async def test_the_letter_is_given_as_pdf_too(people: People) -> None:
    await with_phone(people)
    await people.handed_over()
    await issued(people)

    await people.press(people.chief, people.showing(people.chief, "已签发"), "PDF")

    assert people.last(people.chief).file.data.startswith(b"%PDF")


async def test_in_english_everything_is_said(people: People) -> None:
    for person in (people.leader, people.chief, people.contact):
        person.sends(people.town.bot, "/language")
        await people.town.settle()
        await people.press(person, people.last(person), "English")
    people.leader.sends(people.town.bot, "组电话")
    await people.town.settle()
    people.leader.sends(people.town.bot, PHONE)
    await people.town.settle()
    await people.handed_over()
    await people.press(people.leader, await card_of(people, people.leader), "Warn")
    card = people.showing(people.leader, "Warning letter")
    await people.press(people.leader, card, next(one for one in labels(card) if "7 days" in one))
    await people.press(people.leader, card, "Send for approval")
    await people.press(people.chief, people.showing(people.chief, "Approve"), "Approve")

    served = people.showing(people.contact, "Warning letter")
    await people.press(people.contact, people.showing(people.contact, "Sign for it"), "Sign for it")

    assert "Signed for" in words(people.showing(people.contact, "To be rectified"))
    assert served is not None
