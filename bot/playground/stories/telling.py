"""Tells a story on a stage: each step is done over the wire, the bot comes to rest, then it is looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta, tzinfo
from typing import Any, Final, Literal, Protocol

from bot.playground.samples import photo
from bot.playground.server import Bot, BotApiServer, Chat, Message, Person, PlayError, WaitedInVain

from .story import (
    Act,
    Both,
    Expectation,
    Goes,
    Hears,
    NeverHears,
    PowerFails,
    PowerReturns,
    Presses,
    Says,
    SendsBack,
    SendsPhotos,
    Shows,
    Step,
    Story,
    TimePasses,
    Until,
)

WORKING: Final = (time(8, 30), time(16, 0))
"""A story begins between these, on a working day: what it tells lies within one working day."""
MORNING: Final = time(9, 0)
SATURDAY: Final = 5
ANSWERED_WITHIN: Final = 10.0
APPEARS_WITHIN: Final = 3.0
"""Seconds that a message may still take after the bot has come to rest."""


class StoryFailed(Exception):
    """A step could not be done, or what was to be seen was not: one line in each language."""

    def __init__(self, words: Both) -> None:
        super().__init__(words.en)
        self.words = words


class Stage(Protocol):
    """Where a story is told: the page's playground, or a test's town."""

    server: BotApiServer
    bot: Bot

    def person(self, place: str) -> Person | None:
        """Who has a place in the cast; None where there is nobody."""
        ...

    def now(self) -> datetime:
        """The campaign's present instant."""
        ...

    def zone(self) -> tzinfo:
        """The campaign's zone."""
        ...

    async def rest(self) -> None:
        """Until the bot has heard and answered everything."""
        ...

    async def move_to(self, instant: datetime) -> object:
        """Move the clock, through everything that falls due on the way."""
        ...

    async def instant(self, name: Literal["friday", "period", "reminder", "day_off"]) -> datetime | None:
        """The next instant of a name."""
        ...

    async def stop_bot(self) -> None:
        """Take the bot's power away."""
        ...

    async def start_bot(self) -> None:
        """Start the bot where it does not run, and let it do what has fallen due."""
        ...


