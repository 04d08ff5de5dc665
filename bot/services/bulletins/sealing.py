"""正式件: the sealed PDF that a reply brings; it is printed once a second person has agreed to it."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Row

from bot.domain.bulletins import Stage
from bot.ledger import people
from bot.ledger.desk import Work
from bot.services import secrecy
from bot.services.bulletins import book, card, editing, posting, taking_back
from bot.services.bulletins.posting import FILE, POSTED, SEALED
from bot.services.duties import audience
from bot.services.incoming import Incoming
from bot.services.offices import seconds
from bot.services.outgoing import Button, File, say
from bot.services.refusals import BulletinFile, BulletinNotNow, NotUnderstood
from bot.services.scoring.rankingview import channels

ACT: Final = "bulletin_seal"
WHERE: Final = (Stage.APPROVED, Stage.REPORTED, Stage.PUBLISHED)


def seal(work: Work, incoming: Incoming) -> None:
    """A sealed PDF is shown to a second person of the office, as everything that goes into a channel.

    Raises:
        BulletinNotNow: nobody has agreed to this bulletin yet.
        BulletinFile: its name, which everybody would read, holds the name of a person.
    """
    row = editing.spoken_of(work, incoming)
    if row is None:
        raise NotUnderstood(hint="old_button")
    secrecy.refuse_secret(work, incoming)
    if Stage(row.state) not in WHERE:
        raise BulletinNotNow(why="not_approved", state=row.state)
    file = incoming.attachments[0]
    if editing.names_in_words(work, [file.name or ""]):
        raise BulletinFile(why="name_in_name")
    toast = seconds.propose(
        work, ACT, track=row.track, reason=card.title(work, row),
        data={
            "bulletin": row.id, "file_id": file.file_id, "name": (file.name or "")[:64],
            "from": secrecy.where(incoming),
        },
    )  # fmt: skip
    for reader in audience.of_office(work, row.track):
        if reader.member_id != work.actor.member_id:
            say(
                work, reader.chat_id, "bulletins.sealed_to_judge", card.named(work, row),
                file=File("", "", {"file_id": file.file_id}),
                buttons=((Button("bulletin_open", "bopen", row.id),),),
            )  # fmt: skip
    say(work, incoming.chat_id, toast.text, toast.values, reply_to=incoming.message_id, silent=True)


@seconds.carries(ACT)
def _carry(work: Work, request: Row[Any], key: str) -> None:
    """It becomes the 正式件; after the publication it follows into the channel, in an earlier one's place."""
    row = book.get(work, request.data["bulletin"])
    if row is None or Stage(row.state) not in WHERE:
        raise BulletinNotNow(why="moved", state=row.state if row is not None else "")
    fresh = book.put(work, row, sealed={key: request.data[key] for key in ("file_id", "name", "from")})
    if Stage(fresh.state) is Stage.PUBLISHED:
        _into_the_channel(work, fresh)
    card.refresh(work, fresh)
    member = people.member(work, request.member_id)
    if member is not None and member.telegram_id is not None:
        say(
            work, member.telegram_id, "bulletins.sealed", card.named(work, fresh), silent=True,
            dedup=f"{key}:sealed",
        )  # fmt: skip


def _into_the_channel(work: Work, row: Row[Any]) -> None:
    parts = (FILE, SEALED) if card.undoable(work, row) else (SEALED,)
    posts = posting.rows(work, row, POSTED, since=row.published_at)
    earlier = [one for one in posts if one.dedup.rsplit(":", 1)[1] in parts]
    posting.close(work, [one.id for one in earlier if one.state == "waiting"])
    taking_back.delete(work, row, earlier)
    when = row.published_at + book.UNDO_WITHIN if card.undoable(work, row) else None
    for chat_id in channels(work, row.track):
        key = f"{posting.key_of(row, POSTED)}:{chat_id}"
        posting.send_part(work, row, {}, chat_id, key, SEALED, when=when)
