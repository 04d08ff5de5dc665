"""What became of 印发, 报送 and 撤下: contacts are told once it stands, the office when something failed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row

from bot.domain.bulletins import REGION_COLUMNS, Stage, region_grid, resolved
from bot.ledger import people
from bot.ledger.desk import Work
from bot.ledger.outbox import Priority
from bot.services.answering import Toast
from bot.services.bulletins import book, card, posting, values
from bot.services.bulletins.posting import BAD, LEADERS, OWN, POSTED
from bot.services.duties import audience, told
from bot.services.outgoing import Button, say
from bot.services.refusals import BulletinNotNow

LOOK_BACK: Final = timedelta(days=14)
"""What was printed longer ago needs nothing more."""
UNDER_WAY: Final = ("waiting", "sending")


def after_due(work: Work) -> int:
    """Once the minute is over, and once it is known what arrived."""
    done = 0
    for row in book.out_since(work, work.now - LOOK_BACK):
        at = row.withdrawn_at or row.published_at or row.reported_at
        settled = told.Key("bulletin_settled", f"{row.id}.{row.version}", at, told.NOBODY)
        if card.undoable(work, row) or told.known(work, settled):
            continue
        if told.note(work, told.Key("bulletin_out", f"{row.id}.{row.state}", at, told.NOBODY)):
            card.refresh(work, row)  # 「撤销」 is over
            done += 1
        ended = _looked_at(work, row)
        if ended is not None:
            told.note(work, settled)
            done += ended
    return done


def _looked_at(work: Work, row: Row[Any]) -> int | None:
    """Tell what is to be told of a bulletin that is out; None while something is still under way."""
    withdrawn = Stage(row.state) is Stage.WITHDRAWN
    since = row.withdrawn_at if withdrawn else min(filter(None, (row.published_at, row.reported_at)))
    sent = posting.rows(work, row, *((posting.DOWN,) if withdrawn else (POSTED, LEADERS)), since=since)
    if any(one.state in UNDER_WAY for one in sent):
        return None
    if withdrawn:
        return _after_withdrawal(work, row, sent)
    posts = _of(sent, POSTED, row.published_at)
    first = told.Key("bulletin_posted", str(row.id), row.published_at or work.now, told.NOBODY)
    if row.published_at is not None and told.note(work, first):
        if posts and all(one.state in ("failed", "unreachable") for one in posts):
            _refused(work, row, posts)
            return 1
        _supersede(work, row)
        _own_lines(work, row)
    bad = [one for one in (*posts, *_of(sent, LEADERS, row.reported_at)) if one.state in BAD]
    return _trouble(work, row, bad)


def _of(rows: Sequence[Row[Any]], what: str, since: datetime | None) -> list[Row[Any]]:
    """What was sent of a kind since it was pressed last; of what was sent again, the last try."""
    if since is None:
        return []
    found = (one for one in rows if one.created_at >= since and one.dedup.split(":")[3] == what)
    return list({one.dedup.split(":", 3)[3]: one for one in found}.values())


def _after_withdrawal(work: Work, row: Row[Any], sent: Sequence[Row[Any]]) -> int:
    """A post that Telegram would not delete is named: people must do it by hand."""
    left = [
        one
        for one in sent
        if one.state in BAD or (one.state == "stale" and "not found" not in (one.error or "").casefold())
    ]
    if left:
        titles = sorted({_title(work, one.chat_id) for one in left})
        _tell_office(work, row, "bulletins.not_deleted", {"channels": titles, "count": len(left)}, "left")
    return 1


def _supersede(work: Work, row: Row[Any]) -> None:
    """A printed 更正 stands in place of the one before."""
    for other in book.of_number(work, row.track, row.kind, row.key, row.correction - 1):
        if Stage(other.state) in (Stage.PUBLISHED, Stage.WITHDRAWN):
            card.refresh(work, book.go(work, other, Stage.SUPERSEDED, "bulletin_superseded", {"by": row.id}))


def _own_lines(work: Work, row: Row[Any]) -> None:
    """Each contact its own line, in private, once the bulletin stands in the channel (SPEC §6)."""
    printed = values.of(work, row)
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
                dedup=f"{posting.key_of(row, OWN)}:{person.member_id}:{line[0]}"[:96],
                priority=Priority.BROADCAST,
            )  # fmt: skip


# --- what did not arrive --------------------------------------------------------------------------------


def _refused(work: Work, row: Row[Any], posts: Sequence[Row[Any]]) -> None:
    """The channel takes nothing from the bot: 印发 did not happen."""
    back = Stage.REPORTED if row.reported_at else Stage.APPROVED
    error = posts[0].error if posts else None
    fresh = book.go(work, row, back, "bulletin_not_posted", {"error": error}, published_at=None)
    title = _title(work, posts[0].chat_id) if posts else ""
    _tell_office(work, fresh, "bulletins.not_posted", {"channel": title, "error": error or ""}, "refused")
    card.refresh(work, fresh)


def _trouble(work: Work, row: Row[Any], bad: Sequence[Row[Any]]) -> int:
    """Part of it did not arrive, or nobody knows: what, where, and 「补发」; once for each try."""
    if not bad:
        return 0
    subject = f"{row.id}.{max(one.id for one in bad)}"
    if not told.note(work, told.Key("bulletin_trouble", subject, bad[0].created_at, told.NOBODY)):
        return 0
    lines = [
        {"where": _title(work, one.chat_id), "part": _part(one), "state": one.state, "error": one.error or ""}
        for one in bad
    ]
    again = ((Button("bulletin_again", "bagain", row.id, row.version),), _open(row))
    _tell_office(work, row, "bulletins.trouble", {"lines": lines}, f"trouble.{bad[0].id}", again)
    return 1


def again(work: Work, bulletin_id: int, version: int) -> Toast:
    """「补发」: what did not arrive goes out once more, as it was agreed to.

    Raises:
        BulletinNotNow: it is not out any more, or everything arrived.
    """
    row = book.held(work, bulletin_id)
    book.fresh(row, version)
    if Stage(row.state) not in (Stage.PUBLISHED, Stage.REPORTED):
        raise BulletinNotNow(why="moved", state=row.state)
    sent = posting.rows(work, row, POSTED, LEADERS)
    mine = (*_of(sent, POSTED, row.published_at), *_of(sent, LEADERS, row.reported_at))
    bad = [one for one in mine if one.state in BAD]
    if not bad:
        raise BulletinNotNow(why="moved", state=row.state)
    fresh = book.put(work, row)  # under a new version: the keys of what failed are spent
    printed = values.of(work, fresh)
    for one in bad:
        what, who = one.dedup.split(":")[3:5]
        key = f"{posting.key_of(fresh, what)}:{who}"
        posting.send_part(work, fresh, printed, one.chat_id, key, _part(one))
    card.refresh(work, fresh)
    return Toast("bulletins.sending_toast")


def _part(one: Row[Any]) -> str:
    return str(one.dedup.rsplit(":", 1)[1])


def _title(work: Work, chat_id: int) -> str:
    """A channel's title, or the name of who was to read it."""
    if chat_id > 0:
        actor = people.actor_of(work, chat_id)
        member = people.member(work, actor.member_id)
        return member.name if member is not None else ""
    chat = people.chat(work, chat_id)
    return chat.title if chat is not None else ""


def _open(row: Row[Any]) -> tuple[Button, ...]:
    return (Button("bulletin_open", "bopen", row.id),)


def _tell_office(
    work: Work,
    row: Row[Any],
    text: str,
    said: dict[str, Any],
    what: str,
    buttons: tuple[tuple[Button, ...], ...] = (),
) -> None:
    for reader in audience.of_office(work, row.track):
        say(
            work, reader.chat_id, text, {**card.named(work, row), **said}, buttons=buttons or (_open(row),),
            dedup=f"bulletin_{what}:{row.id}:{row.version}:{reader.member_id}", priority=Priority.REMINDER,
        )  # fmt: skip
