"""What falls due next: an outlook on the timetable, for whoever waits or moves the clock (issue «The clock»).

It is an outlook only. What is done, and when, is decided by the due functions of the timetable themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from bot.domain.duties import Duty, SlotKind
from bot.domain.entries import OPEN_STATES, Mode, State
from bot.ledger.desk import Work
from bot.ledger.tables import entries, handed, outbox, proofs, questions, requests, roles
from bot.services.duties import days

FAR = timedelta(days=14)
"""How far the search for an end of working time looks."""


@dataclass(frozen=True, slots=True)
class Upcoming:
    """One thing that falls due: its kind, and the number of the entry that it is about, if any."""

    at: datetime
    kind: str
    number: str | None = None


def upcoming(work: Work, most: int = 24) -> list[Upcoming]:
    """What falls due after now, soonest first."""
    found = (one for source in SOURCES for one in source(work))
    return sorted((one for one in found if one.at > work.now), key=lambda one: (one.at, one.kind))[:most]


def _of_entries(kind: str, column: Any, *where: ColumnElement[bool]) -> Callable[[Work], Iterator[Upcoming]]:
    def source(work: Work) -> Iterator[Upcoming]:
        query: Select[Any] = (
            select(column.label("at"), entries.c.number)
            .where(column > work.now, *where)
            .order_by(column, entries.c.id)
            .limit(1)
        )
        for row in work.connection.execute(query):
            yield Upcoming(row.at, kind, row.number)

    return source


def _deputies(work: Work) -> Iterator[Upcoming]:
    """The end of the four hours in which nobody signed: hours of working days only."""
    row = work.connection.execute(
        select(entries.c.assigned_at, entries.c.number)
        .where(entries.c.state == State.ASSIGNED.value, entries.c.deputy_told_at.is_(None))
        .order_by(entries.c.assigned_at)
        .limit(1)
    ).first()
    if row is None or row.assigned_at is None:
        return
    span = work.world.rules.deputy_after
    low, high = 0, int(FAR.total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        until = row.assigned_at + timedelta(seconds=middle)
        if work.world.working_time(row.assigned_at, until) >= span:
            high = middle
        else:
            low = middle
    yield Upcoming(row.assigned_at + timedelta(seconds=high), "deputy", row.number)


def _covert(work: Work) -> Iterator[Upcoming]:
    span = work.world.rules.escalate_after
    row = work.connection.execute(
        select(entries.c.created_at, entries.c.number)
        .where(
            entries.c.mode == Mode.COVERT.value,
            entries.c.state == State.FILED.value,
            entries.c.handed_over_at.is_(None),
            entries.c.created_at > work.now - span,
        )
        .order_by(entries.c.created_at)
        .limit(1)
    ).first()
    if row is not None:
        yield Upcoming(row.created_at + span, "covert", row.number)


def _requests(work: Work) -> Iterator[Upcoming]:
    span = work.world.rules.escalate_after
    asked = work.connection.execute(
        select(requests.c.at, entries.c.number)
        .join(entries, entries.c.id == requests.c.entry_id)
        .where(requests.c.state == "open", requests.c.at > work.now - span, requests.c.hold_until.is_(None))
        .order_by(requests.c.at)
        .limit(1)
    ).first()
    if asked is not None:
        yield Upcoming(asked.at + span, "request", asked.number)
    held = work.connection.execute(
        select(func.min(requests.c.hold_until)).where(
            requests.c.state == "open", requests.c.hold_until > work.now
        )
    ).scalar()
    if held is not None:
        yield Upcoming(held, "held")


def _handed(work: Work) -> Iterator[Upcoming]:
    row = work.connection.execute(
        select(entries.c.closed_at, entries.c.number)
        .join(handed, handed.c.entry_id == entries.c.id)
        .where(handed.c.reported_at.is_(None), entries.c.closed_at.is_not(None))
        .order_by(entries.c.closed_at)
        .limit(1)
    ).first()
    if row is not None:
        yield Upcoming(row.closed_at + work.world.rules.undo_within, "report", row.number)


def _lent(work: Work) -> Iterator[Upcoming]:
    at = work.connection.execute(
        select(func.min(roles.c.until)).where(roles.c.until > work.now, roles.c.ended_at.is_(None))
    ).scalar()
    if at is not None:
        yield Upcoming(at, "lent")


def _asked(work: Work) -> Iterator[Upcoming]:
    at = work.connection.execute(
        select(func.min(questions.c.expires_at)).where(
            questions.c.state == "open", questions.c.kind == "filer_photo", questions.c.expires_at > work.now
        )
    ).scalar()
    if at is not None:
        yield Upcoming(at, "question")


def _put_off(work: Work) -> Iterator[Upcoming]:
    at = work.connection.execute(
        select(func.min(outbox.c.not_before)).where(
            outbox.c.state == "waiting", outbox.c.not_before > work.now
        )
    ).scalar()
    if at is not None:
        yield Upcoming(at, "message")


def _mornings(work: Work) -> Iterator[Upcoming]:
    """09:00: only where there is something to tell."""
    waiting = work.connection.execute(
        select(func.count()).where(
            (entries.c.undelivered_at.is_not(None))
            | ((entries.c.state == State.SUBMITTED.value) & (entries.c.submitted_at > work.now - FAR))
        )
    ).scalar_one()
    if waiting:
        slot = datetime.combine(work.local.date(), work.world.hours.digest, work.local.tzinfo)
        yield Upcoming(slot if slot > work.local else slot + timedelta(days=1), "digest")


def _unreviewed(work: Work) -> Iterator[Upcoming]:
    row = work.connection.execute(
        select(entries.c.deadline, entries.c.number)
        .join(proofs, proofs.c.entry_id == entries.c.id)
        .where(proofs.c.state == "waiting", entries.c.passed_to.is_not(None), entries.c.deadline > work.now)
        .order_by(entries.c.deadline)
        .limit(1)
    ).first()
    if row is not None:
        yield Upcoming(row.deadline, "township", row.number)


def _calendar(work: Work) -> Iterator[Upcoming]:
    """The next reminder of a duty, the next duty itself, and the next question about a day off.

    «duty.weekly.eve», «duty.weekly.due», «duty.ten_day.proposal».
    """
    timetable = days.timetable(work)
    slot = next((slot for slot in timetable.slots if slot.at > work.now), None)
    if slot is not None:
        about = slot.due.duty if slot.due is not None else slot.move.duty if slot.move is not None else ""
        yield Upcoming(slot.at, f"duty.{about}.{slot.kind}")
    off = (move for move in timetable.proposals if move.duty is Duty.TEN_DAY and move.proposed_at > work.now)
    move = next(off, None)
    if move is not None and (slot is None or slot.move != move):
        yield Upcoming(move.proposed_at, f"duty.{move.duty}.{SlotKind.PROPOSAL}")
    due = next((due for due in timetable.dues if due.due > work.now), None)
    if due is not None:
        yield Upcoming(due.due, f"duty.{due.duty}.due")


_OPEN = entries.c.state.in_([state.value for state in OPEN_STATES])

SOURCES: tuple[Callable[[Work], Iterable[Upcoming]], ...] = (
    _of_entries("settle", entries.c.settle_at),
    _of_entries("nag", entries.c.nag_at),
    _of_entries("deadline", entries.c.deadline, _OPEN),
    _deputies,
    _covert,
    _requests,
    _handed,
    _lent,
    _asked,
    _put_off,
    _mornings,
    _unreviewed,
    _calendar,
)
"""Where to look."""
