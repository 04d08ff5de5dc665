"""What every handler is given: the desk, what was heard, and the way back to the presser."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Concatenate, ParamSpec

from bot.delivery.updates import Heard
from bot.delivery.wire import Wire
from bot.ledger.desk import Desk, Work
from bot.services.answering import Heading, Toast, settle
from bot.texts.buttons import Press
from bot.texts.catalogue import Catalogue

P = ParamSpec("P")


def _none(files: Iterable[str]) -> set[str]:
    return set()


@dataclass(frozen=True, slots=True)
class Hearing:
    """The surroundings of one handler call."""

    desk: Desk
    wire: Wire
    catalogue: Catalogue
    heard: Heard
    press: Press | None = None
    anybody: bool = False
    gaps: tuple[tuple[datetime, datetime], ...] = ()
    """Times that a restored ledger has forgotten."""
    missing: Callable[[Iterable[str]], set[str]] = _none
    """Which of these photo files the store does not have any more; blocking."""

    @property
    def of_a_gap(self) -> bool:
        """Whether the pressed message was sent in such a time: what its button names may be another's now."""
        sent = self.heard.pressed_sent
        return sent is not None and any(since <= sent <= until for since, until in self.gaps)

    @property
    def pressed(self) -> Press:
        """The press; only asked of presses."""
        assert self.press is not None
        return self.press

    def with_press(self, press: Press) -> Hearing:
        """The same surroundings for a press that was read."""
        return replace(self, press=press)

    def for_anybody(self) -> Hearing:
        """The same surroundings for what a stranger may ask for, too."""
        return replace(self, anybody=True)

    async def do(
        self, verb: Callable[Concatenate[Work, P], Toast | None], *args: P.args, **kwargs: P.kwargs
    ) -> Toast:
        """One service call in the update's own transaction; a refusal is answered there."""
        heard = self.heard
        heading = Heading(
            update_id=heard.update_id,
            sender_id=heard.sender_id,
            chat_id=heard.chat_id or heard.sender_id,
            private=heard.private,
            message=heard.message,
            press=heard.kind == "press",
            anybody=self.anybody,
            thread_id=heard.thread_id,
        )
        return await self.desk.do(lambda work: settle(work, heading, verb, *args, **kwargs))
