"""Tables of looking back 回头看 and the notices 督办通知."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from bot.ledger.tables.base import metadata
from bot.ledger.types import UtcTime

# 回头看: the tenth of what was closed by picture that is looked at anew, by period
draws = Table(
    "draws",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("period", String(10), nullable=False),
    # who looks: a group's key, or "office:county"
    Column("checker", String(48), nullable=False),
    Column("entry_id", ForeignKey("entries.id"), nullable=False),
    Column("round", Integer, nullable=False, server_default="1"),
    Column("of", Integer, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("done_at", UtcTime),
    Column("found", String(12)),  # rectified | unrectified
    UniqueConstraint("period", "entry_id"),
)
Index("ix_draws_checker", draws.c.checker, draws.c.period)

# 督办通知: one document a region, sender and day
notices = Table(
    "notices",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("region", String(32), nullable=False),
    # a group's key, or "office:county"
    Column("sender", String(48), nullable=False),
    Column("day", String(10), nullable=False),
    Column("at", UtcTime, nullable=False),
    UniqueConstraint("region", "sender", "day"),
)
notice_items = Table(
    "notice_items",
    metadata,
    Column("entry_id", ForeignKey("entries.id"), primary_key=True),
    Column("round", Integer, primary_key=True, autoincrement=False),
    Column("notice_id", ForeignKey("notices.id"), nullable=False, index=True),
)
