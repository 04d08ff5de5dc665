"""Forgetting: nothing of a person is left anywhere in the ledger, everything that the person did is."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from bot.domain.permissions import Role
from bot.ledger import events as log
from bot.ledger import people
from bot.ledger.desk import Desk, Work
from bot.ledger.tables import (
    entries,
    events,
    group_phones,
    handed,
    inbox,
    invitations,
    members,
    messages,
    metadata,
    photos,
    proofs,
    questions,
    roles,
)
from bot.services.outgoing import new_card, say
from bot.services.people import forgetting
from bot.services.people.membership import end
from tests.services.conftest import Office

NAME, POST, UNIT = "李甲某", "秘书长某", "农业农村局某"
PHONE = "139" + "87654321"


@pytest.fixture
def leaver(desk: Desk, office: Office) -> int:
    """Somebody who has left, and is named wherever a ledger can name anybody."""
    office.member("管甲", Role.ADMIN)
    number = office.member(NAME, Role.INSPECTOR, group_key="county/1", leader=True)

    def lived(work: Work) -> None:
        chat, at = number + 1000, work.now
        invited = work.insert(
            invitations, token_hash="x", role="inspector", name=NAME, post=POST, unit=UNIT, uses=1,
            created_at=at, expires_at=at,
        )  # fmt: skip
        work.connection.execute(
            members.update().where(members.c.id == number).values(
                post=POST, unit=UNIT, phone=PHONE, identity={"as": "county/1"}, language="zh"
            )
        )  # fmt: skip
        work.connection.execute(
            roles.update().where(roles.c.member_id == number).values(invitation_id=invited)
        )
        entry = work.insert(
            entries, number="县1-0412-01", state="closed", filer_id=number, chat_id=chat, region="延津县",
            found_at=at, created_at=at, touched_at=at,
        )  # fmt: skip
        for message in (1, 2):
            work.insert(
                photos, entry_id=entry, kind="before", medium="photo", file_id="x", file_unique_id="x",
                chat_id=chat, message_id=message, member_id=number, sent_at=at, received_at=at,
            )  # fmt: skip
        work.insert(
            proofs, entry_id=entry, round=1, member_id=number, state="accepted", sent_at=at, chat_id=chat
        )
        work.insert(handed, entry_id=entry, member_id=number, chat_id=chat, created_at=at, touched_at=at)
        work.insert(questions, chat_id=chat, member_id=number, telegram_id=chat, kind="name", asked_at=at)
        work.insert(group_phones, group_key="county/1", phone=PHONE, member_id=number, at=at)
        work.connection.execute(
            messages.insert().values(chat_id=chat, message_id=1, entry_id=entry, kind="receipt")
        )
        work.connection.execute(
            inbox.insert().values(update_id=1, lane=chat, payload=NAME, received_at=at, state="done")
        )
        work.actor, work.update_id = people.actor_by_id(work, number), 1
        log.record(work, "filed", entry_id=entry, body="group:county/1", data={"number": "县1-0412-01"})
        say(work, chat, "people.removed", {"name": NAME}, dedup="one")
        new_card(work, chat, "receipt", subject=f"entry:{entry}", entry_id=entry, member_id=number)
        row = people.member(work, number)
        assert row is not None
        end(work, row, people.roles_of(work, number), "left")

    desk.do_now(lived)
    return number


def everything(desk: Desk) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    return desk.look_now(
        lambda work: {
            table.name: [tuple(row) for row in work.connection.execute(select(table))]
            for table in metadata.sorted_tables
        }
    )


def test_it_is_shown_first_and_nothing_is_changed_by_that(desk: Desk, leaver: int) -> None:
    before = everything(desk)

    known = desk.look_now(forgetting.shown, leaver)

    assert (known.name, known.phone, known.telegram, known.group_phones) == (NAME, True, True, 1)
    assert known.alias == f"成员№{leaver}"
    assert known.detached == {"entries": 1, "handed": 1, "photos": 2, "proofs": 1}
    assert {"cards", "messages", "outbox", "questions", "inbox", "chats"} <= set(known.goes)
    assert everything(desk) == before


def test_afterwards_no_row_of_any_table_names_the_person(desk: Desk, leaver: int) -> None:
    desk.do_now(forgetting.forget, leaver)

    for name, rows in everything(desk).items():
        for row in rows:
            for cell in row:
                assert cell != leaver + 1000, name
                assert not [word for word in (NAME, POST, UNIT, PHONE) if word in str(cell)], name


def test_what_was_done_stays_under_the_number_and_the_chain_holds(desk: Desk, leaver: int) -> None:
    desk.do_now(forgetting.forget, leaver)

    left = everything(desk)
    assert len(left["photos"]) == 2
    assert len(left["entries"]) == len(left["proofs"]) == len(left["handed"]) == 1
    [entry] = desk.look_now(lambda work: work.connection.execute(select(entries)).all())
    assert (entry.filer_id, entry.chat_id) == (leaver, None)
    row = desk.look_now(lambda work: people.member(work, leaver))
    assert row is not None
    assert row.name == f"成员№{leaver}"
    rows = desk.look_now(lambda work: work.connection.execute(select(events)).all())
    assert (rows[-1].kind, rows[-1].data) == ("forgotten", {"member": leaver})
    assert desk.look_now(lambda work: log.first_broken(work.connection)) is None


def test_whoever_has_a_role_or_is_nobody_or_is_forgotten_is_refused(
    desk: Desk, office: Office, leaver: int
) -> None:
    active = office.member("周县", Role.CONTACT, region="延津县")

    with pytest.raises(forgetting.StillIn):
        desk.do_now(forgetting.forget, active)
    with pytest.raises(forgetting.NoSuchMember):
        desk.do_now(forgetting.forget, 999)
    assert [row.id for row in desk.look_now(forgetting.forgettable)] == [leaver]
    desk.do_now(forgetting.forget, leaver)
    with pytest.raises(forgetting.Forgotten):
        desk.do_now(forgetting.forget, leaver)
    assert desk.look_now(forgetting.forgettable) == []


def test_two_who_are_forgotten_may_have_sent_the_same_message_number(desk: Desk, office: Office) -> None:
    first, second = (office.member(name, Role.INSPECTOR, group_key="county/1") for name in ("甲", "乙"))

    def both(work: Work) -> None:
        entry = work.insert(
            entries, number="县1-0412-01", state="filed", found_at=work.now, created_at=work.now,
            touched_at=work.now,
        )  # fmt: skip
        for number in (first, second):
            work.insert(
                photos, entry_id=entry, kind="before", medium="photo", file_id="x", file_unique_id="x",
                chat_id=number + 1000, message_id=7, sent_at=work.now, received_at=work.now,
            )  # fmt: skip
            work.connection.execute(
                roles.update().where(roles.c.member_id == number).values(ended_at=work.now)
            )

    desk.do_now(both)

    for number in (first, second):
        desk.do_now(forgetting.forget, number)

    found = desk.look_now(lambda work: work.connection.execute(select(photos.c.chat_id)).scalars().all())
    assert sorted(found) == [-second, -first]
