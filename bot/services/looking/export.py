"""What an export 导出 holds: entries and events as plain values, and the log's line that it was made.

The person at the command line is the admin, who sees no entries in the chat but keeps the machine on
which they lie: the export is the office's act. It is logged, it is marked, and what is covert and not handed
over is not in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row

from bot.domain.entries import Source, State, is_overdue
from bot.domain.masking import mask_numbers
from bot.ledger import events as log
from bot.ledger import export as book
from bot.ledger import people
from bot.ledger.desk import Work
from bot.services.outgoing import say
from bot.services.views.places import spot_for, village_for

KEYS = (
    "number", "state", "track", "group", "source", "inspection_mode", "region", "township", "village", "spot",
    "category", "description", "handling", "severity", "deadline", "found_at", "assigned_at",
    "acknowledged_at", "submitted_at", "closed_at", "overdue_days", "returns", "warnings", "chain", "round",
    "photos",
)  # fmt: skip
"""The keys of an exported entry, in order (SPEC §8)."""


@dataclass(frozen=True, slots=True)
class Exported:
    """One entry: `values` has the keys of SPEC §8, `more` what the printed ledger adds (FORMS §1.2).

    Times are aware, on the campaign's wall clock. `public_text` is what a county may read where that is
    not the filer's own words. `row` and `pictures` are what the ledger has.
    """

    id: int
    values: Mapping[str, Any]
    more: Mapping[str, Any]
    row: Row[Any]
    pictures: Sequence[Row[Any]] = ()


def count(work: Work, what: str) -> int:
    """How many rows an export of `entries` or `events` has now."""
    return book.count_entries(work) if what == "entries" else book.count_events(work)


def entries(work: Work) -> Iterator[Exported]:
    """Every entry that an export may hold, page by page from the open snapshot."""
    for page in book.entry_pages(work):
        yield from of_page(work, page)


def of_page(
    work: Work, page: Sequence[Row[Any]], seen: ColumnElement[bool] | None = None
) -> Iterator[Exported]:
    """The entries of a page with their photos; `seen`: chains of what a reader sees alone."""
    photos = book.photos_of(work, [row.id for row in page])
    chains = book.chains(work, [row.chain_id for row in page if row.chain_id is not None], seen)
    number_of = book.numbers_of(work, [row.duplicate_of for row in page if row.duplicate_of])
    for row in page:
        yield Exported(
            row.id,
            _values(work, row, photos.get(row.id, []), chains.get(row.chain_id)),
            _more(work, row, number_of),
            row,
            photos.get(row.id, []),
        )


def _values(work: Work, row: Row[Any], photos: list[Row[Any]], chain: str | None) -> dict[str, Any]:
    local = _local(work)
    return {
        "number": row.number,
        "state": row.state,
        "track": row.track,
        "group": row.group_key,
        "source": row.source,
        "inspection_mode": row.mode,
        "region": row.region,
        "township": row.township,
        "village": village_for(work, row) or None,
        "spot": spot_for(work, row) or None,
        "category": row.category,
        "description": mask_numbers(_words(row)),
        "handling": row.handling,
        "severity": row.severity,
        "deadline": local(row.deadline),
        "found_at": local(row.found_at),
        "assigned_at": local(row.assigned_at),
        "acknowledged_at": local(row.acknowledged_at),
        "submitted_at": local(row.submitted_at),
        "closed_at": local(row.closed_at),
        "overdue_days": overdue_days(work, row),
        "returns": row.returns,
        "warnings": row.warnings,
        "chain": chain,
        "round": row.round,
        "photos": [
            {"kind": photo.kind, "file": photo.file, "sha256": photo.sha256, "sent_at": local(photo.sent_at)}
            for photo in photos
        ],
    }


def _words(row: Row[Any]) -> str:
    """The caption's words; of a 群众举报 what was written anew: the caller's stay in the office's chat."""
    return str((row.public_text or "") if row.source == Source.PUBLIC else row.description)


def _more(work: Work, row: Row[Any], number_of: Mapping[int, str | None]) -> dict[str, Any]:
    local = _local(work)
    return {
        "created_at": local(row.created_at),
        "place_type": row.place_type,
        "lat": row.lat,
        "lng": row.lng,
        "public_text": mask_numbers(row.public_text) if row.public_text else None,
        "county_leader": mask_numbers(row.county_leader) if row.county_leader else None,
        "section_officer": mask_numbers(row.section_officer) if row.section_officer else None,
        "measures": mask_numbers(row.measures) if row.measures else None,
        "handed_over_at": local(row.handed_over_at),
        "closed_how": row.closed_how,
        "void_reason": _void_reason(row),
        "duplicate_of": number_of.get(row.duplicate_of),
        "recurrence": row.round > 1,
    }


VOID_KEYS = ("false", "duplicate", "not_ours", "withdrawn", "merged", "secret", "other")
"""Reasons of a void entry that are keys; others are somebody's words."""


def _void_reason(row: Row[Any]) -> str | None:
    """Why an entry is void; of a 群众举报 no words: they may be the caller's."""
    if row.void_reason and row.source == Source.PUBLIC and row.void_reason not in VOID_KEYS:
        return "other"
    return mask_numbers(row.void_reason) if row.void_reason else None


