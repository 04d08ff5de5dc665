"""「我的」「待办」「待核查」「台账」 and what was found by words: pages of ten (SPEC §6 «Looking»)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Row, update

from bot.domain.entries import OPEN_STATES, Mode, State, is_overdue
from bot.domain.permissions import Role
from bot.ledger import entries as book
from bot.ledger.desk import Work
from bot.ledger.tables import cards
from bot.services import faces, life, outgoing, views
from bot.services.finding import filters, many, pages, search, totals
from bot.services.finding.asked import KINDS, Asked
from bot.services.finding.looked import Looked, page_of
from bot.services.offices import seconds
from bot.services.outgoing import Button, Rows, Shown, new_card
from bot.services.refusals import NotUnderstood, NotYours
from bot.services.views.values import problem_for
from bot.services.warnings import pending

MOST_PROPOSALS: Final = 8

MOST_LETTERS: Final = 4
"""Warning letters that 「待办」 names; the rest is counted, and stands in their own list 「警示」."""

FILTERED: Final = ("ledger", "find")
"""The lists that have filters."""

_MORE: Final = ("township", "category", "group", "period", "source")
"""Filters behind 「更多筛选」; state and region stand on the list itself."""

_IN_A_ROW: Final = {
    "group": 1,
    "period": 3,
    "source": 2,
    "category": 3,
    "township": 3,
    "region": 3,
    "state": 3,
}


def show(work: Work, which: str, chat_id: int, *, asked: Asked | None = None, found: Any = None) -> None:
    """Send a list anew in a private chat; the one before is no longer turned.

    `found`: of a search, what was looked for, as its card keeps it.

    Raises:
        NotYours: the actor sees no entries at all (an `admin`).
    """
    if not any(grant.role is not Role.ADMIN for grant in work.actor.grants):
        raise NotYours
    card_id = new_card(work, chat_id, "list", subject=f"list:{which}", member_id=work.actor.member_id)
    work.connection.execute(
        update(cards)
        .where(cards.c.id == card_id)
        .values(panel=str(asked or Asked(which)), chosen=found, member_id=work.actor.member_id)
    )


def turn(work: Work, chat_id: int, message_id: int, words: str) -> None:
    """Turn a list's page, or filter it: the message is edited; an older one is answered by a new list.

    Raises:
        NotUnderstood: the button is none of this reader's, or of a search whose words are gone.
        NotYours: the actor sees no entries.
    """
    asked = Asked.read(words)
    filters.chosen(work, asked)
    if asked.face in KINDS.values() and not filters.choices(work, asked, asked.face):
        raise NotUnderstood(hint="old_button")
    if outgoing.open_panel(work, chat_id, message_id, str(asked)):
        return
    if asked.which == "find":
        raise NotUnderstood(hint="old_button")
    show(work, asked.which, chat_id, asked=asked)


@faces.shows("list")
def card(work: Work, card_row: Row[Any]) -> Shown | None:
    """A list for the card's reader, as it stands now."""
    asked = _asked(work, card_row)
    if asked.face == "more":
        return _filters(work, asked)
    if asked.face in KINDS.values():
        return _choices(work, asked)
    if asked.face == "sure":
        return many.sure(work, card_row, asked)
    looked_for = Looked.of(card_row) if asked.which == "find" else None
    page = page_of(work, asked, card_row)
    if not page.rows and asked.turned is not None:  # what stood behind it has gone meanwhile
        asked = asked.first()
        page = page_of(work, asked, card_row)
    ticking = asked.face == "many"
    total = looked_for.count(work, asked, page) if looked_for else _total(work, asked, page)
    waiting = pending.of_actor(work) if asked.which == "todo" else []
    region = filters.region_name(work, asked)
    values: dict[str, Any] = {
        **_counted(total, page, looked_for),
        "filters": [named(kind, one) for kind, one in filters.chosen(work, asked)],
        "counts": pages.by_state(work, asked) if asked.which == "my" else [],
        "rows": [_line(work, row, region) for row in page.rows],
        "seconds": len(seconds.waiting_for(work)) if asked.which in ("check", "todo") else 0,
        "letters": [_letter(work, one) for one in waiting[:MOST_LETTERS]],
        "more_letters": max(0, len(waiting) - MOST_LETTERS),
        "looked": looked_for.values() if looked_for else None,
        "ticking": many.values(card_row) if ticking else None,
    }
    return Shown(
        f"lists.{asked.which}",
        values,
        (
            (
                *_numbers(many.numbers(card_row, page.rows, page.first), asked, page),
                *many.buttons(work, card_row, asked),
            )
            if ticking
            else (*_letter_buttons(waiting), *_buttons(work, asked, page))
        ),
        silent=True,
        protect=any(row.mode == Mode.COVERT and row.handed_over_at is None for row in page.rows),
    )


