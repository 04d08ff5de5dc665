"""What a closed period proposes: points for overdue entries and for late or missing weekly reports.

A person of the office adopts or drops each (SPEC §5); nothing is taken off by itself.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import and_, or_, select

from bot.domain.calendar import Period
from bot.domain.entries import OPEN_STATES, Mode
from bot.domain.scoring import Scheme
from bot.ledger import people
from bot.ledger.desk import Work
from bot.ledger.prepared import Prepared
from bot.ledger.tables import entries, occurrences
from bot.services.scoring import periodcard, schemes, sheets, windows
from bot.services.scoring.deciding import propose_item
from bot.services.weekly import book

KIND: Final = "score_proposals"
FRESH: Final = timedelta(days=3)
"""A period that ended longer ago was closed without this program."""

_proposed = Prepared(
    select(occurrences.c.at)
    .where(occurrences.c.kind == KIND, occurrences.c.subject == "", occurrences.c.recipient == 0)
    .order_by(occurrences.c.due_at.desc())
    .limit(1)
)


def due(work: Work) -> int:
    """Once after each period's end: propose what follows from it; gives how many items."""
    period = next(
        (one for one in reversed(windows.calendar(work).periods) if one.end <= work.now < one.end + FRESH),
        None,
    )
    if period is None:
        return 0
    last = _proposed.scalar(work)
    if last is not None and last >= period.end:
        return 0
    work.connection.execute(
        occurrences.insert().values(kind=KIND, subject="", due_at=period.end, recipient=0, at=work.now)
    )
    return sum(_of_track(work, period, track.key) for track in work.world.campaign.tracks)


def _of_track(work: Work, period: Period, track: str) -> int:
    key = period.key.isoformat()
    if sheets.state_of(work, track, key) != "open":
        return 0
    scheme, _ = schemes.scheme_for(work, track, key)
    done = _overdue(work, period, track, scheme) + _reports(work, period, track, scheme)
    if done:
        periodcard.refresh(work, track, windows.of_period(period))
    return done


def _overdue(work: Work, period: Period, track: str, scheme: Scheme) -> int:
    """Entries that were past their deadline when the period closed, each once a round.

    While no contact can be reached nothing is proposed for lateness (SPEC §2).
    """
    if not scheme.overdue_entry:
        return 0
    rows = work.connection.execute(
        select(entries.c.id, entries.c.number, entries.c.region, entries.c.source, entries.c.round).where(
            entries.c.track == track,
            entries.c.state.in_([state.value for state in OPEN_STATES]),
            entries.c.deadline < period.end,
            entries.c.undelivered_at.is_(None),
            or_(
                entries.c.mode != Mode.COVERT.value,
                and_(entries.c.mode == Mode.COVERT.value, entries.c.handed_over_at.is_not(None)),
            ),
        )
    ).all()
    known = {source for part in scheme.parts for source in part.sources}
    return sum(
        propose_item(
            work,
            track,
            period.key.isoformat(),
            row.region,
            row.source if row.source in known else "group",
            scheme.overdue_entry,
            f"{row.number} 逾期未改",
            dedup=f"overdue:{row.id}:{row.round}",
            entry_id=row.id,
        )
        for row in rows
    )


def _reports(work: Work, period: Period, track: str, scheme: Scheme) -> int:
    """Weekly reports that were due in the period and came late, or not at all."""
    done = 0
    amounts = {"late": scheme.late_report, "missing": scheme.missing_report}
    words = {"late": "周报迟报", "missing": "周报未报"}
    for week in windows.calendar(work).weeks:
        at = book.due_of(work, week, track)
        if not period.start <= at < period.end:
            continue
        for region in work.world.campaign.regions_of(track):
            state = book.get(work, week, region.name).state
            if not amounts.get(state) or not people.contacts_of(work, region.name):
                continue
            done += propose_item(
                work,
                track,
                period.key.isoformat(),
                region.name,
                "reporting",
                amounts[state],
                f"第{week.number}周{words[state]}",
                dedup=f"weekly:{week.key.isoformat()}:{region.name}",
            )
    return done
