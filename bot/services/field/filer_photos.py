"""What a photo of the filer's side is to an entry: one more, after the work, a check, a finding (SPEC §2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, bindparam, select, update

from bot.domain.entries import State
from bot.domain.permissions import Action, may
from bot.ledger import entries as book
from bot.ledger import events, people
from bot.ledger.desk import Work
from bot.ledger.prepared import Prepared
from bot.ledger.tables import photos
from bot.ledger.tables import questions as questions_table
from bot.services import life, pictures, questions
from bot.services.checking import onsite
from bot.services.counties import county_photos
from bot.services.field import filing, intake
from bot.services.followup import lookback
from bot.services.incoming import Incoming
from bot.services.offices import handover
from bot.services.outgoing import Button, Rows, say
from bot.services.refusals import NotPossible, NotUnderstood, NotYours

WHAT = "filer_photo"
"""The kind of the one question 「补充照片 / 现场已整改 / 回头看：仍未整改」."""

KINDS = ("before", "after", pictures.CALLERS)
"""What a photo of the filer's side is once its meaning is known."""

STILL = (
    *("仍未", "未整改", "没整改", "未清理", "没有清理", "没清理"),
    *("又出现", "反弹", "仍有", "仍存", "回头看"),
)
"""Words of one who went back and found it unrectified."""


def photo(work: Work, row: Row[Any], incoming: Incoming) -> None:
    """A photo, or another file, that the filer's side sends in reply to a message about an entry.

    By the words with it and the entry's state: one more before-photo, an after-photo with 「现场整改」
    offered, the photo of a check at the place, or one question.

    Raises:
        NotPossible: the entry is void.
    """
    if row.state == State.VOID:
        raise NotPossible(state=row.state)
    if not incoming.has_photo:
        _attach(work, row, incoming)
        return
    words = intake.words_of(incoming)
    if handover.takes_photo(work, row, incoming):
        handover.photograph(work, row, incoming)
        _remember_words(work, row, words)
        return
    sibling = _sibling(work, row, incoming)
    if sibling is not None:
        _with_sibling(work, row, incoming, sibling, words)
        return
    waiting = _waiting(work, row, incoming)
    if waiting is not None:
        _join(work, row, incoming, waiting, words)
        return
    chat_id, reply_to = answered_in(incoming)
    match _meaning(work, row, words):
        case "before":
            _before(work, row, incoming, words)
        case "after":
            _keep(work, row, incoming, "after")
            _remember_words(work, row, words)
            onsite.offer_fix(work, row, chat_id, reply_to)
        case "site":
            _keep(work, row, incoming, "after")
            _remember_words(work, row, words)
            onsite.offer_close(work, row, chat_id, reply_to)
        case "clean":
            kept = _keep(work, row, incoming, "after")
            lookback.found_clean(work, row, kept, words, chat_id)
        case "revisit":
            kept = _keep(work, row, incoming, "before", ahead=row.state == State.CLOSED)
            onsite.found_again(work, row, kept, words, chat_id, reply_to)
        case _:
            _ask(work, row, incoming, words)


def answered_in(incoming: Incoming) -> tuple[int, int | None]:
    """The chat that an answer goes to, and what it replies to: the sender's private chat, always."""
    return (incoming.chat_id, incoming.message_id) if incoming.private else (incoming.sender_id, None)


def _sibling(work: Work, row: Row[Any], incoming: Incoming) -> Row[Any] | None:
    """A part of the same album whose meaning is known: this one means the same."""
    if incoming.media_group_id is None:
        return None
    parts = pictures.of_album(work, incoming.chat_id, incoming.media_group_id)
    return next((one for one in parts if one.entry_id == row.id and one.kind in KINDS), None)


def _with_sibling(work: Work, row: Row[Any], incoming: Incoming, sibling: Row[Any], words: str) -> None:
    if row.state == State.DRAFT:
        _before(work, row, incoming, words)
        return
    kept = pictures.keep(work, incoming, entry_id=row.id, kind=sibling.kind, round_=sibling.round)
    if kept:
        book.change(work, row, **filing.touch(work, row))
        life.refresh_cards(work, row.id)
    _remember_words(work, row, words)


