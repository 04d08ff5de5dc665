"""Group chats and channels 群、频道: added, removed, bound, moved; whether photos are seen (SPEC §1)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select, update

from bot.domain.permissions import Role
from bot.ledger import events, people, reach
from bot.ledger.desk import Work
from bot.ledger.tables import chats, outbox
from bot.services.incoming import Incoming
from bot.services.outgoing import Button, Rows, say
from bot.services.people import commands
from bot.services.refusals import AnonymousAdmin, NotBound, NotUnderstood, NotYours, PublicChannel

INSIDE = ("member", "administrator", "restricted", "creator")


def membership(work: Work, chat_id: int, kind: str, title: str, status: str) -> None:
    """The bot's own standing in a chat has changed: added, made administrator, removed, blocked."""
    inside = status in INSIDE
    if not inside:
        _remember(work, chat_id, kind, title)
        reach.unreachable(work, chat_id, "blocked" if kind == "private" else status)
        return
    if kind == "private":
        _back(work, chat_id)
        return
    known = people.chat(work, chat_id)
    new = known is None or known.unreachable_at is not None
    _remember(work, chat_id, kind, title)
    sees = kind != "channel" and _sees_photos(work, status)
    work.connection.execute(
        update(chats)
        .where(chats.c.id == chat_id)
        .values(unreachable_at=None, unreachable_why=None, heard_at=work.now, sees_photos=sees)
    )
    if not work.actor.grants:
        return  # somebody unknown put the bot into a chat of their own: silence
    if kind == "channel":
        if work.actor.offices() or work.actor.has(Role.ADMIN):
            say_to_actor(work, "chats.channel_added", {"title": title})
    elif new and (known is None or not (known.group_key or known.region)):
        say(work, chat_id, "chats.added", {"sees_photos": sees})
    elif known is not None and known.sees_photos is False and sees:
        say(work, chat_id, "chats.sees_now", {}, silent=True)


def _remember(work: Work, chat_id: int, kind: str, title: str) -> None:
    if people.chat(work, chat_id) is None:
        work.connection.execute(
            chats.insert().values(id=chat_id, kind=kind, title=title[:128], heard_at=work.now)
        )
    else:
        work.connection.execute(
            update(chats).where(chats.c.id == chat_id).values(kind=kind, title=title[:128])
        )


def _sees_photos(work: Work, status: str) -> bool:
    """Administrators see everything; others only when privacy mode is off (BOTAPI §3.1)."""
    known = commands.bot(work)
    return status in ("administrator", "creator") or bool(known and known["sees_all"])


def _back(work: Work, chat_id: int) -> None:
    """Somebody took the bot up again: what could not be delivered is named, so that it is looked for."""
    row = people.chat(work, chat_id)
    _remember(work, chat_id, "private", "")
    if row is None or row.unreachable_at is None:
        return
    lost = work.connection.execute(
        select(outbox.c.id).where(
            outbox.c.chat_id == chat_id,
            outbox.c.state == "unreachable",
            outbox.c.sent_at >= row.unreachable_at,
        )
    ).all()
    work.connection.execute(
        update(chats)
        .where(chats.c.id == chat_id)
        .values(unreachable_at=None, unreachable_why=None, heard_at=work.now)
    )
    if work.actor.grants:
        say(
            work, chat_id, "chats.back", {"count": len(lost)}, keyboard=commands.menu_of(work.actor)
        )  # fmt: skip
        commands.show(work, chat_id)


def say_to_actor(work: Work, text: str, values: dict[str, Any], buttons: Rows = ()) -> None:
    """A line to the actor in private."""
    row = people.member(work, work.actor.member_id)
    if row is not None and row.telegram_id is not None:
        say(work, row.telegram_id, text, values, buttons=buttons)


def heard_channel(work: Work, chat_id: int, title: str) -> None:
    """A channel's post: the bot is in it; remembered so that the office can bind it."""
    _remember(work, chat_id, "channel", title)


