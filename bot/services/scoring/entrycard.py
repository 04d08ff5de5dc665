"""「打分」: regions and sources by taps, the value in a reply; the statement 「本旬未检查」."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from bot.domain import aspects
from bot.domain.permissions import ScoreAct, may_score
from bot.domain.score_words import SOURCES, Kind
from bot.domain.scoring import MONTHLY
from bot.ledger import events
from bot.ledger.desk import Work
from bot.ledger.tables import score_items
from bot.services import faces, questions
from bot.services.answering import Toast
from bot.services.incoming import Incoming
from bot.services.outgoing import Button, Rows, Shown, new_card
from bot.services.refusals import NotUnderstood, NotYours, ScoreNotNow
from bot.services.scoring import breakdown, items, marking, schemes, sheets, windows
from bot.services.scoring.entering import (
    SIGNED,
    allowed,
    default_window,
    touched,
    tracks_of,
    typed,
    written,
)
from bot.services.scoring.windows import UnknownWindow, Window


def command(work: Work, text: str, chat_id: int, message_id: int | None) -> None:
    """`/score`: with lines they are entered, without the card opens.

    Raises:
        NotYours: the actor gives no marks and no points.
        BadScores: lines that are refused, each named; nothing is stored.
    """
    allowed(work)
    if text.strip():
        typed(work, text, chat_id, message_id)
    else:
        show(work, chat_id)


def show(work: Work, chat_id: int) -> None:
    """「打分」: the card with the regions that the actor scores."""
    allowed(work)
    new_card(work, chat_id, "score", subject="score", member_id=work.actor.member_id)


def sources_for(work: Work, region: str, window: Window) -> list[str]:
    """The sources of which the actor may enter something about a region."""
    known = [MONTHLY] if window.monthly else [source.key for source in SOURCES]
    return [source for source in known if marking.body_for(work, region, source) is not None]


def _regions(work: Work, window: Window) -> list[int]:
    regions = work.world.campaign.regions
    return [index for index, region in enumerate(regions) if sources_for(work, region.name, window)]


@faces.shows("score")
def card(work: Work, row: Row[Any]) -> Shown | None:
    """The regions to score, with what the actor's own body has given; or one region's sources."""
    tracks = tracks_of(work)
    if not tracks:
        return None
    key, _, index = (row.panel or "").partition("/")
    try:
        window = windows.scored(work, key) if key else default_window(work, tracks)
    except UnknownWindow:
        window = default_window(work, tracks)
    regions = _regions(work, window)
    if index.isdecimal() and int(index) in regions:
        return _region_face(work, window, int(index))
    return _regions_face(work, window, regions, tracks, chosen=bool(key))


def _regions_face(
    work: Work, window: Window, regions: list[int], tracks: list[str], *, chosen: bool
) -> Shown:
    campaign = work.world.campaign
    bodies = set(marking.own_bodies(work))
    mine: dict[str, str] = {}
    said_none = False
    for track in tracks:
        for item in items.marks(work, track, window.key):
            if item.body in bodies and item.kind == Kind.MARK:
                mine[item.region] = written(item.kind, item.value)
            said_none = said_none or (item.body in bodies and item.kind == "none")
    buttons = [
        Button(
            "",
            "turn",
            arg=f"{window.key}/{index}",
            text=("✓ " if campaign.regions[index].name in mine else "") + campaign.regions[index].name,
        )
        for index in regions
    ]
    rows: list[tuple[Button, ...]] = [tuple(buttons[i : i + 3]) for i in range(0, len(buttons), 3)]
    tools = [Button("score_sheet", "scsheet", arg=window.key)]
    if bodies and not mine and not said_none:
        tools.append(Button("not_inspected", "scnone", arg=window.key))
    rows.append(tuple(tools))
    rows.append(_other_windows(work, window))
    if work.actor.offices():
        rows.append(
            tuple(
                Button(
                    "period_of",
                    "scperiod",
                    arg=f"{track}.{window.key}" if chosen else track,
                    values={"track": campaign.track(track).name},
                )
                for track in work.actor.offices()
            )
        )
    values = {
        "window": window.values(),
        "monthly": window.monthly,
        "mine": [{"region": region, "value": value} for region, value in mine.items()],
        "owed": _owed(work, regions),
        "none": said_none,
    }
    return Shown("scoring.card", values, tuple(row for row in rows if row), protect=True)


def _owed(work: Work, regions: list[int]) -> int:
    """How many regions the actor's groups owe a mark; 暗访组 and 敢转争 mark those that they have seen."""
    campaign = work.world.campaign
    led = [campaign.group(key) for key in work.actor.groups() if work.actor.leads(key)]
    names = {name for group in led if not group.covert for name in group.regions}
    return sum(campaign.regions[index].name in names for index in regions)


