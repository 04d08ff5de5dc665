"""An entry opened anew: the card that fits what its reader may do (SPEC §7 `/issue`)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from bot.domain.entries import OPEN_STATES, Mode, Source, State
from bot.domain.masking import mask_numbers
from bot.domain.permissions import Action, Standing, may
from bot.ledger import entries as book
from bot.ledger import people
from bot.ledger.desk import Work
from bot.services import faces, life, outgoing, views
from bot.services.chain import view as chains
from bot.services.checking import checkers
from bot.services.counties import assignment
from bot.services.field import duplicates
from bot.services.followup import notices, urging
from bot.services.looking import lookup
from bot.services.offices import covert, handover, office, seconds, sources
from bot.services.outgoing import Button, Rows, Shown, new_card
from bot.services.refusals import NoSuchEntry
from bot.services.views.values import knows_visit, problem_for
from bot.services.warnings import offering as warnings


def by_number(work: Work, text: str, chat_id: int) -> None:
    """`/issue NUMBER`, or a bare number typed in the chat; raises NoSuchEntry."""
    show(work, lookup.by_words(work, text), chat_id)


def opened(work: Work, entry_id: int, chat_id: int) -> None:
    """An entry chosen from a list; raises NoSuchEntry."""
    show(work, life.load(work, entry_id), chat_id)


def show(work: Work, row: Row[Any], chat_id: int) -> None:
    """Send the entry's card anew: the county's, the check, the filer's receipt, or the reader's."""
    having = life.having_of(work, row)
    if not having:
        raise NoSuchEntry
    own = {"entry_id": row.id, "member_id": work.actor.member_id}
    proof = book.latest_proof(work, row.id) if row.state == State.SUBMITTED else None
    if Standing.CONTACT in having and Standing.FILER not in having:
        assignment.show_anew(work, row, chat_id)
    elif Standing.TOWNSHIP in having and not having - {Standing.TOWNSHIP}:
        assignment.show_anew(work, row, chat_id, kind="township")
    elif proof is not None and may(Action.CLOSE, having):
        checkers.show(work, row, chat_id, work.actor.member_id, proof.id, anew=True)
    elif Standing.FILER in having and _on_receipt(work, row):
        new_card(work, chat_id, "receipt", subject=f"entry:{row.id}", **own)
    else:
        new_card(work, chat_id, "reader", subject=f"reader:{row.id}", **own)


def _on_receipt(work: Work, row: Row[Any]) -> bool:
    """Whether the filer's receipt has what the filer can do; the office's late filing needs its powers."""
    if row.state == State.DRAFT:
        return True
    late = work.now > row.created_at + work.world.rules.withdraw_within
    return row.state == State.FILED and not (late and may(Action.VOID, life.having_of(work, row)))


@faces.shows("reader")
def card(work: Work, card_row: Row[Any]) -> Shown | None:
    """The entry for somebody who looks: what its reader may see, and may do."""
    row = book.get(work, card_row.entry_id)
    if row is None:
        return None
    having = life.having_of(work, row)
    if not having:
        return outgoing.gone(card_row, "entry.gone", {"number": row.number})
    return Shown(
        "entry.card",
        values(work, row, having),
        _buttons(work, row, having, card_row.panel),
        _picture(work, row, having),
        protect=book.facts_of(row).hidden,
    )


def values(work: Work, row: Row[Any], having: frozenset[Standing]) -> dict[str, Any]:
    """The fields that this reader may read; a report of the public only as it was written anew."""
    found = views.entry_values(work, row, having)
    last = book.last_move(work, row.id)
    found.update(
        problem=problem_for(row, having),
        source=row.source,
        mode=row.mode if knows_visit(having) else Mode.OPEN.value,
        sender=views.sender_of(work, row),
        body=life.body_shown(work, row, last.body) if last else "",
        moved_at=last.at.isoformat() if last else None,
        moved_today=bool(last and work.world.campaign.today(last.at) == work.local.date()),
        what=last.kind if last else "",
        owed=State(row.state) in OPEN_STATES,
        **duplicates.reason_for(work, row),
        waiting=Standing.OFFICE in having and seconds.open_about(work, row.id) is not None,
        chain=chains.of(work, row),
    )
    if row.mode == Mode.COVERT and not knows_visit(having):
        found["found_at"] = None
    return found


def _picture(work: Work, row: Row[Any], having: frozenset[Standing]) -> outgoing.Picture | None:
    if row.source == Source.PUBLIC and Standing.OFFICE not in having:
        return None
    if any(photo.kind == "after" for photo in book.photos_of(work, row.id)):
        return views.pair_picture(work, row)
    return views.before_picture(work, row)


def _buttons(work: Work, row: Row[Any], having: frozenset[Standing], panel: str | None) -> Rows:
    at = (row.id, row.version)
    if panel is not None:
        opened_panel = panel_buttons(work, row, having, panel)
        if opened_panel:
            return opened_panel
    rows: list[tuple[Button, ...]] = []
    state = State(row.state)
    if state is State.FILED and may(handover.action_for(row), having):
        ask = sources.may_verify(row) and row.checker is None and may(Action.PASS_CHECK, having)
        to_group = (Button("to_group", "togroup", *at),) if ask else ()
        rows.append((handover.button(row), *to_group))
    if state is State.CLOSED and may(Action.REOPEN, having):
        rows.append((Button("relapse", "reopen", *at),))
    if state is State.DEFERRED and may(Action.DEFER, having):
        rows.append((Button("resume", "resume", *at),))
    rows.append(check_row(row, having))
    rows.append(office_row(row, having))
    linked = chains.reader_button(work, row, having)
    rows.append((Button("history", "history", row.id), *urging.button(row, having), *linked))
    rows.append((*warnings.button(work, row, having), *warnings.see(work, row)))
    rows.append(notices.slip_button(row))
    return tuple(one for one in rows if one)


def check_row(row: Row[Any], having: frozenset[Standing]) -> tuple[Button, ...]:
    """「转区域组核查」 of what the office checks itself, or back to it."""
    if not may(Action.PASS_CHECK, having) or not covert.may_pass_on(row):
        return ()
    at = (row.id, row.version)
    if row.checker is not None:
        return (Button("check_back", "passcheck", *at, "-"),)
    return (Button("pass_check", "passcheck", *at),)


def office_row(row: Row[Any], having: frozenset[Standing]) -> tuple[Button, ...]:
    """「改派」「缓办」「作废」, as far as state and table allow; each opens a panel of the card."""
    state, at = State(row.state), (row.id, row.version)
    powers = []
    if state in OPEN_STATES and may(Action.REASSIGN, having):
        powers.append(Button("reassign", "panel", *at, "reassign"))
    if state in OPEN_STATES | {State.SUBMITTED} and may(Action.DEFER, having):
        powers.append(Button("defer", "panel", *at, "defer"))
    if state in OPEN_STATES | {State.SUBMITTED, State.FILED} and may(Action.VOID, having):
        powers.append(Button("void", "panel", *at, "void"))
    return tuple(powers)


def panel_buttons(work: Work, row: Row[Any], having: frozenset[Standing], panel: str) -> Rows:
    """The choices behind one of the office's powers; empty when it is not the reader's."""
    at = (row.id, row.version)
    back = (Button("back", "panel", *at),)
    match panel:
        case "void" if may(Action.VOID, having):
            choices = [Button(f"void_{reason}", "void", *at, reason) for reason in office.VOID_REASONS]
        case "defer" if may(Action.DEFER, having):
            choices = [Button(f"defer_{reason}", "defer", *at, reason) for reason in office.DEFER_REASONS]
        case "togroup" if may(Action.PASS_CHECK, having):
            return (*sources.choices(work, row), back)
        case "passcheck" if may(Action.PASS_CHECK, having):
            title = work.world.campaign.group_title
            groups = covert.groups_to_check(work, row)
            choices = [Button("", "passcheck", *at, key, text=title(key)) for key in groups]
        case "reassign" if may(Action.REASSIGN, having):
            regions = work.world.campaign.regions
            order = sorted(range(len(regions)), key=lambda index: regions[index].track != row.track)
            choices = [
                Button("", "reassign", *at, str(index), text=regions[index].name)
                for index in order
                if regions[index].name != row.region
            ]
            return (*(tuple(choices[i : i + 3]) for i in range(0, len(choices), 3)), back)
        case _:
            return ()
    return (*(tuple(choices[i : i + 2]) for i in range(0, len(choices), 2)), back)


AGREE = {"bulletin": ("bulletin_agree", "bulletin_return")}
"""Act → the labels of 「同意」 and 「不同意」 where the field has words of its own for them."""


@faces.shows("second")
def second_card(work: Work, card_row: Row[Any]) -> Shown | None:
    """A proposal for its second person, and for the one who proposed it."""
    request = seconds.get(work, int(card_row.subject.partition(":")[2]))
    if request is None or request.track not in work.actor.bodies():
        return outgoing.gone(card_row, "office.second_gone", {})
    row = book.get(work, request.entry_id) if request.entry_id else None
    having = life.having_of(work, row) if row is not None else frozenset()
    mine = request.member_id == work.actor.member_id
    found = {
        "act": request.data["act"],
        "why": request.data.get("reason", ""),
        "words": mask_numbers(request.reason or ""),
        "duplicate_of": duplicates.number_for(work, request.data.get("duplicate_of")),
        "state": request.state,
        "mine": mine,
        "by": _name(work, request.member_id),
        "at": request.at.isoformat(),
        "hold_until": request.hold_until.isoformat() if request.hold_until else None,
        "decided_by": _name(work, request.decided_by),
        "decided_at": request.decided_at.isoformat() if request.decided_at else None,
        "number": row.number if row is not None else "",
        "place": views.place_of(work, row, having) if row is not None else "",
        "problem": problem_for(row, having) if row is not None else "",
    }
    look = (Button("look", "open", row.id),) if row is not None else ()
    rows: Rows = (look,) if look else ()
    if request.state == "open" and mine:
        rows = ((Button("undo", "unpropose", request.id),), *rows)
    elif request.state == "open":
        yes, no = AGREE.get(request.data["act"], ("agree", "disagree"))
        rows = ((Button(yes, "agree", request.id), Button(no, "disagree", request.id)), *rows)
    return Shown("office.second", found, rows, protect=request.data["act"] in seconds.PROTECTED)


def _name(work: Work, member_id: int | None) -> str:
    member = people.member(work, member_id)
    return member.name if member is not None else ""
