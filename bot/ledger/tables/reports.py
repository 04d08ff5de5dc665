"""Tables of the calendar: days, moved duties, what was handed in, notices of an office."""

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

# a day that an office made a working day or a day off, against the table of days
day_overrides = Table(
    "day_overrides",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("works", Boolean, nullable=False),
    Column("member_id", ForeignKey("members.id")),
    Column("at", UtcTime, nullable=False),
)

# a duty that an office moved off a day off; `day` NULL: it chose the notice's time
moved_duties = Table(
    "moved_duties",
    metadata,
    Column("duty", String(24), primary_key=True),
    Column("track", String(32), primary_key=True),
    Column("key", String(10), primary_key=True),
    Column("day", String(10)),
    Column("member_id", ForeignKey("members.id")),
    Column("at", UtcTime, nullable=False),
)

# 周报, 督导报告: one row an owner and window, as it counts now
reports = Table(
    "reports",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("duty", String(24), nullable=False),
    Column("key", String(10), nullable=False),
    Column("track", String(32), nullable=False),
    Column("owner", String(48), nullable=False),  # a region's name, or a group's key
    Column("revision", Integer, nullable=False, server_default="0"),
    # the figures that count: {row: [value, unit]}; and those that wait to be mended, with what is wrong
    Column("figures", Json),
    Column("pending", Json),
    Column("faults", Json),
    Column("pending_since", UtcTime),
    # summary, difficulties, next_week; a ten-day report's remarks
    Column("texts", Json),
    # filler, filler_phone, reviewer: a weekly report's head
    Column("heads", Json),
    # since when table and summary count as handed in
    Column("table_at", UtcTime),
    Column("summary_at", UtcTime),
    Column("updated_at", UtcTime, nullable=False),
    UniqueConstraint("duty", "key", "owner"),
)

# everything that came for a report, the versions that were replaced included
report_parts = Table(
    "report_parts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("report_id", ForeignKey("reports.id"), nullable=False, index=True),
    Column("kind", String(12), nullable=False),  # table | lines | summary | scan; remarks | paper
    Column("revision", Integer, nullable=False),
    Column("member_id", ForeignKey("members.id")),
    Column("chat_id", BigInteger, nullable=False),
    Column("message_id", BigInteger, nullable=False),
    Column("sent_at", UtcTime, nullable=False),
    Column("received_at", UtcTime, nullable=False),
    Column("text", Text),
    Column("figures", Json),
    Column("faults", Json),
    UniqueConstraint("chat_id", "message_id", "kind", "report_id"),
)

# 通知 of an office to regions and groups, and who has said 「收到」
announcements = Table(
    "announcements",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("track", String(32), nullable=False),
    Column("member_id", ForeignKey("members.id"), nullable=False),
    Column("text", Text, nullable=False),
    # names of regions and keys of groups
    Column("owners", Json, nullable=False),
    Column("state", String(10), nullable=False, server_default="draft"),  # draft | sent | cancelled
    # the notice of a meeting: what the message says, and the paper that goes with it
    Column("meeting", Json),
    # the messages that its words came with: they go with one that is marked as secret later ([]: gone)
    Column("said_in", Json),
    # the album whose later parts still join it, and the date of what was forwarded for it last
    Column("media_group_id", String(64)),
    Column("forwarded_at", UtcTime),
    Column("at", UtcTime, nullable=False),
    Column("sent_at", UtcTime),
)
announcement_receipts = Table(
    "announcement_receipts",
    metadata,
    Column("announcement_id", ForeignKey("announcements.id"), primary_key=True),
    Column("owner", String(48), primary_key=True),
    Column("member_id", ForeignKey("members.id")),
    Column("at", UtcTime, nullable=False),
    Column("attendees", Text),
)

# files that came with a report or a 通知: fetched into the store as photos are, for the archive
kept_files = Table(
    "kept_files",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("part_id", ForeignKey("report_parts.id"), index=True),
    Column("announcement_id", ForeignKey("announcements.id"), index=True),
    Column("folder", String(80), nullable=False),  # below which it is kept
    Column("medium", String(12), nullable=False),  # photo | image | video | voice | document
    Column("file_id", String(256), nullable=False),
    Column("file_size", BigInteger),
    Column("file_name", String(128)),
    Column("mime", String(64)),
    Column("chat_id", BigInteger, nullable=False),
    Column("message_id", BigInteger, nullable=False),
    Column("media_group_id", String(64)),
    Column("member_id", ForeignKey("members.id")),
    Column("received_at", UtcTime, nullable=False),
    Column("state", String(12), nullable=False, server_default="pending"),  # stored | refused | by_reference
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("next_try_at", UtcTime),
    Column("fault", String(32)),
    Column("file", String(200)),
    Column("sha256", String(64)),
)
Index("ix_kept_files_message", kept_files.c.chat_id, kept_files.c.message_id)
Index("ix_kept_files_pending", kept_files.c.next_try_at, sqlite_where=kept_files.c.state == "pending")

# the city's own figures 市交办问题 of a region, as they stood at the Friday's cut
week_figures = Table(
    "week_figures",
    metadata,
    Column("key", String(10), primary_key=True),
    Column("region", String(32), primary_key=True),
    Column("figures", Json, nullable=False),
    Column("at", UtcTime, nullable=False),
)