def _meaning(work: Work, row: Row[Any], words: str) -> str:
    """`before`, `after`, `site`, `revisit`, `clean`, or `ask` where only the sender knows."""
    state = State(row.state)
    stage = work.world.reader.words.stage_of(words) if words else None
    if state in (State.DRAFT, State.FILED):
        return "after" if stage == "after" and state is State.FILED else "before"
    having = life.having_of(work, row)
    checks = may(Action.CLOSE, having)
    if state is State.SUBMITTED:
        return "site" if checks else "before"
    if stage == "after":
        closed = state is State.CLOSED and may(Action.REVISIT, having)
        return "clean" if closed else "after"
    if stage == "before":
        return "before"
    if may(Action.REVISIT, having) and any(word in words for word in STILL):
        return "revisit"
    if state is State.DEFERRED or (words and state is not State.CLOSED):
        return "before"
    return "ask"


def _attach(work: Work, row: Row[Any], incoming: Incoming) -> None:
    pictures.keep(work, incoming, entry_id=row.id, kind="before", round_=row.round)
    _remember_words(work, row, intake.words_of(incoming))
    life.refresh_cards(work, row.id)


def _keep(work: Work, row: Row[Any], incoming: Incoming, kind: str, *, ahead: bool = False) -> list[int]:
    """Keep a photo of the group's own; `ahead`: it opens the round that a 「反弹」 would begin."""
    kept = pictures.keep(work, incoming, entry_id=row.id, kind=kind, round_=row.round + ahead)
    if kept:
        book.change(work, row, **filing.touch(work, row))
        life.refresh_cards(work, row.id)
    return kept


def _before(work: Work, row: Row[Any], incoming: Incoming, words: str) -> None:
    if row.state == State.DRAFT:
        if pictures.keep(work, incoming, entry_id=row.id, kind="before") and words:
            filing.apply_caption(work, row, words, sent_at=incoming.sent_at)
        elif not words:
            book.change(work, row, **filing.touch(work, row))
            life.refresh_cards(work, row.id)
        return
    kept = _keep(work, row, incoming, "before")
    if kept and (row.state != State.FILED or handover.is_preview(work, row, incoming)):
        _tell_added(work, row, kept, *answered_in(incoming))
    _remember_words(work, row, words)


def _tell_added(work: Work, row: Row[Any], kept: Sequence[int], chat_id: int, reply_to: int | None) -> None:
    if not county_photos.tell_inside(work, row, kept, chat_id, reply_to):
        say(
            work, chat_id, "entry.photo_added", {"number": row.number},
            reply_to=reply_to, entry_id=row.id, silent=True,
        )  # fmt: skip


def _remember_words(work: Work, row: Row[Any], words: str) -> None:
    if words:
        body = life.body_for(work, row, Action.ADD_PHOTO)
        events.record(work, "remark", entry_id=row.id, body=body, data={"text": words})


# --- the one question -----------------------------------------------------------------------------


def _ask(work: Work, row: Row[Any], incoming: Incoming, words: str) -> None:
    kept = pictures.keep(work, incoming, entry_id=row.id, kind="reference", round_=row.round)
    if not kept:
        return
    having = life.having_of(work, row)
    closed = row.state == State.CLOSED

    def choices(question_id: int) -> Rows:
        rows = [(Button("more_photos", "filed", question_id, 0, "before"),)]
        if not closed and may(onsite.action_for(row), having):
            rows.append((Button("fixed_now", "filed", question_id, 0, "after"),))
        if may(Action.REVISIT, having):
            if closed:
                rows.append((Button("clean_now", "filed", question_id, 0, "clean"),))
            rows.append((Button("still_there", "filed", question_id, 0, "revisit"),))
        return tuple(rows)

    chat_id, reply_to = answered_in(incoming)
    questions.ask(
        work,
        chat_id,
        WHAT,
        "entry.which_photo",
        {"number": row.number},
        subject={
            "entry": row.id,
            "photos": kept,
            "words": words,
            "album": incoming.media_group_id,
            "message": reply_to,
        },
        buttons=choices,
        reply_to=reply_to,
        entry_id=row.id,
    )


def _waiting(work: Work, row: Row[Any], incoming: Incoming) -> Row[Any] | None:
    """The open question which a further photo joins: of the same album, or sent within two minutes."""
    found = work.connection.execute(
        select(questions_table)
        .where(
            questions_table.c.chat_id == answered_in(incoming)[0],
            questions_table.c.kind == WHAT,
            questions_table.c.state == "open",
            questions_table.c.member_id == work.actor.member_id,
        )
        .order_by(questions_table.c.id.desc())
        .limit(1)
    ).first()
    if found is None or found.subject["entry"] != row.id:
        return None
    same = incoming.media_group_id is not None and found.subject["album"] == incoming.media_group_id
    near = work.now - found.asked_at <= work.world.rules.draft_gap
    return found if same or near else None


