"""周工作通报 on the wire: drafted, changed, judged by a second person, printed, taken down, corrected."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import docx
import pytest

from bot.domain.permissions import Role
from bot.ledger.desk import Work
from bot.services.weekly import book as weekly
from tests.drawn import photo
from tests.town.scenes import People, labels, words
from tests.town.town import ZONE, Town

DRAFTED = datetime(2019, 4, 15, 7, 30, tzinfo=ZONE)
NO_RIGHTS = "Bad Request: need administrator rights in the channel chat"
DUE = datetime(2019, 4, 15, 11, 0, tzinfo=ZONE)


class Desk:
    """Two of the county office, a city leader, the inspectors, a contact, and the track's channel."""

    def __init__(self, town: Town, people: People) -> None:
        self.town = town
        self.people = people
        self.chief, self.clerk = people.chief, people.clerk

    @classmethod
    async def join(cls, town: Town) -> Desk:
        found = cls(town, await People.join(town))
        found.mayor = await town.join("周市长", Role.CITY_LEADER)
        found.channel = town.server.channel("县(市)通报", owner=found.chief, bots=[])
        found.chief.sends(found.channel, "频道已建立")
        found.chief.adds(town.bot, found.channel)
        await town.settle()
        found.chief.sends(town.bot, "/bind")
        await town.settle()
        await found.press(found.chief, found.last(found.chief), "「县(市)通报」")
        return found

    mayor: Any
    channel: Any

    def last(self, person: Any) -> Any:
        return person.chat(self.town.bot).last

    def card(self, person: Any) -> Any:
        """The newest card of a bulletin."""
        return next(
            m for m in reversed(self.people.new(person)) if m.photo and "通报" in words(m) and m.buttons
        )

    def paper(self, person: Any, ending: str = ".docx") -> Any:
        """The newest paper that was sent to a person."""
        return next(
            m
            for m in reversed(self.people.new(person))
            if m.file is not None and m.file.name.endswith(ending)
        )

    async def press(self, person: Any, message: Any, label: str) -> Any:
        pressed = person.presses(message, label)
        await self.town.settle()
        return await pressed.answered(timeout=5)

    async def until(self, instant: datetime) -> None:
        self.town.clock.advance(instant - self.town.clock.now())
        await self.town.passes(seconds=0)

    async def drafted(self) -> Any:
        """One entry of the first week, its proof, and the draft on Monday morning."""
        await self.people.answered()
        await self.until(datetime(2019, 4, 12, 10, 0, 1, tzinfo=ZONE))
        await self.until(DRAFTED)
        return self.card(self.chief)

    async def approved(self) -> Any:
        """The draft, sent for approval and agreed to."""
        await self.press(self.chief, await self.drafted(), "送审")
        await self.press(self.clerk, self.people.showing(self.clerk, "同意签发"), "同意签发")
        return self.card(self.chief)

    def posts(self) -> list[Any]:
        return [m for m in self.channel.messages if m.by_bot and not m.deleted]

    async def sends_back(self, change: Any, reply_to: Any = None) -> Any:
        """The draft's .docx, changed in a program of the office, as a reply; gives what the bot says."""
        document = docx.Document(io.BytesIO(self.paper(self.chief).file.data))
        change(document)
        written = io.BytesIO()
        document.save(written)
        return await self.replies(written.getvalue(), "通报改.docx", reply_to)

    async def replies(self, data: bytes, name: str, reply_to: Any = None) -> Any:
        self.chief.sends_document(self.town.bot, data, name=name, reply_to=reply_to or self.card(self.chief))
        await self.town.settle()
        return self.last(self.chief)


@pytest.fixture
async def desk(town: Town) -> Desk:
    """Everybody who has to do with a weekly bulletin."""
    return await Desk.join(town)


# ── the draft ──


async def test_monday_at_half_past_seven_the_office_has_a_page_and_its_docx(desk: Desk) -> None:
    card = await desk.drafted()

    paper = docx.Document(io.BytesIO(desk.paper(desk.chief).file.data))
    said = "\n".join(paragraph.text for paragraph in paper.paragraphs)
    row = [cell.text for cell in paper.tables[0].rows[7].cells]
    assert "代拟稿" in words(card)
    assert "第1周" in words(card)
    assert "送审" in labels(card)
    assert "第1周工作情况的通报（县（市）部分）" in said
    assert "截至4月12日10时" in said
    assert row == ["延津县", "1", "0", "0", "—", "0", "0", "0", "未报"]
    assert desk.posts() == []


