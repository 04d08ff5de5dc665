"""转乡镇: the contact passes an entry on, the township answers, the contact or the deadline reports it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Row, bindparam, select, update

from bot.domain.entries import OPEN_STATES, State
from bot.domain.masking import mask_numbers
from bot.domain.permissions import Action, Role, may
from bot.ledger import cards as card_book
from bot.ledger import entries as book
from bot.ledger import events, people
from bot.ledger.desk import Work
from bot.ledger.people import Reached
from bot.ledger.prepared import Prepared
from bot.ledger.tables import cards, chats, entries, proofs, roles
from bot.services import faces, life, pictures, telling, views
from bot.services.answering import Toast
from bot.services.counties import assignment, county, heads, officers
from bot.services.counties.material import Material
from bot.services.incoming import Incoming
from bot.services.outgoing import (
    Button,
    Picture,
    Shown,
    gone,
    new_card,
    open_panel,
    refresh_cards,
    say,
    show_card,
)
from bot.services.refusals import NotPossible, TooLate
from bot.services.views.county import county_photos

PANEL = "townships"
"""The card's face on which a township is chosen."""

OF_PROOF = ("waiting", "after", "withdrawn")
"""Kinds of a proof's pictures: `waiting` until the county has reported them, so that nobody else has them."""

SETTLED = timedelta(seconds=60)
"""A township's proof goes up by itself not before its album is complete."""


def joined(work: Work, region: str) -> dict[str, Reached]:
    """Township → its contact, for those who have joined and can be reached, by name."""
    names = work.connection.execute(
        select(roles.c.township)
        .distinct()
        .where(
            roles.c.role == Role.TOWNSHIP.value,
            roles.c.region == region,
            roles.c.township.is_not(None),
            people.in_force_at(work.now),
        )
        .order_by(roles.c.township)
    ).scalars()
    found: dict[str, Reached] = {}
    for township in names:
        contact = next(
            (one for one in people.township_contacts_of(work, region, township) if one.reachable), None
        )
        if contact is not None:
            found[township] = contact
    return found


def choose(work: Work, entry_id: int, version: int, chat_id: int, message_id: int) -> None:
    """「转乡镇」: the joined townships as buttons on the card; none joined: how to invite them."""
    row = life.load(work, entry_id, Action.PASS_ON)
    life.fresh_press(work, row, version)
    _owed(row)
    if not joined(work, row.region):
        say(
            work, chat_id, "township.nobody_joined", {"number": row.number, "township": row.township},
            reply_to=message_id, entry_id=row.id, buttons=((Button("invite", "invite"),),),
        )  # fmt: skip
        return
    if not open_panel(work, chat_id, message_id, PANEL):
        assignment.show_anew(work, row, chat_id)


def pass_on(work: Work, entry_id: int, version: int, township: str) -> Toast:
    """Pass an entry on to a township's contact, who gets a card of its own.

    Raises:
        NotPossible: the county owes no work, or nobody of that township can be reached.
    """
    row = life.load(work, entry_id, Action.PASS_ON)
    life.fresh_press(work, row, version)
    _owed(row)
    contact = joined(work, row.region).get(township)
    if contact is None:
        raise NotPossible(state=row.state)
    before = _reader(work, row)
    _replace(work, row)
    fresh = life.amend(
        work,
        row,
        "passed_on",
        body=f"region:{row.region}",
        data={"township": township},
        passed_to=township,
        passed_at=work.now,
        contact_pressed_at=work.now,
    )
    _close_panel(work, row)
    sounds = heads.may_sound(work, fresh, contact.chat_id)
    card_id = new_card(
        work,
        contact.chat_id,
        "township",
        subject=f"entry:{row.id}",
        entry_id=row.id,
        member_id=contact.member_id,
    )
    work.connection.execute(
        update(cards)
        .where(cards.c.id == card_id)
        .values(quiet=not sounds, entry_id=row.id, member_id=contact.member_id)
    )
    _tell_former(work, fresh, before, contact.chat_id)
    return Toast("township.passed_toast", {"number": row.number, "township": township})


def take_over(work: Work, entry_id: int, version: int) -> Toast:
    """「收回自办」: the county answers itself; the township's card says so."""
    row = life.load(work, entry_id, Action.PASS_ON)
    life.fresh_press(work, row, version)
    if row.passed_to is None:
        raise NotPossible(state=row.state)
    before = _reader(work, row)
    _replace(work, row)
    fresh = life.amend(
        work, row, "taken_back", body=f"region:{row.region}", data={"township": row.passed_to},
        passed_to=None, passed_at=None,
    )  # fmt: skip
    _close_panel(work, row)
    _tell_former(work, fresh, before, None)
    return Toast("township.taken_back_toast", {"number": row.number})


def _owed(row: Row[Any]) -> None:
    if State(row.state) not in OPEN_STATES:
        raise NotPossible(state=row.state)


def _close_panel(work: Work, row: Row[Any]) -> None:
    work.connection.execute(
        update(cards).where(cards.c.entry_id == row.id, cards.c.panel == PANEL).values(panel=None)
    )
    refresh_cards(work, row.id)


