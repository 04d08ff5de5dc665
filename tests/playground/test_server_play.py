"""The people over HTTP, as a page or a test with its bot in another process plays them."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest
from botside import TOKEN, BotSide, jpeg

from bot.clock import SteppedClock
from bot.playground.server import Bot, BotApiServer, Person


class Hand:
    """The control interface."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self.url = url + "/play"
        self.session = session

    async def get(self, path: str, **query: str) -> Any:
        async with self.session.get(self.url + path, params=query) as response:
            return await response.json()

    async def post(self, path: str, value: Any = None, **request: Any) -> Any:
        if value is not None:
            request["json"] = value
        async with self.session.post(self.url + path, **request) as response:
            return await response.json()

    async def act(self, **act: Any) -> Any:
        return await self.post("/act", act)


@pytest.fixture
def hand(server: BotApiServer, call: BotSide) -> Hand:
    return Hand(server.url, call.session)


async def test_people_groups_and_channels_are_made_over_http(hand: Hand, call: BotSide, bot: Bot) -> None:
    li = (await hand.post("/people", {"first_name": "李"}))["id"]
    group = await hand.post(
        "/groups", {"title": "一组", "members": [li], "bots": [bot.id], "bot_admin": True}
    )
    channel = await hand.post("/channels", {"title": "通报", "owner": li, "bots": [bot.id]})
    other = await hand.post("/bots", {"token": "7000000002:OTHER", "username": "other_bot"})

    await hand.act(person=li, verb="sends", place=group["key"], text="#问题")

    state = await hand.get("/state")
    assert {chat["key"] for chat in state["chats"]} == {group["key"], channel["key"]}
    assert [b["id"] for b in state["bots"]] == [bot.id, other["id"]]
    assert (await call.updates())[-1]["message"]["text"] == "#问题"


async def test_a_photo_is_sent_by_multipart_and_seen_again(
    hand: Hand, call: BotSide, bot: Bot, li: Person
) -> None:
    form = aiohttp.FormData()
    act = {"person": li.id, "verb": "sends_photo", "place": bot.id, "file": "picture", "caption": "延津县"}
    form.add_field("act", json.dumps(act))
    form.add_field("picture", jpeg(), filename="a.jpg")

    sent = await hand.post("/act", data=form)

    async with call.session.get(call.url + sent["file"]["url"]) as response:
        assert response.content_type == "image/jpeg"
        assert len(await response.read()) == sent["file"]["size"]
    assert (await call.updates())[0]["message"]["caption"] == "延津县"


async def test_an_album_is_sent_from_kept_bytes_in_any_order(
    hand: Hand, call: BotSide, bot: Bot, li: Person
) -> None:
    blob = (await hand.post("/blobs", data=jpeg()))["blob"]

    sent = await hand.act(
        person=li.id,
        verb="sends_album",
        place=bot.id,
        files=[blob] * 3,
        caption="x",
        caption_on=2,
        order=[2, 0],
    )

    assert len({message["album"] for message in sent}) == 1
    assert [u["message"].get("caption") for u in await call.updates()] == ["x", None]


async def test_a_late_part_joins_its_album(hand: Hand, call: BotSide, bot: Bot, li: Person) -> None:
    blob = (await hand.post("/blobs", data=jpeg()))["blob"]
    asked = {"person": li.id, "verb": "sends_album", "place": bot.id, "files": [blob, blob]}
    (first,) = await hand.act(**asked, order=[1])

    await hand.act(**asked, order=[0], album=first["album"], caption="延津县")

    messages = [u["message"] for u in await call.updates()]
    assert {message["media_group_id"] for message in messages} == {first["album"]}
    assert [message.get("caption") for message in messages] == [None, "延津县"]


async def test_a_button_is_pressed_and_its_answer_seen(
    hand: Hand, call: BotSide, bot: Bot, li: Person
) -> None:
    await hand.act(person=li.id, verb="opens", place=bot.id, bot=bot.id, payload="A1")
    buttons = {"inline_keyboard": [[{"text": "签收", "callback_data": "ack:1"}]]}
    await call.result("sendMessage", chat_id=li.id, text="县1-0412-03", reply_markup=buttons)
    message = await hand.get("/wait", chat=f"{bot.id}:{li.id}", words="县1")
    reference = {"chat": message["chat"], "message_id": message["message_id"]}

    press = await hand.act(person=li.id, verb="presses", message=reference, label="签收")

    assert press["data"] == "ack:1"
    assert [p["id"] for p in (await hand.get("/state"))["open_presses"]] == [press["id"]]
    await call.result("answerCallbackQuery", callback_query_id=press["id"], text="好")
    assert (await hand.get("/state"))["open_presses"] == []
    calls = await hand.get("/calls", bot=str(bot.id), method="answerCallbackQuery")
    assert (calls["count"], calls["calls"][0]["params"]["text"]) == (1, "好")


async def test_many_acts_go_in_one_request(hand: Hand, call: BotSide, bot: Bot, li: Person) -> None:
    acts = [{"person": li.id, "verb": "sends", "place": bot.id, "text": str(n)} for n in range(250)]

    done = await hand.post("/acts", acts)

    assert done == {"done": 250}
    assert len(bot.queue.waiting) == 250


