"""The inbox's runner: stored updates into lanes, each handled once, the poison ones set aside."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

import orjson
import structlog

from bot.delivery.lanes import Lanes, NotNow
from bot.delivery.updates import Heard, lane_of, read
from bot.ledger import inbox as book
from bot.ledger.desk import Desk, LedgerUnavailable
from bot.ledger.inbox import AlreadyDone

log = structlog.get_logger(__name__)

LOCKED_PAUSE = 0.5
"""A locked or full database is no attempt: the lane waits this long and says so (DESIGN)."""

PAGE = 1000

Item = tuple[int, dict[str, Any]]


class Receiver:
    """Stores batches of raw updates, then hands them to the handlers in the order of their chats."""

    def __init__(
        self,
        desk: Desk,
        handle: Callable[[Heard], Awaitable[None]],
        set_aside: Callable[[Heard, Exception], Awaitable[None]],
        *,
        bot_id: int,
        bot_name: str,
    ) -> None:
        self._desk = desk
        self._handler = handle
        self._aside = set_aside
        self._bot_id = bot_id
        self._bot_name = bot_name
        self.lanes: Lanes[int, Item] = Lanes(self._handle, self._set_aside)
        self.handled = 0

    async def store(self, batch: Sequence[dict[str, Any]]) -> None:
        """Commit a batch; when this returns, it may be acknowledged. New updates go to their lanes.

        Raises:
            LedgerUnavailable: nothing was stored; the batch must not be acknowledged.
        """
        rows = [
            (int(update["update_id"]), lane_of(update), orjson.dumps(update).decode()) for update in batch
        ]
        new = set(await self._desk.do(book.store, rows))
        for update, (update_id, lane, _) in zip(batch, rows, strict=True):
            if update_id in new:
                self.lanes.put(lane, (update_id, update))

    async def recover(self) -> int:
        """At the start: what was stored and not done is dispatched again; gives how many."""
        found, after = 0, -1
        while rows := await self._desk.look(book.pending, PAGE, after):
            for row in rows:
                self.lanes.put(row.lane, (row.update_id, orjson.loads(row.payload)), row.attempts)
            found += len(rows)
            after = rows[-1].update_id
        return found

    async def _handle(self, item: Item) -> None:
        update_id, update = item
        try:
            await self._handler(read(update, self._bot_id, self._bot_name))
        except AlreadyDone:
            log.info("an update came twice", update=update_id)
        except LedgerUnavailable as error:
            log.warning("the ledger is busy, the lane waits", error=str(error))
            raise NotNow(LOCKED_PAUSE) from error
        self.handled += 1

    async def _set_aside(self, item: Item, error: Exception) -> None:
        update_id, update = item
        said = f"{type(error).__name__}: {error}"
        log.error("an update was set aside", update=update_id, error=type(error).__name__)
        await self._desk.do(partial(book.failed, aside=True), update_id, said)
        await self._aside(read(update, self._bot_id, self._bot_name), error)
