"""The numbers of 「概况」 by their definitions, and who may read them of what (SPEC §6 «Numbers»)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from bot.app import build_world
from bot.config import EXAMPLE, load_settings
from bot.domain.campaign import Campaign
from bot.domain.entries import State
from bot.domain.overview import Found, Fraction, ScopeKind, count, groups_covered, scopes_of
from bot.domain.permissions import Actor, Grant, Role

NOW = datetime(2019, 4, 20, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)
GRACE = timedelta(minutes=30)


@pytest.fixture(scope="module")
def campaign() -> Campaign:
    return build_world(load_settings(EXAMPLE, {"BOT_TOKEN": "7000000001:TEST"})).campaign


def entry(state: State, *, due: timedelta = -DAY, **more: object) -> Found:
    """An entry handed over five days ago, due a while from now."""
    handed = NOW - 5 * DAY
    values = {"found_at": handed, "assigned_at": handed, "deadline": NOW + due, **more}
    return Found(state, **values)  # type: ignore[arg-type]


def test_what_is_void_or_deferred_is_in_no_rate_but_named_beside_it() -> None:
    rows = [
        entry(State.CLOSED, closed_at=NOW - 2 * DAY, proof_at=NOW - 3 * DAY, answered=True),
        entry(State.ASSIGNED),
        entry(State.VOID),
        entry(State.DEFERRED),
        entry(State.SUBMITTED, answered=True),
        entry(State.ASSIGNED, due=DAY),
    ]

    numbers = count(rows, NOW, GRACE)

    assert numbers.rectified == Fraction(1, 3)
    assert numbers.rectified.percent == "33.33%"
    assert (numbers.void_due, numbers.deferred_due) == (1, 1)
    assert (numbers.found, numbers.void) == (5, 1)
    assert numbers.closed == Fraction(1, 5)
    assert numbers.overdue == 1


def test_in_time_is_judged_by_the_proof_with_half_an_hour_of_grace() -> None:
    deadline = NOW - DAY
    just = entry(State.CLOSED, proof_at=deadline + GRACE, closed_at=NOW)
    late = entry(State.CLOSED, proof_at=deadline + GRACE + timedelta(seconds=1), closed_at=NOW)
    on_site = entry(State.CLOSED, closed_at=deadline - DAY)

    numbers = count([just, late, on_site], NOW, GRACE)

    assert numbers.in_time == Fraction(2, 3)
    assert numbers.rectified == Fraction(3, 3)


def test_the_middle_of_the_days_is_told_and_of_nothing_there_is_none() -> None:
    rows = [entry(State.CLOSED, closed_at=NOW - 5 * DAY + timedelta(days=days)) for days in (1, 2, 5)]

    assert count(rows, NOW, GRACE).days == Decimal("2.0")
    assert count([entry(State.ASSIGNED)], NOW, GRACE).days is None
    assert count([], NOW, GRACE).rectified.percent == "—"


def test_returns_count_once_an_entry_and_only_of_what_was_answered() -> None:
    rows = [
        entry(State.RETURNED, returns=3, answered=True),
        entry(State.SUBMITTED, answered=True, round=2),
        entry(State.ASSIGNED),
    ]

    numbers = count(rows, NOW, GRACE)

    assert numbers.returned == Fraction(1, 2)
    assert numbers.again == 1


CONTACT = Grant(Role.CONTACT, region="延津县")
INSPECTOR = Grant(Role.INSPECTOR, group="county/1")
OFFICE = Grant(Role.OFFICE, track="county")
OVERSIGHT = Grant(Role.OVERSIGHT)
LEADER = Grant(Role.CITY_LEADER)
COVERT = Grant(Role.INSPECTOR, group="county/0")


def kinds(actor: Actor, campaign: Campaign) -> dict[ScopeKind, list[str]]:
    found: dict[ScopeKind, list[str]] = {}
    for scope in scopes_of(actor, campaign):
        found.setdefault(scope.kind, []).append(scope.key)
    return found


def test_everybody_reads_the_numbers_of_what_is_theirs(campaign: Campaign) -> None:
    def of(*grants: Grant) -> dict[ScopeKind, list[str]]:
        return kinds(Actor(1, grants), campaign)

    assert of(CONTACT) == {ScopeKind.REGION: ["延津县"]}
    assert of(Grant(Role.TOWNSHIP, region="延津县", township="王楼镇")) == {}
    assert of(Grant(Role.ADMIN)) == {}
    assert of(INSPECTOR)[ScopeKind.GROUP] == ["county/1"]
    assert set(of(INSPECTOR)[ScopeKind.REGION]) == set(campaign.group("county/1").regions)
    assert of(OFFICE)[ScopeKind.TRACK] == ["county"]
    assert all(campaign.region(name).track == "county" for name in of(OFFICE)[ScopeKind.REGION])
    assert ScopeKind.GROUP not in of(LEADER)
    assert len(of(LEADER)[ScopeKind.REGION]) == len(campaign.regions)


def test_a_covert_group_stands_in_nobody_s_list_but_its_own_and_its_office_s(campaign: Campaign) -> None:
    covert = campaign.covert_group()
    assert covert is not None

    assert covert.key not in kinds(Actor(1, (OVERSIGHT,)), campaign)[ScopeKind.GROUP]
    assert kinds(Actor(1, (Grant(Role.INSPECTOR, group=covert.key),)), campaign) == {
        ScopeKind.GROUP: [covert.key]
    }
    assert covert.key not in groups_covered(Actor(1, (OVERSIGHT, OFFICE)), campaign)


def test_where_nobody_has_looked_is_never_told_to_the_county_s_side(campaign: Campaign) -> None:
    assert groups_covered(Actor(1, (CONTACT,)), campaign) == ()
    assert groups_covered(Actor(1, (LEADER,)), campaign) == ()
    assert groups_covered(Actor(1, (INSPECTOR,)), campaign) == ("county/1",)
    assert "county/1" not in groups_covered(Actor(1, (INSPECTOR, CONTACT)), campaign)
    assert "county/1" not in groups_covered(
        Actor(1, (OFFICE, Grant(Role.TOWNSHIP, region="延津县", township="王楼镇"))), campaign
    )
