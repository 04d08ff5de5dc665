"""Leaving and removal 退出、移出: rights end at once, duties pass on, what was done stays (SPEC §1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, func, select, update

from bot.domain.entries import OPEN_STATES, State
from bot.domain.permissions import Role
from bot.ledger import events, people
from bot.ledger.desk import Work
from bot.ledger.people import Reached
from bot.ledger.tables import cards, entries, members, outbox, questions, requests, roles
from bot.services import faces
from bot.services.checking import checkers
from bot.services.counties import assignment, townships
from bot.services.outgoing import Button, say
from bot.services.people import commands, invitations, roster, withholding
from bot.services.people.titles import grant_of, title_of
from bot.services.refusals import LastAdmin, NotYours, RoleEnded

_OPEN = [state.value for state in OPEN_STATES]


def may_end(work: Work, role: Row[Any]) -> bool:
    """Whether the actor may end somebody's role: who could invite to it may take it away."""
    try:
        invitations.inviting_grant(work, invitations.scope_of(role))
    except NotYours:
        return False
    return True


def removable(work: Work, member_id: int) -> list[Row[Any]]:
    """The roles of a member that the actor may end."""
    return [role for role in people.roles_of(work, member_id) if may_end(work, role)]


def ask_to_remove(work: Work, chat_id: int, role_id: int) -> None:
    """「移出」 on a line about somebody who joined: asked once more, with what it ends.

    Raises:
        RoleEnded: the role has ended already.
        NotYours: the actor may not end it.
    """
    role = _role(work, role_id)
    row = people.member(work, role.member_id)
    assert row is not None
    say(
        work, chat_id, "people.sure_to_remove",
        {"name": row.name, "post": row.post, "roles": titles(work, removable(work, row.id))},
        buttons=((Button("confirm_remove", "remove", role_id), Button("cancel", "never")),),
    )  # fmt: skip


def remove(work: Work, role_id: int, chat_id: int) -> None:
    """「确认移出」: every role of that member that the actor may end is ended.

    Raises:
        RoleEnded: the role has ended already.
        NotYours: the actor may not end it, or it is the actor's own: leaving is another button.
    """
    role = _role(work, role_id)
    if role.member_id == work.actor.member_id:
        raise NotYours
    row = people.member(work, role.member_id)
    assert row is not None
    end(work, row, removable(work, row.id), "removed")
    faces.show_again(work, chat_id, "members")


def _role(work: Work, role_id: int) -> Row[Any]:
    role = work.connection.execute(
        select(roles).where(roles.c.id == role_id, people.in_force_at(work.now))
    ).first()
    if role is None:
        raise RoleEnded
    if not may_end(work, role):
        raise NotYours
    return role


def leave(work: Work) -> None:
    """「确认退出」: the actor gives up all roles.

    Raises:
        LastAdmin: nobody would be left who could invite.
    """
    if work.actor.has(Role.ADMIN) and len(people.holders_of(work, Role.ADMIN)) == 1:
        raise LastAdmin
    row = people.member(work, work.actor.member_id)
    assert row is not None
    end(work, row, people.roles_of(work, row.id), "left")


def end(work: Work, row: Row[Any], ended: Sequence[Row[Any]], what: str) -> None:
    """End roles of a member and pass on what hangs on them; the member is told, kindly."""
    work.connection.execute(
        update(roles).where(roles.c.id.in_([role.id for role in ended])).values(ended_at=work.now)
    )
    # what this member had lent to a deputy ends with it
    lent = work.connection.execute(
        select(roles).where(roles.c.lent_by == row.id, people.in_force_at(work.now))
    ).all()
    kept = people.roles_of(work, row.id)
    gone = [one for one in lent if not any(_lends(one, role) for role in kept)]
    for one in gone:
        work.connection.execute(update(roles).where(roles.c.id == one.id).values(ended_at=work.now))
    if not kept:
        work.connection.execute(update(members).where(members.c.id == row.id).values(left_at=work.now))
        _close_chat(work, row)
    else:
        withholding.withhold(work, row, ended, kept)
    revoked = _revoke(work, row, kept)
    events.record(
        work, what, body=events.SYSTEM,
        data={"member": row.id, "roles": [role.id for role in ended], "links": revoked},
    )  # fmt: skip
    for role in ended:
        _pass_on(work, row, role)
    for roster_id in {role_roster for role in ended if (role_roster := _roster_of(work, role)) is not None}:
        roster.refresh(work, roster_id)
    if row.telegram_id is not None:
        commands.refresh(
            work, row.id, f"people.{what}", {"roles": titles(work, ended), "rest": titles(work, kept)}
        )
        for one in gone:
            commands.refresh(work, one.member_id, "people.lending_over", {"name": row.name})
            deputy = people.member(work, one.member_id)
            if deputy is not None:
                withholding.withhold(work, deputy, [one], people.roles_of(work, deputy.id))


