"""What becomes of a text on its way into a message: cleaned, its entities put in order, trimmed."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import Any

import orjson

from .detect import detect
from .errors import bad
from .html import ASTRAL, Entity, parse_html, utf16_length

MAX_RAW_BYTES = 32768
MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_ENTITIES = 100

TO_CLEAN = re.compile("[\0-\x09\x0b-\x1f\x7f\u2028-\u202e]")
REMOVED = re.compile("[\r\u2028-\u202e]")
CONTROL = re.compile("[\0-\x09\x0b-\x1f\x7f]")
INVISIBLE = re.compile(
    "[\\s\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2060-\u206f\u2800\u3164\ufeff\uffa0]*\\Z"
)
SPLITTABLE = ("bold", "italic", "underline", "strikethrough", "spoiler")
ORDER = {
    "blockquote": 0, "expandable_blockquote": 0, "pre": 11, "code": 20, "text_link": 49, "text_mention": 49,
    "bold": 90, "italic": 91, "underline": 92, "strikethrough": 93, "spoiler": 94, "custom_emoji": 99,
}  # fmt: skip
KNOWN = frozenset([*ORDER, "mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number"])
ALONE = frozenset(["pre", "code"])
NO_DETECTION_INSIDE = frozenset(["pre", "code", "text_link", "text_mention"])


class _Ruler:
    """UTF-16 offsets ↔ indices of a text."""

    def __init__(self, text: str) -> None:
        self.plain = text.isascii() or ASTRAL.search(text) is None
        self.marks: list[int] = []
        if not self.plain:
            total = 0
            for character in text:
                self.marks.append(total)
                total += 2 if character > "\uffff" else 1
            self.marks.append(total)

    def index(self, offset: int) -> int:
        return offset if self.plain else bisect_left(self.marks, offset)

    def offset(self, index: int) -> int:
        return index if self.plain else self.marks[index]


def _clean(text: str, entities: list[Entity]) -> str:
    if TO_CLEAN.search(text) is None:
        return text
    if entities and REMOVED.search(text) is not None:
        gone = [utf16_length(text[: match.start()]) for match in REMOVED.finditer(text)]
        for entity in entities:
            start, end = entity["offset"], entity["offset"] + entity["length"]
            entity["offset"] = start - bisect_left(gone, start)
            entity["length"] = end - bisect_left(gone, end) - entity["offset"]
    return CONTROL.sub(" ", REMOVED.sub("", text))


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    spans.sort()
    result: list[tuple[int, int]] = []
    for start, end in spans:
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


def _without(spans: list[tuple[int, int]], holes: list[tuple[int, int]]) -> list[tuple[int, int]]:
    for hole_start, hole_end in holes:
        kept = []
        for start, end in spans:
            kept += [(start, min(end, hole_start)), (max(start, hole_end), end)]
        spans = [(start, end) for start, end in kept if start < end]
    return spans


def _order(entity: Entity) -> tuple[int, int, int]:
    return entity["offset"], -entity["length"], ORDER.get(entity["type"], 50)


def _settled(entities: list[Entity]) -> list[Entity]:
    """Nothing inside code or pre, touching spans of one style joined, sorted."""
    if len(entities) < 2:
        return entities
    holes = [(e["offset"], e["offset"] + e["length"]) for e in entities if e["type"] in ALONE]
    result: list[Entity] = []
    for entity in sorted(entities, key=_order):
        if entity["type"] in SPLITTABLE:
            continue
        start, end = entity["offset"], entity["offset"] + entity["length"]
        if entity["type"] not in ALONE and any(a <= start and end <= b for a, b in holes):
            continue
        crosses = any(
            other["offset"] < end
            and start < other["offset"] + other["length"]
            and not (other["type"].endswith("blockquote") and other["offset"] + other["length"] >= end)
            for other in result
        )
        if not crosses:
            result.append(entity)
    for style in SPLITTABLE:
        spans = [(e["offset"], e["offset"] + e["length"]) for e in entities if e["type"] == style]
        if spans:
            spans = _without(_joined(spans), holes)
        result += [{"offset": start, "length": end - start, "type": style} for start, end in spans]
    return sorted(result, key=_order)


def finished(
    text: str, entities: list[Entity], *, find: bool = True, commands: bool = True
) -> tuple[str, list[Entity]]:
    """Clean and trim a parsed text, and complete its entities.

    Args:
        text: the plain text.
        entities: what the markup gave; taken over, not copied.
        find: whether commands, mentions, links… are looked for.
        commands: whether bot commands are among them.

    Returns:
        The text as it stands in the message (empty when nothing visible is left), and its entities.
    """
    text = _clean(text, entities)
    if INVISIBLE.match(text) is not None:
        return "", []
    entities = _settled([e for e in entities if e["length"] > 0])
    ruler = _Ruler(text) if entities else None
    if ruler is not None:
        entities = [
            e
            for e in entities
            if e["type"] in NO_DETECTION_INSIDE
            or text[ruler.index(e["offset"]) : ruler.index(e["offset"] + e["length"])].strip(" \n")
        ]
    text = text.rstrip(" \n")
    length = utf16_length(text)
    entities = [e for e in entities if e["offset"] < length]
    for entity in entities:
        entity["length"] = min(entity["length"], length - entity["offset"])
    first = ruler.index(entities[0]["offset"]) if ruler is not None and entities else len(text)
    lead = min(len(text) - len(text.lstrip(" \n")), first)
    if lead:
        text = text[lead:]
        for entity in entities:
            entity["offset"] -= lead
    if find:
        found = detect(text, commands=commands)
        if found and entities:
            busy = [
                (e["offset"], e["offset"] + e["length"]) for e in entities if e["type"] in NO_DETECTION_INSIDE
            ]
            found = [
                e
                for e in found
                if not any(a < e["offset"] + e["length"] and e["offset"] < b for a, b in busy)
            ]
        if found:
            entities = sorted([*entities, *found], key=_order)
    return text, entities[:MAX_ENTITIES]


def _given(raw: str) -> list[Entity]:
    """The caller's own entities; a broken list is ignored, a broken element is not."""
    try:
        values = orjson.loads(raw or "[]")
    except orjson.JSONDecodeError:
        return []
    if not isinstance(values, list):
        return []
    result = []
    for value in values:
        if not isinstance(value, dict):
            raise bad("can't parse MessageEntity: expected an Object")
        for key in ("offset", "length"):
            if key not in value:
                raise bad(f"can't parse MessageEntity: Can't find field \"{key}\"")
            if not isinstance(value[key], int):
                raise bad(f'can\'t parse MessageEntity: Field "{key}" must be a Number')
        kind = value.get("type")
        if not isinstance(kind, str):
            raise bad("can't parse MessageEntity: Can't find field \"type\"")
        if kind not in KNOWN:
            raise bad("can't parse MessageEntity: Unsupported type specified")
        extra = {key: value[key] for key in ("url", "language", "custom_emoji_id", "user") if key in value}
        result.append({"offset": value["offset"], "length": value["length"], "type": kind, **extra})
    return result


