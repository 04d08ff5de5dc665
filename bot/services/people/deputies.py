"""委托代理: a leader or an office member lends the role to one of the own side until a date (SPEC §1)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, select, update

from bot.domain.permissions import Role
from bot.ledger import events, people
from bot.ledger.desk import Work
from bot.ledger.people import Reached
from bot.ledger.prepared import Prepared
from bot.ledger.tables import members, roles
from bot.services import faces, questions
from bot.services.incoming import Incoming
from bot.services.outgoing import Button, Shown, new_card, say
from bot.services.people import commands
from bot.services.people.titles import grant_of, title_of
from bot.services.refusals import NotUnderstood, NotYours, RoleEnded

DAYS = (1, 3, 7, 14)
LONGEST = timedelta(days=60)
_DAY = re.compile(r"(?:(\d{1,2})[月./-])?(\d{1,2})[日号]?$")


def lendable(work: Work) -> list[Row[Any]]:
    """The actor's own roles that can be lent: a leader's and an office's; what is lent is not lent on."""
    return [
        role
        for role in people.roles_of(work, work.actor.member_id)
        if role.lent_by is None and (role.leader or role.role == Role.OFFICE.value)
    ]


def own_side(work: Work, role: Row[Any]) -> list[Reached]:
    """Who may stand in: for a leader the group and its track's office, for an office its track's groups."""
    if role.role == Role.OFFICE.value:
        found = [
            person
            for group in work.world.campaign.groups
            if group.track == role.track
            for person in people.group_of(work, group.key)
        ]
        holding = {person.member_id for person in people.office_of(work, role.track)}
    else:
        group_members = people.group_of(work, role.group_key)
        found = [*group_members, *people.office_of(work, role.track)]
        holding = {person.member_id for person in group_members if person.leader}
    seen: dict[int, Reached] = {}
    for person in found:
        if person.member_id != role.member_id and person.member_id not in holding:
            seen.setdefault(person.member_id, person)
    return list(seen.values())


def open_card(work: Work, chat_id: int) -> None:
    """「委托代理」: whom, until when, as a card that each tap edits.

    Raises:
        NotYours: the actor leads no group and belongs to no office.
    """
    if not lendable(work):
        raise NotYours
    new_card(work, chat_id, "lend", subject="lend", member_id=work.actor.member_id)


@faces.shows("lend")
def face(work: Work, row: Row[Any]) -> Shown | None:
    """What stands on the card.

    Panel: nothing → roles and what is lent; `ROLE` → whom; `ROLE.MEMBER` → until when.
    """
    mine = lendable(work)
    if not mine:
        return None
    role_id, _, member_id = (row.panel or "").partition(".")
    chosen = next((role for role in mine if str(role.id) == role_id), None)
    if chosen is None and len(mine) == 1 and not _lent(work):
        chosen = mine[0]
    if chosen is None:
        return _overview(work, mine)
    title = title_of(work, grant_of(chosen))
    side = own_side(work, chosen)
    person = next((one for one in side if str(one.member_id) == member_id), None)
    if person is None:
        buttons = [
            (Button("", "turn", 0, 0, f"{chosen.id}.{one.member_id}", text=one.name),) for one in side[:20]
        ]
        return Shown(
            "people.lend_whom", {"role": title, "any": bool(side)}, (*buttons, (Button("back", "turn"),))
        )
    days = tuple(
        Button("days", "lendto", chosen.id, 0, f"{person.member_id}.{count}", values={"count": count})
        for count in DAYS
    )
    other = Button("other_date", "lendto", chosen.id, 0, f"{person.member_id}.")
    back = Button("back", "turn", 0, 0, str(chosen.id))
    return Shown("people.lend_until", {"role": title, "name": person.name}, (days, (other, back)))


def _overview(work: Work, mine: Sequence[Row[Any]]) -> Shown:
    lent = _lent(work)
    buttons: list[tuple[Button, ...]] = [
        (Button("unlend", "unlend", one.id, values={"name": one.name}),) for one in lent
    ]
    for role in mine:
        title = title_of(work, grant_of(role))
        buttons.append((Button("", "turn", 0, 0, str(role.id), text=title["scope"]),))
    return Shown(
        "people.lent",
        {
            "lent": [
                {
                    "name": one.name,
                    "role": title_of(work, grant_of(one)),
                    "until": work.world.campaign.local(one.until).isoformat(),
                }
                for one in lent
            ]
        },
        tuple(buttons),
    )


def _lent(work: Work) -> Sequence[Row[Any]]:
    return work.connection.execute(
        select(roles, members.c.name)
        .select_from(roles.join(members, members.c.id == roles.c.member_id))
        .where(roles.c.lent_by == work.actor.member_id, people.in_force_at(work.now))
        .order_by(roles.c.until)
    ).all()


