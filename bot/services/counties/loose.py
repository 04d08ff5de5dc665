"""A photo of the county's side without a reply: kept, and asked about, never lost (SPEC §2)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Row, delete, select, update

from bot.domain.permissions import Action, Standing
from bot.ledger import entries as book
from bot.ledger.desk import Work
from bot.ledger.tables import messages, photos
from bot.ledger.tables import questions as questions_table
from bot.services import life, pictures, questions
from bot.services.answering import Toast
from bot.services.counties import county, townships
from bot.services.counties.material import Material
from bot.services.incoming import Incoming
from bot.services.outgoing import Button, Rows, say
from bot.services.refusals import NotUnderstood, NotYours
from bot.services.views.places import spot_for, village_for

KIND = "which_entry"
MOST_OFFERED = 8


def receive(work: Work, incoming: Incoming) -> None:
    """Find what a contact's or a township's files answer, when they are no reply.

    The entry whose number or place the text names; else the only open one, with 「不是这条」; else
    「对应哪一条？」, most urgent first. While that question is open, more files join it.

    Raises:
        NotUnderstood: in a group's chat, where nothing about an entry may be said.
    """
    if not incoming.private:
        if incoming.tagged:
            raise NotUnderstood(hint="in_private")
        return
    if incoming.media_group_id is not None and _joins_album(work, incoming):
        return
    owed, waiting = county.open_entries(work), county.waiting_entries(work)
    named = naming(owed, incoming.text) or naming(waiting, incoming.text)
    if not named and (question := _open(work, incoming)) is not None:
        _join(work, question, incoming)
        return
    candidates = named or owed or waiting
    if not candidates:
        pictures.keep(work, incoming, entry_id=None, kind="reference")
        say(work, incoming.chat_id, "county.nothing_open", reply_to=incoming.message_id, silent=True)
    elif len(candidates) == 1:
        prove(work, candidates[0], Material.of(incoming, loose=True))
    else:
        hold(work, incoming, candidates)


def prove(work: Work, row: Row[Any], material: Material) -> None:
    """Files become the proof of an entry: of its contact, or of the township it was passed on to.

    Raises:
        NotYours: the actor answers for neither.
    """
    having = life.having_of(work, row)
    if Standing.CONTACT in having:
        county.hand_in(work, life.load(work, row.id, Action.SUBMIT), material)
    elif Standing.TOWNSHIP in having:
        townships.hand_up(work, life.load(work, row.id, Action.TOWNSHIP_PROOF), material)
    else:
        raise NotYours


def _joins_album(work: Work, incoming: Incoming) -> bool:
    """A later part of an album goes where its first part went."""
    parts = pictures.of_album(work, incoming.chat_id, incoming.media_group_id or "")
    known = next((part for part in parts if part.entry_id is not None), None)
    if known is None:
        return False
    if known.kind == "withdrawn":  # the proof was taken back before its last part came
        pictures.keep(work, incoming, entry_id=known.entry_id, kind="withdrawn", proof_id=known.proof_id)
        return True
    row = book.get(work, known.entry_id)
    assert row is not None
    prove(work, row, Material.of(incoming, loose=True))
    return True


def answers(work: Work, entry_id: int) -> bool:
    """Whether the actor answers for an entry on the county's side."""
    row = book.get(work, entry_id)
    return row is not None and bool(life.having_of(work, row) & {Standing.CONTACT, Standing.TOWNSHIP})


def naming(rows: Sequence[Row[Any]], text: str) -> list[Row[Any]]:
    """The entries that a text names: by number, else by village or spot, else by township."""
    if not text.strip():
        return []
    ways: tuple[Callable[[Row[Any]], tuple[str | None, ...]], ...] = (
        lambda row: (row.number, _tail(row.number)),
        lambda row: (_short(row.village, "村"), row.spot),
        lambda row: (_short(row.township, "镇乡"),),
    )
    for names in ways:
        found = [row for row in rows if any(name and name in text for name in names(row))]
        if found:
            return found
    return []


def _tail(number: str | None) -> str | None:
    """`0412-03` of `县1-0412-03`."""
    return number.partition("-")[2] if number and number.count("-") == 2 else None


def _short(name: str | None, endings: str) -> str | None:
    """任庄 of 任庄村: people leave the ending away, unless one sign only would remain."""
    if not name:
        return None
    return name[:-1] if len(name) > 2 and name[-1] in endings else name


# --- 「对应哪一条？」 ------------------------------------------------------------------------------


