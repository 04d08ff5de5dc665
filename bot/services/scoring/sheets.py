"""One track's ranking of one period: computed while it is open, frozen with a hash when it is locked."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

import orjson
from sqlalchemy import Row, select, update

from bot.domain.ranking import Place, Standing, TieForLast, ranked, tied_for_last
from bot.domain.scoring import (
    MONTHLY,
    Decision,
    MonthScore,
    Scheme,
    Score,
    score_final,
    score_month,
    score_region,
    score_sums,
    shown,
)
from bot.ledger.desk import Work
from bot.ledger.tables import score_sheets
from bot.services.scoring import items, schemes
from bot.services.scoring.windows import FINAL, Window

CLOSED = ("locked", "published")
"""States in which a sheet takes nothing any more."""


@dataclass(frozen=True, slots=True)
class Board:
    """A ranking as it stands: one row a region, in rank order, the unranked last.

    A row has `region`, `rank`, `total` (text with two places, None when unranked), `parts`, `tied`,
    `last`, `missing`, `status` (`ranked`, `missing`, `excluded`), and `basis` (part → how it came about).
    """

    track: str
    window: Window
    rules: int
    rows: tuple[dict[str, Any], ...]
    undecided: tuple[tuple[str, str], ...] = ()
    tied_for_last: tuple[str, ...] = ()
    """The regions that share the lowest score, and `tie`: what the office decided about just these."""
    tie: str = ""
    state: str = "open"
    notes: tuple[str, ...] = field(default=())


def find(work: Work, track: str, period: str) -> Row[Any] | None:
    """The sheet that stands: the newest one that is not superseded."""
    return work.connection.execute(
        select(score_sheets)
        .where(
            score_sheets.c.track == track,
            score_sheets.c.period == period,
            score_sheets.c.state != "superseded",
        )
        .order_by(score_sheets.c.correction.desc())
        .limit(1)
    ).first()


def published(work: Work, track: str, period: str) -> Row[Any] | None:
    """The published sheet, also while a 更正 is being prepared."""
    return work.connection.execute(
        select(score_sheets)
        .where(
            score_sheets.c.track == track,
            score_sheets.c.period == period,
            score_sheets.c.state == "published",
        )
        .order_by(score_sheets.c.correction.desc())
        .limit(1)
    ).first()


def get(work: Work, sheet_id: int) -> Row[Any] | None:
    """A sheet by id."""
    return work.connection.execute(select(score_sheets).where(score_sheets.c.id == sheet_id)).first()


def numbered(work: Work, track: str, period: str, correction: int) -> Row[Any] | None:
    """The sheet with that number of 更正, whatever became of it."""
    return work.connection.execute(
        select(score_sheets).where(
            score_sheets.c.track == track,
            score_sheets.c.period == period,
            score_sheets.c.correction == correction,
        )
    ).first()


def opened(work: Work, track: str, period: str) -> Row[Any]:
    """The sheet that stands; made when there is none."""
    row = find(work, track, period)
    if row is None:
        work.insert(score_sheets, track=track, period=period, decisions={})
        row = find(work, track, period)
        assert row is not None
    return row


def change(work: Work, row: Row[Any], **values: Any) -> Row[Any] | None:
    """Change a sheet that has not moved since it was read; None when somebody else was first."""
    done = work.connection.execute(
        update(score_sheets)
        .where(score_sheets.c.id == row.id, score_sheets.c.version == row.version)
        .values(version=row.version + 1, **values)
    )
    return get(work, row.id) if done.rowcount else None


def state_of(work: Work, track: str, period: str) -> str:
    """Where a track's period stands: `open` before anything was done."""
    row = find(work, track, period)
    return "open" if row is None else str(row.state)


def board(work: Work, track: str, window: Window, row: Row[Any] | None = None) -> Board:
    """The ranking as it stands: of a locked or published sheet what was locked, else computed now."""
    row = row or find(work, track, window.key)
    if row is not None and row.data is not None:
        return Board(
            track,
            window,
            row.rules,
            tuple(row.data["rows"]),
            state=row.state,
            notes=tuple(row.data["notes"]),
        )
    scheme, number = schemes.scheme_for(work, track, window.key)
    decisions = dict(row.decisions or {}) if row is not None else {}
    state = row.state if row is not None else "open"
    return compute(work, track, window, scheme, number, decisions, state)


