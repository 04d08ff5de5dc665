"""The office's one message of a closing day: 「5月中旬 · 报告 3/4 · 打分 6/8」, edited in place (SPEC §3)."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Row

from bot.domain.calendar import Period
from bot.domain.permissions import Role
from bot.ledger.desk import Work
from bot.ledger.outbox import Priority
from bot.services import faces
from bot.services.answering import Toast
from bot.services.duties import audience, boards, told
from bot.services.outgoing import Button, Rows, Shown, new_card, say
from bot.services.refusals import ScoreNotNow
from bot.services.scoring import sheets
from bot.services.tenday import standing

CARD: Final = "tenday_board"


def _subject(period: Period, track: str) -> str:
    return f"tenboard/{period.key.isoformat()}/{track}"


def open_(work: Work, chat_id: int, track: str) -> None:
    """Show an office the board of the period last asked for, as a new message."""
    period = standing.current_period(work, track)
    new_card(work, chat_id, CARD, subject=_subject(period, track), member_id=work.actor.member_id)


def put_up(work: Work, period: Period, track: str) -> None:
    """On the closing day's morning: the board, silently, where it does not stand yet."""
    boards.put_up(work, CARD, _subject(period, track), track)


def refresh(work: Work, key: str, track: str) -> None:
    """A report or a mark came: the boards that stand are edited."""
    boards.refresh(work, CARD, f"tenboard/{key}/{track}")


def announce(work: Work, period: Period, track: str) -> int:
    """Five minutes after the time: the board anew, with a sound; gives how many were told."""
    return boards.announce(work, CARD, _subject(period, track), track)


@faces.shows(CARD)
def board(work: Work, card: Row[Any]) -> Shown | None:
    """Who has reported and marked, who has not, and what can be done about it."""
    _, key, track = card.subject.split("/", 2)
    period = standing.period_of_key(work, key)
    if period is None or track not in work.actor.offices():
        return None
    local = work.world.campaign.local
    found = standing.of_period(work, period, track)
    markers = standing.markers(work, period, track)
    due = standing.due_of(work, period, track)
    owed = standing.owed(work, period, track)
    values = {
        "period": standing.printed(work, period),
        "track": work.world.campaign.track(track).name,
        "due": local(due).isoformat(),
        "over": work.now > due,
        "reports": sum(one.sent_at is not None for one in found),
        "groups": len(found),
        "marked": sum(one.done for one in markers),
        "markers": len(markers),
        "late": [
            {
                "title": work.world.campaign.group_title(one.group),
                "at": local(one.sent_at).isoformat(),
            }
            for one in found
            if one.state == "late" and one.sent_at is not None
        ],
        "owed": [{"title": one.title, "lacks": list(one.lacks)} for one in owed],
    }
    sealed = any(not one.done for one in markers)
    buttons = _buttons(work, key, track, owed=bool(owed), sealed=sealed)
    return Shown("tenday.board", values, buttons, silent=card.panel != "list")


def _buttons(work: Work, key: str, track: str, *, owed: bool, sealed: bool) -> Rows:
    argument = f"{key}/{track}"
    urge = (Button("tenday_urge", "turge", arg=argument),) if owed else ()
    return (
        (*urge, Button("tenday_period", "scperiod", arg=f"{track}.{key}")),
        (_lock(work, key, track, sealed=sealed),),
    )


def _lock(work: Work, key: str, track: str, *, sealed: bool) -> Button:
    """「锁定」; as long as it cannot be pressed to an end, the reason stands on it."""
    row = sheets.find(work, track, key)
    state = row.state if row is not None else "open"
    if row is not None and state == "draft" and work.now >= row.objections_until:
        return Button("lock", "sclock", row.id, row.version)
    if row is not None and state == "draft":
        until = work.world.campaign.local(row.objections_until)
        values = {"month": until.month, "day": until.day, "clock": f"{until:%H:%M}"}
        return Button("lock_objections", "sclock", row.id, row.version, values=values)
    why = {"open": "sealed" if sealed else "no_draft"}.get(state, "done")
    return Button(f"lock_{why}", "tlock", arg=f"{key}/{track}")


def cannot_lock(work: Work, argument: str) -> Toast:
    """A press of 「锁定」 while there is nothing to lock: the reason.

    Raises:
        NotYours, NotUnderstood: see `boards.of_button`.
        ScoreNotNow: always.
    """
    period, track = boards.of_button(work, argument, standing.period_of_key)
    state = sheets.state_of(work, track, period.key.isoformat())
    if state == "draft":  # the drafts went out since: the board is shown anew, with its button
        refresh(work, period.key.isoformat(), track)
        return Toast("tenday.lock_now")
    if state != "open":
        raise ScoreNotNow(why="moved")
    sealed = any(not one.done for one in standing.markers(work, period, track))
    raise ScoreNotNow(why="sealed" if sealed else "no_draft")


def urge(work: Work, argument: str) -> Toast:
    """「催办」: one message to each who owes something, once a day.

    Raises:
        NotYours, NotUnderstood: see `boards.of_button`.
    """
    period, track = boards.of_button(work, argument, standing.period_of_key)
    due = standing.due_of(work, period, track)
    midnight = work.local.replace(hour=0, minute=0, second=0, microsecond=0)
    count = 0
    for one in standing.owed(work, period, track):
        if one.owner == standing.OVERSIGHT:
            readers = audience.of_role(work, Role.OVERSIGHT, one.owner).readers
        else:
            readers = audience.of_groups(work, (one.owner,))[0].readers
        for reader in readers:
            subject = f"{period.key.isoformat()}/{one.owner}"
            key = told.Key("tenday.urged", subject, midnight, reader.member_id)
            if told.note(work, key):
                values = {
                    "period": standing.printed(work, period),
                    "due": work.world.campaign.local(due).isoformat(),
                    "over": work.now > due,
                    "title": one.title,
                    "lacks": list(one.lacks),
                    "track": work.world.campaign.track(track).name,
                }
                count += say(
                    work, reader.chat_id, "tenday.urged", values, priority=Priority.REMINDER,
                    dedup=key.dedup(),
                )  # fmt: skip
    return Toast("weekly.urged" if count else "weekly.urged_already", {"count": count})
