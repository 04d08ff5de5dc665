"""An entry's life 问题台账: states, the one transition table, undoing, lateness (SPEC §2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class State(StrEnum):
    """The states of an entry; the values are the keys that exports carry."""

    DRAFT = "draft"
    FILED = "filed"
    ASSIGNED = "assigned"
    ACKNOWLEDGED = "acknowledged"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    CLOSED = "closed"
    DEFERRED = "deferred"
    VOID = "void"


class Mode(StrEnum):
    """检查方式: 明察 or 暗访."""

    OPEN = "open"
    COVERT = "covert"


class Source(StrEnum):
    """问题来源, the keys of FORMS §1.2."""

    GROUP = "group"
    COVERT = "covert"
    LEADER = "leader"
    GANZHUANZHENG = "ganzhuanzheng"
    ASSIGNED = "assigned"
    PUBLIC = "public"
    MEDIA = "media"
    SUPERIOR = "superior"


_S = State

TRANSITIONS: dict[State, frozenset[State]] = {
    _S.DRAFT: frozenset({_S.FILED, _S.VOID}),
    _S.FILED: frozenset({_S.ASSIGNED, _S.CLOSED, _S.VOID}),
    _S.ASSIGNED: frozenset({_S.ACKNOWLEDGED, _S.SUBMITTED, _S.CLOSED, _S.DEFERRED, _S.VOID, _S.ASSIGNED}),
    _S.ACKNOWLEDGED: frozenset({_S.SUBMITTED, _S.CLOSED, _S.DEFERRED, _S.VOID, _S.ASSIGNED}),
    _S.RETURNED: frozenset({_S.SUBMITTED, _S.CLOSED, _S.DEFERRED, _S.VOID, _S.ASSIGNED}),
    _S.SUBMITTED: frozenset({_S.CLOSED, _S.RETURNED, _S.DEFERRED, _S.VOID}),
    _S.CLOSED: frozenset({_S.ASSIGNED}),
    _S.DEFERRED: frozenset({_S.ASSIGNED}),
    _S.VOID: frozenset(),
}
"""From → to, every pair that is allowed (SPEC §2 «Life of an entry»); all others are refused."""

UNDO: dict[State, frozenset[State]] = {
    _S.CLOSED: frozenset({_S.SUBMITTED}),
    _S.RETURNED: frozenset({_S.SUBMITTED}),
    _S.ACKNOWLEDGED: frozenset({_S.ASSIGNED}),
    _S.SUBMITTED: frozenset({_S.ASSIGNED, _S.ACKNOWLEDGED, _S.RETURNED}),
}
"""「撤销」 within its ten minutes: from → what it may be restored to."""

OPEN_STATES = frozenset({_S.ASSIGNED, _S.ACKNOWLEDGED, _S.RETURNED})
"""States in which the county owes work, and in which an entry can be overdue."""

KNOWN_TO_COUNTY = OPEN_STATES | {_S.SUBMITTED, _S.CLOSED, _S.DEFERRED}
"""States from 已交办 on; a void one is known to the county only when it had been handed over."""

RETURN_REASONS = ("unclean", "partial", "same_angle", "present_state", "other")
"""未清净 · 部分整改 · 请拍同一角度 · 请补拍现状 · 其他."""

PICTURE_REASONS = frozenset({"same_angle", "present_state"})
"""Returns for the picture: they never count towards 「建议警示」."""


class EntryError(Exception):
    """An expected refusal of the rules of an entry's life.

    EntryError
    ├── ForbiddenMove
    └── NothingToUndo
    """


class ForbiddenMove(EntryError):
    """A pair that the transition table does not have."""

    def __init__(self, current: State, wanted: State) -> None:
        super().__init__(f"{current} → {wanted}")
        self.current = current
        self.wanted = wanted


class NothingToUndo(EntryError):
    """There is no move to undo, or its time is over."""


def check_move(current: State, wanted: State) -> None:
    """Let an allowed move pass; raises ForbiddenMove for every other pair."""
    if wanted not in TRANSITIONS[current]:
        raise ForbiddenMove(current, wanted)


def check_undo(current: State, previous: State) -> None:
    """Let an allowed restoration pass; raises NothingToUndo for every other pair."""
    if previous not in UNDO.get(current, frozenset()):
        raise NothingToUndo(f"{current} → {previous}")


@dataclass(frozen=True, slots=True)
class EntryRules:
    """The numbers of an entry's life, each a setting (SPEC §2)."""

    settle: timedelta = timedelta(seconds=60)  # the region is told after this silence
    settle_max: timedelta = timedelta(minutes=5)  # … and at the latest after this
    draft_gap: timedelta = timedelta(minutes=2)  # photos without words of one draft
    caption_within: timedelta = timedelta(minutes=10)  # the words may come this much later
    album_pause: timedelta = timedelta(seconds=2)  # receipt of an album without a caption
    nag_after: timedelta = timedelta(minutes=15)  # a draft without a region nags once
    same_place_within: timedelta = timedelta(minutes=30)  # «the same place» of the last entry
    withdraw_within: timedelta = timedelta(minutes=10)
    undo_within: timedelta = timedelta(minutes=10)
    pin_within: timedelta = timedelta(minutes=10)
    question_open: timedelta = timedelta(minutes=10)
    reference_kept: timedelta = timedelta(hours=24)
    escalate_after: timedelta = timedelta(hours=24)  # leader → office
    deputy_after: timedelta = timedelta(hours=4)  # of working time, contact → deputy
    lone_office_hold: timedelta = timedelta(minutes=5)  # an office of one person


def is_overdue(state: State, deadline: datetime | None, now: datetime) -> bool:
    """Whether the county is late: it owes work and the deadline has passed (submitted is not late)."""
    return deadline is not None and state in OPEN_STATES and now > deadline


def settle_until(first: datetime, last_touch: datetime, rules: EntryRules) -> datetime:
    """When a filed entry goes to the region: silence of `settle`, at most `settle_max` in all."""
    return min(last_touch + rules.settle, first + rules.settle_max)


def entry_number(prefix: str, group_digit: str, month_day: str, serial: int, year: int | None = None) -> str:
    """`县1-0412-03`: prefix of track and group, month-day, serial of two digits or more.

    After the campaign (长) the year is written: `长2019-0801-01`.
    """
    head = f"{prefix}{group_digit}" if year is None else f"{prefix}{year}"
    return f"{head}-{month_day}-{serial:02d}"
