"""Scores in the ledger: what counts can be computed anew from the events, locked data keep their hash."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from bot.clock import SteppedClock
from bot.domain.consequences import Proof, Trigger
from bot.domain.permissions import Role
from bot.domain.score_words import Kind
from bot.domain.scoring import Item, Scheme, score_track
from bot.ledger.desk import Desk, Work
from bot.ledger.tables import entries, events, measures, roles, score_items, score_sheets
from bot.services.refusals import Refusal
from bot.services.scoring import (
    deciding,
    drafting,
    entering,
    intake,
    items,
    lines,
    marking,
    measurecards,
    proposing,
    publishing,
    schemes,
    sheets,
    windows,
)
from bot.services.scoring.lines import Line, spoken
from tests.services.conftest import Office

FIRST = "2019-04-18"
AFTER = datetime(2019, 4, 19, 2, 0, tzinfo=UTC)
COUNTY = ("长垣县", "卫辉市", "辉县市", "新乡县", "获嘉县", "原阳县", "延津县", "封丘县")


def line(region: str, source: str, kind: str, value: object, reason: str = "试") -> Line:
    return Line(1, region, source, kind, str(value), reason)


@pytest.fixture
def clerk(office: Office) -> int:
    """A member of the county track's office."""
    return office.member("钱丁", Role.OFFICE, track="county")


def enters(office: Office, who: int, *given: Line, period: str = FIRST) -> None:
    office.does(who, lambda work: entering.enter(work, windows.window(work, period), given, origin="chat"))


def board(desk: Desk, period: str = FIRST, track: str = "county") -> dict[str, dict[str, Any]]:
    found = desk.look_now(lambda work: sheets.board(work, track, windows.window(work, period)))
    return {row["region"]: row for row in found.rows}


# ── what counts ──


@pytest.mark.parametrize("seed", range(3))
def test_recomputing_from_the_events_gives_the_same_scores(office: Office, clerk: int, seed: int) -> None:
    """Entered, replaced, dropped, adopted in any order: the log alone tells what counts."""
    dice = random.Random(seed)
    desk = office.desk
    for _ in range(60):
        region, act = dice.choice(COUNTY), dice.random()
        if act < 0.5:
            enters(
                office, clerk, line(region, dice.choice(["group", "covert"]), "mark", dice.randrange(0, 41))
            )
        elif act < 0.8:
            enters(office, clerk, line(region, "public", "points", dice.randrange(-30, 11) / 10))
        elif act < 0.9:
            key = f"x:{dice.random()}"
            office.does(
                clerk,
                deciding.propose_item,
                "county",
                FIRST,
                region,
                "reporting",
                Decimal(-1),
                "迟报",
                dedup=key,
            )
            item = desk.look_now(lambda work: proposed(work)[-1])
            office.does(clerk, deciding.decide_item, item, dice.random() < 0.7)
        else:
            office.does(clerk, some_dropped, dice)

    logged = desk.look_now(from_events)
    scores = score_track(logged, COUNTY, Scheme())
    now = board(desk)

    assert {s.region: None if s.total is None else f"{s.total:.2f}" for s in scores} == {
        region: row["total"] for region, row in now.items()
    }


def proposed(work: Work) -> list[int]:
    return list(
        work.connection.execute(select(score_items.c.id).where(score_items.c.state == "proposed")).scalars()
    )


def some_dropped(work: Work, dice: random.Random) -> None:
    ids = work.connection.execute(select(score_items.c.id).where(score_items.c.state == "active")).scalars()
    known = list(ids)
    if known:
        items.drop(work, [dice.choice(known)], body="office:county", why="test")


def from_events(work: Work) -> dict[str, list[Item]]:
    """The items that the event log says are counted."""
    alive: dict[int, tuple[str, Item]] = {}
    for row in work.connection.execute(select(events).order_by(events.c.id)).all():
        if row.kind == "score_items":
            for item_id, region, source, kind, value in row.data["items"]:
                alive[item_id] = (region, Item(source, Kind(kind), Decimal(value)))
        elif row.kind == "score_dropped":
            for item_id in row.data["items"]:
                alive.pop(item_id, None)
    found: dict[str, list[Item]] = defaultdict(list)
    for region, item in alive.values():
        found[region].append(item)
    return found


