"""Table of the monthly 推进会: one a month, prepared by the offices together."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table

from bot.ledger.tables.base import metadata
from bot.ledger.types import Json, UtcTime

meetings = Table(
    "meetings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("month", String(7), nullable=False, unique=True),
    # which office would hold it where: {track: region}; agreed when all say the same
    Column("votes", Json, nullable=False),
    Column("begins", UtcTime),
    Column("hall", String(64), nullable=False, server_default=""),
    # [[region, place]]: 观摩点
    Column("visits", Json, nullable=False),
    # 检查发言, 经验发言: names of regions
    Column("speakers", Json, nullable=False),
    Column("models", Json, nullable=False),
    # who is to come, in an office's words; empty: as the paper has it
    Column("attend", String(500), nullable=False, server_default=""),
    # {track: id of the announcement that carries its notice}
    Column("notices", Json, nullable=False),
    # tracks whose office was told that the month can be prepared
    Column("told", Json, nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("at", UtcTime, nullable=False),
)
