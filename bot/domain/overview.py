"""Numbers of a campaign with their fractions, and who may read them of what (SPEC §6 «Numbers»)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from statistics import median

from bot.domain.bulletins import rate
from bot.domain.campaign import Campaign
from bot.domain.entries import OPEN_STATES, State, is_overdue
from bot.domain.permissions import Actor, Role


class ScopeKind(StrEnum):
    """What numbers may be about."""

    CAMPAIGN = "campaign"
    TRACK = "track"
    GROUP = "group"
    REGION = "region"


@dataclass(frozen=True, slots=True)
class Scope:
    """What numbers are about: `key` is a track's or group's key, a region's name, empty for the campaign."""

    kind: ScopeKind
    key: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What the numbers need to know of one entry that is no draft."""

    state: State
    found_at: datetime
    assigned_at: datetime | None = None
    deadline: datetime | None = None
    proof_at: datetime | None = None
    """When the proof that counts was sent; None where the group mended it on the spot."""
    answered: bool = False
    closed_at: datetime | None = None
    returns: int = 0
    round: int = 1


@dataclass(frozen=True, slots=True)
class Fraction:
    """A share with what it is a share of: printed whole, never as a bare per cent."""

    part: int
    whole: int

    @property
    def percent(self) -> str:
        """In per cent with two places at most; 「—」 of nothing."""
        return rate(self.part, self.whole)


@dataclass(frozen=True, slots=True)
class Numbers:
    """What was found and what became of it, counted at one instant.

    `rectified` 到期整改率: closed of those due by now; `in_time` 按期整改率: closed by the deadline of those;
    void and deferred ones are in neither and stand beside them as `void_due`, `deferred_due`. `closed`
    销号率: of all found but void ones. `returned` 退回率: sent back at least once, of those ever answered.
    `again` 反弹: in a second round or later. `days` is the median from hand-over to closing, None of nothing.
    """

    found: int
    open: int
    submitted: int
    overdue: int
    deferred: int
    void: int
    closed: Fraction
    rectified: Fraction
    in_time: Fraction
    returned: Fraction
    again: int
    void_due: int
    deferred_due: int
    days: Decimal | None


def count(rows: Iterable[Found], now: datetime, grace: timedelta) -> Numbers:
    """Count entries as they stand at an instant; drafts and what is hidden are left out by the caller.

    `grace`: a proof sent so long after the deadline still counts as in time (SPEC §2).
    """
    seen = list(rows)
    kept = [one for one in seen if one.state is not State.VOID]
    owed = [one for one in seen if _due(one, now)]
    due = [one for one in owed if one.state not in (State.VOID, State.DEFERRED)]
    closed_due = [one for one in due if one.state is State.CLOSED]
    closed = [one for one in kept if one.state is State.CLOSED]
    answered = [one for one in kept if one.answered]
    spans = [
        (one.closed_at - one.assigned_at).total_seconds()
        for one in closed
        if one.closed_at and one.assigned_at
    ]
    return Numbers(
        found=len(kept),
        open=sum(one.state in (*OPEN_STATES, State.FILED) for one in kept),
        submitted=sum(one.state is State.SUBMITTED for one in kept),
        overdue=sum(is_overdue(one.state, one.deadline, now) for one in kept),
        deferred=sum(one.state is State.DEFERRED for one in kept),
        void=len(seen) - len(kept),
        closed=Fraction(len(closed), len(kept)),
        rectified=Fraction(len(closed_due), len(due)),
        in_time=Fraction(sum(_in_time(one, grace) for one in closed_due), len(due)),
        returned=Fraction(sum(one.returns > 0 for one in answered), len(answered)),
        again=sum(one.round > 1 for one in kept),
        void_due=sum(one.state is State.VOID for one in owed),
        deferred_due=sum(one.state is State.DEFERRED for one in owed),
        days=_days(median(spans)) if spans else None,
    )


def _due(one: Found, now: datetime) -> bool:
    """Whether the county had it and its time has come."""
    return one.assigned_at is not None and one.deadline is not None and one.deadline <= now


def _in_time(one: Found, grace: timedelta) -> bool:
    done_at = one.proof_at or one.closed_at
    assert one.deadline is not None
    return done_at is not None and done_at <= one.deadline + grace


def _days(seconds: float) -> Decimal:
    return (Decimal(seconds) / 86400).quantize(Decimal("0.1"), ROUND_HALF_UP)


# --- who may read them ------------------------------------------------------------------------------------


def scopes_of(actor: Actor, campaign: Campaign) -> tuple[Scope, ...]:
    """What an actor may read numbers of, the widest first (SPEC §1, the table of roles).

    A contact reads those of its region; an inspector those of its group and its regions; an office those
    of its track; the overseers and city leaders those of everybody. A covert group's are its own and its
    office's; groups as units are no city leader's and no county's.
    """
    found: dict[Scope, None] = {}
    over = actor.has(Role.OVERSIGHT) or actor.has(Role.CITY_LEADER)
    tracks = [track.key for track in campaign.tracks if over or track.key in actor.offices()]
    if len(tracks) == len(campaign.tracks) > 1:
        found[Scope(ScopeKind.CAMPAIGN)] = None
    found.update((Scope(ScopeKind.TRACK, key), None) for key in tracks)
    for group in campaign.groups:
        of_office = group.track in actor.offices()
        overseen = actor.has(Role.OVERSIGHT) and not group.covert
        if group.key in actor.groups() or of_office or overseen:
            found[Scope(ScopeKind.GROUP, group.key)] = None
    looked_after = {
        name
        for key in actor.groups()
        if not campaign.group(key).covert
        for name in campaign.group(key).regions
    }
    for region in campaign.regions:
        if region.track in tracks or region.name in looked_after or region.name in actor.regions():
            found[Scope(ScopeKind.REGION, region.name)] = None
    return tuple(found)


def knows_closing_rate(actor: Actor) -> bool:
    """Whether 销号率 is for this reader: it is the office's own; what is published is 到期整改率."""
    return bool(actor.offices())


def groups_covered(actor: Actor, campaign: Campaign) -> tuple[str, ...]:
    """The groups whose coverage 覆盖 an actor may read: never the county's side, nor a covert group's.

    Where nobody has looked is told to nobody who might tidy up there first.
    """
    if actor.regions() or actor.has(Role.TOWNSHIP):
        own = {grant.region for grant in actor.grants if actor.answers_for(grant.region)}
    else:
        own = set()
    return tuple(
        group.key
        for group in campaign.groups
        if not group.covert
        and not own & set(group.regions)
        and (group.key in actor.groups() or group.track in actor.offices() or actor.has(Role.OVERSIGHT))
    )