def test_a_body_s_new_mark_takes_the_place_of_its_old_one_and_points_add_up(
    office: Office, clerk: int
) -> None:
    for value in (30, 36):
        enters(office, clerk, line("延津县", "group", "mark", value))
    for value in (-1, -0.5):
        enters(office, clerk, line("延津县", "public", "points", value))

    assert board(office.desk)["延津县"]["parts"] == {
        "inspection": "36.00",
        "matters": "18.50",
        "oversight": "40.00",
    }


def test_two_marks_of_one_message_for_the_same_are_refused_not_averaged(office: Office, clerk: int) -> None:
    twice = [
        Line(1, "延津", "group", "mark", "30"),
        Line(2, "卫辉市", "group", "mark", "33"),
        Line(3, "延津县", "督查", "mark", "36"),
        Line(4, "延津县", "public", "points", "-1", "举报属实"),
    ]

    with pytest.raises(Refusal) as refused:
        enters(office, clerk, *twice)

    assert [(one["row"], one["why"]) for one in refused.value.values["faults"]] == [(3, "marked_twice")]
    assert board(office.desk)["卫辉市"]["total"] is None


def test_a_topic_group_s_mark_weighs_a_quarter(office: Office) -> None:
    regional = office.member("组长", Role.INSPECTOR, track="district", group_key="district/1", leader=True)
    topic = office.member("专题", Role.INSPECTOR, track="district", group_key="district/5", leader=True)

    enters(office, regional, line("牧野区", "group", "mark", 36))
    enters(office, topic, line("牧野区", "group", "mark", 30))

    assert board(office.desk, track="district")["牧野区"]["parts"]["inspection"] == "34.80"


# ── locked ──


def test_what_is_locked_keeps_its_hash_and_no_later_item_moves_it(
    office: Office, clerk: int, clock: SteppedClock
) -> None:
    enters(office, clerk, *(line(region, "group", "mark", 30 + n) for n, region in enumerate(COUNTY)))
    clock.move_to(AFTER)
    office.desk.do_now(publishing.publish_now, "county", FIRST)
    before = board(office.desk)

    def meddle(work: Work) -> None:
        work.connection.execute(score_items.update().values(units=1, value="0.0001"))

    office.desk.do_now(meddle)
    row = office.desk.look_now(lambda work: sheets.published(work, "county", FIRST))

    assert row is not None
    assert board(office.desk) == before
    assert sheets.digest(row.data) == row.hash
    assert sheets.digest({**row.data, "rows": row.data["rows"][1:]}) != row.hash


@pytest.mark.parametrize("state", ["draft", "locked", "published"])
def test_no_score_comes_into_a_period_that_is_out_or_closed(office: Office, clerk: int, state: str) -> None:
    office.desk.do_now(
        lambda work: work.insert(
            score_sheets, track="county", period=FIRST, state=state, decisions={}, data={}
        )
    )

    with pytest.raises(Refusal) as refused:
        enters(office, clerk, line("延津县", "group", "mark", 30))

    assert refused.value.values["faults"][0]["why"] == ("drafted" if state == "draft" else "locked")


def test_a_period_that_has_not_begun_takes_no_scores(office: Office, clerk: int) -> None:
    with pytest.raises(Refusal) as refused:
        enters(office, clerk, line("延津县", "group", "mark", 30), period="2019-05-08")

    assert refused.value.values["faults"][0]["why"] == "future"


# ── measures ──


