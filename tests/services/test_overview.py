"""「概况」 and 「覆盖」 out of a real ledger: what is hidden is in no number, for nobody (SPEC §1, §6)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.domain.entries import Mode, State
from bot.domain.overview import Scope, ScopeKind
from bot.domain.permissions import Role
from bot.ledger.desk import Work
from bot.ledger.tables import cards, entries, outbox
from bot.services import faces
from bot.services.overview import card, counting, coverage
from bot.services.refusals import NotYours
from tests.services.conftest import START, Office

DAY = timedelta(days=1)


def put(office: Office, number: str, **more: Any) -> int:
    """An entry of the first group in 延津县, handed over and overdue, unless told otherwise."""

    def verb(work: Work) -> int:
        values: dict[str, Any] = {
            "number": number,
            "state": State.ASSIGNED.value,
            "kind": "issue",
            "track": "county",
            "group_key": "county/1",
            "filer_id": filer,
            "chat_id": filer + 1000,
            "source": "inspection",
            "mode": Mode.OPEN.value,
            "region": "延津县",
            "township": "王楼镇",
            "village": "任庄村",
            "category": "garbage.domestic",
            "description": "村口垃圾堆",
            "found_at": START - 2 * DAY,
            "created_at": START - 2 * DAY,
            "touched_at": START - 2 * DAY,
            "assigned_at": START - 2 * DAY,
            "deadline": START - DAY,
            "checker": "county/1",
        }
        return work.insert(entries, **{**values, **more})

    filer = office.filer  # type: ignore[attr-defined]
    return int(office.desk.do_now(verb))


@pytest.fixture
def ledger(office: Office) -> Office:
    """Five open entries, one covert before hand-over, one only filed, one void."""
    office.filer = office.member("李甲", Role.INSPECTOR, group_key="county/1")  # type: ignore[attr-defined]
    put(office, "县1-0410-01")
    put(office, "县1-0410-02", state=State.CLOSED.value, closed_at=START - DAY, proof_sent_at=START - 2 * DAY,
        submitted_at=START - 2 * DAY)  # fmt: skip
    put(office, "县1-0410-03", state=State.VOID.value)
    put(office, "县1-0412-01", state=State.FILED.value, assigned_at=None, deadline=None, found_at=START)
    put(
        office, "暗-0410-01", mode=Mode.COVERT.value, state=State.FILED.value, assigned_at=None,
        deadline=None, township="司寨乡", village="平陵村",
    )  # fmt: skip
    return office


def shown(office: Office, member: int, kind: str, verb: Any, panel: str | None = None) -> Any:
    """What a member's card of a kind shows."""
    chat = member + 1000
    office.does(member, verb, chat, chat)

    def face(work: Work) -> Any:
        row = work.connection.execute(
            cards.select().where(cards.c.chat_id == chat, cards.c.kind == kind)
        ).one()
        if panel is not None:
            work.connection.execute(cards.update().where(cards.c.id == row.id).values(panel=panel))
            row = work.connection.execute(cards.select().where(cards.c.id == row.id)).one()
        return faces.FACES[kind](work, row)

    return office.does(member, face)


def test_covert_entries_before_hand_over_are_in_nobody_s_numbers(ledger: Office) -> None:
    readers = [
        ledger.member("王乙", Role.OFFICE, track="county"),
        ledger.member("赵丙", Role.OVERSIGHT),
        ledger.filer,  # type: ignore[attr-defined]
    ]

    for reader in readers:
        numbers = shown(ledger, reader, card.KIND, card.show).values["numbers"]
        assert (numbers["found"], numbers["closed"], numbers["overdue"]) == (3, 1, 1)
        assert numbers["rectified"] == {"part": 1, "whole": 2, "percent": "50%"}
        assert numbers["void_due"] == 1


def test_a_contact_counts_only_what_was_handed_over_and_reads_no_closing_rate(ledger: Office) -> None:
    contact = ledger.member("孙丁", Role.CONTACT, region="延津县")

    face = shown(ledger, contact, card.KIND, card.show)

    assert face.values["scope"] == "延津县"
    assert face.values["numbers"]["found"] == 2
    assert face.values["numbers"]["closing"] is None
    assert all(button.label != "other_scope" for row in face.buttons for button in row)


