"""The metronome's timetable: what is looked for at every beat. It holds no data."""

from __future__ import annotations

from bot.ledger.desk import Work
from bot.services import (
    assignment,
    checkers,
    covert,
    deputies,
    digest,
    drafts,
    filer_photos,
    groupchat,
    requests,
    seconds,
    secrecy,
    townships,
)


def beat(work: Work) -> int:
    """Everything that has fallen due: the same call at a tick, after an outage, and in a test.

    Gives how many things were done.
    """
    return (
        (
            assignment.settle_due(work)
            + assignment.deputies_due(work)
            + assignment.redeliver_due(work)
            + requests.escalate_due(work)
            + townships.unreviewed_due(work)
            + townships.cut_off_due(work)
            + digest.undelivered_due(work)
            + checkers.digest_due(work)
            + filer_photos.unanswered(work)
            + seconds.held_due(work)
        )
        + deputies.ended_due(work)
        + covert.waiting_due(work)
        + groupchat.sweep(work)
        + drafts.nag_due(work)
        + secrecy.sweep(work)
    )
