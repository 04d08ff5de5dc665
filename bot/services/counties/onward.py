"""What is taken along from a card: 位置, and 转发版 for any other messenger (SPEC §2)."""

from __future__ import annotations

from bot.domain.permissions import Action
from bot.ledger.desk import Work
from bot.services import life, views
from bot.services.answering import Toast
from bot.services.outgoing import Picture, say
from bot.services.views.county import county_photos


def location(work: Work, entry_id: int, chat_id: int, reply_to: int | None) -> Toast | None:
    """「位置」: the entry's place as a pin, or the word that there is none."""
    row = life.load(work, entry_id, Action.LOCATION)
    if row.lat is None or row.lng is None:
        return Toast("county.no_location_toast", {"place": views.place_of(work, row)}, alert=True)
    say(
        work, chat_id, "county.location", {"number": row.number, "place": views.place_of(work, row)},
        location=(row.lat, row.lng), reply_to=reply_to, entry_id=row.id, silent=True,
    )  # fmt: skip
    return None


def forward(work: Work, entry_id: int, chat_id: int) -> None:
    """「转发版」: one clean picture and 【点位】【问题】【期限】, to be sent on anywhere."""
    row = life.load(work, entry_id, Action.FORWARD)
    ids = [photo.id for photo in county_photos(work, row)]
    picture = None
    if ids:
        make = "photo" if len(ids) == 1 else "plain_sheet"
        picture = Picture(make, f"{make}:{'-'.join(map(str, ids))}", {"photos": ids, "entry": row.id})
    say(
        work,
        chat_id,
        "county.forward",
        {
            "number": row.number,
            "place": views.place_of(work, row),
            "problem": views.what_county_reads(row),
            "deadline": row.deadline.isoformat() if row.deadline else None,
        },
        picture=picture,
        entry_id=row.id,
        silent=True,
    )
