"""The gazetteer: which regions, townships and villages there are, and where a text names them.

Names are looked up by their first character and length, so that reading a caption costs the
same for a town as for a city of thousands of villages; the text is walked once.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import product
from types import MappingProxyType

from bot.domain.campaign import Region

VILLAGE_TAILS = (
    "社区居民委员会", "社区居委会", "村民委员会", "居民委员会", "村委会", "居委会",
    "行政村", "自然村", "社区", "新社区", "村",
)  # fmt: skip
"""What may follow a village's bare name in a text; the longest that fits is taken."""

_COMMITTEE = re.compile(r"(?:村民委员.|居民委员.|村委会|居委会)$")
"""The body that the register names after the place; its last character is sometimes mistyped there."""
_PARENTHESES = re.compile(r"[（(][^（()）]*[)）]+$")
_VIRTUAL = re.compile(r"(?:社区)?(?:虚拟)?(?:社区|生活区)$")
"""Statistical stand-ins for farms and parks without villages: 「虚拟社区」「虚拟生活区」."""
_TOWNSHIP_TAIL = re.compile(r"(?:街道办事处|街道|办事处|镇|乡)$")
_PEOPLES = re.compile(r"(?:回|满|蒙古|土家|苗|壮|藏|彝|侗|瑶|畲|朝鲜|维吾尔|哈萨克)族(?=[乡镇]$)")
_ZONE = re.compile(r"^(?:经济技术)?开发区(?=.{2,}[乡镇]$)")
_NUMBERED = re.compile(r"[一二三四五六七八九十0-9]$")
_LEADS_TO_PLACE = frozenset("在到去对赴查至从由市省于访现报光办：:")
"""Ideographs after which a name may begin though they are written without a gap: 「检查任庄村」."""
_PART_OF_LONGER_NAME = frozenset("大小东西南北中前后上下老新里外")
"""A longer village's name often begins with these, so 「大任庄村」 is not 任庄村."""
_WAYS = ("路", "街", "大道", "大街", "巷", "大桥", "桥", "渠", "河", "广场", "公园", "小区", "花园",
         "大厦", "宾馆", "酒店", "饭店", "超市", "商场", "中学", "小学", "医院", "车站")  # fmt: skip
"""After a bare name these make another thing of it: 卫辉路 is a road, not 卫辉市."""
_ROAD = re.compile(r"(?:路|道|段|巷)$")
"""Named after a road, bare, it is the road: 建设路东段 is no community unless 社区 is written."""
_COUNTY_TAILS = ("县", "市", "区")


@dataclass(frozen=True, slots=True, order=True)
class Village:
    """A village 村 or community 社区 of a township 乡镇(街道), under its written name."""

    region: str
    township: str
    name: str


@dataclass(frozen=True, slots=True)
class Mention:
    """Where a text names something of the gazetteer: `text[start:end]`.

    `townships` are (region, township) pairs; `full` says that the name was written out (镇, 村 …),
    `usual` that, bare, it is also an ordinary word (大块, 农场).
    """

    start: int
    end: int
    region: str | None = None
    townships: tuple[tuple[str, str], ...] = ()
    villages: tuple[Village, ...] = ()
    full: bool = False
    usual: bool = False
    tail: str = ""


@dataclass(slots=True)
class _Name:
    region: str | None = None
    townships: tuple[tuple[str, str], ...] = ()
    villages: tuple[Village, ...] = ()
    full: bool = False
    usual: bool = False


