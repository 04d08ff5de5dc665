"""What was handed in: one row an owner, duty and window as it counts now, and every part as it came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, bindparam, func, select, update

from bot.ledger.desk import Work
from bot.ledger.prepared import Prepared
from bot.ledger.tables import report_parts, reports

_of_track = Prepared(
    select(reports).where(
        reports.c.duty == bindparam("duty"),
        reports.c.key == bindparam("key"),
        reports.c.track == bindparam("track"),
    )
)
_of_owner = Prepared(
    select(reports).where(
        reports.c.duty == bindparam("duty"),
        reports.c.key == bindparam("key"),
        reports.c.owner == bindparam("owner"),
    )
)


def of_owner(work: Work, duty: str, key: str, owner: str) -> Row[Any] | None:
    """The report of one region or group for one window."""
    found: Row[Any] | None = _of_owner.first(work, duty=duty, key=key, owner=owner)
    return found


def of_track(work: Work, duty: str, key: str, track: str) -> dict[str, Row[Any]]:
    """A track's reports for one window, by their owners."""
    return {row.owner: row for row in _of_track.all(work, duty=duty, key=key, track=track)}


def figures_before(work: Work, duty: str, key: str, owner: str) -> Sequence[Any]:
    """The figures an owner handed in for earlier windows, oldest first."""
    return (
        work.connection.execute(
            select(reports.c.figures)
            .where(
                reports.c.duty == duty,
                reports.c.owner == owner,
                reports.c.key < key,
                reports.c.figures.is_not(None),
            )
            .order_by(reports.c.key)
        )
        .scalars()
        .all()
    )


def heads_before(work: Work, duty: str, key: str, owner: str) -> dict[str, str]:
    """The head of an owner's last report before a window; empty where there is none."""
    found = work.connection.execute(
        select(reports.c.heads)
        .where(
            reports.c.duty == duty,
            reports.c.owner == owner,
            reports.c.key < key,
            reports.c.heads.is_not(None),
        )
        .order_by(reports.c.key.desc())
        .limit(1)
    ).scalar()
    return dict(found or {})


def write(
    work: Work, report_id: int, values: Mapping[str, Any], *, duty: str, key: str, track: str, owner: str
) -> int:
    """Write a report as it stands now, as a new one where `report_id` is 0; gives its id."""
    now = {**values, "updated_at": work.now}
    if report_id:
        work.connection.execute(update(reports).where(reports.c.id == report_id).values(**now))
        return report_id
    return work.insert(reports, duty=duty, key=key, track=track, owner=owner, **now)


def add_part(work: Work, report_id: int, revision: int, kind: str, **values: Any) -> int:
    """Keep what came, as it came; gives the part's id."""
    return work.insert(
        report_parts, report_id=report_id, revision=revision, kind=kind, received_at=work.now,
        member_id=work.actor.member_id or None, **values,
    )  # fmt: skip


def words_in(work: Work, chat_id: int, message_id: int) -> str | None:
    """As what words of a report came with a message: `lines`, `summary`, `remarks`; None: it is no part."""
    query = select(report_parts.c.kind).where(
        report_parts.c.chat_id == chat_id,
        report_parts.c.message_id == message_id,
        report_parts.c.kind.in_(("lines", "summary", "remarks")),
    )
    found: str | None = work.connection.execute(query.limit(1)).scalar()
    return found


def scans(work: Work, report_id: int) -> int:
    """How many sealed scans came with a report."""
    query = select(func.count()).where(report_parts.c.report_id == report_id, report_parts.c.kind == "scan")
    return int(work.connection.execute(query).scalar_one())


def parts_of(work: Work, report_id: int) -> Sequence[Row[Any]]:
    """Everything that came for a report, oldest first."""
    return work.connection.execute(
        select(report_parts).where(report_parts.c.report_id == report_id).order_by(report_parts.c.id)
    ).all()
