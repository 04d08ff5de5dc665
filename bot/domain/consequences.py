"""What follows from last places and warnings 考评结果运用: three ladders, proposed to named bodies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from bot.domain.ranking import Standing, streaks


class Trigger(StrEnum):
    """What a measure follows from."""

    TEN_DAY_LAST = "ten_day_last"
    MONTH_LAST = "month_last"
    WARNING = "warning"
    FINAL_LAST = "final_last"


class Measure(StrEnum):
    """The measures of the notice."""

    CRITICISM = "criticism"
    WRITTEN = "written"
    TALK = "talk"
    MEETING = "meeting"
    ADMONITION_OR_TALK = "talk_or_admonition"
    ADMONITION = "admonition"


class MeasureState(StrEnum):
    """Where a measure stands."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    DONE = "done"
    DROPPED = "dropped"


LABELS: Mapping[Measure, str] = MappingProxyType(
    {
        Measure.CRITICISM: "通报批评",
        Measure.WRITTEN: "书面检查",
        Measure.TALK: "约谈",
        Measure.MEETING: "大会检查",
        Measure.ADMONITION_OR_TALK: "约谈或诫勉谈话",
        Measure.ADMONITION: "诫勉谈话",
    }
)
"""The official names (FORMS §1.8)."""

STATE_LABELS: Mapping[MeasureState, str] = MappingProxyType(
    {
        MeasureState.PROPOSED: "待认定",
        MeasureState.CONFIRMED: "待落实",
        MeasureState.DONE: "已落实",
        MeasureState.DROPPED: "不适用",
    }
)

OFFICE = "office"
OVERSIGHT = "oversight"


@dataclass(frozen=True, slots=True)
class Ladder:
    """What the first, second and third time lead to; the last rung holds for every later one.

    `body` confirms it: the track's office for rankings, 市「敢转争」办公室 for warnings (SPEC §5).
    """

    trigger: Trigger
    rungs: tuple[tuple[Measure, ...], ...]
    body: str

    def at(self, count: int) -> tuple[Measure, ...]:
        """The measures of the `count`-th time; none for 0."""
        return self.rungs[min(count, len(self.rungs)) - 1] if count > 0 else ()


LADDERS: Mapping[Trigger, Ladder] = MappingProxyType(
    {
        # 考评结果运用 1: 首次 通报批评 · 连续两次 书面检查 · 连续三次 分管领导约谈
        Trigger.TEN_DAY_LAST: Ladder(
            Trigger.TEN_DAY_LAST, ((Measure.CRITICISM,), (Measure.WRITTEN,), (Measure.TALK,)), OFFICE
        ),
        # 考评结果运用 2: 末位 在大会上做检查 · 连续两月 (also) 约谈
        Trigger.MONTH_LAST: Ladder(
            Trigger.MONTH_LAST, ((Measure.MEETING,), (Measure.MEETING, Measure.TALK)), OFFICE
        ),
        # 四.6: 警示 通报批评 · 两次 书面检查 · 三次 约谈或诫勉谈话
        Trigger.WARNING: Ladder(
            Trigger.WARNING,
            ((Measure.CRITICISM,), (Measure.WRITTEN,), (Measure.ADMONITION_OR_TALK,)),
            OVERSIGHT,
        ),
        # 考评结果运用 3: 未完成整治任务且排名末位 诫勉谈话
        Trigger.FINAL_LAST: Ladder(Trigger.FINAL_LAST, ((Measure.ADMONITION,),), OFFICE),
    }
)

NEEDS_FINDING: frozenset[tuple[Trigger, Measure]] = frozenset(
    {(Trigger.TEN_DAY_LAST, Measure.CRITICISM), (Trigger.FINAL_LAST, Measure.ADMONITION)}
)
"""Confirmed only once 「因工作不力」 is found, at the end 「未完成整治任务」 (考评结果运用 1, 3)."""

NEVER_SHOWN: frozenset[Measure] = frozenset(
    {Measure.WRITTEN, Measure.TALK, Measure.MEETING, Measure.ADMONITION_OR_TALK, Measure.ADMONITION}
)
"""In no bulletin, picture, digest or archive page; a confirmed 通报批评 alone may stand in one (SPEC §5)."""


class Proof(StrEnum):
    """What shows that a measure was carried out."""

    BULLETIN = "bulletin"  # the bulletin that criticises
    RECEIVED = "received"  # the date on which the self-criticism came
    HELD = "held"  # date, holding body, clerk, and nothing else


PROOFS: Mapping[Measure, Proof] = MappingProxyType(
    {
        Measure.CRITICISM: Proof.BULLETIN,
        Measure.WRITTEN: Proof.RECEIVED,
        Measure.MEETING: Proof.RECEIVED,
        Measure.TALK: Proof.HELD,
        Measure.ADMONITION_OR_TALK: Proof.HELD,
        Measure.ADMONITION: Proof.HELD,
    }
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A measure that the ladder leads to: what `key` (a period, a month, a chain) gave rise to."""

    trigger: Trigger
    region: str
    key: str
    count: int
    measure: Measure


def proposals(trigger: Trigger, published: Sequence[Standing]) -> tuple[Proposal, ...]:
    """Everything that a track's published rankings lead to, in their order."""
    ladder = LADDERS[trigger]
    return tuple(
        Proposal(trigger, last.region, last.key, last.count, measure)
        for last in streaks(published)
        for measure in ladder.at(last.count)
    )


def for_warnings(region: str, chain: str, count: int) -> tuple[Proposal, ...]:
    """What the `count`-th warning on the same problem leads to (四.6)."""
    return tuple(
        Proposal(Trigger.WARNING, region, chain, count, measure)
        for measure in LADDERS[Trigger.WARNING].at(count)
    )


def may_fine(day: date, last_day: date) -> bool:
    """Whether a heap found that day costs 10 万元: after the campaign only (考评结果运用 3)."""
    return day > last_day
