"""What a region sends for its 周报: the sheet, lines in a message, the 小结, a sealed scan (SPEC §4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from bot.domain.calendar import Week
from bot.domain.captions import menu_word
from bot.domain.weekly import Fault, Figure, SheetRead, counted_from, missing, read_lines
from bot.ledger import cards as card_book
from bot.ledger import entries as entry_book
from bot.ledger import people, reports
from bot.ledger.desk import Work
from bot.services import secrecy
from bot.services.duties import told
from bot.services.incoming import Incoming
from bot.services.keeping import files
from bot.services.outgoing import new_card, say
from bot.services.refusals import NotUnderstood, NotYours, ReportFile, WhichRegion
from bot.services.weekly import board, book
from bot.services.weekly.book import Report

SHORTEST_SUMMARY: Final = 15
"""A shorter reply to the reminder is talk (「收到」), unless it begins with 「小结」."""
MOST_TEXT: Final = 4000
CARD: Final = "weekly"
TEXTS: Final = ("summary", "difficulties", "next_week")


def may_report(work: Work, telegram_id: int, chat_id: int, reply_to: int | None) -> bool:
    """Whether a file may be a report: of somebody who reports for a region, and in reply to no entry."""
    if reply_to is not None and entry_book.by_message(work, chat_id, reply_to) is not None:
        return False
    return bool(people.actor_of(work, telegram_id).regions())


def refuse(work: Work, incoming: Incoming, why: str) -> None:
    """A file that cannot be a report: said with the remedy, nothing is stored.

    Raises:
        ReportFile: always, unless the file is marked as secret.
    """
    secrecy.refuse_secret(work, incoming)
    raise ReportFile(why=why)


# --- what came ----------------------------------------------------------------------------------------


def take_sheet(work: Work, incoming: Incoming, sheet: SheetRead) -> None:
    """The filled-in form: it replaces the figures, all of them or none.

    Raises:
        ReportFile: another region's form, or one of a week that is not asked for.
        NotYours, WhichRegion: nothing to report, or for several regions and the sheet does not say.
    """
    secrecy.refuse_secret(work, incoming)
    secrecy.refuse_secret_words(work, sheet.words)
    region, week = _addressed(work, incoming, sheet.region)
    week = _week_of_sheet(work, sheet, region, week)
    report = book.get(work, week, region)
    track = work.world.campaign.region(region).track
    rows = {row.label for row in work.world.weekly.of_track(track)}
    figures = {
        key: figure for key, figure in sheet.figures.items() if work.world.weekly.by_key(key).label in rows
    }
    named = {fault.label for fault in sheet.faults}
    faults = [fault for fault in sheet.faults if fault.label in rows]
    faults += [
        Fault("", row.label, "", "missing_row", row.units)
        for row in missing(work.world.weekly, track, figures)
        if row.label not in named
    ]
    fresh = _with_figures(report, figures, faults, incoming.sent_at)
    fresh = _with_heads(work, _with_texts(fresh, sheet.texts, incoming.sent_at), sheet.heads)
    _keep(work, fresh, incoming, "table", figures=figures, faults=faults)


def take_lines(work: Work, incoming: Incoming) -> bool:
    """Lines in one message (「出动人员 320」), and texts under their heads; False when there is none.

    They are added to what is there: a line sent later mends or replaces that line alone.
    """
    if not work.actor.regions() or not incoming.text or menu_word(incoming.text, work.world.reader):
        return False
    spoken = _spoken_of(work, incoming)
    region = spoken[0] if spoken is not None else work.actor.regions()[0]
    track = work.world.campaign.region(region).track
    week = spoken[1] if spoken is not None else book.wanted_week(work, region)
    before = book.before(work, week, region)
    units = {key: figure.unit for figures in before for key, figure in figures.items()}
    lines = read_lines(incoming.text, work.world.weekly, track, units)
    if spoken is None and not (lines.figures or lines.texts):
        return False  # 「坑塘 已清理」 is talk about an entry, not a figure gone wrong
    if not lines.any:
        return spoken is not None and _as_summary(work, incoming, region, week)
    secrecy.refuse_secret(work, incoming)
    region, week = _addressed(work, incoming, "")
    report = book.get(work, week, region)
    fresh = report
    if lines.figures or lines.faults:
        base = dict(report.pending if report.pending_since is not None else report.figures)
        figures = {**base, **lines.figures}
        for fault in lines.faults:  # what was written wrongly takes the place of what was there
            row = work.world.weekly.row(fault.label)
            if row is not None and row.key not in lines.figures and report.pending_since is not None:
                figures.pop(row.key, None)
        faults = _left(report, lines.figures, lines.faults, work, track, figures)
        fresh = _with_figures(fresh, figures, faults, incoming.sent_at)
    fresh = _with_heads(work, _with_texts(fresh, lines.texts, incoming.sent_at), lines.heads)
    _keep(
        work, fresh, incoming, "lines", figures=lines.figures, faults=lines.faults, unknown=lines.unknown[:3]
    )
    return True


def take_document(work: Work, incoming: Incoming, text: str, words: Iterable[str]) -> None:
    """A .docx is the 小结; with hardly a word in it, it is refused. `words`: all that stands in it.

    Raises:
        ReportFile, NotYours, WhichRegion: see `take_sheet`.
    """
    secrecy.refuse_secret(work, incoming)
    secrecy.refuse_secret_words(work, words)
    if len(text.strip()) < SHORTEST_SUMMARY:
        raise ReportFile(why="empty_document")
    region, week = _addressed(work, incoming, "")
    report = book.get(work, week, region)
    _keep(work, _with_texts(report, {"summary": text}, incoming.sent_at), incoming, "summary")


def take_scan(work: Work, incoming: Incoming) -> bool:
    """A picture or PDF in reply to a message about the 周报 is the sealed scan, filed beside the figures.

    False when the message is no such reply.
    """
    spoken = _spoken_of(work, incoming)
    if spoken is None or not incoming.attachments:
        return False
    secrecy.refuse_secret(work, incoming)
    report = book.get(work, spoken[1], spoken[0])
    _keep(work, report, incoming, "scan")
    return True


def replied(work: Work, incoming: Incoming) -> bool:
    """Whether a message that is a reply was taken for the 周报: lines, the 小结, or the sealed scan."""
    if incoming.attachments:
        return take_scan(work, incoming)
    return _spoken_of(work, incoming) is not None and take_lines(work, incoming)


def edited(work: Work, incoming: Incoming) -> bool:
    """Whether an edited message is a part of a report: it is not counted anew, its sender is told once.

    What was sent has its time, and every version is kept: a change is a message of its own.
    """
    kind = reports.words_in(work, incoming.chat_id, incoming.message_id)
    if kind is None:
        return False
    say(
        work, incoming.chat_id, "weekly.edited", {"kind": kind}, reply_to=incoming.message_id,
        dedup=f"weekly.edited:{incoming.chat_id}:{incoming.message_id}",
    )  # fmt: skip
    return True


def _as_summary(work: Work, incoming: Incoming, region: str, week: Week) -> bool:
    words = incoming.text.strip()
    if len(words) < SHORTEST_SUMMARY:
        return False
    secrecy.refuse_secret(work, incoming)
    report = book.get(work, week, region)
    _keep(work, _with_texts(report, {"summary": words}, incoming.sent_at), incoming, "summary")
    return True


def as_last_week(work: Work, argument: str, chat_id: int, message_id: int) -> None:
    """「照上周」: last week's words where this week has none; never its figures.

    Raises:
        NotYours: another region's.
        NotUnderstood: no week there is, or nothing to take over.
    """
    key, _, region = argument.partition("/")
    week = book.week_of_key(work, key)
    if region not in work.actor.regions():
        raise NotYours
    before = book.preceding(work, week) if week is not None else None
    if week is None or before is None:
        raise NotUnderstood(hint="old_button")
    report = book.get(work, week, region)
    last = book.get(work, before, region).texts
    texts = {name: words for name, words in last.items() if name not in report.texts}
    if not texts:
        raise NotUnderstood(hint="old_button")
    _keep(
        work, _with_texts(report, texts, work.now),
        Incoming(chat_id, message_id, chat_id, work.now), "summary",
    )  # fmt: skip


# --- whose, and of which week ---------------------------------------------------------------------------


def _spoken_of(work: Work, incoming: Incoming) -> tuple[str, Week] | None:
    """Region and week of the message that is replied to, when that is about a 周报 of the actor's."""
    if incoming.reply_to is None:
        return None
    said = told.spoken_of(work, incoming.chat_id, incoming.reply_to)
    subject = said[1] if said is not None and said[0].startswith("weekly") else ""
    if not subject:
        card = card_book.by_message(work, incoming.chat_id, incoming.reply_to)
        subject = card.subject.removeprefix("weekly/") if card is not None and card.kind == CARD else ""
    key, _, region = subject.partition("/")
    week = book.week_of_key(work, key) if key else None
    if week is None or region not in work.actor.regions():
        return None
    return region, week


