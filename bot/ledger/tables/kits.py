"""Table of the kits 专题片素材包: what an office hands to those who make the film."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, String, Table

from bot.ledger.tables.base import metadata
from bot.ledger.types import Json, UtcTime

kits = Table(
    "kits",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("track", String(32), nullable=False),
    # the month that the film is about
    Column("month", String(7), nullable=False),
    # draft | waiting (for a second person) | ready
    Column("state", String(8), nullable=False, server_default="draft"),
    Column("version", Integer, nullable=False, server_default="1"),
    # ids of entries
    Column("items", Json, nullable=False),
    Column("member_id", ForeignKey("members.id"), nullable=False),
    Column("chat_id", BigInteger, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("ready_at", UtcTime),
    # who agreed, where a second person had to
    Column("agreed_by", ForeignKey("members.id")),
)