def _replace(work: Work, row: Row[Any]) -> None:
    """What the township had answered counts no more: somebody else answers now."""
    work.connection.execute(
        update(proofs)
        .where(proofs.c.entry_id == row.id, proofs.c.state == "waiting")
        .values(state="replaced")
    )


def _reader(work: Work, row: Row[Any]) -> int | None:
    """The chat of the township contact who has the entry now."""
    found: int | None = work.connection.execute(
        select(cards.c.chat_id)
        .where(cards.c.entry_id == row.id, cards.c.kind == "township")
        .order_by(cards.c.id.desc())
    ).scalar()
    return found if row.passed_to is not None else None


def _tell_former(work: Work, row: Row[Any], before: int | None, now: int | None) -> None:
    if before is None or before == now:
        return
    say(
        work, before, "township.no_longer", {"number": row.number},
        reply_to=card_book.message_of(work, before, f"entry:{row.id}", "township"), silent=True,
    )  # fmt: skip


# --- the township's answer ------------------------------------------------------------------------


def answer(work: Work, entry_id: int, incoming: Incoming) -> None:
    """A township's photos in reply to its card. See `hand_up`."""
    hand_up(work, life.load(work, entry_id, Action.TOWNSHIP_PROOF), Material.of(incoming))


def hand_up(work: Work, row: Row[Any], material: Material) -> None:
    """A township's photos wait for its county; the contact gets them with 「审核上报」「退回乡镇」.

    Raises:
        NotPossible: the entry waits for the check already, or is closed, deferred, void.
    """
    county.stands(row)
    said = officers.read(material.text)
    if said.named:
        row = officers.keep(work, row, said)
        material = material.saying(said.rest)
    proof = book.waiting_proof(work, row)
    if not material.pictured and proof is None:
        county.keep_without_picture(work, row, material)
        return
    if proof is None:
        proof_id = county.open_proof(work, row, material, township=True)
        body = f"township:{row.region}/{row.passed_to}"
        events.record(work, "township_proof", entry_id=row.id, body=body, data={"proof": proof_id})
        say(
            work, material.chat_id, "township.received", {"number": row.number, "region": row.region},
            reply_to=material.message_id, entry_id=row.id, silent=True,
        )  # fmt: skip
    else:
        proof_id = proof.id
        if material.text:
            words = "\n".join(part for part in (proof.measures, material.text) if part)
            work.connection.execute(update(proofs).where(proofs.c.id == proof_id).values(measures=words))
    material.put(work, row, proof_id, kind="waiting")
    refresh_cards(work, row.id, kinds=("county", "township"))
    show_review(work, row)


def show_review(work: Work, row: Row[Any]) -> None:
    """Show the township's proof that waits, if one does, to the contacts who have the entry's card."""
    proof = book.waiting_proof(work, row)
    if proof is None:
        return
    readers = set(telling.contacts(work, row))
    for card in work.connection.execute(
        select(cards.c.chat_id, cards.c.member_id)
        .where(cards.c.entry_id == row.id, cards.c.kind == "county", cards.c.chat_id.in_(readers))
        .order_by(cards.c.id)
    ).all():
        show_card(
            work, card.chat_id, "review", subject=f"review:{proof.id}", entry_id=row.id,
            member_id=card.member_id, not_before=work.now + work.world.rules.album_pause,
        )  # fmt: skip


def _reviewed(work: Work, proof_id: int) -> tuple[Row[Any], Row[Any]]:
    proof = work.connection.execute(select(proofs).where(proofs.c.id == proof_id)).first()
    if proof is None:
        raise TooLate
    row = life.load(work, proof.entry_id, Action.SUBMIT)
    if proof.state != "waiting":
        raise life.already_moved(work, row)
    return proof, row


def report(work: Work, proof_id: int) -> Toast:
    """「审核上报」: the township's proof becomes the county's."""
    proof, row = _reviewed(work, proof_id)
    county.stands(row)
    work.connection.execute(update(proofs).where(proofs.c.id == proof_id).values(state="submitted"))
    _come_out(work, row, proof_id)
    county.submitted(work, row, proof_id, sent_at=proof.sent_at, measures=proof.measures or "")
    return Toast("township.reported_toast", {"number": row.number})


def _come_out(work: Work, row: Row[Any], proof_id: int) -> None:
    """The township's pictures become after-photos of the entry, for everybody who may see it."""
    for photo in book.photos_of(work, row.id, "waiting"):
        if photo.proof_id == proof_id:
            pictures.rename(work, photo, "after")


def send_back(work: Work, proof_id: int) -> Toast:
    """「退回乡镇」: the township is asked for better photos."""
    proof, row = _reviewed(work, proof_id)
    work.connection.execute(update(proofs).where(proofs.c.id == proof_id).values(state="sent_back"))
    body = f"region:{row.region}"
    events.record(work, "township_sent_back", entry_id=row.id, body=body, data={"proof": proof_id})
    refresh_cards(work, row.id, kinds=("county", "township", "review"))
    say(
        work, proof.chat_id, "township.sent_back",
        {"number": row.number, "region": row.region, "deadline": row.deadline.isoformat()},
        reply_to=card_book.message_of(work, proof.chat_id, f"entry:{row.id}", "township"), entry_id=row.id,
    )  # fmt: skip
    return Toast("township.sent_back_toast", {"number": row.number, "township": row.passed_to or ""})


