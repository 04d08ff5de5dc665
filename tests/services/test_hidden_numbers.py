"""The number of a covert entry before its hand-over, named in words about another entry."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from bot.domain.entries import State
from bot.domain.permissions import Role
from bot.ledger import entries as book
from bot.ledger import events
from bot.ledger.desk import Desk, Work
from bot.ledger.tables import cards, outbox
from bot.services.checking import check
from bot.services.looking import history
from bot.services.scoring import entering, items, windows
from bot.services.scoring.lines import spoken
from tests.services.test_life import Cast

COVERT = "暗-0412-01"
SAID = f"与{COVERT}同一处，仍有垃圾"
TOLD = "与另一条同一处，仍有垃圾"


@pytest.fixture
def cast(desk: Desk) -> Cast:
    """The cast, and a covert entry of the group's own."""
    cast = Cast.on(desk)
    cast.entry(State.FILED, number=COVERT, mode="covert", checker=None)
    return cast


def handed_over(cast: Cast, state: State) -> int:
    """An entry that the county has."""
    now = cast.office.desk.clock.now()
    entry_id = cast.entry(state, assigned_at=now, submitted_at=now if state is State.SUBMITTED else None)

    def verb(work: Work) -> None:
        work.insert(
            cards, chat_id=cast.contact + 1000, kind="county", subject=f"entry:{entry_id}",
            entry_id=entry_id, member_id=cast.contact, wanted=1, message_id=500,
        )  # fmt: skip

    cast.office.desk.do_now(verb)
    return entry_id


def test_the_reason_of_a_return_names_no_hidden_entry(cast: Cast) -> None:
    entry_id = handed_over(cast, State.SUBMITTED)

    cast.office.does(cast.leader, check.send_back, entry_id, 0, "other", SAID)

    def said(work: Work) -> list[Any]:
        found = work.connection.execute(
            select(outbox.c.payload).where(outbox.c.chat_id == cast.contact + 1000)
        ).scalars()
        return [payload["values"]["words"] for payload in found if payload and "words" in payload["values"]]

    assert cast.office.desk.do_now(said) == [TOLD]


def test_a_remark_is_read_with_the_number_by_those_only_who_may_know_it(cast: Cast) -> None:
    entry_id = handed_over(cast, State.ASSIGNED)
    watch = cast.office.member("周戌", Role.OVERSIGHT)
    cast.office.does(
        cast.leader,
        lambda work: events.record(
            work, "remark", entry_id=entry_id, body="group:county/1", data={"text": SAID}
        ),
    )

    def read(work: Work) -> list[str]:
        row = book.get(work, entry_id)
        assert row is not None
        return [line["words"] for line in history.visible(work, row) if line["words"]]

    assert cast.office.does(watch, read) == [TOLD]
    assert cast.office.does(cast.first, read) == [SAID]
    assert cast.office.does(cast.leader, read) == [SAID]


def test_the_reason_of_a_score_that_the_county_reads_names_no_hidden_entry(cast: Cast) -> None:
    def given(work: Work) -> list[Any]:
        window = windows.current(work)
        entering.enter(work, window, spoken(f"延津 群众举报 -1 {SAID}"), origin="chat")
        return [one.reason for one in items.of_region(work, "county", window.key, "延津县")]

    assert cast.office.does(cast.first, given) == [TOLD]
