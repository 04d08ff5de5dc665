"""What happened, in order: waiting for it, and reading it as a stream."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from .errors import WaitedInVain

KEPT = 5_000
T = TypeVar("T")


class Event(NamedTuple):
    """One happening: its number, its kind, and what it is about."""

    number: int
    kind: str
    about: dict[str, Any]


class Events:
    """The record of the last happenings, and the bell that rings at each."""

    def __init__(self) -> None:
        self.number = 0
        self.kept: deque[Event] = deque(maxlen=KEPT)
        self._waiters: list[asyncio.Future[None]] = []
        self.closed = False

    def happen(self, kind: str, **about: Any) -> None:
        """Record a happening and wake who waits."""
        self.number += 1
        self.kept.append(Event(self.number, kind, about))
        self.ring()

    def ring(self) -> None:
        """Wake who waits, without a record."""
        if self._waiters:
            waiters, self._waiters = self._waiters, []
            for waiter in waiters:
                if not waiter.done():
                    waiter.set_result(None)

    def close(self) -> None:
        """End the streams."""
        self.closed = True
        self.ring()

    async def bell(self) -> None:
        """Wait for the next happening."""
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        await waiter

    async def wait_for(self, predicate: Callable[[], T | None], timeout: float, what: str = "") -> T:
        """Wait until the predicate is true; it is asked again at every happening.

        Raises:
            WaitedInVain: after `timeout` seconds of real time.
        """
        try:
            async with asyncio.timeout(timeout):
                while True:
                    found = predicate()
                    if found:
                        return found
                    await self.bell()
        except TimeoutError:
            raise WaitedInVain(f"waited {timeout:g} s for {what or predicate!r}") from None

    def after(self, number: int) -> list[Event]:
        """What is kept of everything after a number, oldest first."""
        count = min(self.number - number, len(self.kept))
        return list(islice(reversed(self.kept), max(0, count)))[::-1]

    async def stream(self, after: int) -> AsyncIterator[Event]:
        """Everything after a number, then everything that follows."""
        while not self.closed:
            for event in self.after(after):
                after = event.number
                yield event
            if after >= self.number:
                await self.bell()