def _asked(work: Work, card_row: Row[Any]) -> Asked:
    """What the card shows; from its beginning where that is no longer this reader's to choose."""
    first = Asked(card_row.subject.partition(":")[2])
    try:
        asked = Asked.read(card_row.panel or str(first))
        filters.chosen(work, asked)
    except NotUnderstood:
        return first
    return asked


def _total(work: Work, asked: Asked, page: pages.Page) -> int:
    if page.on is None and not totals.counted(work, asked):
        return page.first + len(page.rows) - 1
    return totals.of(work, asked)


def _counted(total: int, page: pages.Page, looked_for: Looked | None) -> dict[str, Any]:
    most = search.COUNTED if looked_for else pages.COUNTED
    over = total == most + 1 and page.on is not None
    last = page.first + len(page.rows) - 1
    return {
        "total": most if over else max(total, last),
        "over": over,
        "first": page.first,
        "last": last,
        "several": page.first > 1 or page.on is not None,
    }


def named(kind: str, one: filters.Choice) -> dict[str, Any]:
    """A filter that is set, as values for the text."""
    group, _, key = one.label.rpartition("/")
    return {"kind": kind, "text": one.text, "group": group or "buttons", "key": key, "values": one.values}


def _line(work: Work, row: Row[Any], region: str | None) -> dict[str, Any]:
    """A line; `region` is that of the whole list, which no line repeats."""
    having = life.having_of(work, row)
    place = views.place_of(work, row, having)
    whole = book.get(work, row.id) if place in ("", row.region) else None
    return {
        "number": row.number,
        "visit": row.kind == "visit",
        "place": place.removeprefix(region) if region else place,
        "problem": problem_for(whole, having) if whole is not None else "",
        "state": row.state,
        "deadline": row.deadline.isoformat() if row.deadline else None,
        "late": is_overdue(State(row.state), row.deadline, work.now),
        "owed": State(row.state) in OPEN_STATES,
    }


def _letter(work: Work, one: pending.Pending) -> dict[str, Any]:
    due = work.world.campaign.local(one.row.due).isoformat() if one.row.due else None
    late = one.row.due is not None and one.row.due < work.now
    return {"what": one.what, "region": one.row.region, "due": due, "late": late}


def _letter_buttons(waiting: list[pending.Pending]) -> Rows:
    shown = [
        Button(f"letter_to_{one.what}", "wopen", one.row.id, values={"region": one.row.region})
        for one in waiting[:MOST_LETTERS]
    ]
    return tuple(tuple(shown[i : i + 2]) for i in range(0, len(shown), 2))


# --- buttons ------------------------------------------------------------------------------------------


def _go(label: str, asked: Asked) -> Button:
    return Button(label, "list", arg=str(asked))


def _option(one: filters.Choice, asked: Asked, sign: str = "") -> Button:
    text = f"{sign} {one.text}".strip() if one.text else ""
    return Button(
        f"{sign}{one.label}" if one.label else "", "list", arg=str(asked), text=text, values=dict(one.values)
    )


