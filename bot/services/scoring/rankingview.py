"""「排名」: published rankings, in words and as a picture; all that others see of a region."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import Row, select

from bot.domain.permissions import ScoreAct, may_score
from bot.ledger.desk import Work
from bot.ledger.tables import chats, score_sheets
from bot.services.outgoing import Button, Picture, say
from bot.services.refusals import NotUnderstood, NotYours, ScoreNotNow
from bot.services.scoring import sheets, windows
from bot.services.scoring.windows import Window

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
        buttons=_around(work, row),
        reply_to=message_id,
    )


def _around(work: Work, row: Row[Any]) -> tuple[tuple[Button, ...], ...]:
    """The published rankings before and after this one."""
    rows = work.connection.execute(
        select(score_sheets.c.period).where(
            score_sheets.c.track == row.track, score_sheets.c.state == "published"
        )
    ).scalars()
    ordered = sorted(set(rows), key=lambda key: _order(work, key))
    at = ordered.index(row.period)
    near = [*ordered[max(0, at - 1) : at], *ordered[at + 1 : at + 2]]
    return (
        tuple(
            Button("", "scrank", 0, 0, f"{row.track}.{key}", text=windows.window(work, key).label)
            for key in near
        ),
    )


def values(work: Work, row: Row[Any], window: Window) -> dict[str, Any]:
    """What the words of a published ranking say."""
    return {
        "track": work.world.campaign.track(row.track).name,
        "window": window.values(),
        "kind": window.kind,
        "correction": row.correction,
        "published_at": row.published_at.isoformat() if row.published_at else None,
        "rows": [
            {name: one[name] for name in ("region", "rank", "total", "tied", "last", "status")}
            for one in row.data["rows"]
        ],
        "given": _given(row.data["rows"]),
        "notes": row.data["notes"],
    }


def _given(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found: dict[tuple[str, str], list[str]] = {}
    for one in rows:
        for part, basis in one["basis"].items():
            if basis in GIVEN:
                found.setdefault((part, basis), []).append(one["region"])
    return [{"part": part, "basis": basis, "regions": names} for (part, basis), names in found.items()]


def before(work: Work, row: Row[Any]) -> dict[str, Any]:
    """Region → its rank and total in the published ranking of the same kind before this one."""
    if row.period == windows.FINAL:
        return {}
    history = sheets.history(work, row.track, monthly=len(row.period) == len("2019-04"))
    earlier = [one for one, _ in history if one.period < row.period]
    return {one["region"]: one for one in earlier[-1].data["rows"]} if earlier else {}


def picture(work: Work, row: Row[Any], window: Window) -> Picture:
    """The card of a published ranking: rank, region, parts, total, change, the trend over the periods."""
    previous = before(work, row)
    history = sheets.history(work, row.track, monthly=window.monthly)
    trend = {
        one["region"]: [_total(past, one["region"]) for past, _ in history if past.period <= row.period][-6:]
        for one in row.data["rows"]
    }
    shown = []
    for one in row.data["rows"]:
        past = previous.get(one["region"])
        change = None
        if past and past["total"] is not None and one["total"] is not None:
            change = f"{Decimal(one['total']) - Decimal(past['total']):+.2f}"
        shown.append(
            {
                **{
                    name: one[name] for name in ("region", "rank", "total", "tied", "last", "status", "parts")
                },
                "change": change,
                "trend": trend[one["region"]],
            }
        )
    return Picture(
        "ranking",
        f"ranking:{row.id}:{row.hash}",
        {
            "track": work.world.campaign.track(row.track).name,
            "window": window.values(),
            "kind": window.kind,
            "correction": row.correction,
            "rows": shown,
        },
    )


def _total(row: Row[Any], region: str) -> str | None:
    return next((one["total"] for one in row.data["rows"] if one["region"] == region), None)


def channels(work: Work, track: str) -> list[int]:
    """The channels bound to a track, and the one of the configuration."""
    found = list(
        work.connection.execute(
            select(chats.c.id).where(chats.c.channel_of == track, chats.c.moved_to.is_(None))
        ).scalars()
    )
    given = work.world.campaign.track(track).channel
    return [*found, given] if given and given not in found else found
