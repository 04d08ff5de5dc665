"""Who sends hundreds waits for them; nobody else does, and nothing is dropped."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from bot.domain.entries import Mode
from bot.ledger import entries as book
from bot.ledger.desk import Desk, Work
from bot.ledger.tables import photos
from bot.services import media
from bot.services.field import filing


def test_photos_of_different_chats_take_turns_in_the_order_in_which_they_came(desk: Desk) -> None:
    def filled(work: Work) -> None:
        entry = book.add(
            work, kind="issue", state="filed", version=1, track="county", group_key="county/1",
            number=filing.number_for(work, "county/1", Mode.OPEN, work.now), mode="open", region="延津县",
            description="", found_at=work.now, created_at=work.now, touched_at=work.now, chat_id=5, round=1,
        )  # fmt: skip

        for number, chat in enumerate([5] * 300 + [6, 7, 6]):
            work.insert(
                photos, entry_id=entry.id, chat_id=chat, message_id=number, kind="before", medium="photo",
                file_id="f", file_unique_id=str(number), sent_at=work.now, received_at=work.now,
                next_try_at=work.now + timedelta(milliseconds=number),
            )  # fmt: skip

    desk.do_now(filled)
    desk.clock.advance(timedelta(seconds=1))  # type: ignore[attr-defined]

    turns = [row.chat_id for row in desk.look_now(media.waiting, 8)]
    everything = desk.look_now(media.waiting, 1000)
    pending = desk.look_now(lambda work: len(work.connection.execute(select(photos.c.id)).all()))

    assert turns == [5, 6, 7, 5, 6, 5, 5, 5]
    assert len(everything) == pending == 303
