"""Hints about photos, for the checker only; they never accuse (SPEC §2 «The check»).

A hint is a fact of a file and nothing more: the same file as another, nearly the same picture, a time, a
place, a mark of forwarding. What it means is the checker's to judge. The thresholds are measured in
docs/evidence.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from bot.domain.positions import distance


@dataclass(frozen=True, slots=True)
class EvidenceRules:
    """The numbers of hints and resemblance, each a setting."""

    near: int = 8  # bits of 64: nearly the same picture
    far_metres: float = 300.0  # an after-photo taken farther away than this
    nearby_metres: float = 50.0  # entries closer than this may be the same problem
    chain_within: timedelta = timedelta(days=100)  # … found within this time
    offers: int = 3  # … so many are offered
    clock_slack: timedelta = timedelta(minutes=10)  # cameras' clocks are wrong by so much
    drawn_share: int = 10  # 回头看: one in so many that were closed by picture


@dataclass(frozen=True, slots=True)
class Shot:
    """What is known of an after-photo by its own word.

    `seq` is its place in the proof, `taken` the camera's local time, naive; `position` in degrees.
    """

    seq: int
    taken: datetime | None = None
    position: tuple[float, float] | None = None
    forwarded: bool = False


@dataclass(frozen=True, slots=True)
class Hint:
    """One fact for the checker: `what` is `taken_before`, `forwarded` or `far`."""

    what: str
    seq: int
    taken: datetime | None = None
    metres: float = 0.0


def hints(
    shots: Sequence[Shot],
    *,
    assigned: datetime | None,
    place: tuple[float, float] | None,
    rules: EvidenceRules,
) -> list[Hint]:
    """What the photos of a proof say by themselves.

    Args:
        shots: the proof's photos, in order.
        assigned: when the round was handed over, on the campaign's wall clock, naive as the cameras' are.
        place: where the problem is, if that is known.
        rules: the thresholds.
    """
    found: list[Hint] = []
    for shot in shots:
        if shot.taken is not None and assigned is not None and shot.taken < assigned - rules.clock_slack:
            found.append(Hint("taken_before", shot.seq, taken=shot.taken))
        if shot.position is not None and place is not None:
            metres = distance(shot.position, place)
            if metres > rules.far_metres:
                found.append(Hint("far", shot.seq, metres=metres))
        if shot.forwarded:
            found.append(Hint("forwarded", shot.seq))
    return found


def telling_hash(dhash: int) -> bool:
    """Whether a hash says anything: a black frame's or a white wall's does not."""
    return 4 <= (dhash & 0xFFFFFFFFFFFFFFFF).bit_count() <= 60


def drawn(numbers: Iterable[str], seed: str, share: int) -> list[str]:
    """回头看: one in `share` of the numbers, at least one of any; who asks again draws the same.

    The order is that of the SHA-256 of seed and number: anybody can trace it, nobody can steer it.
    """
    ordered = sorted(set(numbers), key=lambda number: sha256(f"{seed}|{number}".encode()).digest())
    return ordered[: -(-len(ordered) // share)]