def _join(work: Work, row: Row[Any], incoming: Incoming, waiting: Row[Any], words: str) -> None:
    """One more photo for the open question; its words may answer the question for all."""
    kept = pictures.keep(work, incoming, entry_id=row.id, kind="reference", round_=row.round)
    subject = dict(waiting.subject)
    subject["photos"] = [*subject["photos"], *kept]
    subject["words"] = "\n".join(part for part in (subject["words"], words) if part)
    work.connection.execute(
        update(questions_table).where(questions_table.c.id == waiting.id).values(subject=subject)
    )
    meaning = _meaning(work, row, words) if words else "ask"
    if meaning != "ask":
        questions.done(work, waiting.id)
        _settle(work, row, subject, meaning, answered_in(incoming)[0])


@questions.answers(WHAT)
def _said(work: Work, question: Row[Any], incoming: Incoming) -> None:
    """The question answered in words instead of a tap."""
    row = life.load(work, question.subject["entry"], Action.ADD_PHOTO)
    meaning = _meaning(work, row, incoming.text)
    if meaning == "ask":
        meaning = "before"
    subject = {**question.subject, "words": incoming.text.strip()}
    _settle(work, row, subject, meaning, incoming.chat_id)


def choose(work: Work, question_id: int, meaning: str) -> None:
    """A tap on one of the three; it also corrects what silence had made a before-photo."""
    question = work.connection.execute(
        select(questions_table).where(questions_table.c.id == question_id, questions_table.c.kind == WHAT)
    ).first()
    if question is None or question.member_id != work.actor.member_id:
        raise NotYours
    if question.state not in ("open", "expired"):
        raise NotUnderstood(hint="answered")
    if meaning not in ("before", "after", "revisit", "clean"):
        raise NotUnderstood(hint="answered")
    row = life.load(work, question.subject["entry"], Action.ADD_PHOTO)
    questions.done(work, question.id)
    _settle(work, row, question.subject, meaning, question.chat_id)


def _settle(work: Work, row: Row[Any], subject: dict[str, Any], meaning: str, chat_id: int) -> None:
    """Make the photos of a question what they are."""
    ids, reply_to = subject["photos"], subject["message"]
    _remember_words(work, row, subject["words"] if meaning not in ("revisit", "clean") else "")
    if meaning == "revisit":
        closed = row.state == State.CLOSED
        _become(work, row, ids, "before", row.round + closed)
        onsite.found_again(work, row, ids, subject["words"], chat_id, reply_to)
        return
    _become(work, row, ids, "before" if meaning == "before" else "after", row.round)
    if meaning == "before":
        county_photos.tell_inside(work, row, ids, chat_id, reply_to)
    elif meaning == "clean":
        lookback.found_clean(work, row, ids, subject["words"], chat_id)
    elif meaning == "after":
        onsite.offer_fix(work, row, chat_id, reply_to)
    elif meaning == "site":
        onsite.offer_close(work, row, chat_id, reply_to)


def _become(work: Work, row: Row[Any], ids: Sequence[int], kind: str, round_: int) -> None:
    found = work.connection.execute(select(photos).where(photos.c.id.in_(ids)).order_by(photos.c.id)).all()
    for one in found:
        if one.kind == "reference":
            pictures.adopt(work, one, entry_id=row.id, kind=kind, round_=round_)
        elif one.kind in KINDS:
            sender = people.actor_by_id(work, one.member_id or 0)
            own = pictures.kind_for(work, row.id, kind, sender)
            work.connection.execute(
                update(photos).where(photos.c.id == one.id).values(kind=own, round=round_)
            )
    book.change(work, row, **filing.touch(work, row))
    life.refresh_cards(work, row.id)


_any_unanswered = Prepared(
    select(questions_table.c.id)
    .where(
        questions_table.c.kind == WHAT,
        questions_table.c.state == "open",
        questions_table.c.expires_at <= bindparam("now"),
    )
    .limit(1)
)


def unanswered(work: Work, most: int = 20) -> int:
    """Photos whose question nobody answered in its time are more before-photos; gives how many questions."""
    if _any_unanswered.first(work, now=work.now) is None:
        return 0
    found = work.connection.execute(
        select(questions_table)
        .where(
            questions_table.c.kind == WHAT,
            questions_table.c.state == "open",
            questions_table.c.expires_at <= work.now,
        )
        .limit(most)
    ).all()
    for question in found:
        work.connection.execute(
            update(questions_table).where(questions_table.c.id == question.id).values(state="expired")
        )
        row = book.get(work, question.subject["entry"])
        if row is not None:
            _become(work, row, question.subject["photos"], "before", row.round)
    return len(found)
