"""Keeping the index of words: what of an entry may be found, by whom, a second after it was written.

An entry whose words have changed is marked `unread` in the very change (`ledger.entries.change`) and read
here at the next beat: filing costs no more for it, and a stop loses nothing. Numbers of persons are masked
before they are read (red line (e)); drafts and visits are in no index.
"""

from __future__ import annotations

from typing import Any, Final

import structlog
from sqlalchemy import Row, and_, bindparam, func, select, update

from bot.domain.entries import Mode, Source, State
from bot.domain.finding import tokens
from bot.domain.masking import mask_numbers
from bot.ledger import words
from bot.ledger.desk import Work
from bot.ledger.prepared import Prepared
from bot.ledger.tables import entries
from bot.services import sight
from bot.services.views.places import NOBODY, place_of
from bot.services.views.values import what_county_reads

log = structlog.get_logger(__name__)

AT_ONCE: Final = 200

PARTS: Final = 7
"""In so many nights the whole index is compared with the entries."""

KEPT, NO_GROUP = "xkept", "xnogroup"
"""Words of the scope: some of the entry's are kept from most readers; no group has filed it."""

_unread = Prepared(
    select(entries).where(entries.c.unread.is_(True)).order_by(entries.c.id).limit(bindparam("most"))
)
_read = Prepared(update(entries).where(entries.c.id == bindparam("entry")).values(unread=bindparam("now")))


def due(work: Work, most: int = AT_ONCE) -> int:
    """Read what has changed since the last beat; gives how many entries."""
    rows = _unread.all(work, most=most) if words.kept(work) else []
    for row in rows:
        if row.kind != "issue" or row.number is None or row.state == State.DRAFT:
            words.forget(work, row.id)
        else:
            hidden = row.mode == Mode.COVERT and row.handed_over_at is None
            words.put(work, row.id, texts(work, row), covert=hidden)
        _read.run(work, entry=row.id, now=False)
    return len(rows)


def check(work: Work, parts: int = PARTS) -> int:
    """Compare the index with the entries; what is missing or lies where it must not is read again.

    Gives how many entries that are. A night looks at one part, so that nobody waits for it; hidden entries
    are looked at every night.
    """
    if not words.kept(work):
        return 0
    highest = work.connection.execute(select(func.coalesce(func.max(entries.c.id), 0))).scalar_one() + 1
    part = work.local.toordinal() % parts
    low, high = highest * part // parts, highest * (part + 1) // parts
    indexed = and_(
        entries.c.kind == "issue",
        entries.c.number.is_not(None),
        entries.c.state != State.DRAFT.value,
        entries.c.unread.is_(False),
    )
    off = 0
    here = and_(indexed, entries.c.id >= low, entries.c.id < high)
    many = work.connection.execute(select(func.count()).where(here)).scalar_one()
    missing = many != words.count(work, low, high)
    covert = select(entries.c.id).where(indexed, sight.hidden)
    for entry_id in work.connection.execute(covert).scalars().all():
        if words.holds(work, entry_id, covert=False):
            off += _read.run(work, entry=entry_id, now=True)
    if missing:
        found = select(entries.c.id).where(here)
        known = words.ids(work, low, high)
        for entry_id in work.connection.execute(found).scalars().all():
            if entry_id not in known:
                off += _read.run(work, entry=entry_id, now=True)
    if off:
        log.error("entries were missing from the index of words", count=off)
    return off


def texts(work: Work, row: Row[Any]) -> dict[str, str]:
    """What the index keeps of an entry, column by column (`ledger.words.COLUMNS`)."""
    told = tokens(" ".join((row.number, place_of(work, row, NOBODY), what_county_reads(row))))
    parts = (mask_numbers(part) for part in (row.village, row.spot, row.description, row.public_text) if part)
    own = " ".join(cut for part in parts if (cut := tokens(part)) not in told)
    # a caller's words stay with the office, what tells of a covert visit with those who made it
    kept = row.source == Source.PUBLIC or row.mode == Mode.COVERT
    return {
        "scope": " ".join(
            (
                *scopes(row.region, row.group_key or NO_GROUP, row.checker),
                *((KEPT, *kept_by(row.group_key)) if kept else ()),
            )
        ),
        "told": told,
        "inside": "" if kept else own,
        "kept": own if kept else "",
    }


def scopes(region: str | None, *groups: str | None) -> list[str]:
    """Words by which a search keeps to its reader's regions and groups; each row is asked besides."""
    return [_word(name) for name in (region, *groups) if name]


def kept_by(*groups: str | None) -> list[str]:
    """The words of the scope for what some groups keep from most readers."""
    return [KEPT + _word(group) for group in groups if group]


def _word(name: str) -> str:
    return "".join(sign if sign.isalnum() else "x" for sign in name)