_any_waiting = Prepared(
    select(proofs.c.id).where(proofs.c.state == "waiting", proofs.c.sent_at <= bindparam("before")).limit(1)
)


def unreviewed_due(work: Work) -> int:
    """At the deadline a township's proof goes up by itself, marked 「县级未审核」; gives how many."""
    if _any_waiting.first(work, before=work.now - SETTLED) is None:
        return 0
    rows = work.connection.execute(
        select(proofs.c.id, proofs.c.sent_at, proofs.c.measures, proofs.c.entry_id)
        .join(entries, entries.c.id == proofs.c.entry_id)
        .where(
            proofs.c.state == "waiting",
            proofs.c.sent_at <= work.now - SETTLED,
            proofs.c.sent_at >= entries.c.passed_at,
            proofs.c.round == entries.c.round,
            entries.c.passed_to.is_not(None),
            entries.c.deadline <= work.now,
            entries.c.state.in_([state.value for state in OPEN_STATES]),
        )
        .order_by(proofs.c.id)
    ).all()
    for proof in rows:
        row = assignment.reload(work, proof.entry_id)
        work.connection.execute(
            update(proofs).where(proofs.c.id == proof.id).values(state="submitted", unreviewed=True)
        )
        _come_out(work, row, proof.id)
        fresh = county.submitted(
            work, row, proof.id, sent_at=proof.sent_at, measures=proof.measures or "",
            body=f"township:{row.region}/{row.passed_to}",
        )  # fmt: skip
        telling.contacts_line(
            work, fresh, "township.went_up", {"number": row.number, "township": row.passed_to},
            key=f"unreviewed:{proof.id}", buttons=((life.undo_button(fresh),),),
        )  # fmt: skip
    return len(rows)


_any_passed_on = Prepared(select(entries.c.id).where(entries.c.passed_to.is_not(None)).limit(1))


def cut_off_due(work: Work) -> int:
    """A township that can no longer be reached: its contact is told, once; gives how many were told."""
    if _any_passed_on.first(work) is None:
        return 0
    rows = work.connection.execute(
        select(entries)
        .join(cards, cards.c.entry_id == entries.c.id)
        .join(chats, chats.c.id == cards.c.chat_id)
        .where(
            cards.c.kind == "township",
            chats.c.unreachable_at >= entries.c.passed_at,
            entries.c.passed_to.is_not(None),
            entries.c.state.in_([state.value for state in OPEN_STATES]),
        )
        .order_by(entries.c.id)
    ).all()
    told = 0
    for row in rows:
        if row.passed_to in joined(work, row.region):
            continue
        told += telling.contacts_line(
            work, row, "township.cut_off", {"number": row.number, "township": row.passed_to},
            key=f"cut_off:{row.id}:{row.passed_at.isoformat()}",
        )  # fmt: skip
    return told


# --- what its cards show --------------------------------------------------------------------------


@faces.shows("review")
def review(work: Work, card: Row[Any]) -> Shown | None:
    """The township's proof for the contact: before and after, 「审核上报」「退回乡镇」."""
    row = book.get(work, card.entry_id)
    proof = work.connection.execute(
        select(proofs).where(proofs.c.id == int(card.subject.partition(":")[2]))
    ).first()
    if row is None or proof is None:
        return None
    if not may(Action.SUBMIT, life.having_of(work, row)):
        return gone(card, "county.gone", {"number": row.number})
    values = {
        "number": row.number,
        "spot": views.spot_of(work, row),
        "township": row.passed_to or row.township or "",
        "measures": mask_numbers(proof.measures or ""),
        "state": proof.state,
        "unreviewed": proof.unreviewed,
        "deadline": row.deadline.isoformat() if row.deadline else None,
    }
    waits = proof.state == "waiting" and State(row.state) in OPEN_STATES
    if proof.state == "waiting" and not waits:
        values["state"] = "replaced"
    buttons = (
        ((Button("report_up", "report", proof.id), Button("back_to_township", "unreport", proof.id)),)
        if waits
        else ()
    )
    return Shown("township.review", values, buttons, _pair(work, row, proof.id), silent=True)


def _pair(work: Work, row: Row[Any], proof_id: int) -> Picture | None:
    every = [photo for photo in book.photos_of(work, row.id) if photo.fault is None]
    before = [photo.id for photo in county_photos(work, row)][:3]
    after = [photo.id for photo in every if photo.proof_id == proof_id and photo.kind in OF_PROOF][:3]
    ready = sum(photo.state == "stored" for photo in every)
    key = f"review:{'-'.join(map(str, before))}/{'-'.join(map(str, after))}:{ready}"
    return (
        Picture("pair", key, {"before": before, "after": after, "entry": row.id}) if before or after else None
    )
