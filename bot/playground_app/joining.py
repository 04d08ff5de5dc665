"""How the people come in: by invitation links, as on Telegram; then group chat and channels are bound."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from bot.playground.server import Bot, BotApiServer, Chat, Message, Person

Settle = Callable[[], Awaitable[None]]
Invite = Callable[[str, dict[str, Any]], Awaitable[str]]


class Joining:
    """Lets a cast join.

    Args:
        server: where they live.
        bot: whom they join.
        settle: waits until the bot has answered everything.
        invite: gives the payload of an invitation for a role and its scope.
    """

    def __init__(self, server: BotApiServer, bot: Bot, settle: Settle, invite: Invite) -> None:
        self._server = server
        self._bot = bot
        self._settle = settle
        self._invite = invite

    async def everybody(self, cast: list[dict[str, Any]], persons: list[Person]) -> None:
        """Let all parts of a cast join, side by side: link, name and post, red lines."""
        for part, person in zip(cast, persons, strict=True):
            person.opens(self._bot, await self._invite(part["role"], part["invitation"]))
        await self._settle()
        for part, person in zip(cast, persons, strict=True):
            person.sends(self._bot, f"{part['name']} {part['post']}")
        await self._settle()
        for person in persons:
            person.presses(_with_button(person.chat(self._bot)), "我已知晓")
        await self._settle()

    async def chats(
        self, cast: list[dict[str, Any]], persons: list[Person], channels: dict[str, str]
    ) -> None:
        """Bind the first group's chat, and a channel for each track whose title is given.

        Args:
            cast: the parts.
            persons: who plays them, in the same order.
            channels: the channel's title by the place of its owner.
        """
        at = {part["place"]: person for part, person in zip(cast, persons, strict=True)}
        first = next((part for part in cast if part["group"]), None)
        if first is not None:
            mine = [p for part, p in zip(cast, persons, strict=True) if part["group"] == first["group"]]
            await self._group(first["group"], mine)
        for place, title in channels.items():
            if place in at:
                await self._channel(title, at[place])

    async def _group(self, title: str, members: list[Person]) -> None:
        chat = self._server.group(title, members=members, bots=[self._bot])
        await self._settle()
        members[0].sends(chat, f"/bind@{self._bot.username}")
        await self._settle()
        _press_if_offered(members[0], chat, title)  # who leads one group is not asked
        await self._settle()

    async def _channel(self, title: str, owner: Person) -> None:
        self._server.channel(title, owner=owner, bots=[self._bot], quietly=False)
        await self._settle()
        owner.sends(self._bot, "/bind")
        await self._settle()
        _press_if_offered(owner, owner.chat(self._bot), title)
        await self._settle()


def _press_if_offered(person: Person, chat: Chat, words: str) -> None:
    message = next((m for m in chat.newest_first() if m.by_bot and m.buttons), None)
    for row in message.buttons if message is not None else ():
        for button in row:
            if words in button.text and button.data and message is not None:
                person.presses(message, data=button.data)
                return


def _with_button(chat: Chat) -> Message:
    return next(m for m in chat.newest_first() if m.by_bot and m.buttons)
