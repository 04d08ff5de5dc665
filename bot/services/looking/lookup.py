"""An entry by its number, as people type it."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from sqlalchemy import Row, select

from bot.ledger.desk import Work
from bot.ledger.tables import entries
from bot.services import sight
from bot.services.refusals import NoSuchEntry

_NUMBER = re.compile(r"(?P<head>[^\W\d_]{0,2}(?:20\d\d|\d{0,2}))-?(?P<day>\d{4})-(?P<serial>\d{1,4})")
_EDGES = " \t\n#№《》「」“”\"'。.,，、：:；;"


def number_in(text: str) -> str | None:
    """The number that a text is, in its usual form: 「 县1－0412－3 」 → `县1-0412-03`; None: it is none."""
    words = unicodedata.normalize("NFKC", text).strip(_EDGES).replace(" ", "")
    words = re.sub(r"[‐-―−—–﹣－]", "-", words)
    found = _NUMBER.fullmatch(words) if len(words) <= 24 else None
    if found is None:
        return None
    head = found["head"]
    return f"{head}{'-' if head else ''}{found['day']}-{int(found['serial']):02d}"


def by_words(work: Work, text: str) -> Row[Any]:
    """The entry that a typed number names, for the actor.

    A number without its prefix (`0412-03`) will do where the actor sees only one such.

    Raises:
        NoSuchEntry: there is none, or none for this actor: the same words, the same path.
    """
    number = number_in(text)
    if number is None:
        raise NoSuchEntry
    if number[0].isdigit():
        rows = work.connection.execute(
            select(entries)
            .where(entries.c.number.endswith(f"-{number}" if number.count("-") == 1 else number))
            .where(sight.visible(work))
            .limit(2)
        ).all()
        if len(rows) != 1:
            raise NoSuchEntry
        return rows[0]
    # one question whether it is not there or not this actor's: neither words nor time tell which
    row = work.connection.execute(
        select(entries).where(entries.c.number == number, sight.visible(work))
    ).first()
    if row is None:
        raise NoSuchEntry
    return row
