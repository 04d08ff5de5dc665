"""What the county reads of an entry, for whoever looks at it before the county does."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from bot.ledger.desk import Work
from bot.services.outgoing import Shown
from bot.services.views.sheets import before_picture
from bot.services.views.values import entry_values, last_body, sender_of, what_county_reads


def county_shown(work: Work, entry: Row[Any]) -> Shown:
    """The words and the picture of the county's card, without its buttons."""
    values = entry_values(work, entry)
    values.update(
        problem=what_county_reads(entry),
        sender=sender_of(work, entry),
        body=last_body(work, entry),
        passed_to=entry.passed_to,
        request=[],
    )
    return Shown("county.card", values, (), before_picture(work, entry))
