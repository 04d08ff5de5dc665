"""Photos that a county gets by somebody's deed alone (SPEC §2 «明察 and 暗访», «Other sources»).

Of a 群众举报 it has only what was photographed anew; what comes to a covert entry after its hand-over was
previewed by nobody, and may tell of the visit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from bot.domain.entries import Source, State
from bot.domain.permissions import may
from bot.ledger import entries as book
from bot.ledger.desk import Work
from bot.services import life, pictures
from bot.services.answering import Toast
from bot.services.counties.assignment import action_for
from bot.services.outgoing import Button, Rows, say
from bot.services.refusals import NotPossible, NotUnderstood
from bot.services.views.county import GIVEN, open_to_county

PICTURES = ("before", pictures.CALLERS)


def give(work: Work, row: Row[Any], ids: Sequence[int]) -> Row[Any]:
    """Let the county have these photos; who decided that, and when, stands in the log."""
    found = [one for one in book.photos_of(work, row.id) if one.id in ids]
    if not found:
        return row
    for one in found:
        if one.kind == pictures.CALLERS:
            pictures.rename(work, one, "before")
    albums = sorted({one.media_group_id for one in found if one.media_group_id is not None})
    return life.amend(
        work, row, GIVEN, body=life.body_for(work, row, action_for(row)),
        data={"photos": [one.id for one in found], "albums": albums}, touched_at=work.now,
    )  # fmt: skip


def tell_inside(work: Work, row: Row[Any], ids: Sequence[int], chat_id: int, reply_to: int | None) -> bool:
    """Say that photos stay inside, and offer who may hand over to give them; False when they do not."""
    fresh = book.get(work, row.id)
    assert fresh is not None
    county = {one.id for one in open_to_county(work, fresh)}
    inside = [
        one
        for one in book.photos_of(work, row.id)
        if one.id in ids and one.kind in PICTURES and one.fault is None and one.id not in county
    ]
    if not inside:
        return False
    offered = _offered(fresh, inside[0]) and may(action_for(fresh), life.having_of(work, fresh))
    button = Button("for_county", "forcounty", row.id, 0, str(inside[0].id))
    buttons: Rows = ((button,),) if offered else ()
    say(
        work, chat_id, "entry.kept_inside",
        {"number": row.number, "public": row.source == Source.PUBLIC, "offered": offered},
        buttons=buttons, reply_to=reply_to, entry_id=row.id, silent=True,
    )  # fmt: skip
    return True


def _offered(row: Row[Any], photo: Row[Any]) -> bool:
    """Whether a photo may be given at all: sent after the hand-over, and nobody else's."""
    known = row.assigned_at is not None and row.state not in (State.FILED, State.VOID)
    return known and not photo.forwarded and bool(photo.received_at > _first_assigned(row))


def _first_assigned(row: Row[Any]) -> Any:
    return row.handed_over_at or row.assigned_at


def pressed(work: Work, entry_id: int, photo_id: int) -> Toast:
    """「补充给县级」: the photo, and what came with it in one album.

    Raises:
        NotPossible: it came before the hand-over, or is somebody else's.
        NotUnderstood: the county has it already.
    """
    row = life.load(work, entry_id)
    life.load(work, entry_id, action_for(row))
    found = [one for one in book.photos_of(work, row.id) if one.kind in PICTURES and one.fault is None]
    photo = next((one for one in found if one.id == photo_id), None)
    if photo is None or not _offered(row, photo):
        raise NotPossible(state=row.state)
    if photo_id in {one.id for one in open_to_county(work, row)}:
        raise NotUnderstood(hint="answered")
    album = photo.media_group_id
    together = [
        one.id
        for one in found
        if one.id == photo_id or (album is not None and one.media_group_id == album and _offered(row, one))
    ]
    give(work, row, together)
    return Toast("entry.given_toast", {"region": row.region})
