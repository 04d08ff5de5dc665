"""A client library that knows nothing of this server talks to it as to Telegram."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from io import BytesIO

import pytest
from aiogram import Bot as Client
from aiogram import Dispatcher, F
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramBadRequest, TelegramRetryAfter
from aiogram.filters import CommandStart
from aiogram.types import (
    BufferedInputFile,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    Message,
)
from botside import TOKEN, jpeg
from PIL import Image

from bot.playground.server import Bot, BotApiServer, Person


@pytest.fixture
async def client(server: BotApiServer, bot: Bot) -> AsyncIterator[Client]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(server.url))
    client = Client(TOKEN, session=session)
    yield client
    await session.close()


def keyboard() -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="签收", callback_data="ack")]])


async def test_it_asks_who_it_is(client: Client) -> None:
    me = await client.get_me()

    assert (me.id, me.username) == (7000000001, "inspect_bot")


async def test_it_polls_and_converses(client: Client, server: BotApiServer, bot: Bot, li: Person) -> None:
    dispatcher = Dispatcher()

    @dispatcher.message(CommandStart(deep_link=True))
    async def start(message: Message) -> None:
        await message.answer("您好 <b>李</b>", parse_mode="HTML", reply_markup=keyboard())

    @dispatcher.message(F.photo)
    async def photo(message: Message) -> None:
        await message.reply(f"收到：{message.caption}")

    @dispatcher.callback_query(F.data == "ack")
    async def pressed(query: CallbackQuery) -> None:
        await query.answer("已签收")
        assert isinstance(query.message, Message)
        await query.message.edit_text("已签收")

    polling = asyncio.get_running_loop().create_task(
        dispatcher.start_polling(client, handle_signals=False, close_bot_session=False)
    )
    li.opens(bot, "A1b-2_c")
    greeting = await li.hears(bot, "您好 李")
    press = li.presses(greeting, "签收")
    answer = await press.answered()
    await li.sees(greeting, "已签收")
    li.sends_photo(bot, jpeg(), "延津县")
    reply = await li.hears(bot, "收到：延津县")
    await server.acknowledged(bot)
    await dispatcher.stop_polling()
    await polling

    assert answer.text == "已签收"
    assert greeting.buttons == []
    assert reply.reply_to is not None
    assert reply.reply_to.caption == "延津县"


async def test_it_sends_photos_albums_and_documents_and_fetches_them(
    client: Client, bot: Bot, li: Person
) -> None:
    li.opens(bot)
    picture = jpeg()

    sent = await client.send_photo(li.id, BufferedInputFile(picture, "a.jpg"), caption="前")
    album = await client.send_media_group(
        li.id,
        [InputMediaPhoto(media=BufferedInputFile(picture, f"{n}.jpg"), caption=str(n)) for n in range(3)],
    )
    paper = await client.send_document(li.id, BufferedInputFile(b"PK\x03\x04", "督导报告（初稿）.docx"))
    again = await client.send_photo(li.id, sent.photo[-1].file_id if sent.photo else "")

    assert len({message.media_group_id for message in album}) == 1
    assert paper.document is not None
    assert paper.document.file_name == "督导报告 初稿.docx"
    fetched = await client.download(paper.document)
    assert fetched is not None
    assert fetched.read() == b"PK\x03\x04"
    assert again.photo is not None
    shown = await client.download(again.photo[-1])
    assert shown is not None
    assert Image.open(BytesIO(shown.read())).size == (1280, 960)


async def test_it_edits_what_it_sent(client: Client, bot: Bot, li: Person) -> None:
    li.opens(bot)
    text = await client.send_message(li.id, "一", reply_markup=keyboard())
    photo = await client.send_photo(li.id, BufferedInputFile(jpeg(), "a.jpg"), caption="一")

    edited = await text.edit_text("二")
    captioned = await photo.edit_caption(caption="二", reply_markup=keyboard())
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await text.edit_text("二")

    assert isinstance(edited, Message)
    assert isinstance(captioned, Message)
    assert (edited.text, edited.reply_markup) == ("二", None)
    assert captioned.reply_markup is not None
    seen = li.chat(bot).messages[-2:]
    assert [(message.words, message.edited) for message in seen] == [("二", True), ("二", True)]


async def test_it_understands_the_brake(client: Client, server: BotApiServer, bot: Bot, li: Person) -> None:
    li.opens(bot)
    server.faults.next("sendMessage", status=429, retry_after=5)

    with pytest.raises(TelegramRetryAfter) as caught:
        await client.send_message(li.id, "x")

    assert caught.value.retry_after == 5
