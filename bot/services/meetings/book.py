"""What a 推进会 is made of: the month's published rankings, who speaks, what is worth a look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, bindparam, exists, select, update

from bot.domain.consequences import Measure, MeasureState, Trigger
from bot.domain.entries import Mode, State
from bot.domain.meetings import Ranked, decided, last, leading
from bot.domain.paper_rights import PaperAct, may_paper
from bot.ledger import events, people
from bot.ledger.desk import Work
from bot.ledger.prepared import Prepared
from bot.ledger.tables import entries, measures, photos
from bot.ledger.tables import meetings as table
from bot.services.field.visits import GOOD
from bot.services.refusals import NotUnderstood, NotYours
from bot.services.scoring import sheets, windows
from bot.services.scoring.windows import Window

MOST_OFFERED: Final = 8
MOST_VISITS: Final = 5

_by_id = Prepared(select(table).where(table.c.id == bindparam("id")))
_by_month = Prepared(select(table).where(table.c.month == bindparam("month")))


def get(work: Work, meeting_id: int) -> Row[Any]:
    """A meeting, for somebody of an office.

    Raises:
        NotYours: the actor is of no office.
        NotUnderstood: there is no such meeting.
    """
    if not may_paper(PaperAct.CALL_MEETING, work.actor):
        raise NotYours
    row = _by_id.first(work, id=meeting_id)
    if row is None:
        raise NotUnderstood(hint="old_button")
    found: Row[Any] = row
    return found


def of_month(work: Work, month: str) -> Row[Any]:
    """The meeting of a month; begun where nobody has looked at it yet."""
    row = _by_month.first(work, month=month)
    if row is None:
        work.insert(
            table, month=month, votes={}, visits=[], speakers=[], models=[], notices={}, told=[], at=work.now
        )
        row = _by_month.first(work, month=month)
    found: Row[Any] = row
    return found


def change(work: Work, row: Row[Any], what: str, **values: Any) -> Row[Any]:
    """Change a meeting; the record says who of which office, and what."""
    work.connection.execute(
        update(table).where(table.c.id == row.id).values(version=row.version + 1, **values)
    )
    events.record(
        work, "meeting_changed", body=f"office:{own_tracks(work)[0]}", data={"month": row.month, "what": what}
    )
    return get(work, row.id)


def own_tracks(work: Work) -> tuple[str, ...]:
    """The tracks for which the actor prepares meetings."""
    found = tuple(
        track for track in work.actor.offices() if may_paper(PaperAct.CALL_MEETING, work.actor, track)
    )
    if not found:
        raise NotYours
    return found


def offices(work: Work) -> tuple[str, ...]:
    """The tracks whose office has somebody who could decide."""
    return tuple(track.key for track in work.world.campaign.tracks if people.office_of(work, track.key))


# --- rankings -----------------------------------------------------------------------------------------


def window_of(work: Work, row: Row[Any]) -> Window:
    """The month as a window."""
    return windows.window(work, row.month)


def ranked(work: Work, track: str, month: str) -> list[Ranked]:
    """A track's published month, in rank order; empty until it is published."""
    sheet = sheets.published(work, track, month)
    if sheet is None:
        return []
    return [
        Ranked(one["region"], one["rank"], bool(one["last"]))
        for one in sheet.data["rows"]
        if one["rank"] is not None
    ]


def published(work: Work, month: str) -> tuple[str, ...]:
    """The tracks whose ranking of a month is published."""
    return tuple(
        track.key
        for track in work.world.campaign.tracks
        if sheets.published(work, track.key, month) is not None
    )


def last_regions(work: Work, month: str) -> list[str]:
    """Where the meeting can be held: the last regions of each track, in the notice's order."""
    return [region for track in work.world.campaign.tracks for region in last(ranked(work, track.key, month))]


def place(work: Work, row: Row[Any]) -> str | None:
    """Where it is held, once every office says the same, and it is still a last region."""
    found = decided(row.votes, offices(work))
    return found if found in last_regions(work, row.month) else None


