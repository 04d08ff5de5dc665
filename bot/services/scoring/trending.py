"""「走势」: how a track's regions went from ranking to ranking, as far as the reader may see it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from bot.domain.permissions import ScoreAct, may_score
from bot.ledger.desk import Work
from bot.services.outgoing import Button, Picture, say
from bot.services.refusals import NotUnderstood, NotYours, ScoreNotNow
from bot.services.scoring import sheets, showing, windows

MOST_PERIODS = 12
"""Rankings of one picture, the newest: a campaign of a hundred days has ten periods."""

MOST_REGIONS = 30
"""Regions of one picture; that there are more is said."""


def press(work: Work, arg: str, chat_id: int, message_id: int | None) -> None:
    """「走势」 under a published ranking.

    Raises:
        ScoreNotNow: there is no such published ranking any more.
    """
    track, _, key = arg.partition(".")
    if track not in {one.key for one in work.world.campaign.tracks} or not windows.known(work, key):
        raise NotUnderstood(hint="old_button")
    if not may_score(ScoreAct.RANKING, work.actor):
        raise NotYours
    row = sheets.published(work, track, key)
    if row is None:
        raise ScoreNotNow(why="none_published", window=windows.current(work).values())
    past = showing.history(work, row)[-MOST_PERIODS:]
    values = _values(work, row, past)
    say(
        work,
        chat_id,
        "scoring.trend",
        {"track": values["track"], "kind": values["kind"], "count": len(past), "more": values["more"]},
        picture=Picture("trend", f"trend:{row.id}:{row.hash}:{values['by_total']:d}", values),
        buttons=((Button("ranking", "scrank", 0, 0, arg),),),
        reply_to=message_id,
    )


def _values(work: Work, row: Row[Any], past: list[Row[Any]]) -> dict[str, Any]:
    by_total = all(showing.totals(work, one) for one in showing.history(work, row))
    found = showing.trend(work, row)
    last = [{one["region"] for one in each.data["rows"] if one["last"]} for each in past]
    shown = row.data["rows"][:MOST_REGIONS]
    return {
        "track": work.world.campaign.track(row.track).name,
        "kind": windows.window(work, row.period).kind,
        "by_total": by_total,
        "windows": [windows.window(work, one.period).values() for one in past],
        "regions": len(row.data["rows"]),
        "more": max(0, len(row.data["rows"]) - MOST_REGIONS),
        "rows": [
            {
                "region": one["region"],
                "rank": one["rank"],
                "values": found[one["region"]][-len(past) :],
                "last": [one["region"] in names for names in last],
            }
            for one in shown
        ],
    }
