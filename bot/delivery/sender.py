"""The outbox's runner: woken by commits, it renders, sends within the limits, records the answer."""

from __future__ import annotations

import asyncio
import errno
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from time import monotonic
from typing import Any, Final

import structlog
from telegram.error import TelegramError

from bot.delivery.backlog import Backlog
from bot.delivery.composing import Composed, Composer
from bot.delivery.limits import Limits
from bot.delivery.outcome import Kind as Answer
from bot.delivery.outcome import Outcome, classify
from bot.delivery.wire import Unreadable, Wire
from bot.ledger import outbox as book
from bot.ledger import reach
from bot.ledger.desk import Desk, DeskClosed, LedgerUnavailable, Work
from bot.ledger.outbox import Priority, Sent
from bot.services import post
from bot.services.post import Ending, Parcel, Turn

log = structlog.get_logger(__name__)

AT_ONCE: Final = 8
"""Sends under way at the most: what a crash leaves in doubt (PERFORMANCE G3)."""
LOOK_EVERY: Final = 2.0
"""Seconds after which the outbox looks by itself: the command line writes from another process."""
HELD_LOOK: Final = 0.5
"""The same while reminders wait for what people have sent."""
LEDGER_PAUSE: Final = 0.5
"""A locked or full database: what is to be recorded is kept, and tried again."""
TRIES: Final = 8
"""A row that fails this often is given up and named; while the line is down no try is counted."""
PAUSES: Final = (1.0, 2.0, 5.0, 15.0, 60.0, 300.0)
MACHINE: Final = frozenset(
    (errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS)
)
"""What the machine lacks will be there again: no message is given up for it."""
DOWN_AFTER: Final = 3
"""So many failures in a row, of whatever chats: it is the line, and everything waits."""
DOWN_PAUSES: Final = (1.0, 2.0, 5.0, 10.0, 30.0)

Waiting = Callable[[asyncio.Event, float], Awaitable[None]]


async def until_woken(woken: asyncio.Event, seconds: float) -> None:
    """Wait for the event, but no longer."""
    if seconds <= 0:
        return
    try:
        async with asyncio.timeout(seconds):
            await woken.wait()
    except TimeoutError:
        pass


