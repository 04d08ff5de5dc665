"""「排名」: published rankings, in words and as a picture; all that others see of a region."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import Row, select

from bot.domain.permissions import ScoreAct, may_score
from bot.ledger.desk import Work
from bot.ledger.tables import chats, score_sheets
from bot.services.outgoing import Button, Picture, Rows, say
from bot.services.refusals import NotUnderstood, NotYours, ScoreNotNow
from bot.services.scoring import sheets, showing, why, windows
from bot.services.scoring.windows import Window

MOST_ROWS = 60
"""Regions that fit a message and a picture that Telegram takes; how many more there are is said."""

GIVEN = frozenset({"average", "granted", "decided"})
"""How a part without a mark came to its score: printed with the ranking (SPEC §5)."""


def latest(work: Work, track: str) -> Row[Any] | None:
    """The newest published ranking of a track: by period, a month after its last one."""
    rows = work.connection.execute(
        select(score_sheets).where(score_sheets.c.track == track, score_sheets.c.state == "published")
    ).all()
    return max(rows, key=lambda row: (_order(work, row.period), row.correction), default=None)


def _order(work: Work, key: str) -> tuple[Any, int]:
    """Rankings by the end of what they are about; a month after its last period, the final one last."""
    window = windows.window(work, key)
    return window.end, ("ten_day", "month", "final").index(window.kind)


def tracks_for(work: Work) -> list[str]:
    """The tracks whose rankings interest the actor most: its own; else all."""
    campaign, actor = work.world.campaign, work.actor
    own = {campaign.region(name).track for name in actor.regions()} | set(actor.offices())
    for key in actor.groups():
        own |= {campaign.region(name).track for name in campaign.group(key).regions}
    return [track.key for track in campaign.tracks if not own or track.key in own]


def command(work: Work, chat_id: int, message_id: int | None) -> None:
    """`/rank`, 「排名」: the newest published ranking of each track of the actor.

    Raises:
        ScoreNotNow: nothing has been published yet.
    """
    if not may_score(ScoreAct.RANKING, work.actor):
        raise NotYours
    found = [row for track in tracks_for(work) if (row := latest(work, track)) is not None]
    for row in found:
        tell(work, row, chat_id, message_id)
    for track in work.actor.offices():
        _offer_period(work, track, chat_id)
    if not found and not work.actor.offices():
        raise ScoreNotNow(why="none_published", window=windows.current(work).values())


def _offer_period(work: Work, track: str, chat_id: int) -> None:
    from bot.services.scoring import periodcard

    periodcard.show(work, track, "", chat_id)


def press(work: Work, arg: str, chat_id: int, message_id: int | None) -> None:
    """「看排名」 under a contact's own line, or another period."""
    track, _, key = arg.partition(".")
    if track not in {one.key for one in work.world.campaign.tracks}:
        raise NotUnderstood(hint="old_button")
    row = sheets.published(work, track, key)
    if row is None:
        raise ScoreNotNow(why="none_published", window=windows.current(work).values())
    tell(work, row, chat_id, message_id)


def tell(work: Work, row: Row[Any], chat_id: int, message_id: int | None) -> None:
    """Send a published ranking with its picture."""
    window = windows.window(work, row.period)
    say(
        work,
        chat_id,
        "scoring.published",
        values(work, row, window),
        picture=picture(work, row, window),
        buttons=_around(work, row, window),
        reply_to=message_id,
    )


def _around(work: Work, row: Row[Any], window: Window) -> Rows:
    """The published rankings before and after this one, how they went, and the reader's own details."""
    rows = work.connection.execute(
        select(score_sheets.c.period).where(
            score_sheets.c.track == row.track, score_sheets.c.state == "published"
        )
    ).scalars()
    ordered = sorted(set(rows), key=lambda key: _order(work, key))
    at = ordered.index(row.period)
    near = [*ordered[max(0, at - 1) : at], *ordered[at + 1 : at + 2]]
    tools = list(why.buttons(work, row.track, row.period))
    if len(showing.history(work, row)) > 1:
        tools.append(Button("trend", "sctrend", 0, 0, f"{row.track}.{row.period}"))
    return (
        tuple(
            Button("", "scrank", 0, 0, f"{row.track}.{key}", text=windows.window(work, key).label)
            for key in near
        ),
        tuple(tools),
    )