def compute(
    work: Work,
    track: str,
    window: Window,
    scheme: Scheme,
    number: int,
    decisions: Mapping[str, Any],
    state: str = "open",
) -> Board:
    """The ranking out of the items that are in the ledger now, and what the office has decided."""
    regions = [region.name for region in work.world.campaign.regions_of(track)]
    tie = decisions.get("tie")
    if window.final:
        return _final(work, track, window, scheme, number, tie, state)
    sums = items.sums(work, track, window.key, scheme)
    if window.monthly:
        totals = published_totals(work, track, window)
        covert = scheme.part_of(MONTHLY).key
        months = [
            score_month(
                region,
                {key: totals[key].get(region) for key in totals},
                sums[region][covert].base,
                scheme,
            )
            for region in regions
        ]
        places = _placed([(one.region, one.total) for one in months], tie)
        by_region = {one.region: _month_row(one) for one in months}
        notes = () if any(one.covert is not None for one in months) else ("no_covert",)
        return _board(track, window, number, places, by_region, state, (), notes)
    scores = score_sums(sums, scheme, _decisions(decisions))
    places = _placed([(one.region, one.total) for one in scores], tie)
    undecided = tuple((one.region, part) for one in scores for part in one.undecided)
    return _board(
        track, window, number, places, {one.region: _row(one) for one in scores}, state, undecided, ()
    )


def _final(
    work: Work,
    track: str,
    window: Window,
    scheme: Scheme,
    number: int,
    tie: Mapping[str, Any] | None,
    state: str,
) -> Board:
    """The final ranking, as the office has chosen; while it has not, nobody has a score."""
    regions = [region.name for region in work.world.campaign.regions_of(track)]
    periods, months = (
        [_totals(row) for row, _ in history(work, track, monthly=monthly)] for monthly in (False, True)
    )
    totals = {
        region: score_final(
            scheme.final, [one.get(region) for one in periods], [one.get(region) for one in months]
        )
        if scheme.final
        else None
        for region in regions
    }
    rows: dict[str, dict[str, Any]] = {
        region: {
            "parts": {},
            "missing": [] if total is not None else [scheme.final.value if scheme.final else "final"],
            "status": "missing" if total is None else "ranked",
            "basis": {},
        }
        for region, total in totals.items()
    }
    return _board(track, window, number, _placed(list(totals.items()), tie), rows, state, (), ())


def _totals(row: Row[Any]) -> dict[str, Decimal | None]:
    return {
        one["region"]: None if one["total"] is None else Decimal(one["total"]) for one in row.data["rows"]
    }


def line_of(work: Work, track: str, window: Window, row: Row[Any] | None, region: str) -> dict[str, Any]:
    """One region's row, without asking what the others come to: the rank only where it is locked."""
    if row is not None and row.data is not None:
        return next(dict(one) for one in row.data["rows"] if one["region"] == region)
    scheme, _ = schemes.scheme_for(work, track, window.key)
    sums = items.sums_of(work, track, window.key, region, scheme)
    if window.monthly:
        totals = published_totals(work, track, window)
        periods = {key: totals[key].get(region) for key in totals}
        month = score_month(region, periods, sums[scheme.part_of(MONTHLY).key].base, scheme)
        found, total = _month_row(month), month.total
    else:
        decisions = _decisions(row.decisions or {}) if row is not None else {}
        averages = {
            part.key: items.average_of(work, track, window.key, part, scheme)
            for part in scheme.parts
            if part.inspected and sums[part.key].base is None
        }
        score = score_region(region, sums, scheme, averages, decisions)
        found, total = _row(score), score.total
    return {**found, "region": region, "rank": None, "total": None if total is None else f"{total:.2f}"}


Placed = tuple[tuple[Place, ...], tuple[str, ...], str]
"""Places, the regions tied for last, and the decision about them that holds."""


