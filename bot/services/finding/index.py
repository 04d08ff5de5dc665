"""Keeping the index of words: what of an entry may be found, by whom, a second after it was written.

An entry whose words have changed is marked `unread` in the very change (`ledger.entries.change`) and read
here at the next beat: filing costs no more for it, and a stop loses nothing. Numbers of persons are masked
before they are read (red line (e)); drafts and visits are in no index.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Row, bindparam, select, update

from bot.domain.entries import Mode, Source, State
from bot.domain.finding import tokens
from bot.domain.masking import mask_numbers
from bot.ledger import words
from bot.ledger.desk import Work
from bot.ledger.prepared import Prepared
from bot.ledger.tables import entries
from bot.services.views.places import NOBODY, place_of
from bot.services.views.values import what_county_reads

AT_ONCE: Final = 200

KEPT, NO_GROUP = "xkept", "xnogroup"
"""Words of the scope: some of the entry's are kept from most readers; no group has filed it."""

_unread = Prepared(
    select(entries).where(entries.c.unread.is_(True)).order_by(entries.c.id).limit(bindparam("most"))
)
_read = Prepared(update(entries).where(entries.c.id == bindparam("entry")).values(unread=bindparam("now")))


def due(work: Work, most: int = AT_ONCE) -> int:
    """Read what has changed since the last beat; gives how many entries."""
    rows = _unread.all(work, most=most)
    for row in rows:
        if row.kind != "issue" or row.number is None or row.state == State.DRAFT:
            words.forget(work, row.id)
        else:
            hidden = row.mode == Mode.COVERT and row.handed_over_at is None
            words.put(work, row.id, texts(work, row), covert=hidden)
        _read.run(work, entry=row.id, now=False)
    return len(rows)


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
