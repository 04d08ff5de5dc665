"""What a list shows: which one, its filters, the place it is turned to; as words of a button.

`l.r6.s4~>0-hm3k2p9q1c-7f-k` is the ledger of the seventh region in the fifth state, turned on past an entry.
Numbers are written with 36 digits: callback data have 64 bytes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from bot.services.refusals import NotUnderstood

WHICH: Final[Mapping[str, str]] = {
    "m": "my", "t": "todo", "c": "check", "l": "ledger", "f": "find",
}  # fmt: skip

KINDS: Final[Mapping[str, str]] = {
    "r": "region", "w": "township", "s": "state", "o": "late", "c": "category", "g": "group", "p": "period",
    "q": "source",
}  # fmt: skip
"""Letter → filter; the order in which they are named to the reader."""

_LETTER_OF = {kind: letter for letter, kind in KINDS.items()}
_WHICH_OF = {which: letter for letter, which in WHICH.items()}

FACES: Final[Mapping[str, str]] = {"m": "more", "b": "many", "u": "sure", **KINDS}
"""Letter → another face of the list: its filters, many at once, a filter's choices."""

_FACE_OF = {face: letter for letter, face in FACES.items()}
_FORM = re.compile(
    r"(?P<which>[a-z])(?P<filters>(?:\.[a-z][0-9a-z]{1,3})*)(?:\?(?P<face>[a-z]))?"
    r"(?:~(?P<way>[<>])(?P<segment>[0-9])-(?P<key>[0-9a-z]{0,13})-(?P<id>[0-9a-z]{1,13})-(?P<before>[0-9a-z]{1,6}))?",
    re.ASCII,
)
_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_MOST_ID: Final = 2**63


@dataclass(frozen=True, slots=True)
class Turned:
    """Where a page begins: behind (or, turned back, ahead of) an entry, by its key in the list's order.

    `before`: how many entries stand ahead of that place, for the numbers on the page.
    """

    back: bool
    segment: int
    key: int | None
    id: int
    before: int


@dataclass(frozen=True, slots=True)
class Asked:
    """One list as somebody asked for it."""

    which: str
    filters: tuple[tuple[str, int], ...] = ()
    face: str = ""
    turned: Turned | None = None

    @classmethod
    def read(cls, words: str) -> Asked:
        """Read what `str` wrote; raises NotUnderstood."""
        found = _FORM.fullmatch(words)
        if found is None or found["which"] not in WHICH:
            raise NotUnderstood(hint="answered")
        filters = []
        for part in found["filters"].split(".")[1:]:
            if part[0] not in KINDS:
                raise NotUnderstood(hint="answered")
            filters.append((KINDS[part[0]], int(part[1:], 36)))
        if len(dict(filters)) < len(filters) or (found["face"] and found["face"] not in FACES):
            raise NotUnderstood(hint="answered")
        turned = None
        if found["way"]:
            turned = Turned(
                found["way"] == "<",
                int(found["segment"]),
                int(found["key"], 36) if found["key"] else None,
                int(found["id"], 36),
                int(found["before"], 36),
            )
            if turned.id >= _MOST_ID:
                raise NotUnderstood(hint="answered")
        return cls(
            WHICH[found["which"]], tuple(filters), FACES[found["face"]] if found["face"] else "", turned
        )

    def __str__(self) -> str:
        words = _WHICH_OF[self.which]
        words += "".join(f".{_LETTER_OF[kind]}{_written(value)}" for kind, value in self.filters)
        if self.face:
            words += f"?{_FACE_OF[self.face]}"
        if self.turned is not None:
            at = self.turned
            key = "" if at.key is None else _written(at.key)
            way = "<" if at.back else ">"
            words += f"~{way}{at.segment}-{key}-{_written(at.id)}-{_written(max(0, at.before))}"
        return words

    def value(self, kind: str) -> int | None:
        """What is chosen of a filter."""
        return dict(self.filters).get(kind)

    def having(self, kind: str, value: int) -> Asked:
        """The same list with a filter set, from its first page; another region has other townships."""
        kept = {one: at for one, at in self.filters if one != kind}
        if kind == "region":
            kept.pop("township", None)
        kept[kind] = value
        return self.first(tuple((one, kept[one]) for one in KINDS.values() if one in kept))

    def without(self, kind: str) -> Asked:
        """The same list without a filter."""
        gone = {kind, "township"} if kind == "region" else {kind}
        return self.first(tuple(one for one in self.filters if one[0] not in gone))

    def first(self, filters: tuple[tuple[str, int], ...] | None = None) -> Asked:
        """Its first page, its plain face."""
        return Asked(self.which, self.filters if filters is None else filters)

    def showing(self, face: str) -> Asked:
        """Another face at the same place."""
        return replace(self, face=face)


def _written(number: int) -> str:
    words = ""
    while True:
        number, digit = divmod(number, 36)
        words = _DIGITS[digit] + words
        if not number:
            return words
