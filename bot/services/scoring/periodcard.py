"""The office's card of one period: who has marked, the ranking so far, and what is to be done next."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, func, select

from bot.domain.permissions import ScoreAct, may_score
from bot.domain.scoring import Uninspected
from bot.ledger.desk import Work
from bot.ledger.tables import cards, requests, score_items, score_objections
from bot.services import faces
from bot.services.outgoing import Button, Rows, Shown, new_card, show_card
from bot.services.refusals import NotUnderstood, NotYours, ScoreNotNow
from bot.services.scoring import entering, marking, publishing, schemes, sheets, showing, windows
from bot.services.scoring.sheets import Board
from bot.services.scoring.windows import UnknownWindow, Window
from bot.services.tenday import board as closing

KIND = "period"

DECIDE = {Uninspected.MISSING.value: "decide_missing_part"}
"""Labels that are not called after the decision."""

Held = tuple[str, Window, Row[Any]]
"""A track, a window of it, and its sheet."""


def subject_of(track: str, key: str) -> str:
    """The subject of the cards of a track's period."""
    return f"{KIND}:{track}:{key}"


def show(work: Work, track: str, key: str, chat_id: int) -> None:
    """Open the card of a period anew; without a key, of the one that the office has to bring to its end.

    Raises:
        NotYours: the actor is not of the track's office.
    """
    if not may_score(ScoreAct.RUN, work.actor, track=track):
        raise NotYours
    if not key:
        key = entering.default_window(work, [track], ("open", "draft", "locked")).key
    if not windows.known(work, key):
        raise NotUnderstood(hint="old_button")
    sheets.opened(work, track, key)
    new_card(work, chat_id, KIND, subject=subject_of(track, key), member_id=work.actor.member_id)


def refresh(work: Work, track: str, window: Window) -> None:
    """Bring every open card of a track's period up to date."""
    subject = subject_of(track, window.key)
    found = work.connection.execute(
        select(cards.c.chat_id).where(cards.c.kind == KIND, cards.c.subject == subject)
    ).scalars()
    for chat_id in list(found):
        show_card(work, chat_id, KIND, subject=subject)
    if not window.monthly:
        closing.refresh(work, window.key, track)


def held(work: Work, sheet_id: int) -> Held:
    """The sheet behind a button, for a member of its office.

    Raises:
        NotYours: it is another office's, or there is none.
        NotUnderstood: it was superseded.
    """
    row = sheets.get(work, sheet_id)
    if row is None or not may_score(ScoreAct.RUN, work.actor, track=row.track):
        raise NotYours
    if row.state == "superseded":
        raise NotUnderstood(hint="old_button")
    return row.track, windows.window(work, row.period), row


def of_others(work: Work, window: Window, *regions: str) -> None:
    """Let a decision about regions pass that the actor answers for none of.

    Raises:
        ScoreNotNow: one of them is the actor's own; the others of the office decide.
    """
    if any(work.actor.answers_for(region) for region in regions):
        raise ScoreNotNow(why="own_region", window=window.values())


@faces.shows(KIND)
def card(work: Work, card_row: Row[Any]) -> Shown | None:
    """The period as it stands; panels: `yard`, `miss`, `props`."""
    _, track, key = card_row.subject.split(":")
    if not may_score(ScoreAct.RUN, work.actor, track=track):
        return None
    try:
        window = windows.window(work, key)
    except UnknownWindow:
        return None
    row = sheets.find(work, track, key)
    if row is None:
        return None
    closed = marking.sealed(work, track, window, row)
    board = None if closed else sheets.board(work, track, window, row)
    match card_row.panel:
        case "yard" if not closed:
            return _yardstick(work, track, window)
        case "miss" if board is not None and row.state in ("open", "draft"):
            return _missing(work, window, row, board)
        case "props":
            return _proposals(work, track, window)
        case _:
            return _main(work, track, window, row, board)


