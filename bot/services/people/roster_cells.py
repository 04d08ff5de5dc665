"""What stands in a roster's cells: identities 身份 and scopes 组/县 as offices write them (SPEC §1)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from bot.domain.campaign import Campaign, Group
from bot.domain.permissions import Role
from bot.ledger.desk import Work
from bot.services.people.invitations import Scope, ScopeError, check_scope

_DIGITS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_NUMBER = re.compile(r"第?([一二三四五六七八九十]|\d{1,2})(?:督查)?小?组?$")

IDENTITIES: Final[dict[str, tuple[Role, bool, bool]]] = {
    "督查组组长": (Role.INSPECTOR, True, False),
    "组长": (Role.INSPECTOR, True, False),
    "牵头负责人": (Role.INSPECTOR, True, False),
    "督查组成员": (Role.INSPECTOR, False, False),
    "督查员": (Role.INSPECTOR, False, False),
    "副组长": (Role.INSPECTOR, False, False),
    "包区领导": (Role.INSPECTOR, False, False),
    "成员": (Role.INSPECTOR, False, False),
    "组员": (Role.INSPECTOR, False, False),
    "县区联系人": (Role.CONTACT, False, False),
    "联系人": (Role.CONTACT, False, False),
    "副联系人": (Role.CONTACT, False, True),
    "备用联系人": (Role.CONTACT, False, True),
    "乡镇联系人": (Role.TOWNSHIP, False, False),
    "攻坚办": (Role.OFFICE, False, False),
    "市领导": (Role.CITY_LEADER, False, False),
    "市「敢转争」督导组": (Role.OVERSIGHT, False, False),
    "敢转争": (Role.OVERSIGHT, False, False),
}
"""身份 as rosters write it → role, leader, deputy. 包区领导 reads and may stand in (SPEC §1)."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file: what stands in its cells, and which row of the sheet it is."""

    row: int
    name: str
    post: str
    identity: str
    scope: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a cell: its address, what stands there, the key of what is expected."""

    cell: str
    value: str
    why: str


def identity_of(words: str) -> tuple[Role, bool, bool] | None:
    """Role, leader, deputy that an 身份 means; None where it means none."""
    return IDENTITIES.get(re.sub(r"[\s()（）]", "", words))


def scope_from(work: Work, role: Role, words: str) -> Scope | None:
    """The scope that a roster's 组/县 means for a role; None where it means none.

    「县(市)第一督查小组」 「第一组」 「暗访组」 · 「延津县」 「延津」 · 「延津县王楼镇」 · 「市农业农村局」.
    """
    said = words.replace("（", "(").replace("）", ")").replace(" ", "").strip()
    campaign = work.world.campaign
    match role:
        case Role.INSPECTOR:
            group = _group(work, campaign, said)
            return None if group is None else Scope(role, group.track, group.key)
        case Role.CONTACT:
            region = _region(campaign, said)
            return None if region is None else _checked(work, Scope(role, region=region))
        case Role.TOWNSHIP:
            return _township(work, campaign, said)
        case Role.OFFICE:
            tracks = [t.key for t in campaign.tracks if said and said in (t.office, t.name, t.prefix, t.key)]
            if not tracks and not said:
                tracks = list(work.actor.offices())
            return Scope(role, tracks[0]) if len(tracks) == 1 else None
        case _:
            return Scope(role)


def _checked(work: Work, scope: Scope) -> Scope | None:
    try:
        return check_scope(work, scope)
    except ScopeError:
        return None


def _region(campaign: Campaign, said: str) -> str | None:
    for region in campaign.regions:
        if said == region.name or said in region.short:
            return region.name
    return None


def _township(work: Work, campaign: Campaign, said: str) -> Scope | None:
    townships = work.world.reader.gazetteer.townships
    found = [
        (region.name, township)
        for region in campaign.regions
        for township in townships.get(region.name, ())
        if said in {name + township for name in (region.name, *region.short, "")}
    ]
    if len(found) != 1:
        return None
    return _checked(work, Scope(Role.TOWNSHIP, region=found[0][0], township=found[0][1]))


def _group(work: Work, campaign: Campaign, said: str) -> Group | None:
    """A group by its title; by its number alone in the sender's own track only: numbers repeat."""
    if not said:
        return None
    titled = [group for group in campaign.groups if said in (campaign.group_title(group.key), group.key)]
    if len(titled) == 1:
        return titled[0]
    if "暗访" in said:
        return campaign.covert_group()
    mine = work.actor.offices()
    for track in sorted(campaign.tracks, key=lambda one: -len(one.name)):
        for prefix in (track.name, track.prefix):
            if said.startswith(prefix):
                return _numbered(campaign, track.key, said.removeprefix(prefix))
    tracks = mine or tuple(track.key for track in campaign.tracks)
    found = [group for key in tracks if (group := _numbered(campaign, key, said)) is not None]
    return found[0] if len(found) == 1 else None


def _numbered(campaign: Campaign, track: str, said: str) -> Group | None:
    named = [g for g in campaign.groups if g.track == track and not g.covert and g.name == said]
    if named:
        return named[0]
    match = _NUMBER.fullmatch(said)
    if match is None:
        return None
    number = _DIGITS.get(match[1]) or int(match[1])
    return next((g for g in campaign.groups if g.track == track and g.number == number and number), None)
