"""报送市领导, 印发 to the channel: after a minute in which it can be taken back (SPEC §6)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, select, update

from bot.domain.bulletins import Kind, Stage
from bot.domain.permissions import Role
from bot.ledger import people
from bot.ledger.desk import Work
from bot.ledger.outbox import Priority
from bot.ledger.tables import outbox
from bot.services import post
from bot.services.answering import Toast
from bot.services.bulletins import book, card, recheck, values
from bot.services.outgoing import File, say
from bot.services.refusals import BulletinNotNow
from bot.services.scoring import sheets
from bot.services.scoring.rankingview import channels
from bot.services.scoring.showing import ORDER_ONLY

POSTED: Final = "post"
LEADERS: Final = "leaders"
OWN: Final = "own"
DOWN: Final = "down"
"""What goes out: to the channel, to the city leaders, to contacts; and what takes posts back."""
PAGE, FILE, SEALED = "page", "file", "sealed"
"""The parts of what goes out: the picture with its words, the paper, the 正式件."""
BAD: Final = ("failed", "unreachable", "uncertain")


# --- 报送, 印发 -----------------------------------------------------------------------------------------


def report(work: Work, bulletin_id: int, version: int, *, gone: Collection[str] = ()) -> Toast:
    """「报送市领导」: the picture and the paper to every city leader in private, after a minute.

    `gone`: files of photos that the store has lost; they are named, and nothing leaves.

    Raises:
        BulletinNotNow: nobody agreed to it, or something in it is no longer so.
    """
    row = book.held(work, bulletin_id)
    book.fresh(row, version)
    if Stage(row.state) is not Stage.APPROVED:
        raise BulletinNotNow(why="not_approved", state=row.state)
    fallen = recheck.fell(work, row, gone)
    if fallen is not None:
        return fallen
    fresh = book.go(work, row, Stage.REPORTED, "bulletin_reported", reported_at=work.now)
    count = _to_leaders(work, fresh)
    card.refresh(work, fresh)
    return Toast("bulletins.reported_toast", {"count": count, "seconds": book.UNDO_SECONDS})


def publish(
    work: Work, bulletin_id: int, version: int, *, both: bool = False, gone: Collection[str] = ()
) -> Toast:
    """「印发」: to the track's channel after 60 s in which it can be taken back; `both`: 报送 with it.

    `gone`: files of photos that the store has lost; they are named, and nothing leaves.

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
    fallen = recheck.fell(work, row, gone)
    if fallen is not None:
        return fallen
    both = both and row.reported_at is None
    fresh = book.go(
        work, row, Stage.PUBLISHED, "bulletin_published", {"both": both}, published_at=work.now,
        reported_at=work.now if both else row.reported_at,
    )  # fmt: skip
    if both:
        _to_leaders(work, fresh)
    printed = values.of(work, fresh)
    for chat_id in found:
        post.reached(work, chat_id)  # people may have set it right since
        _send(work, fresh, printed, chat_id, f"{key_of(fresh, POSTED)}:{chat_id}")
    card.refresh(work, fresh)
    return Toast("bulletins.published_toast", {"seconds": book.UNDO_SECONDS})


def _ranking_stands(work: Work, row: Row[Any]) -> None:
    """A ranking is printed by itself first, and as it was when the bulletin was agreed to."""
    if row.kind == Kind.WEEKLY:
        return
    ranking = (row.figures.get("living") or {}).get("ranking")
    sheet = sheets.published(work, row.track, row.key)
    if sheet is None:
        raise BulletinNotNow(why="ranking_not_out", state=row.state)
    ordered = bool((sheet.decisions or {}).get(ORDER_ONLY))
    if ranking is None or (ranking["hash"], ranking.get("order_only", False)) != (sheet.hash, ordered):
        raise BulletinNotNow(why="ranking_changed", state=row.state)


def _to_leaders(work: Work, row: Row[Any]) -> int:
    printed = values.of(work, row)
    leaders = people.holders_of(work, Role.CITY_LEADER)
    for leader in leaders:
        _send(work, row, printed, leader.chat_id, f"{key_of(row, LEADERS)}:{leader.member_id}")
    return len(leaders)


# --- what goes out --------------------------------------------------------------------------------------


