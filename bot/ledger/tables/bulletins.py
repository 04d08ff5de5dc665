"""Tables of bulletins 通报 and their versions."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, String, Table, Text, UniqueConstraint

from bot.ledger.tables.base import metadata
from bot.ledger.types import Json, UtcTime

# a 通报 of a track's office: one row a window, and one more for each 更正 of it
bulletins = Table(
    "bulletins",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("track", String(32), nullable=False),
    Column("kind", String(8), nullable=False),  # weekly | tenday | monthly
    # the window: the week's Friday, the period's day, the month
    Column("key", String(10), nullable=False),
    # 0, or the how-manieth 更正 of this window
    Column("correction", Integer, nullable=False, server_default="0"),
    # 第N期 by track and kind, given at the first 送审 and never again; NULL until then
    Column("number", Integer),
    # draft | submitted | approved | reported | published | withdrawn | superseded
    Column("state", String(12), nullable=False, server_default="draft"),
    # every move and change: a button of before is refused; what was agreed to is one version
    Column("version", Integer, nullable=False, server_default="1"),
    # the ledger's figures as they stood at the cut
    Column("figures", Json, nullable=False),
    # what people wrote: words by section, options, chosen pictures, the changed paper
    Column("content", Json, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    # when the office was given the draft
    Column("drafted_at", UtcTime),
    Column("submitted_by", ForeignKey("members.id")),
    Column("submitted_at", UtcTime),
    Column("approved_by", ForeignKey("members.id")),
    Column("approved_at", UtcTime),
    Column("reported_at", UtcTime),
    Column("published_at", UtcTime),
    Column("withdrawn_at", UtcTime),
    # 正式件: the sealed PDF, as Telegram has it
    Column("sealed", Json),
    # why it is corrected
    Column("reason", Text, nullable=False, server_default=""),
    UniqueConstraint("track", "kind", "key", "correction"),
    UniqueConstraint("track", "kind", "number"),
)

# every version of a bulletin's words, with the paper that somebody sent back
bulletin_versions = Table(
    "bulletin_versions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("bulletin_id", ForeignKey("bulletins.id"), nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("what", String(12), nullable=False),  # draft | words | paper | figures | pictures | options
    Column("content", Json, nullable=False),
    Column("member_id", ForeignKey("members.id")),
    Column("at", UtcTime, nullable=False),
    Column("file_id", String(256)),
    Column("file_name", String(128)),
    UniqueConstraint("bulletin_id", "version"),
)
