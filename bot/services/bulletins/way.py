"""送审 → 同意签发/退改, and 更正: nothing is printed without a second person (SPEC §6, red line (f))."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Row

from bot.domain.bulletins import Kind, Stage, grids, to_resolve
from bot.ledger import people
from bot.ledger.desk import Work
from bot.services import questions
from bot.services.answering import Toast
from bot.services.bulletins import book, card, drafting, editing, recheck, values
from bot.services.duties import audience
from bot.services.incoming import Incoming
from bot.services.offices import seconds
from bot.services.outgoing import Button, say
from bot.services.refusals import BulletinNotNow

# --- 送审 ----------------------------------------------------------------------------------------------


def submit(work: Work, bulletin_id: int, version: int, *, gone: Collection[str] = ()) -> Toast:
    """「送审」: another of the office is asked to agree; alone, it holds for five minutes.

    `gone`: files of photos that the store has lost.

    Raises:
        BulletinNotNow: figures are unresolved, the ranking is not locked, or somebody was first.
    """
    row = book.held(work, bulletin_id)
    book.fresh(row, version)
    if Stage(row.state) is not Stage.DRAFT:
        raise BulletinNotNow(why="moved", state=row.state)
    if any(one.get("choice") is None for one in row.content["differences"]):
        raise BulletinNotNow(why="differences", state=row.state)
    if row.content.get("names") and not row.content.get("no_names"):
        raise BulletinNotNow(why="names", state=row.state, names=row.content["names"])
    open_ = _compared_anew(work, row) or recheck.pictures_fell(work, row, gone)
    if open_ is not None:
        return open_
    if editing.unfilled(values.of(work, row)["paper"]):
        raise BulletinNotNow(why="placeholder", state=row.state)
    one = book.issue_of(work, row)
    living = values.living(work, row, one)
    if row.kind != Kind.WEEKLY and living["ranking"] is None:
        raise BulletinNotNow(why="no_ranking", state=row.state)
    fresh = book.go(
        work, row, Stage.SUBMITTED, "bulletin_submitted", {"version": row.version},
        number=row.number or book.next_number(work, row.track, row.kind),
        figures={**row.figures, "living": living},
        submitted_by=work.actor.member_id, submitted_at=work.now,
    )  # fmt: skip
    toast = seconds.propose(
        work, card.ACT, track=row.track, reason=card.title(work, fresh),
        data={"bulletin": fresh.id, "version": fresh.version},
    )  # fmt: skip
    for reader in audience.of_office(work, row.track):
        if reader.member_id != work.actor.member_id:
            if not card.shown(work, fresh, reader.chat_id):
                card.show(work, fresh, reader.chat_id, reader.member_id)
            card.send_paper(work, fresh, reader.chat_id, reader.member_id, "pdf", again=True)
    card.refresh(work, fresh)
    return toast


def _compared_anew(work: Work, row: Row[Any]) -> Toast | None:
    """A report or a ranking may have come since the paper was sent back: what differs now is named first."""
    paper = row.content["paper"]
    if not paper:
        return None
    found = to_resolve(paper, grids(values.of(work, row)), row.content["differences"])
    if all(one.get("choice") is not None for one in found):
        return None
    fresh = book.change(work, row, "figures", {**row.content, "differences": found})
    card.refresh(work, fresh)
    return Toast("bulletins.differs_toast", alert=True)


@seconds.carries(card.ACT)
def _agreed(work: Work, request: Row[Any], key: str) -> None:
    """「同意签发」: what was agreed to is this very version."""
    row = book.get(work, request.data["bulletin"])
    if row is None or row.version != request.data["version"] or row.state != Stage.SUBMITTED:
        raise BulletinNotNow(why="moved", state=row.state if row is not None else "")
    agreed = None if request.member_id == work.actor.member_id else work.actor.member_id
    fresh = book.go(
        work, row, Stage.APPROVED, "bulletin_approved", seconds.signatures(work, request),
        approved_by=agreed, approved_at=work.now,
    )  # fmt: skip
    card.refresh(work, fresh)
    _tell_drafter(work, fresh, request, "bulletins.approved", key)


@seconds.falls(card.ACT)
def _not_agreed(work: Work, request: Row[Any], state: str) -> None:
    """「退改」, or the drafter's own 「撤销」: a draft again."""
    row = book.get(work, request.data["bulletin"])
    if row is None or row.state != Stage.SUBMITTED:
        return
    fresh = book.go(work, row, Stage.DRAFT, "bulletin_returned", {"request": request.id, "why": state})
    card.refresh(work, fresh)
    if state == "refused":
        _tell_drafter(work, fresh, request, "bulletins.sent_back", f"second:{request.id}")
        member = people.member(work, work.actor.member_id)
        if member is not None and member.telegram_id is not None:
            _ask_why(work, fresh, request, member.telegram_id)


