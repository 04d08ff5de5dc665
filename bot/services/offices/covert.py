"""暗访: the switch, who is told of a covert entry, and who checks it after hand-over (SPEC §2)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, func, literal, select, update

from bot.domain.entries import Mode, State
from bot.domain.permissions import Action
from bot.ledger import entries as book
from bot.ledger import people
from bot.ledger.desk import Work
from bot.ledger.people import Reached
from bot.ledger.prepared import Prepared
from bot.ledger.tables import cards, entries, members
from bot.services import faces, life, telling
from bot.services.answering import Toast
from bot.services.checking import checkers
from bot.services.field import renumbering
from bot.services.outgoing import Button, Rows, Shown, gone, new_card, open_panel, say, show_card
from bot.services.refusals import CovertInGroup, NotPossible, NotYours
from bot.services.views.sheets import before_picture
from bot.services.views.values import entry_values, identity_title, last_body, problem_for

HIDDEN = literal(Mode.COVERT.value, literal_execute=True)
"""Written into the statement itself: so the index of hidden entries can be used."""

CARD = "covert"
"""The kind of card by which those learn of a covert entry who may hand it over."""


def switch(work: Work, chat_id: int, private: bool, on: bool) -> None:
    """「暗访」「明访」: everything the member files from now on is covert, until switched back.

    Raises:
        CovertInGroup: said in a group chat.
        NotYours: the actor belongs to no inspection group.
    """
    if not private:
        raise CovertInGroup
    if not work.actor.groups():
        raise NotYours
    work.connection.execute(
        update(members).where(members.c.id == work.actor.member_id).values(covert_switch=on)
    )
    back = Button("switch_open" if on else "switch_covert", "covertmode", 0, 0, "0" if on else "1")
    say(work, chat_id, "covert.switched", {"on": on}, buttons=((back,),), protect=on)


def ask_identity(work: Work, chat_id: int, private: bool) -> None:
    """「切换」: as whom the member files today, before anything is filed.

    Raises:
        CovertInGroup: asked in a group chat, where the identity is that group's.
        NotYours: there is nothing to choose from.
    """
    if not private:
        raise CovertInGroup
    mine = work.actor.groups()
    if len(mine) < 2:
        raise NotYours
    title = work.world.campaign.group_title
    buttons = tuple((Button("", "as", 0, 0, key, text=title(key)),) for key in mine)
    say(work, chat_id, "covert.which_identity", buttons=buttons, protect=True)


def choose_identity(work: Work, key: str) -> Toast:
    """The day's answer; what was held for it is filed under it. Raises NotYours."""
    renumbering.choose_today(work, key)
    return Toast("covert.identity_chosen", {"title": work.world.campaign.group_title(key)})


_any_hidden = Prepared(
    select(entries.c.id)
    .where(
        entries.c.mode == "covert",
        entries.c.state == "filed",
        entries.c.kind == "issue",
        entries.c.handed_over_at.is_(None),
    )
    .limit(1)
)


def waiting_due(work: Work) -> int:
    """Tell those of covert entries who may hand them over; gives how many were told.

    At once and silently the filing group's leaders; the office of the track where there is no
    leader, or none has acted for 24 h (SPEC §1 «what needs a leader»). While the filer has not said
    as whom it was filed, the filer is reminded once, and the others hear after that day only.
    """
    if _any_hidden.first(work) is None:
        return 0
    told = 0
    rows = work.connection.execute(
        select(entries).where(
            entries.c.mode == HIDDEN,
            entries.c.state == State.FILED.value,
            entries.c.kind == "issue",
            entries.c.handed_over_at.is_(None),
        )
    ).all()
    for row in rows:
        if row.identity_open and row.nag_at is not None and row.nag_at <= work.now:
            told += _nag(work, row)
        for person in _to_tell(work, row):
            told += _tell(work, row, person)
    return told


