"""Several entries of a list at once: signed for, asked for, granted, closed, handed over, urged."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.clock import SteppedClock
from bot.domain.permissions import Role
from bot.ledger import entries as book
from bot.ledger.desk import Work
from bot.ledger.tables import cards, entries, outbox, questions, requests
from bot.services.checking import check
from bot.services.finding import many
from bot.services.finding.asked import Asked, Turned
from bot.services.incoming import Incoming
from bot.services.looking import listwords
from bot.services.refusals import NotUnderstood
from bot.texts.catalogue import Catalogue
from tests.services.conftest import Office
from tests.services.looking import Looking, entry


class Town(Looking):
    """People, and what they were told."""

    def tick(self, who: int, which: str, ids: Iterable[int]) -> Any:
        """A list with some of its entries ticked."""
        shown = self.list(who, which)
        shown = self.press(who, shown, "批量办理", which)
        for entry_id in ids:
            version = self.row(entry_id).version if entry_id else 0
            self.office.does(who, listwords.pick, who + 1000, 77, entry_id, version)
        return self.sight(who, which)

    def does(self, who: int, which: str, act: str, arg: str = "") -> Any:
        """An act chosen, looked at, confirmed; gives how it was shown before."""
        self.office.does(who, listwords.many_chosen, who + 1000, 77, act)
        sure = self.sight(who, which)
        self.office.does(who, listwords.do_many, who + 1000, 77, arg)
        return sure

    def row(self, entry_id: int) -> Any:
        return self.office.desk.do_now(book.get, entry_id)

    def told(self, who: int, text: str) -> list[str]:
        """The messages of a kind that somebody was sent, as they read."""

        def look(work: Work) -> list[Any]:
            rows = work.connection.execute(select(outbox).where(outbox.c.chat_id == who + 1000)).all()
            return [row.payload for row in rows if row.payload and row.payload.get("text") == text]

        catalogue = Catalogue(self.office.desk.world.campaign)
        return [catalogue.text("zh", text, one["values"]) for one in self.office.desk.do_now(look)]


@pytest.fixture
def town(office: Office) -> Town:
    """Everybody's phones."""
    return Town(office)


@pytest.fixture
def leader(office: Office) -> int:
    """The first county group's leader."""
    return office.member("李甲", Role.INSPECTOR, track="county", group_key="county/1", leader=True)


@pytest.fixture
def contact(office: Office) -> int:
    """延津县's contact."""
    return office.member("王乙", Role.CONTACT, track="county", region="延津县")


def submitted(office: Office, leader: int, serial: int) -> int:
    now = office.desk.clock.now()
    return entry(
        office, leader, f"县1-0412-{serial:02d}", state="submitted", submitted_at=now, proof_sent_at=now
    )


def test_what_a_visit_has_found_in_order_is_closed_at_once(
    office: Office, town: Town, leader: int, contact: int
) -> None:
    ids = [submitted(office, leader, serial) for serial in (1, 2, 3)]

    shown = town.tick(leader, "check", ids[:2])
    sure = town.does(leader, "check", "close")

    assert "已选 2 条" in shown.text
    assert shown.rows[0] == ["✓ 1", "✓ 2", "3"]
    assert "销号 2" in shown.buttons
    assert "<b>销号 2 条</b>" in sure.text
    assert "县1-0412-01 延津县王楼镇任庄村村口" in sure.text
    assert [town.row(one).state for one in ids] == ["closed", "closed", "submitted"]
    assert town.told(leader, "lists.done_many") == ["已销号 2 条：县1-0412-01、县1-0412-02"]
    assert "批量办理" not in town.sight(leader, "check").buttons


def test_what_has_moved_since_it_was_ticked_is_left_and_named(
    office: Office, town: Town, leader: int, contact: int
) -> None:
    mate = office.member("张己", Role.INSPECTOR, track="county", group_key="county/1")
    ids = [submitted(office, leader, serial) for serial in (1, 2)]
    town.tick(leader, "check", ids)
    office.does(leader, listwords.many_chosen, leader + 1000, 77, "close")

    def more_to_show(work: Work) -> None:
        row = book.get(work, ids[1])
        assert row is not None
        book.change(work, row, measures="又发来一张照片")

    office.desk.do_now(more_to_show)
    office.does(leader, listwords.do_many, leader + 1000, 77, "")

    assert [town.row(one).state for one in ids] == ["closed", "submitted"]
    assert town.told(leader, "lists.done_many") == [
        "已销号 1 条：县1-0412-01\n未办 县1-0412-02：卡片有更新，请打开再看"
    ]
    office.does(mate, check.close, ids[1])
    with pytest.raises(NotUnderstood):
        office.does(leader, listwords.do_many, leader + 1000, 77, "")


