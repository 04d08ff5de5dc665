"""The seven aspects of 考评内容: how a group's mark is made up, where its leader cares to say so.

考评内容 names them (see `ASPECTS`) and gives them no maxima of their own; so each is 0 up to the mark's
maximum, and together they are the mark.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType

from bot.domain.score_words import BadValue, Kind, read_value

ASPECTS: Mapping[str, str] = MappingProxyType(
    {
        "leadership": "组织领导",
        "publicity": "宣传发动",
        "plan": "行动计划",
        "funding": "经费保障",
        "innovation": "机制创新",
        "mending": "问题整改",
        "results": "工作实效",
    }
)
"""Key → the notice's label, in the notice's order."""

WORD = "七方面"
"""What stands before the seven values of a line."""

SOURCE = "group"
"""The source whose marks are broken down: 督查组."""

_SPACE = re.compile(r"[\s　;；]+")
_NAMED = re.compile(rf"^({'|'.join(ASPECTS.values())})[:：=]?(.*)$")
_VALUE = re.compile(r"^[+\-−＋－]?[\d０-９][\d０-９.,，．、。]*分?$")


class BadAspects(ValueError):
    """Aspects that are refused: the words of them that are wrong, why, and what would be right."""

    def __init__(self, value: str, why: str, right: str = "") -> None:
        super().__init__(why)
        self.value, self.why, self.right = value, why, right


def split(words: str) -> tuple[str, tuple[str, ...], str] | None:
    """What stands before 「七方面」, the values after it as written, the reason after those.

    The values stand in the notice's order, or each after its name. None where no value follows the word:
    then it is but a word of a reason.
    """
    head, word, rest = words.partition(WORD)
    if not word:
        return None
    given: list[tuple[str, str]] = []
    tokens = _SPACE.split(rest.strip(" \t\n　:：,，"))
    while tokens:
        named = _NAMED.match(tokens[0])
        name, value = named.groups() if named is not None else ("", tokens[0])
        used = 1
        if name and not value:
            value, used = " ".join(tokens[1:2]), 2
        value = value.rstrip(",，、。")
        if not _VALUE.match(value):
            break
        given.append((name, value.removesuffix("分")))
        del tokens[:used]
    return (head.strip(), _in_order(given), " ".join(tokens).strip()) if given else None


def _in_order(given: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """The values in the notice's order; what has no name among named ones, or a name again, comes after."""
    if not any(name for name, _ in given):
        return tuple(value for _, value in given)
    by_name: dict[str, str] = {}
    others = []
    for name, value in given:
        if not name or name in by_name:
            others.append(value)
        else:
            by_name[name] = value
    return (*(by_name.get(name, "") for name in ASPECTS.values()), *others)


def read(given: Sequence[str], most: Decimal, mark: Decimal | None) -> tuple[Decimal, ...]:
    """The seven values; together they must be the mark, where one is given, and never more than its maximum.

    Raises:
        BadAspects: `aspects_count`, `aspects_sum`, or what `score_words.read_value` refuses.
    """
    if len(given) != len(ASPECTS) or not all(value.strip() for value in given):
        raise BadAspects(WORD, "aspects_count", "、".join(ASPECTS.values()))
    found = []
    for label, value in zip(ASPECTS.values(), given, strict=True):
        try:
            found.append(read_value(value, Kind.MARK, most))
        except BadValue as bad:
            raise BadAspects(f"{label} {value}", bad.why, "" if bad.most is None else str(bad.most)) from None
    total = sum(found, Decimal(0))
    if mark is not None and total != mark:
        raise BadAspects(WORD, "aspects_sum", f"{total:f} ≠ {mark:f}")
    if total > most:
        raise BadAspects(f"{WORD} {total:f}", "above", str(most))
    return tuple(found)


def shown(values: Sequence[str]) -> list[dict[str, str]]:
    """Stored values with the keys of their aspects, for the texts."""
    return [{"key": key, "value": value} for key, value in zip(ASPECTS, values, strict=False)]
