"""The weekly report 周报: its rows (附件2), figures as people write them, and what must be asked back."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Literal

CITY_ROWS = ("city_assigned", "city_closed", "city_open", "city_overdue")
"""市交办问题 交办/销号/未到期/逾期: the city's own figures; nobody can type them."""

MOST = Decimal(10) ** 9
"""A figure beyond is a slip: a telephone number, two numbers in one cell."""
PLACES = 2
SUMMARY_MOST = 300
"""FORMS §1.1: 周重点工作小结 has 300 characters at the most; a longer one is taken, with a word."""
MENDED_WITHIN = timedelta(hours=2)
"""What had errors counts from its first sending when it is mended within this time (SPEC §4)."""
JUMP = 10
"""A figure more than so many times last week's is asked about."""

Why = Literal[
    "empty",
    "text",
    "negative",
    "formula",
    "merged",
    "unit",
    "too_big",
    "places",
    "missing_row",
    "twice",
    "error",
]
Doubt = Literal["jump", "unit_changed", "beyond_total", "long_summary"]


@dataclass(frozen=True, slots=True)
class Indicator:
    """A row of the form 指标."""

    key: str
    label: str
    units: tuple[str, ...]
    words: tuple[str, ...] = ()
    tracks: tuple[str, ...] = ()
    stock: bool = False
    within: str = ""
    """The row that this one is a part of."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A value with its unit, as it counts."""

    value: Decimal
    unit: str

    @property
    def text(self) -> str:
        """Without needless zeros: 320, 12.5."""
        return plain_number(self.value)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one value: where, what was read, why; the row's label says what is expected."""

    cell: str
    label: str
    value: str
    why: Why
    units: tuple[str, ...] = ()


@dataclass(frozen=True)
class WeeklyForm:
    """The rows of the form, in order."""

    rows: tuple[Indicator, ...] = ()

    @classmethod
    def parse(cls, text: str) -> WeeklyForm:
        """The form as `weekly.toml` describes it."""
        return cls(
            tuple(
                Indicator(
                    row["key"],
                    row["label"],
                    tuple(row["units"]),
                    tuple(row.get("words", ())),
                    tuple(row.get("tracks", ())),
                    bool(row.get("stock", False)),
                    row.get("within", ""),
                )
                for row in tomllib.loads(text)["rows"]
            )
        )

    def of_track(self, track: str) -> tuple[Indicator, ...]:
        """The rows that a track's regions fill in."""
        return tuple(row for row in self.rows if not row.tracks or track in row.tracks)

    @cached_property
    def _names(self) -> dict[str, Indicator]:
        found: dict[str, Indicator] = {}
        for row in self.rows:
            for name in (row.label, *row.words, re.sub(r"[(（].*?[)）]", "", row.label)):
                found.setdefault(name_key(name), row)
        return found

    def row(self, name: str) -> Indicator | None:
        """The row that goes by a name, as it is printed or as people say it."""
        return self._names.get(name_key(name))

    def by_key(self, key: str) -> Indicator:
        """The row of that key; raises KeyError."""
        return next(row for row in self.rows if row.key == key)


def name_key(name: str) -> str:
    """A name without spaces, brackets and punctuation, so that slips of the keyboard do not matter."""
    flat = unicodedata.normalize("NFKC", name)
    return re.sub(r"[\s()（）、，,./·:：*★]", "", flat)


def plain_number(value: Decimal) -> str:
    """A number without exponent and needless zeros."""
    text = format(value.normalize(), "f")
    return "0" if text in ("-0", "") else text


@dataclass(frozen=True, slots=True)
class SheetRead:
    """A 周报表 as it came back: whose and of which week by its own words, figures, what is wrong, texts."""

    region: str
    key: str
    """The Friday as ISO date; "" where the sheet does not say."""
    figures: Mapping[str, Figure]
    faults: tuple[Fault, ...]
    texts: Mapping[str, str]
    heads: Mapping[str, str] = field(default_factory=dict)
    """filler, filler_phone, reviewer."""
    words: tuple[str, ...] = ()
    """Every text that stands in it, for red line (d)."""


HEADS = {"填报人": "filler", "联系电话": "filler_phone", "审核人": "reviewer"}
"""附件2's head, as printed → as stored; what else is in it the bot knows."""
MOST_HEAD = 40
_PHONE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?(1\d{10}|0\d{2,3}-?\d{7,8})(?!\d)")


def read_heads(said: Mapping[str, str]) -> dict[str, str]:
    """The head as it was written, a telephone behind the filler's name put where it belongs."""
    found = {key: " ".join(words.split())[:MOST_HEAD] for key, words in said.items() if words.strip()}
    phone = _PHONE.search(found.get("filler", ""))
    if phone is not None:
        found["filler"] = (found["filler"][: phone.start()] + found["filler"][phone.end() :]).strip(
            " ，,、;；()（）"
        )
        found.setdefault("filler_phone", phone[0])
    return {key: words for key, words in found.items() if words}


