"""What is forgotten when its time is over, what the night checks, whom an outage concerns."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from bot.clock import SteppedClock
from bot.domain.entries import State
from bot.domain.permissions import Role
from bot.ledger import entries as book
from bot.ledger import inbox as inbox_book
from bot.ledger import outbox as outbox_book
from bot.ledger.desk import Desk, Work
from bot.ledger.tables import counts, facts, inbox, outbox, questions
from bot.services import upkeep
from bot.services.people import help as help_service
from bot.texts.catalogue import Catalogue
from tests.services.conftest import Office


def ask(desk: Desk, query: Any) -> Any:
    return desk.look_now(lambda work: work.connection.execute(query).scalar())


def receive(work: Work, *update_ids: int) -> None:
    inbox_book.store(work, [(one, 1, "{}") for one in update_ids])
    for one in update_ids[:-1]:
        inbox_book.finish(work, one)


def test_updates_go_two_days_after_they_were_done_but_never_what_waits(
    desk: Desk, clock: SteppedClock
) -> None:
    desk.do_now(receive, 1, 2, 3, 4)

    clock.advance(timedelta(hours=47))
    desk.do_now(upkeep.due)
    young = ask(desk, select(func.count()).select_from(inbox))
    clock.advance(timedelta(hours=2))
    desk.do_now(upkeep.due)

    assert young == 4
    assert ask(desk, select(func.group_concat(inbox.c.update_id))) == "4"


def test_texts_go_ninety_days_after_sending_and_their_keys_stay(desk: Desk, clock: SteppedClock) -> None:
    def sent(work: Work) -> None:
        outbox_book.put(work, chat_id=1, kind="text", payload={"text": "x"}, dedup="key")
        work.connection.execute(update(outbox).values(state="sent", sent_at=work.now))

    desk.do_now(sent)

    clock.advance(timedelta(days=91))
    desk.do_now(upkeep.due)

    assert ask(desk, select(outbox.c.payload)) is None
    assert ask(desk, select(outbox.c.dedup)) == "key"


def test_a_question_whose_time_is_over_is_closed(desk: Desk, clock: SteppedClock) -> None:
    def asked(work: Work) -> None:
        for minutes in (10, 200):
            work.insert(
                questions, chat_id=1, kind="x", asked_at=work.now,
                expires_at=work.now + timedelta(minutes=minutes),
            )  # fmt: skip

    desk.do_now(asked)

    clock.advance(timedelta(hours=2))
    desk.do_now(upkeep.due)

    assert ask(desk, select(func.group_concat(questions.c.state))) == "expired,open"


def test_the_hours_work_is_done_once_an_hour(desk: Desk, clock: SteppedClock) -> None:
    desk.do_now(receive, 1, 2)
    clock.advance(timedelta(hours=72))

    first = desk.do_now(upkeep.due)
    again = desk.do_now(upkeep.due)

    assert (first, again) == (1, 0)


def test_a_counter_that_is_off_is_mended_at_night_and_remembered(desk: Desk, clock: SteppedClock) -> None:
    desk.do_now(book.count, "延津县", State.CLOSED, 3)

    clock.advance(timedelta(days=1))
    desk.do_now(upkeep.due)

    assert ask(desk, select(counts.c.value)) == 0
    assert ask(desk, select(facts.c.value).where(facts.c.key == upkeep.COUNTERS))["off"] == 1


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (9, "有 1 处不符，已更正", "1 off, mended"),
        (None, "计数与台账一致", "they agree with the ledger"),
    ],
)
def test_what_the_night_found_of_the_counters_stands_in_health(
    desk: Desk, clock: SteppedClock, office: Office, value: int | None, zh: str, en: str
) -> None:
    admin = office.member("韩巳", Role.ADMIN)
    if value is not None:
        desk.do_now(lambda work: work.insert(counts, region="延津县", state="filed", value=value))

    clock.advance(timedelta(hours=18))
    desk.do_now(upkeep.due)
    office.does(admin, help_service.health, admin + 1000)

    values = ask(desk, select(outbox.c.payload).where(outbox.c.chat_id == admin + 1000))["values"]
    catalogue = Catalogue(desk.world.campaign)
    assert zh in catalogue.text("zh", "help.health", values)
    assert en in catalogue.text("en", "help.health", values)


def test_after_a_day_without_telegram_members_are_told_once(
    desk: Desk, clock: SteppedClock, office: Office
) -> None:
    office.member("李甲", Role.INSPECTOR, group_key="county/1")
    desk.do_now(upkeep.heard_again)

    clock.advance(timedelta(hours=23))
    office.member("王乙", Role.CONTACT, region="延津县")
    told = desk.do_now(upkeep.heard_again)
    again = desk.do_now(upkeep.heard_again)

    assert (told, again) == (1, 0)
    assert ask(desk, select(outbox.c.payload))["values"] == {
        "since": "2019-04-12T01:00:00+00:00",
        "until": "2019-04-13T00:00:00+00:00",
    }


def test_a_shorter_silence_concerns_nobody(desk: Desk, clock: SteppedClock, office: Office) -> None:
    office.member("李甲", Role.INSPECTOR, group_key="county/1")
    desk.do_now(upkeep.heard_again)

    clock.advance(timedelta(hours=22, minutes=59))

    assert desk.do_now(upkeep.heard_again) == 0
