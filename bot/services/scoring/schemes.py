"""The 口径 by number: what the configuration gives, what an office changed, approved, and from when."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, select

from bot.domain.scoring import Final, Part, Scheme, Uninspected
from bot.ledger import events
from bot.ledger.desk import Work
from bot.ledger.tables import score_rules

_DECIMALS = (
    "topic_weight", "ten_days", "covert", "late_report", "missing_report", "overdue_entry", "scale_gap",
)  # fmt: skip


def to_json(scheme: Scheme) -> dict[str, Any]:
    """A scheme as JSON values; decimals as text."""
    found = asdict(scheme)
    for part in found["parts"]:
        part["most"], part["sources"] = str(part["most"]), list(part["sources"])
    for name in _DECIMALS:
        found[name] = str(found[name])
    found["parts"] = list(found["parts"])
    found["uninspected"] = scheme.uninspected.value
    found["final"] = scheme.final.value if scheme.final else None
    return found


def from_json(data: dict[str, Any]) -> Scheme:
    """The scheme that `to_json` wrote."""
    parts = tuple(
        Part(**{**one, "most": Decimal(one["most"]), "sources": tuple(one["sources"])})
        for one in data["parts"]
    )
    return Scheme(
        **{
            **data,
            **{name: Decimal(data[name]) for name in _DECIMALS},
            "parts": parts,
            "uninspected": Uninspected(data["uninspected"]),
            "final": Final(data["final"]) if data["final"] else None,
        }
    )


def approved(work: Work, track: str, period: str | None = None) -> Row[Any] | None:
    """The 口径 in force for a period (its key or a month's), or the newest approved; None before the first.

    A later change holds from the period that it names.
    """
    query = select(score_rules).where(score_rules.c.track == track, score_rules.c.state == "approved")
    if period is not None:
        # a month is scored by what holds at its end: 2019-04 stands before 2019-04-18, so compare the end
        until = period if len(period) > 7 else f"{period}-99"
        query = query.where(score_rules.c.holds_from <= until)
    return work.connection.execute(query.order_by(score_rules.c.number.desc()).limit(1)).first()


def scheme_for(work: Work, track: str, period: str | None = None) -> tuple[Scheme, int]:
    """The scheme that holds for a period, and its number; the configuration's is number 0 (试算)."""
    row = approved(work, track, period)
    return (work.world.scoring, 0) if row is None else (from_json(row.data), int(row.number))


def numbered(work: Work, track: str, number: int) -> Scheme:
    """The scheme with that number."""
    row = work.connection.execute(
        select(score_rules.c.data).where(score_rules.c.track == track, score_rules.c.number == number)
    ).first()
    return work.world.scoring if row is None else from_json(row.data)


def take_configuration(work: Work, track: str, period: str) -> tuple[Scheme, int]:
    """Take the configuration's 口径 as approved, recorded as the admin's (`ranking --publish`).

    One that an office has approved stands; a changed configuration gets the next number and holds
    from this period.
    """
    row = approved(work, track)
    given = to_json(work.world.scoring)
    if row is not None and (row.member_id is not None or row.data == given):
        return scheme_for(work, track, period)
    number = next_number(work, track)
    work.insert(
        score_rules,
        track=track,
        number=number,
        data=given,
        state="approved",
        holds_from="" if row is None else period,
        at=work.now,
        approved_at=work.now,
    )
    events.record(work, "rules_approved", body="admin", data={"track": track, "number": number, **given})
    return scheme_for(work, track, period)


def next_number(work: Work, track: str) -> int:
    """The number of a track's next 口径."""
    last = work.connection.execute(
        select(score_rules.c.number)
        .where(score_rules.c.track == track, score_rules.c.state == "approved")
        .order_by(score_rules.c.number.desc())
        .limit(1)
    ).scalar()
    return int(last or 0) + 1
