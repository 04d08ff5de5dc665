"""Tables of warning letters 督办警示."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, and_

from bot.ledger.tables.base import metadata
from bot.ledger.types import Json, UtcTime

# one letter, from the draft to its answer; a revoked one is kept
warning_letters = Table(
    "warning_letters",
    metadata,
    Column("id", Integer, primary_key=True),
    # 警示编号, for the ledger only; given when it is issued
    Column("number", String(32), unique=True),
    Column("state", String(10), nullable=False),  # draft | waiting | issued | revoked | dropped
    Column("version", Integer, nullable=False, server_default="1"),
    Column("track", String(32), nullable=False),
    Column("region", String(32), nullable=False),
    # in whose name; NULL while nobody who may sign it has been at the place
    Column("group_key", String(48)),
    Column("due", UtcTime),
    # what fills the blanks, where somebody wrote it: subject, matter, items by entry
    Column("words", Json),
    # the letter as it was issued: group, telephone, days, sentences, photographs
    Column("data", Json),
    Column("member_id", ForeignKey("members.id"), nullable=False),
    Column("body", String(64), nullable=False, server_default=""),
    Column("at", UtcTime, nullable=False),
    Column("sent_at", UtcTime),
    # the leader has not answered in time, or there is none: the office decides, too
    Column("escalated_at", UtcTime),
    Column("hold_until", UtcTime),
    Column("refusal", Text),
    Column("approved_by", ForeignKey("members.id")),
    Column("approved_at", UtcTime),
    Column("served_at", UtcTime),
    Column("signed_by", ForeignKey("members.id")),
    Column("signed_at", UtcTime),
    Column("late_told_at", UtcTime),
    Column("replied_at", UtcTime),
    Column("reply", Json),
    # its term is over and was looked at; `unfulfilled`: entries that were still owed
    Column("ended_at", UtcTime),
    Column("unfulfilled", Json),
    Column("revoked_at", UtcTime),
    Column("revoked_by", ForeignKey("members.id")),
    Column("revoke_reason", Text),
)
Index("ix_warning_letters_state", warning_letters.c.state, warning_letters.c.track)
Index(
    "ix_warning_letters_unsigned",
    warning_letters.c.state,
    sqlite_where=and_(warning_letters.c.state == "issued", warning_letters.c.late_told_at.is_(None)),
)
Index(
    "ix_warning_letters_running",
    warning_letters.c.due,
    sqlite_where=and_(warning_letters.c.state == "issued", warning_letters.c.ended_at.is_(None)),
)

warning_items = Table(
    "warning_items",
    metadata,
    Column("letter_id", ForeignKey("warning_letters.id"), primary_key=True),
    Column("entry_id", ForeignKey("entries.id"), primary_key=True, index=True),
    Column("seq", Integer, nullable=False),
)

# 「建议警示」 to a leader, 「建议责令问责」 to an office; of the latter the date alone is noted
warning_advice = Table(
    "warning_advice",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(8), nullable=False),  # warn | account
    # what is proposed is proposed once
    Column("dedup", String(96), nullable=False, unique=True),
    Column("track", String(32), nullable=False),
    Column("region", String(32), nullable=False),
    # whose leader is asked; NULL: the office
    Column("group_key", String(48)),
    Column("why", String(16), nullable=False),
    Column("entries", Json, nullable=False),
    Column("letter_id", ForeignKey("warning_letters.id")),
    Column("at", UtcTime, nullable=False),
    Column("escalated_at", UtcTime),
    Column("state", String(8), nullable=False, server_default="open"),  # open | done | dropped
    Column("decided_by", ForeignKey("members.id")),
    Column("decided_at", UtcTime),
    Column("day", String(10)),
)
Index("ix_warning_advice_open", warning_advice.c.kind, sqlite_where=warning_advice.c.state == "open")

# a group's telephone, entered once by its leader: it stands in its letters
group_phones = Table(
    "group_phones",
    metadata,
    Column("group_key", String(48), primary_key=True),
    Column("phone", String(32), nullable=False),
    Column("member_id", ForeignKey("members.id"), nullable=False),
    Column("at", UtcTime, nullable=False),
)
