"""Bulletins as the ledger keeps them: rows, versions, windows, moves along the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Row, bindparam, func, or_, select, update

from bot.domain.bulletins import EDITABLE, Kind, Stage, may_go
from bot.domain.duties import Due, Timetable
from bot.domain.paper_rights import PaperAct, may_paper
from bot.ledger import events
from bot.ledger.desk import Work
from bot.ledger.prepared import Prepared
from bot.ledger.tables import bulletin_versions, bulletins
from bot.services.bulletins.figures import Window
from bot.services.duties import days
from bot.services.refusals import BulletinNotNow, NoSuchEntry

NOTHING: Final[Mapping[str, Any]] = {
    "texts": {},
    "paper": None,
    "pictures": [],
    "scores": True,
    "criticism": True,
    "differences": [],
}
"""What nobody has written anything into yet."""

_by_id = Prepared(select(bulletins).where(bulletins.c.id == bindparam("bulletin")))
_of_window = Prepared(
    select(bulletins)
    .where(
        bulletins.c.track == bindparam("track"),
        bulletins.c.kind == bindparam("kind"),
        bulletins.c.key == bindparam("key"),
        bulletins.c.state != Stage.DROPPED.value,
    )
    .order_by(bulletins.c.correction.desc())
    .limit(1)
)
_since = Prepared(
    select(bulletins).where(bulletins.c.key >= bindparam("key"), bulletins.c.state != Stage.DROPPED.value)
)


@dataclass(frozen=True, slots=True)
class Issue:
    """What a bulletin is about: its window, the one before, and when it is due."""

    track: str
    kind: Kind
    key: str
    window: Window
    first_day: date
    """The first day printed: as in the period's ranking and reports."""
    before: Window | None
    draft_at: datetime
    due: datetime
    label: str
    """第3周, 5月中旬, 5月."""


def issues(work: Work, track: str) -> list[Issue]:
    """Every bulletin that a track's office owes in the whole campaign, in the order of its dues."""
    return list(_issues(days.timetable(work), track))


@lru_cache(maxsize=8)
def _issues(timetable: Timetable, track: str) -> tuple[Issue, ...]:
    calendar = timetable.calendar
    found: list[Issue] = []

    def add(kind: Kind, key: str, due: Due, label: str, first: date, windows: list[Window]) -> None:
        before = windows[-2] if len(windows) > 1 else None
        day = due.due.astimezone(calendar.zone).date()
        found.append(
            Issue(
                track, kind, key, windows[-1], first, before,
                calendar.at(day, timetable.times.bulletin_drafted), due.due, label,
            )
        )  # fmt: skip

    weeks = [Window(week.start, week.end) for week in calendar.weeks]
    for rank, week in enumerate(calendar.weeks, 1):
        due = timetable.weekly_bulletin(week, track)
        first = week.start.astimezone(calendar.zone).date()
        add(Kind.WEEKLY, week.key.isoformat(), due, f"第{week.number}周", first, weeks[:rank])
    periods = [Window(period.start, period.end) for period in calendar.periods]
    for rank, period in enumerate(calendar.periods, 1):
        due = timetable.ten_day_bulletin(period, track)
        add(Kind.TENDAY, period.key.isoformat(), due, period.label, period.first_day, periods[:rank])
    months: list[Window] = []
    for month in calendar.months:
        own = calendar.periods_of(month)
        months.append(Window(own[0].start, own[-1].end))
        due = timetable.month_ranking(month, track)
        add(Kind.MONTHLY, month.key, due, month.label, own[0].first_day, months[:])
    return tuple(sorted(found, key=lambda one: (one.due, one.kind.value)))


def issue(work: Work, track: str, kind: str, key: str) -> Issue:
    """The bulletin of a window.

    Raises:
        NoSuchEntry: there is no such window.
    """
    for one in issues(work, track):
        if one.kind == kind and one.key == key:
            return one
    raise NoSuchEntry


def issue_of(work: Work, row: Row[Any]) -> Issue:
    """What a bulletin's row is about."""
    return issue(work, row.track, row.kind, row.key)


# --- rows ---------------------------------------------------------------------------------------------


def get(work: Work, bulletin_id: int) -> Row[Any] | None:
    """A bulletin by id."""
    found: Row[Any] | None = _by_id.first(work, bulletin=bulletin_id)
    return found


def of_window(work: Work, track: str, kind: str, key: str) -> Row[Any] | None:
    """The newest bulletin of a window, its latest 更正."""
    found: Row[Any] | None = _of_window.first(work, track=track, kind=kind, key=key)
    return found


def since(work: Work, key: str) -> dict[tuple[str, str, str], Row[Any]]:
    """The newest bulletins of the windows from a key on, by track, kind and key."""
    found: dict[tuple[str, str, str], Row[Any]] = {}
    for row in _since.all(work, key=key):
        known = found.get((row.track, row.kind, row.key))
        if known is None or known.correction < row.correction:
            found[row.track, row.kind, row.key] = row
    return found


def latest(work: Work, track: str, most: int = 8) -> list[Row[Any]]:
    """A track's bulletins, the newest first."""
    return list(
        work.connection.execute(
            select(bulletins)
            .where(bulletins.c.track == track, bulletins.c.state != Stage.DROPPED.value)
            .order_by(bulletins.c.id.desc())
            .limit(most)
        ).all()
    )


