"""送达, 签收, 反馈 of a letter: the county's half (SPEC §2 «Served with 「签收」»)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select

from bot.domain.letter_rights import LetterAct
from bot.domain.masking import mask_numbers
from bot.domain.warnings import missing, read_answer
from bot.ledger import people
from bot.ledger.desk import Work
from bot.ledger.people import Reached
from bot.ledger.prepared import Prepared
from bot.ledger.tables import cards
from bot.ledger.tables import warning_letters as table
from bot.services import questions
from bot.services.answering import Toast
from bot.services.counties import officers
from bot.services.duties.days import works_on
from bot.services.incoming import Incoming
from bot.services.outgoing import Button, new_card, say
from bot.services.refusals import LetterNotNow
from bot.services.warnings import letters, paper
from bot.services.warnings.letters import ISSUED, SERVED

MOST_ANSWER = 300


def serve(work: Work, row: Row[Any], *, key: str) -> Row[Any]:
    """Give the letter to the region's first contact: the paper, and with a sound the card with 「签收」.

    Where nobody can be reached it waits, and the clock tries again (see `unserved_due`).
    """
    contact = next((one for one in people.contacts_of(work, row.region) if one.reachable), None)
    if contact is None:
        return row
    fresh = letters.change(work, row, served_at=work.now)
    _give(work, fresh, contact, key=key)
    return fresh


def _give(work: Work, row: Row[Any], contact: Reached, *, key: str) -> None:
    entries = letters.entries_of(work, row.id)
    said = paper.current(work, row, entries)
    say(
        work,
        contact.chat_id,
        "warnings.paper",
        {"day": said["day"], "photos": len(said["photos"])},
        file=paper.file(row, said),
        silent=True,
        dedup=f"{key}:paper:{contact.chat_id}",
    )
    new_card(
        work,
        contact.chat_id,
        SERVED,
        subject=f"warning:{row.id}",
        entry_id=entries[0].id if len(entries) == 1 else None,
        member_id=contact.member_id,
    )


_any_unserved = Prepared(
    select(table.c.id)
    .where(table.c.state == ISSUED, table.c.late_told_at.is_(None), table.c.served_at.is_(None))
    .limit(1)
)


def unserved_due(work: Work) -> int:
    """Serve letters whose region can be reached again; gives how many."""
    if _any_unserved.first(work) is None:
        return 0
    rows = work.connection.execute(
        select(table).where(
            table.c.state == ISSUED, table.c.late_told_at.is_(None), table.c.served_at.is_(None)
        )
    ).all()
    return sum(serve(work, row, key=f"warning:{row.id}").served_at is not None for row in rows)


_any_unsigned = Prepared(
    select(table.c.id)
    .where(
        table.c.state == ISSUED,
        table.c.late_told_at.is_(None),
        table.c.signed_at.is_(None),
        table.c.served_at.is_not(None),
    )
    .limit(1)
)


def unsigned_due(work: Work) -> int:
    """Not signed for within a working day: the deputy gets the letter, the office a line; gives how many."""
    if _any_unsigned.first(work) is None:
        return 0
    rows = work.connection.execute(
        select(table).where(
            table.c.state == ISSUED,
            table.c.late_told_at.is_(None),
            table.c.signed_at.is_(None),
            table.c.served_at.is_not(None),
        )
    ).all()
    told = 0
    for row in rows:
        if not _a_working_day_ago(work, row.served_at):
            continue
        fresh = letters.change(work, row, late_told_at=work.now)
        told += 1
        having = set(
            work.connection.execute(
                select(cards.c.chat_id).where(cards.c.kind == SERVED, cards.c.subject == f"warning:{row.id}")
            ).scalars()
        )
        contacts = people.contacts_of(work, row.region)
        deputy = next((one for one in contacts if one.reachable and one.chat_id not in having), None)
        if deputy is not None:
            _give(work, fresh, deputy, key=f"warning:{row.id}:deputy")
        for one in people.office_of(work, row.track):
            say(
                work, one.chat_id, "warnings.unsigned",
                {"number": row.number, "region": row.region, "served_at": row.served_at.isoformat(),
                 "deputy": deputy is not None},
                buttons=((Button("see_letter", "wopen", row.id),),),
                dedup=f"warning:{row.id}:unsigned:{one.chat_id}",
            )  # fmt: skip
    return told


def _a_working_day_ago(work: Work, since: datetime) -> bool:
    hours = work.world.hours
    opens, closes = (
        timedelta(hours=one.hour, minutes=one.minute) for one in (hours.work_from, hours.work_to)
    )
    return work.world.working_time(since, work.now, works_on(work)) >= closes - opens


def sign(work: Work, letter_id: int) -> Toast:
    """「签收」 of the letter by a contact of its region; the first of two presses wins."""
    row = letters.load(work, letter_id, LetterAct.SIGN, states=(ISSUED,))
    if row.signed_at is not None:
        raise LetterNotNow(
            why="signed", state=row.state, at=work.world.campaign.local(row.signed_at).isoformat()
        )
    letters.record(work, "warning_signed", row, f"region:{row.region}")
    letters.change(work, row, signed_by=work.actor.member_id, signed_at=work.now)
    return Toast("warnings.signed_toast")


def ask_answer(work: Work, letter_id: int, chat_id: int, reply_to: int | None) -> None:
    """「反馈警示」: 完成情况, 责任领导(县级), 具体责任人(科级), nothing more."""
    row = letters.load(work, letter_id, LetterAct.ANSWER, states=(ISSUED,))
    leader, officer = _known(work, row)
    questions.ask(
        work,
        chat_id,
        "warning_answer",
        "warnings.ask_answer",
        {"day": (row.data or {}).get("day"), "leader": leader, "officer": officer},
        subject={"letter": row.id},
        buttons=lambda question_id: ((Button("cancel", "noanswer", question_id),),),
        reply_to=reply_to,
    )


def _known(work: Work, row: Row[Any]) -> tuple[str, str]:
    """Who is answerable by the entries' own fields, else by the register 备案, where all say the same."""
    entries = letters.entries_of(work, row.id)
    filed = [officers.of_place(work, one.region, one.township) for one in entries]
    found = []
    for name in ("county_leader", "section_officer"):
        said = {
            getattr(one, name) or of_place.get(name) or ""
            for one, of_place in zip(entries, filed, strict=True)
        }
        found.append(mask_numbers(said.pop()) if len(said) == 1 else "")
    return found[0], found[1]


