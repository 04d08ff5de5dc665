"""The one door to the ledger: verbs go through `do`, readings through `look`.

A verb is a plain function `verb(work, …)`. It neither begins nor commits: the desk does, and gives
each verb a savepoint of its own, so that one verb's failure costs the others nothing.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, Table, create_engine, event
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import QueuePool

from bot.clock import Clock
from bot.domain.permissions import NOBODY, Actor
from bot.domain.world import World

P = ParamSpec("P")
T = TypeVar("T")

GROUP_COMMIT = 64
"""Units of work that share one fully synced commit at the most (PERFORMANCE «Unit of work»)."""

READERS = 3
BUSY_TIMEOUT_MS = 10_000


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


@dataclass
class Work:
    """One unit of work: an open transaction, the time, who acts, and the frozen world."""

    connection: Connection
    now: datetime
    world: World
    actor: Actor = NOBODY
    # the update that caused it, and how many rows it has put into the outbox: replies need no
    # other key to be written once
    update_id: int | None = None
    said: int = 0
    wakes: set[str] = field(default_factory=set)

    @property
    def local(self) -> datetime:
        """Now, on the campaign's wall clock."""
        return self.world.campaign.local(self.now)

    def insert(self, table: Table, **values: Any) -> int:
        """Insert one row and give its id."""
        key = self.connection.execute(table.insert().values(**values)).inserted_primary_key
        assert key is not None
        return int(key[0])

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Everything inside is undone when an exception leaves it, and the exception goes on."""
        said, wakes = self.said, set(self.wakes)
        self.connection.exec_driver_sql("SAVEPOINT inner_unit")
        try:
            yield
        except BaseException:
            self.connection.exec_driver_sql("ROLLBACK TO inner_unit")
            self.connection.exec_driver_sql("RELEASE inner_unit")
            self.said, self.wakes = said, wakes
            raise
        self.connection.exec_driver_sql("RELEASE inner_unit")


@dataclass
class _Job:
    run: Callable[[Work], Any]
    loop: asyncio.AbstractEventLoop | None
    future: asyncio.Future[Any] | None
    done: Callable[[Any, BaseException | None], None]


def sqlite_path(url: str) -> str | None:
    """The file behind a sqlite URL, None for another database or memory."""
    if not url.startswith("sqlite"):
        return None
    return url.split(":///", 1)[1] or None


def writer_engine(url: str) -> Engine:
    """An engine whose transactions take SQLite's write lock at BEGIN (plain on other databases)."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_size=8, max_overflow=0)
    engine = create_engine(
        url, poolclass=QueuePool, pool_size=2, connect_args={"check_same_thread": False, "timeout": 10}
    )
    _sqlite_events(engine, "BEGIN IMMEDIATE", readonly=False)
    return engine


def reader_engine(url: str) -> Engine:
    """An engine for readings: a snapshot each, no way to write, never the write lock."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_size=READERS, max_overflow=0)
    engine = create_engine(
        url, poolclass=QueuePool, pool_size=READERS, connect_args={"check_same_thread": False, "timeout": 10}
    )
    _sqlite_events(engine, "BEGIN", readonly=True)
    return engine


def _sqlite_events(engine: Engine, begin: str, *, readonly: bool) -> None:
    # The driver's own transaction handling drops savepoints and begins late: it is switched off
    # (isolation_level None) and BEGIN is said by us. A test proves that savepoints hold.
    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        if readonly:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)


class Desk:
    """The door. SQLite: one writer thread with group commit; elsewhere a pool of threads."""

    def __init__(self, url: str, clock: Clock, world: World) -> None:
        self.url = url
        self.clock = clock
        self.world = world
        self._writer = writer_engine(url)
        self._reader = reader_engine(url)
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
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

        Raises:
            LedgerUnavailable: the database could not take it; nothing was stored.
            DeskClosed: the desk was shut.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()

        def done(result: Any, error: BaseException | None) -> None:
            if future.cancelled():
                return
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)

        self._put(_Job(lambda work: verb(work, *args, **kwargs), loop, future, done))
        return await future

    def do_now(self, verb: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`do` for the command line, which has no event loop."""
        answers: queue.SimpleQueue[tuple[Any, BaseException | None]] = queue.SimpleQueue()
        self._put(
            _Job(lambda work: verb(work, *args, **kwargs), None, None, lambda r, e: answers.put((r, e)))
        )
        result, error = answers.get()
        if error is not None:
            raise error
        return result  # type: ignore[no-any-return]

    async def look(self, query: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a reading on a snapshot, beside the writer."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, lambda: self.look_now(query, *args, **kwargs))

    def look_now(self, query: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`look` for the command line."""
        if self._closed:
            raise DeskClosed
        with self._reader.connect() as connection, connection.begin():
            return query(Work(connection, self.clock.now(), self.world), *args, **kwargs)

    def close(self) -> None:
        """Finish what was taken, then close every connection."""
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
        answers: list[tuple[_Job, Any, BaseException | None]] = []
        wakes: set[str] = set()
        try:
            with self._writer.connect() as connection, connection.begin():
                for job in batch:
                    answers.append((job, *self._run_one(connection, job, wakes)))
        except DBAPIError as error:
            # BEGIN or COMMIT failed: nothing of the whole batch is stored
            lost = LedgerUnavailable(str(error.orig))
            answers = [(job, None, lost) for job in batch]
            wakes.clear()
        if wakes:
            for listener in self._listeners:
                listener(frozenset(wakes))
        self._answer(answers)

    def _run_one(
        self, connection: Connection, job: _Job, wakes: set[str]
    ) -> tuple[Any, BaseException | None]:
        connection.exec_driver_sql("SAVEPOINT unit")
        work = Work(connection, self.clock.now(), self.world)
        try:
            result = job.run(work)
        except OperationalError as error:
            if not connection.connection.is_valid:
                raise
            connection.exec_driver_sql("ROLLBACK TO unit")
            connection.exec_driver_sql("RELEASE unit")
            return None, LedgerUnavailable(str(error.orig))
        except Exception as error:  # noqa: BLE001 - the caller gets it: nothing is swallowed
            connection.exec_driver_sql("ROLLBACK TO unit")
            connection.exec_driver_sql("RELEASE unit")
            return None, error
        connection.exec_driver_sql("RELEASE unit")
        wakes |= work.wakes
        return result, None

    @staticmethod
    def _answer(answers: list[tuple[_Job, Any, BaseException | None]]) -> None:
        loops: dict[asyncio.AbstractEventLoop, list[tuple[_Job, Any, BaseException | None]]] = {}
        for answer in answers:
            job, result, error = answer
            if job.loop is None:
                job.done(result, error)
            else:
                loops.setdefault(job.loop, []).append(answer)
        for loop, rows in loops.items():

            def tell(rows: list[tuple[_Job, Any, BaseException | None]] = rows) -> None:
                for job, result, error in rows:
                    job.done(result, error)

            if not loop.is_closed():
                loop.call_soon_threadsafe(tell)
