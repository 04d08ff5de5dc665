"""The numbers of a group's ten-day period, counted from the ledger, and what its papers are made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Row, or_, select

from bot.domain.calendar import Period
from bot.domain.entries import Mode, State, is_overdue
from bot.domain.masking import mask_numbers
from bot.domain.permissions import Standing
from bot.ledger import entries as book
from bot.ledger.desk import Work
from bot.ledger.tables import entries
from bot.services.outgoing import File
from bot.services.tenday import standing
from bot.services.tenday.standing import Report
from bot.services.views.places import spot_of
from bot.services.views.values import problem_for
from bot.services.warnings import counting as warned

OWN: Final = frozenset({Standing.GROUP})
MOST_ROWS: Final = 300
"""A period of a group has some dozens; a document of more is nobody's reading."""


def _found(work: Work, period: Period, group: str, kind: str = "issue") -> Sequence[Row[Any]]:
    """What a group found in a period; what is covert and not handed over is on no paper."""
    return work.connection.execute(
        select(entries)
        .where(
            entries.c.group_key == group,
            entries.c.kind == kind,
            entries.c.found_at >= period.start,
            entries.c.found_at < period.end,
            entries.c.state.not_in([State.DRAFT.value, State.VOID.value]),
            or_(entries.c.mode != Mode.COVERT.value, entries.c.handed_over_at.is_not(None)),
        )
        .order_by(entries.c.found_at, entries.c.id)
    ).all()


def numbers(work: Work, period: Period, group: str) -> dict[str, Any]:
    """Days out, places, what was found and what became of it (FORMS §1.5)."""
    issues = _found(work, period, group)
    visits = _found(work, period, group, "visit")
    both = [*issues, *visits]
    today = work.world.campaign.today
    main = Counter((row.category or "other").split(".")[0] for row in issues)
    return {
        "days": len({today(row.found_at) for row in both}),
        "people": len({(today(row.found_at), row.filer_id) for row in both}),
        "townships": len({(row.region, row.township) for row in both if row.township}),
        "villages": len({(row.region, row.township, row.village) for row in both if row.village}),
        "spots": len(both),
        "found": len(issues),
        "clean": len(visits),
        "onsite": sum(
            row.handling == "onsite" or (row.state == State.CLOSED and row.assigned_at is None)
            for row in issues
        ),
        "assigned": sum(row.assigned_at is not None for row in issues),
        "warnings": len(
            warned.of_period(work, work.world.campaign.group(group).track, period.start, period.end, group)
        ),
        "closed": sum(row.state == State.CLOSED for row in issues),
        "overdue": sum(is_overdue(State(row.state), row.deadline, work.now) for row in issues),
        "categories": [[key, count] for key, count in main.most_common()],
        "regions": [
            [region, sum(row.region == region for row in issues)]
            for region in work.world.campaign.group(group).regions
            if any(row.region == region for row in both)
        ],
    }


def paper(work: Work, report: Report, form: str = "docx") -> File:
    """The drafted 督导报告, as .docx or as PDF."""
    campaign = work.world.campaign
    group = campaign.group(report.group)
    key = report.period.key.isoformat()
    values = {
        "campaign": campaign.name,
        "office": f"{campaign.track(group.track).office}「环境整治攻坚办」",
        "title": campaign.group_title(report.group),
        "group": group.name,
        "period": standing.printed(work, report.period),
        "day": campaign.today(report.sent_at or work.now).isoformat(),
        "numbers": numbers(work, report.period, report.group),
        "texts": dict(report.texts),
        "regions": [_of_region(work, report, region) for region in group.regions],
    }
    make = "tenday_report_pdf" if form == "pdf" else "tenday_report"
    return File(make, f"督导报告-{campaign.group_title(report.group)}-{key}.{form}", values)


def _of_region(work: Work, report: Report, region: str) -> dict[str, Any]:
    """A region's findings in a line each, the overdue and the severe first."""
    issues = [row for row in _found(work, report.period, report.group) if row.region == region]
    ordered = sorted(
        issues,
        key=lambda row: (
            not is_overdue(State(row.state), row.deadline, work.now),
            row.severity == "normal",
            row.id,
        ),
    )
    return {
        "region": region,
        "found": len(issues),
        "closed": sum(row.state == State.CLOSED for row in issues),
        "overdue": sum(is_overdue(State(row.state), row.deadline, work.now) for row in issues),
        "lines": [{"spot": spot_of(work, row, OWN), "category": row.category} for row in ordered[:8]],
    }


def ledger(work: Work, report: Report) -> File:
    """The 问题台账 of the period as a workbook with thumbnails."""
    campaign = work.world.campaign
    rows = _found(work, report.period, report.group)[:MOST_ROWS]
    key = report.period.key.isoformat()
    values = {
        "campaign": campaign.name,
        "title": campaign.group_title(report.group),
        "period": standing.printed(work, report.period),
        "made": work.local.isoformat(),
        "rows": [_row(work, row) for row in rows],
    }
    return File("tenday_ledger", f"问题台账-{campaign.group_title(report.group)}-{key}.xlsx", values)


def _row(work: Work, row: Row[Any]) -> dict[str, Any]:
    local = work.world.campaign.local
    pictures = [
        one
        for one in book.photos_of(work, row.id)
        if one.kind in ("before", "after") and one.state == "stored"
    ]
    before = next((one for one in pictures if one.kind == "before"), None)
    after = next((one for one in reversed(pictures) if one.kind == "after"), None)
    return {
        "number": row.number,
        "found_at": local(row.found_at).isoformat(),
        "region": row.region,
        "spot": spot_of(work, row, OWN),
        "category": row.category,
        "problem": mask_numbers(problem_for(row, OWN)),
        "handling": row.handling,
        "deadline": local(row.deadline).isoformat() if row.deadline else None,
        "leader": mask_numbers(row.county_leader or ""),
        "officer": mask_numbers(row.section_officer or ""),
        "measures": mask_numbers(row.measures or ""),
        "state": row.state,
        "closed_at": local(row.closed_at).isoformat() if row.closed_at else None,
        "warnings": row.warnings or 0,
        "late": max(0, (work.local.date() - local(row.deadline).date()).days)
        if row.deadline and is_overdue(State(row.state), row.deadline, work.now)
        else 0,
        "before": before.file if before is not None else None,
        "after": after.file if after is not None else None,
    }
