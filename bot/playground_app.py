"""The playground: a Bot API server of our own, the real bot on it, and a campaign whose people have joined.

Nothing is stubbed: the people come in by invitation links, name themselves and acknowledge the red lines, as
on Telegram.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time
from pathlib import Path
from typing import IO, Any, Final

import structlog

from bot.app import Application
from bot.clock import OffsetClock
from bot.config import Settings
from bot.domain.campaign import Campaign, Group, GroupKind
from bot.domain.permissions import Role
from bot.domain.world import World
from bot.ledger.desk import Work
from bot.playground.page import Page
from bot.playground.server import Bot, BotApiServer, Chat, Person
from bot.services import invitations
from bot.services.invitations import Scope

log = structlog.get_logger(__name__)

TOKEN: Final = "7000000001:PLAYGROUND-on-this-machine"
USERNAME: Final = "inspect_bot"
MARKER: Final = ".playground"
DAYS_IN: Final = 3
HOUR: Final = time(9, 0)
"""The play begins on the fourth morning of the campaign: 12 April 2019."""


class PlaygroundError(Exception):
    """Why the playground does not start; the message is one line."""


class Folder:
    """The playground's own folder, emptied at every start: the people live in memory only.

    Raises:
        PlaygroundError: the folder holds something that is not the playground's, or is in use.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        marker = self.path / MARKER
        if self.path.exists() and not self.path.is_dir():
            raise PlaygroundError(f"{path} 不是文件夹 · is no folder: choose another --data")
        if self.path.exists() and not marker.exists() and any(self.path.iterdir()):
            raise PlaygroundError(
                f"{path} 里有别的文件，试用每次清空自己的文件夹：换一个 --data · "
                f"{path} holds other files and the playground empties its folder: choose another --data"
            )
        self.path.mkdir(parents=True, exist_ok=True)
        self._lock: IO[str] = marker.open("a", encoding="ascii")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            raise PlaygroundError(
                f"另一个试用正在用 {path}：换一个 --data · another playground uses it: choose another --data"
            ) from None
        for old in self.path.iterdir():
            if old.name == MARKER:
                continue
            if old.is_dir() and not old.is_symlink():
                shutil.rmtree(old)
            else:
                old.unlink()

    def close(self) -> None:
        """Let another playground have the folder."""
        self._lock.close()


@dataclass
class Playground:
    """The server, its page and the bot. `start`, `people`, then `run` until it is asked to stop."""

    make_settings: Callable[[str], Settings]
    page: Page = field(default_factory=Page)
    server: BotApiServer = field(init=False)
    bot: Bot = field(init=False)
    app: Application = field(init=False)
    url: str = ""

    async def start(self, port: int, *, any_port: bool) -> None:
        """Serve the page, then start the bot on the server.

        Raises:
            OSError: the port is taken.
            bot.config.ConfigError: the settings are refused.
        """
        campaign = self.make_settings("http://127.0.0.1").to_campaign()
        clock = OffsetClock(_first_morning(campaign))
        self.server = BotApiServer(clock)
        self.bot = self.server.bot(TOKEN, username=USERNAME, privacy=False)
        self.server.front = self.page.app
        self.page.told.update(bot=self.bot.id, username=USERNAME, zone=str(campaign.zone), name=campaign.name)
        try:
            self.url = await self.server.start(port=port)
        except OSError:
            if not any_port:
                raise
            self.url = await self.server.start(port=0)
        self.app = Application(self.make_settings(self.url), clock)
        await self.app.start()

    async def run(self) -> None:
        """Run until it is asked to stop, then close everything."""
        await self.app.run()
        await self.server.stop()

    async def invite(self, role: Role, **scope: Any) -> str:
        """The payload of an invitation."""

        def verb(work: Work) -> str:
            return invitations.create(work, Scope(role, **scope))

        return await self.app.parts.desk.do(verb)

    async def settle(self) -> None:
        """Until the bot has answered everything."""
        await self.server.acknowledged(self.bot)
        await self.app.idle()

    async def people(self) -> None:
        """Let a campaign's people join, its group chat and channels be bound."""
        campaign = self.app.world.campaign
        cast = cast_of(self.app.world)
        persons = [self.server.person(part.name) for part in cast]
        for part, person in zip(cast, persons, strict=True):
            self.page.cast.append(
                {"id": person.id, "name": part.name, "role": str(part.role), "scope": part.title(campaign)}
            )
            person.opens(self.bot, await self.invite(part.role, **part.scope))
        await self.settle()
        for part, person in zip(cast, persons, strict=True):
            person.sends(self.bot, f"{part.name} {part.post}")
        await self.settle()
        for person in persons:
            person.presses(_with_button(person.chat(self.bot)), "我已知晓")
        await self.settle()
        by_place = {part.place: person for part, person in zip(cast, persons, strict=True)}
        await self._group_chat(campaign, cast, persons)
        await self._channels(campaign, by_place)
        self.page.told["ready"] = True
        self.server.events.happen("ready")

    async def _group_chat(self, campaign: Campaign, cast: list[Part], persons: list[Person]) -> None:
        group = next((g for g in campaign.groups if g.kind is GroupKind.REGIONAL), None)
        if group is None:
            return
        members = [
            person for part, person in zip(cast, persons, strict=True) if part.scope.get("group") == group.key
        ]
        chat = self.server.group(campaign.group_title(group.key), members=members, bots=[self.bot])
        await self.settle()
        leader = members[0]
        leader.sends(chat, f"/bind@{USERNAME}")
        await self.settle()
        _press_if_offered(leader, chat, campaign.group_title(group.key))  # who leads one group is not asked
        await self.settle()

    async def _channels(self, campaign: Campaign, by_place: dict[str, Person]) -> None:
        for track in campaign.tracks:
            office = by_place.get(f"office:{track.key}")
            if office is None:
                continue
            title = f"{track.name}整治通报"
            self.server.channel(title, owner=office, bots=[self.bot], quietly=False)
            await self.settle()
            office.sends(self.bot, "/bind")
            await self.settle()
            _press_if_offered(office, office.chat(self.bot), title)
            await self.settle()


