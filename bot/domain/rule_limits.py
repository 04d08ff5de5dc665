"""Within what an office may set the numbers of its 口径 that the notice leaves open (SPEC §5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from bot.domain.score_words import BadValue, Kind, read_value


@dataclass(frozen=True, slots=True)
class Limits:
    """The least and the most that a number may be; `whole`: it has no decimals."""

    least: Decimal
    most: Decimal
    whole: bool = False


_DEDUCTION = Limits(Decimal(-20), Decimal(0))
"""A proposed deduction: what the part 重点问题… has, at the most."""

LIMITS: Mapping[str, Limits] = MappingProxyType(
    {
        "topic_weight": Limits(Decimal(0), Decimal(1)),  # never more than a regional group's
        "covert": Limits(Decimal(0), Decimal(1)),
        "late_report": _DEDUCTION,
        "missing_report": _DEDUCTION,
        "overdue_entry": _DEDUCTION,
        "scale_gap": Limits(Decimal(0), Decimal(40)),
        "objection_hours": Limits(Decimal(6), Decimal(80), whole=True),  # never less than six
    }
)
"""Every rule that is a number, by its name in the scheme."""


def read_rule(name: str, text: str) -> str:
    """A number that was typed for a rule, in its shortest form.

    Raises:
        BadValue: what `read_value` refuses, `not_whole`, `out_of_range`.
    """
    value = read_value(text, Kind.POINTS, Decimal(0))
    limits = LIMITS[name]
    if not limits.least <= value <= limits.most:
        raise BadValue("out_of_range")
    if limits.whole and value != int(value):
        raise BadValue("not_whole")
    return f"{value.normalize() + 0:f}"
