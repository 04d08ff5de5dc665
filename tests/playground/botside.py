"""A bot's side of the wire without any library: raw requests, raw answers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from dataclasses import dataclass
from io import BytesIO
from typing import Any, TypeVar

import aiohttp
from PIL import Image

from bot.playground.server import Bot, BotApiServer

T = TypeVar("T")
TOKEN = "7000000001:TEST-local"


@dataclass
class BotSide:
    """The bot's end: raw requests, raw answers."""

    url: str
    token: str
    session: aiohttp.ClientSession
    offset: int = 0

    async def raw(self, method: str, **request: Any) -> tuple[int, bytes, Any]:
        address = f"{self.url}/bot{self.token}/{method}"
        async with self.session.post(address, **request) as response:
            return response.status, await response.read(), response.headers

    async def __call__(self, method: str, files: dict[str, bytes] | None = None, **params: Any) -> Any:
        """The whole answer, decoded."""
        fields = {k: v if isinstance(v, str) else json.dumps(v) for k, v in params.items()}
        if files is None:
            _, body, _ = await self.raw(method, data=fields)
        else:
            form = aiohttp.FormData()
            for name, value in fields.items():
                form.add_field(name, value)
            for name, data in files.items():
                form.add_field(
                    name.partition("=")[0], BytesIO(data), filename=name.partition("=")[2] or f"{name}.jpg"
                )
            _, body, _ = await self.raw(method, data=form)
        return json.loads(body)

    async def result(self, method: str, files: dict[str, bytes] | None = None, **params: Any) -> Any:
        """The result of a call that must succeed."""
        answer = await self(method, files, **params)
        assert answer["ok"], answer
        return answer["result"]

    async def error(self, method: str, files: dict[str, bytes] | None = None, **params: Any) -> str:
        """The description of a call that must fail."""
        answer = await self(method, files, **params)
        assert not answer["ok"], answer
        return str(answer["description"])

    async def updates(self, **params: Any) -> list[Any]:
        """The next updates; the ones before are confirmed."""
        got = await self.result("getUpdates", offset=self.offset, **params)
        if got:
            self.offset = got[-1]["update_id"] + 1
        return list(got)


def jpeg(width: int = 1600, height: int = 1200, colour: str = "olive", **how: Any) -> bytes:
    """A plain picture."""
    out = BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "JPEG", **how)
    return out.getvalue()


async def polling(server: BotApiServer, bot: Bot, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
    """Begin a long poll, and come back when the server has it waiting."""
    before = bot.queue.poll
    task = asyncio.get_running_loop().create_task(work)
    await server.wait_for(lambda: bot.queue.poll is not None and bot.queue.poll is not before)
    return task
