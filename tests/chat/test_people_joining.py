"""Joining: a link, a name, the red lines, and who is let in to what (SPEC §1 «Joining»)."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.permissions import Role
from bot.handlers import COMMANDS
from bot.services.people.commands import FOR_GROUPS, FOR_STRANGERS, OF_ROLE
from tests.drawn import photo
from tests.town.town import Town

STRANGER = "仅限受邀人员使用"


def said(person: Any, town: Town) -> list[str]:
    """What the bot said to a person, oldest first."""
    return [m.text or m.caption or "" for m in person.chat(town.bot).messages if m.by_bot is not None]


def last(person: Any, town: Town) -> Any:
    """The bot's newest message to a person."""
    return [m for m in person.chat(town.bot).messages if m.by_bot is not None][-1]


def keys(message: Any) -> list[str]:
    """The words on a reply keyboard."""
    return [key["text"] for row in (message.keyboard or {}).get("keyboard", []) for key in row]


def commands(town: Town, person: Any) -> list[str]:
    """The commands that Telegram's menu offers a person."""
    return [one["command"] for one in town.bot.commands.get((f"chat:{person.user.id}", ""), [])]


async def test_a_newcomer_gives_name_and_post_in_one_plain_text_and_reads_the_red_lines(town: Town) -> None:
    person = town.server.person("新来的")
    person.opens(town.bot, await town.invite(Role.INSPECTOR, group="county/1", leader=True))
    await town.settle()

    person.sends(town.bot, "李甲，副主任")
    await town.settle()
    red_lines = last(person, town)
    person.presses(red_lines, "我已知晓")
    await town.settle()

    assert "李甲（副主任）" in red_lines.text
    assert "县(市)第一督查小组 组长" in last(person, town).text
    assert "我的" in keys(last(person, town))
    assert "帮助" in keys(last(person, town))


async def test_a_name_alone_is_asked_for_again_and_the_question_stays_open(town: Town) -> None:
    person = town.server.person("新来的")
    person.opens(town.bot, await town.invite(Role.CONTACT, region="延津县"))
    await town.settle()

    person.sends(town.bot, "李甲")
    await town.settle()
    hint = last(person, town).text
    person.sends(town.bot, "姓名：李甲 职务：科长")
    await town.settle()

    assert "姓名和职务" in hint
    assert "李甲（科长）" in last(person, town).text


@pytest.mark.parametrize(
    ("reply", "shown"),
    [
        ("李甲 副主任", "李甲（副主任）"),
        ("李甲，市农业农村局 副局长", "李甲（市农业农村局 副局长）"),
        ("姓名：李甲，职务：科长", "李甲（科长）"),
        ("我叫李甲 延津县农业农村局/科员", "我叫"),
        ("Li Jia, officer", "Li Jia（officer）"),
    ],
)
async def test_name_and_post_are_parted_as_people_write_them(town: Town, reply: str, shown: str) -> None:
    person = town.server.person("新来的")
    person.opens(town.bot, await town.invite(Role.CONTACT, region="延津县"))
    await town.settle()

    person.sends(town.bot, reply)
    await town.settle()

    assert (shown in last(person, town).text) != (shown == "我叫")


async def test_who_never_finished_joining_has_no_rights_and_is_led_on(town: Town) -> None:
    person = town.server.person("没点完")
    person.opens(town.bot, await town.invite(Role.INSPECTOR, group="county/1"))
    await town.settle()
    person.sends(town.bot, "李甲 科员")
    await town.settle()

    person.sends_photo(town.bot, photo(), caption="延津县王楼镇任庄村村口垃圾堆")
    await town.settle()

    assert not any("县1-" in words for words in said(person, town))
    assert last(person, town).buttons[0][0].text == "我已知晓"


async def test_a_second_link_adds_a_role_without_asking_anything_again(town: Town) -> None:
    person = await town.join("李甲", Role.INSPECTOR, group="county/1")
    before = len(said(person, town))

    person.opens(town.bot, await town.invite(Role.INSPECTOR, group="covert"))
    await town.settle()

    assert len(said(person, town)) == before + 1
    assert "第一督查小组" in last(person, town).text
    assert "督查暗访组" in last(person, town).text


