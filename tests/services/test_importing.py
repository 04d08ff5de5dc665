"""An imported entry lives on like any other: its card goes out, it is signed for, checked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import select

from bot.domain.older import read_closed, read_moment
from bot.domain.permissions import Role
from bot.jobs.timetable import beat
from bot.ledger import entries as book
from bot.ledger.desk import Desk, Work
from bot.ledger.tables import cards, outbox
from bot.services import views
from bot.services.checking import check
from bot.services.counties import county
from bot.services.importing import storing
from bot.services.importing.reading import EVENING, Words
from tests.services.conftest import Office


@dataclass(frozen=True)
class Line:
    """A row as the workbook gives it."""

    row: int
    cells: dict[str, Any] = field(default_factory=dict)


WORDS = Words(
    states={"已交办": "assigned", "待核查": "submitted", "已销号": "closed"},
    sources={}, handlings={}, severities={}, categories={}, checks={}, voids={},
)  # fmt: skip
ROW = {"region": "延津县", "found_at": "2019-04-10", "description": "村口垃圾堆", "deadline": "2019-04-20"}


def read(desk: Desk, *lines: Line) -> storing.Trial:
    return storing.understood(desk.world, lines, WORDS, desk.clock.now())


def imported(desk: Desk, **cells: Any) -> int:
    line = Line(4, {**ROW, "number": "旧-1", **cells})
    desk.do_now(storing.take, read(desk, line), file="old.xlsx")
    found = desk.look_now(lambda work: book.by_number(work, "旧-1"))
    assert found is not None
    return int(found.id)


def state(desk: Desk, entry_id: int) -> Any:
    return desk.look_now(lambda work: book.get(work, entry_id))


def test_an_open_ones_card_goes_to_its_contact_who_signs_for_it(desk: Desk, office: Office) -> None:
    contact = office.member("周县", Role.CONTACT, region="延津县")
    entry = imported(desk)

    desk.do_now(beat)

    [card] = desk.look_now(
        lambda work: work.connection.execute(select(cards).where(cards.c.kind == "county")).all()
    )
    assert (card.chat_id, card.entry_id) == (contact + 1000, entry)
    shown = desk.look_now(lambda work: views.card(work, card.id))
    assert shown is not None
    assert shown.values["problem"] == "村口垃圾堆"
    assert state(desk, entry).undelivered_at is None
    office.does(contact, county.acknowledge, entry)
    assert state(desk, entry).state == "acknowledged"


def test_one_that_waits_for_its_check_is_closed_by_the_office_though_nobody_filed_it(
    desk: Desk, office: Office
) -> None:
    member = office.member("钱丁", Role.OFFICE, track="county")
    entry = imported(desk, state="待核查", submitted_at="2019-04-11")

    office.does(member, check.close, entry)
    desk.do_now(beat)

    assert state(desk, entry).state == "closed"


def test_nothing_is_told_of_what_is_closed_but_one_line_to_its_office(desk: Desk, office: Office) -> None:
    office.member("周县", Role.CONTACT, region="延津县")
    own = office.member("钱丁", Role.OFFICE, track="county") + 1000
    office.member("郑壬", Role.OFFICE, track="district")

    imported(desk, state="已销号", closed_at="2019-04-11")
    desk.do_now(beat)

    rows = desk.look_now(lambda work: work.connection.execute(select(outbox)).all())
    assert [(row.chat_id, row.payload["text"]) for row in rows] == [(own, "archive.imported")]


def test_a_refused_row_leaves_nothing_of_the_others(desk: Desk) -> None:
    good = Line(4, {**ROW, "number": "旧-1"})
    bad = Line(5, {**ROW, "number": "旧-2", "deadline": "没有"})

    with pytest.raises(storing.Refused):
        desk.do_now(storing.take, read(desk, good, bad), file="old.xlsx")

    def none(work: Work) -> bool:
        return book.by_number(work, "旧-1") is None

    assert desk.look_now(none)


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("2019-04-15", "2019-04-15T18:00:00"),
        ("2019/4/15 9:05", "2019-04-15T09:05:00"),
        ("2019.4.15", "2019-04-15T18:00:00"),
        ("2019年4月15日 17时30分", "2019-04-15T17:30:00"),
        ("4月15日", "2019-04-15T18:00:00"),
        (43570, "2019-04-15T18:00:00"),
        (43570.5, "2019-04-15T12:00:00"),
        ("2019-02-30", None),
        ("尽快", None),
        (3, None),
        (True, None),
    ],
)
def test_a_day_is_read_as_people_and_spreadsheets_write_it(cell: Any, read: str | None) -> None:
    found = read_moment(cell, year=2019, hour=EVENING)

    assert (found.isoformat() if found else None) == read


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("是（2019-04-20）", (True, "2019-04-20")),
        ("已销号", (True, None)),
        ("是", (True, None)),
        ("2019-04-20", (True, "2019-04-20")),
        ("否", (False, None)),
        ("未整改", (False, None)),
    ],
)
def test_a_closing_is_read_with_its_day(cell: str, read: tuple[bool, str | None]) -> None:
    assert read_closed(cell) == read
