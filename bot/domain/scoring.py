"""Scores 评价方式（百分制）: items → parts → a region's total, exact until rounded once (考评办法 四.5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Context, Decimal, Inexact
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType

from bot.domain.score_words import HUNDRED, Kind

_CENT = Decimal("0.01")
_EXACT = Context(prec=60, traps=[Inexact])
"""Sums of marks never lose a digit: what would is an error, not a rounding."""


class Uninspected(StrEnum):
    """How a region is treated that nobody inspected while others of its track were (SPEC §5)."""

    AVERAGE = "average"  # 按本序列已检查单位平均分: offered first
    FULL = "full"  # 满分
    MISSING = "missing"  # 缺项


class Final(StrEnum):
    """What the final ranking is the mean of; the notice names none, the office chooses."""

    PERIODS = "periods"
    MONTHS = "months"
    LAST_MONTH = "last_month"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the hundred points 分项.

    A part that is `marked` is the weighted mean of its marks plus its points, and has no score without
    a mark; any other starts at its maximum, which marks replace. Where one is `inspected`, a region
    without a mark is not simply full while others of its track have one.
    """

    key: str
    label: str
    most: Decimal
    sources: tuple[str, ...]
    marked: bool = False
    inspected: bool = False


PARTS: tuple[Part, ...] = (
    Part("inspection", "督查组督导检查", Decimal(40), ("group",), marked=True),
    Part(
        "matters",
        "重点问题交办、群众举报、媒体曝光、信息报送等",
        Decimal(20),
        ("assigned", "superior", "public", "media", "reporting"),
    ),
    Part(
        "oversight",
        "领导视察、办公室暗访、「敢转争」检查",
        Decimal(40),
        ("leader", "covert", "ganzhuanzheng"),
        inspected=True,
    ),
)
"""40 + 20 + 40, 考评办法 四.5 «评价方式（百分制）»."""

MONTHLY = "covert"
"""The one source of a month's own marks: 办公室暗访督导检查 (考评办法 四.5)."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """The 口径: every number and name that scoring uses; an office may change each.

    Parts and their maxima are the notice's; what the notice does not give is said beside each field,
    and on the page 「考评口径」 as 「办法未规定，暂按…」.
    """

    parts: tuple[Part, ...] = PARTS
    topic_weight: Decimal = Decimal("0.25")
    """A topic group's mark beside a regional group's 1; not in the notice."""
    ten_days: Decimal = Decimal("0.8")
    """A month's share of the mean of its ten-day totals; the notice says 「等综合」 only."""
    covert: Decimal = Decimal("0.2")
    """A month's share of its covert mark; not in the notice."""
    uninspected: Uninspected = Uninspected.AVERAGE
    """For a region without an inspection while others have one; not in the notice."""
    final: Final | None = None
    """How the final ranking is made; None until the office has chosen; not in the notice."""
    late_report: Decimal = Decimal("-0.5")
    """Proposed for a report that came late; amounts are not in the notice, a person confirms each."""
    missing_report: Decimal = Decimal("-1")
    """Proposed for a report that did not come; not in the notice."""
    overdue_entry: Decimal = Decimal("-0.5")
    """Proposed for an entry that was overdue at the period's end; not in the notice."""
    scale_gap: Decimal = Decimal(3)
    """Groups' means further apart are shown as 「尺度差异」; not in the notice, changes no score."""
    few_places: int = 3
    """A group's mark after fewer places is 「样本不足」; not in the notice, changes no score."""
    objection_hours: int = 6
    """Working time that a draft is open to objections at the least (SPEC §5)."""
    fine: int = 100_000
    """Yuan for a heap found after the campaign, 考评结果运用 2."""

    def part(self, key: str) -> Part:
        """The part with that key; raises KeyError."""
        return next(part for part in self.parts if part.key == key)

    def part_of(self, source: str) -> Part:
        """The part that a source belongs to.

        Raises:
            KeyError: no part has the source.
        """
        for part in self.parts:
            if source in part.sources:
                return part
        raise KeyError(source)


