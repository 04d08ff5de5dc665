"""What a proof is made of: a message that has just come, or photos kept until their entry was known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from sqlalchemy import Row

from bot.ledger.desk import Work
from bot.services import pictures
from bot.services.incoming import Incoming


@dataclass(frozen=True, slots=True)
class Material:
    """Photos and words of the county's side. `pictured`: there is a picture that can be had among them."""

    sent_at: datetime
    text: str
    chat_id: int
    message_id: int
    media_group_id: str | None
    pictured: bool
    incoming: Incoming | None = None
    parts: tuple[Row[Any], ...] = ()
    loose: bool = False

    @classmethod
    def of(cls, incoming: Incoming, *, loose: bool = False) -> Self:
        """A message; `loose`: it was no reply, its entry is a guess."""
        pictured = any(
            file.pictorial and (file.size is None or file.size <= pictures.MOST_BYTES)
            for file in incoming.attachments
        )
        return cls(
            incoming.sent_at,
            incoming.text.strip(),
            incoming.chat_id,
            incoming.message_id,
            incoming.media_group_id,
            pictured,
            incoming=incoming,
            loose=loose,
        )

    @classmethod
    def kept(cls, parts: Sequence[Row[Any]], words: str) -> Self:
        """Photos kept as references, in the order in which they came."""
        first = parts[0]
        pictured = any(part.medium in ("photo", "image") and part.fault is None for part in parts)
        return cls(
            first.sent_at,
            words.strip(),
            first.chat_id,
            first.message_id,
            first.media_group_id,
            pictured,
            parts=tuple(parts),
        )

    def saying(self, text: str) -> Self:
        """The same photos with other words."""
        return replace(self, text=text)

    def put(self, work: Work, row: Row[Any], proof_id: int | None, *, kind: str = "after") -> bool:
        """Put the files under an entry; False when they are there already.

        `kind`: `after`, or `waiting` while a township's photos wait for their county.
        """
        if self.incoming is not None:
            return bool(
                pictures.keep(
                    work, self.incoming, entry_id=row.id, kind=kind, round_=row.round, proof_id=proof_id
                )
            )
        for part in self.parts:
            pictures.adopt(work, part, entry_id=row.id, kind=kind, round_=row.round, proof_id=proof_id)
        return True