def _ask_why(work: Work, row: Row[Any], request: Row[Any], chat_id: int) -> None:
    questions.ask(
        work, chat_id, "bulletin_why", "bulletins.ask_why", card.named(work, row),
        subject={"bulletin": row.id, "drafter": request.member_id},
        buttons=lambda question_id: ((Button("skip", "noanswer", question_id),),),
    )  # fmt: skip


@questions.answers("bulletin_why")
def _why(work: Work, question: Row[Any], incoming: Incoming) -> None:
    row = book.held(work, question.subject["bulletin"])
    drafter = people.member(work, question.subject["drafter"])
    if drafter is not None and drafter.telegram_id is not None:
        say(
            work, drafter.telegram_id, "bulletins.why",
            {**card.named(work, row), "words": incoming.text[:1000]},
            buttons=((Button("bulletin_open", "bopen", row.id),),),
        )  # fmt: skip
    say(work, incoming.chat_id, "bulletins.why_sent", {}, reply_to=incoming.message_id)


def _tell_drafter(work: Work, row: Row[Any], request: Row[Any], text: str, key: str) -> None:
    drafter = people.member(work, request.member_id)
    if drafter is not None and drafter.telegram_id is not None:
        say(
            work, drafter.telegram_id, text, card.named(work, row),
            buttons=((Button("bulletin_open", "bopen", row.id),),), dedup=f"{key}:bulletin",
        )  # fmt: skip


# --- 更正 ----------------------------------------------------------------------------------------------


def ask_correction(work: Work, bulletin_id: int, version: int, chat_id: int) -> None:
    """「更正」: ask why; the corrected paper goes the whole way again under a new number."""
    row = book.held(work, bulletin_id)
    book.fresh(row, version)
    if Stage(row.state) not in (Stage.PUBLISHED, Stage.WITHDRAWN) or card.undoable(work, row):
        raise BulletinNotNow(why="moved", state=row.state)
    questions.ask(
        work, chat_id, "bulletin_correction", "bulletins.ask_correction", card.named(work, row),
        subject={"bulletin": row.id},
        buttons=lambda question_id: ((Button("cancel", "noanswer", question_id),),),
    )  # fmt: skip


@questions.answers("bulletin_correction")
def _correct(work: Work, question: Row[Any], incoming: Incoming) -> None:
    row = book.held(work, question.subject["bulletin"])
    newest = book.of_window(work, row.track, row.kind, row.key)
    if newest is None or newest.id != row.id:
        raise BulletinNotNow(why="moved", state=row.state)
    reason, content = incoming.text.strip()[:500], {**row.content, "differences": []}
    dropped = book.of_number(work, row.track, row.kind, row.key, row.correction + 1)
    if dropped:
        fresh = book.go(
            work, dropped[0], Stage.DRAFT, "bulletin_corrected", reason=reason, content=content,
            figures=drafting.figures_of(work, book.issue_of(work, row)), drafted_at=work.now,
        )  # fmt: skip
    else:
        one = book.issue_of(work, row)
        fresh = drafting.begin(
            work, one, correction=row.correction + 1, reason=reason, drafted_at=work.now, content=content
        )
    card.show(work, fresh, incoming.chat_id, work.actor.member_id)


def drop(work: Work, bulletin_id: int, version: int) -> Toast:
    """「放弃更正」: a 更正 begun by mistake goes; what is printed stands, and can be corrected anew.

    Raises:
        BulletinNotNow: it is no draft of a 更正, or somebody was first.
    """
    row = book.held(work, bulletin_id)
    book.fresh(row, version)
    if not row.correction or Stage(row.state) is not Stage.DRAFT:
        raise BulletinNotNow(why="moved", state=row.state)
    card.refresh(work, book.go(work, row, Stage.DROPPED, "bulletin_dropped"))
    return Toast("bulletins.dropped_toast")
