"""Warning letters 督办警示: which of them count on one problem, and what fills their blanks (SPEC §2)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

ADVISED_AFTER = 3
"""「建议警示」 on the third working day after the deadline."""

FOUND_TWICE = 2
"""「建议警示」 after so many findings on one chain that it is not rectified; also two rechecks in a row."""

MOST_ITEMS = 12
"""Entries in one letter: more are no letter but a list."""

UNITS = "县市区"
"""How the letter addresses: 你县, 你市, 你区; it has no form for anything else."""

TERMS = (3, 5, 7, 10, 15)
"""Days that are offered as the term 整改期限."""


@dataclass(frozen=True, slots=True)
class Served:
    """A letter in force on one chain: when it was issued, its term."""

    id: int
    issued_at: datetime
    due: datetime


def counted(letters: Iterable[Served], refused: Sequence[datetime]) -> dict[int, int]:
    """Letter → the how-manieth on its chain, those alone that count.

    `refused`: when a rectification on the chain was refused. Two count as two only when the first's term
    had run out, or its rectification had been refused, by the time of the second.
    """
    found: dict[int, int] = {}
    last: Served | None = None
    for letter in sorted(letters, key=lambda one: (one.issued_at, one.id)):
        if last is None or _spent(last, letter.issued_at, refused):
            found[letter.id] = len(found) + 1
            last = letter
    return found


def _spent(letter: Served, at: datetime, refused: Sequence[datetime]) -> bool:
    return letter.due < at or any(letter.issued_at < one <= at for one in refused)


def in_a_row(found: Sequence[bool]) -> bool:
    """Whether the last two rechecks at the place, oldest first, found it unrectified (`False`)."""
    last = list(found)[-FOUND_TWICE:]
    return len(last) == FOUND_TWICE and not any(last)


def letter_number(prefix: str, group: str, year: int, serial: int) -> str:
    """警示编号, for the ledger only: 警县1-2019-003."""
    return f"警{prefix}{group}-{year}-{serial:03d}"


# --- what fills the blanks ------------------------------------------------------------------------------

_CITY = re.compile(r"^[^市]{1,6}(?=市.)")
_SMALL = "督查小组"


def campaign_in_letters(name: str) -> str:
    """The campaign as the letter's form names it, without the city: 新乡市城乡… → 市城乡…."""
    return _CITY.sub("", name)


def group_in_letters(campaign: str, group: str) -> tuple[str, str]:
    """Who signs and where the answer goes: 市…行动第一督查组, 市…行动第一组."""
    head = campaign_in_letters(campaign)
    if group.endswith(_SMALL):
        stem = group.removesuffix(_SMALL)
        return f"{head}{stem}督查组", f"{head}{stem}组"
    return f"{head}{group}", f"{head}{group}"


def days_in_words(days: Iterable[date]) -> str:
    """4月12日; 4月12日、13日; 4月30日、5月2日."""
    words, month = [], 0
    for day in sorted(set(days)):
        words.append(f"{day.day}日" if day.month == month else f"{day.month}月{day.day}日")
        month = day.month
    return "、".join(words)


_PHONE = re.compile(r"\+?[\d（）()\-–— 　转]{7,31}")
_DIGITS = re.compile(r"\d")


def read_phone(text: str) -> str | None:
    """A telephone as it was written, tidied; None where it is none."""
    plain = " ".join(text.translate(str.maketrans("０１２３４５６７８９（）—–－", "0123456789()---")).split())
    plain = re.sub(r"^(?:联系)?电话[:： ]*", "", plain)
    if _PHONE.fullmatch(plain) is None or not 7 <= len(_DIGITS.findall(plain)) <= 16:
        return None
    return plain


_SIGN = r"\s*(?:[（(][县科]级[)）])?\s*[:：]\s*"
_FIELDS = (
    ("leader", re.compile(rf"^(?:(?:县级)?责任领导|(?:county )?leader){_SIGN}", re.IGNORECASE)),
    ("officer", re.compile(rf"^(?:(?:科级|具体)*责任人|officer(?: in charge)?){_SIGN}", re.IGNORECASE)),
    ("done", re.compile(rf"^(?:(?:整改)?完成情况|整改情况|done){_SIGN}", re.IGNORECASE)),
)


def read_answer(text: str) -> dict[str, str]:
    """The parts of an answer: labelled lines, or three lines in the order that was asked for."""
    lines = [line.strip() for line in re.split(r"[\n；;]", text) if line.strip()]
    found: dict[str, str] = {}
    bare: list[str] = []
    for line in lines:
        for name, label in _FIELDS:
            said = label.match(line)
            if said is not None:
                found[name] = line[said.end() :].strip()
                break
        else:
            bare.append(line)
    if not found and len(bare) >= 3:
        return {"done": "；".join(bare[:-2]), "leader": bare[-2], "officer": bare[-1]}
    if bare:
        found["done"] = "；".join([*([found["done"]] if "done" in found else []), *bare])
    return {name: words for name, words in found.items() if words}


def missing(answer: dict[str, str]) -> list[str]:
    """What an answer lacks, in the order that was asked for."""
    return [name for name in ("done", "leader", "officer") if not answer.get(name)]


_BEFORE_WORDS = "，,。；;：:、 "


def sentence(problem: str, place: str) -> str:
    """One of the letter's numbered sentences: the place, unless the words begin with it, and the problem."""
    plain = " ".join(problem.split()).strip(_BEFORE_WORDS)
    if not plain:
        return place
    return plain if not place or plain.startswith(place) else f"{place}{plain}"
