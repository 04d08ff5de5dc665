"""A 通知 whose words turned out to be marked as secret: nobody reads them any more (red line d)."""

from __future__ import annotations

from sqlalchemy import select, update

from bot.ledger.desk import Work
from bot.ledger.tables import announcements
from bot.services import secrecy
from bot.services.announcing import notices
from bot.services.incoming import Incoming


@secrecy.forgets
def forget(work: Work, incoming: Incoming) -> None:
    """A draft is dropped; of what was sent the words go from every copy, by an edit."""
    found = work.connection.execute(
        select(announcements).where(announcements.c.text != "", announcements.c.said_in.is_not(None))
    ).all()
    for row in found:
        if any(secrecy.came_with(one, incoming) for one in row.said_in):
            state = "cancelled" if row.state == "draft" else row.state
            work.connection.execute(
                update(announcements)
                .where(announcements.c.id == row.id)
                .values(text="", state=state, said_in=[])
            )
            notices.refresh(work, row.id)
