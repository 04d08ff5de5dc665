"""Commands about people: `invite`, `members`, `forget`."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from bot.cli.opening import FAILED, USAGE, give_up, open_ledger, read_settings
from bot.domain.permissions import Role

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.services.people.forgetting import Kept

TELEGRAM_SECONDS = 10.0
"""A command waits no longer for Telegram."""


@click.command()
@click.option(
    "--role", required=True, type=click.Choice([role.value for role in Role]), help="身份 · What is granted."
)
@click.option("--track", metavar="KEY", help="序列（office）· The track, for an office.")
@click.option(
    "--group", metavar="KEY/NUMBER|covert", help="督查组（inspector）· The group, for an inspector."
)
@click.option("--leader", is_flag=True, help="组长 · As the group's leader.")
@click.option("--region", metavar="NAME", help="县(市、区) · The region, for a contact or township.")
@click.option("--township", metavar="NAME", help="乡镇 · The township, for a township's contact.")
@click.option("--deputy", is_flag=True, help="副联系人 · As the contact's deputy.")
@click.option(
    "--uses", default=1, show_default=True, type=click.IntRange(1), help="可用次数 · How many may use it."
)
def invite(
    role: str, track: str | None, group: str | None, leader: bool, region: str | None,
    township: str | None, deputy: bool, uses: int,
) -> None:  # fmt: skip
    """打印邀请链接 · Print a link by which somebody joins."""
    from bot.services.people import commands, invitations
    from bot.services.people.invitations import Scope, ScopeError

    settings = read_settings()
    scope = Scope(Role(role), track, group, region, township, leader, deputy)
    with open_ledger(settings) as desk:
        try:
            desk.look_now(invitations.check_scope, scope)
        except ScopeError as error:
            give_up(USAGE, f"{error} · {known_names(settings, role)}")
        known = desk.look_now(commands.bot)
        if known is None or (settings.token and not settings.token.startswith(f"{known['id']}:")):
            desk.do_now(commands.know_bot, who_is_it(settings))
        token = desk.do_now(invitations.create, scope, uses=uses)
        link = desk.look_now(invitations.link, token)
    click.echo(link)


def known_names(settings: Settings, role: str) -> str:
    """What the option of a role may be, for who has mistaken it."""
    match Role(role):
        case Role.INSPECTOR:
            names = [f"{group.track}/{group.number}" for group in settings.groups if group.number] + [
                "covert"
            ]
            return f"--group 可用 known: {' '.join(names)}"
        case Role.OFFICE:
            return f"--track 可用 known: {' '.join(track.key for track in settings.tracks)}"
        case _:
            return f"--region 可用 known: {' '.join(region.name for region in settings.regions)}"


def who_is_it(settings: Settings) -> dict[str, Any]:
    """The bot's own account as Telegram knows it; ends with a line when it cannot be asked."""
    from telegram.error import InvalidToken, TelegramError

    from bot.delivery.wire import Wire

    async def ask() -> dict[str, Any]:
        async with asyncio.timeout(TELEGRAM_SECONDS):
            async with Wire(settings.token, settings.telegram.api_url, proxy=settings.telegram.proxy) as wire:
                return await wire.me()

    if not settings.token:
        give_up(USAGE, "没有令牌，不知道机器人的名称：设 BOT_TOKEN · no token: set BOT_TOKEN")
    try:
        return asyncio.run(ask())
    except InvalidToken:
        give_up(USAGE, wrong_token())
    except (TelegramError, TimeoutError) as error:
        give_up(
            FAILED,
            f"连不上 {settings.telegram.api_url}，还不知道机器人的名称：检查网络或 [telegram] proxy · "
            f"Telegram cannot be reached ({type(error).__name__}): check the network or [telegram] proxy",
        )


def wrong_token() -> str:
    """A token that Telegram does not know, in one line without the token."""
    return (
        "Telegram 不认这个令牌：向 @BotFather 核对后写入 [telegram] token 或 BOT_TOKEN · "
        "Telegram does not know the token: check it with @BotFather, then set [telegram] token or BOT_TOKEN"
    )


STATES = {
    "joined": "",
    "joining": "未读红线 joining",
    "unreachable": "联系不上 unreachable",
    "left": "已离开 left",
}


