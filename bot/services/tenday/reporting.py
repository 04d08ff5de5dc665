"""A group's 督导报告 of a period: the draft counted from the ledger, remarks, the changed .docx, 「上报」."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Row

from bot.domain.calendar import Period
from bot.domain.masking import mask_numbers
from bot.ledger import cards as card_book
from bot.ledger import outbox, people, reports
from bot.ledger.desk import Work
from bot.ledger.outbox import Kind
from bot.services import faces, secrecy
from bot.services.answering import Toast
from bot.services.duties import audience, days, told
from bot.services.incoming import Incoming
from bot.services.keeping import files
from bot.services.outgoing import Button, Rows, Shown, new_card, say, show_card
from bot.services.refusals import NotUnderstood, NotYours, TooLate
from bot.services.tenday import board, counting, standing
from bot.services.tenday.standing import Report

CARD: Final = "tenday"
PAPER: Final = "tenday_report"
MOST_TEXT: Final = 3000
HEADS: Final = {"总体评价": "overview", "好的做法": "good", "突出问题": "bad", "建议": "advice"}
_HEAD: Final = re.compile(r"^\s*(" + "|".join(HEADS) + r")\s*[:：]?\s*(.*)$")


def _of(work: Work, argument: str) -> Report:
    """The report behind a button, for a member of its group."""
    key, _, group = argument.partition("/")
    period = standing.period_of_key(work, key)
    if period is None or group not in {one.key for one in work.world.campaign.groups}:
        raise NotUnderstood(hint="old_button")
    if group not in work.actor.groups():
        raise NotYours
    return standing.get(work, period, group)


def open_(work: Work, chat_id: int, argument: str) -> None:
    """Show the draft's card.

    Raises:
        NotYours: another group's.
        NotUnderstood: no period there is.
    """
    _show(work, _of(work, argument), chat_id)


def open_own(work: Work, chat_id: int) -> None:
    """「督导报告」: the actor's groups' drafts of the period that is asked for.

    Raises:
        NotYours: the actor's groups do not report.
    """
    groups = [key for key in work.actor.groups() if not work.world.campaign.group(key).covert]
    if not groups and not work.actor.offices():
        raise NotYours
    for key in groups:
        track = work.world.campaign.group(key).track
        _show(work, standing.get(work, _wanted(work, track, key), key), chat_id)
    for track in work.actor.offices():
        board.open_(work, chat_id, track)


def _wanted(work: Work, track: str, group: str) -> Period:
    """The period that runs, unless the one before is still owed."""
    asked = standing.current_period(work, track)
    running = days.timetable(work).calendar.period_of(work.now)
    if standing.get(work, asked, group).sent_at is None or running is None:
        return asked
    return running


def _show(work: Work, report: Report, chat_id: int) -> None:
    new_card(work, chat_id, CARD, subject=_subject(report), member_id=work.actor.member_id)


def _subject(report: Report) -> str:
    return f"tenday/{report.period.key.isoformat()}/{report.group}"


@faces.shows(CARD)
def card(work: Work, card_row: Row[Any]) -> Shown | None:
    """The numbers of the period, the remarks so far, and whether it was handed in."""
    _, key, group = card_row.subject.split("/", 2)
    period = standing.period_of_key(work, key)
    if period is None or group not in work.actor.groups():
        return None
    report = standing.get(work, period, group)
    local = work.world.campaign.local
    values = {
        "period": standing.printed(work, period),
        "title": work.world.campaign.group_title(group),
        "due": local(report.due).isoformat(),
        "over": work.now > report.due,
        "numbers": counting.numbers(work, period, group),
        "texts": dict(report.texts),
        "file": report.file["name"] if report.file else "",
        "state": report.state,
        "at": local(report.sent_at).isoformat() if report.sent_at else None,
        "leads": work.actor.leads(group),
        "revision": report.revision,
    }
    return Shown("tenday.card", values, _buttons(work, report), protect=True)


def _buttons(work: Work, report: Report) -> Rows:
    argument = f"{report.period.key.isoformat()}/{report.group}"
    files = (Button("tenday_draft", "tdraft", arg=argument), Button("tenday_pdf", "tpdf", arg=argument))
    ledger = (Button("tenday_ledger", "tledger", arg=argument),)
    if not work.actor.leads(report.group):
        return (files, ledger)
    label = "tenday_again" if report.sent_at is not None else "tenday_submit"
    return (files, ledger, (Button(label, "tsubmit", report.revision, arg=argument),))


# --- remarks, the changed paper, 「上报」 -----------------------------------------------------------------


def replied(work: Work, incoming: Incoming) -> bool:
    """Whether a plain reply was taken as remarks on a draft: under their heads, else 总体评价."""
    report = _spoken_of(work, incoming)
    if report is None or incoming.attachments or not incoming.text.strip():
        return False
    secrecy.refuse_secret(work, incoming)
    texts = {**report.texts, **_remarks(mask_numbers(incoming.text))}
    _keep(work, replace(report, texts=texts, revision=report.revision + 1), incoming, "remarks")
    return True


def speaks_of(work: Work, chat_id: int, message_id: int, telegram_id: int) -> bool:
    """Whether a message shows a draft that its reader may change by replying with a .docx."""
    work.actor = people.actor_of(work, telegram_id)
    found = card_book.by_message(work, chat_id, message_id)
    return found is not None and found.kind == CARD


def take_document(work: Work, incoming: Incoming, text: str, words: Iterable[str]) -> None:
    """The changed .docx takes the draft's place; its text is kept for the record.

    `words`: all that stands in it.

    Raises:
        NotYours: the reply is to no draft of the actor's groups.
        SecretMaterial: it carries a marking.
    """
    secrecy.refuse_secret(work, incoming)
    secrecy.refuse_secret_words(work, words)
    report = _spoken_of(work, incoming)
    if report is None:
        raise NotYours
    file = incoming.attachments[0]
    kept = {
        "file_id": file.file_id,
        "name": (file.name or "")[:64],
        "chat_id": incoming.chat_id,
        "message_id": incoming.message_id,
    }
    fresh = replace(report, revision=report.revision + 1, file=kept)
    _keep(work, fresh, incoming, "paper", text=text)


def _spoken_of(work: Work, incoming: Incoming) -> Report | None:
    if incoming.reply_to is None or not work.actor.groups():
        return None
    found = card_book.by_message(work, incoming.chat_id, incoming.reply_to)
    if found is None or found.kind != CARD:
        return None
    _, key, group = found.subject.split("/", 2)
    period = standing.period_of_key(work, key)
    if period is None or group not in work.actor.groups():
        return None
    return standing.get(work, period, group)


def _remarks(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    head = "overview"
    for line in text.strip().splitlines():
        match = _HEAD.match(line)
        if match:
            head = HEADS[match[1]]
            line = match[2]
        if line.strip():
            found[head] = f"{found.get(head, '')}\n{line.strip()}".strip()[:MOST_TEXT]
    return found


def _keep(work: Work, report: Report, incoming: Incoming, kind: str, text: str | None = None) -> None:
    report_id = standing.write(work, report)
    part_id = reports.add_part(
        work,
        report_id,
        report.revision,
        kind,
        chat_id=incoming.chat_id,
        message_id=incoming.message_id,
        sent_at=incoming.sent_at,
        text=(text or incoming.text or None),
    )
    folder = f"tenday/{report.period.key.isoformat()}/{report.group.replace('/', '-')}"
    files.keep(work, incoming, folder, part_id=part_id)
    _show(work, report, incoming.chat_id)


def submit(work: Work, argument: str, chat_id: int) -> Toast:
    """「上报」: handed in; the office's board is edited. Pressed again after changes, it is a new version.

    Raises:
        NotYours: not the leader.
        TooLate: before the period has begun.
    """
    report = _of(work, argument)
    if not work.actor.leads(report.group):
        raise NotYours
    if work.now < report.period.start:
        raise TooLate
    fresh = replace(report, revision=report.revision + 1, sent_at=report.sent_at or work.now)
    standing.write(work, fresh)
    track = work.world.campaign.group(report.group).track
    show_card(work, chat_id, CARD, subject=_subject(report), member_id=work.actor.member_id)
    key = report.period.key.isoformat()
    board.refresh(work, key, track)
    _to_office(work, fresh, track)
    return Toast("tenday.submitted_toast", {"again": report.sent_at is not None, "state": fresh.state})


def _to_office(work: Work, report: Report, track: str) -> None:
    """The paper and the ledger, silently, to the office that it is for; the leader's own paper as it is."""
    subject = f"{report.period.key.isoformat()}/{report.group}/{report.revision}"
    for reader in audience.of_office(work, track):
        for file in papers(work, report):
            key = told.Key(f"tenday.{file.make}", subject, work.now, reader.member_id)
            own = report.file if file.make == PAPER else None
            say(
                work, reader.chat_id, "tenday.handed_in",
                {
                    "title": work.world.campaign.group_title(report.group),
                    "period": standing.printed(work, report.period),
                    "state": report.state,
                    "what": file.make,
                    "changed": own["name"] if own else "",
                },
                file=None if own else file, silent=True, dedup=key.dedup(), protect=True,
            )  # fmt: skip
            if own:
                _copy(work, own, reader, told.Key("tenday.copy", subject, work.now, reader.member_id))


