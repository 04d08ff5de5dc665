"""Addresses, arguments, and the words of every answer."""

from __future__ import annotations

import asyncio
import json
from io import BytesIO
from urllib.parse import quote

import pytest
from botside import BotSide

from bot.playground.server import Bot, BotApiServer, Person

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


async def test_get_me_gives_the_account_and_its_privacy(call: BotSide) -> None:
    me = await call.result("getMe")

    assert me["id"] == 7000000001
    assert me["is_bot"] is True
    assert me["can_read_all_group_messages"] is False


async def test_method_names_know_no_case_and_may_stand_in_the_arguments(call: BotSide) -> None:
    assert (await call.result("GETME"))["is_bot"]
    assert (await call.result("test/getMe"))["is_bot"]
    assert (await call.raw("?method=getMe"))[0] == 200


async def test_an_unknown_method_is_404(call: BotSide) -> None:
    status, body, headers = await call.raw("sendMessages")

    assert status == 404
    assert headers["Content-Type"] == "application/json"
    assert json.loads(body) == {"ok": False, "error_code": 404, "description": "Not Found: method not found"}


@pytest.mark.parametrize(
    ("path", "status", "description"),
    [
        ("/bot7000000001:wrong/getMe", 401, "Unauthorized"),
        ("/botnonsense/getMe", 401, "Unauthorized: invalid token specified"),
        ("/bot0123:abc/getMe", 401, "Unauthorized: invalid token specified"),
        ("/elsewhere", 404, "Not Found"),
        ("/bot7000000001:TEST-local", 404, "Not Found"),
    ],
)
async def test_wrong_addresses_and_tokens(call: BotSide, path: str, status: int, description: str) -> None:
    async with call.session.get(call.url + path) as response:
        assert response.status == status
        assert (await response.json())["description"] == description


async def test_the_colon_of_the_token_may_be_encoded(call: BotSide) -> None:
    async with call.session.get(f"{call.url}/bot{quote(call.token, safe='')}/getMe") as response:
        assert response.status == 200


async def test_other_http_methods_are_501_without_a_body(call: BotSide) -> None:
    async with call.session.put(f"{call.url}/bot{call.token}/getMe") as response:
        assert response.status == 501
        assert await response.read() == b""


async def test_the_query_string_comes_before_the_body(call: BotSide, bot: Bot, li: Person) -> None:
    li.opens(bot)

    await call.raw(f"sendMessage?text=first&chat_id={li.id}", data={"text": "second"})

    last = li.chat(bot).last
    assert last is not None
    assert last.text == "first"


async def test_json_bodies_keep_their_values_and_lose_what_follows_a_fault(
    call: BotSide, bot: Bot, li: Person
) -> None:
    li.opens(bot)
    headers = {"Content-Type": "application/json"}
    body = json.dumps({"chat_id": li.id, "text": "你好"})

    whole = await call.raw("sendMessage", data=body, headers=headers)
    broken = await call.raw("sendMessage", data='{"chat_id": 501, "text": "你', headers=headers)

    assert whole[0] == 200
    assert json.loads(broken[1])["description"] == "Bad Request: message text is empty"


async def test_answers_are_ascii(call: BotSide, bot: Bot, li: Person) -> None:
    li.opens(bot)

    _, body, _ = await call.raw("sendMessage", data={"chat_id": str(li.id), "text": "你好😀"})

    assert b'"text":"\\u4f60\\u597d\\ud83d\\ude00"' in body


async def test_too_many_parameters_are_a_bare_413(call: BotSide) -> None:
    status, body, _ = await call.raw("sendMessage", data=BytesIO(b"text=" + b"x" * 1024 * 1024), headers=FORM)

    assert (status, body) == (413, b"")


async def test_numbers_are_read_leniently(call: BotSide) -> None:
    assert await call.error("sendMessage", chat_id="abc", text="x") == "Bad Request: chat not found"
    assert await call.error("sendMessage", chat_id="", text="x") == "Bad Request: chat_id is empty"


async def test_one_connection_carries_many_requests(call: BotSide) -> None:
    answers = [await call("getMe") for _ in range(5)]

    assert all(answer["ok"] for answer in answers)


async def test_requests_that_come_in_pieces_are_put_together(server: BotApiServer, bot: Bot) -> None:
    host, port = server.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))

    body = b"4\r\nallo\r\n2\r\nw=\r\n0\r\n\r\n"
    head = (
        f"POST /bot{bot.token}/getMe HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    ).encode()
    for piece in (head[:20], head[20:], body[:7], body[7:]):
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(0)
    line = await reader.readline()
    writer.write(f"GET /bot{bot.token}/getMe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    rest = await reader.read()
    writer.close()

    assert line.startswith(b"HTTP/1.1 200")
    assert rest.count(b'"is_bot":true') == 2


async def test_after_log_out_nothing_but_get_me_is_answered(call: BotSide) -> None:
    await call.result("logOut")

    assert await call.error("getUpdates") == "Logged out"
    assert (await call.result("getMe"))["is_bot"]