async def test_what_is_found_after_the_cut_is_in_the_next_bulletin(desk: Desk) -> None:
    await desk.people.answered()
    await desk.until(datetime(2019, 4, 12, 10, 0, 1, tzinfo=ZONE))
    await desk.people.handed_over(caption="延津县王楼镇任庄村村东坑塘垃圾，限3天")
    await desk.until(DRAFTED)

    paper = docx.Document(io.BytesIO(desk.paper(desk.chief).file.data))

    assert [cell.text for cell in paper.tables[0].rows[7].cells][1] == "1"


async def test_it_is_reminded_of_when_late_and_never_printed_by_itself(desk: Desk) -> None:
    await desk.drafted()
    await desk.until(DUE)
    await desk.until(DUE + timedelta(hours=3))

    said = [words(m) for m in desk.people.new(desk.chief) if "应于" in words(m)]
    assert len(said) == 1
    assert "还没有送审" in said[0]
    assert desk.posts() == []


async def test_a_reply_writes_a_section_anew(desk: Desk) -> None:
    card = await desk.drafted()

    desk.chief.sends(desk.town.bot, "结论：本周开局良好。\n突出问题：坑塘<垃圾>&杂物多。", reply_to=card)
    await desk.town.settle()
    await desk.press(desk.chief, desk.card(desk.chief), ".docx")

    paper = docx.Document(io.BytesIO(desk.paper(desk.chief).file.data))
    said = [paragraph.text for paragraph in paper.paragraphs]
    assert "本周开局良好。" in said
    assert "突出问题。坑塘<垃圾>&杂物多。" in said


async def test_a_reply_may_not_name_what_no_bulletin_names(desk: Desk) -> None:
    card = await desk.drafted()

    desk.chief.sends(desk.town.bot, "结论：建议约谈延津县。", reply_to=card)
    await desk.town.settle()

    assert "约谈" in words(desk.last(desk.chief))
    assert "不能出现" in words(desk.last(desk.chief))


# ── the changed .docx ──


async def test_a_changed_docx_takes_the_place_of_the_draft(desk: Desk) -> None:
    await desk.drafted()

    def change(document: Any) -> None:
        document.paragraphs[5].runs[0].text = "本周各县（市）行动迅速。"

    card = await desk.sends_back(change)
    await desk.press(desk.chief, card, ".docx")

    paper = docx.Document(io.BytesIO(desk.paper(desk.chief).file.data))
    assert "采用您改的 .docx" in words(card)
    assert "送审" in labels(card)
    assert "本周各县（市）行动迅速。" in [paragraph.text for paragraph in paper.paragraphs]
    assert len(paper.tables[0].rows) == 9


async def test_a_figure_that_differs_is_named_and_resolved_by_a_tap(desk: Desk) -> None:
    await desk.drafted()

    def change(document: Any) -> None:
        document.tables[0].rows[7].cells[1].paragraphs[0].runs[0].text = "7"

    card = await desk.sends_back(change)
    named = words(card)
    before = labels(card)
    await desk.press(desk.chief, card, "按台账 1")
    await desk.press(desk.chief, desk.card(desk.chief), ".docx")

    paper = docx.Document(io.BytesIO(desk.paper(desk.chief).file.data))
    assert "延津县「发现」：台账 1，来件 7" in named
    assert "送审" not in before
    assert "送审" in labels(desk.card(desk.chief))
    assert paper.tables[0].rows[7].cells[1].text == "1"


async def test_the_writers_figure_stands_with_a_reason(desk: Desk) -> None:
    await desk.drafted()

    def change(document: Any) -> None:
        document.tables[0].rows[7].cells[1].paragraphs[0].runs[0].text = "7"

    card = await desk.sends_back(change)
    await desk.press(desk.chief, card, "按来件 7")
    desk.chief.sends(desk.town.bot, "含电话交办6个")
    await desk.town.settle()
    await desk.press(desk.chief, desk.card(desk.chief), ".docx")

    paper = docx.Document(io.BytesIO(desk.paper(desk.chief).file.data))
    assert paper.tables[0].rows[7].cells[1].text == "7"


