"""What a caption's words suggest was found: an ordered table of categories (FORMS §3.1, §3.2)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

ALTERNATIVES = 2
"""So many stand beside the suggestion, as buttons (SPEC §2)."""

_CLAUSE = re.compile(r"[^，,、\s]+")


class CategoriesFileError(ValueError):
    """The table of categories cannot be read as one."""


@dataclass(frozen=True, slots=True)
class MainCategory:
    """A main category 大类 with its default deadline in days."""

    key: str
    name: str
    days: int


@dataclass(frozen=True, slots=True)
class SubCategory:
    """A sub-category 小类; `things` with one of `near` after them also make it."""

    key: str
    name: str
    standards: tuple[int, ...]
    track: str | None
    words: tuple[str, ...]
    things: tuple[str, ...]
    near: tuple[str, ...]
    beside: tuple[str, ...]

    @property
    def main(self) -> str:
        """The key of its main category."""
        return self.key.partition(".")[0]


@dataclass(frozen=True, slots=True)
class PlaceType:
    """A kind of place 场所 with the words that tell it."""

    key: str
    name: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One category and two alternatives, `main.sub`; `start` is where the problem's words begin."""

    category: str | None
    alternatives: tuple[str, ...]
    start: int | None = None


@dataclass(frozen=True)
class CategoryTable:
    """Main and sub-categories, kinds of places and standards, in the file's order."""

    mains: Mapping[str, MainCategory]
    subs: tuple[SubCategory, ...]
    place_types: tuple[PlaceType, ...]
    standards: Mapping[int, str]

    @classmethod
    def read(cls, toml_text: str) -> CategoryTable:
        """The table of a categories file.

        Raises:
            CategoriesFileError: when it is no TOML, lacks a part, or a sub-category has no main one.
        """
        try:
            data = tomllib.loads(toml_text)
            mains = {
                key: MainCategory(key, row["name"], int(row["days"])) for key, row in data["main"].items()
            }
            subs = tuple(
                SubCategory(
                    key=row["key"],
                    name=row["name"],
                    standards=tuple(row.get("standards", ())),
                    track=row.get("track"),
                    words=tuple(row["words"]),
                    things=tuple(row.get("things", ())),
                    near=tuple(row.get("near", ())),
                    beside=tuple(row.get("beside", ())),
                )
                for row in data["sub"]
            )
            places = tuple(PlaceType(row["key"], row["name"], tuple(row["words"])) for row in data["place"])
            standards = {int(number): name for number, name in data["standards"].items()}
        except tomllib.TOMLDecodeError as error:
            raise CategoriesFileError(str(error)) from error
        except KeyError as error:
            raise CategoriesFileError(f"missing: {error}") from error
        keys = {sub.key for sub in subs}
        lost = [sub.key for sub in subs if sub.main not in mains or not keys.issuperset(sub.beside)]
        if lost:
            raise CategoriesFileError(f"no such category: {', '.join(lost)}")
        return cls(MappingProxyType(mains), subs, places, MappingProxyType(standards))

    @cached_property
    def days(self) -> Mapping[str, int]:
        """Default deadline in days by main category."""
        return MappingProxyType({key: main.days for key, main in self.mains.items()})

    @cached_property
    def _subs(self) -> Mapping[str, SubCategory]:
        return {sub.key: sub for sub in self.subs}

    @cached_property
    def _by_first(self) -> Mapping[str, tuple[tuple[str, int], ...]]:
        found: dict[str, list[tuple[str, int]]] = {}
        for order, sub in enumerate(self.subs):
            for word in sub.words:
                found.setdefault(word[0], []).append((word, order))
        return {first: tuple(words) for first, words in found.items()}

    def sub(self, key: str) -> SubCategory | None:
        """The sub-category with that key (`garbage.domestic`)."""
        return self._subs.get(key)

    def hits(self, text: str) -> tuple[tuple[int, int, int], ...]:
        """(start, end, order of the sub-category) of every word of the table in the text."""
        return tuple(
            (start, start + len(word), order)
            for start, first in enumerate(text)
            for word, order in self._by_first.get(first, ())
            if text.startswith(word, start)
        )

    def place_type(self, *texts: str) -> str | None:
        """The kind of place that the first telling text names."""
        for text in texts:
            for place in self.place_types:
                if any(word in text for word in place.words):
                    return place.key
        return None

    def suggest(self, text: str, place_ends: Iterable[str] = ()) -> Suggestion:
        """One suggestion and two alternatives for a caption's problem part.

        Text before 上, 旁, 边 … (`place_ends`) is place: what follows it is classified, if it can be
        (FORMS §3.2). Several that fit stand in the table's order.
        """
        ends = tuple(place_ends)
        chosen: set[int] = set()
        passed: set[int] = set()
        start: int | None = None
        clauses = [(found.start(), found[0]) for found in _CLAUSE.finditer(text)]
        carried = ""
        for offset, clause in clauses:
            things = self._things(clause)
            hits = self.hits(clause)
            free = tuple(hit for hit in hits if not _within(hit, things))
            border = _border(clause, free, ends)
            told = [hit for hit in free if hit[0] >= border]
            near = self._near(carried, clause, things)
            if hits and not told and not near:  # 「垃圾桶无人管」: only the thing itself is named
                near = [thing for thing in things if any(_within(hit, [thing]) for hit in hits)]
            chosen.update(order for _, _, order in (*told, *near))
            passed.update(order for _, _, order in hits)
            carried = "" if told else clause
            if start is None and (told or near):
                first = min(at for at, _, _ in (*told, *near))
                held = [at for at, end, _ in things if any(_within(hit, [(at, end, 0)]) for hit in hits)]
                start = offset + min(first, *(at for at in held if at >= border), first)
        ordered = [self.subs[order].key for order in sorted(chosen)]
        others = [self.subs[order].key for order in sorted(passed - chosen)]
        category = ordered[0] if ordered else None
        rest = [key for key in (*ordered[1:], *others, *self._like(category)) if key != category]
        return Suggestion(category, tuple(dict.fromkeys(rest))[:ALTERNATIVES], start)

    def _things(self, clause: str) -> list[tuple[int, int, int]]:
        """Where the things of near-rules stand: (start, end, order of the sub-category)."""
        return [
            (at, at + len(thing), order)
            for order, sub in enumerate(self.subs)
            for thing in sub.things
            if (at := clause.find(thing)) >= 0
        ]

    def _near(
        self, before: str, clause: str, things: list[tuple[int, int, int]]
    ) -> list[tuple[int, int, int]]:
        """The words that, after a thing in this clause or the one before, make a category (坑塘 … 垃圾)."""
        found = []
        for order, sub in enumerate(self.subs):
            if not sub.things:
                continue
            ends = [end for _, end, of in things if of == order]
            if not ends and not any(thing in before for thing in sub.things):
                continue
            start = min(ends, default=0)
            found += [
                (at, at + len(word), order) for word in sub.near if (at := clause.find(word, start)) >= 0
            ]
        return [hit for hit in found if not _within(hit, things)]

    def _like(self, category: str | None) -> tuple[str, ...]:
        """What is offered when words suggest too little: relatives first, then the two most frequent."""
        main = (category or "").partition(".")[0]
        relatives = [sub.key for sub in self.subs if sub.main == main]
        beside = self._subs[category].beside if category else ()
        return (*beside, *relatives, "garbage.domestic", "stacking.clutter", "other.other")


def _within(hit: tuple[int, int, int], things: Iterable[tuple[int, int, int]]) -> bool:
    """Whether a word is only part of the name of a longer thing: 垃圾 in 垃圾桶."""
    return any(
        start <= hit[0] and hit[1] <= end and end - start > hit[1] - hit[0] for start, end, _ in things
    )


def _border(clause: str, hits: tuple[tuple[int, int, int], ...], ends: tuple[str, ...]) -> int:
    """Where the place ends and the problem begins: behind the last place-end that a word follows."""
    last = max((start for start, _, _ in hits), default=0)
    inside = {at for start, end, _ in hits for at in range(start, end)}
    border = 0
    for word in ends:
        at = clause.rfind(word, 0, last)
        while at >= 0:
            if at not in inside and at + len(word) <= last:
                border = max(border, at + len(word))
                break
            at = clause.rfind(word, 0, at)
    return border