def migrated(work: Work, old: int, new: int) -> None:
    """A group became a supergroup: its binding, its cards and what waits go with it."""
    reach.move_chat(work, old, new)


# --- binding ------------------------------------------------------------------------------------------


def choices(work: Work) -> list[tuple[str, str]]:
    """(code, title) of what the actor may bind a group chat to.

    A leader the group, a contact the region, an office both of its track, the admin everything.
    """
    campaign, actor = work.world.campaign, work.actor
    found: list[tuple[str, str]] = []
    for number, group in enumerate(campaign.groups):
        if group.covert:
            continue  # what is found covertly is never filed in a group's chat
        if actor.leads(group.key) or group.track in actor.offices() or actor.has(Role.ADMIN):
            found.append((f"g{number}", campaign.group_title(group.key)))
    for number, region in enumerate(campaign.regions):
        if region.name in actor.regions() or region.track in actor.offices() or actor.has(Role.ADMIN):
            found.append((f"r{number}", region.name))
    return found


def bind(work: Work, incoming: Incoming, kind: str, title: str) -> None:
    """`/bind`: in a group chat what it is bound to; in private the channels that can be bound.

    Raises:
        AnonymousAdmin: sent as the group itself.
        NotBound: the actor may bind nothing, or there is nothing to bind.
    """
    if incoming.anonymous:
        raise AnonymousAdmin
    if incoming.private:
        _offer_channels(work, incoming.chat_id)
        return
    mine = choices(work)
    if not mine:
        raise NotBound(why="not_yours")
    _remember(work, incoming.chat_id, kind, title)
    row = people.chat(work, incoming.chat_id)
    assert row is not None
    if row.sees_photos is None:
        sees = _sees_photos(work, "member")
        work.connection.execute(
            update(chats).where(chats.c.id == row.id).values(sees_photos=sees, unreachable_at=None)
        )
    bound = bool(row.group_key or row.region)
    if not bound and len(mine) == 1:
        _bind(work, row.id, mine[0][0])
        return
    others = [one for one in mine if one[1] != _title(work, row)]
    buttons = [Button("", "bind", 0, 0, code, text=words) for code, words in others]
    rows = [tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2)]
    if bound and _may_unbind(work, row):
        rows.append(_settings_of(row))
    values = {"bound": _title(work, row), "others": bool(others)}
    say(work, row.id, "chats.choose", values, buttons=tuple(rows))


def _settings_of(row: Row[Any]) -> tuple[Button, ...]:
    unbind = Button("unbind", "unbind")
    if not row.group_key:
        return (unbind,)
    return (Button("tagged_only" if row.every_photo else "every_photo", "eachphoto"), unbind)


def _title(work: Work, row: Row[Any]) -> str:
    if row.group_key:
        return work.world.campaign.group_title(row.group_key)
    return str(row.region or "")


def _may_unbind(work: Work, row: Row[Any]) -> bool:
    return _title(work, row) in {title for _, title in choices(work)}


def choose(work: Work, chat_id: int, code: str) -> None:
    """A tap on what the chat is to be bound to.

    Raises:
        NotYours: the presser may not bind that.
    """
    if code not in {one for one, _ in choices(work)}:
        raise NotYours
    _bind(work, chat_id, code)


def _bind(work: Work, chat_id: int, code: str) -> None:
    campaign, number = work.world.campaign, int(code[1:])
    values: dict[str, Any] = {"group_key": None, "region": None, "every_photo": False}
    if code[0] == "g":
        values["group_key"] = campaign.groups[number].key
    else:
        values["region"] = campaign.regions[number].name
    work.connection.execute(update(chats).where(chats.c.id == chat_id).values(**values))
    events.record(work, "chat_bound", body=_body(work), data={"chat": chat_id, "to": code})
    row = people.chat(work, chat_id)
    assert row is not None
    say(
        work, chat_id, "chats.bound",
        {"title": _title(work, row), "group": bool(row.group_key), "sees_photos": bool(row.sees_photos)},
        buttons=(_settings_of(row),) if row.group_key else (),
    )  # fmt: skip


