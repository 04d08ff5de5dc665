"""The outbox's runner: woken by commits, it renders, sends within the limits, records the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Any, Final

import structlog
from telegram.error import TelegramError

from bot.delivery.composing import Composed, Composer
from bot.delivery.limits import Limits
from bot.delivery.wire import Kind as Answer
from bot.delivery.wire import Outcome, Unreadable, Wire, classify
from bot.ledger import outbox as book
from bot.ledger.desk import Desk, DeskClosed, LedgerUnavailable, Work
from bot.ledger.outbox import Kind, Priority
from bot.services import post
from bot.services.post import Parcel

log = structlog.get_logger(__name__)

AT_ONCE: Final = 8
"""Sends under way at the most: what a crash leaves in doubt (PERFORMANCE G3)."""
LOOK_EVERY: Final = 2.0
"""Seconds after which the outbox looks by itself: the command line writes from another process."""
TRIES: Final = 8
PAUSES: Final = (1.0, 2.0, 5.0, 15.0, 60.0, 300.0)


class Sender:
    """Sends what the ledger's outbox holds. One at a time for a chat, several chats side by side."""

    def __init__(
        self,
        desk: Desk,
        wire: Wire,
        composer: Composer,
        limits: Limits,
        *,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        alert: Callable[[str, Parcel], Awaitable[None]] | None = None,
    ) -> None:
        self._desk = desk
        self._wire = wire
        self._composer = composer
        self._limits = limits
        self._sleep = sleep
        self._alert = alert
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self._woken = asyncio.Event()
        self._stopping = False
        self._quiet = asyncio.Event()
        self._quiet.set()
        self.sent = 0

    def wake(self) -> None:
        """Something may wait: look at once."""
        self._quiet.clear()
        self._woken.set()

    async def recover(self) -> list[int]:
        """At the start: what a crash left in `sending` is in doubt.

        What somebody waits for is sent once more; reminders and broadcasts are not, but listed.
        Gives the ids of the rows in doubt.
        """

        def settle(work: Work) -> list[int]:
            rows = book.in_doubt(work, work.now)
            for row in rows:
                if row.priority == Priority.REPLY or row.kind == Kind.CARD:
                    book.postpone(work, row.id, None, "uncertain: sent once more")
                else:
                    book.close(work, row.id, "uncertain", "in doubt after a crash")
            return [int(row.id) for row in rows]

        doubtful = await self._desk.do(settle)
        if doubtful:
            log.warning("messages in doubt after a crash", rows=doubtful)
        return doubtful

    async def run(self) -> None:
        """Send until `stop`; then wait for what is under way."""
        while not self._stopping:
            self._woken.clear()
            pause = LOOK_EVERY
            try:
                pause = await self._round()
            except LedgerUnavailable as error:
                log.warning("the ledger could not be read, sending waits", error=str(error))
            except DeskClosed:
                break
            if self._stopping:
                break
            try:
                async with asyncio.timeout(pause):
                    await self._woken.wait()
            except TimeoutError:
                pass
        if self._under_way:
            await asyncio.wait(self._under_way.values())

    def stop(self) -> None:
        """Take nothing more."""
        self._stopping = True
        self._woken.set()

    async def idle(self) -> None:
        """Return when nothing waits that could go out now, and nothing is under way."""
        await self._quiet.wait()

    @property
    def under_way(self) -> int:
        """Sends under way."""
        return len(self._under_way)

    async def _round(self) -> float:
        """Claim what may go out now; gives the seconds until it is worth looking again."""
        free = AT_ONCE - len(self._under_way)
        if free <= 0:
            return LOOK_EVERY
        waits = [self._limits.open_in(priority) for priority in Priority]
        if waits[0] > 0:
            return waits[0]
        lowest = max(priority for priority in Priority if waits[priority] <= 0)
        blocked = {
            chat: wait for chat in self._limits.recent() if (wait := self._limits.ready_in(chat, lowest)) > 0
        }
        busy = set(self._under_way) | set(blocked)
        parcels = await self._desk.do(partial(post.take, busy=busy, most=free, lowest=int(lowest)))
        for parcel in parcels:
            self._limits.take(parcel.chat_id)
            task = asyncio.get_running_loop().create_task(self._one(parcel))
            self._under_way[parcel.chat_id] = task
            task.add_done_callback(partial(self._done, parcel.chat_id))
        if parcels:
            self._quiet.clear()
            return 0.0
        if not self._under_way:
            self._quiet.set()
        return min([LOOK_EVERY, *blocked.values()])

    def _done(self, chat_id: int, task: asyncio.Task[None]) -> None:
        self._under_way.pop(chat_id, None)
        self._woken.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a message could not be handled", error=type(error).__name__, exc_info=error)

    async def _one(self, parcel: Parcel) -> None:
        try:
            composed = await self._composer.compose(parcel)
            answer = await self._wire.call(composed.method, composed.params, composed.files)
        except (TelegramError, Unreadable) as error:
            await self._failed(parcel, classify(error))
            return
        except Exception as error:
            log.exception(
                "a message could not be composed", row=parcel.row_id, text=parcel.payload.get("text")
            )
            await self._close(parcel, "failed", f"our bug: {type(error).__name__}: {error}")
            return
        await self._sent(parcel, composed, answer)

    async def _sent(self, parcel: Parcel, composed: Composed, answer: Any) -> None:
        self.sent += 1
        ids: list[int] = []
        if composed.edits is not None:
            ids = [composed.edits]
        elif isinstance(answer, dict) and "message_id" in answer:
            ids = [int(answer["message_id"])]
        elif isinstance(answer, list):
            ids = [int(one["message_id"]) for one in answer if isinstance(one, dict)]
        card = (parcel.card_id, parcel.wanted, composed.picture) if parcel.card_id is not None else None
        await self._desk.do(
            partial(
                book.sent,
                chat_id=parcel.chat_id,
                message_ids=ids,
                entry_id=parcel.entry_id,
                card=card,
                question_id=parcel.payload.get("question"),
            ),
            parcel.row_id,
        )

    async def _failed(self, parcel: Parcel, outcome: Outcome) -> None:
        match outcome.kind:
            case Answer.NOT_MODIFIED:
                await self._sent(
                    parcel, Composed("", {}, edits=parcel.message_id, picture=parcel.shown_picture), True
                )
            case Answer.TARGET_GONE | Answer.QUERY_EXPIRED:
                await self._close(parcel, "stale", outcome.detail)
            case Answer.EDIT_TARGET_GONE:
                await self._desk.do(book.send_anew, parcel.row_id, parcel.card_id)
            case Answer.REPLY_TARGET_GONE | Answer.THREAD_GONE:
                await self._desk.do(book.without_reply, parcel.row_id, parcel.payload)
            case Answer.RETRY_AFTER:
                self._limits.stop_chat(parcel.chat_id, outcome.retry_after)
                await self._again(parcel, outcome.retry_after, outcome.detail)
            case Answer.BLOCKED | Answer.CHAT_GONE:
                await self._desk.do(book.not_delivered, parcel.row_id, parcel.chat_id, str(outcome.kind))
            case Answer.MIGRATED if outcome.new_chat_id is not None:
                self._limits.move_chat(parcel.chat_id, outcome.new_chat_id)
                await self._desk.do(book.moved, parcel.row_id, parcel.chat_id, outcome.new_chat_id)
            case Answer.OUR_BUG | Answer.BAD_FILE:
                log.error("Telegram refuses what we composed", row=parcel.row_id, detail=outcome.detail)
                if parcel.attempts < 1:
                    await self._desk.do(book.plainly, parcel.row_id, parcel.payload)
                else:
                    await self._close(parcel, "failed", outcome.detail)
            case Answer.NO_RIGHTS:
                log.error("not allowed to write there", chat=parcel.chat_id, detail=outcome.detail)
                await self._close(parcel, "failed", outcome.detail)
            case Answer.UNCERTAIN if not self._may_repeat(parcel):
                await self._close(parcel, "uncertain", outcome.detail)
            case _:
                await self._again(parcel, _pause(parcel.attempts), outcome.detail)

    @staticmethod
    def _may_repeat(parcel: Parcel) -> bool:
        """An edit may always be sent again; a message somebody waits for once more; no broadcast."""
        if parcel.message_id is not None:
            return True
        return parcel.priority == Priority.REPLY and parcel.attempts < 1

    async def _again(self, parcel: Parcel, pause: float, detail: str) -> None:
        await self._desk.do(book.put_off, parcel.row_id, timedelta(seconds=pause), detail)

    async def _close(self, parcel: Parcel, state: str, detail: str) -> None:
        await self._desk.do(book.close, parcel.row_id, state, detail[:256])
        if state == "failed" and self._alert is not None:
            await self._alert(detail, parcel)


def _pause(attempts: int) -> float:
    return PAUSES[min(attempts, len(PAUSES) - 1)]
