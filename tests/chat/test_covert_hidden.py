"""Before hand-over a covert entry does not exist for anybody but its group and the office of its track.

Two towns live through the same morning, in one of them 暗访组 has been about: nobody else's phone may tell
which town it lies in.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.domain.permissions import Role
from bot.ledger import entries as book
from bot.ledger import people
from bot.ledger.desk import Work
from bot.ledger.tables import entries
from bot.services import life, sight
from bot.services.looking import export, lookup
from bot.services.refusals import NoSuchEntry
from tests.drawn import photo
from tests.town.town import Town

COVERT = "延津县王楼镇任庄村村口垃圾堆，限3天"
OPEN = "卫辉市城郊乡倪湾村坑塘漂浮物"

OUTSIDERS: dict[str, dict[str, Any]] = {
    "the region's own group": {"role": Role.INSPECTOR, "group": "county/1", "leader": True},
    "another group": {"role": Role.INSPECTOR, "group": "county/2", "leader": True},
    "a group of the other track": {"role": Role.INSPECTOR, "group": "district/1", "leader": True},
    "the contact": {"role": Role.CONTACT, "region": "延津县"},
    "another contact": {"role": Role.CONTACT, "region": "卫辉市"},
    "the township": {"role": Role.TOWNSHIP, "region": "延津县", "township": "王楼镇"},
    "the other office": {"role": Role.OFFICE, "track": "district"},
    "oversight": {"role": Role.OVERSIGHT},
    "a city leader": {"role": Role.CITY_LEADER},
    "the admin": {"role": Role.ADMIN},
}

ASKED = (
    "我的",
    "待办",
    "待核查",
    "台账",
    "暗-0412-01",
    "/issue 暗-0412-01",
    "0412-01",
    "/find 任庄村",
    "收工",
)


def heard(person: Any, town: Town) -> list[str]:
    return [m.words for m in person.chat(town.bot).messages if m.by_bot is not None and not m.deleted]


async def morning(town: Town, *, covert: bool) -> dict[str, list[str]]:
    """What everybody's phone shows after a morning, with or without a covert visit."""
    persons = {name: await town.join(f"外{n}", **scope) for n, (name, scope) in enumerate(OUTSIDERS.items())}
    visitor = await town.join("暗甲", Role.INSPECTOR, group="county/0", leader=True)
    group = await town.join("明乙", Role.INSPECTOR, group="county/1")
    group.sends_photo(town.bot, photo(seed=1), caption=OPEN)
    await town.settle()
    await town.passes(seconds=61)
    if covert:
        visitor.sends_photo(town.bot, photo(seed=2), caption=COVERT)
    await town.settle()
    await town.passes(hours=1)
    for word in ASKED:
        for person in persons.values():
            person.sends(town.bot, word)
        await town.settle()
    await town.passes(hours=24)
    for press in ("1:open:2:0", "1:history:2:0", "1:preview:2:0", "1:handover:2:0", "1:private:2:0"):
        for person in persons.values():
            person.presses(person.chat(town.bot).last, data=press)
        await town.settle()
    return {name: heard(person, town) for name, person in persons.items()}


async def test_nobody_elses_phone_tells_whether_there_was_a_covert_visit(tmp_path: Path) -> None:
    phones = []
    for covert in (False, True):
        async with Town(tmp_path / str(covert)) as town:
            phones.append(await morning(town, covert=covert))
            town.server.check()

    without, with_visit = phones

    for name in OUTSIDERS:
        assert with_visit[name] == without[name], name


async def test_a_forged_press_on_a_hidden_entry_is_answered_as_for_none(town: Town) -> None:
    outsider = await town.join("外人", Role.INSPECTOR, group="county/1", leader=True)
    visitor = await town.join("暗甲", Role.INSPECTOR, group="county/0", leader=True)
    visitor.sends_photo(town.bot, photo(), caption=COVERT)
    await town.settle()

    answers = []
    for entry_id in (1, 99):
        for act in ("open", "history", "preview", "handover", "assign", "close", "void", "edit", "withdraw"):
            press = outsider.presses(outsider.chat(town.bot).last, data=f"1:{act}:{entry_id}:0")
            await town.settle()
            answers.append((act, (await press.answered()).text))

    half = len(answers) // 2
    assert answers[:half] == answers[half:]