def leaders(work: Work, tracks: Sequence[str], month: str) -> list[str]:
    """排序靠前: whose places are worth a look, and who may tell how it was done."""
    return [region for track in tracks for region in leading(ranked(work, track, month))]


# --- who speaks ---------------------------------------------------------------------------------------


def to_speak(work: Work, tracks: Sequence[str], month: str) -> tuple[list[str], list[str]]:
    """检查发言: regions whose 大会检查 for that month was confirmed, and those whose is still proposed."""
    rows = work.connection.execute(
        select(measures.c.region, measures.c.state).where(
            measures.c.track.in_(tracks),
            measures.c.trigger == Trigger.MONTH_LAST.value,
            measures.c.measure == Measure.MEETING.value,
            measures.c.subject == month,
        )
    ).all()
    order = [region.name for region in work.world.campaign.regions]
    confirmed = {row.region for row in rows if row.state in (MeasureState.CONFIRMED, MeasureState.DONE)}
    open_ = {row.region for row in rows if row.state == MeasureState.PROPOSED}
    return sorted(confirmed, key=order.index), sorted(open_, key=order.index)


def still_so(work: Work, track: str, notice_id: int, meeting: Mapping[str, Any]) -> bool:
    """Whether what a notice was made of holds when it is sent: its hour, its place, who speaks and why.

    A 更正 may have taken a last place back, a newer notice may have been made: the old one accuses nobody.
    """
    row = work.connection.execute(select(table).where(table.c.id == meeting["id"])).one()
    said, every = meeting["said"], [one.key for one in work.world.campaign.tracks]
    confirmed, _ = to_speak(work, every, row.month)
    begins = work.world.campaign.local(row.begins).isoformat() if row.begins else None
    return (
        row.notices.get(track) == notice_id
        and (said["begins"], said["place"], said["host"]) == (begins, row.hall, place(work, row) or "")
        and set(said["speakers"]) <= set(confirmed)
        and set(said["models"]) <= set(leaders(work, every, row.month))
    )


# --- 观摩点 -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Worth:
    """A place that can be shown to others: a good visit, or what was put right at the place."""

    entry_id: int
    region: str
    place: str
    why: str  # good | closed


def worth_seeing(work: Work, tracks: Sequence[str], month: Window) -> list[Worth]:
    """What the regions in front can show of that month: nothing covert, no report by the public.

    Good practices 「列入好的做法」 first, then what was closed on site with a picture before and after.
    """
    regions = leaders(work, tracks, month.key)
    if not regions:
        return []
    pictured = [
        exists().where(photos.c.entry_id == entries.c.id, photos.c.kind == kind, photos.c.state == "stored")
        for kind in ("before", "after")
    ]
    base = (
        entries.c.region.in_(regions),
        entries.c.mode == Mode.OPEN.value,
        entries.c.source == "group",
        entries.c.township.is_not(None),
        entries.c.found_at >= month.start,
        entries.c.found_at < month.end,
    )
    good = (*base, entries.c.kind == "visit", entries.c.note == GOOD)
    done = (
        *base, entries.c.kind == "issue", entries.c.state == State.CLOSED.value,
        entries.c.closed_how == "site", *pictured,
    )  # fmt: skip
    found: dict[str, Worth] = {}
    for why, conditions in (("good", good), ("closed", done)):
        rows = work.connection.execute(
            select(entries).where(*conditions).order_by(entries.c.found_at, entries.c.id).limit(40)
        ).all()
        for row in rows:
            known = work.world.reader.gazetteer.villages_named(row.village or "", (row.region,))
            said = f"{row.township}{row.village if known else ''}"
            found.setdefault(f"{row.region}{said}", Worth(row.id, row.region, said, why))
    return list(found.values())[:MOST_OFFERED]


def good_places(work: Work, tracks: Sequence[str], month: Window) -> list[str]:
    """The places of a month's good practices, for the speech."""
    return [one.region + one.place for one in worth_seeing(work, tracks, month) if one.why == "good"][:2]
