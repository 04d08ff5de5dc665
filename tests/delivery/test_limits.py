"""The limits of sending, held against every window that a strict server could look at."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.delivery.limits import REPLY, Limits

REMINDER, BROADCAST = 1, 2


class Watch:
    """Monotonic seconds that move when told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def busiest(instants: list[float], span: float) -> int:
    """The most instants in any half-open window of ``span`` seconds."""
    return max((sum(1 for other in instants if at <= other < at + span - 1e-6) for at in instants), default=0)


def send(limits: Limits, watch: Watch, chat: int, priority: int) -> float:
    """Wait as told, send, and return when that was."""
    while wait := limits.ready_in(chat, priority):
        watch.now += wait
    limits.take(chat)
    return watch.now


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([1, 2, 3, -100, -200]),
            st.sampled_from([REPLY, REMINDER, BROADCAST]),
            st.floats(0, 3, allow_nan=False),
        ),
        max_size=150,
    )
)
def test_no_window_ever_holds_more_than_it_may(steps: list[tuple[int, int, float]]) -> None:
    watch = Watch()
    limits = Limits(4, 1.0, 20, watch)
    sent: list[tuple[int, int, float]] = []

    for chat, priority, pause in steps:
        watch.now += pause
        sent.append((chat, priority, send(limits, watch, chat, priority)))

    assert busiest([at for _, _, at in sent], 1.0) <= 4
    for chat in {chat for chat, _, _ in sent}:
        instants = [at for to, _, at in sent if to == chat]
        assert busiest(instants, 1.0) <= 3
        assert busiest(instants, 10.0) <= 12
        if chat < 0:
            assert busiest(instants, 60.0) <= 20


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from([1, 2, -100]), st.sampled_from([REPLY, BROADCAST]), st.floats(0, 2)),
        max_size=60,
    ),
    st.sampled_from([1, 2, -100]),
    st.sampled_from([REPLY, BROADCAST]),
)
def test_after_the_wait_that_was_named_the_chat_is_ready(
    steps: list[tuple[int, int, float]], chat: int, priority: int
) -> None:
    watch = Watch()
    limits = Limits(3, 0.7, 5, watch)
    for to, at_priority, pause in steps:
        watch.now += pause
        send(limits, watch, to, at_priority)

    watch.now += limits.ready_in(chat, priority)

    assert limits.ready_in(chat, priority) == 0.0


def test_at_the_start_replies_have_one_second_s_worth_and_no_more() -> None:
    watch = Watch()
    limits = Limits(28, 1.0, 20, watch)

    instants = [send(limits, watch, chat, REPLY) for chat in range(1, 100)]

    assert sum(1 for at in instants if at < 1001.0) == 28
    assert busiest(instants, 1.0) == 28


def test_a_reply_in_a_broadcast_waits_two_slots_at_most() -> None:
    watch = Watch()
    limits = Limits(28, 1.0, 20, watch)
    waits: list[float] = []

    for number in range(1, 1000):
        send(limits, watch, number, BROADCAST)
        if number % 13 == 0:
            waits.append(limits.ready_in(1_000_000 + number, REPLY))
            send(limits, watch, 1_000_000 + number, REPLY)

    assert max(waits) <= 2 / 28 + 1e-9


@pytest.mark.parametrize("late", [0.0, 0.001, 0.004])
def test_a_broadcast_uses_its_share_even_when_the_loop_is_late(late: float) -> None:
    watch = Watch()
    limits = Limits(28, 1.0, 20, watch)

    for chat in range(1, 10_001):
        while wait := limits.ready_in(chat, BROADCAST):
            watch.now += wait + late
        limits.take(chat)

    used = 10_000 / (watch.now - 1000.0) / 30
    assert used >= 0.93 - late


def test_three_replies_go_to_a_chat_at_once_and_the_fourth_waits_a_second() -> None:
    watch = Watch()
    limits = Limits(28, 1.0, 20, watch)

    instants = [send(limits, watch, 5, REPLY) - 1000.0 for _ in range(5)]

    assert instants == pytest.approx([0, 0, 0, 1, 2])


def test_reminders_have_no_burst() -> None:
    watch = Watch()
    limits = Limits(28, 1.0, 20, watch)

    instants = [send(limits, watch, 5, REMINDER) - 1000.0 for _ in range(3)]

    assert instants == pytest.approx([0, 1, 2])


