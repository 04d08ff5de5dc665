"""A heap after the campaign: once, with its region heard, by two persons."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.clock import SteppedClock
from bot.domain.permissions import Role
from bot.ledger.desk import Work
from bot.ledger.tables import entries, heap_fines, outbox, photos, questions
from bot.services.incoming import Incoming
from bot.services.offices import seconds
from bot.services.questions import ANSWERS
from bot.services.refusals import NotYours, ScoreNotNow
from bot.services.scoring import fines
from tests.services.conftest import Office

AFTER = datetime(2019, 7, 22, 2, 0, tzinfo=UTC)  # a Monday


@pytest.fixture
def people(office: Office, clock: SteppedClock) -> dict[str, int]:
    """Two of the office, a contact; the campaign is over."""
    clock.move_to(AFTER)
    return {
        "chief": office.member("钱丁", Role.OFFICE, track="county"),
        "clerk": office.member("孙戊", Role.OFFICE, track="county"),
        "contact": office.member("王乙", Role.CONTACT, track="county", region="延津县"),
    }


def heap(office: Office, number: str = "长-20190722-01", count: int = 2, **more: Any) -> int:
    """An entry with photos, straight into the ledger."""

    def verb(work: Work) -> int:
        given: dict[str, Any] = {
            "state": "assigned", "track": "county", "region": "延津县", "township": "王楼镇", "spot": "村口",
            "found_at": work.now, "created_at": work.now, "touched_at": work.now, "assigned_at": work.now,
            "kind": "issue", **more,
        }  # fmt: skip
        entry_id = work.insert(entries, number=number, **given)
        for seq in range(count):
            work.insert(
                photos, entry_id=entry_id, kind="before", medium="photo", seq=seq + 1,
                file_id=f"f{entry_id}{seq}", file_unique_id=f"u{entry_id}{seq}", chat_id=1,
                message_id=entry_id * 10 + seq, sent_at=work.now, received_at=work.now,
            )  # fmt: skip
        return entry_id

    return office.desk.do_now(verb)


def row(office: Office) -> Any:
    return office.desk.look_now(lambda work: work.connection.execute(select(heap_fines)).first())


def said(office: Office, member: int) -> str:
    def read(work: Work) -> str:
        return str(
            work.connection.execute(select(outbox.c.payload).where(outbox.c.chat_id == member + 1000))
            .scalars()
            .all()
        )

    return office.desk.look_now(read)


def test_a_heap_is_proposed_once_and_its_region_is_told(office: Office, people: dict[str, int]) -> None:
    entry_id = heap(office)

    office.does(people["chief"], fines.propose, entry_id)

    with pytest.raises(NotYours):
        office.does(people["clerk"], fines.propose, entry_id)
    assert (row(office).state, row(office).yuan) == ("open", 100_000)
    assert row(office).objections_until == datetime(
        2019, 7, 25, 10, 0, tzinfo=UTC
    )  # the third working day, 18:00
    assert "scoring.fine_proposed" in said(office, people["contact"])


@pytest.mark.parametrize(
    "more",
    [
        {"count": 1},
        {"spot": None},
        {"found_at": datetime(2019, 7, 17, 2, 0, tzinfo=UTC)},
        {"state": "void"},
        {"mode": "covert"},
        {"track": "district", "region": "红旗区"},
    ],
)
def test_what_does_not_fulfil_the_rule_is_not_proposed(
    office: Office, people: dict[str, int], more: dict[str, Any]
) -> None:
    entry_id = heap(office, **more)

    with pytest.raises(NotYours):
        office.does(people["chief"], fines.propose, entry_id)


def test_before_the_end_of_the_campaign_nothing_costs_money(office: Office) -> None:
    chief = office.member("钱丁", Role.OFFICE, track="county")
    entry_id = heap(office)

    with pytest.raises(NotYours):
        office.does(chief, fines.propose, entry_id)


def test_two_persons_confirm_it_when_the_region_has_had_its_time(
    office: Office, people: dict[str, int], clock: SteppedClock
) -> None:
    office.does(people["chief"], fines.propose, heap(office))
    with pytest.raises(ScoreNotNow):
        office.does(people["chief"], fines.send, 1, 0)

    clock.advance(timedelta(days=4))
    office.does(people["chief"], fines.send, 1, 0)
    waits = row(office).state
    with pytest.raises(ScoreNotNow):
        office.does(people["chief"], fines.send, 1, 0)
    office.does(people["clerk"], seconds.agree, 1)

    assert waits == "open"
    assert row(office).state == "confirmed"
    assert '"total": 100000' in said(office, people["contact"]).replace("'", '"')


def test_an_objection_stops_it_until_the_office_has_answered(
    office: Office, people: dict[str, int], clock: SteppedClock
) -> None:
    office.does(people["chief"], fines.propose, heap(office))
    office.does(people["contact"], fines.ask_objection, 1, people["contact"] + 1000, None)

    def answers(work: Work) -> None:
        question = work.connection.execute(select(questions)).one()
        message = Incoming(people["contact"] + 1000, 9, people["contact"] + 1000, work.now, text="不在本县")
        ANSWERS["fine_objection"](work, question, message)

    office.does(people["contact"], answers)
    clock.advance(timedelta(days=4))
    with pytest.raises(ScoreNotNow):
        office.does(people["chief"], fines.send, 1, 0)
    office.does(people["chief"], fines.drop, 1, 0)

    assert row(office).objection == "不在本县"
    assert row(office).state == "dropped"
    assert "dropped" in said(office, people["contact"])
