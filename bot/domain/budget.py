"""What a contact hears with a sound: two messages a day unasked, and what comes on top (SPEC §2 «Budget»)."""

from __future__ import annotations

from collections.abc import Iterable

ON_TOP = frozenset(("onsite", "warning", "returned", "weekly", "review", "answer", "urged", "announced"))
"""What comes to a contact with sound beyond the budget (SPEC §2 «Budget»)."""

BUDGET = frozenset(("first_card", "digest"))
"""What a contact hears unasked and with sound, each once a day: two messages."""


def sounds(kind: str, used: Iterable[str], *, quiet: bool, urgent: bool = False) -> bool:
    """Whether a message of a kind to a contact comes with sound, given what has sounded that day."""
    if quiet and not urgent:
        return False
    if kind in ON_TOP:
        return True
    return kind in BUDGET and kind not in set(used)
