"""An archive's papers: what was published, issued and handed in, to be made anew from the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, select

from bot.ledger.desk import Work
from bot.ledger.tables import bulletins, entries, notice_items, notices, outbox, score_sheets, warning_letters
from bot.services.archive.entries import NEVER, said
from bot.services.bulletins import book, values
from bot.services.followup.notices import paper_values
from bot.services.outgoing import File
from bot.services.scoring import windows
from bot.services.scoring.windows import UnknownWindow
from bot.services.warnings import letters, paper
from bot.services.weekly import book as weekly
from bot.services.weekly.board import merged_values

BULLETINS: Final = "通报"
LETTERS: Final = "督办警示"
NOTICES: Final = "督办通知"
WEEKLY: Final = "周报汇总"

_WITHDRAWN: Final = "withdrawn"


@dataclass(frozen=True, slots=True)
class Record:
    """One paper: what its list says of it (`facts`), the files that it has (none: it was taken down)."""

    kind: str
    facts: Mapping[str, Any]
    files: tuple[File, ...] = ()
    again: bool = False
    """It was made anew from the ledger as it stands now: what was sent is not kept so long."""

    @property
    def kept_back(self) -> bool:
        """Whether its files, which stand as they were sent, tell of a measure against persons."""
        return any(_tells(file.values) for file in self.files)


def _tells(value: Any) -> bool:
    if isinstance(value, str):
        return NEVER.search(value) is not None
    if isinstance(value, Mapping):
        return any(_tells(one) for one in value.values())
    return isinstance(value, list | tuple) and any(_tells(one) for one in value)


def papers(work: Work) -> Iterator[Record]:
    """Every paper, kind by kind, oldest first."""
    yield from _bulletins(work)
    yield from _letters(work)
    yield from _notices(work)
    yield from _weekly(work)


def _bulletins(work: Work) -> Iterator[Record]:
    rows = work.connection.execute(
        select(bulletins)
        .where(bulletins.c.state.in_(("published", "superseded", _WITHDRAWN)))
        .order_by(bulletins.c.published_at, bulletins.c.id)
    ).all()
    for row in rows:
        one = book.issue_of(work, row)
        track = work.world.campaign.track(row.track).name
        facts = {
            "track": track,
            "label": one.label,
            "number": row.number,
            "correction": row.correction,
            "state": _WITHDRAWN if row.withdrawn_at else row.state,
            "day": _day(work, row.published_at),
            "reason": said(work, row.reason),
            "sealed": bool(row.sealed),
        }
        files: tuple[File, ...] = ()
        if row.withdrawn_at is None:  # what was taken down stays down, corrected or not
            made = values.of(work, row)
            name = f"{track}第{row.number}期_{one.label}{'_更正' if row.correction else ''}"
            files = tuple(File(f"bulletin_{form}", f"{name}.{form}", made) for form in ("docx", "pdf"))
        yield Record(BULLETINS, facts, files)


def _letters(work: Work) -> Iterator[Record]:
    rows = work.connection.execute(
        select(warning_letters)
        .where(
            warning_letters.c.state.in_((letters.ISSUED, letters.REVOKED)),
            warning_letters.c.data.is_not(None),
        )
        .order_by(warning_letters.c.approved_at, warning_letters.c.id)
    ).all()
    for row in rows:
        named = letters.entries_of(work, row.id)
        words = paper.current(work, row, named)
        facts = {
            "number": row.number,
            "region": row.region,
            "group": row.data.get("group", ""),
            "day": _day(work, row.approved_at),
            "due": _day(work, row.due),
            "entries": [entry.number for entry in named],
            "signed": _day(work, row.signed_at),
            "replied": _day(work, row.replied_at),
            "revoked": _day(work, row.revoked_at),
        }
        made = tuple(
            File(one.make, f"{row.number or row.id}_{one.name}", one.values)
            for one in (paper.file(row, words, form) for form in ("docx", "pdf"))
        )
        yield Record(LETTERS, facts, made)


def _notices(work: Work) -> Iterator[Record]:
    rows = work.connection.execute(select(notices).order_by(notices.c.day, notices.c.id)).all()
    for row in rows:
        made = _as_sent(work, row)
        named = _named(work, row)
        if not named:
            continue
        sent = made is not None
        made = made or paper_values(work, row.region, row.sender, named, row.day)
        facts = {
            "day": row.day,
            "region": row.region,
            "sender": made["sender_short"],
            "entries": [entry.number for entry in named],
        }
        again = "" if sent else "_据台账重制"
        name = f"督办通知_{row.region}_{row.day}_{made['sender_short']}{again}.docx"
        yield Record(NOTICES, facts, (File("notice", name, made),), again=not sent)


def _named(work: Work, notice: Row[Any]) -> list[Row[Any]]:
    """The entries that stand on a notice, but for those that nobody may know of any more."""
    return list(
        work.connection.execute(
            select(entries)
            .join(notice_items, notice_items.c.entry_id == entries.c.id)
            .where(notice_items.c.notice_id == notice.id)
            .where((entries.c.mode != "covert") | entries.c.handed_over_at.is_not(None))
            .order_by(entries.c.id)
        ).all()
    )


def _as_sent(work: Work, notice: Row[Any]) -> dict[str, Any] | None:
    """What a notice was made of when it was sent; the outbox keeps it for some weeks."""
    key = f"notice:{notice.region}:{notice.sender}:{notice.day}"
    payload = work.connection.execute(select(outbox.c.payload).where(outbox.c.dedup == key)).scalar()
    found: dict[str, Any] | None = ((payload or {}).get("file") or {}).get("values")
    return found


def _weekly(work: Work) -> Iterator[Record]:
    for week in windows.calendar(work).weeks:
        for track in work.world.campaign.tracks:
            found = weekly.of_week(work, week, track.key) if week.start <= work.now else []
            handed = sum(report.table_at is not None for report in found)
            if not handed:
                continue
            facts = {
                "track": track.name,
                "week": week.key.isoformat(),
                "handed": handed,
                "regions": len(found),
            }
            name = f"周报汇总_{track.name}_{week.key.isoformat()}.xlsx"
            made = merged_values(work, week, track.key, by="归档")
            for one in made["regions"]:
                for part in ("texts", "heads"):
                    one[part] = {key: said(work, text) for key, text in one[part].items()}
            yield Record(WEEKLY, facts, (File("weekly_merged", name, made),))


@dataclass(frozen=True, slots=True)
class Ranking:
    """A ranking as it was published, or what a 更正 has superseded."""

    track: str
    label: str
    first: str
    last: str
    correction: int
    superseded: bool
    day: str
    reason: str
    rows: tuple[Mapping[str, Any], ...]


def rankings(work: Work) -> Iterator[Ranking]:
    """Every ranking that was ever published, by track and period."""
    rows = work.connection.execute(
        select(score_sheets)
        .where(
            score_sheets.c.state.in_(("published", "superseded")),
            score_sheets.c.published_at.is_not(None),
            score_sheets.c.data.is_not(None),
        )
        .order_by(score_sheets.c.track, score_sheets.c.period, score_sheets.c.correction)
    ).all()
    for row in rows:
        try:
            window = windows.window(work, row.period)
        except UnknownWindow:
            continue  # the campaign's days were changed since
        yield Ranking(
            work.world.campaign.track(row.track).name,
            window.label,
            window.first_day.isoformat(),
            window.last_day.isoformat(),
            row.correction,
            row.state == "superseded",
            _day(work, row.published_at),
            said(work, row.reason),
            tuple(
                {key: one.get(key) for key in ("region", "rank", "total", "tied", "status")}
                for one in row.data["rows"]
            ),
        )


def _day(work: Work, instant: Any) -> str:
    return f"{work.world.campaign.local(instant):%Y-%m-%d}" if instant is not None else ""