def titles(work: Work, rows: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    """Role rows as the texts name them."""
    return [title_of(work, grant_of(row)) for row in rows]


def _lends(lent: Row[Any], role: Row[Any]) -> bool:
    return (lent.role, lent.track, lent.group_key) == (role.role, role.track, role.group_key)


def _roster_of(work: Work, role: Row[Any]) -> int | None:
    invitation = invitations.get(work, role.invitation_id)
    return None if invitation is None else invitation.roster_id


def _revoke(work: Work, row: Row[Any], kept: Sequence[Row[Any]]) -> int:
    """The links this member gave out die, unless a role is left by which they could be given out anew."""
    if any(Role(role.role) in (Role.ADMIN, Role.OFFICE, Role.CONTACT) for role in kept):
        return 0
    return invitations.revoke_of(work, row.id)


def _close_chat(work: Work, row: Row[Any]) -> None:
    """Nothing that was meant for a member goes to somebody who is none: cards, questions, what waits."""
    if row.telegram_id is None:
        return
    chat_id = row.telegram_id
    work.connection.execute(
        update(questions)
        .where(questions.c.chat_id == chat_id, questions.c.state == "open")
        .values(state="closed")
    )
    work.connection.execute(
        update(outbox)
        .where(outbox.c.chat_id == chat_id, outbox.c.state == "waiting")
        .values(state="stale", error="left", sent_at=work.now)
    )


def _pass_on(work: Work, row: Row[Any], role: Row[Any]) -> None:
    match Role(role.role):
        case Role.INSPECTOR:
            _group_goes_on(work, row, role)
        case Role.CONTACT:
            _region_goes_on(work, row, role)
        case Role.TOWNSHIP:
            _township_goes_on(work, row, role)
        case _:
            pass


def _group_goes_on(work: Work, row: Row[Any], role: Row[Any]) -> None:
    """Checks go to the group; a leader's duties to the office, until there is another leader."""
    waiting = work.connection.execute(
        select(entries).where(entries.c.checker == role.group_key, entries.c.state == State.SUBMITTED.value)
    ).all()
    group = people.group_of(work, role.group_key)
    for entry in waiting:
        if role.leader or entry.filer_id == row.id or not group:
            checkers.tell(work, entry)
    if not role.leader or any(person.leader for person in group):
        return
    asked = work.connection.execute(
        select(func.count())
        .select_from(requests.join(entries, entries.c.id == requests.c.entry_id))
        .where(entries.c.checker == role.group_key, requests.c.state == "open")
    ).scalar_one()
    for person in people.office_of(work, role.track):
        say(
            work, person.chat_id, "people.no_leader",
            {"group": work.world.campaign.group_title(role.group_key), "open": asked},
        )  # fmt: skip


def _region_goes_on(work: Work, row: Row[Any], role: Row[Any]) -> None:
    """What a contact owed goes to the region's others; the office hears when there are none."""
    owed = work.connection.execute(
        select(entries).where(
            entries.c.region == role.region, entries.c.state.in_([*_OPEN, State.SUBMITTED.value])
        )
    ).all()
    left = people.contacts_of(work, role.region)
    if not left:
        for person in people.office_of(work, role.track):
            say(
                work, person.chat_id, "people.no_contact",
                {"region": role.region, "open": len(owed)},
            )  # fmt: skip
        for entry in owed:
            if entry.state in _OPEN:  # whoever joins next gets it
                assignment.deliver(work, entry)
        return
    heirs: dict[int, tuple[Reached, int]] = {}
    for entry in owed:
        if row.telegram_id is None or not _has_card(work, entry, row.telegram_id):
            continue
        if any(_has_card(work, entry, person.chat_id) for person in left):
            continue
        heir = assignment.deliver(work, entry)
        townships.show_review(work, entry)
        if heir is not None:
            heirs[heir.member_id] = (heir, heirs.get(heir.member_id, (heir, 0))[1] + 1)
    for heir, count in heirs.values():
        say(
            work, heir.chat_id, "people.inherited",
            {"name": row.name, "region": role.region, "count": count}, silent=True,
        )  # fmt: skip


def _has_card(work: Work, entry: Row[Any], chat_id: int) -> bool:
    found = work.connection.execute(
        select(cards.c.id).where(
            cards.c.entry_id == entry.id, cards.c.kind == "county", cards.c.chat_id == chat_id
        )
    ).first()
    return found is not None


def _township_goes_on(work: Work, row: Row[Any], role: Row[Any]) -> None:
    """What was passed on to a township without anybody left is the contact's again."""
    if people.township_contacts_of(work, role.region, role.township):
        return
    owed = work.connection.execute(
        select(func.count()).where(
            entries.c.region == role.region,
            entries.c.passed_to == role.township,
            entries.c.state.in_(_OPEN),
        )
    ).scalar_one()
    if not owed:
        return
    for person in people.contacts_of(work, role.region)[:1]:
        say(
            work, person.chat_id, "people.no_township",
            {"township": role.township, "open": owed}, silent=True,
        )  # fmt: skip
