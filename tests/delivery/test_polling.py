"""The long-polling loop: stored first, acknowledged second; patient with everything that fails."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from telegram.error import Conflict, InvalidToken, NetworkError, TelegramError, TimedOut

from bot.delivery.outcome import SlowDown
from bot.delivery.polling import ALLOWED_UPDATES, LONGEST_PAUSE, STEP_BACK, Poller, State
from bot.delivery.wire import Wire
from tests.delivery.conftest import TOKEN, Scripted


def update(number: int) -> dict[str, Any]:
    return {"update_id": number, "message": {"text": f"{number}"}}


@dataclass
class FakeLine:
    """Gives the batches and errors of a script, then holds the poll open."""

    script: list[list[dict[str, Any]] | TelegramError] = field(default_factory=list)
    webhook: list[TelegramError] = field(default_factory=list)
    asked: list[tuple[int, int]] = field(default_factory=list)
    called: list[str] = field(default_factory=list)
    held: asyncio.Event = field(default_factory=asyncio.Event)

    async def call(self, method: str, params: dict[str, Any]) -> Any:
        self.called.append(method)
        if self.webhook:
            raise self.webhook.pop(0)
        return True

    async def get_updates(
        self,
        offset: int,
        timeout: int,
        limit: int = 100,
        allowed: Sequence[str] | None = None,
    ) -> list[dict[str, Any]]:
        self.asked.append((offset, timeout))
        assert tuple(allowed or ()) == ALLOWED_UPDATES
        if timeout == 0:
            return []
        if not self.script:
            self.held.set()
            await asyncio.Event().wait()
        answer = self.script.pop(0)
        if isinstance(answer, TelegramError):
            raise answer
        return answer


@dataclass
class Store:
    """Keeps batches; fails as it is told."""

    kept: list[int] = field(default_factory=list)
    fails: list[Exception] = field(default_factory=list)

    async def __call__(self, batch: list[dict[str, Any]]) -> None:
        if self.fails:
            raise self.fails.pop(0)
        self.kept += [each["update_id"] for each in batch]


@dataclass
class Played:
    """What a poller did until its script was at an end and it was stopped."""

    line: FakeLine
    store: Store
    slept: list[float] = field(default_factory=list)
    states: list[State] = field(default_factory=list)

    async def play(self, **settings: Any) -> Poller:
        async def sleep(seconds: float) -> None:
            self.slept.append(seconds)

        poller = Poller(self.line, self.store, sleep=sleep, changed=self.states.append, **settings)
        async with asyncio.TaskGroup() as group:
            group.create_task(poller.run())
            await self.line.held.wait()
            poller.stop()
        return poller


async def test_a_webhook_left_set_is_deleted_before_the_first_poll() -> None:
    played = Played(FakeLine(), Store())

    await played.play()

    assert played.line.called == ["deleteWebhook"]
    assert played.line.asked == [(0, 30)]


async def test_a_batch_is_stored_before_the_offset_is_raised() -> None:
    played = Played(FakeLine([[update(7), update(8)], [update(9)]]), Store())

    poller = await played.play(offset=7)

    assert played.store.kept == [7, 8, 9]
    assert played.line.asked == [(7, 30), (9, 30), (10, 30), (10, 0)]
    assert poller.offset == 10


async def test_a_batch_that_cannot_be_stored_is_kept_and_nothing_is_acknowledged() -> None:
    played = Played(FakeLine([[update(7)]]), Store(fails=[OSError("disk full"), OSError("disk full")]))

    await played.play()

    assert played.store.kept == [7]
    assert played.line.asked == [(0, 30), (8, 30), (8, 0)]
    assert State.STORE_FAILS in played.states
    assert played.slept[1] > played.slept[0]


async def test_a_stop_while_nothing_can_be_stored_acknowledges_nothing() -> None:
    line = FakeLine([[update(7)]])

    async def store(batch: list[dict[str, Any]]) -> None:
        poller.stop()
        raise OSError("disk full")

    poller = Poller(line, store)
    await poller.run()

    assert line.asked == [(0, 30)]
    assert poller.offset == 0


async def test_what_was_stored_last_is_acknowledged_at_the_stop() -> None:
    line = FakeLine([[update(7)]])

    async def store(batch: list[dict[str, Any]]) -> None:
        poller.stop()

    poller = Poller(line, store)
    await poller.run()

    assert line.asked == [(0, 30), (8, 0)]
    assert poller.state is State.STOPPED


async def test_an_unreachable_server_is_asked_ever_more_rarely_and_then_normally_again() -> None:
    errors: list[Any] = [NetworkError("down") for _ in range(14)]
    played = Played(FakeLine([*errors, [update(1)], TimedOut()]), Store())

    await played.play()

    assert played.store.kept == [1]
    assert played.slept[0] <= 1.1
    assert all(pause <= LONGEST_PAUSE * 1.1 for pause in played.slept)
    assert played.slept[13] > 20
    assert played.slept[14] <= 1.1
    assert played.states[:2] == [State.UNREACHABLE, State.POLLING]


async def test_a_second_poller_makes_this_one_step_back_and_say_so() -> None:
    said = "Conflict: terminated by other getUpdates request"
    played = Played(FakeLine([Conflict(said), [update(1)]]), Store())

    await played.play()

    assert played.states[0] is State.CONFLICT
    assert played.slept[0] >= STEP_BACK * 0.8
    assert played.store.kept == [1]


async def test_flood_control_is_obeyed() -> None:
    played = Played(FakeLine([SlowDown(9)]), Store())

    await played.play()

    assert played.slept == [9.5]


async def test_a_token_refused_at_the_start_ends_the_run() -> None:
    poller = Poller(FakeLine(webhook=[InvalidToken("Unauthorized")]), Store())

    with pytest.raises(InvalidToken):
        await poller.run()


async def test_a_token_refused_later_is_a_state_and_tried_again() -> None:
    played = Played(FakeLine([[update(1)], InvalidToken("Unauthorized"), [update(2)]]), Store())

    await played.play()

    assert played.store.kept == [1, 2]
    assert State.REFUSED in played.states


async def test_too_much_waiting_pauses_the_polling() -> None:
    class Room:
        waiting = 100
        asked = 0

        async def below(self, bound: int) -> None:
            self.asked = bound
            self.waiting = bound - 1

    room = Room()
    played = Played(FakeLine([[update(1)]]), Store())

    await played.play(room=room, bound=100)

    assert room.asked == 100
    assert played.states[0] is State.FULL
    assert played.store.kept == [1]


async def test_a_stop_ends_the_wait_for_room() -> None:
    class Full:
        waiting = 100

        async def below(self, bound: int) -> None:
            waits.set()
            await asyncio.Event().wait()

    waits = asyncio.Event()
    line = FakeLine()
    poller = Poller(line, Store(), room=Full(), bound=100)
    async with asyncio.TaskGroup() as group:
        group.create_task(poller.run())
        await waits.wait()
        poller.stop()

    assert line.asked == []


async def test_after_a_quiet_week_a_lower_number_is_followed() -> None:
    played = Played(FakeLine([[update(900)], [update(20)]]), Store())

    poller = await played.play(offset=900)

    assert poller.offset == 21


async def test_polling_over_the_real_wire_acknowledges_what_it_stored(server: Scripted) -> None:
    server.says(
        "getUpdates",
        (200, {"ok": True, "result": [update(1), update(2)]}),
        (502, b"<html>"),
        (200, {"ok": True, "result": []}),
    )
    store = Store()

    async def breathe(seconds: float) -> None:
        await asyncio.sleep(0)

    async with Wire(TOKEN, server.url) as wire:
        poller = Poller(wire, store, sleep=breathe)
        async with asyncio.TaskGroup() as group, asyncio.timeout(5):
            group.create_task(poller.run())
            async with server.arrived:
                await server.arrived.wait_for(lambda: len(server.calls("getUpdates")) >= 3)
            poller.stop()

    assert store.kept == [1, 2]
    assert [seen.params["offset"] for seen in server.calls("getUpdates")][:3] == [0, 3, 3]


async def test_it_has_caught_up_when_a_poll_gives_less_than_a_whole_batch_or_is_held_open() -> None:
    now = [0.0]
    line = FakeLine([[update(n) for n in range(1, 101)], [update(101)], NetworkError("down")])
    seen: list[bool] = []

    async def store(_: list[dict[str, Any]]) -> None:
        seen.append(poller.caught_up)

    async def sleep(_: float) -> None:
        seen.append(poller.caught_up)

    poller = Poller(line, store, sleep=sleep, clock=lambda: now[0])
    async with asyncio.TaskGroup() as group:
        group.create_task(poller.run())
        await line.held.wait()
        seen.append(poller.caught_up)
        now[0] = 3.0
        seen.append(poller.caught_up)
        poller.stop()

    assert seen == [False, True, False, False, True]
