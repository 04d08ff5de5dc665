"""What stays inside: a caller's words and pictures with the office, a covert visit with its group."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

from bot.domain.permissions import Role
from bot.ledger.desk import Work
from bot.ledger.tables import members, photos, roles
from bot.services.looking import export
from tests.drawn import photo
from tests.town.scenes import CAPTION, People, labels, words
from tests.town.town import Town


@pytest.fixture
async def people(town: Town) -> People:
    return await People.join(town)


async def opened(people: People, who: Any, number: str) -> Any:
    who.sends(people.town.bot, number)
    await people.town.settle()
    return people.last(who)


async def reported(people: People) -> Any:
    """A 群众举报 whose words were corrected, handed over; gives the county's card."""
    town = people.town
    message = people.chief.sends_photo(town.bot, photo(), caption=f"举报：{CAPTION}，张某来电")
    await town.settle()
    people.chief.edits(message, f"举报：{CAPTION}，张某来电，住隔壁")
    await town.settle()
    for label in ("交办", "用这句", "确认转交办"):
        await people.press(people.chief, people.last(people.chief), label)
    return people.last(people.contact)


async def test_an_edit_of_a_callers_words_is_told_to_the_office_alone(people: People) -> None:
    await reported(people)

    told = {}
    for name, reader in (("group", people.leader), ("office", people.clerk)):
        shown = await opened(people, reader, "办-0412-01")
        await people.press(reader, shown, "办理过程")
        told[name] = words(people.last(reader))

    assert "张某" not in told["group"]
    assert "张某" in told["office"]


async def test_the_exported_log_has_no_callers_words(people: People) -> None:
    await reported(people)

    log = await people.town.app.parts.desk.look(lambda work: list(export.events(work)))

    assert any(event["kind"] == "edited" for event in log)
    assert "张某" not in str(log)


async def test_a_callers_picture_that_comes_after_the_hand_over_stays_with_the_office(people: People) -> None:
    await reported(people)
    shown = await opened(people, people.chief, "办-0412-01")
    people.chief.sends_photo(people.town.bot, photo(seed=7), reply_to=shown)
    await people.town.settle()

    await people.town.passes(minutes=11)

    kinds = await people.town.app.parts.desk.look(
        lambda work: sorted(
            work.connection.execute(select(photos.c.kind).where(photos.c.entry_id == 1)).scalars()
        )
    )
    assert kinds == ["source", "source"]


async def test_a_former_member_of_the_group_reads_nothing_more_of_a_covert_visit(people: People) -> None:
    town = people.town
    receipt = await people.files(people.member, f"暗访，{CAPTION}")
    before = words(receipt)

    def becomes_contact(work: Work) -> None:
        mine = select(members.c.id).where(members.c.name == "张己").scalar_subquery()
        work.connection.execute(update(roles).where(roles.c.member_id == mine).values(ended_at=work.now))

    await town.app.parts.desk.do(becomes_contact)
    await town.also(people.member, Role.CONTACT, region="延津县")
    shown = await opened(people, people.leader, "暗-0412-01")
    people.leader.sends_photo(town.bot, photo(seed=5), caption="再补一张", reply_to=shown)
    await town.settle()
    await town.passes(seconds=3)
    asked = words(await opened(people, people.member, "暗-0412-01"))

    assert "任庄村" in before
    assert words(receipt) == "暗-0412-01 已不在您的查看范围。"
    assert "没有这条问题" in asked


async def test_a_list_with_a_covert_entry_cannot_be_passed_on(people: People) -> None:
    open_list = await opened(people, people.leader, "台账")

    await people.files(people.leader, f"暗访，{CAPTION}")
    covert_list = await opened(people, people.leader, "台账")
    others = await opened(people, people.contact, "台账")

    assert "暗-0412-01" in words(covert_list)
    assert [open_list.protected, covert_list.protected, others.protected] == [False, True, False]


async def test_the_days_summary_of_an_office_names_no_caller(people: People) -> None:
    people.chief.sends(people.town.bot, "举报：延津县王楼镇张三哥家隔壁村垃圾堆")
    await people.town.settle()

    summary = words(await opened(people, people.chief, "收工"))

    assert "办-0412-01" in summary
    assert "张三哥" not in summary


async def test_a_card_of_the_office_about_a_hidden_entry_cannot_be_passed_on(people: People) -> None:
    await people.files(people.leader, f"暗访，{CAPTION}")

    shown = await opened(people, people.chief, "暗-0412-01")
    await people.press(people.chief, shown, "办理过程")

    assert shown.protected
    assert people.last(people.chief).protected
    assert "转交办" in labels(shown)
