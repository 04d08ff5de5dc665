"""Leaving one role of several: what waited for the lost one is not sent, what was for the others is."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from bot.domain.entries import State
from bot.domain.permissions import Role
from bot.ledger import people
from bot.ledger.desk import Desk, Work
from bot.ledger.outbox import Kind, Priority
from bot.ledger.tables import outbox, roles
from bot.services.outgoing import say
from bot.services.people import membership
from tests.services.test_life import Cast


class Both:
    """Somebody of the county's office who inspects with a group of the other track as well."""

    def __init__(self, desk: Desk) -> None:
        self.cast = Cast.on(desk)
        self.desk, self.office = desk, self.cast.office
        self.person = self.office.member("双岗", Role.OFFICE, track="county")
        self.chat = self.person + 1000
        desk.do_now(
            lambda work: work.insert(
                roles, member_id=self.person, role="inspector", track="district", group_key="district/1",
                granted_at=work.now,
            )
        )  # fmt: skip

    def waits(self, text: str, **how: Any) -> None:
        """A message waits for the person."""
        values = how.pop("values", {})
        self.office.does(self.cast.first, say, self.chat, text, values, **how)

    def loses(self, role: Role) -> None:
        """One of the two roles ends."""

        def verb(work: Work) -> None:
            row = people.member(work, self.person)
            assert row is not None
            ended = [one for one in people.roles_of(work, self.person) if one.role == role]
            membership.end(work, row, ended, "removed")

        self.office.does(self.cast.first, verb)

    def states(self) -> dict[str, str]:
        """What became of the messages, by their text or method."""

        def verb(work: Work) -> dict[str, str]:
            rows = work.connection.execute(
                select(outbox.c.payload, outbox.c.state).where(
                    outbox.c.chat_id == self.chat, outbox.c.kind != Kind.CARD
                )
            ).all()
            return {row.payload.get("text") or row.payload["method"]: row.state for row in rows}

        found: dict[str, str] = self.desk.do_now(verb)
        return found


@pytest.fixture
def both(desk: Desk) -> Both:
    """Two roles of one person."""
    return Both(desk)


def test_what_was_for_the_lost_office_is_not_sent(both: Both) -> None:
    both.waits("bulletins.listed", values={"track": "县(市)"})
    both.waits("sources.verified")
    both.waits("tenday.urged", values={"track": "县(市)"}, priority=Priority.REMINDER)

    both.loses(Role.OFFICE)

    states = both.states()
    assert [states[one] for one in ("bulletins.listed", "sources.verified", "tenday.urged")] == ["stale"] * 3
    assert states["people.removed"] == "waiting"
    assert states["setMyCommands"] == "waiting"


def test_what_was_for_the_role_that_is_left_is_sent(both: Both) -> None:
    group = both.desk.world.campaign.group_title("district/1")
    both.waits("tenday.reminder", values={"group": group}, priority=Priority.REMINDER)
    both.waits("help.help")

    both.loses(Role.OFFICE)

    states = both.states()
    assert (states["tenday.reminder"], states["help.help"]) == ("waiting", "waiting")


def test_the_offices_words_go_on_when_the_group_is_left(both: Both) -> None:
    both.waits("bulletins.listed", values={"track": "县(市)"})
    both.waits("sources.verified")

    both.loses(Role.INSPECTOR)

    states = both.states()
    assert (states["bulletins.listed"], states["sources.verified"]) == ("waiting", "waiting")


def test_of_an_entry_that_is_seen_no_more_nothing_is_said(both: Both) -> None:
    entry = both.cast.entry(State.ASSIGNED, assigned_at=both.desk.clock.now())
    both.waits("entry.remarked", entry_id=entry)

    both.loses(Role.OFFICE)

    assert both.states()["entry.remarked"] == "stale"


def test_a_role_whose_message_names_nothing_is_in_doubt_and_not_sent(both: Both) -> None:
    both.waits("lists.in_private")

    both.loses(Role.OFFICE)

    assert both.states()["lists.in_private"] == "stale"
