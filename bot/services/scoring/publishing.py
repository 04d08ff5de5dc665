"""Locking a ranking and publishing it; a published one never changes, a numbered 更正 supersedes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, update

from bot.domain.scoring import Final, Scheme
from bot.ledger import events
from bot.ledger.desk import Work
from bot.ledger.tables import score_sheets
from bot.services.scoring import items, measures, schemes, sheets, windows
from bot.services.scoring.sheets import Board
from bot.services.scoring.windows import Window


class NotPublishable(Exception):
    """A ranking cannot be published now.

    `why` is `published`, `not_over`, `no_scores`, `no_final`, or `awaits` what is `named`.
    """

    def __init__(self, why: str, named: Sequence[str] = ()) -> None:
        super().__init__(why)
        self.why = why
        self.named = tuple(named)


def publish_now(work: Work, track: str, period: str) -> Board:
    """Lock and publish at once, as the admin (`ranking --publish`); nothing is sent to any chat.

    The configuration's 口径 is taken as approved where no office has one.

    Raises:
        UnknownWindow: there is no such period.
        NotPublishable: see there.
    """
    window = windows.window(work, period)
    row = sheets.opened(work, track, period)
    if row.state == "published":
        raise NotPublishable("published")
    if not windows.over(work, window):
        raise NotPublishable("not_over")
    if row.data is None:
        scheme, number = schemes.take_configuration(work, track, period)
        waiting = awaited(work, track, window, scheme)
        if waiting:
            raise NotPublishable("awaits", waiting)
        row = lock(work, row, window, scheme, number, body=items.ADMIN)
    publish(work, row, body=items.ADMIN)
    return sheets.board(work, track, window)


def lock(work: Work, row: Row[Any], window: Window, scheme: Scheme, number: int, *, body: str) -> Row[Any]:
    """Freeze the ranking as it stands, with a hash.

    Raises:
        NotPublishable: no region has a score, or nobody has chosen how the final ranking is made.
    """
    if window.final and scheme.final is None:
        raise NotPublishable("no_final")
    board = sheets.compute(work, row.track, window, scheme, number, row.decisions or {})
    if all(one["rank"] is None for one in board.rows):
        raise NotPublishable("no_scores")
    data, digest = sheets.frozen(board, scheme)
    fresh = sheets.change(work, row, state="locked", locked_at=work.now, rules=number, data=data, hash=digest)
    assert fresh is not None  # read in this very transaction
    items.keep_counted(work, row)
    events.record(
        work,
        "score_locked",
        body=body,
        data={"track": row.track, "period": row.period, "correction": row.correction, "hash": digest},
    )
    return fresh


def publish(work: Work, row: Row[Any], *, body: str, **signed: Any) -> measures.Settled:
    """Publish a locked ranking; gives what becomes of the measures by it."""
    fresh = sheets.change(work, row, state="published", published_at=work.now)
    assert fresh is not None
    work.connection.execute(
        update(score_sheets)
        .where(
            score_sheets.c.track == row.track,
            score_sheets.c.period == row.period,
            score_sheets.c.correction < row.correction,
        )
        .values(state="superseded")
    )
    events.record(
        work,
        "score_published",
        body=body,
        data={
            "track": row.track,
            "period": row.period,
            "correction": row.correction,
            "hash": row.hash,
            "rows": [[one["region"], one["rank"], one["total"]] for one in row.data["rows"]],
            **signed,
        },
    )
    return measures.refresh(work, row.track)


def awaited(work: Work, track: str, window: Window, scheme: Scheme) -> list[str]:
    """The rankings that a month or the final one is made of and that are not published yet, by key.

    A period in which nothing was ever entered is not waited for: it has no score, and drops out. One
    that is being corrected is.
    """
    if window.monthly:
        return [key for key in window.periods if _waits(work, track, key)]
    if not window.final or scheme.final is None:
        return []
    every = windows.all_of(work)
    if scheme.final is Final.PERIODS:
        return [one.key for one in every if not one.monthly and _waits(work, track, one.key)]
    months = [one for one in every if one.monthly and sheets.published_totals(work, track, one)]
    if scheme.final is Final.LAST_MONTH:
        months = months[-1:]
    return [
        one.key
        for one in months
        if sheets.published(work, track, one.key) is None or _waits(work, track, one.key)
    ]


def _waits(work: Work, track: str, key: str) -> bool:
    row = sheets.find(work, track, key)
    if row is not None and (row.state == "published" or row.correction):
        return bool(row.state != "published")
    return items.entered(work, track, key)