async def test_what_has_changed_since_the_docx_came_is_named_before_it_is_sent_for_approval(
    desk: Desk,
) -> None:
    await desk.drafted()
    card = await desk.sends_back(lambda document: None)

    def comes(work: Work) -> None:
        week = weekly.week_of_key(work, "2019-04-12")
        assert week is not None
        report = weekly.get(work, week, "延津县")
        weekly.write(work, replace(report, revision=1, table_at=work.now, summary_at=work.now))

    await desk.town.app.parts.desk.do(comes)
    answer = await desk.press(desk.chief, card, "送审")
    named = words(desk.card(desk.chief))
    await desk.press(desk.chief, desk.card(desk.chief), "全部按台账")
    await desk.press(desk.chief, desk.card(desk.chief), "送审")

    assert "不一致" in answer.text
    assert "延津县「周报」：台账 迟报，来件 未报" in named
    assert "送审中" in words(desk.card(desk.chief))


async def test_a_table_that_was_removed_is_named_and_comes_back(desk: Desk) -> None:
    await desk.drafted()

    def change(document: Any) -> None:
        table = document.tables[0]._tbl
        table.getparent().remove(table)

    card = await desk.sends_back(change)
    named = words(card)
    await desk.press(desk.chief, card, "全部按台账")
    await desk.press(desk.chief, desk.card(desk.chief), ".docx")

    assert "分县表已删去" in named
    assert len(docx.Document(io.BytesIO(desk.paper(desk.chief).file.data)).tables) == 1


async def test_papers_that_cannot_be_used_are_refused_with_the_remedy(desk: Desk) -> None:
    await desk.drafted()

    def tracked(document: Any) -> None:
        run = document.paragraphs[5].runs[0]._r
        parent = run.getparent()
        inserted = parent.makeelement("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}ins", {})
        parent.replace(run, inserted)
        inserted.append(run)

    assert "修订" in words(await desk.sends_back(tracked))
    assert "不是能打开的 .docx" in words(await desk.replies(b"hello", "通报.docx"))
    assert "旧格式" in words(await desk.replies(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "通报.doc"))
    other = docx.Document()
    other.add_paragraph("会议纪要")
    written = io.BytesIO()
    other.save(written)
    assert "没有找到标题" in words(await desk.replies(written.getvalue(), "纪要.docx"))
    assert "采用您改的" not in words(desk.card(desk.chief))


# ── judged, printed ──


async def test_only_a_second_person_agrees(desk: Desk) -> None:
    card = await desk.drafted()
    await desk.press(desk.chief, card, "送审")

    own = desk.people.showing(desk.chief, "印发通报")
    proposal = desk.people.showing(desk.clerk, "同意签发")

    assert "同意签发" not in labels(own)
    assert "退改" in labels(proposal)
    assert "印发" not in labels(desk.card(desk.chief))
    assert desk.card(desk.clerk).photo
    await desk.press(desk.clerk, proposal, "同意签发")
    assert "孙戊已于" in words(desk.card(desk.chief))
    assert "印发" in labels(desk.card(desk.chief))


async def test_sent_back_it_is_a_draft_again_with_the_reason(desk: Desk) -> None:
    await desk.press(desk.chief, await desk.drafted(), "送审")
    await desk.press(desk.clerk, desk.people.showing(desk.clerk, "退改"), "退改")
    desk.clerk.sends(desk.town.bot, "结论要写具体")
    await desk.town.settle()

    assert "结论要写具体" in words(desk.last(desk.chief))
    assert "代拟稿" in words(desk.card(desk.chief))
    assert "送审" in labels(desk.card(desk.chief))


async def test_printed_it_is_a_picture_with_words_and_a_pdf_in_the_channel(desk: Desk) -> None:
    card = await desk.approved()
    answer = await desk.press(desk.chief, card, "印发")
    at_once = desk.posts()
    await desk.town.passes(seconds=61)
    await desk.town.passes(seconds=2)

    page, paper = desk.posts()
    assert "60秒" in answer.text
    assert at_once == []
    assert page.photo
    assert "第1期" in words(page)
    assert "发现问题 1 个" in words(page)
    assert paper.file.name.endswith(".pdf")
    assert paper.file.data.startswith(b"%PDF")
    said = words(page) + words(paper)
    assert not any(name in said for name in ("李甲", "王乙", "钱丁", "孙戊"))
    own = words(desk.last(desk.people.contact))
    assert "延津县：发现 1" in own
    assert "卫辉市" not in own


