"""Telegram's HTML: its plain words, and dividing it by length without breaking a tag."""

from __future__ import annotations

import html
import re

_TAG = re.compile(r"<(/?)([a-z-]+)[^>]*>")


def plain(text: str) -> str:
    """The words without marks."""
    return html.unescape(_TAG.sub("", text))


def length(text: str) -> int:
    """Length as Telegram counts it: UTF-16 units after the marks are read."""
    return sum(1 + (letter > "\uffff") for letter in plain(text))


def fits(text: str, most: int) -> bool:
    """Whether a text has at most `most` units."""
    return 2 * len(text) <= most or length(text) <= most


def pieces(text: str, most: int, *, later: int | None = None) -> list[str]:
    """The text in pieces of at most `most` units each (`later`: all but the first), parted at line ends.

    Marks that are open at a piece's end are closed there and opened again in the next. A single line
    that is too long is parted anywhere, without its marks.
    """
    if fits(text, most):
        return [text]
    limit = most
    found: list[str] = []
    kept: list[str] = []
    opened: list[tuple[str, str]] = []  # what was open where this piece begins

    def end() -> None:
        nonlocal limit, opened, kept
        body = "".join(tag for _, tag in opened) + "\n".join(kept)
        still = _open_marks(body)
        found.append(body + _closing(body))
        limit, kept, opened = later or most, [], still

    for line in text.split("\n"):
        if kept and not fits("\n".join([*kept, line]), limit):
            end()
        if fits(line, limit):
            kept.append(line)
            continue
        words = plain(line)
        while words:
            size = _fitting(words, limit)
            kept.append(html.escape(words[:size], quote=False))
            words = words[size:]
            if words:
                end()
    if kept:
        end()
    return [one for one in found if plain(one).strip()]


def _fitting(words: str, most: int) -> int:
    """How many characters from the start come to at most `most` UTF-16 units."""
    units = 0
    for at, letter in enumerate(words):
        units += 1 + (letter > "\uffff")
        if units > most:
            return at
    return len(words)


def within(text: str, most: int) -> str:
    """The text when its words fit into `most` characters, else cut at a line's end, tags closed.

    Empty when not even the first line fits.
    """
    if fits(text, most):
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


def _open_marks(text: str) -> list[tuple[str, str]]:
    """The marks that are open at a text's end: each name with its whole opening tag."""
    stack: list[tuple[str, str]] = []
    for found in _TAG.finditer(text):
        if found[1] and stack:
            stack.pop()
        elif not found[1]:
            stack.append((found[2], found[0]))
    return stack


def _closing(text: str) -> str:
    return "".join(f"</{name}>" for name, _ in reversed(_open_marks(text)))
