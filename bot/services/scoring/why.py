"""得分明细: every mark and point of a region's score with its reason and entry (SPEC §5)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import Row, select

from bot.domain import aspects
from bot.domain.campaign import GroupKind
from bot.domain.permissions import Role, ScoreAct, may_score
from bot.domain.score_words import Kind
from bot.domain.scoring import Item, Part, Scheme, score_track, shown
from bot.ledger.desk import Work
from bot.ledger.tables import entries
from bot.services.outgoing import Button, Rows, say
from bot.services.refusals import NotYours, ScoreNotNow, UnknownRegion
from bot.services.scoring import items, lines, marking, schemes, sheets, windows
from bot.services.scoring.entering import written
from bot.services.scoring.windows import Window

MOST_BUTTONS = 8
MOST_ITEMS = 60
"""Items that fit a message; that there are more is said."""
MOST_TERMS = 6


def may_read(work: Work, region: str, row: Row[Any] | None) -> bool:
    """Whether the actor may read a region's details now.

    The office of its track always; its contact from the draft on; 敢转争 and city leaders once published.
    """
    track = work.world.campaign.region(region).track
    if not may_score(ScoreAct.DETAILS, work.actor, track=track, region=region):
        return False
    if track in work.actor.offices():
        return True
    state = row.state if row is not None else "open"
    if region in work.actor.regions():
        return state in ("draft", "locked", "published")
    return state == "published"


def sheet_for(work: Work, region: str, window: Window) -> Row[Any] | None:
    """The sheet whose details the actor reads.

    While a 更正 is under way and not the actor's to read, that is still the published one.
    """
    track = work.world.campaign.region(region).track
    row = sheets.find(work, track, window.key)
    if row is not None and row.correction and not may_read(work, region, row):
        return sheets.published(work, track, window.key) or row
    return row


def command(work: Work, text: str, chat_id: int, message_id: int | None) -> None:
    """`/why 延津`, 「得分明细」: the newest details of a region that the actor may read.

    Raises:
        NotYours: nobody's details are the actor's to read.
        UnknownRegion: no region has that name; a contact's own is meant where none is named.
        ScoreNotNow: nothing is to be read yet.
    """
    name = text.strip()
    own = work.actor.regions()
    if name:
        try:
            region = lines.region_named(work.world.campaign, name.split()[0])
        except lines.UnknownRegion as unknown:
            raise UnknownRegion(name=name, might=list(unknown.candidates)) from None
    elif own:
        region = own[0]
    elif work.actor.offices() or work.actor.has(Role.OVERSIGHT) or work.actor.has(Role.CITY_LEADER):
        tracks = work.actor.offices() or tuple(track.key for track in work.world.campaign.tracks)
        _choose(work, tracks, "", chat_id, message_id)
        return
    else:
        raise NotYours
    tell(work, region, newest(work, region), chat_id, message_id)


def _choose(work: Work, tracks: tuple[str, ...], key: str, chat_id: int, message_id: int | None) -> None:
    regions = work.world.campaign.regions
    buttons = [
        Button("", "scwhy", index, 0, key, text=region.name)
        for index, region in enumerate(regions)
        if region.track in tracks
    ]
    say(
        work,
        chat_id,
        "scoring.why_whose",
        buttons=tuple(tuple(buttons[i : i + 3]) for i in range(0, len(buttons), 3)),
        reply_to=message_id,
    )


def newest(work: Work, region: str) -> Window:
    """The newest window of which the actor may read a region's details.

    Raises:
        NotYours: the region is none of the actor's to read.
        ScoreNotNow: there is none yet.
    """
    track = work.world.campaign.region(region).track
    if not may_score(ScoreAct.DETAILS, work.actor, track=track, region=region):
        raise NotYours
    known = [one for one in windows.all_of(work) if not one.monthly and windows.begun(work, one)]
    for window in reversed(known):
        row = sheet_for(work, region, window)
        if not may_read(work, region, row):
            continue
        if row is not None or items.of_region(work, track, window.key, region):
            return window
    raise ScoreNotNow(why="nothing_yet", window=windows.current(work).values())


def press(work: Work, index: int, key: str, chat_id: int, message_id: int | None) -> None:
    """「得分明细」 of a region and a window; `?` before the window: of which region of a track."""
    regions, tracks = work.world.campaign.regions, work.world.campaign.tracks
    if key.startswith("?"):
        if index >= len(tracks) or not may_score(ScoreAct.DETAILS, work.actor, track=tracks[index].key):
            raise NotYours
        _choose(work, (tracks[index].key,), key[1:], chat_id, message_id)
        return
    if index >= len(regions):
        raise NotYours
    region = regions[index].name
    window = windows.window(work, key) if windows.known(work, key) else newest(work, region)
    tell(work, region, window, chat_id, message_id)


def tell(work: Work, region: str, window: Window, chat_id: int, message_id: int | None = None) -> None:
    """Send a region's details, for the reader's eyes only.

    Raises:
        NotYours: they are not the actor's to read, or not yet.
    """
    row = sheet_for(work, region, window)
    if not may_read(work, region, row):
        raise NotYours
    values = details(work, region, window, row)
    say(
        work,
        chat_id,
        "scoring.why_month" if window.monthly else "scoring.why",
        values,
        buttons=entry_buttons(work, values),
        reply_to=message_id,
        protect=True,
    )


def buttons(work: Work, track: str, key: str) -> tuple[Button, ...]:
    """「得分明细」 of a published ranking: of the reader's own region, else of which one is asked."""
    campaign = work.world.campaign
    if key == windows.FINAL:
        return ()
    if may_score(ScoreAct.DETAILS, work.actor, track=track):
        index = [one.key for one in campaign.tracks].index(track)
        return (Button("score_details", "scwhy", index, 0, f"?{key}"),)
    return tuple(
        Button("score_details", "scwhy", index, 0, key)
        for index, region in enumerate(campaign.regions)
        if region.track == track and region.name in work.actor.regions()
    )


