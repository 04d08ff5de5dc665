"""A kit is made: by one person or two, as a paper of leads and parts that Telegram takes (SPEC §6)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any, Final

from sqlalchemy import Row, select

from bot.domain.kits import MOST_PARTS, parted
from bot.domain.masking import mask_numbers
from bot.ledger import events, outbox, people
from bot.ledger.desk import Work
from bot.ledger.outbox import Kind
from bot.ledger.tables import kits as table
from bot.services.answering import Toast
from bot.services.kits import book, card
from bot.services.kits.book import Material
from bot.services.looking import export
from bot.services.offices import seconds
from bot.services.outgoing import File, say
from bot.services.refusals import AlreadyMoved, KitNotNow, NotYours
from bot.services.scoring import windows

ACT: Final = "kit"


def make(work: Work, kit_id: int, version: int) -> Toast:
    """「生成」: at once, or after a second person where covert material or several regions are in it.

    Raises:
        KitNotNow: there is nothing in it, or it waits already.
        AlreadyMoved: somebody changed it since the button was made.
    """
    row = book.get(work, kit_id)
    if row.version != version:
        card.refresh(work, row.id)
        raise AlreadyMoved(state="", body="", at=None)
    rows = book.chosen(work, row)
    if not rows:
        raise KitNotNow(why="empty")
    if row.state == book.WAITING:
        raise KitNotNow(why="waiting")
    maker = people.member(work, work.actor.member_id)
    assert maker is not None
    # it goes to whoever has it made: who began it may have left the office since
    mine = {"member_id": maker.id, "chat_id": maker.telegram_id}
    if not book.needs_second(rows):
        release(work, book.change(work, row, **mine), agreed_by=None)
        return Toast("kits.making_toast")
    fresh = book.change(work, row, state=book.WAITING, **mine)
    toast = seconds.propose(
        work, ACT, track=row.track, reason=_said(work, fresh, rows),
        data={"kit": fresh.id, "version": fresh.version},
    )  # fmt: skip
    for one in people.office_of(work, row.track):
        if one.member_id != work.actor.member_id:
            card.show_to(work, fresh, one.chat_id, one.member_id)
    card.refresh(work, row.id)
    return toast


def _said(work: Work, row: Row[Any], rows: Sequence[Row[Any]]) -> str:
    """What the second person is asked to agree to, in numbers; the card of the kit shows each lead."""
    month = windows.window(work, row.month).label
    parts = [f"{month} №{row.id}", f"{len(rows)}", "、".join(dict.fromkeys(one.region for one in rows))]
    if book.covert(rows):
        parts.append(f"暗×{book.covert(rows)}")
    return " · ".join(parts)


@seconds.carries(ACT, protect=True)
def _agreed(work: Work, request: Row[Any], key: str) -> None:
    """Two have agreed to just this version; whoever answers for one of its regions agrees to nothing."""
    row = book.get(work, request.data["kit"])
    if row.state != book.WAITING or row.version != request.data["version"]:
        raise KitNotNow(why="changed")
    if row.track not in people.actor_by_id(work, row.member_id).offices():
        raise KitNotNow(why="changed")  # whoever had it made has left since: nobody is there to get it
    if any(work.actor.answers_for(one.region) for one in book.chosen(work, row)):
        raise NotYours
    agreed = work.actor.member_id if work.actor.member_id != request.member_id else None
    release(work, row, agreed_by=agreed)


@seconds.falls(ACT)
def _not_agreed(work: Work, request: Row[Any], state: str) -> None:
    """Not agreed to, taken back, or changed meanwhile: it is a draft again."""
    row = work.connection.execute(select(table).where(table.c.id == request.data["kit"])).first()
    if row is not None and row.state == book.WAITING:
        book.change(work, row, state=book.DRAFT)
        card.refresh(work, row.id)


def release(work: Work, row: Row[Any], *, agreed_by: int | None) -> None:
    """Log it, and send it to whoever has it made, in private: the paper, then the parts.

    It is handed on outside the house: that is what it is for, so that nothing keeps it from being saved.
    """
    rows = book.chosen(work, row)
    if not rows:
        raise KitNotNow(why="empty")
    pieces = [piece for one in rows for piece in book.material(work, one)]
    fresh = book.change(work, row, state=book.READY, ready_at=work.now, agreed_by=agreed_by)
    export.record(
        work, what="kit", form="zip", rows=len(rows), photos=len(pieces), asked=f"{row.month} №{row.id}"
    )
    events.record(
        work, "kit_made", body=f"office:{row.track}",
        data={"kit": row.id, "version": fresh.version, "leads": len(rows), "covert": book.covert(rows),
              "agreed_by": agreed_by},
    )  # fmt: skip
    parts = parted([book.size_of(piece) for piece in pieces if piece.file])
    by_chat = len(parts) <= MOST_PARTS
    key = f"kit:{row.id}:{fresh.version}"
    named = {"kit": row.id, "month": windows.window(work, row.month).label}
    say(
        work, row.chat_id, "kits.leads",
        {**named, **book.counted(rows, pieces), "parts": len(parts), "by_chat": by_chat},
        file=File("kit_leads", f"专题片线索清单-{named['month']}-{row.id}.docx", leads(work, fresh, rows)),
        dedup=f"{key}:leads",
    )  # fmt: skip
    if by_chat:
        kept = [piece for piece in pieces if piece.file]
        for at, part in enumerate(parts, 1):
            values = {**content(work, fresh, [kept[one] for one in part]), "part": at, "parts": len(parts)}
            say(
                work, row.chat_id, "kits.part",
                {**named, "part": at, "parts": len(parts), "files": len(part)},
                file=File(
                    "kit_part", f"专题片素材-{named['month']}-{row.id}-{at}of{len(parts)}.zip", values,
                    otherwise="kits.not_made",
                ),
                silent=True, dedup=f"{key}:{at}",
            )  # fmt: skip
    for piece in pieces:
        if piece.file is None and piece.photo.file_id:
            _by_reference(work, fresh, piece, key)
    card.refresh(work, row.id)


def _by_reference(work: Work, row: Row[Any], piece: Material, key: str) -> None:
    """What Telegram alone has, over 20 MB: handed on as it is there."""
    method, name = {
        "photo": ("sendPhoto", "photo"),
        "video": ("sendVideo", "video"),
    }.get(piece.photo.medium, ("sendDocument", "document"))
    params = {"chat_id": row.chat_id, name: piece.photo.file_id, "caption": name_of(piece)}
    outbox.put(
        work, chat_id=row.chat_id, kind=Kind.CALL, payload={"method": method, "params": params},
        dedup=f"{key}:file:{piece.photo.id}",
    )  # fmt: skip


# --- what the papers are made of ----------------------------------------------------------------------


def name_of(piece: Material) -> str:
    """`编号_序_前|后_村`, as copies for people are named; the maker makes it fit for file systems."""
    side = "前" if piece.side == "before" else "后"
    village = piece.entry.village or piece.entry.township or ""
    known = "" if piece.entry.source == "public" else village
    return "_".join(part for part in (piece.entry.number or "", f"{piece.rank:02d}", side, known) if part)


def leads(work: Work, row: Row[Any], rows: Sequence[Row[Any]]) -> dict[str, Any]:
    """线索清单: the leads by route, each with the first of its pictures and the names of its files."""
    found = []
    for leg, entry in zip(book.legs(work, rows), rows, strict=True):
        pieces = book.material(work, entry)
        first = next((piece for piece in pieces if piece.file and not piece.video), None)
        position = book.position_of(entry)
        found.append(
            {
                **book.lead(work, entry),
                "metres": leg.metres,
                "position": list(position) if position else None,
                "files": [name_of(piece) for piece in pieces],
                "photos": sum(not piece.video for piece in pieces),
                "films": sum(piece.video for piece in pieces),
                "picture": {"file": first.file, "anew": first.anew} if first is not None else None,
            }
        )
    return {**_head(work, row), "leads": found}


def content(work: Work, row: Row[Any], pieces: Sequence[Material]) -> dict[str, Any]:
    """A part's files and its list, as JSON values."""
    return {
        **_head(work, row),
        "files": [
            {
                "file": piece.file,
                "name": name_of(piece) + PurePath(piece.file or "").suffix.lower(),
                "anew": piece.anew,
                "sha256": piece.photo.sha256,
                "number": piece.entry.number or "",
                "place": f"{piece.entry.region}{book.lead(work, piece.entry)['place']}",
                "side": piece.side,
                "film": piece.video,
            }
            for piece in pieces
        ],
    }


