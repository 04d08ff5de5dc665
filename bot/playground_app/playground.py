"""All of the playground together: server, page, the bot's process, who plays, and what is kept."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Coroutine
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from bot.clock import OffsetClock
from bot.delivery.polling import LONGEST_SILENCE
from bot.playground.game.clock import GameClock
from bot.playground.game.days import CampaignDays
from bot.playground.game.faults import FaultPanel
from bot.playground.game.hand import BotGone, BotRefused, BotState
from bot.playground.game.routes import OURS, GameRoutes
from bot.playground.game.telling import StoryDesk
from bot.playground.page import Page
from bot.playground.samples import from_shelf
from bot.playground.server import Bot, BotApiServer, WaitedInVain
from bot.playground.server.keeping import Keeper, NotKept
from bot.playground.server.play import guarded
from bot.playground_app.folder import TOKEN, USERNAME, Folder, PlaygroundError
from bot.playground_app.joining import Joining
from bot.playground_app.process import DIED, BotProcess
from bot.playground_app.stage import PageStage

CALLS_KEPT: Final = 500
LOOPBACK: Final = "127.0.0.1"
EVERYWHERE: Final = "0.0.0.0"


class Playground:
    """`open`, then `fill`, then `run` until `ask_to_stop`.

    Attributes:
        url: the page's address once it is open, without a slash at its end.
        invitation: the first administrator's link, in a playground that begins empty.
    """

    def __init__(self, folder: Folder, config: Path | None, *, empty: bool = False) -> None:
        self.folder = folder
        self.empty = empty
        self.process = BotProcess(folder.path, config, self._bot_changed)
        self.page = Page()
        self.url = ""
        self.invitation = ""
        self.ready = False
        self.server: BotApiServer
        self.bot: Bot
        self.clock: GameClock
        self.faults: FaultPanel
        self.stories: StoryDesk
        self._people: list[dict[str, Any]] = []
        self._reads: dict[str, int] = {}
        self._keeper: Keeper | None = None
        self._listen = LOOPBACK
        self._stop = asyncio.Event()
        self._tasks: set[asyncio.Task[Any]] = set()

    # --- from the first address to the last ---------------------------------------------------------

    async def open(self, port: int, *, any_port: bool, listen: str = LOOPBACK) -> None:
        """Serve the page; the bot's process is being started meanwhile.

        Raises:
            OSError: the port is taken.
            BotRefused: the configuration is refused.
            PlaygroundError: what the folder holds cannot be taken up.
        """
        await self.process.launch()
        days = CampaignDays.of(self.process.campaign)
        kept = self._kept()
        start = datetime.fromisoformat(kept["now"]) if kept is not None else days.first_morning()
        self.server = BotApiServer(OffsetClock(start))
        if kept is not None and self._keeper is not None:
            self._keeper.restore(self.server)
            self.bot = self.server.telegram.tokens[TOKEN]
            self._people, self._reads = kept["people"], kept["reads"]
            self.empty, self.invitation = kept["empty"], kept["invitation"]
            self.ready = True
        else:
            self.bot = self.server.bot(TOKEN, username=USERNAME, privacy=False)
            if not self.empty:
                self._invent()
        self.bot.calls_kept = CALLS_KEPT
        self.clock = GameClock(self.server, self.bot, self.process, days)
        self.faults = FaultPanel(self.server, self.bot, self.process, LONGEST_SILENCE)
        stage = PageStage(self.clock, self.faults, self.place)
        self.stories = StoryDesk(stage, self.place, lambda: self.clock.move is not None, self.spawn)
        self.server.shelf = from_shelf
        self.server.moves_clock = self._moved
        self.server.front = self._front()
        self._listen = listen
        self.server.open_to_others = listen != LOOPBACK
        try:
            self.url = await self.server.start(listen, port)
        except OSError:
            if not any_port:
                raise
            self.url = await self.server.start(listen, 0)
        own = f"http://{LOOPBACK}:{self.url.rpartition(':')[2]}"
        self.faults.url = own if listen == EVERYWHERE else self.url

    def _kept(self) -> dict[str, Any] | None:
        """What an earlier start has left; a folder whose people had not all joined is begun anew."""
        if not self.folder.keep:
            return None
        try:
            self._keeper = Keeper(self.folder.world, self._to_keep)
            kept = self._keeper.kept()
        except (NotKept, sqlite3.DatabaseError) as error:
            raise PlaygroundError(
                f"{self.folder.path} 是别的版本留下的（{error}）：加 --fresh 从头开始 · "
                f"was left by another version ({error}): begin anew with --fresh"
            ) from error
        if kept is None or not (self.folder.path / "data" / "bot.db").exists():
            self._keeper.close()
            self.folder.empty()
            self._keeper = Keeper(self.folder.world, self._to_keep)
            return None
        return kept

    def _to_keep(self) -> dict[str, Any]:
        return {
            "now": self.server.clock.now().isoformat(),
            "people": self._people,
            "reads": self._reads,
            "empty": self.empty,
            "invitation": self.invitation,
        }

    async def fill(self) -> None:
        """Start the bot; let the people join, or make the first administrator's invitation.

        Raises:
            BotRefused: the bot cannot start.
        """
        await self.process.start(self.faults.url, self.server.clock.now())
        if self.ready:
            await self.clock.rest()
        elif self.empty:
            payload = await self.process.invite("admin", {})
            self.invitation = f"https://t.me/{USERNAME}?start={payload}"
        else:
            await self._join()
        self.ready = True
        self.server.events.happen("ready")
        self.server.events.happen("cast")
        await self.clock.look()
        self.spawn(self.clock.keep_looking())
        if self._keeper is not None:
            self._keeper.write(self.server)
            self.spawn(self._keeper.keep(self.server))

    async def begin(self) -> bool:
        """`fill`, unless it is asked to stop before that is done: then False.

        Raises:
            BotRefused: the bot cannot start, or has died.
        """
        loop = asyncio.get_running_loop()
        filling, stopping = loop.create_task(self.fill()), loop.create_task(self._stop.wait())
        await asyncio.wait((filling, stopping), return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not filling.done():
            filling.cancel()
            await asyncio.gather(filling, return_exceptions=True)
            return False
        try:
            filling.result()
        except (BotGone, WaitedInVain) as error:
            raise BotRefused([DIED], 1) from error
        return True

    async def run(self) -> None:
        """Until it is asked to stop; then everything is closed."""
        await self._stop.wait()
        await self.close()

    def ask_to_stop(self) -> None:
        """Ask for the end; returns at once."""
        self._stop.set()

    async def close(self) -> None:
        """Stop the bot cleanly, then the server."""
        if hasattr(self, "faults"):
            await self.faults.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.process.stop()
        if hasattr(self, "server"):
            await self.server.stop()
            if self._keeper is not None and self.ready:
                self._keeper.write(self.server, clean=True)
        if self._keeper is not None:
            self._keeper.close()

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        """Let something go on in the background until it ends, or all ends."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # --- people -----------------------------------------------------------------------------------

    def _invent(self) -> None:
        """Everybody who plays, at once: the page shows their phones while the bot is still starting."""
        names = ("name", "post", "role", "place", "scope", "en", "group")
        self._people = [
            {name: part[name] for name in names} | {"id": self.server.person(part["name"]).id}
            for part in self.process.cast
        ]
        for one in self._people:
            self.server.people[one["id"]].chat(self.bot)

    async def _join(self) -> None:
        cast = self.process.cast
        joining = Joining(
            self.server, self.bot, self.process.invite, lambda: self.process.state is BotState.RUNNING
        )
        persons = [self.server.people[one["id"]] for one in self._people]
        await joining.everybody(cast, persons)
        playing = list(zip(cast, persons, strict=True))
        first = next((part["group"] for part in cast if part["group"]), None)
        if first is not None:
            await joining.group(first, [person for part, person in playing if part["group"] == first])
        for track in self.process.campaign["tracks"]:
            office = self.place(f"office:{track['key']}")
            if office is None:
                continue
            readers = [
                person
                for part, person in playing
                if person.id != office and part["role"] != "admin" and part["track"] in (None, track["key"])
            ]
            await joining.channel(f"{track['name']}整治通报", self.server.people[office], readers)
        await self.clock.rest()
        self._all_read()

    def _all_read(self) -> None:
        """What was said while they joined, they have read."""
        telegram = self.server.telegram
        for chat in (*telegram.private.values(), *telegram.chats.values()):
            readers = [chat.person] if chat.person is not None else [m.user for m in chat.members.values()]
            for reader in readers:
                if chat.last is not None and not reader.is_bot:
                    self._reads[f"{reader.id}|{chat.key}"] = chat.last.message_id

    def place(self, place: str) -> int | None:
        """The number of who has a place in the play."""
        return next((one["id"] for one in self._people if one["place"] == place), None)

    def cast(self) -> dict[str, Any]:
        """What the page is told of who plays."""
        campaign = self.process.campaign
        return {
            "cast": self._people,
            "chats": [
                {"chat": chat.key, "title": chat.title, "kind": chat.type}
                for chat in self.server.telegram.chats.values()
                if not chat.dissolved
            ],
            "phones": self._phones(),
            "reads": self._reads,
            "ready": self.ready,
            "joined": sum(chat.started for chat in self.bot.chats.values()),
            "of": len(self._people),
            "empty": self.empty,
            "invitation": self.invitation,
            "notice": self.invitation,
            "zone": campaign["zone"],
            "name": campaign["name"],
            "bot": self.bot.id,
            "username": self.bot.username,
            "bounds": campaign["bounds"],
            "listen": "loopback" if self._listen == LOOPBACK else "all",
        }

    def _phones(self) -> list[int]:
        lead = next((one for one in self._people if one["place"].startswith("lead:")), None)
        contact = next((one for one in self._people if one["place"].startswith("deputy:")), None)
        region = contact["place"].partition(":")[2] if contact is not None else ""
        wanted = [lead["id"] if lead is not None else None, self.place(f"contact:{region}")]
        office = next((one["id"] for one in self._people if one["place"].startswith("office:")), None)
        return [one for one in (*wanted, office) if one is not None]

    def read(self, person: int, chat: str, message_id: int) -> None:
        """A phone was read so far; other tabs are told."""
        key = f"{person}|{chat}"
        if message_id > self._reads.get(key, 0):
            self._reads[key] = message_id
            self.server.events.happen("read", person=person, chat=chat, message_id=message_id)

    # --- inside -----------------------------------------------------------------------------------

    async def _moved(self, to: Any) -> None:
        await self.clock.move_to(to)

    def _bot_changed(self) -> None:
        if hasattr(self, "faults"):
            self.faults.tell()
        if self.ready and self.process.state is BotState.RUNNING:
            self.spawn(self.clock.look())

    def _front(self) -> Any:
        """The game's addresses, and all others the page's."""
        ours = GameRoutes(self).app()

        async def front(scope: Any, receive: Any, send: Any) -> None:
            part = scope["path"].removeprefix("/page/").partition("/")[0]
            mine = scope["path"].startswith("/page/") and part in OURS
            await (ours if mine else self.page.app)(scope, receive, send)

        return guarded(self.server, front)