def _other_windows(work: Work, window: Window) -> tuple[Button, ...]:
    """The period before, the one after as far as it has begun, and the month when its last period closed."""
    all_ = windows.all_of(work)
    periods = [one for one in all_ if not one.monthly]
    months = {one.key: one for one in all_ if one.monthly}
    if window.monthly:
        near = [periods[[one.key for one in periods].index(window.periods[-1])]]
    else:
        at = [one.key for one in periods].index(window.key)
        near = [one for one in periods[max(0, at - 1) : at + 2] if one.key != window.key]
        month = months[window.month]
        if window.key == month.periods[-1]:
            near.append(month)
    return tuple(Button("", "turn", arg=one.key, text=one.label) for one in near if windows.begun(work, one))


def _region_face(work: Work, window: Window, index: int) -> Shown:
    region = work.world.campaign.regions[index]
    closed = marking.sealed(work, region.track, window)
    shown = [
        _item(item)
        for item in items.of_region(work, region.track, window.key, region.name)
        if marking.sees(work.actor, item, closed=closed)
        and (item.body in marking.own_bodies(work) or may_score(ScoreAct.RUN, work.actor, track=region.track))
    ]
    keys = sources_for(work, region.name, window)
    buttons = [Button(f"sources/{key}", "scask", index, 0, f"{window.key}/{key}") for key in keys]
    if breakdown.body_of(work, region.name, window) is not None:
        buttons.append(Button("aspects", "scaspects", index, 0, window.key))
    rows: Rows = tuple(tuple(buttons[i : i + 2]) for i in range(0, len(buttons), 2))
    values = {"window": window.values(), "region": region.name, "items": shown, "sealed": closed}
    return Shown(
        "scoring.card_region", values, (*rows, (Button("back", "turn", arg=window.key),)), protect=True
    )


def _item(item: Row[Any]) -> dict[str, Any]:
    return {
        "source": item.source, "kind": item.kind, "value": written(item.kind, item.value),
        "reason": item.reason, "aspects": aspects.shown(item.aspects or ()),
    }  # fmt: skip


def ask(work: Work, index: int, arg: str, chat_id: int, message_id: int | None) -> None:
    """A source was tapped: ask for the value."""
    regions = work.world.campaign.regions
    key, _, source = arg.partition("/")
    try:
        window = windows.scored(work, key)
    except UnknownWindow:
        raise NotUnderstood(hint="old_button") from None
    if index >= len(regions) or source not in {one.key for one in SOURCES}:
        raise NotUnderstood(hint="old_button")
    region = regions[index]
    if marking.body_for(work, region.name, source) is None:
        raise NotYours
    if sheets.state_of(work, region.track, window.key) != "open":
        raise ScoreNotNow(why="not_open", window=window.values())
    questions.ask(
        work,
        chat_id,
        "score",
        "scoring.ask_value",
        {
            "window": window.values(),
            "region": region.name,
            "source": source,
            "points_only": source in SIGNED,
            "most": "100" if window.monthly else _most(work, region.track, window, source),
        },
        subject={"window": window.key, "region": region.name, "source": source},
        buttons=lambda question_id: ((Button("cancel", "noanswer", question_id),),),
        reply_to=message_id,
        protect=True,
    )


def _most(work: Work, track: str, window: Window, source: str) -> str:
    scheme, _ = schemes.scheme_for(work, track, window.key)
    return str(scheme.part_of(source).most)


@questions.answers("score")
def _answered(work: Work, question: Row[Any], incoming: Incoming) -> None:
    subject = question.subject
    text = f"{subject['window']} {subject['region']} {subject['source']} {incoming.text.strip()}"
    typed(work, text, incoming.chat_id, incoming.message_id)


def not_inspected(work: Work, key: str, chat_id: int) -> Toast:
    """「本旬未检查」 of the actor's bodies that have given no mark.

    Raises:
        NotYours: the actor leads no group and is not of 敢转争.
        ScoreNotNow: the period is not open.
    """
    bodies = marking.own_bodies(work)
    if not bodies:
        raise NotYours
    try:
        window = windows.scored(work, key)
    except UnknownWindow:
        raise NotUnderstood(hint="old_button") from None
    told = False
    for track in tracks_of(work):
        if sheets.state_of(work, track, window.key) != "open":
            raise ScoreNotNow(why="not_open", window=window.values())
        waiting = {one.body: one for one in marking.markers(work, track, window) if not one.done}
        for body in bodies:
            if body not in waiting:
                continue
            told = True
            work.insert(
                score_items,
                track=track,
                period=window.key,
                region="",
                source=waiting[body].source,
                kind="none",
                body=body,
                origin="chat",
                member_id=work.actor.member_id,
                at=work.now,
            )
            events.record(work, "score_none", body=body, data={"track": track, "period": window.key})
        touched(work, track, window)
    if not told:
        raise ScoreNotNow(why="marked", window=window.values())
    faces.show_again(work, chat_id, "score")
    return Toast("scoring.none_toast", {"window": window.values()})