def entry_buttons(work: Work, values: dict[str, Any]) -> Rows:
    """A button for each entry that an item rests on; the opening checks what its reader may see."""
    found = {one["entry"]: one["number"] for part in values["parts"] for one in part["items"] if one["entry"]}
    buttons = [Button("", "open", key, text=number) for key, number in list(found.items())[:MOST_BUTTONS]]
    return tuple(tuple(buttons[i : i + 2]) for i in range(0, len(buttons), 2))


def details(work: Work, region: str, window: Window, row: Row[Any] | None) -> dict[str, Any]:
    """What the details say: each part with its items and how the score came about, the total and rank."""
    track = work.world.campaign.region(region).track
    scheme, number = schemes.scheme_for(work, track, window.key)
    if row is not None and row.rules:
        scheme, number = schemes.numbered(work, track, row.rules), row.rules
    closed = marking.sealed(work, track, window, row)
    if row is not None and row.data is not None:
        found = items.counted(work, row, region, MOST_ITEMS + 1)
    else:
        found = items.of_region(work, track, window.key, region, MOST_ITEMS + 1)
    mine, more = found[:MOST_ITEMS], len(found) > MOST_ITEMS
    rows = [item for item in mine if marking.sees(work.actor, item, closed=closed)]
    own = region in work.actor.regions() and track not in work.actor.offices()
    numbers = _numbers(work, [item.entry_id for item in rows if item.entry_id])
    line = None if closed else sheets.line_of(work, track, window, row, region)
    published = row is not None and row.state == "published"
    shown_parts = []
    serial = 0
    keys = ["covert"] if window.monthly else [part.key for part in scheme.parts if not window.final]
    for key in keys:
        part = None if window.monthly else scheme.part(key)
        of_part = [i for i in rows if part is None or i.source in part.sources]
        told = []
        for item in of_part:
            serial += 1
            told.append(
                {
                    "serial": serial,
                    "id": item.id,
                    "source": item.source,
                    "kind": item.kind,
                    "value": written(item.kind, item.value),
                    "by": "" if own else _given_by(work, item),
                    "topic": _topic(work, item),
                    "reason": item.reason,
                    "aspects": aspects.shown(item.aspects or ()),
                    "entry": item.entry_id,
                    "number": numbers.get(item.entry_id, "") if item.entry_id else "",
                }
            )
        shown_parts.append(
            {
                "key": key,
                "most": "100" if part is None else str(part.most),
                "score": line["parts"].get(key) if line else None,
                "basis": line["basis"].get(key, "marks") if line and not window.monthly else "",
                "items": told,
                "formula": _formula(part, of_part, scheme, work)
                if part is not None and not closed and not more
                else "",
            }
        )
    return {
        "region": region,
        "window": window.values(),
        "rules": number,
        "trial": schemes.approved(work, track) is None,
        "state": row.state if row is not None else "open",
        "correction": row.correction if row is not None else 0,
        "sealed": closed,
        "more": more,
        "parts": shown_parts,
        "total": line["total"] if line else None,
        "rank": line["rank"] if line and (not own or published) else None,
        "status": line["status"] if line else "",
        "periods": [{"key": key, "total": value} for key, value in line["basis"].items()]
        if line and window.monthly
        else [],
        "mean": line["parts"].get("ten_days") if line and window.monthly else None,
        "shares": [str(scheme.ten_days), str(scheme.covert)],
    }


def _numbers(work: Work, ids: list[int]) -> dict[int, str]:
    if not ids:
        return {}
    found = work.connection.execute(select(entries.c.id, entries.c.number).where(entries.c.id.in_(ids)))
    return {row.id: row.number or "" for row in found}


def _given_by(work: Work, item: Row[Any]) -> str:
    kind, _, key = item.body.partition(":")
    if kind == "group":
        return work.world.campaign.group_title(key)
    return ""


def _topic(work: Work, item: Row[Any]) -> bool:
    kind, _, key = item.body.partition(":")
    return (
        item.kind == Kind.MARK and kind == "group" and work.world.campaign.group(key).kind is GroupKind.TOPIC
    )


def _formula(part: Part, rows: list[Row[Any]], scheme: Scheme, work: Work) -> str:
    """How the part's base came about, where it is more than one mark: 「(30 + 33.33) ÷ 2 = 31.665」."""
    marks = [
        (written(item.kind, item.value), items.weight_of(work.world.campaign, scheme, item.body))
        for item in rows
        if item.kind == Kind.MARK
    ]
    if not 2 <= len(marks) <= MOST_TERMS:
        return ""
    counted = [
        Item(item.source, Kind.MARK, Decimal(item.value), weight)
        for item, (_, weight) in zip([i for i in rows if i.kind == Kind.MARK], marks, strict=True)
    ]
    base = score_track({"": counted}, [""], Scheme(parts=(part,)))[0].parts[0].base or Fraction(0)
    terms = [text if weight == 1 else f"{weight} × {text}" for text, weight in marks]
    weights = sum((weight for _, weight in marks), Decimal(0))
    return f"({' + '.join(terms)}) ÷ {weights.normalize():f} = {shown(base)}"
