"""What a published ranking shows to whom, and what it was made of, whatever happens to it afterwards."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from bot.clock import SteppedClock
from bot.domain.permissions import Role
from bot.ledger.desk import Work
from bot.ledger.tables import bulletins, outbox, score_items, score_sheets
from bot.services.incoming import Incoming
from bot.services.questions import ANSWERS
from bot.services.refusals import Refusal
from bot.services.scoring import (
    entering,
    issuing,
    publishing,
    rankingview,
    schemes,
    sheets,
    showing,
    trending,
    why,
    windows,
)
from bot.services.scoring.lines import Line
from tests.services.conftest import Office

FIRST, SECOND = "2019-04-18", "2019-04-28"
COUNTY = ("长垣县", "卫辉市", "辉县市", "新乡县", "获嘉县", "原阳县", "延津县", "封丘县")


class Bureau:
    """An office that publishes, and those who read."""

    def __init__(self, office: Office, clock: SteppedClock) -> None:
        self.office, self.clock = office, clock
        self.chief = office.member("钱丁", Role.OFFICE, track="county")
        self.contact = office.member("王乙", Role.CONTACT, track="county", region="延津县")
        self.readers = {
            "contact": self.contact,
            "inspector": office.member("李甲", Role.INSPECTOR, track="county", group_key="county/1"),
            "leader": office.member("周庚", Role.CITY_LEADER),
            "other office": office.member("吴辛", Role.OFFICE, track="district"),
            "office": self.chief,
        }
        self.publishes(FIRST)

    def publishes(self, period: str, lowest: str = "延津县") -> None:
        """Everybody is marked, one lower than the others; locked and published."""
        given = [
            Line(number, region, "group", "mark", "30" if region == lowest else f"{31 + number}", "")
            for number, region in enumerate(COUNTY, start=1)
        ]
        self.clock.move_to(datetime.fromisoformat(f"{period}T00:00:00+00:00"))
        self.office.does(
            self.chief,
            lambda work: entering.enter(work, windows.window(work, period), given, origin="chat"),
        )
        self.clock.move_to(datetime.fromisoformat(f"{period}T23:00:00+00:00"))
        self.office.desk.do_now(publishing.publish_now, "county", period)

    def row(self, period: str = FIRST) -> Any:
        return self.office.desk.look_now(lambda work: sheets.published(work, "county", period))

    def chosen(self, period: str = FIRST, *, order_only: bool = True) -> None:
        """The office's choice for the ranking itself."""
        self.office.desk.do_now(
            lambda work: work.connection.execute(
                score_sheets.update()
                .where(score_sheets.c.period == period)
                .values(decisions={showing.ORDER_ONLY: order_only})
            )
        )

    def bulletin(self, *, scores: bool, state: str = "published", correction: int = 0) -> None:
        """A bulletin of the first period."""
        self.office.desk.do_now(
            lambda work: work.insert(
                bulletins, track="county", kind="tenday", key=FIRST, correction=correction, state=state,
                figures={}, content={"scores": scores}, created_at=work.now,
            )
        )  # fmt: skip

    def reads(self, who: str, period: str = FIRST) -> tuple[dict[str, Any], dict[str, Any]]:
        """The values of a ranking's words and of its picture, as somebody gets them."""
        row = self.row(period)

        def both(work: Work) -> tuple[dict[str, Any], dict[str, Any]]:
            window = windows.window(work, row.period)
            return rankingview.values(work, row, window), dict(rankingview.picture(work, row, window).values)

        found: tuple[dict[str, Any], dict[str, Any]] = self.office.does(self.readers[who], both)
        return found

    def totals(self, who: str) -> set[str]:
        """The regions whose totals somebody reads; words and picture agree but for the reader's own."""
        words, picture = self.reads(who)
        drawn = {row["region"] for row in picture["rows"] if row["total"] or row["parts"]}
        told = {row["region"] for row in words["rows"] if row["total"]}
        assert drawn <= told
        return told

    def answers(self, kind: str, text: str) -> None:
        """The office answers the bot's question."""
        from bot.ledger.tables import questions

        def verb(work: Work) -> None:
            asked = work.connection.execute(
                select(questions).where(questions.c.kind == kind).order_by(questions.c.id.desc())
            ).first()
            assert asked is not None
            chat = work.actor.member_id + 1000
            ANSWERS[kind](work, asked, Incoming(chat, 9, chat, work.now, text=text))

        self.office.does(self.chief, verb)


@pytest.fixture
def bureau(office: Office, clock: SteppedClock) -> Bureau:
    """The first ranking is published."""
    return Bureau(office, clock)


ALL = set(COUNTY)


def test_a_ranking_is_read_with_its_totals_where_they_were_published(bureau: Bureau) -> None:
    bureau.bulletin(scores=True)

    assert {who: bureau.totals(who) for who in bureau.readers} == dict.fromkeys(bureau.readers, ALL)


@pytest.mark.parametrize("how", ["ranking", "draft", "printed", "taken down"])
def test_where_the_order_alone_is_published_a_region_reads_its_own_total_and_no_other(
    bureau: Bureau, how: str
) -> None:
    match how:
        case "ranking":
            bureau.chosen()
        case "draft":
            bureau.bulletin(scores=False, state="draft")
        case "printed":
            bureau.bulletin(scores=False)
        case _:
            bureau.bulletin(scores=False, state="withdrawn")

    read = {who: bureau.totals(who) for who in bureau.readers}

    assert read == {
        "contact": {"延津县"}, "inspector": set(), "other office": set(), "leader": ALL, "office": ALL,
    }  # fmt: skip
    words, picture = bureau.reads("contact")
    assert [row["rank"] for row in words["rows"]] == list(range(1, 9))
    assert words["order_only"]
    assert picture["order_only"]


