"""The word lists that captions are read with, and the small rules that hang on them (FORMS §3.4)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any, Literal

from bot.domain.categories import CategoryTable
from bot.domain.elsewhere import Elsewhere

TAG = "#问题"
"""What calls the bot in a group chat."""
_CLAUSE = re.compile(r"[^，,。；;、！!\s]+")
_EDGES = " \t\r\n，,。；;、：:！!？?.~～#/【】「」"
_DENIAL_REACH = 3
"""A denial stands at most this many characters before the word: 「不太整洁」「没有达标」."""
_NONE_REACH = 5
"""As far does 「未发现有」 deny a thing: 「无明显垃圾」."""
_STEPS_SEVERE = 2
_CHAINAGE = re.compile(r"[Kk]\d{1,4}\+\d{1,3}$")
_COUNT = re.compile(r"(?:(?<![\d+.])\d{1,2}|[一二两三四五六七八九十几数多]{1,2})(?:处|堆|个|辆|片|块|米)$")


class WordsFileError(ValueError):
    """The file of word lists cannot be read as one."""


@dataclass(frozen=True, slots=True)
class Words:
    """Every list of the words file."""

    usual_names: tuple[str, ...]
    not_in_village: tuple[str, ...]
    elsewhere: Elsewhere
    stage_after: tuple[str, ...]
    stage_before: tuple[str, ...]
    not_after: tuple[str, ...]
    severe: tuple[str, ...]
    serious: tuple[str, ...]
    light: tuple[str, ...]
    clean: tuple[str, ...]
    denied: tuple[str, ...]
    none_of: tuple[str, ...]
    praise: tuple[str, ...]
    problem: tuple[str, ...]
    but: tuple[str, ...]
    secret: tuple[str, ...]
    covert: tuple[str, ...]
    onsite: tuple[str, ...]
    notice: tuple[str, ...]
    sources: Mapping[str, str]
    """Beginning of a text → source, longest first."""
    menu: Mapping[str, str]
    """Menu word → its usual name."""
    fillers: tuple[str, ...]
    spot: tuple[str, ...]
    not_spot: tuple[str, ...]
    place_ends: tuple[str, ...]

    @classmethod
    def read(cls, toml_text: str) -> Words:
        """The lists of a words file.

        Raises:
            WordsFileError: when it is no TOML or a list is missing.
        """
        try:
            return cls._of(tomllib.loads(toml_text))
        except tomllib.TOMLDecodeError as error:
            raise WordsFileError(str(error)) from error
        except KeyError as error:
            raise WordsFileError(f"missing: {error}") from error

    @classmethod
    def _of(cls, data: dict[str, Any]) -> Words:
        sources = [(word, source) for source, words in data["source"].items() for word in words]
        menu = {word: word for word in data["menu"]["words"]} | data["menu"]["same"]
        return cls(
            usual_names=tuple(data["places"]["usual"]),
            not_in_village=tuple(data["places"]["not_in_village"]),
            elsewhere=Elsewhere(
                **{field.name: tuple(data["elsewhere"][field.name]) for field in fields(Elsewhere)}
            ),
            stage_after=tuple(data["stage"]["after"]),
            stage_before=tuple(data["stage"]["before"]),
            not_after=tuple(data["stage"]["not_after"]),
            severe=tuple(data["severity"]["severe"]),
            serious=tuple(data["severity"]["serious"]),
            light=tuple(data["severity"]["light"]),
            clean=tuple(data["clean"]["words"]),
            denied=tuple(data["clean"]["denied"]),
            none_of=tuple(data["clean"]["none_of"]),
            praise=tuple(data["clean"]["praise"]),
            problem=tuple(data["clean"]["problem"]),
            but=tuple(data["clean"]["but"]),
            secret=tuple(data["secret"]["markings"]),
            covert=tuple(data["covert"]["words"]),
            onsite=tuple(data["handling"]["onsite"]),
            notice=tuple(data["handling"]["notice"]),
            sources=MappingProxyType(dict(sorted(sources, key=lambda pair: -len(pair[0])))),
            menu=MappingProxyType(menu),
            fillers=tuple(sorted(data["reading"]["fillers"], key=len, reverse=True)),
            spot=tuple(data["reading"]["spot"]),
            not_spot=tuple(data["reading"]["not_spot"]),
            place_ends=tuple(data["reading"]["place_ends"]),
        )

    def menu_word(self, text: str) -> str | None:
        """The menu word that the whole text is, under its usual name."""
        return self.menu.get(text.strip(_EDGES)) if len(text) <= 40 else None

    def secret_marking(self, text: str) -> str | None:
        """The first marking of secrecy in a caption or file name."""
        return next((marking for marking in self.secret if marking in text), None)

    def is_covert(self, text: str) -> bool:
        """Whether the word 暗访 makes the entry covert."""
        return any(word in text for word in self.covert)

    def is_covert_report(self, text: str, *, photo: bool) -> bool:
        """Whether words in a group chat report what was found covertly, and do not only talk of it.

        A photo's do, and those that carry the tag, wherever it stands.
        """
        return self.is_covert(text) and (photo or TAG in text)

    def source_of(self, text: str) -> tuple[str | None, tuple[int, int] | None]:
        """The source that a text begins with, and where its word stands."""
        start = len(text) - len(text.lstrip(_EDGES))
        for word, source in self.sources.items():
            if text.startswith(word, start):
                return source, (start, start + len(word))
        return None, None

    def handling_of(self, text: str) -> tuple[Literal["onsite", "notice"] | None, list[tuple[int, int]]]:
        """The handling that is named, and where; a warning letter is never guessed (SPEC §2)."""
        spans = spans_of(text, (*self.onsite, *self.notice))
        if any(word in text for word in self.onsite):
            return "onsite", spans
        return ("notice" if spans else None), spans

    def stage_of(self, text: str) -> Literal["before", "after"] | None:
        """Whether the words speak of before or after the work."""
        if any(word in text for word in self.stage_after):
            return None if any(word in text for word in self.not_after) else "after"
        return "before" if any(word in text for word in self.stage_before) else None

    def severity_of(self, text: str) -> Literal["normal", "serious", "severe"]:
        """Hints up and down: two steps up are 严重, one is 较重."""
        steps = sum(_STEPS_SEVERE for word in self.severe if word in text)
        steps += sum(1 for word in self.serious if word in text)
        steps -= sum(_STEPS_SEVERE if word.startswith("不") else 1 for word in self.light if word in text)
        return "severe" if steps >= _STEPS_SEVERE else "serious" if steps > 0 else "normal"

    def tells_problem(self, text: str) -> bool:
        """Whether a word stands for a problem of no category in particular."""
        return any(word in text for word in self.problem)

    def is_spot(self, text: str) -> bool:
        """Whether a text describes a spot: it holds a direction, a landmark or a distance."""
        return text not in self.not_spot and any(word in text for word in self.spot)

    def ends_as_spot(self, text: str) -> bool:
        """Whether a text is nothing but a spot, because it ends as one."""
        return text.endswith(self.spot) or _CHAINAGE.search(text) is not None

    def without_fillers(self, text: str, start: int, end: int) -> int:
        """Where `text[start:end]` ends when 有, 大量, 3处 … at its end are left out."""
        shorter = True
        while shorter and end > start:
            shorter = False
            counted = _COUNT.search(text, max(start, end - 6), end)
            if counted and not text.endswith("米", start, end):
                end, shorter = counted.start(), True
                continue
            for word in self.fillers:
                if text.endswith(word, start, end):
                    end -= len(word)
                    shorter = True
                    break
        return end

    def says_clean(self, text: str, categories: CategoryTable) -> bool:
        """Whether a caption says clean and names no problem (SPEC §2 «Clean places count too»)."""
        said = False
        for found in _CLAUSE.finditer(text):
            verdict = self._clause(found[0], categories)
            if verdict is False:
                return False
            said = said or verdict is True
        return said

    def _clause(self, clause: str, categories: CategoryTable) -> bool | None:
        """True: says clean; False: tells a problem; None: says neither."""
        praised = spans_of(clause, self.praise)
        cleaned = [span for span in spans_of(clause, self.clean) if not self._denied(clause, span[0])]
        said = sorted({*praised, *cleaned})
        covered = {at for start, end in said for at in range(start, end)}
        last_end = max((end for _, end in said), default=0)
        turned = any(start not in covered for start, _ in spans_of(clause, self.but))
        for start, end, _ in categories.hits(clause):
            if covered.issuperset(range(start, end)) or self._none_of(clause, start):
                continue
            if not said or turned or start >= last_end:
                return False
        rest = "".join("　" if at in covered else sign for at, sign in enumerate(clause))
        if self.tells_problem(rest) and not self._only_none_of(rest):
            return False
        return True if cleaned or praised else None

    def _only_none_of(self, text: str) -> bool:
        return all(self._none_of(text, start) for start, _ in spans_of(text, self.problem))

    def _none_of(self, text: str, start: int) -> bool:
        before = text[max(0, start - _NONE_REACH) : start]
        return any(word in before for word in self.none_of)

    def _denied(self, text: str, start: int) -> bool:
        before = text[max(0, start - _DENIAL_REACH) : start]
        return any(word in before for word in self.denied)


def spans_of(text: str, words: Iterable[str]) -> list[tuple[int, int]]:
    """Where the words stand in the text, word after word."""
    found: list[tuple[int, int]] = []
    for word in words:
        at = text.find(word)
        while at >= 0:
            found.append((at, at + len(word)))
            at = text.find(word, at + 1)
    return found
