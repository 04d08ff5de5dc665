"""One sendMessage over python-telegram-bot's own transport, and over the product's: CPU time as ratios.

Prints, for 1 and for 256 calls at once: the library's method over our transport, and the outbox's raw call,
each as a share of the library's method over httpx. The server answers from a process of its own and is not
counted.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable

from telegram import Bot
from telegram.request import HTTPXRequest

from bench.ratio import in_turns_async, row
from bot.delivery.wire import Wire

TOKEN = "7000000001:TEST-bench"
CALLS = 512
TEXT = "已登记 №1-0415 · 延津县 · 生活垃圾"
ANSWER = json.dumps(
    {
        "ok": True,
        "result": {
            "message_id": 41,
            "from": {"id": 7000000001, "is_bot": True, "first_name": "督查", "username": "inspect_bot"},
            "chat": {"id": 501, "first_name": "李", "type": "private"},
            "date": 1555000000,
            "text": TEXT,
        },
    }
).encode()


class Answering(asyncio.Protocol):
    """Answers every POST with the same message; knows no more HTTP than that takes."""

    def __init__(self) -> None:
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = self.buffer[:end].lower()
            at = head.find(b"content-length:")
            length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self.buffer) < end + 4 + length:
                return
            self.buffer = self.buffer[end + 4 + length :]
            self.transport.write(  # type: ignore[attr-defined]
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
                % (len(ANSWER), ANSWER)
            )


async def serve() -> None:
    """Answer until the standard input is closed; the port is printed first."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Answering, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


async def at_once(call: Callable[[], Awaitable[object]], width: int) -> None:
    """Make CALLS calls, ``width`` of them under way at any time."""

    async def worker() -> None:
        for _ in range(CALLS // width):
            await call()

    await asyncio.gather(*(worker() for _ in range(width)))


async def measure(url: str) -> list[str]:
    """The lines of the table."""
    library = Bot(
        TOKEN,
        base_url=f"{url}/bot",
        request=HTTPXRequest(
            connection_pool_size=256, pool_timeout=60, read_timeout=60, httpx_kwargs={"trust_env": False}
        ),
    )
    lines = []
    await library.request.initialize()
    async with Wire(TOKEN, url, pool_size=256, read_timeout=60, pool_timeout=60) as wire:
        flat: dict[int, float] = {}
        for width in (1, 256):

            def run(
                call: Callable[[], Awaitable[object]], width: int = width
            ) -> Callable[[], Awaitable[None]]:
                return lambda: at_once(call, width)

            spent = await in_turns_async(
                {
                    "httpx": run(lambda: library.send_message(501, TEXT)),
                    "method": run(lambda: wire.bot.send_message(501, TEXT)),
                    "raw": run(lambda: wire.call("sendMessage", {"chat_id": 501, "text": TEXT})),
                }
            )
            flat[width] = spent["raw"]
            for name, what in (
                ("method", "the library's method, our transport"),
                ("raw", "the outbox's raw call"),
            ):
                lines.append(
                    row("G1", f"{what} / httpx, {width} at once", spent[name] / spent["httpx"], 0.45)
                    + f"   ({spent[name] / CALLS * 1000:.2f} ms against {spent['httpx'] / CALLS * 1000:.2f})"
                )
        lines.append(row("G2", "the raw call, 256 at once / 1 at once", flat[256] / flat[1], 1.1))
    await library.request.shutdown()
    return lines


def main() -> None:
    """Print the table."""
    with subprocess.Popen(
        [sys.executable, "-m", "bench.transport", "--serve"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        for line in asyncio.run(measure(f"http://127.0.0.1:{port}")):
            print(line)
        server.communicate()


if __name__ == "__main__":
    if "--serve" in sys.argv:
        asyncio.run(serve())
    else:
        main()
