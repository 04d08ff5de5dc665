"""Reply markup: parsed, checked and normalised as Telegram does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from .errors import bad
from .html import valid_url
from .world import Json

MAX_DATA_BYTES = 64
ROW_LIMIT, TOTAL_LIMIT = 12, 300
DOCUMENTED_ROW, DOCUMENTED_TOTAL = 8, 100
MAX_MARKUP_BYTES = 10_240
STYLES = frozenset(["primary", "danger", "success", "default"])
PLAIN_ACTIONS = ("switch_inline_query", "switch_inline_query_current_chat")


@dataclass(slots=True)
class Markup:
    """A parsed reply_markup: the inline keyboard, or the other kinds as they were given."""

    inline: Json | None = None
    other: Json | None = None
    too_wide: str = ""


def _text(value: Any, name: str, prefix: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    raise bad(f'{prefix}Field "{name}" must be of type String')


def _inline_button(raw: Any) -> Json | None:
    prefix = "can't parse inline keyboard button: "
    if not isinstance(raw, dict):
        raise bad(f"{prefix}InlineKeyboardButton must be an Object")
    if "text" not in raw:
        raise bad(f'{prefix}Can\'t find field "text"')
    button: Json = {"text": _text(raw["text"], "text", prefix)}
    style = raw.get("style")
    if style is not None:
        if style not in STYLES:
            raise bad(f"{prefix}invalid button style specified")
        if style != "default":
            button["style"] = style
    if raw.get("icon_custom_emoji_id"):
        button["icon_custom_emoji_id"] = _text(raw["icon_custom_emoji_id"], "icon_custom_emoji_id", prefix)
    if raw.get("url"):
        button["url"] = _text(raw["url"], "url", prefix)
    elif raw.get("callback_data"):
        button["callback_data"] = _text(raw["callback_data"], "callback_data", prefix)
    elif isinstance(raw.get("web_app"), dict):
        button["web_app"] = {"url": _text(raw["web_app"].get("url", ""), "url", prefix)}
    elif isinstance(raw.get("copy_text"), dict):
        button["copy_text"] = {"text": _text(raw["copy_text"].get("text", ""), "text", prefix)}
    elif isinstance(raw.get("login_url"), dict):
        button["login_url"] = raw["login_url"]
    elif isinstance(raw.get("switch_inline_query_chosen_chat"), dict):
        button["switch_inline_query_chosen_chat"] = raw["switch_inline_query_chosen_chat"]
    else:
        for name in PLAIN_ACTIONS:
            if name in raw:
                button[name] = _text(raw[name], name, prefix)
                break
        else:
            raise bad(f"{prefix}Text buttons are unallowed in the inline keyboard")
    return button if button["text"] else None


def _rows(value: Any, message: str) -> list[list[Any]]:
    if not isinstance(value, list) or not all(isinstance(row, list) for row in value):
        raise bad(message)
    return value


def parse_markup(raw: str) -> Markup:
    """A `reply_markup` argument → its keyboard; nothing is checked yet that only the server checks.

    Raises:
        ApiError: what cannot be parsed.
    """
    if not raw:
        return Markup()
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise bad("can't parse reply keyboard markup JSON object") from None
    if value is None:
        return Markup()
    if not isinstance(value, dict):
        raise bad("object expected as reply markup")
    if "keyboard" in value:
        return _reply_keyboard(value)
    if "inline_keyboard" in value:
        message = 'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays'
        kept: list[list[Json]] = []
        total = 0
        too_wide = ""
        for row in _rows(value["inline_keyboard"], message):
            buttons = [button for button in map(_inline_button, row) if button is not None]
            if len(buttons) > DOCUMENTED_ROW:
                too_wide = f"{len(buttons)} buttons in one row"
            total += len(buttons)
            buttons = buttons[:ROW_LIMIT][: max(0, TOTAL_LIMIT - total + len(buttons))]
            if buttons:
                kept.append(buttons)
        if total > DOCUMENTED_TOTAL:
            too_wide = f"{total} buttons in one keyboard"
        return Markup(inline={"inline_keyboard": kept} if kept else None, too_wide=too_wide)
    if "remove_keyboard" in value or "force_reply" in value:
        return Markup(other=value)
    return Markup()


def _reply_keyboard(value: Json) -> Markup:
    rows = []
    for row in _rows(value["keyboard"], 'field "keyboard" must be an Array of Arrays'):
        buttons = []
        for raw in row:
            button = {"text": raw} if isinstance(raw, str) else raw
            if not isinstance(button, dict):
                raise bad("can't parse keyboard button: KeyboardButton must be an Object")
            if "text" not in button:
                raise bad("can't parse keyboard button: Can't find field \"text\"")
            buttons.append(button | {"text": _text(button["text"], "text", "can't parse keyboard button: ")})
        buttons = [button for button in buttons if button["text"]]
        if buttons:
            rows.append(buttons)
    return Markup(other=value | {"keyboard": rows}) if rows else Markup()


def check_markup(markup: Markup, chat_type: str) -> None:
    """What Telegram checks once it knows the chat.

    Raises:
        ApiError: wrong kind of keyboard for the chat, wrong links, callback data of more than 64 bytes.
    """
    if markup.other is not None:
        if chat_type == "channel":
            raise bad("inline keyboard expected")
        if chat_type != "private":
            for row in markup.other.get("keyboard", []):
                for button in row:
                    if button.get("request_contact"):
                        raise bad("phone number can be requested in private chats only")
                    if button.get("request_location"):
                        raise bad("location can be requested in private chats only")
    if markup.inline is None:
        return
    size = 0
    for row in markup.inline["inline_keyboard"]:
        for button in row:
            size += len(button["text"].encode()) + 8
            if "url" in button:
                url = valid_url(button["url"])
                if url is None:
                    raise bad(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
                button["url"] = url
            elif "web_app" in button and not button["web_app"]["url"].lower().startswith("https://"):
                raise bad(
                    f"inline keyboard button Web App URL '{button['web_app']['url']}' is invalid: "
                    "Only HTTPS links are allowed"
                )
            elif "callback_data" in button:
                length = len(button["callback_data"].encode())
                size += length
                if length > MAX_DATA_BYTES:
                    raise bad("BUTTON_DATA_INVALID")
    if size > MAX_MARKUP_BYTES:
        raise bad("reply markup is too long")
