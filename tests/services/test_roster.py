"""A roster is taken whole or not at all; its cells are read as offices write them (SPEC §1)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from bot.domain.permissions import Role
from bot.ledger.desk import Work
from bot.ledger.tables import invitations, outbox, rosters
from bot.services.people import roster
from bot.services.people.roster_cells import Line
from bot.services.refusals import NotYours, RosterFaults
from tests.services.conftest import Office

COLUMNS = {"name": "A", "post": "B", "identity": "C", "scope": "D"}
GOOD = Line(2, "张一", "科长", "联系人", "延津县")


def take(office: Office, who: int, *lines: Line) -> None:
    """Hand in a roster."""
    office.does(who, roster.take, who + 1000, 5, lines, "花名册.xlsx", COLUMNS)


def count(office: Office, table: Any) -> int:
    """Rows of a table."""

    def read(work: Work) -> int:
        return work.connection.execute(select(func.count()).select_from(table)).scalar_one()

    return office.desk.do_now(read)


@pytest.fixture
def county(office: Office) -> int:
    """An office member of the county track."""
    return office.member("办乙", Role.OFFICE, track="county")


@pytest.mark.parametrize(
    ("identity", "scope", "expected"),
    [
        ("组长", "县(市)第一督查小组", ("inspector", "county/1", None, None, True, False)),
        ("督查组组长", "县（市）第一督查小组", ("inspector", "county/1", None, None, True, False)),
        ("牵头负责人", "第二组", ("inspector", "county/2", None, None, True, False)),
        ("包区领导", "3组", ("inspector", "county/3", None, None, False, False)),
        ("组员", "第四督查小组", ("inspector", "county/4", None, None, False, False)),
        ("成员", "督查暗访组", ("inspector", "county/0", None, None, False, False)),
        ("联系人", "延津", ("contact", None, "延津县", None, False, False)),
        ("副联系人", "卫辉市", ("contact", None, "卫辉市", None, False, True)),
        ("乡镇联系人", "延津县王楼镇", ("township", None, "延津县", "王楼镇", False, False)),
        ("攻坚办", "", ("office", None, None, None, False, False)),
        ("市领导", "", ("city_leader", None, None, None, False, False)),
    ],
)
def test_identities_and_scopes_are_read_as_offices_write_them(
    office: Office, county: int, identity: str, scope: str, expected: tuple[Any, ...]
) -> None:
    take(office, county, Line(2, "张一", "科长", identity, scope))

    def read(work: Work) -> Any:
        return work.connection.execute(select(invitations)).one()

    row = office.desk.do_now(read)
    assert (row.role, row.group_key, row.region, row.township, row.leader, row.deputy) == expected
    assert (row.name, row.post, row.uses) == ("张一", "科长", 1)


@pytest.mark.parametrize(
    ("line", "cell", "why"),
    [
        (Line(3, "", "科长", "联系人", "延津县"), "A3", "name"),
        (Line(3, "王二", "", "科长", "延津县"), "C3", "identity"),
        (Line(3, "王二", "", "组长", "第九组"), "D3", "scope_inspector"),
        (Line(3, "王二", "", "组长", "第零组"), "D3", "scope_inspector"),
        (Line(3, "王二", "", "联系人", "新乡"), "D3", "scope_contact"),
        (Line(3, "王二", "", "联系人", "红旗区"), "D3", "not_yours"),
        (Line(3, "王二", "", "乡镇联系人", "城关镇"), "D3", "scope_township"),
        (Line(3, "王二", "", "攻坚办", "市城管局"), "D3", "not_yours"),
        (Line(3, "王二", "", "敢转争", ""), "D3", "not_yours"),
        (Line(3, "张一", "科长", "联系人", "延津县"), "A3", "twice"),
    ],
)
def test_an_error_is_named_by_its_cell_and_nothing_is_stored(
    office: Office, county: int, line: Line, cell: str, why: str
) -> None:
    with pytest.raises(RosterFaults) as refused:
        take(office, county, GOOD, line)

    assert [(one["cell"], one["why"]) for one in refused.value.values["faults"]] == [(cell, why)]
    assert count(office, invitations) == count(office, rosters) == count(office, outbox) == 0


def test_ten_errors_are_listed_and_the_others_counted(office: Office, county: int) -> None:
    lines = [Line(number, f"甲{number}", "", "科长", "") for number in range(2, 25)]

    with pytest.raises(RosterFaults) as refused:
        take(office, county, *lines)

    assert len(refused.value.values["faults"]) == 10
    assert refused.value.values["more"] == 13


def test_an_empty_roster_is_refused(office: Office, county: int) -> None:
    with pytest.raises(RosterFaults):
        take(office, county)


def test_who_is_no_office_cannot_send_one(office: Office) -> None:
    inspector = office.member("李甲", Role.INSPECTOR, track="county", group_key="county/1", leader=True)

    with pytest.raises(NotYours):
        take(office, inspector, GOOD)


def test_the_same_roster_twice_makes_no_second_link(office: Office, county: int) -> None:
    take(office, county, GOOD)

    take(office, county, GOOD, Line(3, "王二", "科员", "副联系人", "延津县"))

    assert count(office, invitations) == 2


def test_who_has_joined_gets_no_new_link(office: Office, county: int) -> None:
    office.member("张一", Role.CONTACT, track="county", region="延津县")

    take(office, county, GOOD)

    assert count(office, invitations) == 0


def test_new_links_for_the_missing_kill_the_old_ones(office: Office, county: int) -> None:
    take(office, county, GOOD)

    def first(work: Work) -> int:
        return work.connection.execute(select(rosters.c.id)).scalar_one()

    office.does(county, roster.again, office.desk.do_now(first), county + 1000)

    def read(work: Work) -> list[Any]:
        return list(work.connection.execute(select(invitations).order_by(invitations.c.id)).all())

    old, new = office.desk.do_now(read)
    assert old.revoked_at is not None
    assert new.revoked_at is None
    assert (new.name, new.region, new.roster_id) == ("张一", "延津县", 1)


def test_another_tracks_office_cannot_renew_the_links(office: Office, county: int) -> None:
    district = office.member("城己", Role.OFFICE, track="district")
    take(office, county, GOOD)

    with pytest.raises(NotYours):
        office.does(district, roster.again, 1, district + 1000)