# --- figures ------------------------------------------------------------------------------------------

_NUMBER = re.compile(r"[+-]?\d[\d,]*(?:\.\d+)?|[+-]?\.\d+")
_TEN_THOUSAND = "万"


def read_number(text: str) -> Decimal | Why:
    """A number as people type it: full-width digits, thousands with commas, 1.2万; or why it is none."""
    flat = unicodedata.normalize("NFKC", text).replace(" ", "").replace("，", ",")
    if not flat:
        return "empty"
    found = _NUMBER.fullmatch(flat.removesuffix(_TEN_THOUSAND))
    if found is None:
        return "text"
    try:
        value = Decimal(found[0].replace(",", ""))
    except InvalidOperation:
        return "text"
    return check_number(value * 10_000 if flat.endswith(_TEN_THOUSAND) else value)


def check_number(value: Decimal) -> Decimal | Why:
    """The value itself, or why it cannot be a figure."""
    if not value.is_finite():
        return "text"
    if value < 0:
        return "negative"
    if value >= MOST:
        return "too_big"
    if value != round(value, PLACES):
        return "places"
    return value


# --- lines --------------------------------------------------------------------------------------------

_LINE = re.compile(
    r"^\s*(?:[\d一二三四五六七八九十]+\s*[、.)）]\s*)?(?P<name>[^\d:：=]*?)\s*[:：=]?\s*"
    r"(?P<number>[+-]?[\d.,，０-９]+\s*万?)(?:\s*[/／]\s*(?P<total>[\d.,０-９]+))?"
    r"\s*(?P<unit>[^\d\s。；;，,/]{0,4}(?:(?<=m)[23])?)\s*[。；;，,]?\s*$"
)
_BEFORE = re.compile(r"^\s*(?:本周|本周内|这周|共|共计|累计)\s*(?:共计?)?")
WORD_MOST = 12
"""So many characters after a row's name are a value that is no number; more are a sentence."""
_PARTS = re.compile(r"[；;]+|[，,。](?=\s*[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])\s{2,}(?=[\u4e00-\u9fff])")
_HEADS = {
    "小结": "summary",
    "周重点工作小结": "summary",
    "本周重点工作小结": "summary",
    "工作小结": "summary",
}
_HEADS |= {
    "存在困难": "difficulties",
    "困难": "difficulties",
    "下周重点": "next_week",
    "下周计划": "next_week",
}
_HEAD = re.compile(
    r"^\s*(?P<head>" + "|".join(sorted(_HEADS, key=len, reverse=True)) + r")\s*[:：]?\s*(?P<rest>.*)$"
)

_WHO = re.compile(r"^\s*(" + "|".join(HEADS) + r")\s*[:：]?\s*(\S.*?)\s*[。；;]?\s*$")


@dataclass
class Lines:
    """What a message of lines says."""

    figures: dict[str, Figure] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    """summary, difficulties, next_week."""
    heads: dict[str, str] = field(default_factory=dict)
    """filler, filler_phone, reviewer."""
    unknown: list[str] = field(default_factory=list)
    """Lines with a number that no row of the form has."""

    @property
    def any(self) -> bool:
        """Whether anything of a report was found."""
        return bool(self.figures or self.faults or self.texts)


def read_lines(text: str, form: WeeklyForm, track: str, last_units: Mapping[str, str]) -> Lines:
    """Read 「出动人员 320」 and the like; what follows 「小结」 is the summary.

    A unit that is not written is last week's, else the row's first.
    """
    found, head = Lines(), ""
    rows = {row.key for row in form.of_track(track)}
    for line in text.splitlines():
        headed = _HEAD.match(line)
        if headed and (":" in line or "：" in line or not headed["rest"]):
            head = _HEADS[headed["head"]]
            if headed["rest"].strip():
                found.texts[head] = headed["rest"].strip()
            continue
        if head:
            found.texts[head] = f"{found.texts.get(head, '')}\n{line.strip()}".strip()
            continue
        who = _WHO.match(line)
        if who:
            found.heads[HEADS[who[1]]] = who[2]
            continue
        for part in _PARTS.split(line):
            _read_part(part, form, rows, last_units, found)
    found.heads = read_heads(found.heads)
    return found


