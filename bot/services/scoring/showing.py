"""What of a published ranking its reader may see: exactly what was published (SPEC §5, red line (b))."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select

from bot.domain.bulletins import Kind, Stage
from bot.domain.permissions import ScoreAct, may_score
from bot.ledger.desk import Work
from bot.ledger.tables import bulletins
from bot.services.scoring import sheets, windows
from bot.services.scoring.windows import Window

ORDER_ONLY = "order_only"
"""The office's choice among a sheet's decisions."""

PRINTED = (Stage.PUBLISHED, Stage.WITHDRAWN, Stage.SUPERSEDED)


def order_only(work: Work, row: Row[Any]) -> bool:
    """Whether the public has the order of a ranking alone, without totals and parts (FORMS §1.7).

    What the printed bulletin says counts; before there is one, what the office chose for the ranking
    itself, or for the bulletin that it is drafting.
    """
    found = work.connection.execute(
        select(bulletins.c.state, bulletins.c.content)
        .where(
            bulletins.c.track == row.track,
            bulletins.c.key == row.period,
            bulletins.c.kind.in_([Kind.TENDAY.value, Kind.MONTHLY.value]),
        )
        .order_by(bulletins.c.correction.desc())
    ).all()
    printed = [one for one in found if Stage(one.state) in PRINTED]
    chosen = bool((row.decisions or {}).get(ORDER_ONLY))
    return chosen or not all(one.content["scores"] for one in (printed or found)[:1])


def totals(work: Work, row: Row[Any]) -> bool:
    """Whether the actor reads every region's total: it may read their details, or they were published."""
    return may_score(ScoreAct.DETAILS, work.actor, track=row.track) or not order_only(work, row)


def history(work: Work, row: Row[Any]) -> list[Row[Any]]:
    """The published rankings of the same kind up to this one, in their order."""
    if row.period == windows.FINAL:
        return [row]
    monthly = len(row.period) == len("2019-04")
    return [past for past, _ in sheets.history(work, row.track, monthly=monthly) if past.period <= row.period]


def trend(work: Work, row: Row[Any]) -> dict[str, list[str | None]]:
    """Region → its totals up to this ranking, the newest last; None where it had none.

    Its places, as `-3`, where the reader may not see every one of these totals: the higher, the better.
    """
    past = history(work, row)
    by_total = all(totals(work, one) for one in past)
    found: dict[str, list[str | None]] = {one["region"]: [] for one in row.data["rows"]}
    for one in past:
        known = {line["region"]: line for line in one.data["rows"]}
        for region, values in found.items():
            line = known.get(region)
            if line is None or line["rank"] is None:
                values.append(None)
            else:
                values.append(line["total"] if by_total else f"-{line['rank']}")
    return found


def without_covert(rows: Sequence[dict[str, Any]], window: Window) -> dict[str, Any] | None:
    """Whose month was made without a covert mark: `all`, or `regions`; said on the sheet (SPEC §5)."""
    if not window.monthly:
        return None
    scored = [one for one in rows if one["total"] is not None]
    names = [one["region"] for one in scored if one["parts"].get("covert") is None]
    return {"all": len(names) == len(scored), "regions": names} if names else None