def values(work: Work, row: Row[Any], window: Window) -> dict[str, Any]:
    """What the words of a published ranking say to the actor."""
    full = showing.totals(work, row)
    own = work.actor.regions()
    rows = row.data["rows"]
    return {
        "track": work.world.campaign.track(row.track).name,
        "window": window.values(),
        "kind": window.kind,
        "correction": row.correction,
        "published_at": row.published_at.isoformat() if row.published_at else None,
        "rows": [
            {
                **{name: one[name] for name in ("region", "rank", "tied", "last", "status")},
                "total": one["total"] if full or one["region"] in own else None,
            }
            for one in rows[:MOST_ROWS]
        ],
        "more": max(0, len(rows) - MOST_ROWS),
        "order_only": not full,
        "given": _given(rows),
        "no_covert": showing.without_covert(rows, window),
    }


def _given(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found: dict[tuple[str, str], list[str]] = {}
    for one in rows:
        for part, basis in one["basis"].items():
            if basis in GIVEN:
                found.setdefault((part, basis), []).append(one["region"])
    return [{"part": part, "basis": basis, "regions": names} for (part, basis), names in found.items()]


def before(work: Work, row: Row[Any]) -> Row[Any] | None:
    """The published ranking of the same kind before this one."""
    earlier = showing.history(work, row)[:-1]
    return earlier[-1] if earlier else None


def picture(work: Work, row: Row[Any], window: Window) -> Picture:
    """The card of a published ranking as the actor may read it: rank, region, parts, total, change, trend.

    Where the order alone was published: the places, and how many a region rose or fell.
    """
    full = showing.totals(work, row)
    past = before(work, row)
    earlier = {one["region"]: one for one in past.data["rows"]} if past is not None else {}
    by_total = full and past is not None and showing.totals(work, past)
    trend = showing.trend(work, row)
    shown = []
    for one in row.data["rows"][:MOST_ROWS]:
        shown.append(
            {
                **{name: one[name] for name in ("region", "rank", "tied", "last", "status")},
                "total": one["total"] if full else None,
                "parts": one["parts"] if full else {},
                "change": _change(one, earlier.get(one["region"]), by_total=by_total),
                "trend": trend[one["region"]][-6:],
            }
        )
    return Picture(
        "ranking",
        f"ranking:{row.id}:{row.hash}:{'full' if full else 'order'}:{int(by_total)}",
        {
            "track": work.world.campaign.track(row.track).name,
            "window": window.values(),
            "kind": window.kind,
            "correction": row.correction,
            "rows": shown,
            "more": max(0, len(row.data["rows"]) - MOST_ROWS),
            "order_only": not full,
        },
    )


def _change(one: dict[str, Any], past: dict[str, Any] | None, *, by_total: bool) -> str | None:
    """Against the ranking before: points where both totals are the reader's to see, else places."""
    if not past or past["rank"] is None or one["rank"] is None:
        return None
    if by_total:
        return f"{Decimal(one['total']) - Decimal(past['total']):+.2f}"
    return f"{past['rank'] - one['rank']:+d}"


def channels(work: Work, track: str) -> list[int]:
    """The channels bound to a track, and the one of the configuration."""
    found = list(
        work.connection.execute(
            select(chats.c.id).where(chats.c.channel_of == track, chats.c.moved_to.is_(None))
        ).scalars()
    )
    given = work.world.campaign.track(track).channel
    return [*found, given] if given and given not in found else found
