"""「我的」「待核查」「台账」: pages of eight, each entry opened anew by its button (SPEC §6 «Looking»)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, and_, case, func, or_, select, update

from bot.domain.entries import OPEN_STATES, State, is_overdue
from bot.domain.permissions import Role
from bot.ledger.desk import Work
from bot.ledger.tables import cards, entries
from bot.services import faces, life, outgoing, seconds, sight, views
from bot.services.outgoing import Button, Rows, Shown, new_card
from bot.services.refusals import NotUnderstood, NotYours
from bot.services.views.values import problem_for
from bot.services.warnings import pending

PAGE: Final = 8
"""Entries on a page: two rows of buttons under a text that fits a phone."""

MOST_LETTERS: Final = 4
"""Warning letters that 「待办」 names; the rest is counted, and stands in their own list 「警示」."""

STATES: Final = tuple(State)
LATE: Final = "late"

_URGENCY = case(
    (entries.c.state == State.DRAFT.value, 0),
    (entries.c.state == State.SUBMITTED.value, 1),
    (entries.c.state.in_([state.value for state in OPEN_STATES]), 2),
    (entries.c.state == State.FILED.value, 3),
    (entries.c.state == State.DEFERRED.value, 4),
    (entries.c.state == State.CLOSED.value, 5),
    else_=6,
)
"""Drafts first: they wait for their owner; what is over comes last."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list shows: which one, a state or `late`, a region by its index, a page; or a choice open.

    Written as `my.-.-.0` into the card's panel and the buttons' argument.
    """

    which: str
    state: str = "-"
    region: str = "-"
    page: int = 0

    @classmethod
    def read(cls, words: str) -> Asked:
        """Read what `str` wrote; raises NotUnderstood."""
        parts = words.split(".")
        if len(parts) != 4 or parts[0] not in WHICH or not parts[3].isdigit():
            raise NotUnderstood(hint="answered")
        return cls(parts[0], parts[1], parts[2], int(parts[3]))

    def __str__(self) -> str:
        return f"{self.which}.{self.state}.{self.region}.{self.page}"


def _mine(work: Work) -> ColumnElement[bool]:
    """What the actor filed; for the county's side what it is to answer or has answered."""
    actor = work.actor
    found: list[ColumnElement[bool]] = [entries.c.filer_id == actor.member_id]
    if actor.regions():
        found.append(entries.c.region.in_(actor.regions()))
    found.extend(
        and_(entries.c.region == grant.region, entries.c.passed_to == grant.township)
        for grant in actor.grants
        if grant.township is not None
    )
    return and_(or_(*found), sight.visible(work), entries.c.state != State.VOID.value)


def _to_check(work: Work) -> ColumnElement[bool]:
    return and_(sight.to_check(work.actor), sight.visible(work))


def _todo(work: Work) -> ColumnElement[bool]:
    """What waits for the actor: drafts, checks, and what its region or township owes."""
    actor = work.actor
    owed = entries.c.state.in_([state.value for state in OPEN_STATES])
    found: list[ColumnElement[bool]] = [
        and_(entries.c.state == State.DRAFT.value, entries.c.filer_id == actor.member_id),
        sight.to_check(actor),
    ]
    if actor.regions():
        found.append(and_(owed, entries.c.region.in_(actor.regions())))
    found.extend(
        and_(owed, entries.c.region == grant.region, entries.c.passed_to == grant.township)
        for grant in actor.grants
        if grant.township is not None
    )
    return and_(or_(*found), sight.visible(work))


def _ledger(work: Work) -> ColumnElement[bool]:
    return and_(sight.visible(work), entries.c.kind == "issue", entries.c.state != State.DRAFT.value)


WHICH: Final = {"my": _mine, "todo": _todo, "check": _to_check, "ledger": _ledger}
"""Every list, and whose entries it shows."""

_ORDER: Final = {
    "my": (_URGENCY, entries.c.deadline, entries.c.touched_at.desc(), entries.c.id.desc()),
    "todo": (_URGENCY, entries.c.deadline, entries.c.id),
    "check": (entries.c.proof_sent_at, entries.c.id),
    "ledger": (entries.c.found_at.desc(), entries.c.id.desc()),
}


def show(work: Work, which: str, chat_id: int) -> None:
    """Send a list anew in a private chat; the one before is no longer turned.

    Raises:
        NotYours: the actor sees no entries at all (an `admin`).
    """
    if not any(grant.role is not Role.ADMIN for grant in work.actor.grants):
        raise NotYours
    card_id = new_card(work, chat_id, "list", subject=f"list:{which}", member_id=work.actor.member_id)
    work.connection.execute(
        update(cards)
        .where(cards.c.id == card_id)
        .values(panel=str(Asked(which)), member_id=work.actor.member_id)
    )


def turn(work: Work, chat_id: int, message_id: int, words: str) -> None:
    """Turn a list's page, or filter it: the message is edited; an older one is answered by a new list."""
    asked = Asked.read(words)
    if not outgoing.open_panel(work, chat_id, message_id, str(asked)):
        show(work, asked.which, chat_id)


