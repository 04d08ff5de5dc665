"""What a page sees of the server: pieces of chats, commands, happenings by kind, files; and its limits."""

from __future__ import annotations

import json
from io import BytesIO

import aiohttp
import pytest
from botside import BotSide, polling

from bot.playground.server import Bot, BotApiServer, Person


async def test_a_chat_is_read_in_pieces_from_its_end(server: BotApiServer, bot: Bot, li: Person) -> None:
    for number in range(5):
        li.sends(bot, f"第{number}条")

    async with aiohttp.ClientSession() as session:
        key = li.chat(bot).key
        async with session.get(f"{server.url}/play/chats/{key}?last=2") as response:
            newest = await response.json()
        before = newest["messages"][0]["message_id"]
        async with session.get(f"{server.url}/play/chats/{key}?last=9&before={before}") as response:
            older = await response.json()

    assert [message["text"] for message in newest["messages"]] == ["第3条", "第4条"]
    assert newest["more"]
    assert [message["text"] for message in older["messages"]] == ["第0条", "第1条", "第2条"]
    assert not older["more"]


async def test_the_narrowest_commands_are_those_a_person_sees(
    server: BotApiServer, bot: Bot, li: Person, call: BotSide
) -> None:
    li.sends(bot, "你好")
    one = {"type": "chat", "chat_id": li.id}
    await call.result("setMyCommands", commands=[{"command": "help", "description": "帮助"}])
    await call.result("setMyCommands", commands=[{"command": "my", "description": "我的"}], scope=one)

    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{server.url}/play/chats/{li.chat(bot).key}?person={li.id}") as response,
    ):
        seen = await response.json()

    assert seen["commands"] == [{"command": "my", "description": "我的"}]


async def test_events_are_chosen_by_kind_and_a_gap_is_said(
    server: BotApiServer, bot: Bot, li: Person
) -> None:
    li.sends(bot, "一")
    server.events.happen("clock", now="")

    async with aiohttp.ClientSession() as session:
        address = f"{server.url}/play/events?after=0&kinds=clock"
        async with session.get(address) as response:
            await response.content.readuntil(b"\n\n")
            chosen = await response.content.readuntil(b"\n\n")
        async with session.get(f"{server.url}/play/events?after=999") as response:
            await response.content.readuntil(b"\n\n")
            gap = await response.content.readuntil(b"\n\n")

    assert b"event: clock" in chosen
    assert b"event: gap" in gap


async def test_a_document_is_handed_over_under_its_name_and_never_run(
    server: BotApiServer, bot: Bot, li: Person
) -> None:
    page = li.sends_document(bot, b"<script>1</script>", "坏.html")
    letter = li.sends_document(bot, b"%PDF-1.4", "函.pdf")

    async with aiohttp.ClientSession() as session:
        async with session.get(f"{server.url}/play/files/{page.file.file.key}") as response:
            handed = response.headers
        async with session.get(f"{server.url}/play/files/{letter.file.file.key}") as response:
            shown = response.headers

    assert handed["Content-Type"] == "application/octet-stream"
    assert handed["Content-Disposition"].startswith("attachment; filename*=UTF-8''%E5%9D%8F")
    assert shown["Content-Disposition"].startswith("inline")


async def test_what_is_too_large_is_refused_with_its_size(server: BotApiServer, bot: Bot, li: Person) -> None:
    form = aiohttp.FormData()
    act = {"verb": "sends_photo", "person": li.id, "place": str(bot.id), "file": "f"}
    form.add_field("act", json.dumps(act))
    form.add_field("f", BytesIO(bytes(10 * 1024 * 1024 + 1)), filename="f.jpg")

    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{server.url}/play/act", data=form) as response,
    ):
        said = await response.json()

    assert response.status == 400
    assert "10 MB" in said["error"]
    assert not li.chat(bot).messages


async def test_sending_too_fast_is_refused_until_it_is_switched_off(
    server: BotApiServer, bot: Bot, li: Person, call: BotSide
) -> None:
    li.sends(bot, "你好")
    server.faults.slow_down = 7

    refused = await call("sendMessage", chat_id=li.id, text="一")
    seen = await call("getMe")
    server.faults.slow_down = 0
    sent = await call("sendMessage", chat_id=li.id, text="一")

    assert refused["parameters"]["retry_after"] == 7
    assert seen["ok"]
    assert sent["ok"]


async def test_a_waiting_poll_is_cut_when_the_network_goes(
    server: BotApiServer, bot: Bot, call: BotSide
) -> None:
    waiting = await polling(server, bot, call("getUpdates", timeout=50))

    server.telegram.network(down=True)

    with pytest.raises(aiohttp.ClientError):
        await waiting
