"""Filters of the ledger 台账: region, township, state, category, group, period, overdue, source.

Choices come from the campaign, never from the entries: that a button is there tells nothing. Where a field
is not every reader's to know, its filter does not tell it either.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, bindparam, false, or_

from bot.domain.campaign import Campaign
from bot.domain.entries import Source, State
from bot.domain.permissions import Actor, Role
from bot.ledger.desk import Work
from bot.ledger.tables import entries
from bot.services import sight
from bot.services.finding.asked import Asked
from bot.services.refusals import NotUnderstood
from bot.services.scoring.windows import calendar

STATES: Final = tuple(State)
SOURCES: Final = tuple(Source)
COUNTYS: Final = frozenset((Role.CONTACT, Role.TOWNSHIP))


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a filter: its number in the buttons, and its name: a label's key or literal words."""

    value: int
    label: str = ""
    text: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


def wide(work: Work) -> bool:
    """Whether the actor sees whole tracks: an office, 敢转争, a city leader."""
    return any(work.actor.has(role) for role in (Role.OFFICE, Role.OVERSIGHT, Role.CITY_LEADER))


def tracks_of(actor: Actor, campaign: Campaign) -> tuple[str, ...]:
    """The tracks that an actor sees whole."""
    everything = actor.has(Role.OVERSIGHT) or actor.has(Role.CITY_LEADER)
    found = {track.key for track in campaign.tracks} if everything else set(actor.offices())
    regions = regions_of(actor, campaign)
    found |= {
        track.key
        for track in campaign.tracks
        if {region.name for region in campaign.regions_of(track.key)} <= regions
    }
    return tuple(track.key for track in campaign.tracks if track.key in found)


def regions_of(actor: Actor, campaign: Campaign) -> set[str]:
    """The regions that an actor sees by name: as their contact, or of a group."""
    found = set(actor.regions())
    for key in actor.groups():
        found |= set(campaign.group(key).regions)
    return found


def scope_of(actor: Actor, campaign: Campaign) -> tuple[str, ...]:
    """Every region in which an actor may see entries, in the campaign's order."""
    tracks, named = tracks_of(actor, campaign), regions_of(actor, campaign)
    named |= {grant.region for grant in actor.grants if grant.role is Role.TOWNSHIP and grant.region}
    return tuple(one.name for one in campaign.regions if one.track in tracks or one.name in named)


def region_name(work: Work, asked: Asked) -> str | None:
    """The region chosen, or the only one there is to choose."""
    value = asked.value("region")
    if value is not None:
        return work.world.campaign.regions[value].name
    scope = scope_of(work.actor, work.world.campaign)
    return scope[0] if len(scope) == 1 else None


def choices(work: Work, asked: Asked, kind: str) -> list[Choice]:
    """What can be chosen of a filter, in order; empty where it makes no sense for this reader."""
    campaign, actor = work.world.campaign, work.actor
    scope = scope_of(actor, campaign)
    match kind:
        case "region" if len(scope) > 1:
            return [Choice(at, text=one.name) for at, one in enumerate(campaign.regions) if one.name in scope]
        case "township" if any(grant.role is not Role.TOWNSHIP for grant in actor.grants):
            region = region_name(work, asked)
            names = work.world.reader.gazetteer.townships.get(region or "", ())
            return [Choice(at, text=name) for at, name in enumerate(names)]
        case "state":
            return [Choice(at, f"states/{one}") for at, one in enumerate(STATES) if one is not State.DRAFT]
        case "category":
            mains = _mains(work)
            return [Choice(at, f"categories/{key}") for at, key in enumerate(mains)]
        case "group" if not only_county(actor):
            tracks = {one.track for one in campaign.regions if one.name in scope}
            groups = [
                Choice(at, text=campaign.group_title(one.key))
                for at, one in enumerate(campaign.groups)
                if one.track in tracks and (not one.covert or one.key in actor.groups() or actor.offices())
            ]
            return [*groups, Choice(len(campaign.groups), "filed_by_office")]
        case "period":
            begun = [one for one in calendar(work).periods if one.start <= work.now]
            return [
                Choice(one.number, f"period_{one.key.day}", values={"month": one.key.month})
                for one in reversed(begun)
            ]
        case "source" if not only_county(actor):
            return [
                Choice(at, f"sources/{one}") for at, one in enumerate(SOURCES) if one is not Source.COVERT
            ]
        case _:
            return []


