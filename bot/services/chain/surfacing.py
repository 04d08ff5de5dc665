"""A covert entry is handed over: its links come to light with it, but for those that two persons make."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Row, or_, select, update

from bot.ledger import entries as book
from bot.ledger import events, people
from bot.ledger.desk import Work
from bot.ledger.tables import links
from bot.services.chain import linking
from bot.services.outgoing import Button, refresh_cards, say

RAISES: Final = "warnings"
"""The reason of a link that was not carried over: it would have raised a count of warnings.

A key, never printed as it stands: the history has words for it.
"""


def surface(work: Work, row: Row[Any], body: str) -> None:
    """A covert entry was handed over: what its group had linked it with is its chain from now on.

    A link that would raise a count of warnings ends here: only an office and a second person make such
    a one (red line (f)), and they may do so by number; the office is told so. `body` hands over.
    """
    ended: list[Row[Any]] = []
    for one in linking.standing_links(work, _partners(work, row.id)):
        if row.id not in (one.entry_id, one.other_id):
            continue
        partner = book.get(work, one.other_id if one.entry_id == row.id else one.entry_id)
        if partner is not None and not book.facts_of(partner).hidden:
            now = book.get(work, row.id)
            if now is not None and linking.raises_warnings(work, now, partner):
                work.connection.execute(
                    update(links)
                    .where(links.c.id == one.id)
                    .values(undone_by=work.actor.member_id, undone_at=work.now, reason=RAISES)
                )
                ended.append(partner)
                continue
            linking.join(work, row.id, partner.id)
            refresh_cards(work, partner.id)
    for partner in ended:
        events.record(
            work, "unlinked", entry_id=row.id, body=body, data={"other": partner.id, "reason": RAISES}
        )
    if ended:
        _tell_not_carried_over(work, row, ended)


def _tell_not_carried_over(work: Work, row: Row[Any], partners: list[Row[Any]]) -> None:
    """One silent line to the office's members: with a second person they may link what was not."""
    for person in people.office_of(work, row.track):
        if people.actor_by_id(work, person.member_id).answers_for(row.region):
            continue  # nothing about that region is this member's to decide
        say(
            work,
            person.chat_id,
            "chain.not_carried_over",
            {"number": row.number, "others": [one.number for one in partners]},
            buttons=((Button("link_to", "linkto", row.id),),),
            entry_id=row.id,
            silent=True,
        )


def _partners(work: Work, entry_id: int) -> set[int]:
    rows = work.connection.execute(
        select(links.c.entry_id, links.c.other_id).where(
            or_(links.c.entry_id == entry_id, links.c.other_id == entry_id)
        )
    ).all()
    return {one for row in rows for one in row} | {entry_id}
