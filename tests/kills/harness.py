"""The bot as a process that is killed at any moment, and the books that must balance afterwards."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import re
import signal
import sqlite3
import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from bot.app import open_desk
from bot.clock import SystemClock
from bot.config import EXAMPLE, load_settings
from bot.delivery.sender import AT_ONCE
from bot.ledger import events, tables
from bot.ledger.desk import Work
from bot.ledger.outbox import Priority
from bot.playground.server import BotApiServer, Person
from bot.services.outgoing import say
from tests.drawn import photo

TOKEN = "7000000001:TEST-kills"
ROOT = Path(__file__).resolve().parents[2]
HEARD = re.compile(r"第(\d+)处")


@dataclass
class Figures:
    """What a run has shown."""

    kills: int = 0
    updates: int = 0
    entries: int = 0
    photos: int = 0
    messages: int = 0
    proofs: int = 0
    broadcasts: int = 0
    in_flight: list[int] = field(default_factory=list)
    doubled_messages: int = 0
    in_doubt: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        return (
            f"{self.kills} kills over {self.updates} updates in {self.seconds:.0f} s: "
            f"{self.entries} entries, {self.photos} photos, {self.proofs} proofs, "
            f"{self.broadcasts} broadcasts: none lost, none doubled; "
            f"{self.messages} messages, {self.in_doubt} in doubt "
            f"(at most {max(self.in_flight, default=0)} at one kill), {self.doubled_messages} seen twice"
        )


class Siege:
    """A server that lives on, and a bot that does not: people write all the time."""

    def __init__(self, folder: Path, *, seed: int, webhook_port: int = 0, people: int = 24) -> None:
        self.folder = folder
        self.random = random.Random(seed)
        self.clock = SystemClock()
        self.server = BotApiServer(self.clock, strict=True, seed=seed)
        self.server.switches.webhook_anywhere = True
        self.bot = self.server.bot(TOKEN, username="inspect_bot")
        self.webhook_port = webhook_port
        self.pictures = [photo(seed=n, size=(96, 72)) for n in range(40)]
        self.count = people
        self.people: list[Person] = []
        self.log_from = 0
        self.process: asyncio.subprocess.Process | None = None
        self.figures = Figures()
        self.marks = 0
        self.photos_sent = 0
        self.words_sent: Counter[int] = Counter()
        self.contact: Person
        self.answered: set[int] = set()
        self.broadcasts = 0

    async def __aenter__(self) -> Siege:
        self.url = await self.server.start()
        self._configure()
        for number in range(self.count):
            person = self.server.person(f"人{number}")
            self.people.append(person)
        self.contact = self.server.person("联系人")
        await asyncio.to_thread(self._members_joined)
        for person in self.everybody:
            person.opens(self.bot)
            self.figures.updates += 1
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.kill()
        await self.server.stop()

    @property
    def everybody(self) -> list[Person]:
        """Inspectors, and the contact of their region."""
        return [*self.people, self.contact]

    # --- the bot ------------------------------------------------------------------------------------

    def _configure(self) -> None:
        today = datetime.now(UTC).date()  # noqa: TID251 - the bot's process lives by the machine's clock
        text = EXAMPLE.read_text("utf-8")
        text = re.sub(r"(?m)^first_day = \S+", f"first_day = {today - timedelta(days=2)}", text)
        text = re.sub(r"(?m)^last_day = \S+", f"last_day = {today + timedelta(days=97)}", text)
        self.config = self.folder / "config.toml"
        self.config.write_text(text, "utf-8")
        self.environ = {
            "BOT_TOKEN": TOKEN,
            "BOT_TELEGRAM__API_URL": self.url,
            "BOT_DATABASE__URL": f"sqlite:///{self.folder / 'bot.db'}",
            "BOT_MEDIA__URL": str(self.folder / "media"),
            "BOT_BACKUP__DIR": str(self.folder / "backups"),
            "BOT_SERVER__LISTEN": "",
            # the contact is one chat, and a chat is served one message after another: some go there
            "BOT_INTAKE__SETTLE_SECONDS": "86400",
            **{f"BOT_OUTBOX__{name}": "0" for name in ("PER_SECOND", "PER_CHAT", "PER_GROUP_MINUTE")},
        }
        if self.webhook_port:
            self.environ |= {
                "BOT_TELEGRAM__MODE": "webhook",
                "BOT_TELEGRAM__WEBHOOK_URL": f"http://127.0.0.1:{self.webhook_port}/hook",
                "BOT_TELEGRAM__WEBHOOK_LISTEN": f"127.0.0.1:{self.webhook_port}",
            }

    def _members_joined(self) -> None:
        desk = open_desk(load_settings(self.config, self.environ), self.clock)

        def joined(work: Work) -> None:
            for number, person in enumerate(self.everybody):
                member = work.insert(
                    tables.members,
                    telegram_id=person.id,
                    name=f"人{number}",
                    created_at=work.now,
                    joined_at=work.now,
                    red_lines_at=work.now,
                )
                scope = {"role": "inspector", "group_key": "county/1"}
                if person is self.contact:
                    scope = {"role": "contact", "region": "延津县"}
                work.insert(tables.roles, member_id=member, granted_at=work.now, **scope)

        desk.do_now(joined)
        desk.close()

    async def start(self) -> None:
        """A new process on the same ledger."""
        log = (self.folder / "bot.log").open("ab")
        self.log_from = log.tell()
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "--config", str(self.config), "run",
            cwd=ROOT, env={**os.environ, **self.environ}, stdout=log, stderr=log,
        )  # fmt: skip
        log.close()

    async def kill(self) -> None:
        """`kill -9`; what was being sent at that moment is counted."""
        if self.process is None or self.process.returncode is not None:
            return
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()
        self.figures.kills += 1
        self.figures.in_flight.append(self._one("SELECT count(*) FROM outbox WHERE state = 'sending'"))

    async def stop_and_kill(self) -> None:
        """SIGTERM, and SIGKILL before it may have finished: an impatient service manager."""
        if self.process is not None and self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.random.uniform(0.0, 0.3)):
                    await self.process.wait()
        await self.kill()

    async def stop(self) -> int:
        """SIGTERM: a clean stop; gives the exit code."""
        assert self.process is not None
        while not self._listens():
            await self.lives(0.05)
        self.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(30):
            return await self.process.wait()

    async def lives(self, seconds: float) -> None:
        """The bot is left alone for a moment, unless it ends by itself."""
        assert self.process is not None
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.process.wait()
        if self.process.returncode is not None:
            raise AssertionError(f"the bot ended by itself: {self.tail()}")

    async def through(self) -> None:
        """Start once more and wait until everything is settled."""
        await self.start()
        await self.through_again()

    async def through_again(self) -> None:
        """Wait until everything is settled."""
        await self.server.acknowledged(self.bot, timeout=300)
        async with asyncio.timeout(300):
            while not self._settled():
                await self.lives(0.1)

    def _listens(self) -> bool:
        with (self.folder / "bot.log").open("rb") as log:
            log.seek(self.log_from)
            return b"listening" in log.read()

    def handles(self) -> int:
        """How many files and connections the bot has open."""
        assert self.process is not None
        return len([*Path(f"/proc/{self.process.pid}/fd").iterdir()])

    def tail(self) -> str:
        return (self.folder / "bot.log").read_text("utf-8", "replace")[-3000:]

    # --- the people ---------------------------------------------------------------------------------

    def write(self, updates: int) -> None:
        """So many updates: captioned photos, albums, words."""
        made = 0
        while made < updates:
            person, chance = self.random.choice(self.people), self.random.random()
            if chance < 0.45:
                self.marks += 1
                made += 1
                self.photos_sent += 1
                person.sends_photo(self.bot, self._picture(), caption=self._caption())
            elif chance < 0.55:
                self.marks += 1
                made += 3
                self.photos_sent += 3
                person.sends_album(
                    self.bot, [self._picture() for _ in range(3)], caption=self._caption(), caption_on=1
                )
            else:
                made += 1
                self.words_sent[person.id] += 1
                person.sends(self.bot, self.random.choice(("您好", "收到", "这个怎么用", "帮助")))
        self.figures.updates += made

    def answer(self, most: int) -> None:
        """The contact replies to some cards with a photo each: proof."""
        for card in self.contact.chat(self.bot).messages:
            if most <= 0:
                return
            if card.by_bot is None or card.message_id in self.answered or not _asks_for_proof(card):
                continue
            self.answered.add(card.message_id)
            self.contact.sends_photo(self.bot, self._picture(), reply_to=card)
            self.photos_sent += 1
            self.figures.updates += 1
            most -= 1

    def hand_over(self, most: int) -> None:
        """For some entries the settle time is over: the next beat tells the county."""
        desk = open_desk(load_settings(self.config, self.environ), self.clock)

        def settled(work: Work) -> None:
            entries = tables.entries
            due = select(entries.c.id).where(entries.c.state == "filed").order_by(entries.c.id).limit(most)
            work.connection.execute(update(entries).where(entries.c.id.in_(due)).values(settle_at=work.now))

        try:
            desk.do_now(settled)
        finally:
            desk.close()

    def broadcast(self) -> None:
        """Another process writes to everybody, as the command line and other workers do."""
        self.broadcasts += 1
        desk = open_desk(load_settings(self.config, self.environ), self.clock)

        def written(work: Work) -> None:
            for person in self.everybody:
                say(
                    work, person.id, "help.cancelled", {"count": 0}, priority=Priority.BROADCAST,
                    dedup=f"notice:{self.broadcasts}:{person.id}",
                )  # fmt: skip

        try:
            desk.do_now(written)
        finally:
            desk.close()

    def _picture(self) -> bytes:
        return self.random.choice(self.pictures)

    def _caption(self) -> str:
        return f"延津县王楼镇任庄村第{self.marks}处垃圾堆，限3天"

    # --- the books ----------------------------------------------------------------------------------

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        with contextlib.closing(sqlite3.connect(self.folder / "bot.db", timeout=30)) as connection:
            return connection.execute(query).fetchall()

    def _one(self, query: str) -> int:
        return int(self._rows(query)[0][0])

    def _settled(self) -> bool:
        return (
            self._one("SELECT count(*) FROM inbox WHERE state = 'pending'") == 0
            and self._one(
                "SELECT count(*) FROM outbox WHERE state = 'sending' OR state = 'waiting' "
                "AND (not_before IS NULL OR not_before < datetime('now', '+3 seconds'))"
            )
            == 0
            and self._one("SELECT count(*) FROM photos WHERE state = 'pending'") == 0
        )

    def balance(self) -> Figures:
        """Hold the books against what people sent and read; raises AssertionError."""
        figures = self.figures
        assert not self.server.violations, self.server.violations[:5]
        self._updates()
        self._entries()
        self._photos()
        self._proofs()
        self._messages()
        assert max(figures.in_flight, default=0) <= AT_ONCE
        return figures

    def _updates(self) -> None:
        states = Counter(dict(self._rows("SELECT state, count(*) FROM inbox GROUP BY state")))
        assert states == {"done": self.figures.updates}, states

    def _entries(self) -> None:
        rows = self._rows("SELECT number, description, state FROM entries WHERE kind = 'issue'")
        marks = Counter(int(match[1]) for row in rows if (match := HEARD.search(row[1])))
        assert sorted(marks) == list(range(1, self.marks + 1)), "an entry is missing"
        assert set(marks.values()) == {1}, "an entry is doubled"
        assert len(rows) == self.marks
        serials: dict[str, list[int]] = {}
        for number, _, _ in rows:
            day, _, serial = number.rpartition("-")
            serials.setdefault(day, []).append(int(serial))
        for day, found in serials.items():
            assert sorted(found) == list(range(1, len(found) + 1)), f"serials of {day}"
        self.figures.entries = len(rows)

    def _photos(self) -> None:
        rows = self._rows("SELECT chat_id, message_id, state, file FROM photos")
        assert len({row[:2] for row in rows}) == len(rows) == self.photos_sent
        assert {row[2] for row in rows} == {"stored"}
        assert all((self.folder / "media" / row[3]).is_file() for row in rows)
        self.figures.photos = len(rows)

    def _proofs(self) -> None:
        rows = self._rows("SELECT entry_id, count(*) FROM photos WHERE kind = 'after' GROUP BY entry_id")
        found = dict(
            self._rows("SELECT entry_id, count(*) FROM proofs WHERE state = 'submitted' GROUP BY entry_id")
        )
        assert sum(count for _, count in rows) == len(self.answered), "a proof is missing or doubled"
        assert set(found.values()) <= {1}, "a proof is doubled"
        assert set(found) == {entry for entry, _ in rows}
        self.figures.proofs = len(self.answered)
        told = self._rows("SELECT count(*), count(DISTINCT dedup) FROM outbox WHERE dedup LIKE 'notice:%'")[0]
        assert told == (self.broadcasts * len(self.everybody),) * 2
        self.figures.broadcasts = self.broadcasts

    def _messages(self) -> None:
        rows = self._rows(
            "SELECT state, doubts, card_id, chat_id, message_id FROM outbox WHERE kind IN ('text', 'card')"
        )
        assert {row[0] for row in rows} <= {"sent", "uncertain", "waiting"}
        # a row that was in doubt and went once more, and one that was in doubt again and was given up
        listed = sum(row[1] + (row[0] == "uncertain") for row in rows)
        sent = Counter((row[3], row[4]) for row in rows if row[0] == "sent")
        seen = {
            (person.id, message.message_id)
            for person in self.everybody
            for message in person.chat(self.bot).messages
            if message.by_bot is not None
        }
        assert set(sent) <= seen, "a message was lost"
        twice = len(seen - set(sent))
        assert twice <= listed, f"{twice} messages too many, {listed} in doubt"
        assert listed <= sum(self.figures.in_flight)
        cards = self._rows("SELECT count(*), count(DISTINCT entry_id) FROM cards WHERE kind = 'receipt'")[0]
        assert cards == (self.marks, self.marks)
        self.figures.messages, self.figures.in_doubt, self.figures.doubled_messages = len(seen), listed, twice

    def chain(self) -> int | None:
        """The first event whose hash does not fit."""
        desk = open_desk(load_settings(self.config, self.environ), self.clock)
        try:
            return desk.look_now(lambda work: events.first_broken(work.connection))
        finally:
            desk.close()


def _asks_for_proof(card: Any) -> bool:
    """A county's card: it has 「签收」 or 「反馈整改」 below it."""
    return any((button.data or "").startswith("1:answer:") for row in card.buttons for button in row)


async def siege(siege: Siege, *, kills: int, updates: int, longest: float = 3.0) -> Figures:
    """Kill the bot again and again while people write; then let it finish, and hold the books."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    portions = [updates // kills + (n < updates % kills) for n in range(kills)]
    for number, portion in enumerate(portions):
        siege.write(portion)
        await siege.start()
        await siege.lives(siege.random.uniform(0.0, longest) / 2)
        if number % 5 == 2:
            await asyncio.to_thread(siege.broadcast)
        await siege.lives(siege.random.uniform(0.0, longest) / 2)
        await (siege.stop_and_kill() if number % 4 == 3 else siege.kill())
    await siege.through()
    # the clock beats once what waited is heard: the county is told, and proof comes
    for number in range(max(3, kills // 10)):
        await asyncio.to_thread(siege.hand_over, 3)
        await siege.lives(1.5 if number == 0 else siege.random.uniform(0.5, longest))
        siege.answer(2)
        await siege.lives(siege.random.uniform(0.0, 0.4))
        await siege.kill()
        await siege.start()
    await siege.through_again()
    assert await siege.stop() == 0, siege.tail()
    siege.figures.seconds = loop.time() - began
    figures = siege.balance()
    assert await asyncio.to_thread(siege.chain) is None
    return figures
