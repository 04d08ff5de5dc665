"""The bot's process in the playground: the real application, asked over a socket by who started it.

`python -m bot.playground_app.botside FD`. One JSON object a line, each way. It is told its folder and
configuration, answers with the campaign, is given the server's address and the time, starts, says so, and
then does what it is asked. When the socket ends it stops cleanly: whoever held it has gone.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
import socket
import sys
from dataclasses import astuple
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from bot.config import EXAMPLE, ConfigError, Settings, load_settings
from bot.playground_app.cast import cast_of
from bot.playground_app.folder import CONFIG, TOKEN, settings_in

if TYPE_CHECKING:
    from bot.playground_app.hand import Hand

Json = dict[str, Any]


class Line:
    """The socket's end: lines in and out."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def hear(self) -> Json | None:
        """The next object; None at the end."""
        with contextlib.suppress(ConnectionError):
            line = await self.reader.readline()
            if line:
                return dict(orjson.loads(line))
        return None

    def say(self, **words: Any) -> None:
        """Say an object."""
        if not self.writer.is_closing():
            self.writer.write(orjson.dumps(words) + b"\n")


async def serve(end: socket.socket) -> int:
    """Be the bot until told to stop; gives the exit code."""
    line = Line(*await asyncio.open_connection(sock=end))
    told = await line.hear()
    if told is None:
        return 0
    folder, config = Path(told["folder"]), Path(told["config"]) if told["config"] else EXAMPLE

    def settings_at(url: str) -> Settings:
        return load_settings(config, settings_in(folder, url, os.environ))

    try:
        settings = settings_at("http://127.0.0.1")
        campaign = settings.to_campaign()
    except ConfigError as error:
        line.say(tell="refused", lines=[fault.line for fault in error.faults], code=2)
        return 2
    cast = cast_of(campaign, settings.places_file().read_text("utf-8-sig"))
    line.say(
        tell="campaign",
        cast=[part.as_json(campaign) for part in cast],
        name=campaign.name,
        first_day=campaign.first_day.isoformat(),
        last_day=campaign.last_day.isoformat(),
        zone=str(campaign.zone),
        bounds=list(astuple(campaign.bounds)) if campaign.bounds is not None else None,
        tracks=[{"key": track.key, "name": track.name} for track in campaign.tracks],
    )
    _set_up_logs(settings)
    from bot.app import Application
    from bot.clock import OffsetClock
    from bot.ledger.migrate import NewerLedger
    from bot.playground_app.hand import Hand

    asked = await line.hear()
    if asked is None or asked.get("do") == "stop":
        return 0
    if not told["config"]:
        _leave_config(folder, asked["url"])
    clock = OffsetClock(datetime.fromisoformat(asked["now"]))
    app = Application(settings_at(asked["url"]), clock)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, app.ask_to_stop)
    try:
        await app.start()
    except ConfigError as error:
        line.say(tell="refused", lines=[fault.line for fault in error.faults], code=2)
        return 2
    except (NewerLedger, OSError) as error:
        line.say(tell="refused", lines=[f"{folder}: {error}；换一个 --data · choose another --data"], code=1)
        return 1
    gc.freeze()  # what the start has loaded stays
    gc.enable()
    line.say(tell="started")
    hand = Hand(app, clock)
    async with asyncio.TaskGroup() as asking:
        listening = asking.create_task(_listen(line, hand, asking))
        await app.run()
        listening.cancel()
    line.writer.close()
    return 0


async def _listen(line: Line, hand: Hand, asking: asyncio.TaskGroup) -> None:
    while (asked := await line.hear()) is not None:
        if asked["do"] == "stop":
            break
        asking.create_task(_answer(line, hand, asked))
    hand.app.ask_to_stop()


async def _answer(line: Line, hand: Hand, asked: Json) -> None:
    from bot.ledger.desk import DeskError

    try:
        result = await _do(hand, asked)
    except (DeskError, ValueError) as error:
        line.say(id=asked["id"], error=f"{type(error).__name__}: {error}")
    else:
        line.say(id=asked["id"], result=result)


async def _do(hand: Hand, asked: Json) -> Any:
    match asked["do"]:
        case "hold":
            return await hand.hold(asked["held"])
        case "set_clock":
            return await hand.set_clock(datetime.fromisoformat(asked["now"]))
        case "beat":
            return await hand.beat()
        case "settle":
            return await hand.settle(asked["patience"])
        case "upcoming":
            return await hand.upcoming()
        case "foresee":
            found = await hand.foresee(datetime.fromisoformat(asked["until"]))
            return None if found is None else {"at": found.at.isoformat(), "what": list(found.what)}
        case "invite":
            from bot.domain.permissions import Role

            return await hand.invite(Role(asked["role"]), **asked["scope"])
    raise ValueError(f"nothing is known of «{asked['do']}»")


def _set_up_logs(settings: Settings) -> None:
    from bot import logs

    logs.set_up(settings.logging.level, settings.logging.format, (settings.token,))


def _leave_config(folder: Path, url: str) -> None:
    """A config.toml in the playground's folder, so that every other command works on it meanwhile."""
    text = EXAMPLE.read_text(encoding="utf-8")
    text = text.replace('token = ""', f'token = "{TOKEN}"', 1)
    text = text.replace('api_url = "https://api.telegram.org"', f'api_url = "{url}"', 1)
    (folder / CONFIG).write_text(text, encoding="utf-8")


def main() -> None:
    """Be the bot at the socket that was handed over."""
    gc.disable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who started this
    sys.exit(asyncio.run(serve(socket.socket(fileno=int(sys.argv[1])))))


if __name__ == "__main__":
    main()