async def test_acknowledgement_is_waited_for(hand: Hand, call: BotSide, bot: Bot, li: Person) -> None:
    li.sends(bot, "一")
    late = await hand.post("/acknowledged", {"bot": bot.id, "timeout": 0.01})
    await call.updates()
    await call.updates()

    assert "error" in late
    assert await hand.post("/acknowledged", {"bot": bot.id}) == {"acknowledged": True}


async def test_what_happens_is_streamed(hand: Hand, call: BotSide, bot: Bot, li: Person) -> None:
    async with call.session.get(hand.url + "/events") as response:
        assert response.content_type == "text/event-stream"
        assert await response.content.readline() == b": open\n"
        li.sends(bot, "你好")
        lines = []
        while not lines or lines[-1] != b"\n" or len(lines) < 4:
            lines.append(await response.content.readline())

    assert b"event: message\n" in lines
    data = next(line for line in lines if line.startswith(b"data: "))
    assert json.loads(data[6:])["message"]["text"] == "你好"


async def test_faults_switches_and_clock_are_set(
    hand: Hand, call: BotSide, server: BotApiServer, clock: SteppedClock
) -> None:
    await hand.post("/faults", {"methods": ["getMe"], "status": 500})
    await hand.post("/switches", {"photo_top": 2560})
    moved = await hand.post("/clock", {"advance": 60})

    assert (await call("getMe"))["error_code"] == 500
    assert server.switches.photo_top == 2560
    assert moved["now"] == clock.now().isoformat() == "2019-04-12T01:31:00+00:00"


@pytest.mark.parametrize(
    ("act", "words"),
    [
        ({"verb": "sings"}, "there is no verb «sings»"),
        ({"verb": "sends"}, "the act needs «person»"),
        ({"verb": "sends", "person": 1}, "there is no person 1"),
        ({"verb": "sends", "person": 501, "place": -5, "text": "x"}, "there is no place «-5»"),
        ({"verb": "sends", "person": 501, "place": 7000000001}, "the act needs «text»"),
    ],
)
async def test_what_cannot_be_played_is_said(
    hand: Hand, bot: Bot, li: Person, act: dict[str, Any], words: str
) -> None:
    assert words in (await hand.post("/act", act))["error"]


@pytest.mark.parametrize("headers", [{"Origin": "https://example.com"}, {"Host": "example.com:80"}])
async def test_a_page_from_elsewhere_may_not_play(hand: Hand, headers: dict[str, str]) -> None:
    async with hand.session.get(hand.url + "/state", headers=headers) as response:
        assert response.status == 403


@pytest.mark.parametrize("open_to_others", [False, True])
@pytest.mark.parametrize(
    ("scheme", "host", "port", "status"),
    [
        ("http", "127.0.0.1", 0, 200),
        ("http", "127.0.0.1", 1, 403),
        ("http", "localhost", 0, 403),
        ("https", "127.0.0.1", 0, 403),
        ("http", "127.0.0.1", None, 403),
        ("http", "127.0.0.1", "x", 403),
        ("http", "127.0.0.1", 99999, 403),
    ],
)
async def test_only_a_page_of_this_very_server_may_play(
    hand: Hand, server: BotApiServer, open_to_others: bool, scheme: str, host: str, port: Any, status: int
) -> None:
    server.open_to_others = open_to_others
    own = urlsplit(hand.url).port
    assert own is not None
    said = own + port if port in (0, 1) else port
    origin = f"{scheme}://{host}" + (f":{said}" if said is not None else "")

    async with hand.session.get(hand.url + "/state", headers={"Origin": origin}) as response:
        assert response.status == status


async def test_a_page_that_is_reached_through_another_port_may_play(hand: Hand) -> None:
    headers = {"Host": "localhost:9000", "Origin": "http://localhost:9000"}

    async with hand.session.get(hand.url + "/state", headers=headers) as response:
        assert response.status == 200


async def test_served_to_others_behind_tls_its_own_page_may_play(hand: Hand, server: BotApiServer) -> None:
    headers = {"Host": "play.example", "X-Forwarded-Proto": "https"}
    found = []

    for open_, origin in ((True, "https://play.example"), (True, "http://play.example"), (False, "x")):
        server.open_to_others = open_
        async with hand.session.get(hand.url + "/state", headers={**headers, "Origin": origin}) as response:
            found.append(response.status)

    assert found == [200, 403, 403]


async def test_the_server_runs_by_itself() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.playground.server", "--port", "0", "--bot", TOKEN,
        "--clock", "2019-04-12T09:30:00+08:00",
        stdout=asyncio.subprocess.PIPE, env=os.environ,
    )  # fmt: skip
    assert process.stdout is not None
    url = (await process.stdout.readline()).decode().strip()

    async with aiohttp.ClientSession() as session:
        state = await Hand(url, session).get("/state")
    process.terminate()

    assert await process.wait() == 0
    assert state["now"] == "2019-04-12T01:30:00+00:00"
    assert state["bots"][0]["id"] == 7000000001
