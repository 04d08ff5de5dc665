"""考评打分表 (FORMS §1.6): goes out prefilled, comes back filled in; all of it is taken, or nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from bot.domain.permissions import ScoreAct, may_score
from bot.domain.score_words import SOURCES, Kind, label_of, read_source
from bot.ledger import people
from bot.ledger.desk import Work
from bot.services import faces, secrecy
from bot.services.incoming import Incoming
from bot.services.outgoing import File, say
from bot.services.refusals import NotUnderstood, NotYours, ScoreNotNow
from bot.services.scoring import breakdown, entering, entrycard, items, marking, windows
from bot.services.scoring.lines import Fault, Line, UnknownRegion, region_named
from bot.services.scoring.windows import UnknownWindow, Window


def may_send(work: Work, telegram_id: int) -> bool:
    """Whether a member's .xlsx may be a sheet of scores."""
    return may_score(ScoreAct.ENTER, people.actor_of(work, telegram_id))


def send(work: Work, key: str, chat_id: int) -> None:
    """「打分表」: the actor's regions and sources as a workbook, filled with what its body has given.

    Raises:
        NotYours: the actor enters no scores.
    """
    tracks = entering.tracks_of(work)
    if not tracks or not may_score(ScoreAct.ENTER, work.actor):
        raise NotYours
    try:
        window = windows.scored(work, key)
    except UnknownWindow:
        raise NotUnderstood(hint="old_button") from None
    rows: list[dict[str, Any]] = []
    columns: dict[str, str] = {}
    for region in work.world.campaign.regions:
        sources = entrycard.sources_for(work, region.name, window)
        if not sources:
            continue
        given: dict[str, str] = {}
        for source in sources:
            columns[source] = label_of(source)
            body = marking.body_for(work, region.name, source)
            for item in items.of_region(work, region.track, window.key, region.name):
                if item.source == source and item.body == body and item.kind == Kind.MARK:
                    given[source] = item.value
        group = breakdown.body_of(work, region.name, window)
        mark = breakdown.standing(work, region.name, window, group) if group is not None else None
        rows.append(
            {
                "region": region.name,
                "given": given,
                "sources": sources,
                "aspects": None if group is None else list(mark.aspects or ()) if mark is not None else [],
            }
        )
    order = [source.key for source in SOURCES if source.key in columns]
    say(
        work,
        chat_id,
        "scoring.sheet",
        {"window": window.values(), "regions": len(rows)},
        file=File(
            "score_sheet",
            f"打分表-{window.key}.xlsx",
            {
                "campaign": work.world.campaign.name,
                "window": window.values(),
                "columns": [
                    {"key": key, "label": columns[key], "most": _most(work, window.monthly, key)}
                    for key in order
                ],
                "rows": rows,
            },
        ),
        protect=True,
    )


def _most(work: Work, monthly: bool, source: str) -> str:
    if monthly:
        return "100"
    return "" if source in entering.SIGNED else str(work.world.scoring.part_of(source).most)


def take(work: Work, incoming: Incoming, key: str, lines: Sequence[Line], faults: Sequence[Fault]) -> None:
    """A sheet came back: all of it is entered, or what is wrong with it is named by its rows.

    A mark that stands as it was sent out is no change; points come on top.

    Raises:
        BadScores: cells that cannot be taken, a region twice, another track's region.
        ScoreNotNow: the sheet names no period of the campaign, or says nothing new.
        SecretMaterial: its name, its caption or a cell is marked as secret.
    """
    secrecy.refuse_secret(work, incoming)
    secrecy.refuse_secret_words(work, (f"{line.region} {line.reason}" for line in lines))
    if not may_score(ScoreAct.ENTER, work.actor):
        raise NotYours
    try:
        window = windows.scored(work, key)
    except UnknownWindow:
        raise ScoreNotNow(why="sheet_period", window=windows.current(work).values()) from None
    found = [*faults, *_twice(work, lines)]
    if found:
        raise entering.refusal(window, found)
    fresh = _changed(work, window, lines)
    if not fresh:
        raise ScoreNotNow(why="sheet_same", window=window.values())
    entries = entering.enter(work, window, fresh, origin="sheet")
    say(
        work,
        incoming.chat_id,
        "scoring.entered",
        {"window": window.values(), "items": [entering.told(one) for one in entries]},
        reply_to=incoming.message_id,
        protect=True,
    )
    faces.show_again(work, incoming.chat_id, "score")


def _twice(work: Work, lines: Sequence[Line]) -> list[Fault]:
    """Rows of a region that has one already, whatever each of them calls it."""
    rows: dict[str, int] = {}
    named: dict[int, str] = {}
    for line in lines:
        try:
            region = region_named(work.world.campaign, line.region)
        except UnknownRegion:
            continue  # refused by that name
        if rows.setdefault(region, line.row) != line.row:
            named.setdefault(line.row, line.region)
    return [Fault(row, name, name, "twice") for row, name in named.items()]


def _changed(work: Work, window: Window, lines: Sequence[Line]) -> list[Line]:
    """The lines that say something else than the ledger has; empty cells of the seven aspects say nothing."""
    known: dict[tuple[str, str], set[str]] = defaultdict(set)
    campaign = work.world.campaign
    for track in campaign.tracks:
        for item in items.marks(work, track.key, window.key):
            if item.kind == Kind.MARK:
                body = marking.body_for(work, item.region, item.source)
                if body == item.body:
                    known[item.region, item.source].add(item.value)
    found = []
    for line in lines:
        same = line.kind == "mark" and any(
            _equal(value, line.value)
            for value in known.get((line.region, read_source(line.source) or ""), ())
        )
        if line.aspects:
            same = (same or not line.value) and _same_aspects(work, window, line)
        if not same:
            found.append(line)
    return found


def _same_aspects(work: Work, window: Window, line: Line) -> bool:
    """Whether a line's seven aspects are those that stand for its region."""
    try:
        region = region_named(work.world.campaign, line.region)
    except UnknownRegion:
        return False  # refused by that name
    body = breakdown.body_of(work, region, window)
    mark = breakdown.standing(work, region, window, body) if body is not None else None
    known = mark.aspects if mark is not None and mark.aspects else ()
    return len(known) == len(line.aspects) and all(map(_equal, known, line.aspects))


def _equal(one: str, other: str) -> bool:
    try:
        return Decimal(one) == Decimal(other.strip())
    except ArithmeticError:
        return False
