"""送审 of a letter, 「同意签发」 and 「退改」; issued, it is numbered, counted and served (SPEC §2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, bindparam, select

from bot.domain.letter_rights import LetterAct, LetterStanding, letter_standings, may_letter
from bot.domain.warnings import letter_number
from bot.ledger import entries as book
from bot.ledger import people
from bot.ledger.desk import Work
from bot.ledger.people import Reached
from bot.ledger.prepared import Prepared
from bot.ledger.tables import warning_letters as table
from bot.services import questions
from bot.services.answering import Toast
from bot.services.incoming import Incoming
from bot.services.outgoing import Button, say, show_card
from bot.services.refusals import LetterNotNow, NoGroupPhone, NotYours
from bot.services.warnings import counting, drafting, letters, paper, serving
from bot.services.warnings.letters import DRAFT, ISSUED, WAITING

MOST_REASON = 300


def by_leader(work: Work, letter: Row[Any]) -> bool:
    """Whether a letter is the group's leader's to approve: so set, and a member has drafted it."""
    return work.world.leaders_approve and str(letter.body).startswith("group:")


def may_decide(work: Work, letter: Row[Any]) -> bool:
    """Whether the actor may approve or send back: never who drafted it."""
    having = letters.having_of(work, letter)
    if work.actor.member_id == letter.member_id or not may_letter(LetterAct.APPROVE, having):
        return False
    if by_leader(work, letter):
        late = letter.escalated_at is not None and LetterStanding.OFFICE in having
        return LetterStanding.LEADER in having or late
    return LetterStanding.OFFICE in having


def deciders(work: Work, letter: Row[Any]) -> Sequence[Reached]:
    """Who is asked: the group's leaders where they approve, else the track's office; never who drafted."""
    found: list[Reached] = []
    if by_leader(work, letter) and letter.group_key is not None:
        found = [one for one in people.group_of(work, letter.group_key) if one.leader]
        found = [one for one in found if _other(work, letter, one) and one.reachable]
    if found:
        return found
    return [one for one in people.office_of(work, letter.track) if _other(work, letter, one)]


def _other(work: Work, letter: Row[Any], one: Reached) -> bool:
    answers = people.actor_by_id(work, one.member_id).answers_for(letter.region)
    return one.member_id != letter.member_id and not answers


def send(work: Work, letter_id: int, version: int) -> Toast:
    """「送审」: whoever approves gets the letter; an office of one person holds it for five minutes.

    Raises:
        LetterNotNow, NoGroupPhone: see `drafting.ready`.
    """
    row = letters.load(work, letter_id, LetterAct.EDIT, version, states=(DRAFT,))
    drafting.ready(work, row)
    asked = deciders(work, row)
    leaders_asked = by_leader(work, row) and any(one.leader for one in asked)
    alone = not asked and row.body.startswith("office:")
    fresh = letters.change(
        work,
        row,
        state=WAITING,
        sent_at=work.now,
        refusal=None,
        escalated_at=None if leaders_asked else work.now,
        hold_until=work.now + work.world.rules.lone_office_hold if alone else None,
    )
    letters.record(work, "warning_sent", fresh, fresh.body)
    _ask(work, fresh, asked)
    return Toast(
        "warnings.sent_toast", {"hold": alone, "nobody": not asked and not alone, "leader": leaders_asked}
    )


def _ask(work: Work, row: Row[Any], asked: Sequence[Reached]) -> None:
    for one in asked:
        show_card(work, one.chat_id, letters.CARD, subject=f"warning:{row.id}", member_id=one.member_id)


_any_unanswered = Prepared(
    select(table.c.id)
    .where(table.c.state == WAITING, table.c.escalated_at.is_(None), table.c.sent_at <= bindparam("before"))
    .limit(1)
)


def escalate_due(work: Work) -> int:
    """A leader's 24 hours are over: the office may approve, too. Gives how many letters."""
    if _any_unanswered.first(work, before=work.now - work.world.rules.escalate_after) is None:
        return 0
    rows = work.connection.execute(
        select(table).where(
            table.c.state == WAITING,
            table.c.escalated_at.is_(None),
            table.c.sent_at <= work.now - work.world.rules.escalate_after,
        )
    ).all()
    for row in rows:
        fresh = letters.change(work, row, escalated_at=work.now)
        _ask(work, fresh, [one for one in people.office_of(work, row.track) if _other(work, row, one)])
    return len(rows)


_any_held = Prepared(
    select(table.c.id).where(table.c.state == WAITING, table.c.hold_until <= bindparam("now")).limit(1)
)


