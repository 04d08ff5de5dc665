"""Asking for the 周报: the prefilled form, the receipt of what came, and 「周报」 typed by anybody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Row

from bot.domain.calendar import Week
from bot.domain.permissions import Role
from bot.domain.weekly import HEADS, doubts
from bot.ledger import reports
from bot.ledger.desk import Work
from bot.services import faces
from bot.services.answering import Toast
from bot.services.keeping import files
from bot.services.outgoing import Button, File, Rows, Shown, new_card, say
from bot.services.refusals import NotUnderstood, NotYours
from bot.services.weekly import board, book, city
from bot.services.weekly.receiving import CARD

MOST_FAULTS: Final = 8
MOST_DOUBTS: Final = 4
MOST_ROWS: Final = 6


def open_(work: Work, chat_id: int) -> None:
    """「周报」, `/weekly`: a contact gets the form of the week that is asked for, an office its board.

    Raises:
        NotYours: neither.
    """
    regions, offices = work.actor.regions(), work.actor.offices()
    if not (regions or offices):
        raise NotYours
    for region in regions:
        week = book.wanted_week(work, region)
        if book.get(work, week, region).revision:
            subject = f"weekly/{week.key.isoformat()}/{region}"
            new_card(work, chat_id, CARD, subject=subject, member_id=work.actor.member_id)
        else:
            send_form(work, chat_id, week, region)
    for track in offices:
        board.open_(work, chat_id, track)


def again(work: Work, chat_id: int, argument: str) -> Toast:
    """「取表格」: the form once more.

    Raises:
        NotYours: another region's.
        NotUnderstood: the button is of no week there is.
    """
    key, _, region = argument.partition("/")
    week = book.week_of_key(work, key)
    if week is None:
        raise NotUnderstood(hint="old_button")
    if region not in work.actor.regions():
        raise NotYours
    send_form(work, chat_id, week, region)
    return Toast("weekly.form_sent")


def send_form(work: Work, chat_id: int, week: Week, region: str) -> None:
    """The prefilled form with a word on how to answer; its message can be replied to."""
    say(
        work,
        chat_id,
        "weekly.form",
        {"region": region, "week": book.printed(work, week), "due": _due(work, week, region)},
        file=form(work, week, region),
    )


def form(work: Work, week: Week, region: str) -> File:
    """The prefilled form of a region and week."""
    before = book.before(work, week, region)
    totals = book.totals(work, week, region)
    units = {key: figure.unit for figures in before for key, figure in figures.items()}
    carried = {}
    for key, figures in totals.items():
        same = [figure for figure in figures if figure.unit == units.get(key)]
        chosen = (same or list(figures))[-1]
        carried[key] = [chosen.text, chosen.unit]
    local = work.world.campaign.local
    printed = book.printed(work, week)
    values = {
        "campaign": work.world.campaign.name,
        "region": region,
        "track": work.world.campaign.region(region).track,
        "number": week.number,
        "key": printed["key"],
        "start": printed["start"],
        "end": printed["end"],
        "due": _due(work, week, region),
        "totals": carried,
        "units": units,
        "city": city.count(work, week, region),
        "as_of": local(min(work.now, week.end)).isoformat(),
        "heads": book.get(work, week, region).heads or book.last_heads(work, week, region),
    }
    return File("weekly", f"周报表-{region}-{printed['key']}.xlsx", values)


def _due(work: Work, week: Week, region: str) -> str:
    track = work.world.campaign.region(region).track
    return work.world.campaign.local(book.due_of(work, week, track)).isoformat()


# --- the receipt --------------------------------------------------------------------------------------


@faces.shows(CARD)
def receipt(work: Work, card: Row[Any]) -> Shown | None:
    """What came for a week, and what is still to be sent or mended."""
    _, key, region = card.subject.split("/", 2)
    week = book.week_of_key(work, key)
    if week is None or region not in work.actor.regions():
        return None
    report = book.get(work, week, region)
    campaign = work.world.campaign
    track = campaign.region(region).track
    parts = reports.parts_of(work, report.id) if report.id else []
    last = parts[-1] if parts else None
    asked = []
    if report.figures and report.pending_since is None:
        before = book.before(work, week, region)
        asked = doubts(work.world.weekly, track, report.figures, before[-1] if before else {})
    wrong = [one for one in report.faults if one.why not in ("missing_row", "empty")]
    gone = _deleted(report, parts)
    blank = [one for one in report.faults if one.why in ("missing_row", "empty") and one.label not in gone]
    # an empty cell is named by its place while it is the only kind of fault and there are few of them
    values = {
        "region": region,
        "week": book.printed(work, week),
        "state": report.state,
        "due": campaign.local(report.due).isoformat(),
        "in_at": campaign.local(report.in_at).isoformat() if report.in_at else None,
        "lacks": list(report.lacks),
        "revision": report.revision,
        "kind": last.kind if last is not None else "",
        "scans": sum(part.kind == "scan" for part in parts),
        "too_big": last is not None and any(file.fault == "too_big" for file in files.of_part(work, last.id)),
        "heads": {key: report.heads.get(key, "") for key in HEADS.values()},
        "pending": report.pending_since is not None,
        "counts": report.table_at is not None,
        "faults": [book.fault_values(one) for one in wrong[:MOST_FAULTS]],
        "more": max(0, len(wrong) - MOST_FAULTS),
        "blank": [{"cell": one.cell, "label": one.label} for one in blank[:MOST_ROWS]],
        "blanks": len(blank),
        "gone": gone[:MOST_ROWS],
        "gones": len(gone),
        "unread": [one["value"] for one in (last.faults or ()) if one["why"] == "unknown"] if last else [],
        "doubts": [{"label": row.label, "why": why} for row, why in asked[:MOST_DOUBTS]],
        "long": len(report.texts.get("summary", "")),
        "mend_until": campaign.local(report.pending_since).isoformat() if report.pending_since else None,
    }
    reply_to = last.message_id if last is not None and last.chat_id == card.chat_id else None
    earlier = book.preceding(work, week)
    copy = "summary" in report.lacks and earlier is not None and bool(book.get(work, earlier, region).texts)
    return Shown("weekly.receipt", values, _buttons(key, region, copy=copy), reply_to=reply_to)


def _deleted(report: book.Report, parts: Sequence[Row[Any]]) -> list[str]:
    """Rows that the newest sheet does not have any more, as long as nothing was said of them since."""
    sheet = next((part for part in reversed(parts) if part.kind in ("table", "lines")), None)
    if sheet is None or sheet.kind != "table":
        return []
    return [one.label for one in report.faults if one.why == "missing_row"]


def _buttons(key: str, region: str, *, copy: bool) -> Rows:
    row = [Button("weekly_form", "wform", arg=f"{key}/{region}")]
    if copy:
        row.append(Button("weekly_copy", "wcopy", arg=f"{key}/{region}"))
    return (tuple(row),)


def can_open(work: Work) -> bool:
    """Whether 「周报」 has an answer for the actor."""
    return work.actor.has(Role.CONTACT) or work.actor.has(Role.OFFICE)
