"""Lanes: order within a chat, chats side by side, poison set aside."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from bot.delivery.lanes import Lanes, NotNow


@dataclass
class Handler:
    """Notes what it handled; waits at gates and fails as it is told."""

    done: list[str] = field(default_factory=list)
    begun: list[str] = field(default_factory=list)
    aside: list[tuple[str, str]] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    fails: dict[str, list[Exception]] = field(default_factory=dict)
    gates: dict[str, asyncio.Event] = field(default_factory=dict)

    async def handle(self, item: str) -> None:
        self.begun.append(item)
        if item in self.gates:
            await self.gates[item].wait()
        if self.fails.get(item):
            raise self.fails[item].pop(0)
        self.done.append(item)

    async def set_aside(self, item: str, error: Exception) -> None:
        self.aside.append((item, str(error)))

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def lanes(self) -> Lanes[int, str]:
        return Lanes(self.handle, self.set_aside, sleep=self.sleep)


async def test_one_chat_s_items_are_handled_in_the_order_they_were_put() -> None:
    handler = Handler()
    lanes = handler.lanes()

    for number in range(20):
        lanes.put(1, f"{number}")
    await lanes.idle()

    assert handler.done == [f"{number}" for number in range(20)]


async def test_different_chats_run_side_by_side() -> None:
    handler = Handler(gates={"slow": asyncio.Event()})
    lanes = handler.lanes()

    lanes.put(1, "slow")
    lanes.put(1, "behind it")
    lanes.put(2, "quick")
    await lanes.below(3)

    assert handler.done == ["quick"]
    handler.gates["slow"].set()
    await lanes.idle()
    assert handler.done == ["quick", "slow", "behind it"]


async def test_a_lane_without_work_leaves_nothing_behind() -> None:
    handler = Handler()
    lanes = handler.lanes()

    lanes.put(1, "a")
    await lanes.idle()
    for _ in range(3):
        await asyncio.sleep(0)

    assert (lanes.busy, lanes.waiting, len(lanes._tasks)) == (0, 0, 0)
    lanes.put(1, "b")
    await lanes.idle()
    assert handler.done == ["a", "b"]


async def test_a_poison_item_is_tried_at_0_1_and_5_seconds_then_set_aside_and_the_lane_goes_on() -> None:
    handler = Handler(fails={"poison": [ValueError("1"), ValueError("2"), ValueError("3")]})
    lanes = handler.lanes()

    lanes.put(1, "poison")
    lanes.put(1, "next")
    await lanes.idle()

    assert handler.slept == [1.0, 4.0]
    assert handler.aside == [("poison", "3")]
    assert handler.done == ["next"]


async def test_an_item_that_fails_once_is_done_at_the_second_try_in_its_place() -> None:
    handler = Handler(fails={"a": [ValueError("once")]})
    lanes = handler.lanes()

    lanes.put(1, "a")
    lanes.put(1, "b")
    await lanes.idle()

    assert handler.done == ["a", "b"]
    assert handler.aside == []


async def test_tries_of_an_earlier_life_count() -> None:
    handler = Handler(fails={"poison": [ValueError("again")]})
    lanes = handler.lanes()

    lanes.put(1, "poison", tried=2)
    await lanes.idle()

    assert handler.aside == [("poison", "again")]
    assert handler.slept == []


async def test_a_locked_database_counts_no_try() -> None:
    handler = Handler(fails={"a": [NotNow(0.5) for _ in range(10)]})
    lanes = handler.lanes()

    lanes.put(1, "a")
    await lanes.idle()

    assert handler.done == ["a"]
    assert handler.slept == [0.5] * 10


async def test_poison_in_one_chat_costs_the_others_nothing() -> None:
    handler = Handler(fails={"poison": [ValueError("x")]})
    still = asyncio.Event()

    async def sleep(seconds: float) -> None:
        await still.wait()

    lanes = Lanes(handler.handle, handler.set_aside, sleep=sleep)
    lanes.put(1, "poison")
    for chat in range(2, 100):
        lanes.put(chat, f"{chat}")
    await lanes.below(2)

    assert len(handler.done) == 98
    still.set()
    await lanes.idle()
    assert handler.done[-1] == "poison"


async def test_what_cannot_be_set_aside_is_kept_until_it_can() -> None:
    refusals = [OSError("disk full"), OSError("disk full")]
    aside: list[str] = []
    handler = Handler(fails={"poison": [ValueError("x")] * 3})

    async def set_aside(item: str, error: Exception) -> None:
        if refusals:
            raise refusals.pop()
        aside.append(item)

    lanes = Lanes(handler.handle, set_aside, sleep=handler.sleep)
    lanes.put(1, "poison")
    lanes.put(1, "next")
    await lanes.idle()

    assert aside == ["poison"]
    assert handler.done == ["next"]


async def test_a_drain_works_off_what_is_there_and_takes_no_more() -> None:
    handler = Handler()
    lanes = handler.lanes()
    for chat in range(5):
        lanes.put(chat, f"{chat}")
        lanes.put(chat, f"{chat}'")

    left = await lanes.drain(5)

    assert left == 0
    assert len(handler.done) == 10
    with pytest.raises(RuntimeError):
        lanes.put(1, "late")


async def test_a_drain_leaves_a_lane_that_waits_for_another_try() -> None:
    handler = Handler(fails={"poison": [ValueError("x")]})
    asleep = asyncio.Event()

    async def sleep(seconds: float) -> None:
        asleep.set()
        await asyncio.Event().wait()

    lanes = Lanes(handler.handle, handler.set_aside, sleep=sleep)
    lanes.put(1, "poison")
    lanes.put(1, "behind")
    await asleep.wait()

    left = await lanes.drain(60)

    assert left == 2
    assert handler.done == []
    assert handler.aside == []


async def test_a_drain_gives_up_a_handler_that_does_not_end() -> None:
    handler = Handler(gates={"stuck": asyncio.Event()})
    lanes = handler.lanes()
    lanes.put(1, "stuck")

    left = await lanes.drain(0.01)

    assert left == 1
    assert handler.done == []


async def test_intake_waits_until_there_is_room() -> None:
    handler = Handler(gates={"0": asyncio.Event(), "1": asyncio.Event()})
    lanes = handler.lanes()
    lanes.put(0, "0")
    lanes.put(1, "1")

    async with asyncio.TaskGroup() as group:
        room = group.create_task(lanes.below(2))
        await asyncio.sleep(0)
        assert not room.done()
        handler.gates["0"].set()
    handler.gates["1"].set()
    await lanes.idle()

    assert lanes.waiting == 0


async def test_a_cancellation_within_a_handler_does_not_stop_the_lane() -> None:
    handler = Handler(fails={"a": [asyncio.CancelledError()]})  # type: ignore[list-item]
    lanes = handler.lanes()

    lanes.put(1, "a")
    lanes.put(1, "b")
    await lanes.idle()

    assert handler.done == ["a", "b"]
