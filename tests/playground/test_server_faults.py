"""Faults on order, and what a strict server does not forgive."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from botside import TOKEN, BotSide, jpeg

from bot.clock import SteppedClock
from bot.playground.server import Bot, BotApiServer, Person, StrictViolations, WaitedInVain


async def test_the_next_calls_are_answered_429_with_the_time_to_wait(
    call: BotSide, server: BotApiServer, bot: Bot, li: Person
) -> None:
    li.opens(bot)
    server.faults.next("sendMessage", status=429, retry_after=7, times=2)

    first = await call.raw("sendMessage", data={"chat_id": str(li.id), "text": "x"})
    second = await call("sendMessage", chat_id=li.id, text="x")
    third = await call("sendMessage", chat_id=li.id, text="x")

    assert (first[0], first[2]["Retry-After"]) == (429, "7")
    assert second == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 7",
        "parameters": {"retry_after": 7},
    }
    assert third["ok"]
    assert len(li.chat(bot).from_bots) == 1


async def test_a_fault_may_be_for_one_chat_only(
    call: BotSide, server: BotApiServer, bot: Bot, li: Person
) -> None:
    wang = server.person("王")
    li.opens(bot)
    wang.opens(bot)
    server.faults.next("sendMessage", status=500, chat_id=li.id)

    other = await call("sendMessage", chat_id=wang.id, text="x")
    meant = await call("sendMessage", chat_id=li.id, text="x")

    assert other["ok"]
    assert (meant["error_code"], meant["description"]) == (500, "Internal Server Error")


@pytest.mark.parametrize(("when", "arrived"), [("before", 0), ("after", 1)])
async def test_the_socket_is_cut_before_or_after_the_effect(
    call: BotSide, server: BotApiServer, bot: Bot, li: Person, when: str, arrived: int
) -> None:
    li.opens(bot)
    server.faults.next("sendMessage", cut=when)

    with pytest.raises(aiohttp.ClientError):
        await call("sendMessage", chat_id=li.id, text="x")

    assert len(li.chat(bot).from_bots) == arrived
    assert (await call("getMe"))["ok"]


@pytest.mark.parametrize(("when", "arrived"), [("before", 0), ("after", 1)])
async def test_silence_lasts_until_the_bot_gives_up(
    call: BotSide, server: BotApiServer, bot: Bot, li: Person, when: str, arrived: int
) -> None:
    li.opens(bot)
    server.faults.next("sendMessage", silent=when)

    waiting = asyncio.get_running_loop().create_task(call("sendMessage", chat_id=li.id, text="x"))
    await server.called(bot, "sendMessage")
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting

    assert len(li.chat(bot).from_bots) == arrived


async def test_without_a_network_nothing_is_answered(call: BotSide, server: BotApiServer) -> None:
    server.faults.network_down = True
    with pytest.raises(aiohttp.ClientError):
        await call("getMe")

    server.faults.clear()

    assert (await call("getMe"))["ok"]


async def test_downloads_break_off_fail_and_crawl(
    call: BotSide, server: BotApiServer, bot: Bot, li: Person
) -> None:
    li.sends_photo(bot, jpeg())
    (update,) = await call.updates()
    file = await call.result("getFile", file_id=update["message"]["photo"][-1]["file_id"])
    address = f"{server.url}/file/bot{TOKEN}/{file['file_path']}"
    server.faults.download_truncated_at = 100

    async with call.session.get(address) as response:
        with pytest.raises(aiohttp.ClientPayloadError):
            await response.read()
    server.faults.clear()
    server.faults.downloads_failing = 1
    async with call.session.get(address) as response:
        failed = response.status
    server.faults.download_bytes_per_second = 10 * file["file_size"]
    async with call.session.get(address) as response:
        data = await response.read()

    assert failed == 500
    assert len(data) == file["file_size"]


async def test_a_lost_acknowledgement_brings_the_same_updates_again(
    call: BotSide, server: BotApiServer, bot: Bot, li: Person
) -> None:
    li.sends(bot, "一")
    first = await call.updates()
    server.faults.repeated_deliveries = 1

    again = await call.updates()
    then = await call.updates()

    assert again == first
    assert then == []


async def test_a_strict_server_names_what_the_bot_did_wrong(clock: SteppedClock) -> None:
    async with BotApiServer(clock, strict=True) as server, aiohttp.ClientSession() as session:
        bot, li = server.bot(TOKEN), server.person("李")
        call = BotSide(server.url, TOKEN, session)
        li.opens(bot)
        wide = {"inline_keyboard": [[{"text": "a", "callback_data": "a"}] * 9]}
        long = {"inline_keyboard": [[{"text": "a", "callback_data": "x" * 65}]]}
        await call("sendMessages", chat_id=li.id)
        await call("sendMessage", chat_id=li.id, text="县" * 4097)
        await call("sendMessage", chat_id=li.id, text="<br>", parse_mode="HTML")
        await call("sendMessage", chat_id=li.id, text="x", reply_markup=long)
        await call("sendMessage", chat_id=li.id, text="销号", reply_markup=wide)
        li.presses(await li.hears(bot, "销号"), "a")

        with pytest.raises(StrictViolations) as caught:
            server.check()

    assert str(caught.value).splitlines() == [
        "sendMessages: there is no such method",
        "a text of 4097 characters",
        'sendMessage: Bad Request: can\'t parse entities: Unsupported start tag "br" at byte offset 0',
        "sendMessage: Bad Request: BUTTON_DATA_INVALID",
        "9 buttons in one row (documented limits: 8 a row, 100 in all)",
        "the press 'a' on «销号» was not answered",
    ]


async def test_waiting_in_vain_says_for_what(server: BotApiServer, bot: Bot, li: Person) -> None:
    li.sends(bot, "一")

    with pytest.raises(WaitedInVain, match="inspect_bot to confirm its updates"):
        await server.acknowledged(bot, timeout=0.01)
    with pytest.raises(WaitedInVain, match="«已登记»"):
        await li.hears(bot, "已登记", timeout=0.01)


async def test_every_call_is_on_record(call: BotSide, bot: Bot, li: Person, clock: SteppedClock) -> None:
    li.opens(bot)
    await call("sendPhoto", {"photo": jpeg()}, chat_id=li.id, caption="前")
    await call("sendMessage", chat_id=999, text="x")

    photo, refused = bot.calls

    assert (photo.method, photo.params["caption"], photo.ok, photo.at) == (
        "sendPhoto",
        "前",
        True,
        clock.now(),
    )
    assert photo.files["photo"][0] == "photo.jpg"
    assert (refused.code, refused.description) == (400, "Bad Request: chat not found")
    assert bot.calls_of("sendPhoto") == [photo]
