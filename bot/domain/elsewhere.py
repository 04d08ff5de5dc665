"""A 市, 区 or 县 in a text that is none of the campaign's: 「郑州市金水区」, but not 「农贸市场」「小区」.

There is no list of a country's places here. A name before 市, 区 or 县 is one unless the words list
says that it is an ordinary word; an unknown one costs a tap, a missed one accuses somebody falsely.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.domain.places import Mention, is_ideograph

_SIGN = re.compile(r"[市区县](?!\d)")
"""Before a digit it begins an entry's number: 县1-0412-03."""
_LONGEST = 14
"""So far back a name and what leads to it are looked for; 积石山保安族东乡族撒拉族自治县 is the longest."""
_SHORTEST: Mapping[str, int] = {"市": 2, "区": 2, "县": 1}
"""Characters before the sign: 滑县 has one; 市区, 一区, 东区 are words."""
_LONGEST_CLEAN = 5
_LONGEST_DISTRICT = 3
"""A district of more characters is one of a people, as 管城回族区, or no name but a sentence."""
_OF_PEOPLE = "族"
_ENDS_NO_NAME = frozenset("路街道巷旁侧外内处段角前后线")
"""No city or county is called so: 「金穗大道市委党校」「南环路市区段」."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The words that tell a name from an ordinary word."""

    ordinary: tuple[str, ...]
    """Words that end in 市, 区 or 县 and name no place: 超市, 小区, 全县."""
    followed: tuple[str, ...]
    """Words that begin with the sign: 市场, 区域, 县道."""
    unless_named: tuple[str, ...]
    """As much, unless a name stands clean before the sign: 市区, 县城, but 郑州市区."""
    leads: tuple[str, ...]
    """Words after which a name may begin: 发现, 位于, 在."""
    alone: tuple[str, ...]
    """What a single character before 县 may be without naming it: 「原县医院」."""
    names: tuple[str, ...]
    """Names that look like ordinary words: 山城区."""

    def find(self, text: str, mentions: Sequence[Mention], city: str = "") -> tuple[int, int] | None:
        """Where the first foreign name stands, as far as its beginning can be told.

        `mentions` are what the gazetteer knows of the text, in order; `city` is the campaign's own.
        """
        boundary = passed = 0
        for found in _SIGN.finditer(text):
            at = found.start()
            while passed < len(mentions) and mentions[passed].end <= at:
                boundary = max(boundary, mentions[passed].end if mentions[passed].full else 0)
                passed += 1
            if passed < len(mentions) and mentions[passed].start <= at:
                continue
            if city and text.endswith(city, boundary, at + 1):
                boundary = at + 1
                continue
            start, clean = self._begins(text, boundary, at)
            start = self._listed(text, start, at)
            if self._is_name(text, start, at, clean=clean):
                return start, at + 1
        return None

    def _begins(self, text: str, boundary: int, at: int) -> tuple[int, bool]:
        """Where the name before a sign begins, and whether it is sure that it begins there."""
        start = at
        while start > boundary and at - start < _LONGEST and is_ideograph(text[start - 1]):
            start -= 1
        clean = at - start < _LONGEST
        led = max((self._after(text, lead, start, at) for lead in self.leads if len(lead) > 1), default=start)
        if text[led] in self.leads:
            led += 1
        if led == start + 1 and at - led < _SHORTEST[text[at]]:
            return start, clean  # 和平区: what could lead to a name is part of it
        return led, clean or led > start

    def _listed(self, text: str, start: int, at: int) -> int:
        """Where a listed name begins; a village of the gazetteer may stand in it (马村区)."""
        for name in self.names if text.endswith(self.names, 0, at + 1) else ():
            first = at + 1 - len(name)
            if text.endswith(name, 0, at + 1) and (first <= 0 or not is_ideograph(text[first - 1])):
                return first
        return start

    @staticmethod
    def _after(text: str, lead: str, start: int, at: int) -> int:
        found = text.rfind(lead, start, at)
        return found + len(lead) if found >= 0 else start

    def _is_name(self, text: str, start: int, at: int, *, clean: bool) -> bool:
        sign, length = text[at], at - start
        if length < _SHORTEST[sign]:
            return False
        if text[start : at + 1] in self.names:
            return True
        if text.endswith(self.ordinary, start, at + 1) or text.startswith(self.followed, at):
            return False
        if sign == "区":
            return clean and (length <= _LONGEST_DISTRICT or text[at - 1] == _OF_PEOPLE)
        if length == 1:
            return clean and text[start] not in self.alone
        if text[at - 1] in _ENDS_NO_NAME:
            return False
        return (clean and length <= _LONGEST_CLEAN) or not text.startswith(self.unless_named, at)
