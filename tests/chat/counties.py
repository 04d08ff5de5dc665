"""What the tests of the county's side share: its people, a card in a contact's hand, sounds counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.domain.permissions import Role
from tests.drawn import photo
from tests.town.town import Town

HEAP = "延津县王楼镇任庄村村口垃圾堆，限3天"
POND = "延津县王楼镇任庄村坑塘漂浮垃圾，限5天"
ROAD = "延津县司寨乡高寨村村东路边建筑垃圾，限7天"


async def leader(town: Town) -> Any:
    """An inspector who leads the first county group."""
    return await town.join("李甲", Role.INSPECTOR, group="county/1", leader=True)


async def contact(town: Town, name: str = "王乙", **scope: Any) -> Any:
    """A contact of 延津县."""
    return await town.join(name, Role.CONTACT, **{"region": "延津县", **scope})


async def file(town: Town, inspector: Any, caption: str = HEAP, *, seed: int = 0, photos: int = 1) -> None:
    """An entry that has been handed over."""
    if photos == 1:
        inspector.sends_photo(town.bot, photo(seed=seed), caption=caption)
    else:
        pictures = [photo(seed=seed + n) for n in range(photos)]
        inspector.sends_album(town.bot, pictures, caption=caption)
    await town.settle()
    await town.passes(seconds=61)


def said(person: Any, town: Town) -> list[Any]:
    """Everything the bot said to a person, oldest first."""
    return [message for message in person.chat(town.bot).messages if message.by_bot]


def words(message: Any) -> str:
    """A message's text or caption."""
    return message.text or message.caption or ""


def card_of(person: Any, town: Town, number: str) -> Any:
    """The newest message with a picture that shows an entry's card."""
    return next(
        m
        for m in reversed(said(person, town))
        if m.file is not None
        and number in words(m)
        and words(m).startswith("【")
        and "乡镇反馈" not in words(m)
    )


def labels(message: Any) -> list[str]:
    """The labels of a message's buttons, row by row."""
    return [button.text for row in message.buttons for button in row]


def loud(messages: Sequence[Any]) -> list[str]:
    """The words of those messages that came with a sound."""
    return [words(message) for message in messages if not message.silent]


async def answered(town: Town, press: Any) -> str:
    """What a press was answered."""
    await town.settle()
    answer = await press.answered()
    return answer.text or ""
