"""The game's addresses, below /page, for the page: loopback only, as the server's control interface.

GET  /page/cast      who plays, which chats there are, whether all have joined, how far each phone was read
POST /page/read      {"person", "chat", "message_id"}: a phone was read so far
GET  /page/bar       the clock (game/clock.py)
POST /page/clock     {"to": "hour" | "reminder" | "friday" | "period" | ISO} or {"advance": SECONDS}, and
                     "wait": false; DELETE ends a move where it is
GET  /page/faults    what is switched on; POST {"do": …, "on": …} (game/faults.py)
GET  /page/samples   the sample photographs; /page/samples/NAME the bytes
GET  /page/stories   the stories; POST /page/stories/KEY {"do": "next", "play", "pause", "stop", "restart"}

Refusals are {"error": English, "zh": Chinese}; 409 where something else is under way.
"""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, Final, Protocol

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from bot.playground.samples import SAMPLES, path_of
from bot.playground.server import PlayError

from .clock import ClockError, GameClock
from .faults import FaultError, FaultPanel
from .telling import StoryDesk, StoryError

OURS: Final = ("cast", "read", "bar", "clock", "faults", "samples", "stories")
"""What follows /page/ in the addresses answered here; the page has the others."""


class Game(Protocol):
    """What the addresses need of the game."""

    clock: GameClock
    faults: FaultPanel
    stories: StoryDesk

    def cast(self) -> dict[str, Any]:
        """Who plays."""
        ...

    def read(self, person: int, chat: str, message_id: int) -> None:
        """A phone was read so far."""
        ...

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        """Let something go on in the background."""
        ...


class GameRoutes:
    """The endpoints."""

    def __init__(self, game: Game) -> None:
        self.game = game

    def app(self) -> Starlette:
        """The ASGI application."""
        refusals: Any = {
            ClockError: _refused,
            FaultError: _refused,
            StoryError: _refused,
            PlayError: _refused,
            ValueError: _refused,
            TypeError: _refused,
            KeyError: _refused,
        }
        routes = [
            Route("/page/cast", self.cast),
            Route("/page/read", self.read, methods=["POST"]),
            Route("/page/bar", self.bar),
            Route("/page/clock", self.clock, methods=["POST", "DELETE"]),
            Route("/page/faults", self.faults, methods=["GET", "POST"]),
            Route("/page/samples", self.samples),
            Route("/page/samples/{name}", self.sample),
            Route("/page/stories", self.stories),
            Route("/page/stories/{key}", self.story, methods=["POST"]),
        ]
        return Starlette(routes=routes, exception_handlers=refusals)

    async def cast(self, request: Request) -> Response:
        """Who plays."""
        return JSONResponse(self.game.cast())

    async def read(self, request: Request) -> Response:
        """A phone was read so far."""
        asked = await _json(request)
        self.game.read(int(asked["person"]), str(asked["chat"]), int(asked["message_id"]))
        return JSONResponse({})

    async def bar(self, request: Request) -> Response:
        """The clock."""
        return JSONResponse(self.game.clock.bar())

    async def clock(self, request: Request) -> Response:
        """Move the clock, or end a move."""
        clock = self.game.clock
        if request.method == "DELETE":
            clock.cancel()
            return JSONResponse(clock.bar())
        asked = await _json(request)
        self.game.stories.not_while_playing()
        move = clock.begin(clock.target(asked))
        if asked.get("wait", True):
            await clock.carry_out(move)
            return JSONResponse(clock.bar())
        self.game.spawn(clock.carry_out(move))
        return JSONResponse(clock.bar(), 202)

    async def faults(self, request: Request) -> Response:
        """What is switched on; or switch."""
        panel = self.game.faults
        if request.method == "GET":
            panel.watch()
            return JSONResponse(panel.seen())
        return JSONResponse(await panel.switch(await _json(request)))

    async def samples(self, request: Request) -> Response:
        """The sample photographs."""
        return JSONResponse([sample.seen() for sample in SAMPLES.values()])

    async def sample(self, request: Request) -> Response:
        """One of them."""
        path = path_of(request.path_params["name"].removesuffix(".jpg"))
        if path is None:
            return JSONResponse({"error": "there is no such sample", "zh": "没有这张照片"}, 404)
        return FileResponse(path, media_type="image/jpeg", headers={"Cache-Control": "max-age=3600"})

    async def stories(self, request: Request) -> Response:
        """The stories."""
        return JSONResponse(self.game.stories.seen())

    async def story(self, request: Request) -> Response:
        """Play one."""
        asked = await _json(request)
        seen = await self.game.stories.control(request.path_params["key"], asked)
        return JSONResponse(seen, 202)


async def _json(request: Request) -> dict[str, Any]:
    try:
        value = orjson.loads(await request.body())
    except orjson.JSONDecodeError as error:
        raise PlayError("a JSON object is expected") from error
    if not isinstance(value, dict):
        raise PlayError("a JSON object is expected")
    return value


async def _refused(request: Request, error: Exception) -> Response:
    said = {"error": str(error), "zh": getattr(error, "zh", str(error))}
    return JSONResponse(said, 409 if getattr(error, "busy", False) else 400)