async def test_the_same_link_twice_uses_it_once_and_only_greets(town: Town) -> None:
    link = await town.invite(Role.INSPECTOR, group="county/1")
    person = town.server.person("李甲")
    person.opens(town.bot, link)
    await town.settle()
    person.sends(town.bot, "李甲 科员")
    await town.settle()
    person.presses(last(person, town), "我已知晓")
    await town.settle()

    person.opens(town.bot, link)
    await town.settle()

    assert "您的身份" in last(person, town).text
    assert last(person, town).text.count("第一督查小组") == 1


async def test_used_expired_and_made_up_links_are_all_refused_with_the_same_words(town: Town) -> None:
    used = await town.invite(Role.INSPECTOR, group="county/1")
    old = await town.invite(Role.INSPECTOR, group="county/1")
    first, second = town.server.person("先来"), town.server.person("后到")
    first.opens(town.bot, used)
    await town.settle()

    second.opens(town.bot, used)
    await town.settle()
    refused = last(second, town).text
    second.opens(town.bot, "garbage-payload")
    await town.settle()
    made_up = last(second, town).text
    await town.passes(days=8)
    second.opens(town.bot, old)
    await town.settle()

    assert "无效、已用完或已过期" in refused
    assert made_up == refused == last(second, town).text


async def test_a_member_with_an_old_link_is_greeted_not_refused(town: Town) -> None:
    person = await town.join("李甲", Role.INSPECTOR, group="county/1")

    person.opens(town.bot, "garbage-payload")
    await town.settle()

    assert "您的身份" in last(person, town).text


async def test_strangers_get_one_polite_line_a_day_in_private_and_silence_in_groups(town: Town) -> None:
    stranger = town.server.person("路人")
    group = town.server.group("群", members=[stranger], bots=[town.bot], supergroup=True)

    stranger.sends(town.bot, "你好")
    await town.settle()
    stranger.sends(town.bot, "/my")
    stranger.sends_photo(town.bot, photo())
    stranger.sends(group, "/bind@inspect_bot")
    stranger.sends(group, "#问题 延津县王楼镇任庄村垃圾")
    await town.settle()
    today = len(said(stranger, town))
    await town.passes(days=1)
    stranger.sends(town.bot, "又来了")
    await town.settle()

    assert today == 1
    assert STRANGER in said(stranger, town)[0]
    assert len(said(stranger, town)) == 2
    assert not [m for m in group.messages if m.by_bot is not None]


async def test_a_strangers_press_is_answered_by_a_toast_and_does_nothing(town: Town) -> None:
    inspector = await town.join("李甲", Role.INSPECTOR, group="county/1", leader=True)
    stranger = town.server.person("路人")
    group = town.server.group("一组", members=[inspector, stranger], bots=[town.bot], supergroup=True)
    inspector.sends(group, "/bind@inspect_bot")
    await town.settle()
    bound = group.last

    press = stranger.presses(bound, "解除绑定")
    answer = await press.answered(timeout=5)
    await town.settle()

    assert "只有本组成员可以操作" in answer.text
    assert group.last is bound


async def test_commands_are_set_per_role_at_most_eight_and_follow_the_language(town: Town) -> None:
    contact = await town.join("王乙", Role.CONTACT, region="延津县")
    before = commands(town, contact)

    await town.also(contact, Role.INSPECTOR, group="county/1")
    both = commands(town, contact)
    contact.sends(town.bot, "/language")
    await town.settle()
    contact.presses(last(contact, town), "English")
    await town.settle()
    words = town.bot.commands[(f"chat:{contact.user.id}", "")]

    assert "invite" in before
    assert "my" not in before
    assert "my" in both
    assert len(both) <= 8
    assert "help" in both
    assert all(
        one["description"].isascii() or "县1" in one["description"] or "王楼" in one["description"]
        for one in words
    )
    assert "Mine" in keys(last(contact, town))


