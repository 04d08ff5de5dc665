"""What people sent while nobody listened is heard first: then it is known who need not be reminded."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Final

PATIENCE: Final = 60.0
"""So long after a start, or after the line is back, reminders wait for it at the most, in seconds."""


class Backlog:
    """Whether reminders still wait. `heard` tells whether what waited at Telegram has been dealt with."""

    def __init__(self, heard: Callable[[], bool], *, clock: Callable[[], float] = monotonic) -> None:
        self._heard = heard
        self._clock = clock
        self._since = clock()

    def line_is_back(self) -> None:
        """The line was down: people may have written meanwhile."""
        self._since = self._clock()

    @property
    def open(self) -> bool:
        """Whether something may wait that nobody has heard; while the line is down, too."""
        return not self._heard()

    @property
    def holds(self) -> bool:
        """Whether reminders wait for it now."""
        return self._clock() - self._since < PATIENCE and self.open
