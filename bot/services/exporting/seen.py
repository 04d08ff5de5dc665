"""An exported entry as its reader may read it: nothing that the chat would not show to the same eyes.

The file leaves the group, so that numbers of persons are masked for everybody (red line (e)).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import Any, Final

from sqlalchemy import Row

from bot.domain.entries import Mode, Source
from bot.domain.masking import mask_numbers
from bot.domain.permissions import Standing
from bot.ledger import entries as entry_book
from bot.ledger import export as book
from bot.ledger.desk import Work
from bot.services import life, sight
from bot.services.field import duplicates
from bot.services.looking import export
from bot.services.looking.export import Exported
from bot.services.views.county import open_to_county
from bot.services.views.places import spot_for, village_for
from bot.services.views.values import knows_visit, problem_for

PAGE: Final = 500
COUNTYS: Final = frozenset({Standing.CONTACT, Standing.TOWNSHIP})


def entries(work: Work, ids: Sequence[int]) -> Iterator[Exported]:
    """These entries, in the order in which they were registered, as far as the actor sees them now."""
    seen = sight.visible(work)
    for at in range(0, len(ids), PAGE):
        page = book.entries_of(work, ids[at : at + PAGE], seen)
        for one in export.of_page(work, page, seen):
            having = life.having_of(work, one.row)
            if having:
                yield told(work, one, having)


def told(work: Work, one: Exported, having: frozenset[Standing]) -> Exported:
    """One entry for somebody with these standings."""
    row, values, more = one.row, dict(one.values), dict(one.more)
    knows = knows_visit(having)
    covert = row.mode == Mode.COVERT
    office = Standing.OFFICE in having
    values["village"] = _said(work, village_for(work, row, having))
    values["spot"] = _said(work, spot_for(work, row, having))
    values["description"] = _said(work, problem_for(row, having)) or ""
    more["public_text"] = values["description"] or None
    more["measures"] = _said(work, row.measures)
    more["void_reason"] = _said(work, more["void_reason"])
    if not duplicates.number_for(work, row.duplicate_of):
        more["duplicate_of"] = None
    if not knows:  # how somebody came to look is told by nothing, so that an empty cell tells nothing either
        values["inspection_mode"] = None
        more["created_at"] = None
        if row.source == Source.COVERT:
            values["source"] = None
    if covert and not knows:
        values["group"] = values["found_at"] = None
    if not inside(having):  # who has reported is not the county's to know
        values["source"] = None
    if (covert and not knows) or (row.source == Source.PUBLIC and not office):
        more["lat"] = more["lng"] = None
    pictures = photos(work, one, having)
    values["photos"] = [
        {
            "kind": photo.kind,
            "file": name if photo.file else None,
            "sha256": None if anew(row, having) else photo.sha256,
            "sent_at": None
            if covert and photo.kind == "before"
            else work.world.campaign.local(photo.sent_at),
        }
        for photo, name in pictures
    ]
    return Exported(one.id, values, more, row, [photo for photo, _ in pictures])


def inside(having: frozenset[Standing]) -> bool:
    """Whether somebody sees it otherwise than as its county."""
    return bool(having - COUNTYS)


def photos(work: Work, one: Exported, having: frozenset[Standing]) -> list[tuple[Row[Any], str]]:
    """The pictures that a reader may have, each with the name of its copy: before, then after.

    The caller's stay with the office, what a covert visit saw with those who made it; its county has what
    it was given, and its own proof.
    """
    row = one.row
    found = [photo for photo in one.pictures if photo.fault is None]
    before = [photo for photo in found if photo.kind == "before"]
    after = [photo for photo in found if photo.kind == "after"]
    kept = row.source == Source.PUBLIC or (row.mode == Mode.COVERT and not knows_visit(having))
    if not inside(having) or kept:
        given = {photo.id for photo in open_to_county(work, row)}
        before = [photo for photo in before if photo.id in given]
    if not inside(having):
        proof = {photo.id for photo in entry_book.proof_photos(work, row.id)}
        after = [photo for photo in after if photo.id in proof]
    village = "" if row.source == Source.PUBLIC else village_for(work, row, having) or row.township or ""
    return [
        (photo, _copy_name(row.number or "", rank, photo, mask_numbers(village)))
        for side in (before, after)
        for rank, photo in enumerate(side, 1)
    ]


def anew(row: Row[Any], having: frozenset[Standing]) -> bool:
    """Whether its pictures leave without what their files know of hour, place and telephone."""
    if row.mode == Mode.COVERT or row.source == Source.PUBLIC:
        return True
    return row.source != Source.GROUP and not inside(having)


def _copy_name(number: str, rank: int, photo: Row[Any], village: str) -> str:
    """`编号_序_前|后_村.jpg`, as copies for people are named; the maker makes it fit for file systems."""
    side = "前" if photo.kind == "before" else "后"
    suffix = PurePath(photo.file or "").suffix.lower() or ".jpg"
    return "_".join(part for part in (number, f"{rank:02d}", side, village) if part) + suffix


def _said(work: Work, words: str | None) -> str | None:
    """Words in a file: numbers of persons masked, and no number of an entry that no export may speak of."""
    return duplicates.without_hidden(work, mask_numbers(words)) if words else None
