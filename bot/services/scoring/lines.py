"""Lines of scores as people and files write them → entries, or faults that name what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.domain import aspects
from bot.domain.campaign import Campaign
from bot.domain.score_words import HUNDRED, BadValue, Kind, read_source, read_value
from bot.domain.scoring import MONTHLY, Scheme

MOST_REASON = 500
_SPACE = re.compile(r"[\s　]+")
_SIGNS = "+-−＋－"
_POINTS = re.compile(r"^\S+[\s　]+\S+?[\s　]*[+\-−＋－][\d０-９]")
_KINDS = {
    "mark": Kind.MARK, "marks": Kind.MARK, "打分": Kind.MARK, "得分": Kind.MARK, "评分": Kind.MARK,
    "points": Kind.POINTS, "point": Kind.POINTS, "加减分": Kind.POINTS, "扣分": Kind.POINTS,
    "加分": Kind.POINTS,
}  # fmt: skip
_SPOKEN = re.compile(
    r"^(?P<region>\S+?)[\s　]+(?P<source>\S+?)[\s　]*(?P<value>[+\-−＋－]?[\d０-９][\d０-９.,，．、]*)分?"
    r"(?:[\s　，,。：:；;]+(?P<reason>.*))?$"
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line as written; `row` is its number in the file or message, from 1."""

    row: int
    region: str
    source: str
    kind: str
    value: str
    reason: str = ""
    aspects: tuple[str, ...] = ()
    """The seven aspects, where they are written; the mark itself may then be left out."""
    fault: str = ""
    """What is wrong with the line as a whole, where it could not be cut into its cells."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line, read; `region` is the full name, `track` the region's."""

    row: int
    region: str
    track: str
    source: str
    kind: Kind
    value: Decimal
    reason: str = ""
    aspects: tuple[Decimal, ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """A line that is refused: the words of it that are wrong, why, and what would be right."""

    row: int
    region: str
    value: str
    why: str
    right: str = ""

    def values(self) -> dict[str, object]:
        """For the texts."""
        return {
            "row": self.row, "region": self.region, "value": self.value, "why": self.why, "right": self.right,
        }  # fmt: skip


class UnknownRegion(LookupError):
    """No region of the campaign has that name; `candidates` are those that it might mean."""

    def __init__(self, text: str, candidates: tuple[str, ...] = ()) -> None:
        super().__init__(text)
        self.candidates = candidates


def region_named(campaign: Campaign, text: str) -> str:
    """The full name of a region that was written in full or by a short name of the configuration.

    Raises:
        UnknownRegion: there is none; 「新乡」 might mean 新乡县 or the city, so its beginning is not enough.
    """
    plain = _SPACE.sub("", text)
    for region in campaign.regions:
        if plain == region.name or plain in region.short:
            return region.name
    if not plain:
        raise UnknownRegion(text)
    might = tuple(
        region.name
        for region in campaign.regions
        if any(name.startswith(plain) or plain.startswith(name) for name in (region.name, *region.short))
    )
    raise UnknownRegion(text, might)


def spoken(text: str) -> list[Line]:
    """The lines of a message: 「延津县 督查 36.5」, 「卫辉市 群众举报 -1.5 清运不及时」.

    A value with a sign is points, one without is a mark; 「七方面」 and seven values may follow a mark, or
    stand for it.
    """
    found = []
    for row, words in enumerate((line for line in text.splitlines() if line.strip()), start=1):
        broken = aspects.split(words)
        if broken is not None and not _POINTS.search(broken[0]):
            found.append(_broken_down(row, *broken))
            continue
        read = _SPOKEN.match(words.strip())
        if read is None:
            parts = _SPACE.split(words.strip(), maxsplit=2)
            parts += [""] * (3 - len(parts))
            found.append(Line(row, parts[0], parts[1], "", parts[2]))
            continue
        kind = "points" if read["value"][0] in _SIGNS else "mark"
        found.append(
            Line(row, read["region"], read["source"], kind, read["value"], (read["reason"] or "").strip())
        )
    return found


def _broken_down(row: int, head: str, given: tuple[str, ...], reason: str) -> Line:
    """A line whose mark is made of aspects; the mark itself may be missing."""
    read = _SPOKEN.match(head)
    if read is None:  # no mark: the words of the source are the rest
        region, source = (*_SPACE.split(head, maxsplit=1), "")[:2]
        return Line(row, region, source, "mark", "", reason, aspects=given)
    why = " ".join(part for part in ((read["reason"] or "").strip(), reason) if part)
    return Line(row, read["region"], read["source"], "mark", read["value"], why, aspects=given)


def read(
    campaign: Campaign,
    lines: Iterable[Line],
    schemes: dict[str, Scheme],
    *,
    monthly: bool = False,
    tracks: Sequence[str] = (),
) -> tuple[list[Entry], list[Fault]]:
    """Entries and faults of some lines; `tracks` are those that the writer may score (none named: all).

    `schemes` has the 口径 of each track for the window; a month takes covert marks from 0 to 100 only.
    """
    entries: list[Entry] = []
    faults: list[Fault] = []
    for line in lines:
        try:
            entries.append(_entry(campaign, line, schemes, monthly, tracks))
        except _Refused as refused:
            faults.append(Fault(line.row, line.region, refused.value, refused.why, refused.right))
    return entries, faults


class _Refused(Exception):
    def __init__(self, value: str, why: str, right: str = "") -> None:
        super().__init__(why)
        self.value, self.why, self.right = value, why, right


def _entry(
    campaign: Campaign, line: Line, schemes: dict[str, Scheme], monthly: bool, tracks: Sequence[str]
) -> Entry:
    if line.fault:
        raise _Refused(line.value, line.fault)
    try:
        region = region_named(campaign, line.region)
    except UnknownRegion as unknown:
        why = "region_ambiguous" if unknown.candidates else "region_unknown"
        raise _Refused(line.region, why, "、".join(unknown.candidates)) from None
    track = campaign.region(region).track
    if tracks and track not in tracks:
        raise _Refused(line.region, "region_other_track", campaign.track(track).name)
    source = read_source(line.source)
    if source is None:
        raise _Refused(line.source, "source_unknown")
    if monthly and source != MONTHLY:
        raise _Refused(line.source, "source_not_monthly")
    kind = _KINDS.get(line.kind.strip().casefold())
    if kind is None:
        raise _Refused(line.kind or line.value, "kind_unknown" if line.kind else "not_a_number")
    if monthly and kind is Kind.POINTS:
        raise _Refused(line.kind, "points_not_monthly")
    scheme = schemes[track]
    part = scheme.part_of(source)
    reason, most = line.reason.strip()[:MOST_REASON], HUNDRED if monthly else part.most
    if line.aspects and (source != aspects.SOURCE or kind is not Kind.MARK):
        raise _Refused(aspects.WORD, "aspects_elsewhere")
    mark: Decimal | None = None
    if line.value or not line.aspects:
        try:
            mark = read_value(line.value, kind, most)
        except BadValue as bad:
            raise _Refused(line.value, bad.why, "" if bad.most is None else str(bad.most)) from None
    if not line.aspects:
        assert mark is not None
        return Entry(line.row, region, track, source, kind, mark, reason)
    try:
        broken = aspects.read(line.aspects, most, mark)
    except aspects.BadAspects as bad:
        raise _Refused(bad.value, bad.why, bad.right) from None
    value = sum(broken, Decimal(0)) if mark is None else mark
    return Entry(line.row, region, track, source, kind, value, reason, broken)
