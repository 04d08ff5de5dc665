"""The workbooks, documents and scans of reports, and what hangs on a 通知: rows, and their download queue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, and_, delete, func, or_, select, update

from bot.ledger.desk import Work
from bot.ledger.tables import announcements, kept_files, register_papers, report_parts, reports
from bot.services import media, pictures
from bot.services.duties import boards
from bot.services.incoming import Incoming
from bot.services.keeping import recalling

ERASE = "f"
"""Before a row's id in the facts that name a file for erasure: photos have the bare id."""


def keep(
    work: Work,
    incoming: Incoming,
    folder: str,
    *,
    part_id: int | None = None,
    announcement_id: int | None = None,
) -> None:
    """Keep a message's files, to be fetched into a folder; over 20 MB they stay with Telegram."""
    for file in incoming.attachments:
        too_big = file.size is not None and file.size > pictures.MOST_BYTES
        work.insert(
            kept_files,
            part_id=part_id,
            announcement_id=announcement_id,
            folder=folder[:80],
            medium=file.medium,
            file_id=file.file_id,
            file_size=file.size,
            file_name=file.name[-128:] if file.name else None,
            mime=file.mime,
            chat_id=incoming.chat_id,
            message_id=incoming.message_id,
            media_group_id=incoming.media_group_id,
            member_id=work.actor.member_id or None,
            received_at=work.now,
            state="by_reference" if too_big else "pending",
            fault="too_big" if too_big else None,
            next_try_at=work.now,
        )
        work.wakes.add(pictures.WAKE)


def of_part(work: Work, part_id: int) -> Sequence[Row[Any]]:
    """The files of one part of a report."""
    return work.connection.execute(
        select(kept_files).where(kept_files.c.part_id == part_id).order_by(kept_files.c.id)
    ).all()


def of_notice(work: Work, announcement_id: int) -> Sequence[Row[Any]]:
    """The files of a 通知, in the order in which they came."""
    return work.connection.execute(
        select(kept_files)
        .where(kept_files.c.announcement_id == announcement_id)
        .order_by(kept_files.c.message_id, kept_files.c.id)
    ).all()


def forget(work: Work, incoming: Incoming) -> None:
    """Delete what came with a message that must not be kept, and with its album: files are named for erasure.

    A 通知 that hung on it and was not sent yet is dropped, its words with it.
    """
    which = kept_files.c.message_id == incoming.message_id
    if incoming.media_group_id is not None:
        which = or_(which, kept_files.c.media_group_id == incoming.media_group_id)
    rows = work.connection.execute(
        select(kept_files).where(kept_files.c.chat_id == incoming.chat_id, which)
    ).all()
    for row in rows:
        if row.file:
            pictures.name_for_erasure(work, f"{ERASE}{row.id}", row.file)
        work.connection.execute(delete(kept_files).where(kept_files.c.id == row.id))
    gone = {row.file_id for row in rows}
    _forget_papers(work, incoming.chat_id, gone)
    recalling.files(work, gone)
    _forget_reported(work, incoming, [row.part_id for row in rows if row.part_id is not None])
    for notice_id in {row.announcement_id for row in rows if row.announcement_id is not None}:
        dropped = work.connection.execute(
            update(announcements)
            .where(announcements.c.id == notice_id, announcements.c.state == "draft")
            .values(state="cancelled", text="")
        )
        if dropped.rowcount:
            boards.refresh(work, "announce", f"announce/{notice_id}")


def _forget_papers(work: Work, chat_id: int, gone: set[str]) -> None:
    """No version of a region's paper hands these out any more; one of nothing else is none."""
    if not gone:
        return
    for row in work.connection.execute(
        select(register_papers).where(register_papers.c.chat_id == chat_id)
    ).all():
        left = [one for one in row.files if one["file_id"] not in gone]
        mine = register_papers.c.id == row.id
        if not left:
            work.connection.execute(delete(register_papers).where(mine))
        elif len(left) < len(row.files):
            work.connection.execute(update(register_papers).where(mine).values(files=left))


def _forget_reported(work: Work, incoming: Incoming, part_ids: Sequence[int]) -> None:
    """The words of a part of a report go with its file; a changed paper is handed on no more."""
    here = and_(report_parts.c.chat_id == incoming.chat_id, report_parts.c.message_id == incoming.message_id)
    parts = work.connection.execute(
        select(report_parts).where(or_(here, report_parts.c.id.in_(part_ids)))
    ).all()
    for part in parts:
        work.connection.execute(update(report_parts).where(report_parts.c.id == part.id).values(text=None))
        report = work.connection.execute(select(reports).where(reports.c.id == part.report_id)).one()
        values: dict[str, Any] = {}
        if _is_of(report.pending, part):
            values["pending"] = None
        if part.kind == "summary" and part.id == _newest(work, part):
            texts = {key: text for key, text in (report.texts or {}).items() if key != "summary"}
            values |= {"texts": texts or None, "summary_at": None}
        if values:
            values["revision"] = report.revision + 1
            work.connection.execute(update(reports).where(reports.c.id == report.id).values(**values))


def _is_of(pending: Any, part: Row[Any]) -> bool:
    """Whether the paper that takes a draft's place came with this part."""
    found = pending if isinstance(pending, dict) else {}
    return (found.get("chat_id"), found.get("message_id")) == (part.chat_id, part.message_id)


def _newest(work: Work, part: Row[Any]) -> int:
    """The latest part of the same kind of the same report."""
    return int(
        work.connection.execute(
            select(func.max(report_parts.c.id)).where(
                report_parts.c.report_id == part.report_id, report_parts.c.kind == part.kind
            )
        ).scalar_one()
    )


# --- the download queue -------------------------------------------------------------------------------


def waiting(work: Work, most: int) -> Sequence[Row[Any]]:
    """Files to be fetched now, oldest first."""
    return work.connection.execute(
        select(kept_files)
        .where(kept_files.c.state == "pending", kept_files.c.next_try_at <= work.now)
        .order_by(kept_files.c.next_try_at, kept_files.c.id)
        .limit(most)
    ).all()


def stored(work: Work, file_id: int, path: str, sha256: str) -> None:
    """A file is in the store; one that was taken back meanwhile goes out of it again."""
    found = work.connection.execute(
        update(kept_files)
        .where(kept_files.c.id == file_id)
        .values(state="stored", fault=None, file=path, sha256=sha256)
    )
    if not found.rowcount:
        pictures.name_for_erasure(work, f"{ERASE}{file_id}", path)


def refused(work: Work, file_id: int, fault: str) -> None:
    """A file that Telegram does not hand out: it stays with it, by reference."""
    work.connection.execute(
        update(kept_files).where(kept_files.c.id == file_id).values(state="by_reference", fault=fault)
    )


def failed(work: Work, file_id: int, *, theirs: bool = False) -> None:
    """A download failed: it is tried again later; what Telegram denies to the last is named as lost."""
    row = work.connection.execute(select(kept_files.c.attempts).where(kept_files.c.id == file_id)).first()
    if row is None:
        return
    if theirs and row.attempts >= len(media.PAUSES):
        refused(work, file_id, "lost")
        return
    work.connection.execute(
        update(kept_files)
        .where(kept_files.c.id == file_id)
        .values(attempts=row.attempts + 1, next_try_at=work.now + media.pause_after(row.attempts))
    )
