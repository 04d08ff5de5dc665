"""The event log: chained by hashes, and closed to whoever would change it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Row, select, text
from sqlalchemy.exc import IntegrityError

from bot.ledger import events
from bot.ledger.desk import Desk, Work
from bot.ledger.tables import events as table


def three(work: Work) -> None:
    for n in range(3):
        events.record(work, "noted", body="office:county", data={"n": n, "words": "督查"})


async def test_the_chain_holds_over_several_commits(desk: Desk) -> None:
    await desk.do(three)
    await desk.do(three)

    assert await desk.look(lambda work: events.first_broken(work.connection)) is None


@pytest.mark.parametrize("statement", ["UPDATE events SET body = 'other' WHERE id = 2", "DELETE FROM events"])
async def test_nobody_changes_or_removes_an_event(desk: Desk, statement: str) -> None:
    await desk.do(three)

    with pytest.raises(IntegrityError, match="append-only"):
        await desk.do(lambda work: work.connection.execute(text(statement)))

    assert await desk.look(lambda work: events.first_broken(work.connection)) is None


@pytest.mark.parametrize(
    ("tampering", "broken"),
    [
        ("UPDATE events SET data = '{\"n\":7}' WHERE id = 2", 2),
        ("DELETE FROM events WHERE id = 2", 3),
        ("UPDATE events SET at = '2019-04-11 00:00:00' WHERE id = 1", 1),
    ],
)
async def test_whoever_gets_past_the_guard_is_found_out(desk: Desk, tampering: str, broken: int) -> None:
    def tamper(work: Work) -> None:
        for verb in ("UPDATE", "DELETE"):
            work.connection.execute(text(f"DROP TRIGGER events_{verb}"))
        work.connection.exec_driver_sql(tampering)

    await desk.do(three)
    await desk.do(tamper)

    assert await desk.look(lambda work: events.first_broken(work.connection)) == broken


async def test_the_same_event_has_another_hash_each_time_so_that_nobody_tells_it_by_its_hash(
    desk: Desk,
) -> None:
    def twice(work: Work) -> list[str]:
        first = events.covered(_newest(work, events.record(work, "noted", data={"words": "同"})))
        second = events.covered(_newest(work, events.record(work, "noted", data={"words": "同"})))
        return [events.link(events.GENESIS, row) for row in (first, second)]

    one, other = await desk.do(twice)

    assert one != other


def _newest(work: Work, event_id: int) -> Row[Any]:
    return work.connection.execute(select(table).where(table.c.id == event_id)).one()
