"""The roster 花名册: lines → personal links, one page to print, one board edited in place (SPEC §1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Row, select, update

from bot.domain.permissions import Role
from bot.ledger import people
from bot.ledger.desk import Work
from bot.ledger.tables import invitations as invitations_table
from bot.ledger.tables import members, roles, rosters
from bot.services import faces
from bot.services.outgoing import Button, File, Shown, new_card, say, show_card
from bot.services.people import invitations
from bot.services.people.invitations import Scope
from bot.services.people.roster_cells import Fault, Line, identity_of, scope_from
from bot.services.people.titles import title_of
from bot.services.refusals import NoFile, NotYours, RosterFaults

MOST_FAULTS: Final = 10
MOST_LINES: Final = 1000


def may_send(work: Work, telegram_id: int) -> bool:
    """Whether a member's .xlsx may be a roster: an office's or the admin's."""
    actor = people.actor_of(work, telegram_id)
    return bool(actor.offices()) or actor.has(Role.ADMIN)


def take(
    work: Work, chat_id: int, message_id: int, lines: Sequence[Line], file_name: str, columns: dict[str, str]
) -> None:
    """Take a roster: all of it or nothing.

    `columns` maps the fields of `Line` to the sheet's columns, for the cells that are named.

    Raises:
        NotYours: the sender may not invite by roster.
        RosterFaults: cells that cannot be read, each named; nothing is stored.
    """
    actor = work.actor
    if not (actor.offices() or actor.has(Role.ADMIN)):
        raise NotYours
    read, faults = _read(work, lines, columns)
    if not read and not faults:
        faults.append(Fault("", "", "empty"))
    if faults:
        raise RosterFaults(
            faults=[{"cell": one.cell, "value": one.value, "why": one.why} for one in faults[:MOST_FAULTS]],
            more=max(0, len(faults) - MOST_FAULTS),
        )
    fresh = [(line, scope) for line, scope in read if not _known(work, line, scope)]
    if not fresh:
        say(work, chat_id, "people.roster_known", {"count": len(read)}, reply_to=message_id)
        return
    roster_id = work.insert(
        rosters,
        track=actor.offices()[0] if actor.offices() else None,
        member_id=actor.member_id,
        chat_id=chat_id,
        file_name=file_name[:128],
        at=work.now,
    )
    links = []
    for line, scope in fresh:
        token = invitations.create(
            work, scope, name=line.name, post=line.post, unit=_unit(work, scope), roster_id=roster_id
        )
        links.append(_link(work, line.name, line.post, scope, token))
    _send_page(work, chat_id, links, reply_to=message_id, known=len(read) - len(fresh))
    new_card(work, chat_id, "roster", subject=f"roster:{roster_id}", member_id=actor.member_id)


def _read(
    work: Work, lines: Sequence[Line], columns: dict[str, str]
) -> tuple[list[tuple[Line, Scope]], list[Fault]]:
    read: list[tuple[Line, Scope]] = []
    faults: list[Fault] = []
    seen: dict[tuple[Any, ...], int] = {}
    for line in lines[: MOST_LINES + 1]:
        if len(read) >= MOST_LINES:
            faults.append(Fault(f"{columns['name']}{line.row}", line.name, "too_many"))
            break
        where = {field: f"{column}{line.row}" for field, column in columns.items()}
        if not line.name or len(line.name) > 32:
            faults.append(Fault(where["name"], line.name, "name"))
        known = identity_of(line.identity)
        if known is None:
            faults.append(Fault(where["identity"], line.identity, "identity"))
            continue
        role, leader, deputy = known
        scope = scope_from(work, role, line.scope)
        if scope is None:
            faults.append(Fault(where["scope"], line.scope, f"scope_{role}"))
            continue
        scope = Scope(
            role, scope.track, scope.group, scope.region, scope.township, leader=leader, deputy=deputy
        )
        try:
            invitations.inviting_grant(work, scope)
        except NotYours:
            faults.append(Fault(where["scope"], line.scope or line.identity, "not_yours"))
            continue
        key = (line.name, line.post, scope)
        if key in seen:
            faults.append(Fault(where["name"], line.name, "twice"))
            continue
        seen[key] = line.row
        read.append((line, scope))
    return read, faults


def _known(work: Work, line: Line, scope: Scope) -> bool:
    """Whether this person has the role, or an unused personal link for it."""
    table = invitations_table
    waits = work.connection.execute(
        select(table.c.id).where(
            table.c.name == line.name,
            table.c.role == scope.role.value,
            table.c.roster_id.is_not(None),
            table.c.used == 0,
            table.c.revoked_at.is_(None),
            table.c.expires_at > work.now,
            *_same_scope(table, scope),
        )
    ).first()
    if waits is not None:
        return True
    holds = work.connection.execute(
        select(roles.c.id)
        .select_from(roles.join(members, members.c.id == roles.c.member_id))
        .where(
            members.c.name == line.name,
            roles.c.role == scope.role.value,
            people.in_force_at(work.now),
            *_same_scope(roles, scope),
        )
    ).first()
    return holds is not None


