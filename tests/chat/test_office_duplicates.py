"""「重复登记」: the other entry's number is read by those alone who may see that entry (SPEC §2)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from bot.domain.permissions import Role
from bot.ledger.desk import Work
from bot.ledger.tables import outbox
from bot.services.looking import export
from tests.town.scenes import People, words
from tests.town.town import Town

COVERT = "暗-0412-01"


@pytest.fixture
async def people(town: Town) -> People:
    """The group, the contact, the office; one of the oversight looks on."""
    return await People.join(town)


async def opened(people: People, person: Any, number: str) -> Any:
    """The entry's card, asked for by its number."""
    person.sends(people.town.bot, number)
    await people.town.settle()
    return people.last(person)


async def voided_as_duplicate(people: People, number: str, of: str) -> Any:
    """An entry is void as a duplicate of another; gives the office's card."""
    shown = await opened(people, people.chief, number)
    await people.press(people.chief, shown, "作废")
    await people.press(people.chief, shown, "重复登记")
    people.chief.sends(people.town.bot, of)
    await people.town.settle()
    return shown


async def test_a_duplicate_of_a_covert_entry_names_it_to_nobody_who_may_not_see_it(people: People) -> None:
    other = await people.town.join("赵丙", Role.INSPECTOR, group="county/2")
    watch = await people.town.join("周戌", Role.OVERSIGHT)
    await people.handed_over(people.member)
    await people.files(people.leader, "暗访发现延津县王楼镇任庄村村口垃圾堆")

    shown = await voided_as_duplicate(people, "县1-0412-01", COVERT)
    for reader in (people.contact, watch):
        card = await opened(people, reader, "县1-0412-01")
        await people.press(reader, card, "办理过程")

    everything = [words(one) for reader in (people.contact, watch, other) for one in people.new(reader)]
    assert (await people.row()).state == "void"
    assert not [text for text in everything if COVERT in text]
    assert any("作废：重复登记。" in words(one) for one in people.new(people.contact))
    assert f"作废原因：重复登记（{COVERT}）" in words(shown)


async def test_those_who_know_the_covert_entry_read_its_number(people: People) -> None:
    await people.handed_over(people.member)
    await people.files(people.leader, "暗访发现延津县王楼镇任庄村村口垃圾堆")

    await voided_as_duplicate(people, "县1-0412-01", COVERT)
    line = people.last(people.member)
    shown = await opened(people, people.chief, "县1-0412-01")
    await people.press(people.chief, shown, "办理过程")

    assert f"作废：重复登记（{COVERT}）" in words(line)
    assert f"作废：重复登记（{COVERT}）" in words(people.last(people.chief))


async def test_no_export_tells_of_which_covert_entry_it_is_a_duplicate(people: People) -> None:
    await people.handed_over(people.member)
    await people.files(people.leader, "暗访发现延津县王楼镇任庄村村口垃圾堆")

    await voided_as_duplicate(people, "县1-0412-01", COVERT)

    def read(work: Work) -> tuple[list[Any], list[Any]]:
        return [dict(one.more) for one in export.entries(work)], list(export.events(work))

    rows, events = await people.town.app.parts.desk.look(read)
    assert [(row["void_reason"], row["duplicate_of"]) for row in rows] == [("duplicate", None)]
    assert COVERT not in str(events)
    assert "'duplicate_of': 2" not in str(events)


async def test_a_second_person_reads_which_entry_it_is_a_duplicate_of(people: People) -> None:
    card = await people.handed_over()
    await people.press(people.contact, card, "签收")
    await people.files(people.leader, "延津县王楼镇任庄村村口生活垃圾，限3天")

    await voided_as_duplicate(people, "县1-0412-01", "县1-0412-02")
    asked = people.last(people.clerk)
    await people.press(people.clerk, asked, "同意")

    assert "理由：重复登记（县1-0412-02）" in words(asked)
    row = await people.row()
    assert (row.state, row.void_reason, row.duplicate_of) == ("void", "duplicate", 2)


async def test_what_was_merged_into_a_covert_entry_keeps_no_number_in_an_export(people: People) -> None:
    await people.files(people.leader, "暗访发现延津县王楼镇任庄村村口垃圾堆")
    receipt = await people.files(people.leader, "暗访发现延津县王楼镇任庄村村西垃圾堆")
    await people.press(people.leader, receipt, "修改")
    await people.press(people.leader, receipt, "并入上一条")

    row = await people.row(2)

    assert (row.state, row.void_reason, row.duplicate_of) == ("void", "merged", 1)
    assert f"并入 {COVERT}" in words(receipt)


async def test_nothing_in_the_outbox_of_others_carries_the_covert_number(people: People) -> None:
    await people.handed_over(people.member)
    await people.files(people.leader, "暗访发现延津县王楼镇任庄村村口垃圾堆")

    await voided_as_duplicate(people, "县1-0412-01", COVERT)

    def payloads(work: Work) -> list[str]:
        rows = work.connection.execute(select(outbox.c.payload).where(outbox.c.chat_id == people.contact.id))
        return [str(row.payload) for row in rows]

    assert not [one for one in await people.town.app.parts.desk.look(payloads) if COVERT in one]
