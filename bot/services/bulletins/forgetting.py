"""A changed paper, words or a sealed PDF that turned out to be marked as secret (red line d).

Nothing of it is kept in any version, nobody reads it on a card, and what was sent of it is deleted. What
was printed already stays for people to take down: an edit of a caption takes nothing out of a channel.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, or_, select, update

from bot.domain.bulletins import OUT, SECTIONS, Kind, Stage
from bot.ledger.desk import Work
from bot.ledger.outbox import Priority
from bot.ledger.tables import bulletin_versions, bulletins, outbox, requests
from bot.services import secrecy
from bot.services.bulletins import book, card, editing, posting, sealing, taking_back, values
from bot.services.bulletins.posting import FILE, LEADERS, POSTED, SEALED
from bot.services.duties import audience
from bot.services.incoming import Incoming
from bot.services.keeping import recalling
from bot.services.offices import seconds
from bot.services.outgoing import Button, say
from bot.services.scoring.rankingview import channels


@secrecy.forgets
def forget(work: Work, incoming: Incoming) -> None:
    """Forget what a message brought to bulletins."""
    _seals(work, incoming)
    for row in work.connection.execute(select(bulletins).order_by(bulletins.c.id)).all():
        left = _without(row, row.content, incoming)
        since = _versions(work, row, incoming, printed=_is_out(work, row))
        if left is not None:
            _words(work, row, left)
        if since is not None and not _is_out(work, row):
            _papers_sent(work, row, since)


def _is_out(work: Work, row: Row[Any]) -> bool:
    """Whether it was printed, and the minute to take that back is over."""
    return Stage(row.state) in OUT and not card.undoable(work, row)


# --- words and papers ---------------------------------------------------------------------------------


def _without(row: Row[Any], content: Mapping[str, Any], incoming: Incoming) -> dict[str, Any] | None:
    """What is left of a bulletin's words; None where none of them came with the message."""
    came = content.get("texts_from") or {}
    gone = [key for key, kept in came.items() if secrecy.came_with(kept, incoming)]
    paper = secrecy.came_with(content.get("paper_from"), incoming)
    if not gone and not paper:
        return None
    left = {
        **content,
        "texts": {key: text for key, text in content["texts"].items() if key not in gone},
        "texts_from": {key: kept for key, kept in came.items() if key not in gone},
    }
    if paper:
        left |= {"paper": None, "paper_from": None, "differences": []}
    elif content["paper"] and gone:
        heads = SECTIONS[Kind(row.kind)]
        left["paper"] = editing.with_sections(content["paper"], heads, dict.fromkeys(gone, editing.TO_WRITE))
    return left


def _versions(work: Work, row: Row[Any], incoming: Incoming, *, printed: bool) -> datetime | None:
    """Nothing stays in the versions of before; gives since when the words stood in one."""
    since: datetime | None = None
    for one in work.connection.execute(
        select(bulletin_versions)
        .where(bulletin_versions.c.bulletin_id == row.id)
        .order_by(bulletin_versions.c.version)
    ).all():
        left = _without(row, one.content, incoming)
        if left is None:
            continue
        since = since or one.at
        values: dict[str, Any] = {} if printed else {"content": left}
        if secrecy.came_with(one.content.get("paper_from"), incoming):
            values |= {"file_id": None, "file_name": None}
        if values:
            work.connection.execute(
                update(bulletin_versions).where(bulletin_versions.c.id == one.id).values(**values)
            )
    return since


def _words(work: Work, row: Row[Any], left: dict[str, Any]) -> None:
    """The bulletin without them is a draft again; what is out is named to its office."""
    if _is_out(work, row):
        if Stage(row.state) is Stage.PUBLISHED:
            _name(work, row)
        return
    if card.undoable(work, row):
        taking_back.undo(work, row)
    if row.state == Stage.SUBMITTED:
        seconds.lapse(work, card.ACT, "bulletin", row.id)
    fresh = book.get(work, row.id)
    assert fresh is not None
    if fresh.state == Stage.REPORTED:
        recalling.messages(work, posting.rows(work, fresh, LEADERS))
    left["names"] = editing.names_in(work, left)
    card.refresh(work, book.change(work, fresh, "marked", left))


def _papers_sent(work: Work, row: Row[Any], since: datetime) -> None:
    """The papers that the office was sent meanwhile are deleted, and what never left is not kept."""
    sent, out = f"due:{card.PAPER}:{row.id}/", f"bulletin:{row.id}:"
    ours = or_(outbox.c.dedup.startswith(sent, autoescape=True), outbox.c.dedup.startswith(out))
    rows = work.connection.execute(
        select(outbox).where(ours, outbox.c.created_at >= since, outbox.c.payload.is_not(None))
    ).all()
    recalling.messages(work, [one for one in rows if "values" in (one.payload or {})])


def _name(work: Work, row: Row[Any]) -> None:
    for reader in audience.of_office(work, row.track):
        say(
            work, reader.chat_id, "bulletins.marked_later", card.named(work, row),
            buttons=((Button("bulletin_open", "bopen", row.id),),),
            dedup=f"bulletin_marked:{row.id}:{row.version}:{reader.member_id}", priority=Priority.REMINDER,
        )  # fmt: skip


# --- sealed papers ------------------------------------------------------------------------------------


def _seals(work: Work, incoming: Incoming) -> None:
    """One that waits to be judged falls away; one that was agreed to goes, from the channel too."""
    gone = set()
    for request in work.connection.execute(select(requests).where(requests.c.kind == seconds.KIND)).all():
        data = request.data or {}
        if data.get("act") == sealing.ACT and secrecy.came_with(data.get("from"), incoming):
            seconds.lapse(work, sealing.ACT, "file_id", data["file_id"])
            gone.add(data["file_id"])
            work.connection.execute(
                update(requests)
                .where(requests.c.id == request.id)
                .values(data={**data, "file_id": "", "name": ""})
            )
    for row in work.connection.execute(select(bulletins).where(bulletins.c.sealed.is_not(None))).all():
        if row.sealed and row.sealed["file_id"] in gone:
            _unseal(work, row)
    recalling.files(work, gone)


def _unseal(work: Work, row: Row[Any]) -> None:
    """The paper stands without its seal; readers of the channel get the bot's own in its place."""
    fresh = book.put(work, row, sealed=None)
    if Stage(fresh.state) is Stage.PUBLISHED:
        had = [one for one in posting.rows(work, row, POSTED) if one.dedup.rsplit(":", 1)[1] == SEALED]
        when = fresh.published_at + book.UNDO_WITHIN if card.undoable(work, fresh) else None
        for chat_id in channels(work, row.track) if had else ():
            key = f"{posting.key_of(fresh, POSTED)}:{chat_id}"
            posting.send_part(work, fresh, values.of(work, fresh), chat_id, key, FILE, when=when)
    card.refresh(work, fresh)
