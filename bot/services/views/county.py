"""What the county reads of an entry: the contact, its townships, and whoever looks at it before they do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Row

from bot.domain.entries import OPEN_STATES, Mode, Source, State
from bot.domain.masking import mask_numbers
from bot.ledger import entries as book
from bot.ledger import people
from bot.ledger.desk import Work
from bot.services.outgoing import Picture, Shown
from bot.services.views.values import entry_values, last_body, sender_of, what_county_reads

MOST_PHOTOS = 9

GIVEN = "for_county"
"""The event by which somebody gives the county photos that it would not have otherwise."""

ASKED = ("extension", "not_ours")
"""Kinds of requests that a card names while they are open."""


def county_shown(work: Work, entry: Row[Any]) -> Shown:
    """The words and the picture of the county's card, without its buttons."""
    return Shown("county.card", county_values(work, entry), (), county_picture(work, entry))


def county_photos(work: Work, entry: Row[Any]) -> list[Row[Any]]:
    """The before-photos that the county is shown: the first of those that it may have."""
    return open_to_county(work, entry)[:MOST_PHOTOS]


def open_to_county(work: Work, entry: Row[Any]) -> list[Row[Any]]:
    """The before-photos that the county may have: of a 群众举报 only what was photographed anew.

    The caller's pictures came in by the office, and stay with it (SPEC §2 «Other sources», red line (b)).
    To a covert entry they are those of the preview, and what the checking side adds. What somebody gave
    the county (`GIVEN`) it has. What was found when going back to a closed entry is the county's when it
    is handed over again.
    """
    found = [
        photo
        for photo in book.photos_of(work, entry.id, "before")
        if photo.fault is None and photo.round <= entry.round
    ]
    if entry.source == Source.PUBLIC:
        callers, given = _office(work, entry) | {entry.filer_id}, _given(work, entry)
        return [one for one in found if one.member_id not in callers or given(one)]
    if entry.mode == Mode.COVERT and entry.handed_over_at is not None:
        visited, given = {entry.filer_id, *_members(work, entry.group_key)}, _given(work, entry)
        checking = (_office(work, entry) | _members(work, entry.checker)) - visited
        return [
            one
            for one in found
            if one.received_at <= entry.handed_over_at
            or (one.member_id in checking and not one.forwarded)
            or given(one)
        ]
    return found


def _office(work: Work, entry: Row[Any]) -> set[int]:
    return {person.member_id for person in people.office_of(work, entry.track)}


def _members(work: Work, group: str | None) -> set[int]:
    return {person.member_id for person in people.group_of(work, group)} if group is not None else set()


def _given(work: Work, entry: Row[Any]) -> Callable[[Row[Any]], bool]:
    """Whether a photo was given to the county by name, or with its album."""
    given = [event.data or {} for event in book.events_of(work, entry.id) if event.kind == GIVEN]
    ids = {one for data in given for one in data.get("photos", ())}
    albums = {one for data in given for one in data.get("albums", ())}
    return lambda photo: photo.id in ids or photo.media_group_id in albums


def county_picture(work: Work, entry: Row[Any]) -> Picture | None:
    """The contact sheet of before-photos with a thin grid and 「请从同一角度拍」."""
    found = county_photos(work, entry)
    if not found:
        return None
    ids = [photo.id for photo in found]
    ready = sum(photo.state == "stored" for photo in found)
    return Picture("sheet", f"sheet:{'-'.join(map(str, ids))}:{ready}", {"photos": ids, "entry": entry.id})


def county_values(work: Work, entry: Row[Any]) -> dict[str, Any]:
    """What the cards of the county's side say; of persons nobody but its own officers."""
    values = entry_values(work, entry)
    last = book.last_move(work, entry.id)
    returned = (last.data or {}) if last is not None and last.kind == "returned" else {}
    values.update(
        owed=State(entry.state) in OPEN_STATES,
        problem=what_county_reads(entry),
        sender=sender_of(work, entry),
        body=last_body(work, entry),
        passed_to=entry.passed_to,
        requests=[kind for kind in ASKED if book.open_request(work, entry.id, kind) is not None],
        reason=returned.get("reason"),
        words=mask_numbers(returned.get("words") or ""),
        waits_of=book.waiting_proof(work, entry) is not None,
        faults=[fault for fault in values["faults"] if fault["kind"] in ("after", "waiting")],
        before=len(open_to_county(work, entry)),
        after=_counted(work, entry),
        leader=mask_numbers(entry.county_leader or ""),
        officer=mask_numbers(entry.section_officer or ""),
    )
    if entry.mode == Mode.COVERT:
        values["found_at"] = None  # no hour of a covert visit (SPEC §2)
    return values


def _counted(work: Work, entry: Row[Any]) -> int:
    """After-photos of the proof that counts."""
    latest = book.latest_proof(work, entry.id)
    if latest is None:
        return 0
    return sum(photo.proof_id == latest.id for photo in book.photos_of(work, entry.id, "after"))
