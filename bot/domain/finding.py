"""Finding by words 查找: how a text is cut for the index, and how what somebody typed is understood.

Chinese has no gaps between words: a run of ideographs becomes its overlapping pairs (垃圾堆 → 垃圾 圾堆), and
a word of two characters is found wherever it stands. Runs of letters and digits are words as they are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from bot.domain.places import Gazetteer, is_ideograph

LONGEST = 60
"""Characters of a search; what is longer is a story, not a search."""

MOST_TERMS = 8

MOST_WAYS = 6
"""Places that a mistyped name may have meant, at the most: 王搂镇 is as near to 王庄镇."""

_GAPS = re.compile(r"[\s,，、;；。!！?？]+")
_WORD = re.compile(r"\w")
_NAMED = re.compile(r"[\u3400-\u9fff]{2,7}?(?:街道|镇|乡|县|市|区)")

_ASKED = re.compile(r"(?:查找|搜索|查一下|find|search)[\s:：]+(\S.*)", re.IGNORECASE | re.DOTALL)

Similarity = Callable[[str, str], float]
"""How alike two names are, 0 to 100."""

SLIP = 60.0
"""As alike are 王搂镇 and 王楼镇: one character of three differs."""


class NothingToFind(ValueError):
    """What was typed cannot be looked for.

    NothingToFind
    ├── OnlySigns     emoji, punctuation: no letter in it
    ├── OneCharacter  too little to tell anything apart
    └── TooMuch       longer than a search, or of too many words
    """


class OnlySigns(NothingToFind):
    """No letter in it."""


class OneCharacter(NothingToFind):
    """A single character."""


class TooMuch(NothingToFind):
    """Too long."""


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a search, as typed, and what must stand together in the text: phrases of tokens."""

    typed: str
    phrases: tuple[tuple[str, ...], ...]

    @property
    def exact(self) -> str:
        """Every phrase as it is."""
        return " AND ".join(_quoted(phrase) for phrase in self.phrases)

    @property
    def loose(self) -> str:
        """Any pair of every phrase will do: for words of which a character is wrong."""
        return " AND ".join(
            "(" + " OR ".join(_quoted((token,)) for token in phrase) + ")" for phrase in self.phrases
        )


def asked_for(text: str) -> str | None:
    """What a typed 「查找 王楼镇 垃圾」 looks for; None: the text is no search."""
    found = _ASKED.fullmatch(text.strip())
    return found[1] if found else None


def tokens(text: str) -> str:
    """A text as the index keeps it; the last character of a run stands alone, too."""
    found: list[str] = []
    for run, chinese in _runs(_usual(text)):
        if chinese:
            found += [run[at : at + 2] for at in range(len(run) - 1)]
            found.append(run[-1])
        else:
            found.append(run)
    return " ".join(found)


def terms(typed: str) -> tuple[Term, ...]:
    """What somebody typed, word by word.

    Raises:
        TooMuch, OnlySigns, OneCharacter: it cannot be looked for.
    """
    words = _usual(typed)
    if len(words) > LONGEST:
        raise TooMuch(typed)
    parts = [part for part in _GAPS.split(words) if part]
    found = [term for part in parts if (term := _term(part)) is not None]
    if len(found) > MOST_TERMS:
        raise TooMuch(typed)
    if not found:
        raise OneCharacter(typed) if any(_WORD.search(part) for part in parts) else OnlySigns(typed)
    return tuple(found)


def _term(part: str) -> Term | None:
    """One word; None when it has nothing that tells anything apart."""
    phrases: list[tuple[str, ...]] = []
    plain: list[str] = []
    for run, chinese in _runs(part):
        if not chinese:
            plain.append(run)
            continue
        if plain:
            phrases.append(tuple(plain))
            plain = []
        if len(run) > 1:
            phrases.append(tuple(run[at : at + 2] for at in range(len(run) - 1)))
    if plain:
        phrases.append(tuple(plain))
    if sum(len(token) for phrase in phrases for token in phrase) < 2:
        return None
    return Term(part, tuple(phrases))


def left_out(typed: str) -> tuple[str, ...]:
    """The single characters of a search, which tell nothing apart."""
    return tuple(part for part in _GAPS.split(_usual(typed)) if _WORD.search(part) and _term(part) is None)


def mended(
    typed: str, gazetteer: Gazetteer, regions: Iterable[str], likeness: Similarity | None
) -> tuple[str, ...]:
    """The same search with places told apart from what follows them, and the slip in a name put right.

    「王搂镇垃圾」 → 「王楼镇 垃圾」; several where several places are as near, the likeliest first. What it
    does not know stays as it is.
    """
    parts = [part for part in _GAPS.split(_usual(typed)) if part]
    names = [name for region in regions for name in (region, *gazetteer.townships.get(region, ()))]
    found = [" ".join(_apart(part, gazetteer) for part in parts)]
    for at, part in enumerate(parts):
        for right in _put_right(part, names, likeness):
            others = [*parts[:at], right, *parts[at + 1 :]]
            found.append(" ".join(_apart(one, gazetteer) for one in others))
    return tuple(dict.fromkeys(found))


def _apart(part: str, gazetteer: Gazetteer) -> str:
    pieces, at = [], 0
    for mention in gazetteer.mentions(part):
        pieces += [part[at : mention.start], part[mention.start : mention.end]]
        at = mention.end
    return " ".join(piece for piece in (*pieces, part[at:]) if piece)


def _put_right(part: str, names: Iterable[str], likeness: Similarity | None) -> list[str]:
    """A word with its first mistyped region or township written as it is called, each way that is near."""
    if likeness is None or any(name in part for name in names):
        return []
    near: dict[str, float] = {}
    for written in _NAMED.findall(part):
        for name in names:
            tail = written[-len(name) :]
            if len(tail) == len(name) > 2 and tail[-1] == name[-1] and likeness(tail, name) >= SLIP:
                right = part.replace(tail, name, 1)
                near[right] = max(near.get(right, 0), likeness(tail, name))
    return sorted(near, key=lambda right: -near[right])[:MOST_WAYS]


def _usual(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()


def _runs(text: str) -> Iterator[tuple[str, bool]]:
    """Runs of ideographs, and of other letters and digits, in order; everything else parts them."""
    start, kind = 0, ""
    for at, sign in enumerate(f"{text}\n"):
        now = "chinese" if is_ideograph(sign) else "plain" if sign.isalnum() else ""
        if now != kind:
            if kind:
                yield text[start:at], kind == "chinese"
            start, kind = at, now


def _quoted(phrase: tuple[str, ...]) -> str:
    return '"' + " ".join(phrase) + '"'
