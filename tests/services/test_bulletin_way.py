"""A bulletin on its way out without a wire: what leaves when, what failed, what is no longer so."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from bot.clock import SteppedClock
from bot.domain.bulletins import Stage
from bot.domain.entries import State
from bot.domain.permissions import Role
from bot.ledger import entries as entry_book
from bot.ledger import events
from bot.ledger.desk import Desk, Work
from bot.ledger.tables import bulletins, cards, chats, entries, outbox, photos, requests
from bot.ledger.tables import events as event_table
from bot.services.bulletins import (
    arriving,
    book,
    card,
    choosing,
    drafting,
    editing,
    pictures,
    posting,
    recheck,
    taking_back,
    values,
    way,
)
from bot.services.incoming import Incoming
from bot.services.offices import seconds
from bot.services.refusals import BulletinNotNow
from tests.services.conftest import Office

ZONE = ZoneInfo("Asia/Shanghai")
CHANNEL = -1001
WEEK = "2019-04-19"


def at(day: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(2019, 4, day, hour, minute, tzinfo=ZONE)


class House:
    """Two of the county's office, a leader, a contact and the channel; one week with its entries."""

    def __init__(self, desk: Desk, office: Office, clock: SteppedClock) -> None:
        self.desk, self.office, self.clock = desk, office, clock
        clock.advance(at(15) - clock.now())
        self.chief = office.member("钱丁", Role.OFFICE, track="county")
        self.clerk = office.member("孙戊", Role.OFFICE, track="county")
        self.mayor = office.member("周市长", Role.CITY_LEADER)
        self.contact = office.member("李甲", Role.CONTACT, region="延津县")
        desk.do_now(self._channel)
        self.serial = 0
        self.bulletin = 0

    @staticmethod
    def _channel(work: Work) -> None:
        work.connection.execute(
            chats.insert().values(id=CHANNEL, kind="channel", title="县(市)通报", channel_of="county")
        )

    def entry(self, *moves: tuple[datetime, str], shots: tuple[str, ...] = ("before",), **given: Any) -> int:
        """An entry with its moves and stored photos."""
        self.serial += 1
        number = f"县1-0415-{self.serial:02d}"

        def verb(work: Work) -> int:
            first = moves[0][0]
            found = {
                "found_at": first, "created_at": first, "touched_at": first, "region": "延津县",
                "group_key": "county/1", "township": "王楼镇", "mode": "open", "source": "group",
            } | given  # fmt: skip
            row = entry_book.add(work, number=number, state=moves[-1][1], track="county", **found)
            before = ""
            for when, state in moves:
                work.now = when
                events.record(work, state, entry_id=row.id, from_state=before or None, to_state=state)
                before = state
            for rank, kind in enumerate(shots):
                wide, high = (960, 1280) if kind.endswith("!") else (1280, 960)
                work.insert(
                    photos, entry_id=row.id, kind=kind.rstrip("!"), medium="photo", seq=rank + 1,
                    file_id=f"f{row.id}.{rank}", file_unique_id=f"u{row.id}.{rank}", chat_id=1,
                    message_id=self.serial * 100 + rank, sent_at=first, received_at=first, state="stored",
                    file=f"{row.id}/{rank}.jpg", width=wide, height=high,
                )  # fmt: skip
            return int(row.id)

        return int(self.desk.do_now(verb))

    def closed(self, *shots: str, **given: Any) -> int:
        """One that was found and closed in the week, with photos."""
        shots = shots or ("before", "after")
        moves = ((at(15), "filed"), (at(15, 9, 1), "assigned"), (at(17), "submitted"), (at(17, 10), "closed"))
        return self.entry(*moves, shots=shots, **{"closed_at": at(17, 10)} | given)

    def late(self, **given: Any) -> int:
        """One that was found in the week and is late at the cut."""
        return self.entry((at(15), "filed"), (at(15, 9, 1), "assigned"), **{"deadline": at(17, 18)} | given)

    # --- the way ---

    def draft(self) -> int:
        """The week's bulletin on Monday morning."""
        self.clock.advance(at(22, 8) - self.clock.now())

        def verb(work: Work) -> int:
            one = book.issue(work, "county", "weekly", WEEK)
            return int(drafting.begin(work, one, drafted_at=work.now).id)

        self.bulletin = self.desk.do_now(verb)
        return self.bulletin

    def row(self) -> Any:
        return self.desk.do_now(lambda work: book.get(work, self.bulletin))

    def face(self, work: Work) -> Any:
        """What the bulletin's card shows."""
        return card.face(work, SimpleNamespace(subject=f"bulletin:{self.bulletin}"))  # type: ignore[arg-type]

    def does(self, verb: Any, *args: Any, by: int = 0, **more: Any) -> Any:
        return self.office.does(by or self.chief, verb, self.bulletin, *args, **more)

    def agreed(self) -> Any:
        """Sent for approval by one, agreed to by the other."""
        self.does(way.submit, self.row().version)
        request = self.desk.do_now(
            lambda work: work.connection.execute(
                select(requests.c.id).where(requests.c.state == "open").order_by(requests.c.id.desc())
            ).scalar()
        )
        self.office.does(self.clerk, seconds.agree, request)
        return self.row()

    def printed(self, *, both: bool = False) -> Any:
        self.does(posting.publish, self.agreed().version, both=both)
        return self.row()

    def passes(self, seconds_: int = 61) -> int:
        """Time passes, and the clock looks; gives how many things were done."""
        self.clock.advance(timedelta(seconds=seconds_))
        return int(self.desk.do_now(arriving.after_due))

    def out(self, what: str) -> list[Any]:
        """The rows of a kind that were put into the outbox."""
        return list(self.desk.do_now(lambda work: posting.rows(work, book.get(work, self.bulletin), what)))

    def ends(self, what: str, state: str, *, part: str = "", error: str = "") -> None:
        """Telegram's answers to what waits of a kind."""

        def verb(work: Work) -> None:
            for one in posting.rows(work, book.get(work, self.bulletin), what):
                if one.state == "waiting" and part in one.dedup:
                    message = 500 + one.id if state == "sent" else None
                    work.connection.execute(
                        update(outbox)
                        .where(outbox.c.id == one.id)
                        .values(state=state, message_id=message, error=error)
                    )

        self.desk.do_now(verb)

    def told(self, person: int, text: str) -> list[dict[str, Any]]:
        """The values of what a person was told."""

        def verb(work: Work) -> list[dict[str, Any]]:
            rows = work.connection.execute(
                select(outbox.c.payload).where(outbox.c.chat_id == person + 1000).order_by(outbox.c.id)
            ).scalars()
            return [one["values"] for one in rows if one and one.get("text") == text]

        return list(self.desk.do_now(verb))

    def changes(self, what: str, content: dict[str, Any]) -> None:
        """Somebody of the office changes the bulletin."""

        def verb(work: Work) -> None:
            row = book.get(work, self.bulletin)
            assert row is not None
            book.change(work, row, what, {**row.content, **content})

        self.desk.do_now(verb)

    def voids(self, entry_id: int) -> None:
        self.desk.do_now(
            lambda work: work.connection.execute(
                update(entries).where(entries.c.id == entry_id).values(state=State.VOID.value)
            )
        )


