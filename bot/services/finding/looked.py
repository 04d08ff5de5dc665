"""What a search looks for, from one page to the next."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from bot.domain.finding import Term, terms
from bot.ledger.desk import Work
from bot.services.finding import pages, search
from bot.services.finding.asked import Asked


def page_of(work: Work, asked: Asked, card_row: Row[Any]) -> pages.Page:
    """The page of a list or of a search that a card shows."""
    looked_for = Looked.of(card_row) if asked.which == "find" else None
    return looked_for.page(work, asked) if looked_for else pages.fetch(work, asked)


class Looked:
    """What a search looks for, as its card keeps it: what was typed, and what it was understood as."""

    def __init__(self, typed: str, used: str, *, loose: bool, left: list[str]) -> None:
        self.typed = typed
        self.used = used
        self.loose = loose
        self.left = left

    @classmethod
    def of(cls, card_row: Row[Any]) -> Looked | None:
        """What a card keeps; None where it keeps nothing."""
        kept = card_row.chosen
        if not kept or "used" not in kept:
            return None
        return cls(kept["typed"], kept["used"], loose=kept["loose"], left=kept["left"])

    def values(self) -> dict[str, Any]:
        """What the card keeps, and what its text tells."""
        return {"typed": self.typed, "used": self.used, "loose": self.loose, "left": self.left}

    @property
    def _terms(self) -> tuple[Term, ...]:
        return terms(self.used)

    def page(self, work: Work, asked: Asked) -> pages.Page:
        """A page of what is found."""
        return search.fetch(work, asked, self._terms, loose=self.loose)

    def count(self, work: Work, asked: Asked, page: pages.Page) -> int:
        """How many there are, as far as they are counted."""
        if page.on is None:
            return page.first + len(page.rows) - 1
        return search.count(work, asked, self._terms, loose=self.loose)
