"""One digest 每日摘要 a person and morning: deadlines in three colours, proof to check, what reached nobody.

SPEC §3: 蓝 the last working day before, 黄 the day itself, 红 the first working day after; one day late also
the leader, three the office. On a day off nothing but what is due that day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any, Final

from sqlalchemy import Row, select

from bot.domain.duties import Slot, Tone, days_late, tone
from bot.domain.entries import OPEN_STATES, State
from bot.domain.permissions import Standing
from bot.ledger.desk import Work
from bot.ledger.outbox import Priority
from bot.ledger.tables import entries, occurrences
from bot.services import views
from bot.services.checking import checkers
from bot.services.counties import digest as undelivered
from bot.services.duties import audience, days, told
from bot.services.duties.audience import Reader
from bot.services.outgoing import Button, Rows, say

TOP: Final = 5
"""So many entries are named, the most urgent first; the rest is counted."""

KIND: Final = "digest"
ORDER: Final = (Tone.RED, Tone.LATE, Tone.YELLOW, Tone.BLUE)
CONTACT: Final = frozenset({Standing.CONTACT})
CHECKER: Final = frozenset({Standing.CHECKER})
OFFICE: Final = frozenset({Standing.OFFICE})


@dataclass(slots=True)
class Page:
    """What one person reads this morning."""

    reader: Reader
    found: dict[int, dict[str, Any]] = field(default_factory=dict)
    unsigned: int = 0
    to_check: int = 0
    undelivered: list[dict[str, Any]] = field(default_factory=list)
    unheard: list[str] = field(default_factory=list)

    @property
    def any(self) -> bool:
        """Whether there is anything to say; cards that wait for a signature alone are no news."""
        return bool(self.found or self.to_check or self.undelivered or self.unheard)


def due(work: Work) -> int:
    """At the digest's hour, once a day; caught up after an outage until the quiet hours. Gives how many."""
    timetable = days.timetable(work)
    slot = timetable.digest(work.local.date())
    if not slot.at <= work.now < slot.until or work.world.hours.quiet(work.local):
        return 0
    if not told.work_off(work, KIND, slot.at):
        return 0
    if slot.at < told.began(work):
        return 0
    late = timetable.late(slot, work.now)
    return sum(_send(work, page, slot, late=late) for page in _pages(work, slot) if page.any)


def _send(work: Work, page: Page, slot: Slot, *, late: bool) -> bool:
    reader = page.reader
    if reader.since >= slot.at:
        return False  # nothing from before somebody joined
    key = told.Key(KIND, "", slot.at, reader.member_id)
    if not told.note(work, key):
        return False
    ordered = sorted(page.found.values(), key=lambda one: (ORDER.index(one["tone"]), -one["late"], one["id"]))
    counts = {name.value: sum(one["tone"] is name for one in ordered) for name in ORDER}
    values = {
        "day": work.local.date().isoformat(),
        "late": late,
        "lines": [{**one, "tone": one["tone"].value} for one in ordered[:TOP]],
        "more": max(0, len(ordered) - TOP),
        "counts": counts,
        "unsigned": page.unsigned,
        "to_check": page.to_check,
        "undelivered": page.undelivered,
        "undelivered_count": sum(line["count"] for line in page.undelivered),
        "unheard": page.unheard,
    }
    only_checks = not (page.found or page.undelivered or page.unheard)
    return say(
        work, reader.chat_id, "calendar.digest", values, buttons=_buttons(page),
        priority=Priority.REMINDER, dedup=key.dedup(), silent=only_checks,
    )  # fmt: skip


def _buttons(page: Page) -> Rows:
    row = []
    if page.found:
        row.append(Button("see_todo", "todo"))
    if page.to_check:
        row.append(Button("one_by_one", "tocheck"))
    return (tuple(row),) if row else ()


# --- what is in it ------------------------------------------------------------------------------------