def _addressed(work: Work, incoming: Incoming, said: str) -> tuple[str, Week]:
    mine = work.actor.regions()
    if not mine:
        raise NotYours
    spoken = _spoken_of(work, incoming)
    if said and said not in mine:
        if work.world.campaign.has_region(said):
            raise ReportFile(why="other_region", region=said, mine=list(mine))
        said = ""
    if said:
        week = spoken[1] if spoken is not None and spoken[0] == said else book.wanted_week(work, said)
        return said, week
    if spoken is not None:
        return spoken
    if len(mine) > 1:
        raise WhichRegion(regions=list(mine))
    return mine[0], book.wanted_week(work, mine[0])


def _week_of_sheet(work: Work, sheet: SheetRead, region: str, wanted: Week) -> Week:
    """The week that the sheet says, as long as it may still be reported."""
    if not sheet.key:
        return wanted
    week = book.week_of_key(work, sheet.key)
    follows = book.following(work, wanted)
    values = {"wanted": book.printed(work, wanted), "region": region}
    if week is None:
        raise ReportFile(why="other_week", **values)
    if week == wanted or (week == follows and week.start <= work.now):
        return week
    if week.key < wanted.key and not book.get(work, week, region).done:
        return week  # late, but wanted all the same
    raise ReportFile(why="old_week", week=book.printed(work, week), **values)


