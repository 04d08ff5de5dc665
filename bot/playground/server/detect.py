"""What Telegram finds in a text by itself: commands, mentions, hashtags, links."""

from __future__ import annotations

import re
from typing import Any

from .html import utf16_length

# A Chinese character counts as part of a word, full-width punctuation does not: the same as Python's \w.
COMMAND = re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>@])")
MENTION = re.compile(r"(?<!\w)@[A-Za-z0-9_]{3,32}(?!\w)")
HASHTAG = re.compile(r"(?<![\w#])#(?=[^\W\d]|\d+[^\W\d])[\w·]{1,256}(?!#)")
CASHTAG = re.compile(r"(?<![\w$])\$(?:1INCH|[A-Z]{1,8})(?![\w$])")
EMAIL = re.compile(r"(?<![\w.+-])[A-Za-z0-9._+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,16}(?![\w@])")
PATH = r"[^\s<>\"«»‘’“”、。，；：！？（）【】《》\u2000-\u200b\u2016-\u206f]*"
URL = re.compile(
    r"(?<![A-Za-z0-9])(?:https?|ftp|tg)://[^\s/<>\"、。，；：！？（）【】《》]+(?:[/?#:]" + PATH + ")?"
    r"|(?<![\w@.\-/])(?:[A-Za-z0-9-]{1,63}\.)+(?:com|cn|net|org|gov|edu|me|io|info|top|xyz|app|dev|ru|uk|de)"
    r"(?![\w@])(?::\d+)?(?:[/?#]" + PATH + ")?",
    re.IGNORECASE,
)
PHONE = re.compile(r"(?<![\w+])\+\d[\d ()-]{6,18}\d(?!\w)")
ANYTHING = re.compile(r"[/@#$.+]")
FINDERS = (
    ("bot_command", COMMAND),
    ("mention", MENTION),
    ("hashtag", HASHTAG),
    ("cashtag", CASHTAG),
    ("email", EMAIL),
    ("url", URL),
    ("phone_number", PHONE),
)


def detect(text: str, *, commands: bool = True) -> list[dict[str, Any]]:
    """The entities of a plain text, by offset, none inside another."""
    if ANYTHING.search(text) is None:
        return []
    taken: list[tuple[int, int, str]] = []
    for kind, pattern in FINDERS:
        if kind == "bot_command" and not commands:
            continue
        for match in pattern.finditer(text):
            start, end = match.span()
            if kind == "url":
                end = start + len(match.group().rstrip(".,:;!?"))
            if (
                kind == "url"
                and "://" in match.group()
                and "." not in match.group()
                and "tg://" not in match.group()
            ):
                continue
            if not any(start < other_end and other < end for other, other_end, _ in taken):
                taken.append((start, end, kind))
    taken.sort()
    if text.isascii():
        return [{"offset": start, "length": end - start, "type": kind} for start, end, kind in taken]
    return [
        {"offset": utf16_length(text[:start]), "length": utf16_length(text[start:end]), "type": kind}
        for start, end, kind in taken
    ]
