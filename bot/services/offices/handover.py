"""Hand-over after a preview of exactly what the county will see: 暗访 and 群众举报 (SPEC §2)."""

from __future__ import annotations

from hashlib import blake2s
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Row, select, update

from bot.domain.entries import Mode, Source, State
from bot.domain.handover import without_traces
from bot.domain.permissions import Action, may
from bot.ledger import entries as book
from bot.ledger import outbox
from bot.ledger.desk import Work
from bot.ledger.outbox import Kind
from bot.ledger.tables import cards
from bot.services import faces, life, pictures, questions
from bot.services.chain import surfacing
from bot.services.counties import assignment, county_photos
from bot.services.counties.assignment import action_for as action_for
from bot.services.incoming import Incoming
from bot.services.outgoing import Button, Rows, Shown, gone, show_card
from bot.services.refusals import CardChanged, NotPossible, NotUnderstood
from bot.services.views.county import county_shown
from bot.services.views.places import traces, village_for

CARD = "preview"
LONGEST = 500


def button(row: Row[Any]) -> Button:
    """What hands this entry over: at once, or by a preview."""
    if row.mode == Mode.COVERT:
        return Button("hand_over", "preview", row.id, row.version)
    if row.source == Source.PUBLIC:
        return Button("assign", "preview", row.id, row.version)
    return Button("assign", "assign", row.id, row.version)


def _waiting(work: Work, entry_id: int, version: int = 0) -> Row[Any]:
    """The entry, when the actor may hand it over and it still waits for that.

    What was closed before its county knew of it waits, too: 「反弹」 is its hand-over.
    """
    row = life.load(work, entry_id)
    life.load(work, entry_id, action_for(row))
    life.fresh_press(work, row, version)
    if not _waits(row):
        raise NotPossible(state=row.state)
    if row.state == State.CLOSED:
        life.load(work, entry_id, Action.REOPEN)
    return row


def _waits(row: Row[Any]) -> bool:
    if row.kind != "issue":
        return False
    if row.state == State.CLOSED:
        return assignment.waits_for_preview(row)
    held = row.mode == Mode.COVERT or row.source == Source.PUBLIC
    return held and State(row.state) is State.FILED


def preview(work: Work, entry_id: int, version: int, chat_id: int) -> None:
    """「转交办」 (and 「交办」 of a 群众举报): show what the county will see, and ask for a yes.

    A report of the public has no words for the county until somebody has written them.
    """
    row = _waiting(work, entry_id, version)
    if not row.public_text:
        if row.source == Source.PUBLIC:
            ask_words(work, entry_id, chat_id)
            return
        row = _word(work, row, without_traces(row.description, **traces(work, row)))
    _show(work, row, chat_id)


def _show(work: Work, row: Row[Any], chat_id: int) -> None:
    for shown in work.connection.execute(
        select(cards.c.message_id).where(
            cards.c.chat_id == chat_id, cards.c.kind == CARD, cards.c.entry_id == row.id
        )
    ).scalars():
        _dismiss(work, chat_id, shown)
    show_card(
        work, chat_id, CARD, subject=f"preview:{row.id}:{row.version}", entry_id=row.id,
        member_id=work.actor.member_id,
    )  # fmt: skip


def _dismiss(work: Work, chat_id: int, message_id: int | None) -> None:
    """Take a preview away: it shows no entry any more, so nothing brings it back."""
    if message_id is None:
        return
    outbox.put(work, chat_id=chat_id, kind=Kind.DELETE, payload={"message_id": message_id})
    work.connection.execute(
        update(cards)
        .where(cards.c.chat_id == chat_id, cards.c.message_id == message_id)
        .values(entry_id=None)
    )


def _word(work: Work, row: Row[Any], words: str) -> Row[Any]:
    body = life.body_for(work, row, action_for(row))
    return life.amend(work, row, "county_words", body=body, public_text=words[:LONGEST])


@faces.shows(CARD)
def card(work: Work, card_row: Row[Any]) -> Shown | None:
    """The county's card as it will be, with 「确认转交办」; afterwards the line that it went."""
    row = book.get(work, card_row.entry_id) if card_row.entry_id is not None else None
    having = life.having_of(work, row) if row is not None else frozenset()
    if row is None:
        return None
    if not may(action_for(row), having):
        return gone(card_row, "covert.gone", {})
    if not _waits(row):
        return Shown(
            "covert.handed", {"number": row.number, "region": row.region, "state": row.state}, protect=True
        )
    shown = county_shown(work, as_assigned(work, row))
    return Shown(
        "covert.preview",
        {**shown.values, "covert": row.mode == Mode.COVERT},
        (
            (Button("confirm_hand_over", "handover", row.id, row.version, _seal(shown)),),
            (
                Button("other_words", "ctext", row.id, row.version),
                Button("cancel", "unpreview"),
            ),
        ),
        shown.picture,
        protect=True,
    )


_SEALED = ("number", "spot", "problem", "round", "handling", "deadline", "before", "sender")
"""What of a preview is confirmed besides its picture."""


