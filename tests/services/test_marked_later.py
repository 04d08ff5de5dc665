"""A report's file that is marked as secret afterwards: its words go, and nothing hands it on (red line d)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from bot.domain.permissions import Role
from bot.ledger.desk import Desk, Work
from bot.ledger.tables import kept_files, report_parts, reports
from bot.services import secrecy
from bot.services.incoming import Attachment, Incoming
from bot.services.keeping import files
from tests.services.conftest import START, Office


def message(chat_id: int, message_id: int) -> Incoming:
    """A document in private."""
    file = Attachment("document", f"f{message_id}", f"u{message_id}", name="报告.docx")
    return Incoming(chat_id, message_id, chat_id, START, attachments=(file,), edited=True, text="绝密")


def reported(work: Work, incoming: Incoming, kind: str, text: str | None, **values: Any) -> int:
    """A report with one part that came with this message."""
    report = work.insert(
        reports, duty=kind, key="2019-04-18", track="county", owner="county/1", revision=3,
        updated_at=work.now, **values,
    )  # fmt: skip
    part = work.insert(
        report_parts, report_id=report, kind=kind, revision=3, chat_id=incoming.chat_id,
        message_id=incoming.message_id, sent_at=work.now, received_at=work.now, text=text,
    )  # fmt: skip
    files.keep(work, incoming, "reports", part_id=part)
    return report


def test_a_changed_paper_that_is_marked_afterwards_is_forgotten_with_its_words(
    desk: Desk, office: Office
) -> None:
    leader = office.member("组长", Role.INSPECTOR, track="county", group_key="county/1", leader=True)
    incoming = message(leader + 1000, 7)
    kept = {"file_id": "f7", "name": "报告.docx", "chat_id": incoming.chat_id, "message_id": 7}
    report = desk.do_now(lambda work: reported(work, incoming, "paper", "不能留下的话", pending=kept))

    office.does(leader, secrecy.wipe, incoming)

    row, part, left = desk.do_now(lambda work: as_it_stands(work, report))
    assert (row.pending, row.revision, part.text, left) == (None, 4, None, [])


def test_a_summary_that_is_marked_afterwards_counts_no_more(desk: Desk, office: Office) -> None:
    contact = office.member("联系人", Role.CONTACT, track="county", region="延津县")
    incoming = message(contact + 1000, 8)
    texts = {"summary": "不能留下的话", "next_week": "继续清理"}
    report = desk.do_now(
        lambda work: reported(work, incoming, "summary", None, texts=texts, summary_at=work.now)
    )

    office.does(contact, secrecy.wipe, incoming)

    row, _, left = desk.do_now(lambda work: as_it_stands(work, report))
    assert (row.texts, row.summary_at, left) == ({"next_week": "继续清理"}, None, [])


def as_it_stands(work: Work, report: int) -> tuple[Any, Any, list[Any]]:
    """The report, its part, the files that are kept."""
    return (
        work.connection.execute(select(reports).where(reports.c.id == report)).one(),
        work.connection.execute(select(report_parts).where(report_parts.c.report_id == report)).one(),
        list(work.connection.execute(select(kept_files)).all()),
    )
