"""Photos, files and albums, both ways."""

from __future__ import annotations

import itertools
import json
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from botside import BotSide, jpeg
from PIL import Image

from bot.clock import SteppedClock
from bot.playground.server import Bot, BotApiServer, Person, PlayError


def with_position() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x9003] = "2019:04:12 09:30:00"
    return jpeg(4000, 3000, "olive", exif=exif)


async def fetch(call: BotSide, file_id: str) -> bytes:
    file = await call.result("getFile", file_id=file_id)
    async with call.session.get(f"{call.url}/file/bot{call.token}/{file['file_path']}") as response:
        assert response.status == 200
        return await response.read()


async def test_a_persons_photo_arrives_smaller_upright_and_without_metadata(
    call: BotSide, bot: Bot, li: Person
) -> None:
    li.sends_photo(bot, with_position(), caption="延津县王楼镇任庄村")

    (update,) = await call.updates()
    sizes = update["message"]["photo"]
    picture = Image.open(BytesIO(await fetch(call, sizes[-1]["file_id"])))

    assert [(s["width"], s["height"]) for s in sizes] == [(67, 90), (240, 320), (600, 800), (960, 1280)]
    assert (picture.format, picture.size) == ("JPEG", (960, 1280))
    assert not picture.getexif()
    assert update["message"]["caption"] == "延津县王楼镇任庄村"
    assert "media_group_id" not in update["message"]
    assert "file_name" not in update["message"]
    assert len({s["file_unique_id"] for s in sizes}) == 4


async def test_the_largest_size_is_a_switch_and_small_pictures_stay_small(
    call: BotSide, server: BotApiServer, bot: Bot, li: Person
) -> None:
    li.sends_photo(bot, jpeg(4000, 3000), hd=True)
    li.sends_photo(bot, jpeg(200, 100))
    server.switches.photo_top = 2560
    li.sends_photo(bot, jpeg(4000, 3000))

    tops = [u["message"]["photo"][-1]["width"] for u in await call.updates()]

    assert tops == [2560, 200, 2560]


async def test_documents_are_byte_identical_and_have_a_thumbnail(call: BotSide, bot: Bot, li: Person) -> None:
    data = with_position()
    li.sends_document(bot, data, "巡查 0701.jpg", "原图")

    (update,) = await call.updates()
    document = update["message"]["document"]

    assert (document["file_name"], document["mime_type"]) == ("巡查 0701.jpg", "image/jpeg")
    assert max(document["thumbnail"]["width"], document["thumbnail"]["height"]) == 320
    assert await fetch(call, document["file_id"]) == data


async def test_a_large_file_cannot_be_fetched(call: BotSide, bot: Bot, li: Person) -> None:
    li.sends_document(bot, b"x", "film.mov", size=20 * 1024 * 1024 + 1)

    (update,) = await call.updates()
    words = await call.error("getFile", file_id=update["message"]["document"]["file_id"])

    assert words == "Bad Request: file is too big"


async def test_what_is_no_picture_cannot_be_sent_as_a_photo_but_a_damaged_one_can_be_played(
    call: BotSide, bot: Bot, li: Person
) -> None:
    with pytest.raises(PlayError, match="cannot send this as a photo"):
        li.sends_photo(bot, b"no picture")
    half = jpeg()[:500]
    li.sends_photo(bot, half, raw=True)

    (update,) = await call.updates()

    assert await fetch(call, update["message"]["photo"][-1]["file_id"]) == half


async def test_links_expire_and_are_given_anew(
    call: BotSide, bot: Bot, li: Person, clock: SteppedClock
) -> None:
    li.sends_photo(bot, jpeg())
    (update,) = await call.updates()
    file_id = update["message"]["photo"][-1]["file_id"]
    file = await call.result("getFile", file_id=file_id)
    address = f"{call.url}/file/bot{call.token}/{file['file_path']}"

    clock.advance(timedelta(hours=1, seconds=1))

    async with call.session.get(address) as response:
        assert response.status == 404
    await fetch(call, file_id)
    async with call.session.get(address) as response:
        assert response.status == 200


async def test_file_ids_are_the_bots_own(call: BotSide, server: BotApiServer, bot: Bot, li: Person) -> None:
    other = BotSide(server.url, server.bot("7000000002:OTHER", username="other_bot").token, call.session)
    li.sends_photo(bot, jpeg())
    (update,) = await call.updates()
    file_id = update["message"]["photo"][-1]["file_id"]

    assert await other.error("getFile", file_id=file_id) == "Bad Request: invalid file_id"
    assert await call.error("getFile", file_id="AgACnonsense") == "Bad Request: invalid file_id"
    assert await call.error("getFile") == "Bad Request: file_id not specified"