def _nag(work: Work, row: Row[Any]) -> int:
    """After 15 min, once: the filer has not said as whom; the receipt comes anew with the question."""
    work.connection.execute(update(entries).where(entries.c.id == row.id).values(nag_at=None))
    chat_id = telling.filer(work, row)
    if chat_id is None:
        return 0
    new_card(work, chat_id, "receipt", subject=f"entry:{row.id}", entry_id=row.id, member_id=row.filer_id)
    return 1


def _to_tell(work: Work, row: Row[Any]) -> list[Reached]:
    group = people.group_of(work, row.group_key) if row.group_key is not None else ()
    leaders = [
        one
        for one in group
        if one.leader
        and one.reachable
        and not people.actor_by_id(work, one.member_id).answers_for(row.region)
    ]
    waited = work.now >= row.created_at + work.world.rules.escalate_after
    if row.identity_open and not waited:
        return []  # whose it is has not been said
    if leaders and not waited:
        return leaders
    return leaders + [one for one in people.office_of(work, row.track) if one.reachable]


def _tell(work: Work, row: Row[Any], person: Reached) -> int:
    subject = f"covert:{row.id}"
    if person.member_id == row.filer_id:
        return 0  # the receipt has the same buttons
    known = work.connection.execute(
        select(func.count()).where(
            cards.c.chat_id == person.chat_id, cards.c.kind == CARD, cards.c.subject == subject
        )
    ).scalar_one()
    if known:
        return 0
    show_card(work, person.chat_id, CARD, subject=subject, entry_id=row.id, member_id=person.member_id)
    return 1


@faces.shows(CARD)
def card(work: Work, card_row: Row[Any]) -> Shown | None:
    """A covert entry that waits, for whoever may hand it over."""
    row = book.get(work, card_row.entry_id) if card_row.entry_id is not None else None
    having = life.having_of(work, row) if row is not None else frozenset()
    if row is None or not having:
        return gone(card_row, "covert.gone", {})
    values = entry_values(work, row, having)
    values.update(
        description=problem_for(row, having),
        identity=identity_title(work, row),
        mode=row.mode,
        waiting=book.facts_of(row).hidden and row.state == State.FILED,
        body=last_body(work, row),
    )
    buttons: Rows = ()
    if values["waiting"]:
        buttons = ((Button("hand_over", "preview", row.id, row.version),),)
    return Shown("covert.card", values, buttons, before_picture(work, row), silent=True, protect=True)


# --- who checks it --------------------------------------------------------------------------------


def may_pass_on(row: Row[Any]) -> bool:
    """Whether the check of an entry can be handed to the region's group: it was handed over, is not done."""
    office_checks = row.group_key is None or row.mode == Mode.COVERT
    done = (State.CLOSED, State.VOID, State.DRAFT, State.FILED)
    return office_checks and row.assigned_at is not None and State(row.state) not in done


def groups_to_check(work: Work, row: Row[Any]) -> list[str]:
    """The open groups that look after the entry's region."""
    return [group.key for group in work.world.campaign.groups_for(row.region)]


def pass_check(work: Work, entry_id: int, version: int, group: str, chat_id: int, message_id: int) -> None:
    """「转区域组核查」: the check of an office's entry goes to the region's group, or back (`-`).

    Without a group: the only one there is, or the card shows the choice.

    Raises:
        NotYours: not the office of the track, or not a group of that region.
        NotPossible: it was not handed over yet, or it is done.
    """
    row = life.load(work, entry_id, Action.PASS_CHECK)
    life.fresh_press(work, row, version)
    if not may_pass_on(row):
        raise NotPossible(state=row.state)
    if not group:
        choices = groups_to_check(work, row)
        if len(choices) != 1:
            open_panel(work, chat_id, message_id, "passcheck")
            return
        group = choices[0]
    if group != "-" and group not in groups_to_check(work, row):
        raise NotYours
    checker = None if group == "-" else group
    if checker == row.checker:
        return
    fresh = life.amend(
        work, row, "check_passed", body=f"office:{row.track}", data={"checker": checker}, checker=checker
    )
    if fresh.state == State.SUBMITTED:
        checkers.tell(work, fresh)
