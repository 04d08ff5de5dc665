"""What an export holds, what it leaves out, and that it is logged."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.clock import SteppedClock
from bot.domain.entries import Mode, State
from bot.domain.permissions import Role
from bot.ledger import events as log
from bot.ledger.desk import Desk, Work
from bot.ledger.tables import entries, events, outbox, photos
from bot.services.looking import export
from tests.services.conftest import Office

PHONE = "138" + "12345678"


def put(desk: Desk, number: str | None, **values: Any) -> int:
    """An entry straight into the ledger."""

    def verb(work: Work) -> int:
        given: dict[str, Any] = {
            "state": State.FILED.value, "track": "county", "group_key": "county/1", "region": "延津县",
            "found_at": work.now, "created_at": work.now, "touched_at": work.now, **values,
        }  # fmt: skip
        entry_id = work.insert(entries, number=number, **given)
        log.record(work, "filed", entry_id=entry_id, data={"number": number})
        return entry_id

    return desk.do_now(verb)


def exported(desk: Desk) -> list[dict[str, Any]]:
    """All entries of an export."""
    return desk.look_now(lambda work: [dict(entry.values) for entry in export.entries(work)])


def logged(desk: Desk) -> list[dict[str, Any]]:
    """All events of an export."""
    return desk.look_now(lambda work: list(export.events(work)))


def covert(desk: Desk, number: str, **values: Any) -> int:
    return put(desk, number, mode=Mode.COVERT.value, group_key="county/0", **values)


def test_an_entry_has_the_keys_of_the_specification_in_order(desk: Desk) -> None:
    put(desk, "县1-0412-01", description=f"任庄村村口 {PHONE}")

    [entry] = exported(desk)

    assert tuple(entry) == export.KEYS
    assert entry["number"] == "县1-0412-01"
    assert entry["description"] == "任庄村村口 138******78"
    assert entry["found_at"].isoformat() == "2019-04-12T09:00:00+08:00"


def test_a_draft_has_no_number_and_a_void_entry_stays(desk: Desk) -> None:
    put(desk, None, state=State.DRAFT.value)
    put(desk, "县1-0412-01", state=State.VOID.value)

    found = exported(desk)

    assert [(entry["number"], entry["state"]) for entry in found] == [
        (None, "draft"),
        ("县1-0412-01", "void"),
    ]


def test_visits_are_no_entries(desk: Desk) -> None:
    put(desk, None, kind="visit")

    assert exported(desk) == []


def test_what_is_covert_is_in_no_export_until_it_is_handed_over(desk: Desk, clock: SteppedClock) -> None:
    covert(desk, "暗-0412-01")
    covert(desk, "暗-0412-02", handed_over_at=clock.now())
    covert(desk, "暗-0412-03", state=State.VOID.value)
    put(desk, "暗-0412-04", identity_open=True)
    put(desk, "县1-0412-01")

    numbers = [entry["number"] for entry in exported(desk)]
    spoken = [event["entry"] for event in logged(desk)]

    assert numbers == ["暗-0412-02", "县1-0412-01"]
    assert spoken == ["暗-0412-02", "县1-0412-01"]
    assert desk.look_now(export.count, "entries") == 2
    assert desk.look_now(export.count, "events") == 2


def test_no_event_of_another_entry_names_a_hidden_one(desk: Desk) -> None:
    hidden = covert(desk, "暗-0412-01")
    open_ = put(desk, "县1-0412-01")

    def link(work: Work) -> None:
        log.record(
            work, "linked", entry_id=open_,
            data={"other": hidden, "words": "同 暗-0412-01", "count": hidden, "to": ["暗-0412-01", PHONE]},
        )  # fmt: skip

    desk.do_now(link)

    assert logged(desk)[-1]["data"] == {
        "other": None, "words": None, "count": hidden, "to": [None, "138******78"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("values", "days"),
    [
        ({"state": "assigned", "deadline": 1}, 0),
        ({"state": "assigned", "deadline": -0.1}, 1),
        ({"state": "returned", "deadline": -5}, 5),
        ({"state": "submitted", "deadline": -5, "proof_sent_at": -5.1}, 0),
        ({"state": "submitted", "deadline": -5, "proof_sent_at": -2}, 3),
        ({"state": "closed", "deadline": -5, "proof_sent_at": -5 + 0.02}, 0),
        ({"state": "closed", "deadline": -5, "proof_sent_at": -4}, 1),
        ({"state": "deferred", "deadline": -5}, 0),
        ({"state": "filed"}, 0),
    ],
)
def test_lateness_counts_to_today_or_to_the_proof(
    desk: Desk, clock: SteppedClock, values: dict[str, Any], days: int
) -> None:
    times = {
        key: clock.now() + timedelta(days=value)
        for key, value in values.items()
        if isinstance(value, int | float)
    }

    put(desk, "县1-0412-01", **(values | times))

    assert exported(desk)[0]["overdue_days"] == days


def test_photos_come_before_then_after_each_in_order_and_null_until_downloaded(desk: Desk) -> None:
    entry_id = put(desk, "县1-0412-01")

    def keep(work: Work) -> None:
        for number, (kind, seq, file) in enumerate(
            [("after", 1, None), ("before", 2, "b2"), ("before", 1, "b1"), ("attachment", 1, "v")]
        ):
            work.insert(
                photos, entry_id=entry_id, kind=kind, medium="photo", seq=seq, file=file, file_id="x",
                file_unique_id="x", chat_id=1, message_id=number, sent_at=work.now, received_at=work.now,
            )  # fmt: skip

    desk.do_now(keep)

    found = exported(desk)[0]["photos"]

    assert [(photo["kind"], photo["file"]) for photo in found] == [
        ("before", "b1"), ("before", "b2"), ("after", None),
    ]  # fmt: skip


def test_pages_follow_one_another_without_a_gap(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(7):
        put(desk, f"县1-0412-{number:02d}")
    from bot.ledger import export as book

    pages = desk.look_now(lambda work: [len(page) for page in book.entry_pages(work, page=3)])

    assert pages == [3, 3, 1]


def test_an_export_is_logged_with_who_what_and_how_many(desk: Desk) -> None:
    desk.do_now(export.record, what="entries", form="csv", rows=12, photos=3)

    row = desk.look_now(lambda work: work.connection.execute(select(events)).one())

    assert (row.kind, row.body) == ("exported", "admin")
    assert row.data == {
        "what": "entries",
        "form": "csv",
        "filter": "all",
        "rows": 12,
        "photos": 3,
        "regions": 0,
    }


@pytest.mark.parametrize(
    ("pictured", "told"),
    [
        ({}, {}),
        ({"延津县": 5}, {}),
        ({"延津县": 5, "卫辉市": 2}, {"county": (2, 7)}),
        ({"延津县": 5, "卫滨区": 2}, {"county": (1, 5), "district": (1, 2)}),
    ],
)
def test_photos_of_several_regions_are_told_to_the_offices_of_their_tracks_alone(
    desk: Desk, office: Office, pictured: dict[str, int], told: dict[str, tuple[int, int]]
) -> None:
    chats = {
        office.member("钱丁", Role.OFFICE, track="county") + 1000: "county",
        office.member("孙戊", Role.OFFICE, track="county") + 1000: "county",
        office.member("郑壬", Role.OFFICE, track="district") + 1000: "district",
    }
    office.member("李甲", Role.INSPECTOR, group_key="county/1", leader=True)

    desk.do_now(export.record, what="entries", form="json", rows=9, photos=9, pictured=pictured)

    rows = desk.look_now(lambda work: work.connection.execute(select(outbox)).all())
    said = {row.chat_id: (row.payload["values"]["regions"], row.payload["values"]["entries"]) for row in rows}
    assert said == {chat: told[track] for chat, track in chats.items() if track in told}
    assert all(row.payload["silent"] for row in rows)
    assert all(set(row.payload["values"]) == {"track", "at", "regions", "entries"} for row in rows)


def test_the_mark_says_for_whom_by_whom_and_when(desk: Desk) -> None:
    mark = desk.look_now(export.mark)

    assert re.fullmatch(r"仅供工作使用 · 管理员（命令行） · 2019-04-12 09:00", mark)


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("kit_made", {"kit": 1, "leads": 3, "covert": 2}),
        ("proposed", {"act": "kit", "reason": "4月 №1 · 3 · 延津县 · 暗×2", "request": 7}),
        ("exported", {"what": "kit", "form": "zip", "rows": 3, "photos": 9}),
        ("imported", {"file": "old.xlsx", "rows": 41}),
    ],
)
def test_what_counts_hidden_entries_with_the_rest_is_exported_without_its_numbers(
    desk: Desk, kind: str, data: dict[str, Any]
) -> None:
    desk.do_now(lambda work: log.record(work, kind, body="office:county", data=data))

    [event] = logged(desk)

    assert event["kind"] == kind
    assert not {"rows", "photos", "leads", "covert", "reason"} & set(event["data"])
