"""Expected refusals: named exceptions that one handler turns into sentences.

The text of a refusal is `refusals.<snake_case_of_the_class>` in the catalogue; its values are what
the exception was given.

Refusal
├── NotYours            the actor may not do that
├── NoSuchEntry         the entry does not exist (or not for this reader: the same words)
├── TooLate             the window for it is over (withdrawing, undoing)
├── AlreadyMoved        somebody else was first, or the button is of yesterday
├── CardChanged         nobody moved it, but the card has more to show than when the button was made
├── AlreadyProposed     something about the entry waits for a second person
├── AlreadyDecided      another of the office was first with a proposal
├── AlreadyUrged        an entry was urged on this working day
├── NobodyReached       no contact of a region can be reached
├── AlreadyLinked       two entries are of one chain already
├── NeedsOffice         an office decides it, with a second person
├── AlreadyAsked        a request of that kind waits for its decision
├── NotPossible         the state does not allow it
├── NoMoreTime          the date asked for is no later than what stands, or has gone by
├── NeedsPreview        the county may be told only after a preview, and not by this actor
├── CannotFind          what was typed cannot be looked for: too short, too long, no letter in it
├── NotUnderstood       the message could not be used; says what to do
├── SecretMaterial      marked 绝密/机密/秘密/内部资料: not stored
├── CovertInGroup       a covert caption in a group chat
├── GroupOnly           not a member of this chat's group
├── ContactInGroup      a county's proof in a group chat
├── AnonymousAdmin      sent as the group itself
├── RoleEnded           whom the button is about is no member (in that role) any more
├── LastAdmin           nobody would be left who can invite
├── RosterFaults        cells of a roster 花名册 that cannot be read
├── RegisterFaults      cells of a register 备案 that cannot be read
├── RegisterFile        a register of another region, or of none that can be told
├── ReportFile          a file that cannot be a 周报: what is wrong, and the remedy
├── WhichRegion         a report of somebody who reports for several regions
├── BadScores           lines of scores that cannot be taken, each named
├── ScoreNotNow         marks, drafts, rankings, measures: what is in the way
├── BulletinNotNow      a bulletin 通报: what is in the way
├── BulletinFile        a paper sent back that cannot be used, and the remedy
├── MeetingNotNow       a 推进会: what is in the way
├── KitNotNow           a 专题片素材包: what is in the way
├── ExportNotNow        an export 导出: what is in the way
├── NoSuchLetter        a warning letter that does not exist, or not for this reader
├── LetterNotNow        a warning letter 督办警示: what is in the way
├── NoGroupPhone        no letter can be issued in a group's name without its telephone
├── UnknownRegion       no region has that name
├── NotBound            nothing to bind there, or not by this member
├── PublicChannel       a channel with a public name: a red line
├── NoFile              Telegram does not hand the file out
├── OutsideCity         a position outside the city: not used
├── BadInvitation       unknown, used up, revoked or expired
└── NeedsPhoto          a proof or a report without a readable photo
"""

from __future__ import annotations

import re
from typing import Any


class Refusal(Exception):
    """Base of all expected refusals."""

    in_group = False
    """Whether its sentence may stand in a group chat."""

    def __init__(self, **values: Any) -> None:
        super().__init__(", ".join(f"{key}={value}" for key, value in values.items()))
        self.values = values

    @property
    def key(self) -> str:
        """Its text in the catalogue."""
        return "refusals." + re.sub(r"(?<!^)(?=[A-Z])", "_", type(self).__name__).lower()


class NotYours(Refusal):
    """The actor may not do that."""


class AlreadyUrged(Refusal):
    """An entry was urged on this working day."""


class NobodyReached(Refusal):
    """No contact of a region can be reached."""


class AlreadyLinked(Refusal):
    """Two entries are of one chain already."""


class NeedsOffice(Refusal):
    """It would raise a count of warnings: an office decides it, with a second person."""


class BadRule(Refusal):
    """A number typed for a rule of the 口径 is none, or out of its range."""


class NoSuchEntry(Refusal):
    """The entry does not exist, or not for this reader: the same words for both."""


class TooLate(Refusal):
    """The window for it is over."""


class AlreadyMoved(Refusal):
    """Another press was first: values `state`, `body`, `at`."""