def test_a_group_takes_twenty_messages_in_any_minute() -> None:
    watch = Watch()
    limits = Limits(28, 0, 20, watch)

    instants = [send(limits, watch, -100, REPLY) - 1000.0 for _ in range(41)]

    assert instants[19] < 1
    assert instants[20] == pytest.approx(60)
    assert instants[40] == pytest.approx(120)


def test_zero_lifts_a_limit() -> None:
    watch = Watch()
    limits = Limits(0, 0, 0, watch)

    for _ in range(1000):
        limits.take(-100)

    assert limits.ready_in(-100, BROADCAST) == 0.0
    assert limits.open_in(BROADCAST) == 0.0


def test_flood_control_stops_its_chat_only() -> None:
    watch = Watch()
    limits = Limits(28, 1.0, 20, watch)

    everybody = limits.stop_chat(5, 30)

    assert not everybody
    assert limits.ready_in(5, REPLY) == pytest.approx(30)
    assert limits.ready_in(6, REPLY) == 0.0
    watch.now += 30
    assert limits.ready_in(5, REPLY) == 0.0


def test_two_chats_under_flood_control_within_a_second_stop_all() -> None:
    watch = Watch()
    limits = Limits(28, 1.0, 20, watch)

    limits.stop_chat(5, 10)
    watch.now += 0.9
    everybody = limits.stop_chat(6, 3)

    assert everybody
    assert limits.ready_in(7, REPLY) == pytest.approx(9.1)
    assert limits.open_in(REPLY) == pytest.approx(9.1)


@pytest.mark.parametrize(("second", "after"), [(5, 0.5), (6, 1.1)])
def test_the_same_chat_again_or_another_later_does_not_stop_all(second: int, after: float) -> None:
    watch = Watch()
    limits = Limits(28, 1.0, 20, watch)

    limits.stop_chat(5, 10)
    watch.now += after
    everybody = limits.stop_chat(second, 3)

    assert not everybody
    assert limits.ready_in(7, REPLY) == 0.0


def test_flood_control_holds_where_limits_are_lifted() -> None:
    watch = Watch()
    limits = Limits(0, 0, 0, watch)

    limits.stop_chat(5, 2)

    assert limits.ready_in(5, REPLY) == pytest.approx(2)


def test_a_migrated_group_keeps_its_minute_and_its_stop() -> None:
    watch = Watch()
    limits = Limits(0, 0, 2, watch)
    limits.take(-5)
    limits.take(-5)
    limits.stop_chat(-5, 10)

    limits.move_chat(-5, -1005)

    assert limits.ready_in(-1005, REPLY) == pytest.approx(60)
    assert limits.ready_in(-5, REPLY) == 0.0


def test_chats_long_silent_are_forgotten() -> None:
    watch = Watch()
    limits = Limits(0, 1.0, 20, watch)
    for chat in range(1, 1001):
        limits.take(chat)
        limits.take(-chat)

    watch.now += 130
    limits.take(1)

    assert limits.chats == 1


def test_a_long_broadcast_leaves_only_the_last_seconds_to_look_at() -> None:
    watch = Watch()
    limits = Limits(28, 1.0, 20, watch)
    most = 0

    for chat in range(1, 2000):
        send(limits, watch, chat, BROADCAST)
        most = max(most, len(limits.recent()))

    assert most <= 28 * 4


def test_a_call_that_copies_several_messages_is_as_many() -> None:
    watch = Watch()
    limits = Limits(28, 1.0, 20, watch)

    limits.take(1, 20)

    assert limits.room(REPLY, 100) == 8
    assert limits.room_in(9) == pytest.approx(1.0)
    assert limits.room_in(8) == 0
    assert limits.ready_in(1, BROADCAST) == pytest.approx(20.0)
    assert limits.open_in(BROADCAST) == pytest.approx(19 / 28)  # one slot is caught up


def test_a_group_takes_twenty_in_a_minute_copied_or_not() -> None:
    watch = Watch()
    limits = Limits(0, 0, 20, watch)

    limits.take(-100, 20)

    assert limits.ready_in(-100, REPLY) == pytest.approx(60.0)


def test_more_than_ever_leaves_at_once_waits_for_an_empty_second() -> None:
    watch = Watch()
    limits = Limits(5, 0, 0, watch)
    limits.take(1)

    assert limits.room_in(20) == pytest.approx(1.0)
    watch.now += 1.0
    assert limits.room_in(20) == 0