async def test_an_album_is_separate_messages_with_one_id(call: BotSide, bot: Bot, li: Person) -> None:
    li.sends_album(bot, [jpeg(), jpeg(), jpeg()], "延津县", caption_on=2)

    messages = [u["message"] for u in await call.updates()]

    assert len({m["media_group_id"] for m in messages}) == 1
    assert [m.get("caption") for m in messages] == [None, None, "延津县"]
    assert [b["message_id"] - a["message_id"] for a, b in itertools.pairwise(messages)] == [1, 1]


async def test_parts_of_an_album_come_late_and_out_of_order(
    call: BotSide, bot: Bot, li: Person, clock: SteppedClock
) -> None:
    album = li.begins_album(bot, [jpeg(colour="red"), jpeg(), jpeg()], {0: "延津县"})
    album.send(2)
    first = await call.updates()
    clock.advance(timedelta(minutes=5))
    album.send(0)
    album.send_rest()

    rest = await call.updates()

    groups = {u["message"]["media_group_id"] for u in first + rest}
    assert groups == {album.media_group_id}
    assert [u["message"].get("caption") for u in rest] == ["延津县", None]
    assert rest[0]["message"]["date"] - first[0]["message"]["date"] == 300


async def test_the_bot_sends_a_photo_with_caption_and_buttons(call: BotSide, bot: Bot, li: Person) -> None:
    li.opens(bot)
    buttons = {"inline_keyboard": [[{"text": "销号", "callback_data": "c"}]]}

    sent = await call.result(
        "sendPhoto",
        {"photo": jpeg()},
        chat_id=li.id,
        caption="<i>前</i>后",
        parse_mode="HTML",
        reply_markup=buttons,
    )
    seen = await li.hears(bot, "前后")

    assert sent["photo"][-1]["width"] == 1280
    assert sent["caption_entities"] == [{"offset": 0, "length": 1, "type": "italic"}]
    assert seen.file is not None
    assert Image.open(BytesIO(seen.file.data)).size == (1280, 960)


async def test_a_photo_is_sent_again_by_its_id_but_not_as_a_document(
    call: BotSide, bot: Bot, li: Person
) -> None:
    li.sends_photo(bot, jpeg())
    (update,) = await call.updates()
    theirs = update["message"]["photo"][-1]

    again = await call.result("sendPhoto", chat_id=li.id, photo=theirs["file_id"])
    words = await call.error("sendDocument", chat_id=li.id, document=theirs["file_id"])

    assert again["photo"][-1]["file_unique_id"] == theirs["file_unique_id"]
    assert words == "Bad Request: can't use file of type Photo as Document"


@pytest.mark.parametrize(
    ("method", "files", "params", "words"),
    [
        ("sendPhoto", None, {}, "there is no photo in the request"),
        ("sendDocument", None, {}, "there is no document in the request"),
        ("sendVideoNote", None, {}, "there is no video note in the request"),
        ("sendPhoto", {"photo": b""}, {}, "file must be non-empty"),
        ("sendPhoto", {"photo": b"not a picture"}, {}, "IMAGE_PROCESS_FAILED"),
        ("sendPhoto", {"photo": jpeg(3000, 100)}, {}, "PHOTO_INVALID_DIMENSIONS"),
        ("sendPhoto", {"photo": jpeg()}, {"caption": "县" * 1025}, "message caption is too long"),
        ("sendPhoto", None, {"photo": "AgACx"}, "wrong file identifier/HTTP URL specified"),
        (
            "sendPhoto",
            {"photo=a.pdf": b"x"},
            {},
            "photo has unsupported extension. Use one of .jpg, .jpeg, .gif, .png, .tif or .bmp",
        ),
    ],
)
async def test_bad_media_is_refused_in_telegrams_words(
    call: BotSide, bot: Bot, li: Person, method: str, files: Any, params: dict[str, Any], words: str
) -> None:
    li.opens(bot)

    assert await call.error(method, files, chat_id=li.id, **params) == f"Bad Request: {words}"