class Sender:
    """Sends what the ledger's outbox holds. One at a time for a chat, several chats side by side.

    Each turn is one unit of work: how the last sendings ended is recorded, and what may go out now is
    claimed. Reminders and broadcasts wait while the `backlog` does. `clock` gives monotonic seconds,
    `waiting` is how it waits: tests bring their own.
    """

    def __init__(
        self,
        desk: Desk,
        wire: Wire,
        composer: Composer,
        limits: Limits,
        *,
        backlog: Backlog | None = None,
        clock: Callable[[], float] = monotonic,
        waiting: Waiting = until_woken,
        jitter: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._desk = desk
        self._wire = wire
        self._composer = composer
        self._limits = limits
        self._backlog = backlog
        self._clock = clock
        self._wait = waiting
        self._jitter = jitter
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self._endings: list[Ending] = []
        self._woken = asyncio.Event()
        self._stopping = False
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._failures = 0
        self._down_until = 0.0
        self.sent = 0
        self.uncertain = 0
        self.outcomes: Counter[str] = Counter()

    def wake(self) -> None:
        """Something may wait: look at once."""
        self._quiet.clear()
        self._woken.set()

    async def recover(self) -> list[int]:
        """At the start: rows that a crash left in `sending`; gives their ids, each is listed."""
        doubtful = await self._desk.do(post.recover)
        self.uncertain += len(doubtful)
        if doubtful:
            log.warning("messages in doubt after a crash", rows=doubtful)
        return doubtful

    async def run(self) -> None:
        """Send until `stop`; then wait for what is under way and record how it ended."""
        try:
            while True:
                self._woken.clear()
                pause = await self._turn_safely()
                if self._stopping and not self.under_way:
                    break
                await self._wait(self._woken, pause)
        except DeskClosed:
            log.warning("the ledger was closed before the outbox", unrecorded=len(self._endings))
        finally:
            for task in self._under_way.values():
                task.cancel()

    async def _turn_safely(self) -> float:
        """A turn, whatever happens in it: sending never ends by itself."""
        try:
            return await self._round()
        except LedgerUnavailable as error:
            log.warning("the outbox waits for the ledger", error=str(error))
            return LEDGER_PAUSE
        except DeskClosed:
            raise
        except Exception:
            log.exception("a turn of the outbox failed")
            return LOOK_EVERY

    def stop(self) -> None:
        """Take nothing more."""
        self._stopping = True
        self._woken.set()

    async def idle(self) -> None:
        """Return when nothing waits that could go out now, and nothing is under way."""
        await self._quiet.wait()

    @property
    def under_way(self) -> int:
        """Sends under way, and those whose end is not recorded yet."""
        return len(self._under_way) + len(self._endings)

    async def _round(self) -> float:
        """Record what ended, claim what may go out now; gives the seconds until the next look."""
        free, pause = self._free()
        blocked, paced = self._held() if free else ({}, {})
        endings = self._endings
        if not free and not endings:
            self._calm()
            return pause
        self._endings = []
        unhurried = self._limits.room(Priority.BROADCAST, free) if free and not self._others_first() else 0
        try:
            turn = await self._desk.do(
                post.turn,
                endings,
                busy=[*self._under_way, *blocked],
                paced=list(paced),
                most=free,
                unhurried=unhurried,
                room=self._limits.room(Priority.REPLY, burst) if (burst := self._limits.burst) else None,
                burst=burst,
            )
        except BaseException:
            self._endings = endings + self._endings
            raise
        self._report(turn)
        for parcel in turn.parcels:
            self._limits.take(parcel.chat_id, book.messages_in(parcel.kind, parcel.payload))
            self._under_way[parcel.chat_id] = asyncio.get_running_loop().create_task(self._one(parcel))
        self._calm()
        if not free:
            return pause
        if len(turn.parcels) == free:  # there may be more: the limits, or the next end, say when
            return LOOK_EVERY if len(self._under_way) >= AT_ONCE else self._limits.open_in(Priority.REPLY)
        if self._others_first():
            return min([HELD_LOOK, *blocked.values(), *paced.values()])
        slower = self._limits.open_in(Priority.BROADCAST) if turn.more_unhurried else LOOK_EVERY
        slower = self._limits.room_in(turn.wanted) if turn.wanted else slower
        return min([LOOK_EVERY, slower, self._due_in(turn.next_due), *blocked.values(), *paced.values()])

    def _others_first(self) -> bool:
        """Whether who is to be reminded may have written meanwhile, and nobody has heard it yet."""
        if self._backlog is None:
            return False
        return self._backlog.open if self._failures >= DOWN_AFTER else self._backlog.holds

    def _calm(self) -> None:
        if not self.under_way and not self._woken.is_set():
            self._quiet.set()

    def _free(self) -> tuple[int, float]:
        """How many may be claimed now, and when it is worth looking again."""
        if self._stopping:
            return 0, LOOK_EVERY
        down = self._down_until - self._clock()
        if down > 0:
            return 0, down
        wait = self._limits.open_in(Priority.REPLY)
        if wait > 0:
            return 0, wait
        return self._limits.room(Priority.REPLY, AT_ONCE - len(self._under_way)), LOOK_EVERY

    def _held(self) -> tuple[dict[int, float], dict[int, float]]:
        """Chats to be left alone, and those open to replies only, each with the seconds that remain."""
        blocked: dict[int, float] = {}
        paced: dict[int, float] = {}
        for chat in self._limits.recent():
            if (wait := self._limits.ready_in(chat, Priority.REPLY)) > 0:
                blocked[chat] = wait
            elif (wait := self._limits.ready_in(chat, Priority.BROADCAST)) > 0:
                paced[chat] = wait
        return blocked, paced

    def _due_in(self, due: datetime | None) -> float:
        if due is None:
            return LOOK_EVERY
        return max(0.01, (due - self._desk.clock.now()).total_seconds())

    def _report(self, turn: Turn) -> None:
        for row, what in turn.broken:
            log.error("a message could not be made ready", row=row, what=what)
        for error in turn.unrecorded:
            log.error("the end of a sending could not be recorded", error=error)

    async def _one(self, parcel: Parcel) -> None:
        try:
            composed = await self._composer.compose(parcel)
            answer = await self._wire.call(composed.method, composed.params, composed.files)
            sent = self._sent(parcel, composed, answer)
            ending: Ending = sent
            if composed.goes_on is not None:
                ending = partial(book.piece_sent, answer=sent, changes=composed.goes_on)
        except (TelegramError, Unreadable) as error:
            ending = self._failed(parcel, classify(error))
        except Exception as error:
            log.exception("a message could not be composed", row=parcel.row_id, text=_text_of(parcel))
            if isinstance(error, OSError) and error.errno in MACHINE:
                ending = self._again(parcel, self._pause(parcel.attempts), f"machine: {error.strerror}")
            else:
                ending = partial(_given_up, parcel=parcel, detail=f"our bug: {type(error).__name__}")
        self._under_way.pop(parcel.chat_id, None)
        self._endings.append(ending)
        self._woken.set()

    def _sent(self, parcel: Parcel, composed: Composed, answer: Any) -> Sent:
        self.sent += 1
        self.outcomes["sent"] += 1
        log.info("a message is out", cause=parcel.cause, row=parcel.row_id)
        if self._failures >= DOWN_AFTER and self._backlog is not None:
            self._backlog.line_is_back()
        self._failures = 0
        ids: tuple[int, ...] = ()
        if composed.edits is not None:
            ids = (composed.edits,)
        elif isinstance(answer, dict) and "message_id" in answer:
            ids = (int(answer["message_id"]),)
        elif isinstance(answer, list):
            ids = tuple(int(one["message_id"]) for one in answer if isinstance(one, dict))
        return Sent(
            parcel.row_id,
            parcel.chat_id,
            ids,
            parcel.entry_id,
            (parcel.card_id, parcel.wanted, composed.picture) if parcel.card_id is not None else None,
            parcel.payload.get("question"),
            bool(parcel.payload.get("secret")),
        )

    def _failed(self, parcel: Parcel, outcome: Outcome) -> Ending:
        row, detail = parcel.row_id, outcome.detail
        self.outcomes[str(outcome.kind)] += 1
        if outcome.kind is not Answer.NOT_MODIFIED:
            log.warning(
                "a message is not out", cause=parcel.cause, row=row, kind=str(outcome.kind), said=detail
            )
        match outcome.kind:
            case Answer.NOT_MODIFIED:
                stands = Composed("", {}, edits=parcel.message_id, picture=parcel.shown_picture)
                return self._sent(parcel, stands, True)
            case Answer.TARGET_GONE | Answer.QUERY_EXPIRED:
                return partial(book.close, row_id=row, state="stale", error=detail)
            case Answer.EDIT_TARGET_GONE:
                return partial(book.send_anew, row_id=row, card_id=parcel.card_id)
            case Answer.REPLY_TARGET_GONE | Answer.THREAD_GONE:
                return _otherwise(parcel, {"reply_to": None, "thread": None}, "reply target gone")
            case Answer.RETRY_AFTER:
                if self._limits.stop_chat(parcel.chat_id, outcome.retry_after):
                    log.warning("flood control in several chats: all wait", seconds=outcome.retry_after)
                return self._again(parcel, outcome.retry_after, detail)
            case Answer.BLOCKED:
                return partial(reach.not_delivered, row_id=row, chat_id=parcel.chat_id, why=str(outcome.kind))
            case Answer.CHAT_GONE:
                return partial(book.close, row_id=row, state="unreachable", error=detail)
            case Answer.MIGRATED if outcome.new_chat_id is not None:
                self._limits.move_chat(parcel.chat_id, outcome.new_chat_id)
                return partial(reach.moved, row_id=row, old=parcel.chat_id, new=outcome.new_chat_id)
            case Answer.OUR_BUG | Answer.BAD_FILE:
                return self._refused(parcel, outcome)
            case Answer.NO_RIGHTS:
                log.error("not allowed to write there", chat=parcel.chat_id, detail=detail)
                return partial(_given_up, parcel=parcel, detail=detail)
            case Answer.UNCERTAIN if not outcome.answered:
                self._count_failure()
                return self._unsure(parcel, detail)
            case _:
                return self._later(parcel, outcome)

    def _refused(self, parcel: Parcel, outcome: Outcome) -> Ending:
        """Telegram refuses what we composed: an alarm, and once more as plain text."""
        log.error("Telegram refuses what we composed", row=parcel.row_id, detail=outcome.detail)
        if parcel.payload.get("as_plain"):
            return partial(_given_up, parcel=parcel, detail=outcome.detail)
        changes: dict[str, Any] = {"as_plain": True}
        if not outcome.plain_text_may_help:
            changes.update(picture=None, file=None, buttons=None)
        if outcome.kind is Answer.BAD_FILE:
            changes = {"picture": None, "file": None, "as_plain": "file" in parcel.payload}
            if parcel.payload.get("picture") is None and not parcel.payload.get("file"):
                changes = {"as_plain": True}
        return partial(_once_more, parcel=parcel, changes=changes, detail=outcome.detail)

    def _unsure(self, parcel: Parcel, detail: str) -> Ending:
        """It may have gone out: an edit is sent again, so is, once, what somebody waits for."""
        if parcel.message_id is not None:
            return self._again(parcel, self._pause(parcel.attempts), detail)
        if parcel.priority == Priority.REPLY and parcel.doubts < 1:
            return self._again(parcel, self._pause(parcel.attempts), detail, doubt=True)
        self.uncertain += 1
        log.warning("a message in doubt is not sent again", row=parcel.row_id, detail=detail)
        return partial(book.close, row_id=parcel.row_id, state="uncertain", error=detail)

    def _later(self, parcel: Parcel, outcome: Outcome) -> Ending:
        """Certainly not sent, or the server says that it failed: again, later, and not without end."""
        down = self._count_failure()
        if outcome.kind is Answer.TOKEN_REVOKED:
            self._down_until = self._clock() + DOWN_PAUSES[-1]
            log.error("Telegram does not accept the token", detail=outcome.detail)
        counted = outcome.answered and not down
        if counted and parcel.attempts + 1 >= TRIES:
            return partial(_given_up, parcel=parcel, detail=outcome.detail)
        return self._again(parcel, self._pause(parcel.attempts), outcome.detail)

    def _count_failure(self) -> bool:
        """Another failure of the line; True when it is down: then everything waits."""
        self._failures += 1
        if self._failures < DOWN_AFTER:
            return False
        pause = DOWN_PAUSES[min(self._failures - DOWN_AFTER, len(DOWN_PAUSES) - 1)]
        self._down_until = self._clock() + pause * self._jitter(0.9, 1.1)
        return True

    def _again(self, parcel: Parcel, pause: float, detail: str, *, doubt: bool = False) -> Ending:
        return partial(
            book.put_off,
            row_id=parcel.row_id,
            pause=timedelta(seconds=pause),
            error=detail,
            doubt=doubt,
        )

    def _pause(self, attempts: int) -> float:
        return PAUSES[min(attempts, len(PAUSES) - 1)] * self._jitter(0.9, 1.1)


def _text_of(parcel: Parcel) -> str:
    return str(parcel.payload.get("text", parcel.kind))


def _otherwise(parcel: Parcel, changes: dict[str, Any], why: str) -> Ending:
    return partial(book.send_otherwise, row_id=parcel.row_id, changes=changes, why=why)


def _once_more(work: Work, *, parcel: Parcel, changes: dict[str, Any], detail: str) -> None:
    book.send_otherwise(work, parcel.row_id, changes, detail)
    post.alarm(work, parcel.row_id, _text_of(parcel), detail)


def _given_up(work: Work, *, parcel: Parcel, detail: str) -> None:
    book.close(work, parcel.row_id, "failed", detail)
    post.alarm(work, parcel.row_id, _text_of(parcel), detail)
