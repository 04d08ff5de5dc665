"""通知 on the wire: written, addressed, received, counted (SPEC §3)."""

from __future__ import annotations

from typing import Any

from bot.domain.permissions import Role
from tests.chat.reports import contact, last, new, office, words
from tests.town.town import Town


def buttons(message: Any) -> list[str]:
    return [button.text for row in message.buttons or () for button in row]


async def press(town: Town, person: Any, message: Any, label: str) -> str:
    whole = next(text for text in buttons(message) if label in text)
    pressed = person.presses(message, whole)
    await town.settle()
    return str((await pressed.answered(timeout=5)).text)


async def says(town: Town, person: Any, text: str, **more: Any) -> Any:
    person.sends(town.bot, text, **more)
    await town.settle()
    return last(person, town)


async def sent(town: Town, qian: Any, text: str = "明天上午9点在市政府三楼开推进会") -> Any:
    """A notice to all regions of the track; gives the office's message."""
    await says(town, qian, "通知")
    draft = await says(town, qian, text)
    await press(town, qian, draft, "所有县(市、区)")
    await press(town, qian, draft, "发给 8 个单位")
    return draft


async def test_a_notice_goes_to_all_regions_and_its_count_is_edited_in_place(town: Town) -> None:
    qian, wang = await office(town), await contact(town)
    li = await contact(town, "卫辉市", "李卫")

    draft = await sent(town, qian)
    copy = last(wang, town)
    toast = await press(town, wang, copy, "收到")

    assert "明天上午9点" in words(copy)
    assert not copy.silent
    assert toast == "已记录。"
    assert "✅ 已收到（王乙" in words(copy)
    assert buttons(copy) == []
    assert "已收到 1/8" in words(draft)
    assert "延津县" not in words(draft).split("未收到：")[1].split("\n")[0]
    assert "卫辉市" in words(draft)
    assert "无人能收到：长垣县" in words(draft)
    assert "未收到" not in words(last(li, town))


async def test_who_attends_is_said_by_a_reply(town: Town) -> None:
    qian, wang = await office(town), await contact(town)
    draft = await sent(town, qian)

    answer = await says(town, wang, "张三 副县长，李四 局长", reply_to=last(wang, town))

    assert "参会：张三 副县长，李四 局长" in words(answer)
    assert "参会：延津县 张三 副县长，李四 局长" in words(draft)
    assert "已收到 1/8" in words(draft)


async def test_groups_and_a_choice_can_be_addressed(town: Town) -> None:
    qian, wang = await office(town), await contact(town)
    leader = await town.join("李甲", Role.INSPECTOR, group="county/1", leader=True)

    draft = await says(town, qian, "通知：请各组报送车辆安排")
    await press(town, qian, draft, "县(市)第一督查小组")
    before = len(new(wang, town))
    await press(town, qian, draft, "发给 1 个单位")

    assert "请各组报送车辆安排" in words(last(leader, town))
    assert len(new(wang, town)) == before


async def test_without_anybody_chosen_nothing_can_be_sent(town: Town) -> None:
    qian = await office(town)

    draft = await says(town, qian, "通知：开会")

    assert not any("发给" in label for label in buttons(draft))
    await press(town, qian, draft, "取消")
    assert "（已取消）" in words(draft)


async def test_a_notice_that_is_marked_as_secret_is_not_taken(town: Town) -> None:
    qian = await office(town)

    answer = await says(town, qian, "通知：机密 关于某事")

    assert "⛔" in words(answer)


async def test_only_an_office_writes_notices(town: Town) -> None:
    wang = await contact(town)

    assert "没有这项操作的权限" in words(await says(town, wang, "通知"))
