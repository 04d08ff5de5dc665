"""「覆盖」: townships and villages where no group was this period, and tomorrow's round (SPEC §6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, select

from bot.domain.calendar import Period
from bot.domain.entries import Mode, State
from bot.domain.masking import mask_numbers
from bot.domain.overview import groups_covered
from bot.ledger.desk import Work
from bot.ledger.tables import entries
from bot.services import faces
from bot.services.duties import days
from bot.services.field.visits import GOOD
from bot.services.outgoing import Button, Rows, Shown, new_card, open_panel, say
from bot.services.overview.counting import Span, visited
from bot.services.refusals import NotUnderstood, NotYours
from bot.services.views.places import village_for

KIND: Final = "coverage"
PAGE: Final = 8
MOST_VILLAGES: Final = 60
"""Names in one message: a township has some forty villages at most."""

STOPS: Final = 3
STOP_VILLAGES: Final = 4
"""What a car manages in a day: three townships, four villages each."""

MOST_GOOD: Final = 15

LIST, VILLAGES, ROUND, GOOD_ONES, CHOOSE = "l", "v", "r", "g", "?"


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose coverage (its place among the groups the reader may see), which face, and a number for it.

    Written as `0.l.0`: of `l` the number is the page, of `v` the township's place in the list.
    """

    group: int = 0
    face: str = LIST
    number: int = 0

    @classmethod
    def read(cls, words: str) -> Asked:
        """Read what `str` wrote.

        Raises:
            NotUnderstood: it is none of this.
        """
        parts = words.split(".")
        faces_known = (LIST, VILLAGES, ROUND, GOOD_ONES, CHOOSE)
        if len(parts) != 3 or parts[1] not in faces_known or not (parts[0] + parts[2]).isdigit():
            raise NotUnderstood(hint="old_button")
        return cls(int(parts[0]), parts[1], int(parts[2]))

    def __str__(self) -> str:
        return f"{self.group}.{self.face}.{self.number}"


@dataclass(frozen=True, slots=True)
class Township:
    """A township of a group: when a group was there last, and how many of its villages were seen."""

    region: str
    name: str
    villages: tuple[str, ...]
    last_at: datetime | None
    seen_at: Mapping[str, datetime]
    """Village → the newest visit ever, where there was one."""
    seen_now: frozenset[str]
    """Villages seen in the period."""
    here_now: bool


def of_group(work: Work, group: str, period: Period) -> list[Township]:
    """A group's townships, longest unseen first; those never seen before all others, in the file's order."""
    campaign, gazetteer = work.world.campaign, work.world.reader.gazetteer
    regions = campaign.group(group).regions
    ever: dict[tuple[str, str], dict[str, datetime]] = defaultdict(dict)
    for row in visited(work, regions, Span()):
        ever[row.region, row.township][row.village or ""] = row.last_at
    now: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in visited(work, regions, Span(period.start, period.end)):
        now[row.region, row.township].add(row.village or "")
    found = [
        Township(
            region=region,
            name=township,
            villages=tuple(dict.fromkeys(one.name for one in gazetteer.villages_of(region, township))),
            last_at=max(ever[region, township].values(), default=None),
            seen_at={name: at for name, at in ever[region, township].items() if name},
            seen_now=frozenset(now[region, township] - {""}),
            here_now=bool(now[region, township]),
        )
        for region in regions
        for township in gazetteer.townships.get(region, ())
    ]
    never = datetime.min.replace(tzinfo=work.now.tzinfo)
    return sorted(found, key=lambda one: one.last_at or never)


def unseen_villages(one: Township) -> list[str]:
    """A township's villages not seen in the period, longest unseen first."""
    left = [name for name in one.villages if name not in one.seen_now]
    return sorted(left, key=lambda name: one.seen_at[name].timestamp() if name in one.seen_at else 0)


def show(work: Work, private: int, chat_id: int) -> None:
    """Send the card anew to the asker's private chat (red line (a)).

    Raises:
        NotYours: it is not for this reader: the county's side least of all.
    """
    if not groups_covered(work.actor, work.world.campaign):
        raise NotYours
    new_card(work, private, KIND, subject=KIND, member_id=work.actor.member_id)
    if private != chat_id:
        say(work, chat_id, "lists.in_private", silent=True)


def turn(work: Work, chat_id: int, message_id: int, words: str) -> None:
    """Another page, township, group; tomorrow's round comes as a message of its own, to be passed on."""
    asked = Asked.read(words)
    groups = groups_covered(work.actor, work.world.campaign)
    if not groups:
        raise NotYours
    if asked.face in (ROUND, GOOD_ONES):
        group = groups[min(asked.group, len(groups) - 1)]
        if asked.face == ROUND:
            say(work, chat_id, "overview.round", _round(work, group), silent=True)
        else:
            say(work, chat_id, "overview.good", _good(work, group), silent=True)
        return
    if not open_panel(work, chat_id, message_id, str(asked)):
        show(work, chat_id, chat_id)


