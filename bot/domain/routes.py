"""In which order places are driven to: 线索清单 by route (SPEC §6).

Region by region in the notice's order; within one from township to township, the nearest next where positions
are known, else as the places file lists them; what lies together is seen together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.domain.positions import distance

Position = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Stop:
    """A place to go to; `position` where it is known."""

    key: int
    region: str
    township: str = ""
    village: str = ""
    position: Position | None = None


@dataclass(frozen=True, slots=True)
class Leg:
    """A stop on the way, and the metres from the one before in the same region, as the crow flies."""

    stop: Stop
    metres: float | None = None


def route(
    stops: Sequence[Stop], regions: Sequence[str], townships: Mapping[str, Sequence[str]]
) -> tuple[Leg, ...]:
    """The stops in the order of driving; every stop once, the same order for the same stops."""
    found: list[Leg] = []
    for region in [*regions, *sorted({stop.region for stop in stops} - set(regions))]:
        own = [stop for stop in stops if stop.region == region]
        if own:
            found += _legs(_through(own, townships.get(region, ())))
    return tuple(found)


def _through(stops: Sequence[Stop], listed: Sequence[str]) -> list[Stop]:
    rank = {name: at for at, name in enumerate(listed)}
    towns: dict[str, list[Stop]] = {}
    for stop in sorted(stops, key=lambda one: (rank.get(one.township, len(rank)), one.village, one.key)):
        towns.setdefault(stop.township, []).append(stop)
    found: list[Stop] = []
    here: Position | None = None
    left = list(towns)
    while left:
        town = min(left, key=lambda name: (_away(here, towns[name]), left.index(name)))
        left.remove(town)
        waiting = list(towns[town])
        while waiting:
            stop = min(waiting, key=lambda one: (_away(here, [one]), waiting.index(one)))
            waiting.remove(stop)
            found.append(stop)
            here = stop.position or here
    return found


def _away(here: Position | None, stops: Sequence[Stop]) -> float:
    """Metres to the nearest; nothing is known of a place without a position, it waits for its turn."""
    if here is None:
        return 0.0
    known = [distance(here, stop.position) for stop in stops if stop.position is not None]
    return min(known, default=float("inf"))


def _legs(stops: Sequence[Stop]) -> list[Leg]:
    found: list[Leg] = []
    here: Position | None = None
    for stop in stops:
        metres = distance(here, stop.position) if here is not None and stop.position is not None else None
        found.append(Leg(stop, metres))
        here = stop.position or here
    return found