# --- a region's score ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Item:
    """One mark or some points; `weight` is a mark's (a topic group's 0.25, else 1)."""

    source: str
    kind: Kind
    value: Decimal
    weight: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Decision:
    """What the office decided about a region's missing part, always with a reason kept elsewhere.

    `how`: `exclude` leaves the region unranked, `mark` gives it `mark`; `average`, `full` and `missing`
    are for a part that others were inspected in.
    """

    how: str
    mark: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PartScore:
    """A part's score, exact. `basis` tells how it came about.

    `marks`, `full` (the maximum it starts at), `average` and `granted` (not inspected: the average, full
    marks), `decided` (a mark of the office), `missing` (no score).
    """

    part: str
    basis: str
    base: Fraction | None
    points: Decimal
    score: Fraction | None


@dataclass(frozen=True, slots=True)
class Score:
    """A region's score of a ten-day period: `total` is what is printed, None when it is not ranked.

    `status`: `ranked`, `missing` (缺项) or `excluded`; `undecided` are parts in which others were
    inspected and the rule of the 口径, not a decision of the office, stands for this region.
    """

    region: str
    parts: tuple[PartScore, ...]
    total: Decimal | None
    status: str = "ranked"
    missing: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()


Decisions = Mapping[tuple[str, str], Decision]
"""(region, part) → what the office decided."""


def printed(value: Fraction) -> Decimal:
    """Rounded once, half up, to two places: 91.005 → 91.01 (SPEC §5); `value` is not negative."""
    cents = (value * 200 + 1) // 2
    return Decimal(int(cents)).scaleb(-2).quantize(_CENT)


def shown(value: Fraction) -> str:
    """An exact value for the eye: at least two decimals, at most four, half up; 31.665, 34.80, 87.9167."""
    tens = (abs(value) * 20_000 + 1) // 2
    text = f"{Decimal(int(tens)).scaleb(-4):.4f}"
    while text.endswith("0") and len(text) - text.index(".") > 3:
        text = text[:-1]
    return f"-{text}" if value < 0 else text


def weighted_mean(marks: Sequence[tuple[Decimal, Decimal]]) -> Fraction:
    """The exact mean of (mark, weight); at least one weight is above zero."""
    total = weights = Decimal(0)
    for value, weight in marks:
        total = _EXACT.add(total, _EXACT.multiply(value, weight))
        weights = _EXACT.add(weights, weight)
    return Fraction(total) / Fraction(weights)


def held(value: Fraction, most: Decimal) -> Fraction:
    """A part never leaves 0..most (SPEC §5)."""
    return min(max(value, Fraction(0)), Fraction(most))


@dataclass(slots=True)
class Sums:
    """What the items of one part of one region come to: marks times weight, their weights, points."""

    marks: Decimal = Decimal(0)
    weights: Decimal = Decimal(0)
    points: Decimal = Decimal(0)

    def mark(self, value: Decimal, weight: Decimal, count: int = 1) -> None:
        """Add marks of one weight: `value` is their sum, `count` how many they are."""
        self.marks = _EXACT.add(self.marks, _EXACT.multiply(value, weight))
        self.weights = _EXACT.add(self.weights, _EXACT.multiply(weight, Decimal(count)))

    def point(self, value: Decimal) -> None:
        """Add points."""
        self.points = _EXACT.add(self.points, value)

    @property
    def base(self) -> Fraction | None:
        """The weighted mean of the marks, exact; None without any."""
        return Fraction(self.marks) / Fraction(self.weights) if self.weights else None


SumsOf = Mapping[str, Sums]
"""Part → what its items come to."""


def score_track(
    items: Mapping[str, Sequence[Item]],
    regions: Sequence[str],
    scheme: Scheme,
    decisions: Decisions = MappingProxyType({}),
) -> tuple[Score, ...]:
    """The scores of a track's regions in a ten-day period, in the order given.

    Regions without items are scored like the others. Items of a source that no part has count nothing.
    """
    part_of = {source: part.key for part in scheme.parts for source in part.sources}
    return score_sums(
        {region: _summed(items.get(region, ()), part_of) for region in regions}, scheme, decisions
    )


def _summed(items: Sequence[Item], part_of: Mapping[str, str]) -> dict[str, Sums]:
    found = {key: Sums() for key in part_of.values()}
    for item in items:
        key = part_of.get(item.source)
        if key is None:
            continue
        if item.kind is Kind.POINTS:
            found[key].point(item.value)
        else:
            found[key].mark(item.value, item.weight)
    return found


