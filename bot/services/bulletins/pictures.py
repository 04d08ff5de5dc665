"""「选图」: pairs before and after that a person chooses; what shows homes is not offered (SPEC §6)."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Row, select

from bot.domain.bulletins import INDOORS, PRIVATE_CATEGORIES, PRIVATE_PLACES, cells_of
from bot.domain.entries import Source, State
from bot.ledger import entries as entry_book
from bot.ledger.desk import Work
from bot.ledger.tables import entries
from bot.services import questions
from bot.services.answering import Toast
from bot.services.bulletins import book, card, values
from bot.services.incoming import Incoming
from bot.services.outgoing import Button, Picture, say
from bot.services.refusals import BulletinNotNow, NotUnderstood
from bot.services.views.places import village_for

MOST: Final = 6
"""Pairs in one bulletin: a page holds two."""


def offered(work: Work, row: Row[Any]) -> list[Row[Any]]:
    """The entries of a bulletin's window whose pictures may be shown, closed ones first.

    None of 庭院, 厕所, indoors; none that a caller reported; no covert one (red line (b)).
    """
    window = book.issue_of(work, row).window
    rows = work.connection.execute(
        select(entries)
        .where(
            entries.c.track == row.track,
            entries.c.kind == "issue",
            entries.c.found_at >= window.start,
            entries.c.found_at < window.cut,
            entries.c.mode == "open",
            entries.c.source != Source.PUBLIC.value,
            entries.c.state.not_in([State.DRAFT.value, State.FILED.value, State.VOID.value]),
        )
        .order_by((entries.c.state != State.CLOSED.value), entries.c.found_at, entries.c.id)
    ).all()
    return [one for one in rows if not _private(one) and _pair(work, one)]


def _private(entry: Row[Any]) -> bool:
    words = f"{entry.spot or ''}{entry.description}{entry.public_text or ''}"
    return (
        (entry.category or "").split(".")[0] in PRIVATE_CATEGORIES
        or (entry.place_type or "") in PRIVATE_PLACES
        or any(word in words for word in INDOORS)
    )


def _pair(work: Work, entry: Row[Any], before: int = 0, after: int = 0) -> dict[str, Any] | None:
    """The chosen of an entry's photos; None while no photo before is stored."""
    firsts = [one.id for one in entry_book.photos_of(work, entry.id, "before") if one.state == "stored"]
    seconds = [one.id for one in entry_book.proof_photos(work, entry.id) if one.state == "stored"]
    if not firsts:
        return None
    return {
        "entry": entry.id,
        "number": entry.number or "",
        "place": f"{entry.region}{entry.township or ''}{village_for(work, entry)}",
        "category": entry.category,
        "before": firsts[before % len(firsts)],
        "after": seconds[after % len(seconds)] if seconds else None,
    }


def offer(work: Work, bulletin_id: int, arg: str, chat_id: int) -> Toast:
    """Send the next pair that is offered, with 「用这组」「换一张」「下一组」.

    Raises:
        BulletinNotNow: there is none, or there are enough.
    """
    row = book.held(work, bulletin_id)
    found = offered(work, row)
    if not found:
        raise BulletinNotNow(why="no_pictures", state=row.state)
    at = (int(arg) if arg.isdecimal() else 0) % len(found)
    _send(work, row, found, at, 0, chat_id)
    return Toast("bulletins.sending_toast")


def _send(work: Work, row: Row[Any], found: list[Row[Any]], at: int, turn: int, chat_id: int) -> None:
    entry = found[at]
    known = next((one for one in row.content["pictures"] if one["entry"] == entry.id), None)
    pair = known if known is not None and known.get("hide") else _pair(work, entry, turn, turn)
    assert pair is not None
    drawn = values.picture(work, pair)
    chosen = known is not None
    first = Button(
        "bulletin_unuse" if chosen else "bulletin_use",
        "bpic",
        row.id,
        0,
        f"{'no' if chosen else 'use'}.{entry.id}.{turn}",
    )
    say(
        work, chat_id, "bulletins.pair",
        {"number": pair["number"], "place": pair["place"], "at": at + 1, "of": len(found)},
        picture=Picture("bulletin_pair", f"pair:{pair['before']}:{pair['after']}:{pair.get('hide')}", drawn),
        buttons=(
            (first, Button("bulletin_other", "bpic", row.id, 0, f"turn.{entry.id}.{turn + 1}")),
            (Button("bulletin_hide", "bpic", row.id, 0, f"hide.{entry.id}.{turn}"),
             Button("bulletin_next_pair", "bpics", row.id, 0, str((at + 1) % len(found))),),
        ),
    )  # fmt: skip


