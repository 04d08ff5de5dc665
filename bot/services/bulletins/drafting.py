"""代拟稿: figures kept at the cut, the draft to the office in the morning, a reminder when it is late.

Nothing is ever published by the clock (SPEC §6).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row

from bot.domain.bulletins import Kind, Stage
from bot.domain.paper_rights import tracks_issued
from bot.ledger.desk import Work
from bot.ledger.outbox import Priority
from bot.services.bulletins import book, card, figures
from bot.services.bulletins.book import Issue
from bot.services.duties import audience, told
from bot.services.outgoing import Button, say
from bot.services.refusals import BulletinNotNow, NotYours

LOOK_BACK: Final = timedelta(days=45)
"""Windows older than that are nobody's business of today."""
LATE: Final = "bulletin_late"
LATE_WITHIN: Final = timedelta(days=1)
"""After an outage nobody is reminded of what was due before: the lists show it."""


def due(work: Work) -> int:
    """Keep figures, give drafts, remind of what is late; gives how many were told."""
    done = 0
    known = book.since(work, (work.local.date() - LOOK_BACK).isoformat()[:7])
    for track in work.world.campaign.tracks:
        waiting: dict[Kind, list[tuple[Issue, Row[Any]]]] = {}
        for one in _live(work, track.key):
            row = known.get((track.key, one.kind.value, one.key))
            if row is None:
                row = begin(work, one)
            if row.drafted_at is None and one.draft_at <= work.now:
                waiting.setdefault(one.kind, []).append((one, row))
            elif row.drafted_at is not None and one.due <= work.now < one.due + LATE_WITHIN:
                done += _late(work, one, row)
        for rows in waiting.values():
            for _, row in rows[:-1]:  # of a missed series the last one alone is shown
                book.put(work, row, drafted_at=work.now)
            done += _give(work, rows[-1][1])
    return done


def _live(work: Work, track: str) -> list[Issue]:
    """The windows that are closed, the latest weeks only, and none that closed before anybody was here."""
    since = max(work.now - LOOK_BACK, told.began(work))
    return [one for one in book.issues(work, track) if since < one.window.cut <= work.now]


def begin(work: Work, one: Issue, **values: Any) -> Row[Any]:
    """Keep a window's figures, as a bulletin that nobody has seen yet."""
    return book.add(work, one, figures_of(work, one), **values)


def figures_of(work: Work, one: Issue) -> dict[str, Any]:
    """The figures of a window, beside those of the one before."""
    last = None
    if one.before is not None:
        before = _row_before(work, one)
        last = before.figures["totals"] if before is not None else None
        if last is None:
            last = figures.totals_of(work, one.track, one.before)
    return figures.of_track(work, one.track, one.window, last)


def _row_before(work: Work, one: Issue) -> Row[Any] | None:
    assert one.before is not None
    for other in book.issues(work, one.track):
        if other.kind is one.kind and other.window == one.before:
            return book.of_window(work, one.track, one.kind.value, other.key)
    return None


def _give(work: Work, row: Row[Any]) -> int:
    readers = audience.of_office(work, row.track)
    if not readers:
        return 0  # until somebody of the office is there
    fresh = book.put(work, row, drafted_at=work.now)
    for reader in readers:
        card.show(work, fresh, reader.chat_id, reader.member_id, priority=Priority.REMINDER)
        card.send_paper(work, fresh, reader.chat_id, reader.member_id, "docx")
    return len(readers)


def _late(work: Work, one: Issue, row: Row[Any]) -> int:
    """Past the hour and not printed: each of the office is told once."""
    if Stage(row.state) not in (Stage.DRAFT, Stage.SUBMITTED, Stage.APPROVED, Stage.REPORTED):
        return 0
    count = 0
    for reader in audience.of_office(work, row.track):
        key = told.Key(LATE, f"{row.track}.{row.kind}.{row.key}", one.due, reader.member_id)
        if told.known(work, key) or work.world.hours.quiet(work.local):
            continue
        told.note(work, key)
        say(
            work, reader.chat_id, "bulletins.late",
            {**card.named(work, row), "due": _printed(work, one.due), "state": row.state},
            buttons=((Button("bulletin_open", "bopen", row.id),),),
            priority=Priority.REMINDER, dedup=key.dedup(),
        )  # fmt: skip
        count += 1
    return count


def _printed(work: Work, instant: datetime) -> str:
    return work.world.campaign.local(instant).isoformat()


# --- 「通报」 ------------------------------------------------------------------------------------------


def open_list(work: Work, chat_id: int) -> None:
    """`/bulletin`, 「通报」: the office's bulletins, the ones that are due first.

    Raises:
        NotYours: the actor is of no office.
        BulletinNotNow: no window has closed yet.
    """
    tracks = tracks_issued(work.actor)
    if not tracks:
        raise NotYours
    shown = False
    for track in tracks:
        for one in _live(work, track):
            if book.of_window(work, track, one.kind.value, one.key) is None:
                begin(work, one)
        rows = _worth_seeing(work, track)
        shown = shown or bool(rows)
        if rows:
            say(
                work, chat_id, "bulletins.listed",
                {"track": work.world.campaign.track(track).name, "rows": [_line(work, row) for row in rows]},
                buttons=tuple((_open_button(work, row),) for row in rows),
            )  # fmt: skip
    if not shown:
        raise BulletinNotNow(why="none_yet", state="")


def _worth_seeing(work: Work, track: str) -> list[Row[Any]]:
    rows = book.latest(work, track, 40)
    newest: dict[tuple[str, str], Row[Any]] = {}
    for row in rows:
        known = newest.get((row.kind, row.key))
        if known is None or known.correction < row.correction:
            newest[row.kind, row.key] = row
    found = list(newest.values())
    return sorted(found, key=lambda row: book.issue_of(work, row).due, reverse=True)[:MOST_LISTED]


MOST_LISTED: Final = 6


def _open_button(work: Work, row: Row[Any]) -> Button:
    return Button(f"bulletin_{row.kind}", "bopen", row.id, values=card.named(work, row))


def _line(work: Work, row: Row[Any]) -> dict[str, Any]:
    return {**card.named(work, row), "state": row.state}


def open_one(work: Work, bulletin_id: int, chat_id: int) -> None:
    """Show a bulletin's card as a new message."""
    row = book.held(work, bulletin_id)
    if row.drafted_at is None:
        row = book.put(work, row, drafted_at=work.now)
    card.show(work, row, chat_id, work.actor.member_id)
