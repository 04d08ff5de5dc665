"""结果运用台账: measures proposed from published rankings and warnings, confirmed by named bodies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, delete, select, update

from bot.domain.consequences import LABELS, LADDERS, Measure, MeasureState, Trigger, proposals
from bot.ledger import events
from bot.ledger.desk import Work
from bot.ledger.tables import measures
from bot.services.offices import seconds
from bot.services.scoring import sheets

ACT = "measure"
"""What a second person agrees to about a measure: confirming it, or that it does not apply."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of measures when what they rest on was read anew, by their ids."""

    fresh: tuple[int, ...] = ()
    """Newly proposed."""
    back: tuple[int, ...] = ()
    """Before its body once more: it was decided, or had lost its ground, and that has changed."""
    moved: tuple[int, ...] = ()
    """Fallen away, or with another count or basis: its cards say something else."""

    def __add__(self, other: Settled) -> Settled:
        """Both together."""
        return Settled(self.fresh + other.fresh, self.back + other.back, self.moved + other.moved)


def refresh(work: Work, track: str) -> Settled:
    """Propose what a track's published rankings lead to now.

    What no longer follows falls away; what was confirmed on it goes back to its body.
    """
    done = Settled()
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
        done += settle(
            work, track, trigger, {key: (one.count, bases[one.key]) for key, one in wanted.items()}
        )
    return done


def settle(
    work: Work,
    track: str,
    trigger: Trigger,
    wanted: Mapping[tuple[str, str, str], tuple[int, dict[str, Any]]],
) -> Settled:
    """Let the measures of one trigger be what follows now.

    `wanted`: (what it follows from, region, measure) → the how-manieth time, and its evidence.
    """
    left = dict(wanted)
    back, moved = [], []
    for row in _of(work, track, trigger):
        found = left.pop((row.subject, row.region, row.measure), None)
        went = _no_longer(work, row) if found is None else _counted_anew(work, row, *found)
        if went == "back":
            back.append(row.id)
        elif went == "moved":
            moved.append(row.id)
    fresh = [
        propose(work, track, region, trigger, subject, count, Measure(measure), basis)
        for (subject, region, measure), (count, basis) in left.items()
    ]
    return Settled(tuple(fresh), tuple(back), tuple(moved))


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


def _no_longer(work: Work, row: Row[Any]) -> str:
    """A measure has lost its ground: what was proposed falls away, what was confirmed goes back."""
    if row.state == MeasureState.DROPPED or (row.state == MeasureState.PROPOSED and row.times == 0):
        return ""  # nothing stands on it; or it went back before, and its body has not looked at it yet
    if row.state == MeasureState.PROPOSED:
        seconds.lapse(work, ACT, "measure", row.id)
        work.connection.execute(delete(measures).where(measures.c.id == row.id))
        went = "moved"
    else:
        _back(work, row, 0, row.basis or {})
        went = "back"
    events.record(work, "measure_unfounded", data={"measure": row.id, "state": row.state})
    return went


def _counted_anew(work: Work, row: Row[Any], count: int, basis: dict[str, Any]) -> str:
    """A measure follows: anew for its body where it is another time, or has its ground again."""
    if count == row.times:
        if _same(row.basis, basis):
            return ""
        work.connection.execute(
            update(measures).where(measures.c.id == row.id).values(basis={**(row.basis or {}), **basis})
        )
        return "moved"
    if row.state == MeasureState.PROPOSED and row.times:
        seconds.lapse(work, ACT, "measure", row.id)
        work.connection.execute(
            update(measures)
            .where(measures.c.id == row.id)
            .values(times=count, basis=basis, version=row.version + 1)
        )
        went = "moved"
    else:
        _back(work, row, count, basis)
        went = "back"
    events.record(work, "measure_counted_anew", data={"measure": row.id, "count": count, "state": row.state})
    return went


def _same(kept: dict[str, Any] | None, basis: dict[str, Any]) -> bool:
    return all((kept or {}).get(name) == value for name, value in basis.items())


def _back(work: Work, row: Row[Any], count: int, basis: dict[str, Any]) -> None:
    """What was decided goes back to the body that decided it, which reads what it had been."""
    seconds.lapse(work, ACT, "measure", row.id)
    before = row.state if row.state != MeasureState.PROPOSED else (row.basis or {}).get("was", "")
    work.connection.execute(
        update(measures)
        .where(measures.c.id == row.id)
        .values(
            state=MeasureState.PROPOSED.value,
            times=count,
            basis={**basis, "was": before},
            found=None,
            reason="",
            confirmed_by=None,
            confirmed_at=None,
            done_at=None,
            proof=None,
            version=row.version + 1,
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
