"""`/export` 「导出」: the filter that stands, the format by a tap; by two persons where (f) asks it."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Row, select

from bot.domain.kits import MOST_PARTS
from bot.domain.masking import mask_numbers
from bot.domain.paper_rights import PaperAct, may_paper
from bot.ledger import people
from bot.ledger.desk import Work
from bot.ledger.tables import outbox, requests
from bot.services.answering import Toast
from bot.services.exporting import choosing
from bot.services.exporting.choosing import Chosen, Pictures
from bot.services.finding import filters
from bot.services.finding.asked import Asked
from bot.services.looking import export
from bot.services.looking.lists import named
from bot.services.offices import seconds
from bot.services.outgoing import Button, File, Rows, say
from bot.services.refusals import ExportNotNow, NotUnderstood, NotYours

ACT: Final = "export"
FORMS: Final = {"x": "xlsx", "c": "csv", "j": "json", "p": "photos"}
"""Letter of a button → format."""
PHOTOS: Final = "photos"
NOT_MADE: Final = "exporting.not_made"


def begin(work: Work, private: int, chat_id: int) -> None:
    """`/export`: what would go, by the ledger's list shown just before; in a group the answer is private.

    Raises:
        NotYours: the actor sees no entries.
    """
    _may(work)
    _ask(work, private, choosing.shown_before(work, private))
    if private != chat_id:
        say(work, chat_id, "lists.in_private", silent=True)


def other(work: Work, private: int, words: str) -> None:
    """The same with another filter: 「导出」 at a list, 「全部台账」."""
    _may(work)
    _ask(work, private, choosing.of_ledger(work, words))


def _may(work: Work) -> None:
    if not may_paper(PaperAct.EXPORT, work.actor):
        raise NotYours


def _ask(work: Work, private: int, asked: Asked) -> None:
    chosen = choosing.choose(work, asked)
    formats = [Button(f"export_{form}", ACT, arg=f"{letter}{asked}") for letter, form in FORMS.items()]
    rows: list[tuple[Button, ...]] = []
    if chosen.weights and not chosen.over:
        rows += [tuple(formats[:3]), (formats[3],)]
    if asked.filters:
        rows.append((Button("export_all", "exportask", arg=str(Asked(choosing.LEDGER))),))
    rows.append((Button("export_filter", "list", arg=str(asked.showing("more"))),))
    say(work, private, "exporting.ask", _told(work, asked, chosen), buttons=_whole(rows))


def _whole(rows: list[tuple[Button, ...]]) -> Rows:
    return tuple(row for row in rows if row)


def _told(work: Work, asked: Asked, chosen: Chosen) -> dict[str, Any]:
    return {
        "filters": [named(kind, one) for kind, one in filters.chosen(work, asked)],
        "rows": len(chosen.weights),
        "over": chosen.over,
        "photos": False,
        "hidden": chosen.hidden,
        "regions": len(chosen.regions),
    }


# --- asked for ----------------------------------------------------------------------------------------


def make(work: Work, private: int, arg: str) -> Toast:
    """A format's button: the files are on their way, or a second person is asked.

    Raises:
        NotYours: the actor sees no entries.
        NotUnderstood: the button is of no list.
        ExportNotNow: nothing to export, too much for a chat, or one is on its way already.
    """
    _may(work)
    form = FORMS.get(arg[:1])
    if form is None:
        raise NotUnderstood(hint="old_button")
    asked = choosing.of_ledger(work, arg[1:])
    chosen = choosing.choose(work, asked)
    if not chosen.weights:
        raise ExportNotNow(why="empty")
    if chosen.over:
        raise ExportNotNow(why="many", photos=form == PHOTOS)
    if _under_way(work, private):
        raise ExportNotNow(why="making")
    if form == PHOTOS:
        pictures = _pictures(work, chosen.ids)
        if len(pictures.regions) > 1:
            return _two(work, private, asked, chosen, pictures)
    release(work, private, form, asked, chosen.parts(), key=f"u{work.update_id}", agreed_by=None)
    return Toast("exporting.making_toast")


def _pictures(work: Work, ids: list[int]) -> Pictures:
    found = choosing.pictures(work, ids)
    if not found.files:
        raise ExportNotNow(why="no_photos", outside=found.outside)
    if len(found.parts()) > MOST_PARTS:
        raise ExportNotNow(why="many", photos=True)
    return found


def _under_way(work: Work, private: int) -> bool:
    """Whether files of an earlier export wait to go into this chat: one after the other."""
    found = work.connection.execute(
        select(outbox.c.id)
        .where(
            outbox.c.chat_id == private,
            outbox.c.state.in_(("waiting", "sending")),
            outbox.c.dedup.startswith("export:"),
        )
        .limit(1)
    ).first()
    return found is not None


def _two(work: Work, private: int, asked: Asked, chosen: Chosen, pictures: Pictures) -> Toast:
    """Photos of several regions: another of the asker's body agrees to just these (red line (f))."""
    body = _body(work, chosen.tracks)
    if body is None:  # nobody there who could agree: a region at a time
        raise ExportNotNow(why="regions")
    if _waits(work):
        raise ExportNotNow(why="waiting")
    words = f"{'、'.join(pictures.regions)} · {len(chosen.weights)} · 📷{len(pictures.files)}"
    return seconds.propose(
        work, ACT, track=body, reason=words,
        data={"ids": chosen.ids, "asked": str(asked), "chat": private},
    )  # fmt: skip


