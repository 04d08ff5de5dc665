"""Joining 加入: the link, 姓名 and 职务 in one reply, the red lines, the roles (SPEC §1)."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Row, select, update

from bot.domain.permissions import Role
from bot.ledger import events, people
from bot.ledger.desk import Work
from bot.ledger.tables import chats, members, roles, strangers
from bot.services import invitations, questions
from bot.services.incoming import Incoming
from bot.services.outgoing import Button, say
from bot.services.refusals import NotUnderstood

MOST_NAME = 32
_BETWEEN = re.compile(r"[\s,，、;；/]+")


def start(work: Work, telegram_id: int, payload: str, *, language: str = "") -> None:
    """`/start`, with or without the payload of an invitation."""
    hear_from(work, telegram_id)
    known = people.by_telegram(work, telegram_id)
    if payload:
        _redeem(work, telegram_id, payload, known, language)
    elif known is not None and known.left_at is None:
        if known.red_lines_at is None:
            _go_on(work, telegram_id, known)
        else:
            welcome(work, telegram_id)
    else:
        stranger(work, telegram_id)


def hear_from(work: Work, telegram_id: int) -> None:
    """A private chat was heard from: it exists, and it can be reached."""
    row = people.chat(work, telegram_id)
    if row is None:
        work.connection.execute(chats.insert().values(id=telegram_id, kind="private", heard_at=work.now))
    elif row.unreachable_at is not None:
        work.connection.execute(
            update(chats)
            .where(chats.c.id == telegram_id)
            .values(unreachable_at=None, unreachable_why=None, heard_at=work.now)
        )


def _redeem(work: Work, telegram_id: int, payload: str, known: Row[Any] | None, language: str) -> None:
    invitation = invitations.find(work, payload)
    if known is not None and _holds(work, known.id, invitation):
        welcome(work, telegram_id)
        return
    invitations.use(work, invitation)
    if known is None:
        member_id = _new_member(work, telegram_id, invitation, language)
    else:
        member_id = int(known.id)
        if known.left_at is not None:
            work.connection.execute(
                update(members).where(members.c.id == member_id).values(left_at=None, red_lines_at=None)
            )
    grant(work, member_id, invitation)
    row = people.member(work, member_id)
    assert row is not None
    _go_on(work, telegram_id, row)


def _new_member(work: Work, telegram_id: int, invitation: Row[Any], language: str) -> int:
    new_id = work.insert(
        members,
        telegram_id=telegram_id,
        name=invitation.name,
        post=invitation.post,
        language=None,
        created_at=work.now,
        heard_at=work.now,
    )
    return new_id


def _holds(work: Work, member_id: int, invitation: Row[Any]) -> bool:
    return any(
        (role.role, role.group_key, role.region, role.township, role.track, role.leader)
        == (
            invitation.role, invitation.group_key, invitation.region, invitation.township,
            invitation.track, invitation.leader,
        )
        for role in people.roles_of(work, member_id)
    )  # fmt: skip


def grant(work: Work, member_id: int, invitation: Row[Any]) -> None:
    """Give a member the role of an invitation; roles add up."""
    work.connection.execute(
        roles.insert().values(
            member_id=member_id,
            role=invitation.role,
            track=invitation.track,
            group_key=invitation.group_key,
            region=invitation.region,
            township=invitation.township,
            leader=invitation.leader,
            deputy=invitation.deputy,
            invitation_id=invitation.id,
            granted_at=work.now,
        )
    )
    events.record(
        work,
        "joined",
        body="system",
        data={"member": member_id, "role": invitation.role, "invitation": invitation.id},
    )


def _go_on(work: Work, telegram_id: int, row: Row[Any]) -> None:
    """The next step of joining: name and post, then the red lines, then the welcome."""
    if not row.name:
        questions.ask(
            work, telegram_id, "name_and_post", "joining.name", telegram_id=telegram_id,
            subject={"member": row.id}, stays=work.world.rules.reference_kept,
        )  # fmt: skip
    elif row.red_lines_at is None:
        say(
            work, telegram_id, "joining.red_lines", {"name": row.name},
            buttons=((Button("i_know", "iknow", row.id),),),
        )  # fmt: skip
    else:
        welcome(work, telegram_id)


@questions.answers("name_and_post")
def named(work: Work, row: Row[Any], incoming: Incoming) -> None:
    """「姓名 职务」 in one reply."""
    parts = [part for part in _BETWEEN.split(incoming.text.strip()) if part]
    if not parts or len(parts[0]) > MOST_NAME or incoming.text.startswith("/"):
        raise NotUnderstood(hint="name")
    name, post = parts[0], " ".join(parts[1:])[:64]
    member_id = int(row.subject["member"])
    work.connection.execute(update(members).where(members.c.id == member_id).values(name=name, post=post))
    fresh = people.member(work, member_id)
    assert fresh is not None
    _go_on(work, incoming.chat_id, fresh)


def acknowledge(work: Work, telegram_id: int) -> None:
    """「我已知晓」: the newcomer has read the red lines; the roles are in force from now on."""
    row = people.by_telegram(work, telegram_id)
    if row is None or row.left_at is not None:
        raise NotUnderstood(hint="nobody")
    if row.red_lines_at is None:
        work.connection.execute(
            update(members)
            .where(members.c.id == row.id)
            .values(red_lines_at=work.now, joined_at=row.joined_at or work.now)
        )
        work.actor = people.actor_by_id(work, row.id)
        events.record(work, "red_lines", body="system", data={"member": row.id})
    welcome(work, telegram_id)


def welcome(work: Work, telegram_id: int) -> None:
    """What the member is, and what can be done now; with the role's menu."""
    work.actor = people.actor_of(work, telegram_id)
    say(work, telegram_id, "joining.welcome", {"roles": role_titles(work)}, keyboard=menu_of(work))


def role_titles(work: Work) -> list[dict[str, Any]]:
    """The actor's roles as the texts name them."""
    campaign = work.world.campaign
    titles = []
    for one in work.actor.grants:
        scope = one.region or ""
        if one.group is not None:
            scope = campaign.group_title(one.group)
        elif one.role is Role.OFFICE and one.track is not None:
            scope = campaign.track(one.track).office
        titles.append(
            {"role": str(one.role), "scope": scope, "township": one.township or "",
             "leader": one.leader, "deputy": one.deputy}
        )  # fmt: skip
    return titles


def menu_of(work: Work) -> list[list[str]]:
    """The reply keyboard of the actor's roles: no job needs a typed command (SPEC §7)."""
    actor = work.actor
    if actor.groups():
        return [["my", "to_check"], ["day_end", "help"]]
    if actor.regions() or actor.has(Role.TOWNSHIP):
        return [["todo", "help"]]
    if actor.offices():
        return [["to_check", "ledger"], ["source", "help"]]
    if actor.has(Role.OVERSIGHT) or actor.has(Role.CITY_LEADER):
        return [["ledger", "help"]]
    return [["help"]]


def stranger(work: Work, telegram_id: int) -> None:
    """Unknown people get one polite line a day, in private only."""
    today = work.world.campaign.today(work.now).isoformat()
    row = work.connection.execute(select(strangers).where(strangers.c.telegram_id == telegram_id)).first()
    if row is not None and row.answered_on == today:
        return
    if row is None:
        work.connection.execute(strangers.insert().values(telegram_id=telegram_id, answered_on=today))
    else:
        work.connection.execute(
            update(strangers).where(strangers.c.telegram_id == telegram_id).values(answered_on=today)
        )
    say(work, telegram_id, "joining.stranger")
