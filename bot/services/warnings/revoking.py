"""「撤销警示」: by the office with a reason and a second person; the letter is kept and stamped (SPEC §2)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select

from bot.domain.letter_rights import LetterAct
from bot.domain.masking import mask_numbers
from bot.ledger import people
from bot.ledger.desk import Work
from bot.ledger.tables import cards, requests
from bot.services import questions
from bot.services.field import duplicates
from bot.services.incoming import Incoming
from bot.services.offices import seconds
from bot.services.outgoing import Button, say
from bot.services.refusals import AlreadyProposed
from bot.services.warnings import counting, letters
from bot.services.warnings.letters import ISSUED, REVOKED, SERVED

ACT = "revoke_warning"
MOST_REASON = 300


def waits(work: Work, letter_id: int) -> bool:
    """Whether revoking a letter waits for its second person."""
    rows = work.connection.execute(
        select(requests.c.data).where(requests.c.kind == seconds.KIND, requests.c.state == "open")
    ).scalars()
    return any(data.get("act") == ACT and data.get("letter") == letter_id for data in rows)


def ask_reason(work: Work, letter_id: int, version: int, chat_id: int, reply_to: int | None) -> None:
    """「撤销警示」: the reason, which the county reads, too.

    Raises:
        AlreadyProposed: it waits for its second person.
    """
    row = letters.load(work, letter_id, LetterAct.REVOKE, version, states=(ISSUED,))
    if waits(work, row.id):
        raise AlreadyProposed
    questions.ask(
        work,
        chat_id,
        "warning_revoke",
        "warnings.ask_revoke",
        {"number": row.number, "region": row.region},
        subject={"letter": row.id},
        buttons=lambda question_id: ((Button("cancel", "noanswer", question_id),),),
        reply_to=reply_to,
    )


@questions.answers("warning_revoke")
def _said(work: Work, question: Row[Any], incoming: Incoming) -> None:
    row = letters.load(work, question.subject["letter"], LetterAct.REVOKE, states=(ISSUED,))
    if waits(work, row.id):
        raise AlreadyProposed
    words = duplicates.without_hidden(work, mask_numbers(" ".join(incoming.text.split()))[:MOST_REASON])
    toast = seconds.propose(
        work,
        ACT,
        track=row.track,
        reason=f"{row.region} {row.number}：{words}",
        data={"letter": row.id, "region": row.region, "words": words},
    )
    letters.refresh(work, row.id)
    say(work, incoming.chat_id, toast.text, toast.values, reply_to=incoming.message_id, silent=True)


@seconds.carries(ACT, protect=True)
def _carry(work: Work, request: Row[Any], key: str) -> None:
    row = letters.load(work, request.data["letter"], LetterAct.REVOKE, states=(ISSUED,))
    revoke(work, row, request.data["words"], key=key, **seconds.signatures(work, request))


def revoke(work: Work, row: Row[Any], words: str, *, key: str, **signed: Any) -> Row[Any]:
    """The letter stands no more: stamped, the count made anew, what was built on it falls away."""
    letters.record(work, "warning_revoked", row, f"office:{row.track}", words=words, **signed)
    fresh = letters.change(
        work,
        row,
        state=REVOKED,
        revoked_at=work.now,
        revoked_by=work.actor.member_id or None,
        revoke_reason=words,
    )
    counting.recount(work, [one.id for one in letters.entries_of(work, row.id)])
    _tell_county(work, fresh, words, key)
    return fresh


def _tell_county(work: Work, row: Row[Any], words: str, key: str) -> None:
    """Whoever has the letter: one line without a sound, in reply to it."""
    found = work.connection.execute(
        select(cards.c.chat_id, cards.c.message_id, cards.c.member_id).where(
            cards.c.kind == SERVED, cards.c.subject == f"warning:{row.id}"
        )
    ).all()
    for card in found:
        if row.region not in people.actor_by_id(work, card.member_id or 0).regions():
            continue  # who was its contact then hears nothing more
        say(
            work, card.chat_id, "warnings.revoked",
            {"day": (row.data or {}).get("day"), "region": row.region, "words": words},
            reply_to=card.message_id, silent=True, dedup=f"{key}:revoked:{card.chat_id}",
        )  # fmt: skip
