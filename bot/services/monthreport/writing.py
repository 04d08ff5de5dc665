"""跟踪问效月报 by 市「敢转争」办公室: the draft, the office's words, 「上报」 to the 领导小组 alone.

Nothing in it is by person, and nobody but the two reads it (SPEC §6). It is never sent by the clock.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.domain.masking import mask_numbers
from bot.domain.paper_rights import PaperAct, may_paper
from bot.domain.permissions import Role
from bot.ledger import cards as card_book
from bot.ledger import people, reports
from bot.ledger.desk import Work
from bot.ledger.outbox import Priority
from bot.services import secrecy
from bot.services.bulletins.editing import names_in
from bot.services.duties import audience, told
from bot.services.incoming import Incoming
from bot.services.monthreport import book, card
from bot.services.monthreport.book import Issue, Report
from bot.services.outgoing import Button, say
from bot.services.refusals import NotYours, ReportNotNow

LATE: Final = "month_report_late"
LOOK_BACK: Final = timedelta(days=31)
LATE_WITHIN: Final = timedelta(days=1)
MOST_TEXT: Final = 3000
SECTIONS: Final[Mapping[str, str]] = {
    "评价": "groups",
    "督查组": "groups",
    "整治工作": "regions",
    "存在问题": "problems",
    "问题": "problems",
    "建议": "advice",
}
"""What a person may write, by the words that a line begins with; the first is that of a line without any."""
_HEAD: Final = re.compile(r"^\s*[「【]?(" + "|".join(map(re.escape, SECTIONS)) + r")[」】]?\s*[:：]\s*(.*)$")


# --- by the clock: the draft, one reminder ------------------------------------------------------------


def due(work: Work) -> int:
    """Give the draft on the morning of its day, remind once when it is late; gives how many were told."""
    live = _live(work)
    if live is None:
        return 0
    report = book.get(work, live)
    if not report.id:
        readers = _writers(work)
        if not readers:
            return 0  # until somebody of 市「敢转争」办公室 is there
        fresh = book.draft(work, live)
        for reader in readers:
            card.show(work, fresh, reader.chat_id, reader.member_id, priority=Priority.REMINDER)
            card.send_paper(work, fresh, reader, "docx")
        return len(readers)
    if report.sent_at is None and live.due <= work.now < live.due + LATE_WITHIN:
        return _late(work, live)
    return 0


def _live(work: Work) -> Issue | None:
    """The month whose draft was due last; none that fell due before anybody was here."""
    since = max(work.now - LOOK_BACK, told.began(work))
    found = [one for one in book.issues(work) if since < one.draft_at <= work.now]
    return found[-1] if found else None


def _writers(work: Work) -> list[audience.Reader]:
    return audience.of_role(work, Role.OVERSIGHT, book.OWNER).readers


def _late(work: Work, issue: Issue) -> int:
    if work.world.hours.quiet(work.local):
        return 0
    count = 0
    for reader in _writers(work):
        key = told.Key(LATE, issue.month.key, issue.due, reader.member_id)
        if told.note(work, key):
            say(
                work, reader.chat_id, "monthreport.late", card.named(work, issue),
                buttons=((Button("month_report_open", "mopen", arg=issue.month.key),),),
                priority=Priority.REMINDER, dedup=key.dedup(),
            )  # fmt: skip
            count += 1
    return count


# --- 「跟踪问效」 ---


def open_list(work: Work, chat_id: int) -> None:
    """「跟踪问效」: the newest month's report.

    Raises:
        NotYours: the actor is not of 市「敢转争」办公室.
        ReportNotNow: no month's days are over.
    """
    if not may_paper(PaperAct.WRITE_FOLLOW_UP, work.actor):
        raise NotYours
    begun = [one for one in book.issues(work) if one.window.cut <= work.now]
    if not begun:
        raise ReportNotNow(why="early")
    card.show(work, book.draft(work, begun[-1]), chat_id, work.actor.member_id)


def open_one(work: Work, key: str, chat_id: int) -> None:
    """「打开月报」; raises NotYours, NoSuchEntry, ReportNotNow."""
    card.show(work, book.draft(work, mine(work, key)), chat_id, work.actor.member_id)


def mine(work: Work, key: str) -> Issue:
    """A month's report for whoever writes it; raises NotYours, NoSuchEntry."""
    if not may_paper(PaperAct.WRITE_FOLLOW_UP, work.actor):
        raise NotYours
    return book.issue_of(work, key)