def _same_scope(table: Any, scope: Scope) -> list[Any]:
    wanted = {
        "track": scope.track,
        "group_key": scope.group,
        "region": scope.region,
        "township": scope.township,
    }
    return [
        table.c[name].is_(None) if value is None else table.c[name] == value for name, value in wanted.items()
    ]


def _unit(work: Work, scope: Scope) -> str:
    """The unit under which a line stands on the page and the board."""
    if scope.region is not None:
        return scope.region
    title = title_of(work, invitations.as_grant(scope))
    return str(title["scope"]) or ""


def _link(work: Work, name: str, post: str, scope: Scope, token: str) -> dict[str, Any]:
    title = title_of(work, invitations.as_grant(scope))
    return {
        "unit": _unit(work, scope),
        "name": name,
        "post": post,
        "title": title,
        "link": invitations.link(work, token),
    }


def _send_page(
    work: Work, chat_id: int, links: list[dict[str, Any]], *, reply_to: int | None = None, known: int = 0
) -> None:
    """The page of personal links, to be printed and cut; the links are kept nowhere else."""
    days = work.world.invitation_days
    say(
        work,
        chat_id,
        "people.roster_page",
        {"count": len(links), "units": len({one["unit"] for one in links}), "known": known, "days": days},
        reply_to=reply_to,
        file=File(
            "roster",
            f"邀请-{work.world.campaign.today(work.now):%m%d}.html",
            {
                "campaign": work.world.campaign.name,
                "until": work.world.campaign.local(work.now + timedelta(days=days)).isoformat(),
                "links": links,
            },
        ),
        secret=True,
    )


def no_file(work: Work, why: str) -> None:
    """The file could not be had, or not be opened: said, nothing stored.

    Raises:
        NoFile: always.
    """
    raise NoFile(why=why)


def again(work: Work, roster_id: int, chat_id: int) -> None:
    """「补发链接」: new links for those who have not joined; the old ones die.

    Raises:
        NotYours: it is somebody else's roster.
    """
    _mine(work, roster_id)
    table = invitations_table
    waiting = work.connection.execute(
        select(table).where(table.c.roster_id == roster_id, table.c.used == 0).order_by(table.c.id)
    ).all()
    links = []
    for row in waiting:
        scope = invitations.scope_of(row)
        work.connection.execute(
            update(table).where(table.c.id == row.id).values(revoked_at=work.now, roster_id=None)
        )
        token = invitations.create(
            work, scope, name=row.name, post=row.post, unit=row.unit, roster_id=roster_id
        )
        links.append(_link(work, row.name, row.post, scope, token))
    if links:
        _send_page(work, chat_id, links)
        refresh(work, roster_id)


def _mine(work: Work, roster_id: int) -> Row[Any]:
    row = work.connection.execute(select(rosters).where(rosters.c.id == roster_id)).first()
    if row is None:
        raise NotYours
    if not work.actor.has(Role.ADMIN) and row.track not in work.actor.offices():
        raise NotYours
    return row


def refresh(work: Work, roster_id: int) -> None:
    """Somebody of the roster joined or left: its board is edited."""
    row = work.connection.execute(select(rosters).where(rosters.c.id == roster_id)).first()
    if row is not None:
        show_card(work, row.chat_id, "roster", subject=f"roster:{roster_id}", member_id=row.member_id)


@faces.shows("roster")
def board(work: Work, row: Row[Any]) -> Shown | None:
    """「已加入 41/70」, unit by unit, with who is missing; panel `all` names everybody missing."""
    roster_id = int(row.subject.removeprefix("roster:"))
    table = invitations_table
    rows = work.connection.execute(
        select(table).where(table.c.roster_id == roster_id).order_by(table.c.id)
    ).all()
    if not rows or not work.actor.grants:
        return None
    inside = set(
        work.connection.execute(
            select(roles.c.invitation_id)
            .select_from(roles.join(members, members.c.id == roles.c.member_id))
            .where(
                roles.c.invitation_id.in_([one.id for one in rows]),
                people.in_force_at(work.now),
                members.c.red_lines_at.is_not(None),
                members.c.left_at.is_(None),
            )
        ).scalars()
    )
    units: dict[str, dict[str, Any]] = {}
    for one in rows:
        unit = units.setdefault(
            one.unit, {"unit": one.unit, "role": one.role, "joined": 0, "all": 0, "missing": []}
        )
        unit["all"] += 1
        if one.id in inside:
            unit["joined"] += 1
        else:
            unit["missing"].append(one.name)
    joined = sum(unit["joined"] for unit in units.values())
    buttons: tuple[tuple[Button, ...], ...] = ()
    if any(not one.used for one in rows):
        buttons = ((Button("links_again", "roster", roster_id),),)
    return Shown(
        "people.board",
        {"joined": joined, "all": len(rows), "units": list(units.values())},
        buttons,
        silent=True,
    )
