"""A film kit: what may leave the house, with whose consent, and that nothing of it is half there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.clock import SteppedClock
from bot.domain.permissions import Role
from bot.ledger.desk import Desk, Work
from bot.ledger.tables import cards, entries, events, kits, outbox, photos, requests, roles
from bot.services import faces
from bot.services.kits import book, card, making
from bot.services.offices import seconds
from bot.services.refusals import AlreadyMoved, KitNotNow, NotUnderstood, NotYours
from tests.services.conftest import Office


class Cast:
    """An office of two, another office, and entries of April."""

    def __init__(self, desk: Desk, office: Office) -> None:
        self.desk, self.office = desk, office
        self.first = office.member("甲", Role.OFFICE, track="county")
        self.second = office.member("乙", Role.OFFICE, track="county")
        self.district = office.member("丙", Role.OFFICE, track="district")
        self.filer = office.member("丁", Role.INSPECTOR, track="county", group_key="county/1")
        self._photos = 0

    def entry(self, number: str, **values: Any) -> int:
        """An entry that its county has."""

        def verb(work: Work) -> int:
            given: dict[str, Any] = {
                "state": "assigned", "track": "county", "group_key": "county/1", "filer_id": self.filer,
                "region": "延津县", "township": "王楼镇", "village": "任庄村", "spot": "村口",
                "description": "村口垃圾堆", "category": "garbage.domestic", "found_at": work.now,
                "created_at": work.now, "touched_at": work.now, "assigned_at": work.now,
                "deadline": work.now + timedelta(days=3), "lat": 35.2, "lng": 114.2, **values,
            }  # fmt: skip
            return work.insert(entries, number=number, **given)

        return self.desk.do_now(verb)

    def photo(self, entry_id: int, kind: str = "before", **values: Any) -> None:
        """A stored picture of it."""
        self._photos += 1
        at = self._photos

        def verb(work: Work) -> None:
            given: dict[str, Any] = {
                "medium": "photo", "file": f"2019/04/{entry_id}/{at}.jpg", "state": "stored",
                "file_size": 1000,
                "sha256": "a" * 64, "file_id": f"f{at}", "file_unique_id": f"u{at}", "chat_id": 1,
                "message_id": at, "sent_at": work.now, "received_at": work.now, **values,
            }  # fmt: skip
            work.insert(photos, entry_id=entry_id, kind=kind, **given)

        self.desk.do_now(verb)

    def kit(self, *items: int) -> Any:
        """A kit with these in it."""

        def verb(work: Work) -> Any:
            row = book.begin(work, "county", "2019-04", self.first + 1000)
            return book.change(work, row, items=list(items))

        return self.office.does(self.first, verb)

    def row(self, kit_id: int) -> Any:
        """A kit as it stands."""
        return self.desk.do_now(
            lambda work: work.connection.execute(select(kits).where(kits.c.id == kit_id)).one()
        )

    def make(self, kit: Any, who: int = 0) -> Any:
        """「生成」."""
        return self.office.does(who or self.first, making.make, kit.id, self.row(kit.id).version)

    def request(self) -> Any:
        """The proposal that waits."""
        return self.desk.do_now(
            lambda work: work.connection.execute(
                select(requests).where(requests.c.kind == "second").order_by(requests.c.id.desc())
            ).first()
        )

    def sent(self, make: str = "") -> list[dict[str, Any]]:
        """The files, or the calls, that were written into the outbox."""
        rows = self.desk.do_now(lambda work: work.connection.execute(select(outbox)).all())
        if not make:
            return [row.payload for row in rows if row.kind == "call"]
        return [row.payload for row in rows if ((row.payload or {}).get("file") or {}).get("make") == make]

    def face(self, who: int, kit: Any, panel: str = "") -> Any:
        """The card as somebody sees it."""

        def verb(work: Work) -> Any:
            card.show_to(work, kit, who + 1000, who)
            found = work.connection.execute(select(cards).where(cards.c.kind == "kit")).all()[-1]
            work.connection.execute(update(cards).where(cards.c.id == found.id).values(panel=panel or None))
            found = work.connection.execute(select(cards).where(cards.c.id == found.id)).one()
            return faces.FACES["kit"](work, found)

        return self.office.does(who, verb)


@pytest.fixture
def cast(desk: Desk, office: Office) -> Cast:
    """People and a ledger."""
    return Cast(desk, office)


COVERT: dict[str, Any] = {
    "mode": "covert", "state": "filed", "group_key": "county/0", "assigned_at": None, "deadline": None,
    "description": "上午9点暗访发现坑塘漂浮物", "spot": "村东坑塘",
}  # fmt: skip


# --- with whose consent -------------------------------------------------------------------------------


def test_one_region_without_covert_material_needs_one_person(cast: Cast) -> None:
    one = cast.entry("县1-0412-01")
    cast.photo(one)

    cast.make(cast.kit(one))

    assert len(cast.sent("kit_leads")) == len(cast.sent("kit_part")) == 1
    assert cast.request() is None


@pytest.mark.parametrize("other", [COVERT, {"region": "卫辉市"}, {**COVERT, "handed_over_at": None}])
def test_covert_material_or_several_regions_wait_for_a_second_person(
    cast: Cast, other: dict[str, Any]
) -> None:
    kit = cast.kit(cast.entry("县1-0412-01"), cast.entry("暗-0412-01", **other))

    cast.make(kit)
    waiting = cast.row(kit.id).state, cast.sent("kit_leads")
    with pytest.raises(NotYours):
        cast.office.does(cast.first, seconds.agree, cast.request().id)
    cast.office.does(cast.second, seconds.agree, cast.request().id)

    assert waiting == ("waiting", [])
    assert (cast.row(kit.id).state, cast.row(kit.id).agreed_by) == ("ready", cast.second)
    assert len(cast.sent("kit_leads")) == 1


def test_handed_over_covert_material_needs_two_as_well(cast: Cast, clock: SteppedClock) -> None:
    kit = cast.kit(
        cast.entry("暗-0412-01", mode="covert", handed_over_at=clock.now(), public_text="坑塘漂浮物")
    )

    cast.make(kit)

    assert cast.row(kit.id).state == "waiting"


def test_what_waits_cannot_be_changed_and_a_refusal_makes_it_a_draft_again(cast: Cast) -> None:
    covert = cast.entry("暗-0412-01", **COVERT)
    kit = cast.kit(covert)
    cast.make(kit)

    with pytest.raises(KitNotNow):
        cast.office.does(cast.first, card.choose, kit.id, str(covert))
    with pytest.raises(KitNotNow):
        cast.make(kit)
    cast.office.does(cast.second, seconds.disagree, cast.request().id)

    assert cast.row(kit.id).state == "draft"
    assert cast.sent("kit_leads") == []


def test_an_agreement_to_what_was_made_otherwise_meanwhile_makes_nothing(cast: Cast) -> None:
    kit = cast.kit(cast.entry("暗-0412-01", **COVERT))
    cast.make(kit)
    cast.desk.do_now(lambda work: work.connection.execute(update(kits).values(version=99)))

    toast = cast.office.does(cast.second, seconds.agree, cast.request().id)

    assert toast.text == "office.lapsed_toast"
    assert cast.sent("kit_leads") == []


def test_whoever_answers_for_a_region_neither_chooses_from_it_nor_agrees(cast: Cast) -> None:
    one = cast.entry("暗-0412-01", **COVERT)
    kit = cast.kit(one)
    cast.make(kit)

    def also_contact(work: Work) -> None:
        for member in (cast.second,):
            work.insert(
                roles, member_id=member, role="contact", track="county", region="延津县", granted_at=work.now
            )

    cast.desk.do_now(also_contact)
    cast.office.does(cast.second, seconds.agree, cast.request().id)

    assert cast.sent("kit_leads") == []
    assert cast.face(cast.second, kit, "r.6.0").values.get("rows", []) == []


def test_an_office_of_one_has_a_hold_of_five_minutes(desk: Desk, office: Office, clock: SteppedClock) -> None:
    cast = Cast(desk, office)
    desk.do_now(
        lambda work: work.connection.execute(
            update(roles).where(roles.c.member_id == cast.second).values(ended_at=work.now)
        )
    )
    cast.make(cast.kit(cast.entry("暗-0412-01", **COVERT)))
    before = cast.sent("kit_leads")
    clock.advance(timedelta(minutes=5))
    desk.do_now(seconds.held_due)

    assert before == []
    assert len(cast.sent("kit_leads")) == 1


# --- what may leave the house -------------------------------------------------------------------------


def test_drafts_void_entries_and_what_was_not_handed_over_are_not_offered(cast: Cast) -> None:
    good = cast.entry("县1-0412-01")
    covert = cast.entry("暗-0412-01", **COVERT)
    cast.entry("县1-0412-02", state="void")
    cast.entry("县1-0412-03", state="filed", assigned_at=None)
    cast.entry("办-0412-04", state="filed", source="public", assigned_at=None)
    cast.entry("区1-0412-05", track="district", region="牧野区")
    cast.entry("", state="filed", kind="visit")
    kit = cast.kit()

    found = cast.office.does(cast.first, lambda work: [one.id for one in book.offered(work, kit)])

    assert sorted(found) == sorted([good, covert])
    with pytest.raises(NotYours):
        cast.office.does(cast.district, making.make, kit.id, kit.version)
    assert cast.face(cast.district, kit) is None


def test_a_covert_lead_tells_neither_hour_nor_position_nor_who_looked(cast: Cast) -> None:
    covert = cast.entry("暗-0412-01", **COVERT)
    cast.photo(covert, "before")
    kit = cast.kit(covert)
    cast.make(kit)
    cast.office.does(cast.second, seconds.agree, cast.request().id)

    lead = cast.sent("kit_leads")[0]["file"]["values"]["leads"][0]
    (file,) = cast.sent("kit_part")[0]["file"]["values"]["files"]

    assert lead["problem"] == "坑塘漂浮物"
    assert (lead["position"], lead["day"]) == (None, None)
    assert file["anew"]


def test_of_a_report_by_the_public_only_what_was_written_and_photographed_anew_goes_out(cast: Cast) -> None:
    one = cast.entry(
        "办-0412-01", source="public", description="王大爷打电话说门口有垃圾", public_text="道路旁垃圾",
        spot="王大爷家门口", village="王大爷那村",
    )  # fmt: skip
    cast.photo(one, "source")
    cast.photo(one, "before")
    cast.photo(one, "attachment", medium="video", mime="video/mp4")
    cast.make(cast.kit(one))

    said = repr(cast.sent("kit_leads")[0]["file"]) + repr(cast.sent("kit_part")[0]["file"])
    files = cast.sent("kit_part")[0]["file"]["values"]["files"]

    assert "王大爷" not in said
    assert "35.2" not in said
    assert [one["file"][-5:] for one in files] == ["2.jpg"]
    assert files[0]["anew"]


def test_a_picture_that_the_office_added_to_a_report_by_the_public_stays_with_it(cast: Cast) -> None:
    one = cast.entry("办-0412-01", source="public", public_text="道路旁垃圾", group_key=None)
    cast.photo(one, "before", member_id=cast.second)
    cast.photo(one, "before", member_id=cast.filer)
    cast.photo(one, "after")
    kit = cast.kit(one)
    cast.make(kit)

    said = cast.sent("kit_part")[0]["file"]["values"]["files"]

    assert [file["side"] for file in said] == ["after"]


def test_pictures_before_and_of_the_proof_and_films_go_out_voices_do_not(cast: Cast) -> None:
    one = cast.entry("县1-0412-01")
    cast.photo(one)
    cast.photo(one, "after")
    cast.photo(one, "attachment", medium="video", mime="video/mp4", file="2019/04/1/film.mp4")
    cast.photo(one, "attachment", medium="voice", mime="audio/ogg")
    cast.photo(one, "attachment", medium="video", state="refused", fault="too_big", file=None, file_id="big")
    cast.make(cast.kit(one))

    files = cast.sent("kit_part")[0]["file"]["values"]["files"]
    calls = cast.sent()

    assert [(file["name"], file["side"], file["film"]) for file in files] == [
        ("县1-0412-01_01_前_任庄村.jpg", "before", False),
        ("县1-0412-01_01_后_任庄村.jpg", "after", False),
        ("县1-0412-01_02_前_任庄村.mp4", "before", True),
    ]
    assert [(call["method"], call["params"]["video"]) for call in calls] == [("sendVideo", "big")]


def test_what_was_voided_since_it_was_chosen_is_left_out_and_counted(cast: Cast) -> None:
    one, other = cast.entry("县1-0412-01"), cast.entry("县1-0412-02")
    kit = cast.kit(one, other)
    cast.desk.do_now(
        lambda work: work.connection.execute(
            update(entries).where(entries.c.id == other).values(state="void")
        )
    )

    assert cast.face(cast.first, kit).values["gone"] == 1
    cast.make(kit)
    assert [one["number"] for one in cast.sent("kit_leads")[0]["file"]["values"]["leads"]] == ["县1-0412-01"]


# --- how much -----------------------------------------------------------------------------------------


def test_a_kit_goes_to_whoever_has_it_made_not_to_whoever_began_it_and_has_left(cast: Cast) -> None:
    kit = cast.kit(cast.entry("县1-0412-01"))
    leave(cast, cast.first)

    cast.make(kit, cast.second)

    assert sent_to(cast) == {cast.second + 1000}
    assert "乙" in cast.sent("kit_leads")[0]["file"]["values"]["mark"]


def test_a_kit_whose_maker_left_before_it_was_agreed_to_is_a_draft_again(cast: Cast) -> None:
    third = cast.office.member("戊", Role.OFFICE, track="county")
    kit = cast.kit(cast.entry("暗-0412-01", **COVERT))
    cast.make(kit, cast.second)
    leave(cast, cast.second)

    toast = cast.office.does(third, seconds.agree, cast.request().id)

    assert toast.text == "office.lapsed_toast"
    assert cast.row(kit.id).state == "draft"
    assert sent_to(cast) == set()


def leave(cast: Cast, who: int) -> None:
    """Somebody is of the office no more."""
    cast.desk.do_now(
        lambda work: work.connection.execute(
            update(roles).where(roles.c.member_id == who).values(ended_at=work.now)
        )
    )


def sent_to(cast: Cast) -> set[int]:
    """The chats into which papers and parts of kits went."""
    rows = cast.desk.do_now(lambda work: work.connection.execute(select(outbox)).all())
    return {row.chat_id for row in rows if "kit_" in ((row.payload or {}).get("file") or {}).get("make", "")}


def test_more_than_fifty_megabytes_is_split_and_far_more_is_offered_by_the_command_line(cast: Cast) -> None:
    one = cast.entry("县1-0412-01")
    for _ in range(6):
        cast.photo(one, file_size=15_000_000)
    cast.make(cast.kit(one))
    parts = [part["file"]["values"] for part in cast.sent("kit_part")]

    much = cast.entry("县1-0412-02")
    for _ in range(40):
        cast.photo(much, file_size=15_000_000)
    kit = cast.kit(much)
    cast.make(kit)
    told = cast.sent("kit_leads")[-1]["values"]

    assert [(part["part"], part["parts"], len(part["files"])) for part in parts] == [(1, 2, 3), (2, 2, 3)]
    assert len(cast.sent("kit_part")) == 2
    assert (told["by_chat"], told["kit"]) == (False, kit.id)


def test_a_kit_is_logged_and_marked(cast: Cast) -> None:
    cast.make(cast.kit(cast.entry("县1-0412-01")))

    found = cast.desk.do_now(
        lambda work: work.connection.execute(select(events).where(events.c.kind == "exported")).one()
    )

    assert (found.data["what"], found.data["rows"], found.body) == ("kit", 1, "office:county")
    assert cast.sent("kit_leads")[0]["file"]["values"]["mark"].startswith("仅供工作使用 · 甲 · ")


# --- choosing -----------------------------------------------------------------------------------------


def test_the_plainest_cases_are_chosen_first_and_covert_ones_only_when_asked_for(cast: Cast) -> None:
    plain = cast.entry("县1-0412-01")
    warned = cast.entry("县1-0412-02", warnings=1)
    back = cast.entry("县1-0412-03", returns=1)
    covert = cast.entry("暗-0412-01", **COVERT)
    kit = cast.kit()

    cast.office.does(cast.first, card.fill, kit.id, "plain")
    chosen = cast.row(kit.id).items
    cast.office.does(cast.first, card.fill, kit.id, "covert")
    both = cast.row(kit.id).items
    with pytest.raises(KitNotNow):
        cast.office.does(cast.first, card.fill, kit.id, "covert")
    cast.office.does(cast.first, card.choose, kit.id, str(plain))
    cast.office.does(cast.first, card.choose, kit.id, str(warned))
    last = cast.row(kit.id).items
    cast.office.does(cast.first, card.fill, kit.id, "none")

    assert (chosen, both, last) == ([warned, back], [warned, back, covert], [back, covert, plain])
    assert cast.row(kit.id).items == []
    with pytest.raises(KitNotNow):
        cast.make(kit)
    with pytest.raises(NotUnderstood):
        cast.office.does(cast.first, card.choose, kit.id, "9999")


def test_the_cards_are_protected_and_a_button_of_before_is_refused(cast: Cast) -> None:
    kit = cast.kit(cast.entry("县1-0412-01"))

    assert cast.face(cast.first, kit).protect
    assert cast.face(cast.first, kit, "r.6.0").protect
    with pytest.raises(AlreadyMoved):
        cast.office.does(cast.first, making.make, kit.id, kit.version - 1)
