"""核对稿 out: who reads it anew when something changes, what stands in the way, what follows a 更正."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.clock import SteppedClock
from bot.domain.permissions import Role
from bot.ledger.desk import Work
from bot.ledger.tables import (
    entries,
    moved_duties,
    outbox,
    requests,
    score_items,
    score_objections,
    score_sheets,
)
from bot.ledger.tables import questions as asked
from bot.services.incoming import Incoming
from bot.services.offices import seconds
from bot.services.questions import ANSWERS
from bot.services.refusals import BadScores, ScoreNotNow
from bot.services.scoring import (
    deciding,
    drafting,
    entering,
    issuing,
    items,
    objections,
    proposing,
    publishing,
    schemes,
    sheets,
    windows,
)
from bot.services.scoring.lines import Line
from tests.services.conftest import Office

FIRST, SECOND = "2019-04-18", "2019-04-28"
COUNTY = ("长垣县", "卫辉市", "辉县市", "新乡县", "获嘉县", "原阳县", "延津县", "封丘县")


class Desk:
    """The county track's office, and contacts of two regions."""

    def __init__(self, office: Office, clock: SteppedClock) -> None:
        self.office, self.clock = office, clock
        self.chief = office.member("钱丁", Role.OFFICE, track="county")
        self.clerk = office.member("孙戊", Role.OFFICE, track="county")
        self.yanjin = office.member("王乙", Role.CONTACT, track="county", region="延津县")
        self.fengqiu = office.member("赵丙", Role.CONTACT, track="county", region="封丘县")
        office.desk.do_now(schemes.take_configuration, "county", FIRST)

    def at(self, moment: str) -> None:
        """The clock goes on to that minute of the campaign's wall clock."""
        self.clock.move_to(datetime.fromisoformat(f"{moment}:00+08:00"))

    def enters(self, *given: Line, period: str = FIRST) -> None:
        self.office.does(
            self.chief, lambda work: entering.enter(work, windows.window(work, period), given, origin="chat")
        )

    def all_marked(self, period: str = FIRST, **other: str) -> None:
        """Everybody has a mark: 36, where `other` says nothing else."""
        lines = [Line(n, name, "group", "mark", other.get(name, "36"), "") for n, name in enumerate(COUNTY)]
        self.enters(*lines, period=period)

    def sheet(self, period: str = FIRST) -> Any:
        return self.office.desk.do_now(lambda work: sheets.opened(work, "county", period))

    def drafts(self, period: str = FIRST) -> None:
        """The marking is ended, the drafts go out."""
        self.office.does(self.chief, deciding.end_marking, self.sheet(period).id, 0)
        self.office.does(self.chief, drafting.send, self.sheet(period).id, 0)

    def decides(self, region: str, part: str, how: str) -> None:
        index = [one.name for one in self.office.desk.world.campaign.regions].index(region)
        self.office.does(self.chief, deciding.decide, self.sheet().id, 0, f"{index}.{part}.{how}", 5, None)

    def told(self, who: int, text: str) -> list[dict[str, Any]]:
        """The values of what somebody was sent, the oldest first."""

        def read(work: Work) -> list[dict[str, Any]]:
            rows = work.connection.execute(
                select(outbox.c.payload).where(outbox.c.chat_id == who + 1000).order_by(outbox.c.id)
            ).scalars()
            return [row["values"] for row in rows if row and row.get("text") == text]

        return list(self.office.desk.look_now(read))

    def objects(self, who: int, region: str, item: int | None) -> int:
        """A region's objection, as it stands in the ledger; gives its id."""
        return self.office.desk.do_now(
            lambda work: work.insert(
                score_objections, sheet_id=self.sheet_id(work), item_id=item, region=region, member_id=who,
                at=work.now, reason="有误",
            )
        )  # fmt: skip

    @staticmethod
    def sheet_id(work: Work) -> int:
        row = sheets.find(work, "county", FIRST)
        assert row is not None
        return int(row.id)

    def item(self, region: str, kind: str = "mark") -> int:
        return int(
            self.office.desk.look_now(
                lambda work: work.connection.execute(
                    select(score_items.c.id).where(
                        score_items.c.region == region,
                        score_items.c.kind == kind,
                        score_items.c.state == "active",
                    )
                ).scalar()
            )
        )

    def answers(self, kind: str, text: str) -> None:
        def verb(work: Work) -> None:
            row = work.connection.execute(
                select(asked).where(asked.c.kind == kind).order_by(asked.c.id.desc())
            ).first()
            assert row is not None
            chat = work.actor.member_id + 1000
            ANSWERS[kind](work, row, Incoming(chat, 9, chat, work.now, text=text))

        self.office.does(self.chief, verb)


@pytest.fixture
def bureau(office: Office, clock: SteppedClock) -> Desk:
    """The office on the morning after the first closing day."""
    found = Desk(office, clock)
    found.at("2019-04-19T10:00")
    return found


