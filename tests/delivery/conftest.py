"""A server that answers what a test tells it to, over real HTTP on loopback."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

TOKEN = "7000000001:TEST-very-secret"

Answer = tuple[int, Any]
Speak = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Seen:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes
    form: dict[str, Any] = field(default_factory=dict)

    @property
    def params(self) -> dict[str, Any]:
        return json.loads(self.body)


class Scripted:
    """Answers each method with what stands in ``answers`` (the last one stays); ok/true for the rest."""

    def __init__(self) -> None:
        self.url = ""
        self.answers: dict[str, list[Answer]] = {}
        self.files: dict[str, bytes] = {}
        self.seen: list[Seen] = []
        self.arrived = asyncio.Condition()

    def says(self, method: str, *answers: Answer) -> None:
        self.answers[method] = list(answers)

    def calls(self, method: str) -> list[Seen]:
        return [seen for seen in self.seen if seen.path.endswith(f"/{method}")]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        seen = Seen(request.raw_path, dict(request.headers), b"")
        if request.content_type == "multipart/form-data":
            async for part in await request.multipart():
                content = bytes(await part.read())
                kind = part.headers.get("Content-Type", "")
                seen.form[part.name] = (part.filename, kind, content) if part.filename else content.decode()
        else:
            seen.body = await request.read()
        async with self.arrived:
            self.seen.append(seen)
            self.arrived.notify_all()
        if request.path.startswith(f"/file/bot{TOKEN}/"):
            content = self.files.get(request.path.removeprefix(f"/file/bot{TOKEN}/"))
            return web.Response(status=404) if content is None else web.Response(body=content)
        script = self.answers.get(request.path.rpartition("/")[2], [(200, {"ok": True, "result": True})])
        status, body = script.pop(0) if len(script) > 1 else script[0]
        if isinstance(body, bytes):
            return web.Response(status=status, body=body)
        return web.Response(status=status, text=json.dumps(body), content_type="application/json")


@pytest.fixture
async def server() -> AsyncIterator[Scripted]:
    scripted = Scripted()
    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.router.add_route("*", "/{rest:.*}", scripted.handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    scripted.url = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"
    yield scripted
    await runner.cleanup()


@pytest.fixture
async def speaking() -> AsyncIterator[Callable[[Speak], Awaitable[str]]]:
    """Starts a bare socket server with a conversation of the test's own; gives its address."""
    servers: list[asyncio.Server] = []
    talks: set[asyncio.Task[Any]] = set()

    async def start(speak: Speak) -> str:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            talks.add(task)
            try:
                await speak(reader, writer)
            except asyncio.CancelledError:
                pass
            finally:
                talks.discard(task)
                writer.close()

        server = await asyncio.start_server(talk, "127.0.0.1", 0)
        servers.append(server)
        return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    yield start
    for server in servers:
        server.close()
    for task in tuple(talks):
        task.cancel()
    if talks:
        await asyncio.wait(talks)
