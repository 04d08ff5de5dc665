"""A changed .docx made from an older draft: newer words are never lost to it without a word."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, and_, or_, select

from bot.ledger import people
from bot.ledger.desk import Work
from bot.ledger.tables import bulletin_versions, outbox
from bot.services.bulletins import card
from bot.services.duties import told
from bot.services.incoming import Incoming
from bot.services.outgoing import Button, say


def refused(work: Work, row: Row[Any], incoming: Incoming) -> bool:
    """Whether somebody wrote words since the draft that a paper was made from: its sender is told whose.

    The draft is the .docx that the paper replies to, else the newest that the chat was sent. One's own
    papers follow upon one another: the same file is changed once more.
    """
    base = _made_from(work, row, incoming)
    if base is None:
        return False
    newer = work.connection.execute(
        select(bulletin_versions)
        .where(
            bulletin_versions.c.bulletin_id == row.id,
            bulletin_versions.c.version > base,
            or_(
                bulletin_versions.c.what == "words",
                and_(
                    bulletin_versions.c.what == "paper",
                    bulletin_versions.c.member_id != work.actor.member_id,
                ),
            ),
        )
        .order_by(bulletin_versions.c.version.desc())
    ).first()
    if newer is None:
        return False
    member = people.member(work, newer.member_id)
    said = {
        **card.named(work, row),
        "who": member.name if member is not None else "",
        "at": work.world.campaign.local(newer.at).isoformat(),
        "what": newer.what,
    }
    say(
        work, incoming.chat_id, "bulletins.older_paper", said, reply_to=incoming.message_id,
        buttons=((Button("bulletin_docx", "bfile", row.id, row.version, "docx"),),),
    )  # fmt: skip
    return True


def _made_from(work: Work, row: Row[Any], incoming: Incoming) -> int | None:
    """The version of the draft that a paper was made from, where it can be told."""
    start = f"{row.id}/"
    reply = told.spoken_of(work, incoming.chat_id, incoming.reply_to or 0)
    if reply is not None and reply[0] == card.PAPER and reply[1].startswith(start) and ".docx" in reply[1]:
        return _version(reply[1])
    key = work.connection.execute(
        select(outbox.c.dedup)
        .where(
            outbox.c.chat_id == incoming.chat_id,
            outbox.c.dedup.startswith(f"due:{card.PAPER}:{start}"),
            outbox.c.dedup.contains(".docx"),
        )
        .order_by(outbox.c.id.desc())
    ).scalar()
    return None if key is None else _version(key.split(":")[2])


def _version(subject: str) -> int:
    """12/5.docx → 5."""
    return int(subject.partition("/")[2].partition(".")[0])
