"""The inbox: stored before acknowledged, each update handled once and in order, the poison ones set aside."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Row, select
from structlog.contextvars import get_contextvars

from bot.clock import SteppedClock
from bot.delivery.lanes import NotNow
from bot.delivery.receiver import LOCKED_PAUSE, Receiver
from bot.delivery.updates import Heard, lane_of, read, sender_of
from bot.domain.world import World
from bot.ledger import inbox
from bot.ledger.desk import Desk, LedgerUnavailable, Work
from bot.ledger.inbox import AlreadyDone
from bot.ledger.tables import inbox as rows
from bot.ledger.tables import outbox
from bot.services import answering
from bot.services.answering import Heading, Toast
from bot.services.outgoing import say
from tests.delivery.office import START, build
from tests.town.ledger import empty_ledger

BOT = 7000000001


@pytest.fixture(scope="module")
def world() -> World:
    return build()


@pytest.fixture
async def desk(tmp_path: Path, world: World) -> AsyncIterator[Desk]:
    desk = Desk(empty_ledger(tmp_path / "bot.db"), SteppedClock(START), world)
    yield desk
    await asyncio.to_thread(desk.close)


def words(update_id: int, chat: int, text: str) -> dict[str, Any]:
    return {
        "update_id": update_id,
        "message": {
            "message_id": update_id % 1000,
            "date": 1555030800,
            "chat": {"id": chat, "type": "private", "first_name": "李"},
            "from": {"id": chat, "is_bot": False, "first_name": "李"},
            "text": text,
        },
    }


class Handler:
    """Handles as the application does: one transaction, a word of answer, «done»."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.heard: list[str] = []
        self.poison: dict[str, Exception] = {}

    async def __call__(self, heard: Heard) -> None:
        self.heard.append(heard.text or heard.kind)
        if heard.text in self.poison:
            raise self.poison[heard.text]
        heading = Heading(heard.update_id, heard.sender_id, heard.chat_id, heard.private, anybody=True)

        def verb(work: Work) -> Toast | None:
            if heard.chat_id:
                say(work, heard.chat_id, "refusals.not_yours")
            return None

        await self.desk.do(lambda work: answering.settle(work, heading, verb))


class Sleeper:
    """Sleeps that end at once and are remembered; `before` is awaited first."""

    def __init__(self, before: Callable[[float], Awaitable[None]] | None = None) -> None:
        self.slept: list[float] = []
        self.before = before

    async def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)
        if self.before is not None:
            await self.before(seconds)


def receiver(desk: Desk, handler: Handler, sleep: Sleeper | None = None) -> Receiver:
    return Receiver(desk, handler, bot_id=BOT, bot_name="inspect_bot", sleep=sleep or Sleeper())


async def kept(desk: Desk) -> list[Row[Any]]:
    return await desk.look(
        lambda work: list(work.connection.execute(select(rows).order_by(rows.c.update_id)))
    )


async def said(desk: Desk) -> list[tuple[int, str]]:
    return await desk.look(
        lambda work: [
            (row.chat_id, row.payload["text"]) for row in work.connection.execute(select(outbox)).all()
        ]
    )


async def test_an_update_is_stored_handled_and_done_with_its_effects(desk: Desk) -> None:
    handler = Handler(desk)
    receiver_ = receiver(desk, handler)

    await receiver_.store([words(10, 501, "一"), words(11, 502, "二")])
    await receiver_.lanes.idle()

    assert sorted(handler.heard) == ["一", "二"]
    assert [row.state for row in await kept(desk)] == ["done", "done"]
    assert sorted(await said(desk)) == [(501, "refusals.not_yours"), (502, "refusals.not_yours")]
    assert receiver_.handled == 2