def chosen(work: Work, asked: Asked) -> list[tuple[str, Choice]]:
    """The filters that are set, with the names of what is chosen.

    Raises:
        NotUnderstood: one of them is nobody's to choose here.
    """
    found = []
    for kind, value in asked.filters:
        options = [Choice(1, "state_late")] if kind == "late" else choices(work, asked, kind)
        one = next((option for option in options if option.value == value), None)
        if one is None:
            raise NotUnderstood(hint="answered")
        found.append((kind, one))
    return found


def only_county(actor: Actor) -> bool:
    """Whether somebody is of the county's side alone."""
    return all(grant.role in COUNTYS for grant in actor.grants)


def _mains(work: Work) -> tuple[str, ...]:
    return tuple(work.world.reader.categories.mains)


# --- in SQL -------------------------------------------------------------------------------------------

LATE: Final = entries.c.owed_by < bindparam("now", type_=entries.c.owed_by.type)
"""Past its deadline, and the county owes work."""


def condition(work: Work, asked: Asked, kind: str) -> ColumnElement[bool]:
    """A filter as a condition whose values are given by `values`; `shape` tells what stands in its words."""
    column, value = entries.c, asked.value(kind)
    match kind:
        case "region":
            return column.region == bindparam("region")
        case "township":
            return column.township == bindparam("township")
        case "state":
            # in words: bound, SQLite would make every statement anew to see whether a partial index will do
            return column.state == STATES[value or 0].value
        case "late":
            return LATE
        case "category":
            return and_(column.category >= bindparam("category"), column.category < bindparam("category_end"))
        case "group" if to_office(work, asked):
            return or_(column.group_key.is_(None), ~sight.told_of(work.actor))
        case "group":
            # a covert entry's sender is the office, to whoever may not know of the visit
            return and_(column.group_key == bindparam("group"), sight.told_of(work.actor))
        case "period":
            at = column.listed_at
            return and_(at >= bindparam("since", type_=at.type), at < bindparam("until", type_=at.type))
        case "source":
            return and_(column.source == bindparam("source"), inside(work))
        case _:
            return false()


def inside(work: Work) -> ColumnElement[bool]:
    """What the actor sees otherwise than as its county: who has reported is not the county's to know."""
    actor = work.actor
    if not any(grant.role in COUNTYS for grant in actor.grants):
        return entries.c.id.is_not(None)
    others = tuple(grant for grant in actor.grants if grant.role not in COUNTYS)
    return sight.seen_by(work, Actor(actor.member_id, others))


def values(work: Work, asked: Asked) -> Mapping[str, Any]:
    """The values of the filters that are set."""
    campaign = work.world.campaign
    found: dict[str, Any] = {"now": work.now}
    for kind, value in asked.filters:
        match kind:
            case "region":
                found["region"] = campaign.regions[value].name
            case "township":
                region = region_name(work, asked) or ""
                found["region"] = region
                found["township"] = work.world.reader.gazetteer.townships[region][value]
            case "state":
                found["state"] = STATES[value].value
            case "category":
                found["category"] = f"{_mains(work)[value]}."
                found["category_end"] = f"{_mains(work)[value]}/"
            case "group" if value < len(campaign.groups):
                found["group"] = campaign.groups[value].key
            case "period":
                one = next(period for period in calendar(work).periods if period.number == value)
                found["since"], found["until"] = one.start, one.end
            case "source":
                found["source"] = SOURCES[value].value
            case _:
                pass
    return found


def shape(work: Work, asked: Asked) -> tuple[Any, ...]:
    """What of the filters stands in the words of their conditions."""
    return (*(kind for kind, _ in asked.filters), asked.value("state"), to_office(work, asked))


def to_office(work: Work, asked: Asked) -> bool:
    """Whether the filter by group means the office."""
    return asked.value("group") == len(work.world.campaign.groups)
