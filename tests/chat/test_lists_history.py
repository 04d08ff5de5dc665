"""「办理过程」: everything that happened, with bodies, and names only for one's own side and the office."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.domain.permissions import Role
from bot.ledger import events
from bot.services.looking import history
from bot.texts import buttons
from tests.drawn import photo
from tests.town.scenes import People, labels, words
from tests.town.town import Town

NOBODYS = "138" + "0000" + "1234"
"""Put together: nobody's number stands in a file."""

BOT = Path(__file__).parents[2] / "bot"


@pytest.fixture
async def people(town: Town) -> People:
    """The group, the contact, the office."""
    return await People.join(town)


async def read(people: People, person: object) -> str:
    """The first entry's history as a person reads it, wherever the button stands."""
    pressed = person.presses(people.last(person), data=buttons.write(buttons.Press("history", 1)))  # type: ignore[attr-defined]
    await people.town.settle()
    await pressed.answered(timeout=5)
    return words(people.last(person))


async def test_each_side_reads_its_own_names_and_the_other_sides_body(people: People) -> None:
    oversight = await people.town.join("褚丑", Role.OVERSIGHT)
    await people.answered(people.member)
    await people.press(people.leader, people.last(people.leader), "销号")

    groups = await read(people, people.leader)
    countys = await read(people, people.contact)
    offices = await read(people, people.chief)
    others = await read(people, oversight)

    assert "县(市)第一督查小组（张己） 登记" in groups
    assert "县(市)第一督查小组（李甲） 销号（看图）" in groups
    assert "延津县 反馈整改" in groups
    assert "延津县（王乙） 反馈整改" in countys
    assert "县(市)第一督查小组 销号" in countys
    assert "李甲" not in countys
    assert "张己" not in countys
    assert "登记" not in countys
    for name in ("李甲", "张己", "王乙"):
        assert name in offices
        assert name not in others


async def test_a_return_shows_its_reason_and_the_new_deadline(people: People) -> None:
    await people.answered()
    check = people.last(people.leader)
    await people.press(people.leader, check, "退回")
    await people.press(people.leader, check, "部分整改")

    found = await read(people, people.contact)

    assert "退回整改：部分整改，期限 4月15日(周一)18:00" in found


async def test_what_the_group_says_among_itself_the_county_does_not_read(people: People) -> None:
    card = await people.handed_over()
    receipt = next(m for m in people.new(people.leader) if "县1-0412-01" in words(m))
    people.leader.sends(people.town.bot, "怀疑是邻村倾倒", reply_to=receipt)
    people.contact.sends(people.town.bot, "已联系保洁公司", reply_to=card)
    await people.town.settle()
    people.leader.sends_photo(people.town.bot, photo(seed=3), caption="仍未整改", reply_to=receipt)
    await people.town.settle()

    groups, countys = await read(people, people.leader), await read(people, people.contact)

    assert "怀疑是邻村倾倒" in groups
    assert "已联系保洁公司" in groups
    assert "回头看，仍未整改" in groups
    assert "怀疑是邻村倾倒" not in countys
    assert "已联系保洁公司" in countys
    assert "回头看" not in countys


async def test_a_telephone_number_in_a_remark_is_masked(people: People) -> None:
    card = await people.handed_over()
    people.contact.sends(people.town.bot, f"请联系保洁 {NOBODYS}", reply_to=card)
    await people.town.settle()

    found = await read(people, people.leader)

    assert NOBODYS not in found
    assert "请联系保洁" in found


async def test_the_covert_days_are_hidden_from_the_county(people: People) -> None:
    covert = await people.town.join("何午", Role.INSPECTOR, group="county/0", leader=True)
    await people.files(covert)

    def hand_over(work):  # type: ignore[no-untyped-def]
        from bot.ledger import entries as book
        from bot.ledger.tables import entries
        from bot.services.counties import assignment

        row = book.get(work, 1)
        work.connection.execute(
            entries.update().where(entries.c.id == row.id).values(handed_over_at=work.now, checker=None)
        )
        assignment.assign(work, book.get(work, 1), body="office:county")

    await people.town.passes(hours=3)
    await people.town.app.parts.desk.do(hand_over)
    await people.town.settle()

    countys = await read(people, people.contact)
    own = await read(people, covert)

    regions = await read(people, people.leader)
    offices = await read(people, people.chief)

    for found in (countys, regions):
        assert "交办" in found
        assert "暗访组" not in found
        assert "何午" not in found
        assert "09:00" not in found
    for found in (own, offices):
        assert "督查暗访组（何午） 登记" in found


async def test_a_long_history_is_cut_into_pages(people: People) -> None:
    card = await people.handed_over()
    for number in range(45):
        people.contact.sends(people.town.bot, f"进展{number:02d}：" + "已清运" * 60, reply_to=card)
    await people.town.settle()

    last = await read(people, people.leader)
    message = people.last(people.leader)
    await people.press(people.leader, message, "更早")
    earlier = words(people.last(people.leader))

    assert "（3/3）" in last
    assert "进展44" in last
    assert labels(message) == ["更早"]
    assert "（2/3）" in earlier
    assert "进展20" in earlier
    assert max(len(last), len(earlier)) < 4096


def test_every_kind_of_event_has_its_place_and_its_words(town: Town) -> None:
    sources = "\n".join(path.read_text("utf-8") for path in (BOT / "services").rglob("*.py"))
    recorded = set(re.findall(r"events\.record\(\s*work,\s*\"(\w+)\"", sources))
    moved = set(re.findall(r"life\.(?:move|put_state)\(\s*work,\s*\w+,\s*[^,]+,\s*\"(\w+)\"", sources))
    amended = set(re.findall(r"life\.amend\(\s*work,\s*\w+,\s*\"(\w+)\"", sources))
    known = set(history.kinds())

    found = recorded | moved | amended

    catalogue = town.app.parts.catalogue
    for language in ("zh", "en"):
        assert known == set(catalogue.labels(language, "events"))
    assert found <= known | history.NOT_OF_AN_ENTRY
    assert events.SYSTEM == "system"