async def test_strangers_are_offered_start_and_help_only(town: Town) -> None:
    await town.settle()

    offered = [one["command"] for one in town.bot.commands[("default", "")]]

    assert offered == ["start", "help"]


async def test_the_menu_works_in_english_too(town: Town) -> None:
    office = await town.join("办乙", Role.OFFICE, track="county")
    office.sends(town.bot, "/language")
    await town.settle()
    office.presses(last(office, town), "English")
    await town.settle()

    office.sends(town.bot, "help")
    await town.settle()

    assert "How it works" in last(office, town).text


async def test_cancel_closes_the_open_question(town: Town) -> None:
    leader = await town.join("李甲", Role.INSPECTOR, group="county/1", leader=True)
    await town.join("孙丁", Role.INSPECTOR, group="county/1")
    leader.sends(town.bot, "帮助")
    await town.settle()
    leader.presses(last(leader, town), "委托代理")
    await town.settle()
    leader.presses(last(leader, town), "孙丁")
    await town.settle()
    leader.presses(last(leader, town), "其他日期")
    await town.settle()

    leader.sends(town.bot, "/cancel")
    await town.settle()
    cancelled = last(leader, town).text
    leader.sends(town.bot, "5月10日")
    await town.settle()

    assert "已取消" in cancelled
    assert not any("已委托" in words for words in said(leader, town))


async def test_a_contact_invites_its_townships_and_nobody_else(town: Town) -> None:
    contact = await town.join("王乙", Role.CONTACT, region="延津县")
    contact.sends(town.bot, "邀请")
    await town.settle()
    townships = [button.text for row in last(contact, town).buttons for button in row]

    for label in ("王楼镇", "1人"):
        contact.presses(next(m for m in reversed(contact.chat(town.bot).messages) if m.buttons), label)
        await town.settle()
    link = last(contact, town).caption.partition("start=")[2].split()[0]
    township = town.server.person("周六")
    township.opens(town.bot, link)
    await town.settle()
    township.sends(town.bot, "周六 副镇长")
    await town.settle()
    township.presses(last(township, town), "我已知晓")
    await town.settle()

    assert "王楼镇" in townships
    assert not {"督查组", "县区联系人", "卫辉市"} & set(townships)
    assert "延津县王楼镇 乡镇联系人" in last(township, town).text


async def test_a_revoked_link_opens_nothing(town: Town) -> None:
    office = await town.join("办乙", Role.OFFICE, track="county")
    office.sends(town.bot, "邀请")
    await town.settle()
    for label in ("县区联系人", "延津县", "联系人", "1人"):
        office.presses(next(m for m in reversed(office.chat(town.bot).messages) if m.buttons), label)
        await town.settle()
    invitation = last(office, town)
    link = invitation.caption.partition("start=")[2].split()[0]

    press = office.presses(invitation, "作废链接")
    answer = await press.answered(timeout=5)
    newcomer = town.server.person("王乙")
    newcomer.opens(town.bot, link)
    await town.settle()

    assert "已作废" in answer.text
    assert "无效" in last(newcomer, town).text


async def test_an_office_cannot_invite_to_the_other_track_by_a_forged_button(town: Town) -> None:
    office = await town.join("办乙", Role.OFFICE, track="county")
    office.sends(town.bot, "邀请")
    await town.settle()
    before = len(said(office, town))

    press = office.presses(last(office, town), data="1:mkinv:0:0:o.1.1")
    answer = await press.answered(timeout=5)
    await town.settle()

    assert "权限" in answer.text
    assert len(said(office, town)) == before


def test_every_command_that_a_menu_offers_is_answered() -> None:
    offered = {name for names in OF_ROLE.values() for name in names} | {*FOR_STRANGERS, *FOR_GROUPS}

    assert offered <= set(COMMANDS)
    assert all(len(names) <= 8 for names in OF_ROLE.values())