def test_a_correction_that_ends_a_row_takes_back_what_was_confirmed_on_it(
    office: Office, clerk: int, clock: SteppedClock
) -> None:
    desk = office.desk
    for period, low in ((FIRST, "延津县"), ("2019-04-28", "延津县")):
        clock.move_to(datetime.fromisoformat(f"{period}T00:00:00+00:00") + timedelta(days=1))
        enters(
            office, clerk, *(line(r, "group", "mark", 20 if r == low else 30) for r in COUNTY), period=period
        )
        desk.do_now(publishing.publish_now, "county", period)

    def confirm(work: Work) -> None:
        work.connection.execute(measures.update().values(state="confirmed"))

    def correct(work: Work) -> None:
        row = sheets.published(work, "county", FIRST)
        assert row is not None
        data = {**row.data, "rows": [{**one, "last": one["region"] == "封丘县"} for one in row.data["rows"]]}
        work.insert(
            score_sheets, track="county", period=FIRST, correction=1, state="locked", decisions={},
            data=data, hash=sheets.digest(data),
        )  # fmt: skip
        fresh = sheets.find(work, "county", FIRST)
        assert fresh is not None
        publishing.publish(work, fresh, body="office:county")

    before = desk.look_now(listed)
    desk.do_now(confirm)
    desk.do_now(correct)

    assert before == [
        (FIRST, "延津县", 1, "criticism", "proposed"),
        ("2019-04-28", "延津县", 2, "written", "proposed"),
    ]
    assert desk.look_now(listed) == [
        (FIRST, "延津县", 0, "criticism", "proposed"),  # back to the office: it no longer rests on anything
        (FIRST, "封丘县", 1, "criticism", "proposed"),
        ("2019-04-28", "延津县", 0, "written", "proposed"),
        ("2019-04-28", "延津县", 1, "criticism", "proposed"),
    ]


def listed(work: Work) -> list[tuple[str, str, int, str, str]]:
    rows = work.connection.execute(select(measures).order_by(measures.c.subject, measures.c.id)).all()
    return [
        (row.subject, row.region, row.times, row.measure, row.state)
        for row in rows
        if row.trigger == Trigger.TEN_DAY_LAST
    ]


@pytest.mark.parametrize(
    ("text", "how", "proof"),
    [
        ("旬查情况通报第3期", Proof.BULLETIN, {"bulletin": "旬查情况通报第3期"}),
        ("5月20日", Proof.RECEIVED, {"date": "2019-05-20"}),
        ("2019-5-20 收到", Proof.RECEIVED, {"date": "2019-05-20"}),
        (
            "5月20日 市委办公室 某某",
            Proof.HELD,
            {"date": "2019-05-20", "body": "市委办公室", "clerk": "某某"},
        ),
        ("5-20，市委办公室，某某", Proof.HELD, {"date": "2019-05-20", "body": "市委办公室", "clerk": "某某"}),
        ("5月20日 市委办公室", Proof.HELD, None),
        ("5月20日 市委办公室 某某 谈话内容", Proof.HELD, None),
        ("昨天", Proof.RECEIVED, None),
        ("6月31日", Proof.RECEIVED, None),
        ("6月20日", Proof.RECEIVED, None),  # not yet
        ("", Proof.BULLETIN, None),
    ],
)
def test_a_proof_is_what_the_notice_allows_and_nothing_else(
    text: str, how: Proof, proof: dict[str, str] | None
) -> None:
    assert measurecards.read_proof(text, how, date(2019, 6, 1)) == proof


# ── drafts ──


@pytest.mark.parametrize(
    ("sent", "until"),
    [
        ("2019-04-19T10:00", "2019-04-19T17:30"),  # Friday: seven and a half hours
        ("2019-04-19T11:31", "2019-04-22T17:30"),  # a minute too late for six: Monday
        ("2019-04-20T09:00", "2019-04-22T17:30"),  # Saturday
        ("2019-04-30T16:00", "2019-05-05T17:30"),  # before the holiday, with its make-up Sunday
    ],
)
def test_objections_have_six_hours_of_working_time_at_the_least(
    office: Office, clock: SteppedClock, sent: str, until: str
) -> None:
    def verb(work: Work) -> str:
        return work.world.campaign.local(drafting.objections_until(work, 6)).strftime("%Y-%m-%dT%H:%M")

    clock.move_to(datetime.fromisoformat(f"{sent}+08:00"))

    assert office.desk.look_now(verb) == until


# ── what a closed period proposes ──


