"""What an archive holds of the ledger, what it holds back, who is asked for it and told of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.clock import SteppedClock
from bot.documents.archive import verify
from bot.domain.entries import Mode
from bot.domain.permissions import Role
from bot.ledger import events as book
from bot.ledger import reports
from bot.ledger.desk import Desk, Work
from bot.ledger.tables import chats, entries, events, notice_items, notices, outbox, photos
from bot.services.archive import ending, log, papers
from bot.services.archive import entries as archived
from tests.services.conftest import Office

PHONE = "138" + "12345678"
AFTER = datetime(2019, 7, 18, 1, 0, tzinfo=UTC)
"""09:00 on the first working day after the campaign."""


def put(desk: Desk, number: str | None, **values: Any) -> int:
    """An entry straight into the ledger, with the event of its filing."""

    def verb(work: Work) -> int:
        given: dict[str, Any] = {
            "state": "assigned", "track": "county", "group_key": "county/1", "region": "延津县",
            "found_at": work.now, "created_at": work.now, "touched_at": work.now, "assigned_at": work.now,
            **values,
        }  # fmt: skip
        entry_id = work.insert(entries, number=number, **given)
        book.record(work, "filed", entry_id=entry_id, data={"number": number})
        return entry_id

    return desk.do_now(verb)


def event(desk: Desk, entry_id: int | None, kind: str, **values: Any) -> int:
    return desk.do_now(lambda work: book.record(work, kind, entry_id=entry_id, **values))


def picture(desk: Desk, entry_id: int, kind: str = "before", **values: Any) -> int:
    def verb(work: Work) -> int:
        count = work.connection.execute(select(photos.c.id)).all()
        given: dict[str, Any] = {
            "kind": kind, "medium": "photo", "file": f"{kind}.jpg", "file_id": "x", "file_unique_id": "x",
            "chat_id": 1, "message_id": len(count) + 1, "sent_at": work.now, "received_at": work.now,
            "state": "stored", **values,
        }  # fmt: skip
        return work.insert(photos, entry_id=entry_id, **given)

    return desk.do_now(verb)


def found(desk: Desk) -> list[archived.Archived]:
    return desk.look_now(lambda work: list(archived.entries(work)))


def told(desk: Desk) -> list[log.Line]:
    return desk.look_now(lambda work: list(log.lines(work)))


def test_drafts_visits_and_what_is_covert_are_in_no_archive(desk: Desk, clock: SteppedClock) -> None:
    put(desk, None, state="draft")
    put(desk, None, kind="visit")
    put(desk, "暗-0412-01", mode=Mode.COVERT.value, group_key="county/0")
    put(desk, "暗-0412-02", mode=Mode.COVERT.value, group_key="county/0", handed_over_at=clock.now())
    put(desk, "县1-0412-04", identity_open=True)
    put(desk, "县1-0412-05", state="void")

    numbers = [one.values["number"] for one in found(desk)]

    assert numbers == ["暗-0412-02", "县1-0412-05"]
    assert desk.look_now(archived.count) == 2


def test_visits_are_told_by_day_and_place_unless_they_were_covert(desk: Desk) -> None:
    put(
        desk,
        None,
        kind="visit",
        state="filed",
        township="王楼镇",
        village="任庄村",
        description=f"整洁，{PHONE}",
    )
    put(desk, None, kind="visit", state="filed", mode=Mode.COVERT.value, group_key="county/0")
    put(desk, None, kind="visit", state="void")
    put(desk, "县1-0412-01")

    assert desk.look_now(lambda work: list(archived.visits(work))) == [
        ("2019-04-12", "延津县", "王楼镇", "任庄村", "县(市)第一督查小组", ""),
    ]


def test_of_a_covert_finding_stands_what_its_county_read(desk: Desk, clock: SteppedClock) -> None:
    entry = put(
        desk, "暗-0412-02", mode=Mode.COVERT.value, group_key="county/0", handed_over_at=clock.now(),
        description="暗访组李甲下午3点看到任庄村垃圾", public_text="任庄村垃圾", lat=35.1, lng=114.2,
    )  # fmt: skip
    picture(desk, entry)

    [one] = found(desk)

    assert (one.problem, one.sender) == ("任庄村垃圾", "市环境整治攻坚办")
    assert {one.values[key] for key in ("found_at", "group")} == {None}
    assert {one.more[key] for key in ("created_at", "lat", "lng")} == {None}
    assert [(shown.anew, shown.day) for shown in one.pictures] == [(True, "")]
    assert "李甲" not in repr(one)


def test_a_callers_words_and_pictures_stay_with_the_office(desk: Desk) -> None:
    entry = put(
        desk, "办-0412-01", source="public", group_key=None, description=f"张某来电{PHONE}称村口有垃圾",
        public_text="村口有垃圾", spot="张某家门前",
    )  # fmt: skip
    picture(desk, entry, "source", file="caller.jpg")
    put(desk, "办-0412-02", source="public", group_key=None, state="void", void_reason="张某撤回了举报")
    picture(desk, entry, "after", file="after.jpg")

    one, void = found(desk)

    assert [shown.file for shown in one.pictures] == ["after.jpg"]
    assert [shown["file"] for shown in one.values["photos"]] == ["after.jpg"]
    assert void.more["void_reason"] == "other"
    assert not [word for word in ("张某", "caller", PHONE[-6:]) if word in repr((one, void))]


@pytest.mark.parametrize("word", ["约谈", "诫勉谈话", "问责", "书面检查"])
def test_a_measure_against_persons_stands_on_no_page_whoever_wrote_it(desk: Desk, word: str) -> None:
    entry = put(desk, "县1-0412-01", description=f"村口垃圾，{word}村支书", measures=f"已{word}", spot=word)
    event(desk, entry, "remark", body="region:延津县", data={"text": f"已{word}责任人"})

    [one] = found(desk)

    assert word not in repr(one)
    assert "已（略）责任人" in repr(one.history)
    assert all(word not in repr(line.whole) for line in told(desk))


@pytest.mark.parametrize(("said", "kept_back"), [("村口垃圾，已约谈村支书", True), ("村口垃圾", False)])
def test_a_paper_that_tells_of_a_measure_is_kept_back_whole(
    desk: Desk, clock: SteppedClock, said: str, kept_back: bool
) -> None:
    entry = put(desk, "县1-0412-01", description=said, deadline=clock.now())

    def served(work: Work) -> None:
        notice = work.insert(notices, region="延津县", sender="county/1", day="2019-04-12", at=work.now)
        work.connection.execute(notice_items.insert().values(entry_id=entry, round=1, notice_id=notice))

    desk.do_now(served)

    [paper] = desk.look_now(lambda work: list(papers.papers(work)))

    assert paper.kept_back is kept_back


def test_numbers_of_persons_and_of_hidden_entries_are_unreadable_everywhere(desk: Desk) -> None:
    put(desk, "暗-0412-01", mode=Mode.COVERT.value, group_key="county/0")
    entry = put(desk, "县1-0412-01", description=f"垃圾，联系{PHONE}，同暗-0412-01", measures=f"找{PHONE}")
    event(desk, entry, "remark", body="region:延津县", data={"text": f"{PHONE} 见 暗-0412-01"})

    [one] = found(desk)

    assert "暗-0412-01" not in repr(one)
    assert PHONE not in repr(one)
    assert all(PHONE not in repr(line.whole) and "暗-" not in repr(line.whole) for line in told(desk))


def test_every_event_stands_whole_or_with_its_hash_alone_and_the_chain_holds(
    desk: Desk, clock: SteppedClock
) -> None:
    open_ = put(desk, "县1-0412-01")
    hidden = put(desk, "暗-0412-01", mode=Mode.COVERT.value, group_key="county/0")
    handed = put(
        desk, "暗-0412-02", mode=Mode.COVERT.value, group_key="county/0",
        handed_over_at=clock.now() + timedelta(hours=1),
    )  # fmt: skip
    event(desk, open_, "assigned", to_state="assigned", body="group:county/1")
    event(desk, open_, "remark", body="office:county", data={"text": "内部"})
    event(desk, open_, "linked", data={"other": hidden})
    event(desk, open_, "accounted", body="office:county", data={"day": "2019-05-20"})
    event(desk, None, "measure_proposed", data={"what": "talk"})
    event(desk, None, "score_items", data={"items": []})
    event(desk, None, "joined", data={"member": 7})
    clock.advance(timedelta(hours=2))
    event(desk, handed, "assigned", to_state="assigned", body="office:county")

    lines = told(desk)

    assert all(line.fits for line in lines)
    assert [line.whole["kind"] for line in lines if line.whole] == ["filed", "assigned", "joined", "assigned"]
    previous = verify.GENESIS
    for line in lines:
        assert line.whole is None or verify.link(previous, dict(line.whole)) == line.hash
        previous = line.hash


def test_how_many_leads_a_kit_had_is_held_back(desk: Desk) -> None:
    kit = event(desk, None, "exported", data={"what": "kit", "form": "zip", "rows": 3, "photos": 9})
    plain = event(desk, None, "exported", data={"what": "entries", "form": "csv", "rows": 3})

    whole = {line.id: line.whole is not None for line in told(desk)}

    assert (whole[kit], whole[plain]) == (False, True)


def test_an_event_that_somebody_changed_is_named(desk: Desk) -> None:
    put(desk, "县1-0412-01")
    put(desk, "县1-0412-02")

    def tamper(work: Work) -> None:
        work.connection.exec_driver_sql("DROP TRIGGER events_UPDATE")
        work.connection.execute(events.update().where(events.c.id == 1).values(body="other"))

    desk.do_now(tamper)

    assert [line.id for line in told(desk) if not line.fits] == [1]


# ── the campaign's end ──


@pytest.fixture
def people(desk: Desk, office: Office) -> dict[int, str]:
    """Chat → who: two offices, an admin, and others whom it does not concern."""
    found = {
        office.member("钱丁", Role.OFFICE, track="county") + 1000: "county",
        office.member("郑壬", Role.OFFICE, track="district") + 1000: "district",
        office.member("管甲", Role.ADMIN) + 1000: "admin",
    }
    office.member("李甲", Role.INSPECTOR, group_key="county/1", leader=True)
    office.member("周县", Role.CONTACT, region="延津县")
    return found


def said(desk: Desk, text: str) -> dict[int, dict[str, Any]]:
    """Chat → the values of the last message of a text."""
    rows = desk.look_now(lambda work: work.connection.execute(select(outbox).order_by(outbox.c.id)).all())
    return {row.chat_id: row.payload["values"] for row in rows if row.payload["text"] == text}


@pytest.mark.parametrize(
    ("moment", "asked"),
    [
        (AFTER - timedelta(days=30), 0),
        (AFTER - timedelta(seconds=1), 0),
        (AFTER, 3),
        (AFTER + timedelta(days=6), 3),
        (AFTER + timedelta(days=400), 3),
    ],
)
def test_the_archive_is_asked_for_on_the_first_working_morning_after_the_last_day(
    desk: Desk, clock: SteppedClock, people: dict[int, str], moment: datetime, asked: int
) -> None:
    clock.move_to(moment)

    first = desk.do_now(ending.due)
    again = desk.do_now(ending.due)

    assert (first, again) == (asked, 0)
    assert set(said(desk, "archive.asked")) == (set(people) if asked else set())


def test_it_is_asked_for_once_more_after_a_week_unless_it_was_made(
    desk: Desk, clock: SteppedClock, people: dict[int, str]
) -> None:
    clock.move_to(AFTER)
    desk.do_now(ending.due)
    clock.move_to(AFTER + timedelta(days=7))
    second = desk.do_now(ending.due)
    clock.move_to(AFTER + timedelta(days=30))

    assert (second, desk.do_now(ending.due)) == (3, 0)
    assert all(values["again"] for values in said(desk, "archive.asked").values())


def made(desk: Desk) -> None:
    desk.do_now(
        ending.made, form="zip", entries=9, photos=4, papers=2, troubles=0, regions=3, digest="a" * 64
    )


def test_nobody_is_asked_for_what_was_made_after_the_end(
    desk: Desk, clock: SteppedClock, people: dict[int, str]
) -> None:
    clock.move_to(AFTER - timedelta(hours=2))
    made(desk)
    clock.move_to(AFTER)

    assert desk.do_now(ending.due) == 0


def test_offices_and_admins_hear_of_an_archive_and_then_which_chats_to_dissolve(
    desk: Desk, clock: SteppedClock, people: dict[int, str]
) -> None:
    def bind(work: Work) -> None:
        bound: list[dict[str, Any]] = [
            {"title": "第一组", "group_key": "county/1"},
            {"title": "卫滨", "region": "卫滨区"},
            {"title": "县通报", "channel_of": "county", "kind": "channel"},
            {"title": "走了", "region": "延津县", "unreachable_at": work.now},
            {"title": "别的群"},
        ]
        for number, values in enumerate(bound):
            work.connection.execute(chats.insert().values({"id": -100 - number, "kind": "group"} | values))

    desk.do_now(bind)
    made(desk)
    before = said(desk, "archive.dissolve")
    clock.move_to(AFTER)
    made(desk)

    told = {people[chat]: values["chats"] for chat, values in said(desk, "archive.dissolve").items()}
    assert before == {}
    assert set(said(desk, "archive.made")) == set(people)
    assert told == {
        "county": ["县通报", "第一组"],
        "district": ["卫滨"],
        "admin": ["县通报", "卫滨", "第一组"],
    }


def test_an_archive_is_logged_with_what_it_held(desk: Desk) -> None:
    made(desk)

    [row] = desk.look_now(lambda work: work.connection.execute(select(events)).all())

    assert (row.kind, row.body) == ("archived", "admin")
    assert row.data["entries"] == 9
    assert row.data["sha256"] == "a" * 64


def test_a_week_s_reports_say_who_filled_them_in_but_no_telephone(desk: Desk, clock: SteppedClock) -> None:
    def handed_in(work: Work) -> list[papers.Record]:
        heads = {"filler": "王乙", "filler_phone": PHONE}
        reports.write(
            work, 0, {"heads": heads, "table_at": work.now, "revision": 1},
            duty="weekly", key="2019-04-12", track="county", owner="延津县",
        )  # fmt: skip
        return [one for one in papers.papers(work) if one.kind == papers.WEEKLY]

    clock.move_to(datetime(2019, 4, 13, 1, 0, tzinfo=UTC))
    (record,) = desk.do_now(handed_in)

    regions = {one["region"]: one["heads"] for one in record.files[0].values["regions"]}
    assert regions["延津县"]["filler"] == "王乙"
    assert PHONE not in regions["延津县"]["filler_phone"]
