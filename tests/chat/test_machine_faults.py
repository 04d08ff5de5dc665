"""A machine that fails: loud, clear, nothing half done, and it goes on when the cause is gone."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.domain.permissions import Role
from bot.ledger.desk import LedgerUnavailable, Work
from bot.ledger.tables import entries, inbox, photos
from bot.media.errors import StoreFull, StoreRefused
from bot.media.store import PhotoStore
from bot.services import upkeep
from tests.drawn import photo
from tests.town.town import Town

CAPTION = "延津县王楼镇任庄村村口垃圾堆，限3天"
FAULTS = {
    "the disk is full": ("PRAGMA max_page_count=1", "PRAGMA max_page_count=1000000", "full"),
    "the disk is read-only": ("PRAGMA query_only=ON", "PRAGMA query_only=OFF", "readonly"),
}


async def pragma(town: Town, words: str) -> None:
    """Spoken to the writer's own connection while it rests: also where nothing can be begun."""
    connection = town.app.parts.desk._writer.raw_connection()
    connection.cursor().execute(words)
    connection.close()


async def rows(town: Town, *columns: Any) -> list[Any]:
    def reading(work: Work) -> list[Any]:
        return list(work.connection.execute(select(*columns)).all())

    return await town.app.parts.desk.look(reading)


@pytest.mark.parametrize(("fault", "mend", "why"), FAULTS.values(), ids=FAULTS)
async def test_while_the_ledger_cannot_be_written_telegram_keeps_what_comes_and_nothing_is_half_done(
    town: Town, fault: str, mend: str, why: str
) -> None:
    admin = await town.join("管", Role.ADMIN)
    inspector = await town.join("李甲", Role.INSPECTOR, group="county/1")
    await town.app.watch.note()
    seen = len(await rows(town, inbox.c.update_id))
    polls = town.bot.polls

    await pragma(town, fault)
    inspector.sends_photo(town.bot, photo(seed=1), caption=CAPTION + " " + "很长的话" * 900)
    with pytest.raises(LedgerUnavailable) as failed:
        await town.app.parts.desk.do(lambda work: upkeep.know(work, "probe", "x" * 3_000_000))
    await town.app.watch.ledger_failed(failed.value)
    for _ in range(200):  # until the poller has tried and been refused
        if str(town.app._poller and town.app._poller.state) == "store_fails":
            break
        await asyncio.sleep(0.01)
    stored_meanwhile = len(await rows(town, inbox.c.update_id)) - seen
    state = str(town.app._poller and town.app._poller.state)
    await pragma(town, mend)
    await town.settle()
    await town.app.watch.note()
    await town.settle()

    assert (state, stored_meanwhile) == ("store_fails", 0)
    assert town.bot.polls >= polls
    assert len(await rows(town, entries.c.id)) == 1
    assert [one.state for one in await rows(town, photos.c.state)] == ["stored"]
    told = [one.text for one in admin.chat(town.bot).messages if one.by_bot is not None]
    cause = {"full": "磁盘满了", "readonly": "变成只读"}[why]
    assert any(cause in text and "怎么办" in text for text in told)
    assert any("数据库恢复了" in text for text in told)


@pytest.mark.parametrize("error", [StoreFull, StoreRefused], ids=["full", "read-only"])
async def test_while_photos_cannot_be_stored_entries_go_on_and_the_photos_come_later(
    town: Town, monkeypatch: pytest.MonkeyPatch, error: type[StoreFull]
) -> None:
    admin = await town.join("管", Role.ADMIN)
    inspector = await town.join("李甲", Role.INSPECTOR, group="county/1")

    def refused(_store: PhotoStore, path: str, _data: bytes) -> None:
        raise error(path, "No space left on device (os error 28)")

    with monkeypatch.context() as patch:
        patch.setattr(PhotoStore, "put", refused)
        inspector.sends_photo(town.bot, photo(seed=1), caption=CAPTION)
        await town.settle()
        town.clock.advance(timedelta(hours=1, minutes=1))
        await town.app.watch.look()
        await town.settle()
        waiting = await rows(town, photos.c.state, photos.c.file)
    town.clock.advance(timedelta(hours=2))
    await town.app.parts.downloader.round()
    await town.app.watch.look()
    await town.settle()

    assert [tuple(row) for row in waiting] == [("pending", None)]
    assert [row.state for row in await rows(town, photos.c.state)] == ["stored"]
    assert len(await rows(town, entries.c.id)) == 1
    told = "\n".join(one.text or "" for one in admin.chat(town.bot).messages)
    assert "还没存下" in told
    assert "已恢复：照片下载" in told


async def test_a_photo_that_vanished_from_the_store_costs_its_picture_and_nothing_else(town: Town) -> None:
    inspector = await town.join("李甲", Role.INSPECTOR, group="county/1", leader=True)
    contact = await town.join("王乙", Role.CONTACT, region="延津县")
    inspector.sends_photo(town.bot, photo(seed=1), caption=CAPTION)
    await town.settle()
    for file in (town.folder / "media").rglob("*.jpg"):
        file.write_bytes(file.read_bytes()[:200])  # what is there is no picture any more
    await town.passes(minutes=2)

    card = next(one for one in contact.chat(town.bot).messages if one.buttons and "签收" in str(one.buttons))
    contact.presses(card, "签收")
    await town.settle()

    assert [row.state for row in await rows(town, entries.c.state)] == ["acknowledged"]
