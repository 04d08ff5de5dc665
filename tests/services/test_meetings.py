"""推进会: both offices agree on a last region; who is confirmed speaks, and what is good is shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.clock import SteppedClock
from bot.domain.permissions import Role
from bot.ledger.desk import Desk, Work
from bot.ledger.tables import (
    announcement_receipts,
    announcements,
    bulletins,
    cards,
    entries,
    measures,
    meetings,
    outbox,
    photos,
    score_sheets,
)
from bot.services import faces
from bot.services import questions as asked
from bot.services.announcing import notices
from bot.services.incoming import Incoming
from bot.services.meetings import book, calling, card, preparing
from bot.services.refusals import AlreadyMoved, MeetingNotNow, NotUnderstood, NotYours
from tests.services.conftest import Office

MONTH = "2019-04"
NOW = datetime(2019, 5, 5, 2, 0, tzinfo=UTC)
COUNTIES = ("长垣县", "卫辉市", "辉县市", "新乡县", "获嘉县", "原阳县", "封丘县", "延津县")
DISTRICTS = ("卫滨区", "红旗区", "凤泉区", "平原示范区", "高新区", "经开区", "牧野区")


class Cast:
    """Both offices, a contact, and the month of April as it was ranked."""

    def __init__(self, desk: Desk, office: Office) -> None:
        self.desk, self.office = desk, office
        self.county = office.member("县办", Role.OFFICE, track="county")
        self.district = office.member("区办", Role.OFFICE, track="district")
        self.contact = office.member("联系人", Role.CONTACT, track="county", region="延津县")
        self.names = [region.name for region in desk.world.campaign.regions]

    def publish(self, track: str, regions: tuple[str, ...]) -> None:
        """A published month: the regions in rank order, the final one last."""
        rows = [
            {
                "region": region, "rank": rank, "total": f"{95 - rank}.00", "tied": False, "status": "ranked",
                "last": rank == len(regions), "basis": {}, "missing": [], "parts": {},
            }
            for rank, region in enumerate(regions, 1)
        ]  # fmt: skip

        def verb(work: Work) -> None:
            work.insert(
                score_sheets, track=track, period=MONTH, state="published", data={"rows": rows, "notes": []},
                hash="x", published_at=work.now,
            )  # fmt: skip

        self.desk.do_now(verb)

    def measure(self, region: str, state: str) -> None:
        """大会检查 of a last region."""

        def verb(work: Work) -> None:
            work.insert(
                measures, track="county", region=region, trigger="month_last", subject=MONTH, times=1,
                measure="meeting", state=state, at=work.now,
            )  # fmt: skip

        self.desk.do_now(verb)

    def meeting(self) -> Any:
        """The meeting as it stands."""
        return self.desk.do_now(lambda work: book.of_month(work, MONTH))

    def votes(self, who: int, region: str) -> Any:
        """An office's say about the place."""
        return self.office.does(who, preparing.vote, self.meeting().id, str(self.names.index(region)))

    def answers(self, who: int, ask: Any, text: str) -> None:
        """A question of the card, answered."""
        self.office.does(who, ask, self.meeting().id, who + 1000)

        def verb(work: Work) -> None:
            row = asked.latest(work, Incoming(who + 1000, 9, who + 1000, work.now, text=text))
            assert row is not None
            asked.done(work, row.id)
            asked.ANSWERS[row.kind](work, row, Incoming(who + 1000, 9, who + 1000, work.now, text=text))

        self.office.does(who, verb)

    def settled(self) -> Any:
        """Place, hour and hall."""
        for who in (self.county, self.district):
            self.votes(who, "延津县")
        self.answers(self.county, preparing.ask_when, "5月10日上午9:00 县会议中心")
        return self.meeting()

    def face(self, who: int, panel: str = "") -> Any:
        """The card as somebody sees it."""

        def verb(work: Work) -> Any:
            card.show(work, book.of_month(work, MONTH), who + 1000, who)
            row = work.connection.execute(select(cards).where(cards.c.kind == "meeting")).all()[-1]
            work.connection.execute(update(cards).where(cards.c.id == row.id).values(panel=panel or None))
            row = work.connection.execute(select(cards).where(cards.c.id == row.id)).one()
            return faces.FACES["meeting"](work, row)

        return self.office.does(who, verb)

    def written(self, text: str) -> list[Any]:
        """What was said with a text."""
        rows = self.desk.do_now(
            lambda work: work.connection.execute(select(outbox).where(outbox.c.card_id.is_(None))).all()
        )
        return [row for row in rows if row.payload.get("text") == text]


