"""The door to the ledger: savepoints, group commit, readers, refusals and lost databases."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError

from bot.ledger import engines
from bot.ledger.desk import Desk, DeskClosed, LedgerUnavailable, Work
from bot.ledger.engines import out_of_reach
from bot.ledger.tables import facts, serials


def write(work: Work, key: str, value: object = 1) -> str:
    work.connection.execute(facts.insert().values(key=key, value=value))
    work.wakes.add("outbox")
    return key


def keys(work: Work) -> list[str]:
    return list(work.connection.execute(select(facts.c.key).order_by(facts.c.key)).scalars())


def begun(verb: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
    """A verb on its way, awaited later: several become one batch."""
    return asyncio.get_running_loop().create_task(verb)


@contextmanager
def held_up(desk: Desk) -> Iterator[None]:
    """While inside, the writer waits: what is put meanwhile becomes one batch."""
    gate, holds = threading.Event(), threading.Event()

    def hold(work: Work) -> None:
        holds.set()
        gate.wait(10)

    loop = asyncio.get_running_loop()
    held = loop.run_in_executor(None, lambda: desk.do_now(hold))
    holds.wait(10)
    try:
        yield
    finally:
        gate.set()
    assert held is not None


async def test_of_two_verbs_in_one_batch_the_failing_one_costs_the_other_nothing(desk: Desk) -> None:
    def breaks(work: Work) -> None:
        write(work, "half")
        raise ValueError("broken")

    with held_up(desk):
        verbs = [desk.do(write, "before"), desk.do(breaks), desk.do(write, "after")]
        tasks = [begun(verb) for verb in verbs]
        await asyncio.sleep(0)
    said = await asyncio.gather(*tasks, return_exceptions=True)

    assert said[0] == "before"
    assert isinstance(said[1], ValueError)
    assert said[2] == "after"
    assert await desk.look(keys) == ["after", "before"]


async def test_what_waits_shares_one_commit(desk: Desk) -> None:
    commits = 0

    @event.listens_for(desk._writer, "commit")
    def counted(connection: Any) -> None:
        nonlocal commits
        commits += 1

    with held_up(desk):
        tasks = [begun(desk.do(write, f"{n:03}")) for n in range(150)]
        await asyncio.sleep(0)
    await asyncio.gather(*tasks)

    assert commits == 1 + 3  # the one that held the writer up; 64 + 64 + 22
    assert len(await desk.look(keys)) == 150


async def test_a_hundred_read_then_write_from_two_processes_end_at_a_hundred(
    open_desk: Callable[[], Desk],
) -> None:
    one, other = open_desk(), open_desk()
    one.do_now(lambda work: work.connection.execute(serials.insert().values(key="n", value=0)))

    def add(work: Work) -> None:
        value = work.connection.execute(select(serials.c.value)).scalar_one()
        work.connection.execute(update(serials).values(value=value + 1))

    await asyncio.gather(*(desk.do(add) for _ in range(50) for desk in (one, other)))

    assert await one.look(lambda work: work.connection.execute(select(serials.c.value)).scalar_one()) == 100


async def test_a_broken_constraint_undoes_its_own_verb_only(desk: Desk) -> None:
    await desk.do(write, "taken")

    def twice(work: Work) -> None:
        write(work, "with it")
        write(work, "taken")

    with held_up(desk):
        tasks = [begun(v) for v in (desk.do(twice), desk.do(write, "next"))]
        await asyncio.sleep(0)
    said = await asyncio.gather(*tasks, return_exceptions=True)

    assert isinstance(said[0], IntegrityError)
    assert await desk.look(keys) == ["next", "taken"]


async def test_an_inner_savepoint_undoes_effects_words_and_wakes_but_not_what_was_before(desk: Desk) -> None:
    woken: list[frozenset[str]] = []
    desk.on_commit(woken.append)

    def verb(work: Work) -> None:
        work.connection.execute(facts.insert().values(key="done", value=1))
        try:
            with work.savepoint():
                work.said += 3
                write(work, "undone")
                raise ValueError("refused")
        except ValueError:
            assert work.said == 0

    await desk.do(verb)

    assert await desk.look(keys) == ["done"]
    assert woken == []


async def test_a_reader_cannot_write_and_sees_one_instant(desk: Desk) -> None:
    await desk.do(write, "first")

    def reads_twice(work: Work) -> tuple[list[str], list[str]]:
        before = keys(work)
        desk.do_now(write, "second")
        return before, keys(work)

    assert await desk.look(reads_twice) == (["first"], ["first"])
    assert await desk.look(keys) == ["first", "second"]
    with pytest.raises(OperationalError, match="readonly"):
        await desk.look(lambda work: work.connection.execute(facts.delete()))


async def test_every_commit_is_fully_synced(desk: Desk) -> None:
    def pragmas(work: Work) -> list[Any]:
        return [
            work.connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("synchronous", "journal_mode", "foreign_keys")
        ]

    assert await desk.do(pragmas) == [2, "wal", 1]


async def test_a_locked_ledger_is_unavailable_and_nothing_is_stored(
    url: str, clock: Any, world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "BUSY_TIMEOUT_MS", 20)
    desk = Desk(url, clock, world)
    other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(LedgerUnavailable, match="locked"):
        await desk.do(write, "too early")
    other.execute("COMMIT")
    await desk.do(write, "in time")

    assert await desk.look(keys) == ["in time"]
    desk.close()
    other.close()


async def test_a_full_disk_in_a_verb_is_unavailable_and_passes(desk: Desk) -> None:
    def full(work: Work) -> None:
        work.connection.exec_driver_sql("PRAGMA max_page_count=1")

    def large(work: Work) -> None:
        write(work, "large", "x" * 5_000_000)

    def room(work: Work) -> None:
        work.connection.exec_driver_sql("PRAGMA max_page_count=1000000")

    await desk.do(full)
    with held_up(desk):
        tasks = [begun(v) for v in (desk.do(write, "small"), desk.do(large))]
        await asyncio.sleep(0)
    said = await asyncio.gather(*tasks, return_exceptions=True)
    await desk.do(room)
    await desk.do(large)

    assert isinstance(said[1], LedgerUnavailable)
    stored = await desk.look(keys)
    assert ("small" in stored) == (said[0] == "small")  # whatever is said is true
    assert "large" in stored


async def test_a_failing_commit_is_unavailable_for_the_whole_batch(desk: Desk) -> None:
    fail = [True]

    @event.listens_for(desk._writer, "commit")
    def breaks(connection: Any) -> None:
        if fail.pop() if fail else False:
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise error

    with pytest.raises(LedgerUnavailable, match="full"):
        await desk.do(write, "lost")

    assert await desk.look(keys) == []
    await desk.do(write, "kept")
    assert await desk.look(keys) == ["kept"]


async def test_a_transaction_that_is_lost_from_under_a_verb_is_said_to_all(desk: Desk) -> None:
    def loses(work: Work) -> None:
        work.connection.connection.dbapi_connection.execute("ROLLBACK")  # type: ignore[union-attr]

    with held_up(desk):
        tasks = [begun(v) for v in (desk.do(write, "with it"), desk.do(loses))]
        await asyncio.sleep(0)
    said = await asyncio.gather(*tasks, return_exceptions=True)

    assert all(isinstance(one, LedgerUnavailable) for one in said)
    assert await desk.look(keys) == []


async def test_a_wrong_statement_is_the_verbs_own_fault(desk: Desk) -> None:
    with pytest.raises(OperationalError, match="no such table"):
        await desk.do(lambda work: work.connection.execute(text("SELECT * FROM nowhere")))

    assert not out_of_reach(ValueError())
    assert await desk.do(write, "next") == "next"


async def test_a_caller_that_was_cancelled_hangs_nobody(desk: Desk) -> None:
    with held_up(desk):
        gone = begun(desk.do(write, "gone"))
        stays = begun(desk.do(write, "stays"))
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.sleep(0)

    assert await stays == "stays"
    assert gone.cancelled()
    assert await desk.look(keys) == ["gone", "stays"]  # carried out all the same


async def test_a_listener_that_raises_kills_nothing(desk: Desk) -> None:
    woken: list[frozenset[str]] = []

    def broken(wakes: frozenset[str]) -> None:
        raise RuntimeError("the listener is broken")

    desk.on_commit(broken)
    desk.on_commit(woken.append)

    await desk.do(write, "first")
    await desk.do(write, "second")

    assert woken == [frozenset({"outbox"})] * 2


async def test_even_a_verb_that_ends_the_process_ends_only_itself(desk: Desk) -> None:
    def leaves(work: Work) -> None:
        raise SystemExit(3)

    def stops(work: Work) -> None:
        raise StopIteration

    with pytest.raises(SystemExit):
        desk.do_now(leaves)
    with pytest.raises(RuntimeError, match="StopIteration"):
        await desk.do(stops)

    assert await desk.do(write, "next") == "next"


async def test_closing_finishes_what_was_taken_and_takes_nothing_more(desk: Desk) -> None:
    with held_up(desk):
        tasks = [begun(desk.do(write, f"{n:03}")) for n in range(100)]
        await asyncio.sleep(0)
        closing = asyncio.get_running_loop().run_in_executor(None, desk.close)
    await asyncio.gather(*tasks)
    await closing

    with pytest.raises(DeskClosed):
        await desk.do(write, "late")
    with pytest.raises(DeskClosed):
        await desk.look(keys)
    with pytest.raises(DeskClosed):
        desk.look_now(keys)
    desk.close()  # once more does no harm


async def test_the_loop_may_be_gone_when_the_answer_comes(desk: Desk) -> None:
    def in_a_loop_of_its_own() -> None:
        loop = asyncio.new_event_loop()
        task = loop.create_task(desk.do(write, "orphan"))
        loop.run_until_complete(asyncio.sleep(0))
        task.cancel()
        loop.run_until_complete(asyncio.gather(task, return_exceptions=True))
        loop.close()

    with held_up(desk):
        await asyncio.get_running_loop().run_in_executor(None, in_a_loop_of_its_own)

    assert await desk.do(write, "next") == "next"
    assert await desk.look(keys) == ["next", "orphan"]
