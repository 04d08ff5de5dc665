"""Menus 菜单 and commands of each role: at most eight, in the member's language (SPEC §7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from bot.domain.permissions import Actor, Role
from bot.ledger import outbox as book
from bot.ledger import people
from bot.ledger.desk import Work
from bot.ledger.outbox import Kind
from bot.ledger.tables import facts
from bot.services.outgoing import say

MOST = 8

OF_ROLE: Mapping[Role, tuple[str, ...]] = {
    Role.OFFICE: ("todo", "ledger", "weekly", "bulletin", "score", "measures", "register", "help"),
    Role.INSPECTOR: ("my", "todo", "ledger", "find", "score", "rank", "cancel", "help"),
    Role.CONTACT: ("todo", "weekly", "ledger", "find", "rank", "register", "invite", "help"),
    Role.TOWNSHIP: ("todo", "find", "language", "cancel", "help"),
    Role.OVERSIGHT: ("my", "ledger", "find", "score", "rank", "measures", "cancel", "help"),
    Role.CITY_LEADER: ("ledger", "rank", "find", "language", "help"),
    Role.ADMIN: ("members", "invite", "health", "bind", "language", "cancel", "help"),
}
"""Role → its commands, the weightier role first; who has several roles sees the first eight of all."""

FOR_STRANGERS = ("start", "help")
FOR_GROUPS = ("bind",)


def of(actor: Actor) -> tuple[str, ...]:
    """The commands of an actor's roles, 「帮助」 always among them."""
    found: dict[str, None] = {}
    for role, names in OF_ROLE.items():
        if actor.has(role):
            found.update(dict.fromkeys(names))
    found.pop("help", None)
    return (*list(found)[: MOST - 1], "help")


def menu_of(actor: Actor) -> list[list[str]]:
    """The reply keyboard of an actor's roles: no job needs a typed command."""
    if any(actor.leads(key) for key in actor.groups()):
        return [["my", "to_check", "find"], ["day_end", "score"], ["overview", "coverage", "help"]]
    if actor.groups():
        return [["my", "to_check", "find"], ["day_end", "overview", "help"]]
    if actor.offices():
        papers, numbers = ["source", "weekly", "bulletin"], ["score", "rank", "overview"]
        return [["to_check", "ledger", "find"], papers, numbers, ["help"]]
    if actor.regions():
        return [["todo", "weekly", "overview"], ["ledger", "find", "help"]]
    if actor.has(Role.TOWNSHIP):
        return [["todo", "find", "help"]]
    if actor.has(Role.ADMIN) and not (actor.has(Role.OVERSIGHT) or actor.has(Role.CITY_LEADER)):
        return [["members", "invite"], ["help"]]
    if actor.has(Role.OVERSIGHT):
        return [["my", "ledger", "find"], ["month_report", "overview", "help"]]
    if actor.has(Role.CITY_LEADER):
        return [["ledger", "find"], ["overview", "help"]]
    return [["help"]]


def show(work: Work, chat_id: int, *, dedup: str | None = None) -> None:
    """Let Telegram's menu in a member's chat offer the commands of the actor's roles."""
    _set(work, chat_id, of(work.actor), {"type": "chat", "chat_id": chat_id}, dedup=dedup)


def refresh(
    work: Work, member_id: int, text: str, values: dict[str, Any], *, dedup: str | None = None
) -> None:
    """Somebody's roles have changed: one line, with the menu and the commands that hold from now on."""
    row = people.member(work, member_id)
    if row is None or row.telegram_id is None:
        return
    actor, before = people.actor_by_id(work, member_id), work.actor
    say(
        work, row.telegram_id, text, values, silent=True, dedup=dedup,
        keyboard=menu_of(actor) if actor.grants else [],
    )  # fmt: skip
    work.actor = actor
    if actor.grants:
        show(work, row.telegram_id, dedup=f"{dedup}:commands" if dedup else None)
    else:
        forget(work, row.telegram_id, dedup=f"{dedup}:commands" if dedup else None)
    work.actor = before


def forget(work: Work, chat_id: int, *, dedup: str | None = None) -> None:
    """Somebody left: the chat offers what it offers to strangers."""
    payload = {"method": "deleteMyCommands", "params": {"scope": {"type": "chat", "chat_id": chat_id}}}
    book.put(work, chat_id=chat_id, kind=Kind.CALL, payload=payload, dedup=dedup)


def know_bot(work: Work, me: dict[str, Any]) -> None:
    """Remember who the bot is (its links need its name) and offer the strangers' commands, once a bot."""
    value = {
        "id": int(me["id"]),
        "username": str(me["username"]),
        "sees_all": bool(me.get("can_read_all_group_messages")),
    }
    known = bot(work)
    if known is None:
        work.connection.execute(facts.insert().values(key="bot", value=value))
    elif known != value:
        work.connection.execute(facts.update().where(facts.c.key == "bot").values(value=value))
    for scope, names in (("default", FOR_STRANGERS), ("all_group_chats", FOR_GROUPS)):
        for language in ("", "en"):
            _set(
                work, 0, names, {"type": scope}, language=language,
                dedup=f"commands:{value['id']}:{scope}:{language}:{'-'.join(names)}",
            )  # fmt: skip


def bot(work: Work) -> dict[str, Any] | None:
    """The bot's id, name, and whether privacy mode is off; None before it was ever started."""
    found: dict[str, Any] | None = work.connection.execute(
        select(facts.c.value).where(facts.c.key == "bot")
    ).scalar()
    return found


def _set(
    work: Work,
    chat_id: int,
    names: tuple[str, ...],
    scope: dict[str, Any],
    *,
    language: str = "",
    dedup: str | None = None,
) -> None:
    params: dict[str, Any] = {"scope": scope}
    if language:
        params["language_code"] = language
    payload = {"method": "setMyCommands", "params": params, "commands": list(names)}
    if language:
        payload["language"] = language
    book.put(work, chat_id=chat_id, kind=Kind.CALL, payload=payload, dedup=dedup)