def _pages(work: Work, slot: Slot) -> Iterable[Page]:
    pages: dict[int, Page] = {}

    def page(reader: Reader) -> Page:
        known = pages.get(reader.member_id)
        if known is None:
            known = pages[reader.member_id] = Page(reader)
        elif reader.since < known.reader.since:
            known.reader = reader
        return known

    today = work.local.date()
    rows = _open(work, today, slot)
    by_region: dict[str, list[Row[Any]]] = {}
    for row in rows:
        by_region.setdefault(row.region, []).append(row)
    for track in work.world.campaign.tracks:
        for one in audience.of_regions(work, track.key, by_region):
            for reader in one.readers:
                for row in by_region[one.owner]:
                    _add(work, page(reader), row, today, CONTACT, from_days=0)
                page(reader).unsigned = sum(row.state == State.ASSIGNED for row in by_region[one.owner])
    if slot.urgent:
        return pages.values()
    for one in audience.of_groups(work, {row.checker for row in rows if row.checker}):
        for row in rows:
            if row.checker == one.owner:
                for reader in one.readers:
                    _add(work, page(reader), row, today, CHECKER, from_days=work.world.duties.leader_days)
    earlier = slot.at - timedelta(seconds=1)  # what waits is no older than its reader
    for track in work.world.campaign.tracks:
        lines = undelivered.lines(work, track.key, slot.at)
        unheard = _unheard(work, track.key)
        for reader in audience.of_office(work, track.key):
            own = page(Reader(reader.member_id, reader.chat_id, earlier))
            own.undelivered += lines
            own.unheard += [name for name in unheard if name not in own.unheard]
            for row in rows:
                if row.track == track.key:
                    _add(work, own, row, today, OFFICE, from_days=work.world.duties.office_days)
    timetable = days.timetable(work)
    before = timetable.digest(timetable.days.before(today)).at
    for person, count in checkers.news(work, before, slot.at):
        page(Reader(person.member_id, person.chat_id, earlier)).to_check += count
    return pages.values()


def _open(work: Work, today: date, slot: Slot) -> Sequence[Row[Any]]:
    """Entries that are owed and whose deadline is near or over; on a day off only today's.

    What was handed over since the digest's hour has just been read as a card.
    """
    timetable = days.timetable(work)
    until = today if slot.urgent else timetable.days.after(today)
    end = timetable.calendar.at(until + timedelta(days=1), time())
    conditions = [
        entries.c.state.in_([state.value for state in OPEN_STATES]),
        entries.c.deadline.is_not(None),
        entries.c.deadline < end,
        entries.c.assigned_at < slot.at,
    ]
    if slot.urgent:
        conditions.append(entries.c.deadline >= timetable.calendar.at(today, time()))
    return work.connection.execute(select(entries).where(*conditions).order_by(entries.c.id)).all()


def _add(
    work: Work, page: Page, row: Row[Any], today: date, having: frozenset[Standing], *, from_days: int
) -> None:
    deadline = work.world.campaign.local(row.deadline).date()
    colour = tone(deadline, today, days.timetable(work).days)
    late = days_late(deadline, today)
    if colour is None or late < from_days or row.id in page.found:
        return
    page.found[row.id] = {
        "id": row.id,
        "number": row.number,
        "place": views.place_of(work, row, having),
        "category": row.category,
        "deadline": work.world.campaign.local(row.deadline).isoformat(),
        "tone": colour,
        "late": late,
    }


def _unheard(work: Work, track: str) -> list[str]:
    """Regions whose last 周报 reminder reached nobody in private."""
    regions = {region.name for region in work.world.campaign.regions_of(track)}
    found = work.connection.execute(
        select(occurrences.c.subject).where(
            occurrences.c.kind == "weekly.unheard",
            occurrences.c.at >= work.now - timedelta(days=1),
        )
    ).scalars()
    names = {subject.partition("/")[2] for subject in found} & regions
    return [region.name for region in work.world.campaign.regions_of(track) if region.name in names]
