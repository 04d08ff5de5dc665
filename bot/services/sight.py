"""Who may see which entries, as a condition of a query: the permission table, in SQL.

Every list, count, search and export filters by it; a test holds it against `permissions.standings`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, true

from bot.domain.entries import KNOWN_TO_COUNTY, Mode, State
from bot.domain.permissions import Actor, Grant, Role
from bot.ledger.desk import Work
from bot.ledger.tables import entries

hidden = and_(entries.c.mode == Mode.COVERT.value, entries.c.handed_over_at.is_(None))
"""A covert entry 暗访 before hand-over."""


def among(column: ColumnElement[Any], values: Iterable[str]) -> ColumnElement[bool]:
    """That a column is one of some values, in words that a prepared statement can keep."""
    found = [column == value for value in values]
    return or_(*found) if found else false()


_drafted = entries.c.state == State.DRAFT.value
_known = and_(
    ~hidden,
    entries.c.assigned_at.is_not(None),
    among(entries.c.state, [*sorted(state.value for state in KNOWN_TO_COUNTY), State.VOID.value]),
)


def visible(work: Work) -> ColumnElement[bool]:
    """The entries that the actor may see: drafts only as their filer."""
    return seen_by(work, work.actor)


def seen_by(work: Work, actor: Actor) -> ColumnElement[bool]:
    """The entries that somebody with these grants may see."""
    mine = _filed(actor)
    seen = [_by_grant(work, grant) for grant in actor.grants]
    if actor.grants:
        seen.append(and_(mine, ~hidden))
    if actor.has(Role.OVERSIGHT):
        seen.append(and_(mine, entries.c.group_key.is_(None)))
    return or_(and_(_drafted, mine), and_(~_drafted, or_(*seen) if seen else false()))


def _filed(actor: Actor) -> ColumnElement[bool]:
    """What the actor filed as what the actor still is, in no region that the actor answers for."""
    if not actor.member_id:
        return false()
    still = [among(entries.c.group_key, actor.groups())] if actor.groups() else []
    if actor.has(Role.OFFICE) or actor.has(Role.OVERSIGHT):
        still.append(entries.c.group_key.is_(None))
    if not still:
        return false()
    return and_(entries.c.filer_id == actor.member_id, or_(*still), _elsewhere(actor))


def _by_grant(work: Work, grant: Grant) -> ColumnElement[bool]:
    match grant.role:
        case Role.INSPECTOR if grant.group is not None:
            regions = work.world.campaign.group(grant.group).regions
            return or_(
                entries.c.group_key == grant.group,
                and_(~hidden, or_(entries.c.checker == grant.group, among(entries.c.region, regions))),
            )
        case Role.OFFICE:
            return entries.c.track == grant.track
        case Role.CONTACT:
            return and_(entries.c.region == grant.region, _known)
        case Role.TOWNSHIP:
            return and_(entries.c.region == grant.region, entries.c.passed_to == grant.township, _known)
        case Role.OVERSIGHT | Role.CITY_LEADER:
            return ~hidden
        case _:
            return false()


def to_check(actor: Actor) -> ColumnElement[bool]:
    """What waits for the actor's check: its groups', and what its offices check themselves.

    Of a region that the actor answers for there is nothing to check.
    """
    return and_(
        entries.c.state == State.SUBMITTED.value,
        or_(
            among(entries.c.checker, actor.groups()),
            and_(entries.c.checker.is_(None), among(entries.c.track, actor.offices())),
        ),
        _elsewhere(actor),
    )


def _elsewhere(actor: Actor) -> ColumnElement[bool]:
    """That an entry lies in no region that the actor answers for."""
    own = sorted({grant.region for grant in actor.grants if actor.answers_for(grant.region) and grant.region})
    return or_(entries.c.region.is_(None), and_(*(entries.c.region != one for one in own))) if own else true()


def told_of(actor: Actor) -> ColumnElement[bool]:
    """That the actor may know who made a covert visit, or that it was none: see `values.knows_visit`."""
    return or_(
        entries.c.mode != Mode.COVERT.value,
        among(entries.c.group_key, actor.groups()),
        among(entries.c.track, actor.offices()),
        and_(entries.c.group_key.is_(None), _filed(actor)),
    )
