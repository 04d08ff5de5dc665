"""The stories as the page plays them: one at a time, step by step or by itself, for all tabs the same."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final

from bot.playground.server import Message
from bot.playground.stories import STORIES, Both, Stage, Story, StoryFailed, Telling

PACE: Final = 3.0
"""Seconds between two steps of a story that plays by itself."""
MOST_PACE: Final = 60.0


class StoryError(Exception):
    """What cannot be played: one line in each language."""

    def __init__(self, zh: str, en: str, *, busy: bool = False) -> None:
        super().__init__(en)
        self.zh = zh
        self.busy = busy


class StoryDesk:
    """Tells stories on a stage.

    Args:
        stage: where they are told.
        place: the number of who has a place in the cast.
        moving: whether the clock is being moved by hand.
        spawn: lets something go on in the background.
    """

    def __init__(
        self,
        stage: Stage,
        place: Callable[[str], int | None],
        moving: Callable[[], bool],
        spawn: Callable[[Coroutine[Any, Any, Any]], None],
    ) -> None:
        self._stage = stage
        self._place = place
        self._moving = moving
        self._spawn = spawn
        self._tellings: dict[str, Telling] = {}
        self._errors: dict[str, Both] = {}
        self._running = ""
        self._playing = False
        self._busy = False
        self._pace = PACE
        self._wanted = asyncio.Event()

    def not_while_playing(self) -> None:
        """Refuse what would disturb a step.

        Raises:
            StoryError: a step is being told.
        """
        if self._busy:
            raise StoryError("演示正在进行", "a story is being told", busy=True)

    # --- showing ----------------------------------------------------------------------------------

    def seen(self) -> list[dict[str, Any]]:
        """Every story whose people are here."""
        return [self.story_seen(story) for story in STORIES.values() if self._castable(story)]

    def story_seen(self, story: Story) -> dict[str, Any]:
        """One story and how far it is told."""
        telling, mine = self._tellings.get(story.key), self._running == story.key
        at = telling.at if telling is not None else 0
        error = self._errors.get(story.key)
        return {
            "key": story.key,
            **story.title.seen(),
            "about": story.about.seen(),
            "steps": [self._step_seen(story, number, telling) for number in range(len(story.steps))],
            "at": at,
            "running": mine,
            "playing": mine and self._playing,
            "busy": mine and self._busy,
            "error": error.seen() if error is not None else None,
            "phones": [who for place in story.shown() if (who := self._place(place)) is not None],
        }

    def _step_seen(self, story: Story, number: int, telling: Telling | None) -> dict[str, Any]:
        step = story.steps[number]
        at = telling.at if telling is not None else 0
        message = telling.seen[number] if telling is not None and number < at else None
        state = "done" if number < at else "ahead"
        if number == at and self._running == story.key:
            state = "failed" if story.key in self._errors else "now" if self._busy else "ahead"
        return {
            **step.line.seen(),
            "person": self._place(step.who) if step.who else self._reader(message),
            "chat": message.chat.key if message is not None else None,
            "message": {"chat": message.chat.key, "message_id": message.message_id} if message else None,
            "state": state,
        }

    def _reader(self, message: Message | None) -> int | None:
        """Who reads the message that a step without a doer is about."""
        return message.chat.person.id if message is not None and message.chat.person is not None else None

    def _castable(self, story: Story) -> bool:
        return all(self._place(place) is not None for place in story.cast)

    def _tell(self, story: Story) -> None:
        self._stage.server.events.happen("story", **self.story_seen(story))

    # --- playing ----------------------------------------------------------------------------------

    async def control(self, key: str, asked: dict[str, Any]) -> dict[str, Any]:
        """Do what a page asks of a story; gives how it stands. Steps go on in the background.

        Raises:
            StoryError: there is no such story or word, another one runs, a step is being told.
        """
        story = STORIES.get(key)
        if story is None or not self._castable(story):
            raise StoryError(f"没有这个演示：{key}", f"there is no story «{key}»")
        do = asked.get("do")
        if do not in ("next", "play", "pause", "stop", "restart"):
            raise StoryError(f"不认识：{do}", f"not understood: {do}")
        if self._running not in ("", key):
            raise StoryError("另一个演示正在进行", "another story is being told", busy=True)
        if "pace" in asked:
            self._pace = min(MOST_PACE, max(0.0, float(asked["pace"])))
        if do in ("pause", "stop"):
            self._playing = False
            self._wanted.set()
            if do == "stop" and self._running == key:
                self._running = ""
        else:
            self._begin(story, do)
        self._tell(story)
        return self.story_seen(story)

    def _begin(self, story: Story, do: str) -> None:
        if self._busy:
            if do != "play":
                self.not_while_playing()
        elif self._moving():
            raise StoryError("时钟正在走", "the clock is being moved", busy=True)
        telling = self._tellings.get(story.key)
        if telling is None or do == "restart" or telling.done or story.key in self._errors:
            self._tellings[story.key] = Telling(story, self._stage)
            self._errors.pop(story.key, None)
        self._running = story.key
        if do == "play":
            started, self._playing = self._playing, True
            if not started:
                self._wanted.clear()
                self._spawn(self._play(story))
        elif do == "next":
            self._playing = False
            self._busy = True
            self._spawn(self._step(story))

    async def _play(self, story: Story) -> None:
        """Step after step until the end, a failure, or until it is paused."""
        while self._busy:  # the step that was asked for by hand
            await self._stage.server.events.bell()
        while self._playing and self._running == story.key:
            self._busy = True
            if not await self._step(story) or self._tellings[story.key].done:
                break
            try:
                async with asyncio.timeout(self._pace):
                    await self._wanted.wait()
            except TimeoutError:
                continue
        self._playing = False
        self._tell(story)

    async def _step(self, story: Story) -> bool:
        telling = self._tellings[story.key]
        self._tell(story)
        try:
            await telling.tell_step()
        except StoryFailed as failed:
            self._errors[story.key] = failed.words
            return False
        finally:
            self._busy = False
            if telling.done or story.key in self._errors:
                self._running, self._playing = "", False
            self._tell(story)
        return True
