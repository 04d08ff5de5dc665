"""Leaving, removal, deputies: rights end at once, duties pass on, what was done stays (SPEC §1)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from bot.domain.permissions import Role
from bot.ledger.desk import Work
from bot.ledger.tables import entries, events
from tests.chat.test_people_joining import commands, keys, last, said
from tests.drawn import photo
from tests.town.town import Town

CAPTION = "延津县王楼镇任庄村村口垃圾堆"


async def remove(town: Town, by: Any, unit: str, name: str) -> None:
    """「成员」 → unit → 「移出」 → 「确认移出」."""
    by.sends(town.bot, "成员")
    await town.settle()
    for label in (unit, f"移出 {name}", "确认移出"):
        by.presses(next(m for m in reversed(by.chat(town.bot).messages) if m.buttons), label)
        await town.settle()


async def states(town: Town) -> list[str]:
    """The states of all entries."""

    def read(work: Work) -> list[str]:
        return list(work.connection.execute(select(entries.c.state).order_by(entries.c.id)).scalars())

    return await town.app.parts.desk.look(read)


async def test_a_removed_members_buttons_links_and_menu_die_at_once(town: Town) -> None:
    office = await town.join("办乙", Role.OFFICE, track="county")
    contact = await town.join("王乙", Role.CONTACT, region="延津县")
    await town.join("赵丙", Role.CONTACT, region="延津县", deputy=True)
    inspector = await town.join("李甲", Role.INSPECTOR, group="county/1")
    inspector.sends_photo(town.bot, photo(), caption=CAPTION)
    await town.settle()
    await town.passes(seconds=61)
    card = last(contact, town)

    await remove(town, office, "延津县", "王乙")
    farewell = last(contact, town)
    press = contact.presses(card, "签收")
    answer = await press.answered(timeout=5)
    contact.sends_photo(town.bot, photo("clean"), reply_to=card)
    await town.settle()

    assert "已停用" in farewell.text
    assert not keys(farewell)
    assert commands(town, contact) == []
    assert "没有使用权限" in answer.text
    assert await states(town) == ["assigned"]


async def test_a_removed_contacts_open_entries_go_to_the_next_contact(town: Town) -> None:
    office = await town.join("办乙", Role.OFFICE, track="county")
    contact = await town.join("王乙", Role.CONTACT, region="延津县")
    deputy = await town.join("赵丙", Role.CONTACT, region="延津县", deputy=True)
    inspector = await town.join("李甲", Role.INSPECTOR, group="county/1")
    inspector.sends_photo(town.bot, photo(), caption=CAPTION)
    await town.settle()
    await town.passes(seconds=61)
    before = said(deputy, town)

    await remove(town, office, "延津县", "王乙")
    later = said(deputy, town)

    assert not any("县1-0412-01" in words for words in before)
    assert any("县1-0412-01" in words for words in later)
    assert any("转给您" in words for words in later)
    assert contact is not deputy


async def test_a_region_without_contacts_is_told_to_the_office(town: Town) -> None:
    office = await town.join("办乙", Role.OFFICE, track="county")
    contact = await town.join("王乙", Role.CONTACT, region="延津县")

    contact.sends(town.bot, "/leave")
    await town.settle()
    contact.presses(last(contact, town), "确认退出")
    await town.settle()

    assert "延津县现无联系人" in last(office, town).text
    assert "您已退出" in last(contact, town).text


async def test_a_leaving_leaders_checks_go_to_the_group_and_the_duties_to_the_office(town: Town) -> None:
    office = await town.join("办乙", Role.OFFICE, track="county")
    leader = await town.join("李甲", Role.INSPECTOR, group="county/1", leader=True)
    member = await town.join("孙丁", Role.INSPECTOR, group="county/1")
    contact = await town.join("王乙", Role.CONTACT, region="延津县")
    leader.sends_photo(town.bot, photo(), caption=CAPTION)
    await town.settle()
    await town.passes(seconds=61)
    contact.sends_photo(town.bot, photo("clean"), reply_to=last(contact, town))
    await town.settle()
    await town.passes(seconds=3)
    before = len(said(member, town))

    await remove(town, office, "县(市)第一督查小组", "李甲")
    await town.passes(seconds=3)
    check = last(member, town)
    member.presses(check, "销号")
    await town.settle()

    assert any("现无组长" in words for words in said(office, town))
    assert len(said(member, town)) > before
    assert await states(town) == ["closed"]


async def test_what_a_removed_member_did_stays_in_the_record(town: Town) -> None:
    office = await town.join("办乙", Role.OFFICE, track="county")
    inspector = await town.join("李甲", Role.INSPECTOR, group="county/1")
    inspector.sends_photo(town.bot, photo(), caption=CAPTION)
    await town.settle()

    await remove(town, office, "县(市)第一督查小组", "李甲")

    def read(work: Work) -> tuple[Any, list[str]]:
        filer = work.connection.execute(select(entries.c.filer_id)).scalar()
        return filer, list(work.connection.execute(select(events.c.kind)).scalars())

    filer, kinds = await town.app.parts.desk.look(read)
    assert filer is not None
    assert "filed" in " ".join(kinds)
    assert "removed" in kinds


async def test_an_office_removes_nobody_of_the_other_track(town: Town) -> None:
    office = await town.join("办乙", Role.OFFICE, track="county")
    await town.join("城己", Role.OFFICE, track="district")
    other = await town.join("钱戊", Role.CONTACT, region="红旗区")

    office.sends(town.bot, "成员")
    await town.settle()
    card = last(office, town)

    assert "红旗区" not in card.text
    assert "市城管局" not in card.text
    press = office.presses(card, data="1:remove:3:0")
    answer = await press.answered(timeout=5)
    await town.settle()
    assert "权限" in answer.text
    assert not any("已停用" in words for words in said(other, town))


async def test_who_was_removed_can_come_back_by_a_new_link_and_reads_the_red_lines_again(town: Town) -> None:
    office = await town.join("办乙", Role.OFFICE, track="county")
    inspector = await town.join("李甲", Role.INSPECTOR, group="county/1")
    await remove(town, office, "县(市)第一督查小组", "李甲")

    inspector.opens(town.bot, await town.invite(Role.INSPECTOR, group="county/2"))
    await town.settle()
    red_lines = last(inspector, town)
    inspector.presses(red_lines, "我已知晓")
    await town.settle()

    assert "使用前请知晓" in red_lines.text
    assert "第二督查小组" in last(inspector, town).text
    assert "第一" not in last(inspector, town).text


async def test_a_removed_officers_invitations_die_at_once(town: Town) -> None:
    admin = await town.join("管甲", Role.ADMIN)
    office = await town.join("办乙", Role.OFFICE, track="county")
    office.sends(town.bot, "邀请")
    await town.settle()
    for label in ("县区联系人", "延津县", "联系人", "1人"):
        office.presses(next(m for m in reversed(office.chat(town.bot).messages) if m.buttons), label)
        await town.settle()
    link = last(office, town).caption.partition("start=")[2].split()[0]

    await remove(town, admin, "市农业农村局", "办乙")
    newcomer = town.server.person("王乙")
    newcomer.opens(town.bot, link)
    await town.settle()

    assert "无效" in last(newcomer, town).text


async def test_the_last_admin_cannot_leave(town: Town) -> None:
    admin = await town.join("管甲", Role.ADMIN)

    admin.sends(town.bot, "/leave")
    await town.settle()
    press = admin.presses(last(admin, town), "确认退出")
    answer = await press.answered(timeout=5)

    assert "唯一的管理员" in answer.text


async def test_joining_by_a_shared_link_is_shown_to_the_office_with_removal(town: Town) -> None:
    office = await town.join("办乙", Role.OFFICE, track="county")
    office.sends(town.bot, "/invite")
    await town.settle()
    for label in ("督查组", "县(市)第一督查小组", "成员", "5人"):
        office.presses(next(m for m in reversed(office.chat(town.bot).messages) if m.buttons), label)
        await town.settle()
    invitation = last(office, town)
    link = invitation.caption.partition("start=")[2].split()[0]
    newcomer = town.server.person("孙丁")
    newcomer.opens(town.bot, link)
    await town.settle()
    newcomer.sends(town.bot, "孙丁 科员")
    await town.settle()
    newcomer.presses(last(newcomer, town), "我已知晓")
    await town.settle()
    line = last(office, town)

    office.presses(line, "移出")
    await town.settle()
    office.presses(last(office, town), "确认移出")
    await town.settle()

    assert invitation.file is not None
    assert "限5人" in invitation.caption
    assert "孙丁（科员）" in line.text
    assert "1/5" in line.text
    assert "已停用" in last(newcomer, town).text


async def test_a_deputy_has_the_leaders_powers_until_the_date_and_not_after_it(town: Town) -> None:
    leader = await town.join("李甲", Role.INSPECTOR, group="county/1", leader=True)
    deputy = await town.join("孙丁", Role.INSPECTOR, group="county/1")
    await town.join("周己", Role.INSPECTOR, group="county/2")
    leader.sends(town.bot, "帮助")
    await town.settle()
    leader.presses(last(leader, town), "委托代理")
    await town.settle()
    offered = [button.text for row in last(leader, town).buttons for button in row]
    for label in ("孙丁", "1天"):
        leader.presses(next(m for m in reversed(leader.chat(town.bot).messages) if m.buttons), label)
        await town.settle()

    deputy.sends(town.bot, "/start")
    await town.settle()
    lent = last(deputy, town).text
    await town.passes(days=2)
    deputy.sends(town.bot, "/start")
    await town.settle()

    assert "孙丁" in offered
    assert "周己" not in offered
    assert "组长" in lent
    assert any("已结束" in words for words in said(deputy, town))
    assert "组长" not in last(deputy, town).text
    assert any("已到期" in words for words in said(leader, town))


async def test_a_member_who_leads_nothing_is_offered_no_deputy(town: Town) -> None:
    member = await town.join("孙丁", Role.INSPECTOR, group="county/1")

    member.sends(town.bot, "帮助")
    await town.settle()
    buttons = [button.text for row in last(member, town).buttons for button in row]
    press = member.presses(last(member, town), data="1:lend:0:0")
    answer = await press.answered(timeout=5)

    assert "委托代理" not in buttons
    assert "权限" in answer.text


async def test_nothing_is_edited_any_more_in_the_chat_of_who_left(town: Town) -> None:
    office = await town.join("办乙", Role.OFFICE, track="county")
    inspector = await town.join("李甲", Role.INSPECTOR, group="county/1")
    leader = await town.join("周己", Role.INSPECTOR, group="county/1", leader=True)
    contact = await town.join("王乙", Role.CONTACT, region="延津县")
    inspector.sends_photo(town.bot, photo(), caption=CAPTION)
    await town.settle()
    receipt = last(inspector, town)

    await remove(town, office, "县(市)第一督查小组", "李甲")
    seen = receipt.text, len(inspector.chat(town.bot).messages)
    await town.passes(seconds=61)
    contact.sends_photo(town.bot, photo("clean"), reply_to=last(contact, town))
    await town.settle()
    await town.passes(seconds=3)
    leader.presses(last(leader, town), "销号")
    await town.settle()

    assert await states(town) == ["closed"]
    assert (receipt.text, len(inspector.chat(town.bot).messages)) == seen
