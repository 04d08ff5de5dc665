"""Words about an entry: kept in its history."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from bot.domain.permissions import Action, may
from bot.ledger import events
from bot.ledger.desk import Work
from bot.ledger.outbox import remember_message
from bot.services import life
from bot.services.counties import officers
from bot.services.incoming import Incoming
from bot.services.outgoing import say
from bot.services.refusals import NotUnderstood, NotYours


def remark(work: Work, row: Row[Any], incoming: Incoming) -> None:
    """Keep a member's words under an entry; the answer comes in private.

    Raises:
        NotYours: the sender only looks, or sends a photo to an entry that others photograph.
        NotUnderstood: there are no words.
    """
    having = life.having_of(work, row)
    if not may(Action.REMARK, having) or incoming.attachments:
        raise NotYours
    if not incoming.text.strip():
        raise NotUnderstood(hint="")
    said = officers.read(incoming.text)
    if said.named and may(Action.SET_OFFICERS, having):
        officers.tell(work, officers.keep(work, row, said), incoming)
        if not said.rest:
            remember_message(work, incoming.chat_id, incoming.message_id, row.id, "part")
            return
    body = life.body_for(work, row, Action.REMARK)
    events.record(work, "remark", entry_id=row.id, body=body, data={"text": incoming.text})
    remember_message(work, incoming.chat_id, incoming.message_id, row.id, "part")
    private = incoming.private
    say(
        work, incoming.chat_id if private else incoming.sender_id, "entry.remarked", {"number": row.number},
        reply_to=incoming.message_id if private else None, entry_id=row.id, silent=True,
    )  # fmt: skip
