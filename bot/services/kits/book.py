"""Which entries a kit may hold, what leaves with them, and in which order they are driven to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, and_, or_, select, update

from bot.domain.entries import KNOWN_TO_COUNTY, Mode, Source, State, is_overdue
from bot.domain.handover import without_traces
from bot.domain.kits import DEFAULT_SIZE
from bot.domain.masking import mask_numbers
from bot.domain.paper_rights import PaperAct, may_paper
from bot.domain.permissions import Standing
from bot.domain.routes import Leg, Stop, route
from bot.ledger import entries as entry_book
from bot.ledger.desk import Work
from bot.ledger.tables import entries
from bot.ledger.tables import kits as table
from bot.services import life
from bot.services.refusals import NotUnderstood, NotYours
from bot.services.scoring import windows
from bot.services.views.county import open_to_county
from bot.services.views.places import spot_for, traces, village_for
from bot.services.views.values import what_county_reads

MOST: Final = 60
"""Leads in one kit: a film of some minutes shows a dozen."""
MOST_AUTO: Final = 20
DRAFT, WAITING, READY = "draft", "waiting", "ready"
VIDEO: Final = "video"


# --- kits ---------------------------------------------------------------------------------------------


def may(work: Work, track: str) -> bool:
    """Whether the actor makes kits of a track."""
    return may_paper(PaperAct.MAKE_KIT, work.actor, track)


def get(work: Work, kit_id: int) -> Row[Any]:
    """A kit of the actor's own office.

    Raises:
        NotYours: it is another's, or there is none: the same for both.
    """
    row = work.connection.execute(select(table).where(table.c.id == kit_id)).first()
    if row is None or not may(work, row.track):
        raise NotYours
    return row


def newest(work: Work, track: str) -> Row[Any] | None:
    """The office's latest kit."""
    return work.connection.execute(
        select(table).where(table.c.track == track).order_by(table.c.id.desc()).limit(1)
    ).first()


def begin(work: Work, track: str, month: str, chat_id: int) -> Row[Any]:
    """A kit with nothing in it."""
    kit_id = work.insert(
        table,
        track=track,
        month=month,
        items=[],
        member_id=work.actor.member_id,
        chat_id=chat_id,
        at=work.now,
    )
    return get(work, kit_id)


def change(work: Work, row: Row[Any], **values: Any) -> Row[Any]:
    """Change a kit; whatever was agreed to is then to be agreed to anew."""
    work.connection.execute(
        update(table).where(table.c.id == row.id).values(version=row.version + 1, **values)
    )
    found = work.connection.execute(select(table).where(table.c.id == row.id)).first()
    assert found is not None
    return found


# --- entries ------------------------------------------------------------------------------------------


def _allowed() -> Any:
    """What its county has, or a covert finding that waits; no draft, nothing void, no caller's own words."""
    known = entries.c.state.in_([state.value for state in KNOWN_TO_COUNTY])
    covert = and_(entries.c.mode == Mode.COVERT.value, entries.c.state == State.FILED.value)
    return and_(entries.c.kind == "issue", entries.c.region.is_not(None), or_(known, covert))


def offered(work: Work, row: Row[Any], region: str | None = None) -> Sequence[Row[Any]]:
    """The entries of a kit's month that its office may hand out, the plainest first.

    Whoever answers for a region hands out nothing of it.
    """
    month = windows.window(work, row.month)
    where = [entries.c.track == row.track, _allowed(), entries.c.found_at >= month.start]
    if region is not None:
        where.append(entries.c.region == region)
    rows = work.connection.execute(
        select(entries).where(*where).order_by(entries.c.found_at, entries.c.id)
    ).all()
    rows = [one for one in rows if _of_office(work, one)]
    return sorted(rows, key=lambda one: -weight(work, one))


def _of_office(work: Work, entry: Row[Any]) -> bool:
    """Whether the actor reads it as its office, and answers for its region in no other role."""
    having = life.having_of(work, entry)
    return Standing.OFFICE in having and Standing.BOTH_SIDES not in having


def weight(work: Work, entry: Row[Any]) -> int:
    """How plain a case it is: warned of, found again, sent back, late, severe."""
    return int(
        3 * bool(entry.warnings)
        + 3 * (entry.round > 1)
        + 2 * min(entry.returns, 2)
        + 2 * is_overdue(State(entry.state), entry.deadline, work.now)
        + 2 * (entry.severity == "severe")
        + (entry.severity == "serious")
    )


def chosen(work: Work, row: Row[Any]) -> list[Row[Any]]:
    """A kit's entries as they may still be handed out, by route."""
    if not row.items:
        return []
    rows = work.connection.execute(
        select(entries).where(entries.c.id.in_(row.items), entries.c.track == row.track, _allowed())
    ).all()
    known = {one.id: one for one in rows if _of_office(work, one)}
    return [known[leg.stop.key] for leg in legs(work, list(known.values()))]


