"""「警示」 in three taps: 警示 → the term → 送审; entries, words and name can be changed on the way."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row, and_, select

from bot.domain.entries import OPEN_STATES, State
from bot.domain.letter_rights import LetterAct, may_letter
from bot.domain.masking import mask_numbers
from bot.domain.permissions import may
from bot.domain.warnings import MOST_ITEMS, TERMS, UNITS
from bot.ledger.desk import Work
from bot.ledger.tables import entries
from bot.ledger.tables import warning_letters as table
from bot.services import life, questions, sight
from bot.services.answering import Toast
from bot.services.field import duplicates
from bot.services.incoming import Incoming
from bot.services.outgoing import Button, new_card, say
from bot.services.refusals import LetterNotNow, NoGroupPhone, NotPossible
from bot.services.warnings import letters, offering, paper, signing
from bot.services.warnings.letters import DRAFT, DROPPED, WAITING

OFFERED: Final = 8
"""Other entries of the region that are offered for the same letter."""

MOST_WORDS: Final = 200


def begin(work: Work, entry_id: int, version: int, chat_id: int) -> None:
    """「警示」 on a card: a draft about that entry, for the presser alone.

    Raises:
        NoSuchEntry, NotYours: see `life.load`.
        AlreadyMoved: see `life.fresh_press`.
        NotPossible: the county owes nothing.
        LetterNotNow: a letter about it waits for its approval.
    """
    row = life.load(work, entry_id, offering.action(work))
    life.fresh_press(work, row, version)
    begin_with(work, [row], chat_id)


def begin_with(work: Work, rows: Sequence[Row[Any]], chat_id: int) -> None:
    """A draft about these entries of one region; the actor's own draft about the first is shown anew."""
    first = rows[0]
    _warnable(first)
    if letters.naming(work, [first.id], WAITING):
        raise LetterNotNow(why="waiting", state=WAITING, number=first.number)
    mine = [one for one in letters.naming(work, [first.id], DRAFT) if one.member_id == work.actor.member_id]
    if mine and may_letter(LetterAct.EDIT, letters.having_of(work, mine[-1])):
        show(work, mine[-1].id, chat_id)
        return
    together = [first, *(row for row in rows[1:] if _fits(work, first, row))][:MOST_ITEMS]
    signers = signing.options(work, together)
    if not signers and len(together) > 1:
        together, signers = [first], signing.options(work, [first])
    signer = next(iter(signers), None)
    letter_id = work.insert(
        table,
        state=DRAFT,
        track=first.track,
        region=first.region,
        group_key=signer,
        member_id=work.actor.member_id,
        body=_body(work, first, signer),
        at=work.now,
        words={},
    )
    letters.put_items(work, letter_id, [row.id for row in together])
    show(work, letter_id, chat_id)
    if signer is not None and not signing.phone_of(work, signer) and work.actor.leads(signer):
        signing.ask_phone(work, signer, chat_id, letter_id=letter_id)


def _warnable(row: Row[Any]) -> None:
    if State(row.state) not in offering.WARNABLE or row.kind != "issue":
        raise NotPossible(state=row.state)


def _fits(work: Work, first: Row[Any], row: Row[Any]) -> bool:
    return (
        row.region == first.region
        and State(row.state) in offering.WARNABLE
        and may(offering.action(work), life.having_of(work, row))
        and not letters.naming(work, [row.id], WAITING)
    )


def _body(work: Work, row: Row[Any], signer: str | None) -> str:
    """The body for which the actor drafts: a group of its own, else the office."""
    for key in (signer, row.checker, row.group_key):
        if key is not None and key in work.actor.groups():
            return f"group:{key}"
    return f"office:{row.track}"


def show(work: Work, letter_id: int, chat_id: int) -> None:
    """The letter as a new message; raises NoSuchLetter."""
    letters.load(work, letter_id, LetterAct.SEE)
    new_card(work, chat_id, letters.CARD, subject=f"warning:{letter_id}", member_id=work.actor.member_id)


def _mine(work: Work, letter_id: int, version: int) -> Row[Any]:
    return letters.load(work, letter_id, LetterAct.EDIT, version, states=(DRAFT,))


# --- the term -------------------------------------------------------------------------------------------