@click.command()
@click.option("--all", "everybody", is_flag=True, help="连同已离开的 · Also those who have left.")
def members(everybody: bool) -> None:
    """列出成员及身份 · List who has joined, with roles and scopes."""
    from bot.services.people.members_list import members_list
    from bot.texts.catalogue import Catalogue

    settings = read_settings()
    with open_ledger(settings) as desk:
        found = desk.look_now(members_list, everybody=everybody)
        labels = Catalogue(desk.world.campaign).labels(settings.texts.language, "roles")
    rows = [("№", "姓名 name", "职务 post", "身份 role", "范围 scope", "")]
    for one in found:
        marks = [
            labels[one.role.value] if one.role else "",
            "组长" if one.leader else "",
            "副" if one.deputy else "",
            f"代理至 {one.until:%Y-%m-%d}" if one.until else "",
        ]
        scope = " ".join(filter(None, (one.scope, one.township)))
        rows.append(
            (str(one.number), one.name, one.post, " ".join(filter(None, marks)), scope, STATES[one.state])
        )
    for line in table(rows):
        click.echo(line)
    if not found:
        click.echo(
            "还没有人加入；先邀请管理员 · nobody has joined: python -m bot invite --role admin", err=True
        )


@click.command()
@click.argument("number", metavar="[№]", required=False, type=click.IntRange(1))
@click.option("--yes", is_flag=True, help="真的遗忘，不能撤销 · Do it; it cannot be undone.")
def forget(number: int | None, yes: bool) -> None:
    """遗忘已离开的成员，先看后做 · Forget a member who has left: shown first, done with --yes.

    Name, post, telephone and Telegram id are replaced by 成员№N; what the member did stays under the number.
    Without a number: who can be forgotten.
    """
    from bot.services.people import forgetting

    settings = read_settings()
    with open_ledger(settings) as desk:
        if number is None:
            found = desk.look_now(forgetting.forgettable)
            for line in table(
                [("№", "姓名 name", "职务 post"), *((str(m.id), m.name, m.post) for m in found)]
            ):
                click.echo(line)
            if not found:
                click.echo("没有可遗忘的成员：先移出 · nobody can be forgotten: remove them first", err=True)
            return
        try:
            known = desk.do_now(forgetting.forget, number) if yes else desk.look_now(forgetting.shown, number)
        except forgetting.NoSuchMember:
            give_up(USAGE, f"没有成员№{number}，编号见 members --all · no such member: see members --all")
        except forgetting.StillIn:
            give_up(FAILED, f"成员№{number} 还有身份，请先在聊天里移出 · still has a role: remove it first")
        except forgetting.Forgotten:
            give_up(FAILED, f"成员№{number} 已经遗忘 · is forgotten already")
    tell_forgotten(known, done=yes)


WHAT = {
    "messages": "消息与问题的对应", "cards": "卡片", "questions": "待答提问", "outbox": "发给他的消息",
    "inbox": "他发来的消息", "chats": "私聊", "entries": "问题", "photos": "照片", "proofs": "整改反馈",
    "handed": "移交的问题", "rosters": "花名册", "report_parts": "报送材料",
}  # fmt: skip
"""What the tables hold, in words."""


def tell_forgotten(known: Kept, *, done: bool) -> None:
    """What goes, what stays, and where it still is."""
    person = "，".join(part for part in (known.name, known.unit, known.post) if part)
    marks = ["电话"] * known.phone + ["Telegram 号"] * known.telegram
    marks += [f"登记的督查组电话 {known.group_phones} 个"] * bool(known.group_phones)
    click.echo(f"{person or known.alias} → {known.alias}")
    click.echo("删除 goes: " + "、".join(["姓名、职务、单位", *marks]))
    if known.goes:
        click.echo(
            "私聊 private chat: "
            + "，".join(f"{WHAT.get(name, name)} {count}" for name, count in known.goes.items())
        )
    if known.detached:
        kept = "，".join(f"{WHAT.get(name, name)} {count}" for name, count in known.detached.items())
        click.echo(f"保留、去掉私聊号 stays without the chat: {kept}")
    click.echo(
        f"保留 stays: 办理记录 {known.events} 条 events（只有编号 number only），已印发的公文 issued papers"
    )
    click.echo(
        "备份里仍有，按 [backup] keep 到期删除；已发出的消息在对方手机里 · copies remain in backups", err=True
    )
    if done:
        click.echo("已遗忘 · forgotten", err=True)
    else:
        click.echo("还没有改动；加 --yes 执行，不能撤销 · nothing is changed yet: add --yes", err=True)


def table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Rows in columns, a Chinese character taking two places."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
