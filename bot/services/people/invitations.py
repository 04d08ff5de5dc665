"""Invitations 邀请: deep links with a role, a scope, a number of uses and a last day (SPEC §1 «Joining»)."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, select, update

from bot.domain.campaign import UnknownName
from bot.domain.permissions import MAY_INVITE, Grant, Role
from bot.ledger import events, people
from bot.ledger.desk import Work
from bot.ledger.tables import invitations
from bot.services.people import commands
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
    work: Work,
    scope: Scope,
    *,
    uses: int = 1,
    name: str = "",
    post: str = "",
    unit: str = "",
    days: int | None = None,
    roster_id: int | None = None,
) -> str:
    """A new invitation; gives the payload of its link, which is not kept.

    Raises:
        NotYours: the actor may not invite to that role or scope (an actor of id 0 is the admin at
            the command line).
        ScopeError: see `check_scope`.
    """
    scope = check_scope(work, scope)
    if work.actor.member_id:
        inviting_grant(work, scope)
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
        unit=unit,
        uses=uses,
        created_by=work.actor.member_id or None,
        created_at=work.now,
        expires_at=work.now + stays,
        roster_id=roster_id,
    )
    events.record(
        work,
        "invited",
        body="admin" if not work.actor.member_id else inviting_grant(work, scope).body,
        data={"invitation": new_id, "role": scope.role.value, "uses": uses},
    )
    return token


def inviting_grant(work: Work, scope: Scope) -> Grant:
    """The grant by which the actor may invite to that role and scope (SPEC §1).

    Raises:
        NotYours: there is none.
    """
    for grant in work.actor.grants:
        if scope.role not in MAY_INVITE.get(grant.role, frozenset()):
            continue
        match grant.role:
            case Role.ADMIN:
                return grant
            case Role.OFFICE if scope.track in (None, grant.track):
                return grant
            case Role.CONTACT if scope.region == grant.region:
                return grant
            case _:
                continue
    raise NotYours


def by_token(work: Work, token: str) -> Row[Any] | None:
    """The invitation behind a payload, whatever has become of it."""
    return work.connection.execute(
        select(invitations).where(invitations.c.token_hash == token_hash(token))
    ).first()


def get(work: Work, invitation_id: int | None) -> Row[Any] | None:
    """An invitation by id."""
    if invitation_id is None:
        return None
    return work.connection.execute(select(invitations).where(invitations.c.id == invitation_id)).first()


def usable(work: Work, row: Row[Any] | None) -> Row[Any]:
    """The same invitation, when it still opens the door.

    Raises:
        BadInvitation: unknown, used up, revoked or expired: the same words for all.
    """
    if row is None or row.revoked_at is not None or row.used >= row.uses or row.expires_at <= work.now:
        raise BadInvitation
    return row


def use(work: Work, row: Row[Any]) -> None:
    """Count one use."""
    work.connection.execute(
        update(invitations).where(invitations.c.id == row.id).values(used=invitations.c.used + 1)
    )


def holds(work: Work, member_id: int, invitation: Row[Any]) -> bool:
    """Whether a member has the role of an invitation already."""
    return any(scope_key(role) == scope_key(invitation) for role in people.roles_of(work, member_id))


def scope_key(row: Row[Any]) -> tuple[Any, ...]:
    """What a role's and an invitation's row must have in common to be the same role."""
    return (row.role, row.track, row.group_key, row.region, row.township, bool(row.leader), bool(row.deputy))


def watchers(work: Work, row: Row[Any]) -> list[int]:
    """Private chats that are told of who joined by a link of several uses: the office, else the inviter."""
    if row.role == Role.TOWNSHIP.value and row.created_by is not None:
        inviter = people.member(work, row.created_by)
        if inviter is not None and inviter.left_at is None and inviter.telegram_id is not None:
            return [int(inviter.telegram_id)]
    offices = people.office_of(work, row.track) if row.track else people.holders_of(work, Role.ADMIN)
    return [person.chat_id for person in offices or people.holders_of(work, Role.ADMIN)]


def revoke(work: Work, invitation_id: int) -> None:
    """「作废链接」: nobody joins by it any more.

    Raises:
        NotYours: the actor could not have made it.
        BadInvitation: it is used up, expired or revoked already.
    """
    row = usable(work, get(work, invitation_id))
    inviting_grant(work, scope_of(row))
    work.connection.execute(update(invitations).where(invitations.c.id == row.id).values(revoked_at=work.now))
    events.record(work, "invitation_revoked", body=events.SYSTEM, data={"invitation": row.id})


def revoke_of(work: Work, member_id: int) -> int:
    """Somebody left: the links that they gave out die at once; gives how many."""
    return work.connection.execute(
        update(invitations)
        .where(invitations.c.created_by == member_id, invitations.c.revoked_at.is_(None))
        .where(invitations.c.used < invitations.c.uses, invitations.c.expires_at > work.now)
        .values(revoked_at=work.now)
    ).rowcount


def scope_of(row: Row[Any]) -> Scope:
    """What an invitation's row grants."""
    return Scope(
        Role(row.role), row.track, row.group_key, row.region, row.township, bool(row.leader), bool(row.deputy)
    )


def as_grant(scope: Scope) -> Grant:
    """What an invitation grants, as the grant it will become."""
    return Grant(
        scope.role, scope.track, scope.group, scope.region, scope.township, scope.leader, scope.deputy
    )


def link(work: Work, token: str) -> str:
    """The deep link of a payload."""
    known = commands.bot(work)
    return f"https://t.me/{known['username'] if known else 'NAME'}?start={token}"
