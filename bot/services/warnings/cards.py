"""What a letter's cards show: the draft, the approval, what became of it; and the list 「警示」."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from sqlalchemy import Row, or_, select

from bot.domain.entries import OPEN_STATES, State
from bot.domain.letter_rights import LetterAct, LetterStanding, may_letter
from bot.domain.masking import mask_numbers
from bot.domain.warnings import days_in_words
from bot.ledger import people
from bot.ledger.desk import Work
from bot.ledger.tables import warning_letters as table
from bot.services import faces, life
from bot.services.outgoing import Button, Rows, Shown, gone, new_card
from bot.services.refusals import NotYours
from bot.services.views.places import place_of
from bot.services.warnings import counting, deciding, drafting, letters, paper, revoking, signing
from bot.services.warnings.letters import CARD, DRAFT, DROPPED, ISSUED, REVOKED, SERVED, WAITING

PAGE: Final = 8
MOST_OPENED: Final = 4
"""Entries that whoever approves can open from the letter."""

ADD: Final = "add"
"""The face of a draft on which other entries are chosen."""

_TOLD: Final = frozenset({LetterStanding.OFFICE, LetterStanding.OVERSIGHT})
"""Who reads what the second and third letter lead to (FORMS §1.3)."""


@faces.shows(CARD)
def card(work: Work, card_row: Row[Any]) -> Shown | None:
    """A letter for the inspecting side, with what its reader can do about it."""
    row = letters.get(work, int(card_row.subject.partition(":")[2]))
    if row is None:
        return None
    having = letters.having_of(work, row)
    if not having - {LetterStanding.CONTACT}:
        return gone(card_row, "warnings.gone", {})
    if row.state == DROPPED:
        return gone(card_row, "warnings.dropped", {})
    values = {**_values(work, row, having), "adding": row.state == DRAFT and card_row.panel == ADD}
    return Shown("warnings.letter", values, _buttons(work, row, having, card_row.panel), protect=True)


def _values(work: Work, row: Row[Any], having: frozenset[LetterStanding]) -> dict[str, Any]:
    entries = letters.entries_of(work, row.id)
    said = paper.current(work, row, entries)
    local = work.world.campaign.local
    lines = []
    for text, one in zip(said["items"], entries, strict=False):
        nth, last = counting.next_on(work, one) if row.data is None else (one.warnings, None)
        owed = State(one.state) in OPEN_STATES or row.data is not None
        lines.append(
            {
                "number": one.number if life.having_of(work, one) else "",
                "words": text,
                "state": one.state,
                "moved": not owed or one.region != row.region,
                "nth": nth,
                "counts": last is None or nth > one.warnings,
                "previous": _previous(work, row, one),
                "measures": counting.consequence(nth) if having & _TOLD and nth > 1 else [],
            }
        )
    drafter = people.member(work, row.member_id)
    approver = people.member(work, row.approved_by)
    names = bool(having & {LetterStanding.OFFICE, LetterStanding.GROUP, LetterStanding.DRAFTER})
    return {
        "state": row.state,
        "number": row.number or "",
        "region": row.region,
        **{key: said[key] for key in ("unit", "you", "group", "short_group", "phone", "subject", "matter")},
        "days": days_in_words(_dates(said["days"])),
        "due": said["due"],
        "day": said["day"],
        "photos": len(said["photos"]),
        "lines": lines,
        "title": work.world.campaign.group_title(row.group_key) if row.group_key else "",
        "by": drafter.name if drafter is not None and names else "",
        "for": _body(work, row.body),
        "leader": deciding.by_leader(work, row) and row.escalated_at is None,
        "hold_until": local(row.hold_until).isoformat() if row.hold_until else None,
        "refusal": row.refusal or "",
        "approved_by": approver.name if approver is not None and names else "",
        "approved_at": row.approved_at.isoformat() if row.approved_at else None,
        "served_at": row.served_at.isoformat() if row.served_at else None,
        "signed_at": row.signed_at.isoformat() if row.signed_at else None,
        "reply": row.reply,
        "ended": row.ended_at is not None,
        "unfulfilled": len(row.unfulfilled or ()),
        "revoked_at": row.revoked_at.isoformat() if row.revoked_at else None,
        "reason": row.revoke_reason or "",
        "revoking": LetterStanding.OFFICE in having and revoking.waits(work, row.id),
        "mine": row.member_id == work.actor.member_id,
        "decides": deciding.may_decide(work, row),
    }


def _previous(work: Work, row: Row[Any], entry: Row[Any]) -> dict[str, str] | None:
    found = counting.previous(work, row, entry)
    if found is None:
        return None
    local = work.world.campaign.local
    return {
        "number": found.number,
        "day": local(found.approved_at).date().isoformat(),
        "due": local(found.due).date().isoformat(),
    }


def _dates(days: list[str]) -> list[date]:
    return [date.fromisoformat(day) for day in days]


def _body(work: Work, body: str) -> str:
    kind, _, key = body.partition(":")
    return work.world.campaign.group_title(key) if kind == "group" else work.world.campaign.office_name


def _buttons(work: Work, row: Row[Any], having: frozenset[LetterStanding], panel: str | None) -> Rows:
    at = (row.id, row.version)
    mine = may_letter(LetterAct.EDIT, having)
    if row.state == DRAFT and mine:
        return _choices(work, row) if panel == ADD else _draft_buttons(work, row)
    see = (Button("see_file", "wfile", row.id), Button("see_pdf", "wfile", row.id, 0, "pdf"))
    entries = letters.entries_of(work, row.id)[:MOST_OPENED]
    look = tuple(Button("", "open", one.id, text=one.number) for one in entries if life.having_of(work, one))
    if row.state == WAITING and deciding.may_decide(work, row):
        return (
            (Button("approve_letter", "wapprove", *at), Button("letter_back", "wback", *at)),
            see,
            *(look[i : i + 2] for i in range(0, len(look), 2)),
        )
    if row.state == WAITING:
        return ((Button("take_letter_back", "wdrop", *at),), see) if mine else (see,)
    if row.state == ISSUED and may_letter(LetterAct.REVOKE, having) and not revoking.waits(work, row.id):
        return (see, (Button("revoke_letter", "wrevoke", *at),))
    return (see,)


def _draft_buttons(work: Work, row: Row[Any]) -> Rows:
    at = (row.id, row.version)
    chosen = work.world.campaign.local(row.due).date() if row.due else None
    terms = [
        Button(
            "✓term_days" if due.date() == chosen else "term_days",
            "wterm",
            *at,
            str(days),
            values={"days": days, "date": f"{due.month}/{due.day}"},
        )
        for days, due in drafting.terms(work)
    ]
    rows: list[tuple[Button, ...]] = [tuple(terms[i : i + 3]) for i in range(0, len(terms), 3)]
    entries = letters.entries_of(work, row.id)
    more = [Button("letter_words", "wwords", *at)]
    if len(entries) > 1 or drafting.candidates(work, row):
        more.insert(0, Button("letter_entries", "wpanel", row.id, 0, ADD))
    if len(signing.options(work, entries)) > 1:
        more.append(Button("letter_name", "wname", *at))
    without = bool((row.words or {}).get("no_photos"))
    more.append(Button("with_photos" if without else "without_photos", "wphotos", *at))
    rows += [tuple(more[i : i + 2]) for i in range(0, len(more), 2)]
    if row.group_key and not signing.phone_of(work, row.group_key) and work.actor.leads(row.group_key):
        rows.append((Button("enter_phone", "wphone", row.id),))
    last = [Button("drop_letter", "wdrop", *at)]
    if row.due is not None:
        last = [Button("see_file", "wfile", row.id), *last]
        rows.append((Button("send_letter", "wsend", *at),))
    rows.append(tuple(last))
    return tuple(rows)


def _choices(work: Work, row: Row[Any]) -> Rows:
    at = (row.id, row.version)
    inside = letters.entries_of(work, row.id)
    rows = [
        (Button("", "wadd", *at, str(one.id), text=f"{mark}{one.number} {place_of(work, one)[:24]}"),)
        for mark, found in (("✓ ", inside), ("", drafting.candidates(work, row)))
        for one in found
    ]
    return (*rows, (Button("back", "wpanel", row.id),))


@faces.shows(SERVED)
def served(work: Work, card_row: Row[Any]) -> Shown | None:
    """The letter for the county: what it asks by when; 「签收」, then the answer."""
    row = letters.get(work, int(card_row.subject.partition(":")[2]))
    if row is None:
        return None
    having = letters.having_of(work, row)
    if not may_letter(LetterAct.SIGN, having):
        return gone(card_row, "warnings.gone", {})
    entries = letters.entries_of(work, row.id)
    said = paper.current(work, row, entries)
    values = {
        "state": row.state,
        "day": said["day"],
        "group": said["group"],
        "unit": said["unit"],
        "due": said["due"],
        "items": said["items"],
        "phone": said["phone"],
        "signed_at": row.signed_at.isoformat() if row.signed_at else None,
        "reply": row.reply,
        "revoked_at": row.revoked_at.isoformat() if row.revoked_at else None,
    }
    rows: Rows = ()
    if row.state == ISSUED:
        first = [Button("sign_letter", "wsign", row.id)] if row.signed_at is None else []
        answer = Button("answer_again" if row.reply else "answer_letter", "wanswer", row.id)
        look = tuple(Button("", "open", one.id, text=one.number) for one in entries[:4])
        rows = ((*first, answer), look)
    return Shown("warnings.served", values, rows)


# --- the list -------------------------------------------------------------------------------------------


def show_list(work: Work, chat_id: int) -> None:
    """`/warnings`, 「警示」: the letters that the actor may read, the newest first.

    Raises:
        NotYours: none ever could be the actor's.
    """
    actor = work.actor
    if not any(one.role != "admin" and one.role != "township" for one in actor.grants):
        raise NotYours
    new_card(work, chat_id, "warnings", subject="warnings", member_id=actor.member_id)


@faces.shows("warnings")
def overview(work: Work, card_row: Row[Any]) -> Shown | None:
    """Letters by page: what each waits for; a number opens one."""
    actor = work.actor
    mine = [table.c.member_id == actor.member_id, table.c.region.in_(actor.regions())]
    mine += [table.c.group_key.in_(actor.groups()), table.c.track.in_(actor.offices())]
    if letters.reads_all(actor):
        mine.append(table.c.state.in_((ISSUED, REVOKED)))
    rows = work.connection.execute(
        select(table).where(or_(*mine), table.c.state != DROPPED).order_by(table.c.id.desc())
    ).all()
    seen = [row for row in rows if letters.having_of(work, row)]
    pages = max(1, -(-len(seen) // PAGE))
    page = min(int(card_row.panel) if (card_row.panel or "").isdecimal() else 0, pages - 1)
    shown = seen[page * PAGE : (page + 1) * PAGE]
    values = {
        "total": len(seen),
        "page": page + 1,
        "pages": pages,
        "first": page * PAGE + 1,
        "rows": [_line(work, row) for row in shown],
    }
    opening = [
        Button("", "wopen", row.id, text=str(page * PAGE + index)) for index, row in enumerate(shown, 1)
    ]
    turns = [Button("page_back", "turn", arg=str(page - 1))] if page else []
    if page + 1 < pages:
        turns.append(Button("page_on", "turn", arg=str(page + 1)))
    rows_: Rows = (*(tuple(opening[i : i + 4]) for i in range(0, len(opening), 4)), tuple(turns))
    return Shown("warnings.list", values, tuple(one for one in rows_ if one), silent=True, protect=True)


def _line(work: Work, row: Row[Any]) -> dict[str, Any]:
    county = letters.having_of(work, row) <= {LetterStanding.CONTACT}
    entries = letters.entries_of(work, row.id)
    return {
        "number": "" if county else row.number or "",
        "region": row.region,
        "state": row.state,
        "day": row.approved_at.isoformat() if row.approved_at else row.at.isoformat(),
        "due": row.due.isoformat() if row.due else None,
        "count": len(entries),
        "place": mask_numbers(place_of(work, entries[0])) if entries else "",
        "signed": row.signed_at is not None,
        "answered": row.replied_at is not None,
        "unfulfilled": bool(row.unfulfilled) and not county,
    }


def open_one(work: Work, letter_id: int, chat_id: int) -> None:
    """A letter from the list: the county's card for the county, the inspecting side's for the others."""
    row = letters.load(work, letter_id, LetterAct.SEE)
    county = letters.having_of(work, row) <= {LetterStanding.CONTACT}
    new_card(
        work,
        chat_id,
        SERVED if county else CARD,
        subject=f"warning:{row.id}",
        member_id=work.actor.member_id,
    )