def terms(work: Work) -> list[tuple[int, datetime]]:
    """Days and what they come to; the one of the settings among them."""
    offered = sorted({*TERMS, work.world.deadlines.warning_days})
    return [(days, term(work, days)) for days in offered]


def term(work: Work, days: int) -> datetime:
    """The N-th calendar day after today, at the end of its working hours."""
    day = work.local.date() + timedelta(days=days)
    return datetime.combine(day, work.world.deadlines.end_of_day, work.world.campaign.zone)


def set_term(work: Work, letter_id: int, version: int, days: int) -> None:
    """The term was chosen: the card shows the letter."""
    row = _mine(work, letter_id, version)
    if days not in [one for one, _ in terms(work)]:
        raise LetterNotNow(why="moved", state=row.state)
    letters.change(work, row, due=term(work, days))


# --- entries, name, words -----------------------------------------------------------------------------


def candidates(work: Work, letter: Row[Any]) -> list[Row[Any]]:
    """Other entries of the region that could stand in the letter, the latest overdue first."""
    inside = [row.id for row in letters.entries_of(work, letter.id)]
    rows = work.connection.execute(
        select(entries)
        .where(
            and_(
                entries.c.region == letter.region,
                entries.c.state.in_([state.value for state in OPEN_STATES]),
                entries.c.kind == "issue",
                entries.c.id.not_in(inside),
                sight.visible(work),
            )
        )
        .order_by(entries.c.deadline, entries.c.id)
        .limit(50)
    ).all()
    signer = letter.group_key
    found = [
        row
        for row in rows
        if may(offering.action(work), life.having_of(work, row))
        and (signer is None or signer in signing.options(work, [row]))
        and not letters.naming(work, [row.id], WAITING)
    ]
    return found[:OFFERED]


def toggle(work: Work, letter_id: int, version: int, entry_id: int) -> None:
    """An entry joins the letter, or leaves it; one always stays.

    Raises:
        LetterNotNow: there are too many, or nobody can sign for all of them.
    """
    row = _mine(work, letter_id, version)
    inside = letters.entries_of(work, letter_id)
    ids = [one.id for one in inside]
    if entry_id in ids:
        if len(ids) == 1:
            raise LetterNotNow(why="last", state=row.state)
        ids.remove(entry_id)
    else:
        other = life.load(work, entry_id, offering.action(work))
        _warnable(other)
        if len(ids) >= MOST_ITEMS:
            raise LetterNotNow(why="many", state=row.state, most=MOST_ITEMS)
        if not _fits(work, inside[0], other) or not signing.options(work, [*inside, other]):
            raise LetterNotNow(why="apart", state=row.state)
        ids.append(entry_id)
    letters.put_items(work, letter_id, ids)
    letters.change(work, row, group_key=_signer(work, row, letters.entries_of(work, letter_id)))


def _signer(work: Work, letter: Row[Any], rows: Sequence[Row[Any]]) -> str | None:
    """The name that stands while it can; else the first that can."""
    can = signing.options(work, rows)
    return letter.group_key if letter.group_key in can else next(iter(can), None)


def next_name(work: Work, letter_id: int, version: int) -> None:
    """「换落款」: the next group that can sign."""
    row = _mine(work, letter_id, version)
    can = list(signing.options(work, letters.entries_of(work, letter_id)))
    if len(can) < 2:
        raise LetterNotNow(why="no_signer", state=row.state)
    at = can.index(row.group_key) if row.group_key in can else -1
    letters.change(work, row, group_key=can[(at + 1) % len(can)])


def photos(work: Work, letter_id: int, version: int) -> None:
    """「附照片」「不附照片」."""
    row = _mine(work, letter_id, version)
    words = {**(row.words or {})}
    words["no_photos"] = not words.get("no_photos")
    letters.change(work, row, words=words)


def ask_words(work: Work, letter_id: int, version: int, chat_id: int, reply_to: int | None) -> None:
    """「改文字」: the blanks as lines, to be sent back changed."""
    row = _mine(work, letter_id, version)
    said = paper.values(work, row, letters.entries_of(work, letter_id))
    questions.ask(
        work,
        chat_id,
        "warning_words",
        "warnings.ask_words",
        {"subject": said["subject"], "matter": said["matter"], "items": said["items"]},
        subject={"letter": letter_id},
        buttons=lambda question_id: ((Button("cancel", "noanswer", question_id),),),
        reply_to=reply_to,
    )