def test_a_county_signs_for_several_and_asks_for_time_with_one_reason(
    office: Office, town: Town, leader: int, contact: int, clock: SteppedClock
) -> None:
    due = clock.now() + timedelta(days=3)
    ids = [entry(office, leader, f"县1-0412-{serial:02d}", deadline=due) for serial in (1, 2)]

    town.tick(contact, "todo", [0])
    town.does(contact, "todo", "ack")
    shown = town.tick(contact, "todo", ids)
    town.does(contact, "todo", "extend", "2")
    question = office.desk.do_now(lambda work: work.connection.execute(select(questions)).one())
    said = Incoming(contact + 1000, 900, contact + 1000, clock.now(), text="连日下雨")
    office.does(contact, many._why_said, question, said)

    assert {town.row(one).state for one in ids} == {"acknowledged"}
    assert set(shown.buttons) >= {"申请延期 2", "全选", "返回"}
    asked = office.desk.do_now(lambda work: work.connection.execute(select(requests)).all())
    assert [(one.entry_id, one.reason, one.state) for one in asked] == [
        (ids[0], "连日下雨", "open"), (ids[1], "连日下雨", "open"),
    ]  # fmt: skip
    assert town.told(contact, "lists.done_many")[-1] == "已申请延期 2 条：县1-0412-01、县1-0412-02"

    town.tick(leader, "ledger", [0])
    town.does(leader, "ledger", "grant")

    assert all(town.row(one).deadline > due for one in ids)


def test_a_list_is_urged_with_one_message_a_region(
    office: Office, town: Town, leader: int, contact: int
) -> None:
    here = [entry(office, leader, f"县1-0412-{serial:02d}") for serial in range(1, 13)]
    there = entry(office, leader, "县1-0412-20", region="卫辉市", township="后河镇", village=None)

    town.tick(leader, "ledger", [0])
    sure = town.does(leader, "ledger", "urge")

    assert "<b>催办 13 条</b>" in sure.text
    assert len(town.told(contact, "urging.many")) == 1
    (summary,) = town.told(leader, "lists.done_many")
    assert summary.startswith("已催办 12 条：")
    assert f"未办 {town.row(there).number}：联系人暂时联系不上" in summary
    town.tick(leader, "ledger", here[:1])
    town.does(leader, "ledger", "urge")
    assert town.told(leader, "lists.done_many")[-1] == "没有办成。\n未办 县1-0412-01：本工作日已催过"


def test_nobody_is_offered_what_is_not_theirs(office: Office, town: Town, leader: int, contact: int) -> None:
    """Ticks name entries, rights are asked of each: a forged tick does nothing."""
    watch = office.member("褚丑", Role.OVERSIGHT)
    other = office.member("沈辰", Role.INSPECTOR, track="county", group_key="county/2", leader=True)
    foreign = [submitted(office, leader, serial) for serial in (1, 2)]
    for serial in (1, 2):
        entry(
            office, other, f"县2-0412-{serial:02d}", group_key="county/2", checker="county/2",
            region="新乡县", township=None, village=None,
        )  # fmt: skip

    assert "批量办理" not in town.list(watch, "ledger").buttons
    town.tick(other, "ledger", foreign)
    assert not {one for one in town.sight(other, "ledger").buttons if one.startswith("销号")}
    for act in many.ACTS:
        office.does(other, listwords.many_chosen, other + 1000, 77, act)
        assert "县1-" not in town.sight(other, "ledger").text
        with pytest.raises(NotUnderstood):
            office.does(other, listwords.do_many, other + 1000, 77, "1")
    town.tick(contact, "ledger", foreign)
    office.does(contact, listwords.many_chosen, contact + 1000, 77, "close")
    with pytest.raises(NotUnderstood):
        office.does(contact, listwords.do_many, contact + 1000, 77, "")
    assert {town.row(one).state for one in foreign} == {"submitted"}


def test_somebody_elses_list_is_not_ticked(office: Office, town: Town, leader: int, contact: int) -> None:
    ids = [submitted(office, leader, serial) for serial in (1, 2)]
    town.tick(leader, "check", ids)
    somebody_elses = cards.update().values(member_id=contact)
    office.desk.do_now(lambda work: work.connection.execute(somebody_elses) and None)

    with pytest.raises(NotUnderstood):
        office.does(leader, listwords.pick, leader + 1000, 77, ids[0], 1)


def test_a_tick_fits_beside_the_fullest_list(office: Office, town: Town, leader: int) -> None:
    asked = Asked(
        "find",
        (("region", 14), ("township", 22), ("state", 8), ("category", 12), ("group", 10), ("period", 10),
         ("source", 7)),
        "many", Turned(True, 0, 2**53, 10**6, 10**6),
    )  # fmt: skip

    assert len(f"1:list:0:0:{asked}") <= 64
    assert len(str(asked)) <= entries.metadata.tables["cards"].c.panel.type.length
