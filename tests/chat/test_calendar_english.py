"""The calendar's messages in English, complete (SPEC: words on screen in Chinese and in English)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bot.domain.permissions import Role
from tests.chat.reports import at, contact, filled, form_of, last, new, office, until, words
from tests.drawn import photo
from tests.town.town import Town

ALLOWED = re.compile(
    r"[「“][^」”]*[」”]|延津县|卫辉市|长垣县|辉县市|新乡县|获嘉县|原阳县|封丘县|县\(市\)|第.督查小组|督查暗访组|市「敢转争」督导组"
    r"|王楼镇|任庄村|村口|县1|出动人员|市农业农村局|钱丁|王乙|[4-7]月[上中下]旬|督查|敢转争|督导组|垃圾堆，限3天|人次"
)
HAN = re.compile(r"[\u4e00-\u9fff]+")


@pytest.fixture
async def town(tmp_path: Any) -> Any:
    """The first morning of the campaign."""
    async with Town(tmp_path, start=at(4, 9, 9)) as town:
        yield town
        town.server.check()


async def english(town: Town, person: Any) -> Any:
    person.sends(town.bot, "/language")
    await town.settle()
    person.presses(last(person, town), "English")
    await town.settle()
    return person


def foreign(person: Any, town: Town, since: int) -> list[str]:
    """Chinese words that are no name, in what a person has read since."""
    found = []
    for message in new(person, town)[since:]:
        if "bulletin" in words(message):
            continue  # a paper's label: another topic's
        labels = [button.text for row in message.buttons or () for button in row]
        found += HAN.findall(ALLOWED.sub("", " ".join([words(message), *labels])))
    return found


async def test_everybody_s_week_and_closing_day_is_in_english(town: Town) -> None:
    wang = await english(town, await contact(town))
    qian = await english(town, await office(town))
    li = await english(town, await town.join("李甲", Role.INSPECTOR, group="county/1", leader=True))
    since = {person.id: len(new(person, town)) for person in (wang, qian, li)}
    li.sends_photo(town.bot, photo(seed=1), caption="延津县王楼镇任庄村村口垃圾堆，限3天")
    await town.settle()
    await until(town, at(4, 11, 15))
    form = form_of(wang, town)
    wang.sends_document(town.bot, filled(form, {"出动人员": "三百"}), "form.xlsx")
    await town.settle()
    wang.sends(town.bot, "出动人员 300")
    await town.settle()
    await until(town, at(4, 12, 10, 5))
    await until(town, at(4, 16, 9))
    await until(town, at(4, 18, 9))
    reminder = next(
        m for m in reversed(new(li, town)) if m.buttons and "draft report" in m.buttons[0][0].text
    )
    li.presses(reminder, reminder.buttons[0][0].text)
    await town.settle()
    await until(town, at(4, 23, 9))
    move = next(m for m in reversed(new(qian, town)) if "Proposed" in words(m))
    qian.presses(move, move.buttons[0][0].text)
    await town.settle()
    qian.sends(town.bot, "通知：please come")
    await town.settle()
    draft = last(qian, town)
    qian.presses(draft, "All regions")
    await town.settle()
    qian.presses(draft, "Send to 8")
    await town.settle()
    wang.presses(last(wang, town), "Received")
    await town.settle()
    qian.sends(town.bot, "日历")
    await town.settle()

    assert foreign(wang, town, since[wang.id]) == []
    assert foreign(qian, town, since[qian.id]) == []