def of_number(work: Work, track: str, kind: str, key: str, correction: int) -> list[Row[Any]]:
    """The bulletin of a window with that number of 更正, if there is one."""
    return list(
        work.connection.execute(
            select(bulletins).where(
                bulletins.c.track == track,
                bulletins.c.kind == kind,
                bulletins.c.key == key,
                bulletins.c.correction == correction,
            )
        ).all()
    )


_out = Prepared(
    select(bulletins).where(
        or_(*(bulletins.c.state == one.value for one in (Stage.PUBLISHED, Stage.REPORTED, Stage.WITHDRAWN))),
        or_(
            bulletins.c.published_at >= bindparam("since"),
            bulletins.c.reported_at >= bindparam("since"),
            bulletins.c.withdrawn_at >= bindparam("since"),
        ),
    )
)


def out_since(work: Work, instant: datetime) -> list[Row[Any]]:
    """What was printed, sent to the leaders or taken down since an instant."""
    return list(_out.all(work, since=instant))


def add(work: Work, one: Issue, figures: Mapping[str, Any], **values: Any) -> Row[Any]:
    """A new bulletin of a window; gives its row."""
    content = values.pop("content", dict(NOTHING))
    bulletin_id = work.insert(
        bulletins, track=one.track, kind=one.kind.value, key=one.key, figures=dict(figures), content=content,
        created_at=work.now, **values,
    )  # fmt: skip
    row = get(work, bulletin_id)
    assert row is not None
    _keep(work, row, "draft")
    return row


def held(work: Work, bulletin_id: int) -> Row[Any]:
    """A bulletin for whoever may issue it.

    Raises:
        NoSuchEntry: there is none, or none of the actor's.
    """
    row = get(work, bulletin_id)
    if row is None or not may_issue(work, row):
        raise NoSuchEntry
    return row


def fresh(row: Row[Any], version: int) -> None:
    """Let a press pass when nothing has changed since its button was made.

    Raises:
        BulletinNotNow: somebody was first.
    """
    if version and version != row.version:
        raise BulletinNotNow(why="moved", state=row.state)


def change(
    work: Work,
    row: Row[Any],
    what: str,
    content: Mapping[str, Any],
    *,
    file: tuple[str, str] | None = None,
    why: str = "",
) -> Row[Any]:
    """Write new words into a bulletin, as a new version; what was agreed to becomes a draft again.

    Raises:
        BulletinNotNow: it is being judged, or is out already.
    """
    if Stage(row.state) not in EDITABLE:
        raise BulletinNotNow(why="submitted" if row.state == Stage.SUBMITTED else "out", state=row.state)
    fresh_row = _write(
        work, row, content=dict(content), state=Stage.DRAFT.value, approved_by=None, approved_at=None,
        reported_at=None, sealed=None,  # what was sent or sealed is not this paper
    )  # fmt: skip
    _keep(work, fresh_row, what, file)
    said = {"bulletin": row.id, "what": what, "version": fresh_row.version, "reason": why}
    events.record(work, "bulletin_changed", body=f"office:{row.track}", data=said)
    return fresh_row


def go(
    work: Work, row: Row[Any], to: Stage, what: str, data: Mapping[str, Any] | None = None, **values: Any
) -> Row[Any]:
    """Move a bulletin along its way, with an event.

    Raises:
        BulletinNotNow: it is not where this can be done.
    """
    if not may_go(Stage(row.state), to):
        raise BulletinNotNow(why="moved", state=row.state)
    fresh_row = _write(work, row, state=to.value, **values)
    said = {"bulletin": row.id, "number": fresh_row.number, "from": row.state, "to": to.value, **(data or {})}
    events.record(work, what, body=f"office:{row.track}", data=said)
    return fresh_row


def put(work: Work, row: Row[Any], **values: Any) -> Row[Any]:
    """Set what is no move and no words: when it was drafted, its figures, the sealed paper."""
    return _write(work, row, **values)


def _write(work: Work, row: Row[Any], **values: Any) -> Row[Any]:
    done = work.connection.execute(
        update(bulletins)
        .where(bulletins.c.id == row.id, bulletins.c.version == row.version)
        .values(version=row.version + 1, **values)
    ).rowcount
    if not done:
        raise BulletinNotNow(why="moved", state=row.state)
    found = get(work, row.id)
    assert found is not None
    return found


def _keep(work: Work, row: Row[Any], what: str, file: tuple[str, str] | None = None) -> None:
    work.insert(
        bulletin_versions, bulletin_id=row.id, version=row.version, what=what, content=row.content,
        member_id=work.actor.member_id or None, at=work.now,
        file_id=file[0] if file else None, file_name=file[1][:128] if file else None,
    )  # fmt: skip


def next_number(work: Work, track: str, kind: str) -> int:
    """The next 第N期 of a track and kind."""
    highest = work.connection.execute(
        select(func.max(bulletins.c.number)).where(bulletins.c.track == track, bulletins.c.kind == kind)
    ).scalar()
    return int(highest or 0) + 1


def may_issue(work: Work, row: Row[Any]) -> bool:
    """Whether the actor may read, change and issue a bulletin."""
    return may_paper(PaperAct.ISSUE_BULLETIN, work.actor, row.track)


UNDO_SECONDS: Final = 60
UNDO_WITHIN: Final = timedelta(seconds=UNDO_SECONDS)
"""How long 「印发」 and 「报送」 wait for a 「撤销」 before anything leaves."""
DOWN_WITHIN: Final = timedelta(hours=48)
"""How long a post can be taken down: Telegram deletes no older one."""
