"""Telegram's HTML: its plain words, and cutting it to a length without breaking a tag."""

from __future__ import annotations

import html
import re

_TAG = re.compile(r"<(/?)([a-z-]+)[^>]*>")


def plain(text: str) -> str:
    """The words without marks."""
    return html.unescape(_TAG.sub("", text))


def length(text: str) -> int:
    """Length as Telegram counts it: characters after the marks are read."""
    return len(plain(text))


def within(text: str, most: int) -> str:
    """The text when its words fit into `most` characters, else cut at a line's end, tags closed.

    Empty when not even the first line fits.
    """
    if length(text) <= most:
        return text
    kept: list[str] = []
    for line in text.split("\n"):
        candidate = "\n".join([*kept, line])
        if length(candidate) > most - 2:
            break
        kept.append(line)
    if not kept:
        return ""
    cut = "\n".join(kept)
    return cut + "\n…" + _closing(cut)


def _closing(text: str) -> str:
    stack: list[str] = []
    for end, name in _TAG.findall(text):
        if end and stack:
            stack.pop()
        elif not end:
            stack.append(name)
    return "".join(f"</{name}>" for name in reversed(stack))
