"""报送市领导, 印发 to the channel after a minute, 撤销, 撤下, the 正式件 (SPEC §6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row, select, update

from bot.domain.bulletins import REGION_COLUMNS, Kind, Stage, region_grid, resolved
from bot.domain.permissions import Role
from bot.ledger import outbox as outbox_book
from bot.ledger import people
from bot.ledger.desk import Work
from bot.ledger.outbox import Kind as RowKind
from bot.ledger.outbox import Priority
from bot.ledger.tables import outbox
from bot.services import post
from bot.services.answering import Toast
from bot.services.bulletins import book, card, values
from bot.services.duties import audience, told
from bot.services.outgoing import Button, say
from bot.services.refusals import BulletinNotNow
from bot.services.scoring import sheets
from bot.services.scoring.rankingview import channels

POSTED: Final = "post"
LEADERS: Final = "leaders"
OWN: Final = "own"
LOOK_BACK: Final = timedelta(days=14)
"""What was printed longer ago needs nothing more."""


# --- 报送, 印发 -----------------------------------------------------------------------------------------


def report(work: Work, bulletin_id: int, version: int) -> Toast:
    """「报送市领导」: the page and the paper to every city leader, in private."""
    row = book.held(work, bulletin_id)
    book.fresh(row, version)
    fresh = book.go(work, row, Stage.REPORTED, "bulletin_reported", reported_at=work.now)
    count = _to_leaders(work, fresh)
    card.refresh(work, fresh)
    return Toast("bulletins.reported_toast", {"count": count})


def _to_leaders(work: Work, row: Row[Any]) -> int:
    printed = values.of(work, row)
    leaders = people.holders_of(work, Role.CITY_LEADER)
    for leader in leaders:
        _page(work, row, printed, leader.chat_id, f"{_key(row, LEADERS)}:{leader.member_id}")
    return len(leaders)


def publish(work: Work, bulletin_id: int, version: int, *, both: bool = False) -> Toast:
    """「印发」: to the track's channel after 60 s in which it can be taken back; `both`: 报送 with it.

    Raises:
        BulletinNotNow: nobody agreed to it, there is no channel, the ranking is not printed, or changed.
    """
    row = book.held(work, bulletin_id)
    book.fresh(row, version)
    if Stage(row.state) not in (Stage.APPROVED, Stage.REPORTED):
        raise BulletinNotNow(why="not_approved", state=row.state)
    found = channels(work, row.track)
    if not found:
        raise BulletinNotNow(why="no_channel", state=row.state)
    _ranking_stands(work, row)
    reported = row.reported_at or (work.now if both else None)
    fresh = book.go(
        work, row, Stage.PUBLISHED, "bulletin_published", {"both": both}, published_at=work.now,
        reported_at=reported,
    )  # fmt: skip
    if both:
        _to_leaders(work, fresh)
    printed = values.of(work, fresh)
    for chat_id in found:
        post.reached(work, chat_id)  # people may have set it right since
        _page(work, fresh, printed, chat_id, f"{_key(fresh, POSTED)}:{chat_id}", held=True)
    _own_lines(work, fresh, printed)
    card.refresh(work, fresh)
    return Toast("bulletins.published_toast", {"seconds": int(book.UNDO_WITHIN.total_seconds())})


def _supersede(work: Work, row: Row[Any]) -> None:
    """A printed 更正 stands in place of the one before."""
    for other in book.of_number(work, row.track, row.kind, row.key, row.correction - 1):
        if Stage(other.state) in (Stage.PUBLISHED, Stage.WITHDRAWN):
            card.refresh(work, book.go(work, other, Stage.SUPERSEDED, "bulletin_superseded", {"by": row.id}))


def _ranking_stands(work: Work, row: Row[Any]) -> None:
    """A ranking is printed by itself first, and as it was when the bulletin was agreed to."""
    if row.kind == Kind.WEEKLY:
        return
    ranking = (row.figures.get("living") or {}).get("ranking")
    sheet = sheets.published(work, row.track, row.key)
    if sheet is None:
        raise BulletinNotNow(why="ranking_not_out", state=row.state)
    if ranking is None or ranking["hash"] != sheet.hash:
        raise BulletinNotNow(why="ranking_changed", state=row.state)


def _key(row: Row[Any], what: str) -> str:
    return f"bulletin:{row.id}:{row.version}:{what}"


def _page(
    work: Work, row: Row[Any], printed: dict[str, Any], chat_id: int, key: str, *, held: bool = False
) -> None:
    """The first page as a picture with its words, then the paper."""
    when = work.now + book.UNDO_WITHIN if held else None
    said = {**card.named(work, row), "conclusion": _conclusion(printed), "totals": row.figures["totals"],
            "cut": printed["cut"], "correction_of": printed["correction_of"]}  # fmt: skip
    say(
        work, chat_id, "bulletins.post", said, picture=card.picture(printed), dedup=f"{key}:page",
        not_before=when, priority=Priority.BROADCAST if held else Priority.REPLY,
    )  # fmt: skip
    if row.sealed:
        _sealed_to(work, row, chat_id, f"{key}:sealed", when)
    else:
        say(
            work, chat_id, "bulletins.posted_file", card.named(work, row),
            file=card.file(work, row, "pdf", printed),
            dedup=f"{key}:file", not_before=when, priority=Priority.BROADCAST if held else Priority.REPLY,
        )  # fmt: skip


def _sealed_to(work: Work, row: Row[Any], chat_id: int, key: str, when: datetime | None = None) -> None:
    """正式件: the sealed paper as Telegram has it already."""
    params = {
        "chat_id": chat_id,
        "document": row.sealed["file_id"],
        "caption": f"{card.title(work, row)} 正式件",
    }
    outbox_book.put(
        work, chat_id=chat_id, kind=RowKind.CALL, payload={"method": "sendDocument", "params": params},
        dedup=key, not_before=when, priority=Priority.BROADCAST,
    )  # fmt: skip


def _conclusion(printed: dict[str, Any]) -> str:
    """The page's first sentence, where somebody wrote one."""
    words = printed["texts"].get("conclusion", "")
    if not words and printed["paper"]:
        words = next(
            (
                one["words"]
                for one in printed["paper"]["blocks"]
                if one["kind"] == "text" and not one["level"]
            ),
            "",
        )
    return str(words)[:300]


