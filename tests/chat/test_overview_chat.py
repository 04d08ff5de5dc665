"""「概况」 and 「覆盖」 asked for in a chat: a picture in private, nothing of it in a group."""

from __future__ import annotations

from bot.domain.permissions import Role
from tests.town.scenes import People, labels, words
from tests.town.town import Town


async def test_numbers_come_in_private_as_a_picture_and_turn_by_buttons(town: Town) -> None:
    people = await People.join(town)
    await people.handed_over()
    leader = await town.join("市领导", Role.CITY_LEADER)

    leader.sends(town.bot, "概况")
    await town.settle()

    card = people.showing(leader, "概况 ·")
    assert card.photo
    assert "发现 1" in words(card)
    leader.presses(card, "换一个")
    await town.settle()
    leader.presses(card, "延津县")
    await town.settle()
    assert "概况 · 延津县" in words(card)
    assert "到期整改率 —" in words(card)

    people.contact.sends(town.bot, "覆盖")
    await town.settle()
    assert "乡镇" not in words(people.last(people.contact))

    people.leader.sends(town.bot, "覆盖")
    await town.settle()
    covered = people.showing(people.leader, "覆盖 ·")
    people.leader.presses(covered, "1")
    await town.settle()
    assert "本旬已到" in words(covered)
    people.leader.presses(covered, "返回")
    await town.settle()
    people.leader.presses(covered, "明日线路")
    await town.settle()
    assert "明日线路建议" in words(people.last(people.leader))
    assert "换一组" not in labels(covered)
