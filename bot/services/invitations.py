"""Invitations 邀请: deep links with a role, a scope, a number of uses and a last day (SPEC §1 «Joining»)."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, select, update

from bot.domain.campaign import UnknownName
from bot.domain.permissions import MAY_INVITE, Role
from bot.ledger import events
from bot.ledger.desk import Work
from bot.ledger.tables import invitations
from bot.services.refusals import BadInvitation, NotYours

TOKEN_BYTES = 18
"""24 characters of a payload's 64: nobody guesses one."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What an invitation grants."""

    role: Role
    track: str | None = None
    group: str | None = None
    region: str | None = None
    township: str | None = None
    leader: bool = False
    deputy: bool = False


class ScopeError(ValueError):
    """A role without the scope it needs, or with a name the campaign does not have."""


def check_scope(work: Work, scope: Scope) -> Scope:
    """The scope completed (a group's or a region's track); raises ScopeError with one clear line."""
    campaign = work.world.campaign
    try:
        match scope.role:
            case Role.INSPECTOR:
                if scope.group is None:
                    raise ScopeError("inspector needs --group TRACK/NUMBER or covert")
                key = scope.group
                if key == "covert":
                    covert = campaign.covert_group()
                    if covert is None:
                        raise ScopeError("the campaign has no covert group")
                    key = covert.key
                group = campaign.group(key)
                return Scope(scope.role, group.track, group.key, leader=scope.leader)
            case Role.CONTACT | Role.TOWNSHIP:
                if scope.region is None:
                    raise ScopeError(f"{scope.role} needs --region NAME")
                region = campaign.region(scope.region)
                if scope.role is Role.TOWNSHIP and not scope.township:
                    raise ScopeError("township needs --township NAME")
                return Scope(scope.role, region.track, None, region.name, scope.township, deputy=scope.deputy)
            case Role.OFFICE:
                if scope.track is None:
                    raise ScopeError("office needs --track KEY")
                return Scope(scope.role, campaign.track(scope.track).key)
            case _:
                return Scope(scope.role)
    except UnknownName as error:
        raise ScopeError(f"the campaign has no {error.args[0]!r}") from None


def token_hash(token: str) -> str:
    """What is kept of a payload."""
    return hashlib.sha256(token.encode()).hexdigest()


def create(
    work: Work, scope: Scope, *, uses: int = 1, name: str = "", post: str = "", days: int | None = None
) -> str:
    """A new invitation; gives the payload of its link, which is not kept.

    Raises:
        NotYours: the actor may not invite to that role or scope (an actor of id 0 is the admin at
            the command line).
        ScopeError: see `check_scope`.
    """
    scope = check_scope(work, scope)
    if work.actor.member_id:
        _may(work, scope)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    stays = timedelta(days=days if days is not None else work.world.invitation_days)
    new_id = work.insert(
        invitations,
        token_hash=token_hash(token),
        role=scope.role.value,
        track=scope.track,
        group_key=scope.group,
        region=scope.region,
        township=scope.township,
        leader=scope.leader,
        deputy=scope.deputy,
        name=name,
        post=post,
        uses=uses,
        created_by=work.actor.member_id or None,
        created_at=work.now,
        expires_at=work.now + stays,
    )
    events.record(
        work,
        "invited",
        body="admin" if not work.actor.member_id else work.actor.grants[0].body,
        data={"invitation": new_id, "role": scope.role.value, "uses": uses},
    )
    return token


def _may(work: Work, scope: Scope) -> None:
    for grant in work.actor.grants:
        if scope.role not in MAY_INVITE.get(grant.role, frozenset()):
            continue
        if grant.role is Role.ADMIN:
            return
        if grant.role is Role.OFFICE and scope.track in (None, grant.track):
            return
        if grant.role is Role.CONTACT and scope.region == grant.region:
            return
    raise NotYours


def find(work: Work, token: str) -> Row[Any]:
    """The invitation behind a payload.

    Raises:
        BadInvitation: unknown, used up, revoked or expired: the same words for all.
    """
    row = work.connection.execute(
        select(invitations).where(invitations.c.token_hash == token_hash(token))
    ).first()
    if row is None or row.revoked_at is not None or row.used >= row.uses or row.expires_at <= work.now:
        raise BadInvitation
    return row


def use(work: Work, row: Row[Any]) -> None:
    """Count one use."""
    work.connection.execute(
        update(invitations).where(invitations.c.id == row.id).values(used=invitations.c.used + 1)
    )
