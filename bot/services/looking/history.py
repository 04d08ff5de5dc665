"""「办理过程」: everything that happened to an entry, for the eyes that ask (SPEC §2, §1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Row

from bot.domain.entries import Mode, Source, State
from bot.domain.masking import mask_numbers
from bot.domain.permissions import Action, Standing, sees_names_of
from bot.ledger import entries as book
from bot.ledger import people
from bot.ledger.desk import Work
from bot.services import life
from bot.services.field import duplicates
from bot.services.outgoing import Button, Rows, say
from bot.services.views.values import knows_visit

PAGE: Final = 20
"""Events of one message: with words cut to `WORDS` they stay below Telegram's 4,096 characters."""

WORDS: Final = 80

MOVES: Final = frozenset(
    {
        "assigned", "acknowledged", "submitted", "returned", "closed", "fixed", "reopened", "resumed",
        "reassigned", "deferred", "voided", "withdrawn", "undone", "handed_over", "urged",
    }
)  # fmt: skip
"""Moves that the county's side reads of either side."""

LETTERS: Final = frozenset(
    {"warned", "warning_signed", "warning_answered", "warning_revoked", "warning_unfulfilled"}
)
"""What the county reads of warning letters 督办警示."""

OFFICES: Final = frozenset({"accounted", "warning_counted"})
"""What the office alone reads: proposed measures never leave it (red line (b))."""

REQUESTS: Final = frozenset(
    {
        "asked_extension", "asked_not_ours", "withdrew_extension", "withdrew_not_ours", "extended",
        "refused_extension", "refused_not_ours", "decision_undone",
    }
)  # fmt: skip
"""What the county asked for, and what it was answered."""

OWN: Final = frozenset(
    {"remark", "passed_on", "taken_back", "township_proof", "township_sent_back", "officers"}
)
"""What the county reads when it is its own."""

INSIDE: Final = frozenset(
    {
        "opened", "worded", "filed", "edited", "identity", "visit", "split", "merged", "linked", "unlinked",
        "location", "county_words", "for_county", "verify_asked", "verified", "verified_nothing",
        "taken_over", "revisit", "revisited", "drawn", "proposed", "imported",
        "warning_sent", "warning_refused", "warning_withdrawn",
        "proposal_refused", "proposal_withdrawn", "proposal_lapsed", "check_passed", "secret", "renumbered",
    }
)  # fmt: skip
"""What never leaves the inspecting side."""

NOT_OF_AN_ENTRY: Final = frozenset(
    {
        "invited", "invitation_revoked", "joined", "red_lines", "left", "removed", "lent", "lending_ended",
        "chat_bound", "chat_unbound", "channel_bound",
        "score_items", "score_item_proposed", "score_dropped", "score_none", "score_marking_ended",
        "score_drafted", "score_objected", "score_decided", "score_locked", "score_unlocked",
        "score_published", "score_correction", "score_correction_dropped", "rules_approved",
        "measure_proposed", "measure_unfounded", "measure_counted_anew", "bulletin_changed", "month_report",
        "fine_proposed", "archived", "exported", "register_paper", "register_changed", "meeting_changed",
        "forgotten", "kit_made",
    }
)  # fmt: skip
"""Events of people and chats, scores and papers: they stand in no entry's history.

A fine 10 万元 is known to the office and its region alone (SPEC §5), by its own messages.
"""

_COUNTY = ("region", "township")


