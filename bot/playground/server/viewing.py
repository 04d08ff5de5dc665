"""What the control interface shows: a piece of a chat, the stream of happenings, the bytes of a file."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from starlette.responses import Response, StreamingResponse

from .account import Bot
from .errors import PlayError
from .events import Event, Events
from .queue import encode
from .seen import chat_seen, event_seen, message_seen
from .world import Chat, Json

if TYPE_CHECKING:
    from .api import BotApiServer

SHOWN: Final = ("image/jpeg", "image/png", "image/webp", "video/", "audio/", "application/pdf", "text/plain")
"""Kinds of files that a browser may show in its own window; never what could run there."""


def chat_view(server: BotApiServer, chat: Chat, query: Mapping[str, str]) -> Json:
    """A chat with its messages: all, those `after` a number, or the `last` so many, also `before` a number.

    `more` says whether there are older ones; `person` adds the commands that this person's app would list.
    """
    after, before = int(query.get("after") or 0), int(query.get("before") or 0)
    messages = [
        message
        for message in chat.messages
        if message.message_id > after and (not before or message.message_id < before)
    ]
    most = int(query.get("last") or 0)
    shown = messages[-most:] if most > 0 else messages
    seen: Json = chat_seen(chat) | {
        "messages": [message_seen(message) for message in shown],
        "more": len(shown) < len(messages),
    }
    if query.get("person"):
        seen["commands"] = commands_for(server, chat, int(query["person"]))
    return seen


def commands_for(server: BotApiServer, chat: Chat, person_id: int) -> list[Json]:
    """The menu of commands that a person's app shows in a chat: the narrowest scope that was set.

    The order is Telegram's: member, chat, administrators, all private or group chats, default; in each the
    person's language before none.
    """
    person = server.people.get(person_id)
    if person is None:
        raise PlayError(f"there is no person {person_id}")
    bots = [chat.bot] if chat.bot is not None else [server.telegram.bots[bot] for bot in chat.bots_inside]
    language = person.user.language_code.partition("-")[0]
    found = (_commands(bot, chat, person_id, language) for bot in bots)
    return [command for commands in found for command in commands]


def _commands(bot: Bot, chat: Chat, person_id: int, language: str) -> list[Json]:
    scopes = [f"chat:{chat.id}", "all_private_chats", "default"]
    if chat.bot is None:
        member = chat.members.get(person_id)
        boss = member is not None and member.is_admin
        scopes = [
            f"chat_member:{chat.id}:{person_id}",
            *([f"chat_administrators:{chat.id}"] if boss else []),
            f"chat:{chat.id}",
            *(["all_chat_administrators"] if boss else []),
            "all_group_chats",
            "default",
        ]
    for scope in scopes:
        for spoken in (language, ""):
            if commands := bot.commands.get((scope, spoken)):
                return commands
    return []


def event_stream(events: Events, given: str | None, kinds: str) -> Response:
    """Everything after a number as server-sent events; `gap` first, where some of it is no longer kept."""
    wanted = frozenset(kinds.split(",")) if kinds else None
    after = int(given) if given else events.number
    oldest = events.kept[0].number if events.kept else events.number + 1
    gap = after > events.number or after + 1 < oldest
    if gap:
        after = events.number

    async def lines() -> AsyncIterator[str]:
        yield ": open\n\n"
        if gap:
            yield _line(Event(after, "gap", {}))
        async for event in events.stream(after):
            if wanted is None or event.kind in wanted:
                yield _line(event)

    return StreamingResponse(lines(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})


def _line(event: Event) -> str:
    return f"id: {event.number}\nevent: {event.kind}\ndata: {encode(event_seen(event))}\n\n"


def file_response(server: BotApiServer, key: int, name: str) -> Response:
    """The bytes of a file: shown where that is harmless, else handed over under its name.

    Raises:
        PlayError: there is none.
    """
    entry = server.telegram.files.files.get(key)
    if entry is None:
        raise PlayError("there is no such file")
    file, media = entry
    kind = "image/jpeg" if file.kind in {"photo", "thumbnail"} else media.mime or "application/octet-stream"
    shown = kind.startswith(SHOWN)
    headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
    name = name or media.name
    if not shown or name:
        way = "inline" if shown else "attachment"
        headers["Content-Disposition"] = f"{way}; filename*=UTF-8''{quote(name or 'file', safe='')}"
    if kind == "application/pdf":
        del headers["Content-Security-Policy"]  # a browser's own reader does not open in a sandbox
    if kind == "text/plain":
        kind = "text/plain; charset=utf-8"
    return Response(file.data, media_type=kind if shown else "application/octet-stream", headers=headers)
