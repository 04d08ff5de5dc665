"""What never went through a preview reaches no county by another way, closed at once or found again."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.entries import State
from bot.domain.permissions import Role
from bot.ledger.desk import Work
from bot.services import life
from bot.services.counties import assignment
from bot.services.outgoing import show_card
from tests.chat.test_groups import bound
from tests.drawn import photo
from tests.town.scenes import People, labels, words
from tests.town.town import Town

COVERT = "暗访发现延津县王楼镇任庄村村口垃圾堆"
REPORT = "举报：延津县王楼镇任庄村村口垃圾堆，某甲反映"


@pytest.fixture
async def people(town: Town) -> People:
    """A group, a contact, an office of two."""
    return await People.join(town)


async def fixed(people: People, filer: Any, caption: str) -> None:
    """Filed, and closed at once with the filer's own after-photo."""
    town = people.town
    filer.sends_photo(town.bot, photo(seed=1), caption=caption)
    await town.settle()
    receipt = people.last(filer)
    filer.sends_photo(town.bot, photo("clean", seed=1), caption="整改后", reply_to=receipt)
    await town.settle()
    await people.press(filer, people.last(filer), "现场整改")


async def opened(people: People, person: Any, number: str) -> Any:
    """The entry's card, asked for by number."""
    person.sends(people.town.bot, number)
    await people.town.settle()
    return people.last(person)


async def test_found_again_a_covert_entry_closed_at_once_goes_through_the_preview(people: People) -> None:
    await fixed(people, people.leader, COVERT)
    heard = len(people.new(people.contact))
    card = await opened(people, people.chief, "暗-0412-01")

    await people.press(people.chief, card, "反弹")
    await people.town.passes(seconds=3)
    preview = people.showing(people.chief, "确认转交办")
    unmoved = await people.row()
    unheard = [one for one in people.new(people.contact)[heard:] if "暗-" in words(one)]
    previewed = words(preview)
    await people.press(people.chief, preview, "确认转交办")
    told = people.showing(people.contact, "【已交办】")
    row = await people.row()

    assert unmoved.state == "closed"
    assert unmoved.handed_over_at is None
    assert unheard == []
    assert "确认转交办" not in words(told)
    assert "暗访" not in previewed
    assert (row.state, row.round, row.checker) == ("assigned", 2, None)
    assert row.handed_over_at is not None
    assert "市环境整治攻坚办" in words(told)
    assert "暗访" not in words(told)
    shown = [line for line in previewed.splitlines()[1:] if line]
    assert [line for line in words(told).splitlines() if line] == shown


async def test_found_again_a_report_of_the_public_waits_for_words_written_anew(people: People) -> None:
    people.chief.sends(people.town.bot, REPORT)
    await people.town.settle()

    def close(work: Work) -> None:
        row = assignment.reload(work, 1)
        life.put_state(work, row, State.CLOSED, "fixed", body="office:county", closed_at=work.now)

    await people.town.app.parts.desk.do(close)
    heard = len(people.new(people.contact))
    number = (await people.row()).number
    card = await opened(people, people.chief, number)

    await people.press(people.chief, card, "反弹")
    await people.town.passes(seconds=3)
    asked = people.showing(people.chief, "请写一句给县(市、区)看的话")
    unmoved = await people.row()
    people.chief.sends(people.town.bot, "村口积存垃圾")
    await people.town.settle()
    await people.press(people.chief, people.showing(people.chief, "确认转交办"), "确认转交办")
    told = "\n".join(words(one) for one in people.new(people.contact)[heard:])

    assert unmoved.state == "closed"
    assert asked is not None
    assert "村口积存垃圾" in told
    assert "某甲" not in told
    assert "举报" not in told


async def test_a_hidden_entry_is_never_delivered_whoever_asks_for_it(people: People) -> None:
    await people.files(people.leader, COVERT)

    def deliver(work: Work) -> None:
        assignment.deliver(work, assignment.reload(work, 1))

    with pytest.raises(assignment.NotForTheCounty):
        await people.town.app.parts.desk.do(deliver)


async def test_a_county_card_that_was_never_sent_says_nothing_when_it_is_not_the_contacts(
    people: People,
) -> None:
    await people.files(people.leader, COVERT)
    heard = len(people.new(people.contact))

    def card(work: Work) -> None:
        show_card(work, people.contact.id, "county", subject="entry:1", entry_id=1)

    await people.town.app.parts.desk.do(card)
    await people.town.settle()

    assert people.new(people.contact)[heard:] == []