@faces.shows(KIND)
def card(work: Work, card_row: Row[Any]) -> Shown | None:
    """The coverage of one group in the running period, for the card's reader."""
    groups = groups_covered(work.actor, work.world.campaign)
    if not groups:
        return None if card_row.message_id is None else Shown("overview.nothing", {})
    asked = Asked.read(card_row.panel) if card_row.panel else Asked(face=LIST if len(groups) == 1 else CHOOSE)
    if asked.face == CHOOSE:
        return Shown("overview.choose_group", {}, _choices(work, groups), silent=True)
    asked = replace(asked, group=min(asked.group, len(groups) - 1))
    group = groups[asked.group]
    period = current(work)
    found = of_group(work, group, period)
    left = [one for one in found if not one.here_now]
    if asked.face == VILLAGES and asked.number < len(left):
        return Shown("overview.villages", _villages(work, left[asked.number]), _back(asked), silent=True)
    return _list(work, group, period, found, left, asked, several=len(groups) > 1)


def current(work: Work) -> Period:
    """The running period; before and after the campaign its first and its last."""
    periods = days.timetable(work).calendar.periods
    return next((one for one in reversed(periods) if one.start <= work.now), periods[0])


def _list(
    work: Work,
    group: str,
    period: Period,
    found: Sequence[Township],
    left: Sequence[Township],
    asked: Asked,
    *,
    several: bool,
) -> Shown:
    pages = max(1, -(-len(left) // PAGE))
    page = min(asked.number, pages - 1) if asked.face == LIST else 0
    shown = left[page * PAGE : (page + 1) * PAGE]
    values = {
        "group": work.world.campaign.group_title(group),
        "label": period.label,
        "first": period.first_day.isoformat(),
        "last": period.last_day.isoformat(),
        "townships": len(found),
        "townships_seen": len(found) - len(left),
        "villages": sum(len(one.villages) for one in found),
        "villages_seen": sum(len(one.seen_now & set(one.villages)) for one in found),
        "offset": page * PAGE,
        "rows": [
            {
                "region": one.region,
                "township": one.name,
                "last": _day(work, one.last_at),
                "villages": len(one.villages),
                "seen": len(one.seen_at.keys() & set(one.villages)),
            }
            for one in shown
        ],
    }
    numbers = [
        Button("", KIND, 0, 0, f"{asked.group}.{VILLAGES}.{page * PAGE + at}", text=str(page * PAGE + at + 1))
        for at in range(len(shown))
    ]
    turning = []
    if page > 0:
        turning.append(Button("page_back", KIND, 0, 0, f"{asked.group}.{LIST}.{page - 1}"))
    if page + 1 < pages:
        turning.append(Button("page_on", KIND, 0, 0, f"{asked.group}.{LIST}.{page + 1}"))
    more = [
        Button("round_tomorrow", KIND, 0, 0, f"{asked.group}.{ROUND}.0"),
        Button("good_ones", KIND, 0, 0, f"{asked.group}.{GOOD_ONES}.0"),
    ]
    if several:
        more.append(Button("other_group", KIND, 0, 0, f"{asked.group}.{CHOOSE}.0"))
    rows = (tuple(numbers[:4]), tuple(numbers[4:]), tuple(turning), tuple(more))
    return Shown("overview.coverage", values, tuple(row for row in rows if row), silent=True)


def _villages(work: Work, one: Township) -> dict[str, Any]:
    left = unseen_villages(one)
    return {
        "region": one.region,
        "township": one.name,
        "villages": len(one.villages),
        "seen": len(one.seen_now & set(one.villages)),
        "rows": [
            {"village": name, "last": _day(work, one.seen_at.get(name))} for name in left[:MOST_VILLAGES]
        ],
        "more": max(0, len(left) - MOST_VILLAGES),
    }


def _round(work: Work, group: str) -> dict[str, Any]:
    """Where to go tomorrow: the townships longest unseen that still have a village to see."""
    stops = []
    for one in of_group(work, group, current(work)):
        left = unseen_villages(one)
        if left or not (one.villages or one.here_now):
            stops.append(
                {
                    "region": one.region,
                    "township": one.name,
                    "last": _day(work, one.last_at),
                    "villages": left[:STOP_VILLAGES],
                }
            )
        if len(stops) == STOPS:
            break
    return {"group": work.world.campaign.group_title(group), "stops": stops}


def _good(work: Work, group: str) -> dict[str, Any]:
    """好的做法: the visit records of a group's regions that were listed, the newest first."""
    rows = work.connection.execute(
        select(entries)
        .where(
            entries.c.kind == "visit",
            entries.c.note == GOOD,
            entries.c.region.in_(list(work.world.campaign.group(group).regions)),
            entries.c.mode == Mode.OPEN.value,
            entries.c.state.not_in([State.DRAFT.value, State.VOID.value]),
        )
        .order_by(entries.c.found_at.desc(), entries.c.id.desc())
    ).all()
    return {
        "group": work.world.campaign.group_title(group),
        "rows": [
            {
                "at": _day(work, row.found_at),
                "place": f"{row.region}{row.township or ''}{village_for(work, row) or ''}",
                "text": mask_numbers(row.description),
            }
            for row in rows[:MOST_GOOD]
        ],
        "more": max(0, len(rows) - MOST_GOOD),
    }


def _day(work: Work, at: datetime | None) -> str | None:
    return None if at is None else work.world.campaign.today(at).isoformat()


def _choices(work: Work, groups: Sequence[str]) -> Rows:
    buttons = [
        Button("", KIND, 0, 0, f"{index}.{LIST}.0", text=work.world.campaign.group_title(key))
        for index, key in enumerate(groups)
    ]
    return tuple(tuple(buttons[i : i + 2]) for i in range(0, len(buttons), 2))


def _back(asked: Asked) -> Rows:
    return ((Button("back", KIND, 0, 0, f"{asked.group}.{LIST}.{asked.number // PAGE}"),),)