# --- its words, its paper ---------------------------------------------------------------------------------


def _spoken_of(work: Work, chat_id: int, message_id: int | None) -> Report | None:
    """The report whose card or paper a message replies to, for whoever writes it."""
    if message_id is None or not may_paper(PaperAct.WRITE_FOLLOW_UP, work.actor):
        return None
    shown = card_book.by_message(work, chat_id, message_id)
    if shown is not None and shown.kind == card.CARD:
        return book.get(work, book.issue_of(work, shown.subject.partition("/")[2]))
    reminder = told.spoken_of(work, chat_id, message_id)
    if reminder is None or reminder[0] != card.PAPER:
        return None
    return book.get(work, book.issue_of(work, reminder[1].partition("/")[0]))


def speaks_of(work: Work, chat_id: int, message_id: int, telegram_id: int) -> bool:
    """Whether a message shows a report that its reader may change by replying with a .docx."""
    work.actor = people.actor_of(work, telegram_id)
    return _spoken_of(work, chat_id, message_id) is not None


def replied(work: Work, incoming: Incoming) -> bool:
    """Whether a plain reply was taken as the words of a report's sections."""
    if incoming.attachments or not incoming.text.strip():
        return False
    report = _spoken_of(work, incoming.chat_id, incoming.reply_to)
    if report is None:
        return False
    secrecy.refuse_secret(work, incoming)
    texts = {**report.texts, **_sections(incoming.text)}
    refuse_names(work, texts.values())
    _keep(work, replace(report, texts=texts), incoming, "remarks")
    return True


def _sections(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    head = next(iter(SECTIONS.values()))
    for line in text.strip().splitlines():
        match = _HEAD.match(line)
        if match:
            head, line = SECTIONS[match[1]], match[2]
        if line.strip():
            found[head] = f"{found.get(head, '')}\n{mask_numbers(line.strip())}".strip()[:MOST_TEXT]
    return found


def refuse_names(work: Work, said: Iterable[str]) -> None:
    """Nothing in it is by person; raises ReportNotNow with the names."""
    names = names_in(work, {"texts": dict(enumerate(said)), "paper": None})
    if names:
        raise ReportNotNow(why="names", names=names)


def take_document(work: Work, incoming: Incoming, text: str, words: Iterable[str]) -> None:
    """The changed .docx takes the draft's place; `words`: all that stands in it.

    Raises:
        NotYours: the reply is to no report of the actor's.
        SecretMaterial: it carries a marking.
        ReportNotNow: it names a person.
    """
    secrecy.refuse_secret(work, incoming)
    said = list(words)
    secrecy.refuse_secret_words(work, said)
    report = _spoken_of(work, incoming.chat_id, incoming.reply_to)
    if report is None:
        raise NotYours
    refuse_names(work, said)
    file = incoming.attachments[0]
    kept = {
        "file_id": file.file_id,
        "name": (file.name or "")[:64],
        "chat_id": incoming.chat_id,
        "message_id": incoming.message_id,
    }
    _keep(work, replace(report, file=kept), incoming, "paper", text)


def own_draft(work: Work, key: str, version: int, chat_id: int) -> None:
    """「恢复代拟稿」: the changed .docx is laid aside."""
    report = book.get(work, mine(work, key))
    book.fresh(report, version)
    fresh = book.keep(work, replace(report, file=None), "draft")
    card.refresh(work, fresh, besides=chat_id)
    card.show(work, fresh, chat_id, work.actor.member_id)


def _keep(work: Work, report: Report, incoming: Incoming, kind: str, text: str = "") -> None:
    fresh = book.keep(work, report, kind)
    reports.add_part(
        work, fresh.id, fresh.version, kind,
        chat_id=incoming.chat_id, message_id=incoming.message_id, sent_at=incoming.sent_at,
        text=text or incoming.text or None,
    )  # fmt: skip
    card.refresh(work, fresh, besides=incoming.chat_id)
    card.show(work, fresh, incoming.chat_id, work.actor.member_id)