def _main(work: Work, track: str, window: Window, row: Row[Any], board: Board | None) -> Shown:
    waiting = marking.markers(work, track, window)
    objections = open_objections(work, row.id)
    scheme, _ = schemes.scheme_for(work, track, window.key)
    awaited = [windows.window(work, key).label for key in publishing.awaited(work, track, window, scheme)]
    values: dict[str, Any] = {
        "track": work.world.campaign.track(track).name,
        "window": window.values(),
        "state": row.state,
        "correction": row.correction,
        "trial": schemes.approved(work, track) is None,
        "done": sum(one.done for one in waiting),
        "all": len(waiting),
        "waiting": [
            {"title": one.title, "given": one.given, "owed": len(one.regions) if one.by_region else 0}
            for one in waiting
            if not one.done
        ],
        "none": [one.title for one in waiting if one.none],
        "sealed": board is None,
        "rows": [_line(one) for one in board.rows] if board else [],
        "undecided": _by_part(_undecided(board, row)) if board else [],
        "tied": list(board.tied_for_last) if board and not board.tie else [],
        "tie": board.tie if board else "",
        "no_covert": showing.without_covert(board.rows, window) if board else None,
        "objections": objections,
        "until": row.objections_until.isoformat() if row.objections_until else None,
        "hash": (row.hash or "")[:12],
        "published_at": row.published_at.isoformat() if row.published_at else None,
        "proposed": proposed(work, row.id),
        "awaited": awaited if row.state in ("open", "draft") else [],
        "order_only": bool((row.decisions or {}).get(showing.ORDER_ONLY)),
        "reason": row.reason,
    }
    return Shown("scoring.period", values, _buttons(work, track, window, row, board, values), protect=True)


def _line(one: dict[str, Any]) -> dict[str, Any]:
    return {
        name: one[name] for name in ("region", "rank", "total", "tied", "last", "missing", "status", "basis")
    }


def _undecided(board: Board, row: Row[Any]) -> list[dict[str, Any]]:
    """What is to be decided before locking: parts without a mark, by region."""
    decided = row.decisions or {}
    found = [{"region": region, "part": part, "how": ""} for region, part in board.undecided]
    if board.window.kind == "ten_day":
        found += [
            {"region": one["region"], "part": part, "how": ""}
            for one in board.rows
            for part in one["missing"]
            if f"{one['region']}/{part}" not in decided
            and not any(
                key.startswith(f"{one['region']}/") and value.get("how") == "exclude"
                for key, value in decided.items()
                if isinstance(value, dict)
            )
        ]
    return found


