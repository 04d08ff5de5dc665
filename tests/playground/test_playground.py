"""The whole playground with its bot in a process of its own: started, killed, kept over restarts."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.playground.game.hand import BotRefused, BotState
from bot.playground.server import Message, Person
from bot.playground_app.folder import Folder, PlaygroundError
from bot.playground_app.playground import Playground

CAPTION = "延津县王楼镇任庄村村口垃圾堆，限3天"
LONG = 30.0


@asynccontextmanager
async def playing(path: Path, *, keep: bool = False, **how: Any) -> AsyncIterator[Playground]:
    """A playground whose people have joined; it is stopped cleanly afterwards."""
    folder = Folder(path, keep=keep)
    game = Playground(folder, None, **how)
    try:
        await game.open(0, any_port=True)
        await game.fill()
        yield game
    finally:
        await game.close()
        folder.close()


def who(game: Playground, place: str) -> Person:
    number = game.place(place)
    assert number is not None
    return game.server.people[number]


def last(game: Playground, place: str) -> Message:
    message = who(game, place).chat(game.bot).last
    assert message is not None
    return message


async def test_everybody_of_the_start_state_has_joined_and_the_chats_are_bound(tmp_path: Path) -> None:
    async with playing(tmp_path / "play") as game:
        seen = game.cast()

    roles = {one["role"] for one in seen["cast"]}
    assert roles == {"inspector", "contact", "township", "office", "oversight", "city_leader", "admin"}
    assert [chat["kind"] for chat in seen["chats"]] == ["supergroup", "channel", "channel"]
    assert seen["chats"][0]["title"] == "县(市)第一督查小组"
    assert seen["ready"]
    assert len(seen["phones"]) == 3
    assert all(
        one["en"] and one["scope"]
        for one in seen["cast"]
        if one["role"] not in ("oversight", "city_leader", "admin")
    )
    assert (tmp_path / "play" / "config.toml").exists()


async def test_a_killed_bot_catches_up_with_what_fell_due_without_it(tmp_path: Path) -> None:
    async with playing(tmp_path / "play") as game:
        lead = who(game, "lead:county/1")
        lead.sends_photo(game.bot, game.server.shelf("sample:wall-before") or b"", caption=CAPTION)
        await game.clock.rest()
        pid = game.process.pid
        assert pid is not None

        await game.faults.switch({"do": "kill"})
        down = game.process.state
        lead.sends(game.bot, "我的")
        await game.clock.move_to(game.clock.target({"advance": 3600}))
        silent = [m for m in who(game, "contact:延津县").chat(game.bot).messages if "任庄村" in m.words]
        await game.faults.switch({"do": "restart"})
        card = await game.server.wait_for(
            lambda: next(
                (m for m in who(game, "contact:延津县").chat(game.bot).messages if "任庄村" in m.words), None
            ),
            LONG,
        )

        assert down is BotState.DOWN
        assert game.process.pid not in (None, pid)
        assert silent == []
        assert card.file is not None
        await who(game, "lead:county/1").hears(game.bot, "县1-", timeout=LONG)


async def test_what_was_refused_for_haste_is_sent_when_the_brake_is_off(tmp_path: Path) -> None:
    async with playing(tmp_path / "play") as game:
        await game.faults.switch({"do": "429", "on": True, "retry_after": 1})
        admin = who(game, "admin")
        before = len(admin.chat(game.bot).messages)
        admin.sends(game.bot, "帮助")
        await game.server.wait_for(
            lambda: any(call.code == 429 for call in game.bot.calls_of("sendMessage")), LONG
        )
        held = len(admin.chat(game.bot).messages) - before

        await game.faults.switch({"do": "429", "on": False})
        await game.server.wait_for(lambda: len(admin.chat(game.bot).messages) > before + 1, LONG)

        assert held == 1  # the question itself


async def test_everything_is_there_again_after_a_stop(tmp_path: Path) -> None:
    async with playing(tmp_path / "play", keep=True) as game:
        lead = who(game, "lead:county/1")
        lead.sends_photo(game.bot, game.server.shelf("sample:wall-before") or b"", caption=CAPTION)
        await game.clock.rest()
        game.read(lead.id, lead.chat(game.bot).key, 3)
        await game.clock.move_to(game.clock.target({"advance": 7200}))
        told = [(m.message_id, m.words, m.date) for m in lead.chat(game.bot).messages]
        picture = lead.chat(game.bot).messages[-2].file
        now, reads = game.clock.now(), game.cast()["reads"]

    async with playing(tmp_path / "play", keep=True) as game:
        lead = who(game, "lead:county/1")
        again = [(m.message_id, m.words, m.date) for m in lead.chat(game.bot).messages]
        last(game, "lead:county/1")
        lead.sends(game.bot, "我的")
        await game.clock.rest()
        answer = last(game, "lead:county/1")

        assert again == told
        assert picture is not None
        assert game.server.telegram.files.files[picture.file.key][0].data == picture.data
        assert game.clock.now() >= now
        assert game.cast()["reads"] == reads
        assert "县1-0412-01" in answer.words
        assert answer.message_id > told[-1][0]


async def test_a_sudden_end_costs_no_more_than_its_last_second(tmp_path: Path) -> None:
    async with playing(tmp_path / "play", keep=True) as game:
        lead = who(game, "lead:county/1")
        lead.sends_photo(game.bot, game.server.shelf("sample:wall-before") or b"", caption=CAPTION)
        await game.clock.rest()
        keeper = game._keeper
        assert keeper is not None
        keeper.write(game.server)
        kept = [m.message_id for m in lead.chat(game.bot).messages]
        lead.sends(game.bot, "来不及存的话")
        game.ready = False  # nothing more is written, as by a power failure
        for task in game._tasks:
            task.cancel()
        assert game.process.pid is not None
        os.kill(game.process.pid, signal.SIGKILL)

    async with playing(tmp_path / "play", keep=True) as game:
        lead = who(game, "lead:county/1")
        again = [m.message_id for m in lead.chat(game.bot).messages]
        lead.sends(game.bot, "我的")
        await game.clock.rest()

        assert again == kept
        assert "县1-0412-01" in last(game, "lead:county/1").words
        assert lead.chat(game.bot).messages[-2].message_id > kept[-1] + 1


async def test_an_empty_playground_begins_with_an_invitation_and_keeps_it(tmp_path: Path) -> None:
    async with playing(tmp_path / "play", keep=True, empty=True) as game:
        link, cast = game.invitation, game.cast()
    async with playing(tmp_path / "play", keep=True) as game:
        again = game.invitation

    assert link.startswith("https://t.me/inspect_bot?start=")
    assert (cast["cast"], cast["empty"], cast["invitation"]) == ([], True, link)
    assert again == link


async def test_a_folder_of_another_version_is_refused_with_the_mend(tmp_path: Path) -> None:
    async with playing(tmp_path / "play", keep=True) as game:
        assert game._keeper is not None
        game._keeper._put("version", 99)
        game._keeper._db.commit()
        game.ready = False

    with pytest.raises(PlaygroundError, match="--fresh"):
        async with playing(tmp_path / "play", keep=True):
            pass


async def test_a_configuration_that_is_wrong_is_refused_before_anything_is_served(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[campaign]\nnonsense = 1\n", "utf-8")
    folder = Folder(tmp_path / "play")
    game = Playground(folder, tmp_path / "config.toml")

    with pytest.raises(BotRefused) as refused:
        await game.open(0, any_port=True)
    await game.close()
    folder.close()

    assert refused.value.code == 2
    assert any("nonsense" in line for line in refused.value.lines)
    assert game.url == ""


async def test_the_bot_ends_when_who_started_it_is_gone(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "play")
    game = Playground(folder, None, empty=True)
    await game.open(0, any_port=True)
    await game.fill()
    process = game.process._process
    assert process is not None
    assert game.process._writer is not None

    game.process._writer.close()
    async with asyncio.timeout(LONG):
        code = await process.wait()
    await game.close()
    folder.close()

    assert code == 0


async def test_a_bot_that_dies_while_people_join_ends_the_start_with_one_line(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "play")
    game = Playground(folder, None)
    await game.open(0, any_port=True)
    beginning = asyncio.get_running_loop().create_task(game.begin())
    await game.server.wait_for(lambda: game.process.state is BotState.RUNNING, LONG)
    assert game.process.pid is not None

    os.kill(game.process.pid, signal.SIGKILL)
    with pytest.raises(BotRefused):
        await beginning
    await game.close()
    folder.close()


async def test_a_stop_while_people_join_is_heeded_at_once(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "play")
    game = Playground(folder, None)
    await game.open(0, any_port=True)

    game.ask_to_stop()
    begun = await game.begin()
    await game.close()
    folder.close()

    assert not begun
    assert game.process.state is BotState.DOWN
