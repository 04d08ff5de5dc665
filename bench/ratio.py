"""Ratios of CPU time: baseline and product in turns in one process, medians of at least five.

CPU time is user + sys of this process and its ended children, so what threads do counts too. Taking
turns lets a busy machine slow both alike.
"""

from __future__ import annotations

import gc
import os
import statistics
from collections.abc import Awaitable, Callable, Mapping

ROUNDS = 7


def cpu_seconds() -> float:
    """User + sys seconds spent so far by this process and by its children that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def in_turns(runs: Mapping[str, Callable[[], object]], *, rounds: int = ROUNDS) -> dict[str, float]:
    """The median CPU seconds of each run; one unmeasured round first, then each in turn."""
    if rounds < 5:
        raise ValueError("a median of fewer than five is no measurement")
    for run in runs.values():
        run()
    spent: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            gc.collect()
            start = cpu_seconds()
            run()
            spent[name].append(cpu_seconds() - start)
    return {name: statistics.median(values) for name, values in spent.items()}


async def in_turns_async(
    runs: Mapping[str, Callable[[], Awaitable[object]]], *, rounds: int = ROUNDS
) -> dict[str, float]:
    """The same for coroutines that share one event loop."""
    if rounds < 5:
        raise ValueError("a median of fewer than five is no measurement")
    for run in runs.values():
        await run()
    spent: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            gc.collect()
            start = cpu_seconds()
            await run()
            spent[name].append(cpu_seconds() - start)
    return {name: statistics.median(values) for name, values in spent.items()}


def row(goal: str, what: str, figure: float, most: float, unit: str = "") -> str:
    """One line of the table: what was measured, the goal, and whether it is met."""
    verdict = "met" if figure <= most else "MISSED"
    return f"{goal:<4} {what:<58} {figure:8.2f}{unit:<4} goal <= {most:g}{unit:<4} {verdict}"