def lend(work: Work, chat_id: int, role_id: int, arg: str) -> None:
    """The last tap: for so many days, or «another date», which is asked for.

    Raises:
        NotYours: that role or that person is not the actor's to choose.
        NotUnderstood: the button carries nonsense.
    """
    member_id, _, days = arg.partition(".")
    role, person = _chosen(work, role_id, member_id)
    if not days:
        questions.ask(
            work, chat_id, "lend_until", "people.lend_date", {"name": person.name},
            subject={"role": role.id, "member": person.member_id},
        )  # fmt: skip
        return
    if not days.isdecimal() or int(days) not in DAYS:
        raise NotUnderstood(hint="old_button")
    _lend(work, chat_id, role, person, work.world.campaign.today(work.now) + timedelta(days=int(days)))


@questions.answers("lend_until")
def until_words(work: Work, row: Row[Any], incoming: Incoming) -> None:
    """The last day, in words: 「5月10日」 「10日」."""
    found = _DAY.fullmatch(incoming.text.strip().replace(" ", ""))
    last = None if found is None else _coming(work, found[1], int(found[2]))
    if last is None:
        raise NotUnderstood(hint="date")
    role, person = _chosen(work, int(row.subject["role"]), str(row.subject["member"]))
    _lend(work, incoming.chat_id, role, person, last)


def _coming(work: Work, month: str | None, day: int) -> date | None:
    """The next calendar day with that number, within two months."""
    today = work.world.campaign.today(work.now)
    for ahead in range(LONGEST.days + 1):
        one = today + timedelta(days=ahead)
        if one.day == day and (month is None or one.month == int(month)):
            return one
    return None


def _chosen(work: Work, role_id: int, member_id: str) -> tuple[Row[Any], Reached]:
    role = next((one for one in lendable(work) if one.id == role_id), None)
    if role is None:
        raise NotYours
    person = next((one for one in own_side(work, role) if str(one.member_id) == member_id), None)
    if person is None:
        raise NotYours
    return role, person


def _lend(work: Work, chat_id: int, role: Row[Any], person: Reached, last: date) -> None:
    until = datetime.combine(last + timedelta(days=1), time(), work.world.campaign.zone)
    work.insert(
        roles,
        member_id=person.member_id,
        role=role.role,
        track=role.track,
        group_key=role.group_key,
        region=role.region,
        township=role.township,
        leader=role.leader,
        deputy=role.deputy,
        granted_at=work.now,
        lent_by=role.member_id,
        until=until,
    )
    events.record(
        work, "lent", body=grant_of(role).body,
        data={"role": role.id, "to": person.member_id, "until": until.isoformat()},
    )  # fmt: skip
    lender = people.member(work, role.member_id)
    assert lender is not None
    values = {"role": title_of(work, grant_of(role)), "until": last.isoformat()}
    commands.refresh(work, person.member_id, "people.lent_to_you", {**values, "name": lender.name})
    say(work, chat_id, "people.lent_now", {**values, "name": person.name})
    faces.show_plain(work, chat_id, "lend")


def take_back(work: Work, chat_id: int, role_id: int) -> None:
    """「收回」: the lent role ends now.

    Raises:
        NotYours: somebody else lent it.
        RoleEnded: it has ended already.
    """
    role = work.connection.execute(
        select(roles).where(roles.c.id == role_id, people.in_force_at(work.now))
    ).first()
    if role is None:
        raise RoleEnded
    if role.lent_by != work.actor.member_id:
        raise NotYours
    work.connection.execute(update(roles).where(roles.c.id == role_id).values(ended_at=work.now))
    events.record(work, "lending_ended", body=grant_of(role).body, data={"role": role_id})
    _tell_over(work, role, key=None)
    faces.show_plain(work, chat_id, "lend")


_any_over = Prepared(
    select(roles.c.id)
    .where(roles.c.until.is_not(None), roles.c.until <= bindparam("now"), roles.c.ended_at.is_(None))
    .limit(1)
)


def ended_due(work: Work) -> int:
    """Lendings end by themselves on their date: both are told, and menus change; gives how many."""
    if _any_over.first(work, now=work.now) is None:
        return 0
    over = work.connection.execute(
        select(roles).where(roles.c.until.is_not(None), roles.c.until <= work.now, roles.c.ended_at.is_(None))
    ).all()
    for role in over:
        work.connection.execute(update(roles).where(roles.c.id == role.id).values(ended_at=role.until))
        _tell_over(work, role, key=f"lent:{role.id}")
    return len(over)


def _tell_over(work: Work, role: Row[Any], *, key: str | None) -> None:
    lender, deputy = people.member(work, role.lent_by), people.member(work, role.member_id)
    assert lender is not None
    assert deputy is not None
    values = {"role": title_of(work, grant_of(role))}
    commands.refresh(
        work, role.member_id, "people.lending_over", {**values, "name": lender.name},
        dedup=f"{key}:deputy" if key else None,
    )  # fmt: skip
    if key is not None and lender.telegram_id is not None and lender.left_at is None:
        say(
            work, lender.telegram_id, "people.lending_over_lender", {**values, "name": deputy.name},
            dedup=f"{key}:lender", silent=True,
        )  # fmt: skip