def show(work: Work, entry_id: int, chat_id: int, page: int = -1, reply_to: int | None = None) -> None:
    """Send the events that the actor may read, oldest first; `page` -1 is the last one.

    A long history is cut into pages; each is a message of its own with a button to the one before.
    """
    row = life.load(work, entry_id, Action.HISTORY)
    shown = visible(work, row)
    pages = max(1, -(-len(shown) // PAGE))
    page = pages - 1 if page < 0 or page >= pages else page
    buttons: Rows = ()
    if page > 0:
        buttons = ((Button("earlier", "history", row.id, 0, str(page - 1)),),)
    say(
        work,
        chat_id,
        "entry.history",
        {
            "number": row.number,
            "state": row.state,
            "events": shown[page * PAGE : (page + 1) * PAGE],
            "page": page + 1,
            "pages": pages,
        },
        buttons=buttons,
        reply_to=reply_to,
        entry_id=row.id,
        protect=book.facts_of(row).hidden,
    )


def visible(work: Work, row: Row[Any]) -> list[dict[str, Any]]:
    """The events of an entry that the actor may read, as values for the text."""
    having = life.having_of(work, row)
    found = book.events_of(work, row.id)
    if not having - {Standing.CONTACT, Standing.TOWNSHIP}:
        handed_over = (at for at, one in enumerate(found) if one.to_state == State.ASSIGNED)
        found = found[next(handed_over, 0) :]  # the county knows an entry from 已交办 on
    return [_line(work, row, event, having) for event in found if _readable(row, event, having)]


def _readable(row: Row[Any], event: Row[Any], having: frozenset[Standing]) -> bool:
    """The county reads moves from 已交办 on, requests, and its own words; the others read everything.

    The covert days before the hand-over stay with those who made the visit and the office.
    """
    if event.kind in NOT_OF_AN_ENTRY or (not knows_visit(having) and _of_covert_days(row, event)):
        return False
    if event.kind == "worded" and event.from_state is None and event.data is None:
        return False  # the caption itself stands on the card
    if event.kind in OFFICES and Standing.OFFICE not in having:
        return False
    inside = having - {Standing.CONTACT, Standing.TOWNSHIP}
    if inside:
        return True
    if row.assigned_at is None or event.kind in INSIDE:
        return False
    if event.kind in MOVES or event.kind in REQUESTS or event.kind in LETTERS:
        return True
    return event.kind in OWN and _side(event.body) == "county"


def _of_covert_days(row: Row[Any], event: Row[Any]) -> bool:
    return bool(row.mode == Mode.COVERT and (row.handed_over_at is None or event.at < row.handed_over_at))


def _named(row: Row[Any], event: Row[Any], having: frozenset[Standing]) -> bool:
    """Whether the reader may know the person: of one's own side, and never who made a covert visit."""
    visited = row.mode == Mode.COVERT and event.body == f"group:{row.group_key}"
    if visited and not knows_visit(having):
        return False
    if _of_another_county(row, event.body) and not sees_names_of(having, "group"):
        return False  # it was re-assigned: the county before is not the reader's own side
    return sees_names_of(having, _side(event.body))


def _of_another_county(row: Row[Any], body: str) -> bool:
    kind, _, rest = body.partition(":")
    return kind in _COUNTY and rest.partition("/")[0] != row.region


def _words(work: Work, row: Row[Any], event: Row[Any], having: frozenset[Standing]) -> str:
    """What was said, masked and cut; what the office notes of a 群众举报 may be the caller's words."""
    data = event.data or {}
    noted = event.kind == "remark" or event.kind in INSIDE
    callers = row.source == Source.PUBLIC and noted and event.body.startswith("office:")
    if callers and Standing.OFFICE not in having:
        return ""
    said = str(data.get("words") or data.get("text") or "")
    if _side(event.body) != "county":  # what the county types itself would only be confirmed by an answer
        said = duplicates.without_hidden(work, said, work.actor)
    return mask_numbers(said)[:WORDS]


def _side(body: str) -> str:
    kind = body.partition(":")[0]
    return "county" if kind in _COUNTY else "group"


def _line(work: Work, row: Row[Any], event: Row[Any], having: frozenset[Standing]) -> dict[str, Any]:
    data = event.data or {}
    local = work.world.campaign.local(event.at)
    name = ""
    if event.member_id is not None and _named(row, event, having):
        member = people.member(work, event.member_id)
        name = member.name if member is not None else ""
    return {
        "at": local.strftime("%m-%d %H:%M"),
        "kind": event.kind,
        "body": _body(work, row, event.body, having),
        "name": name,
        "to": event.to_state,
        "reason": data.get("reason", ""),
        "words": _words(work, row, event, having),
        "deadline": data.get("deadline"),
        "how": data.get("how", ""),
        "region": data.get("region", ""),
        "duplicate_of": duplicates.number_for(work, data.get("duplicate_of")),
        "act": data.get("act", ""),
    }


def _body(work: Work, row: Row[Any], body: str, having: frozenset[Standing]) -> str:
    """The body's name; a covert entry's group is told to its own people and the office only."""
    if body.startswith("group:") and having & {Standing.GROUP, Standing.OFFICE}:
        return work.world.campaign.group_title(body.partition(":")[2])
    return life.body_shown(work, row, body)


def kinds() -> Sequence[str]:
    """Every kind of event that has a place in a history."""
    return sorted(MOVES | REQUESTS | OWN | INSIDE | LETTERS | OFFICES)
