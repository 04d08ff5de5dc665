"""「选图」: pairs before and after that a person chooses, covers, exchanges (SPEC §6)."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Row

from bot.domain.bulletins import Stage, cells_of
from bot.ledger import people
from bot.ledger.desk import Work
from bot.services import questions
from bot.services.answering import Toast
from bot.services.bulletins import book, card, choosing, values
from bot.services.bulletins.choosing import MOST
from bot.services.incoming import Incoming
from bot.services.looking import export
from bot.services.outgoing import Button, Picture, Rows, say
from bot.services.refusals import BulletinNotNow, NotUnderstood


def offer(work: Work, bulletin_id: int, arg: str, chat_id: int) -> Toast:
    """Send the next pair that is offered, with 「用这组」「换一张」「遮挡」「下一组」.

    Raises:
        BulletinNotNow: there is none.
    """
    row = book.held(work, bulletin_id)
    found = choosing.offered(work, row)
    if not found:
        raise BulletinNotNow(why="no_pictures", state=row.state)
    at = (int(arg) if arg.isdecimal() else 0) % len(found)
    _send(work, row, found, at, None, chat_id)
    return Toast("bulletins.sending_toast")


def _chosen(row: Row[Any], entry_id: int) -> dict[str, Any] | None:
    return next((one for one in row.content["pictures"] if one["entry"] == entry_id), None)


def _send(
    work: Work, row: Row[Any], found: list[Row[Any]], at: int, turn: tuple[int, int] | None, chat_id: int
) -> None:
    """A pair: the one that was chosen, or the photos that were asked for, still without what covers them."""
    entry = found[at]
    known = _chosen(row, entry.id)
    firsts = [one.id for one in choosing.before_of(work, entry)]
    seconds = [one.id for one in choosing.after_of(work, entry)]
    pair = known if known is not None and turn is None else choosing.pair(work, entry, *(turn or ()))
    assert pair is not None
    if known is not None and turn is not None:
        pair = _still_covered(pair, known)
    same = known is not None and all(known[side] == pair[side] for side in ("before", "after"))
    turn = (_at(firsts, pair["before"]), _at(seconds, pair["after"]))
    drawn = values.picture(work, pair)
    say(
        work, chat_id, "bulletins.pair",
        {
            "number": pair["number"], "place": pair["place"], "at": at + 1, "of": len(found),
            "kind": pair.get("kind", "issue"), "chosen": same,
        },
        picture=Picture("bulletin_pair", f"pair:{pair['before']}:{pair['after']}:{pair.get('hide')}", drawn),
        buttons=_buttons(row, entry, turn, (len(firsts), len(seconds)), same, (at, len(found))),
    )  # fmt: skip


def _buttons(
    row: Row[Any],
    entry: Row[Any],
    turn: tuple[int, int],
    photos: tuple[int, int],
    same: bool,
    place: tuple[int, int],
) -> Rows:
    def press(label: str, what: str, before: int, after: int) -> Button:
        return Button(label, "bpic", row.id, 0, f"{what}.{entry.id}.{before}.{after}")

    (before, after), (firsts, seconds) = turn, photos
    first = press("bulletin_unuse", "no", *turn) if same else press("bulletin_use", "use", *turn)
    both = firsts > 1 and seconds > 1
    turns = []
    if firsts > 1:
        label = "bulletin_other_before" if both else "bulletin_other"
        turns.append(press(label, "turn", (before + 1) % firsts, after))
    if seconds > 1:
        label = "bulletin_other_after" if both else "bulletin_other"
        turns.append(press(label, "turn", before, (after + 1) % seconds))
    last: tuple[Button, ...] = (press("bulletin_hide", "hide", *turn),)
    if place[1] > 1:
        last += (Button("bulletin_next_pair", "bpics", row.id, 0, str((place[0] + 1) % place[1])),)
    return ((first, *turns), last)


def _at(ids: list[int], wanted: int | None) -> int:
    return ids.index(wanted) if wanted in ids else 0


def _still_covered(pair: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    """What was covered on a photo stays covered while that photo stays."""
    hide = {
        side: cells
        for side, cells in (known.get("hide") or {}).items()
        if cells and known[side] == pair[side]
    }
    return {**pair, "hide": hide} if hide else pair


def choose(work: Work, bulletin_id: int, arg: str, chat_id: int) -> Toast:
    """「用这组」「不用」「换一张」「遮挡」 of a pair.

    Raises:
        BulletinNotNow: six are chosen already, or the bulletin is out.
        NotUnderstood: the entry is not offered (any more).
    """
    row = book.held(work, bulletin_id)
    what, *rest = arg.split(".")
    if len(rest) != 3 or not all(one.isdecimal() for one in rest):
        raise NotUnderstood(hint="old_button")
    entry_id, before, after = (int(one) for one in rest)
    found = choosing.offered(work, row)
    at = next((rank for rank, one in enumerate(found) if one.id == entry_id), None)
    if what == "no":
        return _keep(work, row, entry_id, None)
    if at is None or what not in ("use", "turn", "hide"):
        raise NotUnderstood(hint="old_button")
    if what == "turn":
        _send(work, row, found, at, (before, after), chat_id)
        return Toast("bulletins.sending_toast")
    if what == "hide":
        _ask_cells(work, row, found[at], (before, after), chat_id)
        return Toast("bulletins.sending_toast")
    return _keep(work, row, entry_id, _as_wanted(work, row, found[at], (before, after)))


def _as_wanted(work: Work, row: Row[Any], entry: Row[Any], turn: tuple[int, int]) -> dict[str, Any]:
    pair = choosing.pair(work, entry, *turn)
    assert pair is not None
    known = _chosen(row, entry.id)
    return _still_covered(pair, known) if known is not None else pair


def _keep(work: Work, row: Row[Any], entry_id: int, pair: dict[str, Any] | None) -> Toast:
    """Choose a pair in place of the entry's former one; None takes it out."""
    kept = [one for one in row.content["pictures"] if one["entry"] != entry_id]
    if pair is not None:
        if len(kept) >= MOST:
            raise BulletinNotNow(why="enough_pictures", state=row.state)
        kept.append(pair)
    fresh = book.change(work, row, "pictures", {**row.content, "pictures": kept, "lost": []})
    card.refresh(work, fresh)
    return Toast("bulletins.picture_toast", {"used": pair is not None, "count": len(kept)})


