"""Keeps a server's world in a file, so that it is there again after a restart: messages, files, people.

Every second what has changed is written: messages that were sent or edited, new files, and the rest whole.
What a sudden end of the machine costs is the last second; numbers given out in it are not given out again.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from .remembering import (
    file_json,
    message_json,
    restore_files,
    restore_messages,
    restore_world,
    world_json,
)
from .world import Json, Message

if TYPE_CHECKING:
    from .api import BotApiServer

VERSION = 1
EVERY = 1.0
TABLES = """
CREATE TABLE IF NOT EXISTS kept (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS message (
    chat TEXT NOT NULL, number INTEGER NOT NULL, value BLOB NOT NULL, PRIMARY KEY (chat, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS file (number INTEGER PRIMARY KEY, value BLOB NOT NULL, data BLOB NOT NULL);
"""


class NotKept(Exception):
    """What stands in the file cannot be taken up: it is another version's, or was never finished."""


class Keeper:
    """One file for one server.

    Args:
        path: the file; it is made.
        more: gives what else is to be kept, as JSON.
    """

    def __init__(self, path: Path, more: Callable[[], Json]) -> None:
        self._more = more
        self._db = sqlite3.connect(path)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(TABLES)
        self._event = 0
        self._file = 0

    # --- taking up --------------------------------------------------------------------------------

    def kept(self) -> Json | None:
        """What else was kept; None where nothing was.

        Raises:
            NotKept: it is another version's.
        """
        version = self._get("version")
        if version is None:
            return None
        if version != VERSION:
            raise NotKept(f"version {version}")
        more = self._get("more")
        return more if isinstance(more, dict) else None

    def restore(self, server: BotApiServer) -> None:
        """Take up the world in a server that is still empty."""
        world = self._get("world")
        if not isinstance(world, dict):
            raise NotKept("no world")
        files = self._db.execute("SELECT value, data FROM file ORDER BY number").fetchall()
        messages = self._db.execute(
            "SELECT chat, number, value FROM message ORDER BY chat, number"
        ).fetchall()
        restore_world(server, world, clean=self._get("clean") is True)
        restore_files(server.telegram, [(orjson.loads(value), data) for value, data in files])
        pinned = {
            f"{chat['bot']}:{chat['id']}" if chat["bot"] is not None else str(chat["id"]): chat["pinned"]
            for chat in world["chats"]
        }
        rows = [(chat, number, orjson.loads(value)) for chat, number, value in messages]
        restore_messages(server.telegram, rows, pinned)
        self._event = server.events.number
        self._file = max((orjson.loads(value)["key"] for value, _ in files), default=0)
        self._put("clean", False)
        self._db.commit()

    # --- writing ----------------------------------------------------------------------------------

    def write(self, server: BotApiServer, *, clean: bool = False) -> None:
        """Write what has changed since the last time."""
        events, telegram = server.events, server.telegram
        if self._event == events.number and not clean:
            return
        since = events.after(self._event)
        if events.number - self._event > len(since):  # more has happened than is remembered
            chats = (*telegram.chats.values(), *telegram.private.values())
            changed = [message for chat in chats for message in chat.by_id.values()]
        else:
            found = (event.about.get("message") for event in since)
            changed = [message for message in found if isinstance(message, Message)]
        self._event = events.number
        for key in range(self._file + 1, telegram.files.next_key):
            entry = telegram.files.files.get(key)
            if entry is not None:
                value = orjson.dumps(file_json(*entry))
                self._db.execute("INSERT OR REPLACE INTO file VALUES (?, ?, ?)", (key, value, entry[0].data))
        self._file = telegram.files.next_key - 1
        for message in dict.fromkeys(changed):
            place = (message.chat.key, message.message_id)
            if message.deleted:
                self._db.execute("DELETE FROM message WHERE chat = ? AND number = ?", place)
            else:
                value = orjson.dumps(message_json(message), option=orjson.OPT_NON_STR_KEYS)
                self._db.execute("INSERT OR REPLACE INTO message VALUES (?, ?, ?)", (*place, value))
        self._put("world", world_json(telegram))
        self._put("more", self._more())
        self._put("version", VERSION)
        self._put("clean", clean)
        self._db.commit()

    async def keep(self, server: BotApiServer) -> None:
        """Write every second, until cancelled."""
        while True:
            await asyncio.sleep(EVERY)
            self.write(server)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _get(self, name: str) -> object:
        row = self._db.execute("SELECT value FROM kept WHERE name = ?", (name,)).fetchone()
        return orjson.loads(row[0]) if row is not None else None

    def _put(self, name: str, value: object) -> None:
        data = orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS)
        self._db.execute("INSERT OR REPLACE INTO kept VALUES (?, ?)", (name, data))
