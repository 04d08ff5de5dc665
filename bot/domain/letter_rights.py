"""Who may see and do what with a warning letter 督办警示: the one table for it (SPEC §1, §2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.permissions import Actor, Role


class LetterStanding(StrEnum):
    """How an actor stands to one warning letter 督办警示."""

    DRAFTER = "drafter"
    GROUP = "group"  # a member of the group in whose name it is
    LEADER = "leader"
    OFFICE = "office"  # of the track
    OVERSIGHT = "oversight"
    CITY_LEADER = "city_leader"
    CONTACT = "contact"


class LetterAct(StrEnum):
    """What can be done with a warning letter (SPEC §2 «Warning letters»)."""

    SEE = "see"
    EDIT = "edit"  # while it is a draft, or waits
    APPROVE = "approve"  # 同意签发, 退改; by whom of the two is a setting
    REVOKE = "revoke"  # 撤销警示, with a second person
    SIGN = "sign"  # 签收
    ANSWER = "answer"


_L = LetterStanding

MAY_LETTER: Mapping[LetterAct, frozenset[LetterStanding]] = {
    LetterAct.SEE: frozenset(LetterStanding),
    LetterAct.EDIT: frozenset({_L.DRAFTER}),
    LetterAct.APPROVE: frozenset({_L.OFFICE, _L.LEADER}),
    LetterAct.REVOKE: frozenset({_L.OFFICE}),
    LetterAct.SIGN: frozenset({_L.CONTACT}),
    LetterAct.ANSWER: frozenset({_L.CONTACT}),
}
"""Act → standings that may do it; what the letter's state allows is the verb's matter."""


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """What the rules of sight need to know of a letter."""

    state: str
    track: str
    group: str | None
    region: str
    drafter_id: int
    drafted_for: str
    """The body for which it was drafted: `group:county/1`, `office:county`."""


def letter_standings(actor: Actor, letter: LetterFacts) -> frozenset[LetterStanding]:
    """Every standing the actor has towards a letter; empty = it does not exist for the actor.

    A draft is its drafter's alone; the county, 敢转争 and city leaders know a letter from its issue on.
    Who answers for the region reads what the county reads.
    """
    issued = letter.state in ("issued", "revoked")
    found: set[LetterStanding] = set()
    if actor.answers_for(letter.region):
        county = issued and letter.region in actor.regions()
        return frozenset({_L.CONTACT}) if county else frozenset()
    if actor.member_id == letter.drafter_id and letter.drafted_for in {one.body for one in actor.grants}:
        found.add(_L.DRAFTER)
    if letter.state == "draft":
        return frozenset(found)
    if letter.group is not None and letter.group in actor.groups():
        found.add(_L.GROUP)
        if actor.leads(letter.group):
            found.add(_L.LEADER)
    if letter.track in actor.offices():
        found.add(_L.OFFICE)
    if issued and actor.has(Role.OVERSIGHT):
        found.add(_L.OVERSIGHT)
    if issued and actor.has(Role.CITY_LEADER):
        found.add(_L.CITY_LEADER)
    return frozenset(found)


def may_letter(act: LetterAct, having: frozenset[LetterStanding]) -> bool:
    """Whether any of these standings may do that with a letter."""
    return bool(MAY_LETTER[act] & having)
