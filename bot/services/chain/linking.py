"""Links are made by people and undone with a reason; a merge makes one entry of two (SPEC §2 «问题链»).

A link leaves an old entry as it is: closed becomes assigned only by the checking side's 「反弹」 on it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import Row, and_, or_, select, update

from bot.domain.entries import OPEN_STATES, State
from bot.domain.permissions import Action
from bot.ledger import entries as book
from bot.ledger import events
from bot.ledger.desk import Work
from bot.ledger.tables import entries, links
from bot.services import life, pictures, questions, telling
from bot.services.answering import Toast
from bot.services.field import filing, withdrawal
from bot.services.incoming import Incoming
from bot.services.looking import lookup
from bot.services.offices import seconds
from bot.services.outgoing import Button, open_panel, refresh_cards, say
from bot.services.refusals import AlreadyLinked, NeedsOffice, NoSuchEntry, NotPossible
from bot.services.warnings import counting

SAME, AGAIN, NOT = "same", "again", "not"
KINDS: Final = (SAME, AGAIN, NOT)
"""同一问题(合并) · 反弹(关联) · 不是."""

MERGED_INTO: Final = OPEN_STATES | {State.FILED, State.SUBMITTED}
"""States of the older entry in which a fresh one can be merged into it."""

MOST_LINKED: Final = 60
"""Entries of one chain that are followed: no problem comes back that often in a hundred days."""

ACT: Final = "link"
"""The act of a second person, where a link raises a count of warnings (SPEC §1 (f))."""


def answer(
    work: Work, entry_id: int, version: int, kind: str, other_id: int, chat_id: int, message_id: int
) -> Toast | None:
    """One of the three buttons; a merge that makes the fresh entry void is asked about once more.

    Raises:
        NoSuchEntry, NotYours: see `life.load`; the other must be one that the actor sees.
        AlreadyLinked: the two belong together already.
        NeedsOffice: it would raise a count of warnings, and the actor is of no office.
        NotPossible: one of them is void or a draft.
    """
    row, other = _both(work, entry_id, other_id)
    if kind == NOT:
        _write(work, row, other, NOT)
        refresh_cards(work, row.id, kinds=("receipt", "alike"))
        return Toast("chain.not_toast")
    if kind == SAME and merges(work, row, other):
        panel = f"merge.{other.id}"
        life.fresh_press(work, row, version)
        if open_panel(work, chat_id, message_id, panel):
            return None
        say(
            work,
            chat_id,
            "chain.confirm",
            {"number": row.number, "other": other.number},
            buttons=confirm_buttons(row, other.id)[:1],
            reply_to=message_id,
            entry_id=row.id,
        )
        return None
    return link(work, row, other, kind)


def _both(work: Work, entry_id: int, other_id: int) -> tuple[Row[Any], Row[Any]]:
    row = life.load(work, entry_id, Action.LINK)
    other = life.load(work, other_id)
    if row.id == other.id:
        raise NoSuchEntry
    for one in (row, other):
        if one.kind != "issue" or one.state in (State.DRAFT, State.VOID):
            raise NotPossible(state=one.state)
    if _together(work, row, other):
        raise AlreadyLinked(number=row.number, other=other.number)
    return row, other


def confirm_buttons(row: Row[Any], other_id: int) -> tuple[tuple[Button, ...], ...]:
    """「确认合并」, and the way back."""
    at = (row.id, row.version)
    return (
        (Button("confirm_merge", "merge", *at, str(other_id)),),
        (Button("back", "edit", *at),),
    )


def merges(work: Work, row: Row[Any], other: Row[Any]) -> bool:
    """Whether 「同一问题(合并)」 makes one entry of two: the county owes the older one's work already.

    Only while the filer could take the fresh one back, and never across the covert wall 暗访.
    """
    hidden = book.facts_of(row).hidden or book.facts_of(other).hidden
    told = row.assigned_at is None or other.assigned_at is not None  # the county knows the older one, too
    untold = row.state == State.FILED and row.filer_id == work.actor.member_id
    free = untold or withdrawal.still_free(work, row)
    return (
        free and told and not hidden and not row.warnings
        and row.region == other.region and State(other.state) in MERGED_INTO
        and row.mode == other.mode and row.source == other.source
    )  # fmt: skip


def merge(work: Work, entry_id: int, version: int, other_id: int) -> Toast:
    """「确认合并」: photos and words go over to the older entry, the fresh one is void as its duplicate."""
    row, other = _both(work, entry_id, other_id)
    life.fresh_press(work, row, version)
    if not merges(work, row, other):
        raise NotPossible(state=row.state)
    _write(work, row, other, SAME)
    body = life.body_for(work, row, Action.LINK)
    known = row.assigned_at is not None
    moved = [one for one in book.photos_of(work, row.id) if one.kind in ("before", "attachment")]
    pictures.move(work, moved, other.id, other.round)
    fresh = life.move(
        work, row, State.VOID, "voided", body=body,
        data={"reason": "duplicate", "duplicate_of": other.id},
        void_reason="duplicate", duplicate_of=other.id, settle_at=None, nag_at=None,
    )  # fmt: skip
    life.amend(
        work, other, "merged", body=body, data={"photos": len(moved), "from": row.number},
        **filing.touch(work, other),
    )  # fmt: skip
    if row.description and row.description != other.description:
        events.record(work, "remark", entry_id=other.id, body=body, data={"text": row.description})
    if known:
        telling.contacts_line(
            work, fresh, "chain.merged_for_county", {"number": row.number, "other": other.number}
        )
    return Toast("chain.merged_toast", {"number": row.number, "other": other.number})


def link(work: Work, row: Row[Any], other: Row[Any], kind: str) -> Toast:
    """Put two entries on one chain; with a second person where that raises a count of warnings."""
    if raises_warnings(work, row, other):
        if row.track not in work.actor.offices():
            raise NeedsOffice(number=row.number, other=other.number)
        return seconds.propose(
            work, ACT, track=row.track, entry_id=row.id, data={"other": other.id, "kind": kind}
        )
    _link(work, row, other, kind)
    return Toast("chain.linked_toast", {"other": other.number, "kind": kind})


@seconds.carries(ACT)
def _agreed(work: Work, request: Row[Any], _: str) -> None:
    row, other = _both(work, request.entry_id, request.data["other"])
    _link(work, row, other, request.data["kind"])


def _link(work: Work, row: Row[Any], other: Row[Any], kind: str) -> None:
    """Link two entries; with one that is hidden yet 暗访 the other learns nothing before its hand-over."""
    _write(work, row, other, kind)
    body = life.body_for(work, row, Action.LINK)
    pairs = [(row, other), (other, row)]
    hidden = [one for one in (row, other) if book.facts_of(one).hidden]
    if hidden:
        pairs = [pair for pair in pairs if pair[0] in hidden]
    else:
        join(work, row.id, other.id)
    for one, partner in pairs:
        events.record(work, "linked", entry_id=one.id, body=body, data={"other": partner.id, "kind": kind})
        refresh_cards(work, one.id)


def raises_warnings(work: Work, row: Row[Any], other: Row[Any]) -> bool:
    """Whether the joint chain has more warnings 警示 than either has: red line (f)."""
    return (row.warnings > 0 or other.warnings > 0) and counting.joint(work, row, other)


def _write(work: Work, row: Row[Any], other: Row[Any], kind: str) -> None:
    work.insert(
        links, entry_id=row.id, other_id=other.id, kind=kind, member_id=work.actor.member_id, at=work.now
    )


# --- chains -----------------------------------------------------------------------------------------------


def members(work: Work, row: Row[Any]) -> list[Row[Any]]:
    """Every entry of an entry's chain, whoever may see it, oldest first; alone where there is none."""
    if row.chain_id is None:
        return [row]
    return list(
        work.connection.execute(
            select(entries).where(entries.c.chain_id == row.chain_id).order_by(entries.c.id)
        ).all()
    )


