"""Tables of the books beside the entries: events, serials, counters, facts, occurrences."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, String, Table

from bot.ledger.tables.base import metadata
from bot.ledger.types import Json, UtcTime

events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("entry_id", ForeignKey("entries.id"), index=True),
    Column("at", UtcTime, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("member_id", Integer),
    # the body the person acted for: "region:延津县", "group:county/1", "office:county", "system"
    Column("body", String(64), nullable=False),
    Column("from_state", String(16)),
    Column("to_state", String(16)),
    Column("data", Json),
    # random, and covered by the hash: a row that is held back can stand with its hash alone, and nobody
    # finds out what it says by trying what it might say
    Column("salt", String(32), nullable=False),
    Column("hash", String(64), nullable=False),
)

serials = Table(
    "serials",
    metadata,
    Column("key", String(48), primary_key=True),
    Column("value", Integer, nullable=False),
)

counts = Table(
    "counts",
    metadata,
    Column("region", String(32), primary_key=True),
    Column("state", String(16), primary_key=True),
    Column("value", Integer, nullable=False),
)

facts = Table(
    "facts",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("value", Json, nullable=False),
)

occurrences = Table(
    "occurrences",
    metadata,
    Column("kind", String(32), primary_key=True),
    Column("subject", String(64), primary_key=True),
    Column("due_at", UtcTime, primary_key=True),
    Column("recipient", BigInteger, primary_key=True, autoincrement=False),
    Column("at", UtcTime, nullable=False),
)
