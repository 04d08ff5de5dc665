"""The outbox against every answer that Telegram has: nothing lost, nothing doubled that can be helped."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.delivery.sender import LOOK_EVERY, TRIES
from bot.delivery.wire import Wire
from bot.domain.world import World
from bot.ledger import outbox
from bot.ledger.desk import LedgerUnavailable, Work
from bot.ledger.outbox import Kind, Priority
from bot.ledger.tables import chats, members, roles
from bot.services import post
from bot.services.outgoing import Shown
from tests.delivery.office import TOKEN, Office, build


@pytest.fixture(scope="module")
def world() -> World:
    return build()


@pytest.fixture
async def office(tmp_path: Path, world: World) -> AsyncIterator[Office]:
    async with Office(tmp_path, world) as office:
        yield office


@pytest.fixture
def card_says(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What every card shows now; None: its subject has moved on."""
    said: dict[str, Any] = {"words": "一"}

    def card(work: Work, card_id: int) -> Shown | None:
        if said["words"] is None:
            return None
        return Shown("wire.refused", {"text": said["words"], "row": card_id, "detail": ""})

    monkeypatch.setattr(post.views, "card", card)
    return said


async def test_a_row_is_sent_once_and_its_message_written_down(office: Office) -> None:
    li = office.person()
    row = await office.put(li, "收到")

    await office.works()

    assert office.heard(li) == ["收到"]
    found = await office.row(row)
    assert (found.state, found.attempts, found.error) == ("sent", 1, None)
    assert found.message_id == li.chat(office.bot).last.message_id
    assert found.sent_at == office.time.clock.now()