def choose(work: Work, bulletin_id: int, arg: str, chat_id: int) -> Toast:
    """「用这组」「不用」「换一张」 of a pair.

    Raises:
        BulletinNotNow: six are chosen already, or the bulletin is out.
        NotUnderstood: the entry is not offered (any more).
    """
    row = book.held(work, bulletin_id)
    what, _, rest = arg.partition(".")
    entry_id, _, turn = rest.partition(".")
    found = offered(work, row)
    at = next((rank for rank, one in enumerate(found) if str(one.id) == entry_id), None)
    if at is None or not turn.isdecimal() or what not in ("use", "no", "turn", "hide"):
        raise NotUnderstood(hint="old_button")
    if what == "turn":
        _send(work, row, found, at, int(turn), chat_id)
        return Toast("bulletins.sending_toast")
    if what == "hide":
        _ask_cells(work, row, found[at], int(turn), chat_id)
        return Toast("bulletins.sending_toast")
    kept = [one for one in row.content["pictures"] if one["entry"] != found[at].id]
    if what == "use":
        if len(kept) >= MOST:
            raise BulletinNotNow(why="enough_pictures", state=row.state)
        kept.append(_pair(work, found[at], int(turn), int(turn)))
    fresh = book.change(work, row, "pictures", {**row.content, "pictures": kept})
    card.refresh(work, fresh)
    return Toast("bulletins.picture_toast", {"used": what == "use", "count": len(kept)})


# --- 遮挡 ----------------------------------------------------------------------------------------------


def _ask_cells(work: Work, row: Row[Any], entry: Row[Any], turn: int, chat_id: int) -> None:
    """The pair with a grid upon it, and the question which cells are to be covered."""
    pair = _pair(work, entry, turn, turn)
    assert pair is not None
    drawn = {**values.picture(work, pair), "grid": True}
    say(
        work, chat_id, "bulletins.grid", {"number": pair["number"]},
        picture=Picture("bulletin_pair", f"grid:{pair['before']}:{pair['after']}", drawn),
    )  # fmt: skip
    questions.ask(
        work, chat_id, "bulletin_cells", "bulletins.ask_cells", {"number": pair["number"]},
        subject={"bulletin": row.id, "entry": entry.id, "turn": turn},
        buttons=lambda question_id: ((Button("cancel", "noanswer", question_id),),),
    )  # fmt: skip


@questions.answers("bulletin_cells")
def _cover(work: Work, question: Row[Any], incoming: Incoming) -> None:
    row = book.held(work, question.subject["bulletin"])
    cells = cells_of(incoming.text)
    found = offered(work, row)
    at = next((rank for rank, one in enumerate(found) if one.id == question.subject["entry"]), None)
    if cells is None or at is None:
        raise BulletinNotNow(why="cells" if at is not None else "moved", state=row.state)
    turn = question.subject["turn"]
    pair = _pair(work, found[at], turn, turn)
    assert pair is not None
    kept = [one for one in row.content["pictures"] if one["entry"] != found[at].id]
    if len(kept) >= MOST:
        raise BulletinNotNow(why="enough_pictures", state=row.state)
    chosen = {**row.content, "pictures": [*kept, {**pair, "hide": cells}]}
    fresh = book.change(work, row, "pictures", chosen)
    card.refresh(work, fresh)
    _send(work, fresh, found, at, turn, incoming.chat_id)
