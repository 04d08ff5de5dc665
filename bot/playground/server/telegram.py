"""The middle of the fake Telegram: posts messages, decides which bot hears of them, keeps the record."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from bot.clock import Clock

from .account import Bot
from .errors import PlayError
from .events import Events
from .faults import Faults
from .files import FileStore
from .limits import SendLimits
from .render import message_json
from .switches import Switches
from .webhook import Courier
from .world import SUPERGROUP_BASE, Chat, Json, Member, Message, Numbers, User, seconds


@dataclass(slots=True)
class Answer:
    """How a bot answered a press: the toast or alert, or the link to open."""

    text: str
    alert: bool = False
    url: str = ""


@dataclass(slots=True, eq=False)
class Press:
    """A press on an inline button, answered or still open."""

    id: str
    bot: Bot
    user: User
    message: Message
    data: str
    at: float
    events: Events = field(repr=False)
    answer: Answer | None = None

    async def answered(self, timeout: float = 5.0) -> Answer:
        """Wait for the bot's answer.

        Raises:
            WaitedInVain: when none comes.
        """
        return await self.events.wait_for(
            lambda: self.answer, timeout, f"an answer to the press {self.data!r}"
        )


async def _no_calls(bot: Bot, value: dict[str, Any]) -> None:
    """No calls in webhook answers before the wire is laid."""


class Telegram:
    """All that exists on this server."""

    def __init__(self, clock: Clock, *, strict: bool = False, seed: int = 1) -> None:
        self.clock = clock
        self.strict = strict
        self.numbers = Numbers(seed)
        self.switches = Switches()
        self.faults = Faults()
        self.events = Events()
        self.limits = SendLimits()
        self.files = FileStore()
        self.users: dict[int, User] = {}
        self.bots: dict[int, Bot] = {}
        self.tokens: dict[str, Bot] = {}
        self.chats: dict[int, Chat] = {}
        self.private: dict[tuple[int, int], Chat] = {}
        self.names: dict[str, Chat] = {}
        self.presses: dict[str, Press] = {}
        self.open_presses: dict[str, Press] = {}
        self.violations: list[str] = []
        self.actions: list[tuple[str, str]] = []
        self.poll_times: dict[int, tuple[int, float]] = {}
        self.last_webhook: dict[int, float] = {}
        self.courier = Courier(self)
        self.call_in_webhook_answer: Callable[[Bot, dict[str, Any]], Awaitable[None]] = _no_calls

    # --- time and numbers -------------------------------------------------------------------------

    def now(self) -> float:
        """The clock's instant, in seconds."""
        return self.clock.now().timestamp()

    def date(self) -> int:
        """The clock's instant as messages carry it."""
        return seconds(self.clock.now())

    def violation(self, text: str) -> None:
        """Record what a strict server does not forgive."""
        if self.strict:
            self.violations.append(text)

    def network(self, *, down: bool) -> None:
        """Cut the bots' network, also under the polls that wait; or lay it again."""
        self.faults.network_down = down
        for bot in self.bots.values() if down else ():
            if bot.queue.poll is not None and not bot.queue.poll.done():
                bot.queue.poll.set_result("cut")

    # --- accounts and chats -----------------------------------------------------------------------

    def add_user(self, user: User) -> User:
        """Make an account known."""
        if user.id in self.users:
            raise PlayError(f"there is already an account with the number {user.id}")
        self.users[user.id] = user
        return user

    def add_bot(self, token: str, user: User, *, privacy: bool) -> Bot:
        """Make a bot's account."""
        self.add_user(user)
        bot = Bot(token, user, privacy=privacy, first_update=self.numbers.chance.randrange(10**8, 9 * 10**8))
        self.bots[user.id] = bot
        self.tokens[token] = bot
        return bot

    def private_chat(self, bot: Bot, user: User) -> Chat:
        """The chat of a person with a bot; it is made at the first look."""
        chat = self.private.get((bot.id, user.id))
        if chat is None:
            chat = Chat(user.id, "private", person=user, bot=bot, instance=self.numbers.long())
            self.private[(bot.id, user.id)] = chat
            bot.chats[user.id] = chat
        return chat

    def new_chat(self, chat_type: str, title: str, username: str = "", chat_id: int = 0) -> Chat:
        """Make a basic group, supergroup or channel."""
        if not chat_id:
            large = chat_type != "group"
            chat_id = (
                SUPERGROUP_BASE - next(self.numbers.supergroups) if large else -next(self.numbers.groups)
            )
        chat = Chat(chat_id, chat_type, title, username, instance="-" + self.numbers.long())
        chat.invite_link = f"https://t.me/+{self.numbers.long()[:16]}"
        self.chats[chat.id] = chat
        if username:
            self.names[username.lower()] = chat
        return chat

    # --- messages ---------------------------------------------------------------------------------

    def post(self, message: Message) -> Message:
        """Put a message into its chat, and tell the bots that may see it."""
        chat = message.chat
        if chat.migrated_to is not None and not message.service:
            raise PlayError(f"«{chat.title}» has become a supergroup")
        message.message_id = self.numbers.next_message(chat)
        chat.by_id[message.message_id] = message
        if message.by_bot is not None:
            chat.last_speaking_bot = message.by_bot.id
        self.tell(message, "channel_post" if chat.type == "channel" else "message")
        self.events.happen("message", message=message)
        return message

    def edited(self, message: Message) -> None:
        """Say that a message was edited."""
        message.edit_date = self.date()
        kind = "edited_channel_post" if message.chat.type == "channel" else "edited_message"
        self.tell(message, kind)
        self.events.happen("edited", message=message)

    def remove(self, message: Message) -> None:
        """Delete a message for everyone; bots are not told."""
        message.deleted = True
        message.chat.by_id.pop(message.message_id, None)
        self.events.happen("deleted", message=message)

    def tell(self, message: Message, kind: str) -> None:
        """Queue an update about a message for every bot that may see it."""
        chat = message.chat
        if chat.bot is not None:
            if message.by_bot is None or message.service:
                self.update(chat.bot, kind, message, chat.key)
            return
        for bot_id, member in chat.bots_inside.items():
            bot = self.bots[bot_id]
            if self.sees(bot, member, message):
                self.update(bot, kind, message, chat.key)

    def update(self, bot: Bot, kind: str, message: Message, lane: str) -> None:
        """Queue a message update for one bot."""
        if kind not in bot.queue.allowed:
            return
        if message.sender is not None:
            bot.known.add(message.sender.id)
        bot.queue.push(kind, message_json(self.files, bot, message), lane, self.now())

    def notify(self, bot: Bot, kind: str, payload: Json, lane: str) -> None:
        """Queue any other update for one bot."""
        bot.queue.push(kind, payload, lane, self.now())

    def sees(self, bot: Bot, member: Member, message: Message) -> bool:
        """Whether a bot in a group or channel is told of a message: privacy mode, other bots, its own."""
        if message.by_bot is bot:
            return message.service
        if message.service:
            return True
        if message.by_bot is not None and not message.automatic:
            return False
        chat = message.chat
        if chat.type == "channel":
            return member.is_admin
        if member.is_admin or member.sees_all:
            return True
        replied = message.reply_to
        if replied is not None and replied.by_bot is not None:
            return replied.by_bot is bot
        return self._is_command_for(bot, message)

    def _is_command_for(self, bot: Bot, message: Message) -> bool:
        entities, text = message.entities, message.text
        if not entities or entities[0]["type"] != "bot_command" or entities[0]["offset"] != 0:
            return False
        name = text[: entities[0]["length"]].partition("@")[2]
        if name:
            return name.lower() == bot.username.lower()
        last = message.chat.last_speaking_bot
        if last == 0:
            return not self.switches.command_needs_bot_name
        return last == bot.id

    # --- members ----------------------------------------------------------------------------------

    def set_member(self, chat: Chat, by: User, user: User, status: str, **more: Any) -> Member:
        """Change what an account is in a chat, and tell the bot itself and administrating bots that asked."""
        old = chat.members.get(user.id)
        before = old.json(chat) if old is not None else {"user": user.json(), "status": "left"}
        sees_all = old.sees_all if old is not None and old.inside else True
        if user.is_bot and not (old is not None and old.inside):
            sees_all = not self.bots[user.id].privacy
        member = Member(user, status, sees_all=sees_all, **more)
        was_inside = old is not None and old.inside
        chat.put_member(member)
        after = member.json(chat)
        if before == after:
            return member
        change: Json = {
            "from": by.json(),
            "date": self.date(),
            "old_chat_member": before,
            "new_chat_member": after,
        }
        if user.is_bot:
            self.notify(
                self.bots[user.id], "my_chat_member", {"chat": chat.json(), **change}, f"{chat.key}/member"
            )
            if member.inside and not was_inside:
                self.bots[user.id].known.update(chat.members)
        for bot_id, watcher in chat.bots_inside.items():
            if bot_id != user.id:
                self.bots[bot_id].known.add(user.id)
                if watcher.is_admin:
                    payload = {"chat": chat.json(), **change}
                    self.notify(self.bots[bot_id], "chat_member", payload, f"{chat.key}/member")
        self.events.happen("member", chat=chat, user=user, status=status)
        return member

    def service(self, chat: Chat, by: User | None, extra: Json, **more: Any) -> Message:
        """Post a service message."""
        by_bot = self.bots.get(by.id) if by is not None else None
        message = Message(0, chat, self.date(), sender=by, extra=extra, service=True, by_bot=by_bot, **more)
        return self.post(message)

    # --- presses ----------------------------------------------------------------------------------

    def press(self, user: User, message: Message, data: str, payload: Callable[[Bot], Json]) -> Press:
        """Press an inline button: the bot that sent the message is asked."""
        bot = message.by_bot
        if bot is None:
            raise PlayError("the message is not a bot's")
        press = Press(self.numbers.long(), bot, user, message, data, self.now(), self.events)
        bot.known.add(user.id)
        query = {
            "id": press.id,
            "from": user.json(),
            "message": payload(bot),
            "chat_instance": message.chat.instance,
            "data": data,
        }
        self.presses[press.id] = press
        self.open_presses[press.id] = press
        self.notify(bot, "callback_query", query, f"press:{user.id}")
        self.events.happen("press", press=press)
        return press

    def open_press(self, bot: Bot, press_id: str) -> Press | None:
        """The press that can still be answered, by the bot that was asked."""
        press = self.open_presses.get(press_id)
        if press is None or press.bot is not bot:
            return None
        return press if self.now() - press.at <= self.switches.callback_seconds else None