@pytest.fixture
def early(office: Office, clock: SteppedClock) -> Desk:
    """The office while the first period runs."""
    return Desk(office, clock)


# ── when ──


def test_the_office_ends_the_marking_only_when_it_is_due_as_moved(bureau: Desk) -> None:
    period = "2019-05-18"  # a Saturday: the reports were moved to Monday
    bureau.office.desk.do_now(
        lambda work: work.connection.execute(
            moved_duties.insert().values(
                duty="ten_day", track="county", key=period, day="2019-05-20", at=work.now
            )
        )
    )
    bureau.at("2019-05-20T17:59")

    with pytest.raises(ScoreNotNow) as early:
        bureau.office.does(bureau.chief, deciding.end_marking, bureau.sheet(period).id, 0)
    bureau.at("2019-05-20T18:00")
    bureau.office.does(bureau.chief, deciding.end_marking, bureau.sheet(period).id, 0)

    assert early.value.values["why"] == "not_due"
    assert early.value.values["until"] == "2019-05-20T10:00:00+00:00"  # 18:00 by the campaign's clock


def test_the_drafts_wait_until_everything_that_is_proposed_is_decided(early: Desk) -> None:
    for number in ("县1-0412-01", "县1-0412-02"):
        early.office.desk.do_now(_overdue, number)
    early.all_marked()
    early.at("2019-04-18T18:01")
    early.office.desk.do_now(proposing.due)
    early.office.does(early.chief, deciding.end_marking, early.sheet().id, 0)

    with pytest.raises(ScoreNotNow) as waiting:
        early.office.does(early.chief, drafting.send, early.sheet().id, 0)
    first = early.office.desk.look_now(
        lambda work: work.connection.execute(
            select(score_items.c.id).where(score_items.c.state == "proposed").limit(1)
        ).scalar()
    )
    early.office.does(early.chief, deciding.decide_item, first, True)
    early.office.does(early.chief, deciding.drop_proposed, early.sheet().id, 0)
    early.office.does(early.chief, drafting.send, early.sheet().id, 0)

    assert waiting.value.values["why"] == "proposals_open"
    assert early.told(early.yanjin, "scoring.draft")[0]["total"] == "95.50"


def _overdue(work: Work, number: str) -> None:
    work.insert(
        entries, number=number, state="assigned", track="county", region="延津县", group_key="county/1",
        found_at=work.now, created_at=work.now, touched_at=work.now, assigned_at=work.now, deadline=work.now,
    )  # fmt: skip


# ── what changes while it is out ──


@pytest.fixture
def out(bureau: Desk) -> Desk:
    """The drafts are out; 长垣县 alone was inspected by the covert group, 延津县 has points."""
    bureau.all_marked()
    bureau.enters(
        Line(1, "长垣县", "covert", "mark", "30", ""),
        Line(2, "延津县", "public", "points", "-1.5", "举报属实"),
    )
    bureau.drafts()
    return bureau


def test_a_decision_that_changes_a_score_is_read_anew_and_gives_new_time_to_object(out: Desk) -> None:
    before = out.sheet().objections_until
    out.at("2019-04-19T17:00")

    out.decides("封丘县", "oversight", "full")

    drafts = out.told(out.fengqiu, "scoring.draft")
    assert [one["total"] for one in drafts] == ["86.00", "96.00"]
    assert drafts[1]["again"] == "decided"
    assert len(out.told(out.yanjin, "scoring.draft")) == 1
    until = out.office.desk.world.campaign.local(out.sheet().objections_until)
    assert out.office.desk.world.campaign.local(before).strftime("%d %H:%M") == "19 17:30"
    assert until.strftime("%d %H:%M") == "22 17:30"  # Monday: six working hours


def test_a_decision_that_changes_no_score_tells_nobody(out: Desk) -> None:
    out.decides("封丘县", "oversight", "average")

    assert len(out.told(out.fengqiu, "scoring.draft")) == 1


def test_an_objection_that_is_granted_is_read_by_whom_else_it_changes(out: Desk) -> None:
    """The covert mark of 长垣县 is what those not inspected are given."""
    out.office.member("郑壬", Role.CONTACT, track="county", region="长垣县")
    covert = out.office.desk.look_now(
        lambda work: work.connection.execute(
            select(score_items.c.id).where(score_items.c.source == "covert")
        ).scalar()
    )
    objection = out.objects(out.yanjin, "长垣县", covert)
    out.office.does(out.chief, objections.uphold, objection, 5, None)
    out.answers("objection_upheld", "34 核对后更正")

    assert [one["total"] for one in out.told(out.fengqiu, "scoring.draft")] == ["86.00", "90.00"]
    assert out.told(out.fengqiu, "scoring.draft")[1]["again"] == "decided"


