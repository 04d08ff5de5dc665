"""The chain on cards: numbers, states, rounds, returns of the others, as far as the reader may see them."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Row

from bot.domain.entries import Mode, Source, State
from bot.domain.permissions import Action, Standing, may
from bot.ledger import entries as book
from bot.ledger.desk import Work
from bot.services import faces, life
from bot.services.chain import linking, resembling
from bot.services.outgoing import Button, Picture, Rows, Shown, gone, new_card, show_card
from bot.services.refusals import NotPossible
from bot.services.views.places import place_of
from bot.services.views.values import knows_visit

MOST: Final = 6
"""Other entries named on a chain's message; the rest is counted."""

PHOTOS: Final = 2
"""Photos of each entry side by side."""


def others(work: Work, row: Row[Any]) -> list[Row[Any]]:
    """The other entries of the chain that the actor may see, oldest first."""
    return linking.linked(work, row)


def of(work: Work, row: Row[Any]) -> dict[str, Any] | None:
    """The chain as values for a card's line; None where the actor sees none."""
    found = others(work, row)
    if not found:
        return None
    return {
        "others": [_line(work, one) for one in found[-MOST:]],
        "more": max(0, len(found) - MOST),
        "returns": row.returns + sum(one.returns for one in found),
        "warnings": max(row.warnings, *(one.warnings for one in found)),
    }


def _line(work: Work, row: Row[Any]) -> dict[str, Any]:
    local, having = work.world.campaign.local, life.having_of(work, row)
    # the day of a covert visit is not everybody's to know
    covert = row.mode == Mode.COVERT and not knows_visit(having)
    return {
        "number": row.number,
        "state": row.state,
        "round": row.round,
        "returns": row.returns,
        "warnings": row.warnings,
        "found_at": None if covert else local(row.found_at).isoformat(),
        "place": place_of(work, row, having),
    }


def button(row: Row[Any], chain: dict[str, Any] | None) -> tuple[Button, ...]:
    """「问题链」 where there is one."""
    return (Button("chain", "chain", row.id),) if chain else ()


def reader_button(work: Work, row: Row[Any], having: frozenset[Standing]) -> tuple[Button, ...]:
    """「问题链」 of a linked entry, 「关联」 of another for whoever may link it."""
    if others(work, row):
        return (Button("chain", "chain", row.id),)
    if (
        row.chain_id is None
        and row.kind == "issue"
        and row.state not in (State.DRAFT, State.VOID)
        and may(Action.LINK, having)
    ):
        return (Button("link_to", "linkto", row.id),)
    return ()


# --- the offer on a receipt -------------------------------------------------------------------------------


def offer(work: Work, row: Row[Any]) -> dict[str, Any] | None:
    """The likeliest earlier entry, as values for the receipt's line; None: nothing resembles it."""
    found = resembling.offers(work, row)
    if not found:
        return None
    first = found[0]
    return {
        **_line(work, first.row),
        "id": first.row.id,
        "why": list(first.why),
        "left": len(found),
        "pictured": bool(_photos(work, first.row) and _photos(work, row)),
    }


def offer_buttons(row: Row[Any], offered: dict[str, Any] | None, *, pictured: bool = True) -> Rows:
    """「同一问题(合并)」「反弹(关联)」「不是」, and the pictures side by side."""
    if offered is None:
        return ()
    at, other = (row.id, row.version), offered["id"]
    rows: Rows = (
        (
            Button("same_problem", "alike", *at, f"{linking.SAME}.{other}"),
            Button("found_again", "alike", *at, f"{linking.AGAIN}.{other}"),
        ),
    )
    last = [Button("another_problem", "alike", *at, f"{linking.NOT}.{other}")]
    if pictured and offered["pictured"]:
        last.insert(0, Button("side_by_side", "sidebyside", *at, str(other)))
    return (*rows, tuple(last))


# --- pictures side by side ----------------------------------------------------------------------------------


