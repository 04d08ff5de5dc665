"""What stands anywhere in a changed .docx of a bulletin: names are asked about, forbidden words refused."""

from __future__ import annotations

from typing import Any

import pytest
from docx.oxml.ns import qn

from bot.documents.official import HEI
from tests.chat.test_bulletins import Desk
from tests.town.scenes import labels, words
from tests.town.town import Town


@pytest.fixture
async def desk(town: Town) -> Desk:
    """Everybody who has to do with a weekly bulletin."""
    return await Desk.join(town)


def in_a_cell(document: Any) -> None:
    document.tables[0].rows[7].cells[-1].paragraphs[0].text = "王　乙催办"


def in_the_title(document: Any) -> None:
    document.paragraphs[0].runs[0].text = "关于王乙等同志工作的通报"


def in_a_leading_heading(document: Any) -> None:
    paragraph = next(one for one in document.paragraphs if official_heading(one))
    paragraph.runs[0].text = "王乙同志的做法。"


def in_the_title_of_an_attachment(document: Any) -> None:
    for line in ("附件1", "王乙同志事迹", "材料全文。"):
        document.add_paragraph(line)


def in_an_attachment(document: Any) -> None:
    for line in ("附件1", "先进事迹", "王乙同志每天到场。"):
        document.add_paragraph(line)


def official_heading(paragraph: Any) -> bool:
    """Whether a paragraph begins with a heading in 黑体 and goes on in another letter."""
    fonts = [run._r.rPr.rFonts if run._r.rPr is not None else None for run in paragraph.runs]
    heads = [one is not None and one.get(qn("w:eastAsia")) == HEI for one in fonts]
    return len(heads) > 1 and heads[0] and not all(heads)


@pytest.mark.parametrize(
    "change",
    [in_a_cell, in_the_title, in_a_leading_heading, in_the_title_of_an_attachment, in_an_attachment],
)
async def test_a_name_anywhere_in_the_changed_docx_must_be_looked_at(desk: Desk, change: Any) -> None:
    await desk.drafted()

    card = await desk.sends_back(change)
    named = words(card)
    if "全部按台账" in labels(card):
        await desk.press(desk.chief, card, "全部按台账")
    refused = await desk.press(desk.chief, desk.card(desk.chief), "送审")
    await desk.press(desk.chief, desk.card(desk.chief), "不是人名")
    await desk.press(desk.chief, desk.card(desk.chief), "送审")

    assert "似有人名：王乙" in named
    assert "似有人名" in refused.text
    assert "送审中" in words(desk.card(desk.chief))


async def test_back_at_the_own_draft_nobody_asks_about_the_names_of_the_paper(desk: Desk) -> None:
    await desk.drafted()
    card = await desk.sends_back(in_an_attachment)

    await desk.press(desk.chief, card, "恢复代拟稿")

    assert "似有人名" not in words(desk.card(desk.chief))
    assert "不是人名" not in labels(desk.card(desk.chief))


@pytest.mark.parametrize("line", ["约谈有关负责同志", "机密材料"])
async def test_what_no_bulletin_says_stands_in_no_attachments_title_either(desk: Desk, line: str) -> None:
    await desk.drafted()

    def change(document: Any) -> None:
        for words_ in ("附件1", line, "材料全文。"):
            document.add_paragraph(words_)

    answer = await desk.sends_back(change)

    assert "采用您改的" not in words(desk.card(desk.chief))
    assert line[:2] in words(answer)
