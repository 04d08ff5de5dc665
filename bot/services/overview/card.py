"""「概况」: the numbers of a scope as a picture for the phone and as text; always in private."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import Row

from bot.domain.bulletins import rate
from bot.domain.overview import Fraction, Numbers, Scope, ScopeKind, knows_closing_rate, scopes_of
from bot.ledger.desk import Work
from bot.services import faces
from bot.services.duties import days
from bot.services.outgoing import Button, Picture, Rows, Shown, new_card, open_panel, say
from bot.services.overview.counting import Counted, Span, counted
from bot.services.refusals import NotUnderstood, NotYours

KIND: Final = "overview"
IN_PRIVATE: Final = "lists.in_private"

ALL, NOW, BEFORE = "all", "now", "before"
SPANS: Final = (ALL, NOW, BEFORE)
"""The whole campaign 全程, this ten-day period 本旬, the one before 上旬."""

MOST_CATEGORIES: Final = 6

_WIDE: Final = {ScopeKind.CAMPAIGN: 1, ScopeKind.TRACK: 2, ScopeKind.GROUP: 2, ScopeKind.REGION: 3}
"""Buttons in a row, by how long such names are; in the order in which they are offered."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which scope (its place among those the reader has) and which span; or the choice of a scope, open.

    Written as `2.all` into the card's panel and the buttons' argument; `?.all` is the open choice.
    """

    scope: int = 0
    span: str = ALL
    choosing: bool = False

    @classmethod
    def read(cls, words: str) -> Asked:
        """Read what `str` wrote.

        Raises:
            NotUnderstood: it is none of this.
        """
        scope, _, span = words.partition(".")
        if span not in SPANS or not (scope == "?" or scope.isdigit()):
            raise NotUnderstood(hint="old_button")
        return cls(0, span, choosing=True) if scope == "?" else cls(int(scope), span)

    def __str__(self) -> str:
        return f"{'?' if self.choosing else self.scope}.{self.span}"


def show(work: Work, private: int, chat_id: int) -> None:
    """Send the card anew to the asker's private chat; a group reads nothing of it (red line (a)).

    Raises:
        NotYours: the actor sees no entries, or only what a contact passed on.
    """
    if not scopes_of(work.actor, work.world.campaign):
        raise NotYours
    new_card(work, private, KIND, subject=KIND, member_id=work.actor.member_id)
    if private != chat_id:
        say(work, chat_id, IN_PRIVATE, silent=True)


def turn(work: Work, chat_id: int, message_id: int, words: str) -> None:
    """Another scope or span: the message is edited; an older one is answered by a new card."""
    asked = Asked.read(words)
    if not scopes_of(work.actor, work.world.campaign):
        raise NotYours
    if not open_panel(work, chat_id, message_id, str(asked)):
        show(work, chat_id, chat_id)


@faces.shows(KIND)
def card(work: Work, card_row: Row[Any]) -> Shown | None:
    """The numbers as they stand now, for the card's reader."""
    scopes = scopes_of(work.actor, work.world.campaign)
    if not scopes:
        return None if card_row.message_id is None else Shown("overview.nothing", {})
    asked = Asked.read(card_row.panel) if card_row.panel else Asked()
    if asked.choosing:
        return Shown("overview.choose", {}, _choices(work, scopes, asked), silent=True)
    asked = replace(asked, scope=min(asked.scope, len(scopes) - 1))
    scope = scopes[asked.scope]
    span, about = _span(work, asked.span)
    calendar = days.timetable(work).calendar
    found = counted(work, scope, span, calendar)
    values: dict[str, Any] = {
        "scope": title(work, scope),
        **about,
        **_values(found, closing=knows_closing_rate(work.actor)),
        "at": work.now.isoformat(),
    }
    picture = Picture(KIND, f"overview:{asked}:{_print(values)}", values) if found.all.found else None
    return Shown("overview.card", values, _buttons(scopes, asked), picture, silent=True)


