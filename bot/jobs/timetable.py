"""The metronome's timetable: what is looked for at every beat. It holds no data."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.ledger.desk import Work
from bot.ledger.engines import out_of_reach
from bot.services import secrecy, upkeep
from bot.services.archive import ending
from bot.services.bulletins import arriving, drafting
from bot.services.counties import assignment, heads, requests, townships
from bot.services.duties import digest
from bot.services.duties import due as duties
from bot.services.field import drafts, filer_photos, groupchat
from bot.services.finding import index as finding
from bot.services.followup import lookback, notices
from bot.services.meetings import preparing
from bot.services.monthreport import writing as monthreport
from bot.services.offices import covert, handed_reports, seconds
from bot.services.operating import alerts, reading
from bot.services.people import deputies
from bot.services.scoring import proposing
from bot.services.warnings import advising, deciding, serving

DUE: tuple[Callable[[Work], int], ...] = (
    assignment.settle_due,
    assignment.deputies_due,
    assignment.redeliver_due,
    requests.escalate_due,
    townships.unreviewed_due,
    townships.cut_off_due,
    filer_photos.unanswered,
    seconds.held_due,
    deputies.ended_due,
    covert.waiting_due,
    handed_reports.reports_due,
    duties.due,
    digest.due,
    heads.new_day_due,
    groupchat.sweep,
    drafts.nag_due,
    secrecy.sweep,
    notices.due,
    lookback.draw_due,
    drafting.due,
    arriving.after_due,
    monthreport.due,
    deciding.held_due,
    deciding.escalate_due,
    serving.unserved_due,
    serving.unsigned_due,
    advising.found_due,
    advising.overdue_due,
    advising.ended_due,
    finding.due,
    advising.escalate_due,
    proposing.due,
    ending.due,
    alerts.backups_due,
    reading.morning_due,
    preparing.due,
    upkeep.due,
)

HOUSEKEEPING = frozenset({groupchat.sweep, secrecy.sweep, upkeep.due, finding.due})
"""What nobody sees, and when does not matter."""


class _Undone(Exception):
    """What was done only to see whether there is anything to do."""


def beat(work: Work, failed: Callable[[str, Exception], None] | None = None) -> int:
    """Everything that has fallen due: the same call at a tick, after an outage, and in a test.

    What one of them cannot do is undone and told to `failed`; the others are done all the same. Without
    `failed` it is raised. Gives how many things were done.

    Raises:
        DBAPIError: the database cannot be had now.
    """
    done = 0
    for due in DUE:
        try:
            with work.savepoint():
                done += due(work)
        except Exception as error:
            if failed is None or out_of_reach(error):
                raise
            failed(f"{due.__module__}.{due.__name__}", error)
    return done


def foresee(work: Work, instant: datetime) -> list[str]:
    """The names of what a beat would do at an instant, if nothing happened before; it is undone at once."""
    found: list[str] = []
    now = work.now
    try:
        with work.savepoint():
            work.now = instant
            for due in DUE:
                if due not in HOUSEKEEPING and _would(due, work):
                    found.append(f"{due.__module__.rpartition('.')[2]}.{due.__name__}")
            raise _Undone
    except _Undone:
        return found
    finally:
        work.now = now


def _would(due: Callable[[Work], int], work: Work) -> bool:
    try:
        return due(work) > 0
    except Exception as error:
        if out_of_reach(error):
            raise
        return True  # the beat itself will say what is wrong
