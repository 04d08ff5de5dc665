"""Reminders of the 周报: the eve with the prefilled form, the morning, an hour later, and 「催报」."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.domain.calendar import Week
from bot.domain.duties import Slot, SlotKind
from bot.ledger import people
from bot.ledger.desk import Work
from bot.ledger.outbox import Priority
from bot.services.answering import Toast
from bot.services.duties import audience, boards, days, told
from bot.services.duties.audience import Audience, Reader
from bot.services.outgoing import Button, File, Rows, say
from bot.services.weekly import asking, board, book

KINDS = ("weekly.eve", "weekly.morning", "weekly.later")


def remind(work: Work, slot: Slot, *, late: bool) -> int:
    """A slot of the 周报's series, to those who have not handed in; gives how many were told."""
    due = slot.due
    assert due is not None
    assert due.track is not None
    week = days.timetable(work).calendar.week(due.key)
    assert week is not None
    if slot.kind is SlotKind.LIST:
        for region in work.world.campaign.regions_of(due.track):  # «before ten» is no news any more
            told.silence(work, KINDS, f"{week.key.isoformat()}/{region.name}")
        return board.announce(work, week, due.track)
    lacking = book.lacking(work, week, due.track)
    count = 0
    for one in audience.of_regions(work, due.track, lacking):
        count += _region(work, slot, week, one, lacking[one.owner], late=late)
    return count


def _region(work: Work, slot: Slot, week: Week, one: Audience, lacks: tuple[str, ...], *, late: bool) -> int:
    due = slot.due
    assert due is not None
    kind, subject = f"weekly.{slot.kind.value}", f"{week.key.isoformat()}/{one.owner}"
    told.silence(work, (one for one in KINDS if one != kind), subject)  # what this one replaces
    if one.cut_off:
        return _nobody(work, subject, due.due, one)
    file: File | None = None
    count = 0
    for reader in one.since(slot.at):
        key = told.Key(kind, subject, due.due, reader.member_id)
        if not told.note(work, key):
            continue
        with_form = "table" in lacks and (
            slot.kind is SlotKind.EVE
            or not told.known(work, told.Key("weekly.eve", subject, due.due, reader.member_id))
        )
        if with_form and file is None:
            file = asking.form(work, week, one.owner)
        count += _say(
            work, reader, key, week, one.owner, lacks, due.due,
            file=file if with_form else None, late=late, today=slot.urgent,
        )  # fmt: skip
    return count


def _say(
    work: Work,
    reader: Reader,
    key: told.Key,
    week: Week,
    region: str,
    lacks: tuple[str, ...],
    due: datetime,
    *,
    file: File | None,
    late: bool = False,
    today: bool = False,
    why: str = "",
) -> bool:
    values: dict[str, Any] = {
        "region": region,
        "week": book.printed(work, week),
        "due": work.world.campaign.local(due).isoformat(),
        "over": work.now > due,
        "today": today,
        "lacks": list(lacks),
        "form": file is not None,
        "late": late,
        "why": why,
    }
    return say(
        work, reader.chat_id, "weekly.reminder", values, buttons=buttons(key.subject, today=today),
        priority=Priority.REMINDER, dedup=key.dedup(), file=file, loud=today,
    )  # fmt: skip


def buttons(subject: str, *, today: bool) -> Rows:
    """「已知悉」, and 「1小时后」 on what is due today."""
    row = [Button("known", "known", arg=f"weekly/{subject}")]
    if today:
        row.append(Button("later", "later", arg=f"weekly/{subject}"))
    return (tuple(row),)


def _nobody(work: Work, subject: str, due: datetime, one: Audience) -> int:
    """Nobody of a region can be reached in private: its chat reads that something waits, no more.

    The office's morning list names the region (SPEC §3 «Neither lost nor doubled»).
    """
    told.note(work, told.Key("weekly.unheard", subject, due, told.NOBODY))
    count = 0
    for number, chat_id in enumerate(one.chats):
        key = told.Key("weekly.chat", subject, due, number)
        if told.note(work, key):
            count += say(
                work, chat_id, "county.waiting_in_private", {"count": 1}, priority=Priority.REMINDER,
                dedup=key.dedup(),
            )  # fmt: skip
    return count


def later(work: Work, subject: str, reader: Reader) -> int:
    """An hour is over: once more, to one who has not handed in and asked for it; gives 1 when told."""
    key, _, region = subject.partition("/")
    week = book.week_of_key(work, key)
    if week is None or region not in people.actor_by_id(work, reader.member_id).regions():
        return 0
    report = book.get(work, week, region)
    if report.done:
        return 0
    occurrence = told.Key("weekly.later", subject, work.now, reader.member_id)
    told.note(work, occurrence)
    return int(_say(work, reader, occurrence, week, region, report.lacks, report.due, file=None, today=True))


def urge(work: Work, argument: str) -> Toast:
    """「催报」: one message to each contact of who has not handed in, once a day.

    Raises:
        NotYours: another track's office.
        NotUnderstood: no week there is.
    """
    week, track = boards.of_button(work, argument, book.week_of_key)
    lacking = book.lacking(work, week, track)
    due = book.due_of(work, week, track)
    midnight = work.local.replace(hour=0, minute=0, second=0, microsecond=0)
    count = 0
    for one in audience.of_regions(work, track, lacking):
        for reader in one.readers:
            key = told.Key("weekly.urged", f"{week.key.isoformat()}/{one.owner}", midnight, reader.member_id)
            if not told.note(work, key):
                continue
            file = asking.form(work, week, one.owner) if "table" in lacking[one.owner] else None
            count += _say(work, reader, key, week, one.owner, lacking[one.owner], due, file=file, why="urged")
    return Toast("weekly.urged" if count else "weekly.urged_already", {"count": count})