@dataclass(frozen=True)
class Gazetteer:
    """A city's places, indexed by every way in which they are written."""

    villages: tuple[Village, ...]
    townships: Mapping[str, tuple[str, ...]]
    """Region → its townships in the file's order."""
    unknown_regions: tuple[str, ...]
    """Regions of the file that the campaign does not evaluate; their rows are left aside."""
    regions_without_places: tuple[str, ...]
    """Regions of the campaign for which the file has no row."""
    _names: Mapping[str, _Name]
    _lengths: Mapping[str, tuple[int, ...]]
    _by_township: Mapping[tuple[str, str], tuple[Village, ...]]

    @classmethod
    def read(cls, csv_text: str, regions: Sequence[Region], *, usual: Collection[str] = ()) -> Gazetteer:
        """Build the index from a CSV with the columns region, township, village.

        `usual` are names that, written bare, are ordinary words and never places by themselves.

        Raises:
            PlacesFileError: when a column is missing.
        """
        rows = csv.DictReader(StringIO(csv_text.removeprefix("\ufeff")))
        missing = {"region", "township", "village"} - set(rows.fieldnames or ())
        if missing:
            raise PlacesFileError(f"columns missing: {', '.join(sorted(missing))}")
        spelled = {way: region.name for region in regions for way in region_spellings(region, regions)}
        townships: dict[str, dict[str, None]] = {region.name: {} for region in regions}
        villages: list[Village] = []
        unknown: dict[str, None] = {}
        for row in rows:
            written = (row["region"] or "").strip()
            region = spelled.get(written)
            if region is None:
                unknown[written] = None
                continue
            township = (row["township"] or "").strip()
            if not township:
                continue
            townships[region][township] = None
            name = village_name((row["village"] or "").strip())
            if name and name != township:
                villages.append(Village(region, township, name))
        builder = _Index(frozenset(usual), spelled)
        for way, region in spelled.items():
            builder.add_region(way, region)
        for region, names in townships.items():
            for township in names:
                builder.add_township(region, township)
        by_township: dict[tuple[str, str], list[Village]] = {}
        for village in villages:
            builder.add_village(village)
            by_township.setdefault((village.region, village.township), []).append(village)
        return cls(
            villages=tuple(villages),
            townships=MappingProxyType({name: tuple(found) for name, found in townships.items()}),
            unknown_regions=tuple(unknown),
            regions_without_places=tuple(name for name, found in townships.items() if not found),
            _names=builder.names,
            _lengths=builder.lengths(),
            _by_township={key: tuple(found) for key, found in by_township.items()},
        )

    def villages_of(self, region: str, township: str) -> tuple[Village, ...]:
        """The villages of one township, in the file's order."""
        return self._by_township.get((region, township), ())

    def townships_named(self, name: str, regions: Iterable[str] = ()) -> tuple[tuple[str, str], ...]:
        """The (region, township) pairs written so, full or short, within `regions` (none: everywhere)."""
        wanted = frozenset(regions)
        found = self._names.get(name, _Name()).townships
        return tuple(pair for pair in found if not wanted or pair[0] in wanted)

    def villages_named(self, name: str, regions: Iterable[str] = ()) -> tuple[Village, ...]:
        """The villages written so, with or without 村, within `regions` (none: everywhere)."""
        wanted = frozenset(regions)
        found = self._names.get(village_key(name), _Name()).villages
        return tuple(village for village in found if not wanted or village.region in wanted)

    def mentions(self, text: str) -> tuple[Mention, ...]:
        """Every place that the text names, left to right, longest name first."""
        found: list[Mention] = []
        position, free_from = 0, 0
        while position < len(text):
            mention = self._at(text, position, follows=position == free_from and bool(found))
            if mention is None:
                if free_from == position and not is_ideograph(text[position]):
                    free_from += 1
                position += 1
                continue
            found.append(mention)
            position = free_from = mention.end
        return tuple(found)

    def _at(self, text: str, start: int, *, follows: bool) -> Mention | None:
        for length in self._lengths.get(text[start], ()):
            name = self._names.get(text[start : start + length])
            if name is None or len(text) < start + length:
                continue
            mention = _mention(text, start, start + length, name, follows=follows)
            if mention is not None:
                return mention
        return None


class PlacesFileError(ValueError):
    """The places file cannot be read as one."""


class _Index:
    """Collects every spelling before the gazetteer is frozen."""

    def __init__(self, usual: frozenset[str], regions: Mapping[str, str]) -> None:
        self.names: dict[str, _Name] = {}
        self._usual = usual
        self._regions = regions
        # 平原 begins 平原示范区: as the short name of a 平原镇 elsewhere it would mislead.
        self._beginnings = {way[:end] for way in regions for end in range(2, len(way) + 1)}

    def _name(self, key: str) -> _Name:
        return self.names.setdefault(key, _Name(usual=key in self._usual))

    def add_region(self, way: str, region: str) -> None:
        name = self._name(way)
        name.region = region
        name.full = way == region or way[-1] in _COUNTY_TAILS

    def add_township(self, region: str, township: str) -> None:
        pair = (region, township)
        for way in township_spellings(township):
            if way in self._regions or (way in self._beginnings and way != township):
                continue
            name = self._name(way)
            if pair not in name.townships:
                name.townships += (pair,)
            name.full = name.full or (way[-1:] in "镇乡道处区场" and len(way) > 2)

    def add_village(self, village: Village) -> None:
        for way in village_spellings(village.name):
            if way in self._regions:
                continue
            name = self._name(way)
            if village not in name.villages:
                name.villages += (village,)

    def lengths(self) -> dict[str, tuple[int, ...]]:
        found: dict[str, set[int]] = {}
        for key in self.names:
            found.setdefault(key[0], set()).add(len(key))
        return {first: tuple(sorted(sizes, reverse=True)) for first, sizes in found.items()}


