"""The condition by which every list is filtered agrees with the table of permissions."""

from __future__ import annotations

import random
from typing import Any

import pytest
from sqlalchemy import select

from bot.domain.entries import Mode, State
from bot.domain.permissions import Actor, Grant, Role, standings
from bot.ledger import entries as book
from bot.ledger.desk import Desk, Work
from bot.ledger.tables import entries, members
from bot.services import sight

ACTORS = {
    "stranger": Actor(0),
    "newcomer": Actor(1),
    "inspector": Actor(1, (Grant(Role.INSPECTOR, "county", "county/1"),)),
    "covert group": Actor(1, (Grant(Role.INSPECTOR, "county", "county/0"),)),
    "other group": Actor(1, (Grant(Role.INSPECTOR, "county", "county/2"),)),
    "contact": Actor(1, (Grant(Role.CONTACT, region="延津县"),)),
    "township": Actor(1, (Grant(Role.TOWNSHIP, region="延津县", township="王楼镇"),)),
    "office": Actor(1, (Grant(Role.OFFICE, "county"),)),
    "other office": Actor(1, (Grant(Role.OFFICE, "district"),)),
    "oversight": Actor(1, (Grant(Role.OVERSIGHT),)),
    "city leader": Actor(1, (Grant(Role.CITY_LEADER),)),
    "admin": Actor(1, (Grant(Role.ADMIN),)),
    "group and contact": Actor(
        1, (Grant(Role.INSPECTOR, "county", "county/1"), Grant(Role.CONTACT, region="延津县"))
    ),
    "checker and contact": Actor(
        1, (Grant(Role.INSPECTOR, "county", "county/2"), Grant(Role.CONTACT, region="延津县"))
    ),
    "office and contact": Actor(1, (Grant(Role.OFFICE, "county"), Grant(Role.CONTACT, region="延津县"))),
    "other office and contact": Actor(
        1, (Grant(Role.OFFICE, "district"), Grant(Role.CONTACT, region="延津县"))
    ),
    "oversight and township": Actor(
        1, (Grant(Role.OVERSIGHT), Grant(Role.TOWNSHIP, region="延津县", township="王楼镇"))
    ),
    "city leader and admin": Actor(1, (Grant(Role.CITY_LEADER), Grant(Role.ADMIN))),
    "leader of two groups": Actor(
        1,
        (
            Grant(Role.INSPECTOR, "county", "county/0", leader=True),
            Grant(Role.INSPECTOR, "county", "county/1", leader=True),
        ),
    ),
}


def _some_entry(work: Work, dice: random.Random) -> None:
    once = dice.random() < 0.7
    values: dict[str, Any] = {
        "state": dice.choice(list(State)).value,
        "mode": dice.choice(list(Mode)).value,
        "track": dice.choice(["county", "district"]),
        "group_key": dice.choice(["county/0", "county/1", "county/2", None]),
        "checker": dice.choice(["county/1", "county/2", None]),
        "region": dice.choice(["延津县", "卫辉市", "卫滨区", None]),
        "passed_to": dice.choice(["王楼镇", None]),
        "filer_id": dice.choice([1, 2]),
        "assigned_at": work.now if once else None,
        "handed_over_at": work.now if dice.random() < 0.4 else None,
    }
    work.insert(entries, found_at=work.now, created_at=work.now, touched_at=work.now, **values)


@pytest.fixture
def ledger(desk: Desk) -> Desk:
    """Six hundred entries of every kind, of two filers."""

    def verb(work: Work) -> None:
        for name in ("李甲", "王乙"):
            work.insert(members, name=name, created_at=work.now)
        dice = random.Random(20190412)
        for _ in range(600):
            _some_entry(work, dice)

    desk.do_now(verb)
    return desk


@pytest.mark.parametrize("name", list(ACTORS))
def test_a_list_holds_exactly_what_its_reader_may_see(ledger: Desk, name: str) -> None:
    def both(work: Work) -> tuple[set[int], set[int]]:
        work.actor = ACTORS[name]
        rows = work.connection.execute(select(entries)).all()
        campaign = work.world.campaign
        allowed = {row.id for row in rows if standings(work.actor, book.facts_of(row), campaign)}
        query = select(entries.c.id).where(sight.visible(work))
        return allowed, set(work.connection.execute(query).scalars())

    allowed, found = ledger.do_now(both)

    assert found == allowed
