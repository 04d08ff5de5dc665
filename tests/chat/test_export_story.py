"""An export on the wire: the list's filter, a workbook, a CSV, photos with a second person; nobody else's."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import openpyxl

from bot.documents.ledger_photos import LIST
from tests.drawn import photo
from tests.town.scenes import People, words
from tests.town.town import Town


async def test_the_office_exports_what_it_looks_at_and_the_county_its_own(town: Town) -> None:
    people = await People.join(town)
    chief, clerk, contact = people.chief, people.clerk, people.contact
    await people.handed_over()
    await people.handed_over(caption="卫辉市唐庄镇村口垃圾堆，限3天")
    people.leader.sends_photo(town.bot, photo(seed=4), caption="延津县王楼镇任庄村暗访发现坑塘漂浮物")
    await town.settle()

    async def asks(person: Any) -> Any:
        person.sends(town.bot, "导出")
        await town.settle()
        return people.last(person)

    async def gets(person: Any, asked: Any, label: str) -> Any:
        before = len(people.new(person))
        await people.press(person, asked, label)
        await town.settle()
        return [message for message in people.new(person)[before:] if message.file]

    # the list's filter holds; what waits for its hand-over is counted, not exported
    chief.sends(town.bot, "台账")
    await town.settle()
    shown = people.last(chief)
    await people.press(chief, shown, "按县区")
    await people.press(chief, shown, "延津县")
    await people.press(chief, shown, "导出")
    asked = people.last(chief)
    [workbook] = await gets(chief, asked, "Excel")
    book = openpyxl.load_workbook(io.BytesIO(workbook.file.data))
    text = "\n".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)

    assert "导出台账 筛选：延津县" in words(asked)
    assert "共 1 条" in words(asked)
    assert "未转交办的暗访 1 条不导出" in words(asked)
    assert "筛选：延津县，共 1 条" in words(workbook)
    assert book["全部字段"]["A2"].value.startswith("仅供工作使用 · 钱丁 · ")
    assert book["全部字段"]["A2"].value.endswith(" · 筛选：延津县 · 1行")
    assert ("任庄村" in text, "坑塘" in text, "卫辉市" in text) == (True, False, False)

    # photos of two regions: nothing before another of the office has agreed
    await people.press(chief, asked, "改为全部台账")
    asked = people.last(chief)
    assert await gets(chief, asked, "照片") == []
    before = len(people.new(chief))
    await people.press(clerk, people.showing(clerk, "导出几个单位的照片"), "同意")
    await town.settle()
    [pictures] = [message for message in people.new(chief)[before:] if message.file]
    with zipfile.ZipFile(io.BytesIO(pictures.file.data)) as packed:
        names = packed.namelist()
        mark = packed.comment.decode()
    assert (len(names), names[-1]) == (3, LIST)
    assert "全部 · 2行" in mark

    # the county exports its own, without who has reported
    asked = await asks(contact)
    [csv] = await gets(contact, asked, "CSV")
    [told] = await gets(contact, asked, "JSON")
    assert csv.file.data.startswith(b"\xef\xbb\xbf")
    assert "仅供工作使用 · 王乙" in csv.file.data.decode()
    found = json.loads(told.file.data)
    assert (found["rows"], found["filter"], len(found["entries"])) == (1, "全部", 1)
    assert (found["entries"][0]["region"], found["entries"][0]["source"]) == ("延津县", None)
