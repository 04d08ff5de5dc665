"""A contact's photo without a reply: kept, and asked about, never lost (SPEC §2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select, update

from bot.ledger.desk import Work
from bot.ledger.tables import photos
from bot.ledger.tables import questions as questions_table
from bot.services import county, pictures, questions
from bot.services.incoming import Incoming
from bot.services.outgoing import Button, Rows
from bot.services.refusals import NotUnderstood

MOST_OFFERED = 8


def hold(work: Work, incoming: Incoming, rows: Sequence[Row[Any]]) -> None:
    """「对应哪一条？」: keep the photo as a reference and offer the open entries, most urgent first.

    More photos of the same album, or sent while the question is open, join the one question.
    """
    kept = pictures.keep(work, incoming, entry_id=None, kind="reference")
    if not kept:
        return
    waiting = _open(work, incoming)
    if waiting is not None:
        subject = dict(waiting.subject)
        subject["photos"] = [*subject["photos"], *kept]
        if incoming.text:
            subject["text"] = "\n".join(part for part in (subject["text"], incoming.text) if part)
        work.connection.execute(
            update(questions_table).where(questions_table.c.id == waiting.id).values(subject=subject)
        )
        return

    def offered(question_id: int) -> Rows:
        return tuple((button(row, question_id),) for row in rows[:MOST_OFFERED])

    questions.ask(
        work, incoming.chat_id, "which_entry", "county.which_entry", {"count": len(rows)},
        subject={"photos": kept, "text": incoming.text, "sent_at": incoming.sent_at.isoformat()},
        buttons=offered, reply_to=incoming.message_id,
    )  # fmt: skip


def button(row: Row[Any], question_id: int) -> Button:
    """One open entry to choose from."""
    words = "·".join(part for part in (row.number, row.township, row.village or row.spot) if part)
    return Button("", "which", question_id, 0, str(row.id), text=words)


def _open(work: Work, incoming: Incoming) -> Row[Any] | None:
    table = questions_table
    return work.connection.execute(
        select(table).where(
            table.c.chat_id == incoming.chat_id,
            table.c.kind == "which_entry",
            table.c.state == "open",
            table.c.expires_at > work.now,
        )
    ).first()


def choose(work: Work, question_id: int, entry_id: int) -> None:
    """The contact said which entry the photos answer: they become its proof."""
    row = questions.get(work, question_id)
    if row is None or row.member_id != work.actor.member_id:
        raise NotUnderstood(hint="answered")
    questions.done(work, question_id)
    parts = work.connection.execute(
        select(photos).where(photos.c.id.in_(row.subject["photos"])).order_by(photos.c.id)
    ).all()
    county.submit_kept(work, entry_id, parts, row.subject["text"])


@questions.answers("which_entry")
def by_words(work: Work, row: Row[Any], incoming: Incoming) -> None:
    """The contact answered «which one» in words: number or place."""
    found = [
        entry
        for entry in county.open_entries(work)
        if any(name and name in incoming.text for name in (entry.number, entry.village, entry.spot))
    ]
    if len(found) != 1:
        raise NotUnderstood(hint="which_entry")
    parts = work.connection.execute(
        select(photos).where(photos.c.id.in_(row.subject["photos"])).order_by(photos.c.id)
    ).all()
    county.submit_kept(work, found[0].id, parts, row.subject["text"])