def test_overdue_entries_and_missing_reports_are_proposed_once(office: Office, clock: SteppedClock) -> None:
    office.member("王乙", Role.CONTACT, track="county", region="延津县")
    desk = office.desk

    def entry(work: Work, number: str, **more: Any) -> None:
        given: dict[str, Any] = {
            "state": "assigned", "track": "county", "region": "延津县", "group_key": "county/1",
            "found_at": work.now, "created_at": work.now, "touched_at": work.now, "assigned_at": work.now,
            "deadline": work.now + timedelta(days=2), **more,
        }  # fmt: skip
        work.insert(entries, number=number, **given)

    desk.do_now(entry, "县1-0412-01")
    desk.do_now(entry, "县1-0412-02", state="closed")
    desk.do_now(entry, "县1-0412-03", undelivered_at=clock.now())
    desk.do_now(entry, "暗-0412-01", mode="covert")
    clock.move_to(datetime(2019, 4, 18, 10, 0, 1, tzinfo=UTC))
    first, second = desk.do_now(proposing.due), desk.do_now(proposing.due)

    def read(work: Work) -> list[tuple[str, str, str, str]]:
        rows = work.connection.execute(select(score_items).order_by(score_items.c.id)).all()
        return [(row.region, row.source, row.value, row.reason) for row in rows if row.state == "proposed"]

    assert (first, second) == (2, 0)
    assert desk.look_now(read) == [
        ("延津县", "group", "-0.5", "县1-0412-01 逾期未改"),
        ("延津县", "reporting", "-1", "第1周周报未报"),
    ]
    assert board(desk)["延津县"]["parts"]["matters"] == "20.00"


# ── lines ──


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("延津县 督查 36.5", ("延津县", "督查", "mark", "36.5", "")),
        ("延津县　督查　36.5分", ("延津县", "督查", "mark", "36.5", "")),
        ("延津县 群众举报 -1.5 王楼镇 举报属实", ("延津县", "群众举报", "points", "-1.5", "王楼镇 举报属实")),
        ("延津县 信息报送 +0.5，被采用", ("延津县", "信息报送", "points", "+0.5", "被采用")),
        ("延津县 督查 36,5", ("延津县", "督查", "mark", "36,5", "")),
        ("延津县 督查 三十", ("延津县", "督查", "", "三十", "")),
        ("延津县 督查36.5", ("延津县", "督查", "mark", "36.5", "")),
    ],
)
def test_a_line_is_cut_into_its_words(text: str, read: tuple[str, str, str, str, str]) -> None:
    one = spoken(text)[0]

    assert (one.region, one.source, one.kind, one.value, one.reason) == read


def test_the_beginning_of_a_name_is_not_enough(office: Office) -> None:
    campaign = office.desk.world.campaign

    with pytest.raises(lines.UnknownRegion) as unknown:
        lines.region_named(campaign, "新乡")

    assert unknown.value.candidates == ("新乡县",)
    assert lines.region_named(campaign, "平原新区") == "平原示范区"


def test_the_configuration_s_rules_count_as_a_trial_until_approved(office: Office, clerk: int) -> None:
    def scheme(work: Work) -> tuple[Scheme, int]:
        return schemes.scheme_for(work, "county", FIRST)

    def roundtrip(work: Work) -> bool:
        given = work.world.scoring
        return schemes.from_json(schemes.to_json(given)) == given

    before = office.desk.look_now(scheme)
    office.desk.do_now(schemes.take_configuration, "county", FIRST)

    assert before[1] == 0
    assert office.desk.look_now(scheme) == (before[0], 1)
    assert office.desk.look_now(roundtrip)


def test_marks_are_sealed_until_every_group_has_marked(office: Office, clerk: int) -> None:
    def closed(work: Work) -> bool:
        return marking.sealed(work, "county", windows.window(work, FIRST))

    seals: list[bool] = []
    for number, pair in {1: (1, 6), 2: (2, 4), 3: (3, 5), 4: (0, 7), 0: (1, 2)}.items():
        who = office.member(
            f"组长{number}", Role.INSPECTOR, track="county", group_key=f"county/{number}", leader=True
        )
        source = "covert" if number == 0 else "group"
        enters(office, who, *(line(COUNTY[index], source, "mark", 30) for index in pair))
        seals.append(office.desk.look_now(closed))

    assert seals == [True, True, True, True, False]