@pytest.fixture
def cast(desk: Desk, office: Office, clock: SteppedClock) -> Cast:
    """People around one meeting, in the first days of May."""
    cast = Cast(desk, office)
    clock.advance(NOW - clock.now())
    cast.publish("county", COUNTIES)
    cast.publish("district", DISTRICTS)
    return cast


# --- the place ----------------------------------------------------------------------------------------


def test_only_last_regions_can_be_chosen_and_both_offices_must_say_the_same(cast: Cast) -> None:
    offered = [button.text for row in cast.face(cast.county, "p").buttons for button in row if button.text]

    first = cast.votes(cast.county, "延津县")
    cast.votes(cast.district, "牧野区")
    differing = cast.face(cast.county).values["place"]
    second = cast.votes(cast.district, "延津县")

    assert offered == ["延津县", "牧野区"]
    assert (first.text, differing, second.text) == ("meetings.voted_toast", "", "meetings.placed_toast")
    assert cast.face(cast.county).values["place"] == "延津县"
    with pytest.raises(NotUnderstood):
        cast.votes(cast.county, "长垣县")


def test_a_month_that_is_not_published_offers_nobody(desk: Desk, office: Office, clock: SteppedClock) -> None:
    cast = Cast(desk, office)
    clock.advance(NOW - clock.now())

    shown = cast.face(cast.county, "p")

    assert not any(button.act == "mtplace" for row in shown.buttons for button in row)
    assert not any(one["published"] for one in shown.values["last"])


def test_a_corrected_ranking_takes_a_place_back_that_is_last_no_longer(cast: Cast) -> None:
    cast.settled()

    def correct(work: Work) -> None:
        work.connection.execute(
            update(score_sheets).where(score_sheets.c.track == "county").values(state="superseded")
        )

    cast.desk.do_now(correct)

    assert cast.face(cast.county).values["place"] == ""


def test_the_meeting_is_for_the_offices_alone(cast: Cast) -> None:
    for verb in (preparing.ask_when, calling.draft, calling.speech):
        with pytest.raises(NotYours):
            cast.office.does(cast.contact, verb, cast.meeting().id, cast.contact + 1000)
    assert cast.face(cast.contact) is None


# --- who speaks, what is shown ------------------------------------------------------------------------


def test_only_a_confirmed_measure_makes_a_region_speak(cast: Cast) -> None:
    at = cast.names.index("延津县")
    cast.measure("延津县", "proposed")
    with pytest.raises(NotUnderstood):
        cast.office.does(cast.county, preparing.toggle_speaker, cast.meeting().id, f"check.{at}")
    waiting = cast.face(cast.county).values["proposed"]
    elsewhere = cast.face(cast.district).values["proposed"]

    def confirm(work: Work) -> None:
        work.connection.execute(update(measures).values(state="confirmed"))

    cast.desk.do_now(confirm)
    cast.office.does(cast.county, preparing.toggle_speaker, cast.meeting().id, f"check.{at}")

    assert (waiting, elsewhere) == (["延津县"], [])
    assert cast.meeting().speakers == ["延津县"]


def test_a_measure_that_fell_away_is_not_printed(cast: Cast) -> None:
    cast.measure("延津县", "confirmed")
    cast.settled()
    at = cast.names.index("延津县")
    cast.office.does(cast.county, preparing.toggle_speaker, cast.meeting().id, f"check.{at}")

    def back(work: Work) -> list[str]:
        work.connection.execute(update(measures).values(state="proposed"))
        return list(calling.notice_values(work, book.of_month(work, MONTH))["speakers"])

    assert cast.desk.do_now(back) == []