@pytest.fixture
def house(desk: Desk, office: Office, clock: SteppedClock) -> House:
    """Everybody, and one late entry."""
    return House(desk, office, clock)


# ── what leaves when ──


def test_contacts_hear_of_it_only_once_the_channel_has_it(house: House) -> None:
    house.late()
    house.draft()
    house.printed()

    house.passes()
    before = house.told(house.contact, "bulletins.own_line")
    house.ends(posting.POSTED, "sent")
    house.passes(1)

    assert before == []
    assert [one["region"] for one in house.told(house.contact, "bulletins.own_line")] == ["延津县"]


def test_a_channel_that_takes_nothing_tells_no_contact(house: House) -> None:
    house.late()
    house.draft()
    house.printed()
    house.passes()
    house.ends(posting.POSTED, "failed", error="need administrator rights")

    house.passes(1)

    assert house.row().state == Stage.APPROVED
    assert house.told(house.contact, "bulletins.own_line") == []
    assert house.told(house.clerk, "bulletins.not_posted")[0]["channel"] == "县(市)通报"


def test_what_did_not_arrive_is_named_once_and_sent_again_alone(house: House) -> None:
    house.late()
    house.draft()
    house.printed()
    house.passes()
    house.ends(posting.POSTED, "sent", part=":page")
    house.ends(posting.POSTED, "failed", part=":file", error="file is too big")
    house.passes(1)
    house.passes(1)

    (said,) = house.told(house.chief, "bulletins.trouble")
    house.does(arriving.again, house.row().version)
    (again,) = [one for one in house.out(posting.POSTED) if one.state == "waiting"]

    assert [(one["where"], one["part"]) for one in said["lines"]] == [("县(市)通报", "file")]
    assert again.dedup.endswith(":file")
    house.ends(posting.POSTED, "sent")
    house.passes(1)
    assert len(house.told(house.chief, "bulletins.trouble")) == 1
    assert len(house.told(house.contact, "bulletins.own_line")) == 1