def test_the_printed_bulletin_counts_not_a_later_draft(bureau: Bureau) -> None:
    bureau.bulletin(scores=True)
    bureau.bulletin(scores=False, state="draft", correction=1)

    assert bureau.totals("inspector") == ALL


def test_neither_change_nor_trend_tells_what_was_not_published(bureau: Bureau) -> None:
    """The second ranking's totals less the printed change would be the first one's."""
    bureau.chosen(FIRST)
    bureau.publishes(SECOND, lowest="卫辉市")

    _, seen = bureau.reads("inspector", SECOND)
    _, office = bureau.reads("office", SECOND)

    told = {row["region"]: (row["total"], row["change"], row["trend"]) for row in seen["rows"]}
    assert told["卫辉市"] == ("90.00", "-2", ["-6", "-8"])
    assert told["延津县"] == ("98.00", "+6", ["-8", "-2"])
    known = {row["region"]: (row["change"], row["trend"]) for row in office["rows"]}
    assert known["延津县"] == ("+8.00", ["90.00", "98.00"])


def test_the_trend_picture_says_places_where_totals_are_not_the_readers_to_see(bureau: Bureau) -> None:
    bureau.chosen(FIRST)
    bureau.publishes(SECOND, lowest="卫辉市")

    def drawn(who: str) -> dict[str, Any]:
        bureau.office.does(bureau.readers[who], trending.press, f"county.{SECOND}", 5, None)
        sent = bureau.office.desk.look_now(
            lambda work: work.connection.execute(
                select(outbox.c.payload).order_by(outbox.c.id.desc()).limit(1)
            ).scalar()
        )
        values: dict[str, Any] = sent["picture"]["values"]
        return values

    seen, office = drawn("contact"), drawn("office")

    assert (seen["by_total"], office["by_total"]) == (False, True)
    weihui = next(row for row in seen["rows"] if row["region"] == "卫辉市")
    assert weihui == {"region": "卫辉市", "rank": 8, "values": ["-6", "-8"], "last": [False, True]}
    assert [one["key"] for one in office["windows"]] == [FIRST, SECOND]


# ── what it was made of ──


def reads_why(bureau: Bureau, who: int, region: str = "延津县") -> dict[str, Any]:
    """The details of a region as somebody reads them."""

    def look(work: Work) -> dict[str, Any]:
        window = windows.window(work, FIRST)
        row = why.sheet_for(work, region, window)
        assert why.may_read(work, region, row)
        return why.details(work, region, window, row)

    found: dict[str, Any] = bureau.office.does(who, look)
    return found


def marks_of(details: dict[str, Any]) -> list[str]:
    return [one["value"] for part in details["parts"] for one in part["items"]]


@pytest.fixture
def correcting(bureau: Bureau) -> Bureau:
    """A 更正 has begun: the region is marked anew and gets points."""
    bureau.office.desk.do_now(schemes.take_configuration, "county", FIRST)
    bureau.office.does(bureau.chief, issuing.ask_correction, bureau.row().id, 0, 5, None)
    bureau.answers("score_correction", "登记有误")
    given = [
        Line(1, "延津县", "group", "mark", "35", ""),
        Line(2, "延津县", "public", "points", "-1", "举报属实"),
    ]
    bureau.office.does(
        bureau.chief, lambda work: entering.enter(work, windows.window(work, FIRST), given, origin="chat")
    )
    return bureau


def test_while_a_correction_is_under_way_the_region_reads_the_published_items_still(
    correcting: Bureau,
) -> None:
    region, office = reads_why(correcting, correcting.contact), reads_why(correcting, correcting.chief)

    assert (marks_of(region), region["total"], region["state"]) == (["30"], "90.00", "published")
    assert (marks_of(office), office["state"]) == (["35", "-1"], "open")


def test_a_second_correction_is_not_begun_beside_the_first(correcting: Bureau) -> None:
    with pytest.raises(Refusal):
        correcting.answers("score_correction", "又一次")


def newest(bureau: Bureau) -> Any:
    return bureau.office.desk.look_now(lambda work: sheets.find(work, "county", FIRST))


def test_a_correction_that_is_given_up_leaves_everything_as_it_was_and_its_number_free(
    correcting: Bureau,
) -> None:
    before = newest(correcting)

    correcting.office.does(correcting.chief, issuing.give_up, before.id, before.version)
    stands = newest(correcting)
    active = correcting.office.desk.look_now(lambda work: sorted(
        work.connection.execute(
            select(score_items.c.value).where(
                score_items.c.region == "延津县", score_items.c.state == "active"
            )
        ).scalars()
    ))  # fmt: skip
    correcting.office.does(correcting.chief, issuing.ask_correction, stands.id, 0, 5, None)
    correcting.answers("score_correction", "这次是真的")
    again = newest(correcting)

    assert (before.correction, stands.correction, stands.state) == (1, 0, "published")
    assert active == ["30"]
    assert (again.correction, again.state, again.reason) == (1, "open", "这次是真的")


def test_what_was_published_is_not_given_up(bureau: Bureau) -> None:
    row = bureau.row()

    with pytest.raises(Refusal):
        bureau.office.does(bureau.chief, issuing.give_up, row.id, row.version)