def title(work: Work, scope: Scope) -> str:
    """What the numbers are about, as the papers name it."""
    campaign = work.world.campaign
    match scope.kind:
        case ScopeKind.TRACK:
            return campaign.track(scope.key).name
        case ScopeKind.GROUP:
            return campaign.group_title(scope.key)
        case ScopeKind.REGION:
            return scope.key
        case ScopeKind.CAMPAIGN:
            return campaign.name


def _span(work: Work, which: str) -> tuple[Span, dict[str, Any]]:
    calendar = days.timetable(work).calendar
    periods = [period for period in calendar.periods if period.start <= work.now] or [calendar.periods[0]]
    if which == ALL or (which == BEFORE and len(periods) < 2):
        first, last = work.world.campaign.first_day, work.local.date()
        return Span(), {"span": ALL, "label": "", "first": first.isoformat(), "last": last.isoformat()}
    period = periods[-1] if which == NOW else periods[-2]
    days_told = {"first": period.first_day.isoformat(), "last": period.last_day.isoformat()}
    return Span(period.start, period.end), {"span": which, "label": period.label, **days_told}


def _values(found: Counted, *, closing: bool) -> dict[str, Any]:
    return {
        "numbers": _numbers(found.all, closing=closing),
        "regions": [{"region": name, **_numbers(numbers, closing=closing)} for name, numbers in found.regions]
        if len(found.regions) > 1
        else [],
        "categories": [list(one) for one in found.categories[:MOST_CATEGORIES]],
        "weeks": [list(one) for one in found.weeks],
    }


def _numbers(numbers: Numbers, *, closing: bool) -> dict[str, Any]:
    """The JSON of some numbers; 销号率 only for whom it is."""
    return {
        "found": numbers.found,
        "closed": numbers.closed.part,
        "open": numbers.open,
        "submitted": numbers.submitted,
        "overdue": numbers.overdue,
        "deferred": numbers.deferred,
        "again": numbers.again,
        "rectified": _fraction(numbers.rectified),
        "in_time": _fraction(numbers.in_time),
        "returned": _fraction(numbers.returned),
        "closing": _fraction(numbers.closed) if closing else None,
        "void_due": numbers.void_due,
        "deferred_due": numbers.deferred_due,
        "days": None if numbers.days is None else str(numbers.days),
    }


def _fraction(fraction: Fraction) -> dict[str, Any]:
    return {
        "part": fraction.part,
        "whole": fraction.whole,
        "percent": rate(fraction.part, fraction.whole),
    }


def _print(values: dict[str, Any]) -> str:
    """What makes one picture another: every number that it prints."""
    numbers = values["numbers"]
    parts = [numbers[name] for name in ("found", "closed", "open", "submitted", "overdue", "again")]
    parts += [numbers[name]["part"] for name in ("rectified", "in_time", "returned")]
    return "-".join(str(part) for part in (*parts, values["last"], len(values["weeks"])))


def _buttons(scopes: Sequence[Scope], asked: Asked) -> Rows:
    spans = tuple(
        Button(f"span_{span}", KIND, 0, 0, str(replace(asked, span=span)))
        for span in SPANS
        if span != asked.span
    )
    if len(scopes) == 1:
        return (spans,)
    return (spans, (Button("other_scope", KIND, 0, 0, str(replace(asked, choosing=True))),))


def _choices(work: Work, scopes: Sequence[Scope], asked: Asked) -> Rows:
    buttons = [
        Button("", KIND, 0, 0, str(Asked(index, asked.span)), text=title(work, scope))
        for index, scope in enumerate(scopes)
    ]
    rows: list[tuple[Button, ...]] = []
    for kind, wide in _WIDE.items():
        of_kind = [button for button, scope in zip(buttons, scopes, strict=True) if scope.kind is kind]
        rows += [tuple(of_kind[i : i + wide]) for i in range(0, len(of_kind), wide)]
    return tuple(rows)