async def test_what_comes_twice_is_handled_once(desk: Desk) -> None:
    handler = Handler(desk)
    receiver_ = receiver(desk, handler)

    await receiver_.store([words(10, 501, "一"), words(10, 501, "一")])
    await receiver_.store([words(10, 501, "一"), words(11, 501, "二")])
    await receiver_.lanes.idle()

    assert handler.heard == ["一", "二"]
    assert len(await said(desk)) == 2


async def test_effects_that_stand_are_not_made_again(desk: Desk) -> None:
    handler = Handler(desk)
    first = receiver(desk, handler)
    await first.store([words(10, 501, "一")])
    await first.lanes.idle()
    heading = Heading(10, 501, 501, True, anybody=True)

    with pytest.raises(AlreadyDone):
        await desk.do(lambda work: answering.settle(work, heading, answering.nothing))

    assert len(await said(desk)) == 1


async def test_after_a_jump_of_the_numbers_order_is_that_of_arrival(desk: Desk) -> None:
    await desk.do(inbox.store, [(900_000, 501, "{}"), (900_001, 501, "{}")])
    desk.clock.advance(timedelta(days=8))  # type: ignore[attr-defined]
    await desk.do(inbox.store, [(17, 501, "{}"), (18, 501, "{}")])

    assert await desk.look(inbox.last_id) == 18
    assert await desk.look(inbox.pending) == [900_000, 900_001, 17, 18]


async def test_the_sweep_keeps_what_carries_the_offset_and_what_is_not_done(desk: Desk) -> None:
    def done(work: Work) -> None:
        inbox.store(work, [(1, 5, "{}"), (2, 5, "{}"), (3, 5, "{}"), (4, 5, "{}")])
        for update_id in (1, 2, 4):
            inbox.finish(work, update_id)

    await desk.do(done)
    desk.clock.advance(timedelta(hours=49))  # type: ignore[attr-defined]

    assert await desk.do(inbox.sweep, timedelta(hours=48)) == 2
    assert [row.update_id for row in await kept(desk)] == [3, 4]


async def test_what_a_crash_left_is_taken_up_in_order_with_its_attempts(desk: Desk) -> None:
    for number, text in ((12, "三"), (10, "一"), (11, "二")):
        desk.clock.advance(timedelta(seconds=1))  # type: ignore[attr-defined]
        await receiver(desk, Handler(desk)).lanes.drain(0)
        closing = receiver(desk, Handler(desk))
        await closing.lanes.drain(0)
        await closing.store([words(number, 501, text)])  # stored while stopping: left for the next start

    handler = Handler(desk)
    again = receiver(desk, handler)
    assert await again.recover() == 3
    await again.lanes.idle()

    assert handler.heard == ["三", "一", "二"]
    assert {row.state for row in await kept(desk)} == {"done"}


async def test_many_that_wait_are_taken_up_a_few_at_a_time(desk: Desk) -> None:
    await desk.do(
        inbox.store,
        [(number, 500 + number % 7, f'{{"update_id":{number},"odd":{{}}}}') for number in range(1300)],
    )
    handler = Handler(desk)
    again = receiver(desk, handler)
    most = 0
    put = again.lanes.put

    def counted(*args: Any) -> None:
        nonlocal most
        put(*args)
        most = max(most, again.lanes.waiting)

    again.lanes.put = counted  # type: ignore[method-assign]
    assert await again.recover(bound=600) == 1300
    await again.lanes.idle()

    assert most <= 600 + 500
    assert handler.heard == ["other"] * 1300


async def test_a_poison_update_is_tried_at_0_1_and_5_seconds_then_set_aside(desk: Desk) -> None:
    handler, sleep = Handler(desk), Sleeper()
    handler.poison["毒"] = ValueError("无法处理 138" + "0" * 8)
    receiver_ = receiver(desk, handler, sleep)

    await receiver_.store([words(10, 501, "毒"), words(11, 501, "好")])
    await receiver_.lanes.idle()

    poison, good = await kept(desk)
    assert handler.heard == ["毒", "毒", "毒", "好"]
    assert sleep.slept == [1.0, 4.0]
    assert (poison.state, poison.attempts) == ("aside", 3)
    assert poison.error.startswith("ValueError in __call__:")
    assert "138" not in poison.error  # an error may hold what somebody wrote
    assert good.state == "done"
    assert await said(desk) == [(501, "refusals.set_aside"), (501, "refusals.not_yours")]
    assert await desk.look(inbox.aside) == 1
    assert receiver_.aside == 1


