"""督办通知: one document a region, group and day, at 「收工」 or 18:00, silent (SPEC §2 «Budget»).

What was handed over and stands on no notice yet goes on the next one, once in each round. Nothing is on it
but what the county may read; what was covert 暗访 is sent by the office, with no group and no visit.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Row, and_, bindparam, or_, select

from bot.domain.entries import OPEN_STATES, Mode, State
from bot.domain.permissions import Action, Standing
from bot.ledger import people
from bot.ledger.desk import Work
from bot.ledger.outbox import Priority
from bot.ledger.prepared import Prepared
from bot.ledger.tables import entries, notice_items, notices, occurrences
from bot.services import life
from bot.services.outgoing import Button, File, say
from bot.services.refusals import NotPossible
from bot.services.views.places import place_of, spot_of
from bot.services.views.values import sender_of, what_county_reads

NOTICE: Final = "notice"
"""交办方式 督办通知, the default."""

ONSITE: Final = "onsite"
"""交办方式 现场交办: its paper is the 现场交办单."""

DAY_OVER, SENT = "day_over", "notices"
"""Kinds of occurrence: a group has said 「收工」; what its day had is sent."""

EVERYBODY: Final = "*"
"""The subject of the evening's occurrence: every sender at once."""

LOOKED_BACK: Final = timedelta(days=7)
"""What an outage left over is on the next notice; what is older is no news."""

PROBLEM: Final = 120
"""Characters of a problem on the paper; the whole of it stands on the card."""

_STANDS: Final = tuple(state.value for state in (*OPEN_STATES, State.SUBMITTED))


def day_over(work: Work) -> None:
    """「收工」 of a leader, or of anybody in a group without one: the group's day is over for the notices."""
    for group in work.actor.groups():
        led = any(one.leader for one in people.group_of(work, group))
        if led and not work.actor.leads(group):
            continue
        if not work.world.campaign.group(group).covert:
            _mark(work, DAY_OVER, group)


def due(work: Work) -> int:
    """Send what is due: of groups that have said 「收工」, at 18:00 of everybody; gives how many.

    An entry whose settle time runs is waited for, so that the last find of a day is on its paper.
    """
    if work.local.time() >= work.world.hours.work_to:
        if _marked(work, SENT, EVERYBODY):
            return 0
        _mark(work, SENT, EVERYBODY)
        return _send(work, None)
    sent = 0
    for group in _over(work):
        if _settling(work, group):
            continue
        _mark(work, SENT, group)
        sent += _send(work, group)
    return sent


def _midnight(work: Work) -> datetime:
    return datetime.combine(work.local.date(), time(), work.world.campaign.zone)


def _mark(work: Work, kind: str, subject: str) -> None:
    if not _marked(work, kind, subject):
        work.connection.execute(
            occurrences.insert().values(
                kind=kind, subject=subject, due_at=_midnight(work), recipient=0, at=work.now
            )
        )


_mark_of = Prepared(
    select(occurrences.c.at).where(
        occurrences.c.kind == bindparam("kind"),
        occurrences.c.subject == bindparam("subject"),
        occurrences.c.due_at == bindparam("midnight"),
    )
)


def _marked(work: Work, kind: str, subject: str) -> bool:
    return _mark_of.first(work, kind=kind, subject=subject, midnight=_midnight(work)) is not None


_of_day = Prepared(
    select(occurrences.c.kind, occurrences.c.subject).where(
        or_(occurrences.c.kind == DAY_OVER, occurrences.c.kind == SENT),
        occurrences.c.due_at == bindparam("midnight"),
    )
)


def _over(work: Work) -> list[str]:
    """Groups whose day is over and whose notices are not sent."""
    rows = _of_day.all(work, midnight=_midnight(work))
    sent = {row.subject for row in rows if row.kind == SENT}
    return sorted({row.subject for row in rows if row.kind == DAY_OVER} - sent)


def _settling(work: Work, group: str) -> bool:
    return (
        work.connection.execute(
            select(entries.c.id)
            .where(entries.c.group_key == group, entries.c.settle_at.is_not(None))
            .limit(1)
        ).first()
        is not None
    )


# --- what stands on a notice ------------------------------------------------------------------------------


def _waiting(work: Work, group: str | None) -> list[Row[Any]]:
    """What was handed over by 督办通知 and stands on none yet, in this round."""
    noted = (
        select(notice_items.c.entry_id)
        .where(notice_items.c.entry_id == entries.c.id, notice_items.c.round == entries.c.round)
        .exists()
    )
    open_ = or_(entries.c.mode != Mode.COVERT.value, entries.c.handed_over_at.is_not(None))
    conditions = [
        entries.c.assigned_at >= work.now - LOOKED_BACK,
        entries.c.handling == NOTICE,
        entries.c.state.in_(_STANDS),
        entries.c.region.is_not(None),
        open_,
        ~noted,
    ]
    if group is not None:
        conditions += [entries.c.group_key == group, entries.c.mode != Mode.COVERT.value]
    return list(work.connection.execute(select(entries).where(and_(*conditions))).all())