def test_within_the_minute_both_are_taken_back_at_once(house: House) -> None:
    house.late()
    house.draft()
    row = house.printed(both=True)

    house.does(taking_back.take_down, row.version)

    assert {one.state for one in house.out(posting.LEADERS) + house.out(posting.POSTED)} == {"stale"}
    assert (house.row().state, house.row().reported_at) == (Stage.APPROVED, None)


def test_what_the_leaders_were_to_get_is_taken_back_within_the_minute(house: House) -> None:
    house.late()
    house.draft()
    house.does(posting.report, house.agreed().version)

    house.does(taking_back.take_down, house.row().version)

    assert {one.state for one in house.out(posting.LEADERS)} == {"stale"}
    assert house.row().state == Stage.APPROVED


def test_printing_taken_back_leaves_what_the_leaders_were_sent_before(house: House) -> None:
    house.late()
    house.draft()
    house.does(posting.report, house.agreed().version)
    house.passes()
    house.ends(posting.LEADERS, "sent")
    house.does(posting.publish, house.row().version, both=True)

    house.does(taking_back.take_down, house.row().version)

    assert house.row().state == Stage.REPORTED
    assert len(house.out(posting.LEADERS)) == 2


# ── taken down ──


def test_all_pieces_of_a_long_post_are_deleted_and_its_readers_told(house: House) -> None:
    house.late()
    house.draft()
    house.printed(both=True)
    house.passes()
    house.ends(posting.POSTED, "sent")
    house.ends(posting.LEADERS, "sent")
    house.passes(1)
    house.desk.do_now(
        lambda work: work.connection.execute(
            update(outbox)
            .where(outbox.c.dedup.like("%:post:%:page"))
            .values(payload={"text": "bulletins.post", "values": {}, "sent_ids": [41, 42]})
        )
    )

    house.does(taking_back.take_down, house.row().version)

    deleted = sorted(one.payload["message_id"] for one in house.out(posting.DOWN))
    assert deleted[:2] == [41, 42]
    assert len(deleted) == 4
    assert len(house.told(house.mayor, "bulletins.taken_down")) == 1


@pytest.mark.parametrize(
    ("state", "error", "named"),
    [
        ("stale", "Message to delete not found", 0),
        ("stale", "Message can't be deleted", 1),
        ("failed", "not enough rights", 1),
    ],
)
def test_a_post_that_cannot_be_deleted_is_named(house: House, state: str, error: str, named: int) -> None:
    house.late()
    house.draft()
    house.printed()
    house.passes()
    house.ends(posting.POSTED, "sent")
    house.passes(1)
    house.does(taking_back.take_down, house.row().version)

    house.ends(posting.DOWN, state, error=error)
    house.passes(1)

    assert len(house.told(house.chief, "bulletins.not_deleted")) == named


# ── what is no longer so ──


def test_what_was_voided_after_the_cut_stands_in_no_list_and_the_figures_stay(house: House) -> None:
    kept, gone = house.late(), house.late()
    house.draft()
    house.voids(gone)

    printed = house.desk.do_now(lambda work: values.of(work, book.get(work, house.bulletin)))

    face = house.office.does(house.chief, house.face)
    assert face.values["gone"] == [f"县1-0415-{gone:02d}"]
    assert [one["number"] for one in printed["figures"]["overdue"]] == [f"县1-0415-{kept:02d}"]
    assert printed["figures"]["totals"]["overdue"] == 2
    assert [one["why"] for one in printed["gone"]] == ["void"]


