"""Joining 加入: the link, 姓名 and 职务 in one reply, the red lines, the roles (SPEC §1)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select, update

from bot.domain.names import person_name, visible
from bot.ledger import events, people
from bot.ledger.desk import Work
from bot.ledger.tables import chats, members, roles, strangers
from bot.services import questions
from bot.services.incoming import Incoming
from bot.services.outgoing import Button, say
from bot.services.people import commands, invitations, roster
from bot.services.people.titles import grant_of, title_of
from bot.services.refusals import BadInvitation, NotUnderstood

MOST_NAME = 32
MOST_POST = 64
MOST_GUESSES = 5
"""Links that open nothing and are answered, a stranger and day."""
_MARK = re.compile(r"\s*[,，、;；/\n]\s*")
_SPACE = re.compile(r"\s+")
_SAID = re.compile(r"^(?:我叫|我是|姓名|名字|叫)[:：\s]*")
_POST = re.compile(r"^(?:职务|单位及职务|单位)[:：\s]*")


def start(work: Work, telegram_id: int, payload: str) -> None:
    """`/start`, with or without the payload of an invitation.

    Raises:
        BadInvitation: the payload opens nothing, and its sender is no member.
    """
    hear_from(work, telegram_id)
    known = people.by_telegram(work, telegram_id)
    if payload:
        try:
            _redeem(work, telegram_id, payload, known)
        except BadInvitation:
            # a member who presses an old link again only wants to come in
            if not work.actor.grants:
                _guessed(work, telegram_id)
                return
            welcome(work, telegram_id)
    elif known is not None and known.left_at is None:
        go_on(work, telegram_id, int(known.id))
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


def _redeem(work: Work, telegram_id: int, payload: str, known: Row[Any] | None) -> None:
    invitation = invitations.by_token(work, payload)
    inside = known if known is not None and known.left_at is None else None
    if invitation is not None and inside is not None and invitations.holds(work, inside.id, invitation):
        go_on(work, telegram_id, int(inside.id))
        return
    invitation = invitations.usable(work, invitation)
    invitations.use(work, invitation)
    if known is None:
        member_id = _new_member(work, telegram_id, invitation)
    else:
        member_id = int(known.id)
        _come_back(work, known, invitation)
    grant(work, member_id, invitation)
    go_on(work, telegram_id, member_id, fresh=True)


def _new_member(work: Work, telegram_id: int, invitation: Row[Any]) -> int:
    return work.insert(
        members,
        telegram_id=telegram_id,
        name=invitation.name,
        post=invitation.post,
        unit=invitation.unit,
        created_at=work.now,
        heard_at=work.now,
    )


def _come_back(work: Work, known: Row[Any], invitation: Row[Any]) -> None:
    values: dict[str, Any] = {}
    if known.left_at is not None:
        values.update(left_at=None, red_lines_at=None)
    if not known.name and invitation.name:
        values.update(name=invitation.name, post=invitation.post, unit=invitation.unit)
    if values:
        work.connection.execute(update(members).where(members.c.id == known.id).values(**values))


def grant(work: Work, member_id: int, invitation: Row[Any]) -> None:
    """Give a member the role of an invitation; roles add up."""
    work.insert(
        roles,
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
    events.record(
        work,
        "joined",
        body=events.SYSTEM,
        data={"member": member_id, "role": invitation.role, "invitation": invitation.id},
    )


def go_on(work: Work, telegram_id: int, member_id: int, *, fresh: bool = False) -> None:
    """The next step of joining: name and post, then the red lines, then the welcome.

    `fresh` says that a role has just been given.
    """
    row = people.member(work, member_id)
    assert row is not None
    if not row.name:
        questions.ask(
            work, telegram_id, "name_and_post", "joining.name", telegram_id=telegram_id,
            subject={"member": row.id}, stays=work.world.rules.reference_kept,
        )  # fmt: skip
    elif row.red_lines_at is None:
        say(
            work, telegram_id, "joining.red_lines", {"name": row.name, "post": row.post},
            buttons=((Button("i_know", "iknow", row.id),),),
        )  # fmt: skip
    elif not people.roles_of(work, row.id):
        stranger(work, telegram_id)  # the only role was lent, and is over
    else:
        welcome(work, telegram_id)
        if fresh:
            _tell(work, row, [one for one in people.roles_of(work, row.id) if one.granted_at == work.now])


@questions.answers("name_and_post")
def named(work: Work, row: Row[Any], incoming: Incoming) -> None:
    """「姓名 职务」 in one reply."""
    said = _SAID.sub("", visible(incoming.text))
    # a mark parts best (a name in Latin letters has spaces), else the first space
    between = _MARK if _MARK.search(said) else _SPACE
    name, *rest = between.split(said, maxsplit=1)
    post = _POST.sub("", " ".join(rest).strip())[:MOST_POST]
    known = person_name(name)
    if known is None or not post or len(known) > MOST_NAME or said.startswith("/"):
        raise NotUnderstood(hint="name")
    member_id = int(row.subject["member"])
    work.connection.execute(update(members).where(members.c.id == member_id).values(name=known, post=post))
    go_on(work, incoming.chat_id, member_id)


def acknowledge(work: Work, telegram_id: int) -> None:
    """「我已知晓」: the newcomer has read the red lines; the roles are in force from now on.

    Raises:
        NotUnderstood: pressed by somebody who is no member, or whose name is not known yet.
    """
    row = people.by_telegram(work, telegram_id)
    if row is None or row.left_at is not None:
        raise NotUnderstood(hint="nobody")
    if not row.name:
        raise NotUnderstood(hint="name")
    first = row.red_lines_at is None
    if first:
        work.connection.execute(
            update(members)
            .where(members.c.id == row.id)
            .values(red_lines_at=work.now, joined_at=row.joined_at or work.now)
        )
        work.actor = people.actor_by_id(work, row.id)
        events.record(work, "red_lines", body=events.SYSTEM, data={"member": row.id})
    welcome(work, telegram_id)
    if first:
        _tell(work, row, people.roles_of(work, row.id))


def _tell(work: Work, row: Row[Any], granted: Sequence[Row[Any]]) -> None:
    """The office sees who came: by the board of a roster, or by a line with 「移出」."""
    for one in granted:
        invitation = invitations.get(work, one.invitation_id)
        if invitation is None:
            continue
        if invitation.roster_id is not None:
            roster.refresh(work, invitation.roster_id)
        elif invitation.uses > 1:
            _tell_inviters(work, row, one, invitation)


def _tell_inviters(work: Work, row: Row[Any], role: Row[Any], invitation: Row[Any]) -> None:
    for chat_id in invitations.watchers(work, invitation):
        if chat_id == row.telegram_id:
            continue
        say(
            work,
            chat_id,
            "people.somebody_joined",
            {"name": row.name, "post": row.post, "role": title_of(work, grant_of(role)),
             "used": invitation.used, "uses": invitation.uses},
            buttons=((Button("remove", "removing", role.id),),),
            silent=True,
        )  # fmt: skip


def welcome(work: Work, telegram_id: int) -> None:
    """What the member is, and what can be done now; with the role's menu and commands."""
    work.actor = people.actor_of(work, telegram_id)
    say(
        work,
        telegram_id,
        "joining.welcome",
        {"roles": role_titles(work)},
        keyboard=commands.menu_of(work.actor),
    )
    commands.show(work, telegram_id)


