"""What an export holds: the entries behind a filter of the ledger's list, and in how many files they go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select

from bot.domain.kits import DEFAULT_SIZE, parted
from bot.ledger import export as book
from bot.ledger.desk import Work
from bot.ledger.tables import cards
from bot.services import life, sight
from bot.services.exporting import seen
from bot.services.finding import filters
from bot.services.finding.asked import Asked
from bot.services.refusals import ExportNotNow, NotUnderstood

ROWS: Final = 50_000
"""So many entries go into files of a chat; the command line writes more."""
PICTURED: Final = 3_000
"""Entries whose photos are looked through for a chat: ten parts hold fewer."""
ROW: Final = 1_500
"""Bytes of a row in the widest of the formats, JSON, beside its photos and its words."""
PHOTO: Final = 250
SIGN: Final = 6
"""Bytes of a sign at the most, where it must be escaped."""

LEDGER: Final = "ledger"


@dataclass(frozen=True, slots=True)
class Chosen:
    """The entries of an export: id → bytes at the most, the tracks and regions in which they lie."""

    weights: dict[int, int]
    tracks: tuple[str, ...]
    regions: tuple[str, ...]
    hidden: int
    over: bool

    @property
    def ids(self) -> list[int]:
        """The entries, in the order in which they were registered."""
        return list(self.weights)

    def parts(self) -> list[list[int]]:
        """Ids of entries by file, none larger than a chat takes."""
        ids = self.ids
        return [[ids[rank] for rank in part] for part in parted([self.weights[one] for one in ids])]


def shown_before(work: Work, chat_id: int) -> Asked:
    """The ledger's list that stands in the asker's private chat, with its filters; else all of it."""
    panel = work.connection.execute(
        select(cards.c.panel).where(
            cards.c.chat_id == chat_id,
            cards.c.kind == "list",
            cards.c.subject == f"list:{LEDGER}",
            cards.c.member_id == work.actor.member_id,
        )
    ).scalar()
    try:
        return of_ledger(work, panel or "l")
    except NotUnderstood:  # a filter that is no longer this reader's to choose
        return Asked(LEDGER)


def of_ledger(work: Work, words: str) -> Asked:
    """A list's words as filters of the ledger.

    Raises:
        NotUnderstood: they are of another list, or nobody's to choose here.
    """
    asked = Asked.read(words)
    if asked.which != LEDGER:
        raise NotUnderstood(hint="old_button")
    filters.chosen(work, asked)
    return asked.first()


def choose(work: Work, asked: Asked) -> Chosen:
    """The entries behind these filters that the actor sees and an export may hold."""
    conditions = [filters.condition(work, asked, kind) for kind, _ in asked.filters]
    if asked.value("township") is not None and asked.value("region") is None:
        conditions.append(filters.condition(work, asked, "region"))
    conditions.append(sight.visible(work))
    given = filters.values(work, asked)
    rows = book.sizes(work, conditions, given, ROWS + 1)
    over = len(rows) > ROWS
    rows = rows[:ROWS]
    order = [region.name for region in work.world.campaign.regions]
    regions = {row.region for row in rows if row.region}
    return Chosen(
        {row.id: ROW + PHOTO * row.photos + SIGN * row.words for row in rows},
        tuple(sorted({row.track for row in rows if row.track})),
        tuple(name for name in order if name in regions),
        book.count_hidden(work, conditions, given),
        over,
    )


def still(work: Work, ids: Sequence[int]) -> list[int]:
    """Those of these entries that the actor sees now, and an export may hold."""
    found: list[int] = []
    for at in range(0, len(ids), seen.PAGE):
        found += [row.id for row in book.entries_of(work, ids[at : at + seen.PAGE], sight.visible(work))]
    return found


def logged(work: Work, asked: Asked) -> str:
    """The filters in words that stay true: `region=延津县 state=submitted`, or `all`."""
    given = filters.values(work, asked)
    said = []
    for kind, value in asked.filters:
        told = given.get({"period": "since"}.get(kind, kind), value)
        said.append(f"{kind}={told.isoformat() if hasattr(told, 'isoformat') else told}")
    return " ".join(said) or "all"


# --- photos -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pictures:
    """The photos of an export: the files that go, in parts, and how many there are beside them."""

    files: list[dict[str, Any]]
    sizes: list[int]
    outside: int
    regions: tuple[str, ...]

    def parts(self) -> list[list[dict[str, Any]]]:
        """The files of each part, none larger than a chat takes."""
        return [[self.files[rank] for rank in part] for part in parted(self.sizes)]


def pictures(work: Work, ids: Sequence[int]) -> Pictures:
    """The photos of these entries that the actor may have.

    Raises:
        ExportNotNow: `many`: more entries than a chat takes the photos of.
    """
    if len(ids) > PICTURED:
        raise ExportNotNow(why="many", photos=True)
    files: list[dict[str, Any]] = []
    sizes: list[int] = []
    regions: set[str] = set()
    outside = 0
    for one in seen.entries(work, ids):
        having = life.having_of(work, one.row)
        for photo, name in seen.photos(work, one, having):
            if photo.file is None or photo.state != "stored":
                outside += 1
                continue
            regions.add(one.row.region or "")
            values = one.values
            place = "".join(values[key] or "" for key in ("region", "township", "village", "spot"))
            files.append(
                {"file": photo.file, "name": name, "anew": seen.anew(one.row, having), "sha256": photo.sha256,
                 "number": one.row.number or "", "place": place, "side": photo.kind, "film": False}
            )  # fmt: skip
            sizes.append(int(photo.file_size or DEFAULT_SIZE))
    order = [region.name for region in work.world.campaign.regions]
    return Pictures(files, sizes, outside, tuple(name for name in order if name in regions))