def _own_lines(work: Work, row: Row[Any], printed: dict[str, Any]) -> None:
    """Each contact its own line, in private (SPEC §6)."""
    grid = resolved(region_grid(printed), row.content["differences"])
    for line in grid.rows:
        said = {
            **card.named(work, row),
            "region": line[0],
            "cells": list(zip(REGION_COLUMNS, line[1:], strict=False)),
        }
        for person in people.contacts_of(work, line[0]):
            say(
                work, person.chat_id, "bulletins.own_line", said, silent=True,
                dedup=f"{_key(row, OWN)}:{person.member_id}:{line[0]}"[:96],
                not_before=work.now + book.UNDO_WITHIN, priority=Priority.BROADCAST,
            )  # fmt: skip


def sealed(work: Work, row: Row[Any]) -> None:
    """A 正式件 that came after the publication follows it into the channel."""
    if row.state != Stage.PUBLISHED:
        return
    when = row.published_at + book.UNDO_WITHIN if card.undoable(work, row) else None
    for chat_id in channels(work, row.track):
        _sealed_to(work, row, chat_id, f"{_key(row, POSTED)}:{chat_id}:sealed", when)


# --- 撤销, 撤下 -----------------------------------------------------------------------------------------


def take_down(work: Work, bulletin_id: int, version: int) -> Toast:
    """「撤销」 within 60 s: nothing leaves. 「撤下」 within 48 h: the posts are deleted.

    Raises:
        BulletinNotNow: it is not out, or out for too long.
    """
    row = book.held(work, bulletin_id)
    book.fresh(row, version)
    if Stage(row.state) is not Stage.PUBLISHED or row.published_at is None:
        raise BulletinNotNow(why="moved", state=row.state)
    if card.undoable(work, row):
        _close_waiting(work, row, (POSTED, OWN))
        back = Stage.REPORTED if row.reported_at else Stage.APPROVED
        fresh = book.go(work, row, back, "bulletin_unpublished", published_at=None)
        card.refresh(work, fresh)
        return Toast("bulletins.undone_toast")
    if work.now > row.published_at + book.DOWN_WITHIN:
        raise BulletinNotNow(why="too_late", state=row.state)
    count = _delete_posts(work, row)
    fresh = book.go(work, row, Stage.WITHDRAWN, "bulletin_withdrawn", withdrawn_at=work.now)
    card.refresh(work, fresh)
    return Toast("bulletins.withdrawn_toast", {"count": count})