def _numbers(numbers: list[Button], asked: Asked, page: pages.Page) -> list[tuple[Button, ...]]:
    """The numbers of a page, five in a row, and the ways to turn it."""
    found = [tuple(numbers[at : at + 5]) for at in range(0, len(numbers), 5)]
    turning = []
    if page.back is not None:
        turning.append(_go("page_back", replace(asked, turned=page.back)))
    if page.on is not None:
        turning.append(_go("page_on", replace(asked, turned=page.on)))
    return [row for row in (*found, tuple(turning)) if row]


def _buttons(work: Work, asked: Asked, page: pages.Page) -> Rows:
    numbers = [Button("", "open", row.id, text=str(page.first + at)) for at, row in enumerate(page.rows)]
    found = _numbers(numbers, asked, page)
    if not page.rows and asked.filters:
        found += [(one,) for one in _drops(work, asked)]
    if asked.which in FILTERED:
        found.append(_choosers(work, asked))
        if asked.filters:
            found.append((_go("all_of_them", asked.first(())),))
    elif asked.which != "my" and seconds.waiting_for(work):
        found.append((Button("see_proposals", "proposals"),))
    several = (_go("many", asked.showing("many")),) if len(page.rows) > 1 and many.offered(work) else ()
    to_file = (Button("export", "exportask", arg=str(asked.first())),) if asked.which == "ledger" else ()
    found.append((*several, *(to_file if page.rows else ())))
    return tuple(row for row in found if row)


def _choosers(work: Work, asked: Asked) -> tuple[Button, ...]:
    kinds = [kind for kind in ("state", "region") if filters.choices(work, asked, kind)]
    found = [_go(f"by_{kind}", asked.first().showing(kind)) for kind in kinds]
    if any(filters.choices(work, asked, kind) for kind in _MORE):
        found.append(_go("more_filters", asked.first().showing("more")))
    return tuple(found)


def _drops(work: Work, asked: Asked) -> list[Button]:
    """Each filter that is set, to be taken off."""
    return [_option(one, asked.without(kind), "✕") for kind, one in filters.chosen(work, asked)]


def _filters(work: Work, asked: Asked) -> Shown:
    """「更多筛选」: what is set, each to be taken off, and the filters that there are."""
    plain = asked.first()
    kinds = [kind for kind in _MORE if filters.choices(work, asked, kind)]
    buttons = [_go(f"by_{kind}", plain.showing(kind)) for kind in kinds]
    drops = _drops(work, asked)
    rows = [tuple(drops[at : at + 2]) for at in range(0, len(drops), 2)]
    rows += [tuple(buttons[at : at + 3]) for at in range(0, len(buttons), 3)]
    rows.append((_go("back", plain),))
    chosen = [named(kind, one) for kind, one in filters.chosen(work, asked)]
    return Shown("lists.filters", {"filters": chosen}, tuple(rows), silent=True)


def _choices(work: Work, asked: Asked) -> Shown:
    kind, plain = asked.face, asked.first()
    options = [
        _option(
            one,
            plain.without("late").having(kind, one.value)
            if kind == "state"
            else plain.having(kind, one.value),
        )
        for one in filters.choices(work, asked, kind)
    ]
    if kind == "state":
        options.insert(0, _go("state_late", plain.without("state").having("late", 1)))
    wide = _IN_A_ROW[kind]
    rows = [tuple(options[at : at + wide]) for at in range(0, len(options), wide)]
    rows.append((_go("back", plain),))
    return Shown(
        "lists.choose", {"what": kind, "region": filters.region_name(work, asked)}, tuple(rows), silent=True
    )


def seconds_waiting(work: Work, chat_id: int) -> int:
    """Show the proposals that wait for the actor's agreement anew; gives how many."""
    rows = seconds.waiting_for(work)
    for row in rows[:MOST_PROPOSALS]:
        new_card(
            work,
            chat_id,
            "second",
            subject=f"second:{row.id}",
            entry_id=row.entry_id,
            member_id=work.actor.member_id,
        )
    return len(rows)