def score_sums(
    sums: Mapping[str, SumsOf], scheme: Scheme, decisions: Decisions = MappingProxyType({})
) -> tuple[Score, ...]:
    """The scores of a track's regions out of what their items come to, in the order given."""
    averages = {
        part.key: average(base for one in sums.values() if (base := one[part.key].base) is not None)
        for part in scheme.parts
        if part.inspected
    }
    return tuple(score_region(region, mine, scheme, averages, decisions) for region, mine in sums.items())


def average(bases: Iterable[Fraction]) -> Fraction | None:
    """The mean over the regions that were inspected, each counted once; None when none was."""
    found = list(bases)
    return sum(found, Fraction(0)) / len(found) if found else None


def score_region(
    region: str,
    sums: SumsOf,
    scheme: Scheme,
    averages: Mapping[str, Fraction | None],
    decisions: Decisions = MappingProxyType({}),
) -> Score:
    """One region's score; `averages` has the mean of those inspected for each part that is `inspected`."""
    parts, missing, undecided, excluded = [], [], [], False
    for part in scheme.parts:
        decision = decisions.get((region, part.key))
        excluded = excluded or (decision is not None and decision.how == "exclude")
        points, base = sums[part.key].points, sums[part.key].base
        basis = "marks"
        if base is None:
            basis, base, by_rule = _without_mark(part, decision, averages.get(part.key), scheme)
            if by_rule:
                undecided.append(part.key)
        if base is None:
            missing.append(part.key)
            parts.append(PartScore(part.key, "missing", None, points, None))
            continue
        parts.append(PartScore(part.key, basis, base, points, held(base + Fraction(points), part.most)))
    status = "excluded" if excluded else "missing" if missing else "ranked"
    total = None
    if status == "ranked":
        total = printed(sum((one.score for one in parts if one.score is not None), Fraction(0)))
    return Score(region, tuple(parts), total, status, tuple(missing), tuple(undecided))


def _without_mark(
    part: Part, decision: Decision | None, average: Fraction | None, scheme: Scheme
) -> tuple[str, Fraction | None, bool]:
    """(basis, base, whether the 口径's rule stands in for a decision) of a part without a mark."""
    how = decision.how if decision is not None else ""
    if how == "mark" and decision is not None and decision.mark is not None:
        return "decided", Fraction(decision.mark), False
    if part.marked:
        return "missing", None, False
    if average is None:  # nobody of the track was inspected: the part is deduction only
        return "full", Fraction(part.most), False
    by_rule = how not in set(Uninspected)
    match Uninspected(scheme.uninspected if by_rule else how):
        case Uninspected.AVERAGE:
            return "average", average, by_rule
        case Uninspected.FULL:
            return "granted", Fraction(part.most), by_rule
        case _:
            return "missing", None, by_rule


# --- months and the end ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MonthScore:
    """A region's score of a month; `total` None when no ten-day period of it has a score.

    `mean` and `covert` are exact; without a covert mark the month is the mean alone, said on the sheet.
    """

    region: str
    mean: Fraction | None
    covert: Fraction | None
    total: Decimal | None
    periods: Mapping[str, Decimal | None] = field(default_factory=lambda: MappingProxyType({}))


def score_month(
    region: str, periods: Mapping[str, Decimal | None], covert: Fraction | None, scheme: Scheme
) -> MonthScore:
    """A month 月评 out of its published ten-day totals (equal weights) and its covert mark (0..100).

    A period without a score drops out and the others are re-weighted.
    """
    totals = [(total, Decimal(1)) for total in periods.values() if total is not None]
    if not totals:
        return MonthScore(region, None, covert, None, periods)
    mean = weighted_mean(totals)
    exact = mean
    if covert is not None:
        shares = Fraction(scheme.ten_days), Fraction(scheme.covert)
        exact = (shares[0] * mean + shares[1] * covert) / (shares[0] + shares[1])
    return MonthScore(region, mean, covert, printed(held(exact, HUNDRED)), periods)


def score_final(
    how: Final, periods: Sequence[Decimal | None], months: Sequence[Decimal | None]
) -> Decimal | None:
    """The final score of a region; None when there is nothing to make it of."""
    if how is Final.LAST_MONTH:
        return months[-1] if months else None
    totals = [
        (value, Decimal(1)) for value in (periods if how is Final.PERIODS else months) if value is not None
    ]
    return printed(weighted_mean(totals)) if totals else None
