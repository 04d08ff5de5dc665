"""One entry into several: the last photos into a draft of their own, several problems into one each."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from bot.domain.entries import State
from bot.domain.permissions import Action
from bot.ledger import entries as book
from bot.ledger.desk import Work
from bot.services import life, pictures
from bot.services.field import filing
from bot.services.outgoing import close_panels
from bot.services.refusals import NotPossible, NotUnderstood, NotYours


def _own(work: Work, entry_id: int, version: int) -> Row[Any]:
    row = life.load(work, entry_id, Action.EDIT)
    if row.filer_id != work.actor.member_id:
        raise NotYours
    life.fresh_press(work, row, version, seen_all=True)
    if row.state not in (State.DRAFT, State.FILED):
        raise NotPossible(state=row.state)
    return row


def split_photos(work: Work, entry_id: int, version: int) -> None:
    """「拆成两条」: what was sent last (a photo or an album) becomes a draft of its own.

    Raises:
        NotUnderstood: everything was sent at once.
    """
    row = _own(work, entry_id, version)
    groups = pictures.groups_of(work, row.id)
    if len(groups) < 2:
        raise NotUnderstood(hint="one_group")
    last = groups[-1]
    identity = filing.identity_stored(work, row)
    fresh = filing.open_entry(work, identity, chat_id=row.chat_id, found_at=last[0].sent_at)
    pictures.move(work, last, fresh.id)
    words = next((photo.caption for photo in last if photo.caption), None)
    life.amend(
        work, row, "split", body=filing.body_of(identity), data={"photos": len(last)},
        **filing.touch(work, row),
    )  # fmt: skip
    close_panels(work, row.id)
    if words and words != row.description:
        filing.apply_caption(work, fresh, words, sent_at=last[0].sent_at)
    else:
        filing.show_receipt(work, fresh)


def split_problems(work: Work, entry_id: int, version: int) -> None:
    """「拆成N条」: each problem of a caption becomes a numbered entry; all of them share the photos.

    Place and deadline are those of the whole caption where a part names none.
    """
    row = _own(work, entry_id, version)
    parts = row.problems or []
    if row.state != State.FILED or len(parts) < 2:
        raise NotPossible(state=row.state)
    identity = filing.identity_stored(work, row)
    body = filing.body_of(identity)
    photos = [one for one in book.photos_of(work, row.id) if one.kind in ("before", "attachment")]
    made = []
    for part in parts[1:]:
        opened = filing.open_entry(work, identity, chat_id=row.chat_id, found_at=row.found_at)
        pictures.share(work, photos, opened.id)
        worded = life.amend(
            work, opened, "split", body=body, data={"from": row.number},
            region=row.region, township=row.township, village=row.village,
            **_of_part(work, row, part),
        )  # fmt: skip
        made.append(filing.file(work, worded))
    life.amend(
        work, row, "split", body=body, data={"into": [one.number for one in made]},
        **{**_of_part(work, row, parts[0]), **filing.touch(work, row)},
    )  # fmt: skip
    close_panels(work, row.id)
    for one in made:
        filing.show_receipt(work, one)


def _of_part(work: Work, row: Row[Any], part: str) -> dict[str, Any]:
    """The columns of one problem out of several."""
    reading = filing.read(work, part, filing.identity_stored(work, row), row.found_at, (row.region,))
    values = filing.understood(reading)
    for name in ("region", "township", "village"):
        values.pop(name)
    if values["wish"] is None:
        values.update(wish=row.wish, wish_words=row.wish_words)
    values.update(
        description=part, problems=[], handling=row.handling, lat=row.lat, lng=row.lng,
        position_from=row.position_from, by_hand=[], choices=[],
        spot=reading.spot or row.spot,
    )  # fmt: skip
    return values
