"""Whoever scores a track and answers for one of its regions: nothing about that region is its to decide."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from bot.clock import SteppedClock
from bot.domain.permissions import Role
from bot.ledger.desk import Work
from bot.ledger.tables import (
    cards,
    entries,
    heap_fines,
    outbox,
    requests,
    roles,
    score_items,
    score_objections,
    score_sheets,
)
from bot.services import faces
from bot.services.incoming import Incoming
from bot.services.questions import ANSWERS
from bot.services.refusals import NotYours, ScoreNotNow
from bot.services.scoring import deciding, entering, fines, objections, periodcard, sheets, windows
from bot.services.scoring.lines import Line
from tests.services.conftest import Office

FIRST = "2019-04-18"
OWN, OTHER = "延津县", "封丘县"


@pytest.fixture
def both(office: Office) -> int:
    """Of the county track's office, and 延津县's contact."""
    member = office.member("钱丁", Role.OFFICE, track="county")
    office.desk.do_now(
        lambda work: work.insert(
            roles, member_id=member, role=Role.CONTACT.value, region=OWN, granted_at=work.now
        )
    )
    return member


@pytest.fixture
def clerk(office: Office) -> int:
    """Of the office alone."""
    return office.member("孙戊", Role.OFFICE, track="county")


def sheet(office: Office, **values: Any) -> int:
    """The sheet of the period; gives its id."""

    def verb(work: Work) -> int:
        row = sheets.opened(work, "county", FIRST)
        if values:
            sheets.change(work, row, **values)
        return int(row.id)

    return office.desk.do_now(verb)


def marks(office: Office, who: int, source: str, **by_region: object) -> None:
    """Marks of the period."""
    given = [
        Line(number, region, source, "mark", str(value), "")
        for number, (region, value) in enumerate(by_region.items(), start=1)
    ]
    office.does(who, lambda work: entering.enter(work, windows.window(work, FIRST), given, origin="chat"))


def proposed(office: Office, region: str) -> int:
    """An item that is proposed; gives its id."""

    def verb(work: Work) -> int:
        deciding.propose_item(
            work, "county", FIRST, region, "reporting", Decimal(-1), "周报迟报", dedup=f"late:{region}"
        )
        found = work.connection.execute(score_items.select().where(score_items.c.region == region)).first()
        assert found is not None
        return int(found.id)

    return office.desk.do_now(verb)


def index(office: Office, region: str) -> int:
    """Where a region stands in the campaign's order."""
    return [one.name for one in office.desk.world.campaign.regions].index(region)


def decisions(office: Office) -> dict[str, Any]:
    """What was decided about the period."""
    row = office.desk.look_now(lambda work: work.connection.execute(score_sheets.select()).first())
    assert row is not None
    return dict(row.decisions or {})


def acts(office: Office, who: int, panel: str) -> list[tuple[str, int, str]]:
    """The buttons of a panel of the office's card: act, subject, argument."""

    def read(work: Work) -> list[tuple[str, int, str]]:
        periodcard.show(work, "county", FIRST, who + 1000)
        work.connection.execute(cards.update().where(cards.c.chat_id == who + 1000).values(panel=panel))
        row = work.connection.execute(cards.select().where(cards.c.chat_id == who + 1000)).first()
        assert row is not None
        shown = faces.FACES[periodcard.KIND](work, row)
        assert shown is not None
        return [(one.act, one.subject, one.arg) for line in shown.buttons for one in line]

    return list(office.does(who, read))


def test_the_region_s_own_decides_nothing_about_its_missing_part(office: Office, both: int) -> None:
    at = sheet(office)

    with pytest.raises(ScoreNotNow) as refused:
        office.does(both, deciding.decide, at, 0, f"{index(office, OWN)}.oversight.full", 1, None)
    with pytest.raises(ScoreNotNow):
        office.does(both, deciding.decide, at, 0, f"{index(office, OWN)}.inspection.mark", 1, None)
    office.does(both, deciding.decide, at, 0, f"{index(office, OTHER)}.oversight.full", 1, None)

    assert refused.value.values["why"] == "own_region"
    assert list(decisions(office)) == [f"{OTHER}/oversight"]


def test_the_region_s_own_gives_no_mark_for_what_is_missing(office: Office, both: int) -> None:
    at = sheet(office)

    def answered(work: Work) -> None:
        question: Any = SimpleNamespace(subject={"sheet": at, "region": OWN, "part": "inspection"})
        ANSWERS["score_decision"](work, question, Incoming(1, 1, 1, work.now, text="39 照上旬"))

    with pytest.raises(ScoreNotNow):
        office.does(both, answered)

    assert office.desk.look_now(lambda work: work.connection.execute(requests.select()).first()) is None


def test_a_decision_for_all_leaves_the_own_region_to_the_others(
    office: Office, both: int, clerk: int
) -> None:
    at = sheet(office)
    marks(office, clerk, "covert", 卫辉市=30)

    office.does(both, deciding.decide, at, 0, "all.oversight.average", 1, None)
    first = set(decisions(office))
    with pytest.raises(ScoreNotNow):
        office.does(both, deciding.decide, at, 0, "all.oversight.average", 1, None)
    office.does(clerk, deciding.decide, at, 0, "all.oversight.average", 1, None)

    assert f"{OTHER}/oversight" in first
    assert set(decisions(office)) - first == {f"{OWN}/oversight"}


