"""Forgetting a member who has left: shown first, then done (SPEC §8, DESIGN «What is kept»).

Name, post, unit, telephone and Telegram id become 「成员№17」. What the member did stays, under number and
role; papers that were issued are not rewritten, the event log cannot be.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Column, Row, Table, delete, func, or_, select, update

from bot.ledger import events, people
from bot.ledger.desk import Work
from bot.ledger.tables import (
    cards,
    chats,
    group_phones,
    inbox,
    invitations,
    members,
    messages,
    metadata,
    outbox,
    questions,
    roles,
    strangers,
)
from bot.ledger.tables import events as log

ALIAS: Final = "成员№{number}"

GO: Final[tuple[tuple[Table, Column[Any]], ...]] = (
    (messages, messages.c.chat_id),
    (cards, cards.c.chat_id),
    (questions, questions.c.chat_id),
    (questions, questions.c.telegram_id),
    (outbox, outbox.c.chat_id),
    (inbox, inbox.c.lane),
    (strangers, strangers.c.telegram_id),
    (chats, chats.c.id),
)
"""What belongs to the private chat alone, and goes with it."""


class ForgetError(Exception):
    """Why a member is not forgotten.

    ForgetError
    ├── NoSuchMember    there is no member of that number
    ├── StillIn         the member has a role: removing comes first
    └── Forgotten       that was done before
    """


class NoSuchMember(ForgetError):
    """There is no member of that number."""


class StillIn(ForgetError):
    """The member has a role."""


class Forgotten(ForgetError):
    """That was done before."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of a member: who it is, what would go, and how much stays under the number."""

    number: int
    name: str
    post: str
    unit: str
    phone: bool
    telegram: bool
    group_phones: int
    goes: Mapping[str, int]
    detached: Mapping[str, int]
    events: int

    @property
    def alias(self) -> str:
        """「成员№17」."""
        return ALIAS.format(number=self.number)


def forgettable(work: Work) -> list[Row[Any]]:
    """Members without a role who are not forgotten yet, by number."""
    having = select(roles.c.member_id).where(people.in_force_at(work.now))
    return list(
        work.connection.execute(
            select(members)
            .where(
                members.c.id.not_in(having),
                or_(members.c.telegram_id.is_not(None), ~members.c.name.like(ALIAS.format(number="%"))),
            )
            .order_by(members.c.id)
        ).all()
    )


def shown(work: Work, number: int) -> Kept:
    """What would be forgotten of a member; nothing is changed.

    Raises:
        NoSuchMember, StillIn, Forgotten: see `ForgetError`.
    """
    row = _leaver(work, number)
    chat = row.telegram_id
    return Kept(
        number,
        row.name,
        row.post,
        row.unit,
        row.phone is not None,
        chat is not None,
        _count(work, group_phones, group_phones.c.member_id == number),
        {} if chat is None else _named(work, GO, chat),
        {} if chat is None else _named(work, _detached(), chat),
        _count(work, log, log.c.member_id == number),
    )


def forget(work: Work, number: int) -> Kept:
    """Forget a member for good; gives what was forgotten.

    Raises:
        NoSuchMember, StillIn, Forgotten: see `ForgetError`; nothing was changed.
    """
    known = shown(work, number)
    row = _leaver(work, number)
    if row.telegram_id is not None:
        _let_go(work, row)
    _forget_invitations(work, number)
    work.connection.execute(delete(group_phones).where(group_phones.c.member_id == number))
    work.connection.execute(
        update(members)
        .where(members.c.id == number)
        .values(
            telegram_id=None, name=known.alias, post="", unit="", phone=None, language=None, identity=None,
            left_at=row.left_at or work.now,
        )
    )  # fmt: skip
    events.record(work, "forgotten", body="admin", data={"member": number})
    return known


def _leaver(work: Work, number: int) -> Row[Any]:
    row = people.member(work, number)
    if row is None:
        raise NoSuchMember(number)
    if people.roles_of(work, number):
        raise StillIn(number)
    if row.telegram_id is None and row.name == ALIAS.format(number=number):
        raise Forgotten(number)
    return row


def _detached() -> tuple[tuple[Table, Column[Any]], ...]:
    """Rows that stay, and name the private chat: every other table's, found by the columns' name."""
    gone = {table.name for table, _ in GO}
    return tuple(
        (table, column)
        for table in metadata.sorted_tables
        for column in table.columns
        if column.name == "chat_id" and table.name not in gone
    )


def _let_go(work: Work, row: Row[Any]) -> None:
    for table, column in _detached():
        # where there must be something, a number that is no chat's: groups have longer ones
        put = None if column.nullable else -row.id
        work.connection.execute(update(table).where(column == row.telegram_id).values({column.name: put}))
    for table, column in GO:
        work.connection.execute(delete(table).where(column == row.telegram_id))


def _forget_invitations(work: Work, number: int) -> None:
    """A personal link of a roster names whoever it was for."""
    used = select(roles.c.invitation_id).where(
        roles.c.member_id == number, roles.c.invitation_id.is_not(None)
    )
    work.connection.execute(
        update(invitations)
        .where(invitations.c.id.in_(used), invitations.c.uses == 1)
        .values(name="", post="", unit="")
    )


def _named(work: Work, places: tuple[tuple[Table, Column[Any]], ...], chat: int) -> dict[str, int]:
    found: dict[str, int] = {}
    for table, column in places:
        count = _count(work, table, column == chat)
        if count:
            found[table.name] = found.get(table.name, 0) + count
    return found


def _count(work: Work, table: Table, condition: Any) -> int:
    return int(work.connection.execute(select(func.count()).select_from(table).where(condition)).scalar_one())
