"""What a 更正 does to measures: their body hears of it, and decides anew what lost or regained its ground."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.clock import SteppedClock
from bot.domain.permissions import Role
from bot.ledger.desk import Work
from bot.ledger.tables import cards, measures, requests, score_sheets
from bot.services import faces
from bot.services.incoming import Incoming
from bot.services.offices import seconds
from bot.services.questions import ANSWERS
from bot.services.scoring import issuing, measurecards, publishing, sheets
from tests.services.conftest import Office

COUNTY = ("长垣县", "卫辉市", "辉县市", "新乡县", "获嘉县", "原阳县", "延津县", "封丘县")
TENS = ("2019-04-18", "2019-04-28", "2019-05-08", "2019-05-18", "2019-05-28")


class Bureau:
    """Two of the county track's office, and rankings that they publish."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.chief = office.member("钱丁", Role.OFFICE, track="county")
        self.clerk = office.member("孙戊", Role.OFFICE, track="county")

    def look(self, verb: Callable[[Work], Any]) -> Any:
        return self.office.desk.do_now(verb)

    def publishes(self, period: str, *last: str, correction: int = 0, unranked: tuple[str, ...] = ()) -> None:
        """A locked ranking with these last goes the way of 送审 and 印发."""
        rows = [
            {
                "region": name, "rank": None if name in unranked else 8 if name in last else 1,
                "total": None if name in unranked else "80.00" if name in last else "90.00",
                "parts": {}, "tied": False, "last": name in last, "missing": [],
                "status": "missing" if name in unranked else "ranked", "basis": {},
            }
            for name in COUNTY
        ]  # fmt: skip
        data = {"track": "county", "period": period, "rules": {}, "rows": rows, "notes": []}

        def locked(work: Work) -> int:
            return work.insert(
                score_sheets, track="county", period=period, correction=correction, state="locked",
                decisions={}, data=data, hash=sheets.digest(data),
            )  # fmt: skip

        sheet = self.look(locked)
        self.office.does(self.chief, issuing.propose, sheet, 0)
        self.agrees()

    def agrees(self) -> None:
        """The other of the office agrees to what waits."""
        waiting = self.look(
            lambda work: work.connection.execute(
                select(requests.c.id).where(requests.c.state == "open").order_by(requests.c.id.desc())
            ).scalar()
        )
        self.office.does(self.clerk, seconds.agree, waiting)

    def measure(self, region: str, what: str) -> Any:
        """The row of a measure; None where there is none."""
        return self.look(
            lambda work: work.connection.execute(
                select(measures).where(measures.c.region == region, measures.c.measure == what)
            ).first()
        )

    def confirms(self, region: str, what: str) -> None:
        """Confirmed by two."""
        self.office.does(self.chief, measurecards.confirm, self.measure(region, what).id, 0)
        self.agrees()

    def drops(self, region: str, what: str, why: str) -> None:
        """Found not applicable by two."""
        row = self.measure(region, what)
        self.office.does(self.chief, measurecards.ask_not_applicable, row.id, 0, self.chief + 1000, None)

        def answer(work: Work) -> None:
            from bot.ledger.tables import questions

            asked = work.connection.execute(
                select(questions).where(questions.c.kind == "measure_dropped").order_by(questions.c.id.desc())
            ).first()
            assert asked is not None
            chat = work.actor.member_id + 1000
            ANSWERS["measure_dropped"](work, asked, Incoming(chat, 9, chat, work.now, text=why))

        self.office.does(self.chief, answer)
        self.agrees()

    def faces(self, region: str, what: str) -> list[tuple[int, dict[str, Any], list[str]]]:
        """The cards of a measure in the office's chats: chat, values, buttons."""
        row = self.measure(region, what)

        def read(work: Work) -> list[tuple[int, dict[str, Any], list[str]]]:
            found = []
            for card in work.connection.execute(
                select(cards).where(cards.c.subject == f"measure:{row.id}").order_by(cards.c.id)
            ).all():
                shown = faces.FACES["measure"](work, card)
                assert shown is not None
                found.append((card.chat_id, dict(shown.values), [b.act for r in shown.buttons for b in r]))
            return found

        return list(self.office.does(self.chief, read))


@pytest.fixture
def bureau(office: Office, clock: SteppedClock) -> Bureau:
    """The office after the campaign's first month."""
    clock.move_to(datetime(2019, 6, 3, 2, 0, tzinfo=UTC))
    return Bureau(office)


def test_a_confirmed_measure_that_loses_its_ground_comes_back_to_both_as_a_message(bureau: Bureau) -> None:
    bureau.publishes(TENS[0], "延津县")
    bureau.confirms("延津县", "criticism")
    before = [card["confirmed_at"] for _, card, _ in bureau.faces("延津县", "criticism")]
    bureau.look(_delivered)

    bureau.publishes(TENS[0], "封丘县", correction=1)

    again = bureau.faces("延津县", "criticism")
    assert all(before)
    assert bureau.look(_delivered) == 0  # both cards are messages anew, not edits of old ones
    assert {chat for chat, _, _ in again} == {bureau.chief + 1000, bureau.clerk + 1000}
    for _, card, acts in again:
        assert (card["times"], card["was"], card["state"]) == (0, "confirmed", "proposed")
        assert acts == ["scna"]
    assert bureau.measure("封丘县", "criticism").state == "proposed"


def _delivered(work: Work) -> int:
    """How many cards about 延津县 stand as messages; afterwards all of them do."""
    own = select(measures.c.id).where(measures.c.region == "延津县")
    subjects = [f"measure:{one}" for one in work.connection.execute(own).scalars()]
    before = work.connection.execute(
        select(cards.c.id).where(cards.c.subject.in_(subjects), cards.c.message_id.is_not(None))
    ).all()
    work.connection.execute(update(cards).where(cards.c.subject.in_(subjects)).values(message_id=7))
    return len(before)


