"""Location pins 位置: joined to an entry, its place shown as a guess (SPEC §2 «Intake»)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select

from bot.domain.entries import Mode, State
from bot.domain.permissions import Action, may
from bot.domain.positions import distance
from bot.ledger import events
from bot.ledger.desk import Work
from bot.ledger.outbox import remember_message
from bot.ledger.tables import entries
from bot.services import life
from bot.services.field import filing
from bot.services.incoming import Incoming
from bot.services.outgoing import say
from bot.services.refusals import NotUnderstood, OutsideCity

NEAR_METRES = 1000.0
"""A known place this near is named as a guess."""

LOOKED_AT = 500


def heard(work: Work, incoming: Incoming) -> None:
    """A pin without a reply: it joins the sender's entry of the last ten minutes in this chat.

    Raises:
        NotUnderstood: there is none.
    """
    row = work.connection.execute(
        select(entries)
        .where(
            entries.c.filer_id == work.actor.member_id,
            entries.c.chat_id == incoming.chat_id,
            entries.c.state.not_in((State.VOID.value, State.CLOSED.value)),
            entries.c.touched_at >= work.now - work.world.rules.pin_within,
        )
        .order_by(entries.c.touched_at.desc(), entries.c.id.desc())
        .limit(1)
    ).first()
    if row is None:
        raise NotUnderstood(hint="pin")
    join(work, row, incoming)


def join(work: Work, row: Row[Any], incoming: Incoming) -> None:
    """A pin for an entry: the filer's side sets its position, others' is kept in the history.

    Raises:
        OutsideCity: the pin lies outside the city; it is not used.
    """
    assert incoming.location is not None
    lat, lng = incoming.location
    bounds = work.world.campaign.bounds
    if bounds is not None and not bounds.holds(lat, lng):
        raise OutsideCity
    ours = may(Action.ADD_PHOTO, life.having_of(work, row))
    body = life.body_for(work, row, Action.ADD_PHOTO if ours else Action.REMARK)
    remember_message(work, incoming.chat_id, incoming.message_id, row.id, "part")
    data = {"lat": lat, "lng": lng}
    if not ours:
        events.record(work, "location", entry_id=row.id, body=body, data=data)
        say(
            work, incoming.chat_id, "entry.remarked", {"number": row.number},
            reply_to=incoming.message_id, entry_id=row.id, silent=True,
        )  # fmt: skip
        return
    known = row.lat is not None
    fresh = life.amend(
        work, row, "location", body=body, data=data,
        lat=lat, lng=lng, position_from="pin", **filing.touch(work, row),
    )  # fmt: skip
    if not incoming.private:
        return
    say(
        work, incoming.chat_id, "receipt.pinned",
        {"number": row.number, "guess": guess(work, fresh), "again": known},
        reply_to=incoming.message_id, entry_id=row.id, silent=True, protect=row.mode == Mode.COVERT,
    )  # fmt: skip


def guess(work: Work, row: Row[Any]) -> dict[str, Any] | None:
    """The nearest place that the filer's own group knows a position of: a guess, and how far it is."""
    if row.lat is None:
        return None
    whose = (
        entries.c.group_key == row.group_key
        if row.group_key is not None
        else entries.c.filer_id == row.filer_id
    )
    rows = work.connection.execute(
        select(entries)
        .where(
            whose,
            entries.c.id != row.id,
            entries.c.lat.is_not(None),
            entries.c.township.is_not(None),
            entries.c.mode == Mode.OPEN.value,
            entries.c.state != State.VOID.value,
        )
        .order_by(entries.c.id.desc())
        .limit(LOOKED_AT)
    ).all()
    here = (row.lat, row.lng)
    near = min(((distance(here, (one.lat, one.lng)), one.id, one) for one in rows), default=None)
    if near is None or near[0] > NEAR_METRES:
        return None
    metres, _, one = near
    place = "".join(part for part in (one.region, one.township, one.village) if part)
    return {"place": place, "metres": max(10, round(metres, -1))}
