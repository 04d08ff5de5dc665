"""What a proposal shows, and what its reader does with it: drafted from, put aside, a date noted."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Final

from sqlalchemy import Row, select, update

from bot.domain.entries import OPEN_STATES, State
from bot.domain.permissions import may
from bot.ledger import entries as book
from bot.ledger import events
from bot.ledger.desk import Work
from bot.ledger.tables import cards, warning_advice
from bot.services import faces, life, questions
from bot.services.answering import Toast
from bot.services.incoming import Incoming
from bot.services.outgoing import Button, Rows, Shown, gone, say, show_card
from bot.services.refusals import LetterNotNow, NotYours
from bot.services.views.places import place_of
from bot.services.warnings import drafting, letters, offering
from bot.services.warnings.advising import ACCOUNT, CARD, WARN
from bot.services.warnings.letters import ISSUED, WAITING

MOST: Final = 8
"""Entries that a proposal names; the rest is counted."""

_DAY: Final = re.compile(r"(?:(\d{4})[-年./])?(\d{1,2})[-月./](\d{1,2})日?")


def get(work: Work, advice_id: int) -> Row[Any] | None:
    """A proposal by id."""
    return work.connection.execute(select(warning_advice).where(warning_advice.c.id == advice_id)).first()


def reads(work: Work, row: Row[Any]) -> bool:
    """Whether a proposal is the actor's: of a group's leader; of the office what fell to it."""
    actor = work.actor
    if actor.answers_for(row.region):
        return False
    if row.track in actor.offices():
        return row.kind == ACCOUNT or row.escalated_at is not None
    return row.kind == WARN and actor.leads(row.group_key)


def _load(work: Work, advice_id: int) -> Row[Any]:
    row = get(work, advice_id)
    if row is None or not reads(work, row):
        raise NotYours
    if row.state != "open":
        raise LetterNotNow(why="decided", state=row.state)
    return row


def owed(work: Work, row: Row[Any]) -> list[Row[Any]]:
    """The entries of a proposal to warn that are still owed and in no letter since."""
    found = []
    for entry_id in row.entries:
        entry = book.get(work, entry_id)
        since = [
            one
            for one in letters.naming(work, [entry_id], ISSUED, WAITING)
            if one.state == WAITING or one.approved_at > row.at
        ]
        if entry is not None and State(entry.state) in OPEN_STATES and not since:
            found.append(entry)
    return found


@faces.shows(CARD)
def card(work: Work, card_row: Row[Any]) -> Shown | None:
    """The proposal: which entries, why, what can be done."""
    row = get(work, int(card_row.subject.partition(":")[2]))
    if row is None:
        return None
    if not reads(work, row):
        return gone(card_row, "warnings.advice_gone", {})
    every = [entry for entry_id in row.entries if (entry := book.get(work, entry_id)) is not None]
    still = owed(work, row) if row.kind == WARN else every
    if row.state == "open" and not still:
        return gone(card_row, "warnings.advice_settled", {"region": row.region})
    shown = still if row.state == "open" else every
    letter = letters.get(work, row.letter_id) if row.letter_id is not None else None
    values = {
        "kind": row.kind,
        "why": row.why,
        "region": row.region,
        "state": row.state,
        "number": letter.number if letter is not None else "",
        "lines": [
            {"number": one.number, "place": place_of(work, one, life.having_of(work, one))}
            for one in shown[:MOST]
        ],
        "more": max(0, len(shown) - MOST),
        "day": row.day,
    }
    rows: Rows = ()
    if row.state == "open" and row.kind == WARN:
        rows = ((Button("draft_letter", "wadvice", row.id), Button("not_now", "wnot", row.id)),)
    elif row.state == "open":
        rows = ((Button("note_account", "waccount", row.id), Button("not_now", "wnot", row.id)),)
    look = tuple(Button("", "open", one.id, text=one.number) for one in shown[:2])
    return Shown("warnings.advice", values, (*rows, look), protect=True)


def _decide(work: Work, row: Row[Any], state: str, **values: Any) -> None:
    work.connection.execute(
        update(warning_advice)
        .where(warning_advice.c.id == row.id)
        .values(state=state, decided_by=work.actor.member_id, decided_at=work.now, **values)
    )
    subject = f"advice:{row.id}"
    found = work.connection.execute(
        select(cards.c.chat_id).where(cards.c.kind == CARD, cards.c.subject == subject)
    ).scalars()
    for chat_id in list(found):
        show_card(work, chat_id, CARD, subject=subject)


def draft(work: Work, advice_id: int, chat_id: int) -> None:
    """「起草警示」: one letter about all of them that the actor may warn about."""
    row = _load(work, advice_id)
    if row.kind != WARN:
        raise LetterNotNow(why="decided", state=row.state)
    rows = [one for one in owed(work, row) if may(offering.action(work), life.having_of(work, one))]
    if not rows:
        raise LetterNotNow(why="decided", state=row.state)
    drafting.begin_with(work, rows, chat_id)
    _decide(work, row, "done")


def dismiss(work: Work, advice_id: int) -> Toast:
    """「暂不」: it is put aside; the same is not proposed again."""
    row = _load(work, advice_id)
    _decide(work, row, "dropped")
    return Toast("warnings.put_aside_toast")


def ask_day(work: Work, advice_id: int, chat_id: int, reply_to: int | None) -> None:
    """「已责令问责」: the day, and nothing else."""
    row = _load(work, advice_id)
    if row.kind != ACCOUNT:
        raise LetterNotNow(why="decided", state=row.state)
    questions.ask(
        work,
        chat_id,
        "warning_account",
        "warnings.ask_account",
        {"region": row.region},
        subject={"advice": row.id},
        buttons=lambda question_id: ((Button("cancel", "noanswer", question_id),),),
        reply_to=reply_to,
        protect=True,
    )


@questions.answers("warning_account")
def _day_said(work: Work, question: Row[Any], incoming: Incoming) -> None:
    row = _load(work, question.subject["advice"])
    day = read_day(incoming.text, work.local.date())
    if day is None:
        raise LetterNotNow(why="day", state=row.state)
    _decide(work, row, "done", day=day.isoformat())
    for entry_id in row.entries:
        events.record(
            work,
            "accounted",
            entry_id=entry_id,
            body=f"office:{row.track}",
            data={"day": day.isoformat()},
        )
    say(
        work, incoming.chat_id, "warnings.account_kept", {"region": row.region, "day": day.isoformat()},
        reply_to=incoming.message_id, silent=True, protect=True,
    )  # fmt: skip


def read_day(text: str, today: date) -> date | None:
    """A day that is not to come, and nothing beside it; None where the text is anything else."""
    plain = text.strip()
    if plain in ("今天", "today"):
        return today
    said = _DAY.fullmatch(plain)
    if said is None:
        return None
    try:
        day = date(int(said[1] or today.year), int(said[2]), int(said[3]))
    except ValueError:
        return None
    return day if day <= today else None
