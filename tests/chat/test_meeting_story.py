"""A 推进会 on the wire: agreed on by two offices, called with its paper, answered with who will come."""

from __future__ import annotations

import io
from typing import Any

from docx import Document

from bot.domain.permissions import Role
from bot.ledger.desk import Work
from bot.ledger.tables import score_sheets
from tests.services.test_meetings import COUNTIES, DISTRICTS, MONTH, NOW
from tests.town.scenes import labels, words
from tests.town.town import Town


def published(work: Work) -> None:
    """April is ranked on both tracks."""
    for track, regions in (("county", COUNTIES), ("district", DISTRICTS)):
        rows = [
            {"region": region, "rank": rank, "total": f"{95 - rank}.00", "tied": False, "status": "ranked",
             "last": rank == len(regions), "basis": {}}
            for rank, region in enumerate(regions, 1)
        ]  # fmt: skip
        work.insert(
            score_sheets, track=track, period=MONTH, state="published", hash="x", published_at=work.now,
            data={"rows": rows, "notes": []},
        )  # fmt: skip


async def test_a_meeting_is_agreed_on_called_and_answered(town: Town) -> None:
    county = await town.join("钱丁", Role.OFFICE, track="county")
    district = await town.join("孙戊", Role.OFFICE, track="district")
    contact = await town.join("王乙", Role.CONTACT, region="延津县")
    leader = await town.join("李甲", Role.INSPECTOR, group="county/1", leader=True)

    def last(person: Any) -> Any:
        return person.chat(town.bot).last

    async def press(person: Any, message: Any, label: str) -> None:
        pressed = person.presses(message, label)
        await town.settle()
        await pressed.answered(timeout=5)

    # the ranking is published: both offices get the card
    town.clock.advance(NOW - town.clock.now())
    await town.app.parts.desk.do(published)
    await town.passes(seconds=1)
    here, there = last(county), last(district)
    await press(county, here, "定地点")
    await press(county, here, "延津县")
    await press(district, there, "定地点")
    await press(district, there, "延津县")
    await press(county, here, "返回")
    await press(county, here, "时间会场")
    county.sends(town.bot, "5月10日上午9:00 县会议中心")
    await town.settle()
    card = last(county)

    assert "4月工作推进会" in words(card)
    assert "地点：延津县 县会议中心" in words(card)
    assert "5月10日(周五)09:00" in words(card)

    # the notice: the office chooses nobody anew, sends, and gets the answers
    await press(county, card, "发会议通知")
    draft = last(county)
    send = next(label for label in labels(draft) if label.startswith("发给"))
    await press(county, draft, send)
    copy, paper = contact.chat(town.bot).messages[-1], contact.chat(town.bot).messages[-2]
    contact.sends(town.bot, "某甲 副县长、某乙 主任", reply_to=copy)
    await town.settle()
    await press(leader, leader.chat(town.bot).last, "收到")
    text = "\n".join(one.text for one in Document(io.BytesIO(paper.file.data)).paragraphs)

    assert paper.file.name == "4月推进会会议通知.docx"
    assert "延津县" in text
    assert "县会议中心" in text
    assert "检查发言" not in text
    assert "时间：5月10日(周五)09:00" in words(copy)
    assert "参会：延津县 某甲 副县长、某乙 主任" in words(draft)
    assert "县(市)会议通知" in words(card)
    assert "已收到 2/" in words(card)

    # the speech, for the office alone
    await press(county, card, "讲评稿")
    speech = last(county)
    text = "\n".join(one.text for one in Document(io.BytesIO(speech.file.data)).paragraphs)

    assert speech.file.name == "4月推进会讲评稿-代拟稿.docx"
    for label in ("讲评稿 PDF", "通知 PDF"):
        await press(county, card, label)
        assert last(county).file.data.startswith(b"%PDF")
    assert "长垣县" in text
    assert "红旗区" not in text
