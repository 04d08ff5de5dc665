"""The metronome's timetable: what is looked for at every beat. It holds no data."""

from __future__ import annotations

from collections.abc import Callable

from bot.ledger.desk import Work
from bot.ledger.engines import out_of_reach
from bot.services import (
    assignment,
    checkers,
    covert,
    deputies,
    digest,
    drafts,
    filer_photos,
    groupchat,
    handed,
    requests,
    seconds,
    secrecy,
    townships,
    upkeep,
)

DUE: tuple[Callable[[Work], int], ...] = (
    assignment.settle_due,
    assignment.deputies_due,
    assignment.redeliver_due,
    requests.escalate_due,
    townships.unreviewed_due,
    townships.cut_off_due,
    digest.undelivered_due,
    checkers.digest_due,
    filer_photos.unanswered,
    seconds.held_due,
    deputies.ended_due,
    covert.waiting_due,
    handed.reports_due,
    groupchat.sweep,
    drafts.nag_due,
    secrecy.sweep,
    upkeep.due,
)


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