def show_pair(work: Work, entry_id: int, other_id: int, chat_id: int) -> None:
    """Both entries' before-photos side by side: one silent message an entry, edited for the next one.

    Raises:
        NoSuchEntry: one of the two is not the actor's to see.
        NotPossible: there is no photo that the actor may see.
    """
    row, other = life.load(work, entry_id), life.load(work, other_id)
    if not _photos(work, row) and not _photos(work, other):
        raise NotPossible(state=row.state)
    show_card(
        work,
        chat_id,
        "alike",
        subject=f"alike:{row.id}:{other.id}",
        entry_id=row.id,
        member_id=work.actor.member_id,
    )


@faces.shows("alike")
def pair_card(work: Work, card_row: Row[Any]) -> Shown | None:
    """Left the earlier entry, right the fresh one; with the three buttons while they are unanswered."""
    _, first, second = card_row.subject.split(":")
    row, other = book.get(work, int(first)), book.get(work, int(second))
    if row is None or other is None or not life.having_of(work, row) or not life.having_of(work, other):
        return None
    left, right = _photos(work, other), _photos(work, row)
    ids = [[one.id for one in side] for side in (left, right)]
    stored = sum(one.state == "stored" for one in (*left, *right))
    key = f"alike:{'-'.join(map(str, ids[0]))}/{'-'.join(map(str, ids[1]))}:{stored}"
    values = {"before": ids[0], "after": ids[1], "left": other.number or "", "right": row.number or ""}
    offered = offer(work, row)
    asked = offered if offered is not None and offered["id"] == other.id else None
    hidden = book.facts_of(row).hidden or book.facts_of(other).hidden
    return Shown(
        "chain.pair",
        {"this": _line(work, row), "other": _line(work, other), "asked": asked is not None},
        offer_buttons(row, asked, pictured=False) if may(Action.LINK, life.having_of(work, row)) else (),
        Picture("alike", key[:160], values),
        silent=True,
        protect=hidden,
    )


def _photos(work: Work, row: Row[Any]) -> list[Row[Any]]:
    """The before-photos that this reader may see: of a 群众举报 none but for the office."""
    if row.source == Source.PUBLIC and Standing.OFFICE not in life.having_of(work, row):
        return []
    return [one for one in book.photos_of(work, row.id, "before") if one.fault is None][:PHOTOS]


# --- the chain as a message ---------------------------------------------------------------------------------


def show(work: Work, entry_id: int, chat_id: int) -> None:
    """「问题链」: every entry of it that the actor may see."""
    row = life.load(work, entry_id)
    new_card(
        work, chat_id, "chain", subject=f"chain:{row.id}", entry_id=row.id, member_id=work.actor.member_id
    )


@faces.shows("chain")
def chain_card(work: Work, card_row: Row[Any]) -> Shown | None:
    """The chain of an entry: numbers, states, rounds, returns; a tap opens one of them."""
    row = book.get(work, card_row.entry_id)
    if row is None:
        return None
    having = life.having_of(work, row)
    if not having:
        return gone(card_row, "entry.gone", {"number": row.number})
    found = others(work, row)
    shown = sorted([row, *found[-MOST:]], key=lambda one: one.id)
    values = {
        "number": row.number,
        "rows": [_line(work, one) for one in shown],
        "more": max(0, len(found) - MOST),
        "returns": row.returns + sum(one.returns for one in found),
        "warnings": max([row.warnings, *(one.warnings for one in found)]),
        "alone": not found,
    }
    numbers = [Button("", "open", one.id, text=one.number or "") for one in shown if one.id != row.id]
    rows: list[tuple[Button, ...]] = [tuple(numbers[i : i + 2]) for i in range(0, len(numbers), 2)]
    if may(Action.LINK, having) and row.state != State.VOID:
        last = [Button("link_to", "linkto", row.id)]
        if found:
            last.append(Button("unlink", "unlink", row.id))
        rows.append(tuple(last))
    protect = any(book.facts_of(one).hidden for one in shown)
    return Shown("chain.chain", values, tuple(rows), silent=True, protect=protect)
