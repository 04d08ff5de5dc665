"""In whose name a letter can be issued: the letter must be true (SPEC §2 «Warning letters»).

A group signs for what it found itself, and for what it has seen at the place since. What another group found
covertly 暗访, or an office registered, is no group's until it has been there.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import Row, select, update

from bot.domain.entries import Mode
from bot.domain.warnings import read_phone
from bot.ledger import entries as book
from bot.ledger.desk import Work
from bot.ledger.tables import group_phones
from bot.services import questions
from bot.services.incoming import Incoming
from bot.services.outgoing import Button, say
from bot.services.refusals import LetterNotNow, NotYours
from bot.services.warnings import letters

_VISITS: Final = frozenset({"revisit", "verified"})


def options(work: Work, rows: Sequence[Row[Any]]) -> dict[str, list[date]]:
    """Group → the days of its visits, for the groups that can sign a letter about all of these entries."""
    found: dict[str, list[date]] | None = None
    for row in rows:
        own = _visitors(work, row)
        if found is None:
            found = {key: [day] for key, day in own.items()}
        else:
            found = {key: [*days, own[key]] for key, days in found.items() if key in own}
    return found or {}


def _visitors(work: Work, row: Row[Any]) -> dict[str, date]:
    """Group → the day on which it last saw the problem; the one that found it first stands first."""
    campaign = work.world.campaign
    found: dict[str, date] = {}
    if row.group_key is not None and (row.mode == Mode.OPEN or campaign.group(row.group_key).covert):
        found[row.group_key] = campaign.today(row.found_at)
    for event in book.events_of(work, row.id):
        kind, _, group = event.body.partition(":")
        if kind != "group" or campaign.group(group).covert or not _saw(event):
            continue
        if row.mode == Mode.COVERT and (row.handed_over_at is None or event.at < row.handed_over_at):
            continue
        found[group] = campaign.today(event.at)
    return found


def _saw(event: Row[Any]) -> bool:
    at_the_place = event.kind == "returned" and (event.data or {}).get("how") == "site"
    return event.kind in _VISITS or at_the_place


# --- the group's telephone ----------------------------------------------------------------------------------


def phone_of(work: Work, group: str | None) -> str:
    """A group's telephone; empty where its leader has not entered one."""
    if group is None:
        return ""
    found = work.connection.execute(
        select(group_phones.c.phone).where(group_phones.c.group_key == group)
    ).scalar()
    return found or ""


def ask_phone(work: Work, group: str, chat_id: int, *, letter_id: int | None = None) -> None:
    """「组电话」: the leader enters the telephone that stands in the group's letters.

    Raises:
        NotYours: the actor does not lead that group.
    """
    if not work.actor.leads(group):
        raise NotYours
    questions.ask(
        work,
        chat_id,
        "group_phone",
        "warnings.ask_phone",
        {"group": work.world.campaign.group_title(group), "phone": phone_of(work, group)},
        subject={"group": group, "letter": letter_id},
        buttons=lambda question_id: ((Button("cancel", "noanswer", question_id),),),
    )


def ask_phone_by_word(work: Work, chat_id: int) -> None:
    """「组电话」, typed: of the group that the actor leads; who leads several is asked which.

    Raises:
        NotYours: the actor leads none.
    """
    led = [key for key in work.actor.groups() if work.actor.leads(key)]
    if not led:
        raise NotYours
    if len(led) == 1:
        ask_phone(work, led[0], chat_id)
        return
    title = work.world.campaign.group_title
    rows = [{"group": title(key), "phone": phone_of(work, key)} for key in led]
    buttons = tuple((Button("", "wphone", arg=key, text=title(key)),) for key in led)
    say(work, chat_id, "warnings.which_phone", {"rows": rows}, buttons=buttons)


@questions.answers("group_phone")
def _phone_said(work: Work, question: Row[Any], incoming: Incoming) -> None:
    group = question.subject["group"]
    if not work.actor.leads(group):
        raise NotYours
    phone = read_phone(incoming.text)
    if phone is None:
        raise LetterNotNow(why="phone", state="")
    put_phone(work, group, phone)
    say(
        work, incoming.chat_id, "warnings.phone_kept",
        {"group": work.world.campaign.group_title(group), "phone": phone},
        reply_to=incoming.message_id, silent=True,
    )  # fmt: skip
    letter_id = question.subject.get("letter")
    if letter_id is not None:
        letters.refresh(work, letter_id)


def put_phone(work: Work, group: str, phone: str) -> None:
    """Write down a group's telephone; letters that were issued keep the one they had."""
    values = {"phone": phone, "member_id": work.actor.member_id, "at": work.now}
    done = work.connection.execute(
        update(group_phones).where(group_phones.c.group_key == group).values(**values)
    )
    if done.rowcount == 0:
        work.connection.execute(group_phones.insert().values(group_key=group, **values))