def test_what_was_voided_after_the_approval_stops_the_printing(house: House) -> None:
    late = house.late()
    house.draft()
    row = house.agreed()
    house.voids(late)

    answer = house.does(posting.publish, row.version)

    assert answer.values["numbers"] == ["县1-0415-01"]
    assert house.row().state == Stage.DRAFT
    assert house.out(posting.POSTED) == []


def test_a_picture_of_what_was_voided_falls_away_before_the_approval(house: House) -> None:
    chosen = house.closed()
    house.draft()
    house.does(pictures.choose, f"use.{chosen}.0.0", house.chief + 1000)
    house.voids(chosen)

    answer = house.does(way.submit, house.row().version)

    assert answer.values["pictures"] == ["县1-0415-01"]
    assert house.row().content["pictures"] == []
    assert house.row().state == Stage.DRAFT


def test_a_change_drops_the_seal_and_lets_the_leaders_have_the_new_paper(house: House) -> None:
    house.late()
    house.draft()
    house.does(posting.report, house.agreed().version)
    house.desk.do_now(
        lambda work: work.connection.execute(update(bulletins).values(sealed={"file_id": "x", "name": "y"}))
    )

    house.changes("words", {})

    assert (house.row().sealed, house.row().reported_at) == (None, None)


# ── pictures ──


def offered(house: House) -> list[int]:
    return [
        one.id
        for one in house.desk.do_now(lambda work: choosing.offered(work, book.get(work, house.bulletin)))
    ]


def test_what_was_closed_this_week_is_offered_first_and_what_is_late_next(house: House) -> None:
    early = {"found_at": at(11), "created_at": at(11), "touched_at": at(11)}
    new = house.entry((at(16), "filed"), (at(16, 9, 1), "assigned"), deadline=at(25))
    late, closed = house.late(**early), house.closed(**early)
    house.closed(source="public")
    house.closed(mode="covert", handed_over_at=at(16))
    house.closed(category="toilet.dry_toilet")
    house.closed(spot="客厅内")
    house.closed(description="农户厨房内垃圾")
    house.draft()

    assert offered(house) == [closed, late, new]


def test_a_proof_that_was_not_accepted_is_never_shown_as_done(house: House) -> None:
    open_ = house.entry(
        (at(15), "filed"), (at(15, 9, 1), "assigned"), (at(16), "submitted"), (at(16, 10), "returned"),
        shots=("before", "after"), deadline=at(25),
    )  # fmt: skip
    house.draft()

    pair = house.desk.do_now(lambda work: choosing.pair(work, entry_book.get(work, open_)))

    assert pair is not None
    assert pair["after"] is None


def test_the_photo_after_is_held_as_the_one_before(house: House) -> None:
    one = house.closed("before!", "after", "after!")
    house.draft()

    pair = house.desk.do_now(lambda work: choosing.pair(work, entry_book.get(work, one)))
    shots = house.desk.do_now(lambda work: choosing.after_of(work, entry_book.get(work, one)))

    assert pair is not None
    assert pair["after"] == shots[1].id


def test_another_photo_keeps_what_covers_the_other_side(house: House) -> None:
    one = house.closed("before", "before", "after")
    house.draft()
    house.does(pictures.choose, f"use.{one}.0.0", house.chief + 1000)
    chosen = house.row().content["pictures"][0]
    hide = {"before": ["A1"], "after": ["B2"]}
    house.changes("pictures", {"pictures": [{**chosen, "hide": hide}]})

    house.does(pictures.choose, f"use.{one}.1.0", house.chief + 1000)

    (fresh,) = house.row().content["pictures"]
    assert fresh["before"] != chosen["before"]
    assert fresh["hide"] == {"after": ["B2"]}


def test_six_pairs_are_the_most(house: House) -> None:
    found = [house.closed() for _ in range(7)]
    house.draft()
    for one in found[:6]:
        house.does(pictures.choose, f"use.{one}.0.0", house.chief + 1000)

    with pytest.raises(BulletinNotNow) as refused:
        house.does(pictures.choose, f"use.{found[6]}.0.0", house.chief + 1000)

    assert refused.value.values["why"] == "enough_pictures"


def test_pages_of_several_regions_may_be_passed_on_once_two_have_agreed(house: House) -> None:
    found = [house.closed(), house.closed(region="卫辉市", township="上乐村镇")]
    house.draft()
    for one in found:
        house.does(pictures.choose, f"use.{one}.0.0", house.chief + 1000)

    house.does(pictures.send_pages, house.chief + 1000)
    before = pages(house)
    house.agreed()
    house.does(pictures.send_pages, house.chief + 1000)

    assert before == ([True, True], 0)
    assert pages(house) == ([True, True, False, False], 1)