async def test_the_city_leaders_have_it_in_private(desk: Desk) -> None:
    await desk.press(desk.chief, await desk.approved(), "报送市领导")
    at_once = [words(m) for m in desk.people.new(desk.mayor)]
    await desk.town.passes(seconds=61)

    assert not any("工作通报" in one for one in at_once)
    page, paper = desk.people.new(desk.mayor)[-2:]
    assert page.photo
    assert "第1周工作通报" in words(page)
    assert paper.file.name.endswith(".pdf")
    assert desk.posts() == []
    assert labels(desk.card(desk.chief))[0] == "印发"


async def test_within_the_minute_it_is_undone_and_nothing_has_left(desk: Desk) -> None:
    await desk.press(desk.chief, await desk.approved(), "印发")
    await desk.press(desk.chief, desk.card(desk.chief), "撤销")
    await desk.town.passes(seconds=120)

    assert desk.posts() == []
    assert "工作通报" not in words(desk.last(desk.people.contact))
    assert "印发" in labels(desk.card(desk.chief))


async def test_it_is_taken_down_and_corrected_under_a_new_number(desk: Desk) -> None:
    await desk.press(desk.chief, await desk.approved(), "印发")
    await desk.town.passes(seconds=61)
    await desk.press(desk.chief, desk.card(desk.chief), "撤下")
    gone = desk.posts()
    await desk.press(desk.chief, desk.card(desk.chief), "更正")
    desk.chief.sends(desk.town.bot, "发现数有误")
    await desk.town.settle()
    await desk.press(desk.chief, desk.card(desk.chief), "送审")
    await desk.press(desk.clerk, desk.people.showing(desk.clerk, "同意签发"), "同意签发")
    await desk.press(desk.chief, desk.card(desk.chief), "印发")
    await desk.town.passes(seconds=61)

    assert gone == []
    assert "第2期" in words(desk.posts()[0])
    assert "更正第1期" in words(desk.posts()[0])


async def test_after_two_days_a_post_is_not_taken_down(desk: Desk) -> None:
    await desk.press(desk.chief, await desk.approved(), "印发")
    await desk.town.passes(hours=49)

    answer = await desk.press(desk.chief, desk.card(desk.chief), "撤下")

    assert "48小时" in answer.text
    assert len(desk.posts()) == 2


async def test_a_sealed_pdf_becomes_the_paper_that_is_printed(desk: Desk) -> None:
    card = await desk.approved()
    await desk.replies(b"%PDF-1.4 sealed", "盖章.pdf", card)
    await desk.press(desk.clerk, desk.people.showing(desk.clerk, "正式件"), "同意")
    await desk.press(desk.chief, desk.card(desk.chief), "印发")
    await desk.town.passes(seconds=61)

    assert desk.posts()[1].file.data == b"%PDF-1.4 sealed"


async def test_a_sealed_pdf_that_comes_later_follows_into_the_channel(desk: Desk) -> None:
    await desk.press(desk.chief, await desk.approved(), "印发")
    await desk.town.passes(seconds=61)
    await desk.replies(b"%PDF-1.4 sealed", "盖章.pdf")
    judged = desk.paper(desk.clerk, ".pdf")
    before = len(desk.posts())
    await desk.press(desk.clerk, desk.people.showing(desk.clerk, "正式件"), "同意")

    assert before == 2
    assert judged.file.data == b"%PDF-1.4 sealed"
    assert desk.posts()[2].file.data == b"%PDF-1.4 sealed"
    assert "正式件" in words(desk.posts()[2])


async def test_a_channel_that_takes_nothing_is_told_and_the_bulletin_can_be_printed_again(
    desk: Desk,
) -> None:
    card = await desk.approved()
    for method in ("sendPhoto", "sendDocument"):
        desk.town.server.faults.next(method, status=400, description=NO_RIGHTS)
    await desk.press(desk.chief, card, "印发")
    await desk.town.passes(seconds=61)
    await desk.town.passes(seconds=5)

    assert "没有发到频道" in words(desk.last(desk.chief)) or desk.people.showing(desk.chief, "没有发到频道")
    await desk.press(desk.chief, desk.card(desk.chief), "印发")
    await desk.town.passes(seconds=61)
    assert len(desk.posts()) == 2


