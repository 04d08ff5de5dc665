"""What has changed since a bulletin's cut, so that nothing is printed which is no longer so.

The figures stay as of the cut. A single entry that was voided or given to another region afterwards, or a
letter that was revoked, stands in no list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from sqlalchemy import select

from bot.domain.entries import State
from bot.ledger.desk import Work
from bot.ledger.tables import entries, warning_letters

LISTS: Final = ("overdue", "repeated", "entries")


def gone(work: Work, figures: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The entries of a bulletin's lists that were voided or given to another region since: number, why."""
    listed = {one["number"]: one["region"] for name in LISTS for one in figures[name] if one["number"]}
    for letter in figures["letters"]:
        listed |= dict.fromkeys(letter["numbers"], letter["region"])
    found = []
    for row in _of_numbers(work, sorted(listed)):
        why = "void" if row.state == State.VOID else "moved" if row.region != listed[row.number] else ""
        if why:
            found.append({"number": row.number, "region": listed[row.number], "why": why})
    return [*found, *_revoked(work, figures)]


_AT_ONCE: Final = 500


def _of_numbers(work: Work, numbers: list[str]) -> Iterable[Any]:
    for start in range(0, len(numbers), _AT_ONCE):
        part = numbers[start : start + _AT_ONCE]
        yield from work.connection.execute(
            select(entries.c.number, entries.c.state, entries.c.region)
            .where(entries.c.number.in_(part))
            .order_by(entries.c.number)
        ).all()


def _revoked(work: Work, figures: Mapping[str, Any]) -> list[dict[str, Any]]:
    ids = [letter["letter"] for letter in figures["letters"] if letter.get("letter")]
    if not ids:
        return []
    rows = work.connection.execute(
        select(warning_letters.c.id, warning_letters.c.region, warning_letters.c.number).where(
            warning_letters.c.id.in_(ids), warning_letters.c.state == "revoked"
        )
    ).all()
    return [
        {"number": row.number or "", "region": row.region, "why": "revoked", "letter": row.id} for row in rows
    ]


def without(figures: Mapping[str, Any], fallen: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The figures with those entries and letters in none of the lists."""
    numbers = {one["number"] for one in fallen if one["why"] != "revoked"}
    revoked = {one["letter"] for one in fallen if one["why"] == "revoked"}
    if not numbers and not revoked:
        return dict(figures)
    kept = {name: [one for one in figures[name] if one["number"] not in numbers] for name in LISTS}
    letters = []
    for letter in figures["letters"]:
        left = [number for number in letter["numbers"] if number not in numbers]
        if left and letter.get("letter") not in revoked:
            letters.append({**letter, "numbers": left})
    lost = len({one["number"] for one in figures["entries"]} & numbers)
    return {**figures, **kept, "letters": letters, "entries_in_all": figures["entries_in_all"] - lost}
