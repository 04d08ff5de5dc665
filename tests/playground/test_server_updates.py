"""getUpdates: offsets, waiting, conflicts, what is kept and what is filtered."""

from __future__ import annotations

import asyncio
import itertools
from datetime import timedelta

from botside import BotSide, jpeg, polling

from bot.clock import SteppedClock
from bot.playground.server import Bot, BotApiServer, Person


async def test_updates_stay_until_an_offset_confirms_them(call: BotSide, bot: Bot, li: Person) -> None:
    for word in ("一", "二", "三"):
        li.sends(bot, word)

    first = await call.result("getUpdates")
    again = await call.result("getUpdates")
    rest = await call.result("getUpdates", offset=first[1]["update_id"])

    assert [u["message"]["text"] for u in first] == ["一", "二", "三"]
    assert again == first
    assert [u["message"]["text"] for u in rest] == ["二", "三"]
    assert [b["update_id"] - a["update_id"] for a, b in itertools.pairwise(first)] == [1, 1]


async def test_a_negative_offset_keeps_only_the_last(call: BotSide, bot: Bot, li: Person) -> None:
    for word in ("一", "二", "三"):
        li.sends(bot, word)

    last = await call.result("getUpdates", offset=-1)

    assert [u["message"]["text"] for u in last] == ["三"]
    assert await call.result("getUpdates") == last


async def test_an_absurd_offset_hides_nothing(call: BotSide, bot: Bot, li: Person) -> None:
    li.sends(bot, "一")

    got = await call.result("getUpdates", offset=2**40)

    assert [u["message"]["text"] for u in got] == ["一"]


async def test_the_limit_is_held_between_1_and_100(call: BotSide, bot: Bot, li: Person) -> None:
    for number in range(120):
        li.sends(bot, str(number))

    assert len(await call.result("getUpdates")) == 100
    assert len(await call.result("getUpdates", limit=1000)) == 100
    assert len(await call.result("getUpdates", limit=-5)) == 1
    assert len(await call.result("getUpdates", limit=7)) == 7


async def test_a_waiting_poll_is_woken_by_the_first_update(
    call: BotSide, server: BotApiServer, bot: Bot, li: Person
) -> None:
    poll = await polling(server, bot, call.updates(timeout=20))

    li.sends(bot, "醒来")

    assert [u["message"]["text"] for u in await poll] == ["醒来"]


async def test_an_album_sent_at_once_comes_in_one_batch(
    call: BotSide, server: BotApiServer, bot: Bot, li: Person
) -> None:
    poll = await polling(server, bot, call.updates(timeout=20))

    li.sends_album(bot, [jpeg(), jpeg()], "延津县")

    assert len(await poll) == 2


async def test_the_older_of_two_pollers_is_thrown_out(
    call: BotSide, server: BotApiServer, bot: Bot, li: Person
) -> None:
    older = await polling(server, bot, call("getUpdates", timeout=20))
    newer = await polling(server, bot, call("getUpdates", timeout=20))
    refused = await older
    li.sends(bot, "一")

    assert refused["error_code"] == 409
    assert refused["description"] == (
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
    )
    assert len((await newer)["result"]) == 1


async def test_a_poller_that_went_away_takes_nothing_with_it(
    call: BotSide, server: BotApiServer, bot: Bot, li: Person
) -> None:
    poll = await polling(server, bot, call("getUpdates", timeout=20))

    poll.cancel()
    await server.wait_for(lambda: bot.queue.poll is None)
    li.sends(bot, "一")

    assert [u["message"]["text"] for u in await call.updates()] == ["一"]


async def test_allowed_updates_hold_for_what_comes_and_are_kept(call: BotSide, bot: Bot, li: Person) -> None:
    li.sends(bot, "before")
    await call.result("getUpdates", allowed_updates=["callback_query"])
    li.sends(bot, "unheard")
    kept = await call.result("getUpdates", allowed_updates="nonsense")
    await call.result("getUpdates", allowed_updates=[])
    li.sends(bot, "after")

    got = await call.result("getUpdates")

    assert [u["message"]["text"] for u in kept] == ["before"]
    assert [u["message"]["text"] for u in got] == ["before", "after"]


async def test_chat_member_changes_must_be_asked_for(
    call: BotSide, server: BotApiServer, bot: Bot, li: Person
) -> None:
    group = server.group("一组", members=[li], bots=[bot], bot_admin=True, quietly=True)
    wang = server.person("王")
    wang.joins(group)
    default = await call.updates()
    await call.result("getUpdates", allowed_updates=["message", "chat_member"])

    wang.leaves(group)

    assert [set(u) - {"update_id"} for u in default] == [{"message"}]
    kinds = [next(iter(set(u) - {"update_id"})) for u in await call.updates()]
    assert kinds == ["message", "chat_member"]


async def test_updates_are_kept_for_a_day_and_presses_for_150_seconds(
    call: BotSide, bot: Bot, li: Person, clock: SteppedClock
) -> None:
    li.opens(bot)
    bot.queue.clear()
    buttons = {"inline_keyboard": [[{"text": "签收", "callback_data": "a"}]]}
    await call.result("sendMessage", chat_id=li.id, text="x", reply_markup=buttons)
    li.sends(bot, "一")
    li.presses(await li.hears(bot), "签收")

    clock.advance(timedelta(seconds=151))
    after_minutes = await call.result("getUpdates")
    clock.advance(timedelta(hours=24))
    after_a_day = await call.result("getUpdates")

    assert [set(u) - {"update_id"} for u in after_minutes] == [{"message"}]
    assert after_a_day == []


async def test_acknowledged_returns_when_the_offset_has_passed(
    call: BotSide, server: BotApiServer, bot: Bot, li: Person
) -> None:
    li.sends(bot, "一")
    waiting = asyncio.get_running_loop().create_task(server.acknowledged(bot))
    await call.updates()
    assert not waiting.done()

    await call.updates()

    await waiting


async def test_a_stopping_server_says_restart(call: BotSide, server: BotApiServer, bot: Bot) -> None:
    poll = await polling(server, bot, call("getUpdates", timeout=20))

    await server.stop()

    assert (await poll)["description"] == "Internal Server Error: restart"


async def test_the_brake_on_short_polls_can_be_switched_on(
    call: BotSide, server: BotApiServer, bot: Bot, li: Person
) -> None:
    server.switches.short_poll_guard = True
    for word in ("一", "二"):
        li.sends(bot, word)

    first = await call.result("getUpdates")
    at_once = await call.result("getUpdates")

    assert (len(first), len(at_once)) == (2, 1)
