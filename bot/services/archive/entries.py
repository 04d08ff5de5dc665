"""An archive's entries: what may be read by whoever the archive is handed to, years from now.

It is the eye of somebody outside: nobody's name, of a covert finding what its county read, of a 群众举报
what was written and photographed anew, and no measure against persons, in nobody's words (SPEC §§1, 5).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, func, select

from bot.domain.entries import Mode, Source, State
from bot.domain.masking import mask_numbers
from bot.ledger import export as book
from bot.ledger.desk import Work
from bot.ledger.tables import entries as table
from bot.ledger.tables import photos
from bot.services.field import duplicates
from bot.services.field.visits import GOOD
from bot.services.looking import export, history
from bot.services.views.county import open_to_county
from bot.services.views.places import village_for
from bot.services.views.values import sender_of, what_county_reads

NEVER: Final = re.compile("约谈|诫勉(?:谈话)?|问责|书面检查")
"""Measures that stand on no archive page, whoever wrote them down (SPEC §5)."""
LEFT_OUT: Final = "（略）"

_SAID: Final = ("description", "spot", "village", "public_text", "measures", "void_reason")
_VISIT: Final = ("found_at", "created_at", "lat", "lng")
"""What tells of a covert visit: its hour, where exactly somebody stood."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture of an archived entry.

    `file`: its path in the store; None where it was never downloaded. `anew`: it leaves without what its
    file knows of hour, place and telephone.
    """

    kind: str
    rank: int
    file: str | None
    sha256: str | None
    round: int
    day: str
    anew: bool


@dataclass(frozen=True, slots=True)
class Archived:
    """One entry of the archive: `values` and `more` as an export has them, what its page adds."""

    id: int
    values: Mapping[str, Any]
    more: Mapping[str, Any]
    sender: str
    problem: str
    history: tuple[Mapping[str, Any], ...]
    pictures: tuple[Picture, ...]


def said(work: Work, words: str | None) -> str:
    """Words as they may stand in an archive: numbers masked, hidden entries and measures left out."""
    return NEVER.sub(LEFT_OUT, duplicates.without_hidden(work, mask_numbers(words or "")))


def count(work: Work) -> int:
    """How many entries an archive has."""
    return int(work.connection.execute(select(func.count()).where(_archived)).scalar_one())


_archived = (table.c.kind == "issue") & ~book.hidden & (table.c.state != State.DRAFT.value)


def entries(work: Work) -> Iterator[Archived]:
    """Every entry that an archive may hold, in the order in which they were registered; drafts are none."""
    for one in export.entries(work):
        if one.row.state != State.DRAFT:
            yield _archived_one(work, one)


def _archived_one(work: Work, one: export.Exported) -> Archived:
    row = one.row
    values, more = dict(one.values), dict(one.more)
    covert = row.mode == Mode.COVERT
    if covert:
        values["description"], values["group"] = what_county_reads(row), None
    for fields in (values, more):
        for key in _SAID:
            if fields.get(key):
                fields[key] = said(work, fields[key])
        if covert:
            fields.update({key: None for key in _VISIT if key in fields})
    pictures = tuple(_pictures(work, row, one.pictures))
    # the workbook lists what the archive has, and nothing of how much else there was
    values["photos"] = [{"kind": shown.kind, "file": shown.file} for shown in pictures]
    return Archived(
        one.id,
        values,
        more,
        sender_of(work, row),
        said(work, what_county_reads(row)),
        tuple(_told(work, line) for line in history.visible(work, row)),
        pictures,
    )


def _told(work: Work, line: Mapping[str, Any]) -> dict[str, Any]:
    return {**line, "words": said(work, line["words"])}


def _pictures(work: Work, row: Row[Any], found: Any) -> Iterator[Picture]:
    """Before and after, each in its order; of what is not the group's own what the county was given."""
    plain = row.mode == Mode.OPEN and row.source == Source.GROUP
    given = None if plain else {photo.id for photo in open_to_county(work, row)}
    ranks = {"before": 0, "after": 0}
    for photo in found:
        if photo.fault is not None or (
            photo.kind == "before" and given is not None and photo.id not in given
        ):
            continue
        ranks[photo.kind] += 1
        yield Picture(
            photo.kind,
            ranks[photo.kind],
            photo.file,
            photo.sha256,
            photo.round,
            "" if row.mode == Mode.COVERT and photo.kind == "before" else _date(work, photo.sent_at),
            anew=not plain and photo.kind == "before",
        )


def _date(work: Work, instant: datetime) -> str:
    return f"{work.world.campaign.local(instant):%Y-%m-%d}"


def visits(work: Work, page: int = 500) -> Iterator[tuple[str, str, str, str, str, str]]:
    """走访记录, oldest first: day, region, township, village, group, 好的做法; nothing covert."""
    campaign, after = work.world.campaign, 0
    shown = (table.c.kind == "visit") & (table.c.mode == Mode.OPEN.value) & ~book.hidden
    query = select(table).where(shown, table.c.state.not_in((State.VOID.value, State.DRAFT.value)))
    while rows := work.connection.execute(
        query.where(table.c.id > after).order_by(table.c.id).limit(page)
    ).all():
        for row in rows:
            yield (
                _date(work, row.found_at),
                row.region or "",
                row.township or "",
                said(work, village_for(work, row)),
                campaign.group_title(row.group_key) if row.group_key else "",
                "好的做法" if row.note == GOOD else "",
            )
        after = rows[-1].id


def size_of_photos(work: Work) -> int:
    """How many bytes the stored photos have, as far as it is known."""
    return int(
        work.connection.execute(
            select(func.coalesce(func.sum(photos.c.file_size), 0)).where(photos.c.file.is_not(None))
        ).scalar_one()
    )