def _placed(totals: list[tuple[str, Decimal | None]], decided: Mapping[str, Any] | None) -> Placed:
    """Places; a decision about a tie holds as long as the same regions are tied."""
    places = ranked(totals)
    tied = tied_for_last(places)
    if not tied or decided is None or set(decided["of"]) != set(tied):
        return places, tied, ""
    return ranked(totals, TieForLast(decided["how"])), tied, str(decided["how"])


def _board(
    track: str,
    window: Window,
    number: int,
    placed: Placed,
    rows: Mapping[str, dict[str, Any]],
    state: str,
    undecided: tuple[tuple[str, str], ...],
    notes: tuple[str, ...],
) -> Board:
    places, tied, tie = placed
    return Board(
        track,
        window,
        number,
        tuple(
            {
                "region": place.region,
                "rank": place.rank,
                "total": None if place.total is None else f"{place.total:.2f}",
                "parts": rows[place.region]["parts"],
                "tied": place.tied,
                "last": place.last,
                "missing": rows[place.region]["missing"],
                "status": rows[place.region]["status"],
                "basis": rows[place.region]["basis"],
            }
            for place in places
        ),
        undecided,
        tied,
        tie,
        state,
        notes,
    )


def _row(score: Score) -> dict[str, Any]:
    return {
        "parts": {one.part: None if one.score is None else shown(one.score) for one in score.parts},
        "missing": list(score.missing),
        "status": score.status,
        "basis": {one.part: one.basis for one in score.parts},
    }


def _month_row(score: MonthScore) -> dict[str, Any]:
    def text(value: Fraction | None) -> str | None:
        return None if value is None else shown(value)

    return {
        "parts": {"ten_days": text(score.mean), "covert": text(score.covert)},
        "missing": [] if score.mean is not None else ["ten_days"],
        "status": "ranked" if score.total is not None else "missing",
        "basis": {key: None if value is None else f"{value:.2f}" for key, value in score.periods.items()},
    }


def _decisions(stored: Mapping[str, Any]) -> dict[tuple[str, str], Decision]:
    found = {}
    for key, value in stored.items():
        region, slash, part = key.partition("/")
        if slash:
            mark = value.get("mark")
            found[(region, part)] = Decision(value["how"], None if mark is None else Decimal(mark))
    return found


def published_totals(work: Work, track: str, month: Window) -> dict[str, dict[str, Decimal | None]]:
    """Each published period of a month → region → printed total."""
    found = {}
    for key in month.periods:
        row = published(work, track, key)
        if row is not None:
            found[key] = _totals(row)
    return found


def history(work: Work, track: str, *, monthly: bool) -> list[tuple[Row[Any], Standing]]:
    """A track's published rankings in the order of their periods, as the streaks read them."""
    rows = work.connection.execute(
        select(score_sheets)
        .where(score_sheets.c.track == track, score_sheets.c.state == "published")
        .order_by(score_sheets.c.period, score_sheets.c.correction.desc())
    ).all()
    found: dict[str, Row[Any]] = {}
    for row in rows:
        if row.period != FINAL and (len(row.period) == len("2019-04")) is monthly:
            found.setdefault(row.period, row)
    return [(row, _standing(row)) for row in found.values()]


def final(work: Work, track: str) -> list[tuple[Row[Any], Standing]]:
    """A track's published final ranking, if there is one."""
    row = published(work, track, FINAL)
    return [] if row is None else [(row, _standing(row))]


def _standing(row: Row[Any]) -> Standing:
    rows = row.data["rows"]
    return Standing(
        row.period,
        frozenset(one["region"] for one in rows if one["rank"] is not None),
        frozenset(one["region"] for one in rows if one["last"]),
    )


def frozen(board: Board, scheme: Scheme) -> tuple[dict[str, Any], str]:
    """What is locked, and the SHA-256 over it in canonical JSON."""
    data = {
        "track": board.track,
        "period": board.window.key,
        "rules": schemes.to_json(scheme),
        "rows": list(board.rows),
        "notes": list(board.notes),
    }
    return data, digest(data)


def digest(data: Mapping[str, Any]) -> str:
    """The hash of locked data: the same for the same ranking, whatever the order of keys."""
    return hashlib.sha256(orjson.dumps(data, option=orjson.OPT_SORT_KEYS)).hexdigest()
