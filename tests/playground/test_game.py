"""The page's addresses: bar, stories, faults, samples, reading marks; on a town with its bot beside them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Coroutine
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from townstage import TownStage

from bot.playground.game.faults import FaultPanel
from bot.playground.game.hand import BotState
from bot.playground.game.routes import GameRoutes
from bot.playground.game.telling import StoryDesk
from bot.playground.samples import from_shelf
from bot.playground.server.play import guarded
from tests.town.town import Town


class FakeProcess:
    """A bot's process that is only counted."""

    def __init__(self) -> None:
        self.state = BotState.RUNNING
        self.starts = 1
        self.done: list[str] = []

    @property
    def pid(self) -> int | None:
        return 1 if self.state is BotState.RUNNING else None

    async def kill(self) -> None:
        self.state = BotState.DOWN
        self.done.append("kill")

    async def stop(self) -> None:
        self.state = BotState.DOWN
        self.done.append("stop")

    async def launch(self) -> None:
        self.starts += 1
        self.done.append("launch")

    async def start(self, url: str, now: datetime) -> None:
        self.state = BotState.RUNNING
        self.done.append("start")


class Game:
    """The game on a town, with its addresses."""

    def __init__(self, stage: TownStage) -> None:
        self.stage = stage
        self.clock = stage.clock
        self.process = FakeProcess()
        self.faults = FaultPanel(stage.server, stage.bot, self.process)
        self.stories = StoryDesk(stage, stage.number, lambda: self.clock.move is not None, self.spawn)
        self.tasks: list[asyncio.Task[Any]] = []
        self.reads: list[tuple[int, str, int]] = []
        stage.server.front = guarded(stage.server, GameRoutes(self).app())
        stage.server.shelf = from_shelf
        self.url = stage.server.url

    def cast(self) -> dict[str, Any]:
        return {"cast": []}

    def read(self, person: int, chat: str, message_id: int) -> None:
        self.reads.append((person, chat, message_id))

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        self.tasks.append(asyncio.get_running_loop().create_task(work))

    async def get(self, path: str) -> Any:
        async with aiohttp.ClientSession() as session, session.get(self.url + path) as response:
            return await response.json()

    async def post(self, path: str, **asked: Any) -> tuple[int, Any]:
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.url + path, data=json.dumps(asked)) as response,
        ):
            return response.status, await response.json()

    async def settled(self) -> None:
        """Until what goes on in the background has ended."""
        while self.tasks:
            await self.tasks.pop()


@pytest.fixture
async def game(tmp_path: Path) -> AsyncIterator[Game]:
    """A game; at the end nothing goes on and nothing strict was violated."""
    async with Town(tmp_path) as town:
        game = Game(TownStage(town))
        yield game
        await game.faults.close()
        await game.settled()
        town.server.check()


# --- the clock ----------------------------------------------------------------------------------------


async def test_the_clock_is_moved_and_the_bar_comes_back(game: Game) -> None:
    status, bar = await game.post("/page/clock", to="hour")

    assert status == 200
    assert bar["now"] == "2019-04-12T10:00:00+08:00"
    assert bar["moving"] is None


async def test_a_move_that_is_not_waited_for_is_followed_by_its_events(game: Game) -> None:
    before = game.stage.server.events.number

    status, bar = await game.post("/page/clock", to="friday", wait=False)
    await game.settled()

    told = [event.about for event in game.stage.server.events.after(before) if event.kind == "clock"]
    assert status == 202
    assert bar["moving"]["to"] == "2019-04-12T09:55:00+08:00"
    assert told[-1]["ended"] == "there"
    assert told[-1]["moving"] is None


@pytest.mark.parametrize("asked", [{"advance": -5}, {"to": "2030-01-01"}, {"to": "nonsense"}, {}])
async def test_where_the_clock_cannot_go_is_said_in_both_languages(game: Game, asked: dict[str, Any]) -> None:
    status, said = await game.post("/page/clock", **asked)

    assert status == 400
    assert said["error"]
    assert said["zh"]


# --- stories ------------------------------------------------------------------------------------------


