"""Which other entry one is a duplicate of, told to those alone who may see that other entry.

The number of a covert entry before its hand-over exists for nobody but those who made the visit and
the office (SPEC §2 «明察 and 暗访»), so an entry keeps the other's id and each reader's text asks here.
Nothing of this is for a chat with several readers.
"""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Row

from bot.domain.masking import mask_numbers
from bot.domain.permissions import Actor, standings
from bot.ledger import entries as book
from bot.ledger.desk import Work
from bot.services.looking import lookup

_DASH = r"\s?[-‐-―−—–﹣－]\s?"
_SPOKEN = re.compile(rf"[^\W\d_](?:20\d\d|\d{{0,2}})(?:{_DASH})?\d{{4}}{_DASH}\d{{1,4}}(?!\d)")
ANOTHER = "另一条"


def number_for(work: Work, entry_id: int | None, reader: Actor | None = None) -> str:
    """The number of another entry as its reader (the actor) may read it; empty when it may not."""
    other = book.get(work, entry_id) if entry_id else None
    if other is None:
        return ""
    having = standings(reader or work.actor, book.facts_of(other), work.world.campaign)
    return str(other.number or "") if having else ""


def reason_for(work: Work, row: Row[Any]) -> dict[str, str]:
    """Why an entry is void, as values for one reader's text: a key or words, and the other's number."""
    return {
        "void_reason": mask_numbers(row.void_reason or ""),
        "duplicate_of": number_for(work, row.duplicate_of) if row.state == "void" else "",
    }


def without_hidden(work: Work, text: str, reader: Actor | None = None) -> str:
    """Words that others will read, with 「另一条」 for every number of an entry that is hidden now.

    For one `reader` the numbers of what that reader may see stay.
    """
    told: list[str] = []
    end = 0
    for found in _SPOKEN.finditer(text):
        # a prefix has one letter or two, and no space parts it from the word before
        for start in (found.start(), max(found.start() - 1, end)):
            if _hidden(work, text[start : found.end()], reader):
                told += [text[end:start], ANOTHER]
                end = found.end()
                break
    return "".join(told) + text[end:]


def _hidden(work: Work, words: str, reader: Actor | None) -> bool:
    number = lookup.number_in(words)
    row = book.by_number(work, number) if number is not None else None
    if row is None or not (book.facts_of(row).hidden or row.identity_open):
        return False
    return reader is None or not standings(reader, book.facts_of(row), work.world.campaign)