def held_due(work: Work) -> int:
    """Issue what an office of one person has held long enough; gives how many."""
    if _any_held.first(work, now=work.now) is None:
        return 0
    rows = work.connection.execute(
        select(table).where(table.c.state == WAITING, table.c.hold_until <= work.now)
    ).all()
    before = work.actor
    for row in rows:
        work.actor = people.actor_by_id(work, row.member_id)
        try:
            if row.track in work.actor.offices():
                _issue_or_back(work, row, f"warning:{row.id}")
            else:
                _back(work, row, "")
        finally:
            work.actor = before
    return len(rows)


def _to_decide(work: Work, letter_id: int, version: int) -> Row[Any]:
    row = letters.load(work, letter_id, LetterAct.APPROVE)
    if not may_decide(work, row):
        raise NotYours
    if row.state != WAITING or (version and row.version != version):
        raise LetterNotNow(why="moved", state=row.state)
    return row


def approve(work: Work, letter_id: int, version: int) -> Toast:
    """「同意签发」: issued, counted, served. What can no longer be issued goes back to its drafter.

    Raises:
        NotYours: the drafter's own press, or somebody's who does not approve it.
        LetterNotNow: somebody was first.
    """
    row = _to_decide(work, letter_id, version)
    return _issue_or_back(work, row, f"warning:{row.id}")


def _issue_or_back(work: Work, row: Row[Any], key: str) -> Toast:
    try:
        with work.savepoint():
            rows = drafting.ready(work, row)
            fresh = _issue(work, row, rows, key)
    except (LetterNotNow, NoGroupPhone) as refusal:
        _back(work, row, "")
        return Toast("warnings.lapsed_toast", {"why": refusal.values.get("why", "phone")}, alert=True)
    return Toast("warnings.issued_toast", {"region": fresh.region, "served": fresh.served_at is not None})


def _issue(work: Work, row: Row[Any], rows: Sequence[Row[Any]], key: str) -> Row[Any]:
    campaign = work.world.campaign
    group = campaign.group(row.group_key)
    year = work.local.year
    prefix, digit = ("暗", "") if group.covert else (campaign.track(group.track).prefix, str(group.number))
    serial = book.next_serial(work, f"warning:{prefix}{digit}:{year}")
    body = f"office:{row.track}"
    if by_leader(work, row) and LetterStanding.LEADER in letters.having_of(work, row):
        body = f"group:{row.group_key}"
    fresh = letters.change(
        work,
        row,
        state=ISSUED,
        number=letter_number(prefix, digit, year, serial),
        data=paper.values(work, row, rows),
        approved_by=work.actor.member_id or None,
        approved_at=work.now,
        hold_until=None,
    )
    due = campaign.local(fresh.due)
    letters.record(work, "warned", fresh, body, deadline=due.isoformat())
    counting.recount(work, [one.id for one in rows])
    served = serving.serve(work, fresh, key=key)
    _tell_drafter(work, served, body, key)
    return served


def _tell_drafter(work: Work, row: Row[Any], body: str, key: str) -> None:
    """One line without a sound: the letter has gone out."""
    drafter = people.member(work, row.member_id)
    if drafter is None or drafter.telegram_id is None or drafter.id == work.actor.member_id:
        return
    having = letter_standings(people.actor_by_id(work, drafter.id), letters.facts_of(row))
    if not having:
        return
    kind, _, group = body.partition(":")
    campaign = work.world.campaign
    say(
        work, drafter.telegram_id, "warnings.gone_out",
        {"number": row.number, "region": row.region, "served": row.served_at is not None,
         "body": campaign.group_title(group) if kind == "group" else campaign.office_name},
        silent=True, dedup=f"{key}:out",
    )  # fmt: skip


def _back(work: Work, row: Row[Any], words: str) -> None:
    letters.record(work, "warning_refused", row, f"office:{row.track}", words=words)
    letters.change(work, row, state=DRAFT, hold_until=None, refusal=words or None)


def ask_reason(work: Work, letter_id: int, version: int, chat_id: int, reply_to: int | None) -> None:
    """「退改」: what is to be changed, in one sentence."""
    row = _to_decide(work, letter_id, version)
    questions.ask(
        work,
        chat_id,
        "warning_back",
        "warnings.ask_back",
        {"region": row.region},
        subject={"letter": row.id, "version": row.version},
        buttons=lambda question_id: ((Button("cancel", "noanswer", question_id),),),
        reply_to=reply_to,
    )


@questions.answers("warning_back")
def _back_said(work: Work, question: Row[Any], incoming: Incoming) -> None:
    row = _to_decide(work, question.subject["letter"], question.subject["version"])
    _back(work, row, " ".join(incoming.text.split())[:MOST_REASON])
    drafter = people.member(work, row.member_id)
    if drafter is not None and drafter.telegram_id is not None:
        show_card(work, drafter.telegram_id, letters.CARD, subject=f"warning:{row.id}", member_id=drafter.id)