async def test_a_photo_of_more_than_ten_megabytes_is_refused(call: BotSide, bot: Bot, li: Person) -> None:
    li.opens(bot)

    words = await call.error("sendPhoto", {"photo": bytes(10 * 1024 * 1024 + 1)}, chat_id=li.id)

    assert words == (
        "Bad Request: file of size 10485761 bytes is too big for a photo; the maximum size is 10485760 bytes"
    )


async def test_the_bot_sends_an_album(call: BotSide, bot: Bot, li: Person) -> None:
    li.opens(bot)
    media = [
        {"type": "photo", "media": "attach://one", "caption": "前"},
        {"type": "photo", "media": "attach://two"},
    ]

    sent = await call.result("sendMediaGroup", {"one": jpeg(), "two": jpeg()}, chat_id=li.id, media=media)

    assert [m.get("caption") for m in sent] == ["前", None]
    assert sent[0]["media_group_id"] == sent[1]["media_group_id"]


@pytest.mark.parametrize(
    ("media", "words"),
    [
        ("", 'parameter "media" is required'),
        ("[", "can't parse media JSON object"),
        ("{}", "expected an Array of InputMedia"),
        ("[]", "there are no messages to send"),
        ([{"type": "photo", "media": "attach://none"}], "can't parse InputMedia: media not found"),
        (
            [{"type": "animation", "media": "attach://one"}],
            "can't parse InputMedia: type \"animation\" can't be used in sendMediaGroup",
        ),
        (
            [{"type": "photo", "media": "attach://one"}, {"type": "document", "media": "attach://one"}],
            "document can't be mixed with other media types",
        ),
        (
            [{"type": "photo", "media": "attach://one"}, {"type": "photo", "media": "attach://bad"}],
            'failed to send message #2 with the error message "IMAGE_PROCESS_FAILED"',
        ),
        ([{"type": "photo", "media": "attach://one"}] * 11, "too many messages to send as an album"),
    ],
)
async def test_bad_albums_are_refused_in_telegrams_words(
    call: BotSide, bot: Bot, li: Person, media: Any, words: str
) -> None:
    li.opens(bot)
    given = media if isinstance(media, str) else json.dumps(media)

    refused = await call.error("sendMediaGroup", {"one": jpeg(), "bad": b"x"}, chat_id=li.id, media=given)

    assert refused == f"Bad Request: {words}"


async def test_captions_and_pictures_are_edited(call: BotSide, bot: Bot, li: Person) -> None:
    li.opens(bot)
    sent = await call.result("sendPhoto", {"photo": jpeg()}, chat_id=li.id, caption="前")
    where = {"chat_id": li.id, "message_id": sent["message_id"]}
    media = {"type": "photo", "media": "attach://new", "caption": "前后"}

    captioned = await call.result("editMessageCaption", caption="待核查", **where)
    again = await call("editMessageCaption", caption="待核查", **where)
    replaced = await call.result("editMessageMedia", {"new": jpeg(800, 800, "red")}, media=media, **where)
    words = await call.error("editMessageText", text="x", **where)

    assert captioned["caption"] == "待核查"
    assert again["description"].startswith("Bad Request: message is not modified")
    assert (replaced["caption"], replaced["photo"][-1]["width"]) == ("前后", 800)
    assert words == "Bad Request: there is no text in the message to edit"
    assert (
        await call.error("editMessageCaption", caption="县" * 1025, **where)
        == "Bad Request: MEDIA_CAPTION_TOO_LONG"
    )


async def test_voice_video_place_and_contact_arrive(call: BotSide, bot: Bot, li: Person) -> None:
    li.sends_voice(bot, b"ogg", duration=4)
    li.sends_video(bot, b"mp4", "沟里")
    li.sends_location(bot, 35.14, 114.2)
    li.sends_contact(bot, "138" + "0" * 8, "李", own=True)

    voice, video, place, contact = [u["message"] for u in await call.updates()]

    assert voice["voice"]["duration"] == 4
    assert video["video"]["mime_type"] == "video/mp4"
    assert place["location"] == {"latitude": 35.14, "longitude": 114.2}
    assert contact["contact"]["user_id"] == li.id


async def test_a_forwarded_photo_keeps_its_unique_id(call: BotSide, bot: Bot, li: Person) -> None:
    li.forwards(li.sends_photo(bot, jpeg()), bot)
    li.sends_photo(bot, jpeg())

    first, forwarded, anew = [u["message"]["photo"][-1]["file_unique_id"] for u in await call.updates()]

    assert forwarded == first
    assert anew != first