def legs(work: Work, rows: Sequence[Row[Any]]) -> tuple[Leg, ...]:
    """The entries in the order of driving."""
    stops = [
        Stop(one.id, one.region, one.township or "", one.village or "", position_of(one)) for one in rows
    ]
    campaign = work.world.campaign
    return route(stops, [region.name for region in campaign.regions], work.world.reader.gazetteer.townships)


def position_of(entry: Row[Any]) -> tuple[float, float] | None:
    """Where it lies, as far as that may leave the house: where a covert visitor or a caller stood may not."""
    if entry.mode == Mode.COVERT or entry.source == Source.PUBLIC or entry.lat is None or entry.lng is None:
        return None
    return entry.lat, entry.lng


def covert(rows: Sequence[Row[Any]]) -> int:
    """How many of them are covert findings, handed over or not."""
    return sum(one.mode == Mode.COVERT for one in rows)


def needs_second(rows: Sequence[Row[Any]]) -> bool:
    """Covert material, or pictures of several regions: two persons (SPEC §1 (f))."""
    return covert(rows) > 0 or len({one.region for one in rows}) > 1


def lead(work: Work, entry: Row[Any]) -> dict[str, Any]:
    """One lead as it may leave the house: in the words that its county reads, or would."""
    return {
        "entry": entry.id,
        "number": entry.number or "",
        "region": entry.region,
        "township": entry.township or "",
        "place": "".join(
            part for part in (entry.township, village_for(work, entry), spot_for(work, entry)) if part
        ),
        "problem": words_of(work, entry),
        "category": entry.category,
        "day": work.world.campaign.local(entry.found_at).date().isoformat()
        if entry.mode != Mode.COVERT
        else None,
        "state": entry.state,
        "late": is_overdue(State(entry.state), entry.deadline, work.now),
        "returns": entry.returns,
        "again": entry.round > 1,
        "warned": bool(entry.warnings),
    }


def words_of(work: Work, entry: Row[Any]) -> str:
    """The problem in its county's words; what was never handed over is stripped as it would be then."""
    if entry.mode == Mode.COVERT and not entry.public_text:
        return mask_numbers(without_traces(entry.description, **traces(work, entry)))
    return what_county_reads(entry)


# --- files --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Material:
    """One picture or video of a lead.

    `file` None: it is with Telegram only. `anew`: it leaves without what its file knows of hour and place.
    """

    photo: Row[Any]
    entry: Row[Any]
    side: str  # before | after
    rank: int

    @property
    def file(self) -> str | None:
        """Its path in the store."""
        return self.photo.file if self.photo.state == "stored" else None

    @property
    def video(self) -> bool:
        """Whether it is a film."""
        return self.photo.medium == VIDEO or str(self.photo.mime or "").startswith("video/")

    @property
    def anew(self) -> bool:
        """A picture from a covert visit, or to a report by the public, tells neither hour nor position."""
        return not self.video and (self.entry.mode == Mode.COVERT or self.entry.source == Source.PUBLIC)


def material(work: Work, entry: Row[Any]) -> list[Material]:
    """What goes out with an entry: pictures before, those of the proof that counts, and videos.

    Nothing that a caller gave, no voices, no other files.
    """
    found: list[Material] = []
    before = list(entry_book.photos_of(work, entry.id, "before"))
    if entry.source == Source.PUBLIC:  # what the office added may be the caller's, too
        before = open_to_county(work, entry)
    after = list(entry_book.proof_photos(work, entry.id))
    films = [] if entry.source == Source.PUBLIC else list(entry_book.photos_of(work, entry.id, "attachment"))
    for side, rows in (("before", before), ("after", after), ("before", films)):
        for one in rows:
            piece = Material(one, entry, side, 1 + sum(known.side == side for known in found))
            if one.medium in ("photo", "image", VIDEO) or piece.video:
                found.append(piece)
    return found


def counted(rows: Sequence[Row[Any]], pieces: Sequence[Material]) -> dict[str, Any]:
    """How much a kit is."""
    films = sum(piece.video for piece in pieces)
    return {
        "leads": len(rows),
        "covert": covert(rows),
        "photos": len(pieces) - films,
        "films": films,
        "outside": sum(piece.file is None for piece in pieces),
        "bytes": sum(size_of(piece) for piece in pieces if piece.file),
    }


def size_of(piece: Material) -> int:
    """Its bytes, as far as anybody told."""
    return int(piece.photo.file_size or DEFAULT_SIZE)


def toggled(work: Work, row: Row[Any], entry_id: int) -> list[int]:
    """A kit's entries with one more, or one fewer.

    Raises:
        NotUnderstood: it is none that is offered.
    """
    if entry_id in row.items:
        return [one for one in row.items if one != entry_id]
    if entry_id not in {one.id for one in offered(work, row)}:
        raise NotUnderstood(hint="old_button")
    return [*row.items, entry_id]
