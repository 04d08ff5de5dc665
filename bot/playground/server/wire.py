"""The Bot API over HTTP: addresses, envelope, faults, downloads. A plain ASGI application, for speed."""

from __future__ import annotations

import asyncio
import inspect
import re
from typing import Any
from urllib.parse import unquote

from .account import Bot, Call
from .arguments import Arguments, TooLarge, read
from .errors import ApiError
from .faults import Fault
from .methods import TABLE
from .methods.base import Answered, Raw, Request
from .queue import encode
from .telegram import Telegram

Scope = Any
Receive = Any
Send = Any

TOKEN = re.compile(r"[1-9]\d{0,14}:[A-Za-z0-9_-]{1,64}\Z")
NO_METHOD = ApiError(404, "Not Found: method not found")
NO_PATH = ApiError(404, "Not Found")
UNAUTHORIZED = ApiError(401, "Unauthorized")
BAD_TOKEN = ApiError(401, "Unauthorized: invalid token specified")
RESTART = ApiError(500, "Internal Server Error: restart")
CHUNK = 64 * 1024
SLICE_SECONDS = 0.05


class Wire:
    """Answers `/bot<token>/<method>` and `/file/bot<token>/<path>`."""

    def __init__(self, telegram: Telegram) -> None:
        self.telegram = telegram
        self.closing = False
        telegram.call_in_webhook_answer = self.call_in_webhook_answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request; a fault of this server's own is kept among the violations."""
        try:
            await self._serve(scope, receive, send)
        except Exception as error:
            self.telegram.violations.append(f"the server itself failed: {error!r}")
            raise

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.telegram.faults.network_down:
            await _read_body(receive)
            await _cut(send)
            return
        path: str = scope["path"]
        if path.startswith("/file/bot"):
            await self._download(scope, path, receive, send)
            return
        if scope["method"] not in {"GET", "POST"}:
            await _bare(send, 501)
            return
        body = await _read_body(receive)
        token, method = _split(path)
        if token is None:
            await _fail(send, NO_PATH)
            return
        content_type = ""
        for name, value in scope["headers"]:
            if name == b"content-type":
                content_type = value.decode("latin-1")
                break
        try:
            args = read(scope["query_string"], content_type, body)
        except TooLarge:
            await _bare(send, 413)
            return
        bot = self.telegram.tokens.get(token)
        if bot is None or (bot.logged_out and method.lower() != "getme"):
            if bot is not None:
                await _fail(send, ApiError(400, "Logged out"))
            else:
                await _fail(send, UNAUTHORIZED if TOKEN.match(token) else BAD_TOKEN)
            return
        await self._call(bot, method or args.text("method"), args, receive, send)

    async def _call(self, bot: Bot, method: str, args: Arguments, receive: Receive, send: Send) -> None:
        name = method.lower()
        fault = self.telegram.faults.take(name, args.values)
        if fault is not None and "before" in (fault.cut, fault.silent):
            self._record_fault(bot, method, args, fault)
            await (_cut(send) if fault.cut else _hang(receive, send))
            return
        call = Call(method, args.values, self.telegram.clock.now())
        if args.files:
            call.files = {key: (upload.name, len(upload.data)) for key, upload in args.files.items()}
        bot.in_flight += 1
        try:
            error = fault.error() if fault is not None else None
            if error is not None:
                raise error
            if self.closing:
                raise RESTART
            result = await self._answer(bot, name, args, receive)
            status, answer = 200, _success(result)
            call.code = 200
        except ApiError as refused:
            status, answer = refused.code, _failure(refused)
            call.code, call.description = refused.code, refused.description
            self._judge(bot, method, refused)
        except _Gone:
            return
        finally:
            bot.in_flight -= 1
        call.answer = answer
        if name != "getupdates":
            bot.note(call)
            self.telegram.events.happen("call", bot=bot, call=call)
        if (fault is not None and fault.cut) or self.telegram.faults.network_down:
            await _cut(send)
        elif fault is not None and fault.silent:
            await _hang(receive, send)
        else:
            await _respond(send, status, answer, call.code == 429 and answer)

    async def _answer(self, bot: Bot, name: str, args: Arguments, receive: Receive) -> Any:
        function = TABLE.get(name)
        if function is None:
            raise NO_METHOD
        result = function(Request(self.telegram, bot, args))
        if not inspect.iscoroutine(result):
            return result
        return await _unless_gone(result, receive)

    async def call_in_webhook_answer(self, bot: Bot, value: dict[str, Any]) -> None:
        """Carry out a method call that stood in the answer of a webhook; its result goes nowhere."""
        method = str(value.pop("method"))
        name = method.lower()
        if name.startswith("get") or name in {"setwebhook", "deletewebhook", "close", "logout"}:
            return
        texts = {key: item if isinstance(item, str) else encode(item) for key, item in value.items()}
        call = Call(method, texts, self.telegram.clock.now())
        try:
            function = TABLE.get(name)
            if function is None:
                raise NO_METHOD
            call.answer = _success(function(Request(self.telegram, bot, Arguments(texts, {}))))
            call.code = 200
        except ApiError as refused:
            call.code, call.description = refused.code, refused.description
            self._judge(bot, method, refused)
        bot.note(call)
        self.telegram.events.happen("call", bot=bot, call=call)

    def _judge(self, bot: Bot, method: str, error: ApiError) -> None:
        if not self.telegram.strict:
            return
        if error is NO_METHOD:
            self.telegram.violation(f"{method}: there is no such method")
        elif "can't parse" in error.description or "BUTTON_DATA_INVALID" in error.description:
            self.telegram.violation(f"{method}: {error.description}")

    def _record_fault(self, bot: Bot, method: str, args: Arguments, fault: Fault) -> None:
        call = Call(
            method, args.values, self.telegram.clock.now(), description="cut" if fault.cut else "silent"
        )
        bot.note(call)
        self.telegram.events.happen("call", bot=bot, call=call)

    async def _download(self, scope: Scope, path: str, receive: Receive, send: Send) -> None:
        telegram, faults = self.telegram, self.telegram.faults
        token, _, file_path = unquote(path[len("/file/bot") :]).partition("/")
        bot = telegram.tokens.get(token)
        if bot is None:
            await _fail(send, UNAUTHORIZED if TOKEN.match(token) else NO_PATH)
            return
        found = bot.paths.get(file_path)
        if faults.downloads_failing > 0:
            faults.downloads_failing -= 1
            await _fail(send, ApiError(500, "Internal Server Error"))
            return
        if found is None or telegram.now() > found[1] or scope["method"] not in {"GET", "HEAD"}:
            await _fail(send, NO_PATH)
            return
        data = found[0].data
        telegram.events.happen("download", bot=bot, path=file_path)
        headers = [
            (b"content-type", b"application/octet-stream"),
            (b"content-length", str(len(data)).encode()),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        if scope["method"] == "HEAD":
            await send({"type": "http.response.body"})
            return
        end = (
            len(data)
            if faults.download_truncated_at is None
            else min(faults.download_truncated_at, len(data))
        )
        step = len(data) or 1
        if faults.download_bytes_per_second:
            step = max(1, int(faults.download_bytes_per_second * SLICE_SECONDS))
        for start in range(0, end, step):
            await send(
                {
                    "type": "http.response.body",
                    "body": data[start : min(start + step, end)],
                    "more_body": True,
                }
            )
            if faults.download_bytes_per_second:
                await asyncio.sleep(SLICE_SECONDS)
        if end < len(data):
            await _cut(send)
            return
        await send({"type": "http.response.body", "body": b""})


class _Gone(Exception):
    """The bot has closed its connection while it waited."""


def _split(path: str) -> tuple[str | None, str]:
    if not path.startswith("/bot"):
        return None, ""
    token, slash, method = path[4:].partition("/")
    if not slash:
        return None, ""
    if "%" in token:
        token = unquote(token)
    return token, method.removeprefix("test/").rstrip("/")


def _success(result: Any) -> bytes:
    if isinstance(result, Raw):
        return b'{"ok":true,"result":' + result.body + b"}"
    if isinstance(result, Answered):
        return encode({"ok": True, "result": result.result, "description": result.description}).encode()
    return b'{"ok":true,"result":' + encode(result).encode() + b"}"


def _failure(error: ApiError) -> bytes:
    value: dict[str, Any] = {"ok": False, "error_code": error.code, "description": error.description}
    if error.parameters:
        value["parameters"] = error.parameters
    return encode(value).encode()


async def _fail(send: Send, error: ApiError) -> None:
    await _respond(send, error.code, _failure(error), False)


async def _respond(send: Send, status: int, body: bytes, retry: Any) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    if retry:
        match = re.search(rb'"retry_after":(\d+)', body)
        if match is not None:
            headers.append((b"retry-after", match.group(1)))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _bare(send: Send, status: int) -> None:
    headers = [(b"content-length", b"0"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


async def _read_body(receive: Receive) -> bytes:
    message = await receive()
    if not message.get("more_body"):
        return bytes(message.get("body", b""))
    pieces = [message.get("body", b"")]
    while message.get("more_body"):
        message = await receive()
        pieces.append(message.get("body", b""))
    return b"".join(pieces)


async def _unless_gone(work: Any, receive: Receive) -> Any:
    """The result of the work, given up as soon as the client closes its connection."""
    loop = asyncio.get_running_loop()
    running = loop.create_task(work)
    leaving = loop.create_task(receive())
    try:
        await asyncio.wait((running, leaving), return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            return running.result()
        raise _Gone
    finally:
        for task in (running, leaving):
            task.cancel()
        await asyncio.gather(running, leaving, return_exceptions=True)


async def _cut(send: Send) -> None:
    """Close the socket under the client, without a word."""
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is not None:
        transport.abort()
    await asyncio.sleep(0)
    await asyncio.sleep(0)


async def _hang(receive: Receive, send: Send) -> None:
    """Say nothing until the client gives up."""
    while (await receive())["type"] != "http.disconnect":
        continue
