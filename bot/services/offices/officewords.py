"""The office's powers by taps: which choices are open on a card, what is asked next."""

from __future__ import annotations

from bot.domain.permissions import Action
from bot.ledger import entries as book
from bot.ledger.desk import Work
from bot.services import life, outgoing
from bot.services.answering import Toast
from bot.services.counties import deciding, requests
from bot.services.looking import reader
from bot.services.offices import office
from bot.services.refusals import NotUnderstood

PANELS = {"void": Action.VOID, "defer": Action.DEFER, "reassign": Action.REASSIGN}
"""What a card can open, and what it takes to open it."""


def panel(work: Work, entry_id: int, version: int, name: str, chat_id: int, message_id: int) -> None:
    """Open one of the office's powers on the card that was pressed, or close what is open."""
    row = life.load(work, entry_id, PANELS.get(name, Action.SEE))
    if name:
        life.fresh_press(work, row, version)
    if not outgoing.open_panel(work, chat_id, message_id, name or None):
        reader.show(work, row, chat_id)


def void(work: Work, entry_id: int, version: int, reason: str, chat_id: int, message_id: int) -> Toast | None:
    """「作废」: 「重复登记」 and 「其他」 ask for words, the others act at once."""
    if reason not in office.VOID_REASONS:
        raise NotUnderstood(hint="answered")
    if reason in ("duplicate", "other"):
        office.ask_void(work, entry_id, version, reason, chat_id, message_id)
        return None
    return office.void(work, entry_id, version, reason)


def defer(
    work: Work, entry_id: int, version: int, reason: str, chat_id: int, message_id: int
) -> Toast | None:
    """「缓办」: 「其他」 asks for words, the others go to the second person at once."""
    if reason not in office.DEFER_REASONS:
        raise NotUnderstood(hint="answered")
    if reason == "other":
        office.ask_defer(work, entry_id, version, chat_id, message_id)
        return None
    return office.defer(work, entry_id, version, reason)


def resume(work: Work, entry_id: int, version: int) -> Toast | None:
    """「恢复办理」."""
    return office.resume(work, entry_id, version)


def reassign(work: Work, entry_id: int, version: int, index: str) -> Toast | None:
    """「改派」 to a region by its place in the campaign's order."""
    regions = work.world.campaign.regions
    if not index.isdigit() or int(index) >= len(regions):
        raise NotUnderstood(hint="answered")
    row = life.load(work, entry_id, Action.REASSIGN)
    life.fresh_press(work, row, version)
    asked = book.open_request(work, row.id, requests.NOT_OURS)
    if asked is not None:  # the region said so itself: it gets its answer
        return deciding.reassign(work, asked.id, regions[int(index)].name)
    return office.reassign(work, entry_id, version, regions[int(index)].name)
