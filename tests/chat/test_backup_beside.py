"""Backups beside a bot that runs, and a bot that goes on with a restored ledger."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from sqlalchemy import select

from bot.app import backup_plan
from bot.domain.permissions import Role
from bot.jobs.backup.making import make
from bot.jobs.backup.restoring import restore
from bot.ledger import backup as book
from bot.ledger.desk import Work
from bot.ledger.tables import entries
from bot.media.store import PhotoStore
from tests.drawn import photo
from tests.town.town import Town


async def test_the_clock_makes_a_backup_a_day_and_what_is_marked_secret_leaves_it(town: Town) -> None:
    inspector = await town.join("李甲", Role.INSPECTOR, group="county/1")
    inspector.sends_photo(town.bot, photo(seed=1), caption="延津县王楼镇任庄村村口垃圾堆")
    await town.settle()
    backups = town.app.backups
    await backups.note()
    early = town.folder / "backups"
    assert not early.exists()  # half past three has not passed since the start

    town.clock.advance(timedelta(days=1))
    await backups.note()
    await backups.idle()
    await backups.note()
    await backups.idle()

    assert len(list(early.glob("*.db"))) == 1
    assert len([path for path in (early / "photos").rglob("*") if path.is_file()]) == 1
    sent = next(one for one in inspector.chat(town.bot).messages if one.photo)
    inspector.edits(sent, "延津县王楼镇任庄村 内部资料")
    await town.settle()
    await town.app.parts.downloader.round()
    assert not [path for path in (early / "photos").rglob("*") if path.is_file()]


async def test_a_button_sent_after_the_backup_does_nothing_once_it_is_restored(town: Town) -> None:
    """Ids are given anew: the button of a lost entry must not move the entry that has its id now."""
    contact = await town.join("王乙", Role.CONTACT, region="延津县")
    inspector = await town.join("李甲", Role.INSPECTOR, group="county/1")
    made = await asyncio.to_thread(make, backup_plan(town.settings()), town.clock.now())
    await town.passes(minutes=5)
    inspector.sends_photo(town.bot, photo(seed=1), caption="延津县王楼镇任庄村村口垃圾堆")
    await town.settle()
    await town.passes(minutes=2)
    lost = next(one for one in contact.chat(town.bot).messages if one.buttons and "签收" in str(one.buttons))
    await town.stop_bot()
    (town.folder / "bot.db").unlink()
    town.clock.advance(timedelta(hours=1))
    campaign = town.settings().to_campaign()
    for left in (town.folder / "media").rglob("*.jpg"):
        left.unlink()
    restore(made.files, town.folder / "bot.db", PhotoStore(town.folder / "media"), campaign, town.clock.now())
    await town.start_bot()
    town.clock.advance(timedelta(minutes=1))
    inspector.sends_photo(town.bot, photo(seed=2), caption="延津县司寨乡平陵村另一处垃圾堆")
    await town.settle()
    await town.passes(minutes=2)

    press = contact.presses(lost, "签收")
    await town.settle()

    def states(work: Work) -> list[tuple[int, str, str]]:
        rows = work.connection.execute(select(entries.c.id, entries.c.number, entries.c.state))
        return [(row.id, row.number, row.state) for row in rows]

    assert press.answer is not None
    assert "按钮" in press.answer.text
    ((entry_id, number, state),) = await town.app.parts.desk.look(states)
    assert (entry_id, state) == (1, "assigned")
    assert int(number.rpartition("-")[2]) > book.SKIPPED_NUMBERS