AGREED: Final = (Stage.APPROVED, Stage.REPORTED, Stage.PUBLISHED)
PAGE_OF: Final = 3
"""Pairs on one page of a region."""


def send_pages(work: Work, bulletin_id: int, chat_id: int) -> Toast:
    """「对比图页」: the chosen pairs as one picture a region, to be passed on.

    Each bears 「仅供工作使用 · 导出人 · 时间」. Those of several regions are looked at alone until a second
    person has agreed to the bulletin (red line (f)); what can be passed on is logged (g).

    Raises:
        BulletinNotNow: nothing is chosen, or what was chosen may not be shown any more.
    """
    row = book.held(work, bulletin_id)
    if not row.content["pictures"] or choosing.unusable(work, row):
        raise BulletinNotNow(why="no_chosen", state=row.state)
    printed = values.of(work, row)
    member = people.member(work, work.actor.member_id)
    mark = export.mark(work, member.name if member is not None else "")
    small = {key: printed[key] for key in ("campaign", "label")} | {"mark": mark}
    regions = list(dict.fromkeys(one["region"] for one in printed["pictures"]))
    protect = len(regions) > 1 and Stage(row.state) not in AGREED
    if not protect:
        count = len(printed["pictures"])
        export.record(
            work, what="pairs", form="jpg", rows=count, photos=count, asked=f"{row.kind} {row.key}",
        )  # fmt: skip
    for region in regions:
        chosen = [one for one in printed["pictures"] if one["region"] == region]
        pages = -(-len(chosen) // PAGE_OF)
        for part in range(pages):
            key = ":".join((f"{work.now:%m%d%H%M%S}", *(f"{one['number']}{one['hide']}" for one in chosen)))
            drawn = {**small, "pictures": chosen, "region": region, "part": part}
            say(
                work, chat_id, "bulletins.pairs_page",
                {"region": region, "at": part + 1, "of": pages},
                picture=Picture("bulletin_pairs", f"pairs:{row.id}:{part}:{key}"[:128], drawn),
                protect=protect,
            )  # fmt: skip
    return Toast("bulletins.sending_toast")


# --- 遮挡 ----------------------------------------------------------------------------------------------


def _ask_cells(work: Work, row: Row[Any], entry: Row[Any], turn: tuple[int, int], chat_id: int) -> None:
    """The pair with a grid upon it, and the question which cells are to be covered."""
    pair = _as_wanted(work, row, entry, turn)
    drawn = {**values.picture(work, pair), "grid": True}
    say(
        work, chat_id, "bulletins.grid", {"number": pair["number"], "both": pair["after"] is not None},
        picture=Picture("bulletin_pair", f"grid:{pair['before']}:{pair['after']}", drawn),
    )  # fmt: skip
    questions.ask(
        work, chat_id, "bulletin_cells", "bulletins.ask_cells",
        {"number": pair["number"], "both": pair["after"] is not None},
        subject={"bulletin": row.id, "entry": entry.id, "turn": list(turn)},
        buttons=lambda question_id: ((Button("cancel", "noanswer", question_id),),),
    )  # fmt: skip


@questions.answers("bulletin_cells")
def _cover(work: Work, question: Row[Any], incoming: Incoming) -> None:
    row = book.held(work, question.subject["bulletin"])
    cells = cells_of(incoming.text)
    found = choosing.offered(work, row)
    at = next((rank for rank, one in enumerate(found) if one.id == question.subject["entry"]), None)
    if cells is None or at is None:
        raise BulletinNotNow(why="cells" if at is not None else "moved", state=row.state)
    before, after = question.subject["turn"]
    pair = _as_wanted(work, row, found[at], (before, after))
    if cells["after"] and pair["after"] is None:
        raise BulletinNotNow(why="no_after", state=row.state)
    covered = pair.get("hide") or {}
    hide = {side: sorted({*covered.get(side, ()), *cells[side]}) for side in ("before", "after")}
    _keep(work, row, found[at].id, {**pair, "hide": hide})
    fresh = book.held(work, row.id)
    _send(work, fresh, found, at, None, incoming.chat_id)
