"""What `check` looks at: each finding with the mend; it changes nothing but a probe in the photo store."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from bot.config import Settings
    from bot.delivery.wire import Wire

LOW_DISK: Final = 1_000_000_000
"""Below one gigabyte a day of photos may not fit."""
SOME_DISK: Final = 5_000_000_000
ASKED_FOR_SECONDS: Final = 10.0
CHAT_KINDS: Final = ("group", "supergroup")


class Level(StrEnum):
    """How grave a finding is."""

    GOOD = "good"
    ODD = "odd"  # may be meant
    MEND = "mend"  # must be mended


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, and how to mend it where it must be."""

    level: Level
    what: str
    said: str
    mend: str = ""


def good(what: str, said: str) -> Finding:
    """All is well."""
    return Finding(Level.GOOD, what, said)


def odd(what: str, said: str, mend: str = "") -> Finding:
    """Allowed, but perhaps not meant."""
    return Finding(Level.ODD, what, said, mend)


def must(what: str, said: str, mend: str) -> Finding:
    """This must be mended."""
    return Finding(Level.MEND, what, said, mend)


# --- on this machine ----------------------------------------------------------------------------------


def on_this_machine(settings: Settings) -> Iterator[Finding]:
    """Configuration, places, fonts, disk, photo store."""
    yield from _configuration(settings)
    yield from _fonts(settings)
    yield from _disk(settings)
    yield from _store(settings)
    yield from _open_to_the_world(settings)


def _configuration(settings: Settings) -> Iterator[Finding]:
    from bot.config import ConfigError, notices
    from bot.domain.places import Gazetteer, PlacesFileError

    what = "配置 configuration"
    try:
        file = settings.places_file()
        places = Gazetteer.read(file.read_text("utf-8-sig"), settings.to_campaign().regions)
    except ConfigError as error:
        for fault in error.faults:
            yield must(what, fault.line, "改 [places] file · correct [places] file")
        return
    except (PlacesFileError, UnicodeDecodeError) as error:
        yield must(
            what,
            f"地名文件读不懂 the places file: {error}",
            "需要列 code,region,township,village，UTF-8 · it needs those columns, in UTF-8",
        )
        return
    named = [name for name, found in places.townships.items() if found]
    found = list(notices(settings, [*named, *places.unknown_regions]))
    yield good(
        what,
        f"{len(settings.regions)} 个单位 regions · {len(settings.groups)} 个组 groups · "
        f"{len(places.villages)} 个村 villages（{file.name}）",
    )
    for fault in found:
        yield odd(what, fault.line)


def _fonts(settings: Settings) -> Iterator[Finding]:
    from bot.media.errors import FontMissing
    from bot.media.fonts import Fonts

    what = "字体 fonts"
    setting = Path(settings.fonts.text) if settings.fonts.text else None
    try:
        fonts = Fonts(setting)
        face = fonts.face(24)
        path, _ = fonts.chinese()
    except (FontMissing, OSError) as error:
        yield must(
            what, str(error), "安装中文字体或改 [fonts] text · install a Chinese font or set [fonts] text"
        )
        return
    yield good(what, f"{path.name}{'' if face.emoji else '（没有表情符号 no emoji）'}")


def _disk(settings: Settings) -> Iterator[Finding]:
    from bot.ledger.engines import sqlite_path

    folders = {"备份 backups": settings.backup_folder()}
    if "://" not in settings.media_url():
        folders["照片 photos"] = Path(settings.media_url())
    if (ledger := sqlite_path(settings.database_url())) is not None:
        folders["数据库 database"] = Path(ledger).parent
    seen: set[int] = set()
    for name, folder in folders.items():
        existing = next(place for place in (folder, *folder.parents) if place.exists())
        device = existing.stat().st_dev
        if device in seen:
            continue
        seen.add(device)
        free = shutil.disk_usage(existing).free
        said = f"{existing} 剩余 {free / 1e9:.1f} GB free（{name}）"
        if free < LOW_DISK:
            yield must("磁盘 disk", said, "清出至少 1 GB，或换到大盘 · free 1 GB at least, or move it")
        elif free < SOME_DISK:
            yield odd("磁盘 disk", said, "照片一天可达数百 MB · photos take hundreds of MB a day")
        else:
            yield good("磁盘 disk", said)


