"""An entry's life: every pair of the transition table, undoing, lateness, numbers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.entries import (
    EntryRules,
    ForbiddenMove,
    NothingToUndo,
    State,
    check_move,
    check_undo,
    entry_number,
    is_overdue,
    settle_until,
)

# the table of SPEC §2, written down a second time by hand
ALLOWED = {
    ("draft", "filed"),
    ("draft", "void"),
    ("filed", "assigned"),
    ("filed", "closed"),
    ("filed", "void"),
    ("assigned", "acknowledged"),
    ("assigned", "submitted"),
    ("assigned", "closed"),
    ("assigned", "deferred"),
    ("assigned", "void"),
    ("assigned", "assigned"),
    ("acknowledged", "submitted"),
    ("acknowledged", "closed"),
    ("acknowledged", "deferred"),
    ("acknowledged", "void"),
    ("acknowledged", "assigned"),
    ("returned", "submitted"),
    ("returned", "closed"),
    ("returned", "deferred"),
    ("returned", "void"),
    ("returned", "assigned"),
    ("submitted", "closed"),
    ("submitted", "returned"),
    ("submitted", "deferred"),
    ("submitted", "void"),
    ("closed", "assigned"),
    ("deferred", "assigned"),
}

UNDOABLE = {
    ("closed", "submitted"),
    ("returned", "submitted"),
    ("acknowledged", "assigned"),
    ("submitted", "assigned"),
    ("submitted", "acknowledged"),
    ("submitted", "returned"),
}

PAIRS = [(current, wanted) for current in State for wanted in State]
NOON = datetime(2019, 4, 15, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(("current", "wanted"), PAIRS)
def test_exactly_the_pairs_of_the_table_are_allowed(current: State, wanted: State) -> None:
    allowed = (current.value, wanted.value) in ALLOWED

    try:
        check_move(current, wanted)
        passed = True
    except ForbiddenMove:
        passed = False

    assert passed is allowed


@pytest.mark.parametrize(("current", "previous"), PAIRS)
def test_undoing_restores_only_what_may_be_restored(current: State, previous: State) -> None:
    allowed = (current.value, previous.value) in UNDOABLE

    try:
        check_undo(current, previous)
        passed = True
    except NothingToUndo:
        passed = False

    assert passed is allowed


@pytest.mark.parametrize("state", list(State))
def test_only_who_owes_work_can_be_late(state: State) -> None:
    owed = state.value in {"assigned", "acknowledged", "returned"}

    late = is_overdue(state, NOON, NOON + timedelta(seconds=1))
    in_time = is_overdue(state, NOON, NOON)
    without = is_overdue(state, None, NOON)

    assert late is owed
    assert not in_time
    assert not without


def test_the_settle_time_runs_from_the_last_touch_but_not_for_ever() -> None:
    rules = EntryRules()

    once = settle_until(NOON, NOON, rules)
    touched = settle_until(NOON, NOON + timedelta(seconds=50), rules)
    for_ever = settle_until(NOON, NOON + timedelta(minutes=30), rules)

    assert once == NOON + timedelta(seconds=60)
    assert touched == NOON + timedelta(seconds=110)
    assert for_ever == NOON + timedelta(minutes=5)


@pytest.mark.parametrize(
    ("parts", "number"),
    [
        (("县", "1", "0412", 3), "县1-0412-03"),
        (("区", "2", "0412", 120), "区2-0412-120"),
        (("暗", "", "0412", 1), "暗-0412-01"),
        (("长", "", "0801", 1, 2019), "长2019-0801-01"),
    ],
)
def test_a_number_names_prefix_day_and_serial(parts: tuple[str, str, str, int], number: str) -> None:
    assert entry_number(*parts) == number
