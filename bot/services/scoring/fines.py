"""「垃圾扣款」: a heap found after the campaign costs its region 10 万元 (考评结果运用 3; SPEC §5).

At least two photos and a position or a named spot; the region's objection first, then two persons; once
a heap. The running total is the office's and that region's to see.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, or_, select, update

from bot.domain.consequences import may_fine
from bot.domain.permissions import ScoreAct, may_score
from bot.ledger import events, people
from bot.ledger.desk import Work
from bot.ledger.tables import cards, entries, heap_fines, photos, requests
from bot.services import faces, questions
from bot.services.answering import Toast
from bot.services.incoming import Incoming
from bot.services.offices import seconds
from bot.services.outgoing import Button, Shown, new_card, say, show_card
from bot.services.refusals import NotYours, ScoreNotNow
from bot.services.scoring import schemes, windows

OBJECTION_DAYS = 3
"""Working days that a region has for its objection (SPEC §5)."""

PHOTOS = 2
"""A heap is shown by so many photos at the least (SPEC §5)."""

MOST = 8


def show(work: Work, chat_id: int) -> None:
    """「垃圾扣款」: the office's heaps, or the contact's own region's.

    Raises:
        NotYours: neither an office's nor a contact's.
    """
    if not (work.actor.offices() or work.actor.regions()):
        raise NotYours
    new_card(work, chat_id, "fines", subject="fines", member_id=work.actor.member_id)


def candidates(work: Work, track: str) -> list[Row[Any]]:
    """Heaps that may be proposed: found after the campaign, not proposed yet."""
    campaign = work.world.campaign
    after = windows.calendar(work).ends
    shown = (
        select(func.count())
        .select_from(photos)
        .where(photos.c.entry_id == entries.c.id, photos.c.kind == "before", photos.c.fault.is_(None))
        .scalar_subquery()
    )
    if not may_fine(campaign.today(work.now), campaign.last_day):
        return []
    return list(
        work.connection.execute(
            select(entries)
            .outerjoin(heap_fines, heap_fines.c.entry_id == entries.c.id)
            .where(
                entries.c.track == track,
                entries.c.kind == "issue",
                entries.c.state.not_in(["draft", "void"]),
                entries.c.found_at >= after,
                or_(entries.c.lat.is_not(None), entries.c.spot.is_not(None)),
                or_(entries.c.mode != "covert", entries.c.handed_over_at.is_not(None)),
                heap_fines.c.id.is_(None),
                shown >= PHOTOS,
            )
            .order_by(entries.c.found_at.desc())
            .limit(MOST)
        ).all()
    )


def _listed(work: Work) -> list[Row[Any]]:
    """The fines that the actor may see, newest first."""
    actor = work.actor
    return list(
        work.connection.execute(
            select(heap_fines, entries.c.number, entries.c.township, entries.c.village, entries.c.spot)
            .join(entries, entries.c.id == heap_fines.c.entry_id)
            .where(or_(heap_fines.c.track.in_(actor.offices()), heap_fines.c.region.in_(actor.regions())))
            .order_by(heap_fines.c.id.desc())
        ).all()
    )


@faces.shows("fines")
def card(work: Work, card_row: Row[Any]) -> Shown | None:
    """The running total by region, what is under way, and for the office what may be proposed."""
    actor = work.actor
    if not (actor.offices() or actor.regions()):
        return None
    found = _listed(work)
    totals: dict[str, int] = {}
    for one in found:
        if one.state == "confirmed":
            totals[one.region] = totals.get(one.region, 0) + one.yuan
    waiting = [one for one in found if one.state in ("open", "objected")][:MOST]
    offered = [one for track in actor.offices() for one in candidates(work, track)][:MOST]
    values = {
        "totals": [
            {"region": region, "yuan": yuan, "heaps": _heaps(found, region)}
            for region, yuan in totals.items()
        ],
        "waiting": [_line(work, one) for one in waiting],
        "offered": [{"number": one.number, "place": _place(one), "region": one.region} for one in offered],
        "office": bool(actor.offices()),
        "after": may_fine(work.world.campaign.today(work.now), work.world.campaign.last_day),
    }
    rows: list[tuple[Button, ...]] = []
    for one in waiting:
        rows.append(_buttons(work, one))
    for one in offered:
        rows.append((Button("propose_fine", "fnpropose", one.id, values={"number": one.number}),))
    return Shown("scoring.fines", values, tuple(row for row in rows if row), silent=True, protect=True)


def _heaps(found: list[Row[Any]], region: str) -> int:
    return sum(one.region == region and one.state == "confirmed" for one in found)


def _place(row: Row[Any]) -> str:
    return "".join(part for part in (row.township, row.village, row.spot) if part)


def _line(work: Work, one: Row[Any]) -> dict[str, Any]:
    return {
        "number": one.number, "region": one.region, "place": _place(one), "state": one.state,
        "until": one.objections_until.isoformat(), "over": work.now > one.objections_until,
        "objection": one.objection, "answer": one.answer,
    }  # fmt: skip


def _buttons(work: Work, one: Row[Any]) -> tuple[Button, ...]:
    at, named = (one.id, one.version), {"number": one.number}
    if may_score(ScoreAct.RUN, work.actor, track=one.track) and not work.actor.answers_for(one.region):
        if one.state == "objected":
            return (
                Button("fine_keep", "fnkeep", *at, values=named),
                Button("fine_drop", "fndrop", *at, values=named),
            )
        found = [Button("fine_drop", "fndrop", *at, values=named)]
        if work.now > one.objections_until:
            found.insert(0, Button("fine_send", "fnsend", *at, values=named))
        return tuple(found)
    if one.state == "open" and work.now <= one.objections_until and not one.objection:
        return (Button("fine_object", "fnobject", *at, values=named),)
    return ()


def refresh(work: Work) -> None:
    """Bring every card of fines up to date."""
    found = work.connection.execute(select(cards.c.chat_id).where(cards.c.kind == "fines")).scalars()
    for chat_id in list(found):
        show_card(work, chat_id, "fines", subject="fines")


# --- proposing -----------------------------------------------------------------------------------------


def objections_until(work: Work) -> datetime:
    """The end of the third working day after now."""
    works_on, day, left = windows.works_on(work), work.local.date(), OBJECTION_DAYS
    while left:
        day += timedelta(days=1)
        left -= works_on(day)
    return datetime.combine(day, work.world.hours.work_to, work.world.campaign.zone)


def propose(work: Work, entry_id: int) -> Toast:
    """「提请扣款」: the region is told and may object.

    Raises:
        NotYours: the heap is not of the actor's track, or does not fulfil what the rule asks for.
    """
    row = next(
        (one for track in work.actor.offices() for one in candidates(work, track) if one.id == entry_id), None
    )
    if row is None:
        raise NotYours
    until = objections_until(work)
    scheme, _ = schemes.scheme_for(work, row.track)
    fine_id = work.insert(
        heap_fines,
        entry_id=row.id,
        track=row.track,
        region=row.region,
        yuan=scheme.fine,
        member_id=work.actor.member_id,
        at=work.now,
        objections_until=until,
    )
    events.record(
        work,
        "fine_proposed",
        entry_id=row.id,
        body=f"office:{row.track}",
        data={"fine": fine_id, "yuan": scheme.fine},
    )
    for person in people.contacts_of(work, row.region):
        say(
            work,
            person.chat_id,
            "scoring.fine_proposed",
            {
                "number": row.number,
                "region": row.region,
                "place": _place(row),
                "yuan": scheme.fine,
                "until": until.isoformat(),
            },
            buttons=(
                (
                    Button("fine_object", "fnobject", fine_id, 1, values={"number": row.number}),
                    Button("look", "open", row.id),
                ),
            ),
            protect=True,
        )
    refresh(work)
    return Toast("scoring.fine_proposed_toast", {"number": row.number, "until": until.isoformat()})


def get(work: Work, fine_id: int) -> Row[Any] | None:
    """A fine with the number of its entry."""
    return work.connection.execute(
        select(heap_fines, entries.c.number, entries.c.township, entries.c.village, entries.c.spot)
        .join(entries, entries.c.id == heap_fines.c.entry_id)
        .where(heap_fines.c.id == fine_id)
    ).first()


def _moved(work: Work) -> ScoreNotNow:
    return ScoreNotNow(why="moved", window=windows.current(work).values())


def _held(work: Work, fine_id: int, version: int, *states: str) -> Row[Any]:
    row = get(work, fine_id)
    if row is None or not may_score(ScoreAct.RUN, work.actor, track=row.track):
        raise NotYours
    if work.actor.answers_for(row.region):
        raise NotYours
    if (version and row.version != version) or row.state not in states:
        raise _moved(work)
    return row


def _change(work: Work, row: Row[Any], what: str, body: str, data: dict[str, Any], **values: Any) -> None:
    done = work.connection.execute(
        update(heap_fines)
        .where(heap_fines.c.id == row.id, heap_fines.c.version == row.version)
        .values(version=row.version + 1, **values)
    )
    if not done.rowcount:
        raise _moved(work)
    events.record(work, what, entry_id=row.entry_id, body=body, data={"fine": row.id, **data})
    refresh(work)


# --- the region objects -----------------------------------------------------------------------------------


def ask_objection(work: Work, fine_id: int, chat_id: int, message_id: int | None) -> None:
    """「提出异议」 of the region.

    Raises:
        NotYours: it is another region's.
        ScoreNotNow: its time is over, or it was said already.
    """
    row = _objectable(work, fine_id)
    questions.ask(
        work,
        chat_id,
        "fine_objection",
        "scoring.ask_fine_objection",
        {"number": row.number},
        subject={"fine": row.id},
        buttons=lambda question_id: ((Button("cancel", "noanswer", question_id),),),
        reply_to=message_id,
        protect=True,
    )


def _objectable(work: Work, fine_id: int) -> Row[Any]:
    row = get(work, fine_id)
    if row is None or not may_score(ScoreAct.OBJECT, work.actor, region=row.region):
        raise NotYours
    if row.state != "open" or row.objection or work.now > row.objections_until:
        raise ScoreNotNow(why="objections_over", window=windows.current(work).values())
    return row


@questions.answers("fine_objection")
def _objected(work: Work, question: Row[Any], incoming: Incoming) -> None:
    row = _objectable(work, question.subject["fine"])
    words = incoming.text.strip()[:800]
    _change(
        work,
        row,
        "fine_objected",
        f"region:{row.region}",
        {"reason": words},
        state="objected",
        objection=words,
    )
    say(work, incoming.chat_id, "scoring.fine_objected", {"number": row.number}, reply_to=incoming.message_id)
    for person in people.office_of(work, row.track):
        new_card(work, person.chat_id, "fines", subject="fines", member_id=person.member_id)


# --- the office decides -------------------------------------------------------------------------------------


def keep(work: Work, fine_id: int, version: int) -> Toast:
    """「不采纳」 of the objection: the fine goes on."""
    row = _held(work, fine_id, version, "objected")
    _change(work, row, "fine_kept", f"office:{row.track}", {}, state="open")
    _tell(work, row, "kept")
    return Toast("scoring.fine_kept_toast", {"number": row.number})


def drop(work: Work, fine_id: int, version: int) -> Toast:
    """「不扣」: the objection is right, or the office thinks better of it."""
    row = _held(work, fine_id, version, "open", "objected")
    _change(work, row, "fine_dropped", f"office:{row.track}", {}, state="dropped")
    _tell(work, row, "dropped")
    return Toast("scoring.fine_dropped_toast", {"number": row.number})


def send(work: Work, fine_id: int, version: int) -> Toast:
    """「送审」, when the region's time is over: a second person agrees (SPEC §1 (f)).

    Raises:
        ScoreNotNow: the region may still object, or it waits for its second person.
    """
    row = _held(work, fine_id, version, "open")
    if work.now <= row.objections_until:
        raise ScoreNotNow(why="objections_open", window=windows.current(work).values())
    if _waits(work, row.id):
        raise ScoreNotNow(why="proposed", window=windows.current(work).values())
    # not bound to the entry: that the heap is cleared meanwhile changes nothing
    return seconds.propose(
        work,
        "fine",
        track=row.track,
        reason=f"{row.region}{_place(row)} {row.number} {row.yuan // 10_000}万元",
        data={"fine": row.id, "region": row.region, "fine_version": row.version},
    )


def _waits(work: Work, fine_id: int) -> bool:
    rows = work.connection.execute(
        select(requests.c.data).where(requests.c.kind == seconds.KIND, requests.c.state == "open")
    ).scalars()
    return any(data.get("act") == "fine" and data.get("fine") == fine_id for data in rows)


@seconds.carries("fine", protect=True)
def _carry(work: Work, request: Row[Any], key: str) -> None:
    row = get(work, request.data["fine"])
    if row is None or row.version != request.data["fine_version"] or row.state != "open":
        raise _moved(work)
    _change(
        work, row, "fine_confirmed", f"office:{row.track}",
        {"yuan": row.yuan, **seconds.signatures(work, request)}, state="confirmed", confirmed_at=work.now,
    )  # fmt: skip
    _tell(work, row, "confirmed", key)


def _tell(work: Work, row: Row[Any], what: str, key: str | None = None) -> None:
    """The region hears what became of it, with its running total."""
    total = work.connection.execute(
        select(func.coalesce(func.sum(heap_fines.c.yuan), 0)).where(
            heap_fines.c.region == row.region, heap_fines.c.state == "confirmed"
        )
    ).scalar_one()
    for person in people.contacts_of(work, row.region):
        say(
            work,
            person.chat_id,
            "scoring.fine_decided",
            {"number": row.number, "region": row.region, "what": what, "yuan": row.yuan, "total": int(total)},
            dedup=f"{key}:fine:{person.member_id}" if key else None,
            protect=True,
        )
