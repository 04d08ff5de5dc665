"""The campaign's end: the archive is asked for; once it is made, that the chats are dissolved (SPEC §6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import bindparam, or_, select, update

from bot.domain.entries import OPEN_STATES, State
from bot.domain.permissions import Role
from bot.ledger import events, people
from bot.ledger.desk import Work
from bot.ledger.outbox import Priority
from bot.ledger.people import Reached
from bot.ledger.prepared import Prepared
from bot.ledger.tables import chats, counts, facts, members
from bot.services.duties import days
from bot.services.outgoing import say

AT: Final = time(9, 0)
"""With the morning's digests."""
AGAIN: Final = timedelta(days=7)
"""Asked for once more when it has not been made by then."""
ASKED: Final = "archive"
"""The fact that says how often the archive was asked for, and when it was made."""

_fact = Prepared(select(facts.c.value).where(facts.c.key == bindparam("key")))


def due(work: Work) -> int:
    """Ask the offices and the admins for the archive: on the first working morning after the last day.

    Once more a week later if none was made. Gives how many were asked.
    """
    campaign = work.world.campaign
    if work.local.date() <= campaign.last_day:
        return 0
    known: dict[str, Any] = _fact.scalar(work, key=ASKED) or {}
    if known.get("made") or known.get("asked", 0) >= 2:
        return 0
    slot = 2 if work.now >= _morning(work, AGAIN) else 1 if work.now >= _morning(work, timedelta()) else 0
    if slot <= known.get("asked", 0):
        return 0
    _know(work, {**known, "asked": slot})
    asked = 0
    for person, admin in _readers(work):
        values = {"last_day": campaign.last_day.isoformat(), "admin": admin, "again": slot == 2}
        asked += say(
            work,
            person.chat_id,
            "archive.asked",
            {**values, "open": 0 if admin else _still_open(work, person)},
            priority=Priority.REMINDER,
            dedup=f"archive:{campaign.last_day}:{slot}:{person.chat_id}",
        )
    return asked


def _morning(work: Work, later: timedelta) -> datetime:
    campaign = work.world.campaign
    day = days.working_days(work).on_or_after(campaign.last_day + timedelta(days=1) + later)
    return datetime.combine(day, AT, campaign.zone)


def _readers(work: Work) -> list[tuple[Reached, bool]]:
    """Members of the offices, and admins (who are told how); who joined after the end is not asked."""
    found: dict[int, tuple[Reached, bool]] = {}
    for track in work.world.campaign.tracks:
        for person in people.office_of(work, track.key):
            found.setdefault(person.chat_id, (person, False))
    for person in people.holders_of(work, Role.ADMIN):
        found[person.chat_id] = (person, True)
    over = datetime.combine(
        work.world.campaign.last_day + timedelta(days=1), time(0), work.world.campaign.zone
    )
    joined = set(
        work.connection.execute(
            select(members.c.id).where(
                members.c.id.in_([one.member_id for one, _ in found.values()]), members.c.joined_at < over
            )
        ).scalars()
    )
    return [pair for pair in found.values() if pair[0].member_id in joined]


def _still_open(work: Work, person: Reached) -> int:
    """How many entries of an office's tracks are not closed; the counters hold nothing hidden."""
    tracks = people.actor_by_id(work, person.member_id).offices()
    regions = [region.name for track in tracks for region in work.world.campaign.regions_of(track)]
    states = [state.value for state in (*OPEN_STATES, State.SUBMITTED)]
    rows = work.connection.execute(
        select(counts.c.value).where(counts.c.region.in_(regions), counts.c.state.in_(states))
    ).scalars()
    return sum(rows)


def made(
    work: Work,
    *,
    form: str,
    entries: int,
    photos: int,
    papers: int,
    troubles: int,
    regions: int,
    digest: str,
) -> None:
    """Log that an archive was made, and tell the offices and the admins (red lines f, g).

    After the campaign's end the reminder to dissolve the chats follows: what was in them is archived.
    """
    told = {"entries": entries, "photos": photos, "papers": papers, "troubles": troubles, "sha256": digest}
    event_id = events.record(
        work, "archived", body="admin", data={"form": form, "regions": regions, "filter": "all", **told}
    )
    over = work.local.date() > work.world.campaign.last_day
    if over:
        _know(work, {**(_fact.scalar(work, key=ASKED) or {}), "made": work.now.isoformat()})
    everybody = {
        person.chat_id: person
        for group in (
            *(people.office_of(work, track.key) for track in work.world.campaign.tracks),
            people.holders_of(work, Role.ADMIN),
        )
        for person in group
    }
    for person in everybody.values():
        say(
            work,
            person.chat_id,
            "archive.made",
            {**told, "at": work.now.isoformat(), "over": over},
            silent=True,
            dedup=f"archived:{event_id}:{person.chat_id}",
        )
        bound = _bound(work, person) if over else []
        if bound:
            say(
                work,
                person.chat_id,
                "archive.dissolve",
                {"chats": bound},
                priority=Priority.REMINDER,
                dedup=f"dissolve:{event_id}:{person.chat_id}",
            )


def _bound(work: Work, person: Reached) -> Sequence[str]:
    """The titles of the chats that still stand: an office's of its track, an admin's all."""
    actor = people.actor_by_id(work, person.member_id)
    conditions = [
        or_(chats.c.group_key.is_not(None), chats.c.region.is_not(None), chats.c.channel_of.is_not(None)),
        chats.c.unreachable_at.is_(None),
        chats.c.moved_to.is_(None),
    ]
    if not actor.has(Role.ADMIN):
        campaign = work.world.campaign
        tracks = actor.offices()
        regions = [region.name for track in tracks for region in campaign.regions_of(track)]
        groups = [group.key for group in campaign.groups if group.track in tracks]
        conditions.append(
            or_(chats.c.group_key.in_(groups), chats.c.region.in_(regions), chats.c.channel_of.in_(tracks))
        )
    return list(
        work.connection.execute(select(chats.c.title).where(*conditions).order_by(chats.c.id)).scalars()
    )


def _know(work: Work, value: dict[str, Any]) -> None:
    changed = work.connection.execute(update(facts).where(facts.c.key == ASKED).values(value=value))
    if changed.rowcount == 0:
        work.connection.execute(facts.insert().values(key=ASKED, value=value))