def _mention(text: str, start: int, end: int, name: _Name, *, follows: bool) -> Mention | None:
    """The mention of one indexed name, or None where the words around say that it is none."""
    before = text[start - 1] if start else ""
    free = follows or not before or not is_ideograph(before) or before in _LEADS_TO_PLACE
    if name.region is not None:
        if name.full or (free and not text.startswith(_WAYS, end)):
            return Mention(start, end, region=name.region, full=name.full)
        return None
    tail = next((tail for tail in VILLAGE_TAILS if text.startswith(tail, end)), "") if name.villages else ""
    if name.villages and (tail or text[end - 1] == "村") and not (name.full and not tail):
        long_enough = end - start + len(tail) >= 3 and before not in _PART_OF_LONGER_NAME
        if free or (long_enough and not (name.usual and not tail)):
            if name.usual and not tail and not follows:
                return None
            townships = () if tail else name.townships
            return Mention(
                start, end + len(tail), townships=townships, villages=name.villages, full=True, tail=tail
            )
        return None
    if name.townships and name.full:
        return Mention(start, end, townships=name.townships, villages=name.villages, full=True)
    if not free or text.startswith(_WAYS, end) or _ROAD.search(text, start, end):
        return None
    return Mention(start, end, townships=name.townships, villages=name.villages, usual=name.usual)


def is_ideograph(character: str) -> bool:
    """Whether a character is a Chinese one."""
    return "\u3400" <= character <= "\u9fff"


def region_spellings(region: Region, regions: Sequence[Region]) -> tuple[str, ...]:
    """The ways in which a region is written: its name, its short names, these with 县, 市 or 区.

    A short name is only what the campaign gives: 新乡 is not 新乡县 unless somebody says so (FORMS §6).
    With 县, 市, 区 it is taken because units are raised from one to the other (长垣县 → 长垣市).
    """
    taken = {other.name for other in regions if other is not region}
    taken |= {short for other in regions if other is not region for short in other.short}
    raised = (
        short + tail for short, tail in product(region.short, _COUNTY_TAILS) if short[-1:] not in "市区"
    )
    return tuple(
        dict.fromkeys(way for way in (region.name, *region.short, *raised) if way and way not in taken)
    )


def township_spellings(township: str) -> tuple[str, ...]:
    """The ways in which a township is written: 王楼镇, 王楼; 文岩街道, 文岩办事处, 文岩."""
    names = {township: None}
    plain = _ZONE.sub("", _PEOPLES.sub("", township))
    names[plain] = None
    short = _TOWNSHIP_TAIL.sub("", plain)
    if short.endswith(("乡", "镇")):  # 荆乡回族乡: 荆乡 is the name itself
        names[short] = None
    if plain.endswith(("街道", "街道办事处")):
        names.update(
            dict.fromkeys((short + "街道", short + "街道办事处", short + "街道办", short + "办事处"))
        )
    if len(short) >= 2:
        names[short] = None
    return tuple(names)


def village_name(registered: str) -> str:
    """A village's written name without its committee: 任庄村民委员会 → 任庄村, 曙光社区居委会 → 曙光社区."""
    name = _PARENTHESES.sub("", registered)
    if (_VIRTUAL.search(name) and "虚拟" in name) or name.endswith("生活区"):
        return _VIRTUAL.sub("", name)
    stem = _COMMITTEE.sub("", name)
    of_village = name.startswith(("村民", "村委"), len(stem))
    return stem + "村" if of_village and stem and not stem.endswith("村") else stem


def village_key(name: str) -> str:
    """The bare name under which a village is indexed: 任庄村, 任庄社区 → 任庄; 郑村 stays."""
    for tail in VILLAGE_TAILS:
        if name.endswith(tail) and len(name) - len(tail) >= 2:
            stem = name[: -len(tail)]
            return name if tail == "村" and _NUMBERED.search(stem) else stem
    return name


def village_spellings(name: str) -> tuple[str, ...]:
    """The keys of a village: its bare name, and of 「张青社区苗庄」 both its parts."""
    names = {village_key(name): None}
    outer, inside, inner = name.partition("社区")
    if inside and inner and len(outer) >= 2:
        names.update(dict.fromkeys((outer, village_key(inner))))
    return tuple(key for key in names if len(key) >= 2)
