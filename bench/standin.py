"""A stand-in for Telegram in a process of its own: hands out updates, swallows messages, costs the bot none.

`python -m bench.standin` prints its port and serves until its input is closed. Besides the Bot API it knows
`POST /feed` with {"count", "chats", "kind": "text" | "photo" | "poison"}.
"""

from __future__ import annotations

import asyncio
import csv
import json
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FIRST_CHAT = 501
TOKEN = "7000000001:TEST-bench"
DATE = 1555030800  # 12 April 2019, 09:00 in the campaign's zone
REGION = "延津县"
SUFFIX = "民委员会"  # 任庄村民委员会: 任庄村 to people
PLACES = Path(__file__).resolve().parent.parent / "bot" / "data" / "xinxiang_places.csv"
BOT = {"id": 7000000001, "is_bot": True, "first_name": "督查", "username": "inspect_bot"}


def captions() -> list[str]:
    """One line for each village of a county, as an inspector writes it on a round."""
    with PLACES.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["region"] == REGION]
    return [
        f"{REGION}{row['township']}{row['village'].removesuffix(SUFFIX)}村口垃圾堆，限3天"
        for row in rows
        if row["village"].endswith("村" + SUFFIX)
    ]


class Telegram:
    """Updates that wait, and the long poll that waits for them."""

    def __init__(self) -> None:
        self.waiting: deque[tuple[int, bytes]] = deque()
        self.next_update = 100_000_001
        self.next_message = 1
        self.captions = captions()
        self.poll: tuple[asyncio.Transport, int] | None = None

    def feed(self, asked: dict[str, Any]) -> None:
        for number in range(asked["count"]):
            update = self.update(FIRST_CHAT + number % asked["chats"], asked["kind"], number)
            self.waiting.append((update["update_id"], json.dumps(update).encode()))
        if self.poll is not None:
            (transport, limit), self.poll = self.poll, None
            answer(transport, self.batch(limit))

    def update(self, chat: int, kind: str, number: int) -> dict[str, Any]:
        update_id, message_id = self.next_update, self.next_message
        self.next_update, self.next_message = update_id + 1, message_id + 1
        person = {"id": chat, "first_name": "甲", "last_name": "李", "language_code": "zh-hans"}
        message: dict[str, Any] = {
            "message_id": message_id,
            "from": {**person, "is_bot": False},
            "chat": {"id": chat, "first_name": "甲", "last_name": "李", "type": "private"},
            "date": DATE,
        }
        if kind == "photo":
            message["caption"] = self.captions[number % len(self.captions)]
            message["photo"] = [
                {
                    "file_id": f"AgACAgQAAxkBAAIB{update_id}{size}",
                    "file_unique_id": f"AQAD{update_id}{size}",
                    "file_size": 90 * size,
                    "width": size,
                    "height": size * 3 // 4,
                }
                for size in (90, 320, 800, 1280)
            ]
        else:
            message["text"] = "帮助"
        if kind == "poison" and number == 0:
            message["date"] = "soon"
        return {"update_id": update_id, "message": message}

    def batch(self, limit: int) -> bytes:
        return b"[" + b",".join(body for _, body in list(self.waiting)[:limit]) + b"]"

    def get_updates(self, transport: asyncio.Transport, params: dict[str, Any]) -> None:
        offset, limit = int(params.get("offset") or 0), int(params.get("limit") or 100)
        while self.waiting and self.waiting[0][0] < offset:
            self.waiting.popleft()
        if self.waiting or not int(params.get("timeout") or 0):
            answer(transport, self.batch(limit))
        else:
            self.poll = (transport, limit)

    def called(self, transport: asyncio.Transport, method: str, params: dict[str, Any]) -> None:
        if method == "getUpdates":
            self.get_updates(transport, params)
        elif method == "getMe":
            answer(transport, json.dumps(BOT).encode())
        elif method.startswith("send"):
            message_id, self.next_message = self.next_message, self.next_message + 1
            chat = int(params.get("chat_id", 0))
            answer(
                transport,
                json.dumps(
                    {
                        "message_id": message_id,
                        "from": BOT,
                        "chat": {"id": chat, "first_name": "甲", "last_name": "李", "type": "private"},
                        "date": DATE,
                        "text": params.get("text", ""),
                    }
                ).encode(),
            )
        else:
            answer(transport, b"true")


def answer(transport: asyncio.Transport, result: bytes) -> None:
    body = b'{"ok":true,"result":' + result + b"}"
    transport.write(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
        % (len(body), body)
    )


class Line(asyncio.Protocol):
    """One connection; knows no more HTTP than the two transports need."""

    def __init__(self, telegram: Telegram) -> None:
        self.telegram = telegram
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport

    def connection_lost(self, error: Exception | None) -> None:
        if self.telegram.poll is not None and self.telegram.poll[0] is self.transport:
            self.telegram.poll = None

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = self.buffer[:end]
            at = head.lower().find(b"content-length:")
            length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self.buffer) < end + 4 + length:
                return
            body, self.buffer = self.buffer[end + 4 : end + 4 + length], self.buffer[end + 4 + length :]
            self.asked(head.split(b" ", 2)[1].decode(), head, body)

    def asked(self, path: str, head: bytes, body: bytes) -> None:
        if path == "/feed":
            self.telegram.feed(json.loads(body))
            answer(self.transport, b"true")
            return
        params: dict[str, Any] = {}
        if body.startswith(b"{"):
            params = json.loads(body)
        elif body and b"urlencoded" in head:
            from urllib.parse import parse_qsl

            params = dict(parse_qsl(body.decode()))
        self.telegram.called(self.transport, path.rpartition("/")[2], params)


async def serve() -> None:
    loop = asyncio.get_running_loop()
    telegram = Telegram()
    server = await loop.create_server(lambda: Line(telegram), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


@contextmanager
def standing_in() -> Iterator[str]:
    """A stand-in in a process of its own; gives its address."""
    with subprocess.Popen(
        [sys.executable, "-m", "bench.standin"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        server.communicate()


async def feed(url: str, count: int, chats: int, kind: str) -> None:
    """Let updates arrive."""
    port = int(url.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    body = json.dumps({"count": count, "chats": chats, "kind": kind}).encode()
    writer.write(b"POST /feed HTTP/1.1\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
    await reader.readuntil(b"true}")
    writer.close()


if __name__ == "__main__":
    asyncio.run(serve())