def test_a_measure_that_is_now_another_time_goes_back_with_what_it_was(bureau: Bureau) -> None:
    for period in TENS[:3]:
        bureau.publishes(period, "延津县")
    bureau.publishes(TENS[3], "延津县")
    bureau.look(_confirm_all)

    bureau.publishes(TENS[0], "封丘县", correction=1)

    talks = bureau.look(
        lambda work: work.connection.execute(
            select(measures).where(measures.c.measure == "talk").order_by(measures.c.subject)
        ).all()
    )
    assert [(row.subject, row.times, row.state) for row in talks] == [
        (TENS[2], 0, "proposed"),  # the second time now: 书面检查 is proposed beside it
        (TENS[3], 3, "proposed"),  # was the fourth
    ]
    assert [row.basis["was"] for row in talks] == ["confirmed", "confirmed"]


def _confirm_all(work: Work) -> None:
    work.connection.execute(update(measures).values(state="confirmed"))


def test_what_was_dropped_for_want_of_ground_is_proposed_again_when_the_ground_comes_back(
    bureau: Bureau,
) -> None:
    bureau.publishes(TENS[0], "延津县")
    bureau.confirms("延津县", "criticism")
    bureau.publishes(TENS[0], "封丘县", correction=1)
    bureau.drops("延津县", "criticism", "已更正")
    dropped = bureau.measure("延津县", "criticism")

    bureau.publishes(TENS[0], "延津县", correction=2)

    row = bureau.measure("延津县", "criticism")
    assert (dropped.state, dropped.times) == ("dropped", 0)
    assert (row.state, row.times, row.reason) == ("proposed", 1, "")
    assert bureau.faces("延津县", "criticism")[0][2] == ["scconfirm", "scna"]


def test_what_two_found_not_applicable_stays_so_while_nothing_about_it_changes(bureau: Bureau) -> None:
    bureau.publishes(TENS[0], "延津县")
    bureau.drops("延津县", "criticism", "不属工作不力")

    bureau.publishes(TENS[0], "延津县", correction=1)
    bureau.publishes(TENS[1], "封丘县")

    row = bureau.measure("延津县", "criticism")
    assert (row.state, row.reason) == ("dropped", "不属工作不力")
    assert row.basis["correction"] == 1


def test_a_proposal_to_confirm_falls_away_with_the_ground(bureau: Bureau) -> None:
    bureau.publishes(TENS[0], "延津县")
    bureau.office.does(bureau.chief, measurecards.confirm, bureau.measure("延津县", "criticism").id, 0)
    waiting = bureau.look(
        lambda work: work.connection.execute(select(requests.c.id).where(requests.c.state == "open")).scalar()
    )

    bureau.look(lambda work: corrected(work, "封丘县"))

    state = bureau.look(
        lambda work: work.connection.execute(
            select(requests.c.state).where(requests.c.id == waiting)
        ).scalar()
    )
    assert state == "lapsed"
    assert bureau.measure("延津县", "criticism") is None


def corrected(work: Work, last: str) -> None:
    """A 更正 of the first ranking, published by the machine's own hand."""
    row = sheets.published(work, "county", TENS[0])
    assert row is not None
    data = {**row.data, "rows": [{**one, "last": one["region"] == last} for one in row.data["rows"]]}
    work.insert(
        score_sheets, track="county", period=TENS[0], correction=row.correction + 1, state="locked",
        decisions={}, data=data, hash=sheets.digest(data),
    )  # fmt: skip
    fresh = sheets.find(work, "county", TENS[0])
    assert fresh is not None
    publishing.publish(work, fresh, body="office:county")


@pytest.mark.parametrize("seed", range(4))
def test_after_any_corrections_the_measures_are_those_of_what_stands(bureau: Bureau, seed: int) -> None:
    """Published out of order, corrected at random, confirmed in between: what stands is what follows."""
    dice = random.Random(seed)
    stands: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
    corrections: dict[str, int] = {}
    for _ in range(14):
        period = dice.choice(TENS)
        weak = COUNTY[: dice.choice([2, 2, 3])]
        last = tuple(dice.sample(weak, dice.choice([0, 1, 1, 2])))
        unranked = tuple(name for name in weak if name not in last and dice.random() < 0.3)
        corrections[period] = corrections.get(period, -1) + 1
        bureau.publishes(period, *last, correction=corrections[period], unranked=unranked)
        stands[period] = (last, unranked)
        if dice.random() < 0.4:
            bureau.look(lambda work: work.connection.execute(
                update(measures).where(measures.c.times > 0).values(state="confirmed")
            ))  # fmt: skip

    kept = bureau.look(
        lambda work: work.connection.execute(select(measures).where(measures.c.times > 0)).all()
    )
    assert sorted((row.subject, row.region, row.times, row.measure) for row in kept) == sorted(
        followed(stands)
    )


def followed(
    stands: dict[str, tuple[tuple[str, ...], tuple[str, ...]]],
) -> list[tuple[str, str, int, str]]:
    """The same by counting on one's fingers."""
    row = dict.fromkeys(COUNTY, 0)
    found = []
    for period in sorted(stands):
        last, unranked = stands[period]
        for name in COUNTY:
            if name in last:
                row[name] += 1
                found.append(
                    (period, name, row[name], ["criticism", "written", "talk"][min(row[name], 3) - 1])
                )
            elif name not in unranked:
                row[name] = 0
    return found
