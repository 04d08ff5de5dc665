"""The page's clock: moved from due instant to due instant, each as if it had come by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from townstage import TownStage

from bot.jobs.timetable import foresee
from bot.ledger.tables import cards, entries, events, outbox
from bot.playground.game.clock import ClockError
from bot.playground.game.days import CampaignDays
from bot.playground.game.hand import BotGone
from tests.drawn import photo
from tests.town.town import Town

ZONE = ZoneInfo("Asia/Shanghai")
DAYS = CampaignDays(date(2019, 4, 9), date(2019, 7, 17), ZONE)
CAPTION = "延津县王楼镇任庄村村口垃圾堆，限3天"
STEP = 300
AFTERNOON = datetime(2019, 4, 11, 16, 20, tzinfo=ZONE)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[TownStage]:
    """A stage; at the end nothing strict was violated."""
    async with Town(tmp_path) as town:
        yield TownStage(town)
        town.server.check()


def at(day: int, hour: int, minute: int = 0, second: int = 0, month: int = 4) -> datetime:
    return datetime(2019, month, day, hour, minute, second, tzinfo=ZONE)


# --- moving -------------------------------------------------------------------------------------------


async def told(folder: Path, step_by_step: bool) -> list[tuple[int, str, int]]:
    """What everybody was told from an afternoon to the next day: when, what, who."""
    async with Town(folder, start=AFTERNOON) as town:
        stage = TownStage(town)
        lead, covert, _, _ = await stage.join(
            "lead:county/1", "lead:county/0", "contact:卫辉市", "office:county"
        )
        lead.sends_photo(town.bot, photo(seed=1), caption=CAPTION)  # nobody of its county has joined
        await town.settle()
        lead.sends_photo(town.bot, photo(seed=2), caption="卫辉市李源屯镇路边杂物，限2天")
        covert.sends_photo(town.bot, photo(seed=3), caption="卫辉市李源屯镇沟渠漂浮垃圾")
        lead.sends_photo(town.bot, photo(seed=4))  # a draft, that is asked about once
        await town.settle()
        if step_by_step:
            while town.clock.now() < at(12, 11):
                await town.passes(seconds=STEP)
        else:
            await stage.move_to(at(12, 11))
        chats = [*town.server.telegram.chats.values(), *town.server.telegram.private.values()]
        return sorted(
            (message.date, message.words, chat.id)
            for chat in chats
            for message in chat.messages
            if message.by_bot is not None
        )


async def test_a_move_tells_everybody_the_same_at_the_same_time_as_if_the_time_had_passed(
    tmp_path: Path,
) -> None:
    (tmp_path / "slow").mkdir()
    (tmp_path / "fast").mkdir()

    slow = await told(tmp_path / "slow", step_by_step=True)
    fast = await told(tmp_path / "fast", step_by_step=False)

    assert sorted(row[1:] for row in fast) == sorted(row[1:] for row in slow)
    assert all(0 <= late[0] - row[0] <= STEP for row, late in zip(fast, slow, strict=True))


async def test_what_is_due_on_the_way_comes_at_its_own_time_and_the_clock_ends_where_it_was_sent(
    stage: TownStage,
) -> None:
    lead, contact = await stage.join("lead:county/1", "contact:延津县")
    lead.sends_photo(stage.bot, photo(), caption=CAPTION)
    await stage.rest()

    ended = await stage.move_to(at(12, 15))

    card = next(message for message in contact.chat(stage.bot).messages if message.file)
    assert ended == "there"
    assert stage.now() == at(12, 15)
    assert datetime.fromtimestamp(card.date, ZONE) == at(12, 9, 1)


async def test_a_move_can_be_ended_on_the_way(stage: TownStage, monkeypatch: pytest.MonkeyPatch) -> None:
    beats, beat = 0, stage.hand.beat

    async def beat_and_cancel_at_the_third() -> int:
        nonlocal beats
        beats += 1
        if beats == 3:
            stage.clock.cancel()
        return await beat()

    monkeypatch.setattr(stage.hand, "beat", beat_and_cancel_at_the_third)

    ended = await stage.move_to(at(19, 9))

    assert ended == "cancelled"
    assert stage.now() == at(12, 12)
    assert stage.clock.move is None


async def test_only_one_move_at_a_time(stage: TownStage) -> None:
    move = stage.clock.begin(at(12, 10))

    with pytest.raises(ClockError) as refused:
        stage.clock.begin(at(12, 11))
    await stage.clock.carry_out(move)

    assert refused.value.busy
    assert stage.now() == at(12, 10)


class NoBot:
    """A bot that does not run."""

    def __getattr__(self, name: str) -> object:
        async def gone(*_: object) -> None:
            raise BotGone

        return gone


async def test_time_passes_without_a_bot(stage: TownStage) -> None:
    stage.clock.hand = NoBot()  # type: ignore[assignment]

    ended = await stage.move_to(at(13, 9))

    assert ended == "there"
    assert stage.now() == at(13, 9)


async def test_a_move_goes_on_while_every_sending_is_refused(stage: TownStage) -> None:
    (lead, _) = await stage.join("lead:county/1", "contact:延津县")
    lead.sends_photo(stage.bot, photo(), caption=CAPTION)
    await stage.rest()
    stage.server.faults.slow_down = 60

    ended = await stage.move_to(at(12, 12))
    stage.server.faults.slow_down = 0

    assert ended == "there"


# --- where to -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "friday"),
    [
        (at(12, 9), at(12, 9, 55)),  # itself a Friday
        (at(12, 9, 55), at(19, 9, 55)),
        (at(12, 23), at(19, 9, 55)),
        (at(17, 9, month=7), at(19, 9, 55, month=7)),  # the last week's report is due after the last day
    ],
)
def test_the_next_friday_is_five_minutes_before_the_reports_are_due(now: datetime, friday: datetime) -> None:
    assert DAYS.next_friday(now) == friday


@pytest.mark.parametrize(
    ("now", "closing"),
    [
        (at(12, 9), at(18, 17, 55)),
        (at(18, 17, 55), at(28, 17, 55)),
        (at(28, 18), at(8, 17, 55, month=5)),
        (at(9, 9, month=7), at(18, 17, 55, month=7)),
        (at(18, 18, month=7), None),
    ],
)
def test_the_next_closing_day_is_an_8th_18th_or_28th(now: datetime, closing: datetime | None) -> None:
    assert DAYS.next_closing(now) == closing


async def test_the_bar_says_the_day_and_where_one_can_jump_to(stage: TownStage) -> None:
    bar = stage.clock.bar()

    assert (bar["day"], bar["days"], bar["moving"], bar["next"]) == (4, 100, None, None)
    assert {jump["key"]: jump["at"] for jump in bar["jumps"]} == {
        "hour": "2019-04-12T10:00:00+08:00",
        "reminder": None,
        "friday": "2019-04-12T09:55:00+08:00",
        "period": "2019-04-18T17:55:00+08:00",
    }
    assert bar["jumps"][3]["zh"] == "到 18 日 17:55"


@pytest.mark.parametrize(
    "asked",
    [{"advance": -1}, {"to": "2019-04-12T08:59:59+08:00"}, {"to": "2021-01-01"}, {"to": "reminder"}, {}],
)
async def test_what_cannot_be_reached_is_refused(stage: TownStage, asked: dict[str, object]) -> None:
    with pytest.raises(ClockError):
        stage.clock.target(asked)


async def test_a_day_without_a_zone_is_the_campaigns(stage: TownStage) -> None:
    assert stage.clock.target({"to": "2019-04-12T10:30"}) == at(12, 10, 30)


# --- what is due next ---------------------------------------------------------------------------------


async def test_what_is_due_next_is_named_with_its_number_and_can_be_jumped_to(stage: TownStage) -> None:
    lead, contact = await stage.join("lead:county/1", "contact:延津县")
    lead.sends_photo(stage.bot, photo(), caption=CAPTION)
    await stage.rest()
    await stage.clock.look()

    first = stage.clock.bar()["next"]
    await stage.move_to(stage.clock.target({"to": "reminder"}))
    second = stage.clock.bar()["next"]

    assert (first["at"], first["zh"]) == ("2019-04-12T09:01:00+08:00", "县1-0412-01 交办")
    assert any(message.file for message in contact.chat(stage.bot).messages)
    assert (second["at"], second["zh"]) == ("2019-04-12T10:00:00+08:00", "周报截止")
    assert second["en"] == "weekly reports are due"


async def test_the_outlook_knows_the_deputys_hours_and_the_calendar(stage: TownStage) -> None:
    lead, _ = await stage.join("lead:county/1", "contact:延津县")
    lead.sends_photo(stage.bot, photo(), caption=CAPTION)
    await stage.rest()
    await stage.move_to(at(12, 9, 5))

    due = {row["kind"]: row for row in await stage.hand.upcoming()}

    assert datetime.fromisoformat(due["deputy"]["at"]) == at(12, 13, 1)
    assert due["deputy"]["number"] == "县1-0412-01"
    assert datetime.fromisoformat(due["duty.weekly.list"]["at"]) == at(12, 10, 5)


async def test_the_four_hours_for_the_deputy_are_working_hours(tmp_path: Path) -> None:
    async with Town(tmp_path, start=at(12, 17)) as town:
        stage = TownStage(town)
        lead, _ = await stage.join("lead:county/1", "contact:延津县")
        lead.sends_photo(town.bot, photo(), caption=CAPTION)
        await stage.rest()
        await stage.move_to(at(12, 17, 5))

        due = {row["kind"]: row["at"] for row in await stage.hand.upcoming()}

    left = timedelta(minutes=59)  # of Friday's working time, at 17:01
    monday = at(15, 8, 30) + timedelta(hours=4) - left
    assert abs(datetime.fromisoformat(due["deputy"]) - monday) <= timedelta(seconds=1)


async def test_looking_ahead_leaves_no_trace(stage: TownStage) -> None:
    (lead,) = await stage.join("lead:county/1")
    lead.sends_photo(stage.bot, photo(), caption=CAPTION)
    await stage.rest()
    desk = stage.town.app.parts.desk

    async def everything() -> list[object]:
        tables = (entries, events, outbox, cards)
        return [
            await desk.look(lambda work, t=table: list(work.connection.execute(select(t)).all()))
            for table in tables
        ]

    before = await everything()
    found = await desk.do(foresee, at(12, 12).astimezone(UTC))
    after = await everything()

    assert "assignment.settle_due" in found
    assert after == before


async def test_the_first_instant_is_found_to_the_second(stage: TownStage) -> None:
    (lead,) = await stage.join("lead:county/1")
    lead.sends_photo(stage.bot, photo(), caption=CAPTION)
    await stage.rest()

    found = await stage.hand.foresee(at(12, 10))
    nothing = await stage.hand.foresee(at(12, 9, 0, 50))

    assert found is not None
    assert found.at == at(12, 9, 1)
    assert found.what == ("assignment.settle_due",)
    assert nothing is None