def key_of(row: Row[Any], what: str) -> str:
    """How the keys of what goes out begin: by them it is found again."""
    return f"bulletin:{row.id}:{row.version}:{what}"


def _send(work: Work, row: Row[Any], printed: dict[str, Any], chat_id: int, key: str) -> None:
    """The picture with its words, then the paper: the sealed one where there is one."""
    when = work.now + book.UNDO_WITHIN
    send_part(work, row, printed, chat_id, key, PAGE, when=when)
    send_part(work, row, printed, chat_id, key, SEALED if row.sealed else FILE, when=when)


def send_part(
    work: Work,
    row: Row[Any],
    printed: dict[str, Any],
    chat_id: int,
    key: str,
    part: str,
    *,
    when: datetime | None = None,
) -> None:
    """Put one part of a bulletin into the outbox; `when`: nothing leaves before."""
    named = card.named(work, row)
    how: dict[str, Any] = {
        "dedup": f"{key}:{part}", "not_before": when, "priority": Priority.BROADCAST,
    }  # fmt: skip
    if part == PAGE:
        said = {
            **named,
            "conclusion": _conclusion(printed),
            "totals": row.figures["totals"],
            "cut": printed["cut"],
            "correction_of": printed["correction_of"],
        }
        say(work, chat_id, "bulletins.post", said, picture=card.picture(printed), **how)
    elif part == SEALED:
        file = File("", "", {"file_id": row.sealed["file_id"]})
        say(work, chat_id, "bulletins.sealed_file", named, file=file, **how)
    else:
        say(work, chat_id, "bulletins.posted_file", named, file=card.file(work, row, "pdf", printed), **how)


def _conclusion(printed: dict[str, Any]) -> str:
    """What somebody wrote as the conclusion, whole; what is too long for one message goes on in the next."""
    words = printed["texts"].get("conclusion", "")
    if words or not printed["paper"]:
        return str(words)
    at_first = [one for one in printed["paper"]["blocks"][:MOST_BEFORE] if one["kind"] == "text"]
    if printed["kind"] == Kind.WEEKLY:
        return next((str(one["words"]) for one in at_first if not one["level"]), "")
    # under the first heading the counted numbers stand, then what somebody judged of them
    heads = [rank for rank, one in enumerate(at_first) if one["level"] == 1]
    if not heads:
        return ""
    under = at_first[heads[0] + 1 : heads[1] if len(heads) > 1 else None]
    return "\n".join(str(one["words"]) for one in under[1:] if not one["words"].startswith("注："))


MOST_BEFORE: Final = 40


# --- what went out, found again -------------------------------------------------------------------------


def rows(work: Work, row: Row[Any], *whats: str, since: datetime | None = None) -> list[Row[Any]]:
    """What was put into the outbox for a bulletin, under whichever version; `since`: not before."""
    start = f"bulletin:{row.id}:"
    found: Sequence[Any] = work.connection.execute(
        select(
            outbox.c.id, outbox.c.chat_id, outbox.c.dedup, outbox.c.state, outbox.c.message_id,
            outbox.c.error, outbox.c.payload, outbox.c.created_at,
        )
        .where(outbox.c.dedup >= start, outbox.c.dedup < start + "\uffff")
        .order_by(outbox.c.id)
    ).all()  # fmt: skip
    return [
        one
        for one in found
        if one.dedup.split(":")[3] in whats and (since is None or one.created_at >= since)
    ]


def messages(rows_: Iterable[Row[Any]]) -> list[tuple[int, int, int]]:
    """(row, chat, message) of everything that arrived: words that were too long are several messages."""
    found = []
    for one in rows_:
        earlier = list((one.payload or {}).get("sent_ids", ()))
        last = [one.message_id] if one.state == "sent" and one.message_id is not None else []
        found += [(one.id, one.chat_id, message) for message in (*earlier, *last)]
    return found


def close_waiting(work: Work, row: Row[Any], *whats: str) -> None:
    """Nothing of these leaves any more."""
    close(work, [one.id for one in rows(work, row, *whats) if one.state == "waiting"])


def close(work: Work, ids: list[int]) -> None:
    """These rows of the outbox are not sent."""
    if ids:
        work.connection.execute(
            update(outbox).where(outbox.c.id.in_(ids)).values(state="stale", sent_at=work.now)
        )
