"""The month's report on its writers' screens: its card, its paper as a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Row, select

from bot.domain.paper_rights import PaperAct, may_paper
from bot.ledger import cards as card_book
from bot.ledger import outbox
from bot.ledger.desk import Work
from bot.ledger.outbox import Priority
from bot.ledger.tables import cards
from bot.services import faces
from bot.services.duties import audience, told
from bot.services.monthreport import book
from bot.services.monthreport.book import Issue, Report
from bot.services.outgoing import Button, File, Rows, Shown, new_card, say

CARD: Final = "month_report"
PAPER: Final = "month_report_paper"
"""The kind under which a sent paper is known, so that a reply to it finds its report."""


def show(
    work: Work, report: Report, chat_id: int, member_id: int, *, priority: Priority = Priority.REPLY
) -> None:
    """Show the report's card as a new message."""
    subject = f"month_report/{report.issue.month.key}"
    new_card(work, chat_id, CARD, subject=subject, member_id=member_id, priority=priority)


def refresh(work: Work, report: Report, *, besides: int) -> None:
    """It changed: the cards of the others are edited."""
    found = work.connection.execute(
        select(cards.c.id, cards.c.chat_id, cards.c.wanted).where(
            cards.c.subject == f"month_report/{report.issue.month.key}", cards.c.kind == CARD
        )
    ).all()
    for one in found:
        if one.chat_id != besides:
            card_book.want(work, one.id, one.wanted + 1)
            outbox.put_card(work, one.id, one.chat_id, one.wanted + 1, None, Priority.REPLY, keep_pace=True)


@faces.shows(CARD)
def face(work: Work, card_row: Row[Any]) -> Shown | None:
    """Days and totals by track, what a person has written, where it stands."""
    if not may_paper(PaperAct.WRITE_FOLLOW_UP, work.actor):
        return None
    report = book.get(work, book.issue_of(work, card_row.subject.partition("/")[2]))
    if not report.id:
        return None
    local = work.world.campaign.local
    values = {
        **named(work, report.issue),
        "tracks": [sums(work, key, found) for key, found in report.figures.items()],
        "texts": dict(report.texts),
        "file": report.file["name"] if report.file else "",
        "sent_at": local(report.sent_at).isoformat() if report.sent_at else None,
        "changed": report.changed,
        "over": work.now > report.issue.due,
    }
    return Shown("monthreport.card", values, _buttons(report))


def _buttons(report: Report) -> Rows:
    key = report.issue.month.key
    at = (0, report.version)
    files: tuple[Button, ...] = (Button("bulletin_docx", "mfile", *at, f"{key}/docx"),)
    if report.file is None:
        files = (*files, Button("bulletin_pdf", "mfile", *at, f"{key}/pdf"))
    rows: list[tuple[Button, ...]] = []
    if report.sent_at is None or report.changed:
        label = "month_report_again" if report.sent_at else "month_report_send"
        rows.append((Button(label, "msend", *at, key),))
    rows.append(files)
    if report.file is not None:
        rows.append((Button("bulletin_own_draft", "mdraft", *at, key),))
    return tuple(rows)


def named(work: Work, issue: Issue) -> dict[str, Any]:
    """What a report is called, for the words of messages."""
    return {
        "label": issue.month.label,
        "month": issue.month.number,
        "first": issue.first.isoformat(),
        "last": issue.last.isoformat(),
        "due": work.world.campaign.local(issue.due).isoformat(),
    }


def sums(work: Work, track: str, found: Mapping[str, Any]) -> dict[str, Any]:
    """A track's totals in one line."""
    rows = found["groups"]
    totals = found["regions"]["totals"]
    return {
        "track": work.world.campaign.track(track).name,
        "groups": len(rows),
        "days": sum(row["days"] for row in rows),
        "unvisited": sum(row["unvisited"] or 0 for row in rows),
        "found": totals["found"],
        "due": totals["due"],
        "closed": totals["closed"],
        "overdue": totals["overdue"],
    }


def values(work: Work, report: Report) -> dict[str, Any]:
    """Everything that the paper prints."""
    campaign = work.world.campaign
    draft = report.sent_at is None or report.changed
    today = campaign.today(max(work.now, report.issue.draft_at))
    return {
        **named(work, report.issue),
        "day": (today if draft or report.sent_on is None else report.sent_on).isoformat(),
        "draft": draft,
        "corrected": report.sendings > 1 or (report.sendings == 1 and draft),
        "texts": dict(report.texts),
        "tracks": [{"track": campaign.track(key).name, **found} for key, found in report.figures.items()],
    }


def file(work: Work, report: Report, form: str) -> File:
    """The paper as a file: `docx` or `pdf`."""
    return File(f"month_report_{form}", f"跟踪问效月报-{report.issue.month.key}.{form}", values(work, report))


def send_paper(work: Work, report: Report, reader: audience.Reader, form: str) -> None:
    """Send the paper; a reply to it with the changed .docx finds the report."""
    # each press is answered, two within a minute too
    subject = f"{report.issue.month.key}/{report.version}.{form}.{work.update_id or 0}"
    key = told.Key(PAPER, subject, work.now, reader.member_id)
    say(
        work, reader.chat_id, "monthreport.paper", named(work, report.issue),
        file=file(work, report, form), silent=True, priority=Priority.REMINDER, dedup=key.dedup(),
    )  # fmt: skip
