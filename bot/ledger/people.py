"""Readings about people: who a Telegram account is, who holds a role, who can be reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, or_, select

from bot.domain.permissions import NOBODY, Actor, Grant, Role
from bot.ledger.desk import Work
from bot.ledger.prepared import Prepared
from bot.ledger.tables import chats, members, roles

_in_force = and_(roles.c.ended_at.is_(None), or_(roles.c.until.is_(None), roles.c.until > bindparam("now")))

_grants = Prepared(
    select(
        members.c.id.label("member_id"),
        members.c.red_lines_at,
        members.c.left_at,
        roles.c.role,
        roles.c.track,
        roles.c.group_key,
        roles.c.region,
        roles.c.township,
        roles.c.leader,
        roles.c.deputy,
    )
    .select_from(members.outerjoin(roles, and_(roles.c.member_id == members.c.id, _in_force)))
    .where(members.c.telegram_id == bindparam("telegram_id"))
)


@dataclass(frozen=True, slots=True)
class Reached:
    """A person who may be written to in private."""

    member_id: int
    chat_id: int
    name: str
    leader: bool
    deputy: bool
    reachable: bool


def _grant(row: Any) -> Grant:
    return Grant(
        Role(row.role), row.track, row.group_key, row.region, row.township, bool(row.leader), bool(row.deputy)
    )


def actor_of(work: Work, telegram_id: int) -> Actor:
    """The actor behind a Telegram account; NOBODY for strangers and for those who left.

    Newcomers who have not acknowledged the red lines hold no grant yet.
    """
    rows = _grants.all(work, telegram_id=telegram_id, now=work.now)
    if not rows or rows[0].left_at is not None:
        return NOBODY
    if rows[0].red_lines_at is None:
        return Actor(rows[0].member_id)
    return Actor(rows[0].member_id, tuple(_grant(row) for row in rows if row.role is not None))


_member = Prepared(select(members).where(members.c.id == bindparam("id")))
_by_telegram = Prepared(select(members).where(members.c.telegram_id == bindparam("telegram_id")))


def actor_by_id(work: Work, member_id: int) -> Actor:
    """The actor with that member id; NOBODY where there is none."""
    found = member(work, member_id)
    return NOBODY if found is None or found.telegram_id is None else actor_of(work, found.telegram_id)


def member(work: Work, member_id: int | None) -> Row[Any] | None:
    """The member's row."""
    if member_id is None:
        return None
    found: Row[Any] | None = _member.first(work, id=member_id)
    return found


def by_telegram(work: Work, telegram_id: int) -> Row[Any] | None:
    """The member's row of a Telegram account, whether in force or not."""
    found: Row[Any] | None = _by_telegram.first(work, telegram_id=telegram_id)
    return found


def _holders(work: Work, *conditions: ColumnElement[bool]) -> Sequence[Reached]:
    rows = work.connection.execute(
        select(
            members.c.id,
            members.c.telegram_id,
            members.c.name,
            roles.c.leader,
            roles.c.deputy,
            chats.c.unreachable_at,
        )
        .select_from(
            roles.join(members, members.c.id == roles.c.member_id).outerjoin(
                chats, chats.c.id == members.c.telegram_id
            )
        )
        .where(
            _in_force,
            members.c.left_at.is_(None),
            members.c.red_lines_at.is_not(None),
            members.c.telegram_id.is_not(None),
            *conditions,
        )
        .order_by(roles.c.deputy, roles.c.granted_at, roles.c.id),
        {"now": work.now},
    ).all()
    seen: dict[int, Reached] = {}
    leaders = {row.id for row in rows if row.leader}  # one's own role, or one that is lent
    for row in rows:
        seen.setdefault(
            row.id,
            Reached(
                row.id,
                row.telegram_id,
                row.name,
                row.id in leaders,
                bool(row.deputy),
                row.unreachable_at is None,
            ),
        )
    return list(seen.values())


def contacts_of(work: Work, region: str) -> Sequence[Reached]:
    """Contacts 县区联系人 of a region: the first one first, deputies last."""
    return _holders(work, roles.c.role == Role.CONTACT.value, roles.c.region == region)


def township_contacts_of(work: Work, region: str, township: str | None = None) -> Sequence[Reached]:
    """Township contacts 乡镇联系人 of a region, or of one township."""
    more = () if township is None else (roles.c.township == township,)
    return _holders(work, roles.c.role == Role.TOWNSHIP.value, roles.c.region == region, *more)


def office_of(work: Work, track: str) -> Sequence[Reached]:
    """Members of a track's office 攻坚办."""
    return _holders(work, roles.c.role == Role.OFFICE.value, roles.c.track == track)


def group_of(work: Work, group_key: str) -> Sequence[Reached]:
    """Members of an inspection group 督查组."""
    return _holders(work, roles.c.role == Role.INSPECTOR.value, roles.c.group_key == group_key)


def holders_of(work: Work, role: Role) -> Sequence[Reached]:
    """Everybody with a role, whatever the scope."""
    return _holders(work, roles.c.role == role.value)


_roles_of = Prepared(
    select(roles).where(_in_force, roles.c.member_id == bindparam("member")).order_by(roles.c.id)
)


def roles_of(work: Work, member_id: int) -> Sequence[Row[Any]]:
    """The role rows of a member that are in force."""
    return _roles_of.all(work, member=member_id, now=work.now)


_chat = Prepared(select(chats).where(chats.c.id == bindparam("id")))


def chat(work: Work, chat_id: int) -> Row[Any] | None:
    """What is known of a chat."""
    found: Row[Any] | None = _chat.first(work, id=chat_id)
    return found


def chats_of_group(work: Work, group_key: str) -> Sequence[int]:
    """Group chats bound to an inspection group."""
    return list(work.connection.execute(select(chats.c.id).where(chats.c.group_key == group_key)).scalars())


def chats_of_region(work: Work, region: str) -> Sequence[int]:
    """Group chats bound to a region."""
    return list(work.connection.execute(select(chats.c.id).where(chats.c.region == region)).scalars())


def in_force_at(now: datetime) -> ColumnElement[bool]:
    """The condition that a role row is in force, for queries elsewhere."""
    return and_(roles.c.ended_at.is_(None), or_(roles.c.until.is_(None), roles.c.until > now))
