"""How many there are: from the counters kept with every move, so that nobody waits for a count (SPEC §6).

The counters hold what everybody may know: what is covert and not handed over is in none of them. Whoever
knows of some of these gets them counted besides, from an index that holds nothing else.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from sqlalchemy import and_, bindparam, func, select

from bot.domain.entries import State
from bot.domain.permissions import Role
from bot.ledger import entries as book
from bot.ledger.desk import Work
from bot.ledger.prepared import Prepared
from bot.ledger.tables import counts, entries
from bot.services import sight
from bot.services.finding import filters, pages
from bot.services.finding.asked import Asked

_all = Prepared(select(counts.c.region, counts.c.state, counts.c.value))


def by_region_and_state(work: Work) -> dict[tuple[str, str], int]:
    """(region, state) → how many entries, drafts and hidden ones in none."""
    return {(row.region, row.state): row.value for row in _all.all(work)}


def counted(work: Work, asked: Asked) -> bool:
    """Whether the counters can tell how long a list is: whole tracks, by region and state alone."""
    return (
        asked.which == "ledger"
        and _whole(work)
        and {kind for kind, _ in asked.filters} <= {"region", "state"}
    )


def _whole(work: Work) -> bool:
    """Whether all that the actor sees besides hidden entries is whole tracks."""
    wide = (Role.OFFICE, Role.OVERSIGHT, Role.CITY_LEADER, Role.ADMIN)
    return filters.wide(work) and all(grant.role in wide for grant in work.actor.grants)


def of(work: Work, asked: Asked) -> int:
    """How many entries a list has; up to `pages.COUNTED` + 1 where they have to be counted."""
    if not counted(work, asked):
        return pages.count(work, asked)
    given = filters.values(work, asked)
    tracks = filters.tracks_of(work.actor, work.world.campaign)
    regions = {one.name for one in work.world.campaign.regions if one.track in tracks}
    known = sum(
        value
        for (region, state), value in by_region_and_state(work).items()
        if region in regions
        and state != State.DRAFT
        and given.get("region") in (None, region)
        and given.get("state") in (None, state)
    )
    return known + _beside(work, asked)


def _beside(work: Work, asked: Asked) -> int:
    """Entries that no counter holds: hidden ones that the actor knows of, void ones without a region."""

    def build(name: str) -> Any:
        stated = [filters.condition(work, asked, kind) for kind, _ in asked.filters]
        return select(func.count()).where(
            parts[name],
            sight.visible(work),
            entries.c.kind == "issue",
            entries.c.state != State.DRAFT.value,
            *stated,
        )

    column = entries.c
    tracks = filters.tracks_of(work.actor, work.world.campaign)
    parts = {"nowhere": and_(column.region.is_(None), ~sight.hidden)}
    # whoever knows of none does not even look: the time tells nothing
    if work.actor.has(Role.OFFICE):
        parts["hidden"] = sight.hidden
    elif work.actor.has(Role.OVERSIGHT):
        parts["hidden"] = and_(column.filer_id == bindparam("me"), sight.hidden)
    if work.actor.has(Role.OFFICE):  # what somebody of an office has filed for another track
        parts["elsewhere"] = and_(
            column.filer_id == bindparam("me"),
            column.group_key.is_(None),
            column.region.is_not(None),
            *(column.track != track for track in tracks),
            ~sight.hidden,
        )
    given = {"me": work.actor.member_id, **filters.values(work, asked)}
    found = 0
    for name in parts:
        statement = pages.prepared(work, asked, (name,), partial(build, name))
        assert statement is not None
        found += int(statement.scalar(work, **given))
    return found


def mend(work: Work) -> None:
    """Write the counters anew from the entries: for a ledger that was filled past the door."""
    work.connection.execute(counts.delete())
    for (region, state), value in book.true_counts(work).items():
        book.count(work, region, State(state), value)