async def test_a_poison_update_costs_other_chats_nothing(desk: Desk) -> None:
    handler = Handler(desk)
    handler.poison["毒"] = ValueError()
    others: list[int] = []

    async def meanwhile(seconds: float) -> None:
        others.append(handler.heard.count("好"))

    receiver_ = receiver(desk, handler, Sleeper(meanwhile))
    await receiver_.store([words(10, 501, "毒"), *(words(11 + n, 600 + n, "好") for n in range(50))])
    await receiver_.lanes.idle()

    assert handler.heard.count("好") == 50
    assert handler.heard.count("毒") == 3


async def test_attempts_are_counted_across_restarts(desk: Desk) -> None:
    class Crash(BaseException):
        pass

    handler = Handler(desk)
    handler.poison["毒"] = ValueError()
    crashes = asyncio.Event()

    async def crash(seconds: float) -> None:
        crashes.set()
        await asyncio.sleep(3600)

    for tries in (1, 2):
        crashes.clear()
        dying = receiver(desk, handler, Sleeper(crash))
        if tries == 1:
            await dying.store([words(10, 501, "毒")])
        else:
            await dying.recover()
        await crashes.wait()
        await dying.lanes.drain(0)
        assert [(row.state, row.attempts) for row in await kept(desk)] == [("pending", tries)]

    last = receiver(desk, handler)
    await last.recover()
    await last.lanes.idle()

    assert [(row.state, row.attempts) for row in await kept(desk)] == [("aside", 3)]
    assert len(handler.heard) == 3


async def test_a_locked_ledger_is_no_attempt_and_the_lane_waits(desk: Desk) -> None:
    handler, sleep = Handler(desk), Sleeper()
    receiver_ = receiver(desk, handler, sleep)
    do, locked = desk.do, [4]

    async def sometimes(verb: Any, *args: Any, **kwargs: Any) -> Any:
        if verb is not inbox.store and locked[0]:
            locked[0] -= 1
            raise LedgerUnavailable("database is locked")
        return await do(verb, *args, **kwargs)

    desk.do = sometimes  # type: ignore[method-assign]
    await receiver_.store([words(10, 501, "一")])
    await receiver_.lanes.idle()

    assert sleep.slept == [LOCKED_PAUSE] * 4
    assert [(row.state, row.attempts) for row in await kept(desk)] == [("done", 0)]
    assert len(await said(desk)) == 1


async def test_nothing_is_acknowledged_while_the_ledger_cannot_store(desk: Desk) -> None:
    async def full(*_: Any) -> Any:
        raise LedgerUnavailable("database or disk is full")

    receiver_ = receiver(desk, Handler(desk))
    desk.do = full  # type: ignore[method-assign]

    with pytest.raises(LedgerUnavailable):
        await receiver_.store([words(10, 501, "一")])

    assert receiver_.lanes.waiting == 0


ODD: list[dict[str, Any]] = [
    {"update_id": 1},
    {"update_id": 2, "poll": {"id": "1"}},
    {"update_id": 3, "message_reaction": {"chat": {"id": 5}}},
    {"update_id": 4, "something_new": [1, 2, 3]},
    {"update_id": 5, "channel_post": {"chat": {"id": -100, "type": "channel", "title": "通报"}}},
    {"update_id": 6, "message": {"chat": {"id": -5, "type": "group"}, "date": 1, "message_id": 1}},
]


