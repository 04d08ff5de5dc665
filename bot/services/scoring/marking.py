"""Who marks a period, who has, and whether the marks are still sealed (SPEC §5 «One yardstick»)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, distinct, func, select

from bot.domain.campaign import GroupKind
from bot.domain.permissions import Actor, Role, ScoreAct, may_score
from bot.domain.score_words import Kind
from bot.domain.scoring import MONTHLY, Scheme, printed, weighted_mean
from bot.ledger import people
from bot.ledger.desk import Work
from bot.ledger.tables import entries
from bot.services.scoring import items, sheets
from bot.services.scoring.windows import Window


@dataclass(frozen=True, slots=True)
class Marker:
    """A body whose marks a period waits for: a group with its regions, 暗访组, 市「敢转争」督导组."""

    body: str
    title: str
    source: str
    regions: tuple[str, ...]
    given: int = 0
    none: bool = False
    """It has said 「本旬未检查」."""

    @property
    def by_region(self) -> bool:
        """Whether it owes a mark for every one of its regions."""
        return self.source == "group"

    @property
    def done(self) -> bool:
        """Whether nothing is waited for any more."""
        return self.none or self.given >= (len(self.regions) if self.by_region else 1)


def markers(work: Work, track: str, window: Window) -> list[Marker]:
    """Everybody who is to mark a track's window, with how many regions each has marked."""
    campaign = work.world.campaign
    regions = tuple(region.name for region in campaign.regions_of(track))
    if window.final:
        return []
    watched = not window.monthly and bool(people.holders_of(work, Role.OVERSIGHT))
    if not campaign.groups and not watched:
        return []
    rows = items.marks(work, track, window.key)
    marked: dict[str, set[str]] = defaultdict(set)
    said_none = {row.body for row in rows if row.kind == "none"}
    elsewhere: set[str] = set()
    for row in rows:
        if row.kind == Kind.MARK:
            marked[row.body].add(row.region)
            if row.source == "group" and not row.body.startswith("group:"):
                elsewhere.add(row.region)  # entered by the office or a file, for the group
    found = []
    for group in campaign.groups:
        mine = tuple(name for name in regions if name in group.regions)
        if not mine or (window.monthly and not group.covert):
            continue
        source = MONTHLY if group.covert else "group"
        body = f"group:{group.key}"
        given = marked[body] if group.kind is not GroupKind.REGIONAL else marked[body] | elsewhere
        found.append(
            Marker(
                body,
                campaign.group_title(group.key),
                source,
                mine,
                len(given & set(mine)),
                body in said_none,
            )
        )
    if watched:
        body = items.OVERSIGHT
        found.append(Marker(body, "", "ganzhuanzheng", regions, len(marked[body]), body in said_none))
    return found


def sealed(work: Work, track: str, window: Window, row: Row[Any] | None = None) -> bool:
    """Whether the marks are still closed: not all are in, and the office has not ended the marking."""
    row = row or sheets.find(work, track, window.key)
    if row is not None and (row.state != "open" or row.marking_ended_at is not None):
        return False
    return not all(one.done for one in markers(work, track, window))


def sees(actor: Actor, item: Row[Any], *, closed: bool) -> bool:
    """Whether an actor may see an item: a sealed mark is its giver's alone."""
    if not closed or item.kind != Kind.MARK:
        return True
    kind, _, key = item.body.partition(":")
    if kind == "group":
        return key in actor.groups()
    if item.body == items.OVERSIGHT:
        return actor.has(Role.OVERSIGHT)
    return may_score(ScoreAct.RUN, actor, track=item.track)


def body_for(work: Work, region: str, source: str) -> str | None:
    """The body for which the actor gives an item of that source; None when it is not the actor's to give.

    Who answers for a region gives it neither marks nor points.
    """
    campaign, actor = work.world.campaign, work.actor
    if actor.answers_for(region):
        return None
    if source in ("group", MONTHLY):
        for grant in actor.grants:
            if grant.role is Role.INSPECTOR and grant.leader and grant.group is not None:
                group = campaign.group(grant.group)
                if group.covert is (source == MONTHLY) and region in group.regions:
                    return f"group:{group.key}"
    if source == "ganzhuanzheng" and actor.has(Role.OVERSIGHT):
        return items.OVERSIGHT
    track = campaign.region(region).track
    return f"office:{track}" if may_score(ScoreAct.RUN, actor, track=track) else None


def own_bodies(work: Work) -> list[str]:
    """The bodies whose marks the actor gives: the groups that it leads, 敢转争."""
    actor = work.actor
    found = [f"group:{key}" for key in actor.groups() if actor.leads(key)]
    return [*found, items.OVERSIGHT] if actor.has(Role.OVERSIGHT) else found


# --- the yardstick -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Measure:
    """How a group has marked: mean and spread of its marks, and how many places it went to."""

    title: str
    count: int
    mean: str
    low: str
    high: str
    places: int
    few: bool


def yardstick(work: Work, track: str, window: Window, scheme: Scheme) -> tuple[list[Measure], bool]:
    """Every group's marks side by side, and whether two means are further apart than the 口径 says.

    Nothing is adjusted by it.
    """
    campaign = work.world.campaign
    by_group: dict[str, list[Decimal]] = defaultdict(list)
    for row in items.marks(work, track, window.key):
        if row.kind == Kind.MARK and row.source == "group":
            by_group[row.body].append(Decimal(row.value))
    found, means = [], []
    for group in campaign.groups:
        marks = by_group.get(f"group:{group.key}")
        if not marks:
            continue
        mean = weighted_mean([(mark, Decimal(1)) for mark in marks])
        means.append(mean)
        places = places_of(work, group.key, window)
        found.append(
            Measure(
                campaign.group_title(group.key),
                len(marks),
                f"{printed(mean):.2f}",
                f"{min(marks):.2f}",
                f"{max(marks):.2f}",
                places,
                places < scheme.few_places,
            )
        )
    return found, bool(means) and max(means) - min(means) > scheme.scale_gap


def places_of(work: Work, group: str, window: Window) -> int:
    """How many places a group was at in a window: its entries and visits by township and village."""
    place = func.coalesce(entries.c.township, "") + "/" + func.coalesce(entries.c.village, "")
    return int(
        work.connection.execute(
            select(func.count(distinct(place))).where(
                entries.c.group_key == group,
                entries.c.state.not_in(["draft", "void"]),
                entries.c.found_at >= window.start,
                entries.c.found_at < window.end,
            )
        ).scalar_one()
    )
