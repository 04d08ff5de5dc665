"""The stories of the page, each told whole on a town of the tests: every expectation is looked at."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from townstage import TownStage

from bot.playground.game.days import CampaignDays
from bot.playground.stories import STORIES, Both, Hears, Says, Step, Story, StoryFailed, Telling
from tests.town.town import START, ZONE, Town

BEGINS = {"day_off": datetime(2019, 5, 30, 9, 0, tzinfo=ZONE)}
"""Where a story would else have far to go: before the 8th of June, 端午."""


@asynccontextmanager
async def staged(folder: Path, key: str = "", **settings: str) -> AsyncIterator[TownStage]:
    """A stage with who plays in a story; at the end nothing strict was violated."""
    async with Town(folder, start=BEGINS.get(key, START), **settings) as town:
        stage = TownStage(town)
        if key:
            await stage.join_cast(STORIES[key])
        yield stage
        town.server.check()


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[TownStage]:
    """A stage on which nobody has joined."""
    async with staged(tmp_path) as stage:
        yield stage


async def tell(story: Story, stage: TownStage) -> Telling:
    """Tell a story to its end."""
    telling = Telling(story, stage)
    while not telling.done:
        await telling.tell_step()
    return telling


@pytest.mark.parametrize("key", STORIES)
async def test_a_story_goes_as_it_is_told(key: str, tmp_path: Path) -> None:
    async with staged(tmp_path, key) as stage:
        telling = await tell(STORIES[key], stage)

    assert telling.at == len(STORIES[key].steps)


IN_ENGLISH = [key if key == "report" else pytest.param(key, marks=pytest.mark.soak) for key in STORIES]
"""The first one each time, all of them in the long run: each takes as long as in Chinese."""


@pytest.mark.parametrize("key", IN_ENGLISH)
async def test_a_story_goes_in_english_too(key: str, tmp_path: Path) -> None:
    async with staged(tmp_path, key, BOT_TEXTS__LANGUAGE="en") as stage:
        telling = await tell(STORIES[key], stage)

    assert telling.done


async def test_a_story_can_be_told_again_to_the_same_people(stage: TownStage) -> None:
    story = STORIES["report"]
    await stage.join_cast(story)

    first = await tell(story, stage)
    second = await tell(story, stage)

    assert first.kept["number"] != second.kept["number"]


async def test_a_story_begins_on_the_next_working_morning(tmp_path: Path) -> None:
    night = datetime(2019, 4, 12, 22, 0, tzinfo=CampaignDays.of(XINXIANG).zone)
    async with Town(tmp_path, start=night) as town:
        stage = TownStage(town)
        await stage.join_cast(STORIES["report"])

        await Telling(STORIES["report"], stage).tell_step()

        local = stage.now().astimezone(stage.zone())
        assert (local.weekday(), local.hour, local.day) == (0, 9, 15)


@pytest.mark.parametrize("key", STORIES)
def test_every_step_is_explained_in_both_languages(key: str) -> None:
    story = STORIES[key]

    lines = [story.title, story.about, *(step.line for step in story.steps)]

    assert all(line.zh and line.en for line in lines)
    assert not any("|" in line.zh + line.en for line in lines)


async def test_what_is_not_seen_fails_the_story_and_says_what_was(stage: TownStage) -> None:
    step = Step(Both("问好", "Hello"), "lead:county/1", Says("帮助"), (Hears("lead:county/1", "没有的话"),))
    story = Story("x", Both("一", "one"), Both("一", "one"), (step,))
    await stage.join_cast(story)

    with pytest.raises(StoryFailed) as failed:
        await Telling(story, stage).tell_step()

    assert "没有的话" in failed.value.words.zh
    assert "最后一条是" in failed.value.words.zh


XINXIANG: dict[str, Any] = {
    "first_day": "2019-04-09", "last_day": "2019-07-17", "zone": "Asia/Shanghai",
}  # fmt: skip
