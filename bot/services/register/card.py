"""The card 「备案」: the regions, one region, its townships, one township; each tap edits it (SPEC §6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Row, update

from bot.domain.register import Cover, Duty, Level
from bot.ledger.desk import Work
from bot.ledger.tables import cards
from bot.services import faces
from bot.services.outgoing import Button, Rows, Shown, new_card
from bot.services.refusals import NotUnderstood, NotYours
from bot.services.register import book

CARD: Final = "register"
PAGE: Final = 12
"""Townships on a page: three rows of four buttons."""
VILLAGES: Final = 9
CHANGES: Final = 12
GAPS: Final = 8
"""Townships whose gaps are written out on a region's card; the rest are counted."""


def open_card(work: Work, chat_id: int, panel: str = "") -> None:
    """「备案」: whose register the actor may read, as a card that each tap edits.

    Raises:
        NotYours: it is for a region's own contacts and for its office.
    """
    mine = book.regions(work)
    if not mine:
        raise NotYours
    card_id = new_card(work, chat_id, CARD, subject=CARD, member_id=work.actor.member_id)
    if not panel and len(mine) == 1:
        panel = f"r.{mine[0]}"
    work.connection.execute(update(cards).where(cards.c.id == card_id).values(panel=panel or None))


@faces.shows(CARD)
def face(work: Work, row: Row[Any]) -> Shown | None:
    """What stands on the card; a panel that leads nowhere any more shows the first face."""
    mine = book.regions(work)
    if not mine:
        return None
    kind, *rest = (row.panel or "").split(".")
    if kind not in _FACES or not rest:
        kind, rest = ("r", [str(mine[0])]) if len(mine) == 1 else ("", [])
    try:
        return _FACES[kind](work, rest) if kind else _overview(work, mine)
    except (NotYours, NotUnderstood, ValueError):
        return _overview(work, mine)


def _shown(text: str, values: dict[str, Any], buttons: Sequence[Sequence[Button]]) -> Shown:
    rows: Rows = tuple(tuple(row) for row in buttons if row)
    return Shown(f"register.{text}", values, rows, protect=True)


def turn(label: str, panel: str, text: str = "", **values: Any) -> Button:
    """A button that shows another face of the card."""
    return Button(label, "turn", arg=panel, text=text, values=values)


def _by(buttons: Sequence[Button], most: int) -> list[tuple[Button, ...]]:
    return [tuple(buttons[at : at + most]) for at in range(0, len(buttons), most)]


def summary(work: Work, region: str) -> dict[str, Any]:
    """How far a region's filing goes, in numbers: no person is named."""
    found = book.covers(work, region)
    paper = book.last_paper(work, region)
    local = work.world.campaign.local
    changed = book.last_change(work, region)
    return {
        "region": region,
        "townships": len(found),
        "headed": sum(one.headed for one in found),
        "villages": sum(len(one.villages) for one in found),
        "named": sum(len(one.villages) - len(one.missing) for one in found),
        "paper": {"version": paper.version, "at": local(paper.at).isoformat()} if paper is not None else None,
        "changed": local(changed).isoformat() if changed is not None else None,
    }


def _overview(work: Work, mine: Sequence[int]) -> Shown:
    names = [work.world.campaign.regions[index].name for index in mine]
    buttons = [turn("", f"r.{index}", text=name) for index, name in zip(mine, names, strict=True)]
    return _shown("overview", {"rows": [summary(work, name) for name in names]}, _by(buttons, 3))


def _region(work: Work, rest: Sequence[str]) -> Shown:
    region = book.region_at(work, rest[0])
    at, found = rest[0], book.covers(work, region)
    leader = book.filed(work, region).get(Duty(Level.LEADER))
    gaps = [one for one in found if not one.complete]
    buttons = [
        [turn("register_townships", f"t.{at}.0"), Button("register_lead", "rgask", arg=f"{at}..leader")],
        [Button("register_form", "rgform", arg=at), Button("register_paper", "rgpaper", arg=at)],
        [turn("register_changes", f"h.{at}.0"), Button("register_table", "rgtable", arg=at)],
    ]
    paper = book.last_paper(work, region)
    if paper is not None:
        buttons.append([Button("register_see", "rgsee", paper.id, values={"version": paper.version})])
        if paper.version > 1:
            buttons[-1].append(turn("register_versions", f"p.{at}"))
    if len(book.regions(work)) > 1:
        buttons.append([turn("back", "")])
    values = {
        **summary(work, region),
        "leader": leader.said if leader is not None else "",
        "gaps": [_gap(one) for one in gaps[:GAPS]],
        "more": max(0, len(gaps) - GAPS),
    }
    return _shown("region", values, buttons)


def _gap(cover: Cover) -> dict[str, Any]:
    return {
        "township": cover.township,
        "leader": cover.leader is None,
        "officer": cover.officer is None,
        "missing": len(cover.missing),
        "villages": len(cover.villages),
    }


