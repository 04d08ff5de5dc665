"""Tables of who takes part: members, their roles, invitations, chats."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table

from bot.ledger.tables.base import FALSE, metadata
from bot.ledger.types import Json, UtcTime

members = Table(
    "members",
    metadata,
    Column("id", Integer, primary_key=True),
    # NULL after `forget`, and for a person of the roster who has not joined yet
    Column("telegram_id", BigInteger, unique=True),
    Column("name", String(64), nullable=False, server_default=""),
    Column("post", String(64), nullable=False, server_default=""),
    Column("unit", String(64), nullable=False, server_default=""),
    Column("phone", String(32)),
    Column("language", String(8)),
    Column("created_at", UtcTime, nullable=False),
    Column("joined_at", UtcTime),
    Column("red_lines_at", UtcTime),
    Column("left_at", UtcTime),
    Column("heard_at", UtcTime),
    # the day's answer to «as whom do you file»: {"as": "county/1", "day": "2019-04-12"}
    Column("identity", Json),
    Column("covert_switch", Boolean, nullable=False, server_default=FALSE),
)
# when the database began: asked by the clock
Index("ix_members_created", members.c.created_at)

roles = Table(
    "roles",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("member_id", ForeignKey("members.id"), nullable=False, index=True),
    Column("role", String(16), nullable=False),
    Column("track", String(32)),
    Column("group_key", String(48)),
    Column("region", String(32)),
    Column("township", String(32)),
    Column("leader", Boolean, nullable=False, server_default=FALSE),
    Column("deputy", Boolean, nullable=False, server_default=FALSE),
    Column("invitation_id", Integer),
    Column("granted_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    # 委托代理: this role was lent by another member until a date
    Column("lent_by", ForeignKey("members.id")),
    Column("until", UtcTime),
)
Index("ix_roles_scope", roles.c.role, roles.c.region, roles.c.group_key)
Index("ix_roles_until", roles.c.until, sqlite_where=roles.c.until.is_not(None))

invitations = Table(
    "invitations",
    metadata,
    Column("id", Integer, primary_key=True),
    # only the hash is kept: a copy of the database opens no door
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("role", String(16), nullable=False),
    Column("track", String(32)),
    Column("group_key", String(48)),
    Column("region", String(32)),
    Column("township", String(32)),
    Column("leader", Boolean, nullable=False, server_default=FALSE),
    Column("deputy", Boolean, nullable=False, server_default=FALSE),
    Column("name", String(64), nullable=False, server_default=""),
    Column("post", String(64), nullable=False, server_default=""),
    Column("uses", Integer, nullable=False),
    Column("used", Integer, nullable=False, server_default="0"),
    Column("created_by", ForeignKey("members.id")),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("revoked_at", UtcTime),
    # a line of a roster 花名册: a personal link
    Column("roster_id", ForeignKey("rosters.id"), index=True),
    Column("unit", String(64), nullable=False, server_default=""),
)

rosters = Table(
    "rosters",
    metadata,
    Column("id", Integer, primary_key=True),
    # NULL = sent by the admin: any track
    Column("track", String(32)),
    Column("member_id", ForeignKey("members.id"), nullable=False),
    Column("chat_id", BigInteger, nullable=False),
    Column("file_name", String(128), nullable=False, server_default=""),
    Column("at", UtcTime, nullable=False),
)

chats = Table(
    "chats",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(16), nullable=False),
    Column("title", String(128), nullable=False, server_default=""),
    Column("group_key", String(48)),
    Column("region", String(32)),
    Column("channel_of", String(32)),
    # the group chose that every captioned photo is an entry
    Column("every_photo", Boolean, nullable=False, server_default=FALSE),
    Column("sees_photos", Boolean),
    Column("unreachable_at", UtcTime),
    Column("unreachable_why", String(64)),
    Column("heard_at", UtcTime),
    Column("moved_to", BigInteger),
)
Index("ix_chats_unreachable", chats.c.unreachable_at, sqlite_where=chats.c.unreachable_at.is_not(None))

strangers = Table(
    "strangers",
    metadata,
    Column("telegram_id", BigInteger, primary_key=True, autoincrement=False),
    Column("answered_on", String(10), nullable=False),
    # links tried that day which open nothing
    Column("guesses", Integer, nullable=False, server_default="0"),
)
