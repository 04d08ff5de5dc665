"""The ledger's tables. People and chats first, then entries, then the wire's own books."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    text,
)

from bot.ledger.types import Json, UtcTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

FALSE = text("0")

# --- people ------------------------------------------------------------------------------------

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
)

# --- the ledger proper --------------------------------------------------------------------------

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
    # nobody of the region could be reached since then; NULL as soon as somebody has the card
    Column("undelivered_at", UtcTime),
)
Index(
    "ix_entries_region_state",
    entries.c.region,
    entries.c.state,
    entries.c.found_at.desc(),
    entries.c.id.desc(),
)
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
# what resembles a fresh entry: by place and category, by position
Index(
    "ix_entries_alike",
    entries.c.region,
    entries.c.village,
    entries.c.category,
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

# nearly the same picture: the later photo, an earlier one, in how many bits their hashes differ
resemblances = Table(
    "resemblances",
    metadata,
    Column("photo_id", Integer, primary_key=True, autoincrement=False),
    Column("other_id", Integer, primary_key=True, autoincrement=False),
    Column("distance", Integer, nullable=False),
)
Index("ix_resemblances_other", resemblances.c.other_id)

# 问题链: what people said of two entries; an undone link stays in the record
links = Table(
    "links",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("entry_id", ForeignKey("entries.id"), nullable=False, index=True),
    Column("other_id", ForeignKey("entries.id"), nullable=False, index=True),
    Column("kind", String(8), nullable=False),  # same | again | not
    Column("member_id", ForeignKey("members.id"), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("undone_by", ForeignKey("members.id")),
    Column("undone_at", UtcTime),
    Column("reason", Text),
)

# 回头看: the tenth of what was closed by picture that is looked at anew, by period
draws = Table(
    "draws",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("period", String(10), nullable=False),
    # who looks: a group's key, or "office:county"
    Column("checker", String(48), nullable=False),
    Column("entry_id", ForeignKey("entries.id"), nullable=False),
    Column("round", Integer, nullable=False, server_default="1"),
    Column("of", Integer, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("done_at", UtcTime),
    Column("found", String(12)),  # rectified | unrectified
    UniqueConstraint("period", "entry_id"),
)
Index("ix_draws_checker", draws.c.checker, draws.c.period)

# 督办通知: one document a region, sender and day
notices = Table(
    "notices",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("region", String(32), nullable=False),
    # a group's key, or "office:county"
    Column("sender", String(48), nullable=False),
    Column("day", String(10), nullable=False),
    Column("at", UtcTime, nullable=False),
    UniqueConstraint("region", "sender", "day"),
)
notice_items = Table(
    "notice_items",
    metadata,
    Column("entry_id", ForeignKey("entries.id"), primary_key=True),
    Column("round", Integer, primary_key=True, autoincrement=False),
    Column("notice_id", ForeignKey("notices.id"), nullable=False, index=True),
)

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

events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("entry_id", ForeignKey("entries.id"), index=True),
    Column("at", UtcTime, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("member_id", Integer),
    # the body the person acted for: "region:延津县", "group:county/1", "office:county", "system"
    Column("body", String(64), nullable=False),
    Column("from_state", String(16)),
    Column("to_state", String(16)),
    Column("data", Json),
    Column("hash", String(64), nullable=False),
)

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
    Column("panel", String(24)),
    # a county's card beyond the day's first: it comes without a sound
    Column("quiet", Boolean, nullable=False, server_default=FALSE),
    # the topic of a forum in which the card stands
    Column("thread_id", BigInteger),
    UniqueConstraint("chat_id", "subject", "kind"),
)

serials = Table(
    "serials",
    metadata,
    Column("key", String(48), primary_key=True),
    Column("value", Integer, nullable=False),
)

counts = Table(
    "counts",
    metadata,
    Column("region", String(32), primary_key=True),
    Column("state", String(16), primary_key=True),
    Column("value", Integer, nullable=False),
)

facts = Table(
    "facts",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("value", Json, nullable=False),
)

occurrences = Table(
    "occurrences",
    metadata,
    Column("kind", String(32), primary_key=True),
    Column("subject", String(64), primary_key=True),
    Column("due_at", UtcTime, primary_key=True),
    Column("recipient", BigInteger, primary_key=True, autoincrement=False),
    Column("at", UtcTime, nullable=False),
)

# --- scores, rankings, what follows from them ----------------------------------------------------

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

# --- warning letters 督办警示 -------------------------------------------------------------------------

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

# --- the calendar: days, moved duties, what was handed in ------------------------------------------

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
    Column("kind", String(12), nullable=False),  # table | lines | summary | scan
    Column("revision", Integer, nullable=False),
    Column("member_id", ForeignKey("members.id")),
    Column("chat_id", BigInteger, nullable=False),
    Column("message_id", BigInteger, nullable=False),
    Column("sent_at", UtcTime, nullable=False),
    Column("received_at", UtcTime, nullable=False),
    Column("file_id", String(256)),
    Column("file_name", String(128)),
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

# the city's own figures 市交办问题 of a region, as they stood at the Friday's cut
week_figures = Table(
    "week_figures",
    metadata,
    Column("key", String(10), primary_key=True),
    Column("region", String(32), primary_key=True),
    Column("figures", Json, nullable=False),
    Column("at", UtcTime, nullable=False),
)

# --- bulletins: what leaves the house ----------------------------------------------------------------

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

# --- the wire's own books ------------------------------------------------------------------------

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
