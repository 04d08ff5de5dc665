"""The server as tests hold it: its people and chats, its start and stop, its waiting."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, TypeVar

from bot.clock import Clock, SystemClock

from .account import Bot, Call
from .errors import PlayError, StrictViolations
from .events import Events
from .faults import Faults
from .http import HttpServer
from .people import Person
from .play import control_app
from .switches import Switches
from .telegram import Press, Telegram
from .wire import Wire
from .world import Chat, Member, Message, User, all_rights

T = TypeVar("T")

TAKEN = ("/bot", "/file/", "/play")
"""Where the addresses begin that the server answers itself."""


class BotApiServer:
    """A fake Telegram with its HTTP face.

    Attributes:
        switches: behaviour that can be set, see switches.py.
        faults: faults on order, see faults.py.
        violations: what a strict server has seen a bot do wrong.
        asgi: the ASGI application (`/bot…`, `/file/bot…`, `/play/…`).
        front: an ASGI application for every other address (a page), where there is one.
        shelf: gives files by name to acts that bring none of their own, where there is such a shelf.
        moves_clock: moves the clock where more than this server goes by it.
        open_to_others: whether machines other than this one may use the control interface.
        url: "http://127.0.0.1:PORT" once it is started.
    """

    def __init__(self, clock: Clock | None = None, *, strict: bool = False, seed: int = 1) -> None:
        self.clock: Clock = clock or SystemClock()
        self.telegram = Telegram(self.clock, strict=strict, seed=seed)
        self.people: dict[int, Person] = {}
        self.url = ""
        self.front: Any = None
        self.shelf: Callable[[str], bytes | None] | None = None
        self.moves_clock: Callable[[datetime], Awaitable[None]] | None = None
        self.open_to_others = False
        self._wire = Wire(self.telegram)
        self._control = control_app(self)
        self._http = HttpServer(self.asgi)

    # --- what there is ----------------------------------------------------------------------------

    @property
    def switches(self) -> Switches:
        """What can be set."""
        return self.telegram.switches

    @property
    def faults(self) -> Faults:
        """Faults on order."""
        return self.telegram.faults

    @property
    def events(self) -> Events:
        """The record of what happened."""
        return self.telegram.events

    @property
    def violations(self) -> list[str]:
        """What a strict server has seen."""
        return self.telegram.violations

    def bot(
        self, token: str, *, username: str = "inspect_bot", first_name: str = "督查助手", privacy: bool = True
    ) -> Bot:
        """Make a bot; its number is the part of the token before the colon."""
        number, colon, secret = token.partition(":")
        if not (number.isdigit() and colon and secret):
            raise PlayError("a token looks like 7000000001:SECRET")
        return self.telegram.add_bot(
            token, User(int(number), first_name, username=username, is_bot=True), privacy=privacy
        )

    def person(
        self,
        first_name: str,
        *,
        last_name: str = "",
        username: str = "",
        language_code: str = "zh-hans",
        id: int = 0,
    ) -> Person:
        """Make a person."""
        number = id or next(self.telegram.numbers.people)
        user = User(number, first_name, last_name, username, language_code)
        person = Person(self.telegram, self.telegram.add_user(user))
        self.people[number] = person
        return person

    def group(
        self,
        title: str,
        *,
        members: Sequence[Person] = (),
        bots: Sequence[Bot] = (),
        supergroup: bool = True,
        bot_admin: bool = False,
        quietly: bool = False,
        username: str = "",
        forum: bool = False,
        id: int = 0,
    ) -> Chat:
        """Make a group; the first member owns it and adds the bots.

        Args:
            title: its name.
            members: the people in it; at least one.
            bots: the bots that are added.
            supergroup: or a basic group.
            bot_admin: the bots are made administrators.
            quietly: the bots hear nothing of their coming in.
            username: the public name of a supergroup.
            forum: whether it has topics.
            id: its number, instead of the next one.
        """
        if not members:
            raise PlayError("a group needs somebody who makes it")
        chat = self.telegram.new_chat("supergroup" if supergroup else "group", title, username, id)
        chat.forum = forum
        return self._filled(chat, members, bots, bot_admin, quietly)

    def channel(
        self,
        title: str,
        *,
        owner: Person,
        bots: Sequence[Bot] = (),
        subscribers: Sequence[Person] = (),
        bot_admin: bool = True,
        quietly: bool = True,
        username: str = "",
        signs: bool = False,
        id: int = 0,
    ) -> Chat:
        """Make a channel; its bots are administrators unless `bot_admin=False`."""
        chat = self.telegram.new_chat("channel", title, username, id)
        chat.signs = signs
        chat.last_id = 1  # that it was made is its first message, which nobody can delete
        return self._filled(chat, [owner, *subscribers], bots, bot_admin, quietly)

    def _filled(
        self, chat: Chat, members: Sequence[Person], bots: Sequence[Bot], bot_admin: bool, quietly: bool
    ) -> Chat:
        chat.put_member(Member(members[0].user, "creator"))
        for member in members[1:]:
            chat.put_member(Member(member.user, "member"))
        for bot in bots:
            if quietly:
                rights = all_rights(chat.type) if bot_admin else {}
                status = "administrator" if bot_admin else "member"
                chat.put_member(Member(bot.user, status, rights, sees_all=not bot.privacy))
                bot.known.update(chat.members)
            else:
                members[0].adds(bot, chat)
                if bot_admin:
                    members[0].promotes(bot, chat)
        self.events.happen("chat", chat=chat)
        return chat

    def topic(self, chat: Chat, name: str, by: Person) -> int:
        """Open a topic in a forum; its number."""
        message = self.telegram.service(
            chat, by.user, {"forum_topic_created": {"name": name, "icon_color": 7322096}}
        )
        chat.topics[message.message_id] = name
        message.thread_id = message.message_id
        return message.message_id

    def link(self, channel: Chat, group: Chat) -> None:
        """Make a group the discussion group of a channel: posts are forwarded there."""
        channel.linked = group
        group.linked = None

    def deactivate(self, person: Person) -> None:
        """The person deletes the account."""
        person.user.deactivated = True
        self.events.happen("deactivated", user=person.user)

    def open_callbacks(self) -> list[Press]:
        """The presses that no bot has answered."""
        return list(self.telegram.open_presses.values())

    def check(self) -> None:
        """Fail a test for what the bot did wrong.

        Raises:
            StrictViolations: naming everything, unanswered presses too.
        """
        found = [
            *self.violations,
            *(
                f"the press {press.data!r} on «{press.message.words[:40]}» was not answered"
                for press in self.open_callbacks()
            ),
        ]
        if found:
            raise StrictViolations("\n".join(found))

    # --- waiting ----------------------------------------------------------------------------------

    async def wait_for(self, predicate: Callable[[], T | None], timeout: float = 5.0, what: str = "") -> T:
        """Wait until a predicate is true, and give what it gave; it is asked at every happening.

        Raises:
            WaitedInVain: after `timeout` seconds.
        """
        return await self.events.wait_for(predicate, timeout, what)

    async def acknowledged(self, bot: Bot, timeout: float = 10.0) -> None:
        """Wait until the bot has confirmed every update, by offset or by webhook.

        Raises:
            WaitedInVain: after `timeout` seconds.
        """

        def done() -> bool:
            bot.queue.expire(self.telegram.now())
            return not bot.queue.waiting

        await self.wait_for(done, timeout, f"{bot.username} to confirm its updates")

    async def called(self, bot: Bot, method: str, count: int = 1, timeout: float = 5.0) -> Call:
        """Wait until a bot has called a method so many times; the last of these calls.

        Raises:
            WaitedInVain: after `timeout` seconds.
        """
        calls = bot.calls_of(method)
        await self.wait_for(lambda: len(calls) >= count, timeout, f"{count} × {method}")
        return calls[count - 1]

    # --- serving ----------------------------------------------------------------------------------

    async def asgi(self, scope: Any, receive: Any, send: Any) -> None:
        """The ASGI application."""
        path = scope.get("path", "")
        if scope["type"] == "http" and self.front is not None and not path.startswith(TAKEN):
            await self.front(scope, receive, send)
        elif scope["type"] == "http" and not path.startswith("/play"):
            await self._wire(scope, receive, send)
        else:
            await self._control(scope, receive, send)

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> str:
        """Serve in the running loop; the address, without a slash at its end.

        Raises:
            OSError: the port is taken.
        """
        self._wire.closing = False
        address, got = await self._http.start(host, port)
        self.url = f"http://{address}:{got}"
        return self.url

    async def stop(self) -> None:
        """Stop serving: waiting polls get «restart», then the connections are closed."""
        self._wire.closing = True
        for bot in self.telegram.bots.values():
            if bot.queue.poll is not None and not bot.queue.poll.done():
                bot.queue.poll.set_result("restart")
        self.events.close()
        await self.telegram.courier.close()
        await self._http.stop()

    async def __aenter__(self) -> BotApiServer:
        """Start."""
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        await self.stop()


__all__ = ["Bot", "BotApiServer", "Call", "Chat", "Message", "Person", "Press"]
