"""What waits for somebody who has lost one role of several: nothing that was meant for it is sent any more.

Cards are not looked at: what they show is decided when they are sent, by the rights that are left.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import orjson
from sqlalchemy import Row, select, update

from bot.domain.permissions import Role
from bot.ledger import people
from bot.ledger.desk import Work
from bot.ledger.outbox import Kind
from bot.ledger.tables import announcements, entries, outbox
from bot.services import sight

_R = Role
EVERYBODY: Final = frozenset({"people", "help", "joining", "chats", "wire", "upkeep", "refusals"})
"""Topics that speak of the person, not of what a role may see."""

MEANT_FOR: Final[Mapping[str, frozenset[Role]]] = MappingProxyType(
    {
        "bulletins": frozenset({_R.OFFICE, _R.CITY_LEADER, _R.CONTACT}),
        "bulletins.own_line": frozenset({_R.CONTACT}),
        "bulletins.taken_down": frozenset({_R.CITY_LEADER, _R.CONTACT}),
        "bulletins.post": frozenset({_R.CITY_LEADER}),
        "bulletins.posted_file": frozenset({_R.CITY_LEADER}),
        "bulletins.sealed_file": frozenset({_R.CITY_LEADER}),
        "county": frozenset({_R.CONTACT, _R.TOWNSHIP}),
        "kits": frozenset({_R.OFFICE}),
        "meetings": frozenset({_R.OFFICE}),
        "monthreport": frozenset({_R.OVERSIGHT}),
        "operating": frozenset({_R.ADMIN}),
        "register": frozenset({_R.OFFICE, _R.CONTACT}),
        "sources": frozenset({_R.OFFICE}),
        "tenday": frozenset({_R.INSPECTOR, _R.OFFICE}),
        "township": frozenset({_R.TOWNSHIP, _R.CONTACT}),
        "weekly": frozenset({_R.CONTACT, _R.OFFICE}),
    }
)
"""Whom the messages of a topic, or one of them, are meant for; of any other topic it may be anybody."""


def withhold(work: Work, row: Row[Any], ended: Sequence[Row[Any]], kept: Sequence[Row[Any]]) -> int:
    """Close what waits and is not, beyond doubt, for a role that is left; gives how many.

    In doubt it is not sent: what it told stands in the ledger for whoever may see it.
    """
    if row.telegram_id is None:
        return 0
    waiting: Sequence[Any] = work.connection.execute(
        select(outbox.c.id, outbox.c.kind, outbox.c.dedup, outbox.c.payload, outbox.c.entry_id).where(
            outbox.c.chat_id == row.telegram_id,
            outbox.c.state == "waiting",
            outbox.c.kind.in_((Kind.TEXT, Kind.CALL)),
        )
    ).all()
    seen = _seen(work, row, [one.entry_id for one in waiting if one.entry_id is not None])
    stopped = [one.id for one in waiting if not _may_go(work, one, ended, kept, seen)]
    if stopped:
        work.connection.execute(
            update(outbox)
            .where(outbox.c.id.in_(stopped))
            .values(state="stale", error="role ended", sent_at=work.now)
        )
    return len(stopped)


def _seen(work: Work, row: Row[Any], ids: Iterable[int]) -> set[int]:
    """Which of these entries the member may still see."""
    wanted = set(ids)
    if not wanted:
        return set()
    actor = people.actor_of(work, row.telegram_id)
    return set(
        work.connection.execute(
            select(entries.c.id).where(entries.c.id.in_(wanted), sight.seen_by(work, actor))
        ).scalars()
    )


def _may_go(
    work: Work, one: Row[Any], ended: Sequence[Row[Any]], kept: Sequence[Row[Any]], seen: set[int]
) -> bool:
    payload = one.payload or {}
    if one.entry_id is not None and one.entry_id not in seen:
        return False
    if one.kind == Kind.CALL and not str(payload.get("method", "")).startswith(("send", "copy")):
        return True
    if one.dedup.startswith("announced:"):
        return _addressed(work, int(one.dedup.split(":")[1]), kept)
    text = str(payload.get("text", ""))
    topic = text.partition(".")[0]
    if one.kind == Kind.TEXT and topic in EVERYBODY:
        return True
    meant = MEANT_FOR.get(text) or MEANT_FOR.get(topic) or frozenset(Role)
    lost, left = ({Role(role.role) for role in roles} & meant for roles in (ended, kept))
    if not left:
        return False
    if not lost or (one.entry_id is not None and left - lost):
        return True
    said = orjson.dumps(payload).decode()
    return _named(work, said, kept) and not _named(work, said, ended)


def _addressed(work: Work, announcement_id: int, kept: Sequence[Row[Any]]) -> bool:
    """Whether a 通知 went to a region or group that the member still belongs to."""
    owners = work.connection.execute(
        select(announcements.c.owners).where(announcements.c.id == announcement_id)
    ).scalar()
    return any(role.region in (owners or ()) or role.group_key in (owners or ()) for role in kept)


def _named(work: Work, said: str, roles: Iterable[Row[Any]]) -> bool:
    """Whether a message names what one of these roles is about: a region, a group, an office's track."""
    return any(word in said for role in roles for word in _words(work, role))


def _words(work: Work, role: Row[Any]) -> list[str]:
    campaign = work.world.campaign
    if role.region:
        return [role.region]
    if role.group_key:
        return [campaign.group_title(role.group_key), f'"{role.group_key}"']
    if role.track:
        track = campaign.track(role.track)
        return [f'"{track.name}"', track.office, f'"{role.track}"']
    return []
