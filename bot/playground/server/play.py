"""The control interface over HTTP, for pages and for tests whose bot is another process. Loopback only.

POST /play/bots     {"token", "username", "first_name", "privacy"}
POST /play/people   {"first_name", "last_name", "username", "id"}
POST /play/groups   {"title", "members": [ID], "bots": [ID], "supergroup", "bot_admin", "quietly", "forum",
                         "id"}
POST /play/channels {"title", "owner": ID, "bots": [ID], "subscribers": [ID], "bot_admin", "id"}
POST /play/act      one act (acts.py), as JSON, or multipart: field `act` and file parts named in it
POST /play/acts     a list of acts → {"done": N}; with ?results=1 their outcomes
POST /play/blobs    any bytes → {"blob": NAME}, for acts
GET  /play/state                 bots, people, chats, presses that are open, faults, switches, clock
GET  /play/chats/KEY             the chat and its messages (?after=MESSAGE_ID)
GET  /play/wait                  ?chat=KEY&words=…&after=MESSAGE_ID&timeout=5: the first such message of a bot
GET  /play/calls                 ?bot=ID&method=…&after=N
POST /play/acknowledged          {"bot": ID, "timeout": 10}
GET  /play/files/N               the bytes of a file
GET  /play/events                ?after=N: server-sent events of all that happens
GET  /play/violations            DELETE forgets them
POST /play/faults                words of Faults.next, and "methods"; or {"network_down": true}; DELETE
POST /play/switches              {"photo_top": 2560, …}
POST /play/clock                 {"now": ISO} or {"advance": SECONDS}, where the clock can be moved
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import orjson
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.clock import OffsetClock, SteppedClock

from .account import Bot
from .acts import find_chat, perform
from .errors import PlayError, WaitedInVain
from .queue import encode
from .seen import bot_seen, call_seen, chat_seen, event_seen, message_seen, press_seen, user_seen
from .world import Json, Message

if TYPE_CHECKING:
    from .api import BotApiServer
    from .people import Person

Endpoint = Callable[[Request], Awaitable[Response]]
LOOPBACK = frozenset(["127.0.0.1", "::1", "::ffff:127.0.0.1"])
OWN_NAMES = frozenset(["127.0.0.1", "localhost", "::1"])
LASTING_FAULTS = (
    "network_down",
    "download_truncated_at",
    "download_bytes_per_second",
    "downloads_failing",
    "repeated_deliveries",
)


def answer(value: Any, status: int = 200) -> Response:
    """A JSON answer."""
    return Response(encode(value), status, media_type="application/json")


class Control:
    """The endpoints of one server."""

    def __init__(self, server: BotApiServer) -> None:
        self.server = server
        self.blobs: dict[str, bytes] = {}

    def routes(self) -> list[Route]:
        """The table of addresses."""
        return [
            Route("/play/bots", self.new_bot, methods=["POST"]),
            Route("/play/people", self.new_person, methods=["POST"]),
            Route("/play/groups", self.new_group, methods=["POST"]),
            Route("/play/channels", self.new_channel, methods=["POST"]),
            Route("/play/act", self.act, methods=["POST"]),
            Route("/play/acts", self.acts, methods=["POST"]),
            Route("/play/blobs", self.new_blob, methods=["POST"]),
            Route("/play/state", self.state),
            Route("/play/chats/{key}", self.chat),
            Route("/play/wait", self.wait),
            Route("/play/calls", self.calls),
            Route("/play/acknowledged", self.acknowledged, methods=["POST"]),
            Route("/play/files/{key:int}", self.file),
            Route("/play/events", self.events),
            Route("/play/violations", self.violations, methods=["GET", "DELETE"]),
            Route("/play/faults", self.faults, methods=["POST", "DELETE"]),
            Route("/play/switches", self.switches, methods=["POST"]),
            Route("/play/clock", self.clock, methods=["POST"]),
        ]

    # --- making -----------------------------------------------------------------------------------

    def _bot(self, number: Any) -> Bot:
        bot = self.server.telegram.bots.get(int(number))
        if bot is None:
            raise PlayError(f"there is no bot {number}")
        return bot

    def _person(self, number: Any) -> Person:
        person = self.server.people.get(int(number))
        if person is None:
            raise PlayError(f"there is no person {number}")
        return person

    async def new_bot(self, request: Request) -> Response:
        """Make a bot."""
        return answer(bot_seen(self.server.bot(**await _json(request))))

    async def new_person(self, request: Request) -> Response:
        """Make a person."""
        return answer(user_seen(self.server.person(**await _json(request)).user))

    async def new_group(self, request: Request) -> Response:
        """Make a group."""
        asked = await _json(request)
        members = [self._person(number) for number in asked.pop("members", ())]
        bots = [self._bot(number) for number in asked.pop("bots", ())]
        return answer(chat_seen(self.server.group(members=members, bots=bots, **asked)))

    async def new_channel(self, request: Request) -> Response:
        """Make a channel."""
        asked = await _json(request)
        owner = self._person(asked.pop("owner", 0))
        bots = [self._bot(number) for number in asked.pop("bots", ())]
        readers = [self._person(number) for number in asked.pop("subscribers", ())]
        return answer(chat_seen(self.server.channel(owner=owner, bots=bots, subscribers=readers, **asked)))

    async def new_blob(self, request: Request) -> Response:
        """Keep bytes for acts."""
        data = await request.body()
        name = hashlib.sha256(data).hexdigest()[:16]
        self.blobs[name] = data
        return answer({"blob": name, "size": len(data)})

    # --- acting -----------------------------------------------------------------------------------

    async def act(self, request: Request) -> Response:
        """Carry out one act."""
        if not request.headers.get("content-type", "").startswith("multipart/"):
            return answer(perform(self.server, await _json(request), self.blobs))
        async with request.form(max_part_size=64 * 1024 * 1024) as form:
            blobs = dict(self.blobs)
            for name, value in form.multi_items():
                if isinstance(value, UploadFile):
                    blobs[name] = await value.read()
            asked = _object(str(form.get("act", "")).encode())
        return answer(perform(self.server, asked, blobs))

    async def acts(self, request: Request) -> Response:
        """Carry out many acts, in order."""
        try:
            asked = orjson.loads(await request.body())
        except orjson.JSONDecodeError as error:
            raise PlayError("a list of acts is expected") from error
        if not isinstance(asked, list):
            raise PlayError("a list of acts is expected")
        results = [perform(self.server, act, self.blobs) for act in asked]
        wanted = request.query_params.get("results") == "1"
        return answer({"done": len(results)} | ({"results": results} if wanted else {}))

    # --- reading ----------------------------------------------------------------------------------

    async def state(self, request: Request) -> Response:
        """All that there is, without the messages."""
        telegram = self.server.telegram
        return answer(
            {
                "bots": [bot_seen(bot) for bot in telegram.bots.values()],
                "people": [user_seen(person.user) for person in self.server.people.values()],
                "chats": [chat_seen(chat) for chat in (*telegram.chats.values(), *telegram.private.values())],
                "open_presses": [press_seen(press) for press in self.server.open_callbacks()],
                "switches": asdict(telegram.switches),
                "network_down": telegram.faults.network_down,
                "now": telegram.clock.now().isoformat(),
                "event": telegram.events.number,
                "violations": telegram.violations,
            }
        )

    async def chat(self, request: Request) -> Response:
        """A chat with its messages."""
        chat = find_chat(self.server, request.path_params["key"])
        after = int(request.query_params.get("after", 0))
        messages = [message_seen(message) for message in chat.messages if message.message_id > after]
        return answer(chat_seen(chat) | {"messages": messages})

    async def wait(self, request: Request) -> Response:
        """Wait for a message of a bot that holds some words."""
        query = request.query_params
        chat = find_chat(self.server, query.get("chat", ""))
        words, after = query.get("words", ""), int(query.get("after", 0))

        def found() -> Message | None:
            for message in chat.by_id.values():
                if message.by_bot is not None and message.message_id > after and words in message.words:
                    return message
            return None

        return answer(message_seen(await self.server.wait_for(found, float(query.get("timeout", 5)), words)))

    async def calls(self, request: Request) -> Response:
        """The requests of a bot."""
        query = request.query_params
        bot = self._bot(query.get("bot", 0))
        method = query.get("method", "")
        calls = bot.calls_of(method) if method else bot.calls
        after = int(query.get("after", 0))
        return answer({"count": len(calls), "calls": [call_seen(call) for call in calls[after:]]})

    async def acknowledged(self, request: Request) -> Response:
        """Wait until a bot has confirmed all its updates."""
        asked = await _json(request)
        await self.server.acknowledged(self._bot(asked.get("bot", 0)), float(asked.get("timeout", 10)))
        return answer({"acknowledged": True})

    async def file(self, request: Request) -> Response:
        """The bytes of a file."""
        entry = self.server.telegram.files.files.get(request.path_params["key"])
        if entry is None:
            raise PlayError("there is no such file")
        file, media = entry
        kind = (
            "image/jpeg" if file.kind in {"photo", "thumbnail"} else media.mime or "application/octet-stream"
        )
        safe = (
            kind
            if kind.startswith(("image/jpeg", "image/png", "video/", "audio/"))
            else "application/octet-stream"
        )
        return Response(file.data, media_type=safe, headers={"X-Content-Type-Options": "nosniff"})

    async def events(self, request: Request) -> Response:
        """Everything that happens, as server-sent events."""
        given = request.query_params.get("after") or request.headers.get("last-event-id")
        stream = self.server.events.stream(int(given) if given else self.server.events.number)

        async def lines() -> AsyncIterator[str]:
            yield ": open\n\n"
            async for event in stream:
                yield f"id: {event.number}\nevent: {event.kind}\ndata: {encode(event_seen(event))}\n\n"

        return StreamingResponse(
            lines(), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )

    # --- setting ----------------------------------------------------------------------------------

    async def violations(self, request: Request) -> Response:
        """What a strict server has seen."""
        if request.method == "DELETE":
            self.server.violations.clear()
        return answer({"violations": self.server.violations})

    async def faults(self, request: Request) -> Response:
        """Order faults, or end them all."""
        faults = self.server.faults
        if request.method == "DELETE":
            faults.clear()
            return answer({"waiting": 0})
        asked = await _json(request)
        for name in LASTING_FAULTS:
            if name in asked:
                setattr(faults, name, asked.pop(name))
        if asked:
            faults.next(*asked.pop("methods", ()), **asked)
        self.server.events.happen("fault", waiting=len(faults.waiting), network_down=faults.network_down)
        return answer({"waiting": len(faults.waiting)})

    async def switches(self, request: Request) -> Response:
        """Set switches."""
        switches = self.server.switches
        names = {field.name for field in fields(switches)}
        for name, value in (await _json(request)).items():
            if name not in names:
                raise PlayError(f"there is no switch «{name}»")
            setattr(switches, name, value)
        return answer(asdict(switches))

    async def clock(self, request: Request) -> Response:
        """Move the clock."""
        clock = self.server.clock
        if not isinstance(clock, SteppedClock | OffsetClock):
            raise PlayError("this server's clock cannot be moved")
        asked = await _json(request)
        if "now" in asked:
            clock.move_to(datetime.fromisoformat(str(asked["now"])))
        else:
            clock.advance(timedelta(seconds=float(asked.get("advance", 0))))
        self.server.events.happen("clock", now=clock.now().isoformat())
        return answer({"now": clock.now().isoformat()})


def _object(body: bytes) -> Json:
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise PlayError("a JSON object is expected") from error
    if not isinstance(value, dict):
        raise PlayError("a JSON object is expected")
    return value


async def _json(request: Request) -> Json:
    return _object(await request.body())


def _foreign(scope: Any) -> bool:
    """Whether a page from elsewhere asks, through the browser of somebody here."""
    for name, value in scope["headers"]:
        if name in {b"origin", b"host"}:
            address = value.decode("latin-1")
            if urlsplit(address if "://" in address else f"//{address}").hostname not in OWN_NAMES:
                return True
    return False


async def _refused(request: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, 400)


async def _in_vain(request: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, 408)


def control_app(server: BotApiServer) -> Any:
    """The ASGI application below `/play`."""
    handlers: Any = {PlayError: _refused, TypeError: _refused, ValueError: _refused, WaitedInVain: _in_vain}
    inner = Starlette(routes=Control(server).routes(), exception_handlers=handlers)

    async def only_from_here(scope: Any, receive: Any, send: Any) -> None:
        client = scope.get("client")
        if scope["type"] == "http" and (client is None or client[0] not in LOOPBACK or _foreign(scope)):
            await JSONResponse({"error": "only from this machine"}, 403)(scope, receive, send)
            return
        await inner(scope, receive, send)

    return only_from_here
