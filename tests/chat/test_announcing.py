"""通知 on the wire: written, addressed, received, counted (SPEC §3)."""

from __future__ import annotations

import io
from typing import Any

import docx
import pytest

from bot.domain.permissions import Role
from tests.chat.reports import contact, last, new, office, words
from tests.drawn import photo
from tests.town.town import Town


def document(text: str) -> bytes:
    out = io.BytesIO()
    written = docx.Document()
    written.add_paragraph(text)
    written.save(out)
    return out.getvalue()


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


# --- forwarded ----------------------------------------------------------------------------------------


def files(person: Any, town: Town) -> list[Any]:
    return [message for message in new(person, town) if message.file is not None]


async def to_all(town: Town, qian: Any) -> Any:
    """The draft that stands last with the office goes to all regions."""
    draft = last(qian, town)
    await press(town, qian, draft, "所有县(市、区)")
    await press(town, qian, draft, "发给 8 个单位")
    return draft


async def test_what_the_office_was_sent_is_forwarded_to_all_with_its_pictures_and_files(town: Town) -> None:
    qian, wang = await office(town), await contact(town)
    ma = town.server.person("马处")
    own = ma.chat(town.bot)  # somewhere else, where the office got them from
    album = ma.sends_album(town.bot, [photo(seed=1), photo(seed=2)], "请各县观摩卫辉做法")
    paper = ma.sends_document(town.bot, document("会议安排"), "会议安排.docx")
    await town.settle()
    await says(town, qian, "通知")

    for message in (*album, paper):
        qian.forwards(message, town.bot)
    await town.settle()
    draft = await to_all(town, qian)

    assert own is not None
    assert "请各县观摩卫辉做法" in words(draft)
    assert "附件 3 个：图片、图片、会议安排.docx" in words(draft)
    copies = files(wang, town)
    assert [message.silent for message in copies] == [True] * 3
    assert [message.caption for message in copies] == [""] * 3
    assert bytes(copies[2].file.data) == bytes(paper.file.data)
    assert "附件 3 个，见上。" in words(last(wang, town))
    assert not last(wang, town).silent
    assert "收到" in buttons(last(wang, town))
    kept = sorted(path.suffix for path in (town.folder / "media" / "papers" / "notices").rglob("*.*"))
    assert kept == [".docx", ".jpg", ".jpg"]


async def test_a_file_of_one_s_own_a_photo_in_reply_and_other_words_make_one_notice(
    town: Town,
) -> None:
    qian, wang = await office(town), await contact(town)
    asked = await says(town, qian, "通知")
    qian.sends_album(town.bot, [photo(seed=3), photo(seed=4)], reply_to=asked)
    await town.settle()
    draft = last(qian, town)

    await says(town, qian, "请按方案执行", reply_to=draft)
    qian.sends_document(town.bot, b"%PDF-1.7", "方案.pdf", reply_to=draft)
    await town.settle()
    await to_all(town, qian)

    assert "附件 3 个：图片、图片、方案.pdf" in words(draft)
    assert "请按方案执行" in words(last(wang, town))
    assert len(files(wang, town)) == 3


async def test_a_photo_of_the_office_s_own_that_is_no_reply_is_no_notice(town: Town) -> None:
    qian = await office(town)
    await says(town, qian, "通知")

    qian.sends_photo(town.bot, photo(seed=4), caption="延津县王楼镇任庄村村口垃圾堆")
    await town.settle()

    assert not any("（草稿）" in words(message) for message in new(qian, town))


async def test_what_comes_after_the_notice_was_sent_is_answered_and_not_taken(town: Town) -> None:
    qian, wang = await office(town), await contact(town)
    draft = await sent(town, qian)
    before = len(new(wang, town))

    answer = await says(town, qian, "改一下", reply_to=draft)

    assert "明天上午9点" in words(draft)
    assert "晚" in words(answer) or "过" in words(answer)
    assert len(new(wang, town)) == before


@pytest.mark.parametrize("marked", ["file", "album"])
async def test_a_forwarded_file_that_is_marked_as_secret_is_neither_kept_nor_handed_on(
    town: Town, marked: str
) -> None:
    qian = await office(town)
    ma = town.server.person("马处")
    asked = await says(town, qian, "通知")

    if marked == "file":
        qian.forwards(ma.sends_document(town.bot, document("机密★1年"), "材料.docx"), town.bot)
    else:
        qian.sends_album(town.bot, [photo(seed=1), photo(seed=2)], "秘密", caption_on=1, reply_to=asked)
    await town.settle()

    assert any("⛔" in words(message) for message in new(qian, town))
    assert not any("（草稿）" in words(message) for message in new(qian, town))
    assert list((town.folder / "media").rglob("*.*")) == []
