"""Group chats and channels: bound by the right people, refused where it must be, mended where photos hide."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from bot.domain.permissions import Role
from bot.ledger.desk import Work
from bot.ledger.tables import chats
from tests.chat.test_people_joining import last, said
from tests.town.town import Town


async def bound(town: Town, chat: Any) -> Any:
    """What the ledger knows of a chat."""

    def read(work: Work) -> Any:
        return work.connection.execute(select(chats).where(chats.c.id == chat.id)).first()

    return await town.app.parts.desk.look(read)


def spoken(chat: Any) -> list[str]:
    """What the bot said in a group."""
    return [m.text or "" for m in chat.messages if m.by_bot is not None]


async def test_a_leader_binds_the_groups_chat_with_one_command(town: Town) -> None:
    leader = await town.join("李甲", Role.INSPECTOR, group="county/1", leader=True)
    group = town.server.group("一组", members=[leader], bots=[], supergroup=True)

    leader.adds(town.bot, group)
    await town.settle()
    leader.sends(group, "/bind@inspect_bot")
    await town.settle()

    assert "/bind" in spoken(group)[0]
    assert "已绑定：县(市)第一督查小组" in spoken(group)[-1]
    assert (await bound(town, group)).group_key == "county/1"


async def test_an_ordinary_member_binds_nothing_and_hears_so_in_private(town: Town) -> None:
    member = await town.join("孙丁", Role.INSPECTOR, group="county/1")
    group = town.server.group("一组", members=[member], bots=[town.bot], supergroup=True)
    await town.settle()
    before = spoken(group)

    member.sends(group, "/bind@inspect_bot")
    await town.settle()

    assert spoken(group) == before
    assert (await bound(town, group)).group_key is None
    assert "只有组长" in last(member, town).text


async def test_a_contact_binds_a_regions_chat(town: Town) -> None:
    contact = await town.join("王乙", Role.CONTACT, region="延津县")
    group = town.server.group("延津群", members=[contact], bots=[town.bot], supergroup=True)

    contact.sends(group, "/bind@inspect_bot")
    await town.settle()

    assert (await bound(town, group)).region == "延津县"


async def test_an_office_chooses_and_others_presses_are_refused(town: Town) -> None:
    office = await town.join("办乙", Role.OFFICE, track="county")
    member = await town.join("孙丁", Role.INSPECTOR, group="county/2")
    group = town.server.group("二组", members=[office, member], bots=[town.bot], supergroup=True)
    office.sends(group, "/bind@inspect_bot")
    await town.settle()
    choice = group.last
    offered = [button.text for row in choice.buttons for button in row]

    foreign = member.presses(choice, "县(市)第二督查小组")
    answer = await foreign.answered(timeout=5)
    await town.settle()
    untouched = await bound(town, group)
    office.presses(choice, "县(市)第二督查小组")
    await town.settle()

    assert not any("区第" in words or "红旗区" in words for words in offered)
    assert answer.text
    assert untouched.group_key is None
    assert (await bound(town, group)).group_key == "county/2"


async def test_an_anonymous_admin_is_asked_to_speak_as_a_person(town: Town) -> None:
    leader = await town.join("李甲", Role.INSPECTOR, group="county/1", leader=True)
    group = town.server.group("一组", members=[leader], bots=[town.bot], supergroup=True)
    leader.sends(group, "/bind@inspect_bot")
    await town.settle()

    leader.sends(group, "/bind@inspect_bot", anonymous=True)
    await town.settle()

    assert spoken(group)[-1] == "请以本人身份发送。"


async def test_an_unknown_persons_group_is_left_in_silence(town: Town) -> None:
    stranger = town.server.person("路人")
    group = town.server.group("外面的群", members=[stranger], bots=[], supergroup=True)

    stranger.adds(town.bot, group)
    await town.settle()

    assert spoken(group) == []
    assert said(stranger, town) == []


async def test_hidden_photos_are_said_in_one_line_with_the_mend_and_the_mend_works(town: Town) -> None:
    leader = await town.join("李甲", Role.INSPECTOR, group="county/1", leader=True)
    admin = await town.join("管甲", Role.ADMIN)
    await privacy(town, on=True)
    group = town.server.group("一组", members=[leader], bots=[], supergroup=True)
    leader.adds(town.bot, group)
    await town.settle()
    leader.sends(group, "/bind@inspect_bot")
    await town.settle()
    warned = spoken(group)[-1]
    admin.sends(town.bot, "/health")
    await town.settle()
    blind = last(admin, town).text

    leader.promotes(town.bot, group)
    await town.settle()
    admin.sends(town.bot, "/health")
    await town.settle()

    assert "设为管理员" in warned
    assert "看不到照片" in blind
    assert "第一督查小组：已绑定，看得到照片" in last(admin, town).text
    assert "能看到本群的照片" in spoken(group)[-1]


async def privacy(town: Town, *, on: bool) -> None:
    """Let the bot's account have privacy mode on, as getMe says at the next start."""
    await town.stop_bot()
    town.bot.privacy = on
    await town.start_bot()