def _waits(work: Work) -> bool:
    """Whether an export of the actor's waits for a second person: one at a time is asked of others."""
    found = work.connection.execute(
        select(requests.c.data).where(
            requests.c.kind == seconds.KIND,
            requests.c.state == "open",
            requests.c.member_id == work.actor.member_id,
        )
    ).scalars()
    return any((data or {}).get("act") == ACT for data in found)


def _body(work: Work, tracks: tuple[str, ...]) -> str | None:
    """In which body two agree: the office of the one track, else 市「敢转争」办公室."""
    offices = work.actor.offices()
    if len(tracks) == 1 and tracks[0] in offices:
        return tracks[0]
    return seconds.OVERSIGHT if seconds.OVERSIGHT in work.actor.bodies() else None


@seconds.carries(ACT)
def _agreed(work: Work, request: Row[Any], key: str) -> None:
    """Two have agreed to just these entries; it is made with the eyes of who asked, as they are now."""
    second = work.actor
    asker = people.actor_by_id(work, request.member_id)
    if request.track not in asker.bodies():
        raise ExportNotNow(why="changed")
    try:
        work.actor = asker
        asked = choosing.of_ledger(work, request.data["asked"])
        ids = choosing.still(work, request.data["ids"])
        if any(second.answers_for(region) for region in _pictures(work, ids).regions):
            raise NotYours
        agreed = second.member_id if second.member_id != request.member_id else None
        release(work, request.data["chat"], PHOTOS, asked, [ids], key=key, agreed_by=agreed)
    finally:
        work.actor = second


# --- on its way ---------------------------------------------------------------------------------------


def release(
    work: Work,
    private: int,
    form: str,
    asked: Asked,
    by_file: list[list[int]],
    *,
    key: str,
    agreed_by: int | None,
) -> None:
    """Log it, and send its files: each is made when it is sent, outside this transaction."""
    ids = [one for part in by_file for one in part]
    member = people.member(work, work.actor.member_id)
    filters_ = [named(kind, one) for kind, one in filters.chosen(work, asked)]
    head = {
        "member": work.actor.member_id,
        "filters": filters_,
        "mark": mask_numbers(export.mark(work, member.name if member is not None else "")),
        "campaign": work.world.campaign.name,
        "form": form,
    }
    found = _pictures(work, ids) if form == PHOTOS else None
    if found is not None:
        parts: list[dict[str, Any]] = [{"files": part} for part in found.parts()]
        sizes, outside = [len(part["files"]) for part in parts], found.outside
    else:
        parts = [{"ids": part} for part in by_file]
        sizes, outside = [len(part) for part in by_file], 0
    export.record(
        work, what="entries", form="zip" if form == PHOTOS else form, rows=len(ids),
        photos=len(found.files) if found is not None else 0, asked=choosing.logged(work, asked),
        more={"by": "chat", "agreed_by": agreed_by, "covers": list(found.regions) if found else []},
    )  # fmt: skip
    stem = f"{'台账照片' if form == PHOTOS else '台账'}-{work.local:%Y%m%d-%H%M}"
    for at, (part, count) in enumerate(zip(parts, sizes, strict=True), 1):
        several = f"-{at}of{len(parts)}" if len(parts) > 1 else ""
        told = {"form": form, "filters": filters_, "part": at, "parts": len(parts), "count": count}
        say(
            work, private, "exporting.part", {**told, "rows": len(ids), "outside": outside if at == 1 else 0},
            file=File(
                "export_photos" if form == PHOTOS else "export_rows",
                f"{stem}{several}.{'zip' if form == PHOTOS else form}",
                {**head, **part, "part": at, "parts": len(parts), "rows": len(ids)},
                otherwise=NOT_MADE,
            ),
            silent=at > 1, dedup=f"export:{private}:{key}:{at}",
        )  # fmt: skip
