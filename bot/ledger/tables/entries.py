"""Tables of the entries 问题台账 and their photos."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Computed,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
)

from bot.ledger.tables.base import FALSE, TRUE, metadata
from bot.ledger.types import Json, UtcTime

entries = Table(
    "entries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", String(32), unique=True),
    Column("state", String(16), nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("kind", String(8), nullable=False, server_default="issue"),  # issue | visit (走访记录)
    Column("track", String(32)),
    # who filed: a group, or an office ("office:county"), and the person
    Column("group_key", String(48)),
    Column("filer_id", ForeignKey("members.id")),
    Column("chat_id", BigInteger),
    Column("source", String(16), nullable=False, server_default="group"),
    Column("mode", String(8), nullable=False, server_default="open"),
    Column("identity_open", Boolean, nullable=False, server_default=FALSE),
    # who checks: a group's key or NULL = the office of the track
    Column("checker", String(48)),
    Column("region", String(32)),
    Column("township", String(32)),
    Column("village", String(64)),
    Column("spot", String(128)),
    Column("place_type", String(24)),
    Column("category", String(48)),
    Column("severity", String(16), nullable=False, server_default="normal"),
    Column("handling", String(16), nullable=False, server_default="notice"),
    Column("description", Text, nullable=False, server_default=""),
    # what the county may read where it is not the filer's own words (群众举报)
    Column("public_text", Text),
    Column("wish", String(64)),
    Column("wish_words", String(64)),
    Column("by_hand", Json),
    Column("alternatives", Json),
    Column("choices", Json),
    # the parts of a caption that tells several problems, while splitting it is offered
    Column("problems", Json),
    # the message of the filer that carries the words: its edits change them
    Column("words_message", BigInteger),
    Column("note", String(64)),
    Column("deadline", UtcTime),
    Column("found_at", UtcTime, nullable=False),
    # its place in lists: the hour of a covert visit is nobody's to tell from what stands beside it
    Column(
        "listed_at",
        UtcTime,
        Computed("CASE mode WHEN 'covert' THEN coalesce(handed_over_at, found_at) ELSE found_at END"),
    ),
    # while the county owes work: by when
    Column(
        "owed_by",
        UtcTime,
        Computed(
            "CASE WHEN state IN ('assigned', 'acknowledged', 'returned') "
            "THEN coalesce(deadline, '9999-12-31 00:00:00.000000') END"
        ),
    ),
    Column("created_at", UtcTime, nullable=False),
    Column("touched_at", UtcTime, nullable=False),
    Column("settle_at", UtcTime),
    Column("nag_at", UtcTime),
    Column("handed_over_at", UtcTime),
    Column("assigned_at", UtcTime),
    Column("acknowledged_at", UtcTime),
    Column("submitted_at", UtcTime),
    Column("proof_sent_at", UtcTime),
    Column("closed_at", UtcTime),
    Column("closed_how", String(8)),
    Column("round", Integer, nullable=False, server_default="1"),
    Column("returns", Integer, nullable=False, server_default="0"),
    Column("warnings", Integer, nullable=False, server_default="0"),
    Column("chain_id", Integer),
    Column("void_reason", Text),
    # the entry that this one repeats or was merged into; its number is told by `services.duplicates`
    Column("duplicate_of", ForeignKey("entries.id")),
    Column("lat", Float),
    Column("lng", Float),
    Column("position_from", String(8)),
    Column("county_leader", String(64)),
    Column("section_officer", String(64)),
    Column("measures", Text),
    Column("passed_to", String(32)),
    Column("passed_at", UtcTime),
    Column("deputy_told_at", UtcTime),
    Column("contact_pressed_at", UtcTime),
    # its words have changed since the search 查找 read them
    Column("unread", Boolean, nullable=False, server_default=TRUE),
    # nobody of the region could be reached since then; NULL as soon as somebody has the card
    Column("undelivered_at", UtcTime),
)
# the orders in which lists are turned, for every scope that a reader may have (`services.finding.pages`)
_LISTED = (entries.c.listed_at.desc(), entries.c.id.desc())
Index("ix_entries_track", entries.c.track, *_LISTED)
Index("ix_entries_track_state", entries.c.track, entries.c.state, *_LISTED)
Index("ix_entries_region", entries.c.region, *_LISTED)
Index("ix_entries_region_state", entries.c.region, entries.c.state, *_LISTED)
Index("ix_entries_township", entries.c.region, entries.c.township, *_LISTED)
Index("ix_entries_by_group", entries.c.group_key, *_LISTED)
Index("ix_entries_filed", entries.c.filer_id, entries.c.state, *_LISTED)
_OWED = entries.c.owed_by.is_not(None)
Index("ix_entries_owed", entries.c.track, entries.c.owed_by, entries.c.id, sqlite_where=_OWED)
Index("ix_entries_owed_region", entries.c.region, entries.c.owed_by, entries.c.id, sqlite_where=_OWED)
Index("ix_entries_owed_group", entries.c.group_key, entries.c.owed_by, entries.c.id, sqlite_where=_OWED)
Index("ix_entries_owed_filed", entries.c.filer_id, entries.c.owed_by, entries.c.id, sqlite_where=_OWED)
# what waits for a check, by who checks; what another than the filing group checks
Index(
    "ix_entries_checks",
    entries.c.checker,
    entries.c.proof_sent_at,
    entries.c.id,
    sqlite_where=entries.c.state == "submitted",
)
Index(
    "ix_entries_handed_check",
    entries.c.checker,
    *_LISTED,
    sqlite_where=and_(
        entries.c.checker.is_not(None), entries.c.checker.is_distinct_from(entries.c.group_key)
    ),
)
Index("ix_entries_unread", entries.c.id, sqlite_where=entries.c.unread.is_(True))
Index("ix_entries_filer", entries.c.filer_id, entries.c.chat_id, entries.c.touched_at)
Index(
    "ix_entries_drafts",
    entries.c.filer_id,
    entries.c.chat_id,
    sqlite_where=entries.c.state == "draft",
)
Index("ix_entries_settle", entries.c.settle_at, sqlite_where=entries.c.settle_at.is_not(None))
Index("ix_entries_group", entries.c.group_key, entries.c.state)
Index("ix_entries_chain", entries.c.chain_id, sqlite_where=entries.c.chain_id.is_not(None))
# what resembles a fresh entry: by place, by position
Index(
    "ix_entries_alike",
    entries.c.region,
    entries.c.village,
    entries.c.id,  # the newest of a village are looked at, whatever their category: no sorting
    sqlite_where=entries.c.village.is_not(None),
)
Index("ix_entries_assigned", entries.c.assigned_at, sqlite_where=entries.c.assigned_at.is_not(None))
Index("ix_entries_lat", entries.c.lat, sqlite_where=entries.c.lat.is_not(None))
Index(
    "ix_entries_hidden",
    entries.c.state,
    sqlite_where=(entries.c.mode == "covert") & entries.c.handed_over_at.is_(None),
)
# what the clock looks for at every beat: cards for the deputy, cards that reached nobody
Index(
    "ix_entries_unsigned",
    entries.c.assigned_at,
    sqlite_where=and_(entries.c.state == "assigned", entries.c.deputy_told_at.is_(None)),
)
Index("ix_entries_undelivered", entries.c.undelivered_at, sqlite_where=entries.c.undelivered_at.is_not(None))
Index(
    "ix_entries_passed",
    entries.c.region,
    entries.c.passed_to,
    sqlite_where=entries.c.passed_to.is_not(None),
)

photos = Table(
    "photos",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("entry_id", ForeignKey("entries.id"), index=True),
    Column("kind", String(12), nullable=False),  # before | after | attachment | reference | source (群众举报)
    Column("medium", String(12), nullable=False),  # photo | image | video | voice | document
    Column("seq", Integer, nullable=False, server_default="1"),
    Column("round", Integer, nullable=False, server_default="1"),
    Column("proof_id", Integer),
    Column("file_id", String(256), nullable=False),
    Column("file_unique_id", String(64), nullable=False),
    Column("file_size", BigInteger),
    Column("file_name", String(128)),
    Column("mime", String(64)),
    Column("chat_id", BigInteger, nullable=False),
    Column("message_id", BigInteger, nullable=False),
    Column("media_group_id", String(64)),
    Column("member_id", ForeignKey("members.id")),
    Column("caption", Text),
    Column("forwarded", Boolean, nullable=False, server_default=FALSE),
    Column("sent_at", UtcTime, nullable=False),
    Column("received_at", UtcTime, nullable=False),
    Column("state", String(12), nullable=False, server_default="pending"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("next_try_at", UtcTime),
    Column("fault", String(32)),
    Column("file", String(160)),
    Column("sha256", String(64), index=True),
    Column("dhash", BigInteger),
    Column("dhash_version", Integer),
    # in which order hashes came: an index in memory reads on from the last one it has
    Column("hash_seq", Integer),
    Column("compared_at", UtcTime),
    Column("width", Integer),
    Column("height", Integer),
    Column("taken_at", String(19)),
    Column("lat", Float),
    Column("lng", Float),
    # one caption with several problems may be split: its entries share the photos
    UniqueConstraint("chat_id", "message_id", "kind", "entry_id"),
)
Index("ix_photos_album", photos.c.chat_id, photos.c.media_group_id)
Index("ix_photos_pending", photos.c.next_try_at, sqlite_where=photos.c.state == "pending")
Index("ix_photos_file", photos.c.file_unique_id)
Index("ix_photos_hash_seq", photos.c.hash_seq, sqlite_where=photos.c.hash_seq.is_not(None))
Index(
    "ix_photos_uncompared",
    photos.c.hash_seq,
    sqlite_where=and_(photos.c.hash_seq.is_not(None), photos.c.compared_at.is_(None)),
)