async def test_what_is_confirmed_is_what_was_previewed(people: People) -> None:
    receipt = await people.files(people.leader, COVERT)
    await people.press(people.leader, receipt, "转交办")
    preview = people.last(people.leader)
    data = next(one.data for row in preview.buttons for one in row if one.text == "确认转交办")
    people.leader.sends_photo(people.town.bot, photo(seed=2), reply_to=receipt)
    await people.town.settle()

    pressed = people.leader.presses(preview, data=data)
    await people.town.settle()
    answer = await pressed.answered(timeout=5)

    assert "再按" in answer.text
    assert (await people.row()).state == "filed"


async def test_a_deadline_that_has_moved_since_the_preview_is_shown_before_it_is_confirmed(
    people: People,
) -> None:
    receipt = await people.files(people.leader, COVERT + "，限3天")
    await people.press(people.leader, receipt, "转交办")
    preview = people.last(people.leader)
    before = words(preview)
    await people.town.passes(hours=20)

    answer = await people.press(people.leader, preview, "确认转交办")
    held = await people.row()
    await people.town.passes(seconds=3)
    shown = words(preview)
    await people.press(people.leader, preview, "确认转交办")

    assert "再按" in answer.text
    assert held.state == "filed"
    assert "4月15日" in before
    assert "4月16日" in shown
    assert (await people.row()).state == "assigned"
    assert labels(preview) == []


async def test_another_regions_contact_is_told_nothing_of_it(people: People) -> None:
    other = await people.town.join("赵辛", Role.CONTACT, region="卫辉市")
    heard = len(people.new(other))

    await fixed(people, people.leader, COVERT)
    card = await opened(people, people.chief, "暗-0412-01")
    await people.press(people.chief, card, "反弹")
    await people.town.passes(hours=1)

    assert people.new(other)[heard:] == []


async def test_a_press_forged_in_a_group_chat_shows_no_preview_there(people: People) -> None:
    town = people.town
    chat = await bound(town, people.leader, people.member)
    people.leader.sends_photo(chat, photo(seed=3), caption="#问题 延津县王楼镇任庄村路边垃圾")
    await town.settle()
    line = chat.last
    await people.files(people.leader, COVERT)
    heard = len(chat.messages)

    for data in ("1:preview:2:0", "1:ctext:2:0", "1:ctake:2:0", "1:open:2:0"):
        people.leader.presses(line, data=data)
        await town.settle()

    assert [one.words for one in chat.messages[heard:]] == []


async def test_a_leader_who_answers_for_the_region_is_not_asked_to_hand_over(people: People) -> None:
    await people.town.also(people.leader, Role.CONTACT, region="延津县")
    heard = len(people.new(people.leader))

    await people.files(people.member, COVERT)
    await people.town.passes(seconds=3)

    assert not any("转交办" in labels(one) for one in people.new(people.leader)[heard:])
    assert any("转交办" in labels(one) for one in people.new(people.chief))


async def test_a_county_reads_nothing_from_before_it_knew_of_an_entry(people: People) -> None:
    town = people.town
    people.chief.sends(town.bot, "曝光：延津县王楼镇任庄村村口垃圾堆")
    await town.settle()

    def close(work: Work) -> None:
        row = assignment.reload(work, 1)
        life.put_state(work, row, State.CLOSED, "fixed", body="office:county", closed_at=work.now)

    await town.app.parts.desk.do(close)
    number = (await people.row()).number
    await people.press(people.chief, await opened(people, people.chief, number), "反弹")
    await people.press(people.contact, await opened(people, people.contact, number), "签收")
    people.contact.presses(people.last(people.contact), data="1:history:1:0")
    await town.settle()

    history = words(people.last(people.contact))
    assert "办理过程" in history
    assert "签收" in history
    assert "现场整改" not in history


async def test_a_checking_group_hears_that_the_office_previews_a_report(people: People) -> None:
    town = people.town
    people.chief.sends(town.bot, REPORT)
    await town.settle()

    def close(work: Work) -> None:
        row = assignment.reload(work, 1)
        own: dict[str, Any] = {"checker": "county/1", "closed_at": work.now, "public_text": "村口积存垃圾"}
        life.put_state(work, row, State.CLOSED, "fixed", body="group:county/1", **own)

    await town.app.parts.desk.do(close)
    heard = len(people.new(people.contact))
    card = await opened(people, people.leader, (await people.row()).number)

    answer = await people.press(people.leader, card, "反弹")

    assert "由攻坚办转交办" in answer.text
    assert (await people.row()).state == "closed"
    assert people.new(people.contact)[heard:] == []
