"""Tables of scores, rankings, what follows from them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from bot.ledger.tables.base import metadata
from bot.ledger.types import Json, UtcTime

# 口径: the rules of scoring that an office approved, by number; the newest one in force holds
score_rules = Table(
    "score_rules",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("track", String(32), nullable=False),
    Column("number", Integer, nullable=False),
    Column("data", Json, nullable=False),
    Column("state", String(12), nullable=False),  # draft | approved
    # the first period (its key) for which it holds
    Column("holds_from", String(10), nullable=False, server_default=""),
    Column("member_id", ForeignKey("members.id")),
    Column("at", UtcTime, nullable=False),
    Column("approved_at", UtcTime),
    UniqueConstraint("track", "number"),
)

score_items = Table(
    "score_items",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("track", String(32), nullable=False),
    Column("period", String(10), nullable=False),  # 2019-04-18, or a month: 2019-04
    Column("region", String(32), nullable=False),
    Column("source", String(16), nullable=False),
    Column("kind", String(8), nullable=False),  # mark | points | none (本旬未检查, for no region)
    # the exact decimal as it was written, and in ten-thousandths: whole numbers that a database adds up
    Column("value", String(16), nullable=False, server_default="0"),
    Column("units", BigInteger, nullable=False, server_default="0"),
    # the seven aspects that a mark is made of, in the notice's order, where its giver has said them
    Column("aspects", Json),
    # the body that gave it: "group:county/1", "oversight", "office:county", "admin"
    Column("body", String(64), nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    Column("entry_id", ForeignKey("entries.id")),
    Column("state", String(10), nullable=False, server_default="active"),  # proposed | active | dropped
    Column("origin", String(10), nullable=False),  # chat | sheet | import | proposal | objection
    # what is proposed or imported is so once
    Column("dedup", String(96), unique=True),
    Column("rules", Integer, nullable=False, server_default="0"),
    Column("member_id", ForeignKey("members.id")),
    Column("at", UtcTime, nullable=False),
    Column("confirmed_by", ForeignKey("members.id")),
    Column("confirmed_at", UtcTime),
)
Index("ix_score_items_region", score_items.c.track, score_items.c.period, score_items.c.region)
# who has marked, and the mean of those inspected: few rows among many
Index(
    "ix_score_items_marks",
    score_items.c.track,
    score_items.c.period,
    score_items.c.kind,
    score_items.c.source,
)

# one period's ranking of one track, from the first mark to the published paper; a 更正 is a row of its own
score_sheets = Table(
    "score_sheets",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("track", String(32), nullable=False),
    Column("period", String(10), nullable=False),
    Column("correction", Integer, nullable=False, server_default="0"),
    # open | draft (核对稿 is out) | locked | published | superseded
    Column("state", String(12), nullable=False, server_default="open"),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("rules", Integer, nullable=False, server_default="0"),
    # what the office decided: missing parts by "region/part", and "tie"
    Column("decisions", Json),
    Column("marking_ended_at", UtcTime),
    Column("drafted_at", UtcTime),
    Column("objections_until", UtcTime),
    Column("locked_at", UtcTime),
    # the ranking as it was locked, and the hash over it
    Column("data", Json),
    Column("hash", String(64)),
    Column("published_at", UtcTime),
    Column("reason", Text, nullable=False, server_default=""),
    UniqueConstraint("track", "period", "correction"),
)

# which items a locked ranking was made of: later ones, and what a 更正 drops, change nothing about it
score_counted = Table(
    "score_counted",
    metadata,
    Column("sheet_id", ForeignKey("score_sheets.id"), primary_key=True),
    Column("item_id", ForeignKey("score_items.id"), primary_key=True),
)

score_objections = Table(
    "score_objections",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sheet_id", ForeignKey("score_sheets.id"), nullable=False, index=True),
    # NULL: about the score as a whole
    Column("item_id", ForeignKey("score_items.id")),
    Column("region", String(32), nullable=False),
    Column("member_id", ForeignKey("members.id")),
    Column("at", UtcTime, nullable=False),
    Column("reason", Text, nullable=False),
    Column("photo", String(256)),
    Column("state", String(10), nullable=False, server_default="open"),  # open | granted | refused
    Column("answer", Text, nullable=False, server_default=""),
    Column("decided_by", ForeignKey("members.id")),
    Column("decided_at", UtcTime),
)

# 结果运用台账: what last places and warnings lead to; proposed, then confirmed by a person
measures = Table(
    "measures",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("track", String(32), nullable=False),
    Column("region", String(32), nullable=False),
    Column("trigger", String(16), nullable=False),
    # what it follows from: a period, a month, a chain of entries
    Column("subject", String(32), nullable=False),
    # the how-manieth time
    Column("times", Integer, nullable=False),
    Column("measure", String(24), nullable=False),
    Column("state", String(10), nullable=False, server_default="proposed"),
    Column("version", Integer, nullable=False, server_default="1"),
    # the bulletin or the warnings that it rests on
    Column("basis", Json),
    Column("found", Boolean),  # 因工作不力
    Column("reason", Text, nullable=False, server_default=""),
    Column("confirmed_by", ForeignKey("members.id")),
    Column("confirmed_at", UtcTime),
    # date, holding body, clerk; or the bulletin
    Column("proof", Json),
    Column("done_at", UtcTime),
    Column("at", UtcTime, nullable=False),
    UniqueConstraint("trigger", "track", "subject", "region", "measure"),
)

# 考评结果运用 3: a heap found after the campaign costs its region money; one row an entry, once
heap_fines = Table(
    "heap_fines",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("entry_id", ForeignKey("entries.id"), nullable=False, unique=True),
    Column("track", String(32), nullable=False),
    Column("region", String(32), nullable=False, index=True),
    Column("yuan", Integer, nullable=False),
    # open | objected | confirmed | dropped
    Column("state", String(10), nullable=False, server_default="open"),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("member_id", ForeignKey("members.id")),
    Column("at", UtcTime, nullable=False),
    Column("objections_until", UtcTime, nullable=False),
    Column("objection", Text, nullable=False, server_default=""),
    Column("answer", Text, nullable=False, server_default=""),
    Column("confirmed_at", UtcTime),
)
