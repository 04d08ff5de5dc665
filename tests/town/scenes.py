"""Scenes that many stories begin with: who is there, an entry in the field, handed over, answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.permissions import Role
from bot.ledger import entries as book
from bot.ledger.desk import Work
from bot.ledger.tables import chats
from tests.drawn import photo
from tests.town.town import Town

CAPTION = "延津县王楼镇任庄村村口垃圾堆，限3天"


@dataclass
class People:
    """The first county group with its leader, a contact of the place, two of the office."""

    town: Town
    leader: Any
    member: Any
    contact: Any
    chief: Any
    clerk: Any

    @classmethod
    async def join(cls, town: Town) -> People:
        """Everybody joins by a link."""
        return cls(
            town,
            await town.join("李甲", Role.INSPECTOR, group="county/1", leader=True),
            await town.join("张己", Role.INSPECTOR, group="county/1"),
            await town.join("王乙", Role.CONTACT, region="延津县"),
            await town.join("钱丁", Role.OFFICE, track="county"),
            await town.join("孙戊", Role.OFFICE, track="county"),
        )

    def last(self, person: Any) -> Any:
        """The newest message in a person's private chat."""
        return person.chat(self.town.bot).last

    def new(self, person: Any) -> list[Any]:
        """The bot's messages in a person's private chat, oldest first."""
        return [message for message in person.chat(self.town.bot).messages if message.by_bot]

    def showing(self, person: Any, text: str) -> Any:
        """The newest message in a person's private chat with that text, in its words or on a button."""
        found = (one for one in reversed(self.new(person)) if text in words(one) or text in labels(one))
        return next(found, None)

    async def files(self, person: Any, caption: str = CAPTION) -> Any:
        """A photo with a caption; gives the receipt."""
        person.sends_photo(self.town.bot, photo(seed=1), caption=caption)
        await self.town.settle()
        return self.last(person)

    async def handed_over(self, person: Any = None, caption: str = CAPTION) -> Any:
        """Filed and handed over after the settle time; gives the county's card."""
        await self.files(person or self.leader, caption)
        await self.town.passes(seconds=61)
        return self.showing(self.contact, "【") or self.last(self.contact)

    async def answered(self, person: Any = None, caption: str = CAPTION, words: str = "已清运") -> Any:
        """Handed over and answered with a photo; gives the county's card."""
        card = await self.handed_over(person, caption)
        self.contact.sends_photo(self.town.bot, photo("clean", seed=1), caption=words, reply_to=card)
        await self.town.settle()
        await self.town.passes(seconds=3)
        return card

    def until(self, instant: datetime) -> None:
        """The clock goes on to an instant; what falls due on the way is done at the next `passes`."""
        clock = self.town.clock
        clock.advance(instant - clock.now())

    async def row(self, entry_id: int = 1) -> Any:
        """An entry's row in the ledger."""
        return await self.town.app.parts.desk.look(book.get, entry_id)

    async def unreachable(self, person: Any) -> None:
        """Telegram has said that a person blocked the bot."""

        def verb(work: Work) -> None:
            work.connection.execute(
                chats.update()
                .where(chats.c.id == person.id)
                .values(unreachable_at=work.now, unreachable_why="blocked")
            )

        await self.town.app.parts.desk.do(verb)

    async def press(self, person: Any, message: Any, label: str) -> Any:
        """Press a button and wait for its answer."""
        pressed = person.presses(message, label)
        await self.town.settle()
        return await pressed.answered(timeout=5)


def words(message: Any) -> str:
    """What a message says, be it a text or a caption."""
    return str(message.text or message.caption or "")


def labels(message: Any) -> list[str]:
    """The labels of a message's buttons, row by row."""
    return [button.text for row in message.buttons or () for button in row]
