"""Warning letters 督办警示 without a wire: who approves, what counts on the chain, what follows from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import func, select, update

from bot.clock import SteppedClock
from bot.domain.entries import State
from bot.domain.permissions import Role
from bot.domain.world import World
from bot.ledger import entries as book
from bot.ledger import events
from bot.ledger.desk import Desk, Work
from bot.ledger.tables import (
    cards,
    entries,
    links,
    outbox,
    photos,
    questions,
    requests,
    roles,
    warning_letters,
)
from bot.ledger.tables import measures as measures_table
from bot.services.chain import linking, surfacing
from bot.services.duties.days import timetable
from bot.services.incoming import Incoming
from bot.services.looking import history
from bot.services.offices import seconds
from bot.services.questions import ANSWERS
from bot.services.refusals import (
    LetterNotNow,
    NeedsOffice,
    NoGroupPhone,
    NoSuchLetter,
    NotYours,
    ScoreNotNow,
)
from bot.services.scoring import measurecards
from bot.services.tenday import counting as tenday
from bot.services.warnings import advising, counting, deciding, drafting, letters, paper, revoking, signing
from bot.texts.catalogue import Catalogue
from tests.services.conftest import START, Office
from tests.town.ledger import empty_ledger

REGION = "延津县"


@dataclass
class Cast:
    """A group with leader and member, a contact, two of the office, two of 敢转争."""

    office: Office
    clock: SteppedClock
    leader: int
    member: int
    contact: int
    first: int
    second: int
    oversight: int
    other: int

    @classmethod
    def on(cls, desk: Desk, clock: SteppedClock) -> Cast:
        people = Office(desk)
        group: dict[str, Any] = {"track": "county", "group_key": "county/1"}
        found = cls(
            people,
            clock,
            people.member("李甲", Role.INSPECTOR, leader=True, **group),
            people.member("张己", Role.INSPECTOR, **group),
            people.member("王乙", Role.CONTACT, region=REGION),
            people.member("钱丁", Role.OFFICE, track="county"),
            people.member("孙戊", Role.OFFICE, track="county"),
            people.member("周庚", Role.OVERSIGHT),
            people.member("吴辛", Role.OVERSIGHT),
        )
        people.does(found.leader, signing.put_phone, "county/1", "0000-0000000")
        return found

    def entry(self, number: int = 1, **values: Any) -> int:
        def verb(work: Work) -> int:
            given = {
                "number": f"县1-0412-{number:02d}", "state": State.ASSIGNED.value, "track": "county",
                "group_key": "county/1", "checker": "county/1", "filer_id": self.leader, "region": REGION,
                "township": "王楼镇", "village": "任庄村", "description": "延津县王楼镇任庄村垃圾堆",
                "found_at": work.now, "created_at": work.now, "touched_at": work.now,
                "assigned_at": work.now, "deadline": work.now + timedelta(days=3), **values,
            }  # fmt: skip
            new_id = work.insert(entries, **given)
            book.count(work, REGION, State.ASSIGNED, +1)
            return new_id

        return int(self.office.does(self.leader, verb))

    def drafted(self, entry_id: int, by: int = 0, days: int = 3) -> int:
        who = by or self.leader
        self.office.does(who, drafting.begin, entry_id, 0, who + 1000)
        letter_id = self.look(lambda work: letters.naming(work, [entry_id], letters.DRAFT)[-1].id)
        self.office.does(who, drafting.set_term, letter_id, 0, days)
        return int(letter_id)

    def issued(self, entry_id: int, days: int = 3) -> int:
        letter_id = self.drafted(entry_id, days=days)
        self.office.does(self.leader, deciding.send, letter_id, 0)
        self.office.does(self.first, deciding.approve, letter_id, 0)
        return letter_id

    def revoked(self, letter_id: int) -> None:
        def verb(work: Work) -> None:
            row = letters.get(work, letter_id)
            assert row is not None
            revoking.revoke(work, row, "点位有误", key="test")

        self.office.does(self.first, verb)

    def look(self, query: Callable[[Work], Any]) -> Any:
        return self.office.does(self.first, query)

    def warnings(self, entry_id: int) -> int:
        return int(self.look(lambda work: book.get(work, entry_id).warnings))  # type: ignore[union-attr]

    def measures(self) -> list[tuple[str, int, str]]:
        rows = self.look(
            lambda work: work.connection.execute(
                select(measures_table).where(measures_table.c.trigger == "warning")
            ).all()
        )
        return sorted((row.measure, row.times, row.state) for row in rows)


@pytest.fixture
def cast(desk: Desk, clock: SteppedClock) -> Cast:
    return Cast.on(desk, clock)


@pytest.fixture
def led(tmp_path: Path, world: World, clock: SteppedClock) -> Any:
    """A campaign in which leaders approve."""
    desk = Desk(empty_ledger(tmp_path / "led.db"), clock, replace(world, leaders_approve=True))
    yield Cast.on(desk, clock)
    desk.close()


def test_a_member_drafts_nothing_where_the_office_approves(cast: Cast) -> None:
    entry_id = cast.entry()

    with pytest.raises(NotYours):
        cast.office.does(cast.member, drafting.begin, entry_id, 0, 1)


def test_where_leaders_approve_a_member_drafts_and_the_leader_issues(led: Cast) -> None:
    letter_id = led.drafted(led.entry(), by=led.member)
    led.office.does(led.member, deciding.send, letter_id, 0)

    with pytest.raises(NotYours):
        led.office.does(led.first, deciding.approve, letter_id, 0)
    led.office.does(led.leader, deciding.approve, letter_id, 0)

    assert led.look(lambda work: letters.get(work, letter_id)).state == letters.ISSUED


def test_after_a_day_without_the_leaders_answer_the_office_may_approve(led: Cast) -> None:
    letter_id = led.drafted(led.entry(), by=led.member)
    led.office.does(led.member, deciding.send, letter_id, 0)
    led.clock.advance(timedelta(hours=24))
    led.look(deciding.escalate_due)

    led.office.does(led.first, deciding.approve, letter_id, 0)

    assert led.look(lambda work: letters.get(work, letter_id)).state == letters.ISSUED


def test_nobody_approves_an_own_draft(led: Cast) -> None:
    letter_id = led.drafted(led.entry())
    led.office.does(led.leader, deciding.send, letter_id, 0)

    with pytest.raises(NotYours):
        led.office.does(led.leader, deciding.approve, letter_id, 0)
    led.office.does(led.second, deciding.approve, letter_id, 0)


def test_without_a_telephone_nothing_is_sent(cast: Cast) -> None:
    entry_id = cast.entry(group_key="county/2", checker="county/2")
    letter_id = cast.drafted(entry_id, by=cast.first)

    with pytest.raises(NoGroupPhone):
        cast.office.does(cast.first, deciding.send, letter_id, 0)


def test_a_letter_about_what_was_closed_meanwhile_goes_back_to_its_drafter(cast: Cast) -> None:
    entry_id = cast.entry()
    letter_id = cast.drafted(entry_id)
    cast.office.does(cast.leader, deciding.send, letter_id, 0)

    def closed(work: Work) -> None:
        work.connection.execute(entries.update().where(entries.c.id == entry_id).values(state="closed"))

    cast.look(closed)
    toast = cast.office.does(cast.first, deciding.approve, letter_id, 0)

    assert toast.text == "warnings.lapsed_toast"
    assert cast.look(lambda work: letters.get(work, letter_id)).state == letters.DRAFT
    assert cast.warnings(entry_id) == 0


def test_a_late_press_is_refused(cast: Cast) -> None:
    letter_id = cast.issued(cast.entry())

    with pytest.raises(LetterNotNow):
        cast.office.does(cast.second, deciding.approve, letter_id, 0)


def test_the_county_knows_a_letter_from_its_issue_on(cast: Cast) -> None:
    letter_id = cast.drafted(cast.entry())
    cast.office.does(cast.leader, deciding.send, letter_id, 0)

    with pytest.raises(NoSuchLetter):
        cast.office.does(cast.contact, drafting.show, letter_id, 1)


def test_the_first_second_and_third_lead_to_what_the_notice_says(cast: Cast) -> None:
    entry_id = cast.entry(deadline=START + timedelta(days=60))
    for _ in range(3):
        cast.issued(entry_id)
        cast.clock.advance(timedelta(days=4))

    assert cast.warnings(entry_id) == 3
    assert cast.measures() == [
        ("criticism", 1, "proposed"),
        ("talk_or_admonition", 3, "proposed"),
        ("written", 2, "proposed"),
    ]


def test_within_the_term_a_second_letter_leads_to_nothing_more(cast: Cast) -> None:
    entry_id = cast.entry()
    cast.issued(entry_id, days=7)
    cast.clock.advance(timedelta(days=1))
    cast.issued(entry_id)

    assert cast.warnings(entry_id) == 1
    assert cast.measures() == [("criticism", 1, "proposed")]


def test_revoked_proposals_fall_away_and_confirmed_ones_go_back(cast: Cast) -> None:
    first, second = cast.entry(1), cast.entry(2, village="东屯村")
    one, two = cast.issued(first), cast.issued(second)
    proposed = cast.look(lambda work: work.connection.execute(select(measures_table)).all())
    confirmed = next(row for row in proposed if row.subject.endswith("001"))
    cast.office.does(cast.oversight, measurecards.confirm, confirmed.id, 0)
    request = cast.look(lambda work: work.connection.execute(select(requests.c.id)).scalar())
    cast.office.does(cast.other, seconds.agree, request)

    cast.revoked(one)
    cast.revoked(two)
    cast.look(lambda work: counting.refresh_measures(work, "county"))

    assert cast.measures() == [("criticism", 0, "proposed")]
    assert (cast.warnings(first), cast.warnings(second)) == (0, 0)
    kept = cast.look(lambda work: work.connection.execute(select(warning_letters)).all())
    assert [row.state for row in kept] == ["revoked", "revoked"]
    assert all(row.data["items"] for row in kept)


def gone_back(cast: Cast) -> int:
    """A measure that was confirmed on a letter, which is revoked since; gives its id."""
    letter = cast.issued(cast.entry())
    measure = cast.look(lambda work: work.connection.execute(select(measures_table.c.id)).scalar())
    cast.office.does(cast.oversight, measurecards.confirm, measure, 0)
    request = cast.look(lambda work: work.connection.execute(select(requests.c.id)).scalar())
    cast.office.does(cast.other, seconds.agree, request)
    cast.revoked(letter)
    return int(measure)


def test_a_measure_whose_letter_was_revoked_is_not_confirmed_again(cast: Cast) -> None:
    measure = gone_back(cast)

    with pytest.raises(ScoreNotNow) as refused:
        cast.office.does(cast.oversight, measurecards.confirm, measure, 0)

    assert refused.value.values["why"] == "no_ground"
    assert cast.measures() == [("criticism", 0, "proposed")]


def test_a_measure_without_ground_can_only_be_found_not_applicable(cast: Cast) -> None:
    measure = gone_back(cast)

    def offered(work: Work) -> list[str]:
        measurecards.open_one(work, measure, cast.oversight + 1000)
        row = work.connection.execute(
            cards.select().where(cards.c.subject == f"measure:{measure}").order_by(cards.c.id.desc())
        ).first()
        assert row is not None
        shown = measurecards.card(work, row)
        assert shown is not None
        return [one.act for line in shown.buttons for one in line]

    def dropped(work: Work) -> None:
        question: Any = SimpleNamespace(subject={"measure": measure, "version": 0})
        message = Incoming(1, 1, 1, work.now, text="警示已撤销")
        ANSWERS["measure_dropped"](work, question, message)

    buttons = cast.office.does(cast.oversight, offered)
    cast.office.does(cast.oversight, dropped)
    request = cast.look(lambda work: work.connection.execute(select(func.max(requests.c.id))).scalar())
    cast.office.does(cast.other, seconds.agree, request)

    assert buttons == ["scna"]
    assert cast.measures() == [("criticism", 0, "dropped")]


def test_the_count_is_the_chains_and_falls_apart_with_it(cast: Cast) -> None:
    first, second, third = (cast.entry(at, village=f"村{at}") for at in (1, 2, 3))
    cast.issued(first)
    cast.clock.advance(timedelta(days=5))
    cast.issued(second)

    def joined(work: Work) -> Any:
        rows = [book.get(work, one) for one in (second, first)]
        return linking.link(work, rows[0], rows[1], linking.SAME)  # type: ignore[arg-type]

    with pytest.raises(NeedsOffice):
        cast.office.does(cast.leader, joined)
    cast.office.does(cast.first, joined)
    waiting = cast.warnings(first)
    request = cast.look(lambda work: work.connection.execute(select(requests.c.id)).scalar())
    cast.office.does(cast.second, seconds.agree, request)
    together = [cast.warnings(one) for one in (first, second, third)]
    written = [one for one in cast.measures() if one[0] == "written"]
    cast.office.does(cast.first, lambda work: linking.undo(work, book.get(work, second), "不是"))  # type: ignore[arg-type]

    assert waiting == 1
    assert together == [2, 2, 0]
    assert written == [("written", 2, "proposed")]
    assert [cast.warnings(one) for one in (first, second)] == [1, 1]
    assert all(one[0] == "criticism" for one in cast.measures())


def test_what_would_count_as_one_needs_no_second_person(cast: Cast) -> None:
    first, second = cast.entry(1), cast.entry(2, village="东屯村")
    cast.issued(first, days=7)
    cast.issued(second, days=7)

    def joined(work: Work) -> Any:
        rows = [book.get(work, one) for one in (second, first)]
        return linking.link(work, rows[0], rows[1], linking.SAME)  # type: ignore[arg-type]

    cast.office.does(cast.leader, joined)

    assert cast.warnings(first) == cast.warnings(second) == 1


def test_a_term_with_time_granted_since_is_waited_for(cast: Cast) -> None:
    entry_id = cast.entry(deadline=START + timedelta(days=9))
    letter_id = cast.issued(entry_id)
    cast.clock.advance(timedelta(days=5))
    early = cast.look(advising.ended_due)
    cast.clock.advance(timedelta(days=5))
    late = cast.look(advising.ended_due)
    again = cast.look(advising.ended_due)

    assert (early, late, again) == (0, 1, 0)
    assert cast.look(lambda work: letters.get(work, letter_id)).unfulfilled == [entry_id]


def test_a_leader_of_two_groups_is_asked_whose_telephone_it_is(cast: Cast) -> None:
    def also(work: Work) -> None:
        work.insert(
            roles, member_id=cast.leader, role="inspector", track="county", group_key="county/0",
            leader=True, granted_at=work.now,
        )  # fmt: skip

    cast.look(also)
    cast.office.does(cast.leader, signing.ask_phone_by_word, cast.leader + 1000)

    said = cast.look(
        lambda work: work.connection.execute(select(outbox.c.payload).order_by(outbox.c.id.desc())).scalar()
    )
    assert said["text"] == "warnings.which_phone"
    assert [row[0]["arg"] for row in said["buttons"]] == ["county/1", "county/0"]


def test_a_ten_day_report_counts_letters_not_entries(cast: Cast) -> None:
    cast.issued(cast.entry(1))
    period = cast.look(lambda work: timetable(work).calendar.periods[0])

    found = cast.look(lambda work: tenday.numbers(work, period, "county/1"))
    other = cast.look(lambda work: tenday.numbers(work, period, "county/2"))

    assert (found["warnings"], other["warnings"]) == (1, 0)


def test_a_letter_prints_no_photo_that_the_county_was_not_given(cast: Cast, clock: SteppedClock) -> None:
    entry = cast.entry(mode="covert", handed_over_at=clock.now())

    def photograph(work: Work) -> list[str]:
        for seq, later in ((1, timedelta(hours=-1)), (2, timedelta(hours=1))):
            work.insert(
                photos, entry_id=entry, kind="before", seq=seq, round=1, chat_id=1, message_id=seq,
                member_id=cast.leader, file_id=f"f{seq}", file_unique_id=f"u{seq}", medium="photo",
                sent_at=work.now + later, received_at=work.now + later, state="stored", file=f"{seq}.jpg",
            )  # fmt: skip
        row = book.get(work, entry)
        assert row is not None
        return [one["file"] for one in paper._photos(work, [row])]

    printed = cast.look(photograph)

    assert printed == ["1.jpg"]


def test_who_answers_for_the_region_is_no_second_person_about_its_measure(cast: Cast) -> None:
    grants = {"track": None, "group_key": None, "region": REGION}

    def also_a_contact(work: Work) -> None:
        work.insert(roles, member_id=cast.other, role=Role.CONTACT.value, granted_at=work.now, **grants)

    cast.issued(cast.entry())
    cast.look(also_a_contact)
    measure = cast.look(lambda work: work.connection.execute(select(measures_table.c.id)).scalar())
    cast.office.does(cast.oversight, measurecards.confirm, measure, 0)
    request = cast.look(lambda work: work.connection.execute(select(requests.c.id)).scalar())

    with pytest.raises(NotYours):
        cast.office.does(cast.other, seconds.agree, request)


def test_a_refusal_on_the_other_entry_that_raises_the_count_needs_a_second_person(cast: Cast) -> None:
    warned, other = cast.entry(1), cast.entry(2, village="东屯村")
    cast.issued(warned, days=7)
    cast.clock.advance(timedelta(days=1))
    cast.look(
        lambda work: events.record(
            work, "returned", entry_id=other, body="group:county/1", data={"reason": "dirty"}
        )
    )
    cast.clock.advance(timedelta(hours=1))
    cast.issued(warned, days=7)

    def joined(work: Work) -> Any:
        rows = [book.get(work, one) for one in (other, warned)]
        return linking.link(work, rows[0], rows[1], linking.SAME)  # type: ignore[arg-type]

    with pytest.raises(NeedsOffice):
        cast.office.does(cast.leader, joined)
    assert cast.warnings(warned) == 1


def answered(work: Work, words: str) -> None:
    """The last question that was asked about a link, answered."""
    question = work.connection.execute(
        select(questions).where(questions.c.kind == "link_to").order_by(questions.c.id.desc())
    ).first()
    assert question is not None
    chat = work.actor.member_id + 1000
    ANSWERS["link_to"](work, question, Incoming(chat, 9, chat, work.now, text=words))


def test_a_hand_over_joins_no_two_chains_whose_warnings_add_up(cast: Cast) -> None:
    handed_over_between_two(cast)

    written = [one for one in cast.measures() if one[0] == "written"]
    assert [cast.warnings(one) for one in (1, 2)] == [1, 1]
    assert not written


def handed_over_between_two(cast: Cast) -> int:
    """A covert entry that is linked with two, each of them warned, is handed over; gives its id."""
    first, second = cast.entry(1), cast.entry(2, village="东屯村")
    covert = cast.entry(3, mode="covert", group_key="county/0", village="西屯村")
    cast.issued(first)
    cast.clock.advance(timedelta(days=5))
    cast.issued(second)

    def handed_over(work: Work) -> None:
        for other in (first, second):
            work.insert(
                links, entry_id=covert, other_id=other, kind=linking.SAME, member_id=cast.leader, at=work.now
            )
        work.connection.execute(update(entries).where(entries.c.id == covert).values(handed_over_at=work.now))
        row = book.get(work, covert)
        assert row is not None
        surfacing.surface(work, row, "group:county/0")

    cast.office.does(cast.first, handed_over)
    return covert


def test_the_office_is_told_once_that_two_persons_may_link_what_was_not_carried_over(cast: Cast) -> None:
    also = {"role": Role.CONTACT.value, "region": REGION}
    third = cast.office.member("郑壬", Role.OFFICE, track="county")
    cast.look(lambda work: work.insert(roles, member_id=third, granted_at=work.now, **also))
    covert = handed_over_between_two(cast)

    def told(work: Work) -> list[Any]:
        rows = work.connection.execute(select(outbox).order_by(outbox.c.id)).all()
        return [row for row in rows if (row.payload or {}).get("text") == "chain.not_carried_over"]

    lines = cast.look(told)
    cast.office.does(cast.first, linking.ask_number, covert, cast.first + 1000, None)
    cast.office.does(cast.first, answered, "县1-0412-02")
    request = cast.look(lambda work: work.connection.execute(select(func.max(requests.c.id))).scalar())
    cast.office.does(cast.second, seconds.agree, request)

    assert {row.chat_id for row in lines} == {cast.first + 1000, cast.second + 1000}
    assert len(lines) == 2
    assert all(row.payload["silent"] for row in lines)
    assert lines[0].payload["values"] == {"number": "县1-0412-03", "others": ["县1-0412-02"]}
    assert [row[0]["act"] for row in lines[0].payload["buttons"]] == ["linkto"]
    assert cast.warnings(1) == 2


@pytest.mark.parametrize(("language", "said"), [("zh", "会增加警示次数"), ("en", "would raise")])
def test_the_history_says_in_words_why_a_link_was_not_carried_over(
    cast: Cast, language: str, said: str
) -> None:
    covert = handed_over_between_two(cast)

    def read(work: Work) -> list[dict[str, Any]]:
        row = book.get(work, covert)
        assert row is not None
        return history.visible(work, row)

    events_ = cast.office.does(cast.first, read)
    values = {"number": "县1-0412-03", "state": "assigned", "events": events_, "page": 1, "pages": 1}
    printed = Catalogue(cast.office.desk.world.campaign).text(language, "entry.history", values)

    assert said in printed
    assert language == "en" or "warnings" not in printed
