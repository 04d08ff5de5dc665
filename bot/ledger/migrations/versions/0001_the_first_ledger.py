"""The first ledger."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.ledger import guards, words
from bot.ledger.types import Json, UtcTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "cards",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.String(length=48), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("with_picture", sa.Boolean(), server_default=sa.text("0"), nullable=False),
        sa.Column("wanted", sa.Integer(), server_default="1", nullable=False),
        sa.Column("shown", sa.Integer(), server_default="0", nullable=False),
        sa.Column("picture", sa.String(length=160), nullable=True),
        sa.Column("panel", sa.String(length=64), nullable=True),
        sa.Column("chosen", Json(), nullable=True),
        sa.Column("quiet", sa.Boolean(), server_default=sa.text("0"), nullable=False),
        sa.Column("thread_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cards")),
        sa.UniqueConstraint("chat_id", "subject", "kind", name=op.f("uq_cards_chat_id_subject_kind")),
    )
    with op.batch_alter_table("cards", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cards_entry_id"), ["entry_id"], unique=False)

    op.create_table(
        "chats",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=128), server_default="", nullable=False),
        sa.Column("group_key", sa.String(length=48), nullable=True),
        sa.Column("region", sa.String(length=32), nullable=True),
        sa.Column("channel_of", sa.String(length=32), nullable=True),
        sa.Column("every_photo", sa.Boolean(), server_default=sa.text("0"), nullable=False),
        sa.Column("sees_photos", sa.Boolean(), nullable=True),
        sa.Column("unreachable_at", UtcTime(), nullable=True),
        sa.Column("unreachable_why", sa.String(length=64), nullable=True),
        sa.Column("heard_at", UtcTime(), nullable=True),
        sa.Column("moved_to", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chats")),
    )
    with op.batch_alter_table("chats", schema=None) as batch_op:
        batch_op.create_index(
            "ix_chats_unreachable",
            ["unreachable_at"],
            unique=False,
            sqlite_where=sa.text("unreachable_at IS NOT NULL"),
        )

    op.create_table(
        "counts",
        sa.Column("region", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("region", "state", name=op.f("pk_counts")),
    )
    op.create_table(
        "facts",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("value", Json(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_facts")),
    )
    op.create_table(
        "inbox",
        sa.Column("update_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("lane", sa.BigInteger(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("received_at", UtcTime(), nullable=False),
        sa.Column("state", sa.String(length=8), server_default="pending", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error", sa.String(length=256), nullable=True),
        sa.Column("done_at", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("update_id", name=op.f("pk_inbox")),
    )
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.create_index(
            "ix_inbox_pending", ["update_id"], unique=False, sqlite_where=sa.text("state = 'pending'")
        )

    op.create_table(
        "meetings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("votes", Json(), nullable=False),
        sa.Column("begins", UtcTime(), nullable=True),
        sa.Column("hall", sa.String(length=64), server_default="", nullable=False),
        sa.Column("visits", Json(), nullable=False),
        sa.Column("speakers", Json(), nullable=False),
        sa.Column("models", Json(), nullable=False),
        sa.Column("attend", sa.String(length=500), server_default="", nullable=False),
        sa.Column("notices", Json(), nullable=False),
        sa.Column("told", Json(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meetings")),
        sa.UniqueConstraint("month", name=op.f("uq_meetings_month")),
    )
    op.create_table(
        "members",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("telegram_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.String(length=64), server_default="", nullable=False),
        sa.Column("post", sa.String(length=64), server_default="", nullable=False),
        sa.Column("unit", sa.String(length=64), server_default="", nullable=False),
        sa.Column("phone", sa.String(length=32), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("joined_at", UtcTime(), nullable=True),
        sa.Column("red_lines_at", UtcTime(), nullable=True),
        sa.Column("left_at", UtcTime(), nullable=True),
        sa.Column("heard_at", UtcTime(), nullable=True),
        sa.Column("identity", Json(), nullable=True),
        sa.Column("covert_switch", sa.Boolean(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_members")),
        sa.UniqueConstraint("telegram_id", name=op.f("uq_members_telegram_id")),
    )
    with op.batch_alter_table("members", schema=None) as batch_op:
        batch_op.create_index("ix_members_created", ["created_at"], unique=False)

    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("region", sa.String(length=32), nullable=False),
        sa.Column("sender", sa.String(length=48), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("region", "sender", "day", name=op.f("uq_notices_region_sender_day")),
    )
    op.create_table(
        "occurrences",
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("due_at", UtcTime(), nullable=False),
        sa.Column("recipient", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "subject", "due_at", "recipient", name=op.f("pk_occurrences")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dedup", sa.String(length=96), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("payload", Json(), nullable=True),
        sa.Column("card_id", sa.Integer(), nullable=True),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("not_before", UtcTime(), nullable=True),
        sa.Column("state", sa.String(length=10), server_default="waiting", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("doubts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("sending_since", UtcTime(), nullable=True),
        sa.Column("sent_at", UtcTime(), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.String(length=256), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("dedup", name=op.f("uq_outbox_dedup")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_card", ["card_id"], unique=False)
        batch_op.create_index(
            "ix_outbox_reminder",
            ["chat_id", "message_id"],
            unique=False,
            sqlite_where=sa.text("priority = 1"),
        )
        batch_op.create_index(
            "ix_outbox_waiting", ["priority", "id"], unique=False, sqlite_where=sa.text("state = 'waiting'")
        )

    op.create_table(
        "reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("duty", sa.String(length=24), nullable=False),
        sa.Column("key", sa.String(length=10), nullable=False),
        sa.Column("track", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=48), nullable=False),
        sa.Column("revision", sa.Integer(), server_default="0", nullable=False),
        sa.Column("figures", Json(), nullable=True),
        sa.Column("pending", Json(), nullable=True),
        sa.Column("faults", Json(), nullable=True),
        sa.Column("pending_since", UtcTime(), nullable=True),
        sa.Column("texts", Json(), nullable=True),
        sa.Column("heads", Json(), nullable=True),
        sa.Column("table_at", UtcTime(), nullable=True),
        sa.Column("summary_at", UtcTime(), nullable=True),
        sa.Column("updated_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint("duty", "key", "owner", name=op.f("uq_reports_duty_key_owner")),
    )
    op.create_table(
        "resemblances",
        sa.Column("photo_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("other_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("distance", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("photo_id", "other_id", name=op.f("pk_resemblances")),
    )
    with op.batch_alter_table("resemblances", schema=None) as batch_op:
        batch_op.create_index("ix_resemblances_other", ["other_id"], unique=False)

    op.create_table(
        "score_sheets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("track", sa.String(length=32), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("correction", sa.Integer(), server_default="0", nullable=False),
        sa.Column("state", sa.String(length=12), server_default="open", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("rules", sa.Integer(), server_default="0", nullable=False),
        sa.Column("decisions", Json(), nullable=True),
        sa.Column("marking_ended_at", UtcTime(), nullable=True),
        sa.Column("drafted_at", UtcTime(), nullable=True),
        sa.Column("objections_until", UtcTime(), nullable=True),
        sa.Column("locked_at", UtcTime(), nullable=True),
        sa.Column("data", Json(), nullable=True),
        sa.Column("hash", sa.String(length=64), nullable=True),
        sa.Column("published_at", UtcTime(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_sheets")),
        sa.UniqueConstraint(
            "track", "period", "correction", name=op.f("uq_score_sheets_track_period_correction")
        ),
    )
    op.create_table(
        "serials",
        sa.Column("key", sa.String(length=48), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_serials")),
    )
    op.create_table(
        "strangers",
        sa.Column("telegram_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("answered_on", sa.String(length=10), nullable=False),
        sa.Column("guesses", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("telegram_id", name=op.f("pk_strangers")),
    )
    op.create_table(
        "week_figures",
        sa.Column("key", sa.String(length=10), nullable=False),
        sa.Column("region", sa.String(length=32), nullable=False),
        sa.Column("figures", Json(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", "region", name=op.f("pk_week_figures")),
    )
    op.create_table(
        "announcements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("track", sa.String(length=32), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("owners", Json(), nullable=False),
        sa.Column("state", sa.String(length=10), server_default="draft", nullable=False),
        sa.Column("meeting", Json(), nullable=True),
        sa.Column("said_in", Json(), nullable=True),
        sa.Column("media_group_id", sa.String(length=64), nullable=True),
        sa.Column("forwarded_at", UtcTime(), nullable=True),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("sent_at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_announcements_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcements")),
    )
    op.create_table(
        "bulletins",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("track", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("key", sa.String(length=10), nullable=False),
        sa.Column("correction", sa.Integer(), server_default="0", nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=12), server_default="draft", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("figures", Json(), nullable=False),
        sa.Column("content", Json(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("drafted_at", UtcTime(), nullable=True),
        sa.Column("submitted_by", sa.Integer(), nullable=True),
        sa.Column("submitted_at", UtcTime(), nullable=True),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.Column("approved_at", UtcTime(), nullable=True),
        sa.Column("reported_at", UtcTime(), nullable=True),
        sa.Column("published_at", UtcTime(), nullable=True),
        sa.Column("withdrawn_at", UtcTime(), nullable=True),
        sa.Column("sealed", Json(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["approved_by"], ["members.id"], name=op.f("fk_bulletins_approved_by")),
        sa.ForeignKeyConstraint(["submitted_by"], ["members.id"], name=op.f("fk_bulletins_submitted_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulletins")),
        sa.UniqueConstraint(
            "track", "kind", "key", "correction", name=op.f("uq_bulletins_track_kind_key_correction")
        ),
        sa.UniqueConstraint("track", "kind", "number", name=op.f("uq_bulletins_track_kind_number")),
    )
    op.create_table(
        "day_overrides",
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("works", sa.Boolean(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_day_overrides_member_id")),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_day_overrides")),
    )
    op.create_table(
        "entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("kind", sa.String(length=8), server_default="issue", nullable=False),
        sa.Column("track", sa.String(length=32), nullable=True),
        sa.Column("group_key", sa.String(length=48), nullable=True),
        sa.Column("filer_id", sa.Integer(), nullable=True),
        sa.Column("chat_id", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.String(length=16), server_default="group", nullable=False),
        sa.Column("mode", sa.String(length=8), server_default="open", nullable=False),
        sa.Column("identity_open", sa.Boolean(), server_default=sa.text("0"), nullable=False),
        sa.Column("checker", sa.String(length=48), nullable=True),
        sa.Column("region", sa.String(length=32), nullable=True),
        sa.Column("township", sa.String(length=32), nullable=True),
        sa.Column("village", sa.String(length=64), nullable=True),
        sa.Column("spot", sa.String(length=128), nullable=True),
        sa.Column("place_type", sa.String(length=24), nullable=True),
        sa.Column("category", sa.String(length=48), nullable=True),
        sa.Column("severity", sa.String(length=16), server_default="normal", nullable=False),
        sa.Column("handling", sa.String(length=16), server_default="notice", nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("public_text", sa.Text(), nullable=True),
        sa.Column("wish", sa.String(length=64), nullable=True),
        sa.Column("wish_words", sa.String(length=64), nullable=True),
        sa.Column("by_hand", Json(), nullable=True),
        sa.Column("alternatives", Json(), nullable=True),
        sa.Column("choices", Json(), nullable=True),
        sa.Column("problems", Json(), nullable=True),
        sa.Column("words_message", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.String(length=64), nullable=True),
        sa.Column("deadline", UtcTime(), nullable=True),
        sa.Column("found_at", UtcTime(), nullable=False),
        sa.Column(
            "listed_at",
            UtcTime(),
            sa.Computed(
                "CASE mode WHEN 'covert' THEN coalesce(handed_over_at, found_at) ELSE found_at END",
            ),
            nullable=True,
        ),
        sa.Column(
            "owed_by",
            UtcTime(),
            sa.Computed(
                "CASE WHEN state IN ('assigned', 'acknowledged', 'returned') THEN coalesce(deadline, '9999-12-31 00:00:00.000000') END",
            ),
            nullable=True,
        ),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("touched_at", UtcTime(), nullable=False),
        sa.Column("settle_at", UtcTime(), nullable=True),
        sa.Column("nag_at", UtcTime(), nullable=True),
        sa.Column("handed_over_at", UtcTime(), nullable=True),
        sa.Column("assigned_at", UtcTime(), nullable=True),
        sa.Column("acknowledged_at", UtcTime(), nullable=True),
        sa.Column("submitted_at", UtcTime(), nullable=True),
        sa.Column("proof_sent_at", UtcTime(), nullable=True),
        sa.Column("closed_at", UtcTime(), nullable=True),
        sa.Column("closed_how", sa.String(length=8), nullable=True),
        sa.Column("round", sa.Integer(), server_default="1", nullable=False),
        sa.Column("returns", sa.Integer(), server_default="0", nullable=False),
        sa.Column("warnings", sa.Integer(), server_default="0", nullable=False),
        sa.Column("chain_id", sa.Integer(), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("duplicate_of", sa.Integer(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lng", sa.Float(), nullable=True),
        sa.Column("position_from", sa.String(length=8), nullable=True),
        sa.Column("county_leader", sa.String(length=64), nullable=True),
        sa.Column("section_officer", sa.String(length=64), nullable=True),
        sa.Column("measures", sa.Text(), nullable=True),
        sa.Column("passed_to", sa.String(length=32), nullable=True),
        sa.Column("passed_at", UtcTime(), nullable=True),
        sa.Column("deputy_told_at", UtcTime(), nullable=True),
        sa.Column("contact_pressed_at", UtcTime(), nullable=True),
        sa.Column("unread", sa.Boolean(), server_default=sa.text("1"), nullable=False),
        sa.Column("undelivered_at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(["duplicate_of"], ["entries.id"], name=op.f("fk_entries_duplicate_of")),
        sa.ForeignKeyConstraint(["filer_id"], ["members.id"], name=op.f("fk_entries_filer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entries")),
        sa.UniqueConstraint("number", name=op.f("uq_entries_number")),
    )
    with op.batch_alter_table("entries", schema=None) as batch_op:
        batch_op.create_index(
            "ix_entries_alike",
            ["region", "village", "id"],
            unique=False,
            sqlite_where=sa.text("village IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_entries_assigned",
            ["assigned_at"],
            unique=False,
            sqlite_where=sa.text("assigned_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_entries_by_group",
            ["group_key", sa.literal_column("listed_at DESC"), sa.literal_column("id DESC")],
            unique=False,
        )
        batch_op.create_index(
            "ix_entries_chain", ["chain_id"], unique=False, sqlite_where=sa.text("chain_id IS NOT NULL")
        )
        batch_op.create_index(
            "ix_entries_checks",
            ["checker", "proof_sent_at", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'submitted'"),
        )
        batch_op.create_index(
            "ix_entries_drafts",
            ["filer_id", "chat_id"],
            unique=False,
            sqlite_where=sa.text("state = 'draft'"),
        )
        batch_op.create_index(
            "ix_entries_filed",
            ["filer_id", "state", sa.literal_column("listed_at DESC"), sa.literal_column("id DESC")],
            unique=False,
        )
        batch_op.create_index("ix_entries_filer", ["filer_id", "chat_id", "touched_at"], unique=False)
        batch_op.create_index("ix_entries_group", ["group_key", "state"], unique=False)
        batch_op.create_index(
            "ix_entries_handed_check",
            ["checker", sa.literal_column("listed_at DESC"), sa.literal_column("id DESC")],
            unique=False,
            sqlite_where=sa.text("checker IS NOT NULL AND entries.checker IS NOT entries.group_key"),
        )
        batch_op.create_index(
            "ix_entries_hidden",
            ["state"],
            unique=False,
            sqlite_where=sa.text("mode = 'covert' AND handed_over_at IS NULL"),
        )
        batch_op.create_index(
            "ix_entries_lat", ["lat"], unique=False, sqlite_where=sa.text("lat IS NOT NULL")
        )
        batch_op.create_index(
            "ix_entries_owed",
            ["track", "owed_by", "id"],
            unique=False,
            sqlite_where=sa.text("owed_by IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_entries_owed_filed",
            ["filer_id", "owed_by", "id"],
            unique=False,
            sqlite_where=sa.text("owed_by IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_entries_owed_group",
            ["group_key", "owed_by", "id"],
            unique=False,
            sqlite_where=sa.text("owed_by IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_entries_owed_region",
            ["region", "owed_by", "id"],
            unique=False,
            sqlite_where=sa.text("owed_by IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_entries_passed",
            ["region", "passed_to"],
            unique=False,
            sqlite_where=sa.text("passed_to IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_entries_region",
            ["region", sa.literal_column("listed_at DESC"), sa.literal_column("id DESC")],
            unique=False,
        )
        batch_op.create_index(
            "ix_entries_region_state",
            ["region", "state", sa.literal_column("listed_at DESC"), sa.literal_column("id DESC")],
            unique=False,
        )
        batch_op.create_index(
            "ix_entries_settle", ["settle_at"], unique=False, sqlite_where=sa.text("settle_at IS NOT NULL")
        )
        batch_op.create_index(
            "ix_entries_township",
            ["region", "township", sa.literal_column("listed_at DESC"), sa.literal_column("id DESC")],
            unique=False,
        )
        batch_op.create_index(
            "ix_entries_track",
            ["track", sa.literal_column("listed_at DESC"), sa.literal_column("id DESC")],
            unique=False,
        )
        batch_op.create_index(
            "ix_entries_track_state",
            ["track", "state", sa.literal_column("listed_at DESC"), sa.literal_column("id DESC")],
            unique=False,
        )
        batch_op.create_index(
            "ix_entries_undelivered",
            ["undelivered_at"],
            unique=False,
            sqlite_where=sa.text("undelivered_at IS NOT NULL"),
        )
        batch_op.create_index("ix_entries_unread", ["id"], unique=False, sqlite_where=sa.text("unread IS 1"))
        batch_op.create_index(
            "ix_entries_unsigned",
            ["assigned_at"],
            unique=False,
            sqlite_where=sa.text("state = 'assigned' AND deputy_told_at IS NULL"),
        )

    op.create_table(
        "group_phones",
        sa.Column("group_key", sa.String(length=48), nullable=False),
        sa.Column("phone", sa.String(length=32), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_group_phones_member_id")),
        sa.PrimaryKeyConstraint("group_key", name=op.f("pk_group_phones")),
    )
    op.create_table(
        "kits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("track", sa.String(length=32), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("state", sa.String(length=8), server_default="draft", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("items", Json(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("ready_at", UtcTime(), nullable=True),
        sa.Column("agreed_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["agreed_by"], ["members.id"], name=op.f("fk_kits_agreed_by")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_kits_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kits")),
    )
    op.create_table(
        "measures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("track", sa.String(length=32), nullable=False),
        sa.Column("region", sa.String(length=32), nullable=False),
        sa.Column("trigger", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("measure", sa.String(length=24), nullable=False),
        sa.Column("state", sa.String(length=10), server_default="proposed", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("basis", Json(), nullable=True),
        sa.Column("found", sa.Boolean(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", UtcTime(), nullable=True),
        sa.Column("proof", Json(), nullable=True),
        sa.Column("done_at", UtcTime(), nullable=True),
        sa.Column("at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["confirmed_by"], ["members.id"], name=op.f("fk_measures_confirmed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measures")),
        sa.UniqueConstraint(
            "trigger",
            "track",
            "subject",
            "region",
            "measure",
            name=op.f("uq_measures_trigger_track_subject_region_measure"),
        ),
    )
    op.create_table(
        "moved_duties",
        sa.Column("duty", sa.String(length=24), nullable=False),
        sa.Column("track", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=10), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=True),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_moved_duties_member_id")),
        sa.PrimaryKeyConstraint("duty", "track", "key", name=op.f("pk_moved_duties")),
    )
    op.create_table(
        "questions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("telegram_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject", Json(), nullable=True),
        sa.Column("asked_at", UtcTime(), nullable=False),
        sa.Column("expires_at", UtcTime(), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=12), server_default="open", nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_questions_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
    )
    with op.batch_alter_table("questions", schema=None) as batch_op:
        batch_op.create_index("ix_questions_open", ["chat_id", "state"], unique=False)

    op.create_table(
        "register_papers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("region", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("files", Json(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("album", sa.String(length=64), nullable=True),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("body", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_register_papers_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_papers")),
        sa.UniqueConstraint("region", "version", name=op.f("uq_register_papers_region_version")),
    )
    op.create_table(
        "register_people",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("region", sa.String(length=32), nullable=False),
        sa.Column("township", sa.String(length=32), server_default="", nullable=False),
        sa.Column("village", sa.String(length=64), server_default="", nullable=False),
        sa.Column("level", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("post", sa.String(length=64), server_default="", nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("body", sa.String(length=64), nullable=False),
        sa.Column("ended_at", UtcTime(), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("ended_body", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["ended_by"], ["members.id"], name=op.f("fk_register_people_ended_by")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_register_people_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_people")),
    )
    with op.batch_alter_table("register_people", schema=None) as batch_op:
        batch_op.create_index("ix_register_people_place", ["region", "township"], unique=False)

    op.create_table(
        "report_parts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", UtcTime(), nullable=False),
        sa.Column("received_at", UtcTime(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("figures", Json(), nullable=True),
        sa.Column("faults", Json(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_report_parts_member_id")),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_report_parts_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_parts")),
        sa.UniqueConstraint(
            "chat_id",
            "message_id",
            "kind",
            "report_id",
            name=op.f("uq_report_parts_chat_id_message_id_kind_report_id"),
        ),
    )
    with op.batch_alter_table("report_parts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_parts_report_id"), ["report_id"], unique=False)

    op.create_table(
        "roles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("track", sa.String(length=32), nullable=True),
        sa.Column("group_key", sa.String(length=48), nullable=True),
        sa.Column("region", sa.String(length=32), nullable=True),
        sa.Column("township", sa.String(length=32), nullable=True),
        sa.Column("leader", sa.Boolean(), server_default=sa.text("0"), nullable=False),
        sa.Column("deputy", sa.Boolean(), server_default=sa.text("0"), nullable=False),
        sa.Column("invitation_id", sa.Integer(), nullable=True),
        sa.Column("granted_at", UtcTime(), nullable=False),
        sa.Column("ended_at", UtcTime(), nullable=True),
        sa.Column("lent_by", sa.Integer(), nullable=True),
        sa.Column("until", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(["lent_by"], ["members.id"], name=op.f("fk_roles_lent_by")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_roles_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roles")),
    )
    with op.batch_alter_table("roles", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_roles_member_id"), ["member_id"], unique=False)
        batch_op.create_index("ix_roles_scope", ["role", "region", "group_key"], unique=False)
        batch_op.create_index(
            "ix_roles_until", ["until"], unique=False, sqlite_where=sa.text("until IS NOT NULL")
        )

    op.create_table(
        "rosters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("track", sa.String(length=32), nullable=True),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("file_name", sa.String(length=128), server_default="", nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_rosters_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rosters")),
    )
    op.create_table(
        "score_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("track", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("data", Json(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("holds_from", sa.String(length=10), server_default="", nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("approved_at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_score_rules_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_rules")),
        sa.UniqueConstraint("track", "number", name=op.f("uq_score_rules_track_number")),
    )
    op.create_table(
        "warning_letters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("track", sa.String(length=32), nullable=False),
        sa.Column("region", sa.String(length=32), nullable=False),
        sa.Column("group_key", sa.String(length=48), nullable=True),
        sa.Column("due", UtcTime(), nullable=True),
        sa.Column("words", Json(), nullable=True),
        sa.Column("data", Json(), nullable=True),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(length=64), server_default="", nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("sent_at", UtcTime(), nullable=True),
        sa.Column("escalated_at", UtcTime(), nullable=True),
        sa.Column("hold_until", UtcTime(), nullable=True),
        sa.Column("refusal", sa.Text(), nullable=True),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.Column("approved_at", UtcTime(), nullable=True),
        sa.Column("served_at", UtcTime(), nullable=True),
        sa.Column("signed_by", sa.Integer(), nullable=True),
        sa.Column("signed_at", UtcTime(), nullable=True),
        sa.Column("late_told_at", UtcTime(), nullable=True),
        sa.Column("replied_at", UtcTime(), nullable=True),
        sa.Column("reply", Json(), nullable=True),
        sa.Column("ended_at", UtcTime(), nullable=True),
        sa.Column("unfulfilled", Json(), nullable=True),
        sa.Column("revoked_at", UtcTime(), nullable=True),
        sa.Column("revoked_by", sa.Integer(), nullable=True),
        sa.Column("revoke_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["approved_by"], ["members.id"], name=op.f("fk_warning_letters_approved_by")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_warning_letters_member_id")),
        sa.ForeignKeyConstraint(["revoked_by"], ["members.id"], name=op.f("fk_warning_letters_revoked_by")),
        sa.ForeignKeyConstraint(["signed_by"], ["members.id"], name=op.f("fk_warning_letters_signed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warning_letters")),
        sa.UniqueConstraint("number", name=op.f("uq_warning_letters_number")),
    )
    with op.batch_alter_table("warning_letters", schema=None) as batch_op:
        batch_op.create_index(
            "ix_warning_letters_running",
            ["due"],
            unique=False,
            sqlite_where=sa.text("state = 'issued' AND ended_at IS NULL"),
        )
        batch_op.create_index("ix_warning_letters_state", ["state", "track"], unique=False)
        batch_op.create_index(
            "ix_warning_letters_unsigned",
            ["state"],
            unique=False,
            sqlite_where=sa.text("state = 'issued' AND late_told_at IS NULL"),
        )

    op.create_table(
        "announcement_receipts",
        sa.Column("announcement_id", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(length=48), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("attendees", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["announcement_id"], ["announcements.id"], name=op.f("fk_announcement_receipts_announcement_id")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_announcement_receipts_member_id")
        ),
        sa.PrimaryKeyConstraint("announcement_id", "owner", name=op.f("pk_announcement_receipts")),
    )
    op.create_table(
        "bulletin_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bulletin_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=12), nullable=False),
        sa.Column("content", Json(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("file_id", sa.String(length=256), nullable=True),
        sa.Column("file_name", sa.String(length=128), nullable=True),
        sa.ForeignKeyConstraint(
            ["bulletin_id"], ["bulletins.id"], name=op.f("fk_bulletin_versions_bulletin_id")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_bulletin_versions_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulletin_versions")),
        sa.UniqueConstraint("bulletin_id", "version", name=op.f("uq_bulletin_versions_bulletin_id_version")),
    )
    with op.batch_alter_table("bulletin_versions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bulletin_versions_bulletin_id"), ["bulletin_id"], unique=False)

    op.create_table(
        "draws",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("checker", sa.String(length=48), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), server_default="1", nullable=False),
        sa.Column("of", sa.Integer(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("done_at", UtcTime(), nullable=True),
        sa.Column("found", sa.String(length=12), nullable=True),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_draws_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draws")),
        sa.UniqueConstraint("period", "entry_id", name=op.f("uq_draws_period_entry_id")),
    )
    with op.batch_alter_table("draws", schema=None) as batch_op:
        batch_op.create_index("ix_draws_checker", ["checker", "period"], unique=False)

    op.create_table(
        "events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("body", sa.String(length=64), nullable=False),
        sa.Column("from_state", sa.String(length=16), nullable=True),
        sa.Column("to_state", sa.String(length=16), nullable=True),
        sa.Column("data", Json(), nullable=True),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_events_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_events_entry_id"), ["entry_id"], unique=False)

    op.create_table(
        "handed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("about_id", sa.Integer(), nullable=True),
        sa.Column("track", sa.String(length=32), nullable=True),
        sa.Column("state", sa.String(length=12), server_default="open", nullable=False),
        sa.Column("taken_by", sa.Integer(), nullable=True),
        sa.Column("taken_at", UtcTime(), nullable=True),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("touched_at", UtcTime(), nullable=False),
        sa.Column("reported_at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(["about_id"], ["entries.id"], name=op.f("fk_handed_about_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_handed_entry_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_handed_member_id")),
        sa.ForeignKeyConstraint(["taken_by"], ["members.id"], name=op.f("fk_handed_taken_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handed")),
    )
    with op.batch_alter_table("handed", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handed_entry_id"), ["entry_id"], unique=False)
        batch_op.create_index("ix_handed_member", ["member_id", "touched_at"], unique=False)
        batch_op.create_index(
            "ix_handed_unreported", ["state"], unique=False, sqlite_where=sa.text("reported_at IS NULL")
        )

    op.create_table(
        "heap_fines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("track", sa.String(length=32), nullable=False),
        sa.Column("region", sa.String(length=32), nullable=False),
        sa.Column("yuan", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), server_default="open", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("objections_until", UtcTime(), nullable=False),
        sa.Column("objection", sa.Text(), server_default="", nullable=False),
        sa.Column("answer", sa.Text(), server_default="", nullable=False),
        sa.Column("confirmed_at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_heap_fines_entry_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_heap_fines_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heap_fines")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_heap_fines_entry_id")),
    )
    with op.batch_alter_table("heap_fines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_heap_fines_region"), ["region"], unique=False)

    op.create_table(
        "invitations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("track", sa.String(length=32), nullable=True),
        sa.Column("group_key", sa.String(length=48), nullable=True),
        sa.Column("region", sa.String(length=32), nullable=True),
        sa.Column("township", sa.String(length=32), nullable=True),
        sa.Column("leader", sa.Boolean(), server_default=sa.text("0"), nullable=False),
        sa.Column("deputy", sa.Boolean(), server_default=sa.text("0"), nullable=False),
        sa.Column("name", sa.String(length=64), server_default="", nullable=False),
        sa.Column("post", sa.String(length=64), server_default="", nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("expires_at", UtcTime(), nullable=False),
        sa.Column("revoked_at", UtcTime(), nullable=True),
        sa.Column("roster_id", sa.Integer(), nullable=True),
        sa.Column("unit", sa.String(length=64), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["members.id"], name=op.f("fk_invitations_created_by")),
        sa.ForeignKeyConstraint(["roster_id"], ["rosters.id"], name=op.f("fk_invitations_roster_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitations_token_hash")),
    )
    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitations_roster_id"), ["roster_id"], unique=False)

    op.create_table(
        "kept_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("part_id", sa.Integer(), nullable=True),
        sa.Column("announcement_id", sa.Integer(), nullable=True),
        sa.Column("folder", sa.String(length=80), nullable=False),
        sa.Column("medium", sa.String(length=12), nullable=False),
        sa.Column("file_id", sa.String(length=256), nullable=False),
        sa.Column("file_size", sa.BigInteger(), nullable=True),
        sa.Column("file_name", sa.String(length=128), nullable=True),
        sa.Column("mime", sa.String(length=64), nullable=True),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("media_group_id", sa.String(length=64), nullable=True),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("received_at", UtcTime(), nullable=False),
        sa.Column("state", sa.String(length=12), server_default="pending", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_try_at", UtcTime(), nullable=True),
        sa.Column("fault", sa.String(length=32), nullable=True),
        sa.Column("file", sa.String(length=200), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["announcement_id"], ["announcements.id"], name=op.f("fk_kept_files_announcement_id")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_kept_files_member_id")),
        sa.ForeignKeyConstraint(["part_id"], ["report_parts.id"], name=op.f("fk_kept_files_part_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_files")),
    )
    with op.batch_alter_table("kept_files", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kept_files_announcement_id"), ["announcement_id"], unique=False)
        batch_op.create_index("ix_kept_files_message", ["chat_id", "message_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_kept_files_part_id"), ["part_id"], unique=False)
        batch_op.create_index(
            "ix_kept_files_pending", ["next_try_at"], unique=False, sqlite_where=sa.text("state = 'pending'")
        )

    op.create_table(
        "links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.Column("undone_at", UtcTime(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_links_entry_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_links_member_id")),
        sa.ForeignKeyConstraint(["other_id"], ["entries.id"], name=op.f("fk_links_other_id")),
        sa.ForeignKeyConstraint(["undone_by"], ["members.id"], name=op.f("fk_links_undone_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_links")),
    )
    with op.batch_alter_table("links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_links_entry_id"), ["entry_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_links_other_id"), ["other_id"], unique=False)

    op.create_table(
        "messages",
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("message_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_messages_entry_id")),
        sa.PrimaryKeyConstraint("chat_id", "message_id", name=op.f("pk_messages")),
    )
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_messages_entry_id"), ["entry_id"], unique=False)

    op.create_table(
        "notice_items",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_notice_items_entry_id")),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], name=op.f("fk_notice_items_notice_id")),
        sa.PrimaryKeyConstraint("entry_id", "round", name=op.f("pk_notice_items")),
    )
    with op.batch_alter_table("notice_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_items_notice_id"), ["notice_id"], unique=False)

    op.create_table(
        "photos",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("medium", sa.String(length=12), nullable=False),
        sa.Column("seq", sa.Integer(), server_default="1", nullable=False),
        sa.Column("round", sa.Integer(), server_default="1", nullable=False),
        sa.Column("proof_id", sa.Integer(), nullable=True),
        sa.Column("file_id", sa.String(length=256), nullable=False),
        sa.Column("file_unique_id", sa.String(length=64), nullable=False),
        sa.Column("file_size", sa.BigInteger(), nullable=True),
        sa.Column("file_name", sa.String(length=128), nullable=True),
        sa.Column("mime", sa.String(length=64), nullable=True),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("media_group_id", sa.String(length=64), nullable=True),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("caption", sa.Text(), nullable=True),
        sa.Column("forwarded", sa.Boolean(), server_default=sa.text("0"), nullable=False),
        sa.Column("sent_at", UtcTime(), nullable=False),
        sa.Column("received_at", UtcTime(), nullable=False),
        sa.Column("state", sa.String(length=12), server_default="pending", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_try_at", UtcTime(), nullable=True),
        sa.Column("fault", sa.String(length=32), nullable=True),
        sa.Column("file", sa.String(length=160), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("dhash", sa.BigInteger(), nullable=True),
        sa.Column("dhash_version", sa.Integer(), nullable=True),
        sa.Column("hash_seq", sa.Integer(), nullable=True),
        sa.Column("compared_at", UtcTime(), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("taken_at", sa.String(length=19), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lng", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_photos_entry_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_photos_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photos")),
        sa.UniqueConstraint(
            "chat_id",
            "message_id",
            "kind",
            "entry_id",
            name=op.f("uq_photos_chat_id_message_id_kind_entry_id"),
        ),
    )
    with op.batch_alter_table("photos", schema=None) as batch_op:
        batch_op.create_index("ix_photos_album", ["chat_id", "media_group_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_photos_entry_id"), ["entry_id"], unique=False)
        batch_op.create_index("ix_photos_file", ["file_unique_id"], unique=False)
        batch_op.create_index(
            "ix_photos_hash_seq", ["hash_seq"], unique=False, sqlite_where=sa.text("hash_seq IS NOT NULL")
        )
        batch_op.create_index(
            "ix_photos_pending", ["next_try_at"], unique=False, sqlite_where=sa.text("state = 'pending'")
        )
        batch_op.create_index(batch_op.f("ix_photos_sha256"), ["sha256"], unique=False)
        batch_op.create_index(
            "ix_photos_uncompared",
            ["hash_seq"],
            unique=False,
            sqlite_where=sa.text("hash_seq IS NOT NULL AND compared_at IS NULL"),
        )

    op.create_table(
        "proofs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("from_township", sa.Boolean(), server_default=sa.text("0"), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("unreviewed", sa.Boolean(), server_default=sa.text("0"), nullable=False),
        sa.Column("sent_at", UtcTime(), nullable=False),
        sa.Column("measures", sa.Text(), nullable=True),
        sa.Column("chat_id", sa.BigInteger(), nullable=True),
        sa.Column("media_group_id", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_proofs_entry_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_proofs_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proofs")),
    )
    with op.batch_alter_table("proofs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proofs_entry_id"), ["entry_id"], unique=False)
        batch_op.create_index(
            "ix_proofs_waiting", ["state"], unique=False, sqlite_where=sa.text("state = 'waiting'")
        )

    op.create_table(
        "requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("track", sa.String(length=32), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("wanted", UtcTime(), nullable=True),
        sa.Column("data", Json(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", UtcTime(), nullable=True),
        sa.Column("escalated_at", UtcTime(), nullable=True),
        sa.Column("hold_until", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(["decided_by"], ["members.id"], name=op.f("fk_requests_decided_by")),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_requests_entry_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_requests_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requests")),
    )
    with op.batch_alter_table("requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_requests_entry_id"), ["entry_id"], unique=False)
        batch_op.create_index(
            "ix_requests_open", ["kind"], unique=False, sqlite_where=sa.text("state = 'open'")
        )

    op.create_table(
        "score_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("track", sa.String(length=32), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("region", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("value", sa.String(length=16), server_default="0", nullable=False),
        sa.Column("units", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("aspects", Json(), nullable=True),
        sa.Column("body", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=10), server_default="active", nullable=False),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("dedup", sa.String(length=96), nullable=True),
        sa.Column("rules", sa.Integer(), server_default="0", nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(["confirmed_by"], ["members.id"], name=op.f("fk_score_items_confirmed_by")),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_score_items_entry_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_score_items_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_items")),
        sa.UniqueConstraint("dedup", name=op.f("uq_score_items_dedup")),
    )
    with op.batch_alter_table("score_items", schema=None) as batch_op:
        batch_op.create_index("ix_score_items_marks", ["track", "period", "kind", "source"], unique=False)
        batch_op.create_index("ix_score_items_region", ["track", "period", "region"], unique=False)

    op.create_table(
        "warning_advice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("dedup", sa.String(length=96), nullable=False),
        sa.Column("track", sa.String(length=32), nullable=False),
        sa.Column("region", sa.String(length=32), nullable=False),
        sa.Column("group_key", sa.String(length=48), nullable=True),
        sa.Column("why", sa.String(length=16), nullable=False),
        sa.Column("entries", Json(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("escalated_at", UtcTime(), nullable=True),
        sa.Column("state", sa.String(length=8), server_default="open", nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", UtcTime(), nullable=True),
        sa.Column("day", sa.String(length=10), nullable=True),
        sa.ForeignKeyConstraint(["decided_by"], ["members.id"], name=op.f("fk_warning_advice_decided_by")),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["warning_letters.id"], name=op.f("fk_warning_advice_letter_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warning_advice")),
        sa.UniqueConstraint("dedup", name=op.f("uq_warning_advice_dedup")),
    )
    with op.batch_alter_table("warning_advice", schema=None) as batch_op:
        batch_op.create_index(
            "ix_warning_advice_open", ["kind"], unique=False, sqlite_where=sa.text("state = 'open'")
        )

    op.create_table(
        "warning_items",
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_warning_items_entry_id")),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["warning_letters.id"], name=op.f("fk_warning_items_letter_id")
        ),
        sa.PrimaryKeyConstraint("letter_id", "entry_id", name=op.f("pk_warning_items")),
    )
    with op.batch_alter_table("warning_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_warning_items_entry_id"), ["entry_id"], unique=False)

    op.create_table(
        "score_counted",
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["score_items.id"], name=op.f("fk_score_counted_item_id")),
        sa.ForeignKeyConstraint(["sheet_id"], ["score_sheets.id"], name=op.f("fk_score_counted_sheet_id")),
        sa.PrimaryKeyConstraint("sheet_id", "item_id", name=op.f("pk_score_counted")),
    )
    op.create_table(
        "score_objections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("region", sa.String(length=32), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("photo", sa.String(length=256), nullable=True),
        sa.Column("state", sa.String(length=10), server_default="open", nullable=False),
        sa.Column("answer", sa.Text(), server_default="", nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(["decided_by"], ["members.id"], name=op.f("fk_score_objections_decided_by")),
        sa.ForeignKeyConstraint(["item_id"], ["score_items.id"], name=op.f("fk_score_objections_item_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_score_objections_member_id")),
        sa.ForeignKeyConstraint(["sheet_id"], ["score_sheets.id"], name=op.f("fk_score_objections_sheet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_objections")),
    )
    with op.batch_alter_table("score_objections", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_score_objections_sheet_id"), ["sheet_id"], unique=False)
    guards.protect_events(op.get_bind())
    words.create(op.get_bind())


def downgrade() -> None:
    """Take back."""
    words.drop(op.get_bind())
    with op.batch_alter_table("score_objections", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_score_objections_sheet_id"))

    op.drop_table("score_objections")
    op.drop_table("score_counted")
    with op.batch_alter_table("warning_items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_warning_items_entry_id"))

    op.drop_table("warning_items")
    with op.batch_alter_table("warning_advice", schema=None) as batch_op:
        batch_op.drop_index("ix_warning_advice_open", sqlite_where=sa.text("state = 'open'"))

    op.drop_table("warning_advice")
    with op.batch_alter_table("score_items", schema=None) as batch_op:
        batch_op.drop_index("ix_score_items_region")
        batch_op.drop_index("ix_score_items_marks")

    op.drop_table("score_items")
    with op.batch_alter_table("requests", schema=None) as batch_op:
        batch_op.drop_index("ix_requests_open", sqlite_where=sa.text("state = 'open'"))
        batch_op.drop_index(batch_op.f("ix_requests_entry_id"))

    op.drop_table("requests")
    with op.batch_alter_table("proofs", schema=None) as batch_op:
        batch_op.drop_index("ix_proofs_waiting", sqlite_where=sa.text("state = 'waiting'"))
        batch_op.drop_index(batch_op.f("ix_proofs_entry_id"))

    op.drop_table("proofs")
    with op.batch_alter_table("photos", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_photos_uncompared", sqlite_where=sa.text("hash_seq IS NOT NULL AND compared_at IS NULL")
        )
        batch_op.drop_index(batch_op.f("ix_photos_sha256"))
        batch_op.drop_index("ix_photos_pending", sqlite_where=sa.text("state = 'pending'"))
        batch_op.drop_index("ix_photos_hash_seq", sqlite_where=sa.text("hash_seq IS NOT NULL"))
        batch_op.drop_index("ix_photos_file")
        batch_op.drop_index(batch_op.f("ix_photos_entry_id"))
        batch_op.drop_index("ix_photos_album")

    op.drop_table("photos")
    with op.batch_alter_table("notice_items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notice_items_notice_id"))

    op.drop_table("notice_items")
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_messages_entry_id"))

    op.drop_table("messages")
    with op.batch_alter_table("links", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_links_other_id"))
        batch_op.drop_index(batch_op.f("ix_links_entry_id"))

    op.drop_table("links")
    with op.batch_alter_table("kept_files", schema=None) as batch_op:
        batch_op.drop_index("ix_kept_files_pending", sqlite_where=sa.text("state = 'pending'"))
        batch_op.drop_index(batch_op.f("ix_kept_files_part_id"))
        batch_op.drop_index("ix_kept_files_message")
        batch_op.drop_index(batch_op.f("ix_kept_files_announcement_id"))

    op.drop_table("kept_files")
    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitations_roster_id"))

    op.drop_table("invitations")
    with op.batch_alter_table("heap_fines", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_heap_fines_region"))

    op.drop_table("heap_fines")
    with op.batch_alter_table("handed", schema=None) as batch_op:
        batch_op.drop_index("ix_handed_unreported", sqlite_where=sa.text("reported_at IS NULL"))
        batch_op.drop_index("ix_handed_member")
        batch_op.drop_index(batch_op.f("ix_handed_entry_id"))

    op.drop_table("handed")
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_events_entry_id"))

    op.drop_table("events")
    with op.batch_alter_table("draws", schema=None) as batch_op:
        batch_op.drop_index("ix_draws_checker")

    op.drop_table("draws")
    with op.batch_alter_table("bulletin_versions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bulletin_versions_bulletin_id"))

    op.drop_table("bulletin_versions")
    op.drop_table("announcement_receipts")
    with op.batch_alter_table("warning_letters", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_warning_letters_unsigned", sqlite_where=sa.text("state = 'issued' AND late_told_at IS NULL")
        )
        batch_op.drop_index("ix_warning_letters_state")
        batch_op.drop_index(
            "ix_warning_letters_running", sqlite_where=sa.text("state = 'issued' AND ended_at IS NULL")
        )

    op.drop_table("warning_letters")
    op.drop_table("score_rules")
    op.drop_table("rosters")
    with op.batch_alter_table("roles", schema=None) as batch_op:
        batch_op.drop_index("ix_roles_until", sqlite_where=sa.text("until IS NOT NULL"))
        batch_op.drop_index("ix_roles_scope")
        batch_op.drop_index(batch_op.f("ix_roles_member_id"))

    op.drop_table("roles")
    with op.batch_alter_table("report_parts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_report_parts_report_id"))

    op.drop_table("report_parts")
    with op.batch_alter_table("register_people", schema=None) as batch_op:
        batch_op.drop_index("ix_register_people_place")

    op.drop_table("register_people")
    op.drop_table("register_papers")
    with op.batch_alter_table("questions", schema=None) as batch_op:
        batch_op.drop_index("ix_questions_open")

    op.drop_table("questions")
    op.drop_table("moved_duties")
    op.drop_table("measures")
    op.drop_table("kits")
    op.drop_table("group_phones")
    with op.batch_alter_table("entries", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_entries_unsigned", sqlite_where=sa.text("state = 'assigned' AND deputy_told_at IS NULL")
        )
        batch_op.drop_index("ix_entries_unread", sqlite_where=sa.text("unread IS 1"))
        batch_op.drop_index("ix_entries_undelivered", sqlite_where=sa.text("undelivered_at IS NOT NULL"))
        batch_op.drop_index("ix_entries_track_state")
        batch_op.drop_index("ix_entries_track")
        batch_op.drop_index("ix_entries_township")
        batch_op.drop_index("ix_entries_settle", sqlite_where=sa.text("settle_at IS NOT NULL"))
        batch_op.drop_index("ix_entries_region_state")
        batch_op.drop_index("ix_entries_region")
        batch_op.drop_index("ix_entries_passed", sqlite_where=sa.text("passed_to IS NOT NULL"))
        batch_op.drop_index("ix_entries_owed_region", sqlite_where=sa.text("owed_by IS NOT NULL"))
        batch_op.drop_index("ix_entries_owed_group", sqlite_where=sa.text("owed_by IS NOT NULL"))
        batch_op.drop_index("ix_entries_owed_filed", sqlite_where=sa.text("owed_by IS NOT NULL"))
        batch_op.drop_index("ix_entries_owed", sqlite_where=sa.text("owed_by IS NOT NULL"))
        batch_op.drop_index("ix_entries_lat", sqlite_where=sa.text("lat IS NOT NULL"))
        batch_op.drop_index(
            "ix_entries_hidden", sqlite_where=sa.text("mode = 'covert' AND handed_over_at IS NULL")
        )
        batch_op.drop_index(
            "ix_entries_handed_check",
            sqlite_where=sa.text("checker IS NOT NULL AND entries.checker IS NOT entries.group_key"),
        )
        batch_op.drop_index("ix_entries_group")
        batch_op.drop_index("ix_entries_filer")
        batch_op.drop_index("ix_entries_filed")
        batch_op.drop_index("ix_entries_drafts", sqlite_where=sa.text("state = 'draft'"))
        batch_op.drop_index("ix_entries_checks", sqlite_where=sa.text("state = 'submitted'"))
        batch_op.drop_index("ix_entries_chain", sqlite_where=sa.text("chain_id IS NOT NULL"))
        batch_op.drop_index("ix_entries_by_group")
        batch_op.drop_index("ix_entries_assigned", sqlite_where=sa.text("assigned_at IS NOT NULL"))
        batch_op.drop_index("ix_entries_alike", sqlite_where=sa.text("village IS NOT NULL"))

    op.drop_table("entries")
    op.drop_table("day_overrides")
    op.drop_table("bulletins")
    op.drop_table("announcements")
    op.drop_table("week_figures")
    op.drop_table("strangers")
    op.drop_table("serials")
    op.drop_table("score_sheets")
    with op.batch_alter_table("resemblances", schema=None) as batch_op:
        batch_op.drop_index("ix_resemblances_other")

    op.drop_table("resemblances")
    op.drop_table("reports")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_waiting", sqlite_where=sa.text("state = 'waiting'"))
        batch_op.drop_index("ix_outbox_reminder", sqlite_where=sa.text("priority = 1"))
        batch_op.drop_index("ix_outbox_card")

    op.drop_table("outbox")
    op.drop_table("occurrences")
    op.drop_table("notices")
    with op.batch_alter_table("members", schema=None) as batch_op:
        batch_op.drop_index("ix_members_created")

    op.drop_table("members")
    op.drop_table("meetings")
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.drop_index("ix_inbox_pending", sqlite_where=sa.text("state = 'pending'"))

    op.drop_table("inbox")
    op.drop_table("facts")
    op.drop_table("counts")
    with op.batch_alter_table("chats", schema=None) as batch_op:
        batch_op.drop_index("ix_chats_unreachable", sqlite_where=sa.text("unreachable_at IS NOT NULL"))

    op.drop_table("chats")
    with op.batch_alter_table("cards", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cards_entry_id"))

    op.drop_table("cards")
