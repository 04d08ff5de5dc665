"""A report's file that is marked as secret afterwards: its words go, and nothing hands it on (red line d)."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from sqlalchemy import select

from bot.domain.permissions import Role
from bot.ledger import inbox, people
from bot.ledger.desk import Desk, Work
from bot.ledger.tables import announcements, kept_files, outbox, register_papers, report_parts, reports
from bot.services import secrecy
from bot.services.announcing import forgetting, notices
from bot.services.incoming import Attachment, Incoming
from bot.services.keeping import files
from bot.services.register import papers
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


def test_the_words_of_a_notice_that_are_marked_afterwards_go_with_its_draft(
    desk: Desk, office: Office
) -> None:
    clerk = office.member("孙戊", Role.OFFICE, track="county")
    words = Incoming(clerk + 1000, 5, clerk + 1000, START, text="通知：不能留下的话")
    office.does(clerk, notices.written, words)

    office.does(clerk, secrecy.wipe, replace(words, text="通知：机密", edited=True))

    (row,) = desk.do_now(lambda work: work.connection.execute(select(announcements)).all())
    assert (row.text, row.state) == ("", "cancelled")


def test_words_of_a_sent_notice_that_are_marked_afterwards_are_read_by_nobody(
    desk: Desk, office: Office
) -> None:
    assert forgetting.forget in secrecy.FORGETS
    clerk = office.member("孙戊", Role.OFFICE, track="county")
    contact = office.member("李甲", Role.CONTACT, track="county", region="延津县")
    words = Incoming(clerk + 1000, 5, clerk + 1000, START, text="通知：不能留下的话")
    office.does(clerk, notices.written, words)
    office.does(clerk, notices.pick, 1, "regions")
    office.does(clerk, notices.send, 1)

    office.does(clerk, secrecy.wipe, replace(words, text="通知：机密", edited=True))

    def copy(work: Work) -> Any:
        work.actor = people.actor_by_id(work, contact)
        return notices.copy_card(work, SimpleNamespace(subject="announced/1/延津县"))  # type: ignore[arg-type]

    shown = desk.do_now(copy)
    assert (shown.values["text"], shown.values["wiped"]) == ("", True)


def test_a_register_paper_that_is_marked_afterwards_is_handed_to_nobody(desk: Desk, office: Office) -> None:
    contact = office.member("李甲", Role.CONTACT, track="county", region="延津县")
    clerk = office.member("孙戊", Role.OFFICE, track="county")
    incoming = message(contact + 1000, 7)
    office.does(contact, papers.take, replace(incoming, text="", edited=False), "延津县")
    office.does(clerk, papers.send, 1, clerk + 1000)
    desk.do_now(
        lambda work: work.connection.execute(
            outbox.update().where(outbox.c.chat_id == clerk + 1000, outbox.c.kind == "call")
            .values(state="sent", message_id=90)
        )
    )  # fmt: skip

    office.does(contact, secrecy.wipe, incoming)

    kept, rows = desk.do_now(
        lambda work: (
            work.connection.execute(select(register_papers)).all(),
            work.connection.execute(select(outbox.c.chat_id, outbox.c.kind, outbox.c.payload)).all(),
        )
    )
    assert kept == []
    assert "'f7'" not in str(rows)
    assert (clerk + 1000, "delete", {"message_id": 90}) in [tuple(row) for row in rows]


def test_the_first_update_of_a_message_is_blanked_too(desk: Desk, office: Office) -> None:
    contact = office.member("李甲", Role.CONTACT, track="county", region="延津县")
    incoming = message(contact + 1000, 7)
    first = {"message": {"message_id": 7, "caption": "不能留下的话"}}
    answered = {"message": {"message_id": 8, "reply_to_message": first["message"]}}
    other = {"message": {"message_id": 70, "text": "留下"}}

    def stored(work: Work) -> None:
        lane = contact + 1000
        rows = [(at, lane, json.dumps(one)) for at, one in ((901, first), (902, answered), (903, other))]
        inbox.store(work, rows)
        for one in (901, 902, 903):
            inbox.finish(work, one)

    desk.do_now(stored)
    office.does(contact, secrecy.wipe, incoming)

    rows = desk.do_now(lambda work: [row.payload for row in inbox.stored(work, [901, 902, 903])])
    assert rows == ["{}", "{}", json.dumps(other)]


def as_it_stands(work: Work, report: int) -> tuple[Any, Any, list[Any]]:
    """The report, its part, the files that are kept."""
    return (
        work.connection.execute(select(reports).where(reports.c.id == report)).one(),
        work.connection.execute(select(report_parts).where(report_parts.c.report_id == report)).one(),
        list(work.connection.execute(select(kept_files)).all()),
    )
