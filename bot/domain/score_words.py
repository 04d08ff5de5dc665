"""What is written of scores: sources by key, label or in short; marks and points as exact decimals."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

HUNDRED = Decimal(100)


class Kind(StrEnum):
    """What an item is: a mark out of the part's maximum, or points up or down."""

    MARK = "mark"
    POINTS = "points"


@dataclass(frozen=True, slots=True)
class Source:
    """Where an item comes from: its key, its official label, what else people write."""

    key: str
    label: str
    also: tuple[str, ...] = ()


SOURCES: tuple[Source, ...] = (
    Source("group", "督查组", ("督查", "督查组督导检查", "督导检查", "督查组检查")),
    Source("assigned", "重点问题交办", ("重点交办", "重点问题", "交办")),
    Source("superior", "上级交办", ("上级",)),
    Source("public", "群众举报", ("举报",)),
    Source("media", "媒体曝光", ("曝光", "媒体")),
    Source("reporting", "信息报送", ("报送", "信息")),
    Source("leader", "领导视察", ("视察",)),
    Source("covert", "办公室暗访", ("暗访", "暗访组", "办公室暗访督导", "督查暗访组")),
    Source("ganzhuanzheng", "「敢转争」检查", ("敢转争", "敢转争检查", "敢转争督导组")),
)
"""Every source of an item, 考评办法 四.5 and 考评内容; the labels are the notice's."""

MOST_PLACES = 4
"""Decimals of a value; a finer one is a slip."""

_WORDS = re.compile(r"[\s「」『』“”\"'()（）:：·、]+")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?", re.ASCII)
_COMMA = re.compile(r"[+-]?\d+[,，、。]\d+", re.ASCII)
_FULL_WIDTH = re.compile(r"[０-９．－＋]")
_NAMES: Mapping[str, str] = MappingProxyType(
    {
        _WORDS.sub("", name).casefold(): source.key
        for source in SOURCES
        for name in (source.key, source.label, *source.also)
    }
)
_PART_NAMES: Mapping[str, str] = MappingProxyType({"督查": "group", "inspection": "group"})


class BadValue(ValueError):
    """A value that is refused; `why` names the reason (see `read_value`)."""

    def __init__(self, why: str, most: Decimal | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.most = most


def read_source(text: str) -> str | None:
    """The key of a source that was written as key, official label or in short; None where it is none."""
    plain = _WORDS.sub("", text).casefold()
    return _NAMES.get(plain) or _PART_NAMES.get(plain)


def label_of(source: str) -> str:
    """The official label of a source; raises KeyError."""
    for one in SOURCES:
        if one.key == source:
            return one.label
    raise KeyError(source)


def read_value(text: str, kind: Kind, most: Decimal) -> Decimal:
    """A mark (0..most) or points (-100..100) out of what was written: half-width, with a point.

    Raises:
        BadValue: `empty`, `full_width`, `comma`, `not_a_number`, `too_fine`, `below`, `above`, `too_big`.
    """
    plain = text.strip().replace("\N{MINUS SIGN}", "-")
    if not plain:
        raise BadValue("empty")
    if _FULL_WIDTH.search(plain):
        raise BadValue("full_width")
    if _COMMA.fullmatch(plain):
        raise BadValue("comma")
    if not _NUMBER.fullmatch(plain) or len(plain) > 16:
        raise BadValue("not_a_number")
    value = Decimal(plain)
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -MOST_PLACES:
        raise BadValue("too_fine")
    if kind is Kind.MARK and value < 0:
        raise BadValue("below", most)
    if kind is Kind.MARK and value > most:
        raise BadValue("above", most)
    if abs(value) > HUNDRED:
        raise BadValue("too_big", HUNDRED)
    return value
