"""Who is told of a duty: the first who can be reached, and what is left when nobody can (SPEC §3).

A region's contacts, else their deputies, else the region's chat, which reads no more than that something
waits. A group's leader, else its members. An office as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import and_, bindparam, or_, select

from bot.domain.permissions import Role
from bot.ledger import people
from bot.ledger.desk import Work
from bot.ledger.prepared import Prepared
from bot.ledger.tables import chats, members, roles

_everybody = Prepared(
    select(
        members.c.id.label("member_id"),
        members.c.telegram_id.label("chat_id"),
        members.c.joined_at,
        roles.c.region,
        roles.c.group_key,
        roles.c.leader,
        roles.c.deputy,
        roles.c.granted_at,
        chats.c.unreachable_at,
    )
    .select_from(
        roles.join(members, members.c.id == roles.c.member_id).outerjoin(
            chats, chats.c.id == members.c.telegram_id
        )
    )
    .where(
        roles.c.role == bindparam("role"),
        and_(roles.c.ended_at.is_(None), or_(roles.c.until.is_(None), roles.c.until > bindparam("now"))),
        members.c.left_at.is_(None),
        members.c.red_lines_at.is_not(None),
        members.c.telegram_id.is_not(None),
    )
    .order_by(roles.c.deputy, roles.c.granted_at, roles.c.id)
)


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who is told; `since`: when this role was granted."""

    member_id: int
    chat_id: int
    since: datetime


@dataclass(slots=True)
class Audience:
    """Who is told for one owner of a duty; `cut_off`: nobody of it can be reached in private."""

    owner: str
    readers: list[Reader] = field(default_factory=list)
    cut_off: bool = False
    chats: Sequence[int] = ()

    def since(self, instant: datetime) -> list[Reader]:
        """Those who were there at an instant already: nothing from before somebody joined."""
        return [reader for reader in self.readers if reader.since <= instant]


def of_regions(work: Work, track: str, owners: Iterable[str]) -> list[Audience]:
    """The audiences of a track's regions, in the notice's order, those of `owners` only."""
    wanted = set(owners)
    first: dict[str, dict[int, Reader]] = {}
    deputies: dict[str, dict[int, Reader]] = {}
    for row in _everybody.all(work, role=Role.CONTACT.value, now=work.now):
        if row.region in wanted and row.unreachable_at is None:
            into = deputies if row.deputy else first
            known = into.setdefault(row.region, {})
            known.setdefault(row.member_id, Reader(row.member_id, row.chat_id, row.granted_at))
    found = []
    for region in work.world.campaign.regions_of(track):
        if region.name in wanted:
            readers = list((first.get(region.name) or deputies.get(region.name) or {}).values())
            chats_there = () if readers else people.chats_of_region(work, region.name)
            found.append(Audience(region.name, readers, not readers, chats_there))
    return found


def of_groups(work: Work, groups: Iterable[str]) -> list[Audience]:
    """The audiences of inspection groups: their leaders, else all of the group."""
    wanted = tuple(groups)
    leaders: dict[str, dict[int, Reader]] = {}
    all_of: dict[str, dict[int, Reader]] = {}
    for row in _everybody.all(work, role=Role.INSPECTOR.value, now=work.now):
        if row.group_key in wanted and row.unreachable_at is None:
            reader = Reader(row.member_id, row.chat_id, row.granted_at)
            for into in (all_of, leaders) if row.leader else (all_of,):
                into.setdefault(row.group_key, {}).setdefault(row.member_id, reader)
    found = []
    for key in wanted:
        readers = list((leaders.get(key) or all_of.get(key) or {}).values())
        found.append(Audience(key, readers, not readers))
    return found


def of_role(work: Work, role: Role, owner: str) -> Audience:
    """Everybody with a role, whatever the scope."""
    seen: dict[int, Reader] = {}
    for row in _everybody.all(work, role=role.value, now=work.now):
        if row.unreachable_at is None:
            seen.setdefault(row.member_id, Reader(row.member_id, row.chat_id, row.granted_at))
    return Audience(owner, list(seen.values()), not seen)


def of_office(work: Work, track: str) -> list[Reader]:
    """Members of a track's office who can be reached."""
    return [
        Reader(one.member_id, one.chat_id, work.now) for one in people.office_of(work, track) if one.reachable
    ]
