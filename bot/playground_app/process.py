"""The bot's process as the playground holds it: started, asked, stopped, killed."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import signal
import socket
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import orjson

from bot.playground.game.hand import BotGone, BotRefused, BotState, Foreseen

__all__ = ["BotProcess", "BotRefused"]

STOPS_WITHIN: Final = 20.0
"""Seconds for a clean stop; then it is killed."""

DIED: Final = "机器人没能启动，见上面的日志 · the bot did not start, see the log above"


class BotProcess:
    """One bot, in a process of its own; started again after its end.

    Attributes:
        state: whether it runs.
        starts: how often it was started.
        campaign: what it said of its campaign.
        cast: who plays, as it said.
    """

    def __init__(self, folder: Path, config: Path | None, changed: Callable[[], None]) -> None:
        self._folder = folder
        self._config = config
        self._changed = changed
        self._process: asyncio.subprocess.Process | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._reader: asyncio.StreamReader | None = None
        self._listening: list[asyncio.Task[None]] = []
        self._numbers = itertools.count(1)
        self._asked: dict[int, asyncio.Future[Any]] = {}
        self._told: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.state = BotState.DOWN
        self.starts = 0
        self.campaign: dict[str, Any] = {}
        self.cast: list[dict[str, Any]] = []

    @property
    def pid(self) -> int | None:
        """The process's number while it runs."""
        return self._process.pid if self._process is not None and self.state is not BotState.DOWN else None

    async def launch(self) -> None:
        """Start the process; it reads its configuration and says what campaign it is.

        Raises:
            BotRefused: the configuration is refused.
        """
        ours, theirs = socket.socketpair()
        self._told = asyncio.Queue()
        command = [sys.executable, "-m", "bot.playground_app.botside", str(theirs.fileno())]
        self._process = await asyncio.create_subprocess_exec(
            *command, pass_fds=[theirs.fileno()], cwd=Path.cwd(), env=_environment()
        )
        theirs.close()
        self._reader, self._writer = await asyncio.open_connection(sock=ours, limit=2**24)
        self.starts += 1
        self._set(BotState.STARTING)
        listening = asyncio.get_running_loop().create_task(self._listen(self._reader, self._process))
        self._listening = [listening]  # ends with the process
        self._say(folder=str(self._folder), config=str(self._config) if self._config else "")
        self.campaign = await self._hears("campaign")
        self.cast = self.campaign.pop("cast")

    async def start(self, url: str, now: datetime) -> None:
        """Let the launched process start its bot on a server.

        Raises:
            BotRefused: it cannot.
        """
        self._say(url=url, now=now.isoformat())
        await self._hears("started")
        self._set(BotState.RUNNING)

    async def kill(self) -> None:
        """SIGKILL, as a machine that loses its power."""
        process = self._process
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGKILL)
        await self._ended()

    async def stop(self) -> None:
        """A clean stop; what does not end in time is killed."""
        if self._process is None or self.state is BotState.DOWN:
            return
        self._say(do="stop")
        try:
            async with asyncio.timeout(STOPS_WITHIN):
                await self._ended()
        except TimeoutError:
            await self.kill()

    async def _ended(self) -> None:
        if self._process is not None:
            await self._process.wait()
        await asyncio.gather(*self._listening)

    # --- what it is asked -------------------------------------------------------------------------

    async def hold(self, held: bool) -> None:
        """Stop its metronome, or let it go on."""
        await self._ask("hold", held=held)

    async def set_clock(self, instant: datetime) -> None:
        """Move its clock."""
        await self._ask("set_clock", now=instant.isoformat())

    async def beat(self) -> int:
        """Let it do what is due."""
        return int(await self._ask("beat"))

    async def settle(self, patience: float) -> bool:
        """Until it has nothing left to do."""
        return bool(await self._ask("settle", patience=patience))

    async def foresee(self, until: datetime) -> Foreseen | None:
        """When its next beat would do something."""
        found = await self._ask("foresee", until=until.isoformat())
        return None if found is None else Foreseen(datetime.fromisoformat(found["at"]), tuple(found["what"]))

    async def upcoming(self) -> list[dict[str, Any]]:
        """What falls due next."""
        return list(await self._ask("upcoming"))

    async def invite(self, role: str, scope: dict[str, Any]) -> str:
        """The payload of an invitation."""
        return str(await self._ask("invite", role=role, scope=scope))

    async def _ask(self, do: str, **words: Any) -> Any:
        if self.state is not BotState.RUNNING:
            raise BotGone
        number = next(self._numbers)
        answer = self._asked[number] = asyncio.get_running_loop().create_future()
        self._say(id=number, do=do, **words)
        try:
            return await answer
        finally:
            self._asked.pop(number, None)

    # --- the line ---------------------------------------------------------------------------------

    def _say(self, **words: Any) -> None:
        if self._writer is None or self._writer.is_closing():
            raise BotGone
        self._writer.write(orjson.dumps(words) + b"\n")

    async def _hears(self, what: str) -> dict[str, Any]:
        told = await self._told.get()
        if told["tell"] == what:
            return told
        await self.kill()
        raise BotRefused(told.get("lines") or [DIED], int(told.get("code", 1)))

    async def _listen(self, reader: asyncio.StreamReader, process: asyncio.subprocess.Process) -> None:
        with contextlib.suppress(ConnectionError):
            while line := await reader.readline():
                said = orjson.loads(line)
                if "tell" in said:
                    self._told.put_nowait(said)
                    continue
                answer = self._asked.get(said["id"])
                if answer is not None and not answer.done():
                    if "error" in said:
                        answer.set_exception(BotGone(said["error"]))
                    else:
                        answer.set_result(said["result"])
        await process.wait()
        if self._writer is not None:
            self._writer.close()
        self._told.put_nowait({"tell": "gone"})
        for answer in self._asked.values():
            if not answer.done():
                answer.set_exception(BotGone())
        self._set(BotState.DOWN)

    def _set(self, state: BotState) -> None:
        if self.state is not state:
            self.state = state
            self._changed()


def _environment() -> dict[str, str]:
    """Ours, with this checkout on the path: the bot is imported from where the playground was."""
    root = str(Path(__file__).resolve().parents[2])
    return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))}