def pages(house: House) -> tuple[list[bool], int]:
    """Whether each page that was sent is protected, and how often a release was logged."""

    def verb(work: Work) -> tuple[list[bool], int]:
        sent = work.connection.execute(select(outbox.c.payload).order_by(outbox.c.id)).scalars()
        protected = [bool(one.get("protect")) for one in sent if one and one.get("text") == PAIRS]
        kinds = list(work.connection.execute(select(event_table.c.kind)).scalars())
        return protected, kinds.count("exported")

    found: tuple[list[bool], int] = house.desk.do_now(verb)
    return found


PAIRS = "bulletins.pairs_page"


def test_pages_that_may_be_passed_on_bear_who_took_them_and_when(house: House) -> None:
    found = house.closed()
    house.draft()
    house.does(pictures.choose, f"use.{found}.0.0", house.chief + 1000)

    house.does(pictures.send_pages, house.chief + 1000)

    sent = house.desk.do_now(
        lambda work: [
            one["picture"]["values"]["mark"]
            for one in work.connection.execute(select(outbox.c.payload)).scalars()
            if one and one.get("text") == PAIRS
        ]
    )
    assert sent == ["仅供工作使用 · 钱丁 · 2019-04-22 08:00"]


def test_a_photo_that_was_lost_since_is_named_before_anything_is_printed(house: House) -> None:
    found = house.closed()
    house.draft()
    house.does(pictures.choose, f"use.{found}.0.0", house.chief + 1000)
    version = house.agreed().version
    files = house.desk.do_now(recheck.files_of, house.bulletin)

    answer = house.does(posting.publish, version, gone={files[1]})

    assert len(files) == 2
    assert answer.values["lost"] == ["县1-0415-01"]
    assert (house.row().state, house.row().content["pictures"]) == (Stage.DRAFT, [])
    assert house.office.does(house.chief, house.face).values["lost"] == ["县1-0415-01"]
    assert house.out(posting.POSTED) == []


# ── words ──


def replies(house: House, text: str) -> Any:
    """The drafter replies to the bulletin's card."""
    said = Incoming(chat_id=house.chief + 1000, message_id=9, sender_id=house.chief + 1000, sent_at=at(22, 9),
                    private=True, text=text, reply_to=77)  # fmt: skip

    def shown(work: Work) -> None:
        row = book.get(work, house.bulletin)
        assert row is not None
        card.show(work, row, house.chief + 1000, house.chief)
        work.connection.execute(update(cards).where(cards.c.kind == card.CARD).values(message_id=77))

    house.office.does(house.chief, shown)
    return house.office.does(house.chief, editing.replied, said)


@pytest.mark.parametrize("words", ["收到", "同意", "好的，谢谢"])
def test_an_answer_to_somebody_is_no_conclusion(house: House, words: str) -> None:
    house.late()
    house.draft()

    with pytest.raises(BulletinNotNow) as refused:
        replies(house, words)

    assert refused.value.values["why"] == "short"
    assert house.row().content["texts"] == {}


def test_a_covert_number_is_refused_alike_whether_it_exists_or_not(house: House) -> None:
    house.late()
    house.draft()

    for number in ("暗-0415-01", "暗-0415-99"):
        with pytest.raises(BulletinNotNow) as refused:
            replies(house, f"突出问题：{number} 坑塘垃圾。")
        assert refused.value.values["why"] == "covert"


def test_a_paper_with_something_to_be_filled_in_is_not_sent_for_approval(house: House) -> None:
    house.late()
    house.draft()
    block = {"kind": "text", "words": "（请填写）", "level": 0}
    paper = {"title": ["通报"], "addressee": "各县：", "blocks": [block], "attachments": []}
    gone = {"table": "regions", "row": "", "column": "", "ours": "", "theirs": "", "choice": "theirs"}
    house.changes("paper", {"paper": paper, "differences": [gone]})

    with pytest.raises(BulletinNotNow) as refused:
        house.does(way.submit, house.row().version)

    assert refused.value.values["why"] == "placeholder"