def _store(settings: Settings) -> Iterator[Finding]:
    from bot.media.errors import StoreError
    from bot.media.store import PhotoStore

    what = "照片库 photo store"
    try:
        PhotoStore(settings.media_url()).check()
    except StoreError as error:
        yield must(
            what, str(error), "检查 [media] url 和写入权限 · check [media] url and the right to write there"
        )
        return
    yield good(what, settings.media_url())


def _open_to_the_world(settings: Settings) -> Iterator[Finding]:
    """Health and webhook are plain HTTP: for this machine, or behind a web server with a certificate."""
    import ipaddress

    listening = {"[server] listen": settings.server.listen}
    if settings.telegram.mode == "webhook":
        listening["[telegram] webhook_listen"] = settings.telegram.webhook_listen
    for name, address in listening.items():
        host = address.rpartition(":")[0].strip("[]")
        try:
            alone = ipaddress.ip_address(host).is_loopback
        except ValueError:
            alone = host in ("", "localhost")
        if not alone:
            yield odd(
                f"网络 network {name}",
                f"{address} 别的机器也能访问 · other machines can reach it",
                "改为 127.0.0.1，或用防火墙只放行监控 · use 127.0.0.1, or let only the monitor through",
            )


# --- the database -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bound:
    """A chat that the bot should be in."""

    id: int
    title: str
    channel: bool


def ledger(settings: Settings, bound: list[Bound]) -> Iterator[Finding]:
    """The database: reachable, at this version, its event log whole; fills in the bound chats."""
    from sqlalchemy import create_engine, pool
    from sqlalchemy.exc import DBAPIError

    from bot.ledger import events, migrate
    from bot.ledger.engines import sqlite_path

    what = "数据库 database"
    path = sqlite_path(settings.database_url())
    if path is not None and not Path(path).exists():
        yield good(what, "还没有，run 会建立 · not there yet, `run` makes it")
        return
    try:
        with create_engine(settings.database_url(), poolclass=pool.NullPool).connect() as connection:
            revision = migrate.current(connection)
            known = migrate.revisions()
            if revision is None:
                yield good(what, "空库，run 会建表 · empty, `run` makes its tables")
                return
            if revision not in known:
                yield must(
                    what,
                    f"版本 {revision} 比程序新 is newer than the program",
                    "升级程序 · upgrade the program",
                )
                return
            if revision != migrate.head():
                yield odd(
                    what,
                    f"{revision} → {migrate.head()}",
                    "run 或 migrate 会升级 · `run` or `migrate` does it",
                )
                return
            if path is not None and (broken := _integrity(connection)) != "ok":
                yield must(what, broken, "停机，从备份恢复 · stop the bot and restore a backup")
                return
            first = events.first_broken(connection)
            bound += _bound(connection)
    except DBAPIError as error:
        yield must(what, str(error.orig).splitlines()[0], "检查 [database] url · check [database] url")
        return
    if first is not None:
        yield must(
            "办理记录 event log",
            f"从第 {first} 条起对不上 · does not fit from event {first} on",
            "有人改过数据库：与备份核对 · somebody changed the database: compare with a backup",
        )
    else:
        yield good(what, f"版本 version {revision}，办理记录完整 event log whole")


def _integrity(connection: Connection) -> str:
    return str(connection.exec_driver_sql("PRAGMA quick_check").scalar())


def _bound(connection: Connection) -> Iterator[Bound]:
    from sqlalchemy import or_, select

    from bot.ledger.tables import chats

    rows = connection.execute(
        select(chats).where(
            chats.c.moved_to.is_(None),
            or_(chats.c.group_key.is_not(None), chats.c.region.is_not(None), chats.c.channel_of.is_not(None)),
        )
    )
    for row in rows:
        yield Bound(row.id, row.title or str(row.id), row.channel_of is not None)


# --- Telegram -----------------------------------------------------------------------------------------


def telegram(settings: Settings, bound: list[Bound]) -> list[Finding]:
    """The token, privacy mode, the bot's rights in its chats, the channels' privacy, the webhook."""

    async def ask() -> list[Finding]:
        return [finding async for finding in _telegram(settings, bound)]

    return asyncio.run(ask())


