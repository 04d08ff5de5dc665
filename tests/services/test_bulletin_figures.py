"""The figures of a bulletin: as the ledger stood at the cut, whatever was done later."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.ledger import entries as book
from bot.ledger import events
from bot.ledger.desk import Work
from bot.services.bulletins import figures
from bot.services.bulletins.figures import Window

ZONE = ZoneInfo("Asia/Shanghai")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2019, 4, day, hour, minute, tzinfo=ZONE)


WEEK = Window(at(12, 10), at(19, 10))
NEXT = Window(at(19, 10), at(26, 10))


class Ledger:
    """Entries with their moves, put straight into the ledger."""

    def __init__(self, desk: Any) -> None:
        self.desk = desk
        self.serial = 0

    def entry(self, *moves: tuple[datetime, str], region: str = "延津县", **values: Any) -> int:
        """An entry that came into those states at those times."""
        self.serial += 1
        number = f"县1-0412-{self.serial:02d}"

        def verb(work: Work) -> int:
            first = moves[0][0]
            found = {"found_at": first, "created_at": first, "touched_at": first} | values
            row = book.add(
                work, number=number, state=moves[-1][1], track="county", region=region,
                group_key=values.get("group_key", "county/1"),
                **{key: value for key, value in found.items() if key != "group_key"},
            )  # fmt: skip
            before = ""
            for when, state in moves:
                work.now = when
                what = "undone" if state.startswith("~") else state
                events.record(
                    work, what, entry_id=row.id, from_state=before or None, to_state=state.lstrip("~")
                )
                before = state
            return int(row.id)

        return int(self.desk.do_now(verb))

    def counts(self, window: Window = WEEK, region: str = "延津县") -> dict[str, Any]:
        return next(row for row in self.all(window)["rows"] if row["region"] == region)

    def all(self, window: Window = WEEK) -> dict[str, Any]:
        found: dict[str, Any] = self.desk.do_now(lambda work: figures.of_track(work, "county", window))
        return found


@pytest.fixture
def ledger(desk: Any) -> Ledger:
    """An empty ledger of the county's track."""
    return Ledger(desk)


def test_what_was_due_and_closed_by_the_cut_makes_the_rate(ledger: Ledger) -> None:
    due = {"deadline": at(16, 18)}
    ledger.entry((at(13, 9), "filed"), (at(13, 9, 1), "assigned"), (at(15, 9), "closed"), **due)
    ledger.entry((at(13, 9), "filed"), (at(13, 9, 1), "assigned"), (at(19, 11), "closed"), **due)
    ledger.entry((at(13, 9), "filed"), (at(13, 9, 1), "assigned"), (at(14, 9), "void"), **due)
    ledger.entry((at(13, 9), "filed"), (at(13, 9, 1), "assigned"), (at(14, 9), "deferred"), **due)
    ledger.entry((at(13, 9), "filed"), (at(13, 9, 1), "assigned"), deadline=at(22, 18))

    row = ledger.counts()

    assert (row["due"], row["closed"], row["rate"]) == (2, 1, "50%")
    assert (row["void"], row["deferred"]) == (1, 1)
    assert (row["found"], row["overdue"], row["open"], row["done"]) == (4, 1, 1, 1)


def test_every_entry_is_found_in_one_week(ledger: Ledger) -> None:
    ledger.entry((at(19, 9, 59), "filed"))
    ledger.entry((at(19, 10), "filed"))
    late = {"found_at": at(18, 9), "created_at": at(18, 9), "touched_at": at(18, 9)}
    ledger.entry((at(18, 9), "draft"), (at(19, 12), "filed"), **late)

    assert ledger.counts(WEEK)["found"] == 1
    assert ledger.counts(NEXT)["found"] == 2


def test_a_covert_entry_is_in_no_figure_before_its_hand_over(ledger: Ledger) -> None:
    covert = {"mode": "covert", "group_key": "county/0", "township": "王楼镇"}
    ledger.entry((at(13, 9), "filed"), **covert)
    ledger.entry((at(13, 9), "filed"), (at(20, 9), "assigned"), handed_over_at=at(20, 9), **covert)

    assert ledger.counts(WEEK)["found"] == 0
    assert ledger.all(WEEK)["totals"]["teams"] == 0
    assert ledger.all(WEEK)["trace"] == {}
    assert ledger.counts(NEXT)["found"] == 1


