"""The bot's own profile: commands, name, descriptions, menu button."""

from __future__ import annotations

import re
from typing import Any

import orjson

from ..errors import bad
from ..world import Json
from .base import Method, Request

COMMAND = re.compile(r"[a-z0-9_]+\Z")
PLAIN_SCOPES = frozenset(["default", "all_private_chats", "all_group_chats", "all_chat_administrators"])
CHAT_SCOPES = frozenset(["chat", "chat_administrators", "chat_member"])
MAX_COMMANDS = 100


def _scope(request: Request) -> str:
    raw = request.args.text("scope")
    if not raw:
        return "default"
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise bad("can't parse BotCommandScope JSON object") from None
    if not isinstance(value, dict):
        raise bad("can't parse BotCommandScope: expected an Object")
    kind = value.get("type")
    if kind in PLAIN_SCOPES:
        return str(kind)
    if kind not in CHAT_SCOPES:
        raise bad("can't parse BotCommandScope: Unsupported type specified")
    chat = request.readable(request.find_chat(str(value.get("chat_id", "")), empty="chat_id is empty"))
    if chat.type == "private" and kind != "chat":
        raise bad("can't use specified scope in private chats")
    if chat.type == "channel":
        raise bad("can't change commands in channel chats")
    if kind == "chat_member":
        if not isinstance(value.get("user_id"), int) or value["user_id"] <= 0:
            raise bad("invalid user_id specified")
        return f"chat_member:{chat.id}:{value['user_id']}"
    return f"{kind}:{chat.id}"


def _language(request: Request) -> str:
    code = request.args.text("language_code")
    if code and re.fullmatch(r"[a-z]{2}", code) is None:
        raise bad("invalid language code specified")
    return code


def _command(raw: Any) -> Json:
    prefix = "can't parse BotCommand: "
    if not isinstance(raw, dict):
        raise bad(f"{prefix}expected an Object")
    for field in ("command", "description"):
        if field not in raw:
            raise bad(f'{prefix}Can\'t find field "{field}"')
        if not isinstance(raw[field], str):
            raise bad(f'{prefix}Field "{field}" must be of type String')
    command, description = raw["command"].strip().removeprefix("/"), raw["description"].strip()
    if not command:
        raise bad("command must be non-empty")
    if len(command) > 32:
        raise bad("command length must not exceed 32")
    if not description:
        raise bad("command description must be non-empty")
    if len(description) > 256:
        raise bad("command description length must not exceed 256")
    return {"command": command, "description": description}


def set_my_commands(request: Request) -> bool:
    """The commands of the menu, for a scope and a language."""
    raw = request.args.text("commands")
    values: Any = []
    if raw:
        try:
            values = orjson.loads(raw)
        except orjson.JSONDecodeError:
            raise bad("can't parse commands JSON object") from None
    if not isinstance(values, list):
        raise bad("expected an Array of BotCommand")
    if len(values) > MAX_COMMANDS:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    commands = [_command(value) for value in values]
    key = (_scope(request), _language(request))
    if any(COMMAND.match(command["command"]) is None for command in commands):
        raise bad("BOT_COMMAND_INVALID")
    if commands:
        request.bot.commands[key] = commands
    else:
        request.bot.commands.pop(key, None)
    request.telegram.events.happen("commands", bot=request.bot, scope=key[0])
    return True


def get_my_commands(request: Request) -> list[Json]:
    """The commands of one scope and language, as they were set."""
    return request.bot.commands.get((_scope(request), _language(request)), [])


def delete_my_commands(request: Request) -> bool:
    """Forget the commands of one scope and language."""
    request.bot.commands.pop((_scope(request), _language(request)), None)
    return True


def _setter(field: str, most: int, error: str) -> Method:
    def set_it(request: Request) -> bool:
        value = request.args.text(field)
        if len(value) > most:
            raise bad(error)
        request.bot.texts[(field, _language(request))] = value
        if field == "name" and value and not request.args.text("language_code"):
            request.bot.user.first_name = value
        return True

    return set_it


def _getter(field: str) -> Method:
    def get_it(request: Request) -> Json:
        texts = request.bot.texts
        value = texts.get((field, _language(request))) or texts.get((field, ""), "")
        return {field: value or (request.bot.user.first_name if field == "name" else "")}

    return get_it


def set_menu_button(request: Request) -> bool:
    """What the button beside the text field opens."""
    value = request.args.json("menu_button")
    request.bot.menu_button = value if isinstance(value, dict) else {"type": "commands"}
    return True


def get_menu_button(request: Request) -> Json:
    """What the button beside the text field opens."""
    return request.bot.menu_button


METHODS: dict[str, Method] = {
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "setMyName": _setter("name", 64, "name is too long"),
    "getMyName": _getter("name"),
    "setMyDescription": _setter("description", 512, "description is too long"),
    "getMyDescription": _getter("description"),
    "setMyShortDescription": _setter("short_description", 120, "short description is too long"),
    "getMyShortDescription": _getter("short_description"),
    "setChatMenuButton": set_menu_button,
    "getChatMenuButton": get_menu_button,
}
