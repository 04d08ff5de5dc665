"""Who checks: filer and leader at once, the others of the group next morning (SPEC §2, the table)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select

from bot.domain.entries import State
from bot.ledger import entries as book
from bot.ledger import people
from bot.ledger.desk import Work
from bot.ledger.people import Reached
from bot.ledger.tables import entries
from bot.services.outgoing import new_card, show_card


def at_once(work: Work, row: Row[Any]) -> list[Reached]:
    """Who hears at once that proof has come: filer and leader of the checking side, or the office.

    A group without a filer and a leader that can be reached hears as a whole; nobody left at all:
    the office of the track. Who answers for the region, too, checks nothing of it.
    """
    if row.checker is not None:
        group = [
            person
            for person in people.group_of(work, row.checker)
            if person.reachable and not people.actor_by_id(work, person.member_id).answers_for(row.region)
        ]
        chosen = [person for person in group if person.member_id == row.filer_id or person.leader]
        if chosen or group:
            return chosen or group
    return [person for person in people.office_of(work, row.track) if person.reachable]


def tell(work: Work, row: Row[Any], *, anew: bool = False) -> None:
    """Show the check of the proof that counts; one message a proof, edited as its parts come.

    The card waits for the album's last part; a row that needs pictures waits for them besides.
    """
    proof = book.latest_proof(work, row.id)
    if proof is None:
        return
    pause = work.now + work.world.rules.album_pause
    for person in at_once(work, row):
        show(work, row, person.chat_id, person.member_id, proof.id, not_before=pause, anew=anew)


def show(
    work: Work,
    row: Row[Any],
    chat_id: int,
    member_id: int,
    proof_id: int,
    *,
    not_before: datetime | None = None,
    anew: bool = False,
) -> None:
    """Show one checker the check of a proof."""
    put = new_card if anew else show_card
    put(
        work,
        chat_id,
        "check",
        subject=f"proof:{proof_id}",
        entry_id=row.id,
        member_id=member_id,
        not_before=not_before,
    )


def news(work: Work, since: datetime, slot: datetime) -> list[tuple[Reached, int]]:
    """Those of a group who did not hear at once, and how many wait for their check, for the morning's digest.

    When proof has come since the digest before; what waits is counted in all.
    """
    found: list[tuple[Reached, int]] = []
    for group_key in _with_news(work, since, slot):
        found += _waiting_for(work, group_key, since, slot)
    return found


def _with_news(work: Work, since: datetime, slot: datetime) -> list[str]:
    return list(
        work.connection.execute(
            select(entries.c.checker)
            .where(
                entries.c.state == State.SUBMITTED.value,
                entries.c.checker.is_not(None),
                entries.c.submitted_at < slot,
                entries.c.submitted_at >= since,
            )
            .distinct()
            .order_by(entries.c.checker)
        ).scalars()
    )


def _waiting_for(work: Work, group_key: str, since: datetime, slot: datetime) -> list[tuple[Reached, int]]:
    waiting = work.connection.execute(
        select(func.count()).where(
            entries.c.checker == group_key,
            entries.c.state == State.SUBMITTED.value,
            entries.c.submitted_at < slot,
        )
    ).scalar_one()
    news = work.connection.execute(
        select(entries).where(
            entries.c.checker == group_key,
            entries.c.state == State.SUBMITTED.value,
            entries.c.submitted_at < slot,
            entries.c.submitted_at >= since,
        )
    ).all()
    heard = [{person.member_id for person in at_once(work, row)} for row in news]
    return [
        (person, waiting)
        for person in people.group_of(work, group_key)
        if person.reachable and not all(person.member_id in known for known in heard)
    ]