def _by_part(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    parts: dict[str, list[str]] = {}
    for one in found:
        parts.setdefault(one["part"], []).append(one["region"])
    return [{"part": part, "regions": regions} for part, regions in parts.items()]


def undecided(work: Work, row: Row[Any], window: Window) -> list[dict[str, Any]]:
    """What stands in the way of locking: regions with a part that nobody has decided about."""
    return _undecided(sheets.board(work, row.track, window, row), row)


def _buttons(
    work: Work, track: str, window: Window, row: Row[Any], board: Board | None, values: dict[str, Any]
) -> Rows:
    at = (row.id, row.version)
    rows: list[tuple[Button, ...]] = []
    pending = _count(
        work,
        score_items,
        score_items.c.track == track,
        score_items.c.period == window.key,
        score_items.c.state == "proposed",
    )
    if row.state == "open":
        if board is None and work.now >= windows.due(work, track, window):
            rows.append((Button("end_marking", "scend", *at),))
        if board is not None:
            rows.append((Button("yardstick", "turn", arg="yard"), Button("send_drafts", "scdraft", *at)))
        rows.append((Button("urge_marks", "scurge", *at),) if board is None else ())
    if row.state in ("open", "draft") and board is not None:
        tools = []
        if window.kind == "ten_day" and (
            board.undecided or any(one["missing"] for one in board.rows) or row.decisions
        ):
            tools.append(Button("decide_missing", "turn", arg="miss"))
        if board.tied_for_last and not any(map(work.actor.answers_for, board.tied_for_last)):
            tools += [Button("tie_all", "sctie", *at, "all"), Button("tie_none", "sctie", *at, "none")]
        rows.append(tuple(tools))
    if pending:
        rows.append((Button("score_proposals", "turn", arg="props", values={"count": pending}),))
    if row.state == "draft":
        rows.append((Button("see_objections", "scobjs", row.id), Button("lock", "sclock", *at)))
    if row.state == "locked" and not values["proposed"]:
        rows.append((Button("send_for_approval", "scsend", *at), Button("unlock", "scunlock", *at)))
        other = ("with_scores", "scores") if values["order_only"] else ("order_only", "order")
        rows.append((Button(other[0], "scshow", *at, other[1]),))
    if row.state == "published":
        rows.append((Button("correct", "sccorrect", *at),))
    elif row.correction and not values["proposed"]:
        rows.append((Button("drop_correction", "scdrop", *at),))
    rows.append(_why_row(work, track, window, board))
    return tuple(found for found in rows if found)


def _why_row(work: Work, track: str, window: Window, board: Board | None) -> tuple[Button, ...]:
    if board is None:
        return ()
    index = [one.key for one in work.world.campaign.tracks].index(track)
    if window.final:
        return ()
    found = [Button("score_details", "scwhy", index, 0, f"?{window.key}")]
    if windows.over(work, windows.window(work, windows.FINAL)):
        found.append(Button("final_ranking", "scperiod", arg=f"{track}.{windows.FINAL}"))
    return tuple(found)


def _count(work: Work, table: Any, *conditions: Any) -> int:
    return int(
        work.connection.execute(select(func.count()).select_from(table).where(*conditions)).scalar_one()
    )


def open_objections(work: Work, sheet_id: int) -> int:
    """How many objections wait for an answer."""
    return _count(
        work, score_objections, score_objections.c.sheet_id == sheet_id, score_objections.c.state == "open"
    )


def proposed(work: Work, sheet_id: int) -> bool:
    """Whether the sheet's publication waits for a second person."""
    rows = work.connection.execute(
        select(requests.c.data).where(requests.c.kind == "second", requests.c.state == "open")
    ).scalars()
    return any(data.get("act") == "publish_ranking" and data.get("sheet") == sheet_id for data in rows)


# --- panels ------------------------------------------------------------------------------------------


def _yardstick(work: Work, track: str, window: Window) -> Shown:
    scheme, _ = schemes.scheme_for(work, track, window.key)
    found, apart = marking.yardstick(work, track, window, scheme)
    values = {
        "window": window.values(),
        "groups": [
            {
                "title": one.title, "count": one.count, "mean": one.mean, "low": one.low, "high": one.high,
                "places": one.places, "few": one.few,
            }
            for one in found
        ],
        "apart": apart,
        "gap": str(scheme.scale_gap),
        "few": scheme.few_places,
    }  # fmt: skip
    row = sheets.opened(work, track, window.key)
    at = (row.id, row.version)
    back = [
        (Button("marks_back", "scback", *at, one.body.partition(":")[2], values={"title": one.title}),)
        for one in marking.markers(work, track, window)
        if one.source == "group"
        and one.given
        and row.state == "open"
        and not any(map(work.actor.answers_for, one.regions))
    ]
    return Shown("scoring.yardstick", values, (*back, (Button("back", "turn"),)), protect=True)


def _missing(work: Work, window: Window, row: Row[Any], board: Board) -> Shown:
    regions = [region.name for region in work.world.campaign.regions]
    decided = row.decisions or {}
    wanted = [(region, part) for region, part in board.undecided]
    wanted += [(one["region"], part) for one in board.rows for part in one["missing"]]
    wanted += [(key.partition("/")[0], key.partition("/")[2]) for key in decided if "/" in key]
    shown: list[dict[str, Any]] = []
    buttons: list[tuple[Button, ...]] = []
    at = (row.id, row.version)
    answers_for = work.actor.answers_for  # what is the reader's own is shown, for others to decide
    for part in dict.fromkeys(part for region, part in board.undecided if not answers_for(region)):
        buttons.append((Button("decide_all_average", "scdecide", *at, f"all.{part}.average"),))
    for region, part in dict.fromkeys(wanted):
        how = decided.get(f"{region}/{part}", {})
        shown.append({"region": region, "part": part, "how": how.get("how", ""), "mark": how.get("mark", "")})
        if answers_for(region):
            continue
        prefix = f"{regions.index(region)}.{part}"
        short = region.removesuffix("县").removesuffix("市").removesuffix("区")
        choices = ["exclude", "mark"] if part == "inspection" else [one.value for one in Uninspected]
        buttons.append(
            tuple(
                Button(
                    DECIDE.get(key, f"decide_{key}"),
                    "scdecide",
                    *at,
                    f"{prefix}.{key}",
                    values={"region": short},
                )
                for key in choices
            )
        )
    return Shown(
        "scoring.missing",
        {"window": window.values(), "rows": shown},
        (*buttons[:20], (Button("back", "turn"),)),
        protect=True,
    )


def _proposals(work: Work, track: str, window: Window) -> Shown:
    rows = work.connection.execute(
        select(score_items)
        .where(
            score_items.c.track == track,
            score_items.c.period == window.key,
            score_items.c.state == "proposed",
        )
        .order_by(score_items.c.region, score_items.c.id)
        .limit(10)
    ).all()
    values = {
        "window": window.values(),
        "rows": [
            {"region": one.region, "source": one.source, "value": one.value, "reason": one.reason}
            for one in rows
        ],
    }
    buttons: list[tuple[Button, ...]] = [
        (
            Button("adopt_item", "scitem", one.id, 0, "yes", values={"number": number}),
            Button("drop_item", "scitem", one.id, 0, "no", values={"number": number}),
        )
        for number, one in enumerate(rows, start=1)
        if not work.actor.answers_for(one.region)
    ]
    row = sheets.opened(work, track, window.key)
    if buttons and row.state == "open":
        buttons.append((Button("drop_items", "scitems", row.id, row.version),))
    return Shown("scoring.proposals", values, (*buttons, (Button("back", "turn"),)), protect=True)
