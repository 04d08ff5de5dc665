"""Who may write and read the papers of an office: the table, for everybody."""

from __future__ import annotations

import pytest

from bot.domain.paper_rights import PaperAct, may_paper, tracks_issued
from bot.domain.permissions import NOBODY, Actor, Grant, Role

EVERYBODY = {
    "a group's leader": Grant(Role.INSPECTOR, track="county", group="county/1", leader=True),
    "a contact": Grant(Role.CONTACT, region="延津县"),
    "a township": Grant(Role.TOWNSHIP, region="延津县", township="王楼镇"),
    "the office": Grant(Role.OFFICE, track="county"),
    "the other office": Grant(Role.OFFICE, track="district"),
    "敢转争": Grant(Role.OVERSIGHT),
    "a city leader": Grant(Role.CITY_LEADER),
    "an admin": Grant(Role.ADMIN),
}


@pytest.mark.parametrize(
    ("act", "who"),
    [
        (PaperAct.ISSUE_BULLETIN, {"the office"}),
        (PaperAct.WRITE_FOLLOW_UP, {"敢转争"}),
        (PaperAct.READ_FOLLOW_UP, {"敢转争", "a city leader"}),
        (PaperAct.EXPORT, set(EVERYBODY) - {"the other office", "an admin"}),
    ],
)
def test_each_paper_is_for_those_of_the_table_alone(act: PaperAct, who: set[str]) -> None:
    found = {name for name, grant in EVERYBODY.items() if may_paper(act, Actor(1, (grant,)), "county")}

    assert found == who
    assert not may_paper(act, NOBODY, "county")


def test_somebody_of_two_offices_issues_the_bulletins_of_both() -> None:
    both = Actor(1, (Grant(Role.OFFICE, track="district"), Grant(Role.OFFICE, track="county")))

    assert tracks_issued(both) == ("district", "county")
    assert tracks_issued(Actor(1, (EVERYBODY["a contact"], EVERYBODY["敢转争"]))) == ()
