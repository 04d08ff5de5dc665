"""The card of a kit: how much is in it, and the choice of leads region by region; each tap edits it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Row, select

from bot.domain.entries import Mode
from bot.ledger import cards as card_book
from bot.ledger import outbox as outbox_book
from bot.ledger.desk import Work
from bot.ledger.outbox import Priority
from bot.ledger.tables import cards
from bot.services import faces
from bot.services.kits import book
from bot.services.outgoing import Button, Rows, Shown, new_card
from bot.services.refusals import KitNotNow, NotUnderstood, NotYours
from bot.services.scoring import windows

CARD: Final = "kit"
PAGE: Final = 6
MOST_LISTED: Final = 30
"""Leads that are written out for the second person; a card has no room for more."""


def open_newest(work: Work, chat_id: int) -> None:
    """「素材包」: the office's newest kit, or a fresh one about the last month that has begun.

    Raises:
        NotYours: the actor is of no office.
    """
    track = _own(work)
    row = book.newest(work, track)
    if row is None:
        row = book.begin(work, track, _month(work), chat_id)
    show(work, row, chat_id)


def open_of_meeting(work: Work, month: str, chat_id: int) -> None:
    """「素材包」 on a meeting's card: the kit about that month, begun where there is none."""
    track = _own(work)
    row = book.newest(work, track)
    if row is None or row.month != month:
        row = book.begin(work, track, month, chat_id)
    show(work, row, chat_id)


def another(work: Work, kit_id: int, chat_id: int) -> None:
    """「新建」: a fresh one beside it, about the same month."""
    row = book.get(work, kit_id)
    show(work, book.begin(work, row.track, row.month, chat_id), chat_id)


def _own(work: Work) -> str:
    tracks = [track for track in work.actor.offices() if book.may(work, track)]
    if not tracks:
        raise NotYours
    return tracks[0]


def _month(work: Work) -> str:
    begun = [one for one in windows.all_of(work) if one.monthly and one.start <= work.now]
    if not begun:
        raise KitNotNow(why="no_month")
    return begun[-1].key


def show(work: Work, row: Row[Any], chat_id: int) -> None:
    """The kit's card as a new message."""
    show_to(work, row, chat_id, work.actor.member_id)


def show_to(work: Work, row: Row[Any], chat_id: int, member_id: int) -> None:
    """The same in somebody's chat."""
    new_card(work, chat_id, CARD, subject=f"kit/{row.id}", member_id=member_id)


def refresh(work: Work, kit_id: int) -> None:
    """Bring every copy up to date, by edits."""
    found = work.connection.execute(
        select(cards.c.id, cards.c.chat_id, cards.c.wanted).where(
            cards.c.kind == CARD, cards.c.subject == f"kit/{kit_id}"
        )
    ).all()
    for one in found:
        card_book.want(work, one.id, one.wanted + 1)
        outbox_book.put_card(work, one.id, one.chat_id, one.wanted + 1, None, Priority.REPLY, keep_pace=True)


@faces.shows(CARD)
def face(work: Work, card_row: Row[Any]) -> Shown | None:
    """The kit, or one region's leads to choose among; covert ones stand on it, so it is protected."""
    try:
        row = book.get(work, int(card_row.subject.partition("/")[2]))
    except NotYours:
        return None
    kind, *rest = (card_row.panel or "").split(".")
    if kind == "r" and row.state in (book.DRAFT, book.READY):
        try:
            return _region(work, row, rest)
        except (NotUnderstood, ValueError):
            pass
    return _main(work, row)


