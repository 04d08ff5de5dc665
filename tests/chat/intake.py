"""What the tests of intake share: an inspector, what the bot said, the receipt that stands last."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from bot.domain.permissions import Role
from bot.ledger.desk import Work
from bot.ledger.tables import entries
from tests.town.town import Town

HEAP = "延津县王楼镇任庄村村口垃圾堆，限3天"


async def inspector(town: Town, **scope: Any) -> Any:
    """An inspector of the first county group, who looks after 卫辉市 and 延津县."""
    return await town.join("李甲", Role.INSPECTOR, **{"group": "county/1", "leader": True, **scope})


async def contact(town: Town) -> Any:
    """A contact of 延津县."""
    return await town.join("王乙", Role.CONTACT, region="延津县")


def said(person: Any, town: Town) -> list[Any]:
    """Everything the bot said to a person, oldest first."""
    return [message for message in person.chat(town.bot).messages if message.by_bot]


def last(person: Any, town: Town) -> Any:
    """The bot's newest message to a person."""
    return said(person, town)[-1]


def labels(message: Any) -> list[str]:
    """The labels of a message's buttons."""
    return [button.text for row in message.buttons for button in row]


async def press(town: Town, person: Any, message: Any, *which: str) -> Any:
    """Press one button after the other of a message that is edited; gives the last press."""
    pressed = None
    for label in which:
        pressed = person.presses(message, label)
        await town.settle()
    return pressed


async def rows(town: Town) -> list[Any]:
    """The entries as the ledger has them, oldest first."""

    def query(work: Work) -> list[Any]:
        return list(work.connection.execute(select(entries).order_by(entries.c.id)).all())

    return await town.app.parts.desk.look(query)