class CardChanged(Refusal):
    """A photo or a word came since the button was made: look again, press again."""


class AlreadyProposed(Refusal):
    """Something about the entry waits for a second person 送审 already."""


class AlreadyDecided(Refusal):
    """A proposal has been decided: values `state`, `name`, `at`."""


class AlreadyAsked(Refusal):
    """A request of that kind waits for its decision: values `number`, `kind`."""


class NotPossible(Refusal):
    """The entry's state does not allow it: value `state`."""


class NeedsPreview(Refusal):
    """It goes to the county by a preview only, which others make: value `number`."""


class NoMoreTime(Refusal):
    """More time would be less, or is over: values `number`, `wanted`, `deadline`, `past`."""


class CannotFind(Refusal):
    """What was typed cannot be looked for: `why` is `short`, `long` (`most` signs), `signs`, `database`."""


class NotUnderstood(Refusal):
    """The message could not be used."""


class SecretMaterial(Refusal):
    """Marked as secret: nothing of it is stored; value `word`. `told`: the sender has heard it already."""


class CovertInGroup(Refusal):
    """A covert caption in a group chat: it is to be sent in private."""

    in_group = True


class GroupOnly(Refusal):
    """Only members of the chat's group may do that; said there."""

    in_group = True


class ContactInGroup(Refusal):
    """A county's proof in a group chat: it belongs into the contact's private chat."""

    in_group = True


class AnonymousAdmin(Refusal):
    """Sent as the group itself: nobody knows whose report it would be."""

    in_group = True


class BadInvitation(Refusal):
    """Unknown, used up, revoked or expired."""


class RoleEnded(Refusal):
    """Whom the button is about is no member any more, or not in that role."""


class LastAdmin(Refusal):
    """The last admin cannot leave: nobody would be left who can invite."""


class RosterFaults(Refusal):
    """A roster has cells that cannot be read: `faults` with `cell`, `value`, `why`; `more` beyond those."""


class RegisterFaults(Refusal):
    """A register has cells that cannot be read: `faults` with `cell`, `value`, `why`, `right`; `more`."""


class RegisterFile(Refusal):
    """A register of another region, of none that can be told, or an empty one: `why`, `region`."""


class ReportFile(Refusal):
    """A file that cannot be a 周报: value `why`; `wanted` and `week` where it is of another week."""


class WhichRegion(Refusal):
    """The sender reports for several regions, and the message does not say for which: `regions`."""


class BadScores(Refusal):
    """Lines of scores that are refused: `faults` with `row`, `region`, `value`, `why`, `right`; `more`."""


class ScoreNotNow(Refusal):
    """Something about scores that cannot be done now: value `why`, and the `window` it is about."""


class BulletinNotNow(Refusal):
    """A bulletin cannot be changed, sent on or published now; `why` says what is in the way."""


class BulletinFile(Refusal):
    """A paper sent back that cannot be used; `why` says what is wrong."""


class MeetingNotNow(Refusal):
    """Something about a meeting that cannot be done now: value `why`, and what it needs."""


class KitNotNow(Refusal):
    """Something about a kit that cannot be done now: value `why`, and what it needs."""


class ExportNotNow(Refusal):
    """An export that cannot be made now: value `why`, and what it needs."""


class NoSuchLetter(Refusal):
    """The warning letter does not exist, or not for this reader."""


class LetterNotNow(Refusal):
    """Something about a warning letter that cannot be done now: values `why`, `state`, and what it needs."""


class ReportNotNow(Refusal):
    """Something about the month's report 跟踪问效月报 that cannot be done: value `why`, and what it needs."""


class NoGroupPhone(Refusal):
    """A group without a telephone: no letter in its name; values `group`, `own` (its leader asks)."""


class UnknownRegion(Refusal):
    """No region has that name: `name`, and those that it `might` mean."""


class NotBound(Refusal):
    """There is nothing to bind here, or not by this member: value `why`."""


class PublicChannel(Refusal):
    """A channel with a public name is not bound (red line: bulletins go to a private channel)."""


class NoFile(Refusal):
    """Telegram does not hand the file out, or not now: value `why`."""


class OutsideCity(Refusal):
    """A position outside the city's bounds; it is not used."""


class NeedsPhoto(Refusal):
    """There is no readable photo to go with it."""
