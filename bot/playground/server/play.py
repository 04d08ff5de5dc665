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
GET  /play/chats/KEY             the chat and its messages (?after=MESSAGE_ID, ?last=N, ?before=MESSAGE_ID;
                                 ?person=ID adds the commands that this person's app lists)
GET  /play/wait                  ?chat=KEY&words=…&after=MESSAGE_ID&timeout=5: the first such message of a bot
GET  /play/calls                 ?bot=ID&method=…&after=N
POST /play/acknowledged          {"bot": ID, "timeout": 10}
GET  /play/files/N               the bytes of a file (?name=…)
GET  /play/events                ?after=N: server-sent events of all that happens; ?kinds=message,edited,…
GET  /play/violations            DELETE forgets them
POST /play/faults                words of Faults.next, and "methods"; or {"network_down": true}; DELETE
POST /play/switches              {"photo_top": 2560, …}
POST /play/clock                 {"now": ISO} or {"advance": SECONDS}, where the clock can be moved

A file of an act is a field of the form, a blob, or what `server.shelf` has under the name («sample:KEY»).
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import orjson
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.clock import OffsetClock, SteppedClock

from .account import Bot
from .acts import find_chat, perform
from .errors import PlayError, WaitedInVain
from .files import MAX_PHOTO, MAX_UPLOAD
from .queue import encode
from .seen import bot_seen, call_seen, chat_seen, message_seen, press_seen, user_seen
from .viewing import chat_view, event_stream, file_response
from .world import Json, Message

if TYPE_CHECKING:
    from .api import BotApiServer
    from .people import Person

Endpoint = Callable[[Request], Awaitable[Response]]
MIB = 1024 * 1024
MAX_REQUEST = 64 * MIB
LOOPBACK = frozenset(["127.0.0.1", "::1", "::ffff:127.0.0.1"])
PORTS = {"http": 80, "https": 443}
OWN_NAMES = frozenset(["127.0.0.1", "localhost", "::1"])
LASTING_FAULTS = (
    "slow_down",
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
        person = self.server.person(**await _json(request))
        self.server.events.happen("person", user=person.user)
        return answer(user_seen(person.user))

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
        if int(request.headers.get("content-length") or 0) > MAX_REQUEST:
            return answer({"error": f"a request holds {MAX_REQUEST // MIB} MB at the most"}, 413)
        if not request.headers.get("content-type", "").startswith("multipart/"):
            return answer(perform(self.server, await _json(request), self.blobs))
        async with request.form(max_part_size=MAX_REQUEST) as form:
            blobs = dict(self.blobs)
            for name, value in form.multi_items():
                if isinstance(value, UploadFile):
                    blobs[name] = await value.read()
            asked = _object(str(form.get("act", "")).encode())
        photos = str(asked.get("verb", "")) in {"sends_photo", "sends_album"} and not asked.get("documents")
        most = MAX_PHOTO if photos else MAX_UPLOAD
        for name, data in blobs.items():
            if name not in self.blobs and len(data) > most:
                raise PlayError(f"too large: {len(data) / MIB:.1f} MB, at the most {most // MIB} MB")
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
        return answer(chat_view(self.server, chat, request.query_params))

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
        return file_response(self.server, request.path_params["key"], request.query_params.get("name", ""))

    async def events(self, request: Request) -> Response:
        """Everything that happens, as server-sent events."""
        query = request.query_params
        given = query.get("after") or request.headers.get("last-event-id")
        return event_stream(self.server.events, given, query.get("kinds", ""))

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
        if "network_down" in asked:
            self.server.telegram.network(down=bool(asked.pop("network_down")))
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
        now = clock.now()
        if "now" in asked:
            to = datetime.fromisoformat(str(asked["now"]))
        else:
            to = now + timedelta(seconds=float(asked.get("advance", 0)))
        if to < now:
            raise PlayError("the clock does not run backwards")
        if self.server.moves_clock is not None:
            await self.server.moves_clock(to)
            return answer({"now": clock.now().isoformat()})
        clock.move_to(to)
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


def _foreign(scope: Any, open_to_others: bool) -> bool:
    """Whether a page from elsewhere asks, through the browser of somebody here.

    A page of this server has scheme, name and port of the address that it calls: another port of this
    machine is another server. A forwarded port is the browser's own in both.
    """
    said: dict[bytes, list[str]] = {b"host": [], b"origin": [], b"x-forwarded-proto": []}
    for name, value in scope["headers"]:
        if name in said:
            said[name].append(value.decode("latin-1"))
    # who serves it to others may do so behind TLS; a foreign page cannot set this header unasked
    proxied = said[b"x-forwarded-proto"] if open_to_others else []
    scheme = proxied[0] if proxied else scope.get("scheme", "http")
    own = {_address(f"{scheme}://{host}") for host in said[b"host"]}
    if not open_to_others and any(one is None or one[1] not in OWN_NAMES for one in own):
        return True
    return any(_address(origin) not in own - {None} for origin in said[b"origin"])


def _address(url: str) -> tuple[str, str | None, int | None] | None:
    """Scheme, name and port of an address; None where it is none."""
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname, parts.port or PORTS.get(parts.scheme)
    except ValueError:
        return None


async def _refused(request: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, 400)


async def _in_vain(request: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, 408)


def control_app(server: BotApiServer) -> Any:
    """The ASGI application below `/play`."""
    handlers: Any = {PlayError: _refused, TypeError: _refused, ValueError: _refused, WaitedInVain: _in_vain}
    return guarded(server, Starlette(routes=Control(server).routes(), exception_handlers=handlers))


def guarded(server: BotApiServer, inner: Any) -> Any:
    """An ASGI application for this machine alone: no other, and no page from elsewhere in a browser here.

    Where the server was told to listen to others, the browser still has to be on a page of this server.
    """

    async def only_from_here(scope: Any, receive: Any, send: Any) -> None:
        client = scope.get("client")
        far = client is None or (not server.open_to_others and client[0] not in LOOPBACK)
        if scope["type"] == "http" and (far or _foreign(scope, server.open_to_others)):
            refused = JSONResponse({"error": "only from this machine", "zh": "只限本机"}, 403)
            await refused(scope, receive, send)
            return
        await inner(scope, receive, send)

    return only_from_here
