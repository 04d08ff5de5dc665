"""Stores an older ledger: every row in one transaction, or none; what is there already is passed over."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol

from sqlalchemy import select, update

from bot.domain.entries import OPEN_STATES, State
from bot.domain.world import World
from bot.ledger import entries as book
from bot.ledger import events, people
from bot.ledger.desk import Work
from bot.ledger.tables import entries, proofs, serials
from bot.ledger.tables import events as log
from bot.services.importing.reading import Fault, Taken, Words, understand
from bot.services.outgoing import say

KIND: Final = "imported"
_OURS = re.compile(r"(\D+\d{0,2})-(\d{4})-(\d{2,})")


class Line(Protocol):
    """One row of the workbook."""

    @property
    def row(self) -> int:
        """Its number in the sheet."""

    @property
    def cells(self) -> Mapping[str, Any]:
        """Field → what the cell holds."""


class Refused(Exception):
    """Rows that cannot be taken: nothing was stored."""

    def __init__(self, trial: Trial) -> None:
        super().__init__(f"{len(trial.faults)} faults")
        self.trial = trial


@dataclass
class Trial:
    """What an import would do: rows to be taken, rows that are there already, and what is refused."""

    taken: list[Taken] = field(default_factory=list)
    known: int = 0
    faults: list[Fault] = field(default_factory=list)

    def states(self) -> Mapping[str, int]:
        """State → how many rows."""
        return Counter(one.values["state"] for one in self.taken)

    def regions(self) -> Mapping[str, int]:
        """Region → how many rows."""
        return Counter(one.values["region"] for one in self.taken)

    def owed(self) -> int:
        """How many a county owes: their cards go out."""
        return sum(one.values["state"] in OPEN_STATES for one in self.taken)

    def held(self) -> int:
        """How many covert ones wait for their hand-over."""
        return sum(one.values["mode"] == "covert" and not one.values["handed_over_at"] for one in self.taken)


def understood(world: World, lines: Iterable[Line], words: Words, now: datetime) -> Trial:
    """Every row as an entry, or what is wrong with it; the ledger is not asked yet, nor held up."""
    found = Trial()
    rows: dict[str, int] = {}
    for line in lines:
        one = understand(world, words, line.row, line.cells, now)
        if isinstance(one, list):
            found.faults += one
            continue
        first = rows.setdefault(one.number, one.row)
        if first != one.row:
            found.faults.append(Fault(one.row, "number", one.number, "twice", str(first)))
            continue
        found.taken.append(one)
    return found


def trial(work: Work, read: Trial) -> Trial:
    """The rows compared with what the ledger has; nothing is written."""
    found = Trial(list(read.taken), read.known, list(read.faults))
    there = _there(work, [one.number for one in found.taken])
    fresh = []
    for one in found.taken:
        if one.number not in there:
            fresh.append(one)
        elif there[one.number] == one.digest:
            found.known += 1
        else:
            found.faults.append(Fault(one.row, "number", one.number, "there"))
    found.taken = fresh
    found.faults.sort(key=lambda fault: fault.row)
    return found


def _there(work: Work, numbers: Sequence[str], page: int = 400) -> dict[str, str]:
    """Numbers that the ledger has → the digest of the row that they were imported from, if they were."""
    found: dict[str, str] = {}
    for at in range(0, len(numbers), page):
        rows = work.connection.execute(
            select(entries.c.number, log.c.data)
            .select_from(entries.outerjoin(log, (log.c.entry_id == entries.c.id) & (log.c.kind == KIND)))
            .where(entries.c.number.in_(numbers[at : at + page]))
        ).all()
        found |= {row.number: (row.data or {}).get("digest", "") for row in rows}
    return found


def take(work: Work, read: Trial, *, file: str) -> Trial:
    """Store every row that is not there yet, in one transaction; offices hear of it in one silent line.

    Open ones wait for their cards as if nobody could be reached: they go out in their turn, and nothing is
    proposed for their lateness before. Nobody else is told anything.

    Raises:
        Refused: a row cannot be taken; nothing was stored.
    """
    found = trial(work, read)
    if found.faults:
        raise Refused(found)
    for one in found.taken:
        _store(work, one, file)
    _spend_numbers(work, found.taken)
    if found.taken:
        events.record(work, KIND, body="admin", data={"file": file, "rows": len(found.taken)})
        _tell_offices(work, found, file)
    return found


def _store(work: Work, one: Taken, file: str) -> None:
    state = State(one.values["state"])
    waits = work.now if state in OPEN_STATES else None
    row = book.add(
        work, number=one.number, kind="issue", **one.values, deputy_told_at=waits, undelivered_at=waits
    )
    if state is State.SUBMITTED:
        sent = row.submitted_at or row.assigned_at
        work.insert(proofs, entry_id=row.id, round=row.round, state="submitted", sent_at=sent)
    events.record(
        work,
        KIND,
        entry_id=row.id,
        body="admin",
        to_state=state.value,
        data={"file": file, "row": one.row, "digest": one.digest},
    )
    if not book.facts_of(row).hidden:  # as everywhere: what is hidden is in no counter
        book.count(work, row.region, state, 1)


def _spend_numbers(work: Work, taken: Sequence[Taken]) -> None:
    """The bot's own serials go on behind the numbers that were kept: none is ever given twice."""
    highest: dict[str, int] = {}
    for one in taken:
        match = _OURS.fullmatch(one.number)
        if match is None:
            continue
        day = work.world.campaign.today(one.values["found_at"])
        key = f"{match[1]}-{day.year}{match[2]}"
        highest[key] = max(highest.get(key, 0), int(match[3]))
    for key, value in highest.items():
        known = work.connection.execute(select(serials.c.value).where(serials.c.key == key)).scalar()
        if known is not None:
            work.connection.execute(
                update(serials).where(serials.c.key == key).values(value=max(known, value))
            )
        else:
            work.connection.execute(serials.insert().values(key=key, value=value))


def _tell_offices(work: Work, found: Trial, file: str) -> None:
    campaign = work.world.campaign
    for track in campaign.tracks:
        own = [one for one in found.taken if one.values["track"] == track.key]
        if not own:
            continue
        values = {
            "at": work.now.isoformat(),
            "file": file,
            "rows": len(own),
            "owed": sum(one.values["state"] in OPEN_STATES for one in own),
            "track": track.name,
        }
        for person in people.office_of(work, track.key):
            say(
                work,
                person.chat_id,
                "archive.imported",
                values,
                silent=True,
                dedup=f"imported:{work.now.isoformat()}:{track.key}:{person.chat_id}",
            )
