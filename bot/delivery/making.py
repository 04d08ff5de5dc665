"""The documents that a message may carry, by the name under which services ask for them."""

from __future__ import annotations

from functools import partial

from bot.delivery.composing import FileMaker
from bot.delivery.drawing import Drawing
from bot.documents import (
    kit,
    meeting,
    month_report,
    notice,
    register_xlsx,
    roster,
    score_sheet,
    tenday,
    warning_letter,
    weekly_form,
    weekly_merged,
)
from bot.documents.ledger_rows import Words
from bot.domain.world import World
from bot.media.store import PhotoStore
from bot.texts.catalogue import Catalogue


def makers(catalogue: Catalogue, world: World, drawing: Drawing, store: PhotoStore) -> dict[str, FileMaker]:
    """Each takes the values written in its transaction, and gives a file's name and bytes."""
    words = Words(catalogue)
    return {
        "score_sheet": score_sheet.write,
        "notice": notice.make,
        "slip": notice.make_slip,
        "kit_leads": partial(kit.make_leads, words, store),
        "kit_part": partial(kit.make_part, store),
        "meeting_notice": meeting.make_notice,
        "meeting_notice_pdf": meeting.make_notice_pdf,
        "meeting_speech": partial(meeting.make_speech, words),
        "month_report_docx": month_report.make,
        "month_report_pdf": month_report.make_pdf,
        "warning_docx": partial(warning_letter.make, store),
        "warning_pdf": partial(warning_letter.make_pdf, store),
        "register": register_xlsx.make,
        "roster": partial(roster.page, catalogue),
        "weekly": partial(weekly_form.make, world.weekly),
        "weekly_merged": partial(weekly_merged.make, world.weekly),
        "meeting_speech_pdf": partial(meeting.make_speech_pdf, words),
        "tenday_report_pdf": partial(tenday.report_pdf, words),
        "tenday_report": partial(tenday.report, words),
        "tenday_ledger": partial(tenday.ledger, words, store),
        "bulletin_docx": drawing.bulletins.docx,
        "bulletin_pdf": drawing.bulletins.pdf,
    }