async def test_without_a_channel_it_is_said_how_to_bind_one(town: Town) -> None:
    people = await People.join(town)
    desk = Desk(town, people)
    card = await desk.approved()

    answer = await desk.press(desk.chief, card, "印发")

    assert "/bind" in answer.text


async def test_an_office_of_one_holds_for_five_minutes(town: Town) -> None:
    chief = await town.join("钱丁", Role.OFFICE, track="county")
    await town.passes(hours=2)
    desk = Desk(town, People(town, None, None, None, chief, None))
    await desk.until(DRAFTED)
    await desk.press(chief, desk.card(chief), "送审")

    early = words(desk.card(chief))
    await town.passes(minutes=5, seconds=1)

    assert "自动生效" in early
    assert "印发" in labels(desk.card(chief))


async def test_a_name_in_it_must_be_looked_at_before_it_is_sent_for_approval(desk: Desk) -> None:
    desk.chief.sends(desk.town.bot, "结论：王乙同志得力。", reply_to=await desk.drafted())
    await desk.town.settle()
    refused = await desk.press(desk.chief, desk.card(desk.chief), "送审")
    named = words(desk.card(desk.chief))
    await desk.press(desk.chief, desk.card(desk.chief), "不是人名")
    await desk.press(desk.chief, desk.card(desk.chief), "送审")

    assert "似有人名" in refused.text
    assert "王乙" in named
    assert "送审中" in words(desk.card(desk.chief))


async def test_a_button_of_before_is_refused(desk: Desk) -> None:
    card = await desk.drafted()
    press = next(b.data for row in card.buttons for b in row if b.text == "送审")
    desk.chief.sends(desk.town.bot, "结论：好。", reply_to=card)
    await desk.town.settle()
    pressed = desk.chief.presses(desk.card(desk.chief), data=press)
    await desk.town.settle()

    assert "已有变化" in (await pressed.answered(timeout=5)).text


# ── pictures ──


async def test_a_person_chooses_a_pair_and_none_of_a_courtyard_is_offered(desk: Desk) -> None:
    people = desk.people
    await people.answered()
    people.leader.sends_photo(desk.town.bot, photo(seed=5), caption="延津县王楼镇任庄村农户院内垃圾，限3天")
    await desk.town.settle()
    await desk.town.passes(seconds=61)
    await desk.until(datetime(2019, 4, 12, 10, 0, 1, tzinfo=ZONE))
    await desk.until(DRAFTED)

    await desk.press(desk.chief, desk.card(desk.chief), "选图")
    offered = desk.last(desk.chief)
    await desk.press(desk.chief, offered, "用这组")
    await desk.press(desk.chief, desk.card(desk.chief), "PDF")

    assert offered.photo
    assert "（1/1）" in words(offered)
    assert "已选图 1 组" in words(desk.card(desk.chief))
    assert len(desk.paper(desk.chief, ".pdf").file.data) > 30_000


async def test_what_shows_a_face_is_covered_by_cells(desk: Desk) -> None:
    await desk.press(desk.chief, await desk.drafted(), "选图")
    plain = desk.last(desk.chief)
    await desk.press(desk.chief, plain, "遮挡")
    grid = desk.people.new(desk.chief)[-2]
    desk.chief.sends(desk.town.bot, "左上角")
    await desk.town.settle()
    refused = words(desk.last(desk.chief))
    await desk.press(desk.chief, plain, "遮挡")
    desk.chief.sends(desk.town.bot, "前b2、C3")
    await desk.town.settle()
    covered = desk.last(desk.chief)

    assert grid.photo
    assert "没有看懂" in refused
    assert covered.file.data != plain.file.data
    assert labels(covered)[0] == "不用"
    assert "已选图 1 组" in words(desk.card(desk.chief))


async def test_each_figure_can_be_traced_to_numbers(desk: Desk) -> None:
    card = await desk.drafted()
    await desk.press(desk.chief, card, "数据出处")
    await desk.press(desk.chief, desk.last(desk.chief), "延津县")

    assert "发现：县1-0412-01" in words(desk.last(desk.chief))
