"""Who may do what about scores, as the table says it."""

from __future__ import annotations

import pytest

from bot.domain.permissions import MAY_SCORE, Actor, Grant, Role, ScoreAct, may_score

OFFICE = Actor(1, (Grant(Role.OFFICE, track="county"),))
CONTACT = Actor(2, (Grant(Role.CONTACT, region="延津县"),))
LEADER = Actor(3, (Grant(Role.INSPECTOR, group="county/1", leader=True),))
MEMBER = Actor(4, (Grant(Role.INSPECTOR, group="county/1"),))
OVERSIGHT = Actor(5, (Grant(Role.OVERSIGHT),))
ADMIN = Actor(6, (Grant(Role.ADMIN),))
TOWNSHIP = Actor(7, (Grant(Role.TOWNSHIP, region="延津县", township="王楼镇"),))


@pytest.mark.parametrize(
    ("actor", "act", "allowed"),
    [
        (OFFICE, ScoreAct.RUN, True),
        (OFFICE, ScoreAct.CONFIRM_RANKED, True),
        (OFFICE, ScoreAct.CONFIRM_WARNED, False),
        (OVERSIGHT, ScoreAct.CONFIRM_WARNED, True),
        (OVERSIGHT, ScoreAct.CONFIRM_RANKED, False),
        (OVERSIGHT, ScoreAct.RUN, False),
        (LEADER, ScoreAct.ENTER, True),
        (MEMBER, ScoreAct.ENTER, False),
        (LEADER, ScoreAct.DETAILS, False),
        (CONTACT, ScoreAct.ENTER, False),
        (ADMIN, ScoreAct.RUN, False),
        (ADMIN, ScoreAct.DETAILS, False),
        (TOWNSHIP, ScoreAct.DETAILS, False),
        (TOWNSHIP, ScoreAct.RANKING, True),
    ],
)
def test_roles_do_what_the_table_says(actor: Actor, act: ScoreAct, allowed: bool) -> None:
    assert may_score(act, actor, track="county", region="延津县") is allowed


def test_an_office_runs_its_own_track_only() -> None:
    assert not may_score(ScoreAct.RUN, OFFICE, track="district")


@pytest.mark.parametrize("act", [ScoreAct.DETAILS, ScoreAct.OBJECT])
def test_a_contact_reads_and_objects_for_its_own_region_only(act: ScoreAct) -> None:
    assert may_score(act, CONTACT, track="county", region="延津县")
    assert not may_score(act, CONTACT, track="county", region="封丘县")
    assert not may_score(act, CONTACT, track="county")


def test_every_act_has_its_roles() -> None:
    assert set(MAY_SCORE) == set(ScoreAct)
