"""Whoever inspects, or decides, and answers for the region as well: never both at once, and told once."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from bot.domain.entries import State
from bot.domain.permissions import Role
from bot.ledger import entries as book
from bot.ledger import people
from bot.ledger.desk import Desk, Work
from bot.ledger.tables import cards, outbox, requests, roles
from bot.services import telling
from bot.services.counties import requests as asking
from bot.services.offices import office as powers
from bot.services.offices import seconds
from bot.services.refusals import NotYours
from tests.services.conftest import Office
from tests.services.test_life import OTHER, REGION, Cast


@pytest.fixture
def cast(desk: Desk) -> Cast:
    """The cast on a fresh ledger."""
    return Cast.on(desk)


def also(office: Office, member_id: int, role: Role, **scope: Any) -> None:
    """A second role for a member."""

    def verb(work: Work) -> None:
        work.insert(roles, member_id=member_id, role=role.value, granted_at=work.now, **scope)

    office.desk.do_now(verb)


def assigned(cast: Cast, state: State = State.ASSIGNED, **values: Any) -> int:
    """An entry that the county has, with the contact's card."""
    entry_id = cast.entry(state, assigned_at=cast.office.desk.clock.now(), **values)

    def verb(work: Work) -> None:
        work.insert(
            cards, chat_id=cast.contact + 1000, kind="county", subject=f"entry:{entry_id}",
            entry_id=entry_id, member_id=cast.contact, wanted=1, message_id=500,
        )  # fmt: skip

    cast.office.desk.do_now(verb)
    return entry_id


def stands(cast: Cast, entry_id: int) -> Any:
    """An entry as it stands."""
    return cast.office.desk.do_now(lambda work: book.get(work, entry_id))


def said(cast: Cast, member_id: int, text: str) -> int:
    """How often a text was written to a member."""

    def verb(work: Work) -> int:
        found = work.connection.execute(
            select(outbox.c.payload).where(outbox.c.chat_id == member_id + 1000)
        ).scalars()
        return sum((payload or {}).get("text") == text for payload in found)

    return int(cast.office.desk.do_now(verb))


def test_a_leader_who_answers_for_the_region_is_not_asked_for_more_time(cast: Cast) -> None:
    entry_id = assigned(cast)
    also(cast.office, cast.leader, Role.CONTACT, region=REGION)

    def deciders(work: Work) -> list[int]:
        row = book.get(work, entry_id)
        assert row is not None
        return [person.member_id for person in asking.leaders(work, row)]

    assert cast.office.does(cast.contact, deciders) == []


def test_nobody_of_the_region_is_the_second_person_about_its_entry(cast: Cast) -> None:
    entry_id = assigned(cast, State.ACKNOWLEDGED, acknowledged_at=cast.office.desk.clock.now())
    third = cast.office.member("吴庚", Role.OFFICE, track="county")
    also(cast.office, cast.second, Role.CONTACT, region=REGION)

    cast.office.does(cast.first, powers.defer, entry_id, 0, "weather")

    def asked(work: Work) -> set[int]:
        found = work.connection.execute(select(cards.c.member_id).where(cards.c.kind == "second")).scalars()
        return set(found)

    assert cast.office.desk.do_now(asked) == {cast.first, third}
    with pytest.raises(NotYours):
        cast.office.does(cast.second, seconds.agree, 1)
    with pytest.raises(NotYours):
        cast.office.does(cast.second, seconds.disagree, 1)
    cast.office.does(third, seconds.agree, 1)
    assert stands(cast, entry_id).state == State.DEFERRED


def test_where_only_the_regions_own_could_agree_the_office_is_one_person(cast: Cast) -> None:
    entry_id = assigned(cast, State.ACKNOWLEDGED, acknowledged_at=cast.office.desk.clock.now())
    also(cast.office, cast.second, Role.CONTACT, region=REGION)

    cast.office.does(cast.first, powers.defer, entry_id, 0, "weather")

    held = cast.office.desk.do_now(
        lambda work: work.connection.execute(select(requests.c.hold_until)).scalar_one()
    )
    assert held is not None


def test_whoever_filed_and_answers_for_the_region_now_hears_a_line_once(cast: Cast) -> None:
    entry_id = assigned(cast)

    def filed_by_the_contact(work: Work) -> None:
        row = book.get(work, entry_id)
        assert row is not None
        fresh = book.change(work, row, filer_id=cast.contact)
        work.actor = people.actor_by_id(work, cast.first)
        telling.quiet_line(work, fresh, "entry.deferred", {"body": "", "reason": "weather", "words": ""})

    cast.office.does(cast.first, filed_by_the_contact)

    assert said(cast, cast.contact, "entry.deferred") == 1


def test_a_new_region_begins_with_its_own_officers(cast: Cast) -> None:
    first = assigned(cast, region=OTHER, township=None, number="县1-0412-90")
    cast.office.does(cast.other, _named, first)
    entry_id = assigned(cast, county_leader="旧县领导", section_officer="旧责任人")

    cast.office.does(cast.first, powers.reassign, entry_id, 0, OTHER)

    row = stands(cast, entry_id)
    assert (row.county_leader, row.section_officer) == ("甲某", None)


def _named(work: Work, entry_id: int) -> None:
    from bot.services.counties import officers

    row = book.get(work, entry_id)
    assert row is not None
    officers.keep(work, row, officers.Officers(leader="甲某", officer="乙某"))
