"""Lanes: what belongs to one chat is handled one after another, different chats side by side."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable
from typing import Final, Generic, TypeVar

import structlog

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")

log = structlog.get_logger(__name__)

# A poison item is tried this many seconds after its first try, then set aside.
TRIES: Final = (0.0, 1.0, 5.0)


class NotNow(Exception):
    """Raised by a handler that could not begin — a locked database, a lost connection: no try is counted."""

    def __init__(self, after: float) -> None:
        super().__init__(f"again in {after:g} s")
        self.after = after


class Lanes(Generic[K, T]):
    """Queues by key, each worked off by one task that lives as long as there is something to do.

    ``handle`` is awaited for each item. When it raises, its lane waits and it is called again at the
    ``tries`` (seconds after the first try); after the last, ``set_aside`` is awaited with the item and the
    error, and the lane goes on. Both are expected to leave a durable trace: what ``drain`` leaves behind is
    forgotten here.

    Not thread-safe; belongs to one event loop.
    """

    def __init__(
        self,
        handle: Callable[[T], Awaitable[None]],
        set_aside: Callable[[T, Exception], Awaitable[None]],
        *,
        tries: tuple[float, ...] = TRIES,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._handle = handle
        self._set_aside = set_aside
        self._tries = tries
        self._sleep = sleep
        self._lanes: dict[K, deque[tuple[T, int]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._waiting = 0
        self._closing = False
        self._pauses: set[asyncio.Task[None]] = set()
        self._below: list[tuple[int, asyncio.Future[None]]] = []

    @property
    def waiting(self) -> int:
        """Items that were put and are not yet done, those in work included."""
        return self._waiting

    @property
    def closing(self) -> bool:
        """Whether they are being drained: nothing is taken any more."""
        return self._closing

    @property
    def busy(self) -> int:
        """Keys that have something to do."""
        return len(self._lanes)

    def put(self, key: K, item: T, tried: int = 0) -> None:
        """Append an item to its lane; ``tried`` counts the tries of an earlier life of the process.

        Raises:
            RuntimeError: once ``drain`` has begun.
        """
        if self._closing:
            raise RuntimeError("the lanes are being drained")
        self._waiting += 1
        lane = self._lanes.get(key)
        if lane is not None:
            lane.append((item, tried))
            return
        self._lanes[key] = lane = deque(((item, tried),))
        task = asyncio.get_running_loop().create_task(self._run(key, lane))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def below(self, bound: int) -> None:
        """Return when fewer than ``bound`` items are waiting: intake pauses here."""
        while self._waiting >= bound:
            gate: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._below.append((bound, gate))
            await gate

    async def idle(self) -> None:
        """Return when every lane is empty."""
        await self.below(1)

    async def drain(self, within: float) -> int:
        """Take no more, work off what is there for ``within`` seconds, and return how many items are left.

        A lane that waits for another try of a poison item is ended at once; its items are among the rest.
        """
        self._closing = True
        for pause in tuple(self._pauses):
            pause.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=within)
        stuck = tuple(self._tasks)
        for task in stuck:
            task.cancel()
        await asyncio.gather(*stuck, return_exceptions=True)
        return self._waiting

    async def _run(self, key: K, lane: deque[tuple[T, int]]) -> None:
        while lane:
            item, tried = lane[0]
            failure = await self._once(item)
            if failure is not None and not await self._again(item, tried, failure):
                break
            lane.popleft()
            self._waiting -= 1
            if self._below:
                self._open_gates()
        del self._lanes[key]

    async def _once(self, item: T) -> Exception | None:
        """Handle an item and return what went wrong: whatever it is, it concerns this lane alone."""
        try:
            await self._handle(item)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            # Something that the handler awaited was cancelled, not this lane: its worker must live on.
            return RuntimeError("cancelled from within")
        except Exception as failure:  # noqa: BLE001 - see above
            return failure
        return None

    async def _again(self, item: T, tried: int, failure: Exception) -> bool:
        """Try an item to its end, or to its setting aside; False when the lanes are being drained."""
        since, first = 0.0, True
        while True:
            if isinstance(failure, NotNow):
                wait = failure.after
            else:
                tried += 1
                # where it failed is said once: the next tries say the same, and lines cost more than tries
                log.warning("an item failed", tries=tried, exc_info=failure if first else None)
                first = False
                if tried >= len(self._tries):
                    return await self._put_aside(item, failure)
                wait = self._tries[tried] - since
                since = self._tries[tried]
            if not await self._pause(wait):
                return False
            again = await self._once(item)
            if again is None:
                return True
            failure = again

    async def _put_aside(self, item: T, failure: Exception) -> bool:
        while True:
            try:
                await self._set_aside(item, failure)
            except Exception:
                # It cannot be written down: the ledger is out of reach, and nothing behind it in this lane
                # would fare better. Kept, until it can be.
                log.exception("an item could not be set aside")
            else:
                return True
            if not await self._pause(self._tries[-1]):
                return False

    async def _pause(self, seconds: float) -> bool:
        if self._closing:
            return False
        pause: asyncio.Task[None] = asyncio.get_running_loop().create_task(self._slept(seconds))
        self._pauses.add(pause)
        try:
            await asyncio.wait((pause,))
        finally:
            self._pauses.discard(pause)
            if not pause.done():
                pause.cancel()
        if pause.cancelled():
            return False
        pause.result()
        return True

    async def _slept(self, seconds: float) -> None:
        await self._sleep(seconds)

    def _open_gates(self) -> None:
        still: list[tuple[int, asyncio.Future[None]]] = []
        for bound, gate in self._below:
            if self._waiting < bound:
                if not gate.done():
                    gate.set_result(None)
            else:
                still.append((bound, gate))
        self._below = still
