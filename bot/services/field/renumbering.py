"""Identity or mode of an entry changes before hand-over: a new number, the old one spent (SPEC §2)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select

from bot.domain.entries import Mode, Source, State, settle_until
from bot.domain.permissions import Action
from bot.ledger import people
from bot.ledger.desk import Work
from bot.ledger.tables import entries
from bot.services import life
from bot.services.field import filing, identity
from bot.services.field.identity import Identity
from bot.services.outgoing import open_panel, take_back
from bot.services.refusals import NotPossible, NotYours

BEFORE = (State.DRAFT.value, State.FILED.value)
"""States in which identity and mode may still change."""


def choose(work: Work, entry_id: int, key: str) -> None:
    """The day's answer to «as whom», given on a receipt.

    It stands for that entry, for what was held open, and for the rest of the day.
    A press on yesterday's buttons is no harm: what counts is where the entry stands now.

    Raises:
        NotYours: not the filer, or a group of somebody else's.
        NotPossible: the entry was handed over.
    """
    row = life.load(work, entry_id, Action.EDIT)
    if row.filer_id != work.actor.member_id:
        raise NotYours
    _still_before(row)
    identity.choose(work, key)
    become(work, row, as_worded(work, row, key))
    _free(work, key)


def choose_today(work: Work, key: str) -> None:
    """The day's answer, given without an entry; raises NotYours for a group of somebody else's."""
    identity.choose(work, key)
    _free(work, key)


def _free(work: Work, key: str) -> None:
    for held in _held(work):
        become(work, held, as_worded(work, held, key))


def ask(work: Work, entry_id: int, chat_id: int, message_id: int, open_: bool) -> None:
    """「切换」: the receipt shows the filer's identities as buttons; 「返回」 closes them."""
    row = life.load(work, entry_id, Action.EDIT)
    _still_before(row)
    open_panel(work, chat_id, message_id, "identity" if open_ else None)


def set_mode(work: Work, entry_id: int, version: int, mode: Mode) -> None:
    """「改为暗访」「改为明察」 on a receipt; 暗访组's stay covert.

    Raises:
        NotPossible: the entry was handed over, or it is 暗访组's.
    """
    row = life.load(work, entry_id, Action.EDIT)
    life.fresh_press(work, row, version)
    _still_before(row)
    if row.group_key is not None and work.world.campaign.group(row.group_key).covert:
        raise NotPossible(state=row.state)
    become(work, row, _with_mode(filing.identity_stored(work, row), mode))


def turn_covert(work: Work, row: Row[Any]) -> Row[Any]:
    """An entry turned out to be covert before hand-over: a new number, its open messages taken back."""
    return become(work, row, _with_mode(filing.identity_stored(work, row), Mode.COVERT))


def as_worded(work: Work, row: Row[Any], key: str) -> Identity:
    """The identity of a group for an entry whose own words may say 暗访."""
    found = identity.as_group(work, key)
    says = bool(row.description) and work.world.reader.words.is_covert(row.description)
    return _with_mode(found, Mode.COVERT) if says else found


def _with_mode(one: Identity, mode: Mode) -> Identity:
    held = mode is Mode.COVERT or (one.group is None and one.source is not Source.GANZHUANZHENG)
    return Identity(one.group, one.track, one.source, mode, held=held)


def become(work: Work, row: Row[Any], new: Identity) -> Row[Any]:
    """Give an entry another identity; with a number, it gets a new one and the old one is spent."""
    group_same = row.group_key == new.group and row.mode == new.mode
    if group_same and not row.identity_open:
        return row
    values: dict[str, Any] = {
        "group_key": new.group,
        "source": new.source.value,
        "mode": new.mode.value,
        "identity_open": False,
        "touched_at": work.now,
    }
    if row.number is not None:
        values["nag_at"] = None
    else:
        values["track"] = new.track if row.region is None else row.track
    if row.mode == Mode.COVERT and new.mode is Mode.OPEN:
        values["public_text"] = None  # the words of a preview that was not confirmed
    turned_covert = new.mode is Mode.COVERT and row.mode == Mode.OPEN
    if turned_covert:
        # its message stood open to copying, or before a whole group: it is taken back
        take_back(work, row.id, "receipt", "line")
        filer = people.member(work, row.filer_id)
        if filer is not None and filer.telegram_id is not None:
            values["chat_id"] = filer.telegram_id
    body = filing.body_of(new)
    if row.number is None or group_same:
        fresh = life.amend(work, row, "identity", body=body, data={"group": new.group}, **values)
    else:
        fresh = _renumber(work, row, new, body, values)
    filing.show_receipt(work, fresh)
    return fresh


def _renumber(work: Work, row: Row[Any], new: Identity, body: str, values: dict[str, Any]) -> Row[Any]:
    number = filing.number_for(work, new.group, new.mode, row.found_at)
    settle = None if new.held else settle_until(work.now, work.now, work.world.rules)
    return life.amend(
        work,
        row,
        "renumbered",
        body=body,
        data={"old": row.number, "new": number, "group": new.group, "mode": new.mode.value},
        number=number,
        settle_at=settle,
        checker=None if new.mode is Mode.COVERT else new.group,
        **values,
    )


def _held(work: Work) -> list[Row[Any]]:
    """The actor's entries that wait for the day's answer."""
    return list(
        work.connection.execute(
            select(entries)
            .where(
                entries.c.filer_id == work.actor.member_id,
                entries.c.identity_open.is_(True),
                entries.c.state.in_(BEFORE),
                entries.c.handed_over_at.is_(None),
            )
            .order_by(entries.c.id)
        ).all()
    )


def _still_before(row: Row[Any]) -> None:
    if row.state not in BEFORE or row.handed_over_at is not None:
        raise NotPossible(state=row.state)
