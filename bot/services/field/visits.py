"""Clean places count too: visit records 走访记录, and the day's summary 「收工」 (SPEC §2 «Intake»)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select

from bot.domain.entries import Mode, State
from bot.domain.permissions import Action
from bot.ledger.desk import Work
from bot.ledger.tables import entries
from bot.services import life
from bot.services.answering import Toast
from bot.services.field import filing
from bot.services.followup import notices
from bot.services.outgoing import say
from bot.services.refusals import NotPossible, NotYours
from bot.services.views.places import village_for

GOOD = "good"
"""The note of a visit record that is listed among the good practices."""

MOST_LINES = 30


def _visit(work: Work, entry_id: int, version: int) -> Row[Any]:
    row = life.load(work, entry_id, Action.EDIT)
    life.fresh_press(work, row, version, seen_all=True)
    if row.kind != "visit" or row.state != State.FILED:
        raise NotPossible(state=row.state)
    return row


def make_issue(work: Work, entry_id: int, version: int) -> None:
    """「改为问题」: the record gets a number and goes the way of every entry."""
    filing.number_now(work, _visit(work, entry_id, version))


def list_as_good(work: Work, entry_id: int, version: int) -> Toast:
    """「列入好的做法」, and back again."""
    row = _visit(work, entry_id, version)
    note = None if row.note == GOOD else GOOD
    life.amend(
        work, row, "edited", body=filing.body_of(filing.identity_stored(work, row)),
        data={"fields": ["good"]}, note=note,
    )  # fmt: skip
    return Toast("receipt.good_toast", {"on": note is not None})


def day_end(work: Work, chat_id: int) -> None:
    """「收工」: what the actor's groups (or the actor alone) found today, for forwarding.

    Covert findings 暗访 are in no text that is meant to be passed on.

    Raises:
        NotYours: the actor does not file.
    """
    if not filing.may_file(work):
        raise NotYours
    for group in work.actor.groups() or (None,):
        if group is not None and work.world.campaign.group(group).covert:
            continue
        say(work, chat_id, "receipt.day_end", _summary(work, group))
    left = _drafts(work)
    if left:
        say(work, chat_id, "receipt.drafts_left", {"count": left}, silent=True)
    notices.day_over(work)
    if all(work.world.campaign.group(key).covert for key in work.actor.groups()) and work.actor.groups():
        say(work, chat_id, "receipt.day_end_covert", {})


def _summary(work: Work, group: str | None) -> dict[str, Any]:
    """The day of a group, or of one who files for an office, as values for the text."""
    rows = _of_today(work, group)
    issues = [row for row in rows if row.kind == "issue"]
    visits = [row for row in rows if row.kind == "visit"]
    places = {(row.region, row.township, row.village or row.spot) for row in rows}
    open_ = [row for row in issues if row.state != State.CLOSED]
    return {
        "day": work.local.date().isoformat(),
        "who": work.world.campaign.group_title(group) if group is not None else "",
        "places": len(places),
        "townships": len({(row.region, row.township) for row in rows if row.township}),
        "issues": [_line(work, row) for row in issues[:MOST_LINES]],
        "more": max(0, len(issues) - MOST_LINES),
        "found": len(issues),
        "closed": len(issues) - len(open_),
        "visits": [_line(work, row) for row in visits[:MOST_LINES]],
        "clean": len(visits),
        "good": sum(row.note == GOOD for row in visits),
    }


def _line(work: Work, row: Row[Any]) -> dict[str, Any]:
    village = village_for(work, row)  # for forwarding: as told outside
    place = "".join(part for part in (row.region, row.township, village) if part)
    return {"number": row.number, "place": place, "category": row.category, "state": row.state}


def _of_today(work: Work, group: str | None) -> list[Row[Any]]:
    day = work.local.date()
    start = datetime(day.year, day.month, day.day, tzinfo=work.world.campaign.zone)
    mine = entries.c.filer_id == work.actor.member_id
    whose = entries.c.group_key == group if group is not None else mine & entries.c.group_key.is_(None)
    return list(
        work.connection.execute(
            select(entries)
            .where(
                whose,
                entries.c.found_at >= start,
                entries.c.found_at < start + timedelta(days=1),
                entries.c.state.not_in((State.DRAFT.value, State.VOID.value)),
                entries.c.mode == Mode.OPEN.value,
            )
            .order_by(entries.c.id)
        ).all()
    )


def _drafts(work: Work) -> int:
    return len(
        work.connection.execute(
            select(entries.c.id).where(
                entries.c.filer_id == work.actor.member_id, entries.c.state == State.DRAFT.value
            )
        ).all()
    )