@pytest.mark.parametrize("update", ODD, ids=lambda update: str(list(update)[-1]))
async def test_unknown_kinds_are_done_without_effect(desk: Desk, update: dict[str, Any]) -> None:
    receiver_ = receiver(desk, Handler(desk))

    await receiver_.store([update])
    await receiver_.lanes.idle()

    assert [row.state for row in await kept(desk)] == ["done"]


BROKEN: list[dict[str, Any]] = [
    {"update_id": 1, "message": {}},
    {"update_id": 2, "message": None},
    {"update_id": 3, "callback_query": {"id": "1"}},
    {"update_id": 4, "message": words(4, 501, "一")["message"] | {"date": "soon"}},
    {"update_id": 5, "my_chat_member": {"chat": "?"}},
]


@pytest.mark.parametrize("update", BROKEN, ids=lambda update: str(update["update_id"]))
async def test_what_cannot_be_read_is_set_aside_and_costs_its_batch_nothing(
    desk: Desk, update: dict[str, Any]
) -> None:
    handler = Handler(desk)
    receiver_ = receiver(desk, handler)

    await receiver_.store([update, words(10, 501, "好")])
    await receiver_.lanes.idle()

    assert [row.state for row in await kept(desk)] == ["aside", "done"]
    assert handler.heard == ["好"]


async def test_a_sender_who_cannot_be_told_is_set_aside_all_the_same(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: Any, **__: Any) -> None:
        raise LookupError("our bug")

    monkeypatch.setattr(answering, "say", breaks)
    handler = Handler(desk)
    handler.poison["毒"] = ValueError()
    receiver_ = receiver(desk, handler)

    await receiver_.store([words(10, 501, "毒")])
    await receiver_.lanes.idle()

    assert [row.state for row in await kept(desk)] == ["aside"]


async def test_a_press_that_is_given_up_is_answered(desk: Desk) -> None:
    given_up: list[int] = []

    async def gave_up(update: Any) -> None:
        given_up.append(update["update_id"])

    handler = Handler(desk)
    handler.poison["毒"] = ValueError()
    receiver_ = Receiver(desk, handler, bot_id=BOT, bot_name="inspect_bot", given_up=gave_up, sleep=Sleeper())

    await receiver_.store([words(10, 501, "毒")])
    await receiver_.lanes.idle()

    assert given_up == [10]


def test_lanes_and_senders_are_read_from_anything() -> None:
    press = {"id": "1", "from": {"id": 7, "is_bot": False, "first_name": "李"}}

    assert lane_of({"update_id": 1, "callback_query": press}) == 7
    assert lane_of(words(1, 501, "一")) == 501
    assert sender_of(words(1, 501, "一")) == 501
    assert [lane_of(update) for update in BROKEN] == [0, 0, 0, 501, 0]
    assert [sender_of(update) for update in BROKEN] == [0, 0, 0, 501, 0]
    assert read({"update_id": 1, "odd": 2}, BOT, "inspect_bot").kind == "other"
    assert NotNow(1.0).after == 1.0


async def test_an_updates_number_is_in_every_line_from_the_handler_to_the_row_to_be_sent(
    desk: Desk,
) -> None:
    seen: list[Any] = []

    def verb(work: Work, update_id: int) -> None:
        seen.append(get_contextvars().get("update"))  # the ledger's own thread
        work.update_id = update_id
        say(work, 5, "help.cancelled", {"count": 0})

    async def handle(heard: Heard) -> None:
        seen.append(get_contextvars().get("update"))
        await desk.do(verb, heard.update_id)

    receiver = Receiver(desk, handle, bot_id=BOT, bot_name="inspect_bot")
    await receiver.store([words(17, 5, "一"), words(18, 5, "二")])
    await receiver.lanes.idle()

    causes = await desk.look(lambda work: work.connection.execute(select(outbox.c.dedup)).scalars().all())
    assert seen == [17, 17, 18, 18]
    assert causes == ["u17:0", "u18:0"]
    assert "update" not in get_contextvars()
