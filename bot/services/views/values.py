"""The values of an entry that more than one card shows: place, deadline, photos, bodies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from bot.domain.entries import Mode, Source, State, is_overdue
from bot.domain.masking import mask_numbers
from bot.domain.permissions import Standing
from bot.ledger import entries as book
from bot.ledger.desk import Work
from bot.services import life
from bot.services.duties import days
from bot.services.views.places import NOBODY, OWN, place_of, spot_of


def what_county_reads(entry: Row[Any]) -> str:
    """The problem in the words that may leave the group.

    A report of the public never in its own, a covert finding never in the words that tell of it.
    Mobile and identity numbers are masked (red lines (b) and (e)).
    """
    if entry.source == Source.PUBLIC or entry.mode == Mode.COVERT:
        return mask_numbers(entry.public_text or "")
    return mask_numbers(entry.public_text or entry.description)


def problem_for(entry: Row[Any], having: frozenset[Standing]) -> str:
    """The problem as this reader may read it: the caption's own words, or those written for the county.

    The caller's words stay with the office; what tells of a covert visit with those who made it.
    Numbers are masked for all but the filer and the filing group (red line (e)).
    """
    if not having - {Standing.CONTACT, Standing.TOWNSHIP}:
        return what_county_reads(entry)
    if entry.source == Source.PUBLIC and Standing.OFFICE not in having:
        return what_county_reads(entry)
    if entry.mode == Mode.COVERT and not knows_visit(having):
        return what_county_reads(entry)
    return str(entry.description) if having & OWN else mask_numbers(entry.description)


def knows_visit(having: frozenset[Standing]) -> bool:
    """Whether somebody may know who made a covert visit, and when: its own group, the office."""
    return bool(having & {Standing.GROUP, Standing.FILER, Standing.OFFICE})


def entry_values(
    work: Work,
    entry: Row[Any],
    having: frozenset[Standing] = NOBODY,
    photos: Sequence[Row[Any]] | None = None,
) -> dict[str, Any]:
    """The fields of an entry that every reader's text may use; restricted ones are added per reader.

    Without standings the place is told as to somebody outside. `photos` are the entry's, where the caller
    has them already.
    """
    local = work.world.campaign.local
    deadline = local(entry.deadline) if entry.deadline else None
    today = work.world.campaign.today(work.now)
    return {
        "number": entry.number,
        "state": entry.state,
        "region": entry.region,
        "place": place_of(work, entry, having),
        "spot": spot_of(work, entry, having),
        "township_place": place_of(work, entry, to="township"),
        "category": entry.category,
        "severity": entry.severity,
        "handling": entry.handling,
        "deadline": deadline,
        "days_left": (deadline.date() - today).days if deadline else None,
        "overdue": is_overdue(State(entry.state), entry.deadline, work.now),
        "day_off": deadline is not None and not days.works_on(work)(deadline.date()),
        "round": entry.round,
        "returns": entry.returns,
        "warnings": entry.warnings,
        "found_at": local(entry.found_at),
        "assigned_at": _local(work, entry.assigned_at),
        "acknowledged_at": _local(work, entry.acknowledged_at),
        "submitted_at": _local(work, entry.submitted_at),
        "closed_at": _local(work, entry.closed_at),
        "closed_how": entry.closed_how,
        "measures": mask_numbers(entry.measures or ""),
        "county_leader": mask_numbers(entry.county_leader or ""),
        "section_officer": mask_numbers(entry.section_officer or ""),
        "has_position": entry.lat is not None,
        **_photo_counts(book.photos_of(work, entry.id) if photos is None else photos),
    }


def _local(work: Work, instant: datetime | None) -> datetime | None:
    return None if instant is None else work.world.campaign.local(instant)


def _photo_counts(rows: Sequence[Row[Any]]) -> dict[str, Any]:
    return {
        "before": sum(row.kind == "before" for row in rows),
        "after": sum(row.kind == "after" for row in rows),
        "attachments": sum(row.kind == "attachment" for row in rows),
        "forwarded": any(row.forwarded for row in rows if row.kind == "before"),
        "faults": [
            {"kind": row.kind, "seq": row.seq, "fault": row.fault} for row in rows if row.fault is not None
        ],
    }


def last_body(work: Work, entry: Row[Any]) -> str:
    """Which body made the latest move, named as everybody may read it."""
    last = book.last_move(work, entry.id)
    return life.body_shown(work, entry, last.body) if last else ""


def sender_of(work: Work, entry: Row[Any]) -> str:
    """Who the county reads as sender: the group, or the office for covert and other sources (SPEC §2)."""
    campaign = work.world.campaign
    if entry.mode == Mode.COVERT or entry.group_key is None:
        return campaign.office_name
    return campaign.group_title(entry.group_key)


def identity_title(work: Work, entry: Row[Any]) -> str:
    """As whom the entry was filed, for its filer."""
    campaign = work.world.campaign
    if entry.group_key is not None:
        return campaign.group_title(entry.group_key)
    if entry.source == Source.GANZHUANZHENG:
        return "市「敢转争」督导组"
    return campaign.track(entry.track).office if entry.track else campaign.office_name