def test_the_region_s_own_decides_no_tie_that_it_is_in(office: Office, both: int, clerk: int) -> None:
    at = sheet(office)
    low = {OWN: 30, OTHER: 30}
    names = [one.name for one in office.desk.world.campaign.regions_of("county")]
    marks(office, clerk, "group", **{name: low.get(name, 36) for name in names})

    with pytest.raises(ScoreNotNow):
        office.does(both, deciding.tie, at, 0, "none")
    office.does(clerk, deciding.tie, at, 0, "none")

    assert decisions(office)["tie"]["how"] == "none"


@pytest.mark.parametrize("adopt", [True, False])
def test_the_region_s_own_decides_no_proposed_item_about_it(office: Office, both: int, adopt: bool) -> None:
    own, other = proposed(office, OWN), proposed(office, OTHER)

    with pytest.raises(ScoreNotNow):
        office.does(both, deciding.decide_item, own, adopt)
    office.does(both, deciding.decide_item, other, adopt)

    rows = office.desk.look_now(lambda work: work.connection.execute(score_items.select()).all())
    assert {row.region: row.state for row in rows} == {
        OWN: "proposed",
        OTHER: "active" if adopt else "dropped",
    }


def test_the_region_s_own_sends_no_mark_of_it_back(office: Office, both: int, clerk: int) -> None:
    at = sheet(office)
    leaders = {
        number: office.member(f"组长{number}", Role.INSPECTOR, group_key=f"county/{number}", leader=True)
        for number in (1, 4)
    }
    marks(office, leaders[1], "group", 卫辉市=36, 延津县=30)
    marks(office, leaders[4], "group", 封丘县=36)

    with pytest.raises(ScoreNotNow):
        office.does(both, deciding.send_back, at, 0, "county/1")
    office.does(both, deciding.send_back, at, 0, "county/4")

    rows = office.desk.look_now(lambda work: work.connection.execute(score_items.select()).all())
    assert {row.region: row.state for row in rows} == {"卫辉市": "active", OWN: "active", OTHER: "dropped"}


def test_the_office_s_card_offers_nothing_about_the_own_region(office: Office, both: int, clerk: int) -> None:
    sheet(office, marking_ended_at=office.desk.clock.now())
    marks(office, clerk, "covert", 卫辉市=30)
    own, other = proposed(office, OWN), proposed(office, OTHER)
    here = index(office, OWN)

    missing = [arg for act, _, arg in acts(office, both, "miss") if act == "scdecide"]
    items = [subject for act, subject, _ in acts(office, both, "props") if act == "scitem"]
    all_of_it = [arg for act, _, arg in acts(office, clerk, "miss") if act == "scdecide"]

    assert missing
    assert not [arg for arg in missing if arg.startswith(f"{here}.")]
    assert [arg for arg in all_of_it if arg.startswith(f"{here}.")]
    assert set(items) == {other}
    assert own != other


def test_the_region_s_own_in_the_office_objects_to_a_fine_and_does_not_judge_it(
    office: Office, both: int, clerk: int, clock: SteppedClock
) -> None:
    clock.move_to(datetime(2019, 7, 22, 2, 0, tzinfo=UTC))

    def fine(work: Work) -> int:
        entry_id = work.insert(
            entries, number="长-20190722-01", state="assigned", track="county", region=OWN, kind="issue",
            township="王楼镇", found_at=work.now, created_at=work.now, touched_at=work.now,
        )  # fmt: skip
        return work.insert(
            heap_fines, entry_id=entry_id, track="county", region=OWN, yuan=100_000, member_id=clerk,
            at=work.now, objections_until=fines.objections_until(work),
        )  # fmt: skip

    office.desk.do_now(fine)

    def offered(work: Work) -> list[str]:
        fines.show(work, work.actor.member_id + 1000)
        row = work.connection.execute(
            cards.select().where(cards.c.kind == "fines", cards.c.member_id == work.actor.member_id)
        ).first()
        assert row is not None
        shown = fines.card(work, row)
        assert shown is not None
        return [one.act for line in shown.buttons for one in line]

    assert office.does(both, offered) == ["fnobject"]
    assert office.does(clerk, offered) == ["fndrop"]


def test_an_objection_of_the_own_region_is_shown_without_a_way_to_answer_it(
    office: Office, both: int, clerk: int
) -> None:
    at = sheet(office, state="draft", objections_until=datetime(2019, 4, 30, tzinfo=UTC))

    def objected(work: Work) -> int:
        return work.insert(
            score_objections, sheet_id=at, region=OWN, member_id=both, at=work.now, reason="扣重了"
        )

    objection = office.desk.do_now(objected)

    def buttons(work: Work) -> list[str]:
        objections.show_objections(work, at, work.actor.member_id + 1000, None)
        row = work.connection.execute(outbox.select().order_by(outbox.c.id.desc())).first()
        assert row is not None
        return [one for one in ("scyes", "scno") if one in str(row.payload)]

    assert office.does(both, buttons) == []
    assert office.does(clerk, buttons) == ["scyes", "scno"]
    with pytest.raises(NotYours):
        office.does(both, objections.uphold, objection, 1, None)