def _sender_key(row: Row[Any]) -> str:
    """Who sends: the group, or the office for what is covert or of another source."""
    if row.mode == Mode.COVERT or row.group_key is None:
        return f"office:{row.track}"
    return str(row.group_key)


def _send(work: Work, group: str | None) -> int:
    order = {region.name: at for at, region in enumerate(work.world.campaign.regions)}
    rows = sorted(
        _waiting(work, group),
        key=lambda row: (order.get(row.region, 0), _sender_key(row), row.assigned_at, row.id),
    )
    sent = 0
    for (region, sender), found in groupby(rows, key=lambda row: (row.region, _sender_key(row))):
        sent += _one(work, region, sender, list(found))
    return sent


def _one(work: Work, region: str, sender: str, rows: list[Row[Any]]) -> int:
    """One notice; 0 when the day has had it, or nobody can be reached: then it is the next day's."""
    day = work.local.date().isoformat()
    contact = next((one for one in people.contacts_of(work, region) if one.reachable), None)
    had = work.connection.execute(
        select(notices.c.id).where(
            notices.c.region == region, notices.c.sender == sender, notices.c.day == day
        )
    ).first()
    if contact is None or had is not None:
        return 0
    notice_id = work.insert(notices, region=region, sender=sender, day=day, at=work.now)
    for row in rows:
        work.insert(notice_items, entry_id=row.id, round=row.round, notice_id=notice_id)
    values = paper_values(work, region, sender, rows, day)
    say(
        work,
        contact.chat_id,
        "notices.sent",
        {"region": region, "sender": values["sender_short"], "day": day, "count": len(rows)},
        buttons=((Button("one_by_one", "todo"),),),
        file=File(NOTICE, f"督办通知_{region}_{day}.docx", values),
        silent=True,
        priority=Priority.REMINDER,
        dedup=f"notice:{region}:{sender}:{day}",
    )
    return 1


def paper_values(work: Work, region: str, sender: str, rows: Iterable[Row[Any]], day: str) -> dict[str, Any]:
    """What the paper is made of, in the words that the county may read."""
    campaign = work.world.campaign
    office = sender.startswith("office:")
    short = campaign.office_name if office else campaign.group_title(sender)
    return {
        "region": region,
        "you": campaign.region(region).you,
        "office": office,
        "sender": short if office else f"{campaign.name}{short}",
        "sender_short": short,
        "day": day,
        "items": [_item(work, row) for row in rows],
    }


def _item(work: Work, row: Row[Any]) -> dict[str, Any]:
    problem = what_county_reads(row)
    due_at = row.deadline or row.assigned_at
    return {
        "number": row.number,
        "spot": spot_of(work, row) or place_of(work, row),
        "problem": problem if len(problem) <= PROBLEM else problem[: PROBLEM - 1] + "…",
        "due": work.world.campaign.local(due_at).isoformat(),
    }


# --- 现场交办单 -------------------------------------------------------------------------------------------


def slip_button(row: Row[Any]) -> tuple[Button, ...]:
    """「交办单」 of what was handed over on the spot."""
    on_the_spot = row.handling == ONSITE and State(row.state) in OPEN_STATES
    return (Button("slip", "slip", row.id),) if on_the_spot else ()


def slip(work: Work, entry_id: int, chat_id: int, reply_to: int | None) -> None:
    """The 现场交办单 of one entry, for the asker's private chat.

    Raises:
        NoSuchEntry: see `life.load`.
        NotPossible: it was not handed over on the spot.
    """
    row = life.load(work, entry_id, Action.SEE)
    if row.handling != ONSITE or row.assigned_at is None or State(row.state) not in OPEN_STATES:
        raise NotPossible(state=row.state)
    campaign = work.world.campaign
    inside = bool(life.having_of(work, row) - {Standing.CONTACT, Standing.TOWNSHIP})
    short = sender_of(work, row)
    values = {
        **_item(work, row),
        "at": campaign.local(row.assigned_at).isoformat(),
        "region": row.region,
        "sender": short if short == campaign.office_name else f"{campaign.name}{short}",
        "sender_short": short,
    }
    say(
        work,
        chat_id,
        "notices.slip",
        {"number": row.number, "inside": inside},
        file=File("slip", f"现场交办单_{row.number}.docx", values),
        reply_to=reply_to,
        entry_id=row.id,
        silent=True,
    )