def test_the_office_reads_the_closing_rate_and_a_span_without_finds_says_so(ledger: Office) -> None:
    office = ledger.member("王乙", Role.OFFICE, track="county")

    whole = shown(ledger, office, card.KIND, card.show)
    before = shown(ledger, office, card.KIND, card.show, "0.before")

    assert whole.values["numbers"]["closing"] == {"part": 1, "whole": 3, "percent": "33.33%"}
    assert whole.picture is not None
    assert before.values["span"] == "all"  # there is no period before the first


def test_who_sees_no_entries_gets_no_numbers(ledger: Office) -> None:
    admin = ledger.member("周戊", Role.ADMIN)
    township = ledger.member("吴己", Role.TOWNSHIP, region="延津县", township="王楼镇")

    for reader in (admin, township):
        with pytest.raises(NotYours):
            ledger.does(reader, card.show, reader + 1000, reader + 1000)
    with pytest.raises(NotYours):
        ledger.does(township, card.turn, township + 1000, 1, "0.all")


def test_townships_not_visited_stand_first_by_how_long_nobody_was_there(ledger: Office, clock: Any) -> None:
    clock.advance(8 * DAY)  # the next period

    face = shown(ledger, ledger.filer, coverage.KIND, coverage.show)  # type: ignore[attr-defined]

    values = face.values
    assert values["townships_seen"] == 0
    assert values["rows"][0]["last"] is None
    all_rows = []
    for page in range(10):
        more = shown(ledger, ledger.filer, coverage.KIND, coverage.show, f"0.l.{page}")  # type: ignore[attr-defined]
        all_rows += [row for row in more.values["rows"] if row not in all_rows]
    assert all_rows[-1] == {
        "region": "延津县", "township": "王楼镇", "last": "2019-04-12", "villages": 35, "seen": 1,
    }  # fmt: skip
    assert len(all_rows) == values["townships"]


def test_a_covert_visit_leaves_its_township_unvisited_for_everybody(ledger: Office) -> None:
    office = ledger.member("王乙", Role.OFFICE, track="county")

    def left(work: Work) -> list[tuple[str, bool]]:
        found = coverage.of_group(work, "county/1", coverage.current(work))
        return [(one.name, one.here_now) for one in found if one.name in ("王楼镇", "司寨乡")]

    assert dict(ledger.does(office, left)) == {"王楼镇": True, "司寨乡": False}


def test_the_round_for_tomorrow_names_townships_with_their_villages(ledger: Office) -> None:
    member = ledger.filer  # type: ignore[attr-defined]

    ledger.does(member, coverage.turn, member + 1000, 1, "0.r.0")

    payload = ledger.desk.do_now(
        lambda work: (
            work.connection.execute(outbox.select().order_by(outbox.c.id.desc()).limit(1)).one().payload
        )
    )
    stops = payload["values"]["stops"]
    assert len(stops) == coverage.STOPS
    assert all(1 <= len(stop["villages"]) <= coverage.STOP_VILLAGES for stop in stops)
    assert "王楼镇" not in {stop["township"] for stop in stops}


def test_the_county_s_side_learns_nothing_of_the_coverage(ledger: Office) -> None:
    contact = ledger.member("孙丁", Role.CONTACT, region="延津县")

    with pytest.raises(NotYours):
        ledger.does(contact, coverage.show, contact + 1000, contact + 1000)
    with pytest.raises(NotYours):
        ledger.does(contact, coverage.turn, contact + 1000, 1, "0.g.0")


def test_a_groups_numbers_do_not_tell_who_made_a_covert_visit(ledger: Office) -> None:
    overseer = ledger.member("督导", Role.OVERSIGHT)
    clerk = ledger.member("攻坚办", Role.OFFICE, track="county")
    scope = Scope(ScopeKind.GROUP, "county/1")

    def found(work: Work) -> int:
        return len(counting.rows_of(work, scope, counting.Span()))

    before = [ledger.does(who, found) for who in (overseer, clerk)]
    put(ledger, "暗-0410-02", mode=Mode.COVERT.value, handed_over_at=START - DAY)

    assert [ledger.does(who, found) for who in (overseer, clerk)] == [before[0], before[1] + 1]
