"""Tables of the wire's own books: what came, what goes out, what is edited later."""

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

from bot.ledger.tables.base import FALSE, metadata
from bot.ledger.types import Json, UtcTime

messages = Table(
    "messages",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("message_id", BigInteger, primary_key=True, autoincrement=False),
    Column("entry_id", ForeignKey("entries.id"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
)

cards = Table(
    "cards",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("chat_id", BigInteger, nullable=False),
    Column("subject", String(48), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("entry_id", Integer, index=True),
    Column("member_id", Integer),
    Column("message_id", BigInteger),
    Column("with_picture", Boolean, nullable=False, server_default=FALSE),
    Column("wanted", Integer, nullable=False, server_default="1"),
    Column("shown", Integer, nullable=False, server_default="0"),
    Column("picture", String(160)),
    # which face of the card its reader has opened: its reasons, its fields, a page; NULL = the plain one
    Column("panel", String(64)),
    # what a list's reader typed or chose: the words looked for, the entries ticked
    Column("chosen", Json),
    # a county's card beyond the day's first: it comes without a sound
    Column("quiet", Boolean, nullable=False, server_default=FALSE),
    # the topic of a forum in which the card stands
    Column("thread_id", BigInteger),
    UniqueConstraint("chat_id", "subject", "kind"),
)

inbox = Table(
    "inbox",
    metadata,
    Column("update_id", BigInteger, primary_key=True, autoincrement=False),
    Column("lane", BigInteger, nullable=False),
    Column("payload", Text, nullable=False),
    Column("received_at", UtcTime, nullable=False),
    Column("state", String(8), nullable=False, server_default="pending"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("error", String(256)),
    Column("done_at", UtcTime),
)
Index("ix_inbox_pending", inbox.c.update_id, sqlite_where=inbox.c.state == "pending")

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("dedup", String(96), nullable=False, unique=True),
    Column("chat_id", BigInteger, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("payload", Json),
    Column("card_id", Integer),
    Column("entry_id", Integer),
    Column("created_at", UtcTime, nullable=False),
    Column("not_before", UtcTime),
    Column("state", String(10), nullable=False, server_default="waiting"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    # how often nobody could say whether it went out: a crash or a lost answer while it was being sent
    Column("doubts", Integer, nullable=False, server_default="0"),
    Column("sending_since", UtcTime),
    Column("sent_at", UtcTime),
    Column("message_id", BigInteger),
    Column("error", String(256)),
)
Index("ix_outbox_waiting", outbox.c.priority, outbox.c.id, sqlite_where=outbox.c.state == "waiting")
Index("ix_outbox_card", outbox.c.card_id)
# a reply to a reminder belongs to what it reminds of; replies of the bot itself are not in here
Index(
    "ix_outbox_reminder",
    outbox.c.chat_id,
    outbox.c.message_id,
    sqlite_where=outbox.c.priority == 1,
)
