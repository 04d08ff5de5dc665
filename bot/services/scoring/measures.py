"""结果运用台账: measures proposed from published rankings and warnings, confirmed by named bodies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, delete, select, update

from bot.domain.consequences import LABELS, LADDERS, Measure, MeasureState, Trigger, proposals
from bot.ledger import events
from bot.ledger.desk import Work
from bot.ledger.tables import measures
from bot.services.scoring import sheets


def refresh(work: Work, track: str) -> list[int]:
    """Propose what a track's published rankings lead to now; gives the ids of new proposals.

    What no longer follows falls away; what was confirmed on it goes back to its body.
    """
    fresh: list[int] = []
    for trigger in (Trigger.TEN_DAY_LAST, Trigger.MONTH_LAST, Trigger.FINAL_LAST):
        if trigger is Trigger.FINAL_LAST:
            history = sheets.final(work, track)
        else:
            history = sheets.history(work, track, monthly=trigger is Trigger.MONTH_LAST)
        bases = {
            row.period: {"period": row.period, "sheet": row.id, "correction": row.correction}
            for row, _ in history
        }
        wanted = {
            (one.key, one.region, one.measure.value): one
            for one in proposals(trigger, [standing for _, standing in history])
        }
        fresh += settle(
            work, track, trigger, {key: (one.count, bases[one.key]) for key, one in wanted.items()}
        )
    return fresh


def settle(
    work: Work,
    track: str,
    trigger: Trigger,
    wanted: Mapping[tuple[str, str, str], tuple[int, dict[str, Any]]],
) -> list[int]:
    """Let the measures of one trigger be what follows now; gives the ids of new proposals.

    `wanted`: (what it follows from, region, measure) → the how-manieth time, and its evidence.
    """
    left = dict(wanted)
    for row in _of(work, track, trigger):
        found = left.pop((row.subject, row.region, row.measure), None)
        if found is None:
            _no_longer(work, row)
        elif found[0] != row.times:
            _counted_anew(work, row, *found)
    return [
        propose(work, track, region, trigger, subject, count, Measure(measure), basis)
        for (subject, region, measure), (count, basis) in left.items()
    ]


def propose(
    work: Work,
    track: str,
    region: str,
    trigger: Trigger,
    subject: str,
    count: int,
    measure: Measure,
    basis: dict[str, Any],
) -> int:
    """Write one proposal with its evidence; gives its id."""
    new_id = work.insert(
        measures,
        track=track,
        region=region,
        trigger=trigger.value,
        subject=subject,
        times=count,
        measure=measure.value,
        state=MeasureState.PROPOSED.value,
        basis=basis,
        at=work.now,
    )
    events.record(
        work,
        "measure_proposed",
        data={
            "measure": new_id, "track": track, "region": region, "trigger": trigger.value,
            "subject": subject, "count": count, "what": measure.value, **basis,
        },
    )  # fmt: skip
    return new_id


def _of(work: Work, track: str, trigger: Trigger) -> list[Row[Any]]:
    return list(
        work.connection.execute(
            select(measures).where(measures.c.track == track, measures.c.trigger == trigger.value)
        ).all()
    )


def _no_longer(work: Work, row: Row[Any]) -> None:
    if row.state == MeasureState.PROPOSED and row.times == 0:
        return  # it went back to its body, which has not looked at it yet
    if row.state == MeasureState.PROPOSED:
        work.connection.execute(delete(measures).where(measures.c.id == row.id))
    elif row.state != MeasureState.DROPPED:
        _back(work, row, times=0)
    else:
        return
    events.record(work, "measure_unfounded", data={"measure": row.id})


def _counted_anew(work: Work, row: Row[Any], count: int, basis: dict[str, Any]) -> None:
    if row.state in (MeasureState.CONFIRMED, MeasureState.DONE):
        _back(work, row, times=count, basis=basis)
    else:
        work.connection.execute(
            update(measures)
            .where(measures.c.id == row.id)
            .values(times=count, basis=basis, version=row.version + 1)
        )
    events.record(work, "measure_counted_anew", data={"measure": row.id, "count": count})


def _back(work: Work, row: Row[Any], **values: Any) -> None:
    """What was confirmed goes back to the body that confirmed it."""
    work.connection.execute(
        update(measures)
        .where(measures.c.id == row.id)
        .values(
            state=MeasureState.PROPOSED.value,
            confirmed_by=None,
            confirmed_at=None,
            done_at=None,
            proof=None,
            version=row.version + 1,
            **values,
        )
    )


def get(work: Work, measure_id: int) -> Row[Any] | None:
    """A measure by id."""
    return work.connection.execute(select(measures).where(measures.c.id == measure_id)).first()


def listed(work: Work, *tracks: str) -> list[Row[Any]]:
    """Measures in the order in which they arose; of all tracks when none is named."""
    query = select(measures)
    if tracks:
        query = query.where(measures.c.track.in_(tracks))
    return list(
        work.connection.execute(query.order_by(measures.c.track, measures.c.subject, measures.c.id)).all()
    )


def body_of(row: Row[Any]) -> str:
    """The body that confirms a measure: `office` or `oversight`."""
    return LADDERS[Trigger(row.trigger)].body


def label_of(measure: str) -> str:
    """The official name of a measure."""
    return LABELS[Measure(measure)]