@pytest.mark.parametrize("name", OUTSIDERS)
async def test_no_rule_no_query_and_no_export_gives_a_hidden_entry_away(town: Town, name: str) -> None:
    outsider = await town.join("外人", **OUTSIDERS[name])
    visitor = await town.join("暗甲", Role.INSPECTOR, group="county/0", leader=True)
    visitor.sends_photo(town.bot, photo(), caption=COVERT)
    await town.settle()

    def look(work: Work) -> dict[str, Any]:
        work.actor = people.actor_of(work, outsider.id)
        row = book.by_number(work, "暗-0412-01")
        assert row is not None
        return {
            "standings": sorted(life.having_of(work, row)),
            "listed": list(
                work.connection.execute(select(entries.c.id).where(sight.visible(work))).scalars()
            ),
            "by number": refused(lambda: lookup.by_words(work, "暗-0412-01")),
            "by id": refused(lambda: life.load(work, row.id)),
            "unknown number": refused(lambda: lookup.by_words(work, "暗-0412-77")),
            "exported": [one.values["number"] for one in export.entries(work)],
            "counted": sum(book.true_counts(work).values()),
        }

    found = await town.app.parts.desk.look(look)

    assert found == {
        "standings": [],
        "listed": [],
        "by number": ("NoSuchEntry", {}),
        "by id": ("NoSuchEntry", {}),
        "unknown number": ("NoSuchEntry", {}),
        "exported": [],
        "counted": 0,
    }


def refused(ask: Callable[[], object]) -> tuple[str, dict[str, Any]] | None:
    try:
        ask()
    except NoSuchEntry as refusal:
        return type(refusal).__name__, refusal.values
    return None


async def test_its_own_group_and_the_office_of_its_track_do_see_it(town: Town) -> None:
    office = await town.join("钱丁", Role.OFFICE, track="county")
    visitor = await town.join("暗甲", Role.INSPECTOR, group="county/0", leader=True)
    colleague = await town.join("暗乙", Role.INSPECTOR, group="county/0")
    visitor.sends_photo(town.bot, photo(), caption=COVERT)
    await town.settle()

    for person in (office, colleague):
        person.sends(town.bot, "暗-0412-01")
    await town.settle()

    for person in (office, colleague):
        card = person.chat(town.bot).last
        assert "任庄村" in card.words
        assert card.protected
    office.presses(office.chat(town.bot).last, "转交办")
    await town.settle()
    assert office.chat(town.bot).last.words.startswith("预览：延津县将看到以下内容")


async def test_after_hand_over_group_hour_and_person_stay_unknown(town: Town) -> None:
    """The region's group, the contact, oversight and a city leader read neither who nor when."""
    readers = {
        name: await town.join(f"外{n}", **OUTSIDERS[name])
        for n, name in enumerate(("the region's own group", "the contact", "oversight", "a city leader"))
    }
    visitor = await town.join("暗甲", Role.INSPECTOR, group="county/0", leader=True)
    joined = {name: len(heard(person, town)) for name, person in readers.items()}
    await town.passes(minutes=7)
    visitor.sends_photo(town.bot, photo(), caption=f"暗访组暗甲上午9点07分发现{COVERT}")
    await town.settle()
    await town.passes(hours=3)
    visitor.presses(visitor.chat(town.bot).last, "转交办")
    await town.settle()
    visitor.presses(visitor.chat(town.bot).last, "确认转交办")
    await town.settle()

    for person in readers.values():
        person.sends(town.bot, "暗-0412-01")
        await town.settle()
        person.presses(person.chat(town.bot).last, data="1:history:1:0")
        await town.settle()

    for name, person in readers.items():
        told = "\n".join(heard(person, town)[joined[name] :])
        assert "任庄村" in told, name
        for trace in ("暗访", "暗甲", "09:07", "9点07", "09:0"):
            assert trace not in told, (name, trace, told)
