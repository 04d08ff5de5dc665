"""「七方面」 of a group's mark: asked for at a tap, never required (SPEC §5 «One yardstick»)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from bot.domain import aspects
from bot.domain.score_words import Kind
from bot.ledger.desk import Work
from bot.services import faces, questions
from bot.services.incoming import Incoming
from bot.services.outgoing import Button, say
from bot.services.refusals import NotUnderstood, NotYours, ScoreNotNow
from bot.services.scoring import entering, items, marking, schemes, sheets, windows
from bot.services.scoring.lines import Fault, Line
from bot.services.scoring.windows import UnknownWindow, Window


def body_of(work: Work, region: str, window: Window) -> str | None:
    """The group for which the actor marks a region; its mark alone has aspects, and a month's has none."""
    body = None if window.monthly else marking.body_for(work, region, aspects.SOURCE)
    return body if body is not None and body.startswith("group:") else None


def standing(work: Work, region: str, window: Window, body: str) -> Row[Any] | None:
    """The mark that the body has given a region, if it has."""
    track = work.world.campaign.region(region).track
    return next(
        (
            item
            for item in items.of_region(work, track, window.key, region)
            if item.body == body and item.source == aspects.SOURCE and item.kind == Kind.MARK
        ),
        None,
    )


def ask(work: Work, index: int, key: str, chat_id: int, message_id: int | None) -> None:
    """「七方面」 was tapped: ask for the seven values.

    Raises:
        NotYours: the mark is not the actor's to give.
        ScoreNotNow: the period takes none.
    """
    regions = work.world.campaign.regions
    try:
        window = windows.scored(work, key)
    except UnknownWindow:
        raise NotUnderstood(hint="old_button") from None
    if index >= len(regions):
        raise NotUnderstood(hint="old_button")
    region = regions[index]
    body = body_of(work, region.name, window)
    if body is None:
        raise NotYours
    if sheets.state_of(work, region.track, window.key) != "open":
        raise ScoreNotNow(why="not_open", window=window.values())
    mark = standing(work, region.name, window, body)
    scheme, _ = schemes.scheme_for(work, region.track, window.key)
    questions.ask(
        work,
        chat_id,
        "score_aspects",
        "scoring.ask_aspects",
        {
            "window": window.values(),
            "region": region.name,
            "mark": mark.value if mark is not None else "",
            "most": str(scheme.part_of(aspects.SOURCE).most),
            "aspects": list(aspects.ASPECTS),
        },
        subject={"window": window.key, "region": region.name},
        buttons=lambda question_id: ((Button("cancel", "noanswer", question_id),),),
        reply_to=message_id,
        protect=True,
    )


@questions.answers("score_aspects")
def _answered(work: Work, question: Row[Any], incoming: Incoming) -> None:
    """Seven values: checked against the mark that stands or stands before them, else they give it."""
    window = windows.scored(work, question.subject["window"])
    region = question.subject["region"]
    body = body_of(work, region, window)
    if body is None:
        raise NotYours
    words = " ".join(incoming.text.split())
    read = aspects.split(words if aspects.WORD in words else f"{aspects.WORD} {words}")
    if read is None:
        right = "、".join(aspects.ASPECTS.values())
        raise entering.refusal(window, [Fault(1, region, aspects.WORD, "aspects_count", right)])
    mark, given, reason = read
    old = standing(work, region, window, body)
    if old is not None:
        mark, reason = mark or old.value, reason or old.reason
    line = Line(1, region, aspects.SOURCE, "mark", mark.removesuffix("分"), reason, aspects=given)
    entries = entering.enter(work, window, [line], origin="chat")
    say(
        work,
        incoming.chat_id,
        "scoring.entered",
        {"window": window.values(), "items": [entering.told(one) for one in entries]},
        reply_to=incoming.message_id,
        protect=True,
    )
    faces.show_again(work, incoming.chat_id, "score")
