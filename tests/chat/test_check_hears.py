"""The whole table «who hears it, in private» of SPEC §2: for each event who gets what, and how."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from bot.domain.permissions import Role
from tests.drawn import photo
from tests.town.scenes import People, words
from tests.town.town import ZONE, Town


@dataclass
class Ears:
    """Everybody who could hear of an entry of 延津县, and what each has seen so far."""

    people: People
    everybody: dict[str, Any]
    seen: dict[str, list[tuple[int, str]]] = field(default_factory=dict)

    @classmethod
    async def prick(cls, town: Town) -> Ears:
        """The group with filer, leader and one more; contacts; offices; readers; another county."""
        people = await People.join(town)
        everybody = {
            "filer": people.member,
            "leader": people.leader,
            "third": await town.join("冯癸", Role.INSPECTOR, group="county/1"),
            "contact": people.contact,
            "deputy": await town.join("陈子", Role.CONTACT, region="延津县", deputy=True),
            "chief": people.chief,
            "clerk": people.clerk,
            "oversight": await town.join("褚丑", Role.OVERSIGHT),
            "city leader": await town.join("卫寅", Role.CITY_LEADER),
            "other county": await town.join("蒋卯", Role.CONTACT, region="卫辉市"),
            "other group": await town.join("沈辰", Role.INSPECTOR, group="county/2", leader=True),
            "admin": await town.join("韩巳", Role.ADMIN),
        }
        ears = cls(people, everybody)
        ears.listen()
        return ears

    def listen(self) -> dict[str, str]:
        """Who has heard something since last time: `new`, `silent`, `edited`, or several of them."""
        heard: dict[str, str] = {}
        for name, person in self.everybody.items():
            now = [(m.message_id, words(m), m.silent) for m in self.people.new(person)]
            before = dict(self.seen.get(name, []))
            how = set()
            for message_id, text, silent in now:
                if message_id not in before:
                    how.add("silent" if silent else "new")
                elif before[message_id] != text:
                    how.add("edited")
            self.seen[name] = [(message_id, text) for message_id, text, _ in now]
            if how:
                heard[name] = "+".join(sorted(how))
        return heard


@pytest.fixture
async def ears(town: Town) -> Ears:
    """Everybody who could hear."""
    return await Ears.prick(town)


async def _filed(ears: Ears) -> None:
    await ears.people.files(ears.people.member)


async def _assigned(ears: Ears) -> None:
    await ears.people.handed_over(ears.people.member)


async def _signed(ears: Ears) -> None:
    await _assigned(ears)
    ears.listen()
    await ears.people.press(ears.people.contact, ears.people.last(ears.people.contact), "签收")


async def _submitted(ears: Ears) -> None:
    await _assigned(ears)
    ears.listen()
    people = ears.people
    people.contact.sends_photo(
        people.town.bot, photo("clean"), caption="已清运", reply_to=people.last(people.contact)
    )
    await people.town.settle()
    await people.town.passes(seconds=3)


async def _next_morning(ears: Ears) -> None:
    await _submitted(ears)
    town = ears.people.town
    for hour, minute in ((8, 59), (9, 0)):  # of the next working day; what is due before is of no entry
        ears.listen()
        ears.people.until(datetime(2019, 4, 15, hour, minute, tzinfo=ZONE))
        await town.passes(seconds=1)
        await town.passes(seconds=1)


async def _returned(ears: Ears) -> None:
    await _submitted(ears)
    ears.listen()
    check = ears.people.last(ears.people.leader)
    await ears.people.press(ears.people.leader, check, "退回")
    await ears.people.press(ears.people.leader, check, "未清净")


async def _closed(ears: Ears) -> None:
    await _submitted(ears)
    ears.listen()
    await ears.people.press(ears.people.leader, ears.people.last(ears.people.leader), "销号")


async def _voided(ears: Ears) -> None:
    await _assigned(ears)
    people = ears.people
    people.chief.sends(people.town.bot, "县1-0412-01")
    await people.town.settle()
    card = people.last(people.chief)
    await people.press(people.chief, card, "作废")
    ears.listen()
    await people.press(people.chief, card, "不属实")


async def _deferred(ears: Ears) -> None:
    await _assigned(ears)
    people = ears.people
    people.chief.sends(people.town.bot, "县1-0412-01")
    await people.town.settle()
    card = people.last(people.chief)
    await people.press(people.chief, card, "缓办")
    await people.press(people.chief, card, "天气原因")
    ears.listen()
    await people.press(people.clerk, people.last(people.clerk), "同意")


async def _fixed(ears: Ears) -> None:
    await _assigned(ears)
    people = ears.people
    receipt = next(m for m in people.new(people.member) if "县1-0412-01" in words(m))
    people.member.sends_photo(people.town.bot, photo("clean"), caption="已清理", reply_to=receipt)
    await people.town.settle()
    ears.listen()
    await people.press(people.member, people.last(people.member), "现场整改")


Event = Callable[[Ears], Awaitable[None]]

TABLE: dict[str, tuple[Event, dict[str, str]]] = {
    "filed": (_filed, {"filer": "new"}),
    "assigned": (_assigned, {"filer": "new", "contact": "new"}),
    "signed for": (_signed, {"contact": "edited", "filer": "edited"}),
    "submitted": (
        _submitted,
        {"contact": "edited+silent", "filer": "edited+new", "leader": "new"},
    ),
    "next morning": (_next_morning, {"third": "silent", "admin": "silent"}),  # the machine's report
    "returned": (_returned, {"contact": "edited+new", "filer": "edited", "leader": "edited"}),
    "closed": (_closed, {"contact": "edited+silent", "filer": "edited+silent", "leader": "edited"}),
    "void": (_voided, {"contact": "edited+silent", "filer": "edited+silent", "chief": "edited"}),
    "deferred": (
        _deferred,
        {"contact": "edited+silent", "filer": "edited+silent", "chief": "edited", "clerk": "edited"},
    ),
    "put right on the spot": (_fixed, {"contact": "edited+silent", "filer": "edited"}),
}
"""Event → who hears it beside those who did it, and how; everybody else hears nothing.

The contact's silent line on «submitted» answers the contact's own message; office cards that are
edited were open on the presser's screen.
"""


@pytest.mark.parametrize("event", list(TABLE))
async def test_exactly_these_hear_of_it(ears: Ears, event: str) -> None:
    happens, expected = TABLE[event]

    await happens(ears)

    assert ears.listen() == expected


async def test_at_night_nothing_makes_a_sound(town: Town) -> None:
    people = await People.join(town)
    card = await people.handed_over()
    people.until(datetime(2019, 4, 12, 21, 0, tzinfo=ZONE))
    people.contact.sends_photo(town.bot, photo("clean"), reply_to=card)
    await town.settle()
    await town.passes(seconds=3)
    check = people.last(people.leader)

    await people.press(people.leader, check, "退回")
    await people.press(people.leader, check, "未清净")

    assert check.silent
    assert people.last(people.contact).silent
