"""核对稿: each region reads its own draft, and reads it anew when a decision or an answer changes it."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import Row

from bot.ledger import events, people
from bot.ledger.desk import Work
from bot.services.answering import Toast
from bot.services.outgoing import Button, Rows, say
from bot.services.refusals import ScoreNotNow
from bot.services.scoring import marking, schemes, sheets, why, windows
from bot.services.scoring.deciding import change, fresh, proposed_left
from bot.services.scoring.periodcard import held
from bot.services.scoring.windows import Window

UNTIL = time(17, 30)
"""Objections end at this hour of the day on which their time has run (SPEC §3)."""

MOST_ITEMS = 12


def objections_until(work: Work, hours: int) -> datetime:
    """Until when a draft that goes out now is open to objections.

    At least so many hours of working time from now, and then until 17:30 of that day.
    """
    campaign, wanted = work.world.campaign, timedelta(hours=hours)
    works_on = windows.works_on(work)
    day = work.local.date()
    while True:
        at = datetime.combine(day, UNTIL, campaign.zone)
        if works_on(day) and work.world.working_time(work.now, at, works_on) >= wanted:
            return at
        day += timedelta(days=1)


def send(work: Work, sheet_id: int, version: int) -> Toast:
    """「发核对稿」: each region's contacts get their own items, in private; the period takes no new ones.

    Raises:
        ScoreNotNow: the marks are sealed, proposed items are undecided, the period runs on, or somebody
            was first.
    """
    track, window, row = held(work, sheet_id)
    fresh(row, version, window, "open")
    if not windows.over(work, window):
        raise ScoreNotNow(why="not_over", window=window.values())
    if marking.sealed(work, track, window, row):
        raise ScoreNotNow(why="sealed", window=window.values())
    if proposed_left(work, track, window):
        raise ScoreNotNow(why="proposals_open", window=window.values())
    scheme, _ = schemes.scheme_for(work, track, window.key)
    until = objections_until(work, scheme.objection_hours)
    found = change(work, row, window, state="draft", drafted_at=work.now, objections_until=until)
    events.record(
        work,
        "score_drafted",
        body=f"office:{track}",
        data={"track": track, "period": window.key, "until": until.isoformat()},
    )
    missing = []
    for region in work.world.campaign.regions_of(track):
        if not tell_region(work, found, window, region.name):
            missing.append(region.name)
    return Toast("scoring.drafted_toast", {"until": until.isoformat(), "missing": missing}, alert=True)


def tell_region(
    work: Work, row: Row[Any], window: Window, region: str, *, silent: bool = False, again: str = ""
) -> int:
    """Send a region's draft to its contacts; gives how many were written to."""
    office, told = work.actor, 0
    for person in people.contacts_of(work, region):
        work.actor = people.actor_by_id(work, person.member_id)
        values = why.details(work, region, window, row)
        told += say(
            work,
            person.chat_id,
            "scoring.draft",
            {**values, "until": row.objections_until.isoformat(), "again": again},
            buttons=(*_objection_buttons(work, row, values), *why.entry_buttons(work, values)),
            protect=True,
            silent=silent,
        )
        work.actor = office
    return told


Drafted = dict[str, tuple[Any, ...]]
"""Region → what its draft says of its score."""


def as_drafted(work: Work, row: Row[Any], window: Window) -> Drafted:
    """What the drafts that are out say; nothing before there are any."""
    if row.state != "draft":
        return {}
    board = sheets.board(work, row.track, window, row)
    return {
        one["region"]: (one["total"], one["status"], tuple(one["parts"].items()), tuple(one["basis"].items()))
        for one in board.rows
    }


def retell(work: Work, row: Row[Any], window: Window, before: Drafted, *, answered: str = "") -> Row[Any]:
    """Something changed while the drafts were out: each region whose score it changed reads it anew.

    One that did not object itself gets the time to do so (SPEC §5: never less than six hours).
    """
    after = as_drafted(work, row, window)
    changed = [region for region, now in after.items() if region in before and before[region] != now]
    if any(region != answered for region in changed):
        scheme, _ = schemes.scheme_for(work, row.track, window.key)
        until = objections_until(work, scheme.objection_hours)
        if until > row.objections_until:
            row = change(work, row, window, objections_until=until)
    for region in changed:
        if region != answered:
            tell_region(work, row, window, region, again="decided")
    return row


def _objection_buttons(work: Work, row: Row[Any], values: dict[str, Any]) -> Rows:
    regions = [region.name for region in work.world.campaign.regions]
    index = regions.index(values["region"])
    found = [one for part in values["parts"] for one in part["items"]][:MOST_ITEMS]
    buttons = [
        Button("object_to", "scobject", row.id, 0, f"{index}.{one['id']}", values={"number": one["serial"]})
        for one in found
    ]
    rows = [tuple(buttons[i : i + 3]) for i in range(0, len(buttons), 3)]
    return (*rows, (Button("object", "scobject", row.id, 0, f"{index}.0"),))
