"""The register 备案 on the wire: filed by a contact, read by the office, printed on the next card."""

from __future__ import annotations

import io

import openpyxl

from tests.town.scenes import People, labels, words
from tests.town.town import Town


async def test_a_county_files_its_paper_and_its_people_and_the_next_card_names_them(town: Town) -> None:
    people = await People.join(town)
    contact, chief = people.contact, people.chief

    # by buttons: the township's leader
    contact.sends(town.bot, "备案")
    await town.settle()
    card = people.last(contact)
    await people.press(contact, card, "按乡镇填")
    await people.press(contact, card, "王楼镇")
    township = words(card)
    await people.press(contact, card, "县级领导")
    contact.sends(town.bot, "某甲 副县长")
    await town.settle()
    named = people.last(contact)

    assert "延津县 王楼镇" in township
    assert "县级领导：某甲（副县长）" in words(named)
    assert card.protected
    assert named.protected

    # by the form: the township's officer
    await people.press(contact, named, "返回")
    await people.press(contact, named, "返回")
    await people.press(contact, named, "取表格")
    form = people.last(contact)
    book = openpyxl.load_workbook(io.BytesIO(form.file.data))
    sheet = book["乡镇"]
    row = next(line[0].row for line in sheet.iter_rows() if line[0].value == "王楼镇")
    sheet.cell(row, 4).value, sheet.cell(row, 5).value = "某乙", "镇长"
    filled = io.BytesIO()
    book.save(filled)
    contact.sends_document(town.bot, filled.getvalue(), "随便什么名.xlsx")
    await town.settle()

    assert not form.protected
    assert "已更新 1 处" in words(people.showing(contact, "已更新"))

    # the paper, in reply to the question: no weekly report, though it is a .docx
    card = people.last(contact)
    await people.press(contact, card, "报联动机制")
    question = people.last(contact)
    contact.sends_document(town.bot, b"PK paper", "联动机制.docx", reply_to=question)
    await town.settle()
    told = people.showing(chief, "联动机制第1版")

    assert "已收延津县联动机制第1版" in words(people.showing(contact, "已收延津县"))
    assert "某" not in words(told)
    assert "乡镇 1/" in words(told)

    # the office reads it, and gets the paper as it came
    await people.press(chief, told, "看备案")
    seen = people.last(chief)
    await people.press(chief, seen, "第1版")
    paper = people.last(chief)

    assert "第1版" in labels(seen)
    assert paper.protected
    assert paper.file.data == b"PK paper"

    # what is handed over now names them; the inspectors cannot ask who they are
    county = await people.handed_over()
    people.leader.sends(town.bot, "/register")
    await town.settle()

    assert "某甲（副县长）" in words(county)
    assert "某乙（镇长）" in words(county)
    assert "某" not in words(people.last(people.leader))
