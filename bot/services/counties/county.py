"""The county's half: sign for, answer with photos, take it back (SPEC §2)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, false, or_, select, update

from bot.domain.entries import OPEN_STATES, ForbiddenMove, State, check_move
from bot.domain.permissions import Action, Role, may
from bot.ledger import entries as book
from bot.ledger import events
from bot.ledger.desk import Work
from bot.ledger.tables import cards, entries, photos, proofs
from bot.services import faces, life, pictures
from bot.services.answering import Toast
from bot.services.checking import checkers
from bot.services.counties import assignment, heads, officers
from bot.services.counties.material import Material
from bot.services.incoming import Incoming
from bot.services.outgoing import Button, Shown, say, show_card
from bot.services.refusals import NotPossible, NotYours, TooLate
from bot.services.views.places import spot_for, village_for


def acknowledge(work: Work, entry_id: int, version: int = 0) -> Toast:
    """「签收」: one tap.

    Raises:
        NoSuchEntry, NotYours: see `life.load`.
        AlreadyMoved: another contact was first, or the button is of yesterday.
    """
    row = life.load(work, entry_id, Action.ACKNOWLEDGE)
    life.fresh_press(work, row, version)
    _acknowledge(work, row)
    return Toast("county.acknowledged_toast", {"number": row.number})


def _acknowledge(work: Work, row: Row[Any]) -> Row[Any]:
    return life.move(
        work,
        row,
        State.ACKNOWLEDGED,
        "acknowledged",
        body=f"region:{row.region}",
        acknowledged_at=work.now,
        contact_pressed_at=work.now,
    )


def acknowledge_all(work: Work) -> Toast:
    """「全部签收」: everything that waits for the contact's signature."""
    rows = work.connection.execute(
        select(entries)
        .where(entries.c.state == State.ASSIGNED.value, entries.c.region.in_(work.actor.regions()))
        .order_by(entries.c.id)
    ).all()
    for row in rows:
        life.load(work, row.id, Action.ACKNOWLEDGE)
        _acknowledge(work, row)
    return Toast("county.acknowledged_all_toast", {"count": len(rows)})


def how_to_answer(work: Work, entry_id: int, version: int, chat_id: int, reply_to: int | None) -> None:
    """「反馈整改」: says what to send, in a message that the telephone opens for a reply."""
    row = life.load(work, entry_id)
    having = life.having_of(work, row)
    if not may(Action.SUBMIT, having) and not may(Action.TOWNSHIP_PROOF, having):
        raise NotYours
    life.fresh_press(work, row, version)
    if State(row.state) not in OPEN_STATES:
        raise NotPossible(state=row.state)
    say(
        work,
        chat_id,
        "county.how_to_answer",
        {
            "number": row.number,
            "deadline": row.deadline.isoformat() if row.deadline else None,
            "leader": row.county_leader,
            "officer": row.section_officer,
        },
        reply_to=reply_to,
        entry_id=row.id,
        force_reply=True,
    )


# --- the proof ------------------------------------------------------------------------------------


def submit(work: Work, entry_id: int, incoming: Incoming) -> None:
    """Replying with photos is the submission; its words are the 整改措施. See `hand_in`."""
    hand_in(work, life.load(work, entry_id, Action.SUBMIT), Material.of(incoming))


def hand_in(work: Work, row: Row[Any], material: Material) -> None:
    """Photos of the county become the proof of an entry; the actor may do that (`Action.SUBMIT`).

    More photos while the proof waits for the check join it. A contact's proof implies the signature.
    Files without a picture among them are kept, and a photo is asked for.

    Raises:
        NotPossible: the entry is closed, deferred or void.
    """
    said = officers.read(material.text)
    if said.named:
        row = officers.keep(work, row, said)
        material = material.saying(said.rest)
    if row.state == State.SUBMITTED:
        _join(work, row, material)
        return
    stands(row)
    if not material.pictured:
        keep_without_picture(work, row, material)
        return
    proof_id = open_proof(work, row, material)
    material.put(work, row, proof_id)
    fresh = submitted(work, row, proof_id, sent_at=material.sent_at, measures=material.text)
    buttons = [life.undo_button(fresh)]
    if material.loose:
        buttons.append(not_this(work, proof_id))
    say(
        work,
        material.chat_id,
        "county.submitted",
        {
            "number": row.number,
            "place": _place(work, row),
            "loose": material.loose,
            "words": bool(fresh.measures),
        },
        reply_to=material.message_id,
        entry_id=row.id,
        silent=True,
        buttons=(tuple(buttons),),
    )


