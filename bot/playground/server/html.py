"""Telegram's HTML: the same grammar and the same complaints, with UTF-8 byte offsets.

Follows parse_html of TDLib, which takes the end of the text for a white space of its own.
"""

from __future__ import annotations

import re
from typing import Any

from .errors import bad

Entity = dict[str, Any]

SIMPLE = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
}
TAGS = frozenset([*SIMPLE, "a", "code", "pre", "blockquote", "tg-emoji", "tg-time"])
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
SPACES = " \t\r\n\v\f\0"
END = "\0"
PLAIN = re.compile(r"[^<&\0]+|\0(?=.)", re.DOTALL)
WORD = re.compile(r"[^ \t\r\n\v\f\0>]*")
ATTRIBUTE = re.compile(r"[^ \t\r\n\v\f\0>=]*")
BLANK = re.compile(r"[ \t\r\n\v\f]*")
TOKEN = re.compile(r"[A-Za-z0-9.\-]*")
CHARACTER = re.compile(r"&(?:#x([0-9A-Fa-f]{1,8})|#([0-9]{1,9})|([A-Za-z]+));?")
ASTRAL = re.compile("[\U00010000-\U0010ffff]")
USER_LINK = re.compile(r"tg://user\?id=(\d+)$", re.IGNORECASE)


def utf16_length(text: str) -> int:
    """The length in the UTF-16 units in which entities are counted."""
    return len(text) if text.isascii() else len(text) + len(ASTRAL.findall(text))


def valid_url(url: str) -> str | None:
    """The link as Telegram stores it, or None where it is none."""
    url = url.strip()
    if re.match(r"(?i)tg://", url):
        return url
    scheme, mark, rest = url.partition("://")
    if not mark:
        scheme, rest = "http", url
    if scheme.lower() not in {"http", "https", "ftp", "tonsite"} or re.search(r"\s", rest):
        return None
    host = re.split(r"[/?#]", rest, maxsplit=1)[0]
    name = host.rpartition("@")[2].partition(":")[0]
    if "." not in name or name.startswith(".") or name.endswith(".."):
        return None
    return f"{scheme.lower()}://{rest}" + ("" if rest != host else "/")


def _decoded(text: str, at: int) -> tuple[str, int] | None:
    """The character behind «&…» and where it ends; None where the ampersand stands for itself."""
    match = CHARACTER.match(text, at)
    if match is None:
        return None
    hexadecimal, decimal, name = match.groups()
    if name is not None:
        return (NAMED[name], match.end()) if name in NAMED else None
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    if code == 0 or code >= 0x10FFFF or 0xD800 <= code < 0xE000:
        return None
    return chr(code), match.end()