async def test_only_stories_whose_people_are_here_are_offered(game: Game) -> None:
    assert await game.get("/page/stories") == []

    await game.stage.join("lead:county/1", "contact:延津县", "contact:卫辉市")

    assert [story["key"] for story in await game.get("/page/stories")] == ["report"]


async def test_a_story_goes_step_by_step_and_shows_what_came_of_it(game: Game) -> None:
    lead, *_ = await game.stage.join("lead:county/1", "contact:延津县", "contact:卫辉市")

    status, begun = await game.post("/page/stories/report", do="next")
    await game.settled()
    (story,) = await game.get("/page/stories")

    assert status == 202
    assert (begun["busy"], begun["steps"][0]["state"]) == (True, "now")
    assert (story["at"], story["busy"], story["running"], story["error"]) == (1, False, True, None)
    assert story["steps"][0]["state"] == "done"
    assert story["steps"][0]["person"] == lead.id
    assert story["steps"][0]["message"]["chat"] == lead.chat(game.stage.bot).key
    assert story["phones"][0] == lead.id


async def test_a_story_plays_by_itself_to_its_end(game: Game) -> None:
    await game.stage.join("lead:county/1", "contact:延津县", "contact:卫辉市")

    await game.post("/page/stories/report", do="play", pace=0)
    await game.settled()
    (story,) = await game.get("/page/stories")

    assert story["at"] == len(story["steps"])
    assert not story["running"]
    assert not story["playing"]


async def test_a_story_that_is_paused_waits_and_goes_on(game: Game) -> None:
    await game.stage.join("lead:county/1", "contact:延津县", "contact:卫辉市")

    await game.post("/page/stories/report", do="play", pace=60)
    await game.stage.server.wait_for(lambda: game.stories.seen()[0]["at"] == 1, timeout=10)
    await game.post("/page/stories/report", do="pause")
    await game.settled()
    paused = game.stories.seen()[0]
    await game.post("/page/stories/report", do="next")
    await game.settled()

    assert (paused["at"], paused["playing"], paused["running"]) == (1, False, True)
    assert game.stories.seen()[0]["at"] == 2


async def test_while_a_step_is_told_neither_clock_nor_another_story_disturbs_it(game: Game) -> None:
    everybody = ("lead:county/0", "office:county", "oversight", "lead:county/1", "contact:延津县")
    await game.stage.join(*everybody, "contact:卫辉市")

    await game.post("/page/stories/report", do="next")
    moved, _ = await game.post("/page/clock", to="hour")
    again, _ = await game.post("/page/stories/report", do="next")
    other, said = await game.post("/page/stories/covert", do="next")
    await game.settled()

    assert (moved, again, other) == (409, 409, 409)
    assert said["zh"] == "另一个演示正在进行"


async def test_a_step_that_fails_says_why_and_the_story_can_begin_anew(game: Game) -> None:
    lead, *_ = await game.stage.join("lead:county/1", "contact:延津县", "contact:卫辉市")
    lead.blocks(game.stage.bot)

    await game.post("/page/stories/report", do="play", pace=0)
    await game.settled()
    failed = game.stories.seen()[0]
    lead.unblocks(game.stage.bot)
    await game.post("/page/stories/report", do="restart")
    await game.post("/page/stories/report", do="play", pace=0)
    await game.settled()

    assert failed["error"]["zh"].startswith("这一步没有做成")
    assert (failed["at"], failed["running"]) == (0, False)
    assert game.stories.seen()[0]["at"] == len(failed["steps"])


@pytest.mark.parametrize(("key", "do"), [("nothing", "next"), ("report", "dance")])
async def test_what_is_no_story_is_refused(game: Game, key: str, do: str) -> None:
    await game.stage.join("lead:county/1", "contact:延津县", "contact:卫辉市")

    status, said = await game.post(f"/page/stories/{key}", do=do)

    assert status == 400
    assert said["zh"]


# --- faults -------------------------------------------------------------------------------------------