def parsed(raw: str, parse_mode: str, entities: str) -> tuple[str, list[Entity]]:
    """A text argument with its parse mode or entities → plain text and entities, not yet finished.

    Raises:
        ApiError: too long, unknown parse mode, faulty markup.
    """
    if len(raw) * 4 > MAX_RAW_BYTES and len(raw.encode()) > MAX_RAW_BYTES:
        raise bad("text is too long")
    mode = parse_mode.lower()
    if mode == "html":
        return parse_html(raw)
    if mode in {"", "none"}:
        return raw, _given(entities)
    if mode in {"markdown", "markdownv2"}:
        raise bad("can't parse entities: this local server reads HTML only")
    raise bad("unsupported parse_mode")


def clean_file_name(name: str) -> str:
    """The name under which an uploaded file arrives: Telegram's clean_filename."""
    name = name.replace("\\", "/").rpartition("/")[2]
    kept = []
    for character in name:
        if character in "<>:\"/\\|?*&`'" or character < " ":
            kept.append(" ")
        elif character.isascii() or character.isalnum():
            kept.append(character)
        elif character == "·" or ord(character) >= 0x1F000 or ord(character) in range(0x2600, 0x27C0):
            continue
        else:
            kept.append(" ")
    stem, dot, extension = "".join(kept).rpartition(".")
    if not dot:
        stem, extension = extension, ""
    stem, extension = stem.strip(" .")[:64].strip(" ."), extension.strip(" .")[:16].strip(" .")
    return f"{stem}.{extension}" if stem and extension else stem or extension


def links_for_people(entities: list[Entity], users: dict[int, Any]) -> list[Entity]:
    """Mentions by number get the person they mean; unknown numbers lose their entity."""
    result = []
    for entity in entities:
        if entity["type"] == "text_mention" and "user_id" in entity:
            user = users.get(entity["user_id"])
            if user is None:
                continue
            entity = {k: v for k, v in entity.items() if k != "user_id"} | {"user": user.json()}
        elif entity["type"] == "text_mention":
            user = users.get((entity.get("user") or {}).get("id", 0))
            if user is None:
                continue
            entity = entity | {"user": user.json()}
        result.append(entity)
    return result