async def test_sending_is_committed_before_the_call(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    li = office.person()
    row = await office.put(li, "收到")
    states: list[str] = []
    call = office.wire.call

    async def looked_at(*args: Any) -> Any:
        states.append((await office.row(row)).state)
        return await call(*args)

    monkeypatch.setattr(office.wire, "call", looked_at)
    await office.works()

    assert states == ["sending"]


async def test_replies_go_before_reminders_and_those_before_broadcasts(tmp_path: Path, world: World) -> None:
    async with Office(tmp_path, world, limits=(1, 0, 0)) as office:
        people = [office.person() for _ in range(3)]
        await office.put(people[0], "通报", Priority.BROADCAST)
        await office.put(people[1], "提醒", Priority.REMINDER)
        await office.put(people[2], "答复", Priority.REPLY)
        order = []
        for _ in range(3):
            await office.works()
            order.append([office.heard(person) for person in people])
            office.time.passes(1.1)

    assert order == [[[], [], ["答复"]], [[], ["提醒"], ["答复"]], [["通报"], ["提醒"], ["答复"]]]


async def test_after_a_start_reminders_wait_until_what_people_sent_is_heard(office: Office) -> None:
    li, wang = office.person(), office.person()
    office.all_heard = False
    await office.put(li, "提醒", Priority.REMINDER)
    await office.put(wang, "答复", Priority.REPLY)

    await office.works()
    assert (office.heard(li), office.heard(wang)) == ([], ["答复"])

    office.all_heard = True
    await office.works()
    assert office.heard(li) == ["提醒"]


async def test_a_bot_that_stays_deaf_reminds_after_a_minute_all_the_same(office: Office) -> None:
    li = office.person()
    office.all_heard = False
    await office.put(li, "提醒", Priority.REMINDER)

    await office.works()
    await office.later(59)
    assert office.heard(li) == []
    await office.later(1)

    assert office.heard(li) == ["提醒"]


async def test_when_the_line_is_back_reminders_wait_for_what_people_sent_meanwhile(office: Office) -> None:
    li, wang = office.person(), office.person()
    await office.later(600)
    office.all_heard = False
    office.server.faults.next("sendMessage", status=503, times=9)
    await office.put(wang, "答复", Priority.REPLY)
    await office.put(li, "提醒", Priority.REMINDER)
    for _ in range(6):
        await office.later(400)
    office.server.faults.clear()

    await office.later(400)
    assert (office.heard(li), office.heard(wang)) == ([], ["答复"])

    office.all_heard = True
    await office.works()
    assert office.heard(li) == ["提醒"]


async def test_in_one_chat_rows_leave_in_order_even_when_the_first_fails_first(office: Office) -> None:
    li = office.person()
    for n in "一二三":
        await office.put(li, n)
    office.server.faults.next("sendMessage", status=500)

    await office.works()
    assert office.heard(li) == []

    await office.later(1)
    assert office.heard(li) == ["一", "二", "三"]


async def test_a_chat_under_flood_control_waits_alone(office: Office) -> None:
    li, wang = office.person(), office.person()
    office.server.faults.next("sendMessage", status=429, retry_after=7, chat_id=li.id)
    await office.put(li, "慢")
    await office.put(wang, "快")

    await office.works()
    assert (office.heard(li), office.heard(wang)) == ([], ["快"])
    await office.later(6.9)
    assert office.heard(li) == []
    await office.later(0.2)
    assert office.heard(li) == ["慢"]


async def test_two_chats_under_flood_control_stop_all(office: Office) -> None:
    li, wang, zhao = office.person(), office.person(), office.person()
    for person in (li, wang):
        office.server.faults.next("sendMessage", status=429, retry_after=5, chat_id=person.id)
        await office.put(person, "慢")
    await office.works()

    await office.put(zhao, "等")
    await office.works()
    assert office.heard(zhao) == []

    await office.later(5.1)
    assert [office.heard(person) for person in (li, wang, zhao)] == [["慢"], ["慢"], ["等"]]


async def test_a_waiting_chat_with_hundreds_of_rows_holds_nobody_else_up(office: Office) -> None:
    li, wang = office.person(), office.person()
    office.server.faults.next("sendMessage", status=429, retry_after=60, chat_id=li.id)
    for n in range(200):
        await office.put(li, f"{n}")
    await office.works()
    await office.put(wang, "快", Priority.BROADCAST)

    await office.works()

    assert office.heard(wang) == ["快"]
    assert office.heard(li) == []


async def test_waiting_is_never_busy(tmp_path: Path, world: World) -> None:
    async with Office(tmp_path, world, limits=(28, 1, 20)) as office:
        li, group = office.person(), -5
        for n in range(30):
            await office.put(li, f"{n}")
        await office.desk.do(
            lambda work: work.connection.execute(chats.insert().values(id=group, kind="group"))
        )
        await office.works()
        turns, heard = len(office.time.waits), len(office.heard(li))
        office.time.waits.clear()
        for _ in range(10):
            await office.later(0.1)
        again = list(office.time.waits)

    assert heard == 3  # the burst of a chat that waits for its answer
    assert turns <= 3 * heard + 2
    assert len(again) <= 10 + 2 * 2  # a turn for each wake, and two for what went out after a second
    assert all(wait > 0 for wait in again)
    assert min(again) <= 1.0  # the limit's own end is waited for, not the next look


async def test_copied_files_count_one_by_one_and_leave_only_when_all_of_them_may(
    tmp_path: Path, world: World
) -> None:
    async with Office(tmp_path, world, limits=(10, 0, 0)) as office:
        source, readers = office.person(), [office.person() for _ in range(3)]
        rows = [await office.put(source, f"{n}") for n in range(4)]
        await office.works()
        await office.later(1.0)
        ids = [(await office.row(one)).message_id for one in rows]
        for person in readers:
            params = {"chat_id": person.id, "from_chat_id": source.id, "message_ids": ids}
            await office.desk.do(
                outbox.put, chat_id=person.id, kind=Kind.CALL, dedup=f"copy{person.id}",
                payload={"method": "copyMessages", "params": params},
            )  # fmt: skip
        await office.works()
        at_first = [len(office.heard(person)) for person in readers]
        await office.later(1.1)

        assert sorted(at_first) == [0, 4, 4]
        assert [len(office.heard(person)) for person in readers] == [4, 4, 4]
        assert all(wait > 0 for wait in office.time.waits[-3:])


async def test_a_row_that_was_put_off_is_waited_for_exactly(office: Office) -> None:
    li = office.person()
    await office.put(li, "稍后", not_before=office.time.clock.now().replace(second=1, microsecond=500_000))

    await office.works()

    assert office.heard(li) == []
    assert 1.4 < office.time.waits[-1] <= 1.5 < LOOK_EVERY
    await office.later(1.6)
    assert office.heard(li) == ["稍后"]


async def test_a_server_that_fails_is_asked_again_but_not_without_end(office: Office) -> None:
    li, wang = office.person(), office.person()
    office.server.faults.next("sendMessage", status=502, times=100, chat_id=li.id)
    bad = await office.put(li, "坏")
    for n in range(TRIES):
        await office.put(wang, f"好{n}")  # the line is not down: others arrive meanwhile
        await office.works()
        await office.later(301)

    found = await office.row(bad)
    assert (found.state, found.attempts) == ("failed", TRIES)
    assert office.heard(wang) == [f"好{n}" for n in range(TRIES)]


async def test_an_outage_counts_no_tries_and_loses_nothing(office: Office) -> None:
    people = [office.person() for _ in range(3)]
    office.server.faults.next("sendMessage", status=503, times=40)
    reminders = [await office.put(p, "提醒", Priority.REMINDER) for p in people]
    for _ in range(20):
        await office.later(40)

    office.server.faults.clear()
    await office.later(400)

    assert [(await office.row(row)).state for row in reminders] == ["sent"] * 3
    assert [office.heard(p) for p in people] == [["提醒"]] * 3


async def test_what_certainly_did_not_go_out_waits_for_the_line(office: Office) -> None:
    li = office.person()
    row = await office.put(li, "一", Priority.BROADCAST)
    dead = Wire(TOKEN, "http://127.0.0.1:9", read_timeout=0.3)
    async with dead:
        alive, office.sender._wire = office.sender._wire, dead
        for _ in range(12):
            await office.later(60)
        assert (await office.row(row)).state == "waiting"
        office.sender._wire = alive
    await office.later(301)

    assert office.heard(li) == ["一"]
    assert (await office.row(row)).doubts == 0


@pytest.mark.parametrize("fault", [{"cut": "after"}, {"silent": "after"}, {"cut": "before"}])
async def test_a_reply_in_doubt_is_sent_once_more_and_then_listed(
    office: Office, fault: dict[str, str]
) -> None:
    li = office.person()
    office.server.faults.next("sendMessage", **fault)
    first = await office.put(li, "一")
    await office.works()
    await office.later(1)
    assert (await office.row(first)).state == "sent"
    assert office.heard(li) == ["一"] * (1 if "before" in fault.values() else 2)

    office.server.faults.next("sendMessage", times=2, **fault)
    second = await office.put(li, "二")
    await office.works()
    await office.later(1)
    await office.later(500)

    found = await office.row(second)
    assert (found.state, found.attempts) == ("uncertain", 2)
    assert office.sender.uncertain == 1


@pytest.mark.parametrize("priority", [Priority.REMINDER, Priority.BROADCAST])
async def test_a_reminder_in_doubt_is_not_sent_again_but_listed(office: Office, priority: Priority) -> None:
    li = office.person()
    office.server.faults.next("sendMessage", cut="after")
    row = await office.put(li, "提醒", priority)

    await office.works()
    await office.later(500)

    assert office.heard(li) == ["提醒"]
    assert (await office.row(row)).state == "uncertain"


async def test_who_blocked_the_bot_is_not_written_to_until_heard_from(office: Office) -> None:
    li = office.person()
    li.blocks(office.bot)
    for n in "一二":
        await office.put(li, n)
    await office.works()
    assert await office.states() == ["unreachable", "unreachable"]
    assert len(office.bot.calls_of("sendMessage")) == 1

    await office.put(li, "三")
    await office.works()
    assert len(office.bot.calls_of("sendMessage")) == 1  # nobody tries in vain

    li.unblocks(office.bot)
    await office.desk.do(post.reached, li.id)
    await office.put(li, "四")
    await office.works()
    assert office.heard(li) == ["四"]


async def test_a_chat_that_is_not_there_ends_its_row_only(office: Office) -> None:
    office.server.faults.next("sendMessage", status=400, description="Bad Request: chat not found")
    li = office.person()
    await office.put(li, "一")
    await office.put(li, "二")

    await office.works()

    assert await office.states() == ["unreachable", "sent"]
    assert office.heard(li) == ["二"]


async def test_a_group_that_moves_takes_along_what_waits(office: Office, card_says: dict[str, Any]) -> None:
    li = office.person()
    group = office.server.group("督查组", members=[li], bots=[office.bot], supergroup=False)
    old = group.id
    card = await office.card(old)
    await office.put(old, "一")
    await office.works()
    new = li.upgrades(group)
    await office.put(old, "二", dedup="second")
    await office.put(old, "三", dedup="third")
    card_says["words"] = "新"
    await office.raised(card)

    await office.works()
    await office.put(old, "四", dedup="fourth")  # whoever still knows the old number
    await office.works()

    heard = [m.text for m in new.messages if m.by_bot is not None]
    assert [text for text in heard if len(text) == 1] == ["二", "三", "四"]
    shown = await office.shown(card)
    assert shown.chat_id == new.id
    assert shown.message_id in {m.message_id for m in new.messages}
    assert sum("新" in text for text in heard) == 1


async def test_an_edit_that_changes_nothing_is_a_success(office: Office, card_says: dict[str, Any]) -> None:
    li = office.person()
    card = await office.card(li)
    await office.works()
    await office.raised(card)

    await office.works()

    shown = await office.shown(card)
    assert (shown.wanted, shown.shown) == (2, 2)
    assert len(office.heard(li)) == 1


async def test_a_card_whose_message_is_gone_is_sent_anew_once(
    office: Office, card_says: dict[str, Any]
) -> None:
    li = office.person()
    card = await office.card(li)
    await office.works()
    li.deletes(li.chat(office.bot).last)
    card_says["words"] = "二"
    await office.raised(card)
    await office.works()
    card_says["words"] = "三"
    await office.raised(card)
    await office.works()

    assert len(office.heard(li)) == 1
    assert "三" in office.heard(li)[0]
    assert len(office.bot.calls_of("sendMessage")) == 2


async def test_no_edit_leaves_before_its_send_has_a_message(
    office: Office, card_says: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    li = office.person()
    card = await office.card(li)
    call, held = office.wire.call, asyncio.Event()

    async def slow(*args: Any) -> Any:
        if args[0] == "sendMessage" and not held.is_set():
            for words in ("二", "三"):
                card_says["words"] = words
                await office.raised(card)
            held.set()
        return await call(*args)

    monkeypatch.setattr(office.wire, "call", slow)
    await office.works()

    methods = [call.method for call in office.bot.calls if call.method.lower().endswith("text")]
    assert len(office.heard(li)) == 1
    assert "三" in office.heard(li)[0]
    assert len(methods) == 1
    assert [row.state for row in await office.rows_of_card(card)] == ["sent", "sent"]


async def test_a_card_has_at_most_one_open_row(office: Office, card_says: dict[str, Any]) -> None:
    li = office.person()
    card = await office.card(li)
    for _ in range(5):
        await office.raised(card)

    assert len(await office.rows_of_card(card)) == 1
    await office.works()
    assert len(office.heard(li)) == 1
    assert (await office.shown(card)).shown == 6


async def test_a_card_whose_subject_has_moved_on_is_closed_as_stale(
    office: Office, card_says: dict[str, Any]
) -> None:
    li = office.person()
    await office.card(li)
    card_says["words"] = None

    await office.works()

    assert await office.states() == ["stale"]
    assert office.heard(li) == []


async def test_without_the_message_replied_to_it_goes_without_the_reply(office: Office) -> None:
    li = office.person()
    office.server.faults.next(
        "sendMessage", status=400, description="Bad Request: message to be replied not found"
    )
    await office.put(li, "答", payload={"reply_to": 1})

    await office.works()

    assert office.heard(li) == ["答"]
    assert "reply_parameters" not in office.bot.calls_of("sendMessage")[-1].params


async def admin(office: Office) -> Any:
    person = office.person()

    def verb(work: Work) -> None:
        member = work.insert(
            members, telegram_id=person.id, name="管", created_at=work.now, red_lines_at=work.now
        )
        work.insert(roles, member_id=member, role="admin", granted_at=work.now)

    await office.desk.do(verb)
    return person


async def test_what_does_not_parse_goes_once_more_as_plain_text_with_an_alarm(office: Office) -> None:
    boss, li = await admin(office), office.person()
    office.server.violations.clear()
    office.server.faults.next(
        "sendMessage",
        status=400,
        description='Bad Request: can\'t parse entities: unsupported start tag "x" at byte offset 5',
        chat_id=li.id,
    )
    row = await office.put(li, "<b>一</b> &lt;二&gt;")

    await office.works()

    assert office.heard(li) == ["一 <二>"]
    assert (await office.row(row)).state == "sent"
    assert ["an't parse entities" in words for words in office.heard(boss)] == [True]


async def test_what_is_refused_twice_is_given_up(office: Office) -> None:
    boss, li = await admin(office), office.person()
    office.server.faults.next(
        "sendMessage", status=400, description="Bad Request: something new", times=9, chat_id=li.id
    )
    bad = await office.put(li, "一")
    good = await office.put(li, "二", Priority.REMINDER)

    await office.works()
    office.server.faults.clear()
    await office.works()

    assert (await office.row(bad)).state == "failed"
    assert (await office.row(good)).state in ("failed", "sent")
    assert len(office.heard(boss)) == 1  # one alarm a day and text


async def test_a_refused_card_is_shown_plainly(office: Office, card_says: dict[str, Any]) -> None:
    li = office.person()
    office.server.faults.next(
        "sendMessage", status=400, description="Bad Request: can't parse entities: whatever"
    )
    card = await office.card(li)

    await office.works()

    assert len(office.heard(li)) == 1
    assert (await office.shown(card)).shown == 1


LONG = "\n".join(f"<b>第{n}行 {'字' * 40}</b>" for n in range(200))


async def test_words_that_are_too_long_go_on_in_a_second_message_with_the_buttons_under_the_last(
    office: Office,
) -> None:
    li = office.person()
    button = {"label": "", "text": "看", "act": "open", "subject": 1}
    row = await office.put(li, LONG, payload={"buttons": [[button]], "reply_to": 1})
    await office.put(li, "之后")

    await office.works()

    said = office.heard(li)
    assert len(said) == 4
    assert all(len(words) <= 4096 for words in said)
    assert "\n".join(said[:-1]).splitlines() == [f"第{n}行 {'字' * 40}" for n in range(200)]
    assert said[-1] == "之后"
    assert [bool(call.params.get("reply_markup")) for call in office.bot.calls_of("sendMessage")] == [
        False, False, True, False,
    ]  # fmt: skip
    assert [bool(call.params.get("reply_parameters")) for call in office.bot.calls_of("sendMessage")] == [
        True, False, False, False,
    ]  # fmt: skip
    assert [bool(call.params.get("disable_notification")) for call in office.bot.calls_of("sendMessage")] == [
        False, True, True, False,
    ]  # fmt: skip
    assert (await office.row(row)).state == "sent"


async def test_a_piece_that_fails_is_sent_again_and_not_what_went_before_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    li = office.person()
    await office.put(li, LONG)
    call, calls = office.wire.call, 0

    async def second_fails(*args: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 2:
            office.server.faults.next("sendMessage", status=500)
        return await call(*args)

    monkeypatch.setattr(office.wire, "call", second_fails)
    await office.works()
    await office.later(1)

    assert "\n".join(office.heard(li)).count("第0行") == 1
    assert "\n".join(office.heard(li)).count("第199行") == 1


async def test_a_card_that_is_too_long_ends_at_a_line(office: Office, card_says: dict[str, Any]) -> None:
    li = office.person()
    card_says["words"] = "\n".join(f"第{n}行 {'字' * 40}" for n in range(200))
    await office.card(li)

    await office.works()

    [said] = office.heard(li)
    assert 3900 < len(said) <= 4096
    assert said.endswith("…")


async def test_a_revoked_token_loses_nothing(office: Office) -> None:
    people = [office.person() for _ in range(3)]
    office.server.faults.next("sendMessage", status=401, description="Unauthorized", times=3)
    for person in people:
        await office.put(person, "一")
    await office.works()
    asked = len(office.bot.calls_of("sendMessage"))
    await office.works()
    assert len(office.bot.calls_of("sendMessage")) == asked  # nobody knocks on a closed door

    await office.later(31)
    await office.later(31)

    assert [office.heard(person) for person in people] == [["一"]] * 3


async def test_a_group_where_the_bot_may_not_write_is_named(office: Office) -> None:
    li = office.person()
    office.server.faults.next(
        "sendMessage", status=400, description="Bad Request: not enough rights to send text messages"
    )
    row = await office.put(li, "一")

    await office.works()

    assert (await office.row(row)).state == "failed"


async def test_an_unknown_text_costs_the_others_nothing(office: Office) -> None:
    li = office.person()

    def verb(work: Work) -> None:
        outbox.put(work, chat_id=li.id, kind=Kind.TEXT, payload={"text": "nowhere.nothing"}, dedup="bug")

    await office.desk.do(verb)
    await office.put(li, "二")
    await office.works()

    assert await office.states() == ["failed", "sent"]
    assert office.heard(li) == ["二"]


async def test_what_the_machine_lacks_for_a_moment_gives_no_message_up(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    li, compose, tried = office.person(), office.sender._composer.compose, []

    async def without_handles(parcel: Any) -> Any:
        tried.append(parcel.row_id)
        if len(tried) <= 2:
            raise OSError(errno.EMFILE, "Too many open files")
        return await compose(parcel)

    monkeypatch.setattr(office.sender._composer, "compose", without_handles)
    await office.put(li, "一")
    await office.works()
    for _ in range(2):
        await office.later(10)

    assert len(tried) == 3
    assert await office.states() == ["sent"]
    assert office.heard(li) == ["一"]


async def test_a_card_that_cannot_be_made_ready_costs_the_others_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(work: Work, card_id: int) -> None:
        work.connection.execute(chats.insert().values(id=99, kind="private"))
        raise LookupError("our bug")

    monkeypatch.setattr(post.views, "card", breaks)
    li = office.person()
    await office.card(li)
    await office.put(li, "二")

    await office.works()

    assert await office.states() == ["failed", "sent"]
    assert (await office.desk.look(lambda work: work.connection.execute(chats.select()).all())) == []


async def test_after_a_crash_replies_go_once_more_and_reminders_are_listed(
    office: Office, card_says: dict[str, Any]
) -> None:
    li = office.person()
    card = await office.card(li)
    await office.works()
    await office.raised(card)
    ids = [
        await office.put(li, "答"),
        await office.put(li, "提醒", Priority.REMINDER),
        await office.put(li, "通报", Priority.BROADCAST),
    ]

    def crash(work: Work) -> None:
        work.connection.exec_driver_sql(
            "UPDATE outbox SET state = 'sending', sending_since = created_at, attempts = 1 "
            "WHERE state = 'waiting'"
        )

    await office.desk.do(crash)
    card_says["words"] = "二"
    doubtful = await office.sender.recover()
    await office.works()

    assert len(doubtful) == 4
    assert [(await office.row(row)).state for row in ids] == ["sent", "uncertain", "uncertain"]
    assert office.heard(li)[1:] == ["答"]
    assert "二" in office.heard(li)[0]
    assert office.sender.uncertain == 4


async def test_what_crashes_us_again_and_again_is_given_up(office: Office) -> None:
    li = office.person()
    row = await office.put(li, "答")
    for _ in range(post.MOST_DOUBTS + 1):
        await office.desk.do(
            lambda work: work.connection.exec_driver_sql(
                "UPDATE outbox SET state = 'sending', sending_since = created_at"
            )
        )
        await office.sender.recover()

    assert (await office.row(row)).state == "uncertain"


async def test_an_answer_that_cannot_be_recorded_now_is_recorded_later_and_nothing_is_sent_twice(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    li = office.person()
    row = await office.put(li, "一")
    do, failures = office.desk.do, [2]

    async def sometimes(verb: Any, *args: Any, **kwargs: Any) -> Any:
        if args and args[0] and failures[0]:
            failures[0] -= 1
            raise LedgerUnavailable("database is locked")
        return await do(verb, *args, **kwargs)

    monkeypatch.setattr(office.desk, "do", sometimes)
    await office.works_until(lambda: failures[0] == 0)
    await office.works()

    assert (await office.row(row)).state == "sent"
    assert office.heard(li) == ["一"]


async def test_one_end_that_cannot_be_written_costs_the_others_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [office.person() for _ in range(4)]
    rows = [await office.put(person, "一") for person in people]
    sent = outbox.sent

    def breaks(work: Work, answers: Any) -> None:
        if any(answer.row_id == rows[1] for answer in answers):
            raise LookupError("our bug")
        sent(work, answers)

    monkeypatch.setattr(outbox, "sent", breaks)
    await office.works()

    assert await office.states() == ["sent", "sending", "sent", "sent"]


async def test_a_clean_stop_waits_for_what_is_under_way(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    li, wang = office.person(), office.person()
    row = await office.put(li, "一")
    call = office.wire.call

    async def stopping(*args: Any) -> Any:
        office.sender.stop()
        await office.put(wang, "二")
        return await call(*args)

    monkeypatch.setattr(office.wire, "call", stopping)
    office.sender.wake()
    await asyncio.wait_for(office.sender.run(), 10)

    assert (await office.row(row)).state == "sent"
    assert office.heard(wang) == []
    assert office.sender.under_way == 0


async def test_sends_under_way_are_never_more_than_eight(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [office.person() for _ in range(40)]
    for person in people:
        await office.put(person, "一")
    most, call = [0], office.wire.call

    async def counted(*args: Any) -> Any:
        states = await office.states()
        most[0] = max(most[0], states.count("sending"))
        return await call(*args)

    monkeypatch.setattr(office.wire, "call", counted)
    await office.works()

    assert await office.states() == ["sent"] * 40
    assert 1 < most[0] <= 8