def test_the_answer_to_an_objection_reaches_its_region_with_the_new_draft(out: Desk) -> None:
    objection = out.objects(out.yanjin, "延津县", out.item("延津县", "points"))
    before = out.sheet().objections_until

    out.office.does(out.chief, objections.uphold, objection, 5, None)

    assert [one["again"] for one in out.told(out.yanjin, "scoring.draft")] == ["", "objection"]
    assert out.told(out.yanjin, "scoring.draft")[1]["total"] == "86.00"
    assert out.sheet().objections_until == before


def test_two_objections_about_one_mark_do_not_make_two_marks_of_it(out: Desk) -> None:
    mark = out.item("延津县")
    first, second = (out.objects(out.yanjin, "延津县", mark) for _ in range(2))
    for objection in (first, second):
        out.office.does(out.chief, objections.uphold, objection, 5, None)
        if objection == first:
            out.answers("objection_upheld", "38 核对后更正")

    with pytest.raises(ScoreNotNow) as refused:
        out.answers("objection_upheld", "39 核对后更正")

    assert refused.value.values["why"] == "item_changed"
    assert marks(out, "延津县") == ["38"]


def marks(out: Desk, region: str) -> list[str]:
    rows = out.office.desk.look_now(lambda work: items.of_region(work, "county", FIRST, region))
    return [row.value for row in rows if row.kind == "mark"]


def test_an_objection_to_the_whole_score_is_answered_by_points_not_by_a_mark_beside_the_group_s(
    out: Desk,
) -> None:
    objection = out.objects(out.yanjin, "延津县", None)
    out.office.does(out.chief, objections.uphold, objection, 5, None)

    with pytest.raises(BadScores):
        out.answers("objection_upheld", "督查 40 偏低")
    out.answers("objection_upheld", "群众举报 +1 举报不属实")

    assert marks(out, "延津县") == ["36"]
    assert out.told(out.yanjin, "scoring.draft")[1]["total"] == "85.50"


# ── what a month is made of ──


def publish(bureau: Desk, period: str) -> None:
    bureau.office.desk.do_now(publishing.publish_now, "county", period)


def test_a_month_is_not_locked_before_all_its_periods_are_published(bureau: Desk) -> None:
    bureau.all_marked(延津县="30")
    publish(bureau, FIRST)
    bureau.at("2019-04-28T09:00")
    bureau.all_marked(SECOND, 封丘县="30")
    bureau.at("2019-04-29T10:00")
    month = bureau.sheet("2019-04")
    bureau.office.does(bureau.chief, deciding.end_marking, month.id, 0)
    bureau.office.does(bureau.chief, drafting.send, month.id, 0)
    bureau.at("2019-04-29T17:31")

    with pytest.raises(ScoreNotNow) as waiting:
        bureau.office.does(bureau.chief, issuing.lock, month.id, 0)
    publish(bureau, SECOND)
    bureau.office.does(bureau.chief, deciding.tie, month.id, 0, "none")
    bureau.office.does(bureau.chief, issuing.lock, month.id, 0)

    assert waiting.value.values["why"] == "unpublished"
    assert waiting.value.values["awaited"] == ["4月下旬"]
    assert bureau.sheet("2019-04").state == "locked"


def test_a_corrected_period_is_told_to_the_office_whose_month_no_longer_agrees(bureau: Desk) -> None:
    bureau.all_marked(延津县="30")
    publish(bureau, FIRST)
    bureau.at("2019-04-29T10:00")
    publish(bureau, "2019-04")
    bureau.office.does(bureau.chief, issuing.ask_correction, bureau.sheet().id, 0, 5, None)
    bureau.answers("score_correction", "登记有误")
    bureau.enters(Line(1, "延津县", "group", "mark", "33", ""))
    fresh = bureau.sheet()
    scheme, number = bureau.office.desk.look_now(lambda work: schemes.scheme_for(work, "county", FIRST))

    def lock(work: Work) -> None:
        row = sheets.get(work, fresh.id)
        assert row is not None
        publishing.lock(work, row, windows.window(work, FIRST), scheme, number, body="office:county")

    bureau.office.does(bureau.chief, lock)
    bureau.office.does(bureau.chief, issuing.propose, fresh.id, 0)
    waiting = bureau.office.desk.look_now(
        lambda work: work.connection.execute(select(func.max(requests.c.id))).scalar()
    )
    bureau.office.does(bureau.clerk, seconds.agree, waiting)

    for who in (bureau.chief, bureau.clerk):
        assert [one["outdated"]["key"] for one in bureau.told(who, "scoring.outdated")] == ["2019-04"]
    stands = bureau.office.desk.look_now(
        lambda work: work.connection.execute(
            select(func.count()).where(score_sheets.c.period == "2019-04")
        ).scalar()
    )
    assert stands == 1  # the month itself changes by its own 更正 alone
