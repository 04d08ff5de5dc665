"""Bad lines, full disks, repeated deliveries: the story goes on, nothing is lost, nothing told twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.domain.permissions import Role
from bot.ledger.desk import Work
from bot.ledger.tables import photos
from bot.media.errors import StoreError
from tests.drawn import photo
from tests.town.town import Town

CAPTION = "延津县王楼镇任庄村村口垃圾堆，限3天"


async def cast(town: Town) -> tuple[Any, Any]:
    inspector = await town.join("李甲", Role.INSPECTOR, group="county/1", leader=True)
    contact = await town.join("王乙", Role.CONTACT, region="延津县")
    return inspector, contact


async def later(town: Town, **step: float) -> None:
    """Time passes, and what failed before is fetched again."""
    town.clock.advance(timedelta(**step))
    await town.app.parts.downloader.round()
    await town.passes(seconds=1)


async def of_photos(town: Town) -> list[Any]:
    def reading(work: Work) -> list[Any]:
        return list(work.connection.execute(select(photos).order_by(photos.c.id)).all())

    return await town.app.parts.desk.look(reading)


def receipts(town: Town, person: Any) -> list[str]:
    return [
        m.text for m in person.chat(town.bot).messages if m.by_bot is not None and "县1-" in (m.text or "")
    ]


@pytest.mark.parametrize("fault", [{"downloads_failing": 3}, {"download_truncated_at": 500}])
async def test_a_photo_is_fetched_again_until_it_is_whole(town: Town, fault: dict[str, int]) -> None:
    inspector, _ = await cast(town)
    for name, value in fault.items():
        setattr(town.server.faults, name, value)

    inspector.sends_photo(town.bot, photo(seed=1), caption=CAPTION)
    await town.settle()
    first = await of_photos(town)
    for _ in range(3):
        await later(town, seconds=61)
    town.server.faults.clear()
    await later(town, hours=2)

    assert [(row.state, row.attempts) for row in first] == [("pending", 1)]
    assert [row.state for row in await of_photos(town)] == ["stored"]
    assert len(receipts(town, inspector)) == 1  # filed at once, whatever becomes of the photo


async def test_a_line_that_is_bad_for_days_loses_no_photo(town: Town) -> None:
    inspector, _ = await cast(town)
    town.server.faults.next("getFile", cut="before", times=1000)

    inspector.sends_photo(town.bot, photo(seed=1), caption=CAPTION)
    await town.settle()
    for _ in range(20):
        await later(town, hours=3)
    town.server.faults.clear()
    await later(town, hours=3)

    assert [row.state for row in await of_photos(town)] == ["stored"]


async def test_a_photo_that_telegram_denies_to_the_last_is_named(town: Town) -> None:
    inspector, _ = await cast(town)
    town.server.faults.next(
        "getFile",
        status=400,
        description="Bad Request: wrong file_id or the file is temporarily unavailable",
        times=1000,
    )

    inspector.sends_photo(town.bot, photo(seed=1), caption=CAPTION)
    await town.settle()
    for _ in range(8):
        await later(town, hours=3)

    assert [(row.state, row.fault) for row in await of_photos(town)] == [("refused", "lost")]
    assert "⚠️" in receipts(town, inspector)[0]


async def test_a_full_store_is_waited_for(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    inspector, _ = await cast(town)
    store, full = town.app.parts.store, [5]
    put = store.put

    def sometimes(*args: Any) -> Any:
        if full[0]:
            full[0] -= 1
            raise StoreError("no space left on device")
        return put(*args)

    monkeypatch.setattr(store, "put", sometimes)
    inspector.sends_photo(town.bot, photo(seed=1), caption=CAPTION)
    await town.settle()
    for _ in range(6):
        await later(town, hours=3)

    assert [row.state for row in await of_photos(town)] == ["stored"]


async def test_our_own_bug_in_one_photo_costs_the_others_nothing(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    inspector, _ = await cast(town)
    put = town.app.parts.downloader._put

    def breaks(row: Any, *rest: Any) -> Any:
        if row.seq == 2:
            raise LookupError("our bug")
        return put(row, *rest)

    monkeypatch.setattr(town.app.parts.downloader, "_put", breaks)
    inspector.sends_album(town.bot, [photo(seed=n) for n in range(3)], caption=CAPTION)
    await town.settle()

    assert [row.state for row in await of_photos(town)] == ["stored", "pending", "stored"]


async def test_a_card_waits_ten_seconds_for_its_picture_then_goes_with_telegrams_and_is_edited(
    town: Town,
) -> None:
    inspector, contact = await cast(town)
    town.server.faults.next("getFile", cut="before", times=1000)
    inspector.sends_photo(town.bot, photo(seed=1), caption=CAPTION)
    await town.settle()
    sent = inspector.chat(town.bot).messages[-2]
    seen = len(contact.chat(town.bot).messages)

    await town.passes(seconds=61)
    await town.passes(seconds=5)
    assert len(contact.chat(town.bot).messages) == seen
    await town.passes(seconds=6)
    card = contact.chat(town.bot).last
    assert "县1-0412-01" in card.caption
    assert card.file.data == sent.file.data

    town.server.faults.clear()
    await later(town, hours=2)
    assert card.file.data != sent.file.data
    assert len([m for m in contact.chat(town.bot).messages if m.file is not None]) == 1


async def test_what_is_delivered_again_and_again_is_one_entry(town: Town) -> None:
    inspector, _ = await cast(town)
    town.server.faults.repeated_deliveries = 3

    inspector.sends_photo(town.bot, photo(seed=1), caption=CAPTION)
    inspector.sends(town.bot, "帮助")
    await town.settle()

    assert len(await of_photos(town)) == 1
    assert len(receipts(town, inspector)) == 1


async def test_a_stop_in_the_middle_of_a_burst_loses_nothing(town: Town) -> None:
    inspector, _ = await cast(town)

    for seed in range(12):
        inspector.sends_photo(town.bot, photo(seed=seed, size=(64, 48)), caption=f"{CAPTION}，第{seed}处")
        if seed in (3, 7):
            await town.stop_bot()
            await town.start_bot()
    await town.settle()
    await later(town, seconds=3)

    found = receipts(town, inspector)
    assert len(found) == 12
    heads = [text.splitlines()[0] for text in found]  # below, what may be the same problem is named
    assert all(sum(f"县1-0412-{n:02}" in head for head in heads) == 1 for n in range(1, 13))
    assert [row.state for row in await of_photos(town)] == ["stored"] * 12
