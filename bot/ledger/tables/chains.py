"""Tables of the same problem: what resembles what, and what people said of it."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from bot.ledger.tables.base import metadata
from bot.ledger.types import UtcTime

# nearly the same picture: the later photo, an earlier one, in how many bits their hashes differ
resemblances = Table(
    "resemblances",
    metadata,
    Column("photo_id", Integer, primary_key=True, autoincrement=False),
    Column("other_id", Integer, primary_key=True, autoincrement=False),
    Column("distance", Integer, nullable=False),
)
Index("ix_resemblances_other", resemblances.c.other_id)

# 问题链: what people said of two entries; an undone link stays in the record
links = Table(
    "links",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("entry_id", ForeignKey("entries.id"), nullable=False, index=True),
    Column("other_id", ForeignKey("entries.id"), nullable=False, index=True),
    Column("kind", String(8), nullable=False),  # same | again | not
    Column("member_id", ForeignKey("members.id"), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("undone_by", ForeignKey("members.id")),
    Column("undone_at", UtcTime),
    Column("reason", Text),
)