def _townships(work: Work, rest: Sequence[str]) -> Shown:
    region = book.region_at(work, rest[0])
    at, found = rest[0], book.covers(work, region)
    page = min(int(rest[1]), max(0, (len(found) - 1) // PAGE))
    shown = found[page * PAGE : (page + 1) * PAGE]
    order = {name: index for index, name in enumerate(book.townships(work, region))}
    buttons = [
        turn("", f"o.{at}.{order[one.township]}", text=("✓ " if one.complete else "") + one.township)
        for one in shown
    ]
    values = {
        "region": region,
        "rows": [{**_gap(one), "complete": one.complete, "headed": one.headed} for one in shown],
    }
    turns = _turning(f"t.{at}", page, len(found), PAGE)
    return _shown("townships", values, [*_by(buttons, 3), turns, [turn("back", f"r.{at}")]])


def _turning(stem: str, page: int, count: int, size: int) -> list[Button]:
    found = []
    if page:
        found.append(turn("previous", f"{stem}.{page - 1}"))
    if count > (page + 1) * size:
        found.append(turn("next", f"{stem}.{page + 1}"))
    return found


def _township(work: Work, rest: Sequence[str]) -> Shown:
    region = book.region_at(work, rest[0])
    at, township = rest[0], book.township_at(work, region, rest[1])
    cover = next(one for one in book.covers(work, region) if one.township == township)
    stem = f"{at}.{rest[1]}"
    others = [
        row for row in book.leaders(work, region) if cover.leader is None or row.name != cover.leader.name
    ]
    buttons = [
        [
            Button("register_leader", "rgask", arg=f"{stem}.leader"),
            Button("register_officer", "rgask", arg=f"{stem}.township"),
        ],
        [turn("register_villages", f"v.{stem}.0")],
        *([[turn("register_same", f"k.{stem}")]] if others else []),
        [turn("back", f"t.{at}.{int(rest[1]) // PAGE}")],
    ]
    values = {
        "region": region,
        "township": township,
        "leader": cover.leader.said if cover.leader else "",
        "officer": cover.officer.said if cover.officer else "",
        "villages": len(cover.villages),
        "named": len(cover.villages) - len(cover.missing),
        "missing": list(cover.missing[:GAPS]),
        "more": max(0, len(cover.missing) - GAPS),
    }
    return _shown("township", values, buttons)


def _same_leader(work: Work, rest: Sequence[str]) -> Shown:
    """The county leaders named so far: one leader often answers for several townships."""
    region = book.region_at(work, rest[0])
    township = book.township_at(work, region, rest[1])
    stem = f"{rest[0]}.{rest[1]}"
    buttons = [Button("", "rgset", row.id, arg=stem, text=row.name) for row in book.leaders(work, region)]
    values = {"region": region, "township": township}
    return _shown("same", values, [*_by(buttons, 3), [turn("back", f"o.{stem}")]])


def _villages(work: Work, rest: Sequence[str]) -> Shown:
    region = book.region_at(work, rest[0])
    township = book.township_at(work, region, rest[1])
    cover = next(one for one in book.covers(work, region) if one.township == township)
    filed = book.filed(work, region)
    stem = f"{rest[0]}.{rest[1]}"
    page = min(int(rest[2]), max(0, (len(cover.villages) - 1) // VILLAGES))
    shown = cover.villages[page * VILLAGES : (page + 1) * VILLAGES]
    rows = []
    for name in shown:
        person = filed.get(Duty(Level.VILLAGE, township, name))
        rows.append({"village": name, "person": person.said if person else ""})
    buttons = [
        Button("", "rgask", arg=f"{stem}.village.{page * VILLAGES + index}", text=name)
        for index, name in enumerate(shown)
    ]
    values = {
        "region": region,
        "township": township,
        "rows": rows,
        "villages": len(cover.villages),
        "named": len(cover.villages) - len(cover.missing),
    }
    turns = _turning(f"v.{stem}", page, len(cover.villages), VILLAGES)
    many = [Button("register_many", "rgask", arg=f"{stem}.village")]
    return _shown("villages", values, [*_by(buttons, 3), turns, many, [turn("back", f"o.{stem}")]])


def _changes(work: Work, rest: Sequence[str]) -> Shown:
    region = book.region_at(work, rest[0])
    found = book.changes(work, region)
    page = min(int(rest[1]), max(0, (len(found) - 1) // CHANGES))
    values = {"region": region, "all": len(found), "rows": found[page * CHANGES : (page + 1) * CHANGES]}
    turns = _turning(f"h.{rest[0]}", page, len(found), CHANGES)
    return _shown("changes", values, [turns, [turn("back", f"r.{rest[0]}")]])


def _versions(work: Work, rest: Sequence[str]) -> Shown:
    region = book.region_at(work, rest[0])
    found = book.versions(work, region)[:CHANGES]
    local = work.world.campaign.local
    values = {
        "region": region,
        "rows": [
            {
                "version": row.version,
                "at": local(row.at).isoformat(),
                "files": [one["name"] for one in row.files],
                "office": row.body.startswith("office:"),
            }
            for row in found
        ],
    }
    buttons = [Button("register_see", "rgsee", row.id, values={"version": row.version}) for row in found]
    return _shown("versions", values, [*_by(buttons, 3), [turn("back", f"r.{rest[0]}")]])


_FACES: Final = {
    "r": _region,
    "t": _townships,
    "o": _township,
    "k": _same_leader,
    "v": _villages,
    "h": _changes,
    "p": _versions,
}