def stands(row: Row[Any]) -> None:
    """Let an entry pass that can be answered now; raises NotPossible."""
    try:
        check_move(State(row.state), State.SUBMITTED)
    except ForbiddenMove:
        raise NotPossible(state=row.state) from None


def open_proof(work: Work, row: Row[Any], material: Material, *, township: bool = False) -> int:
    """A fresh proof of an entry; a township's waits for its county."""
    return work.insert(
        proofs,
        entry_id=row.id,
        round=row.round,
        member_id=work.actor.member_id,
        from_township=township,
        state="waiting" if township else "submitted",
        sent_at=material.sent_at,
        measures=material.text or None,
        chat_id=material.chat_id,
        media_group_id=material.media_group_id,
    )


def submitted(
    work: Work,
    row: Row[Any],
    proof_id: int,
    *,
    sent_at: datetime,
    measures: str,
    body: str | None = None,
    key: str | None = None,
) -> Row[Any]:
    """→ 待核查: the proof counts, the checking side hears of it; gives the entry's new row.

    Late or not is judged by when the proof was sent. What else waited of a township is replaced.
    """
    by_contact = body is None
    work.connection.execute(
        update(proofs)
        .where(proofs.c.entry_id == row.id, proofs.c.state == "waiting", proofs.c.id != proof_id)
        .values(state="replaced")
    )
    fresh = life.move(
        work,
        row,
        State.SUBMITTED,
        "submitted",
        body=body or f"region:{row.region}",
        data={"proof": proof_id, "sent_at": sent_at.isoformat(), "measures_before": row.measures},
        submitted_at=work.now,
        proof_sent_at=sent_at,
        acknowledged_at=row.acknowledged_at or (work.now if by_contact else None),
        contact_pressed_at=work.now if by_contact else row.contact_pressed_at,
        measures=measures.strip() or row.measures,
    )
    checkers.tell(work, fresh)
    return fresh


def keep_without_picture(work: Work, row: Row[Any], material: Material) -> None:
    """Video, voice, a document: kept under the entry; what is missing is a photo."""
    material.put(work, row, None)
    if material.text:
        body = life.body_for(work, row, Action.REMARK)
        events.record(work, "remark", entry_id=row.id, body=body, data={"text": material.text})
    show_card(
        work, material.chat_id, "photo_needed", subject=f"needs:{row.id}:{material.message_id}",
        entry_id=row.id, member_id=work.actor.member_id,
        not_before=work.now + work.world.rules.album_pause if material.media_group_id else None,
    )  # fmt: skip


@faces.shows("photo_needed")
def _photo_needed(work: Work, card: Row[Any]) -> Shown | None:
    """Asks for a photo, unless one came with the same album, or since."""
    row = book.get(work, card.entry_id)
    if row is None or card.message_id is not None or State(row.state) not in OPEN_STATES:
        return None
    if book.waiting_proof(work, row) is not None:
        return None
    asked_by = int(card.subject.rpartition(":")[2])
    return Shown("county.photo_needed", {"number": row.number}, reply_to=asked_by, silent=True)


def _join(work: Work, row: Row[Any], material: Material) -> None:
    proof = book.latest_proof(work, row.id)
    assert proof is not None
    first = next(iter(_files_of(work, proof.id)), None)
    if not material.put(work, row, proof.id):
        return
    if material.text:
        words = "\n".join(part for part in (row.measures, material.text) if part)
        work.connection.execute(update(proofs).where(proofs.c.id == proof.id).values(measures=words))
        row = book.change(work, row, measures=words, touched_at=work.now)
    else:
        row = book.change(work, row, touched_at=work.now)
    life.refresh_cards(work, row.id, kinds=("county", "receipt", "line", "township"))
    checkers.tell(work, row)
    same_album = first is not None and material.media_group_id == first.media_group_id is not None
    if material.loose and not same_album:
        say(
            work, material.chat_id, "county.joined", {"number": row.number, "place": _place(work, row)},
            reply_to=material.message_id, entry_id=row.id, silent=True,
            buttons=((not_this(work, proof.id),),),
        )  # fmt: skip


def _place(work: Work, row: Row[Any]) -> str:
    return "".join(part for part in (row.township, village_for(work, row), spot_for(work, row)) if part)


# --- taking it back -------------------------------------------------------------------------------


def not_this(work: Work, proof_id: int) -> Button:
    """「不是这条」 under the newest photo of a proof."""
    newest = _files_of(work, proof_id)[-1]
    return Button("not_this", "notthis", newest.id)