def hold(work: Work, incoming: Incoming, rows: Sequence[Row[Any]]) -> None:
    """Keep the files as references and offer the entries, most urgent first."""
    kept = pictures.keep(work, incoming, entry_id=None, kind="reference")
    if kept:
        ask(work, incoming.chat_id, rows, kept, incoming.text, reply_to=incoming.message_id)


def ask(
    work: Work, chat_id: int, rows: Sequence[Row[Any]], kept: list[int], words: str, *, reply_to: int | None
) -> None:
    """「对应哪一条？」 for files that are kept; answered by a tap, or by a number or a place in words."""

    def offered(question_id: int) -> Rows:
        return tuple((button(work, row, question_id),) for row in rows[:MOST_OFFERED])

    questions.ask(
        work, chat_id, KIND, "county.which_entry",
        {"count": len(rows), "more": max(0, len(rows) - MOST_OFFERED)},
        subject={"photos": kept, "text": words}, buttons=offered, reply_to=reply_to,
    )  # fmt: skip


def button(work: Work, row: Row[Any], question_id: int) -> Button:
    """One entry to choose from."""
    near = (village_for(work, row) or row.township, spot_for(work, row))
    place = "".join(part for part in near if part)
    words = " ".join(part for part in (row.number, place) if part)
    return Button("", "which", question_id, 0, str(row.id), text=words[:60])


def _open(work: Work, incoming: Incoming) -> Row[Any] | None:
    """The chat's open question about files, while it is fresh."""
    table = questions_table
    return work.connection.execute(
        select(table).where(
            table.c.chat_id == incoming.chat_id,
            table.c.kind == KIND,
            table.c.state == "open",
            table.c.expires_at > work.now,
        )
    ).first()


def _join(work: Work, question: Row[Any], incoming: Incoming) -> None:
    kept = pictures.keep(work, incoming, entry_id=None, kind="reference")
    subject = dict(question.subject)
    subject["photos"] = [*subject["photos"], *kept]
    if incoming.text:
        subject["text"] = "\n".join(part for part in (subject["text"], incoming.text) if part)
    work.connection.execute(
        update(questions_table).where(questions_table.c.id == question.id).values(subject=subject)
    )


def choose(work: Work, question_id: int, entry_id: int) -> Toast:
    """The contact said which entry the files answer: they become its proof."""
    question = questions.get(work, question_id)
    if question is None or question.member_id != work.actor.member_id:
        raise NotUnderstood(hint="answered")
    questions.done(work, question_id)
    row = life.load(work, entry_id)
    _hand_over(work, question, row)
    return Toast("county.chosen_toast", {"number": row.number})


def _hand_over(work: Work, question: Row[Any], row: Row[Any]) -> None:
    parts = work.connection.execute(
        select(photos)
        .where(photos.c.id.in_(question.subject["photos"]), photos.c.entry_id.is_(None))
        .order_by(photos.c.id)
    ).all()
    if not parts:
        raise NotUnderstood(hint="answered")
    prove(work, row, Material.kept(parts, question.subject["text"]))


@questions.answers(KIND)
def by_words(work: Work, question: Row[Any], incoming: Incoming) -> None:
    """「对应哪一条？」 answered in words: a number or a place; other words are kept as the measures."""
    rows = [*county.open_entries(work), *county.waiting_entries(work)]
    found = naming(rows, incoming.text)
    if len(found) == 1:
        _hand_over(work, question, found[0])
        return
    subject = dict(question.subject)
    if not found:
        subject["text"] = "\n".join(part for part in (subject["text"], incoming.text.strip()) if part)
    ask(
        work, incoming.chat_id, found or rows, subject["photos"], subject["text"],
        reply_to=incoming.message_id,
    )  # fmt: skip


def not_this(work: Work, photo_id: int, chat_id: int) -> Toast:
    """「不是这条」 within ten minutes: the submission is taken back, and the question asked."""
    row, moved = county.take_out(work, photo_id)
    work.connection.execute(
        delete(messages).where(
            messages.c.chat_id == chat_id,
            messages.c.entry_id == row.id,
            messages.c.message_id.in_([part.message_id for part in moved]),
        )
    )
    others = [one for one in county.open_entries(work) if one.id != row.id]
    others += [one for one in county.waiting_entries(work) if one.id != row.id]
    words = next((part.caption for part in moved if part.caption), "")
    if others:
        ask(work, chat_id, others, [part.id for part in moved], words, reply_to=moved[0].message_id)
    else:
        say(work, chat_id, "county.nothing_else_open", {"number": row.number}, silent=True)
    return Toast("county.not_this_toast", {"number": row.number})