def place(work: Work, region: str, township: str, village: str | None, **more: Any) -> int:
    """A visit or an entry of April."""
    at = datetime(2019, 4, 20, 2, tzinfo=UTC)
    return work.insert(
        entries, number=None, state=more.pop("state", "filed"), track="county", region=region,
        township=township, village=village, found_at=at, created_at=at, touched_at=at, **more,
    )  # fmt: skip


def test_good_visits_and_what_was_closed_on_site_are_offered_of_the_regions_in_front_only(cast: Cast) -> None:
    def verb(work: Work) -> None:
        gazetteer = work.world.reader.gazetteer
        towns = gazetteer.townships["长垣县"]
        village = gazetteer.villages_of("长垣县", towns[0])[0].name
        place(work, "长垣县", towns[0], village, kind="visit", note="good")
        place(work, "长垣县", towns[1], "某家后院", kind="visit", note="good")
        place(work, "长垣县", towns[2], None, kind="visit", note="good", mode="covert")
        place(work, "延津县", "王楼镇", "任庄村", kind="visit", note="good")
        for town, how in ((towns[3], "site"), (towns[4], "photo")):
            entry_id = place(work, "长垣县", town, None, state="closed", closed_how=how)
            for seq, kind in enumerate(("before", "after")):
                work.insert(
                    photos, entry_id=entry_id, kind=kind, medium="photo", file_id="f",
                    file_unique_id=f"{entry_id}{seq}", chat_id=1, message_id=entry_id * 10 + seq,
                    sent_at=work.now, received_at=work.now, state="stored", file="x.jpg",
                )  # fmt: skip

    cast.desk.do_now(verb)
    gazetteer = cast.desk.world.reader.gazetteer
    towns = gazetteer.townships["长垣县"]
    first = f"长垣县{towns[0]}{gazetteer.villages_of('长垣县', towns[0])[0].name}"

    shown = cast.face(cast.county, "v")
    buttons = [button for row in shown.buttons for button in row if button.act == "mtvisit"]
    cast.office.does(cast.county, preparing.toggle_visit, cast.meeting().id, buttons[0].arg)

    assert [(one["place"], one["why"]) for one in shown.values["offered"]] == [
        (first, "good"),
        (f"长垣县{towns[1]}", "good"),
        (f"长垣县{towns[3]}", "closed"),
    ]
    assert cast.face(cast.county).values["visits"] == [first]
    assert cast.face(cast.district, "v").values["offered"] == []


def test_places_may_be_written_and_name_their_region(cast: Cast) -> None:
    cast.answers(cast.county, preparing.ask_visits, "长垣 蒲西街道某某村\n卫辉市唐庄镇")

    with pytest.raises(MeetingNotNow) as refused:
        cast.answers(cast.county, preparing.ask_visits, "某某村")

    assert cast.meeting().visits == [["长垣县", "蒲西街道某某村"], ["卫辉市", "唐庄镇"]]
    assert refused.value.values["why"] == "visit"


# --- the notice ---------------------------------------------------------------------------------------


def test_the_notice_waits_for_place_hour_and_hall(cast: Cast) -> None:
    row = cast.meeting()
    with pytest.raises(MeetingNotNow):
        cast.office.does(cast.county, calling.call, row.id, row.version, cast.county + 1000)

    cast.answers(cast.county, preparing.ask_when, "5月10日9:00")
    bare = cast.face(cast.county)
    row = cast.settled()

    assert not any(button.act == "mtcall" for line in bare.buttons for button in line)
    assert any(button.act == "mtcall" for line in cast.face(cast.county).buttons for button in line)
    with pytest.raises(AlreadyMoved):
        cast.office.does(cast.county, calling.call, row.id, row.version - 1, cast.county + 1000)


