"""What of a covert entry's words the county may read: no 暗访, no group, no hour, no person (SPEC §2)."""

from __future__ import annotations

import re
from collections.abc import Iterable

_DAY = "今天|昨天|前天|今日|昨日|当天|当日|今|昨"
_PART = "凌晨|清晨|早晨|早上|上午|中午|午后|下午|傍晚|晚上|夜间|夜里|深夜|半夜|晚|早"
_CLOCK = r"\d{1,2}\s*(?:[:：]\d{2}|[点时](?:\d{1,2}分?|半|整)?)"
_PRECISE = r"\d{1,2}\s*(?:[:：]\d{2}|[点时](?:\d{1,2}分?|半|整))"
_HOUR = re.compile(
    rf"(?:(?:{_DAY})?(?:{_PART})\s*{_CLOCK}|(?:{_DAY})\s*(?:{_PART})|{_PRECISE})"
    r"(?:\s*[-~—至到]\s*" + _CLOCK + r")?(?:左右|许|前后)?(?![前之以内]|之前|以前|\d)"
)
"""An hour of the visit; 「18:00前」 is a deadline and stays."""

_BODY = re.compile(
    r"(?:县[(（]市[)）]|区)?第?[一二三四五六七八九十\d]*(?:督查|督导|检查|巡查)小?组(?:人员|成员|同志)?|我[们组]组?|本组"
)
_FOUND = re.compile(r"^(?:[\s，,。；;：:、]|到|在|对|时|的|现场|进行|检查|督查|巡查|查看|发现)+")
_SIGNS = re.compile(r"[\s，,、]*([，,。；;])[\s，,。；;、]*")
_EDGES = " \t\r\n，,。；;、：:—-"


def without_traces(text: str, *, covert_words: Iterable[str], names: Iterable[str] = ()) -> str:
    """The problem in words that tell nothing of who looked, when and how.

    `names` are the group's and the filer's. A suggestion: whoever hands over reads it before it goes.
    """
    for word in sorted({*covert_words, *names}, key=len, reverse=True):
        if word:
            text = text.replace(word, "，")
    text = _HOUR.sub("，", _BODY.sub("，", text))
    text = _SIGNS.sub(r"\1", text)
    return _FOUND.sub("", text).strip(_EDGES)


_CALLER = re.compile(
    r"举报|投诉|信访|热线|12345|来[电信访]"
    r"|(?:群众|市民|村民|居民|业主|网友|商户|路人|热心人?)[^，,。；;！!]{0,8}?"
    r"(?:反映|反应|求助|留言|打电话|打来|告诉|告知|爆料)"
)
"""Rather too often than too seldom: who reads it as a caller's only looks at a preview once more."""


def tells_of_caller(text: str) -> bool:
    """Whether an office's words speak of somebody who reported: a 群众举报, to be on the safe side."""
    return _CALLER.search(text) is not None
