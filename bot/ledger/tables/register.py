"""Tables of what a region has filed 备案: who answers for which place, and its 联动机制 papers."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from bot.ledger.tables.base import metadata
from bot.ledger.types import Json, UtcTime

# 县领导分包: one row a person and place; what stands now has no `ended_at`, what stood stays with its dates
register_people = Table(
    "register_people",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("region", String(32), nullable=False),
    # '' = the whole region
    Column("township", String(32), nullable=False, server_default=""),
    # '' = the whole township
    Column("village", String(64), nullable=False, server_default=""),
    Column("level", String(8), nullable=False),  # leader | township | village
    Column("name", String(64), nullable=False),
    Column("post", String(64), nullable=False, server_default=""),
    Column("at", UtcTime, nullable=False),
    Column("member_id", ForeignKey("members.id")),
    # for whom it was entered: "region:延津县", "office:county"
    Column("body", String(64), nullable=False),
    Column("ended_at", UtcTime),
    Column("ended_by", ForeignKey("members.id")),
    Column("ended_body", String(64)),
)
Index("ix_register_people_place", register_people.c.region, register_people.c.township)

# 联动机制: every version of a region's paper, with its files as Telegram has them
register_papers = Table(
    "register_papers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("region", String(32), nullable=False),
    Column("version", Integer, nullable=False),
    # [{"file_id", "medium", "name"}]: pages photographed as one album are one version
    Column("files", Json, nullable=False),
    Column("chat_id", BigInteger, nullable=False),
    Column("album", String(64)),
    Column("at", UtcTime, nullable=False),
    Column("member_id", ForeignKey("members.id")),
    Column("body", String(64), nullable=False),
    UniqueConstraint("region", "version"),
)
