"""What people try on the wire, and what they get for it: docs/security.md names each of these."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from bot.domain.permissions import Role
from bot.ledger.desk import Work
from bot.ledger.tables import entries, members, outbox, photos
from bot.services.people.joining import MOST_GUESSES
from tests.drawn import photo
from tests.town.town import Town

CAPTION = "延津县王楼镇任庄村村口垃圾堆，限3天"


def words(town: Town, person: Any) -> list[str]:
    return [one.text or one.caption or "" for one in person.chat(town.bot).messages if one.by_bot is not None]


async def count(town: Town, table: Any) -> int:
    def reading(work: Work) -> int:
        return int(work.connection.execute(select(func.count()).select_from(table)).scalar_one())

    return await town.app.parts.desk.look(reading)


async def test_a_stranger_who_floods_costs_one_line_and_no_download(town: Town) -> None:
    stranger = town.server.person("无名氏")
    before = await count(town, outbox)
    stranger.opens(town.bot)
    for n in range(60):
        stranger.sends(town.bot, f"/issue 县1-0412-{n:02d}")
        stranger.sends_photo(town.bot, photo(seed=n % 3), caption=CAPTION)
    await town.settle()

    assert len(words(town, stranger)) == 1
    assert not town.bot.calls_of("getFile")
    assert await count(town, entries) == await count(town, photos) == 0
    assert await count(town, outbox) == before + 1


async def test_a_member_who_floods_waits_for_its_own_photos_and_nobody_else_does(town: Town) -> None:
    flooding = await town.join("李甲", Role.INSPECTOR, group="county/1")
    calm = await town.join("赵二", Role.INSPECTOR, group="county/1")
    for n in range(16):
        flooding.sends_photo(
            town.bot, photo(seed=n, size=(96, 72)), caption=f"延津县王楼镇任庄村第{n + 1}处垃圾堆"
        )
    calm.sends_photo(town.bot, photo(seed=99, size=(96, 72)), caption="延津县司寨乡平陵村路边垃圾堆")
    await town.settle()

    def order(work: Work) -> list[tuple[int, str]]:
        rows = work.connection.execute(select(photos.c.chat_id, photos.c.state)).all()
        return [(row.chat_id, row.state) for row in rows]

    kept = await town.app.parts.desk.look(order)
    assert len(kept) == 17  # none was dropped
    assert {state for _, state in kept} == {"stored"}
    assert await count(town, entries) == 17


async def test_guessed_links_are_answered_alike_a_few_times_and_then_no_more(town: Town) -> None:
    guesser = town.server.person("猜测者")
    payload = await town.invite(Role.ADMIN)
    for n in range(MOST_GUESSES * 3):
        guesser.opens(town.bot, payload[:-2] + f"{n:02d}")
    await town.settle()

    said = words(town, guesser)
    assert len(said) == MOST_GUESSES
    assert len(set(said)) == 1
    assert await count(town, members) == 0

    await town.passes(days=1)
    guesser.opens(town.bot, "another-guess")
    await town.settle()
    assert len(words(town, guesser)) == MOST_GUESSES + 1
    guesser.opens(town.bot, payload)  # a link that is good still opens
    await town.settle()
    assert await count(town, members) == 1


async def test_a_link_that_was_used_up_is_worth_nothing_to_whoever_saw_it(town: Town) -> None:
    payload = await town.invite(Role.OFFICE, track="county")
    first, second = town.server.person("先到"), town.server.person("后到")
    first.opens(town.bot, payload)
    await town.settle()
    second.opens(town.bot, payload)
    await town.settle()

    assert await count(town, members) == 1
    assert "无效、已用完或已过期" in words(town, second)[-1]


async def test_a_name_that_only_looks_like_anothers_is_not_taken(town: Town) -> None:
    await town.join("LiMing", Role.INSPECTOR, group="county/1")
    impostor = town.server.person("冒名者")
    impostor.opens(town.bot, await town.invite(Role.CONTACT, region="延津县"))
    await town.settle()

    for name in ("LіМing", "ΛiMing", "123", "🙂"):  # Cyrillic, Greek, no letter at all
        impostor.sends(town.bot, f"{name}，干部")
        await town.settle()
        assert await names(town) == ["LiMing", ""], name
    impostor.sends(town.bot, "王\u200b乙\u202e，干\u200d部")  # zero widths, a turned direction
    await town.settle()

    assert await names(town) == ["LiMing", "王乙"]


async def names(town: Town) -> list[str]:
    def reading(work: Work) -> list[str]:
        return list(work.connection.execute(select(members.c.name).order_by(members.c.id)).scalars())

    return await town.app.parts.desk.look(reading)


async def test_markup_in_names_and_captions_is_shown_as_it_was_typed(town: Town) -> None:
    inspector = await town.join("李甲", Role.INSPECTOR, group="county/1", leader=True)
    contact = await town.join("王乙", Role.CONTACT, region="延津县")
    evil = '<a href="tg://user?id=1">点我</a></b><i>&lt;script&gt;{{ 7*7 }}{% raw %}'

    inspector.sends_photo(town.bot, photo(seed=1), caption=f"延津县王楼镇任庄村村口垃圾堆 {evil}")
    await town.settle()
    await town.passes(minutes=2)

    for person in (inspector, contact):
        shown = [one for one in person.chat(town.bot).messages if one.by_bot is not None]
        assert any(evil[:20] in (one.text or one.caption or "") for one in shown), person
        assert not [
            entity
            for one in shown
            for entity in (*(one.entities or ()), *(one.caption_entities or ()))
            if entity.get("url") or entity.get("type") == "text_mention"
        ]
        assert "49" not in "".join((one.text or one.caption or "").replace("0412", "") for one in shown)


async def test_a_channels_posts_and_automatic_forwards_command_nothing(town: Town) -> None:
    admin = await town.join("管", Role.ADMIN)
    channel = town.server.channel("某频道", owner=admin, bots=[town.bot])
    before = await count(town, outbox)

    for text in ("/bind", "/health", "/invite", "我的", f"#问题 {CAPTION}", "/start abc"):
        admin.sends(channel, text)
    await town.settle()
    await town.passes(minutes=2)

    assert await count(town, entries) == 0
    assert town.app.parts.receiver.aside == 0
    told = [one for one in channel.messages if one.by_bot is not None]
    assert told == []
    assert await count(town, outbox) - before <= 1  # the admin may be offered to bind it


async def test_a_card_that_was_forwarded_to_somebody_else_does_nothing_in_their_hands(town: Town) -> None:
    inspector = await town.join("李甲", Role.INSPECTOR, group="county/1", leader=True)
    contact = await town.join("王乙", Role.CONTACT, region="延津县")
    other = await town.join("赵丙", Role.CONTACT, region="封丘县")
    inspector.sends_photo(town.bot, photo(seed=1), caption=CAPTION)
    await town.settle()
    await town.passes(minutes=2)
    card = next(one for one in contact.chat(town.bot).messages if one.buttons and "签收" in str(one.buttons))

    # the buttons do not travel with it; their data may be sent all the same, from any message of one's own
    own = other.chat(town.bot).messages[-1]
    data = [button.data for row in card.buttons for button in row if button.data]
    answers = [other.presses(own, data=one) for one in data]
    group = town.server.group("闲聊", members=[contact, other], bots=[town.bot])
    copied = contact.forwards(card, group)
    await town.settle()

    def states(work: Work) -> set[str]:
        return set(work.connection.execute(select(entries.c.state)).scalars())

    assert copied.buttons == []
    assert all([await press.answered() for press in answers])
    assert await town.app.parts.desk.look(states) == {"assigned"}
    assert not any("任庄村" in text for text in words(town, other))