def test_what_was_undone_does_not_count(ledger: Ledger) -> None:
    ledger.entry(
        (at(13, 9), "filed"), (at(13, 9, 1), "assigned"), (at(14, 9), "submitted"),
        (at(14, 10), "returned"), (at(14, 10, 5), "~submitted"), (at(14, 11), "closed"), deadline=at(16, 18),
    )  # fmt: skip

    row = ledger.counts()

    assert (row["returned"], row["done"], row["closed"]) == (0, 1, 1)


def test_a_letter_that_names_several_entries_is_one_and_a_revoked_one_is_none(ledger: Ledger) -> None:
    first = ledger.entry((at(13, 9), "filed"), (at(13, 9, 1), "assigned"))
    second = ledger.entry((at(13, 9), "filed"), (at(13, 9, 1), "assigned"))

    def verb(work: Work) -> None:
        work.now = at(15, 9)
        for entry in (first, second):
            events.record(work, "warned", entry_id=entry, data={"warning": 1})
        events.record(work, "warned", entry_id=first, data={"warning": 2})
        events.record(work, "warning_revoked", entry_id=first, data={"warning": 2})

    ledger.desk.do_now(verb)

    assert ledger.counts()["warnings"] == 1
    assert ledger.all()["totals"]["warnings"] == 1
    assert [one["numbers"] for one in ledger.all()["letters"]] == [["县1-0412-01", "县1-0412-02"]]


def test_figures_of_a_cut_do_not_change_afterwards(ledger: Ledger) -> None:
    ledger.entry(
        (at(13, 9), "filed"), (at(13, 9, 1), "assigned"), (at(15, 9), "returned"), deadline=at(16, 18)
    )
    before = ledger.all()
    ledger.entry((at(19, 11), "filed"), (at(19, 12), "assigned"))
    ledger.entry((at(13, 8), "filed"), (at(13, 9, 1), "assigned"), (at(19, 12), "closed"), region="封丘县")

    after = ledger.all()

    assert next(r for r in before["rows"] if r["region"] == "延津县") == ledger.counts()
    assert next(r for r in after["rows"] if r["region"] == "封丘县")["done"] == 0


def test_what_was_settled_before_the_window_counts_as_due_and_in_nothing_else(ledger: Ledger) -> None:
    ledger.entry(
        (at(9, 9), "filed"), (at(9, 10), "assigned"), (at(10, 9), "submitted"), (at(10, 10), "returned"),
        (at(10, 11), "submitted"), (at(10, 12), "closed"), deadline=at(12, 18), assigned_at=at(9, 10),
    )  # fmt: skip
    ledger.entry((at(9, 9), "filed"), (at(9, 10), "assigned"), deadline=at(12, 18), assigned_at=at(9, 10))

    row = ledger.counts()

    assert (row["due"], row["closed"], row["overdue"]) == (2, 1, 1)
    assert (row["found"], row["done"], row["returned"]) == (0, 0, 0)


def test_regions_stand_in_the_notices_order_and_lists_name_no_spot(ledger: Ledger) -> None:
    ledger.entry(
        (at(13, 9), "filed"), (at(13, 9, 1), "assigned"), township="王楼镇", village="任庄村",
        spot="张三家门口", description="张三家门口垃圾", deadline=at(15, 18),
    )  # fmt: skip

    found = ledger.all()

    assert [row["region"] for row in found["rows"]][:3] == ["长垣县", "卫辉市", "辉县市"]
    (late,) = found["overdue"]
    assert (late["place"], late["township"], late["days"]) == ("王楼镇任庄村", "王楼镇", 4)
    assert "张三" not in str(found)


def test_a_figure_is_traced_to_the_numbers_behind_it(ledger: Ledger) -> None:
    ledger.entry((at(13, 9), "filed"))

    assert ledger.all()["trace"]["延津县"]["found"] == ["县1-0412-01"]