def _press_if_offered(person: Person, chat: Chat, words: str) -> None:
    message = _with_button(chat)
    for row in message.buttons:
        for button in row:
            if words in button.text and button.data:
                person.presses(message, data=button.data)
                return


def _with_button(chat: Chat) -> Any:
    return next(m for m in reversed(chat.messages) if m.by_bot and m.buttons)


def _first_morning(campaign: Campaign) -> datetime:
    day = min(campaign.first_day.toordinal() + DAYS_IN, campaign.last_day.toordinal())
    return datetime.combine(campaign.first_day.fromordinal(day), HOUR, campaign.zone)


# --- who plays ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """One person of the play; `place` tells parts apart."""

    name: str
    post: str
    role: Role
    place: str
    scope: dict[str, Any]

    def title(self, campaign: Campaign) -> str:
        """The scope in words."""
        if "group" in self.scope:
            return f"{campaign.group_title(self.scope['group'])}{self.post}"
        if "region" in self.scope:
            deputy = "（副）" if self.scope.get("deputy") else ""
            return f"{self.scope['region']}{self.scope.get('township') or ''}{deputy}"
        return campaign.track(self.scope["track"]).office if "track" in self.scope else ""


NAMES: Final = (
    "李明", "王芳", "张伟", "刘洋", "陈静", "杨帆", "赵磊", "黄敏", "周涛", "吴霞", "徐峰", "孙丽",
    "马超", "朱琳", "胡军", "郭颖", "何平", "高远", "林雪", "罗强", "梁晨", "宋佳", "郑凯", "谢婷",
)  # fmt: skip
"""Invented: the commonest surnames with the commonest given names."""


def cast_of(world: World) -> list[Part]:
    """People for a campaign, whatever its names: groups, contacts, a township, offices, city, admin."""
    parts = [*_groups(world.campaign), *_counties(world)]
    for track in world.campaign.tracks:
        # two, so that one can confirm what the other proposes
        for place, post in (("office", "攻坚办科长"), ("office2", "攻坚办副科长")):
            parts.append((post, Role.OFFICE, f"{place}:{track.key}", {"track": track.key}))
    parts.append(("督导员", Role.OVERSIGHT, "oversight", {}))
    parts.append(("副市长", Role.CITY_LEADER, "leader", {}))
    parts.append(("系统管理员", Role.ADMIN, "admin", {}))
    names = [*NAMES, *(f"干部{number}" for number in range(len(NAMES), len(parts)))]
    return [Part(name, *rest) for name, rest in zip(names, parts, strict=False)]


Placed = tuple[str, Role, str, dict[str, Any]]


def _groups(campaign: Campaign) -> Iterator[Placed]:
    regional = [group for group in campaign.groups if group.kind is GroupKind.REGIONAL]
    for group in _of_each_track(campaign, regional, 2):
        yield "组长", Role.INSPECTOR, f"lead:{group.key}", {"group": group.key, "leader": True}
        if group is regional[0]:
            yield "组员", Role.INSPECTOR, f"member:{group.key}", {"group": group.key}
    for group in campaign.groups:
        if group.kind is not GroupKind.REGIONAL:
            yield "组长", Role.INSPECTOR, f"lead:{group.key}", {"group": group.key, "leader": True}


def _counties(world: World) -> Iterator[Placed]:
    campaign = world.campaign
    regional = [group for group in campaign.groups if group.kind is GroupKind.REGIONAL]
    for track in campaign.tracks:
        mine = [name for group in regional if group.track == track.key for name in group.regions]
        for region in list(dict.fromkeys(mine))[:3]:
            yield "攻坚办主任", Role.CONTACT, f"contact:{region}", {"region": region}
    looked_after = regional[0].regions if regional else ()
    for region in looked_after[-1:]:
        yield "攻坚办副主任", Role.CONTACT, f"deputy:{region}", {"region": region, "deputy": True}
        towns = world.reader.gazetteer.townships.get(region, ())
        for town in [town for town in towns if town.endswith("镇")][:1] or towns[:1]:
            scope = {"region": region, "township": town}
            yield "城建办主任", Role.TOWNSHIP, f"township:{region}", scope


def _of_each_track(campaign: Campaign, groups: list[Group], most: int) -> Iterator[Group]:
    for track in campaign.tracks:
        yield from [group for group in groups if group.track == track.key][:most]
