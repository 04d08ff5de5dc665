"""What the clock says: everything that has fallen due is told, once, to those whom it still concerns.

The same call at a tick, at the start after a week's outage, and when a test moves the clock. A slot that was
worked off leaves a row; of a missed series only the last one still true goes out; nothing from before
somebody joined (SPEC §3 «Neither lost nor doubled»).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select

from bot.domain.duties import Duty, Slot, SlotKind, last_of_series
from bot.ledger import outbox, people
from bot.ledger.desk import Work
from bot.ledger.outbox import Kind
from bot.ledger.prepared import Prepared
from bot.ledger.reach import BOUNCED
from bot.ledger.tables import occurrences
from bot.services.answering import Toast
from bot.services.duties import days, moves, told
from bot.services.duties.audience import Reader
from bot.services.refusals import NotUnderstood
from bot.services.tenday import reminding as tenday
from bot.services.weekly import reminding as weekly

Remind = Callable[[Work, Slot], int]

LOOK_BACK = timedelta(days=12)
"""Slots live shorter than that."""

SNOOZE = "snooze"


def due(work: Work) -> int:
    """Tell what has fallen due; gives how many were told."""
    timetable = days.timetable(work)
    live = [slot for slot in last_of_series(timetable.live(work.now)) if slot.kind is not SlotKind.DIGEST]
    count = _later(work) + _told_others(work, live)
    if not live:
        return count
    done = told.worked_off(work, work.now - LOOK_BACK)
    fresh: list[Slot] = []
    quiet = work.world.hours.quiet(work.local) or not timetable.days.works(work.local.date())
    for slot in live:
        subject = _subject(slot)
        if (subject, slot.at) in done or (quiet and not slot.urgent):
            continue
        told.work_off(work, subject, slot.at)
        if slot.kind is not SlotKind.PROPOSAL and slot.at < told.began(work):
            continue
        fresh.append(slot)
    return count + _tell(work, fresh)


def _subject(slot: Slot) -> str:
    kind, track, _ = slot.series
    key = slot.due.key if slot.due is not None else slot.move.key if slot.move is not None else ""
    return f"{kind}.{slot.kind.value}/{track}/{key}"


def _tell(work: Work, slots: Iterable[Slot]) -> int:
    """Tell what slots ask for; reports and marks of every track are one message a person."""
    timetable = days.timetable(work)
    together: dict[datetime, list[Slot]] = {}
    count = 0
    for slot in slots:
        if slot.kind is SlotKind.PROPOSAL:
            count += moves.propose(work, slot)
        elif slot.due is not None and slot.due.duty is Duty.WEEKLY:
            count += weekly.remind(work, slot, late=timetable.late(slot, work.now))
        elif slot.due is not None and slot.due.duty in (Duty.TEN_DAY, Duty.MARKS):
            together.setdefault(slot.at, []).append(slot)
    for found in together.values():
        count += tenday.remind(work, found, late=timetable.late(found[0], work.now))
    return count


_not_arrived = Prepared(
    select(occurrences.c.subject, occurrences.c.due_at, occurrences.c.recipient).where(
        occurrences.c.kind == BOUNCED
    )
)


def _told_others(work: Work, live: Iterable[Slot]) -> int:
    """A reminder that did not arrive goes to who can be reached instead; nobody else is told twice."""
    rows = _not_arrived.all(work)
    if not rows:
        return 0
    kinds = {row.subject.split(":")[1] for row in rows}
    work.connection.execute(delete(occurrences).where(occurrences.c.kind == BOUNCED))
    again = [
        slot
        for slot in live
        if slot.kind is not SlotKind.LIST
        and slot.due is not None
        and any(
            kind == f"{'weekly' if slot.due.duty is Duty.WEEKLY else 'tenday'}.{slot.kind.value}"
            for kind in kinds
        )
    ]
    return _tell(work, again)


# --- 「已知悉」「1小时后」 ----------------------------------------------------------------------------------

_snoozed = Prepared(
    select(occurrences.c.subject, occurrences.c.due_at, occurrences.c.recipient).where(
        occurrences.c.kind == SNOOZE, occurrences.c.due_at <= bindparam("now")
    )
)

LATER: dict[str, Callable[[Work, str, Reader], int]] = {"weekly": weekly.later, "tenday": tenday.later}
"""Duty → what is said an hour later."""


def know(work: Work, argument: str, chat_id: int, message_id: int) -> Toast:
    """「已知悉」: noted; what was put off by an hour is not said any more, the buttons go."""
    duty, subject = _of_button(argument)
    _forget(work, argument)
    if duty == "weekly":  # a closing day's reminder leads to the draft, too
        params = {"chat_id": chat_id, "message_id": message_id}
        payload = {"method": "editMessageReplyMarkup", "params": params}
        outbox.put(work, chat_id=chat_id, kind=Kind.CALL, payload=payload)
    told.note(work, told.Key("known", subject, _today(work), work.actor.member_id))
    return Toast("calendar.known")


def put_off(work: Work, argument: str) -> Toast:
    """「1小时后」: once more in an hour, if it is not done by then."""
    _of_button(argument)
    _forget(work, argument)
    at = work.now + work.world.duties.snooze
    told.note(work, told.Key(SNOOZE, argument, at, work.actor.member_id))
    return Toast("calendar.later", {"at": work.world.campaign.local(at).isoformat()})


def _of_button(argument: str) -> tuple[str, str]:
    duty, _, subject = argument.partition("/")
    if duty not in LATER:
        raise NotUnderstood(hint="old_button")
    return duty, subject


def _today(work: Work) -> datetime:
    return work.local.replace(hour=0, minute=0, second=0, microsecond=0)


def _forget(work: Work, argument: str) -> None:
    work.connection.execute(
        delete(occurrences).where(
            occurrences.c.kind == SNOOZE,
            occurrences.c.subject == argument,
            occurrences.c.recipient == work.actor.member_id,
        )
    )


def _later(work: Work) -> int:
    count = 0
    for row in _snoozed.all(work, now=work.now):
        work.connection.execute(
            delete(occurrences).where(
                occurrences.c.kind == SNOOZE,
                occurrences.c.subject == row.subject,
                occurrences.c.due_at == row.due_at,
                occurrences.c.recipient == row.recipient,
            )
        )
        member = people.member(work, row.recipient)
        if member is None or member.telegram_id is None or member.left_at is not None:
            continue
        duty, subject = _of_button(row.subject)
        count += LATER[duty](work, subject, Reader(member.id, member.telegram_id, work.now))
    return count
