"""「结果运用」 in the chat: what is proposed, who confirms it, what is done about it; in private only."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from sqlalchemy import Row, select, update

from bot.domain.consequences import NEEDS_FINDING, PROOFS, Measure, MeasureState, Proof, Trigger
from bot.domain.permissions import Role, ScoreAct, may_score
from bot.ledger import events, people
from bot.ledger.desk import Work
from bot.ledger.tables import entries, members, requests
from bot.ledger.tables import measures as table
from bot.services import faces, questions
from bot.services.answering import Toast
from bot.services.incoming import Incoming
from bot.services.offices import seconds
from bot.services.outgoing import Button, Rows, Shown, gone, new_card, say, show_card
from bot.services.refusals import NotYours, ScoreNotNow
from bot.services.scoring import measures, windows

PAGE = 6
_DAY = re.compile(r"(?:(\d{4})[-年./])?(\d{1,2})[-月./](\d{1,2})日?")


def act_of(row: Row[Any]) -> ScoreAct:
    """What it takes to confirm a measure: the office for rankings, 敢转争 for warnings."""
    return ScoreAct.CONFIRM_WARNED if measures.body_of(row) == "oversight" else ScoreAct.CONFIRM_RANKED


def may_confirm(work: Work, row: Row[Any]) -> bool:
    """Whether a measure is the actor's body's to confirm; not for a region that the actor answers for."""
    return may_score(act_of(row), work.actor, track=row.track) and not work.actor.answers_for(row.region)


def _mine(work: Work) -> list[Row[Any]]:
    """The measures that the actor may read: its body's; those of a track for its office."""
    return [
        row
        for row in measures.listed(work)
        if may_confirm(work, row) or may_score(ScoreAct.RUN, work.actor, track=row.track)
    ]


def show(work: Work, chat_id: int) -> None:
    """`/measures`, 「结果运用」.

    Raises:
        NotYours: neither an office's nor 敢转争's.
    """
    if not (work.actor.offices() or work.actor.has(Role.OVERSIGHT)):
        raise NotYours
    new_card(work, chat_id, "measures", subject="measures", member_id=work.actor.member_id)