async def _telegram(settings: Settings, bound: list[Bound]) -> AsyncIterator[Finding]:
    from telegram.error import InvalidToken, TelegramError

    from bot.delivery.wire import Wire

    what = "令牌 token"
    if not settings.token:
        yield must(
            what,
            "没有 none",
            "向 @BotFather 申请，写入 [telegram] token 或 BOT_TOKEN · get one from @BotFather",
        )
        return
    async with Wire(settings.token, settings.telegram.api_url, proxy=settings.telegram.proxy) as wire:
        try:
            async with asyncio.timeout(ASKED_FOR_SECONDS):
                me = await wire.me()
        except InvalidToken:
            yield must(what, "Telegram 不认 is not known", "向 @BotFather 核对 · check it with @BotFather")
            return
        except (TelegramError, TimeoutError) as error:
            yield must(
                "Telegram",
                f"连不上 {settings.telegram.api_url}（{type(error).__name__}）cannot be reached",
                "检查网络或 [telegram] proxy、api_url · check the network, or [telegram] proxy and api_url",
            )
            return
        yield good(what, f"@{me['username']}")
        sees_all = bool(me.get("can_read_all_group_messages"))
        if sees_all:
            yield good("隐私模式 privacy mode", "已关闭 off")
        else:
            yield odd(
                "隐私模式 privacy mode",
                "开着：群里看不到照片 · on: photos in groups are not seen",
                "@BotFather → Bot Settings → Group Privacy → Turn off，再把机器人移出并重新拉入群；"
                "或设为群管理员 · then add the bot to the groups anew; or make it an administrator",
            )
        known = {one.id for one in bound}
        channels = [Bound(t.channel, t.label or t.prefix, True) for t in settings.tracks if t.channel]
        for one in [*bound, *(channel for channel in channels if channel.id not in known)]:
            yield await _chat(wire, one, me["id"], sees_all)
        if settings.telegram.mode == "webhook":
            yield await _webhook(wire, settings)


async def _chat(wire: Wire, one: Bound, bot_id: int, sees_all: bool) -> Finding:
    from telegram.error import TelegramError

    what = f"{'频道 channel' if one.channel else '群 group'}「{one.title}」"
    try:
        async with asyncio.timeout(ASKED_FOR_SECONDS):
            chat = await wire.call("getChat", {"chat_id": one.id})
            member = await wire.call("getChatMember", {"chat_id": one.id, "user_id": bot_id})
    except (TelegramError, TimeoutError) as error:
        said = str(error) or type(error).__name__
        return must(what, said, "把机器人重新加入，再 /bind · add the bot again, then /bind")
    if one.channel:
        return _channel(what, chat, member)
    if member["status"] in ("left", "kicked"):
        return must(what, "机器人不在群里 · the bot is not in it", "重新加入 · add it again")
    if member["status"] != "administrator" and not sees_all:
        return must(
            what,
            "看不到群里的照片 · photos are not seen there",
            "设为管理员，或关闭隐私模式后重新拉入 · make it an administrator, or end privacy mode and add it",
        )
    return good(what, "看得到照片 photos are seen")


def _channel(what: str, chat: dict[str, Any], member: dict[str, Any]) -> Finding:
    if chat.get("username"):
        return must(
            what,
            f"有公开名称 has a public name: @{chat['username']}",
            "改为私有频道（红线）· make the channel private: a red line",
        )
    if member["status"] != "administrator" or not member.get("can_post_messages"):
        return must(
            what,
            "机器人不能发布 · the bot may not post",
            "设为管理员并允许发布消息 · make it an administrator that posts",
        )
    return good(what, "私有，可发布 private, may post")


async def _webhook(wire: Wire, settings: Settings) -> Finding:
    from telegram.error import TelegramError

    what = "webhook"
    try:
        async with asyncio.timeout(ASKED_FOR_SECONDS):
            info = await wire.call("getWebhookInfo", {})
    except (TelegramError, TimeoutError) as error:
        return odd(what, str(error) or type(error).__name__)
    if info.get("last_error_message"):
        return odd(
            what,
            f"Telegram 上次没送到 last error: {info['last_error_message']}",
            "检查 webhook_url、证书、网站服务器 · check webhook_url, its certificate, the web server",
        )
    if info.get("url") != settings.telegram.webhook_url:
        return odd(what, "还没登记，run 会登记 · not set yet, `run` sets it")
    return good(what, settings.telegram.webhook_url)
