"""Who plays: people for a campaign, whatever its groups and regions are called; named by their roles."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from bot.domain.campaign import Campaign, Group, GroupKind
from bot.domain.permissions import Role


@dataclass(frozen=True)
class Part:
    """One person of the play; `place` tells parts apart."""

    name: str
    post: str
    role: Role
    place: str
    scope: dict[str, Any]

    def as_json(self, campaign: Campaign) -> dict[str, Any]:
        """The part for who lets the people in and shows them."""
        group = self.scope.get("group")
        return {
            "name": self.name,
            "post": self.post,
            "role": str(self.role),
            "place": self.place,
            "invitation": self.scope,
            "scope": self.title(campaign),
            "en": self.title_en(campaign),
            "group": campaign.group_title(group) if group else None,
            "track": self.track(campaign),
        }

    def track(self, campaign: Campaign) -> str | None:
        """The track that the part belongs to; None for both, or none."""
        if "region" in self.scope:
            return campaign.track_of(self.scope["region"]).key
        group = self.scope.get("group")
        return campaign.group(group).track if group else self.scope.get("track")

    def title(self, campaign: Campaign) -> str:
        """The scope in words."""
        if "group" in self.scope:
            return f"{campaign.group_title(self.scope['group'])}{self.post}"
        if "region" in self.scope:
            deputy = "（副）" if self.scope.get("deputy") else ""
            return f"{self.scope['region']}{self.scope.get('township') or ''}{deputy}"
        return campaign.track(self.scope["track"]).office if "track" in self.scope else ""

    def title_en(self, campaign: Campaign) -> str:
        """The same in English, with the names of places as they are."""
        scope, post = self.scope, ""
        if "group" in scope:
            post = "Leader" if scope.get("leader") else "Member"
        else:
            post = POSTS_EN[self.role]
        if scope.get("deputy"):
            post = f"Deputy {post.lower()}"
        where = [self.title(campaign).removesuffix(self.post).removesuffix("（副）")]
        return " · ".join([post, *filter(None, where)])


POSTS_EN: Final = {
    Role.CONTACT: "Contact", Role.TOWNSHIP: "Township", Role.OFFICE: "Office", Role.OVERSIGHT: "Oversight",
    Role.CITY_LEADER: "City leader", Role.ADMIN: "Administrator", Role.INSPECTOR: "Inspector",
}  # fmt: skip

SURNAMES: Final = "李王张刘陈杨赵黄周吴徐孙马朱胡郭何高林罗梁宋郑谢韩唐冯于董萧"
"""The commonest ones: with what somebody is, they make a name that is nobody's: 李组长, 王组员."""

CALLED: Final = {
    "攻坚办科长": "科长", "攻坚办副科长": "副科长", "攻坚办主任": "主任", "攻坚办副主任": "副主任",
    "城建办主任": "主任", "系统管理员": "管理员",
}  # fmt: skip


def cast_of(campaign: Campaign, places_csv: str) -> list[Part]:
    """People for a campaign, whatever its names: groups, contacts, a township, offices, city, admin."""
    parts = [*_groups(campaign), *_counties(campaign, places_csv)]
    for track in campaign.tracks:
        # two, so that one can confirm what the other proposes
        for place, post in (("office", "攻坚办科长"), ("office2", "攻坚办副科长")):
            parts.append((post, Role.OFFICE, f"{place}:{track.key}", {"track": track.key}))
    parts.append(("督导员", Role.OVERSIGHT, "oversight", {}))
    parts.append(("副市长", Role.CITY_LEADER, "leader", {}))
    parts.append(("系统管理员", Role.ADMIN, "admin", {}))
    return [
        Part(_name(number, post), post, role, place, scope)
        for number, (post, role, place, scope) in enumerate(parts)
    ]


def _name(number: int, post: str) -> str:
    """Surname and what somebody is; where the surnames run out, doubled ones."""
    many = len(SURNAMES)
    surname = SURNAMES[number % many] * (1 + number // many)
    return surname + CALLED.get(post, post)


Placed = tuple[str, Role, str, dict[str, Any]]


def _groups(campaign: Campaign) -> Iterator[Placed]:
    regional = [group for group in campaign.groups if group.kind is GroupKind.REGIONAL]
    for group in _of_each_track(regional):
        yield "组长", Role.INSPECTOR, f"lead:{group.key}", {"group": group.key, "leader": True}
        if group is regional[0]:
            yield "组员", Role.INSPECTOR, f"member:{group.key}", {"group": group.key}
    for group in campaign.groups:
        if group.kind is not GroupKind.REGIONAL:
            yield "组长", Role.INSPECTOR, f"lead:{group.key}", {"group": group.key, "leader": True}


def _counties(campaign: Campaign, places_csv: str) -> Iterator[Placed]:
    regional = [group for group in campaign.groups if group.kind is GroupKind.REGIONAL]
    for track in campaign.tracks:
        mine = [name for group in regional if group.track == track.key for name in group.regions]
        for region in list(dict.fromkeys(mine))[:3]:
            yield "攻坚办主任", Role.CONTACT, f"contact:{region}", {"region": region}
    looked_after = regional[0].regions if regional else ()
    for region in looked_after[-1:]:
        yield "攻坚办副主任", Role.CONTACT, f"deputy:{region}", {"region": region, "deputy": True}
        rows = csv.DictReader(io.StringIO(places_csv))
        towns = list(dict.fromkeys(row["township"] for row in rows if row.get("region") == region))
        for town in [town for town in towns if town.endswith("镇")][:1] or towns[:1]:
            scope = {"region": region, "township": town}
            yield "城建办主任", Role.TOWNSHIP, f"township:{region}", scope


def _of_each_track(groups: list[Group]) -> Iterator[Group]:
    """All of the first track, so that its marks can be complete; of any other the first two."""
    for number, track in enumerate(dict.fromkeys(group.track for group in groups)):
        mine = [group for group in groups if group.track == track]
        yield from mine if number == 0 else mine[:2]
