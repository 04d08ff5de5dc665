"""Rankings 排名: one track at a time, by what is printed; ties share a rank, the next is skipped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class TieForLast(StrEnum):
    """What the office decided about several regions at the lowest score: all of them are last, or none."""

    ALL = "all"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Place:
    """A region's place; `rank` and `total` are None for a region that is not ranked."""

    region: str
    rank: int | None
    total: Decimal | None
    tied: bool = False
    last: bool = False


def ranked(
    totals: Sequence[tuple[str, Decimal | None]], tie_for_last: TieForLast | None = None
) -> tuple[Place, ...]:
    """Places in rank order, then the unranked; equal ones keep the order given (the notice's).

    Last is every region at the lowest printed score, unless all are equal (考评结果运用 1, 2). A tie
    for last holds for all of them until the office decides.
    """
    scored = [(region, total) for region, total in totals if total is not None]
    scored.sort(key=lambda one: one[1], reverse=True)  # stable: ties stay in the notice's order
    held_by = Counter(total for _, total in scored)
    lowest = scored[-1][1] if scored else None
    last = lowest if len(held_by) > 1 else None
    if last is not None and held_by[last] > 1 and tie_for_last is TieForLast.NONE:
        last = None
    places: list[Place] = []
    for position, (region, total) in enumerate(scored, start=1):
        same = bool(places) and places[-1].total == total
        rank = places[-1].rank if same else position
        places.append(Place(region, rank, total, held_by[total] > 1, total == last))
    places.extend(Place(region, None, None) for region, total in totals if total is None)
    return tuple(places)


def tied_for_last(places: Sequence[Place]) -> tuple[str, ...]:
    """The regions that share the lowest score and are last for it; empty when one alone is, or none."""
    last = tuple(place.region for place in places if place.last)
    return last if len(last) > 1 else ()


@dataclass(frozen=True, slots=True)
class Standing:
    """What a published ranking says for the streaks: who was ranked, who was last; `key` names it."""

    key: str
    ranked: frozenset[str]
    last: frozenset[str]

    @classmethod
    def of(cls, key: str, places: Sequence[Place]) -> Standing:
        """The standing of some places."""
        return cls(
            key,
            frozenset(place.region for place in places if place.rank is not None),
            frozenset(place.region for place in places if place.last),
        )


@dataclass(frozen=True, slots=True)
class LastPlace:
    """A region was last in the ranking `key`, for the `count`-th time in a row."""

    key: str
    region: str
    count: int


def streaks(published: Sequence[Standing]) -> tuple[LastPlace, ...]:
    """Every last place with its count in a row, over a track's published rankings in their order.

    A ranking in which a region is not ranked neither continues nor breaks its streak (SPEC §5).
    """
    running: Counter[str] = Counter()
    found: list[LastPlace] = []
    for standing in published:
        for region in sorted(standing.last):
            running[region] += 1
            found.append(LastPlace(standing.key, region, running[region]))
        for region in standing.ranked - standing.last:
            running[region] = 0
    return tuple(found)