def linked(work: Work, row: Row[Any]) -> list[Row[Any]]:
    """What hangs together with an entry by links, as far as the actor sees every step of it; oldest first.

    What is linked with it only through an entry that does not exist for the actor is not among them.
    """
    if row.chain_id is None and not book.facts_of(row).hidden:
        return []
    found: dict[int, Row[Any]] = {row.id: row}
    edge = {row.id}
    while edge and len(found) < MOST_LINKED:
        steps = work.connection.execute(
            select(links.c.entry_id, links.c.other_id).where(
                or_(links.c.entry_id.in_(edge), links.c.other_id.in_(edge)),
                links.c.kind.in_((SAME, AGAIN)),
                links.c.undone_at.is_(None),
            )
        ).all()
        beyond = {one for step in steps for one in step} - found.keys()
        rows = work.connection.execute(select(entries).where(entries.c.id.in_(beyond))).all()
        fresh = {one.id: one for one in rows if one.state != State.VOID and life.having_of(work, one)}
        found |= fresh
        edge = set(fresh)
    del found[row.id]
    return sorted(found.values(), key=lambda one: one.id)


def _together(work: Work, row: Row[Any], other: Row[Any]) -> bool:
    """Whether two entries are of one chain, as far as the actor may know."""
    return other.id in {one.id for one in linked(work, row)} or row.id in {
        one.id for one in linked(work, other)
    }


