"""The check card: before and after composed, in time or not, the measures, 「销号」「退回」 (SPEC §2)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select

from bot.domain.entries import RETURN_REASONS, Mode, State
from bot.domain.masking import mask_numbers
from bot.domain.permissions import Action, Standing, may
from bot.ledger import entries as book
from bot.ledger.desk import Work
from bot.ledger.tables import proofs
from bot.services import faces, life, views
from bot.services.chain import view as chains
from bot.services.checking import check
from bot.services.evidence import hints
from bot.services.looking import reader
from bot.services.outgoing import Button, Picture, Rows, Shown, gone
from bot.services.views.values import problem_for

MOST_PAIRS = 3
"""Rows of a composed picture (SPEC §2 «The check»)."""


@faces.shows("check")
def card(work: Work, card_row: Row[Any]) -> Shown | None:
    """The check of one proof, for one checker; an older proof's card says what became of it."""
    entry = book.get(work, card_row.entry_id)
    if entry is None:
        return None
    having = life.having_of(work, entry)
    if not may(Action.CLOSE, having):
        return gone(card_row, "check.gone", {"number": entry.number})
    proof_id = int(card_row.subject.partition(":")[2])
    proof = work.connection.execute(select(proofs).where(proofs.c.id == proof_id)).first()
    if proof is None:
        return None
    latest = book.latest_proof(work, entry.id)
    if latest is None or latest.id != proof.id or latest.round != entry.round:
        return _over(work, entry, proof)
    values = views.entry_values(work, entry, having)
    last = book.last_move(work, entry.id)
    values.update(
        problem=problem_for(entry, having),
        measures=mask_numbers(proof.measures or entry.measures or ""),
        sent_at=work.world.campaign.local(proof.sent_at),
        judged_by=_judged_by(work, entry, proof),
        in_time=in_time(work, entry, proof),
        unreviewed=bool(proof.unreviewed),
        body=life.body_shown(work, entry, last.body) if last else "",
        moved_at=last.at if last else None,
        moved_today=bool(last and work.world.campaign.today(last.at) == work.local.date()),
        fixed=last is not None and last.kind == "fixed",
        reason=(last.data or {}).get("reason", "") if last else "",
        words=mask_numbers((last.data or {}).get("words") or "") if last else "",
        visited=entry.state == State.SUBMITTED and check.how_checked(work, entry) == "site",
        asking=card_row.panel == "return",
        hints=hints.lines(work, entry, proof_id),
        chain=chains.of(work, entry),
    )
    return Shown(
        "check.card",
        values,
        _buttons(work, entry, having, card_row.panel),
        pair(work, entry, proof_id),
        protect=entry.mode == Mode.COVERT and not entry.handed_over_at,
    )


def _over(work: Work, entry: Row[Any], proof: Row[Any]) -> Shown:
    """The card of a proof that is no longer the one to judge: returned, withdrawn, or of an earlier round."""
    found: dict[str, Any] = {"number": entry.number, "state": proof.state}
    event = next(
        (
            one
            for one in reversed(book.events_of(work, entry.id))
            if one.kind in ("returned", "undone") and one.at >= proof.sent_at
        ),
        None,
    )
    found["at"] = event.at if event is not None else None
    history = Button("history", "history", entry.id)
    return Shown("check.over", found, ((history,),), pair(work, entry, proof.id))


def _buttons(work: Work, entry: Row[Any], having: frozenset[Standing], panel: str | None) -> Rows:
    at = (entry.id, entry.version)
    history = (Button("history", "history", entry.id),)
    if entry.state == State.SUBMITTED:
        if panel == "return":
            return return_buttons(entry)
        opened = reader.panel_buttons(work, entry, having, panel) if panel else ()
        return opened or tuple(
            row
            for row in (
                (Button("close", "close", *at), Button("send_back", "return", *at)),
                reader.check_row(entry, having),
                reader.office_row(entry, having),
                history,
            )
            if row
        )
    first: list[Button] = []
    if State(entry.state) in check.CHECKED and check.undoable(work, entry) is not None:
        first.append(Button("undo", "undo", *at))
    if entry.state == State.CLOSED and may(Action.REOPEN, having):
        first.append(Button("relapse", "reopen", *at))
    return (tuple(first), history) if first else (history,)


def return_buttons(entry: Row[Any]) -> Rows:
    """The reasons of 「退回」, and the way back."""
    at = (entry.id, entry.version)
    reasons = [Button(f"return_{reason}", "return", *at, reason) for reason in RETURN_REASONS]
    return (*(tuple(reasons[i : i + 2]) for i in range(0, len(reasons), 2)), (Button("back", "panel", *at),))


def _judged_by(work: Work, entry: Row[Any], proof: Row[Any]) -> Any:
    """The deadline that counts for a proof: the one in force when it came; a return grants a later one."""
    if proof.state != "returned":
        return entry.deadline
    for event in reversed(book.events_of(work, entry.id)):
        if event.kind == "returned":
            deadline = (event.data or {}).get("before", {}).get("deadline")
            return deadline or entry.deadline
    return entry.deadline


def in_time(work: Work, entry: Row[Any], proof: Row[Any]) -> bool | None:
    """Whether a proof was sent by the deadline that counted for it, with the grace for bad networks."""
    deadline = _judged_by(work, entry, proof)
    if deadline is None:
        return None
    if isinstance(deadline, str):
        deadline = datetime.fromisoformat(deadline)
    grace: timedelta = work.world.deadlines.grace
    return bool(proof.sent_at <= deadline + grace)


def pair(work: Work, entry: Row[Any], proof_id: int) -> Picture | None:
    """Before and after side by side, by rank: this round's before-photos if any, this proof's after."""
    rows = [row for row in book.photos_of(work, entry.id) if row.fault is None]
    all_before = [row for row in rows if row.kind == "before"]
    before = [row for row in all_before if row.round == entry.round] or all_before
    after = sorted(
        (row for row in rows if row.kind == "after" and row.proof_id == proof_id), key=lambda row: row.seq
    )
    shown = [*before[:MOST_PAIRS], *after[:MOST_PAIRS]]
    if not shown:
        return None
    stored = sum(row.state == "stored" for row in shown)
    left = [row.id for row in before[:MOST_PAIRS]]
    right = [row.id for row in after[:MOST_PAIRS]]
    key = f"pair:{'-'.join(map(str, left))}/{'-'.join(map(str, right))}:{stored}"
    return Picture("pair", key, {"before": left, "after": right, "entry": entry.id})
