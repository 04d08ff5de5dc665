"""A film kit on the wire: opened, chosen, agreed to by a second person, and there with its pictures."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from docx import Document

from bot.documents.kit import LIST
from tests.drawn import photo
from tests.town.scenes import People, labels, words
from tests.town.town import Town


async def test_two_of_the_office_hand_out_a_covert_finding_with_its_pictures(town: Town) -> None:
    people = await People.join(town)
    chief, clerk = people.chief, people.clerk
    people.leader.sends_photo(town.bot, photo(seed=4), caption="延津县王楼镇任庄村上午9点暗访发现坑塘漂浮物")
    await town.settle()
    await people.handed_over(people.member)

    async def open_kit() -> Any:
        chief.sends(town.bot, "素材包")
        await town.settle()
        return people.last(chief)

    # chosen: one open, one covert
    card = await open_kit()
    await people.press(chief, card, "延津县")
    listed = words(card)
    for number in [label for label in labels(card) if label.isdigit()]:
        await people.press(chief, card, number)
    await people.press(chief, card, "返回")

    assert "（暗访）" in listed
    assert "9点" not in listed
    assert "含暗访 1 处" in words(card)
    assert card.protected

    # nobody gets anything before the second person has agreed
    before = len(people.new(chief))
    await people.press(chief, card, "生成")
    assert not any(message.file for message in people.new(chief)[before:])
    asked = people.showing(clerk, "生成专题片素材包")
    await people.press(clerk, asked, "同意")
    await town.settle()
    leads, part = (message for message in people.new(chief)[before:] if message.file)
    text = "\n".join(
        cell.text for table in Document(io.BytesIO(leads.file.data)).tables for cell in table._cells
    )

    assert "线索清单（2 处" in words(leads)
    assert "暗访" not in text
    assert "坑塘漂浮物" in text
    with zipfile.ZipFile(io.BytesIO(part.file.data)) as packed:
        names = packed.namelist()
    assert LIST in names
    assert len(names) == 3
    assert not any("坑塘" in words(message) for message in people.new(people.contact))

    # what is gone is said, and leaves no half file behind
    await people.press(chief, card, "延津县")
    await people.press(chief, card, "✓ 1")
    await people.press(chief, card, "返回")
    before = len(people.new(chief))
    store = town.app.parts.store
    assert store.root is not None
    for path in [path for path in store.paths() if "derived" not in path]:
        store.delete(path)
    again = next(label for label in labels(card) if label == "生成")
    await people.press(chief, card, again)
    if asked_again := people.showing(clerk, "请复核"):
        await people.press(clerk, asked_again, "同意")
    files = [message for message in people.new(chief)[before:] if message.file]
    with zipfile.ZipFile(io.BytesIO(files[-1].file.data)) as packed:
        assert packed.namelist() == [LIST]
