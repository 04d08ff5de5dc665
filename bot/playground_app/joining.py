"""How the people come in: by invitation links, as on Telegram; then group chat and channels are bound."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Any, Final, TypeVar

from bot.playground.game.hand import BotGone
from bot.playground.server import Bot, BotApiServer, Chat, Message, Person

T = TypeVar("T")
Invite = Callable[[str, dict[str, Any]], Awaitable[str]]
LONG: Final = 120.0
"""Seconds for an answer: a machine that is busy is slow, and nobody is served by giving up."""


class Joining:
    """Lets a cast join.

    Args:
        server: where they live.
        bot: whom they join.
        invite: gives the payload of an invitation for a role and its scope.
        alive: whether the bot runs.

    Raises:
        WaitedInVain: (every verb) the bot did not answer.
        BotGone: (every verb) it has died.
    """

    def __init__(self, server: BotApiServer, bot: Bot, invite: Invite, alive: Callable[[], bool]) -> None:
        self._server = server
        self._bot = bot
        self._invite = invite
        self._alive = alive

    async def everybody(self, cast: list[dict[str, Any]], persons: list[Person]) -> None:
        """Let all parts of a cast join, side by side: link, name and post, red lines."""
        for part, person in zip(cast, persons, strict=True):
            person.opens(self._bot, await self._invite(part["role"], part["invitation"]))
        for person in persons:
            await self._more(person.chat(self._bot), 0)
        for part, person in zip(cast, persons, strict=True):
            person.sends(self._bot, f"{part['name']} {part['post']}")
        asked = [await self._until(partial(_with_button, person.chat(self._bot))) for person in persons]
        before = [len(person.chat(self._bot).from_bots) for person in persons]
        for person, message in zip(persons, asked, strict=True):
            person.presses(message, data=message.buttons[0][0].data)  # 「我已知晓」, whatever the language
        for person, count in zip(persons, before, strict=True):
            await self._more(person.chat(self._bot), count)

    async def group(self, title: str, members: list[Person]) -> None:
        """Make a group's chat and bind it; the first of the members leads the group."""
        chat = self._server.group(title, members=members, bots=[self._bot])
        await self._more(chat, 0)
        count = len(chat.from_bots)
        members[0].sends(chat, f"/bind@{self._bot.username}")
        await self._more(chat, count)
        await self._choose(members[0], chat, title)  # who leads one group is not asked

    async def channel(self, title: str, owner: Person, readers: Iterable[Person]) -> None:
        """Make a channel and bind it to its owner's track."""
        private = owner.chat(self._bot)
        count = len(private.from_bots)
        self._server.channel(title, owner=owner, bots=[self._bot], subscribers=list(readers), quietly=False)
        await self._more(private, count)
        count = len(private.from_bots)
        owner.sends(self._bot, "/bind")
        await self._more(private, count)
        await self._choose(owner, private, title)

    async def _choose(self, person: Person, chat: Chat, words: str) -> None:
        message = _with_button(chat)
        for row in message.buttons if message is not None else ():
            for button in row:
                if words in button.text and button.data and message is not None:
                    await person.presses(message, data=button.data).answered(LONG)
                    return

    async def _more(self, chat: Chat, count: int) -> None:
        """Until the bot has said more in a chat."""
        await self._until(lambda: len(chat.from_bots) > count)

    async def _until(self, predicate: Callable[[], T | None]) -> T:
        def asked() -> T | None:
            if not self._alive():
                raise BotGone("the bot has died while people joined")
            return predicate()

        return await self._server.wait_for(asked, LONG, "the bot's answer to who is joining")


def _with_button(chat: Chat) -> Message | None:
    return next((message for message in chat.newest_first() if message.by_bot and message.buttons), None)
