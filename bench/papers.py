"""A bulletin's page, its files, and the figures behind it: ≤ 0.5 s a page, on a ledger of 10,000 entries."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from bench.archive import fill, home
from bench.ratio import in_turns, row
from bot.app import open_desk
from bot.clock import SteppedClock
from bot.config import load_settings
from bot.documents.bulletin import Bulletins
from bot.documents.ledger_rows import Words
from bot.domain.bulletins import Kind
from bot.ledger.desk import Desk, Work
from bot.media.fonts import Fonts
from bot.media.store import PhotoStore
from bot.services.bulletins import book, drafting, values
from bot.services.monthreport import book as months
from bot.texts.catalogue import Catalogue

ENTRIES: Final = 10_000
FOUND_UNTIL: Final = datetime(2019, 4, 25, 8, tzinfo=UTC)
MORNING: Final = datetime(2019, 4, 29, 23, 30, tzinfo=UTC)
"""Half past seven of 30 April on the campaign's wall clock: the ten-day and the month's drafts fall due."""
MOST: Final = 0.5


def printed(work: Work, kind: Kind) -> dict[str, Any]:
    """The values of the newest bulletin of a kind, its figures counted anew."""
    one = [
        issue for issue in book.issues(work, "county") if issue.kind is kind and issue.draft_at <= work.now
    ]
    return values.of(work, drafting.begin(work, one[-1]))


def drafted(desk: Desk, kind: Kind) -> dict[str, Any]:
    """The same, in a transaction that comes to nothing."""

    def verb(work: Work) -> dict[str, Any]:
        nested = work.connection.begin_nested()
        try:
            return printed(work, kind)
        finally:
            nested.rollback()

    found: dict[str, Any] = desk.do_now(verb)
    return found


def followed_up(desk: Desk) -> None:
    """Count the month's report 跟踪问效月报 anew; nothing is kept."""

    def verb(work: Work) -> None:
        nested = work.connection.begin_nested()
        try:
            months.draft(work, months.issues(work)[0])
        finally:
            nested.rollback()

    desk.do_now(verb)


def main() -> None:
    """Print the lines of the table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = load_settings(home(folder), {})
        clock = SteppedClock(FOUND_UNTIL)
        desk = open_desk(settings, clock)
        store = PhotoStore(settings.media_url())
        fill(desk, store, ENTRIES, photo_bytes=0)
        clock.advance(MORNING - FOUND_UNTIL + timedelta(seconds=1))
        bulletins = Bulletins(Words(Catalogue(desk.world.campaign)), store, Fonts())
        weekly, tenday = drafted(desk, Kind.WEEKLY), drafted(desk, Kind.TENDAY)
        papers = in_turns(
            {
                "the weekly page for the phone (PNG)": lambda: bulletins.page(weekly),
                "the weekly bulletin as .docx": lambda: bulletins.docx(weekly),
                "the weekly bulletin as PDF": lambda: bulletins.pdf(weekly),
                "the ten-day bulletin as PDF, 200 entries listed": lambda: bulletins.pdf(tenday),
                "the ten-day bulletin as .docx": lambda: bulletins.docx(tenday),
            }
        )
        counts = in_turns(
            {
                "a week's": lambda: drafted(desk, Kind.WEEKLY),
                "a month's": lambda: drafted(desk, Kind.MONTHLY),
                "the month's report's": lambda: followed_up(desk),
            },
            rounds=5,
        )
        desk.close()
    for what, seconds in papers.items():
        print(row("A", what, seconds, MOST, " s"))
    figures = ", ".join(f"{what} {seconds:.2f} s" for what, seconds in counts.items())
    print(f"     counted once a window from {ENTRIES} entries and {5 * ENTRIES} events: {figures}")