def role_titles(work: Work) -> list[dict[str, Any]]:
    """The actor's roles as the texts name them."""
    return [title_of(work, one) for one in work.actor.grants]


def stranger(work: Work, telegram_id: int) -> None:
    """Unknown people get one polite line a day, in private only."""
    if _known_today(work, telegram_id) is None:
        say(work, telegram_id, "joining.stranger")


def _guessed(work: Work, telegram_id: int) -> None:
    """A link that opens nothing: answered in the same words whatever it was, a few times a day, then no more.

    Raises:
        BadInvitation: within those few times.
    """
    guesses = _known_today(work, telegram_id) or 0
    if guesses >= MOST_GUESSES:
        return
    work.connection.execute(
        update(strangers).where(strangers.c.telegram_id == telegram_id).values(guesses=guesses + 1)
    )
    say(work, telegram_id, "refusals.bad_invitation")


def _known_today(work: Work, telegram_id: int) -> int | None:
    """How many links a stranger has tried today; None at the first word of the day, which is written down."""
    today = work.world.campaign.today(work.now).isoformat()
    row = work.connection.execute(select(strangers).where(strangers.c.telegram_id == telegram_id)).first()
    if row is None:
        work.connection.execute(strangers.insert().values(telegram_id=telegram_id, answered_on=today))
        return None
    if row.answered_on != today:
        fresh = update(strangers).where(strangers.c.telegram_id == telegram_id)
        work.connection.execute(fresh.values(answered_on=today, guesses=0))
        return None
    return int(row.guesses)