async def test_a_supergroup_keeps_the_binding_of_the_group_it_was(town: Town) -> None:
    leader = await town.join("李甲", Role.INSPECTOR, group="county/1", leader=True)
    group = town.server.group("一组", members=[leader], bots=[town.bot], supergroup=False)
    leader.sends(group, "/bind@inspect_bot")
    await town.settle()

    new = leader.upgrades(group)
    await town.settle()

    assert (await bound(town, new)).group_key == "county/1"
    assert (await bound(town, group)).group_key is None


async def test_a_group_that_put_the_bot_out_is_unreachable_until_it_is_back(town: Town) -> None:
    leader = await town.join("李甲", Role.INSPECTOR, group="county/1", leader=True)
    group = town.server.group("一组", members=[leader], bots=[town.bot], supergroup=True)
    leader.sends(group, "/bind@inspect_bot")
    await town.settle()

    leader.removes(town.bot, group)
    await town.settle()
    out = await bound(town, group)
    leader.adds(town.bot, group)
    await town.settle()
    back = await bound(town, group)

    assert out.unreachable_at is not None
    assert out.group_key == "county/1"
    assert back.unreachable_at is None
    assert back.group_key == "county/1"


async def test_the_office_binds_a_private_channel_and_a_public_one_is_refused(town: Town) -> None:
    office = await town.join("办乙", Role.OFFICE, track="county")
    channel = town.server.channel("通报", owner=office, bots=[])
    office.adds(town.bot, channel)
    await town.settle()
    office.sends(channel, "第一条")
    office.sends(town.bot, "/bind")
    await town.settle()
    choice = last(office, town)

    channel.username = "xinxiang_news"
    office.presses(choice, "「通报」")
    await town.settle()
    refused = (await bound(town, channel)).channel_of
    channel.username = ""
    office.presses(choice, "「通报」")
    await town.settle()

    assert refused is None
    assert (await bound(town, channel)).channel_of == "county"
    assert "已设为县(市)的通报频道" in last(office, town).text


async def test_who_blocked_the_bot_is_unreachable_and_hears_on_return_what_was_missed(town: Town) -> None:
    contact = await town.join("王乙", Role.CONTACT, region="延津县")
    office = await town.join("办乙", Role.OFFICE, track="county")
    contact.blocks(town.bot)
    await town.settle()
    office.sends(town.bot, "/health")
    await town.settle()
    health = last(office, town).text

    contact.unblocks(town.bot)
    await town.settle()

    assert "联系不上：延津县" in health
    assert "又能联系上您了" in last(contact, town).text
    assert (await bound(town, contact.chat(town.bot))).unreachable_at is None


async def test_health_is_for_admin_and_office_only(town: Town) -> None:
    inspector = await town.join("李甲", Role.INSPECTOR, group="county/1", leader=True)

    inspector.sends(town.bot, "/health")
    await town.settle()

    assert "权限" in last(inspector, town).text
