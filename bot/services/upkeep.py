"""Housekeeping 日常维护: what is forgotten in time, what is checked at night, what an outage meant.

What is kept, and how long (DESIGN): inbox rows 48 h after they are done, outbox texts 90 days after they were
sent. References of untagged photos are the group chats' matter. Photos and events never go.
"""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

import structlog
from sqlalchemy import bindparam, select, update

from bot.domain.entries import State
from bot.ledger import entries as book
from bot.ledger import inbox, outbox, words
from bot.ledger.desk import Work
from bot.ledger.outbox import Priority
from bot.ledger.prepared import Prepared
from bot.ledger.tables import counts, facts, members, questions
from bot.services.finding import index
from bot.services.outgoing import say

log = structlog.get_logger(__name__)

DONE = "upkeep"
"""The fact that says when the hourly and the nightly work was last done."""

COUNTERS = "counters"
"""The fact that holds what the last nightly check of the counters found."""

HEARD = "heard"
"""The fact that says until when Telegram was heard."""

AT_NIGHT = time(3, 0)


def due(work: Work) -> int:
    """The hour's work and the night's, each once; at any other beat one look at one row."""
    local = work.local
    hour = local.strftime("%Y-%m-%dT%H")
    done: dict[str, str] = fact(work, DONE) or {}
    if done.get("hour") == hour:
        return 0
    count = _hourly(work)
    day = local.date().isoformat()
    if done.get("night") != day and local.time() >= AT_NIGHT:
        done = {**done, "night": day}
        count += _nightly(work)
    know(work, DONE, {**done, "hour": hour})
    return count


def _hourly(work: Work) -> int:
    gone = inbox.sweep(work, work.world.upkeep.inbox_kept)
    closed = work.connection.execute(
        update(questions)
        .where(questions.c.state == "open", questions.c.expires_at < work.now)
        .values(state="expired")
    ).rowcount
    return gone + closed


def _nightly(work: Work) -> int:
    words.tidy(work)
    swept = outbox.sweep(work, work.world.upkeep.outbox_kept)
    return swept + check_counters(work) + index.check(work)


def check_counters(work: Work) -> int:
    """Compare the counters with the entries; what is off is said loudly, kept for 「运行情况」, and mended.

    Gives how many were off.
    """
    kept = {(row.region, row.state): row.value for row in work.connection.execute(select(counts))}
    true = book.true_counts(work)
    off = {
        key: (kept.get(key, 0), true.get(key, 0))
        for key in kept.keys() | true.keys()
        if kept.get(key, 0) != true.get(key, 0)
    }
    for (region, state), (said, is_) in off.items():
        log.error("a counter was off", region=region, state=state, said=said, entries=is_)
        book.count(work, region, State(state), is_ - said)
    know(work, COUNTERS, {"at": work.now.isoformat(), "off": len(off)})
    return len(off)


# --- Telegram's silence -------------------------------------------------------------------------------


def heard(work: Work) -> None:
    """Telegram is heard: remembered about once a minute."""
    know(work, HEARD, work.now.isoformat())


def heard_again(work: Work) -> int:
    """Telegram is heard after a start or an outage: was it so long that messages may be missing?

    Telegram keeps messages 24 h. After 23 h every member is told, once, from when to when (SPEC §3).
    Gives how many were told.
    """
    before = fact(work, HEARD)
    heard(work)
    if before is None:
        return 0
    since = datetime.fromisoformat(before)
    if work.now - since < work.world.upkeep.outage:
        return 0
    log.warning("Telegram was not heard", since=before, until=work.now.isoformat())
    people = work.connection.execute(
        select(members.c.telegram_id).where(
            members.c.telegram_id.is_not(None),
            members.c.red_lines_at.is_not(None),
            members.c.joined_at <= since,
            members.c.left_at.is_(None),
        )
    ).scalars()
    values: dict[str, Any] = {"since": before, "until": work.now.isoformat()}
    told = 0
    for telegram_id in people.all():
        told += say(
            work, telegram_id, "upkeep.outage", values,
            dedup=f"outage:{before}:{telegram_id}", priority=Priority.BROADCAST,
            silent=work.world.hours.quiet(work.local),
        )  # fmt: skip
    return told


# --- facts --------------------------------------------------------------------------------------------


_value = Prepared(select(facts.c.value).where(facts.c.key == bindparam("key")))


def fact(work: Work, key: str) -> Any:
    """What is known under a key, None when nothing is."""
    return _value.scalar(work, key=key)


def know(work: Work, key: str, value: Any) -> None:
    """Know something under a key, in place of what was known."""
    changed = work.connection.execute(update(facts).where(facts.c.key == key).values(value=value))
    if changed.rowcount == 0:
        work.connection.execute(facts.insert().values(key=key, value=value))
