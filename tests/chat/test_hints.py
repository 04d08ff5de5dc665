"""Hints for the checker, on the wire: what they say, and to whom alone."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from bot.domain.permissions import Role
from tests.drawn import photo
from tests.town.scenes import CAPTION, People, words
from tests.town.town import Town

HEAP = photo(seed=1)


@pytest.fixture
async def people(town: Town) -> People:
    return await People.join(town)


async def answers(people: People, card: Any, data: bytes, **more: Any) -> Any:
    """The contact's proof; gives the leader's check card."""
    send = people.contact.sends_document if "name" in more else people.contact.sends_photo
    send(people.town.bot, data, caption="已清运", reply_to=card, **more)
    await people.town.settle()
    await people.town.passes(seconds=3)
    return people.last(people.leader)


def encoded_again(data: bytes, quality: int = 55) -> bytes:
    """The same picture, smaller and another file, as messengers make it."""
    out = BytesIO()
    Image.open(BytesIO(data)).resize((900, 675)).save(out, "JPEG", quality=quality)
    return out.getvalue()


async def test_the_before_photo_sent_back_is_named(people: People) -> None:
    card = await people.handed_over()

    check = await answers(people, card, HEAP)

    assert "供参考" in words(check)
    assert "整改后第1张与整改前第1张是同一文件" in words(check)


async def test_the_before_photo_encoded_again_looks_much_like_it(people: People) -> None:
    card = await people.handed_over()

    check = await answers(people, card, encoded_again(HEAP))

    assert "整改后第1张与整改前第1张画面相近" in words(check)


async def test_an_honest_photo_gets_no_hint(people: People) -> None:
    card = await people.handed_over()

    check = await answers(people, card, photo("clean", seed=1))

    assert "供参考" not in words(check)


async def test_one_after_photo_for_two_entries_is_named_on_the_second_and_the_first(people: People) -> None:
    first = await people.handed_over()
    people.leader.sends_photo(people.town.bot, photo("ditch", seed=5), caption="延津县司寨乡司寨村坑塘垃圾")
    await people.town.settle()
    await people.town.passes(seconds=61)
    second = next(m for m in reversed(people.new(people.contact)) if "县1-0412-02" in words(m) and m.file)
    clean = photo("clean", seed=9)

    check_one = await answers(people, first, clean)
    check_two = await answers(people, second, clean)

    assert "县1-0412-01的整改后照片是同一文件" in words(check_two)
    assert "县1-0412-02的整改后照片是同一文件" in words(check_one)


async def test_time_place_and_forwarding_are_told_from_the_file(people: People) -> None:
    people.leader.sends_document(
        people.town.bot,
        photo(seed=1, position=(35.30, 114.20)),
        name="1.jpg",
        mime="image/jpeg",
        caption=CAPTION,
    )
    await people.town.settle()
    await people.town.passes(seconds=61)
    card = people.last(people.contact)
    late = photo("clean", seed=1, position=(35.31, 114.20), taken=datetime(2019, 4, 11, 8, 2))  # noqa: DTZ001

    check = await answers(people, card, late, name="2.jpg", mime="image/jpeg", forwarded_from="某某")

    assert "拍摄于4月11日(周四)08:02，早于交办" in words(check)
    assert "拍摄位置距问题点约1.1公里" in words(check)
    assert "整改后第1张是转发的" in words(check)


async def test_hints_are_for_the_checker_alone(people: People) -> None:
    overseer = await people.town.join("陈辛", Role.OVERSIGHT)
    card = await people.handed_over()

    await answers(people, card, HEAP)
    for person in (people.contact, overseer, people.member):
        person.sends(people.town.bot, "/issue 县1-0412-01")
        await people.town.settle()

    for person in (people.contact, overseer):
        assert not any("供参考" in words(m) or "同一文件" in words(m) for m in people.new(person))
    assert "供参考" in words(people.last(people.member))  # a checker, too


async def test_an_entry_that_the_checker_may_not_see_is_not_named(people: People) -> None:
    town = people.town
    far = await town.join("周庚", Role.INSPECTOR, group="county/2", leader=True)
    other = await town.join("吴癸", Role.CONTACT, region="辉县市")
    far.sends_photo(town.bot, photo("ditch", seed=3), caption="辉县市百泉镇坑塘垃圾")
    await town.settle()
    await town.passes(seconds=61)
    clean = photo("ditch_clean", seed=3)
    other.sends_photo(town.bot, clean, caption="已清", reply_to=people.last(other))
    await town.settle()
    card = await people.handed_over()

    check = await answers(people, card, clean)

    assert "另一条问题的照片是同一文件" in words(check)
    assert "县2-" not in words(check)


async def test_a_covert_entry_before_hand_over_is_not_hinted_at(people: People) -> None:
    town = people.town
    covert = await town.join("郑壬", Role.INSPECTOR, group="county/0", leader=True)
    covert.sends_photo(town.bot, HEAP, caption=CAPTION)
    await town.settle()
    people.leader.sends_photo(town.bot, photo("ditch", seed=5), caption="延津县司寨乡司寨村坑塘垃圾")
    await town.settle()
    await town.passes(seconds=61)

    check = await answers(people, people.last(people.contact), HEAP)

    assert "县1-0412-01" in words(check)
    assert "同一文件" not in words(check)
    assert "另一条" not in words(check)


async def test_hints_go_when_the_proof_is_judged(people: People) -> None:
    card = await people.handed_over()
    check = await answers(people, card, HEAP)

    await people.press(people.leader, check, "销号")

    assert "供参考" not in words(check)
    assert len(people.new(people.leader)) == len({m.message_id for m in people.new(people.leader)})


async def test_an_album_sent_back_does_not_fill_the_card(people: People) -> None:
    town = people.town
    heaps = [photo(seed=n) for n in range(6)]
    people.leader.sends_album(town.bot, heaps, caption=CAPTION)
    await town.settle()
    await town.passes(seconds=61)
    people.contact.sends_album(town.bot, heaps, caption="已清运", reply_to=people.last(people.contact))
    await town.settle()
    await town.passes(seconds=3)

    check = words(people.last(people.leader))

    assert check.count("· 整改后第") == 4
    assert "· 另有 2 项" in check


async def test_a_restart_between_download_and_comparing_loses_nothing(people: People) -> None:
    card = await people.handed_over()
    await people.town.stop_bot()
    people.contact.sends_photo(people.town.bot, encoded_again(HEAP), caption="已清运", reply_to=card)
    await people.town.start_bot()
    await people.town.settle()
    await people.town.passes(seconds=3)

    assert "画面相近" in words(people.last(people.leader))