def test_the_notice_goes_to_the_tracks_own_and_is_counted_on_the_meetings_card(cast: Cast) -> None:
    row = cast.settled()
    cast.office.does(cast.county, calling.call, row.id, row.version, cast.county + 1000)
    (sent,) = cast.desk.do_now(lambda work: work.connection.execute(select(announcements)).all())

    cast.office.does(cast.county, notices.send, sent.id)
    cast.office.does(cast.contact, notices.receive, sent.id, "延津县")
    papers = cast.written("announcing.paper")
    counted = cast.face(cast.district).values["notices"]

    assert "延津县" in sent.owners
    assert "牧野区" not in sent.owners
    assert [one.chat_id for one in papers] == [cast.contact + 1000]
    assert papers[0].payload["file"]["values"]["host"] == "延津县"
    assert papers[0].payload["file"]["values"]["place"] == "县会议中心"
    assert [(one["state"], one["got"]) for one in counted] == [("sent", 1), ("", 0)]
    assert (
        cast.desk.do_now(lambda work: work.connection.execute(select(announcement_receipts.c.owner)).scalar())
        == "延津县"
    )


def test_a_notice_is_not_sent_when_who_is_named_in_it_has_nothing_to_account_for_any_more(
    cast: Cast,
) -> None:
    cast.measure("延津县", "confirmed")
    cast.settled()
    at = cast.names.index("延津县")
    cast.office.does(cast.county, preparing.toggle_speaker, cast.meeting().id, f"check.{at}")
    row = cast.meeting()
    cast.office.does(cast.county, calling.call, row.id, row.version, cast.county + 1000)
    (draft,) = cast.desk.do_now(lambda work: work.connection.execute(select(announcements)).all())
    cast.desk.do_now(lambda work: work.connection.execute(update(measures).values(state="proposed")))

    with pytest.raises(MeetingNotNow):
        cast.office.does(cast.county, notices.send, draft.id)

    assert draft.meeting["said"]["speakers"] == ["延津县"]
    assert cast.written("announcing.paper") == []


def test_of_two_notices_of_a_meeting_only_the_newer_can_be_sent(cast: Cast) -> None:
    for _ in range(2):
        row = cast.settled()
        cast.office.does(cast.county, calling.call, row.id, row.version, cast.county + 1000)
    older, newer = cast.desk.do_now(lambda work: work.connection.execute(select(announcements)).all())

    with pytest.raises(MeetingNotNow):
        cast.office.does(cast.county, notices.send, older.id)
    cast.office.does(cast.county, notices.send, newer.id)

    assert len(cast.written("announcing.paper")) == 1


def test_what_a_meeting_cannot_be_called_for_changes_nothing(cast: Cast) -> None:
    with pytest.raises(MeetingNotNow) as refused:
        cast.answers(cast.county, preparing.ask_when, "4月10日9:00 县会议中心")

    assert refused.value.values["why"] == "past"
    assert cast.meeting().begins is None


# --- the speech ---------------------------------------------------------------------------------------


def test_the_speech_has_the_own_track_and_the_other_once_its_bulletin_is_out(cast: Cast) -> None:
    row = cast.meeting()
    cast.office.does(cast.county, calling.speech, row.id, cast.county + 1000)

    def out(work: Work) -> None:
        work.insert(
            bulletins, track="district", kind="monthly", key=MONTH, state="published",
            figures={"totals": {}, "rows": []}, content={"scores": False}, created_at=work.now,
        )  # fmt: skip

    cast.desk.do_now(out)
    cast.office.does(cast.county, calling.speech, row.id, cast.county + 1000)
    first, second = [
        [(one["track"], one["ranking"] is not None) for one in row.payload["file"]["values"]["reviews"]]
        for row in cast.written("meetings.speech")
    ]

    assert first == [("县(市)", True)]
    assert second == [("县(市)", True), ("区", True)]


# --- opened by the clock ------------------------------------------------------------------------------


def test_each_office_gets_the_card_once_when_its_month_is_published(cast: Cast, clock: SteppedClock) -> None:
    def beat() -> int:
        return int(cast.desk.do_now(preparing.due))

    first, again = beat(), beat()
    clock.advance(timedelta(days=90))
    late = beat()

    shown = cast.desk.do_now(
        lambda work: sorted(
            work.connection.execute(select(cards.c.member_id).where(cards.c.kind == "meeting")).scalars()
        )
    )
    assert (first, again, late) == (2, 0, 0)
    assert shown == [cast.county, cast.district]
    assert cast.desk.do_now(
        lambda work: work.connection.execute(select(meetings.c.month)).scalars().all()
    ) == [MONTH]
