"""跟踪问效月报: what is counted of the groups and of the regions, and what never is."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.ledger import entries as book
from bot.ledger import events
from bot.ledger.desk import Work
from bot.ledger.tables import score_items, score_objections, score_sheets
from bot.services.bulletins.figures import Window
from bot.services.monthreport import book as months
from bot.services.monthreport import groups, regions

ZONE = ZoneInfo("Asia/Shanghai")
GROUP, OFFICE, COUNTY = "group:county/1", "office:county", "region:延津县"


def at(day: int, hour: int = 9, minute: int = 0, month: int = 4) -> datetime:
    return datetime(2019, month, day, hour, minute, tzinfo=ZONE)


APRIL = Window(at(9, 0), at(30, 0))
MAY = Window(at(30, 0), at(31, 0, month=5))

Move = tuple[datetime, str, str, str | None]
"""When, the event's kind, the body, the state that it led to."""


class Ledger:
    """Entries and their events, put straight into the ledger."""

    def __init__(self, desk: Any) -> None:
        self.desk = desk
        self.serial = 0

    def entry(self, found: datetime, state: str, *moves: Move, **values: Any) -> int:
        self.serial += 1
        given: dict[str, Any] = {
            "track": "county", "region": "延津县", "group_key": "county/1", "checker": "county/1",
            "township": "王楼镇", "village": "任庄村", "assigned_at": found, "closed_how": None,
        } | values  # fmt: skip

        def verb(work: Work) -> int:
            row = book.add(
                work, number=f"县1-0412-{self.serial:02d}", state=state, found_at=found, created_at=found,
                touched_at=found, **given,
            )  # fmt: skip
            for when, kind, body, to in moves:
                work.now = when
                what, _, how = kind.partition(" ")
                data = {"how": how} if how else None
                events.record(work, what, entry_id=row.id, body=body, to_state=to, data=data)
            return int(row.id)

        return int(self.desk.do_now(verb))

    def group(self, window: Window = APRIL, at_: int = 0) -> dict[str, Any]:
        found: dict[str, Any] = self.desk.do_now(lambda work: groups.of_track(work, "county", window)[at_])
        return found

    def region(self, window: Window = APRIL) -> dict[str, Any]:
        found = self.desk.do_now(lambda work: regions.of_track(work, "county", window, None))
        return next(row for row in found["rows"] if row["region"] == "延津县")


@pytest.fixture
def ledger(desk: Any) -> Ledger:
    """An empty ledger of the county's track."""
    return Ledger(desk)


def test_days_out_and_places_are_counted_once_and_clean_ones_too(ledger: Ledger) -> None:
    ledger.entry(at(12), "assigned")
    ledger.entry(at(12, 15), "assigned", village="小庄村")
    ledger.entry(at(13), "filed", kind="visit", township="司寨乡", village="通郭村")
    ledger.entry(at(30), "assigned")

    row = ledger.group()

    assert (row["group"], row["days"], row["townships"], row["villages"]) == ("第一督查小组", 2, 2, 3)
    assert (row["spots"], row["found"]) == (3, 2)


def test_townships_of_its_regions_where_a_group_was_not_are_named(ledger: Ledger) -> None:
    before = ledger.group()
    ledger.entry(at(12), "assigned")

    row = ledger.group()

    assert row["unvisited"] == before["unvisited"] - 1
    assert "王楼镇" in before["lacking"]["延津县"]
    assert "王楼镇" not in row["lacking"]["延津县"]
    assert ledger.group(at_=4)["unvisited"] is None, "暗访组 has no townships of its own"


def test_what_was_put_right_in_time_counts_by_its_proof(ledger: Ledger) -> None:
    due = {"deadline": at(16, 18)}
    closed = {"closed_at": at(18), **due}
    ledger.entry(at(12), "closed", proof_sent_at=at(16, 18, 20), **closed)
    ledger.entry(at(12), "closed", proof_sent_at=at(16, 19), **closed)
    ledger.entry(at(12), "submitted", proof_sent_at=at(16, 12), **due)
    ledger.entry(at(12), "returned", proof_sent_at=at(16, 12), **due)
    ledger.entry(at(12), "deferred", **due)
    ledger.entry(at(12), "assigned", deadline=at(2, month=5))

    assert ledger.group()["on_time"] == ledger.region()["on_time"] == [1, 3]


