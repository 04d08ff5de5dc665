"""「成员」: who is here, unit by unit, with 「移出」 for those whom the reader could invite (SPEC §1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, select

from bot.domain.permissions import Role
from bot.ledger.desk import Work
from bot.ledger.people import in_force_at
from bot.ledger.tables import chats, members, roles
from bot.services import faces
from bot.services.outgoing import Button, Shown, new_card
from bot.services.people import membership
from bot.services.people.titles import grant_of, title_of
from bot.services.refusals import NotYours

PAGE = 8

Unit = tuple[str, str, ColumnElement[bool]]
"""Code of a panel, literal title (or a role's key), the role rows that belong to it."""


def open_card(work: Work, chat_id: int) -> None:
    """「成员」: the units that the actor looks after, as a card that each tap edits.

    Raises:
        NotYours: the actor looks after none.
    """
    if not units(work):
        raise NotYours
    new_card(work, chat_id, "members", subject="members", member_id=work.actor.member_id)


def units(work: Work) -> list[Unit]:
    """The units that the actor may see: the office its track's, a contact its townships', the admin all."""
    campaign, actor = work.world.campaign, work.actor
    admin = actor.has(Role.ADMIN)
    tracks = [track.key for track in campaign.tracks if admin or track.key in actor.offices()]
    found: list[Unit] = []
    for number, track in enumerate(campaign.tracks):
        if track.key in tracks:
            of_office = (roles.c.role == Role.OFFICE.value) & (roles.c.track == track.key)
            found.append((f"o.{number}", track.office, of_office))
    for number, group in enumerate(campaign.groups):
        if group.track in tracks:
            of_group = (roles.c.role == Role.INSPECTOR.value) & (roles.c.group_key == group.key)
            found.append((f"g.{number}", campaign.group_title(group.key), of_group))
    for number, region in enumerate(campaign.regions):
        whole = region.track in tracks
        if not whole and region.name not in actor.regions():
            continue
        wanted = [Role.CONTACT.value, Role.TOWNSHIP.value] if whole else [Role.TOWNSHIP.value]
        of_region: ColumnElement[bool] = roles.c.role.in_(wanted)
        found.append((f"r.{number}", region.name, of_region & (roles.c.region == region.name)))
    if tracks:
        found.append(("l", "city_leader", roles.c.role == Role.CITY_LEADER.value))
    if admin:
        found.append(("v", "oversight", roles.c.role == Role.OVERSIGHT.value))
        found.append(("a", "admin", roles.c.role == Role.ADMIN.value))
    return found


def _holders(work: Work, condition: ColumnElement[bool]) -> Sequence[Row[Any]]:
    return work.connection.execute(
        select(
            roles,
            members.c.name,
            members.c.post,
            members.c.red_lines_at,
            members.c.telegram_id,
            chats.c.unreachable_at,
        )
        .select_from(
            roles.join(members, members.c.id == roles.c.member_id).outerjoin(
                chats, chats.c.id == members.c.telegram_id
            )
        )
        .where(condition, in_force_at(work.now), members.c.left_at.is_(None))
        .order_by(roles.c.leader.desc(), roles.c.deputy, roles.c.id)
    ).all()


@faces.shows("members")
def face(work: Work, row: Row[Any]) -> Shown | None:
    """What stands on the card: the units, one unit's members, or the question before a removal."""
    mine = units(work)
    if not mine:
        return None
    code, _, rest = (row.panel or "").partition("/")
    unit = next((one for one in mine if one[0] == code), None)
    if unit is None:
        return _overview(work, mine)
    if rest.startswith("x"):
        sure = _sure(work, unit, rest[1:])
        if sure is not None:
            return sure
    return _unit(work, unit, int(rest) if rest.isdecimal() else 0)


def _overview(work: Work, mine: list[Unit]) -> Shown:
    lines = []
    buttons: list[Button] = []
    for code, title, condition in mine:
        holders = _holders(work, condition)
        inside = [one for one in holders if one.red_lines_at is not None]
        lines.append(
            {
                "title": title,
                "named": code[0] not in "lva",
                "joined": len(inside),
                "leader": code[0] != "g" or any(one.leader for one in inside),
                "contact": code[0] != "r" or any(one.role == Role.CONTACT.value for one in inside),
                "unreachable": sum(one.unreachable_at is not None for one in inside),
                "unfinished": len(holders) - len(inside),
            }
        )
        if holders:
            label = "" if code[0] not in "lva" else f"role_{title}"
            buttons.append(Button(label, "turn", 0, 0, code, text="" if label else title))
    rows = [tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2)]
    return Shown("people.units", {"units": lines}, (*rows, (Button("invite", "invite"),)))


def _unit(work: Work, unit: Unit, page: int) -> Shown:
    code, title, condition = unit
    holders = _holders(work, condition)
    shown = holders[page * PAGE : (page + 1) * PAGE]
    rows: list[tuple[Button, ...]] = [
        (Button("remove_one", "turn", 0, 0, f"{code}/x{one.id}", values={"name": one.name or "—"}),)
        for one in shown
        if one.member_id != work.actor.member_id and membership.may_end(work, one)
    ]
    turns = []
    if page:
        turns.append(Button("previous", "turn", 0, 0, f"{code}/{page - 1}"))
    if len(holders) > (page + 1) * PAGE:
        turns.append(Button("next", "turn", 0, 0, f"{code}/{page + 1}"))
    rows += [tuple(turns), (Button("back", "turn"),)]
    return Shown(
        "people.unit",
        {
            "title": title,
            "named": code[0] not in "lva",
            "all": len(holders),
            "members": [
                {
                    "name": one.name,
                    "post": one.post,
                    "role": title_of(work, grant_of(one)),
                    "unfinished": one.red_lines_at is None,
                    "unreachable": one.unreachable_at is not None,
                    "until": work.world.campaign.local(one.until).isoformat() if one.until else None,
                }
                for one in shown
            ],
        },
        tuple(rows),
    )


def _sure(work: Work, unit: Unit, role_id: str) -> Shown | None:
    code, _, condition = unit
    role = next((one for one in _holders(work, condition) if str(one.id) == role_id), None)
    if role is None:
        return None
    return Shown(
        "people.sure_to_remove",
        {
            "name": role.name,
            "post": role.post,
            "roles": membership.titles(work, membership.removable(work, role.member_id)),
        },
        ((Button("confirm_remove", "remove", role.id), Button("cancel", "turn", 0, 0, code)),),
    )
