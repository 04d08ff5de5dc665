"""回头看: what was closed in a township, and a tenth of what was closed by picture, drawn each period.

Who checks looks: a group at what it closed, an office at what it checks itself. A photo in reply to a closed
entry is a look at the place: found in order it makes the check one at the place, else 「反弹」 is offered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, and_, bindparam, func, or_, select, update

from bot.domain.calendar import Period
from bot.domain.entries import State
from bot.domain.evidence import drawn
from bot.domain.permissions import Action, may
from bot.ledger import entries as book
from bot.ledger import events, people
from bot.ledger.desk import Work
from bot.ledger.outbox import Priority
from bot.ledger.people import Reached
from bot.ledger.prepared import Prepared
from bot.ledger.tables import draws, entries, occurrences
from bot.services import faces, life, sight
from bot.services.duties.days import timetable
from bot.services.outgoing import Button, Rows, Shown, new_card, refresh_cards, say
from bot.services.refusals import NotPossible, NotYours
from bot.services.views.places import place_of

DRAW: Final = "lookback_draw"

RECTIFIED, UNRECTIFIED = "rectified", "unrectified"

PAGE: Final = 8
TOWNS: Final = 15
"""Townships on one face; the rest turns like a page."""

MOST_NAMED: Final = 8


def _mine(work: Work) -> ColumnElement[bool]:
    """Closed entries whose looking at is the actor's: by its groups, or by its offices themselves."""
    actor, campaign = work.actor, work.world.campaign
    regions = {region for key in actor.groups() for region in campaign.group(key).regions}
    regions |= {region.name for track in actor.offices() for region in campaign.regions_of(track)}
    return and_(
        entries.c.region.in_(sorted(regions)),  # for the index
        entries.c.state == State.CLOSED.value,
        entries.c.kind == "issue",
        or_(entries.c.checker.in_(actor.groups()), entries.c.track.in_(actor.offices())),
        sight.visible(work),
    )


# --- the list ---------------------------------------------------------------------------------------------


def show(work: Work, chat_id: int) -> None:
    """「回头看」: the draw and the townships, as one message that turns in place.

    Raises:
        NotYours: the actor checks nothing.
    """
    if not (work.actor.groups() or work.actor.offices()):
        raise NotYours
    new_card(work, chat_id, "lookback", subject="lookback", member_id=work.actor.member_id)


@faces.shows("lookback")
def card(work: Work, card_row: Row[Any]) -> Shown | None:
    """The first face, a region's townships, or what was closed in one of them."""
    name, _, arg = (card_row.panel or "").partition(".")
    parts = [int(part) for part in arg.split(".") if part.isdecimal() and len(part) < 6]
    if name == "d":
        return _drawn_face(work)
    if name == "r" and len(parts) == 2:
        return _towns_face(work, parts[0], parts[1])
    if name == "t" and len(parts) == 3:
        return _town_face(work, *parts)
    return _home(work)


def _turn(label: str, panel: str, **rest: Any) -> Button:
    return Button(label, "lookturn", arg=panel, **rest)


def _home(work: Work) -> Shown:
    counts = _counts(work)
    names = [region.name for region in work.world.campaign.regions]
    regions = Counter[str]()
    for (region, _), count in counts.items():
        regions[region] += count
    choices = [
        _turn("", f"r.{names.index(region)}.0", text=f"{region} {count}") for region, count in regions.items()
    ]
    waiting = _waiting_draws(work)
    rows: list[tuple[Button, ...]] = [tuple(choices[i : i + 3]) for i in range(0, len(choices), 3)]
    if waiting:
        rows.insert(0, (_turn("see_draw", "d", values={"count": len(waiting)}),))
    values = {"total": sum(regions.values()), "waiting": len(waiting), "done": _done_draws(work)}
    return Shown("lookback.home", values, tuple(rows), silent=True)


def _counts(work: Work) -> dict[tuple[str, str], int]:
    """(region, township) → how many were closed there; a township that is not known is empty."""
    rows = work.connection.execute(
        select(entries.c.region, func.coalesce(entries.c.township, ""), func.count())
        .where(_mine(work))
        .group_by(entries.c.region, entries.c.township)
    ).all()
    return {(row[0], row[1]): row[2] for row in rows}


def _towns_of(work: Work, region: str) -> list[tuple[str, int]]:
    """Townships with something closed, in the order of the places file."""
    known = list(work.world.reader.gazetteer.townships.get(region, ()))
    found = {town: count for (one, town), count in _counts(work).items() if one == region}
    order = {town: at for at, town in enumerate(known)}
    return sorted(found.items(), key=lambda one: (order.get(one[0], len(order)), one[0]))