def join(work: Work, one: int, other: int) -> None:
    """Let two entries, with all that is linked to them, be one chain; its id is its oldest entry's."""
    rows = [book.get(work, entry_id) for entry_id in (one, other)]
    together = {member.id for row in rows if row is not None for member in members(work, row)}
    _put(work, together)


def _put(work: Work, together: Iterable[int]) -> None:
    ids = sorted(together)
    chain = ids[0] if len(ids) > 1 else None
    # no move and no edit: the version stays, so that buttons in people's chats stay good
    work.connection.execute(update(entries).where(entries.c.id.in_(ids)).values(chain_id=chain))
    rows = [book.get(work, entry_id) for entry_id in ids]
    if any(one is not None and one.warnings for one in rows):
        counting.recount(work, ids)


def standing_links(work: Work, ids: Iterable[int]) -> list[Row[Any]]:
    """Links in force among entries, oldest first."""
    wanted = list(ids)
    return list(
        work.connection.execute(
            select(links)
            .where(
                and_(links.c.entry_id.in_(wanted), links.c.other_id.in_(wanted)),
                links.c.kind.in_((SAME, AGAIN)),
                links.c.undone_at.is_(None),
            )
            .order_by(links.c.id)
        ).all()
    )


def ask_undo(work: Work, entry_id: int, chat_id: int, reply_to: int | None) -> None:
    """「解除关联」: the reason is asked for."""
    row = life.load(work, entry_id, Action.LINK)
    if not linked(work, row):
        raise NotPossible(state=row.state)
    questions.ask(
        work,
        chat_id,
        "unlink",
        "chain.why_undo",
        {"number": row.number},
        subject={"entry": row.id},
        buttons=lambda question_id: ((Button("cancel", "noanswer", question_id),),),
        reply_to=reply_to,
        entry_id=row.id,
    )


@questions.answers("unlink")
def _undo_said(work: Work, question: Row[Any], incoming: Incoming) -> None:
    row = life.load(work, question.subject["entry"], Action.LINK)
    undo(work, row, incoming.text.strip()[:500])
    say(
        work, incoming.chat_id, "chain.undone", {"number": row.number},
        reply_to=incoming.message_id, entry_id=row.id,
    )  # fmt: skip


def undo(work: Work, row: Row[Any], reason: str) -> None:
    """Take an entry off its chain: its links are undone with the reason, the counts made anew.

    What hung together through it falls apart into what is still linked.
    """
    group = [one.id for one in members(work, row)]
    body = life.body_for(work, row, Action.LINK)
    work.connection.execute(
        update(links)
        .where(
            or_(links.c.entry_id == row.id, links.c.other_id == row.id),
            links.c.kind.in_((SAME, AGAIN)),
            links.c.undone_at.is_(None),
        )
        .values(undone_by=work.actor.member_id, undone_at=work.now, reason=reason)
    )
    for part in _parts(group, standing_links(work, group)):
        _put(work, part)
    events.record(work, "unlinked", entry_id=row.id, body=body, data={"words": reason})
    for entry_id in group:
        refresh_cards(work, entry_id)


def _parts(ids: Iterable[int], standing: Iterable[Row[Any]]) -> list[set[int]]:
    """What hangs together by the links."""
    parts = [{one} for one in ids]
    for one in standing:
        touched = [part for part in parts if part & {one.entry_id, one.other_id}]
        parts = [part for part in parts if part not in touched] + [set().union(*touched)]
    return parts


# --- by number --------------------------------------------------------------------------------------------


def ask_number(work: Work, entry_id: int, chat_id: int, reply_to: int | None) -> None:
    """「关联」: which entry it belongs with."""
    row = life.load(work, entry_id, Action.LINK)
    questions.ask(
        work,
        chat_id,
        "link_to",
        "chain.which",
        {"number": row.number},
        subject={"entry": row.id},
        buttons=lambda question_id: ((Button("cancel", "noanswer", question_id),),),
        reply_to=reply_to,
        entry_id=row.id,
    )


@questions.answers("link_to")
def _number_said(work: Work, question: Row[Any], incoming: Incoming) -> None:
    """A number: linked as 反弹 where the older one was closed before the younger was found, else as one."""
    other = lookup.by_words(work, incoming.text)
    row, other = _both(work, question.subject["entry"], other.id)
    younger, older = (row, other) if row.id > other.id else (other, row)
    kind = AGAIN if older.closed_at is not None and older.closed_at <= younger.found_at else SAME
    toast = link(work, row, other, kind)
    say(
        work, incoming.chat_id, toast.text, toast.values,
        reply_to=incoming.message_id, entry_id=row.id,
    )  # fmt: skip
