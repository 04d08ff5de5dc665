"""`/find`, 「查找」: what somebody types, understood, and its slips forgiven (SPEC §6)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from bot.domain import finding
from bot.domain.permissions import Role
from bot.ledger import words
from bot.ledger.desk import Work
from bot.services import questions
from bot.services.finding import filters, search
from bot.services.finding.asked import Asked
from bot.services.finding.looked import Looked
from bot.services.incoming import Incoming
from bot.services.looking import lists, lookup, reader
from bot.services.outgoing import Button
from bot.services.refusals import CannotFind, NotYours

KIND = "find"


def find(work: Work, text: str, private: int) -> None:
    """What the words are found in, as a list in private; a number opens its entry; no words are asked for.

    Raises:
        NotYours: the actor sees no entries at all.
        NoSuchEntry: no entry has that number, or none for this reader: the same words.
        CannotFind: there is nothing in it that could be found.
    """
    if all(grant.role is Role.ADMIN for grant in work.actor.grants):
        raise NotYours
    typed = " ".join(text.split())
    if not typed:
        questions.ask(
            work, private, KIND, "lists.find_what",
            buttons=lambda question_id: ((Button("cancel", "noanswer", question_id),),),
        )  # fmt: skip
        return
    if lookup.number_in(typed) is not None:
        reader.by_number(work, typed, private)
        return
    looked_for = understood(work, typed)
    lists.show(work, "find", private, found=looked_for.values())


@questions.answers(KIND)
def _said(work: Work, _question: Row[Any], incoming: Incoming) -> None:
    find(work, incoming.text, incoming.sender_id)


def understood(work: Work, typed: str) -> Looked:
    """What to look for: the words as typed; where nothing has them, without their slips; then what is near.

    Raises:
        CannotFind: there is nothing in it that could be found.
    """
    if not words.kept(work):
        raise CannotFind(why="database", most=0)
    try:
        finding.terms(typed)
    except finding.TooMuch:
        raise CannotFind(why="long", most=finding.LONGEST) from None
    except finding.OneCharacter:
        raise CannotFind(why="short", most=0) from None
    except finding.OnlySigns:
        raise CannotFind(why="signs", most=0) from None
    left = list(finding.left_out(typed))
    ways = [(typed, False)]
    captions = work.world.reader
    scope = filters.scope_of(work.actor, work.world.campaign)
    for right in finding.mended(typed, captions.gazetteer, scope, captions.similarity):
        ways.append((right, False))
    ways += [(used, True) for used, _ in ways[:2]]
    for used, loose in ways:
        if _anything(work, used, loose=loose):
            return Looked(typed, used, loose=loose, left=left)
    return Looked(typed, typed, loose=False, left=left)


def _anything(work: Work, used: str, *, loose: bool) -> bool:
    try:
        found = finding.terms(used)
    except finding.NothingToFind:  # cut apart, nothing of it is left that tells anything
        return False
    return bool(search.fetch(work, Asked("find"), found, loose=loose).rows)
