"""The ledger's tables, one module a topic; this is the whole of them."""

from __future__ import annotations

from bot.ledger.tables.base import metadata
from bot.ledger.tables.books import counts, events, facts, occurrences, serials
from bot.ledger.tables.bulletins import bulletin_versions, bulletins
from bot.ledger.tables.chains import links, resemblances
from bot.ledger.tables.entries import entries, photos
from bot.ledger.tables.followup import draws, notice_items, notices
from bot.ledger.tables.handling import handed, proofs, questions, requests
from bot.ledger.tables.kits import kits
from bot.ledger.tables.letters import group_phones, warning_advice, warning_items, warning_letters
from bot.ledger.tables.meetings import meetings
from bot.ledger.tables.people import chats, invitations, members, roles, rosters, strangers
from bot.ledger.tables.register import register_papers, register_people
from bot.ledger.tables.reports import (
    announcement_receipts,
    announcements,
    day_overrides,
    kept_files,
    moved_duties,
    report_parts,
    reports,
    week_figures,
)
from bot.ledger.tables.scores import (
    heap_fines,
    measures,
    score_counted,
    score_items,
    score_objections,
    score_rules,
    score_sheets,
)
from bot.ledger.tables.wire import cards, inbox, messages, outbox

__all__ = [
    "announcement_receipts",
    "announcements",
    "bulletin_versions",
    "bulletins",
    "cards",
    "chats",
    "counts",
    "day_overrides",
    "draws",
    "entries",
    "events",
    "facts",
    "group_phones",
    "handed",
    "heap_fines",
    "inbox",
    "invitations",
    "kept_files",
    "kits",
    "links",
    "measures",
    "meetings",
    "members",
    "messages",
    "metadata",
    "moved_duties",
    "notice_items",
    "notices",
    "occurrences",
    "outbox",
    "photos",
    "proofs",
    "questions",
    "register_papers",
    "register_people",
    "report_parts",
    "reports",
    "requests",
    "resemblances",
    "roles",
    "rosters",
    "score_counted",
    "score_items",
    "score_objections",
    "score_rules",
    "score_sheets",
    "serials",
    "strangers",
    "warning_advice",
    "warning_items",
    "warning_letters",
    "week_figures",
]