def _rows(work: Work, row: Row[Any], what: str) -> list[Row[Any]]:
    """What was put into the outbox for a bulletin, under whichever version."""
    start = f"bulletin:{row.id}:"
    found: Sequence[Any] = work.connection.execute(
        select(
            outbox.c.id, outbox.c.chat_id, outbox.c.dedup, outbox.c.state, outbox.c.message_id, outbox.c.error
        )
        .where(outbox.c.dedup >= start, outbox.c.dedup < start + "\uffff")
        .order_by(outbox.c.id)
    ).all()
    return [one for one in found if one.dedup.split(":")[3:4] == [what]]


def _close_waiting(work: Work, row: Row[Any], whats: tuple[str, ...]) -> None:
    for what in whats:
        ids = [one.id for one in _rows(work, row, what) if one.state == "waiting"]
        if ids:
            work.connection.execute(
                update(outbox).where(outbox.c.id.in_(ids)).values(state="stale", sent_at=work.now)
            )


def _delete_posts(work: Work, row: Row[Any]) -> int:
    _close_waiting(work, row, (POSTED, OWN))
    count = 0
    for one in _rows(work, row, POSTED):
        if one.state == "sent" and one.message_id is not None:
            outbox_book.put(
                work, chat_id=one.chat_id, kind=RowKind.DELETE, payload={"message_id": one.message_id},
                dedup=f"down:{one.id}",
            )  # fmt: skip
            count += 1
    return count


# --- after the minute ---------------------------------------------------------------------------------


def after_due(work: Work) -> int:
    """The minute is over: the card offers 「撤下」; a post that the channel refused is told, and undone."""
    done = 0
    for row in book.published_since(work, work.now - LOOK_BACK):
        if card.undoable(work, row):
            continue
        key = told.Key("bulletin_out", str(row.id), row.published_at, told.NOBODY)
        if told.note(work, key):
            _supersede(work, row)
            card.refresh(work, row)
            done += 1
        posts = _rows(work, row, POSTED)
        ours = [one for one in posts if int(one.dedup.split(":")[2]) >= _last_version(posts)]
        bad = [one for one in ours if one.state in ("failed", "unreachable")]
        if bad and not any(one.state in ("sent", "sending", "waiting", "uncertain") for one in ours):
            _refused(work, row, bad[0])
            done += 1
    return done


def _last_version(posts: list[Row[Any]]) -> int:
    """The version under which a bulletin was posted last."""
    return max((int(one.dedup.split(":")[2]) for one in posts), default=0)


def _refused(work: Work, row: Row[Any], bad: Row[Any]) -> None:
    """The channel takes nothing from the bot: 印发 did not happen."""
    back = Stage.REPORTED if row.reported_at else Stage.APPROVED
    fresh = book.go(work, row, back, "bulletin_not_posted", {"error": bad.error}, published_at=None)
    chat = people.chat(work, bad.chat_id)
    for reader in audience.of_office(work, row.track):
        say(
            work, reader.chat_id, "bulletins.not_posted",
            {**card.named(work, row), "channel": chat.title if chat else "", "error": bad.error or ""},
            buttons=((Button("bulletin_open", "bopen", row.id),),),
            dedup=f"bulletin_refused:{row.id}:{row.version}:{reader.member_id}", priority=Priority.REMINDER,
        )  # fmt: skip
    card.refresh(work, fresh)