def overdue_days(work: Work, row: Row[Any]) -> int:
    """By how many calendar days the county is or was late: 0 when it is not, else at least 1.

    While work is owed it counts to today; proof that was accepted or waits for its check counts from its
    sending, with the silent grace (SPEC §2 «Deadline»).
    """
    state = State(row.state)
    if row.deadline is None:
        return 0
    if is_overdue(state, row.deadline, work.now):
        until = work.now
    elif state in (State.SUBMITTED, State.CLOSED) and row.proof_sent_at is not None:
        if row.proof_sent_at <= row.deadline + work.world.deadlines.grace:
            return 0
        until = row.proof_sent_at
    else:
        return 0
    campaign = work.world.campaign
    return max(1, (campaign.today(until) - campaign.today(row.deadline)).days)


def _local(work: Work) -> Any:
    return lambda instant: None if instant is None else work.world.campaign.local(instant)


# --- the event log ------------------------------------------------------------------------------------

EVENT_KEYS = ("id", "at", "entry", "kind", "member", "body", "from", "to", "data", "hash")


def events(work: Work) -> Iterator[dict[str, Any]]:
    """The event log as values, without what concerns hidden entries; people by their member number."""
    hidden = book.hidden_entries(work)
    numbers = frozenset(number for number in hidden.values() if number)
    for page in book.event_pages(work):
        for row in page:
            yield {
                "id": row.id,
                "at": work.world.campaign.local(row.at),
                "entry": row.number or row.entry_id,
                "kind": row.kind,
                "member": row.member_id,
                "body": row.body,
                "from": row.from_state,
                "to": row.to_state,
                "data": _told(_without_counts(row, _without_callers(row)), numbers, hidden),
                "hash": row.hash,
            }


_SAID = ("words", "text", "offered")
"""Where an event's data has what somebody wrote."""


def _without_callers(row: Row[Any]) -> Any:
    """An event's data; what the office wrote down of a 群众举报 may be the caller's words and stays there."""
    if row.source != Source.PUBLIC or not row.body.startswith("office:") or not isinstance(row.data, dict):
        return row.data
    return {key: value for key, value in row.data.items() if key not in _SAID}


_COUNTS = ("rows", "photos", "regions", "leads", "covert", "reason")


def of_hidden(kind: str, data: Any) -> bool:
    """Whether an event about no entry counts what is covert with the rest: a film kit, an older ledger."""
    found = data if isinstance(data, dict) else {}
    return kind in ("kit_made", "imported") or "kit" in (found.get("what"), found.get("act"))


def _without_counts(row: Row[Any], data: Any) -> Any:
    """An event's data without how many there were, where entries that are hidden were among them."""
    if row.entry_id is not None or not of_hidden(row.kind, data) or not isinstance(data, dict):
        return data
    return {key: value for key, value in data.items() if key not in _COUNTS}


_NAMES_AN_ENTRY = frozenset(
    {"entry", "entries", "other", "others", "with", "into", "of", "chain", "linked", "duplicate_of"}
)


def _told(data: Any, numbers: frozenset[str], hidden: Mapping[int, Any], key: str = "") -> Any:
    """An event's data with numbers of persons masked and every trace of a hidden entry left out."""
    match data:
        case dict():
            return {name: _told(value, numbers, hidden, name) for name, value in data.items()}
        case list():
            return [_told(value, numbers, hidden, key) for value in data]
        case str():
            return None if any(number in data for number in numbers) else mask_numbers(data)
        case bool():
            return data
        case int() if key in _NAMES_AN_ENTRY and data in hidden:
            return None
        case _:
            return data


# --- the log of exports -------------------------------------------------------------------------------

MARK = "仅供工作使用"
AT_THE_COMMAND_LINE = "管理员（命令行）"


def mark(work: Work, who: str = AT_THE_COMMAND_LINE) -> str:
    """「仅供工作使用 · 导出人 · 时间」, red line (g)."""
    return f"{MARK} · {who} · {work.local:%Y-%m-%d %H:%M}"


def record(
    work: Work,
    *,
    what: str,
    form: str,
    rows: int,
    photos: int = 0,
    asked: str = "all",
    pictured: Mapping[str, int] | None = None,
    more: Mapping[str, Any] | None = None,
) -> None:
    """Log an export: who, filter, rows (red line g), and what `more` there is to say.

    `pictured`: region → how many of its entries went out with photos at the command line. Those of several
    regions are told to the offices of their tracks, so that a second person knows (red line f).
    """
    regions = dict(pictured or {})
    event_id = log.record(
        work,
        "exported",
        body="admin" if not work.actor.member_id else work.actor.grants[0].body,
        data={
            "what": what,
            "form": form,
            "filter": asked,
            "rows": rows,
            "photos": photos,
            "regions": len(regions),
            **(more or {}),
        },
    )
    if len(regions) > 1:
        _tell_offices(work, event_id, regions)


def _tell_offices(work: Work, event_id: int, regions: Mapping[str, int]) -> None:
    """One silent line in private to each member of an office: when, and how much of its own track."""
    track_of = {region.name: region.track for region in work.world.campaign.regions}
    for track in sorted({track_of[region] for region in regions if region in track_of}):
        own = [count for region, count in regions.items() if track_of.get(region) == track]
        for person in people.office_of(work, track):
            say(
                work,
                person.chat_id,
                "office.photos_exported",
                {
                    "track": work.world.campaign.track(track).name,
                    "at": work.now.isoformat(),
                    "regions": len(own),
                    "entries": sum(own),
                },
                silent=True,
                dedup=f"exported:{event_id}:{track}:{person.chat_id}",
            )