@questions.answers("warning_answer")
def _answered(work: Work, question: Row[Any], incoming: Incoming) -> None:
    row = letters.load(work, question.subject["letter"], LetterAct.ANSWER, states=(ISSUED,))
    said = read_answer(incoming.text)
    leader, officer = _known(work, row)
    said = {**({"leader": leader} if leader else {}), **({"officer": officer} if officer else {}), **said}
    lacking = missing(said)
    if lacking:
        raise LetterNotNow(why="answer", state=row.state, missing=lacking)
    answer = {name: mask_numbers(said[name])[:MOST_ANSWER] for name in ("done", "leader", "officer")}
    letters.record(work, "warning_answered", row, f"region:{row.region}")
    values: dict[str, Any] = {"reply": answer, "replied_at": work.now}
    if row.signed_at is None:  # an answer implies the signature
        values |= {"signed_by": work.actor.member_id, "signed_at": work.now}
    fresh = letters.change(work, row, **values)
    say(
        work, incoming.chat_id, "warnings.answer_kept", {**answer},
        reply_to=incoming.message_id, silent=True,
    )  # fmt: skip
    _tell(work, fresh, answer)


def _tell(work: Work, row: Row[Any], answer: dict[str, str]) -> None:
    """The group's leaders and the office read the answer, without a sound for the office."""
    group = [one for one in people.group_of(work, row.group_key) if one.leader]
    office = people.office_of(work, row.track)
    for one in {person.chat_id: person for person in [*group, *office]}.values():
        say(
            work, one.chat_id, "warnings.answered",
            {"number": row.number, "region": row.region, **answer},
            buttons=((Button("see_letter", "wopen", row.id),),),
            silent=not one.leader,
        )  # fmt: skip
