"""Files that are no photo, positions, forwarded photos, and what is marked as secret."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from bot.ledger.desk import Work
from bot.ledger.tables import facts, inbox, photos
from tests.chat.intake import HEAP, contact, inspector, last, press, rows, said
from tests.drawn import photo
from tests.town.town import Town

INSIDE = (35.14, 114.2)
OUTSIDE = (39.9, 116.4)


async def test_a_file_of_21_megabytes_is_kept_by_reference_and_a_photo_asked_for(town: Town) -> None:
    li = await inspector(town)

    li.sends_document(town.bot, photo(), "heap.jpg", HEAP, size=21 * 1024 * 1024)
    await town.settle()

    assert "县1-0412-01" in last(li, town).text
    assert "20MB" in last(li, town).text
    assert "请补一张照片" in last(li, town).text


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"no picture at all", "不是可读的图片"), (photo()[:9000], "图片不完整")],
)
async def test_what_cannot_be_read_as_an_image_is_named_and_the_entry_stands(
    town: Town, data: bytes, words: str
) -> None:
    li = await inspector(town)

    li.sends_document(town.bot, data, "heap.jpg", HEAP)
    await town.settle()
    await town.passes(seconds=3)

    assert "县1-0412-01" in last(li, town).text
    assert words in last(li, town).text
    assert (await rows(town))[0].state == "filed"


async def test_voice_film_and_document_are_attachments(town: Town) -> None:
    li = await inspector(town)
    li.sends_photo(town.bot, photo(), caption=HEAP)
    await town.settle()
    receipt = last(li, town)

    li.sends_video(town.bot, b"film" * 50, reply_to=receipt)
    li.sends_document(town.bot, b"%PDF-1.4", "合同.pdf", reply_to=receipt)
    li.sends_voice(town.bot, b"OggS" + bytes(90), reply_to=receipt)
    await town.settle()

    assert "附件 3" in receipt.text
    assert "照片 1" in receipt.text


async def test_forwarded_photos_are_marked(town: Town) -> None:
    li, wang = await inspector(town), await contact(town)
    group = town.server.group("同事", members=[li, wang])
    original = wang.sends_photo(group, photo(), caption=HEAP)

    li.forwards(original, town.bot)
    await town.settle()

    assert "县1-0412-01" in last(li, town).text
    assert "含转发" in last(li, town).text


async def test_the_position_of_an_image_file_is_read_and_one_outside_the_city_is_told(town: Town) -> None:
    li = await inspector(town)

    li.sends_document(town.bot, photo(position=INSIDE), "in.jpg", HEAP)
    await town.settle()
    await town.passes(seconds=3)
    inside = last(li, town).text
    li.sends_document(town.bot, photo(seed=2, position=OUTSIDE), "out.jpg", HEAP)
    await town.settle()
    await town.passes(seconds=3)

    found = await rows(town)
    assert "位置已附" in inside
    assert found[0].position_from == "exif"
    assert "在市外，没有采用" in last(li, town).text
    assert found[1].lat is None


async def test_a_pin_within_ten_minutes_joins_the_last_entry(town: Town) -> None:
    li = await inspector(town)
    li.sends_photo(town.bot, photo(), caption=HEAP)
    await town.settle()
    receipt = last(li, town)
    await town.passes(minutes=9)

    li.sends_location(town.bot, *INSIDE)
    await town.settle()

    row = (await rows(town))[0]
    assert (row.lat, row.lng, row.position_from) == (*INSIDE, "pin")
    assert "位置已附" in receipt.text
    assert "位置已附上" in last(li, town).text


async def test_a_pin_as_a_reply_joins_that_entry_and_the_nearest_known_place_is_a_guess(town: Town) -> None:
    li = await inspector(town)
    li.sends_photo(town.bot, photo(), caption=HEAP)
    await town.settle()
    one = last(li, town)
    li.sends_location(town.bot, *INSIDE, reply_to=one)
    await town.settle()
    li.sends_photo(town.bot, photo(seed=1), caption="延津县路边杂草丛生")
    await town.settle()
    other = last(li, town)

    li.sends_location(town.bot, INSIDE[0] + 0.002, INSIDE[1], reply_to=other)
    await town.settle()

    assert "靠近延津县王楼镇任庄村（约220米，仅供参考）" in last(li, town).text


@pytest.mark.parametrize("where", [(39.9, 116.4), (0.0, 0.0)])
async def test_a_pin_outside_the_city_is_told_and_not_used(town: Town, where: tuple[float, float]) -> None:
    li = await inspector(town)
    li.sends_photo(town.bot, photo(), caption=HEAP)
    await town.settle()

    li.sends_location(town.bot, *where)
    await town.settle()

    assert "在市外" in last(li, town).text
    assert (await rows(town))[0].lat is None


async def test_a_pin_that_belongs_to_nothing_gets_one_hint(town: Town) -> None:
    li = await inspector(town)

    li.sends_location(town.bot, *INSIDE)
    await town.settle()

    assert "不知道归哪一条" in last(li, town).text


# --- red line (d) ----------------------------------------------------------------------------------


async def left_behind(town: Town, word: str) -> dict[str, int]:
    """Where a word, or a photo, still is."""

    def query(work: Work) -> dict[str, int]:
        look = work.connection.execute
        return {
            "inbox": look(select(func.count()).where(inbox.c.payload.contains(word))).scalar_one(),
            "photos": look(select(func.count()).select_from(photos)).scalar_one(),
            "erase": look(select(func.count()).where(facts.c.key.startswith("erase:"))).scalar_one(),
        }

    return await town.app.parts.desk.look(query)


def files(town: Town) -> list[Any]:
    """Every file in the photo store."""
    return [path for path in (town.folder / "media").rglob("*") if path.is_file()]


@pytest.mark.parametrize("way", ["caption", "file name", "text", "reply"])
async def test_nothing_is_kept_of_what_is_marked_as_secret(town: Town, way: str) -> None:
    li = await inspector(town)
    before = len(await rows(town))

    match way:
        case "caption":
            li.sends_photo(town.bot, photo(), caption=f"{HEAP}（机密）")
        case "file name":
            li.sends_document(town.bot, photo(), "机密-任庄村.jpg", HEAP)
        case "text":
            li.sends(town.bot, f"{HEAP}（机密）")
        case "reply":
            li.sends_photo(town.bot, photo(), caption=f"{HEAP}（机密）", reply_to=last(li, town))
    await town.settle()

    assert "机密" in last(li, town).text
    assert "不保存" in last(li, town).text
    assert len(await rows(town)) == before
    assert await left_behind(town, "机密") == {"inbox": 0, "photos": 0, "erase": 0}


@pytest.mark.parametrize("marked", [0, 2])
async def test_a_marking_on_one_part_forgets_the_whole_album(town: Town, marked: int) -> None:
    li = await inspector(town)
    album = li.begins_album(
        town.bot, [photo(seed=n) for n in range(4)], {1: HEAP, marked: "绝密，延津县王楼镇垃圾"}
    )

    for part in range(4):
        album.send(part)
        await town.settle()
    await town.passes(seconds=3)

    found = await rows(town)
    assert all(row.state == "void" and row.description == "" for row in found)
    assert await left_behind(town, "绝密") == {"inbox": 0, "photos": 0, "erase": 0}
    assert not files(town)
    assert sum("不保存" in message.text for message in said(li, town)) == 1


async def test_a_caption_edited_to_be_secret_takes_the_entry_back(town: Town) -> None:
    li = await inspector(town)
    sent = li.sends_photo(town.bot, photo(), caption=HEAP)
    await town.settle()

    li.edits(sent, f"{HEAP} 秘密")
    await town.settle()
    await town.passes(seconds=3)

    row = (await rows(town))[0]
    assert (row.state, row.description) == ("void", "")
    assert await left_behind(town, "秘密") == {"inbox": 0, "photos": 0, "erase": 0}
    assert not files(town)


async def test_a_proof_that_is_marked_is_refused_and_what_stood_on_it_is_undone(town: Town) -> None:
    li, wang = await inspector(town), await contact(town)
    li.sends_photo(town.bot, photo(), caption=HEAP)
    await town.settle()
    await town.passes(seconds=61)
    card = last(wang, town)

    album = wang.begins_album(
        town.bot, [photo("clean", seed=n) for n in range(2)], {1: "内部资料"}, reply_to=card
    )
    album.send(0)
    await town.settle()
    submitted = (await rows(town))[0].state
    album.send(1)
    await town.settle()
    await town.passes(seconds=3)

    assert submitted == "submitted"
    assert (await rows(town))[0].state == "assigned"
    assert any("内部资料" in message.text and "不保存" in message.text for message in said(wang, town))


async def test_a_remark_that_is_marked_is_refused(town: Town) -> None:
    li, wang = await inspector(town), await contact(town)
    li.sends_photo(town.bot, photo(), caption=HEAP)
    await town.settle()
    await town.passes(seconds=61)

    wang.sends(town.bot, "绝密：以后再说", reply_to=last(wang, town))
    await town.settle()

    assert "绝密" in last(wang, town).text
    assert (await left_behind(town, "以后再说"))["inbox"] == 0


async def test_an_answer_that_is_marked_is_refused(town: Town) -> None:
    li = await inspector(town)
    li.sends_photo(town.bot, photo(), caption=HEAP)
    await town.settle()
    await press(town, li, last(li, town), "修改", "改文字")

    li.sends(town.bot, "机密内容")
    await town.settle()

    assert "不保存" in last(li, town).text
    assert (await rows(town))[0].description == HEAP