def test_void_counts_where_it_was_found_wrong_not_where_it_was_taken_back(ledger: Ledger) -> None:
    ledger.entry(at(12), "void", void_reason="查无此事")
    ledger.entry(at(12), "void", void_reason="withdrawn")
    ledger.entry(at(12), "void", void_reason="merged")

    row = ledger.group()

    assert (row["voided"], row["found"], row["days"]) == (1, 0, 0)


def test_days_from_proof_to_check_and_the_share_on_site_leave_out_what_was_undone(ledger: Ledger) -> None:
    ledger.entry(
        at(12), "closed",
        (at(14), "submitted", COUNTY, "submitted"),
        (at(15), "returned photo", GROUP, "returned"),
        (at(16), "submitted", COUNTY, "submitted"),
        (at(19), "closed site", GROUP, "closed"),
    )  # fmt: skip
    ledger.entry(
        at(12), "submitted",
        (at(14), "submitted", COUNTY, "submitted"),
        (at(15), "closed site", GROUP, "closed"),
        (at(15, 10), "undone", GROUP, "submitted"),
    )  # fmt: skip
    ledger.entry(
        at(12), "closed",
        (at(14), "submitted", COUNTY, "submitted"),
        (at(15), "closed photo", OFFICE, "closed"),
    )  # fmt: skip

    row = ledger.group()

    assert row["check_days"] == "2.0", "the median of one day and three"
    assert row["site"] == [1, 2]
    assert row["days"] == 2, "the day of finding, the day of the recheck on site"


def test_a_covert_entry_is_in_no_number_before_its_hand_over(ledger: Ledger) -> None:
    covert = {"mode": "covert", "group_key": "county/0"}
    ledger.entry(at(12), "filed", assigned_at=None, **covert)
    ledger.entry(at(12), "assigned", handed_over_at=at(2, month=5), **covert)

    april, may = ledger.group(at_=4), ledger.group(MAY, at_=4)

    assert (april["found"], april["days"], april["townships"]) == (0, 0, 0)
    assert (may["found"], may["days"]) == (1, 0)


def test_an_objection_counts_for_the_group_whose_item_it_struck(ledger: Ledger) -> None:
    def verb(work: Work) -> None:
        sheet = work.insert(score_sheets, track="county", period="2019-04-18")
        item = work.insert(
            score_items, track="county", period="2019-04-18", region="延津县", source="group", kind="mark",
            body=GROUP, origin="chat", at=at(18),
        )  # fmt: skip
        for state, item_id in (("granted", item), ("refused", item), ("granted", None)):
            work.insert(
                score_objections, sheet_id=sheet, item_id=item_id, region="延津县", at=at(19), reason="…",
                state=state, decided_at=at(19, 17),
            )  # fmt: skip

    ledger.desk.do_now(verb)

    assert ledger.group()["upheld"] == 1
    assert ledger.group(at_=1)["upheld"] == 0


def test_the_months_follow_one_another_without_gap_and_end_on_their_last_working_day(ledger: Ledger) -> None:
    found = ledger.desk.do_now(months.issues)

    assert [one.month.key for one in found] == ["2019-04", "2019-05", "2019-06", "2019-07"]
    assert (found[0].window, found[1].window) == (APRIL, MAY)
    assert [(one.first.isoformat(), one.last.isoformat()) for one in found[:2]] == [
        ("2019-04-09", "2019-04-29"),
        ("2019-04-30", "2019-05-30"),
    ]
    assert all(one.due.astimezone(ZONE).hour == 18 for one in found)
    assert ledger.group()["reports"] == [0, 2]
    assert ledger.region()["weekly"] == [0, 3]
