"""The lines 「供参考」 on a check card: facts of the proof's photos, for its checker alone.

Never in a group's chat, never to the county. An entry that the checker may not see is not named, and one
that nobody outside its group may know of (covert, before hand-over) is not hinted at.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, or_, select

from bot.domain.entries import State
from bot.domain.evidence import Hint, Shot, hints
from bot.ledger import entries as book
from bot.ledger.desk import Work
from bot.ledger.tables import photos, resemblances
from bot.services import life

TOLD: Final = ("before", "after")
"""Kinds of photos that a hint may speak of."""

MOST: Final = 4
"""Lines on a card; what is beyond is counted: a caption has 1,024 characters."""


def lines(work: Work, entry: Row[Any], proof_id: int) -> dict[str, Any]:
    """`shown`: the most telling facts as values for the text; `more`: how many there are beyond.

    Nothing once the proof is judged: what is over needs no hint.
    """
    own = sorted(
        (row for row in book.photos_of(work, entry.id, "after") if row.proof_id == proof_id),
        key=lambda row: (row.seq, row.id),
    )
    if not own or entry.state != State.SUBMITTED:
        return {"shown": [], "more": 0}
    found = [*_twins(work, entry, own), *_by_themselves(work, entry, own)]
    return {"shown": found[:MOST], "more": max(0, len(found) - MOST)}


def _by_themselves(work: Work, entry: Row[Any], own: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    local = work.world.campaign.local
    shots = [
        Shot(
            rank,
            datetime.fromisoformat(row.taken_at) if row.taken_at else None,
            (row.lat, row.lng) if row.lat is not None and row.lng is not None else None,
            forwarded=bool(row.forwarded),
        )
        for rank, row in enumerate(own, 1)
    ]
    assigned = local(entry.assigned_at).replace(tzinfo=None) if entry.assigned_at else None
    place = (entry.lat, entry.lng) if entry.lat is not None and entry.lng is not None else None
    found = hints(shots, assigned=assigned, place=place, rules=work.world.evidence)
    return [_said(work, hint, found) for hint in _first_of_forwarded(found)]


def _first_of_forwarded(found: Iterable[Hint]) -> list[Hint]:
    """One line for all that was forwarded; times and places first."""
    kept = [hint for hint in found if hint.what != "forwarded"]
    return [*kept, *[hint for hint in found if hint.what == "forwarded"][:1]]


def _said(work: Work, hint: Hint, found: Sequence[Hint]) -> dict[str, Any]:
    zone = work.world.campaign.zone
    return {
        "what": hint.what,
        "seqs": [one.seq for one in found if one.what == hint.what]
        if hint.what == "forwarded"
        else [hint.seq],
        "taken": hint.taken.replace(tzinfo=zone).isoformat() if hint.taken else None,
        "metres": round(hint.metres),
    }


# --- the same file, nearly the same picture -------------------------------------------------------------


def _twins(work: Work, entry: Row[Any], own: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    """What each of the proof's photos has a twin in: an earlier photo, or another entry's after-photo."""
    found: list[dict[str, Any]] = []
    told: set[tuple[int, int]] = set()
    ids = {row.id for row in own}
    for rank, row in enumerate(own, 1):
        for what, others in (("same_file", _same_files(work, row)), ("near", _resembling(work, row))):
            for other in others:
                if other.id in ids or (rank, other.id) in told or not _counts(row, other):
                    continue
                told.add((rank, other.id))
                line = _told(work, entry, other)
                if line is not None:
                    found.append({"what": what, "seqs": [rank], **line})
    found.sort(key=lambda line: (line["what"] != "same_file", line["of"] != "own", line["kind"] != "before"))
    return _one_line_an_entry(found)


def _one_line_an_entry(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The most telling line for each photo and entry: an album sent again is one fact, not sixteen."""
    kept: dict[tuple[Any, ...], dict[str, Any]] = {}
    for line in found:
        kept.setdefault((line["seqs"][0], line["of"], line["number"], line["kind"]), line)
    return list(kept.values())


def _same_message(row: Row[Any], other: Row[Any]) -> bool:
    return bool(row.chat_id == other.chat_id and row.message_id == other.message_id)


def _counts(row: Row[Any], other: Row[Any]) -> bool:
    """An earlier photo, or an after-photo at any time: one picture for two entries is found on both."""
    if other.kind not in TOLD or other.entry_id is None or _same_message(row, other):
        return False
    if other.entry_id == row.entry_id and other.proof_id == row.proof_id:
        return False
    return bool(other.received_at <= row.received_at or other.kind == "after")


def _same_files(work: Work, row: Row[Any]) -> Sequence[Row[Any]]:
    same = [photos.c.file_unique_id == row.file_unique_id]
    if row.sha256 is not None:
        same.append(photos.c.sha256 == row.sha256)
    return work.connection.execute(
        select(photos).where(or_(*same), photos.c.id != row.id).order_by(photos.c.id).limit(20)
    ).all()


def _resembling(work: Work, row: Row[Any]) -> Sequence[Row[Any]]:
    pairs = work.connection.execute(
        select(resemblances.c.photo_id, resemblances.c.other_id).where(
            or_(resemblances.c.photo_id == row.id, resemblances.c.other_id == row.id)
        )
    ).all()
    ids = {pair.other_id if pair.photo_id == row.id else pair.photo_id for pair in pairs}
    if not ids:
        return ()
    return work.connection.execute(select(photos).where(photos.c.id.in_(ids)).order_by(photos.c.id)).all()


def _told(work: Work, entry: Row[Any], other: Row[Any]) -> dict[str, Any] | None:
    """How another photo is named to this checker; None: nothing may be said of it."""
    if other.entry_id == entry.id:
        return {"of": "own", "number": "", "kind": other.kind, "other": other.seq, "round": other.round}
    theirs = book.get(work, other.entry_id)
    if theirs is None:
        return None
    if life.having_of(work, theirs) and theirs.number:
        return {"of": "other", "number": theirs.number, "kind": other.kind, "other": other.seq, "round": 1}
    if book.facts_of(theirs).hidden or theirs.number is None:
        return None
    return {"of": "unseen", "number": "", "kind": other.kind, "other": 0, "round": 1}
