"""The arguments of a request, from query string and body, and how leniently Telegram reads them."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote

import orjson

from .errors import bad

MAX_PARAMS_BYTES = 1024 * 1024
INTEGER = re.compile(r"\s*(-?\d+)")
TRUE = frozenset(["true", "yes", "1"])
DISPOSITION = re.compile(rb'(?i)(?:^|;)\s*(name|filename)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\r\n]*))')


class Upload(NamedTuple):
    """A file part of a multipart body."""

    name: str
    mime: str
    data: bytes


class TooLarge(Exception):
    """More parameters than Telegram reads: answered by a bare 413."""


class Arguments:
    """The arguments of one request; every value is text, as on the wire."""

    __slots__ = ("files", "values")

    def __init__(self, values: dict[str, str], files: dict[str, Upload]) -> None:
        self.values = values
        self.files = files

    def text(self, name: str) -> str:
        """A value, empty when it is absent."""
        return self.values.get(name, "")

    def has(self, name: str) -> bool:
        """Whether the argument was sent at all."""
        return name in self.values

    def integer(self, name: str, default: int = 0, low: int = -(2**63), high: int = 2**63 - 1) -> int:
        """Leading digits, clamped; garbage is 0."""
        raw = self.values.get(name)
        if not raw:
            return min(max(default, low), high)
        match = INTEGER.match(raw)
        return min(max(int(match.group(1)) if match else 0, low), high)

    def number(self, name: str) -> float | None:
        """A decimal number; None when it is absent or none."""
        try:
            return float(self.values[name])
        except (KeyError, ValueError):
            return None

    def flag(self, name: str) -> bool:
        """True for true, yes and 1."""
        raw = self.values.get(name)
        return raw is not None and raw.strip().lower() in TRUE

    def json(self, name: str) -> Any:
        """A value read as JSON; None when it is absent or none.

        Absent and unreadable are told apart by `text`.
        """
        raw = self.values.get(name)
        if not raw:
            return None
        try:
            return orjson.loads(raw)
        except orjson.JSONDecodeError:
            return None

    def identifiers(self, name: str) -> list[int]:
        """A JSON array of message numbers.

        Raises:
            ApiError: absent, or not such an array.
        """
        if not self.values.get(name):
            raise bad("message identifiers are not specified")
        value = self.json(name)
        if not isinstance(value, list):
            raise bad("expected an Array of message identifiers")
        try:
            return [int(item) for item in value]
        except (TypeError, ValueError):
            raise bad("message identifier must be a Number") from None


def read(query: bytes, content_type: str, body: bytes) -> Arguments:
    """All arguments of a request; of a name that comes twice the first counts, the query string first.

    Raises:
        TooLarge: parameters over 1 MiB.
    """
    values: dict[str, str] = {}
    files: dict[str, Upload] = {}
    if query:
        for name, value in parse_qsl(query.decode("latin-1"), keep_blank_values=True):
            values.setdefault(name, value)
    if body:
        kind = content_type.partition(";")[0].strip().lower()
        if kind == "application/x-www-form-urlencoded":
            if len(body) > MAX_PARAMS_BYTES:
                raise TooLarge
            for name, value in parse_qsl(
                body.decode("latin-1"), keep_blank_values=True, max_num_fields=10_000
            ):
                values.setdefault(name, value)
        elif kind == "application/json":
            if len(body) > MAX_PARAMS_BYTES:
                raise TooLarge
            for name, value in _json_items(body):
                values.setdefault(name, value)
        elif kind == "multipart/form-data":
            _read_multipart(content_type, body, values, files)
    return Arguments(values, files)


def _json_items(body: bytes) -> list[tuple[str, str]]:
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return _items_before_the_fault(body.decode("utf-8", "replace"))
    if not isinstance(value, dict):
        return []
    return [
        (k, v if isinstance(v, str) else orjson.dumps(v).decode()) for k, v in value.items() if v is not None
    ]


def _items_before_the_fault(text: str) -> list[tuple[str, str]]:
    decoder = json.JSONDecoder()
    items: list[tuple[str, str]] = []
    at = text.find("{") + 1
    try:
        while at:
            at = len(text) - len(text[at:].lstrip(" \t\r\n,"))
            name, at = decoder.raw_decode(text, at)
            at = text.index(":", at) + 1
            at = len(text) - len(text[at:].lstrip())
            value, at = decoder.raw_decode(text, at)
            items.append((str(name), value if isinstance(value, str) else json.dumps(value)))
    except ValueError:
        return items
    return items


def _read_multipart(content_type: str, body: bytes, values: dict[str, str], files: dict[str, Upload]) -> None:
    match = re.search(r'boundary="?([^";]+)"?', content_type)
    if match is None:
        return
    mark = b"--" + match.group(1).encode("latin-1")
    total = 0
    for part in (b"\r\n" + body).split(b"\r\n" + mark)[1:]:
        if part.startswith(b"--"):
            break
        head, _, content = part.partition(b"\r\n\r\n")
        name, file_name, mime = "", None, ""
        for line in head.split(b"\r\n"):
            key, _, value = line.partition(b":")
            key = key.strip().lower()
            if key == b"content-disposition":
                for which, quoted, bare in DISPOSITION.findall(value):
                    found = re.sub(rb"\\(.)", rb"\1", quoted or bare).decode("utf-8", "replace")
                    if which.lower() == b"name":
                        name = found
                    else:
                        file_name = unquote(found)
            elif key == b"content-type":
                mime = value.strip().decode("latin-1")
        if file_name is not None:
            files.setdefault(name, Upload(file_name, mime, content))
        else:
            total += len(content)
            if total > MAX_PARAMS_BYTES:
                raise TooLarge
            values.setdefault(name, content.decode("utf-8", "replace"))