_LINE = re.compile(
    r"^(?:(检查对象|对象|subject)|(整改事项|事项|matter)|(\d{1,2}))\s*[:：.．、]\s*(.+)$", re.IGNORECASE
)


@questions.answers("warning_words")
def _words_said(work: Work, question: Row[Any], incoming: Incoming) -> None:
    row = _mine(work, question.subject["letter"], 0)
    rows = letters.entries_of(work, row.id)
    words: dict[str, Any] = {**(row.words or {})}
    items = dict(words.get("items") or {})
    taken = 0
    for line in incoming.text.splitlines():
        found = _LINE.match(line.strip())
        if found is None:
            continue
        said = duplicates.without_hidden(work, mask_numbers(found[4].strip())[:MOST_WORDS])
        if found[1]:
            words["subject"] = said
        elif found[2]:
            words["matter"] = said
        elif 1 <= int(found[3]) <= len(rows):
            items[str(rows[int(found[3]) - 1].id)] = said
        else:
            continue
        taken += 1
    if not taken:
        raise LetterNotNow(why="words", state=row.state)
    letters.change(work, row, words={**words, "items": items})
    show(work, row.id, incoming.chat_id)


def ask_phone(work: Work, letter_id: int, chat_id: int) -> None:
    """「填组电话」 on a draft, for the group's leader."""
    row = _mine(work, letter_id, 0)
    if row.group_key is None:
        raise LetterNotNow(why="no_signer", state=row.state)
    signing.ask_phone(work, row.group_key, chat_id, letter_id=row.id)


# --- away with it, or on to its approval -------------------------------------------------------------------


def drop(work: Work, letter_id: int, version: int) -> Toast:
    """「不发了」 drops a draft; one that waits for its approval is taken back and is a draft again."""
    row = letters.load(work, letter_id, LetterAct.EDIT, version, states=(DRAFT, WAITING))
    if row.state == WAITING:
        letters.record(work, "warning_withdrawn", row, row.body)
        letters.change(work, row, state=DRAFT, hold_until=None, escalated_at=None)
        return Toast("warnings.taken_back_toast")
    letters.change(work, row, state=DROPPED)
    return Toast("warnings.dropped_toast")


def ready(work: Work, row: Row[Any]) -> list[Row[Any]]:
    """The entries of a letter that can be issued as it is.

    Raises:
        LetterNotNow: no term, nobody who can sign, or an entry that has moved.
        NoGroupPhone: the group has no telephone.
    """
    rows = letters.entries_of(work, row.id)
    if row.region[-1] not in UNITS:
        raise LetterNotNow(why="unit", state=row.state)
    if row.due is None or row.due <= work.now:
        raise LetterNotNow(why="no_term", state=row.state)
    for one in rows:
        stays = State(one.state) in OPEN_STATES or (row.state == WAITING and one.state == State.SUBMITTED)
        if not stays or one.region != row.region:
            raise LetterNotNow(why="entry", state=one.state, number=one.number)
    if row.group_key is None or row.group_key not in signing.options(work, rows):
        raise LetterNotNow(why="no_signer", state=row.state)
    if not signing.phone_of(work, row.group_key):
        raise NoGroupPhone(
            group=work.world.campaign.group_title(row.group_key), own=work.actor.leads(row.group_key)
        )
    return rows


def ask_file(work: Work, letter_id: int, chat_id: int, reply_to: int | None, form: str = "docx") -> None:
    """「看文件」「PDF」: the letter as a document, as it stands or as it was issued."""
    row = letters.load(work, letter_id, LetterAct.SEE)
    rows = letters.entries_of(work, letter_id)
    said = paper.current(work, row, rows)
    if said["due"] is None or not said["days"]:
        raise LetterNotNow(why="no_term" if said["due"] is None else "no_signer", state=row.state)
    issued = row.data is not None
    say(
        work, chat_id, "warnings.file", {"issued": issued, "revoked": said["revoked"] is not None},
        file=paper.file(row, said, form), reply_to=reply_to, silent=True,
    )  # fmt: skip