def _body(work: Work) -> str:
    return work.actor.grants[0].body if work.actor.grants else events.SYSTEM


def unbind(work: Work, chat_id: int) -> None:
    """「解除绑定」.

    Raises:
        NotYours: the presser could not bind it.
        NotBound: it is not bound.
    """
    row = _bound(work, chat_id)
    work.connection.execute(
        update(chats).where(chats.c.id == chat_id).values(group_key=None, region=None, every_photo=False)
    )
    events.record(work, "chat_unbound", body=_body(work), data={"chat": chat_id})
    say(work, chat_id, "chats.unbound", {"title": _title(work, row)})


def every_photo(work: Work, chat_id: int) -> None:
    """Whether every captioned photo of the chat is an entry, or only what is tagged: the other one.

    Raises:
        NotYours, NotBound: see `unbind`.
    """
    row = _bound(work, chat_id)
    if not row.group_key:
        raise NotBound(why="no_group")
    work.connection.execute(
        update(chats).where(chats.c.id == chat_id).values(every_photo=not row.every_photo)
    )
    say(work, chat_id, "chats.every_photo", {"on": not row.every_photo, "sees_photos": bool(row.sees_photos)})


def _bound(work: Work, chat_id: int) -> Row[Any]:
    row = people.chat(work, chat_id)
    if row is None or not (row.group_key or row.region):
        raise NotBound(why="unbound")
    if not _may_unbind(work, row):
        raise NotYours
    return row


# --- channels -----------------------------------------------------------------------------------------


def tracks(work: Work) -> list[str]:
    """The tracks whose channel the actor may choose."""
    campaign, actor = work.world.campaign, work.actor
    return [t.key for t in campaign.tracks if t.key in actor.offices() or actor.has(Role.ADMIN)]


def _offer_channels(work: Work, chat_id: int) -> None:
    mine = tracks(work)
    if not mine:
        raise NotBound(why="in_group")
    known = work.connection.execute(
        select(chats).where(chats.c.kind == "channel", chats.c.unreachable_at.is_(None)).order_by(chats.c.id)
    ).all()
    campaign = work.world.campaign
    bound = [
        {"title": row.title, "track": campaign.track(row.channel_of).name} for row in known if row.channel_of
    ]
    rows: Rows = tuple(
        (
            Button(
                "bind_channel", "bindch", -row.id, 0, key,
                values={"title": row.title, "track": campaign.track(key).name},
            ),
        )
        for row in known
        for key in mine
        if row.channel_of != key
    )  # fmt: skip
    say(work, chat_id, "chats.channels", {"bound": bound, "any": bool(rows)}, buttons=rows)


def bind_channel(work: Work, chat_id: int, channel_id: int, track: str, username: str | None) -> None:
    """The bulletin channel of a track; `username` is its public name as Telegram says it now.

    Raises:
        NotYours: another track's office.
        NotUnderstood: the bot is not (any more) in that channel.
        PublicChannel: it has a public name (red line).
    """
    if track not in tracks(work):
        raise NotYours
    row = people.chat(work, channel_id)
    if row is None or row.kind != "channel":
        raise NotUnderstood(hint="old_button")
    if username:
        raise PublicChannel(title=row.title, username=username)
    work.connection.execute(update(chats).where(chats.c.channel_of == track).values(channel_of=None))
    work.connection.execute(update(chats).where(chats.c.id == channel_id).values(channel_of=track))
    events.record(work, "channel_bound", body=f"office:{track}", data={"chat": channel_id, "track": track})
    say(
        work, chat_id, "chats.channel_bound",
        {"title": row.title, "track": work.world.campaign.track(track).name},
    )  # fmt: skip


def channel_gone(work: Work, chat_id: int, channel_id: int) -> None:
    """Telegram does not show the channel to the bot any more: it is not offered again."""
    row = people.chat(work, channel_id)
    if row is not None and row.kind == "channel":
        reach.unreachable(work, channel_id, "gone")
    say(work, chat_id, "chats.channel_gone")
