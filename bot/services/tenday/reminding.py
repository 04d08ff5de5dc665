"""Reminders of a closing day 8、18、28: one message a person and slot, whatever the person owes (SPEC §3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from bot.domain.calendar import Period
from bot.domain.duties import Duty, Slot, SlotKind
from bot.domain.permissions import Role
from bot.ledger import people
from bot.ledger.desk import Work
from bot.ledger.outbox import Priority
from bot.services.duties import audience, days, told
from bot.services.duties.audience import Reader
from bot.services.outgoing import Button, Rows, say
from bot.services.tenday import board, standing
from bot.services.tenday.standing import Owed

KINDS = ("tenday.eve", "tenday.morning", "tenday.afternoon", "tenday.later")


def remind(work: Work, slots: Sequence[Slot], *, late: bool) -> int:
    """Slots of one moment, of reports and marks of every track; gives how many were told."""
    first = min(slots, key=lambda slot: slot.due.due if slot.due else slot.at)
    due = first.due
    assert due is not None
    period = days.timetable(work).calendar.period(due.key)
    assert period is not None
    dues = {slot.due.track: slot.due.due for slot in slots if slot.due and slot.due.track}
    tracks = [track.key for track in work.world.campaign.tracks if track.key in dues]
    if first.kind is SlotKind.LIST:
        told.silence(work, KINDS, period.key.isoformat())
        return sum(board.announce(work, period, track) for track in tracks)
    if first.kind is not SlotKind.EVE:
        for track in tracks:
            board.put_up(work, period, track)
    reporting = {slot.due.track for slot in slots if slot.due and slot.due.duty is Duty.TEN_DAY}
    pages: dict[int, tuple[Reader, dict[Owed, datetime]]] = {}
    for track in tracks:
        for owed in standing.owed(work, period, track):
            if "report" in owed.lacks and track not in reporting:
                continue
            for reader in _readers(work, owed.owner):
                known = pages.setdefault(reader.member_id, (reader, {}))[1]
                known[owed] = min(known.get(owed, dues[track]), dues[track])
    kind = f"tenday.{first.kind.value}"
    told.silence(work, (one for one in KINDS if one != kind), period.key.isoformat())
    count = 0
    for reader, found in pages.values():
        key = told.Key(kind, period.key.isoformat(), due.due, reader.member_id)
        if reader.since <= first.at and told.note(work, key):
            count += _say(
                work, reader, key, period, min(found.values()), found, late=late, today=first.urgent
            )
    return count


def _readers(work: Work, owner: str) -> Sequence[Reader]:
    if owner == standing.OVERSIGHT:
        return audience.of_role(work, Role.OVERSIGHT, owner).readers
    return audience.of_groups(work, (owner,))[0].readers


def _say(
    work: Work,
    reader: Reader,
    key: told.Key,
    period: Period,
    due: datetime,
    found: Mapping[Owed, datetime],
    *,
    late: bool,
    today: bool,
) -> bool:
    values = {
        "period": standing.printed(work, period),
        "due": work.world.campaign.local(due).isoformat(),
        "over": work.now > due,
        "today": today,
        "late": late,
        "owed": [
            {
                "title": one.title,
                "lacks": list(one.lacks),
                # an office that moved its time, and one that did not
                "due": None if until == due else work.world.campaign.local(until).isoformat(),
            }
            for one, until in found.items()
        ],
    }
    return say(
        work, reader.chat_id, "tenday.reminder", values, buttons=_buttons(period, found, today=today),
        priority=Priority.REMINDER, dedup=key.dedup(), loud=today,
    )  # fmt: skip


def _buttons(period: Period, found: Iterable[Owed], *, today: bool) -> Rows:
    rows: list[tuple[Button, ...]] = []
    key = period.key.isoformat()
    for one in found:
        if "report" in one.lacks:
            button = Button("tenday_open", "topen", arg=f"{key}/{one.owner}", values={"title": one.title})
            rows.append((button,))
    row = [Button("known", "known", arg=f"tenday/{key}")]
    if today:
        row.append(Button("later", "later", arg=f"tenday/{key}"))
    rows.append(tuple(row))
    return tuple(rows)


def later(work: Work, subject: str, reader: Reader) -> int:
    """An hour is over: once more, to one who still owes something."""
    period = standing.period_of_key(work, subject)
    if period is None:
        return 0
    actor = people.actor_by_id(work, reader.member_id)
    found: dict[Owed, datetime] = {}
    for track in work.world.campaign.tracks:
        for owed in standing.owed(work, period, track.key):
            mine = owed.owner in actor.groups() or (
                owed.owner == standing.OVERSIGHT and actor.has(Role.OVERSIGHT)
            )
            if mine and owed not in found:
                found[owed] = standing.due_of(work, period, track.key)
    if not found:
        return 0
    key = told.Key("tenday.later", subject, work.now, reader.member_id)
    told.note(work, key)
    return int(_say(work, reader, key, period, min(found.values()), found, late=False, today=True))
