"""getFile: the way to the bytes."""

from __future__ import annotations

from ..errors import bad
from ..files import FOLDERS
from ..world import Json
from .base import Method, Request


def get_file(request: Request) -> Json:
    """Where a file can be downloaded, for an hour at least."""
    telegram, bot = request.telegram, request.bot
    file_id = request.args.text("file_id")
    if not file_id:
        raise bad("file_id not specified")
    found = telegram.files.find(bot.id, file_id)
    if found is None:
        raise bad("invalid file_id")
    file, _ = found
    if file.size > telegram.switches.max_download:
        raise bad("file is too big")
    path = bot.path_of.get(file.key)
    if path is None:
        extension = f".{file.extension}" if file.extension else ""
        path = f"{FOLDERS[file.kind]}/file_{len(bot.path_of)}{extension}"
        bot.path_of[file.key] = path
    bot.paths[path] = (file, telegram.now() + telegram.switches.file_link_seconds)
    return {"file_id": file_id, "file_unique_id": file.unique, "file_size": file.size, "file_path": path}


METHODS: dict[str, Method] = {"getFile": get_file}
