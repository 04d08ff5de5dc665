"""The one door to the ledger: verbs go through `do`, readings through `look`.

A verb is a plain function `verb(work, …)`. It neither begins nor commits: the desk does, and gives
each verb a savepoint of its own, so that one verb's failure costs the others nothing.
"""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, TypeVar

import structlog
from sqlalchemy import Connection, Table
from sqlalchemy.exc import DBAPIError

from bot.clock import Clock
from bot.domain.permissions import NOBODY, Actor
from bot.domain.world import World
from bot.ledger.engines import READERS, out_of_reach, reader_engine, writer_engine
from bot.ledger.prepared import writing

P = ParamSpec("P")
T = TypeVar("T")

log = structlog.get_logger(__name__)

GROUP_COMMIT = 64
"""Units of work that share one fully synced commit at the most (PERFORMANCE «Unit of work»)."""


class DeskError(Exception):
    """What can go wrong at the door.

    DeskError
    ├── LedgerUnavailable   locked, full, lost: nothing was stored, try again later
    └── DeskClosed          the desk was shut; nothing is taken any more
    """


class LedgerUnavailable(DeskError):
    """The database could not take it; nothing was stored."""


class DeskClosed(DeskError):
    """The desk no longer takes work."""


@dataclass(slots=True)
class Work:
    """One unit of work: an open transaction, the time, who acts, and the frozen world."""

    connection: Connection
    now: datetime
    world: World
    actor: Actor = NOBODY
    # the update that caused it, and how many rows it has put into the outbox: replies need no
    # other key to be written once
    update_id: int | None = None
    # the chat's topic that the update came from: what is said there goes there
    topic: tuple[int, int] | None = None
    said: int = 0
    wakes: set[str] = field(default_factory=set)
    # the hash of the newest event, once this unit has written or read one
    chain: str | None = None
    driver: Any = field(init=False)
    dialect: str = field(init=False)

    def __post_init__(self) -> None:
        self.driver = self.connection.connection.dbapi_connection
        self.dialect = self.connection.dialect.name

    @property
    def local(self) -> datetime:
        """Now, on the campaign's wall clock."""
        return self.world.campaign.local(self.now)

    def insert(self, table: Table, **values: Any) -> int:
        """Insert one row and give its id."""
        return writing(table).insert(self, values)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Everything inside is undone when an exception leaves it, and the exception goes on."""
        said, wakes = self.said, set(self.wakes)
        _say(self.connection, "SAVEPOINT inner_unit")
        try:
            yield
        except BaseException:
            _say(self.connection, "ROLLBACK TO inner_unit")
            _say(self.connection, "RELEASE inner_unit")
            self.said, self.wakes, self.chain = said, wakes, None
            raise
        _say(self.connection, "RELEASE inner_unit")


def _say(connection: Connection, words: str) -> None:
    """Speak to the driver itself: a savepoint needs no compiling, and every unit of work has some.

    Raises:
        LedgerUnavailable: the savepoint is not there: the transaction was lost from under us.
    """
    driver: Any = connection.connection.dbapi_connection
    try:
        driver.execute(words)
    except Exception as error:
        raise LedgerUnavailable(f"{words}: {error}") from error


@dataclass(slots=True)
class _Job:
    run: Callable[[Work], Any]
    loop: asyncio.AbstractEventLoop | None
    done: Callable[[Any, BaseException | None], None]
    # what logs are to carry: the update that asked for it
    context: Context = field(default_factory=copy_context)


_Answer = tuple[_Job, Any, BaseException | None]


class Desk:
    """The door. SQLite: one writer thread with group commit; elsewhere a pool of threads."""

    def __init__(self, url: str, clock: Clock, world: World) -> None:
        self.url = url
        self.clock = clock
        self.world = world
        self._writer = writer_engine(url)
        self._reader = reader_engine(url)
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._door = threading.Lock()
        self._closed = False
        self._listeners: list[Callable[[frozenset[str]], None]] = []
        self._single = url.startswith("sqlite")
        self._pool = ThreadPoolExecutor(READERS, thread_name_prefix="ledger-reader")
        self._threads = [
            threading.Thread(target=self._write, name=f"ledger-writer-{n}", daemon=True)
            for n in range(1 if self._single else 4)
        ]
        for thread in self._threads:
            thread.start()

    def on_commit(self, listener: Callable[[frozenset[str]], None]) -> None:
        """Call a listener, in the writer's thread, after every commit with what it woke."""
        self._listeners.append(listener)

    async def do(self, verb: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a verb in a transaction of its own and give its result after the commit.

        A caller that is cancelled no longer hears the result; the verb is carried out all the same.

        Raises:
            LedgerUnavailable: the database could not take it; nothing was stored.
            DeskClosed: the desk was shut.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()

        def done(result: Any, error: BaseException | None) -> None:
            if future.done():
                return
            if error is None:
                future.set_result(result)
            elif isinstance(error, StopIteration):  # a future refuses it
                future.set_exception(RuntimeError("the verb raised StopIteration"))
            else:
                future.set_exception(error)

        self._put(_Job(lambda work: verb(work, *args, **kwargs), loop, done))
        return await future

    def do_now(self, verb: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`do` for the command line, which has no event loop."""
        answers: queue.SimpleQueue[tuple[Any, BaseException | None]] = queue.SimpleQueue()
        self._put(_Job(lambda work: verb(work, *args, **kwargs), None, lambda r, e: answers.put((r, e))))
        result, error = answers.get()
        if error is not None:
            raise error
        return result  # type: ignore[no-any-return]

    async def look(self, query: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a reading on a snapshot, beside the writer.

        Raises:
            LedgerUnavailable: the database cannot be read now.
            DeskClosed: the desk was shut.
        """
        loop = asyncio.get_running_loop()
        with self._door:
            if self._closed:
                raise DeskClosed
            reading = loop.run_in_executor(self._pool, lambda: self._look(query, *args, **kwargs))
        return await reading

    def look_now(self, query: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`look` for the command line."""
        if self._closed:
            raise DeskClosed
        return self._look(query, *args, **kwargs)

    def _look(self, query: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            with self._reader.connect() as connection, connection.begin():
                return query(Work(connection, self.clock.now(), self.world), *args, **kwargs)
        except (DBAPIError, sqlite3.Error) as error:
            # a reading that tries to write is its own fault, not the disk's
            if out_of_reach(error) and "readonly" not in str(error):
                raise LedgerUnavailable(_reason(error)) from error
            raise

    def close(self) -> None:
        """Finish what was taken, then close every connection."""
        with self._door:
            if self._closed:
                return
            self._closed = True
            for _ in self._threads:
                self._jobs.put(None)
        for thread in self._threads:
            thread.join()
        self._pool.shutdown()
        self._writer.dispose()
        self._reader.dispose()

    def _put(self, job: _Job) -> None:
        with self._door:  # nothing comes in behind the end mark: it would never be answered
            if self._closed:
                raise DeskClosed
            self._jobs.put(job)

    def _write(self) -> None:
        most = GROUP_COMMIT if self._single else 1
        while (job := self._jobs.get()) is not None:
            batch, stop = [job], False
            while len(batch) < most:
                try:
                    more = self._jobs.get_nowait()
                except queue.Empty:
                    break
                if more is None:
                    stop = True
                    break
                batch.append(more)
            self._run_batch(batch)
            if stop:
                return

    def _run_batch(self, batch: list[_Job]) -> None:
        answers: list[_Answer] = []
        wakes: set[str] = set()
        try:
            with self._writer.connect() as connection, connection.begin():
                for job in batch:
                    answers.append((job, *self._run_one(connection, job, wakes)))
        except Exception as error:  # noqa: BLE001 - everybody in the batch gets it, the thread lives on
            # BEGIN or COMMIT failed, or the transaction is lost: nothing of the whole batch is stored
            lost: Exception = error
            if out_of_reach(error):
                lost = LedgerUnavailable(_reason(error))
            answers = [(job, None, lost) for job in batch]
            wakes.clear()
        if wakes:
            self._tell_listeners(frozenset(wakes))
        self._answer(answers)

    def _run_one(
        self, connection: Connection, job: _Job, wakes: set[str]
    ) -> tuple[Any, BaseException | None]:
        _say(connection, "SAVEPOINT unit")
        work = Work(connection, self.clock.now(), self.world)
        try:
            result = job.context.run(job.run, work)
        except BaseException as error:
            lost = out_of_reach(error)
            if lost and self._lost(connection):
                raise
            _say(connection, "ROLLBACK TO unit")
            _say(connection, "RELEASE unit")
            return None, LedgerUnavailable(_reason(error)) if lost else error
        _say(connection, "RELEASE unit")
        wakes |= work.wakes
        return result, None

    def _lost(self, connection: Connection) -> bool:
        """Whether the database has rolled back everything by itself, as SQLite does on a full disk."""
        if not connection.connection.is_valid:
            return True
        return self._single and not connection.connection.dbapi_connection.in_transaction  # type: ignore[union-attr]

    def _tell_listeners(self, wakes: frozenset[str]) -> None:
        for listener in self._listeners:
            try:
                listener(wakes)
            except Exception:
                log.exception("a listener to commits failed", wakes=sorted(wakes))

    @staticmethod
    def _answer(answers: list[_Answer]) -> None:
        loops: dict[asyncio.AbstractEventLoop, list[_Answer]] = {}
        for answer in answers:
            job, result, error = answer
            if job.loop is None:
                job.done(result, error)
            else:
                loops.setdefault(job.loop, []).append(answer)
        for loop, rows in loops.items():

            def tell(rows: list[_Answer] = rows) -> None:
                for job, result, error in rows:
                    job.done(result, error)

            try:
                loop.call_soon_threadsafe(tell)
            except RuntimeError:
                # the loop was closed while its verbs ran: they stand, nobody waits any more
                log.warning("nobody waits for a unit of work any more", count=len(rows))


def _reason(error: BaseException) -> str:
    return str(error.orig) if isinstance(error, DBAPIError) else str(error)