def _files_of(work: Work, proof_id: int) -> list[Row[Any]]:
    return list(
        work.connection.execute(
            select(photos).where(photos.c.proof_id == proof_id).order_by(photos.c.id)
        ).all()
    )


def take_out(work: Work, photo_id: int) -> tuple[Row[Any], list[Row[Any]]]:
    """「不是这条」: take loosely sent photos out of a proof; gives the entry and the photos, now references.

    All of the proof when it began with them, and its submission with it; else that album or photo only.

    Raises:
        NoSuchEntry, NotYours: see `life.load`.
        TooLate: ten minutes are over, or the proof has been checked.
    """
    photo = work.connection.execute(select(photos).where(photos.c.id == photo_id)).first()
    if photo is None or photo.entry_id is None or photo.proof_id is None:
        raise TooLate
    row = life.load(work, photo.entry_id, Action.UNDO_COUNTY)
    proof = book.latest_proof(work, row.id)
    if (
        row.state != State.SUBMITTED
        or proof is None
        or proof.id != photo.proof_id
        or work.now > photo.received_at + work.world.rules.undo_within
    ):
        raise TooLate(entry=row.id)
    every = _files_of(work, proof.id)
    moved = [part for part in every if _together(part, photo)]
    if every[0] in moved:
        moved = every
        last = book.last_move(work, row.id)
        assert last is not None
        assert last.from_state is not None
        undo_submission(work, row, State(last.from_state))
    ids = [part.id for part in moved]
    work.connection.execute(
        update(photos)
        .where(photos.c.id.in_(ids))
        .values(entry_id=None, proof_id=None, kind="reference", state="by_reference", next_try_at=None)
    )
    if moved is not every:
        book.change(work, row, touched_at=work.now)
        life.refresh_cards(work, row.id)
        checkers.tell(work, row)
    return row, moved


def _together(part: Row[Any], photo: Row[Any]) -> bool:
    if photo.media_group_id is not None:
        return bool(part.media_group_id == photo.media_group_id)
    return bool(part.id == photo.id)


def undo_submission(work: Work, row: Row[Any], previous: State) -> Row[Any]:
    """The proof is withdrawn: its photos stay stored, the measures are as before.

    A township's, reviewed by its county, waits for the review again.
    """
    proof = book.latest_proof(work, row.id)
    last = book.last_move(work, row.id)
    assert proof is not None
    assert last is not None
    again = proof.from_township and not proof.unreviewed
    work.connection.execute(
        update(proofs).where(proofs.c.id == proof.id).values(state="waiting" if again else "withdrawn")
    )
    for photo in _files_of(work, proof.id):
        if photo.kind == "after":
            pictures.rename(work, photo, "waiting" if again else "withdrawn")
    return life.put_state(
        work,
        row,
        previous,
        "undone",
        body=f"region:{row.region}",
        data={"proof": proof.id},
        submitted_at=None,
        proof_sent_at=None,
        acknowledged_at=None if previous is State.ASSIGNED else row.acknowledged_at,
        measures=(last.data or {}).get("measures_before"),
    )


# --- readings -------------------------------------------------------------------------------------


def ours(work: Work) -> Any:
    """The condition that an entry is the actor's to answer: of its regions, or passed on to its townships."""
    regions = work.actor.regions()
    passed = [
        and_(entries.c.region == grant.region, entries.c.passed_to == grant.township)
        for grant in work.actor.grants
        if grant.role is Role.TOWNSHIP and grant.township
    ]
    return or_(false(), entries.c.region.in_(regions), *passed) if regions or passed else false()


def open_entries(work: Work) -> list[Row[Any]]:
    """What the actor's regions and townships owe, most urgent first."""
    return list(
        work.connection.execute(
            select(entries)
            .where(ours(work), entries.c.state.in_([state.value for state in OPEN_STATES]))
            .order_by(entries.c.deadline, entries.c.id)
        ).all()
    )


def waiting_entries(work: Work) -> list[Row[Any]]:
    """What the actor's side has answered and nobody has checked yet, the newest answer first."""
    return list(
        work.connection.execute(
            select(entries)
            .where(ours(work), entries.c.state == State.SUBMITTED.value)
            .order_by(entries.c.submitted_at.desc(), entries.c.id.desc())
        ).all()
    )


refresh_heads = heads.refresh


def card_row(work: Work, chat_id: int, row: Row[Any]) -> Row[Any] | None:
    """The county's card of an entry in a chat."""
    return work.connection.execute(
        select(cards).where(
            cards.c.chat_id == chat_id, cards.c.subject == f"entry:{row.id}", cards.c.kind == "county"
        )
    ).first()


reload = assignment.reload