@dataclass
class Telling:
    """One telling of a story; `tell_step` does the next step.

    Attributes:
        at: how many steps are done.
        seen: for each step done the message that it is about, where there is one.
    """

    story: Story
    stage: Stage
    at: int = 0
    seen: list[Message | None] = field(default_factory=list)
    names: dict[str, Message] = field(default_factory=dict)
    kept: dict[str, str] = field(default_factory=dict)
    _began: int = field(init=False)
    _step_began: int = field(init=False)

    def __post_init__(self) -> None:
        self._began = self._step_began = self.stage.server.events.number

    @property
    def done(self) -> bool:
        """Whether every step is."""
        return self.at >= len(self.story.steps)

    async def tell_step(self) -> Message | None:
        """Do the next step and look at what came of it; gives the message that the step is about.

        Raises:
            StoryFailed: it could not be done, or something was not as it should be.
        """
        if self.at == 0:
            await self._begin()
        step = self.story.steps[self.at]
        self._step_began = self.stage.server.events.number
        if step.if_offered and not self._offered(step.does):
            self.at += 1
            self.seen.append(None)
            return None
        try:
            made = await self._does(step, step.does) if step.does is not None else None
        except (PlayError, WaitedInVain) as error:
            raise _failed(f"这一步没有做成：{error}", f"this step could not be done: {error}") from error
        await self.stage.rest()
        shown: Message | None = None
        for expected in step.then:
            found = await self._check(expected)
            shown = shown or found
        self.at += 1
        self.seen.append(shown or made)
        return shown or made

    async def _begin(self) -> None:
        """In working hours, with a bot: else it is started, the clock goes on to the next working morning."""
        await self.stage.start_bot()
        zone = self.stage.zone()
        local = self.stage.now().astimezone(zone)
        if WORKING[0] <= local.time() <= WORKING[1] and local.weekday() < SATURDAY:
            return
        day = local.date() + timedelta(days=local.time() > WORKING[0])
        while day.weekday() >= SATURDAY:
            day += timedelta(days=1)
        await self.stage.move_to(datetime.combine(day, MORNING, zone))

    # --- doing ------------------------------------------------------------------------------------

    async def _does(self, step: Step, act: Act) -> Message | None:
        match act:
            case TimePasses():
                await self.stage.move_to(self.stage.now() + act.span)
                return None
            case Goes():
                to = await self.stage.instant(act.to)
                if to is None:
                    raise _failed("接下来没有到期的事", "nothing falls due next")
                await self.stage.move_to(to)
                return None
            case Until():
                await self.stage.move_to(self._next(act))
                return None
            case PowerFails():
                await self.stage.stop_bot()
                return None
            case PowerReturns():
                await self.stage.start_bot()
                return None
        person = self._person(step.who)
        match act:
            case SendsBack():
                return self._sends_back(person, act)
            case Says():
                place = self._place(person, act.where)
                return person.sends(place, self._filled(act.text), **self._reply(act.reply_to))
            case SendsPhotos():
                return self._sends_photos(person, act)
            case Presses():
                message = self._named(act.message)
                press = person.presses(message, data=self._button(message, act.label))
                await press.answered(ANSWERED_WITHIN)
                return message

    def _sends_photos(self, person: Person, act: SendsPhotos) -> Message:
        place, reply = self._place(person, act.where), self._reply(act.reply_to)
        pictures = [photo(sample) for sample in act.samples]
        caption = self._filled(act.caption)
        if len(pictures) > 1:
            return person.sends_album(place, pictures, caption, documents=act.as_files, **reply)[0]
        if act.as_files:
            return person.sends_document(place, pictures[0], "IMG_0001.jpg", caption, **reply)
        return person.sends_photo(place, pictures[0], caption, **reply)

    def _sends_back(self, person: Person, act: SendsBack) -> Message:
        file = self._named(act.message).file
        if file is None:
            raise _failed("那条消息没有文件", "that message has no file")
        filled = act.fill(file.data)
        return person.sends_document(self.stage.bot, filled, file.name, act.caption, mime=file.mime)

    def _next(self, act: Until) -> datetime:
        zone = self.stage.zone()
        local = self.stage.now().astimezone(zone)
        at = datetime.combine(local.date(), act.clock, zone)

        def fits() -> bool:
            if act.working and at.weekday() >= SATURDAY:
                return False
            return at > local and (act.weekday is None or at.weekday() == act.weekday)

        while not fits():
            at = datetime.combine(at.date() + timedelta(days=1), act.clock, zone)
        return at

    def _reply(self, name: str) -> dict[str, Any]:
        return {"reply_to": self._named(name)} if name else {}

    def _offered(self, act: Act | None) -> bool:
        if not isinstance(act, Presses) or act.message not in self.names:
            return False
        try:
            return bool(self._button(self.names[act.message], act.label))
        except StoryFailed:
            return False

    def _button(self, message: Message, label: str) -> str:
        for wanted in _either(label):
            for row in message.buttons:
                for button in row:
                    if button.data and (button.text == wanted or button.text.startswith(wanted)):
                        return button.data
        there = "、".join(button.text for row in message.buttons for button in row)
        raise _failed(f"没有按钮「{label}」，只有：{there}", f"there is no button «{label}», but: {there}")

    # --- looking ----------------------------------------------------------------------------------

    async def _check(self, expected: Expectation) -> Message | None:
        match expected:
            case Hears():
                return await self._hears(expected)
            case Shows():
                return await self._shows(expected)
            case NeverHears():
                self._never(expected)
                return None

    async def _hears(self, expected: Hears) -> Message:
        chat = self._chat(expected.who, expected.where)
        try:
            message = await self.stage.server.wait_for(
                lambda: next(
                    (m for m in self._told(chat, self._step_began) if self._fits(m, expected)), None
                ),
                APPEARS_WITHIN,
            )
        except WaitedInVain:
            raise self._unheard(expected, chat) from None
        if expected.name:
            self.names[expected.name] = message
        if expected.keep is not None:
            name, pattern = expected.keep
            found = re.search(pattern, message.words)
            if found is None:
                raise _failed(f"没有找到{name}：{message.words}", f"there is no {name} in: {message.words}")
            self.kept[name] = found[0]
        return message

    def _fits(self, message: Message, expected: Hears) -> bool:
        labels = [button.text for row in message.buttons for button in row]
        return (
            all(self._holds(message, words) for words in _all(expected.words))
            and not any(self._holds(message, words) for words in expected.without)
            and all(
                any(label.startswith(wanted) for label in labels for wanted in _either(button))
                for button in expected.buttons
            )
            and (not expected.picture or message.file is not None)
            and (expected.silent is None or message.silent is expected.silent)
        )

    async def _shows(self, expected: Shows) -> Message:
        message = self._named(expected.message)

        def right() -> bool:
            return (
                message.deleted is expected.deleted
                and all(self._holds(message, words) for words in _all(expected.words))
                and not any(self._holds(message, words) for words in expected.without)
            )

        try:
            await self.stage.server.wait_for(right, APPEARS_WITHIN)
        except WaitedInVain:
            wanted = "、".join(self._filled(words) for words in _all(expected.words))
            said = message.words
            raise _failed(
                f"应看到「{wanted}」，实际是：{said}", f"«{wanted}» was to be seen, but: {said}"
            ) from None
        return message

    def _never(self, expected: NeverHears) -> None:
        chat = self._chat(expected.who, expected.where)
        for message in self._told(chat, self._step_began if expected.in_step else self._began):
            for words in _all(expected.words):
                if self._holds(message, words):
                    raise _failed(
                        f"不该看到「{words}」：{message.words}",
                        f"«{words}» must not be seen: {message.words}",
                    )

    def _told(self, chat: Chat, since: int) -> Iterator[Message]:
        """What the bot said or edited in a chat since an event, newest first, as it stands now."""
        told: dict[int, Message] = {}
        for event in reversed(self.stage.server.events.after(since)):
            message = event.about.get("message") if event.kind in ("message", "edited") else None
            if isinstance(message, Message) and message.chat is chat and message.by_bot is not None:
                told.setdefault(message.message_id, message)
        return iter([message for message in told.values() if not message.deleted])

    def _unheard(self, expected: Hears, chat: Chat) -> StoryFailed:
        wanted = "、".join(self._filled(words) for words in _all(expected.words)) or "…"
        last = next((m.words for m in chat.newest_first() if m.by_bot is not None), "")
        who = self._person(expected.who).user.first_name
        return _failed(
            f"{who}应收到「{wanted}」，最后一条是：{last}",
            f"{who} was to hear «{wanted}»; the last was: {last}",
        )

    # --- names ------------------------------------------------------------------------------------

    def _person(self, place: str) -> Person:
        person = self.stage.person(place)
        if person is None:
            raise _failed(f"没有人担任 {place}", f"nobody plays {place}")
        return person

    def _place(self, person: Person, where: str) -> Bot | Chat:
        return self._shared(person, where) if where else self.stage.bot

    def _chat(self, who: str, where: str) -> Chat:
        person = self._person(who)
        return self._shared(person, where) if where else person.chat(self.stage.bot)

    def _shared(self, person: Person, where: str) -> Chat:
        """The group chat or the channel that a person is in."""
        types = ("channel",) if where == "channel" else ("group", "supergroup")
        for chat in self.stage.server.telegram.chats.values():
            member = chat.members.get(person.id)
            if chat.type in types and member is not None and member.inside:
                return chat
        if where == "channel":
            raise _failed("没有频道", "there is no channel")
        raise _failed("没有群", "there is no group chat")

    def _named(self, name: str) -> Message:
        return self.names[name]

    def _holds(self, message: Message, words: str) -> bool:
        return any(self._filled(one) in message.words for one in _either(words))

    def _filled(self, words: str) -> str:
        for name, value in self.kept.items():
            words = words.replace(f"{{{name}}}", value)
        return words


def _all(words: str | tuple[str, ...]) -> tuple[str, ...]:
    return (words,) if isinstance(words, str) else words


def _either(words: str) -> list[str]:
    """What the two languages say; where one is not given, the other alone."""
    return [one for one in words.split("|") if one]


def _failed(zh: str, en: str) -> StoryFailed:
    return StoryFailed(Both(zh, en))
