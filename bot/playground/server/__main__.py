"""The server by itself: `python -m bot.playground.server --port 8081 --bot 7000000001:TEST-local`."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from datetime import UTC, datetime

from bot.clock import Clock, SteppedClock, SystemClock

from . import BotApiServer


async def serve(options: argparse.Namespace) -> None:
    """Serve until a signal comes; the address is printed on the first line of the output."""
    clock: Clock = SystemClock()
    if options.clock:
        start = datetime.fromisoformat(options.clock)
        clock = SteppedClock(start if start.tzinfo is not None else start.replace(tzinfo=UTC))
    server = BotApiServer(clock, strict=options.strict, seed=options.seed)
    for number, token in enumerate(options.bot, 1):
        server.bot(
            token, username=options.username if number == 1 else f"{options.username}{number}", privacy=False
        )
    stopped = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stopped.set)
    sys.stdout.write(await server.start(options.host, options.port) + "\n")
    sys.stdout.flush()
    await stopped.wait()
    await server.stop()


def main() -> None:
    """Read the options and serve."""
    parser = argparse.ArgumentParser(prog="python -m bot.playground.server", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8081, help="0: any free one")
    parser.add_argument(
        "--bot", action="append", default=[], metavar="TOKEN", help="make a bot (several times)"
    )
    parser.add_argument("--username", default="inspect_bot", help="the first bot's name")
    parser.add_argument("--strict", action="store_true", help="record what Telegram would forgive")
    parser.add_argument(
        "--clock", default="", metavar="ISO", help="a clock that stands still and is moved by /play/clock"
    )
    parser.add_argument("--seed", type=int, default=1, help="of the ids that look random")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
