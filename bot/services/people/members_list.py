"""Who has joined, for the admin: people with roles and scopes, whether they can be reached; no entries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, and_, select

from bot.domain.permissions import Grant, Role
from bot.ledger import people
from bot.ledger.desk import Work
from bot.ledger.tables import chats, members, roles
from bot.services.people.titles import grant_of

_OF_ROLE: tuple[Column[Any], ...] = (
    roles.c.role,
    roles.c.track,
    roles.c.group_key,
    roles.c.region,
    roles.c.township,
    roles.c.leader,
    roles.c.deputy,
    roles.c.until,
)


@dataclass(frozen=True, slots=True)
class Listed:
    """One person with one role; `state`: `joined`, `joining` (red lines unread), `left`, `unreachable`."""

    number: int
    name: str
    post: str
    role: Role | None
    scope: str
    township: str
    leader: bool
    deputy: bool
    until: datetime | None
    state: str


def members_list(work: Work, *, everybody: bool = False) -> list[Listed]:
    """Everybody with a role in force, weightier roles first; with `everybody` also those who left."""
    rows: Sequence[Any] = work.connection.execute(
        select(
            members.c.id,
            members.c.name,
            members.c.post,
            members.c.left_at,
            members.c.red_lines_at,
            *_OF_ROLE,
            chats.c.unreachable_at,
        )
        .select_from(
            members.outerjoin(
                roles, and_(roles.c.member_id == members.c.id, people.in_force_at(work.now))
            ).outerjoin(chats, chats.c.id == members.c.telegram_id)
        )
        .order_by(members.c.id, roles.c.id)
    ).all()
    found = []
    for row in rows:
        if row.left_at is not None or row.role is None:
            if everybody:
                found.append(Listed(row.id, row.name, row.post, None, "", "", False, False, None, "left"))
            continue
        grant = grant_of(row)
        state = "joining" if row.red_lines_at is None else "unreachable" if row.unreachable_at else "joined"
        found.append(
            Listed(
                row.id, row.name, row.post, grant.role, scope_of(work, grant), row.township or "",
                grant.leader, grant.deputy, row.until, state,
            )
        )  # fmt: skip
    order = list(Role)
    return sorted(
        found, key=lambda one: (one.role is None, order.index(one.role) if one.role else 0, one.scope)
    )


def scope_of(work: Work, grant: Grant) -> str:
    """The scope of a grant in words: a group with its track, a region, an office."""
    campaign = work.world.campaign
    if grant.group is not None:
        return campaign.group_title(grant.group)
    if grant.region is not None:
        return grant.region
    return campaign.track(grant.track).office if grant.track is not None else ""
