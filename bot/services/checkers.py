"""Who checks: filer and leader at once, the others of the group next morning (SPEC §2, the table)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, select

from bot.domain.entries import State
from bot.ledger import entries as book
from bot.ledger import people
from bot.ledger.desk import Work
from bot.ledger.outbox import Priority
from bot.ledger.people import Reached
from bot.ledger.tables import entries, occurrences
from bot.services.outgoing import Button, new_card, say, show_card

DIGEST = "to_check_digest"


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


def digest_due(work: Work) -> int:
    """09:00: one silent line 「待核查 3 条」 to those of a group who did not hear at once; gives how many.

    It goes when proof has come since the morning before; what waits is counted in all. Caught up
    after an outage on the same day until quiet hours.
    """
    local = work.local
    slot = datetime.combine(local.date(), work.world.hours.digest, local.tzinfo)
    if local < slot or work.world.hours.quiet(local):
        return 0
    key = {"kind": DIGEST, "subject": "", "due_at": slot, "recipient": 0}
    done = select(occurrences.c.at).where(
        *(occurrences.c[name] == value for name, value in key.items()),
    )
    if work.connection.execute(done).first() is not None:
        return 0
    work.connection.execute(occurrences.insert().values(**key, at=work.now))
    told = 0
    for group_key in _with_news(work, slot):
        told += _digest(work, group_key, slot)
    return told


def _with_news(work: Work, slot: datetime) -> list[str]:
    return list(
        work.connection.execute(
            select(entries.c.checker)
            .where(
                entries.c.state == State.SUBMITTED.value,
                entries.c.checker.is_not(None),
                entries.c.submitted_at < slot,
                entries.c.submitted_at >= slot - timedelta(days=1),
            )
            .distinct()
            .order_by(entries.c.checker)
        ).scalars()
    )


def _digest(work: Work, group_key: str, slot: datetime) -> int:
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
            entries.c.submitted_at >= slot - timedelta(days=1),
        )
    ).all()
    heard = [{person.member_id for person in at_once(work, row)} for row in news]
    told = 0
    for person in people.group_of(work, group_key):
        if not person.reachable or all(person.member_id in known for known in heard):
            continue
        told += say(
            work,
            person.chat_id,
            "check.digest",
            {"count": waiting},
            buttons=((Button("one_by_one", "tocheck"),),),
            priority=Priority.REMINDER,
            silent=True,
            dedup=f"tocheck:{slot:%Y%m%d}:{group_key}:{person.member_id}",
        )
    return told