async def test_the_network_and_the_brake_go_on_and_off(game: Game) -> None:
    _, down = await game.post("/page/faults", do="network", on=True)
    _, braked = await game.post("/page/faults", do="429", on=True, retry_after=3)
    _, healed = await game.post("/page/faults", do="heal")

    assert down["network_down"]
    assert (braked["rate_limited"], braked["retry_after"]) == (True, 3)
    assert not healed["network_down"]
    assert not healed["rate_limited"]


async def test_who_blocks_the_bot_is_named_and_healed(game: Game) -> None:
    (lead,) = await game.stage.join("lead:county/1")

    _, blocked = await game.post("/page/faults", do="block", person=lead.id, on=True)
    _, healed = await game.post("/page/faults", do="heal")

    assert blocked["blocked"] == [lead.id]
    assert healed["blocked"] == []


async def test_a_bot_that_does_not_hear_is_started_anew_when_all_is_healed(game: Game) -> None:
    await game.stage.town.stop_bot()

    await game.post("/page/faults", do="heal")

    assert game.process.done == ["stop", "launch", "start"]
    await game.stage.town.start_bot()


async def test_a_second_poller_takes_the_line_from_the_first(game: Game) -> None:
    before = game.stage.bot.conflicts

    await game.post("/page/faults", do="poller", on=True)
    await game.stage.server.wait_for(lambda: game.stage.bot.conflicts > before, timeout=10)
    _, off = await game.post("/page/faults", do="poller", on=False)

    assert off["conflicts"] > before
    assert not off["second_poller"]
    assert off["hears_within"] == 36


async def test_the_page_is_told_when_the_bot_hears_again(game: Game) -> None:
    def told() -> bool:
        return any(e.kind == "faults" and e.about["hearing"] for e in game.stage.server.events.kept)

    _, taken = await game.post("/page/faults", do="poller", on=True)
    await game.stage.town.stop_bot()
    _, off = await game.post("/page/faults", do="poller", on=False)
    before = told()
    await game.stage.town.start_bot()
    await game.stage.server.wait_for(told, timeout=10)

    assert not taken["hearing"]
    assert not off["hearing"]
    assert not before


async def test_the_bot_is_killed_and_started_again(game: Game) -> None:
    _, killed = await game.post("/page/faults", do="kill")
    _, started = await game.post("/page/faults", do="restart")
    await game.post("/page/faults", do="restart")

    assert (killed["bot"], killed["pid"]) == ("down", None)
    assert (started["bot"], started["starts"]) == ("running", 2)
    assert game.process.done == ["kill", "launch", "start", "kill", "launch", "start"]


@pytest.mark.parametrize("asked", [{"do": "x"}, {}, {"do": "block", "person": 1}])
async def test_what_is_no_fault_is_refused(game: Game, asked: dict[str, Any]) -> None:
    status, said = await game.post("/page/faults", **asked)

    assert status == 400
    assert said["zh"]


# --- the rest -----------------------------------------------------------------------------------------


async def test_samples_are_listed_and_can_be_sent_by_their_names(game: Game) -> None:
    (lead,) = await game.stage.join("lead:county/1")
    samples = await game.get("/page/samples")

    status, sent = await game.post(
        "/play/act", verb="sends_photo", person=lead.id, place=str(game.stage.bot.id),
        file=f"sample:{samples[0]['key']}",
    )  # fmt: skip
    async with aiohttp.ClientSession() as session, session.get(game.url + samples[0]["url"]) as picture:
        data = await picture.read()

    assert status == 200
    assert sent["file"]["width"] == 1280
    assert data.startswith(b"\xff\xd8")


async def test_reading_marks_are_taken(game: Game) -> None:
    await game.post("/page/read", person=501, chat="7:501", message_id=9)

    assert game.reads == [(501, "7:501", 9)]


@pytest.mark.parametrize("origin", ["https://example.org", "http://127.0.0.1.example.org", "null"])
async def test_a_page_from_elsewhere_is_refused(game: Game, origin: str) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{game.url}/page/faults", data="{}", headers={"Origin": origin}) as response,
    ):
        assert response.status == 403


async def test_what_is_no_json_is_refused(game: Game) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{game.url}/page/clock", data="[1]") as response,
    ):
        assert response.status == 400
