"""What a bulletin's papers and pictures are made of: JSON values, nothing that they may not print."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Row, select

from bot.domain.bulletins import THEIRS, Kind, Stage, grids, settled
from bot.domain.consequences import Measure, MeasureState, Trigger
from bot.domain.masking import mask_numbers
from bot.ledger.desk import Work
from bot.ledger.tables import entries, measures, photos
from bot.services.bulletins import book, standing
from bot.services.bulletins.book import Issue
from bot.services.duties import days
from bot.services.field.visits import GOOD
from bot.services.scoring import sheets
from bot.services.scoring.showing import ORDER_ONLY
from bot.services.weekly import book as weekly

REPORTS: Final = {
    "on_time": "按时",
    "late": "迟报",
    "mending": "待更正",
    "partly": "未报全",
    "missing": "未报",
}
REGIONS, RANKING = "regions", "ranking"
MOST_GOOD: Final = 2
_WEEK: Final = timedelta(days=7)


def of(work: Work, row: Row[Any]) -> dict[str, Any]:
    """Everything that the paper, its picture and its files print."""
    one = book.issue_of(work, row)
    campaign = work.world.campaign
    track = campaign.track(row.track)
    content = row.content
    found = frozen(row) or living(work, row, one)
    printed = {
        "id": row.id,
        "kind": row.kind,
        "key": row.key,
        "label": one.label,
        "number": row.number or book.next_number(work, row.track, row.kind),
        "correction": row.correction,
        "correction_of": _corrected(work, row),
        "campaign": campaign.name,
        "track": track.name,
        "signature": f"{track.office}环境整治攻坚办",
        "draft": Stage(row.state) in (Stage.DRAFT, Stage.SUBMITTED),
        "day": campaign.today(row.approved_at or max(work.now, one.draft_at)).isoformat(),
        "first": one.first_day.isoformat(),
        "cut": campaign.local(one.window.cut).isoformat(),
        "figures": standing.without(
            {key: value for key, value in row.figures.items() if key not in ("trace", "living")},
            found.get("gone", ()),
        ),
        "texts": {key: mask_numbers(text) for key, text in content["texts"].items()},
        "paper": None,
        "scores": content["scores"],
        "resolved": [one for one in content["differences"] if one.get("choice") == THEIRS],
        "pictures": [picture(work, chosen) for chosen in content["pictures"]],
        "regions": [region.name for region in campaign.regions_of(row.track)],
        **found,
    }
    if printed["ranking"] and printed["ranking"].get("order_only"):
        printed["scores"] = False  # it was published as an order: no paper says more
    if content["paper"]:
        printed["paper"] = settled(content["paper"], content["differences"], grids(printed))
    return printed


def frozen(row: Row[Any]) -> dict[str, Any] | None:
    """What was read beside the figures when the paper was sent for approval; None before."""
    found: dict[str, Any] | None = row.figures.get("living")
    return None if row.state == Stage.DRAFT else found


def living(work: Work, row: Row[Any], one: Issue) -> dict[str, Any]:
    """What may still change until the paper is sent for approval: 周报, the ranking, what comes next."""
    return {
        "reports": _reports(work, row) if row.kind == Kind.WEEKLY else {},
        "ranking": ranking(work, row.track, row.key) if row.kind != Kind.WEEKLY else None,
        "criticised": _criticised(work, row) if row.content["criticism"] else [],
        "gone": standing.gone(work, row.figures),
        "good": _good_places(work, row.track, one),
        "next": _next(work, row.track, one),
    }


def _corrected(work: Work, row: Row[Any]) -> int | None:
    """The number that a 更正 stands in place of."""
    if not row.correction:
        return None
    found = book.of_number(work, row.track, row.kind, row.key, row.correction - 1)
    return found[0].number if found else None


def _reports(work: Work, row: Row[Any]) -> dict[str, str]:
    week = weekly.week_of_key(work, row.key)
    return {one.region: one.state for one in weekly.of_week(work, week, row.track)} if week else {}


def ranking(work: Work, track: str, key: str) -> dict[str, Any] | None:
    """The locked or published ranking of a window; None while it is open."""
    row = sheets.published(work, track, key)
    found = sheets.find(work, track, key)
    if found is not None and found.state in sheets.CLOSED:
        row = found
    if row is None:
        return None
    return {
        "sheet": row.id,
        "hash": row.hash,
        "correction": row.correction,
        "published": row.state == "published",
        "order_only": bool((row.decisions or {}).get(ORDER_ONLY)),
        "notes": list(row.data.get("notes", ())),
        "rows": [
            {name: one[name] for name in ("region", "rank", "total", "tied", "status", "basis")}
            for one in row.data["rows"]
        ],
    }


def _criticised(work: Work, row: Row[Any]) -> list[str]:
    """Regions whose 通报批评 by rank was confirmed; no other measure ever stands in a bulletin."""
    trigger = Trigger.MONTH_LAST if row.kind == Kind.MONTHLY else Trigger.TEN_DAY_LAST
    if row.kind == Kind.WEEKLY:
        return []
    return list(
        work.connection.execute(
            select(measures.c.region).where(
                measures.c.track == row.track,
                measures.c.trigger == trigger.value,
                measures.c.subject == row.key,
                measures.c.measure == Measure.CRITICISM.value,
                measures.c.state.in_([MeasureState.CONFIRMED.value, MeasureState.DONE.value]),
            )
        ).scalars()
    )


def _good_places(work: Work, track: str, one: Issue) -> list[str]:
    """Places whose visit was listed among the good practices 「列入好的做法」."""
    rows = work.connection.execute(
        select(entries.c.region, entries.c.township, entries.c.village)
        .where(
            entries.c.track == track,
            entries.c.kind == "visit",
            entries.c.note == GOOD,
            entries.c.mode == "open",
            entries.c.state.not_in(["draft", "void"]),
            entries.c.found_at >= one.window.start,
            entries.c.found_at < one.window.cut,
        )
        .order_by(entries.c.found_at)
        .limit(MOST_GOOD)
    ).all()
    known = work.world.reader.gazetteer
    return [
        f"{row.region}{row.township or ''}"
        + (row.village if row.village and known.villages_named(row.village, (row.region,)) else "")
        for row in rows
    ]


def _next(work: Work, track: str, one: Issue) -> dict[str, Any]:
    """The dates of the seven days after the paper's own: what is due, how many deadlines."""
    local = work.world.campaign.local
    end = one.due + _WEEK
    dues = [
        {"duty": due.duty.value, "at": local(due.due).isoformat()}
        for due in days.timetable(work).due_between(one.due, end)
        if due.track == track and due.duty.value in ("weekly", "ten_day", "ten_day_bulletin", "month_ranking")
    ]
    falling = work.connection.execute(
        select(entries.c.region).where(
            entries.c.track == track,
            entries.c.kind == "issue",
            entries.c.state.in_(["assigned", "acknowledged", "returned"]),
            entries.c.deadline >= one.due,
            entries.c.deadline < end,
            ~((entries.c.mode == "covert") & entries.c.handed_over_at.is_(None)),
        )
    ).all()
    return {"dues": dues, "deadlines": len(falling)}


def picture(work: Work, chosen: dict[str, Any]) -> dict[str, Any]:
    """A chosen pair: the files, the number, the place down to the village, the days."""
    ids = [chosen[which] for which in ("before", "after") if chosen.get(which)]
    local = work.world.campaign.local
    rows = {
        photo.id: photo for photo in work.connection.execute(select(photos).where(photos.c.id.in_(ids))).all()
    }

    def side(which: str) -> dict[str, Any] | None:
        photo = rows.get(chosen.get(which) or 0)
        if photo is None or photo.state != "stored" or not photo.file:
            return None
        return {"file": photo.file, "day": local(photo.sent_at).date().isoformat()}

    return {
        "number": chosen["number"],
        "kind": chosen.get("kind", "issue"),
        "place": chosen["place"],
        "region": chosen.get("region", ""),
        "category": chosen.get("category"),
        "hide": dict(chosen.get("hide") or {}),
        "before": side("before"),
        "after": side("after"),
    }