@faces.shows("list")
def card(work: Work, card_row: Row[Any]) -> Shown | None:
    """A page of a list for the card's reader, as it stands now."""
    asked = Asked.read(card_row.panel or str(Asked(card_row.subject.partition(":")[2])))
    if asked.state == "?" or asked.region == "?":
        return _chooser(work, asked)
    condition = _condition(work, asked)
    total = work.connection.execute(select(func.count()).select_from(entries).where(condition)).scalar_one()
    pages = max(1, -(-total // PAGE))
    asked = replace(asked, page=min(asked.page, pages - 1))
    rows = work.connection.execute(
        select(entries).where(condition).order_by(*_ORDER[asked.which]).limit(PAGE).offset(asked.page * PAGE)
    ).all()
    waiting = pending.of_actor(work) if asked.which == "todo" else []
    values: dict[str, Any] = {
        "total": total,
        "page": asked.page + 1,
        "pages": pages,
        "first": asked.page * PAGE + 1,
        "state": asked.state,
        "region": _region(work, asked) or "",
        "counts": _counts(work, asked) if asked.which == "my" else [],
        "rows": [_line(work, row) for row in rows],
        "seconds": len(seconds.waiting_for(work)) if asked.which in ("check", "todo") else 0,
        "letters": [_letter(work, one) for one in waiting[:MOST_LETTERS]],
        "more_letters": max(0, len(waiting) - MOST_LETTERS),
    }
    hidden = work.connection.execute(select(entries.c.id).where(condition, sight.hidden).limit(1)).first()
    return Shown(
        f"lists.{asked.which}",
        values,
        (*_letter_buttons(waiting), *_buttons(work, asked, rows, pages)),
        silent=True,
        protect=hidden is not None,
    )


def _condition(work: Work, asked: Asked) -> ColumnElement[bool]:
    parts = [WHICH[asked.which](work)]
    region = _region(work, asked)
    if region is not None:
        parts.append(entries.c.region == region)
    if asked.state == LATE:
        parts.append(entries.c.state.in_([state.value for state in OPEN_STATES]))
        parts.append(entries.c.deadline < work.now)
    elif asked.state in {state.value for state in State}:
        parts.append(entries.c.state == asked.state)
    return and_(*parts)


def _region(work: Work, asked: Asked) -> str | None:
    regions = work.world.campaign.regions
    if asked.region.isdigit() and int(asked.region) < len(regions):
        return regions[int(asked.region)].name
    return None


def _counts(work: Work, asked: Asked) -> list[dict[str, Any]]:
    """How many there are of each state, in the order of an entry's life."""
    found = {
        row[0]: row[1]
        for row in work.connection.execute(
            select(entries.c.state, func.count()).where(WHICH[asked.which](work)).group_by(entries.c.state)
        ).all()
    }
    return [{"state": state.value, "count": found[state.value]} for state in STATES if state.value in found]


def _line(work: Work, row: Row[Any]) -> dict[str, Any]:
    having = life.having_of(work, row)
    return {
        "number": row.number,
        "visit": row.kind == "visit",
        "place": views.place_of(work, row, having),
        "problem": problem_for(row, having) if not row.region else "",
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


def _buttons(work: Work, asked: Asked, rows: Any, pages: int) -> Rows:
    numbers = [
        Button("", "open", row.id, text=str(asked.page * PAGE + index + 1)) for index, row in enumerate(rows)
    ]
    found = [tuple(numbers[i : i + 4]) for i in range(0, len(numbers), 4)]
    turning = []
    if asked.page > 0:
        turning.append(Button("page_back", "list", 0, 0, str(replace(asked, page=asked.page - 1))))
    if asked.page + 1 < pages:
        turning.append(Button("page_on", "list", 0, 0, str(replace(asked, page=asked.page + 1))))
    found.append(tuple(turning))
    if asked.which == "ledger":
        found.append(_filters(work, asked))
    elif asked.which != "my" and seconds.waiting_for(work):
        found.append((Button("see_proposals", "proposals"),))
    return tuple(row for row in found if row)


def _filters(work: Work, asked: Asked) -> tuple[Button, ...]:
    chosen = asked.state != "-" or asked.region != "-"
    found = [Button("by_state", "list", 0, 0, str(replace(asked, state="?", page=0)))]
    if len(_regions_seen(work)) > 1:
        found.append(Button("by_region", "list", 0, 0, str(replace(asked, region="?", page=0))))
    if chosen:
        found.append(Button("all_of_them", "list", 0, 0, str(Asked(asked.which))))
    return tuple(found)


def _regions_seen(work: Work) -> list[int]:
    seen = set(
        work.connection.execute(select(entries.c.region).where(_ledger(work)).distinct()).scalars().all()
    )
    return [index for index, region in enumerate(work.world.campaign.regions) if region.name in seen]


def _chooser(work: Work, asked: Asked) -> Shown:
    if asked.state == "?":
        found = work.connection.execute(select(entries.c.state).where(_ledger(work)).distinct())
        seen = set(found.scalars())
        keys = [LATE, *(state.value for state in STATES if state.value in seen)]
        buttons = [Button(f"state_{key}", "list", 0, 0, str(replace(asked, state=key))) for key in keys]
        back = replace(asked, state="-")
    else:
        regions = work.world.campaign.regions
        buttons = [
            Button("", "list", 0, 0, str(replace(asked, region=str(index))), text=regions[index].name)
            for index in _regions_seen(work)
        ]
        back = replace(asked, region="-")
    rows = [tuple(buttons[i : i + 3]) for i in range(0, len(buttons), 3)]
    rows.append((Button("back", "list", 0, 0, str(back)),))
    what = "state" if asked.state == "?" else "region"
    return Shown("lists.choose", {"what": what}, tuple(rows), silent=True)


def seconds_waiting(work: Work, chat_id: int) -> int:
    """Show the proposals that wait for the actor's agreement anew; gives how many."""
    rows = seconds.waiting_for(work)
    for row in rows[:PAGE]:
        new_card(
            work,
            chat_id,
            "second",
            subject=f"second:{row.id}",
            entry_id=row.entry_id,
            member_id=work.actor.member_id,
        )
    return len(rows)