def _towns_face(work: Work, at: int, page: int) -> Shown:
    regions = work.world.campaign.regions
    if at >= len(regions):
        return _home(work)
    region = regions[at].name
    towns = _towns_of(work, region)
    first = page * TOWNS
    choices = [
        _turn(
            "" if town else "other_places",
            f"t.{at}.{first + index}.0",
            text=f"{town} {count}" if town else "",
        )
        for index, (town, count) in enumerate(towns[first : first + TOWNS])
    ]
    rows: list[tuple[Button, ...]] = [tuple(choices[i : i + 3]) for i in range(0, len(choices), 3)]
    rows.append(_pages(f"r.{at}", page, len(towns), TOWNS))
    rows.append((_turn("back", ""),))
    values = {"region": region, "count": sum(count for _, count in towns)}
    return Shown("lookback.towns", values, tuple(row for row in rows if row), silent=True)


def _town_face(work: Work, at: int, which: int, page: int) -> Shown:
    regions = work.world.campaign.regions
    towns = _towns_of(work, regions[at].name) if at < len(regions) else []
    if which >= len(towns):
        return _home(work)
    region, (town, total) = regions[at].name, towns[which]
    rows = work.connection.execute(
        select(entries)
        .where(_mine(work), entries.c.region == region, func.coalesce(entries.c.township, "") == town)
        .order_by(entries.c.closed_at.desc(), entries.c.id.desc())
        .limit(PAGE)
        .offset(page * PAGE)
    ).all()
    values = {
        "region": region,
        "town": town,
        "total": total,
        "rows": [_line(work, row) for row in rows],
        "first": page * PAGE + 1,
    }
    turning = _pages(f"t.{at}.{which}", page, total, PAGE)
    return Shown(
        "lookback.town",
        values,
        (*_numbers(rows, page * PAGE), *((turning,) if turning else ()), (_turn("back", f"r.{at}.0"),)),
        silent=True,
    )


def _drawn_face(work: Work) -> Shown:
    rows = _waiting_draws(work)
    values = {"rows": [_line(work, row) for row in rows[:PAGE]], "total": len(rows), "first": 1}
    return Shown("lookback.drawn", values, (*_numbers(rows[:PAGE], 0), (_turn("back", ""),)), silent=True)


def _numbers(rows: Sequence[Row[Any]], first: int) -> Rows:
    buttons = [Button("", "open", row.id, text=str(first + index)) for index, row in enumerate(rows, 1)]
    return tuple(tuple(buttons[i : i + 4]) for i in range(0, len(buttons), 4))


def _pages(panel: str, page: int, total: int, size: int) -> tuple[Button, ...]:
    found = []
    if page > 0:
        found.append(_turn("page_back", f"{panel}.{page - 1}"))
    if (page + 1) * size < total:
        found.append(_turn("page_on", f"{panel}.{page + 1}"))
    return tuple(found)


def _line(work: Work, row: Row[Any]) -> dict[str, Any]:
    local = work.world.campaign.local
    return {
        "number": row.number,
        "place": place_of(work, row, life.having_of(work, row)),
        "closed_at": local(row.closed_at).isoformat() if row.closed_at else None,
        "how": row.closed_how or "photo",
    }


# --- the draw ---------------------------------------------------------------------------------------------


def draw_due(work: Work) -> int:
    """At the end of a period, a tenth of what was closed by picture in it; gives how many were drawn.

    Each checking side draws from its own, at least one. Periods that an outage left out are drawn, too; of
    several the newest alone is told, the others stand in the list.
    """
    ended = [one for one in timetable(work).calendar.periods if one.end <= work.now]
    if not ended or _is_drawn(work, ended[-1]):
        return 0
    missed = [one for one in ended if not _is_drawn(work, one)]
    return sum(_draw(work, period, tell=period is missed[-1]) for period in missed)


_drawn_already = Prepared(
    select(occurrences.c.at).where(
        occurrences.c.kind == DRAW,
        occurrences.c.subject == bindparam("period"),
        occurrences.c.due_at == bindparam("end"),
    )
)


def _is_drawn(work: Work, period: Period) -> bool:
    return _drawn_already.first(work, period=period.key.isoformat(), end=period.end) is not None


