"""One city's campaign 行动: its tracks 序列, regions 县(市、区) and inspection groups 督查组."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from zoneinfo import ZoneInfo

from bot.domain.positions import Bounds

_CITY = re.compile(r"[\u3400-\u9fff]{2,8}?市")

COVERT_NUMBER = 0
"""The covert group 暗访组 carries the number 0 in its track (SPEC §1)."""


class GroupKind(StrEnum):
    """What a group inspects."""

    REGIONAL = "regional"
    TOPIC = "topic"
    COVERT = "covert"


@dataclass(frozen=True, slots=True)
class Track:
    """One of the evaluated lists 序列: `county` 县(市) or `district` 区, never mixed."""

    key: str
    prefix: str
    office: str
    channel: int = 0
    label: str = ""

    @property
    def name(self) -> str:
        """How the track is written before a group's name: 县(市), 区."""
        return self.label or self.prefix


@dataclass(frozen=True, slots=True)
class Region:
    """An evaluated unit 县(市、区) with the short names people write."""

    name: str
    track: str
    short: tuple[str, ...] = ()

    @property
    def you(self) -> str:
        """How an official letter addresses it: 你县, 你市 or 你区."""
        return "你" + (self.name[-1] if self.name[-1] in "县市区" else "区")


@dataclass(frozen=True, slots=True)
class Group:
    """An inspection group 督查组, known by (track, number)."""

    track: str
    number: int
    kind: GroupKind
    name: str
    regions: tuple[str, ...]

    @property
    def key(self) -> str:
        """`county/1`; the covert group is `county/0`."""
        return f"{self.track}/{self.number}"

    @property
    def covert(self) -> bool:
        """Whether everything this group files is covert 暗访."""
        return self.kind is GroupKind.COVERT


class UnknownName(LookupError):
    """A track, region or group that the campaign does not have."""


@dataclass(frozen=True)
class Campaign:
    """Everything that is fixed for one deployment; regions keep the notice's order."""

    name: str
    first_day: date
    last_day: date
    zone: ZoneInfo
    tracks: tuple[Track, ...]
    regions: tuple[Region, ...]
    groups: tuple[Group, ...]
    office_name: str = field(default="市环境整治攻坚办")
    bounds: Bounds | None = None
    """Where the city lies; a position outside is not used. None: wherever."""

    @cached_property
    def city(self) -> str:
        """The city that the campaign's name begins with, as 新乡市; empty where it begins otherwise."""
        found = _CITY.match(self.name)
        return found[0] if found else ""

    @cached_property
    def _tracks(self) -> dict[str, Track]:
        return {track.key: track for track in self.tracks}

    @cached_property
    def _regions(self) -> dict[str, Region]:
        return {region.name: region for region in self.regions}

    @cached_property
    def _groups(self) -> dict[str, Group]:
        return {group.key: group for group in self.groups}

    def track(self, key: str) -> Track:
        """The track with that key; raises UnknownName."""
        try:
            return self._tracks[key]
        except KeyError:
            raise UnknownName(key) from None

    def region(self, name: str) -> Region:
        """The region with that full name; raises UnknownName."""
        try:
            return self._regions[name]
        except KeyError:
            raise UnknownName(name) from None

    def group(self, key: str) -> Group:
        """The group with that key (`county/1`); raises UnknownName."""
        try:
            return self._groups[key]
        except KeyError:
            raise UnknownName(key) from None

    def has_region(self, name: str) -> bool:
        """Whether a region of that full name is evaluated."""
        return name in self._regions

    def regions_of(self, track: str) -> tuple[Region, ...]:
        """A track's regions in the notice's order."""
        return tuple(region for region in self.regions if region.track == track)

    def track_of(self, region: str) -> Track:
        """The track that a region belongs to."""
        return self.track(self.region(region).track)

    def covert_group(self) -> Group | None:
        """The covert group 暗访组, where the campaign has one."""
        return next((group for group in self.groups if group.covert), None)

    def groups_for(self, region: str) -> tuple[Group, ...]:
        """The open groups that look after a region, regional ones first."""
        found = [g for g in self.groups if not g.covert and region in g.regions]
        return tuple(sorted(found, key=lambda g: g.kind is not GroupKind.REGIONAL))

    def group_title(self, key: str) -> str:
        """A group always with its track: 「县(市)第一督查小组」; the covert group by its name."""
        group = self.group(key)
        return group.name if group.covert else self.track(group.track).name + group.name

    def local(self, instant: datetime) -> datetime:
        """An aware instant on the campaign's wall clock."""
        if instant.tzinfo is None:
            raise ValueError("naive time")
        return instant.astimezone(self.zone)

    def today(self, instant: datetime) -> date:
        """The campaign's calendar day of an instant."""
        return self.local(instant).date()

    def day_number(self, day: date) -> int:
        """Day 1 is the first day."""
        return (day - self.first_day).days + 1

    def ended(self, day: date) -> bool:
        """Whether a calendar day lies after the last day."""
        return day > self.last_day


def regions_in_order(campaign: Campaign, names: Iterable[str]) -> tuple[str, ...]:
    """Region names put into the notice's fixed order."""
    wanted = set(names)
    return tuple(region.name for region in campaign.regions if region.name in wanted)
