"""「上报」 of the month's report: to the 领导小组 alone, in private; its files for whoever has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.domain.paper_rights import PaperAct, may_paper
from bot.domain.permissions import Role
from bot.ledger import outbox
from bot.ledger.desk import Work
from bot.ledger.outbox import Kind, Priority
from bot.services.answering import Toast
from bot.services.duties import audience, told
from bot.services.monthreport import book, card
from bot.services.monthreport.writing import mine, refuse_names
from bot.services.outgoing import Button, say
from bot.services.refusals import NotYours, ReportNotNow


def send_file(work: Work, argument: str, chat_id: int) -> None:
    """「.docx」「PDF」: for its writers, and for its readers once they have it.

    Raises:
        NotYours: it is not the actor's to read, or not sent yet.
    """
    key, _, form = argument.partition("/")
    writes = may_paper(PaperAct.WRITE_FOLLOW_UP, work.actor)
    if not writes and not may_paper(PaperAct.READ_FOLLOW_UP, work.actor):
        raise NotYours
    issue = book.issue_of(work, key)
    report = book.draft(work, issue) if writes else book.get(work, issue)
    if not writes and (not report.id or report.changed or report.sent_at is None):
        raise NotYours
    reader = audience.Reader(work.actor.member_id, chat_id, work.now)
    if report.file is not None:
        _copy(work, report.file, chat_id, told.Key("month_report_copy", key, work.now, reader.member_id))
    else:
        card.send_paper(work, report, reader, "pdf" if form == "pdf" else "docx")


def send(work: Work, key: str, version: int, chat_id: int) -> Toast:
    """「上报」: to every member of the 领导小组 in private, and to nobody else.

    Raises:
        NotYours: not of 市「敢转争」办公室.
        ReportNotNow: somebody was first, or nobody of the 领导小组 can be reached.
    """
    report = book.get(work, mine(work, key))
    book.fresh(report, version)
    if report.sent_at is not None and not report.changed:
        raise ReportNotNow(why="moved")
    readers = audience.of_role(work, Role.CITY_LEADER, "").readers
    if not readers:
        raise ReportNotNow(why="nobody")
    again = report.sendings > 0
    refuse_names(work, report.texts.values())
    fresh = book.keep(work, replace(report, sent_at=report.sent_at or work.now), "sent")
    for reader in readers:
        key_ = told.Key("month_report", f"{key}/{fresh.version}", work.now, reader.member_id)
        say(
            work, reader.chat_id, "monthreport.sent",
            {
                **card.named(work, fresh.issue),
                "tracks": [card.sums(work, track, found) for track, found in fresh.figures.items()],
                "again": again,
                "own": fresh.file is not None,
            },
            file=None if fresh.file else card.file(work, fresh, "pdf"),
            buttons=((Button("bulletin_docx", "mfile", 0, fresh.version, f"{key}/docx"),),),
            priority=Priority.BROADCAST, dedup=key_.dedup(),
        )  # fmt: skip
        if fresh.file:
            copied = told.Key("month_report_own", f"{key}/{fresh.version}", work.now, reader.member_id)
            _copy(work, fresh.file, reader.chat_id, copied)
    card.refresh(work, fresh, besides=chat_id)
    card.show(work, fresh, chat_id, work.actor.member_id)
    return Toast("monthreport.sent_toast", {"count": len(readers)})


def _copy(work: Work, own: Mapping[str, Any], chat_id: int, key: told.Key) -> None:
    """Hand the office's own document on, as it was sent."""
    params = {
        "chat_id": chat_id,
        "from_chat_id": own["chat_id"],
        "message_id": own["message_id"],
        "caption": own["name"],
        "disable_notification": True,
    }
    outbox.put(
        work, chat_id=chat_id, kind=Kind.CALL, dedup=key.dedup(), priority=Priority.BROADCAST,
        payload={"method": "copyMessage", "params": params},
    )  # fmt: skip
