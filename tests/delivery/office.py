"""A post office for tests: the ledger's outbox, the real sender, the strict server; time is the test's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Row, select

from bot.app import build_world
from bot.clock import SteppedClock
from bot.config import EXAMPLE, load_settings
from bot.delivery.backlog import Backlog
from bot.delivery.composing import Composer
from bot.delivery.drawing import Drawing, NothingToDraw
from bot.delivery.limits import Limits
from bot.delivery.sender import Sender
from bot.delivery.wire import Wire
from bot.domain.world import World
from bot.ledger import outbox
from bot.ledger.desk import Desk, Work
from bot.ledger.outbox import Kind, Priority
from bot.ledger.tables import cards
from bot.ledger.tables import outbox as rows
from bot.playground.server import BotApiServer, Person
from bot.texts.catalogue import Catalogue
from tests.town.ledger import empty_ledger

TOKEN = "7000000001:TEST-office"
START = datetime(2019, 4, 12, 1, 0, tzinfo=UTC)


def build() -> World:
    """The example's campaign."""
    return build_world(load_settings(EXAMPLE, {"BOT_TOKEN": TOKEN}))


@dataclass
class Time:
    """The sender's two clocks, moved together, and what it asked to wait for."""

    clock: SteppedClock = field(default_factory=lambda: SteppedClock(START))
    seconds: float = 1000.0
    waits: list[float] = field(default_factory=list)

    def passes(self, seconds: float) -> None:
        self.clock.advance(timedelta(seconds=seconds))
        self.seconds += seconds

    async def wait(self, woken: asyncio.Event, seconds: float) -> None:
        """No wait ends by itself: only news, or the test, ends it."""
        self.waits.append(seconds)
        if seconds > 0:
            await woken.wait()


class NoDrawing(Drawing):
    """Draws nothing: no photo is ever at hand."""

    def __init__(self) -> None:
        pass

    def draw(self, parcel: Any) -> tuple[str, bytes]:
        raise NothingToDraw


class Office:
    """Put rows in, let the sender work, look at what arrived and what is written down."""

    def __init__(self, folder: Path, world: World, *, limits: tuple[float, float, int] = (0, 0, 0)) -> None:
        self.url = empty_ledger(folder / "bot.db")
        self.world = world
        self.time = Time()
        self.server = BotApiServer(self.time.clock, strict=True)
        self.bot = self.server.bot(TOKEN, username="inspect_bot")
        self.limits = Limits(*limits, lambda: self.time.seconds)
        self.people = 0
        self.all_heard = True

    async def __aenter__(self) -> Office:
        self.api = await self.server.start()
        self.wire = Wire(TOKEN, self.api, read_timeout=0.3)
        await self.wire.__aenter__()
        self.desk = Desk(self.url, self.time.clock, self.world)
        self.sender = self.new_sender()
        self.running: asyncio.Task[None] | None = None
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stops()
        await self.wire.__aexit__(None, None, None)
        self.desk.close()
        await self.server.stop()

    def new_sender(self) -> Sender:
        composer = Composer(Catalogue(self.world.campaign), self.world, NoDrawing(), self.time.clock.now)
        return Sender(
            self.desk,
            self.wire,
            composer,
            self.limits,
            backlog=Backlog(lambda: self.all_heard, clock=lambda: self.time.seconds),
            clock=lambda: self.time.seconds,
            waiting=self.time.wait,
            jitter=lambda low, high: 1.0,
        )

    def person(self) -> Person:
        """Somebody who has started the bot."""
        self.people += 1
        person = self.server.person(f"人{self.people}")
        person.opens(self.bot)
        return person

    async def works(self) -> None:
        """Until nothing is under way and nothing waits that could go out now."""
        if self.running is None:
            self.running = asyncio.get_running_loop().create_task(self.sender.run())
        self.sender.wake()
        async with asyncio.timeout(20):
            await self.sender.idle()

    async def works_until(self, done: Callable[[], bool]) -> None:
        """Wake the sender again and again until something holds."""
        if self.running is None:
            self.running = asyncio.get_running_loop().create_task(self.sender.run())
        async with asyncio.timeout(20):
            while not done():
                self.sender.wake()
                await asyncio.sleep(0)

    async def stops(self) -> None:
        if self.running is not None:
            self.sender.stop()
            await self.running
            self.running = None

    async def later(self, seconds: float) -> None:
        self.time.passes(seconds)
        await self.works()

    async def put(
        self, person: Person | int, words: str, priority: Priority = Priority.REPLY, **more: Any
    ) -> int:
        """One row of literal words; gives its id."""
        chat_id = person if isinstance(person, int) else person.id

        def verb(work: Work) -> int:
            dedup = more.pop("dedup", f"{chat_id}:{words}")
            payload = {"text": "literal", "plain": words, **more.pop("payload", {})}
            assert outbox.put(
                work, chat_id=chat_id, kind=Kind.TEXT, payload=payload, priority=priority, dedup=dedup, **more
            )
            return int(work.connection.execute(select(rows.c.id).where(rows.c.dedup == dedup)).scalar_one())

        return await self.desk.do(verb)

    async def card(self, person: Person | int) -> int:
        """A card that shows itself for the first time; gives its id."""
        chat_id = person if isinstance(person, int) else person.id

        def verb(work: Work) -> int:
            card_id = work.insert(cards, chat_id=chat_id, subject="s", kind="line", wanted=1)
            outbox.put_card(work, card_id, chat_id, 1, None, Priority.REPLY)
            return card_id

        return await self.desk.do(verb)

    async def raised(self, card_id: int) -> None:
        """The card should show something else."""

        def verb(work: Work) -> None:
            row = work.connection.execute(select(cards).where(cards.c.id == card_id)).one()
            work.connection.execute(cards.update().where(cards.c.id == card_id).values(wanted=row.wanted + 1))
            outbox.put_card(work, card_id, row.chat_id, row.wanted + 1, None, Priority.REPLY)

        await self.desk.do(verb)

    async def row(self, row_id: int) -> Row[Any]:
        return await self.desk.look(
            lambda work: work.connection.execute(select(rows).where(rows.c.id == row_id)).one()
        )

    async def states(self) -> list[str]:
        return await self.desk.look(
            lambda work: list(work.connection.execute(select(rows.c.state).order_by(rows.c.id)).scalars())
        )

    async def rows_of_card(self, card_id: int) -> list[Row[Any]]:
        return await self.desk.look(
            lambda work: list(
                work.connection.execute(select(rows).where(rows.c.card_id == card_id).order_by(rows.c.id))
            )
        )

    async def shown(self, card_id: int) -> Row[Any]:
        return await self.desk.look(
            lambda work: work.connection.execute(select(cards).where(cards.c.id == card_id)).one()
        )

    def heard(self, person: Person) -> list[str]:
        """What the bot said to somebody, oldest first."""
        return [m.text or m.caption for m in person.chat(self.bot).messages if m.by_bot is not None]