@faces.shows("measures")
def overview(work: Work, row: Row[Any]) -> Shown | None:
    """By region: every measure with its state; the open ones can be opened."""
    if not (work.actor.offices() or work.actor.has(Role.OVERSIGHT)):
        return None
    found = _mine(work)
    open_ones = [one for one in found if one.state in (MeasureState.PROPOSED, MeasureState.CONFIRMED)]
    page = int(row.panel) if (row.panel or "").isdecimal() else 0
    pages = max(1, -(-len(open_ones) // PAGE))
    page = min(page, pages - 1)
    shown = open_ones[page * PAGE : (page + 1) * PAGE]
    by_region: dict[str, list[dict[str, Any]]] = {}
    for one in found:
        by_region.setdefault(one.region, []).append(_line(work, one))
    warned = _warnings(work, list(by_region))
    values = {
        "total": len(found),
        "open": len(open_ones),
        "page": page + 1,
        "pages": pages,
        "first": page * PAGE + 1,
        "rows": [_line(work, one) for one in shown],
        "regions": [
            {
                "region": region,
                "done": sum(one["state"] == MeasureState.DONE for one in lines),
                "all": len(lines),
                "streak": max(
                    (one["times"] for one in lines if one["trigger"] == Trigger.TEN_DAY_LAST), default=0
                ),
                "warnings": warned.get(region, 0),
            }
            for region, lines in by_region.items()
        ],
    }
    buttons = [
        Button("", "scmeas", one.id, text=str(page * PAGE + index))
        for index, one in enumerate(shown, start=1)
    ]
    turns = []
    if page:
        turns.append(Button("page_back", "turn", arg=str(page - 1)))
    if page + 1 < pages:
        turns.append(Button("page_on", "turn", arg=str(page + 1)))
    rows: Rows = (tuple(buttons), tuple(turns))
    return Shown("scoring.measures", values, tuple(one for one in rows if one), silent=True, protect=True)


def _warnings(work: Work, regions: list[str]) -> dict[str, int]:
    """The highest count of warnings on one problem of each region, beside its streak of last places."""
    found: dict[str, int] = {}
    for region, count in work.connection.execute(
        select(entries.c.region, entries.c.warnings).where(
            entries.c.region.in_(regions), entries.c.warnings > 0
        )
    ):
        found[region] = max(found.get(region, 0), count)
    return found


def _line(work: Work, row: Row[Any]) -> dict[str, Any]:
    known = windows.known(work, row.subject)
    return {
        "id": row.id,
        "region": row.region,
        "trigger": row.trigger,
        "times": row.times,
        "measure": row.measure,
        "state": row.state,
        "window": windows.window(work, row.subject).values() if known else None,
        "subject": row.subject,
    }


def tell(work: Work, settled: measures.Settled) -> None:
    """Show the body that confirms them, in private, what is proposed and what is before it once more."""
    for measure_id in settled.fresh:
        row = measures.get(work, measure_id)
        if row is not None:
            for person in readers(work, row):
                show_card(
                    work, person.chat_id, "measure", subject=f"measure:{row.id}", member_id=person.member_id
                )
    for measure_id in settled.back:
        row = measures.get(work, measure_id)
        if row is not None:
            refresh(work, row.id)
            for person in readers(work, row):  # as a message of its own: an edit far above nobody reads
                new_card(
                    work, person.chat_id, "measure", subject=f"measure:{row.id}", member_id=person.member_id
                )
    for measure_id in settled.moved:
        refresh(work, measure_id)


def readers(work: Work, row: Row[Any]) -> list[people.Reached]:
    """The members of the body that confirms a measure."""
    if measures.body_of(row) == "oversight":
        return list(people.holders_of(work, Role.OVERSIGHT))
    return list(people.office_of(work, row.track))


def open_one(work: Work, measure_id: int, chat_id: int) -> None:
    """A measure from the overview."""
    row = _readable(work, measure_id)
    new_card(work, chat_id, "measure", subject=f"measure:{row.id}", member_id=work.actor.member_id)


def _readable(work: Work, measure_id: int) -> Row[Any]:
    row = measures.get(work, measure_id)
    if row is None or not (may_confirm(work, row) or may_score(ScoreAct.RUN, work.actor, track=row.track)):
        raise NotYours
    return row


@faces.shows("measure")
def card(work: Work, card_row: Row[Any]) -> Shown | None:
    """One measure: what it rests on, what the notice asks for, who confirms it, what is done."""
    row = measures.get(work, int(card_row.subject.partition(":")[2]))
    if row is None:
        return gone(card_row, "scoring.measure_gone", {})
    if not (may_confirm(work, row) or may_score(ScoreAct.RUN, work.actor, track=row.track)):
        return None
    waits = _waits(work, row.id)
    values = {
        **_line(work, row),
        "finding": (Trigger(row.trigger), Measure(row.measure)) in NEEDS_FINDING,
        "body": measures.body_of(row),
        "reason": row.reason,
        "confirmed_by": _name(work, row.confirmed_by),
        "confirmed_at": row.confirmed_at.isoformat() if row.confirmed_at else None,
        "proof": row.proof or {},
        "how": PROOFS[Measure(row.measure)].value,
        "waits": waits,
        "correction": (row.basis or {}).get("correction", 0),
        "was": (row.basis or {}).get("was", ""),
    }
    at = (row.id, row.version)
    rows: Rows = ()
    if may_confirm(work, row) and not waits:
        if row.state == MeasureState.PROPOSED:
            found = "confirm_found" if values["finding"] else "confirm_measure"
            if row.trigger == Trigger.FINAL_LAST:
                found = "confirm_unfinished"
            confirm_ = (Button(found, "scconfirm", *at),) if row.times else ()
            rows = ((*confirm_, Button("not_applicable", "scna", *at)),)
        elif row.state == MeasureState.CONFIRMED:
            rows = ((Button("carried_out", "scdone", *at), Button("not_applicable", "scna", *at)),)
    return Shown("scoring.measure", values, rows, protect=True)


def _name(work: Work, member_id: int | None) -> str:
    if member_id is None:
        return ""
    return work.connection.execute(select(members.c.name).where(members.c.id == member_id)).scalar() or ""


def _waits(work: Work, measure_id: int) -> bool:
    rows = work.connection.execute(
        select(requests.c.data).where(requests.c.kind == "second", requests.c.state == "open")
    ).scalars()
    return any(data.get("act") == measures.ACT and data.get("measure") == measure_id for data in rows)


# --- confirming --------------------------------------------------------------------------------------


def _pressed(work: Work, measure_id: int, version: int, *states: MeasureState) -> Row[Any]:
    row = measures.get(work, measure_id)
    if row is None or not may_confirm(work, row):
        raise NotYours
    if (version and row.version != version) or row.state not in states or _waits(work, row.id):
        raise ScoreNotNow(why="moved", window=windows.current(work).values())
    return row


def confirm(work: Work, measure_id: int, version: int) -> Toast:
    """「认定」, with 「因工作不力」 for a first last place; a second person agrees (SPEC §1 (f)).

    Raises:
        ScoreNotNow: it has moved, or what it rested on was revoked or corrected: only 「不适用」 is left.
    """
    row = _pressed(work, measure_id, version, MeasureState.PROPOSED)
    if not row.times:
        raise ScoreNotNow(why="no_ground", window=windows.current(work).values())
    found = (Trigger(row.trigger), Measure(row.measure)) in NEEDS_FINDING
    return _propose(work, row, {"to": MeasureState.CONFIRMED.value, "found": found}, "")


def _propose(work: Work, row: Row[Any], data: dict[str, Any], words: str) -> Toast:
    toast = seconds.propose(
        work,
        measures.ACT,
        track=row.track if measures.body_of(row) == "office" else "oversight",
        reason=f"{row.region} {measures.label_of(row.measure)}{'：' if words else ''}{words}",
        data={"measure": row.id, "region": row.region, "at_version": row.version, **data},
    )
    refresh(work, row.id)
    return toast


@seconds.carries(measures.ACT, protect=True)
def _carry(work: Work, request: Row[Any], key: str) -> None:
    data = request.data
    row = measures.get(work, data["measure"])
    if row is None or row.version != data["at_version"]:
        raise ScoreNotNow(why="moved", window=windows.current(work).values())
    signed = seconds.signatures(work, request)
    _change(
        work,
        row,
        data["to"],
        signed,
        found=data.get("found"),
        reason=data.get("words", ""),
        confirmed_by=request.member_id,
        confirmed_at=work.now,
    )


def _change(work: Work, row: Row[Any], to: str, signed: dict[str, Any], **values: Any) -> None:
    work.connection.execute(
        update(table)
        .where(table.c.id == row.id, table.c.version == row.version)
        .values(state=to, version=row.version + 1, **values)
    )
    events.record(
        work,
        f"measure_{to}",
        body=f"office:{row.track}" if measures.body_of(row) == "office" else "oversight",
        from_state=row.state,
        to_state=to,
        data={"measure": row.id, "region": row.region, "what": row.measure, **signed},
    )
    refresh(work, row.id)


def refresh(work: Work, measure_id: int) -> None:
    """Bring the cards of a measure up to date; also when it is gone."""
    from bot.ledger.tables import cards

    subject = f"measure:{measure_id}"
    found = work.connection.execute(
        select(cards.c.chat_id).where(cards.c.kind == "measure", cards.c.subject == subject)
    ).scalars()
    for chat_id in list(found):
        show_card(work, chat_id, "measure", subject=subject)


def ask_not_applicable(
    work: Work, measure_id: int, version: int, chat_id: int, message_id: int | None
) -> None:
    """「不适用」: always with a reason, and a second person."""
    row = _pressed(work, measure_id, version, MeasureState.PROPOSED, MeasureState.CONFIRMED)
    questions.ask(
        work,
        chat_id,
        "measure_dropped",
        "scoring.ask_not_applicable",
        {"region": row.region, "measure": row.measure},
        subject={"measure": row.id, "version": row.version},
        buttons=lambda question_id: ((Button("cancel", "noanswer", question_id),),),
        reply_to=message_id,
        protect=True,
    )


@questions.answers("measure_dropped")
def _dropped(work: Work, question: Row[Any], incoming: Incoming) -> None:
    subject = question.subject
    row = _pressed(
        work, subject["measure"], subject["version"], MeasureState.PROPOSED, MeasureState.CONFIRMED
    )
    words = incoming.text.strip()[:200]
    _propose(work, row, {"to": MeasureState.DROPPED.value, "words": words}, words)


# --- carried out ----------------------------------------------------------------------------------------


def ask_proof(work: Work, measure_id: int, version: int, chat_id: int, message_id: int | None) -> None:
    """「已落实」: ask for what shows it, in words only; uploads are never taken (SPEC §5)."""
    row = _pressed(work, measure_id, version, MeasureState.CONFIRMED)
    questions.ask(
        work,
        chat_id,
        "measure_done",
        "scoring.ask_proof",
        {"region": row.region, "measure": row.measure, "how": PROOFS[Measure(row.measure)].value},
        subject={"measure": row.id, "version": row.version},
        buttons=lambda question_id: ((Button("cancel", "noanswer", question_id),),),
        reply_to=message_id,
        protect=True,
    )


@questions.answers("measure_done")
def _done(work: Work, question: Row[Any], incoming: Incoming) -> None:
    subject = question.subject
    row = _pressed(work, subject["measure"], subject["version"], MeasureState.CONFIRMED)
    how = PROOFS[Measure(row.measure)]
    proof = read_proof(incoming.text, how, work.local.date())
    if proof is None:
        raise ScoreNotNow(why=f"proof_{how.value}", window=windows.current(work).values())
    _change(work, row, MeasureState.DONE.value, {"proof": proof}, proof=proof, done_at=work.now)
    say(
        work,
        incoming.chat_id,
        "scoring.carried_out",
        {"region": row.region, "measure": row.measure},
        reply_to=incoming.message_id,
        protect=True,
    )


def read_proof(text: str, how: Proof, today: date) -> dict[str, str] | None:
    """What shows that a measure was carried out; None where something of it is missing.

    A bulletin by its name; a self-criticism by its date; a talk by date, holding body and clerk only.
    """
    plain = " ".join(text.split())
    if how is Proof.BULLETIN:
        return {"bulletin": plain[:100]} if plain else None
    said = _DAY.search(plain)
    if said is None:
        return None
    try:
        day = date(int(said[1] or today.year), int(said[2]), int(said[3]))
    except ValueError:
        return None
    if day > today:
        return None
    if how is Proof.RECEIVED:
        return {"date": day.isoformat()}
    rest = [
        part
        for part in re.split(r"[\s,，;；、]+", (plain[: said.start()] + " " + plain[said.end() :]))
        if part
    ]
    if len(rest) != 2:
        return None
    return {"date": day.isoformat(), "body": rest[0][:40], "clerk": rest[1][:20]}
