"""Who may see and do what: the standings of every role, and the table against a second one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from bot.domain.campaign import Campaign, Group, GroupKind, Region, Track
from bot.domain.entries import Mode, State
from bot.domain.permissions import (
    MAY,
    NOBODY,
    Action,
    Actor,
    EntryFacts,
    Grant,
    Role,
    Standing,
    may,
    sees_names_of,
    standings,
)

ME, SOMEBODY = 7, 8

CAMPAIGN = Campaign(
    name="试点行动",
    first_day=date(2019, 4, 9),
    last_day=date(2019, 7, 17),
    zone=ZoneInfo("Asia/Shanghai"),
    tracks=(Track("county", "县", "市农业农村局", "县(市)"), Track("district", "区", "市城管局", "区")),
    regions=(
        Region("甲县", "county", ("甲",)),
        Region("乙县", "county", ("乙",)),
        Region("丙区", "district", ("丙",)),
    ),
    groups=(
        Group("county", 0, GroupKind.COVERT, "督查暗访组", ("甲县", "乙县", "丙区")),
        Group("county", 1, GroupKind.REGIONAL, "第一督查小组", ("甲县",)),
        Group("county", 2, GroupKind.REGIONAL, "第二督查小组", ("乙县",)),
    ),
)

OPEN = EntryFacts(
    state=State.ASSIGNED,
    mode=Mode.OPEN,
    track="county",
    group="county/1",
    region="甲县",
    filer_id=SOMEBODY,
    checker="county/1",
    assigned_once=True,
    handed_over=False,
    passed_to="东乡",
)
HIDDEN = replace(
    OPEN,
    state=State.FILED,
    mode=Mode.COVERT,
    group="county/0",
    checker=None,
    assigned_once=False,
    passed_to=None,
)
HANDED_OVER = replace(HIDDEN, state=State.ASSIGNED, assigned_once=True, handed_over=True)

WHO = {
    "stranger": NOBODY,
    "newcomer": Actor(ME),
    "inspector": Actor(ME, (Grant(Role.INSPECTOR, "county", "county/1"),)),
    "leader": Actor(ME, (Grant(Role.INSPECTOR, "county", "county/1", leader=True),)),
    "other group": Actor(ME, (Grant(Role.INSPECTOR, "county", "county/2"),)),
    "covert group": Actor(ME, (Grant(Role.INSPECTOR, "county", "county/0"),)),
    "contact": Actor(ME, (Grant(Role.CONTACT, region="甲县"),)),
    "other contact": Actor(ME, (Grant(Role.CONTACT, region="乙县"),)),
    "township": Actor(ME, (Grant(Role.TOWNSHIP, region="甲县", township="东乡"),)),
    "other township": Actor(ME, (Grant(Role.TOWNSHIP, region="甲县", township="西乡"),)),
    "office": Actor(ME, (Grant(Role.OFFICE, "county"),)),
    "other office": Actor(ME, (Grant(Role.OFFICE, "district"),)),
    "oversight": Actor(ME, (Grant(Role.OVERSIGHT),)),
    "city leader": Actor(ME, (Grant(Role.CITY_LEADER),)),
    "admin": Actor(ME, (Grant(Role.ADMIN),)),
}

SEES_OPEN = {
    "inspector", "leader", "covert group", "contact", "township", "office", "oversight", "city leader",
}  # fmt: skip
SEES_HIDDEN = {"covert group", "office"}
SEES_HANDED_OVER = {
    "inspector", "leader", "covert group", "contact", "office", "oversight", "city leader",
}  # fmt: skip


@pytest.mark.parametrize("name", list(WHO))
@pytest.mark.parametrize(
    ("facts", "seers"),
    [(OPEN, SEES_OPEN), (HIDDEN, SEES_HIDDEN), (HANDED_OVER, SEES_HANDED_OVER)],
    ids=["open", "covert", "handed over"],
)
def test_an_entry_exists_only_for_those_who_may_see_it(name: str, facts: EntryFacts, seers: set[str]) -> None:
    having = standings(WHO[name], facts, CAMPAIGN)

    assert may(Action.SEE, having) is (name in seers)


@pytest.mark.parametrize("name", list(WHO))
def test_a_draft_is_its_filers_alone(name: str) -> None:
    draft = replace(OPEN, state=State.DRAFT, region=None, assigned_once=False)

    others = standings(WHO[name], draft, CAMPAIGN)
    own = standings(WHO[name], replace(draft, filer_id=ME), CAMPAIGN)

    assert not others
    assert own == (frozenset({Standing.FILER}) if name in ("inspector", "leader") else frozenset())


NEVER_THE_COUNTY = {
    Action.CLOSE, Action.RETURN, Action.REOPEN, Action.UNDO_CHECK, Action.FIX_ON_SITE, Action.VOID,
    Action.DEFER, Action.REASSIGN, Action.DECIDE_EXTENSION, Action.DECIDE_NOT_OURS, Action.EDIT,
    Action.HAND_OVER, Action.PASS_CHECK, Action.ASSIGN, Action.LINK, Action.URGE, Action.REVISIT,
    Action.WITHDRAW,
}  # fmt: skip
INSPECTOR = Grant(Role.INSPECTOR, "county", "county/1", leader=True)
CONTACT = Grant(Role.CONTACT, region="甲县")


@pytest.mark.parametrize("facts", [OPEN, replace(OPEN, group=None, checker=None)], ids=["group", "office"])
@pytest.mark.parametrize("grant", [Grant(Role.INSPECTOR, "county", "county/2"), CONTACT, Grant(Role.ADMIN)])
def test_who_filed_as_somebody_else_is_the_filer_no_longer(facts: EntryFacts, grant: Grant) -> None:
    having = standings(Actor(ME, (grant,)), replace(facts, filer_id=ME), CAMPAIGN)

    assert Standing.FILER not in having


@pytest.mark.parametrize("grant", [Grant(Role.OFFICE, "district"), Grant(Role.OVERSIGHT)])
def test_who_filed_for_no_group_is_the_filer_while_of_an_office_or_the_supervisors(grant: Grant) -> None:
    having = standings(Actor(ME, (grant,)), replace(OPEN, group=None, filer_id=ME), CAMPAIGN)

    assert Standing.FILER in having


@pytest.mark.parametrize("other", [INSPECTOR, Grant(Role.OFFICE, "county"), Grant(Role.OVERSIGHT)])
@pytest.mark.parametrize("county", [CONTACT, Grant(Role.TOWNSHIP, region="甲县", township="西乡")])
@pytest.mark.parametrize("state", [state for state in State if state is not State.DRAFT])
@pytest.mark.parametrize("action", sorted(NEVER_THE_COUNTY))
def test_who_answers_for_a_region_moves_nothing_of_it_for_the_other_side(
    other: Grant, county: Grant, state: State, action: Action
) -> None:
    both = Actor(ME, (other, county))

    for facts in (OPEN, HIDDEN, HANDED_OVER):
        entry = replace(facts, state=state, filer_id=ME, group="county/1", checker="county/1")
        assert not may(action, standings(both, entry, CAMPAIGN))


def test_who_answers_for_a_region_inspects_the_others_as_before() -> None:
    both = Actor(ME, (INSPECTOR, CONTACT))
    entry = replace(OPEN, region="乙县", filer_id=ME)

    having = standings(both, entry, CAMPAIGN)

    assert may(Action.CLOSE, having)
    assert may(Action.EDIT, having)


def test_who_answers_for_a_region_still_sees_what_either_role_sees() -> None:
    both = Actor(ME, (INSPECTOR, CONTACT))

    hidden = standings(both, replace(HIDDEN, group="county/1"), CAMPAIGN)
    assigned = standings(both, OPEN, CAMPAIGN)

    assert may(Action.SEE, hidden)
    assert may(Action.ACKNOWLEDGE, assigned)
    assert sees_names_of(assigned, "group")


@pytest.mark.parametrize("state", list(State))
def test_the_county_knows_an_entry_from_assignment_on(state: State) -> None:
    contact = WHO["contact"]

    never = standings(contact, replace(OPEN, state=state, assigned_once=False), CAMPAIGN)
    once = standings(contact, replace(OPEN, state=state), CAMPAIGN)

    assert not never
    assert bool(once) is (state not in (State.DRAFT, State.FILED))


# what each standing alone may do, beside looking: SPEC §1 «Roles» and §2, written down a second time
CAN: dict[Standing, set[str]] = {
    Standing.FILER: {"edit", "withdraw", "assign", "add_photo", "link", "remark"},
    Standing.GROUP: {"add_photo", "fix_on_site", "remark"},
    Standing.GROUP_LEADER: {"assign", "hand_over", "remark", "urge"},
    Standing.REGION_GROUP: {"remark"},
    Standing.CHECKER: {
        "add_photo", "fix_on_site", "close", "return", "reopen", "revisit", "undo_check", "link", "remark",
    },
    Standing.CHECK_LEADER: {"decide_extension", "urge", "remark"},
    Standing.OFFICE: {
        "edit", "assign", "hand_over", "pass_check", "add_photo", "fix_on_site", "close", "return", "reopen",
        "revisit", "undo_check", "decide_extension", "decide_not_ours", "reassign", "defer", "void", "link",
        "urge", "remark",
    },
    Standing.CONTACT: {
        "acknowledge", "submit", "ask_extension", "say_not_ours", "pass_on", "forward", "set_officers",
        "undo_county", "remark",
    },
    Standing.TOWNSHIP: {"township_proof", "forward", "remark"},
    Standing.BOTH_SIDES: {"add_photo", "remark"},
    Standing.OVERSIGHT: set(),
    Standing.CITY_LEADER: set(),
}  # fmt: skip


@pytest.mark.parametrize("standing", list(Standing))
def test_each_standing_may_do_what_the_notice_gives_it(standing: Standing) -> None:
    known = set().union(*CAN.values())

    found = {action.value for action in Action if may(action, frozenset({standing}))} & known

    assert found == CAN[standing]


@pytest.mark.parametrize("action", sorted(NEVER_THE_COUNTY))
def test_what_the_checking_side_and_the_office_do_the_county_never_does(action: Action) -> None:
    assert not MAY[action] & {Standing.CONTACT, Standing.TOWNSHIP}


def test_every_action_has_its_row_in_the_table() -> None:
    assert set(MAY) == set(Action)


@pytest.mark.parametrize(
    ("standing", "group_names", "county_names"),
    [
        (Standing.GROUP, True, False),
        (Standing.CHECKER, True, False),
        (Standing.REGION_GROUP, True, False),
        (Standing.CONTACT, False, True),
        (Standing.TOWNSHIP, False, True),
        (Standing.OFFICE, True, True),
        (Standing.OVERSIGHT, False, False),
        (Standing.CITY_LEADER, False, False),
    ],
)
def test_names_are_for_ones_own_side_and_the_office(
    standing: Standing, group_names: bool, county_names: bool
) -> None:
    having = frozenset({standing})

    assert sees_names_of(having, "group") is group_names
    assert sees_names_of(having, "county") is county_names


def test_admin_sees_no_entries_but_may_file_under_another_role() -> None:
    both = Actor(ME, (Grant(Role.ADMIN), Grant(Role.INSPECTOR, "county", "county/1")))

    assert not standings(WHO["admin"], OPEN, CAMPAIGN)
    assert Standing.GROUP in standings(both, OPEN, CAMPAIGN)
