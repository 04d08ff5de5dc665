"""Marks and points from the chat: lines as they are typed, all of them or none."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from bot.domain import aspects
from bot.domain.permissions import Role, ScoreAct, may_score
from bot.domain.score_words import Kind, label_of
from bot.ledger import entries as book
from bot.ledger.desk import Work
from bot.services import faces
from bot.services.looking import lookup
from bot.services.outgoing import say
from bot.services.refusals import BadScores, NoSuchEntry, NotYours, ScoreNotNow
from bot.services.scoring import intake, items, marking, sheets, windows
from bot.services.scoring.intake import BadLines
from bot.services.scoring.lines import Entry, Fault, Line, spoken
from bot.services.scoring.windows import Window

STILL = timedelta(days=8)
"""So long after its end a period that is not drafted yet is the one that is meant."""

MOST_FAULTS = 12
_WORDS = re.compile(r"[\s　，,。；;：:（）()]+")


def tracks_of(work: Work) -> list[str]:
    """The tracks for whose regions the actor may enter something, in the campaign's order."""
    found = set(work.actor.offices())
    for key in work.actor.groups():
        if work.actor.leads(key):
            group = work.world.campaign.group(key)
            found |= {work.world.campaign.region(name).track for name in group.regions}
    if work.actor.has(Role.OVERSIGHT):
        found |= {track.key for track in work.world.campaign.tracks}
    return [track.key for track in work.world.campaign.tracks if track.key in found]


def allowed(work: Work) -> list[str]:
    """The tracks that the actor scores; raises NotYours when there are none."""
    tracks = tracks_of(work)
    if not may_score(ScoreAct.ENTER, work.actor) or not tracks:
        raise NotYours
    return tracks


def default_window(work: Work, tracks: Sequence[str], states: Sequence[str] = ("open",)) -> Window:
    """The period that is meant when none is named: the one just closed while it is open, else the present."""
    now = windows.current(work)
    found = windows.calendar(work).periods
    for period in reversed(found):
        if period.end <= work.now < period.end + STILL:
            closed = windows.of_period(period)
            if any(sheets.state_of(work, track, closed.key) in states for track in tracks):
                return closed
            break
    return now


def _named_window(work: Work, text: str) -> tuple[Window | None, str]:
    """A period at the beginning of a text, by key or label, and what follows."""
    first, _, rest = text.strip().partition("\n" if "\n" in text.strip().split(" ")[0] else " ")
    for one in [*windows.all_of(work)]:
        if first in (one.key, one.label):
            return one, rest
    return None, text


def in_group(work: Work) -> None:
    """`/score` in a group chat: marks are given in private, and the sender is told so there.

    Raises:
        ScoreNotNow: always.
    """
    raise ScoreNotNow(why="in_group", window=windows.current(work).values())


# --- typed lines ---------------------------------------------------------------------------------------


def typed(work: Work, text: str, chat_id: int, message_id: int | None) -> None:
    """Enter the lines of a message, all or none."""
    tracks = allowed(work)
    named, rest = _named_window(work, text)
    window = named or default_window(work, tracks)
    entries = enter(work, window, spoken(rest), origin="chat")
    say(
        work,
        chat_id,
        "scoring.entered",
        {"window": window.values(), "items": [told(one) for one in entries]},
        reply_to=message_id,
        protect=True,
    )
    faces.show_again(work, chat_id, "score")


def told(one: Entry) -> dict[str, Any]:
    """What is repeated of an entry that was taken."""
    return {
        "region": one.region, "source": one.source, "kind": one.kind.value,
        "value": written(one.kind, one.value), "reason": one.reason,
        "aspects": aspects.shown([f"{value:f}" for value in one.aspects]),
    }  # fmt: skip


def written(kind: str, value: Decimal | str) -> str:
    """A value for the eye: points with their sign."""
    text = f"{Decimal(value):f}"
    return text if kind == Kind.MARK or text.startswith("-") else f"+{text}"


def enter(work: Work, window: Window, lines: Sequence[Line], *, origin: str) -> list[Entry]:
    """Store lines as the actor's; what is not the actor's to give is refused like any other fault.

    Raises:
        BadScores: each refused line with its reason; nothing is stored.
    """
    try:
        entries, numbers = intake.check(work, window, lines, tracks=allowed(work))
    except BadLines as bad:
        raise refusal(window, bad.faults) from None
    faults: list[Fault] = []
    by_body: dict[str, list[Entry]] = defaultdict(list)
    marked: set[tuple[str, str]] = set()
    for one in entries:
        body = marking.body_for(work, one.region, one.source)
        again = one.kind is Kind.MARK and (one.region, one.source) in marked
        if one.kind is Kind.MARK:
            marked.add((one.region, one.source))
        if again:  # which of the two was meant?
            faults.append(Fault(one.row, one.region, written(one.kind, one.value), "marked_twice"))
        elif body is None:
            faults.append(Fault(one.row, one.region, label_of(one.source), "not_yours"))
        elif one.kind is Kind.POINTS and not one.reason:
            faults.append(Fault(one.row, one.region, written(one.kind, one.value), "no_reason"))
        elif _mark_not_meant(window, one):
            faults.append(Fault(one.row, one.region, str(one.value), "no_sign"))
        else:
            by_body[body].append(one)
    if faults or not entries:
        raise refusal(window, faults or [Fault(1, "", "", "empty_text")])
    evidence = _evidence(work, entries)
    for body, mine in by_body.items():
        items.add(work, window.key, mine, body=body, origin=origin, rules=numbers, evidence=evidence)
    for track in {one.track for one in entries}:
        touched(work, track, window)
    return entries


def _evidence(work: Work, given: Sequence[Entry]) -> dict[int, int]:
    """The entries that reasons name by number: 「-1.5 县1-0412-03 逾期未改」, of the same region only."""
    found: dict[int, int] = {}
    for one in given:
        for word in _WORDS.split(one.reason):
            if lookup.number_in(word) is None:
                continue
            try:
                row = lookup.by_words(work, word)
            except NoSuchEntry:
                continue  # none, or none that the writer may see: the words stay
            if row.region == one.region and not book.facts_of(row).hidden:
                found[one.row] = row.id
                break
    return found


def touched(work: Work, track: str, window: Window) -> None:
    """Something about a track's period changed: the office's card of it is edited."""
    from bot.services.scoring import periodcard

    periodcard.refresh(work, track, window)


def _mark_not_meant(window: Window, one: Entry) -> bool:
    """An unsigned value for a part that starts full and that nobody marks: surely points without a sign."""
    return not window.monthly and one.kind is Kind.MARK and one.source in SIGNED


SIGNED = frozenset({"assigned", "superior", "public", "media", "reporting"})
"""Sources of points only, in the chat: 「群众举报 1.5」 must say whether it is off or on top."""


def refusal(window: Window, faults: Sequence[Fault]) -> BadScores:
    """The refusal that names each wrong line."""
    return BadScores(
        window=window.values(),
        faults=[fault.values() for fault in faults[:MOST_FAULTS]],
        more=max(0, len(faults) - MOST_FAULTS),
    )
