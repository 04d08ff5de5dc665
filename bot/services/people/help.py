"""「帮助」, languages, open questions closed, and 「运行情况」 for admin and office (SPEC §7)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select, update

from bot.domain.permissions import Role
from bot.ledger import inbox, people
from bot.ledger.desk import Work
from bot.ledger.tables import chats, facts, members, outbox, questions
from bot.ledger.tables import inbox as inbox_table
from bot.services import upkeep
from bot.services.operating import reading
from bot.services.outgoing import Button, say
from bot.services.people import chats as chat_services
from bot.services.people import commands, deputies, directory, inviting, joining
from bot.services.refusals import NotYours

LANGUAGES = ("zh", "en")


def help_(work: Work, telegram_id: int, chat_id: int, *, private: bool) -> None:
    """`/help`: what the member's roles can do, and buttons for what is done rarely."""
    if not work.actor.grants:
        if private:
            joining.start(work, telegram_id, "")
        return
    if not private:
        say(work, chat_id, "help.in_group")
        return
    buttons: list[Button] = []
    if inviting.any_choice(work):
        buttons.append(Button("invite", "invite"))
    if directory.units(work):
        buttons.append(Button("members", "members"))
    if deputies.lendable(work):
        buttons.append(Button("lend", "lend"))
    buttons += [Button("language", "lang"), Button("leave", "leave")]
    rows = [tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2)]
    say(work, chat_id, "help.help", {"roles": joining.role_titles(work)}, buttons=tuple(rows))


def language(work: Work, chat_id: int, wanted: str = "") -> None:
    """`/language` asks, a tap answers: texts, menu and commands change at once."""
    if wanted not in LANGUAGES:
        choices = tuple(
            Button("", "lang", text=words, arg=key) for key, words in (("zh", "中文"), ("en", "English"))
        )
        say(work, chat_id, "help.language", buttons=(choices,))
        return
    work.connection.execute(
        update(members).where(members.c.id == work.actor.member_id).values(language=wanted)
    )
    commands.refresh(work, work.actor.member_id, "help.language_now", {})


def cancel(work: Work, telegram_id: int, chat_id: int) -> None:
    """`/cancel`: the bot's open questions in this chat are closed; a draft stays under 「我的」."""
    if not work.actor.grants:
        if chat_id == telegram_id:
            joining.start(work, telegram_id, "")
        return
    closed = work.connection.execute(
        update(questions)
        .where(questions.c.chat_id == chat_id, questions.c.state == "open")
        .where(questions.c.expires_at > work.now)
        .where((questions.c.member_id == work.actor.member_id) | (questions.c.telegram_id == telegram_id))
        .values(state="cancelled")
    ).rowcount
    say(work, chat_id, "help.cancelled", {"count": closed})


def ask_to_leave(work: Work, chat_id: int) -> None:
    """「退出」: asked once more, with what ends."""
    say(
        work, chat_id, "people.sure_to_leave", {"roles": joining.role_titles(work)},
        buttons=((Button("confirm_leave", "leaving"), Button("cancel", "never")),),
    )  # fmt: skip


def health(work: Work, chat_id: int) -> None:
    """`/health`: does the bot see photos, which chats are bound, who can be reached, what waits.

    Raises:
        NotYours: for the admin and the offices only.
    """
    actor = work.actor
    if not (actor.has(Role.ADMIN) or actor.offices()):
        raise NotYours
    say(work, chat_id, "help.health", _health(work))


def _health(work: Work) -> dict[str, Any]:
    campaign, connection = work.world.campaign, work.connection
    mine = chat_services.tracks(work)
    groups = connection.execute(
        select(chats).where(chats.c.kind.in_(["group", "supergroup"]), chats.c.moved_to.is_(None))
    ).all()
    bound = {row.group_key or row.region: row for row in groups if row.group_key or row.region}
    wanted = [
        (group.key, campaign.group_title(group.key))
        for group in campaign.groups
        if group.track in mine and not group.covert
    ]
    regions = [region for region in campaign.regions if region.track in mine]
    contacts = {region.name: people.contacts_of(work, region.name) for region in regions}
    channels = connection.execute(select(chats).where(chats.c.channel_of.in_(mine))).all()
    last = connection.execute(select(func.max(inbox_table.c.received_at))).scalar()
    known = commands.bot(work)
    return {
        "sees_all": bool(known and known["sees_all"]),
        "chats": [
            {
                "title": title,
                "bound": key in bound,
                "sees_photos": key in bound and bool(bound[key].sees_photos),
                "unreachable": key in bound and bound[key].unreachable_at is not None,
            }
            for key, title in wanted
        ],
        "region_chats": sum(region.name in bound for region in regions),
        "channels": [{"title": row.title, "track": campaign.track(row.channel_of).name} for row in channels],
        "regions": len(regions),
        "with_contact": sum(bool(found) for found in contacts.values()),
        "no_contact": [name for name, found in contacts.items() if not found],
        "unreachable": [
            name for name, found in contacts.items() if found and not any(one.reachable for one in found)
        ],
        "last_update": campaign.local(last).isoformat() if last else None,
        "inbox": _count(work, inbox_table, "pending"),
        "outbox": _count(work, outbox, "waiting"),
        "failed": _count(work, outbox, "failed"),
        "aside": inbox.aside(work),
        # what disks and backups say is the admin's to mend
        "machine": reading.values(work) if work.actor.has(Role.ADMIN) else None,
        "counters": connection.execute(select(facts.c.value).where(facts.c.key == upkeep.COUNTERS)).scalar(),
    }


def _count(work: Work, table: Any, state: str) -> int:
    return int(
        work.connection.execute(
            select(func.count()).select_from(table).where(table.c.state == state)
        ).scalar_one()
    )