def test_an_import_names_its_lines_and_stores_nothing_of_a_bad_file(desk: Desk) -> None:
    bad = [line("延津县", "group", "mark", 30), Line(3, "新乡", "group", "mark", "30")]

    with pytest.raises(intake.BadLines) as refused:
        desk.do_now(intake.import_lines, FIRST, bad, b"x")

    count: Callable[[Work], int] = lambda work: len(items.marks(work, "county", FIRST))  # noqa: E731
    assert [fault.row for fault in refused.value.faults] == [3]
    assert desk.look_now(count) == 0


def test_an_entry_that_a_reason_names_is_its_evidence(office: Office, clerk: int) -> None:
    def file(work: Work, number: str, region: str) -> int:
        given: dict[str, Any] = {
            "state": "assigned", "track": "county", "region": region, "group_key": "county/1",
            "found_at": work.now, "created_at": work.now, "touched_at": work.now, "assigned_at": work.now,
        }  # fmt: skip
        return work.insert(entries, number=number, **given)

    own = office.desk.do_now(file, "县1-0412-01", "延津县")
    office.desk.do_now(file, "县1-0412-02", "卫辉市")

    enters(
        office,
        clerk,
        Line(1, "延津县", "public", "points", "-1", "县1-0412-01 逾期未改"),
        Line(2, "延津县", "public", "points", "-1", "见县1-0412-02"),
        Line(3, "延津县", "public", "points", "-1", "县1-0412-02，邻县的"),
    )
    found = office.desk.look_now(lambda work: items.of_region(work, "county", FIRST, "延津县"))

    assert [one.entry_id for one in found] == [own, None, None]


def test_who_answers_for_a_region_gives_it_neither_marks_nor_points(office: Office, clerk: int) -> None:
    def also_contact(work: Work) -> None:
        work.insert(
            roles,
            member_id=clerk,
            role=Role.CONTACT.value,
            track="county",
            region="延津县",
            granted_at=work.now,
        )

    office.desk.do_now(also_contact)

    enters(office, clerk, line("卫辉市", "group", "mark", 30))
    with pytest.raises(Refusal) as refused:
        enters(office, clerk, line("延津县", "group", "mark", 40))

    assert refused.value.values["faults"][0]["why"] == "not_yours"


# ── the seven aspects ──


def test_aspects_are_kept_and_logged_with_their_mark_and_go_with_it(office: Office, clerk: int) -> None:
    desk = office.desk
    leader = office.member("李甲", Role.INSPECTOR, group_key="county/1", leader=True)

    def says(text: str) -> None:
        enters(office, leader, *spoken(text))

    def standing() -> list[tuple[str, Any]]:
        found = desk.look_now(lambda work: items.of_region(work, "county", FIRST, "延津县"))
        return [(one.value, one.aspects) for one in found]

    says("延津县 督查 七方面 5 5 5 5 5 6 5.50")
    assert standing() == [("36.50", ["5", "5", "5", "5", "5", "6", "5.50"])]
    logged = desk.look_now(
        lambda work: work.connection.execute(
            select(events.c.data).where(events.c.kind == "score_items").order_by(events.c.id.desc())
        ).scalar()
    )
    assert [one[1:] for one in logged["aspects"]] == [["5", "5", "5", "5", "5", "6", "5.50"]]

    for refused in (
        "延津县 督查 36 七方面 5 5 5 5 5 6 5.5",
        "延津县 督查 七方面 5 5 5 5 5 6",
        "延津县 督查 七方面 9 9 9 9 9 9 9",
        "延津县 群众举报 七方面 5 5 5 5 5 6 5",
        "延津县 暗访 36 七方面 5 5 5 5 5 6 5",
    ):
        with pytest.raises(Refusal):
            says(refused)
    assert standing() == [("36.50", ["5", "5", "5", "5", "5", "6", "5.50"])]

    says("延津县 督查 -1 七方面 3 处不实")  # a reason of points, not a breakdown
    says("延津县 督查 36 七方面都好")
    assert standing() == [("-1", None), ("36", None)]
    assert board(desk)["延津县"]["parts"]["inspection"] == "35.00"