def _main(work: Work, row: Row[Any]) -> Shown:
    rows = book.chosen(work, row)
    pieces = [piece for one in rows for piece in book.material(work, one)]
    held = Counter(one.region for one in rows)
    regions = list(work.world.campaign.regions)
    own = [(at, one.name) for at, one in enumerate(regions) if one.track == row.track]
    values = {
        "kit": row.id,
        "month": windows.window(work, row.month).label,
        "state": row.state,
        **book.counted(rows, pieces),
        "regions": [{"region": name, "count": held[name]} for _, name in own if held[name]],
        "second": book.needs_second(rows),
        "full": len(row.items) >= book.MOST,
        "gone": len(row.items) - len(rows),
        "leads_of": [book.lead(work, one) for one in rows[:MOST_LISTED]] if row.state == book.WAITING else [],
    }
    if row.state not in (book.DRAFT, book.READY):
        return Shown("kits.card", values, (), protect=True)
    choose = [
        Button("", "turn", arg=f"r.{at}.0", text=f"{name} {held[name]}" if held[name] else name)
        for at, name in own
    ]
    buttons: list[tuple[Button, ...]] = [tuple(choose[at : at + 3]) for at in range(0, len(choose), 3)]
    buttons.append(
        (
            Button("kit_auto", "kitauto", row.id, arg="plain"),
            Button("kit_covert", "kitauto", row.id, arg="covert"),
        )
    )
    if rows:
        buttons.append(
            (
                Button("kit_clear", "kitauto", row.id, arg="none"),
                Button("kit_make", "kitmake", row.id, row.version),
            )
        )
    if row.state == book.READY:
        buttons.append((Button("kit_new", "kitmore", row.id),))
    return Shown("kits.card", values, tuple(buttons), protect=True)


def _region(work: Work, row: Row[Any], rest: Sequence[str]) -> Shown:
    regions = work.world.campaign.regions
    at, page = int(rest[0]), int(rest[1])
    if at >= len(regions) or regions[at].track != row.track or page < 0:
        raise NotUnderstood(hint="old_button")
    name = regions[at].name
    found = book.offered(work, row, name)
    page = min(page, max(0, (len(found) - 1) // PAGE))
    shown = found[page * PAGE : (page + 1) * PAGE]
    lines = []
    buttons: list[tuple[Button, ...]] = []
    for rank, one in enumerate(shown, 1 + page * PAGE):
        pieces = book.material(work, one)
        lines.append(
            {
                **book.lead(work, one),
                "rank": rank,
                "chosen": one.id in row.items,
                "covert": one.mode == Mode.COVERT,
                "photos": sum(not piece.video for piece in pieces),
                "films": sum(piece.video for piece in pieces),
            }
        )
    numbers = [
        Button("", "kititem", row.id, arg=str(one.id), text=("✓ " if one.id in row.items else "") + str(rank))
        for rank, one in enumerate(shown, 1 + page * PAGE)
    ]
    buttons += [tuple(numbers[at_ : at_ + 3]) for at_ in range(0, len(numbers), 3)]
    turns = []
    if page:
        turns.append(Button("previous", "turn", arg=f"r.{at}.{page - 1}"))
    if len(found) > (page + 1) * PAGE:
        turns.append(Button("next", "turn", arg=f"r.{at}.{page + 1}"))
    rows: Rows = (*buttons, *((tuple(turns),) if turns else ()), (Button("back", "turn"),))
    values = {"region": name, "all": len(found), "rows": lines}
    return Shown("kits.region", values, rows, protect=True)


# --- choosing -----------------------------------------------------------------------------------------


def choose(work: Work, kit_id: int, entry: str) -> None:
    """One lead in or out; what was made already is a draft again.

    Raises:
        KitNotNow: it waits for a second person, or is full.
        NotUnderstood: it is none that is offered.
    """
    row = _open(work, kit_id)
    if not entry.isdecimal():
        raise NotUnderstood(hint="old_button")
    items = book.toggled(work, row, int(entry))
    if len(items) > book.MOST:
        raise KitNotNow(why="full", most=book.MOST)
    book.change(work, row, items=items, state=book.DRAFT)
    refresh(work, row.id)


def fill(work: Work, kit_id: int, what: str) -> None:
    """「选突出问题」「选暗访问题」 adds the plainest cases, 「清空」 takes all out.

    Raises:
        KitNotNow: it waits for a second person, or there is nothing to add.
    """
    row = _open(work, kit_id)
    if what == "none":
        items: list[int] = []
    elif what in ("plain", "covert"):
        found = [
            one
            for one in book.offered(work, row)
            if (one.mode == Mode.COVERT) == (what == "covert")
            and (what == "covert" or book.weight(work, one))
        ]
        fresh = [one.id for one in found if one.id not in row.items][: book.MOST_AUTO]
        items = [*row.items, *fresh][: book.MOST]
        if not fresh:
            raise KitNotNow(why="nothing_more")
    else:
        raise NotUnderstood(hint="old_button")
    book.change(work, row, items=items, state=book.DRAFT)
    refresh(work, row.id)


def _open(work: Work, kit_id: int) -> Row[Any]:
    row = book.get(work, kit_id)
    if row.state == book.WAITING:
        raise KitNotNow(why="waiting")
    return row
