"""Warnings counted on the chain 问题链, what a merge would make of the count, what follows from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update

from bot.domain.consequences import LADDERS, Measure, Trigger
from bot.domain.warnings import Served, counted
from bot.ledger import entries as book
from bot.ledger import events
from bot.ledger.desk import Work
from bot.ledger.tables import entries, warning_items, warning_letters
from bot.services.outgoing import refresh_cards
from bot.services.scoring import measurecards, measures
from bot.services.warnings import findings, letters

COUNTED = "warning_counted"
"""The event of an entry whose chain has another count."""


def on_chain(work: Work, ids: Iterable[int]) -> dict[int, int]:
    """Letter → the how-manieth on the chain of these entries, those alone that count."""
    ids = list(ids)
    served = [Served(one.id, one.approved_at, one.due) for one in letters.naming(work, ids, letters.ISSUED)]
    refused = [one.at for one in findings.of(work, ids) if not one.done] if len(served) > 1 else []
    return counted(served, refused)


def joint(work: Work, one: Row[Any], other: Row[Any]) -> bool:
    """Whether the two entries' chains together have more warnings than either has: red line (f)."""
    halves = [findings.chain_ids(work, row) for row in (one, other)]
    most = max(len(on_chain(work, half)) for half in halves)
    return len(on_chain(work, {entry_id for half in halves for entry_id in half})) > most


def next_on(work: Work, row: Row[Any]) -> tuple[int, Row[Any] | None]:
    """The how-manieth a letter issued now would be on an entry's chain, and the latest one in force.

    The same as the latest one's where the two would count as one.
    """
    ids = findings.chain_ids(work, row)
    served = letters.naming(work, ids, letters.ISSUED)
    now = [Served(one.id, one.approved_at, one.due) for one in served]
    refused = [one.at for one in findings.of(work, ids) if not one.done]
    found = counted([*now, Served(0, work.now, work.now)], refused)
    return found.get(0) or len(found), served[-1] if served else None


def previous(work: Work, letter: Row[Any], row: Row[Any]) -> Row[Any] | None:
    """The letter in force before this one on an entry's chain 上次警示."""
    served = letters.naming(work, findings.chain_ids(work, row), letters.ISSUED)
    earlier = [one for one in served if letter.approved_at is None or one.approved_at < letter.approved_at]
    return earlier[-1] if earlier else None


def recount(work: Work, entry_ids: Iterable[int]) -> None:
    """Count anew on the chains of these entries; what changes is written down, what follows is proposed."""
    tracks: set[str] = set()
    done: set[int] = set()
    for entry_id in entry_ids:
        row = book.get(work, entry_id)
        if row is None or row.id in done:
            continue
        ids = findings.chain_ids(work, row)
        done.update(ids)
        _write(work, ids, len(on_chain(work, ids)))
        if row.track is not None:
            tracks.add(row.track)
    for track in sorted(tracks):
        refresh_measures(work, track)


def _write(work: Work, ids: list[int], count: int) -> None:
    changed = work.connection.execute(
        select(entries.c.id, entries.c.warnings).where(entries.c.id.in_(ids), entries.c.warnings != count)
    ).all()
    # no move and no edit: the version stays, so that buttons in people's chats stay good
    work.connection.execute(
        update(entries).where(entries.c.id.in_([one.id for one in changed])).values(warnings=count)
    )
    for one in changed:
        events.record(
            work,
            COUNTED,
            entry_id=one.id,
            data={"count": count, "before": one.warnings, "words": f"{one.warnings} → {count}"},
        )
        refresh_cards(work, one.id)


# --- what follows -----------------------------------------------------------------------------------------


def refresh_measures(work: Work, track: str) -> None:
    """Propose what the letters of a track lead to (考评办法 四.6); what no longer follows falls away."""
    wanted: dict[tuple[str, str, str], tuple[int, dict[str, Any]]] = {}
    for chain in _chains(work, track):
        nth = on_chain(work, chain)
        for letter_id, count in nth.items():
            letter = letters.get(work, letter_id)
            if letter is None or letter.track != track:
                continue
            for measure in LADDERS[Trigger.WARNING].at(count):
                key = (letter.number, letter.region, measure.value)
                if count > wanted.get(key, (0, {}))[0]:
                    wanted[key] = (count, {"warning": letter.id})
    measurecards.tell(work, measures.settle(work, track, Trigger.WARNING, wanted))


def _chains(work: Work, track: str) -> list[list[int]]:
    """The chains that letters in force of a track name, each as its entries' ids."""
    named = work.connection.execute(
        select(entries.c.id, entries.c.chain_id)
        .distinct()
        .join(warning_items, warning_items.c.entry_id == entries.c.id)
        .join(warning_letters, warning_letters.c.id == warning_items.c.letter_id)
        .where(warning_letters.c.track == track, warning_letters.c.state == letters.ISSUED)
    ).all()
    chained = {row.chain_id for row in named if row.chain_id is not None}
    found: dict[int, list[int]] = defaultdict(list)
    for row in work.connection.execute(
        select(entries.c.id, entries.c.chain_id).where(entries.c.chain_id.in_(chained))
    ):
        found[row.chain_id].append(row.id)
    return [*found.values(), *([row.id] for row in named if row.chain_id is None)]


def consequence(count: int) -> list[str]:
    """The measures that the `count`-th warning on one problem leads to, for the office and 敢转争 alone."""
    return [Measure(one).value for one in LADDERS[Trigger.WARNING].at(count)]


def of_period(
    work: Work, track: str, since: datetime, until: datetime, group: str | None = None
) -> list[Row[Any]]:
    """Letters issued in a window and in force, of a track or of one group, for reports; oldest first."""
    query = select(warning_letters).where(
        warning_letters.c.track == track,
        warning_letters.c.state == letters.ISSUED,
        warning_letters.c.approved_at >= since,
        warning_letters.c.approved_at < until,
    )
    if group is not None:
        query = query.where(warning_letters.c.group_key == group)
    return list(work.connection.execute(query.order_by(warning_letters.c.id)).all())
