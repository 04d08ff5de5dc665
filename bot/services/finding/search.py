"""Finding by words: `/find 王楼镇 垃圾`, the newest first, ten at a time (SPEC §6).

What is searched are the words that the reader may read: everybody those for the county, the inspecting side
the caption's own, the office those of callers and covert visits. What is covert and not handed over lies in
an index of its own that nobody's search touches who files nothing and is of no office.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, bindparam, literal_column, or_, select

from bot.domain.entries import Mode
from bot.domain.finding import Term
from bot.domain.permissions import Actor, Role
from bot.ledger import words
from bot.ledger.desk import Work
from bot.ledger.tables import entries
from bot.services import sight
from bot.services.finding import filters, index, pages
from bot.services.finding.asked import Asked, Turned

COUNTED: Final = 100
"""So many hits are counted; what goes beyond is told as «more than»."""

_FAR: Final = 2**62


class Branch:
    """One way to search: in which index and columns, whose entries, and what narrows it beforehand.

    Every scope is a choice of words of which one must stand there; an empty one narrows nothing.
    """

    def __init__(
        self, table: str, columns: tuple[str, ...], seen: ColumnElement[bool], *scopes: tuple[str, ...]
    ) -> None:
        self.table = table
        self.columns = columns
        self.seen = seen
        self.scopes = tuple(scope for scope in scopes if scope)


def fetch(work: Work, asked: Asked, found: Sequence[Term], *, loose: bool = False) -> pages.Page:
    """A page of what is found; `loose`: a word with a wrong character will do."""
    turned = asked.turned
    back = turned is not None and turned.back
    rows = _rows(work, asked, found, loose, turned, pages.PAGE + 1)
    more, rows = len(rows) > pages.PAGE, rows[: pages.PAGE]
    before = turned.before if turned is not None else 0
    if back:
        rows.reverse()
        before = max(0, before - len(rows)) if more else 0
    ahead, behind = (more, True) if back else (before > 0, more)
    on = Turned(False, 0, None, rows[-1].id, before + len(rows)) if rows and behind else None
    to = Turned(True, 0, None, rows[0].id, before) if rows and ahead else None
    return pages.Page(rows, before + 1, on, to)


def count(work: Work, asked: Asked, found: Sequence[Term], *, loose: bool = False) -> int:
    """How many there are, up to `COUNTED` + 1."""
    return len(_rows(work, asked.first(), found, loose, None, COUNTED + 1, narrow=True))


def _rows(
    work: Work,
    asked: Asked,
    found: Sequence[Term],
    loose: bool,
    turned: Turned | None,
    most: int,
    *,
    narrow: bool = False,
) -> list[Any]:
    back = turned is not None and turned.back
    rows: dict[int, Any] = {}
    given = {**filters.values(work, asked), "me": work.actor.member_id, "most": most}
    given["id"] = turned.id if turned is not None else _FAR
    wanted = [f"({term.loose if loose else term.exact})" for term in found]
    chosen = asked.value("region")
    place = () if chosen is None else tuple(index.scopes(work.world.campaign.regions[chosen].name))
    for branch in _branches(work):
        shape = ("find", branch.table, branch.columns, branch.scopes, back, narrow)
        build = partial(_select, work, asked, branch, back, narrow)
        statement = pages.prepared(work, asked, shape, build)
        assert statement is not None
        match = words.match(wanted, branch.columns, (*branch.scopes, place) if place else branch.scopes)
        for row in statement.all(work, **given, match=match):
            rows.setdefault(row.id, row)
    return [rows[key] for key in sorted(rows, reverse=not back)][:most]


def _select(work: Work, asked: Asked, branch: Branch, back: bool, narrow: bool) -> Any:
    table = words.TABLES[branch.table]
    rowid = table.c.rowid
    chosen = [filters.condition(work, asked, kind) for kind, _ in asked.filters]
    return (
        select(*((entries.c.id,) if narrow else pages.COLUMNS))
        # joined so that the index of words is asked first: its order is the list's
        .select_from(table.join(entries, entries.c.id == rowid + 0))
        .where(
            literal_column(branch.table).op("MATCH")(bindparam("match")),
            rowid > bindparam("id") if back else rowid < bindparam("id"),
            branch.seen,
            sight.visible(work),
            *chosen,
        )
        .order_by(rowid.asc() if back else rowid.desc())
        .limit(bindparam("most"))
    )


def _branches(work: Work) -> Iterator[Branch]:
    """What one may read hangs on what one is; who is several things searches as each of them."""
    actor, campaign = work.actor, work.world.campaign
    county = tuple(one for one in actor.grants if one.role in filters.COUNTYS)
    others = tuple(one for one in actor.grants if one.role not in filters.COUNTYS)
    everything = entries.c.id.is_not(None)
    groups = index.scopes(None, *actor.groups())
    near = () if filters.tracks_of(actor, campaign) else _near(work)
    if len(actor.grants) == 1 and actor.offices():
        yield Branch(words.KNOWN, ("told", "inside", "kept"), everything)
    else:
        if county:
            yield Branch(words.KNOWN, ("told",), everything, near)
        if others:
            seen = sight.seen_by(work, Actor(actor.member_id, others)) if county else everything
            yield Branch(words.KNOWN, ("told", "inside"), seen, near)
        if actor.offices():
            yield Branch(words.KNOWN, ("told", "inside", "kept"), _kept(actor), (index.KEPT,))
        elif groups:
            own = tuple(index.kept_by(*actor.groups()))
            yield Branch(words.KNOWN, ("told", "kept"), _kept(actor), own)
    if actor.offices():
        yield Branch(words.COVERT, ("told", "kept"), everything)
    elif groups or actor.has(Role.OVERSIGHT):
        nobodys = (index.NO_GROUP,) if actor.has(Role.OVERSIGHT) else ()
        yield Branch(words.COVERT, ("told", "kept"), everything, (*groups, *nobodys))


def _near(work: Work) -> tuple[str, ...]:
    """The regions and groups of a reader who sees no whole track, as words of the scope."""
    names = filters.scope_of(work.actor, work.world.campaign)
    return tuple(index.scopes(None, *names, *work.actor.groups()))


def _kept(actor: Actor) -> ColumnElement[bool]:
    """Where an actor reads what stays with the office, and with those who made a covert visit."""
    column = entries.c
    return or_(
        sight.among(column.track, actor.offices()),
        and_(column.mode == Mode.COVERT.value, sight.among(column.group_key, actor.groups())),
    )