def for_the_command_line(work: Work, kit_id: int) -> dict[str, Any]:
    """Everything that a kit which was agreed to hands out, in one piece.

    Raises:
        KitNotNow: `unknown`, or `not_ready`: it was not made in the chat yet.
    """
    row = work.connection.execute(select(table).where(table.c.id == kit_id)).first()
    if row is None:
        raise KitNotNow(why="unknown")
    if row.state != book.READY:
        raise KitNotNow(why="not_ready")
    work.actor = people.actor_by_id(work, row.member_id)  # what its office may hand out now, no more
    rows = book.chosen(work, row)
    pieces = [piece for one in rows for piece in book.material(work, one) if piece.file]
    if not rows:  # everything in it was voided since, or its office has nobody left who made it
        raise KitNotNow(why="not_ready")
    mark = {"mark": export.mark(work)}
    return {
        "leads": {**leads(work, row, rows), **mark},
        "content": {**content(work, row, pieces), **mark},
        "rows": len(rows),
    }


def _head(work: Work, row: Row[Any]) -> dict[str, Any]:
    campaign = work.world.campaign
    member = people.member(work, row.member_id)
    return {
        "kit": row.id,
        "campaign": campaign.name,
        "month": windows.window(work, row.month).label,
        "office": f"{campaign.track(row.track).office}环境整治攻坚办",
        "day": campaign.today(work.now).isoformat(),
        "mark": mask_numbers(export.mark(work, member.name if member is not None else "")),
    }