_SAID_UNITS = {
    "方": "立方米", "立方": "立方米", "m3": "立方米", "人": "人次", "名": "人次",
    "台": "台次", "辆": "台次", "车次": "台次",
    "平方": "平方米", "平米": "平方米", "m2": "平方米", "km": "公里", "千米": "公里", "t": "吨", "万": "万元",
    "村": "个", "条": "个", "件": "个", "回": "次", "座": "处", "堆": "处", "块": "处", "家": "户",
}  # fmt: skip
"""What people write for a unit of the form."""


def said_unit(written: str, row: Indicator) -> str | None:
    """The row's unit that is meant; None when it has none like it."""
    flat = name_key(written)
    if flat in row.units:
        return flat
    meant = _SAID_UNITS.get(flat)
    if meant in row.units:
        return meant
    return next((unit for unit in row.units if flat == unit.removesuffix("次")), None)


def _read_part(
    part: str, form: WeeklyForm, rows: set[str], last_units: Mapping[str, str], found: Lines
) -> None:
    match = _LINE.match(part)
    name = _BEFORE.sub("", match["name"]) if match else ""
    if match is None or not name.strip():
        _without_number(part, form, rows, found)
        return
    row = form.row(name)
    if row is None or row.key not in rows:
        found.unknown.append(part.strip())
        return
    number, unit = match["number"].strip(), match["unit"].strip()
    if match["total"] and row.within:
        _keep(form.by_key(row.within), match["total"], unit, last_units, found)
    elif match["total"]:
        found.faults.append(Fault("", row.label, f"{number}/{match['total']}", "text", row.units))
        return
    _keep(row, number, unit, last_units, found)


def _keep(row: Indicator, number: str, unit: str, last_units: Mapping[str, str], found: Lines) -> None:
    if number.endswith(_TEN_THOUSAND) and "万元" in row.units:  # 12万 of 万元 is 12
        number, unit = number.removesuffix(_TEN_THOUSAND).strip(), "万元"
    value = read_number(number.rstrip(".,，"))
    meant = said_unit(unit, row) if unit else last_units.get(row.key, row.units[0])
    if isinstance(value, str):
        found.faults.append(Fault("", row.label, number, value, row.units))
    elif meant is None:
        found.faults.append(Fault("", row.label, unit, "unit", row.units))
    elif row.key in found.figures:
        found.faults.append(Fault("", row.label, number, "twice", row.units))
    else:
        found.figures[row.key] = Figure(value, meant)


def _without_number(part: str, form: WeeklyForm, rows: set[str], found: Lines) -> None:
    """「出动人员 很多」 names a row, but no number."""
    name, _, said = part.strip().replace("：", ":").replace(" ", ":").partition(":")
    row = form.row(name) if name else None
    if row is not None and row.key in rows and 0 < len(said.strip(" :")) <= WORD_MOST:
        found.faults.append(Fault("", row.label, said.strip(" :"), "text", row.units))


# --- what a report is worth ---------------------------------------------------------------------------


def missing(form: WeeklyForm, track: str, figures: Iterable[str]) -> tuple[Indicator, ...]:
    """The rows without a figure: empty is not 0."""
    known = set(figures)
    return tuple(row for row in form.of_track(track) if row.key not in known)


def doubts(
    form: WeeklyForm, track: str, figures: Mapping[str, Figure], last: Mapping[str, Figure]
) -> list[tuple[Indicator, Doubt]]:
    """What is taken but asked about: it never stands in the way of a report."""
    found: list[tuple[Indicator, Doubt]] = []
    for row in form.of_track(track):
        now, before = figures.get(row.key), last.get(row.key)
        if now is None:
            continue
        if before is not None and before.unit != now.unit:
            found.append((row, "unit_changed"))
        elif before is not None and before.value > 0 and now.value > before.value * JUMP:
            found.append((row, "jump"))
        total = figures.get(row.within) if row.within else None
        if total is not None and now.value > total.value:
            found.append((row, "beyond_total"))
    return found


def carried_on(
    form: WeeklyForm, track: str, weeks: Iterable[Mapping[str, Figure]]
) -> dict[str, tuple[Figure, ...]]:
    """累计 of every row over weeks, oldest first: one figure a unit, for units are never added up."""
    found: dict[str, dict[str, Decimal]] = {}
    for figures in weeks:
        for row in form.of_track(track):
            figure = figures.get(row.key)
            if figure is None:
                continue
            if row.stock:
                found[row.key] = {figure.unit: figure.value}
            else:
                sums = found.setdefault(row.key, {})
                sums[figure.unit] = sums.get(figure.unit, Decimal()) + figure.value
    return {key: tuple(Figure(value, unit) for unit, value in sums.items()) for key, sums in found.items()}


def counted_from(first: datetime | None, sent: datetime) -> datetime:
    """Since when something counts as handed in: from a faulty first sending, if it was mended in time."""
    return first if first is not None and sent - first <= MENDED_WITHIN else sent
