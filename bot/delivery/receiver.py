"""The inbox's runner: stored updates into lanes, each handled once, the poison ones set aside."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from time import perf_counter
from typing import Any, Final

import orjson
import structlog
from structlog.contextvars import bound_contextvars

from bot.delivery.lanes import TRIES, Lanes, NotNow
from bot.delivery.updates import Heard, lane_of, read, sender_of
from bot.ledger import inbox as book
from bot.ledger.desk import Desk, DeskClosed, LedgerUnavailable
from bot.ledger.inbox import AlreadyDone
from bot.services import answering

log = structlog.get_logger(__name__)

LOCKED_PAUSE: Final = 0.5
"""A locked or full database is no attempt: the lane waits this long and says so (DESIGN)."""

PAGE: Final = 500
BOUND: Final = 2000

Item = tuple[int, dict[str, Any]]


class Receiver:
    """Stores batches of raw updates, then hands them to the handlers in the order of their chats.

    A handler that raises is tried again (`lanes.TRIES`), every attempt is counted in the ledger, and in
    the end the update is set aside: its sender is told, the admin sees it, the lane goes on. `given_up`
    hears of it, after that is written down.
    """

    def __init__(
        self,
        desk: Desk,
        handle: Callable[[Heard], Awaitable[None]],
        *,
        bot_id: int,
        bot_name: str,
        given_up: Callable[[Mapping[str, Any]], Awaitable[None]] | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._desk = desk
        self._handler = handle
        self._bot_id = bot_id
        self._bot_name = bot_name
        self._given_up = given_up
        self.lanes: Lanes[int, Item] = Lanes(self._handle, self._set_aside, tries=TRIES, sleep=sleep)
        self.handled = 0
        self.aside = 0

    async def store(self, batch: Sequence[dict[str, Any]]) -> None:
        """Commit a batch; when this returns, it may be acknowledged. New updates go to their lanes.

        Raises:
            LedgerUnavailable: nothing was stored; the batch must not be acknowledged.
        """
        rows = [
            (int(update["update_id"]), lane_of(update), orjson.dumps(update).decode()) for update in batch
        ]
        new = set(await self._desk.do(book.store, rows))
        log.debug("updates are stored", updates=[row[0] for row in rows], new=len(new))
        for update, (update_id, lane, _) in zip(batch, rows, strict=True):
            if update_id in new and not self.lanes.closing:  # else the next start finds it
                new.discard(update_id)  # twice in one batch is once
                self.lanes.put(lane, (update_id, update))

    async def recover(self, bound: int = BOUND) -> int:
        """At the start: what was stored and not done is dispatched again; gives how many.

        No more than `bound` updates are held at a time. Nothing new may be stored before this returns:
        it would overtake.
        """
        found = await self._desk.look(book.pending)
        for start in range(0, len(found), PAGE):
            await self.lanes.below(bound)
            for row in await self._desk.look(book.stored, found[start : start + PAGE]):
                self.lanes.put(row.lane, (row.update_id, orjson.loads(row.payload)), row.attempts)
        return len(found)

    async def _handle(self, item: Item) -> None:
        with bound_contextvars(update=item[0]):
            await self._handled(item)

    async def _handled(self, item: Item) -> None:
        update_id, update = item
        began = perf_counter()
        try:
            await self._handler(read(update, self._bot_id, self._bot_name))
        except AlreadyDone:
            log.info("an update came twice")
        except LedgerUnavailable as error:
            log.warning("the ledger is busy, the lane waits", error=str(error))
            raise NotNow(LOCKED_PAUSE) from error
        except DeskClosed as error:
            raise NotNow(LOCKED_PAUSE) from error
        except Exception as error:
            await self._count(update_id, error)
            raise
        self.handled += 1
        log.info("an update is done", ms=round((perf_counter() - began) * 1000, 1))

    async def _count(self, update_id: int, error: Exception) -> None:
        try:
            await self._desk.do(book.failed, update_id, _said(error))
        except (LedgerUnavailable, DeskClosed) as unavailable:
            raise NotNow(LOCKED_PAUSE) from unavailable

    async def _set_aside(self, item: Item, error: Exception) -> None:
        update_id, update = item
        log.error("an update was set aside", update=update_id, error=type(error).__name__)
        try:
            await self._desk.do(answering.set_aside, update_id, _said(error), sender_of(update))
        except (LedgerUnavailable, DeskClosed):
            raise
        except Exception:
            # telling the sender is what fails: the row is set aside all the same, or its lane stands still
            log.exception("the sender of an update that was set aside cannot be told", update=update_id)
            await self._desk.do(book.set_aside, update_id, _said(error))
        self.aside += 1
        if self._given_up is not None:
            await self._given_up(update)


def _said(error: Exception) -> str:
    """What is kept of an error for the admin: its kind and place, never the words of a message."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    where = f" in {frame.tb_frame.f_code.co_name}:{frame.tb_lineno}" if frame is not None else ""
    return f"{type(error).__name__}{where}"
