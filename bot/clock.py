"""The injected clock: the only place that asks the machine what time it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Anything that can say what time it is."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return datetime.now(UTC)  # noqa: TID251 - the one allowed place


class SteppedClock:
    """A clock that stands still until it is moved: for tests and the playground.

    Raises:
        ValueError: when set to a naive time, or moved backwards.
    """

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("the clock takes aware times only")
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """The instant the clock was last moved to, aware, in UTC."""
        return self._now

    def move_to(self, instant: datetime) -> None:
        """Move forward to an aware instant; time never runs backwards."""
        if instant.tzinfo is None:
            raise ValueError("the clock takes aware times only")
        instant = instant.astimezone(UTC)
        if instant < self._now:
            raise ValueError("the clock does not run backwards")
        self._now = instant

    def advance(self, step: timedelta) -> None:
        """Move forward by a step."""
        self.move_to(self._now + step)


class OffsetClock:
    """A clock that runs on with the machine's seconds, from another day: for the playground.

    Raises:
        ValueError: when set to a naive time, or moved backwards.
    """

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("the clock takes aware times only")
        self._machine = SystemClock()
        self._offset = start.astimezone(UTC) - self._machine.now()

    def now(self) -> datetime:
        """The present instant of that other day, aware, in UTC."""
        return self._machine.now() + self._offset

    def move_to(self, instant: datetime) -> None:
        """Jump forward to an aware instant and run on from there."""
        if instant.tzinfo is None:
            raise ValueError("the clock takes aware times only")
        self.advance(instant - self.now())

    def advance(self, step: timedelta) -> None:
        """Jump forward by a step."""
        if step < timedelta(0):
            raise ValueError("the clock does not run backwards")
        self._offset += step
