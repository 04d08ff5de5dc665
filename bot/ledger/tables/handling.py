"""Tables of what comes to an entry: handed over, proved, asked for, asked."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from bot.ledger.tables.base import FALSE, metadata
from bot.ledger.types import Json, UtcTime

# what a city leader 市领导 handed over; its entry is nobody's draft until an office makes it its own
handed = Table(
    "handed",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("entry_id", ForeignKey("entries.id"), nullable=False, index=True),
    Column("member_id", ForeignKey("members.id"), nullable=False),
    Column("chat_id", BigInteger, nullable=False),
    # the entry, if any, that the leader replied to
    Column("about_id", ForeignKey("entries.id")),
    # whose office has it; NULL = both were told, nobody has taken it
    Column("track", String(32)),
    Column("state", String(12), nullable=False, server_default="open"),  # open | filed | dismissed
    Column("taken_by", ForeignKey("members.id")),
    Column("taken_at", UtcTime),
    Column("created_at", UtcTime, nullable=False),
    Column("touched_at", UtcTime, nullable=False),
    Column("reported_at", UtcTime),
)
Index("ix_handed_member", handed.c.member_id, handed.c.touched_at)
Index("ix_handed_unreported", handed.c.state, sqlite_where=handed.c.reported_at.is_(None))

proofs = Table(
    "proofs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("entry_id", ForeignKey("entries.id"), nullable=False, index=True),
    Column("round", Integer, nullable=False),
    Column("member_id", ForeignKey("members.id")),
    Column("from_township", Boolean, nullable=False, server_default=FALSE),
    Column(
        "state", String(12), nullable=False
    ),  # waiting (township) | submitted | returned | accepted | withdrawn
    Column("unreviewed", Boolean, nullable=False, server_default=FALSE),
    Column("sent_at", UtcTime, nullable=False),
    Column("measures", Text),
    Column("chat_id", BigInteger),
    Column("media_group_id", String(64)),
)
Index("ix_proofs_waiting", proofs.c.state, sqlite_where=proofs.c.state == "waiting")

requests = Table(
    "requests",
    metadata,
    Column("id", Integer, primary_key=True),
    # NULL where a second person is asked about something that is no entry
    Column("entry_id", ForeignKey("entries.id"), index=True),
    # whose office decides, where a second person is needed
    Column("track", String(32)),
    Column("kind", String(16), nullable=False),  # extension | not_ours | second (needs a second person)
    Column("state", String(12), nullable=False),  # open | granted | refused | withdrawn
    Column("member_id", ForeignKey("members.id")),
    Column("at", UtcTime, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    Column("wanted", UtcTime),
    Column("data", Json),
    Column("decided_by", ForeignKey("members.id")),
    Column("decided_at", UtcTime),
    Column("escalated_at", UtcTime),
    Column("hold_until", UtcTime),
)
Index("ix_requests_open", requests.c.kind, sqlite_where=requests.c.state == "open")

questions = Table(
    "questions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("chat_id", BigInteger, nullable=False),
    Column("member_id", ForeignKey("members.id")),
    Column("telegram_id", BigInteger),
    Column("kind", String(32), nullable=False),
    Column("subject", Json),
    Column("asked_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime),
    Column("message_id", BigInteger),
    Column("state", String(12), nullable=False, server_default="open"),
)
Index("ix_questions_open", questions.c.chat_id, questions.c.state)
