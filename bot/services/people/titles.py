"""Roles as the texts name them: the scope in words, the role's key, what adds to it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from bot.domain.permissions import Grant, Role
from bot.ledger.desk import Work


def grant_of(row: Row[Any]) -> Grant:
    """A role's or an invitation's row as a grant."""
    return Grant(
        Role(row.role), row.track, row.group_key, row.region, row.township, bool(row.leader), bool(row.deputy)
    )


def title_of(work: Work, one: Grant) -> dict[str, Any]:
    """One role as values for the texts: `scope`, `township`, `role`, `leader`, `deputy`."""
    campaign = work.world.campaign
    scope = one.region or ""
    if one.group is not None:
        scope = campaign.group_title(one.group)
    elif one.role is Role.OFFICE and one.track is not None:
        scope = campaign.track(one.track).office
    return {
        "role": str(one.role),
        "scope": scope,
        "township": one.township or "",
        "leader": one.leader,
        "deputy": one.deputy,
    }