def _copy(work: Work, own: Mapping[str, Any], reader: audience.Reader, key: told.Key) -> None:
    """Hand the leader's own document on, as it was sent."""
    params = {
        "chat_id": reader.chat_id,
        "from_chat_id": own["chat_id"],
        "message_id": own["message_id"],
        "caption": own["name"],
        "disable_notification": True,
        "protect_content": True,
    }
    outbox.put(
        work, chat_id=reader.chat_id, kind=Kind.CALL, dedup=key.dedup(),
        payload={"method": "copyMessage", "params": params},
    )  # fmt: skip


def papers(work: Work, report: Report) -> Any:
    """The draft's two documents."""
    return (counting.paper(work, report), counting.ledger(work, report))


def send(work: Work, argument: str, chat_id: int, what: str) -> Toast:
    """「报告草稿」, the same as PDF, or 「台账」: made from what stands now.

    Raises:
        NotYours, NotUnderstood: see `open_`.
    """
    report = _of(work, argument)
    forms = {"paper": "docx", "pdf": "pdf"}
    file = counting.paper(work, report, forms[what]) if what in forms else counting.ledger(work, report)
    say(
        work,
        chat_id,
        "tenday.draft" if what in forms else "tenday.ledger",
        {
            "title": work.world.campaign.group_title(report.group),
            "period": standing.printed(work, report.period),
        },
        file=file,
        protect=True,
    )
    return Toast("tenday.sent_toast")
