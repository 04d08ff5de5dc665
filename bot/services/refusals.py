"""Expected refusals: named exceptions that one handler turns into sentences.

The text of a refusal is `refusals.<snake_case_of_the_class>` in the catalogue; its values are what
the exception was given.

Refusal
├── NotYours            the actor may not do that
├── NoSuchEntry         the entry does not exist (or not for this reader: the same words)
├── TooLate             the window for it is over (withdrawing, undoing)
├── AlreadyMoved        somebody else was first, or the button is of yesterday
├── CardChanged         nobody moved it, but the card has more to show than when the button was made
├── NotPossible         the state does not allow it
├── NotUnderstood       the message could not be used; says what to do
├── SecretMaterial      marked 绝密/机密/秘密/内部资料: not stored
├── CovertInGroup       a covert caption in a group chat
├── AnonymousAdmin      sent as the group itself
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


class NoSuchEntry(Refusal):
    """The entry does not exist, or not for this reader: the same words for both."""


class TooLate(Refusal):
    """The window for it is over."""


class AlreadyMoved(Refusal):
    """Another press was first: values `state`, `body`, `at`."""


class CardChanged(Refusal):
    """A photo or a word came since the button was made: look again, press again."""


class NotPossible(Refusal):
    """The entry's state does not allow it: value `state`."""


class NotUnderstood(Refusal):
    """The message could not be used."""


class SecretMaterial(Refusal):
    """Marked as secret: nothing of it is stored; value `word`."""


class CovertInGroup(Refusal):
    """A covert caption in a group chat: it is to be sent in private."""

    in_group = True


class AnonymousAdmin(Refusal):
    """Sent as the group itself: nobody knows whose report it would be."""

    in_group = True


class BadInvitation(Refusal):
    """Unknown, used up, revoked or expired."""


class NeedsPhoto(Refusal):
    """There is no readable photo to go with it."""
