"""The office's board of a week's 周报: one message edited in place, and the merged workbook (SPEC §4)."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Row

from bot.domain.calendar import Week
from bot.domain.weekly import carried_on
from bot.ledger import people, reports
from bot.ledger.desk import Work
from bot.services import faces
from bot.services.answering import Toast
from bot.services.duties import boards
from bot.services.outgoing import Button, File, Rows, Shown, new_card, say
from bot.services.weekly import book, city
from bot.services.weekly.book import Report

CARD: Final = "weekly_board"
IN: Final = ("on_time", "late")


def open_(work: Work, chat_id: int, track: str) -> None:
    """Show an office the board of the week last asked for, as a new message."""
    week = book.current_week(work, track)
    new_card(work, chat_id, CARD, subject=_subject(week, track), member_id=work.actor.member_id)


def _subject(week: Week, track: str) -> str:
    return f"board/{week.key.isoformat()}/{track}"


def refresh(work: Work, week: Week, track: str) -> None:
    """Something came: the boards that stand are edited, an office without one gets it silently."""
    boards.refresh(work, CARD, _subject(week, track))
    boards.put_up(work, CARD, _subject(week, track), track)


def announce(work: Work, week: Week, track: str) -> int:
    """Five minutes after the time: the board anew, with a sound, naming who is missing; gives how many."""
    city.keep(work, week, track)
    return boards.announce(work, CARD, _subject(week, track), track)


@faces.shows(CARD)
def board(work: Work, card: Row[Any]) -> Shown | None:
    """「第2周周报 · 已报 5/8」 and a line a region, in the notice's order."""
    _, key, track = card.subject.split("/", 2)
    week = book.week_of_key(work, key)
    if week is None or track not in work.actor.offices():
        return None
    found = book.of_week(work, week, track)
    local = work.world.campaign.local
    missing = [report.region for report in found if report.state not in IN]
    values = {
        "week": book.printed(work, week),
        "track": work.world.campaign.track(track).name,
        "due": local(found[0].due).isoformat() if found else None,
        "over": bool(found) and work.now > found[0].due,
        "count": len(found) - len(missing),
        "regions": len(found),
        "lines": [_line(work, report) for report in found],
    }
    return Shown("weekly.board", values, _buttons(key, track, bool(missing)), silent=card.panel != "list")


def _line(work: Work, report: Report) -> dict[str, Any]:
    local = work.world.campaign.local
    at = report.in_at
    return {
        "region": report.region,
        "state": report.state,
        "at": local(at).isoformat() if at else None,
        "lacks": list(report.lacks),
        "revision": report.revision,
    }


def _buttons(key: str, track: str, missing: bool) -> Rows:
    row = [Button("weekly_merged", "wmerged", arg=f"{key}/{track}")]
    if missing:
        row.append(Button("weekly_urge", "wurge", arg=f"{key}/{track}"))
    return (tuple(row),)


def merged(work: Work, chat_id: int, argument: str) -> Toast:
    """「汇总表」: a week of a track in one workbook.

    Raises:
        NotYours: another track's office.
        NotUnderstood: no week there is.
    """
    week, track = boards.of_button(work, argument, book.week_of_key)
    found = book.of_week(work, week, track)
    values = merged_values(work, week, track, by=_name(work))
    name = f"周报汇总-{work.world.campaign.track(track).name}-{week.key.isoformat()}.xlsx"
    say(
        work,
        chat_id,
        "weekly.merged",
        {
            "week": book.printed(work, week),
            "track": work.world.campaign.track(track).name,
            "count": sum(report.table_at is not None for report in found),
            "regions": len(found),
        },
        file=File("weekly_merged", name, values),
    )
    return Toast("weekly.merged_sent")


def merged_values(work: Work, week: Week, track: str, *, by: str) -> dict[str, Any]:
    """What the merged workbook of a track's week is made of; `by`: who had it made."""
    campaign = work.world.campaign
    return {
        "campaign": campaign.name,
        "track": track,
        "track_name": campaign.track(track).name,
        "week": book.printed(work, week),
        "made": campaign.local(work.now).isoformat(),
        "by": by,
        "regions": [_column(work, report) for report in book.of_week(work, week, track)],
    }


def _name(work: Work) -> str:
    member = people.member(work, work.actor.member_id)
    return member.name if member is not None else ""


def _column(work: Work, report: Report) -> dict[str, Any]:
    """What the merged workbook knows of a region: only figures that count."""
    track = work.world.campaign.region(report.region).track
    weeks = [*book.before(work, report.week, report.region), report.figures]
    totals = carried_on(work.world.weekly, track, weeks)
    return {
        "region": report.region,
        "state": report.state,
        "in": report.table_at is not None,
        "figures": book.figures_values(report.figures),
        "totals": {key: [[one.text, one.unit] for one in found] for key, found in totals.items()},
        "city": city.count(work, report.week, report.region),
        "texts": dict(report.texts),
        "at": work.world.campaign.local(report.in_at).isoformat() if report.in_at else None,
        "revision": report.revision,
        "heads": dict(report.heads),
        "scans": reports.scans(work, report.id) if report.id else 0,
    }