class _Reader:
    def __init__(self, text: str) -> None:
        self.source = text
        self.text = text + END
        self.out: list[str] = []
        self.length = 0
        self.open: list[tuple[str, str, int, int]] = []
        self.entities: list[Entity] = []

    def fault(self, message: str, at: int | None = None) -> Exception:
        where = (
            "" if at is None else f" at byte offset {len(self.source[:at].encode('utf-8', 'surrogatepass'))}"
        )
        return bad("can't parse entities: " + message.replace("%", where, 1))

    def put(self, piece: str) -> None:
        self.out.append(piece)
        self.length += utf16_length(piece)

    def read(self) -> tuple[str, list[Entity]]:
        at, end = 0, len(self.source)
        while at < end:
            plain = PLAIN.match(self.text, at)
            if plain is not None:
                self.put(plain.group())
                at = plain.end()
                continue
            if self.text[at] == "&":
                found = _decoded(self.text, at)
                self.put(found[0] if found else "&")
                at = found[1] if found else at + 1
                continue
            at = self.close_tag(at) if self.text[at + 1] == "/" else self.open_tag(at)
        if self.open:
            raise self.fault(f'Can\'t find end tag corresponding to start tag "{self.open[-1][0]}"')
        return "".join(self.out), self.entities

    def skip(self, pattern: re.Pattern[str], at: int) -> int:
        match = pattern.match(self.text, at)
        return at if match is None else match.end()

    def open_tag(self, begin: int) -> int:
        at = self.skip(WORD, begin + 1)
        if self.text[at] == END:
            raise self.fault("Unclosed start tag%", begin)
        tag = self.text[begin + 1 : at].lower()
        if tag not in TAGS:
            raise self.fault(f'Unsupported start tag "{tag}"%', begin)
        argument = ""
        while self.text[at] != ">":
            at = self.skip(BLANK, at)
            if self.text[at] == ">":
                break
            start = at
            at = self.skip(ATTRIBUTE, at)
            name = self.text[start:at].lower()
            if not name:
                if self.text[at] == END:
                    raise self.fault("Unclosed start tag%", begin)
                raise self.fault(f'Empty attribute name in the tag "{tag}"%', begin)
            at = self.skip(BLANK, at)
            if self.text[at] != "=":
                if self.text[at] == END:
                    raise self.fault("Unclosed start tag%", begin)
                if (tag, name) == ("blockquote", "expandable"):
                    argument = "1"
                continue
            at = self.skip(BLANK, at + 1)
            if self.text[at] == END:
                raise self.fault("Unclosed start tag%", begin)
            value, at = self.value(at)
            if self.text[at] == END:
                raise self.fault("Unclosed start tag%", begin)
            argument = self.argument(tag, name, value, argument)
        if tag == "span" and argument != "spoiler":
            raise self.fault('Tag "span" must have class "tg-spoiler"%', begin)
        self.open.append((tag, argument, self.length, len(self.out)))
        return at + 1

    def value(self, at: int) -> tuple[str, int]:
        quote = self.text[at]
        if quote not in "'\"":
            end = self.skip(TOKEN, at)
            if self.text[end] not in SPACES and self.text[end] != ">":
                raise self.fault("Unexpected end of name token%", at)
            return self.text[at:end].lower(), end
        at += 1
        pieces: list[str] = []
        while self.text[at] not in (quote, END):
            found = _decoded(self.text, at) if self.text[at] == "&" else None
            pieces.append(found[0] if found else self.text[at])
            at = found[1] if found else at + 1
        return "".join(pieces), at + (self.text[at] == quote)

    @staticmethod
    def argument(tag: str, name: str, value: str, argument: str) -> str:
        match tag, name:
            case ("a", "href") | ("tg-emoji", "emoji-id") | ("tg-time", "unix"):
                return value
            case ("code", "class") if value.startswith("language-"):
                return value.removeprefix("language-")
            case ("span", "class") if value.startswith("tg-"):
                return value.removeprefix("tg-")
            case ("blockquote", "expandable"):
                return "1"
        return argument

    def close_tag(self, begin: int) -> int:
        if not self.open:
            raise self.fault("Unexpected end tag%", begin)
        at = self.skip(WORD, begin + 2)
        found = self.text[begin + 2 : at].lower()
        at = self.skip(BLANK, at)
        if self.text[at] != ">":
            raise self.fault("Unclosed end tag%", begin)
        tag, argument, offset, piece = self.open[-1]
        if found and found != tag:
            raise self.fault(f'Unmatched end tag%, expected "</{tag}>", found "</{found}>"', begin)
        if self.length > offset:
            self.emit(tag, argument, offset, "".join(self.out[piece:]))
        self.open.pop()
        return at + 1

    def emit(self, tag: str, argument: str, offset: int, inner: str) -> None:
        entity: Entity = {"offset": offset, "length": self.length - offset, "type": SIMPLE.get(tag, tag)}
        same = self.entities[-1] if self.entities else {}
        same_place = bool(same) and (same["offset"], same["length"]) == (offset, entity["length"])
        match tag:
            case "a":
                self.emit_link(entity, argument or inner)
                return
            case "tg-emoji":
                if not argument.isdigit() or int(argument) == 0:
                    raise self.fault("Invalid custom emoji identifier specified")
                entity["type"] = "custom_emoji"
                entity["custom_emoji_id"] = argument
            case "tg-time":
                return
            case "blockquote":
                entity["type"] = "expandable_blockquote" if argument else "blockquote"
            case "code":
                if argument and same_place and same["type"] == "pre":
                    same["language"] = argument
                    return
                entity["_language"] = argument
            case "pre":
                if same_place and same["type"] == "code":
                    language = same.get("_language")
                    same["type"] = "pre"
                    if language:
                        same["language"] = language
                    return
        self.entities.append(entity)

    def emit_link(self, entity: Entity, target: str) -> None:
        person = USER_LINK.match(target)
        if person is not None:
            self.entities.append(entity | {"type": "text_mention", "user_id": int(person.group(1))})
            return
        url = valid_url(target)
        if url is not None:
            self.entities.append(entity | {"type": "text_link", "url": url})


def parse_html(text: str) -> tuple[str, list[Entity]]:
    """Markup → plain text and its entities, in the order in which their tags were closed.

    Raises:
        ApiError: with Telegram's sentence about the fault.
    """
    if "<" not in text and "&" not in text:
        return text, []
    plain, entities = _Reader(text).read()
    for entity in entities:
        entity.pop("_language", None)
    return plain, entities