def _seal(shown: Shown) -> str:
    """A short mark of what a preview shows: another mark, another text, picture or deadline."""
    seen = [str(shown.values[name]) for name in _SEALED]
    seen.append(shown.picture.key if shown.picture is not None else "")
    return blake2s("\n".join(seen).encode(), digest_size=6).hexdigest()


def as_assigned(work: Work, row: Row[Any]) -> Any:
    """The entry as it will stand when it is handed over now."""
    due = assignment.deadline_of(work, row).due
    changed = {
        "state": State.ASSIGNED.value,
        "deadline": due,
        "assigned_at": work.now,
        "handed_over_at": work.now,
        "round": row.round + (row.state == State.CLOSED),
    }
    return SimpleNamespace(**{**row._mapping, **changed})


def confirm(work: Work, entry_id: int, version: int, seal: str = "") -> None:
    """「确认转交办」: the region is told; the sender is 市环境整治攻坚办, proof goes to the office.

    Raises:
        CardChanged: it is not what was previewed: a photo, a word, or the deadline has changed since.
        NotUnderstood: nobody wrote for the county yet, or the press is no preview's.
    """
    row = _waiting(work, entry_id, version)
    if not row.public_text:
        raise NotUnderstood(hint="county_words")
    if not version:
        raise NotUnderstood(hint="old_button")
    life.fresh_press(work, row, version, seen_all=True)
    if seal != _seal(county_shown(work, as_assigned(work, row))):
        raise CardChanged(entry=row.id)
    body = life.body_for(work, row, action_for(row))
    if row.mode == Mode.COVERT:
        row = life.amend(
            work, row, "handed_over", body=body,
            handed_over_at=work.now, checker=None, identity_open=False,
        )  # fmt: skip
        surfacing.surface(work, row, body)
    if row.state == State.CLOSED:
        assignment.again(work, row, "reopened", body=body)
    else:
        assignment.assign(work, row, body=body)


def cancel(work: Work, chat_id: int, message_id: int) -> None:
    """「取消」: the preview goes, the entry waits on."""
    _dismiss(work, chat_id, message_id)


def ask_words(work: Work, entry_id: int, chat_id: int) -> None:
    """「改文字」: the next plain text is what the county reads."""
    row = _waiting(work, entry_id)
    public = row.source == Source.PUBLIC
    offered = row.public_text or (_plain_words(work, row) if public else "")
    take: Rows = ()
    if public and not row.public_text and offered:
        take = ((Button("take_words", "ctake", row.id, row.version),),)
    questions.ask(
        work, chat_id, "county_words", "covert.ask_words",
        {"number": row.number, "offered": offered, "public": public},
        subject={"entry": row.id}, buttons=take, protect=True,
    )  # fmt: skip


def take_words(work: Work, entry_id: int, version: int, chat_id: int) -> None:
    """The offered words, made of place and category alone, are taken."""
    row = _waiting(work, entry_id, version)
    questions.drop(work, chat_id, "county_words")
    _show(work, _word(work, row, _plain_words(work, row)), chat_id)


def _plain_words(work: Work, row: Row[Any]) -> str:
    """Place and kind of problem, nothing that a caller said: 「王楼镇任庄村：生活垃圾」."""
    kind = work.world.reader.categories.sub(row.category) if row.category else None
    place = "".join(part for part in (row.township, village_for(work, row)) if part)
    return f"{place or row.region}：{kind.name}" if kind is not None else ""


def takes_photo(work: Work, row: Row[Any], incoming: Incoming) -> bool:
    """Whether a photo is the office's own for the county: a reply to the preview of a 群众举报."""
    anew = row.source == Source.PUBLIC and not incoming.forwarded
    return anew and is_preview(work, row, incoming) and may(action_for(row), life.having_of(work, row))


def is_preview(work: Work, row: Row[Any], incoming: Incoming) -> bool:
    """Whether a message replies to a preview of this entry."""
    found = work.connection.execute(
        select(cards.c.id).where(
            cards.c.chat_id == incoming.chat_id, cards.c.message_id == incoming.reply_to,
            cards.c.kind == CARD, cards.c.entry_id == row.id,
        )
    ).first()  # fmt: skip
    return incoming.reply_to is not None and found is not None


def photograph(work: Work, row: Row[Any], incoming: Incoming) -> Row[Any]:
    """Keep photos that were taken anew, for the county."""
    kept = pictures.keep(work, incoming, entry_id=row.id, kind="before", round_=row.round)
    return row if incoming.forwarded else county_photos.give(work, row, kept)


@questions.answers("county_words", photo=True)
def worded(work: Work, question: Row[Any], incoming: Incoming) -> None:
    """What the county is to read came as a text, or with a photo: the preview is shown (again)."""
    row = _waiting(work, int(question.subject["entry"]))
    words = incoming.text.strip()
    if incoming.attachments:
        row = photograph(work, row, incoming)
        if not words:
            ask_words(work, row.id, incoming.chat_id)
            return
    if not words or len(words) > LONGEST:
        raise NotUnderstood(hint="county_words")
    if row.mode == Mode.COVERT:
        words = without_traces(words, **traces(work, row)) or words
    _show(work, _word(work, row, words), incoming.chat_id)