# --- what follows -------------------------------------------------------------------------------------


def _with_figures(
    report: Report, figures: Mapping[str, Figure], faults: Sequence[Fault], sent_at: datetime
) -> Report:
    if faults:  # 已收·待更正: kept, never mixed into the figures that count
        return replace(
            report,
            pending=dict(figures),
            faults=tuple(faults),
            pending_since=report.pending_since or sent_at,
        )
    table_at = report.table_at or counted_from(report.pending_since, sent_at)
    return replace(
        report, figures=dict(figures), pending={}, faults=(), pending_since=None, table_at=table_at
    )


def _left(
    report: Report,
    fresh: Mapping[str, Figure],
    faults: Sequence[Fault],
    work: Work,
    track: str,
    figures: Mapping[str, Figure],
) -> list[Fault]:
    """What is still wrong after some lines came: old faults not mended, new ones, rows without figures."""
    form = work.world.weekly
    mended = {form.by_key(key).label for key in fresh} | {fault.label for fault in faults}
    old = [fault for fault in report.faults if fault.label not in mended and fault.why != "missing_row"]
    found = [*old, *faults]
    named = {fault.label for fault in found}
    found += [
        Fault("", row.label, "", "missing_row", row.units)
        for row in missing(form, track, figures)
        if row.label not in named
    ]
    return found


def _with_texts(report: Report, texts: Mapping[str, str], sent_at: datetime) -> Report:
    said = {key: texts[key].strip()[:MOST_TEXT] for key in TEXTS if texts.get(key, "").strip()}
    if not said:
        return report
    summary_at = report.summary_at or (sent_at if "summary" in said else None)
    return replace(report, texts={**report.texts, **said}, summary_at=summary_at)


def _with_heads(work: Work, report: Report, said: Mapping[str, str]) -> Report:
    """填报人 is who sends, where the report does not say; what was said before stands."""
    member = people.member(work, work.actor.member_id)
    sender = {"filler": member.name} if member is not None and member.name else {}
    return replace(report, heads={**sender, **report.heads, **said})


def _keep(
    work: Work,
    report: Report,
    incoming: Incoming,
    kind: str,
    *,
    figures: Mapping[str, Figure] | None = None,
    faults: Sequence[Fault] = (),
    unknown: Sequence[str] = (),
) -> None:
    fresh = replace(report, revision=report.revision + (kind != "scan"))
    report_id = book.write(work, fresh)
    part_id = reports.add_part(
        work,
        report_id,
        fresh.revision,
        kind,
        chat_id=incoming.chat_id,
        message_id=incoming.message_id,
        sent_at=incoming.sent_at,
        text=incoming.text or None,
        figures=book.figures_values(figures) if figures else None,
        faults=[*(book.fault_values(one) for one in faults), *_unread(unknown)] or None,
    )
    subject = f"{fresh.week.key.isoformat()}/{fresh.region}"
    files.keep(work, incoming, f"weekly/{subject}", part_id=part_id)
    if fresh.done:
        told.silence(work, ("weekly.eve", "weekly.morning", "weekly.later"), subject)
    new_card(work, incoming.chat_id, CARD, subject=f"weekly/{subject}", member_id=work.actor.member_id)
    board.refresh(work, fresh.week, work.world.campaign.region(fresh.region).track)


def _unread(lines: Sequence[str]) -> list[dict[str, Any]]:
    return [{"cell": "", "label": "", "value": line[:40], "why": "unknown", "units": []} for line in lines]