def _draw(work: Work, period: Period, *, tell: bool) -> int:
    key = period.key.isoformat()
    work.connection.execute(
        occurrences.insert().values(kind=DRAW, subject=key, due_at=period.end, recipient=0, at=work.now)
    )
    rows = work.connection.execute(
        select(entries)
        .where(
            entries.c.closed_at >= period.start,
            entries.c.closed_at < period.end,
            entries.c.closed_how == "photo",
            entries.c.state == State.CLOSED.value,
            entries.c.kind == "issue",
        )
        .order_by(entries.c.id)
    ).all()
    by_checker: dict[str, dict[str, Row[Any]]] = {}
    for row in rows:
        by_checker.setdefault(row.checker or f"office:{row.track}", {})[row.number] = row
    made = 0
    for checker, numbered in sorted(by_checker.items()):
        chosen = drawn(numbered, f"{key}|{checker}", work.world.evidence.drawn_share)
        for number in chosen:
            row = numbered[number]
            work.insert(
                draws, period=key, checker=checker, entry_id=row.id, round=row.round, of=len(numbered),
                at=work.now,
            )  # fmt: skip
            events.record(work, "drawn", entry_id=row.id, data={"period": key, "of": len(numbered)})
        made += len(chosen)
        if tell:
            _tell(work, period, checker, [numbered[number] for number in chosen], len(numbered))
    return made


def _tell(work: Work, period: Period, checker: str, rows: list[Row[Any]], of: int) -> None:
    """One silent message to those who lead the checking side."""
    for person in _readers(work, checker):
        say(
            work,
            person.chat_id,
            "lookback.told",
            {
                "period": period.label,
                "first": period.first_day.isoformat(),
                "last": period.last_day.isoformat(),
                "of": of,
                "count": len(rows),
                "rows": [_line(work, row) for row in rows[:MOST_NAMED]],
                "more": max(0, len(rows) - MOST_NAMED),
            },
            buttons=_numbers(rows[:MOST_NAMED], 0),
            silent=True,
            priority=Priority.REMINDER,
            dedup=f"draw:{period.key}:{checker}:{person.member_id}",
        )


def _readers(work: Work, checker: str) -> list[Reached]:
    kind, _, track = checker.partition(":")
    if kind == "office":
        return list(people.office_of(work, track))
    group = list(people.group_of(work, checker))
    return [one for one in group if one.leader] or group


def _waiting_draws(work: Work) -> list[Row[Any]]:
    """Drawn entries of the newest period that the actor has still to look at."""
    newest = work.connection.execute(select(func.max(draws.c.period))).scalar()
    if newest is None:
        return []
    return list(
        work.connection.execute(
            select(entries)
            .join(draws, draws.c.entry_id == entries.c.id)
            .where(draws.c.period == newest, draws.c.done_at.is_(None), _checked_by(work), _mine(work))
            .order_by(draws.c.id)
        ).all()
    )


def _done_draws(work: Work) -> int:
    newest = select(func.max(draws.c.period)).scalar_subquery()
    return int(
        work.connection.execute(
            select(func.count())
            .select_from(draws)
            .where(draws.c.period == newest, draws.c.done_at.is_not(None), _checked_by(work))
        ).scalar_one()
    )


def _checked_by(work: Work) -> ColumnElement[bool]:
    offices = [f"office:{track}" for track in work.actor.offices()]
    return draws.c.checker.in_([*work.actor.groups(), *offices])


# --- what was found ---------------------------------------------------------------------------------------


def found_clean(work: Work, row: Row[Any], kept: Sequence[int], words: str, chat_id: int) -> None:
    """回头看：已整改, with a photo taken at the place: the check was one at the place from now on.

    Raises:
        NotYours: the actor does not check it.
        NotPossible: it is not closed.
    """
    fresh = book.get(work, row.id)
    assert fresh is not None
    if not may(Action.REVISIT, life.having_of(work, fresh)):
        raise NotYours
    if fresh.state != State.CLOSED:
        raise NotPossible(state=fresh.state)
    life.amend(
        work,
        fresh,
        "revisited",
        body=life.body_for(work, fresh, Action.REVISIT),
        data={"found": RECTIFIED, "photos": list(kept), "words": words, "round": fresh.round},
        closed_how="site",
    )
    mark(work, fresh, RECTIFIED)
    say(work, chat_id, "lookback.clean", {"number": fresh.number}, entry_id=fresh.id, silent=True)


def mark(work: Work, row: Row[Any], found: str) -> None:
    """What was drawn has been looked at."""
    done = work.connection.execute(
        update(draws)
        .where(draws.c.entry_id == row.id, draws.c.done_at.is_(None))
        .values(done_at=work.now, found=found)
    )
    if done.rowcount:
        refresh_cards(work, row.id, kinds=("reader", "check"))
